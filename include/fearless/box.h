/* fl_box: one value on the heap, with one owner.
 *
 *     struct node { int key; fl_box(struct node) next; };
 *     fl_box(struct node) n = fl_box_new(struct node, { 1, NULL });
 *     fl_get(n)->key = 2;
 *     fl_drop(n);                             // drops the value, frees the memory
 *
 * fl_get (<fearless/get.h>) gives a T *. A box belongs to one thread at a time, and may be moved to another.
 *
 * Dropping a box drops what is in it, and so the boxes in that: one call inside another for each. A list of a million nodes
 * would need a stack for all of them; take it apart first:
 *
 *     while (list) {
 *         fl_box(struct node) rest = fl_move(fl_get(list)->next);
 *         fl_drop(list);
 *         list = fl_move(rest);
 *     } */
#ifndef FEARLESS_BOX_H
#define FEARLESS_BOX_H

#include <fearless/get.h>
#include <fearless/move.h>
#include <fearless/value.h>

#pragma GCC system_header

FL_BEGIN_C_
void *fl_box_new_(size_t size, size_t align, fl_drop_fn_ *drop, const volatile void *value FL_NOTE_("moved"),
                  const char *file, int line);
FL_END_C_

#ifndef __cplusplus

/* A box that holds the value (variadic, so that `{ 1, NULL }` works). Panics if there is no memory. */
#define fl_box_new(T, ...)                                                                         \
    ((fl_box(T))fl_box_new_(sizeof(__typeof__(T)), _Alignof(__typeof__(T)),                        \
                            FL_DROP_OF_(*(__typeof__(T) *)0), FL_ONE_VALUE_(T, __VA_ARGS__), __FILE__, __LINE__))

#endif

#endif
