/* fl_scope: threads that end before the block does, and so may use what is declared before it.
 *
 *     long parts[2];
 *     fl_scope (s) {
 *         fl_spawn_in(s, add_up, numbers, 500, &parts[0]);     // borrows numbers and parts: fine, they outlive s
 *         fl_spawn_in(s, add_up, numbers + 500, 500, &parts[1]);
 *     }                                                        // waits for both
 *     printf("%ld\n", parts[0] + parts[1]);
 *
 * `s` is a `struct fl_scope *const`, for this statement or block. It may be given to functions, and to the threads
 * themselves, which may then start more threads in the scope.
 *
 * The block is left only when all threads of the scope have ended, are gone for the system, and their results are
 * dropped: by its end, return, goto, break and continue (which leave the block, not a loop around it), and by a panic. A
 * jump into the block does not compile. exit() ends the process as ever; longjmp past a scope is a mistake.
 *
 * fl_spawn_in gives a join handle. It may be
 *
 *   ignored      the scope joins the thread, and drops its result when the block is left, in the order of starting
 *   joined       inside the scope, with fl_join and fl_joined, from any thread
 *   detached or dropped    the thread is still one of the scope; only its result is given up (it drops it itself, if
 *                it is still running), and when it has ended, the next fl_spawn_in frees what is left of it. So do this in a
 *                scope that lives long and starts threads without end.
 *   kept         beyond the scope: it is worth nothing then, and safe. Dropping it does nothing, fl_is_finished is true,
 *                fl_join panics.
 *
 * A panic of a thread whose handle was not joined is not lost: when all threads have ended, the scope panics with the
 * message of the first, at the line of the fl_scope. If the block is being left by a panic, that one goes on, after all
 * have ended. A result whose drop panics while the block is left counts as a thread that panicked, after those that did.
 *
 * A scope costs nothing but its threads: no allocation, and one sleep at its end. In C only. Not for signal handlers. A
 * child of fork has none of the threads, so it must not leave the block while there are some: it calls _exit or exec. */
#ifndef FEARLESS_SCOPE_H
#define FEARLESS_SCOPE_H

#include <fearless/base.h>
#include <fearless/pass.h>
#include <fearless/pin.h>
#include <fearless/thread.h>

#ifndef __cplusplus

/* fl_try_spawn_in(&h, s, fn, arguments...): as fl_spawn_in, but reports. FL_OK; FL_SYSTEM or FL_NO_MEMORY, and then the
 * arguments are dropped and h is unchanged. */
#define fl_try_spawn_in(ret_handle, s, ...) FL_TRY_START_IN_(FL_TRY_SPAWN_IN_(ret_handle, s, __VA_ARGS__))

#pragma GCC system_header /* see <fearless/base.h> */

/* fl_scope (s) { ... }: see above. Blocks when it is left. */
#define fl_scope(s)                                                                                \
    FL_ONE_PASS_(__attribute__((unused, cleanup(fl_scope_end_))) struct fl_scope s##_fl_scope = {  \
                     .fl_file = __FILE__, .fl_line = FL_PIN_(__LINE__)})                           \
    FL_ONE_PASS_(FL_UNUSED_ struct fl_scope *const s = &s##_fl_scope)                              \
    FL_SCOPE_NO_JUMP_(s)

/* Starts a thread of the scope that calls fn(arguments...): fl_spawn_in(s, fn, arguments...). Arguments and handle as
 * fl_spawn's. Does not block. Panics if the system has no thread left, after dropping the arguments.
 * fl_spawn_in_with(s, &options, fn, arguments...): the same, with a name or a stack size. */
#ifndef __FEARLESS_CHECK__
#define fl_spawn_in(s, fn, ...)                                                                    \
    FL_OMITTABLE_(~, ##__VA_ARGS__)(FL_STARTER_(fn##_is_not_a_FL_THREAD_FN)(                       \
        FL_START_(fl_start_in_, (void *)0, s, 0) __VA_OPT__(,) __VA_ARGS__))
#define fl_spawn_in_with(s, options, fn, ...)                                                      \
    FL_OMITTABLE_(~, ##__VA_ARGS__)(FL_STARTER_(fn##_is_not_a_FL_THREAD_FN)(                       \
        FL_START_(fl_start_in_, options, s, 0) __VA_OPT__(,) __VA_ARGS__))
