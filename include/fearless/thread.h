/* Threads: functions that may be spawned, spawning, joining.
 *
 *     FL_THREAD_FN(int, answer, int, half)                // result, name, then type and name of each parameter
 *     {
 *         return half * 2;
 *     }
 *     FL_THREAD_FN(void, print_all, text_list, list, const char *, label)
 *     {
 *         fl_auto(list);                                  // what it owns, first
 *         ...
 *     }
 *
 *     fl_join_handle(int) h = fl_spawn(answer, 21);
 *     int result;
 *     fl_status s = fl_join(h, &result);                  // FL_OK, or FL_PANICKED
 *     fl_detach(fl_spawn(print_all, fl_move(list), "all of them"));
 *
 * Arguments are checked as in a call, travel in the same allocation as the thread's record, and belong to the thread:
 * owned ones are given with fl_move. The library drops them itself only if the thread never starts.
 *
 * A handle is the right to the thread's result. Dropping it detaches the thread: it goes on alone, and its result is
 * dropped. When main returns, the process ends, and its threads with it.
 *
 * Of all this, a signal handler may call fl_yield. After fork, the child has the one thread that forked: handles of the
 * others are of no use there, and a join would wait for ever. */
#ifndef FEARLESS_THREAD_H
#define FEARLESS_THREAD_H

#include <fearless/base.h>
#include <fearless/handle.h>
#include <fearless/move.h>
#include <fearless/ownership.h>
#include <fearless/panic.h>
#include <fearless/status.h>

/* For fl_spawn_with. All zero: no name, the system's stack size. */
struct fl_thread_options {
    const char *name;  /* copied; for messages, debuggers and top */
    size_t stack_size; /* bytes, rounded up to what the system allows; 0: as usual */
};

#ifndef __cplusplus

/* fl_join(h) or fl_join(h, &result). Waits until the thread has ended; h is empty afterwards. FL_OK; FL_PANICKED, and
 * fl_panic_message() says why. Without `&result` (or with NULL) the result is dropped. Panics if h is empty, or the
 * calling thread's own. */
#define fl_join(...) fl_join_(FL_JOIN_(__VA_ARGS__)(__VA_ARGS__), __FILE__, __LINE__)

/* fl_try_spawn(&h, fn, arguments...): as fl_spawn below, but reports. FL_OK; FL_SYSTEM or FL_NO_MEMORY, and then the
 * arguments are dropped and h is unchanged. */
#define fl_try_spawn(ret_handle, ...) fl_try_start_(FL_TRY_SPAWN_ARGS_(ret_handle, (void *)0, __VA_ARGS__))
/* The same with options: fl_try_spawn_with(&h, &options, fn, arguments...). */
#define fl_try_spawn_with(ret_handle, options, ...)                                                \
    fl_try_start_(FL_TRY_SPAWN_ARGS_(ret_handle, options, __VA_ARGS__))

#pragma GCC system_header /* see <fearless/base.h> */

/* Defines a function that may be spawned: FL_THREAD_FN(result, name, type, name, type, name ...) { ... }. 0 to 8
 * parameters. An ordinary function, which may also be called, and has external linkage unless you write
 * `static FL_THREAD_FN(...)`. */
#define FL_THREAD_FN(...)                                                                          \
    FL_CAT_(FL_FN_DEFINE_, FL_FN_SHAPE_(__VA_ARGS__))                                              \
    (_Static_assert(0, "FL_THREAD_FN(result, name, type, name ...): "                              \
                       "each parameter has a type and a name, and there are at most 8"),           \
     __VA_ARGS__)

/* Declares one that is defined in another file. Ends in `;`. */
#define FL_THREAD_FN_DECL(...)                                                                     \
    FL_CAT_(FL_FN_DECLARE_, FL_FN_SHAPE_(__VA_ARGS__))                                             \
    (_Static_assert(0, "FL_THREAD_FN_DECL(result, name, type, name ...): "                         \
                       "each parameter has a type and a name, and there are at most 8"),           \
     __VA_ARGS__)

