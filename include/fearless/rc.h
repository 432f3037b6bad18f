/* fl_rc: one value with several owners, all in one thread. The last one drops it.
 *
 *     fl_rc(struct node) a = fl_rc_new(struct node, { 1, NULL });
 *     fl_rc(struct node) b = fl_clone(a);
 *     fl_drop(a);
 *     printf("%d\n", fl_get(b)->key);
 *
 * Like fl_arc (<fearless/arc.h>), with plain counts: cheaper, and not to be sent to another thread, which the checker
 * sees to. All operations are wait-free but for the value's own drop. */
#ifndef FEARLESS_RC_H
#define FEARLESS_RC_H

#include <fearless/shared.h>

#pragma GCC system_header

#ifndef __cplusplus

/* fl_rc_new(T, value...): the first handle. Panics if there is no memory, after dropping the value. */
#define fl_rc_new(T, ...)                                                                          \
    ((fl_rc(T))fl_rc_new_(sizeof(__typeof__(T)), _Alignof(__typeof__(T)),                          \
                          FL_DROP_OF_(*(__typeof__(T) *)0), FL_ONE_VALUE_(T, __VA_ARGS__), __FILE__, __LINE__))

/* fl_rc_new_cyclic(T, fn, env): for a value that holds weak handles to itself. `T fn(fl_rc_weak(T), void *env)` makes
 * it; the handle it gets is lent (clone it), and cannot be upgraded until fn has returned. */
#define fl_rc_new_cyclic(T, fn, env)                                                               \
    __extension__({                                                                                \
        fl_rc_weak(T) fl_cyclic_ = (fl_rc_weak(T))fl_rc_new_empty_(                                \
            sizeof(__typeof__(T)), _Alignof(__typeof__(T)), FL_DROP_OF_(*(__typeof__(T) *)0),       \
            __FILE__, __LINE__);                                                                   \
        fl_auto(fl_cyclic_);                                                                       \
        __typeof__(T) fl_cyclic_value_ = (fn)(fl_cyclic_, (env));                                  \
        (fl_rc(T))fl_rc_fill_(fl_cyclic_, &fl_cyclic_value_, sizeof fl_cyclic_value_);             \
    })

#endif

FL_BEGIN_C_
void *fl_rc_new_empty_(size_t size, size_t align, fl_drop_fn_ *drop, const char *file, int line) FL_NOTE_("panics");
void *fl_rc_fill_(const volatile void *weak, const volatile void *value FL_NOTE_("moved"), size_t size);
FL_END_C_

#endif
