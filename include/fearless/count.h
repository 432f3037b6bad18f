/* The fast half of an Arc's clone and drop, inline: one read-modify-write each. Private; the algorithm is explained in
 * src/rt/arc.c, whose orders this file names with the compiler's builtins. */
#ifndef FEARLESS_COUNT_H
#define FEARLESS_COUNT_H

#include <fearless/base.h>

#pragma GCC system_header /* see <fearless/base.h> */

FL_BEGIN_C_

/* Directly before the value. */
struct fl_arc_head_ {
    struct {
        size_t fl_word;
    } fl_strong, fl_weak;
    void (*fl_drop)(void *value); /* NULL: the value owns nothing */
    size_t fl_align;
};
/* Above it a count is taken to have overflowed. Threads that increment at the same time may pass it, but 2^63 of them
 * cannot be between the increment and the check. */
#define FL_ARC_MOST_ (SIZE_MAX / 2)

void *fl_arc_clone_(const volatile void *handle);
FL_NORETURN_ void fl_arc_too_many_(void);
/* The strong count of the value has just become 0. */
void fl_arc_last_(void *value);

/* FL_RT_DELAY: stress tests take the functions of the library, each of whose steps may lose time. */
#if !defined FL_RT_DELAY && !defined __FEARLESS_CHECK__
#define FL_ARC_INLINE_ 1

static inline void *fl_arc_clone_now_(const volatile void *handle)
{
    void *value = (void *)(uintptr_t)handle;

    /* relaxed: who makes a handle has one already */
    if (value && __builtin_expect(__atomic_fetch_add(&((struct fl_arc_head_ *)value - 1)->fl_strong.fl_word, 1,
                                                     __ATOMIC_RELAXED) > FL_ARC_MOST_, 0))
        fl_arc_too_many_();
    return value;
}

static inline void fl_arc_drop_now_(void *handle)
{
    void *value;

    __builtin_memcpy(&value, handle, sizeof value); /* a handle is a pointer of another type */
    __builtin_memset(handle, 0, sizeof value);
    if (value &&
        __atomic_fetch_sub(&((struct fl_arc_head_ *)value - 1)->fl_strong.fl_word, 1, __ATOMIC_RELEASE) == 1) /* [drop] */
        fl_arc_last_(value);
}

#else
#define fl_arc_clone_now_ fl_arc_clone_
#define fl_arc_drop_now_ fl_arc_drop_
#endif

FL_END_C_

#endif