/* Starts a thread that calls fn(arguments...). Gives a fl_join_handle of fn's result type. Does not block. Panics if the
 * system has no thread left, after dropping the arguments. */
#define fl_spawn(fn, ...)                                                                          \
    FL_OMITTABLE_(~, ##__VA_ARGS__) FL_SPAWN_(FL_START_(fl_start_, (void *)0, (void *)0, 0), fn,   \
                                              fn##_is_not_a_FL_THREAD_FN __VA_OPT__(,) __VA_ARGS__)

/* The same, with a name or a stack size: fl_spawn_with(&options, fn, arguments...). */
#define fl_spawn_with(options, fn, ...)                                                            \
    FL_OMITTABLE_(~, ##__VA_ARGS__) FL_SPAWN_(FL_START_(fl_start_, options, (void *)0, 0), fn,     \
                                              fn##_is_not_a_FL_THREAD_FN __VA_OPT__(,) __VA_ARGS__)

/* Joins and gives the result; panics with the thread's message if it panicked. */
#define fl_joined(h) FL_JOINED_(h)

/* Consumes the handle: the thread goes on alone. fl_detach(fl_move(h)), fl_detach(fl_spawn(...)). Wait-free, but
 * for the drop of its result if it has ended already. */
#ifdef __FEARLESS_CHECK__
#define fl_detach(...) fl_detach_((__VA_ARGS__))
#else
#define fl_detach(...)                                                                             \
    __extension__({                                                                                \
        __auto_type fl_detach_it_ = (__VA_ARGS__);                                                 \
        _Static_assert(FL_IS_JOIN_HANDLE_(fl_detach_it_), "only a fl_join_handle can be detached"); \
        fl_detach_(fl_detach_it_);                                                                 \
    })
#endif

/* True once the thread has nothing left to run: fl_join would not wait. Wait-free. */
#define fl_is_finished(h) fl_is_finished_(*FL_JOIN_PLACE_(h))

#endif /* !__cplusplus */

FL_BEGIN_C_

/* How many threads can run at the same time, at least 1: the CPUs that the calling thread may use, or what its control groups
 * (version 1 or 2: containers, systemd) allow, rounded up, if that is less. Asks the system each time (some files of
 * /proc and /sys), so keep the number. Does not block. */
size_t fl_available_parallelism(void);

/* Lets another thread run on this CPU, if one is waiting for it. Does not block; signal safe. */
void fl_yield(void);

/* ---- private from here on ---- */

/* What FL_THREAD_FN knows about a function. */
struct fl_thread_fn_ {
    void (*run)(void *args, void *result); /* calls it; the arguments have been moved out then */
    fl_drop_fn_ *drop_args;
    fl_drop_fn_ *drop_result;
    size_t args_size, args_align;
    size_t result_size, result_align; /* 0, 1: void */
};

/* What is to be done with a function and its arguments: `start` does it, and gives the handle. */
struct fl_start_ {
    void *(*start)(const struct fl_start_ *how, const struct fl_thread_fn_ *fn, const void *args);
    const struct fl_thread_options *options; /* NULL: none */
    struct fl_scope *scope;                  /* of fl_spawn_in (<fearless/scope.h>), else NULL */
    bool is_try;                             /* give FL_FAILED_START_ instead of a panic */
    const char *file;
    int line;
};
/* In place of a handle, from fl_start_ with is_try: no record has an address as low as this. */
#define FL_FAILED_START_(status) ((void *)(uintptr_t)(status))

FL_MUST_USE_ void *fl_start_(const struct fl_start_ *how, const struct fl_thread_fn_ *fn, const void *args);
FL_MUST_USE_ fl_status fl_try_start_(void *ret_handle FL_NOTE_("out_if:0"),
                                     const volatile void *started FL_NOTE_("moved"));
FL_MUST_USE_ FL_NOTE_("awaits:thread") FL_NOTE_("blocks") FL_NOTE_("panics") FL_NOTE_("joins") FL_NOTE_("gives:0,7") fl_status
fl_join_(const volatile void *handle_place FL_NOTE_("moved"), void *ret_result FL_NOTE_("out_if:0"), const char *file,
         int line);
FL_NOTE_("awaits:thread") FL_NOTE_("blocks") FL_NOTE_("panics") void
fl_joined_(const volatile void *handle_place FL_NOTE_("moved"), void *ret_result FL_NOTE_("out"),
           const char *file, int line);
void fl_detach_(const volatile void *handle FL_NOTE_("moved"));
bool fl_is_finished_(const volatile void *handle);
#ifdef __FEARLESS_CHECK__
FL_NOTE_("op.spawn") void *fl_check_spawn_(void *call_and_nothing);
#endif

FL_END_C_

#ifndef __cplusplus

/* FL_THREAD_FN makes, for a function `name`:
 *
 *   name            the function itself
 *   name_is_not_a_FL_THREAD_FN    the function that starts the thread (or binds): takes how, then name's parameters;
 *                   gives the handle. A call of fl_spawn is a call of this, so the compiler checks the arguments once, at the user's
 *                   line. It has its name for those who spawn a plain function: "'plain_is_not_a_FL_THREAD_FN' undeclared"
 *   name_fl_args, name_fl_run, name_fl_drop_args, name_fl_drop_result, name_fl_fn   the record and how to use it
 *
 * The first two come in one declaration, whose specifiers the user's `static` joins; later ones inherit it. That is
 * why the result type of the second is written as a declarator around the result type of the first. */
#define FL_FN_DECL_NOW_(ret, name, ...)                                                            \
    FL_UNUSED_ __typeof__(ret) name(FL_FN_PARAMS_(__VA_ARGS__)),                                   \
        *(*const volatile *name##_is_not_a_FL_THREAD_FN(const struct fl_start_ *fl_how             \
            FL_FN_EACH_(FL_FN_MORE_PARAMS_, FL_FN_NOTHING_, __VA_ARGS__)))(struct fl_join_handle *)

#ifdef __FEARLESS_CHECK__
#define FL_FN_DEFINE_NOW_(ret, name, ...)                                                          \
    FL_FN_DECL_NOW_(ret, name, __VA_ARGS__);                                                       \
    FL_NOTE_("thread_fn") __typeof__(ret) name(FL_FN_PARAMS_(__VA_ARGS__))
#else
#define FL_FN_DEFINE_NOW_(ret, name, ...)                                                          \
    FL_FN_DECL_NOW_(ret, name, __VA_ARGS__);                                                       \
    struct name##_fl_args {                                                                        \
        char fl_none;                                                                              \
        FL_FN_EACH_(FL_FN_FIELD_, FL_FN_NOTHING_, __VA_ARGS__)                                     \
    };                                                                                             \
    static void name##_fl_run(void *fl_p, void *fl_result)                                         \
    {                                                                                              \
        struct name##_fl_args *const fl_args = (struct name##_fl_args *)fl_p;                      \
        (void)fl_args;                                                                             \
        FL_CAT_(FL_FN_CALL_, FL_FN_KIND_(ret))                                                     \
        (ret, name(FL_FN_EACH_(FL_FN_ARG_, FL_FN_COMMA_, __VA_ARGS__)));                           \
    }                                                                                              \
    static void name##_fl_drop_args(void *fl_p)                                                    \
    {                                                                                              \
        struct name##_fl_args *const fl_args = (struct name##_fl_args *)fl_p;                      \
        (void)fl_args;                                                                             \
        FL_FN_EACH_(FL_FN_DROP_, FL_FN_NOTHING_, __VA_ARGS__)                                      \
    }                                                                                              \
    static void name##_fl_drop_result(void *fl_p)                                                  \
    {                                                                                              \
        (void)fl_p;                                                                                \
        FL_CAT_(FL_FN_DROP_, FL_FN_KIND_(ret))(ret)                                                \
    }                                                                                              \
    static const struct fl_thread_fn_ name##_fl_fn = {                                             \
        name##_fl_run,                                                                             \
        name##_fl_drop_args,                                                                       \
        name##_fl_drop_result,                                                                     \
        sizeof(struct name##_fl_args),                                                             \
        _Alignof(struct name##_fl_args),                                                           \
        FL_CAT_(FL_FN_SIZE_, FL_FN_KIND_(ret))(ret)};                                              \
    __typeof__(ret) *(*const volatile *name##_is_not_a_FL_THREAD_FN(                               \
        const struct fl_start_ *fl_how                                                             \
            FL_FN_EACH_(FL_FN_MORE_PARAMS_, FL_FN_NOTHING_, __VA_ARGS__)))(struct fl_join_handle *) \
    {                                                                                              \
        struct name##_fl_args fl_args = {                                                          \
            0 FL_FN_EACH_(FL_FN_MORE_INITS_, FL_FN_NOTHING_, __VA_ARGS__)};                        \
        return (fl_join_handle(ret))fl_how->start(fl_how, &name##_fl_fn, &fl_args);                    \
    }                                                                                              \
    __typeof__(ret) name(FL_FN_PARAMS_(__VA_ARGS__))
