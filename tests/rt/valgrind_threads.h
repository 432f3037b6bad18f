/* Read before every file in the build for helgrind and drd (./dev valgrind): tells them what the compiler's atomic
 * operations order.
 *
 * Both tools know the locks of pthreads, and nothing of a lock that is a word and a futex: to them each atomic access is
 * a plain one, and every use of a channel a race. Here each __atomic operation of the library, its headers and the tests
 * becomes itself and two requests to the tool:
 *
 *   - its word is not checked for races (it is atomic, whatever its order);
 *   - an operation that releases announces "before", one that acquires "after", of its word's address.
 *
 * So what a release orders before an acquire is ordered for the tool, and nothing else is: a value that is handed over by
 * a relaxed operation is reported. It sees a little more order than there is, never less: "before" adds up over all who
 * release the same word, whether the acquire has read from them or not.
 *
 * The tools do not know two functions of the C library either: see pthread_once and pthread_tryjoin_np below.
 *
 * The ordinary build knows nothing of this. Outside of valgrind a request is a few instructions that do nothing. */
#ifndef FL_TEST_VALGRIND_THREADS_H
#define FL_TEST_VALGRIND_THREADS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* what is included here is included for all, and some of them want this */
#endif
#include <pthread.h>
#include <stddef.h>

#include <valgrind/helgrind.h>
#include <valgrind/drd.h> /* after it, leaves it the names that both have */

static inline __attribute__((unused)) void fl_vg_helgrind_(const volatile void *word, size_t size, int before, int after)
{
    if (size)
        VALGRIND_HG_DISABLE_CHECKING((void *)(size_t)word, size);
    if (before)
        ANNOTATE_HAPPENS_BEFORE((void *)(size_t)word);
    if (after)
        ANNOTATE_HAPPENS_AFTER((void *)(size_t)word);
}

static inline __attribute__((unused)) void fl_vg_drd_(const volatile void *word, size_t size, int before, int after)
{
    if (size)
        VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__DRD_START_SUPPRESSION, word, size, 0, 0, 0);
    if (before)
        VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__DRD_ANNOTATE_HAPPENS_BEFORE, word, 0, 0, 0, 0);
    if (after)
        VALGRIND_DO_CLIENT_REQUEST_STMT(VG_USERREQ__DRD_ANNOTATE_HAPPENS_AFTER, word, 0, 0, 0, 0);
}

static inline __attribute__((unused)) void fl_vg_(const volatile void *word, size_t size, int before, int after)
{
    if (!RUNNING_ON_VALGRIND)
        return;
    fl_vg_helgrind_(word, size, before, after);
    fl_vg_drd_(word, size, before, after);
}

/* pthread_once, of which neither tool knows that it orders: whoever returns from it comes after the function that ran.
 * That announces its end itself, as another may return sooner than the one who ran it. */
struct fl_vg_once_ {
    pthread_once_t *once;
    void (*function)(void);
};
static _Thread_local __attribute__((unused)) struct fl_vg_once_ fl_vg_once_now_;
static inline __attribute__((unused)) void fl_vg_run_once_(void)
{
    struct fl_vg_once_ now = fl_vg_once_now_; /* the function may come to another once */

    now.function();
    fl_vg_(now.once, 0, 1, 0);
}
static inline __attribute__((unused)) int fl_vg_pthread_once_(pthread_once_t *once, void (*function)(void))
{
    int error;

    fl_vg_(once, sizeof *once, 0, 0);
    fl_vg_once_now_ = (struct fl_vg_once_){ once, function };
    error = pthread_once(once, fl_vg_run_once_);
    fl_vg_(once, 0, 0, 1);
    return error;
}
#define pthread_once(once, function) fl_vg_pthread_once_((once), (function))

/* Nor do they know that this is a join. Where the library tries, the thread is at its end. */
#define pthread_tryjoin_np(thread, ret_result) pthread_join((thread), (ret_result))

#define FL_VG_RELEASES_(order) ((order) == __ATOMIC_RELEASE || (order) == __ATOMIC_ACQ_REL || (order) == __ATOMIC_SEQ_CST)
#define FL_VG_ACQUIRES_(order)                                                                     \
    ((order) == __ATOMIC_ACQUIRE || (order) == __ATOMIC_CONSUME || (order) == __ATOMIC_ACQ_REL || \
     (order) == __ATOMIC_SEQ_CST)

/* An operation may stand in another's operand. (In all of what is compiled so: other builds look for shadowed names.) */
#pragma GCC diagnostic ignored "-Wshadow"

/* An expression with the operation in it; the pointer is evaluated once. */
#define FL_VG_(word, releases, acquires, ...)                                                      \
    __extension__({                                                                                \
        __auto_type fl_vg_word_ = (word);                                                          \
        fl_vg_(fl_vg_word_, sizeof *fl_vg_word_, (releases), 0);                                   \
        __auto_type fl_vg_result_ = __VA_ARGS__;                                                   \
        fl_vg_(fl_vg_word_, 0, 0, (acquires));                                                     \
        fl_vg_result_;                                                                             \
    })

/* A macro's own name is not replaced in it: these are the compiler's. */
#define __atomic_load_n(word, order)                                                               \
    FL_VG_(word, 0, FL_VG_ACQUIRES_(order), __atomic_load_n(fl_vg_word_, (order)))
/* What the value is made from is read before the "before", as it is in the operation. */
#define __atomic_store_n(word, v, order)                                                           \
    __extension__({                                                                                \
        __typeof__(*(word)) fl_vg_value_ = (v);                                                    \
        (void)FL_VG_(word, FL_VG_RELEASES_(order), 0, (__atomic_store_n(fl_vg_word_, fl_vg_value_, (order)), 0)); \
    })
#define FL_VG_CHANGE_(operation, word, v, order)                                                   \
    __extension__({                                                                                \
        __typeof__(*(word)) fl_vg_value_ = (v);                                                    \
        FL_VG_(word, FL_VG_RELEASES_(order), FL_VG_ACQUIRES_(order), operation(fl_vg_word_, fl_vg_value_, (order))); \
    })
#define __atomic_exchange_n(word, v, order) FL_VG_CHANGE_(__atomic_exchange_n, word, v, order)
#define __atomic_fetch_add(word, v, order) FL_VG_CHANGE_(__atomic_fetch_add, word, v, order)
#define __atomic_fetch_sub(word, v, order) FL_VG_CHANGE_(__atomic_fetch_sub, word, v, order)
#define __atomic_fetch_or(word, v, order) FL_VG_CHANGE_(__atomic_fetch_or, word, v, order)
#define __atomic_add_fetch(word, v, order) FL_VG_CHANGE_(__atomic_add_fetch, word, v, order)
#define __atomic_sub_fetch(word, v, order) FL_VG_CHANGE_(__atomic_sub_fetch, word, v, order)
#define __atomic_compare_exchange_n(word, expected, v, weak, order, failed)                        \
    FL_VG_(word, FL_VG_RELEASES_(order), FL_VG_ACQUIRES_(order) || FL_VG_ACQUIRES_(failed),        \
           __atomic_compare_exchange_n(fl_vg_word_, (expected), (v), (weak), (order), (failed)))

#endif
