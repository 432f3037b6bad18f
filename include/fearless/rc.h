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
                          FL_DROP_OF_(*(__typeof__(T) *)0), FL_ONE_VALUE_(T, __VA_ARGS__)))

#endif

#endif