#endif

/* "void" or something with a value, from the spelling: void itself is the only type that nothing can be stored in.
 * `void *` begins with the same word; FL_IF_NOTHING_ sees whether anything comes after it. */
#define FL_FN_KIND_(ret) FL_IF_NOTHING_(FL_FN_2ND_OF_3_(FL_FN_IS_##ret, VALUE, ~))
#define FL_FN_IS_void ~,
#define FL_FN_2ND_OF_3_(...) FL_FN_2ND_OF_3_NOW_(__VA_ARGS__)
#define FL_FN_2ND_OF_3_NOW_(a, b, ...) b
#define FL_IF_NOTHING_(x) FL_2ND_(FL_IF_NOTHING_CALL_ x (), VALUE)
#define FL_IF_NOTHING_CALL_() ~, VOID

#define FL_FN_CALL_VOID(ret, call) (void)fl_result, call
#define FL_FN_CALL_VALUE(ret, call) *(__typeof__(ret) *)fl_result = call
#define FL_FN_DROP_VOID(ret)
#define FL_FN_DROP_VALUE(ret) FL_FN_DROP_ONE_(*(__typeof__(ret) *)fl_p)
#define FL_FN_SIZE_VOID(ret) 0, 1
#define FL_FN_SIZE_VALUE(ret) sizeof(__typeof__(ret)), _Alignof(__typeof__(ret))
#define FL_FN_DROP_ONE_(place)                                                                     \
    {                                                                                              \
        fl_drop_fn_ *const fl_drop_it = FL_DROP_OF_(place);                                        \
        if (fl_drop_it)                                                                            \
            fl_drop_it((void *)(uintptr_t)&(place)); /* a cell is volatile */                      \
    }

