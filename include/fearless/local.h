/* FL_THREAD_LOCAL: a variable of which each thread has its own, made when that thread first asks for it, and dropped when
 * the thread ends.
 *
 *     static struct scratch make_scratch(void) { ... }
 *     static FL_THREAD_LOCAL(struct scratch, scratch, make_scratch);      // at file scope; ends in `;`
 *
 *     struct scratch *s = fl_local(&scratch);             // this thread's
 *
 * The value is dropped if its type is owned (FL_OWNED, a handle), or a cell of something owned:
 *
 *   - in reverse order of initialisation, in the thread that it belongs to, when that has run its function: before
 *     fl_join or the scope that it is in goes on;
 *   - in a thread that somebody else started (pthread_create), by a destructor of the thread: before pthread_join returns;
 *   - of the main thread, in exit, if the program ends by return from main or by exit. (More exactly: of the thread that
 *     calls exit. The values of all others, and all of a program that ends by _exit or a signal, are not dropped.)
 *
 * While a value is being dropped, and afterwards, fl_local of it is NULL in that thread. A drop may use other
 * thread-locals: one that this thread has not used before is made, and dropped after it. A panic in a drop is told like
 * every panic, ends that drop, and nothing else: the next value is dropped, the thread's result is what it was. If init
 * panics, nothing was made, and the next fl_local tries again. If init asks for its own value, that is a panic.
 *
 * Values that own nothing are there, for other values' drops, until the thread is gone.
 *
 * After fork, the child has the values of the thread that forked, and drops them. fl_local must not be called from a signal
 * handler. A value lies in the thread's own storage, of which there is little on some systems: put a large one in a box. A
 * library that has thread-locals must not be unloaded (dlclose) before the threads that used them have ended. */
#ifndef FEARLESS_LOCAL_H
#define FEARLESS_LOCAL_H

#include <fearless/base.h>
#include <fearless/handle.h>
#include <fearless/ownership.h>
#include <fearless/pin.h>

#pragma GCC system_header /* see <fearless/base.h> */

#ifndef __cplusplus

/* Defines the variable `name`, of which each thread has one T. init is a function, `T init(void)`. At file scope, with
 * `static` in front if it is this file's; with `static` in a function, too. */
#define FL_THREAD_LOCAL(T, name, init)                                                             \
    _Thread_local struct {                                                                         \
        struct fl_local_ fl_head;                                                                  \
        __typeof__(T) (*fl_init)(void);                                                            \
        __typeof__(T) fl_value;                                                                    \
    } name = {.fl_init = (init)}

/* T *: this thread's value, which is made now if it is not there yet. NULL while it is being dropped, and afterwards. The
 * pointer is for this thread alone. Otherwise one load and one branch. */
#ifdef __FEARLESS_CHECK__
#define fl_local(local)                                                                            \
    __extension__({                                                                                \
        FL_LOCAL_BEGIN_(local, #local);                                                            \
        (__typeof__(&fl_local_at_->fl_value))fl_check_local_(&fl_local_at_->fl_value);             \
    })
#else
#define fl_local(local)                                                                            \
    __extension__({                                                                                \
        FL_LOCAL_BEGIN_(local, #local);                                                            \
        if (__builtin_expect(fl_local_at_->fl_head.fl_state != FL_LOCAL_READY_, 0) &&              \
            fl_local_begin_(&fl_local_at_->fl_head, FL_DROP_OF_(fl_local_at_->fl_value), __FILE__, __LINE__)) { \
            __attribute__((cleanup(fl_local_end_))) struct fl_local_making_ fl_local_making_ = {   \
                &fl_local_at_->fl_head, FL_PIN_((void *)0)};                                       \
            fl_local_at_->fl_value = fl_local_at_->fl_init();                                      \
            fl_local_making_.fl_value = &fl_local_at_->fl_value;                                   \
        }                                                                                          \
        __builtin_expect(fl_local_at_->fl_head.fl_state == FL_LOCAL_READY_, 1)                     \
            ? &fl_local_at_->fl_value                                                              \
            : (__typeof__(&fl_local_at_->fl_value))0;                                              \
    })
#endif

/* ---- private ---- */

/* Declares fl_local_at_, the variable's address; when it is none, there is one line that says so and nothing more. */
#define FL_LOCAL_BEGIN_(local, text)                                                               \
    _Static_assert(!!(__builtin_classify_type(local) == FL_CLASS_POINTER_),                        \
                   "fl_local takes the address of the variable: write &" text);                    \
    __typeof__(FL_LOCAL_OR_NONE_(local)) const fl_local_at_ = FL_LOCAL_OR_NONE_(local)
#define FL_LOCAL_OR_NONE_(local)                                                                   \
    __builtin_choose_expr(__builtin_classify_type(local) == FL_CLASS_POINTER_, (local), (struct fl_not_a_local_ *)0)

#endif /* !__cplusplus */

/* What is the same for all types. See src/rt/local.c. */
struct fl_local_ {
    unsigned fl_state; /* of enum fl_local_state_; all zero is a variable that this thread has not used */
    fl_drop_fn_ *fl_drop;
    void *fl_value;
    struct fl_local_ *fl_before; /* the one that was made before it */
};
enum fl_local_state_ { FL_LOCAL_UNUSED_, FL_LOCAL_READY_, FL_LOCAL_MAKING_, FL_LOCAL_GONE_ };

/* A value that is being made, as a variable with a cleanup. */
struct fl_local_making_ {
    struct fl_local_ *fl_local;
    const volatile void *fl_value; /* NULL until it is there */
};

#ifndef __cplusplus
struct fl_not_a_local_ {
    struct fl_local_ fl_head;
    int (*fl_init)(void);
    int fl_value;
};
#endif

FL_BEGIN_C_

#ifdef __FEARLESS_CHECK__
FL_NOTE_("result.borrows") FL_NOTE_("panics") void *fl_check_local_(const volatile void *local);
#else
/* Not ready. True: make it now, and fl_local_made_. False: it has been dropped, or is just being. */
FL_NOTE_("panics") bool fl_local_begin_(struct fl_local_ *local, fl_drop_fn_ *drop, const char *file, int line);
/* value is NULL: it was not made. */
void fl_local_made_(struct fl_local_ *local, const volatile void *value);

static inline void fl_local_end_(struct fl_local_making_ *making)
{
    FL_UNPIN_();
    fl_local_made_(making->fl_local, making->fl_value);
}
#endif

FL_END_C_

#endif
