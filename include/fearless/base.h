/* What every other header stands on: the compilers' differences, and a few macros about macros.
 *
 * Nothing here is for programs to use; include <fearless.h>. */
#ifndef FEARLESS_BASE_H
#define FEARLESS_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the headers (or the lower parts of them) that say this, gcc shows what is wrong in a macro's use at the line that
 * uses it, without the macros in between, and does not apply -Wpedantic to the macros themselves. Calls whose result
 * must be used stand above the line: below it gcc would not warn about them. */
#pragma GCC system_header

#if !defined __GNUC__
#error "fearless needs gcc (12 or newer) or clang (14 or newer): it uses typeof and cleanup"
#endif

/* Around declarations of the library's functions and variables. The library is built with everything else hidden. */
#ifdef __cplusplus
#define FL_BEGIN_C_ _Pragma("GCC visibility push(default)") extern "C" {
#define FL_END_C_ } _Pragma("GCC visibility pop")
#else
#define FL_BEGIN_C_ _Pragma("GCC visibility push(default)")
#define FL_END_C_ _Pragma("GCC visibility pop")
#endif

#ifdef __cplusplus
#define FL_THREAD_VAR_ __thread
#else
#define FL_THREAD_VAR_ _Thread_local
/* A handle of the wrong element type is a pointer of the wrong type. Older compilers only warn about that, and a
 * channel that is sent the wrong type must not compile. */
#pragma GCC diagnostic error "-Wincompatible-pointer-types"
#pragma GCC diagnostic error "-Wint-conversion"
#ifndef __clang__
/* A function that makes a cell (a volatile struct: handle.h) for FL_LAZY, fl_once_get_or_init ... returns it by value,
 * where the qualifier means nothing, which is no mistake. */
#pragma GCC diagnostic ignored "-Wignored-qualifiers"
#endif
#ifdef __clang__
/* Part of the first one for clang, and not meant: the address of a cell, which is a volatile struct (handle.h), may
 * well go through a void *. */
#pragma GCC diagnostic ignored "-Wincompatible-pointer-types-discards-qualifiers" /* first, for clang 14 */
#pragma GCC diagnostic warning "-Wincompatible-pointer-types-discards-qualifiers"
#endif
#endif

/* Some code is right and would only warn where a macro wrote it into the user's file. */
#ifdef __clang__
#define FL_QUIET_(warning, ...)                                                                    \
    _Pragma("clang diagnostic push") _Pragma(warning) __VA_ARGS__                                  \
        _Pragma("clang diagnostic pop")
#else
#define FL_QUIET_(warning, ...) __VA_ARGS__
#endif

/* Around a use of __COUNTER__, which newer clangs call an extension (-Wpedantic). */
#ifdef __clang__
#define FL_COUNTER_ON_                                                                             \
    _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wpedantic\"")
#define FL_COUNTER_OFF_ _Pragma("clang diagnostic pop")
#else
#define FL_COUNTER_ON_
#define FL_COUNTER_OFF_
#endif

/* What the checker reads (`fearless` defines __FEARLESS_CHECK__), and nobody else. */
#ifdef __FEARLESS_CHECK__
#define FL_NOTE_(text) __attribute__((annotate("fl." text)))
#else
#define FL_NOTE_(text)
#endif

/* ThreadSanitizer must see every order, so what it looks at takes no short cuts. */
#if defined __SANITIZE_THREAD__
#define FL_UNDER_TSAN_ 1
#elif defined __has_feature
#if __has_feature(thread_sanitizer)
#define FL_UNDER_TSAN_ 1
#endif
#endif

#define FL_UNUSED_ __attribute__((unused))
/* For what a lock costs when nobody is in the way. Compilers think that cleanups are seldom run, and call them; then the guard
 * goes through memory, and its stores are in the way of the next locked instruction. */