/* What is done for each parameter: the arguments are result, name, then pairs; M is one of these, S stands between. */
#define FL_FN_FIELD_(T, n) __typeof__(T) n;
#define FL_FN_ARG_(T, n) fl_args->n
#define FL_FN_MORE_INITS_(T, n) , n
#define FL_FN_PARAM_(T, n) __typeof__(T) n
#define FL_FN_MORE_PARAMS_(T, n) , __typeof__(T) n
#define FL_FN_DROP_(T, n) FL_FN_DROP_ONE_(fl_args->n)
#define FL_FN_COMMA_() ,
#define FL_FN_NOTHING_()
#define FL_FN_EACH_(M, S, ...)                                                                     \
    FL_CAT_(FL_FN_EACH_, FL_CAT_(FL_COUNT_(__VA_ARGS__), _))(M, S, __VA_ARGS__)
#define FL_FN_EACH_2_(M, S, ret, name)
#define FL_FN_EACH_4_(M, S, ret, name, T, n) M(T, n)
#define FL_FN_EACH_6_(M, S, ret, name, T, n, ...) M(T, n) S() FL_FN_EACH_4_(M, S, ret, name, __VA_ARGS__)
#define FL_FN_EACH_8_(M, S, ret, name, T, n, ...) M(T, n) S() FL_FN_EACH_6_(M, S, ret, name, __VA_ARGS__)
#define FL_FN_EACH_10_(M, S, ret, name, T, n, ...) M(T, n) S() FL_FN_EACH_8_(M, S, ret, name, __VA_ARGS__)
#define FL_FN_EACH_12_(M, S, ret, name, T, n, ...) M(T, n) S() FL_FN_EACH_10_(M, S, ret, name, __VA_ARGS__)
#define FL_FN_EACH_14_(M, S, ret, name, T, n, ...) M(T, n) S() FL_FN_EACH_12_(M, S, ret, name, __VA_ARGS__)
#define FL_FN_EACH_16_(M, S, ret, name, T, n, ...) M(T, n) S() FL_FN_EACH_14_(M, S, ret, name, __VA_ARGS__)
#define FL_FN_EACH_18_(M, S, ret, name, T, n, ...) M(T, n) S() FL_FN_EACH_16_(M, S, ret, name, __VA_ARGS__)
#define FL_FN_PARAMS_(...) FL_CAT_(FL_FN_PARAMS_, FL_ANY_PARAMS_(__VA_ARGS__))(__VA_ARGS__)
#define FL_FN_PARAMS_NONE(...) void
#define FL_FN_PARAMS_SOME(...) FL_FN_EACH_(FL_FN_PARAM_, FL_FN_COMMA_, __VA_ARGS__)
#define FL_ANY_PARAMS_(...)                                                                        \
    FL_21ST_(__VA_ARGS__, SOME, SOME, SOME, SOME, SOME, SOME, SOME, SOME, SOME, SOME, SOME, SOME,  \
             SOME, SOME, SOME, SOME, SOME, SOME, NONE, NONE, ~)

