/* fl_arc: one value with several owners, in any threads. The last one drops it.
 *
 *     typedef fl_mutex(int) counter;
 *     fl_arc(counter) a = fl_arc_new(counter, FL_MUTEX(0));
 *     fl_join_handle(void) h = fl_spawn(count, fl_clone(a));     // FL_THREAD_FN(void, count, fl_arc(counter), c)
 *     fl_with (num, fl_get(a)) *num += 1;
 *     fl_drop(a);
 *
 * What is shared is not written, except through a lock, a cell or an atomic. fl_get and fl_clone are in
 * <fearless/get.h>, fl_downgrade, fl_try_unwrap and the like in <fearless/shared.h>.
 *
 * Cost: a pointer each, one allocation for value and counts; fl_get costs nothing. Everything is lock-free, and
 * cloning and dropping are wait-free but for the value's own drop. A count that overflows (2^63 handles) aborts. */
#ifndef FEARLESS_ARC_H
#define FEARLESS_ARC_H

#include <fearless/shared.h>

#pragma GCC system_header

#ifndef __cplusplus

/* fl_arc_new(T, value...): the first handle. Panics if there is no memory, after dropping the value. */
#define fl_arc_new(T, ...)                                                                         \
    ((fl_arc(T))fl_arc_new_(sizeof(__typeof__(T)), _Alignof(__typeof__(T)),                        \
                            FL_DROP_OF_(*(__typeof__(T) *)0), FL_ONE_VALUE_(T, __VA_ARGS__), __FILE__, __LINE__))

/* fl_arc_new_cyclic(T, fn, env): for a value that holds weak handles to itself. `T fn(fl_weak(T), void *env)` makes
 * it; the handle it gets is lent (clone it), and cannot be upgraded until fn has returned. */
#define fl_arc_new_cyclic(T, fn, env)                                                              \
    __extension__({                                                                                \
        fl_weak(T) fl_cyclic_ = (fl_weak(T))fl_arc_new_empty_(                                     \
            sizeof(__typeof__(T)), _Alignof(__typeof__(T)), FL_DROP_OF_(*(__typeof__(T) *)0),       \
            __FILE__, __LINE__);                                                                   \
        fl_auto(fl_cyclic_);                                                                       \
        __typeof__(T) fl_cyclic_value_ = (fn)(fl_cyclic_, (env));                                  \
        (fl_arc(T))fl_arc_fill_(fl_cyclic_, &fl_cyclic_value_, sizeof fl_cyclic_value_);           \
    })

#endif

FL_BEGIN_C_
void *fl_arc_new_empty_(size_t size, size_t align, fl_drop_fn_ *drop, const char *file, int line) FL_NOTE_("panics");
void *fl_arc_fill_(const volatile void *weak, const volatile void *value FL_NOTE_("moved"), size_t size);
FL_END_C_

#endif