#else
#define fl_spawn_in(s, fn, ...)                                                                    \
    FL_OMITTABLE_(~, ##__VA_ARGS__) FL_SPAWN_IN_(s, FL_START_(fl_start_in_, (void *)0, s, 0), fn,  \
                                                 fn##_is_not_a_FL_THREAD_FN __VA_OPT__(,) __VA_ARGS__)
#define fl_spawn_in_with(s, options, fn, ...)                                                      \
    FL_OMITTABLE_(~, ##__VA_ARGS__) FL_SPAWN_IN_(s, FL_START_(fl_start_in_, options, s, 0), fn,    \
                                                 fn##_is_not_a_FL_THREAD_FN __VA_OPT__(,) __VA_ARGS__)
#endif

#endif /* !__cplusplus */

/* ---- private ---- */

FL_BEGIN_C_

struct fl_scope_member_;

/* On the stack of who wrote fl_scope. All of it is written under the lock of src/rt/scope.c, where it is explained. */
struct FL_NOTE_("scope") fl_scope {
    struct fl_scope_member_ *fl_first, *fl_last, *fl_done;
    struct {
        uint32_t fl_word;
    } fl_pending;
    bool fl_waits, fl_closed;
    uint64_t fl_panics, fl_panic_order;
    char *fl_panic_message;
    const char *fl_file;
    int fl_line;
};

void *fl_start_in_(const struct fl_start_ *how, const struct fl_thread_fn_ *fn, const void *args);
FL_NOTE_("blocks") FL_NOTE_("panics") void fl_scope_close_(struct fl_scope *scope);
#ifdef __FEARLESS_CHECK__
FL_NOTE_("op.spawn_scoped") void *fl_check_spawn_in_(struct fl_scope *scope, void *call_and_nothing);
FL_MUST_USE_ fl_status fl_check_try_spawned_(const volatile void *handle);
FL_NOTE_("scope.end") FL_NOTE_("awaits:thread") FL_NOTE_("blocks") FL_NOTE_("panics") void fl_scope_end_(struct fl_scope *scope);
#else
/* The cleanup of a scope. (Unpinned first: a panic of a thread comes out of fl_scope_close_.) */
static inline void fl_scope_end_(struct fl_scope *scope)
{
    FL_UNPIN_();
    fl_scope_close_(scope);
}
#endif

FL_END_C_

#ifndef __cplusplus

#ifdef __FEARLESS_CHECK__
#define FL_SPAWN_IN_(s, how, fn, start, ...)                                                       \
    FL_OMITTABLE_(~, ##__VA_ARGS__)((__typeof__((&start)(how __VA_OPT__(,) __VA_ARGS__)))fl_check_spawn_in_( \
        (s), (fn(__VA_ARGS__), (void *)0)))
/* plainly an assignment: like fl_spawn_in's, the handle need not be dropped, which an out-parameter's value must */
#define FL_TRY_START_IN_(...) fl_check_try_spawned_(__VA_ARGS__)
#define FL_TRY_SPAWN_IN_(ret_handle, s, fn, ...)                                                   \
    FL_OMITTABLE_(~, ##__VA_ARGS__) *(ret_handle) =                                                \
        FL_SPAWN_IN_(s, FL_START_(fl_start_in_, (void *)0, s, 1), fn,                              \
                     fn##_is_not_a_FL_THREAD_FN __VA_OPT__(,) __VA_ARGS__)
#else
#define FL_TRY_START_IN_(...) fl_try_start_(__VA_ARGS__)
#define FL_SPAWN_IN_(s, how, fn, start, ...)                                                       \
    FL_OMITTABLE_(~, ##__VA_ARGS__)(FL_STARTER_(start)(how __VA_OPT__(,) __VA_ARGS__))
#define FL_TRY_SPAWN_IN_(ret_handle, s, fn, ...)                                                   \
    FL_OMITTABLE_(~, ##__VA_ARGS__)(ret_handle), (__typeof__(*(ret_handle))[1]){FL_SPAWN_IN_(      \
                      s, FL_START_(fl_start_in_, (void *)0, s, 1), fn,                               \
                      fn##_is_not_a_FL_THREAD_FN __VA_OPT__(,) __VA_ARGS__)}[0]
#endif

/* clang refuses a jump past a variable with a cleanup; gcc, a jump past a type whose size is not constant. */
#ifdef __clang__
#define FL_SCOPE_NO_JUMP_(s)
#else
#define FL_SCOPE_NO_JUMP_(s)                                                                       \
    FL_ONE_PASS_(FL_UNUSED_ char(*const s##_fl_no_jump)[1 + (s##_fl_scope.fl_line == 0)] = (void *)0)
#endif

#endif

#endif