/* The arguments come in pairs, EVEN; ODD and MANY are mistakes, which expand to `wrong` (it comes from FL_THREAD_FN itself
 * so that compilers do not show the way here) and a head for the body. */
#define FL_FN_SHAPE_(...)                                                                          \
    FL_64TH_(__VA_ARGS__, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY,  \
             MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY,   \
             MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY,   \
             MANY, MANY, MANY, MANY, MANY, EVEN, ODD, EVEN, ODD, EVEN, ODD, EVEN, ODD, EVEN, ODD,  \
             EVEN, ODD, EVEN, ODD, EVEN, ODD, EVEN, ONE, ~)
#define FL_FN_DEFINE_EVEN(wrong, ...)                                                              \
    FL_FN_DEFINE_ALL_(FL_1ST_(__VA_ARGS__), FL_2ND_(__VA_ARGS__), __VA_ARGS__)
#define FL_FN_DEFINE_ALL_(...) FL_FN_DEFINE_NOW_(__VA_ARGS__)
#define FL_FN_DEFINE_ODD(wrong, ...)                                                               \
    wrong;                                                                                         \
    __typeof__(FL_1ST_(__VA_ARGS__)) FL_2ND_(__VA_ARGS__)(void)
#define FL_FN_DEFINE_MANY(wrong, ...)                                                              \
    wrong;                                                                                         \
    __typeof__(FL_1ST_(__VA_ARGS__)) FL_2ND_(__VA_ARGS__)(void)
#define FL_FN_DEFINE_ONE(wrong, ...)                                                               \
    wrong;                                                                                         \
    void fl_nameless_(void)
#define FL_FN_DECLARE_EVEN(wrong, ...)                                                             \
    FL_FN_DECLARE_ALL_(FL_1ST_(__VA_ARGS__), FL_2ND_(__VA_ARGS__), __VA_ARGS__)
