/* fl_get and fl_clone: what handles of several kinds have in common.
 *
 *     fl_arc(counter) a = fl_arc_new(counter, FL_MUTEX(0));
 *     fl_arc(counter) b = fl_clone(a);        // one more owner of the same counter
 *     fl_with (num, fl_get(b)) *num += 1;
 *
 * Neither blocks; both are wait-free. */
#ifndef FEARLESS_GET_H
#define FEARLESS_GET_H

#include <fearless/base.h>
#include <fearless/count.h>
#include <fearless/handle.h>
#include <fearless/ownership.h>

#pragma GCC system_header

FL_BEGIN_C_
void *fl_sender_clone_(const volatile void *h);
void *fl_shared_receiver_clone_(const volatile void *h);
void *fl_weak_clone_(const volatile void *h);
void *fl_rc_clone_(const volatile void *h);
void *fl_rc_weak_clone_(const volatile void *h);
void *fl_thread_clone_(const volatile void *h);
#ifdef __FEARLESS_CHECK__
FL_NOTE_("result.borrows") void *fl_check_get_(const volatile void *h);
FL_NOTE_("result.shares") void *fl_check_clone_(const volatile void *h);
#endif
FL_END_C_

#ifndef __cplusplus

/* Pointer to the value behind a box, Arc or Rc: T *. It costs nothing: the handle is that pointer. Valid as long as the
 * handle is. Of an empty handle: NULL. What an Arc or Rc shares is to be read only, except for cells, locks and
 * atomics. */
#ifdef __FEARLESS_CHECK__
#define fl_get(h)                                                                                  \
    (FL_REQUIRE_(FL_HAS_VALUE_(h), "fl_get takes a box, an Arc or an Rc"),                         \
     (FL_TARGET_PTR_(h))fl_check_get_(h))
#else
#define fl_get(h)                                                                                  \
    (FL_REQUIRE_(FL_HAS_VALUE_(h), "fl_get takes a box, an Arc or an Rc"),                         \
     (FL_TARGET_PTR_(h))(uintptr_t)(h))
#endif
#define FL_HAS_VALUE_(h)                                                                           \
    _Generic((h), fl_arc(fl_target(h)): 1, fl_rc(fl_target(h)): 1, fl_box(fl_target(h)): 1, default: 0)

/* One more handle to the same thing: senders, shared receivers, Arcs, Rcs, weak ones, fl_thread. An empty handle's clone is
 * empty. The clone belongs to the caller, h stays as it is. */
#ifdef __FEARLESS_CHECK__
#define fl_clone(h)                                                                                \
    (FL_REQUIRE_(FL_IS_CLONABLE_(h), "fl_clone takes a handle that can have several owners (a sender, an Arc, an Rc, ...)"), \
     (__typeof__(h))fl_check_clone_(h))
#else
#define fl_clone(h)                                                                                \
    (FL_REQUIRE_(FL_IS_CLONABLE_(h), "fl_clone takes a handle that can have several owners (a sender, an Arc, an Rc, ...)"), \
     (__typeof__(h))FL_CLONE_FN_(h)(h))
#endif
typedef void *fl_clone_fn_(const volatile void *h);
#define FL_IS_CLONABLE_(h)                                                                         \
    _Generic((h), fl_sender(fl_target(h)): 1, fl_shared_receiver(fl_target(h)): 1,                 \
        fl_arc(fl_target(h)): 1, fl_weak(fl_target(h)): 1, fl_rc(fl_target(h)): 1,                 \
        fl_rc_weak(fl_target(h)): 1, fl_thread: 1, default: 0)
#define FL_CLONE_FN_(h)                                                                            \
    _Generic((h),                                                                                  \
        fl_sender(fl_target(h)): &fl_sender_clone_,                                                \
        fl_shared_receiver(fl_target(h)): &fl_shared_receiver_clone_,                              \
        fl_arc(fl_target(h)): &fl_arc_clone_now_,                                                  \
        fl_weak(fl_target(h)): &fl_weak_clone_,                                                    \
        fl_rc(fl_target(h)): &fl_rc_clone_,                                                        \
        fl_rc_weak(fl_target(h)): &fl_rc_weak_clone_,                                              \
        fl_thread: &fl_thread_clone_,                                                              \
        default: (fl_clone_fn_ *)0)

#endif /* !__cplusplus */

#endif