#define FL_INLINE_ static inline __attribute__((always_inline))
#define FL_NORETURN_ __attribute__((noreturn)) FL_NOTE_("noreturn")
#define FL_MUST_USE_ __attribute__((warn_unused_result)) FL_NOTE_("must_use")
/* A compile-time condition inside an expression, with a message. (Here and elsewhere a static assertion's condition
 * begins with `!`: clang's message starts where the condition does, and then that is the place to show.) */
#define FL_REQUIRE_(condition, message)                                                            \
    ((void)sizeof(struct {                                                                         \
        _Static_assert(!!(condition), message);                                                    \
        int fl_x;                                                                                  \
    }))
#define FL_PRINTF_(nth, first) __attribute__((format(printf, nth, first)))

/* ---- macros about macros ---- */

#define FL_CAT_(a, b) FL_CAT_NOW_(a, b)
#define FL_CAT_NOW_(a, b) a##b
#define FL_1ST_(...) FL_1ST_OF_(__VA_ARGS__, ~)
#define FL_1ST_OF_(a, ...) a
#define FL_2ND_(...) FL_2ND_OF_(__VA_ARGS__, ~, ~)
#define FL_2ND_OF_(a, b, ...) b

/* How many arguments: 1 to 20. */
#define FL_COUNT_(...)                                                                             \
    FL_21ST_(__VA_ARGS__, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, ~)
#define FL_21ST_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,  \
                 a19, a20, n, ...)                                                                 \
    n

#define FL_64TH_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,  \
                 a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34,   \
                 a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50,   \
                 a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, n, ...)          \
    n

/* FL_OMITTABLE_(~, ##__VA_ARGS__) is nothing. In a macro whose `...` may be left away it keeps clang from warning about
 * that; the arguments themselves are passed on with __VA_OPT__(,), because what stands beside ## is not expanded, and
 * fl_spawn(f, fl_spawn(g)) must be. */
#define FL_OMITTABLE_(...)

/* M(a) M(b) ... for 1 to 16 arguments. */
#define FL_EACH_(M, ...) FL_CAT_(FL_EACH_, FL_CAT_(FL_COUNT_(__VA_ARGS__), _))(M, __VA_ARGS__)
#define FL_EACH_1_(M, a) M(a)
#define FL_EACH_2_(M, a, ...) M(a) FL_EACH_1_(M, __VA_ARGS__)
#define FL_EACH_3_(M, a, ...) M(a) FL_EACH_2_(M, __VA_ARGS__)
#define FL_EACH_4_(M, a, ...) M(a) FL_EACH_3_(M, __VA_ARGS__)
#define FL_EACH_5_(M, a, ...) M(a) FL_EACH_4_(M, __VA_ARGS__)
#define FL_EACH_6_(M, a, ...) M(a) FL_EACH_5_(M, __VA_ARGS__)
#define FL_EACH_7_(M, a, ...) M(a) FL_EACH_6_(M, __VA_ARGS__)
#define FL_EACH_8_(M, a, ...) M(a) FL_EACH_7_(M, __VA_ARGS__)
#define FL_EACH_9_(M, a, ...) M(a) FL_EACH_8_(M, __VA_ARGS__)
#define FL_EACH_10_(M, a, ...) M(a) FL_EACH_9_(M, __VA_ARGS__)
#define FL_EACH_11_(M, a, ...) M(a) FL_EACH_10_(M, __VA_ARGS__)
#define FL_EACH_12_(M, a, ...) M(a) FL_EACH_11_(M, __VA_ARGS__)
#define FL_EACH_13_(M, a, ...) M(a) FL_EACH_12_(M, __VA_ARGS__)
#define FL_EACH_14_(M, a, ...) M(a) FL_EACH_13_(M, __VA_ARGS__)
#define FL_EACH_15_(M, a, ...) M(a) FL_EACH_14_(M, __VA_ARGS__)
#define FL_EACH_16_(M, a, ...) M(a) FL_EACH_15_(M, __VA_ARGS__)

#endif