#define FL_FN_DECLARE_ALL_(...) extern FL_FN_DECL_NOW_(__VA_ARGS__)
#define FL_FN_DECLARE_ODD(wrong, ...) wrong
#define FL_FN_DECLARE_MANY(wrong, ...) wrong
#define FL_FN_DECLARE_ONE(wrong, ...) wrong

/* ---- fl_spawn and the rest ---- */

/* FL_STARTER_(start) is &start, said so that the compiler's messages about wrong arguments do not show its odd name
 * (gcc) or its declaration (clang), and that there is one message when there is no such function. */
#ifdef __FEARLESS_CHECK__
#define FL_SPAWN_(how, fn, start, ...)                                                             \
    FL_OMITTABLE_(~, ##__VA_ARGS__)((__typeof__((&start)(how __VA_OPT__(,) __VA_ARGS__)))fl_check_spawn_( \
        (fn(__VA_ARGS__), (void *)0)))
#else
#define FL_SPAWN_(how, fn, start, ...)                                                             \
    FL_OMITTABLE_(~, ##__VA_ARGS__)(FL_STARTER_(start)(how __VA_OPT__(,) __VA_ARGS__))
#endif
#ifdef __clang__
#define FL_STARTER_(start) (1 ? &start : 0)
#else
#define FL_STARTER_(start)                                                                         \
    (__extension__({                                                                               \
        __typeof__(&start) fl_spawn_ = &start;                                                     \
        fl_spawn_;                                                                                 \
    }))
#endif
#define FL_START_(start, options, scope, is_try)                                                   \
    (&(const struct fl_start_){(start), (options), (scope), (is_try), __FILE__, __LINE__})
#define FL_TRY_SPAWN_ARGS_(ret_handle, options, fn, ...)                                           \
    FL_OMITTABLE_(~, ##__VA_ARGS__)(ret_handle), (__typeof__(*(ret_handle))[1]){FL_SPAWN_(         \
                      FL_START_(fl_start_, options, (void *)0, 1), fn,                             \
                      fn##_is_not_a_FL_THREAD_FN __VA_OPT__(,) __VA_ARGS__)}[0]

#define FL_IS_JOIN_HANDLE_(h) _Generic((h), fl_join_handle(fl_target(h)): 1, default: 0)
#define FL_JOIN_PLACE_(h)                                                                          \
    (FL_REQUIRE_(FL_IS_JOIN_HANDLE_(h), "only a fl_join_handle can be joined"), &(h))
/* One of the two that follow, for one argument or two. */
#define FL_JOIN_(...) FL_JOIN_PICK_(__VA_ARGS__, FL_JOIN_ARGS_2_, FL_JOIN_ARGS_1_, ~)
#define FL_JOIN_PICK_(h, out, which, ...) which
#define FL_JOIN_ARGS_1_(h) FL_JOIN_PLACE_(h), (void *)0
#define FL_JOIN_ARGS_2_(h, out) FL_JOIN_PLACE_(h), (FL_TARGET_PTR_(h)){out}

/* A statement with a result, which for `void` must be none. */
#define FL_JOINED_VOID_(h) __builtin_types_compatible_p(FL_TARGET_PTR_(h), void *)
#define FL_JOINED_(h)                                                                              \
    __builtin_choose_expr(FL_JOINED_VOID_(h),                                                      \
        fl_joined_(FL_JOIN_PLACE_(h), (void *)0, __FILE__, __LINE__), __extension__({              \
            __typeof__(*__builtin_choose_expr(FL_JOINED_VOID_(h), (char *)0, (*(h))(0)))           \
                fl_joined_result_;                                                                 \
            fl_joined_(FL_JOIN_PLACE_(h), &fl_joined_result_, __FILE__, __LINE__);                 \
            fl_move(fl_joined_result_);                                                            \
        }))

#endif /* !__cplusplus */

#endif
