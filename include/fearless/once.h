/* Doing something once, whoever comes first: struct fl_once, and fl_once_cell, a value that is made or set once.
 *
 *     static struct fl_once opened = FL_ONCE;             // static initialisation; all zero, too
 *     static void open_log(void *path) { ... }
 *
 *     fl_call_once(&opened, open_log, "log.txt");         // the first call runs it; all return when it has run
 *
 *     static fl_once_cell(struct config) config = FL_ONCE_CELL;
 *     static struct config read_config(void *path) { ... }
 *
 *     const struct config *c = fl_once_get_or_init(&config, read_config, "app.conf");
 *     if ((c = fl_once_get(&config))) ...                 // NULL before anybody has made it
 *
 * When many threads come at once, one runs the function and the others sleep until it has. What the function wrote is
 * visible to all of them. A once that is done costs one load and one branch.
 *
 * If the function panics, a struct fl_once is *poisoned*: later calls panic, and so do those that were waiting, because
 * what it should have made may be half made; fl_call_once_force repairs. A cell stays empty instead, as nothing of it
 * can be seen: the next one tries again. If the function leaves by pthread_exit or is cancelled, it is as if it had not
 * been called (of pthread_once, POSIX asks the same). It must not leave by longjmp. A function that calls the once it is
 * run by would wait for itself: that is a panic.
 *
 * A once that every call has returned from may be freed: nobody touches it any more. In a child of fork, a once that
 * another thread was just running is never done. fl_once_done, fl_once_poisoned and fl_once_get are wait-free and may be
 * called from a signal handler; nothing else here may. Waiting is no cancellation point. */
#ifndef FEARLESS_ONCE_H
#define FEARLESS_ONCE_H

#include <fearless/base.h>
#include <fearless/handle.h>
#include <fearless/mutex.h>
#include <fearless/ownership.h>
#include <fearless/panic.h>
#include <fearless/pin.h>
#include <fearless/status.h>
#include <fearless/value.h>

/* fl_once_set(&c, value...): puts the value into the empty fl_once_cell. FL_OK; FL_ALREADY when it has one, and then this
 * one is dropped. Waits for a fl_once_get_or_init that is running. */
#define fl_once_set(c, ...) FL_ONCE_SET_NOW_(fl_once_set_, c, #c, __VA_ARGS__)

#pragma GCC system_header /* see <fearless/base.h> */

FL_BEGIN_C_

struct FL_NOTE_("sync") fl_once {
    struct {
        uint32_t fl_word; /* 0: nothing has run; FL_ONCE_DONE_: done; the rest is in src/rt/once.c */
    } fl_state;
};

#ifdef __cplusplus
#define FL_ONCE {{0}}
#else
#define FL_ONCE {.fl_state = {0}}
#endif

/* Runs fn(env) unless it, or another function with this once, has run already; waits if it is running. Afterwards it
 * has run. Panics if the once is poisoned, or run by this very thread. (env may be the address of a cell, which is
 * volatile: <fearless/handle.h>.) */
#define fl_call_once(once, fn, env) fl_call_once_((once), (fn), (env), __FILE__, __LINE__)
/* The same, and runs fn although the once is poisoned. When fn returns, the once is done, and no longer poisoned. */
#define fl_call_once_force(once, fn, env) fl_call_once_force_((once), (fn), (env), __FILE__, __LINE__)

#ifdef __FEARLESS_CHECK__
bool fl_once_done(const struct fl_once *once);
FL_NOTE_("once") FL_NOTE_("blocks") FL_NOTE_("panics")
void fl_call_once_(struct fl_once *once, void (*fn)(void *env), volatile void *env, const char *file, int line);
FL_NOTE_("once") FL_NOTE_("blocks") FL_NOTE_("panics")
void fl_call_once_force_(struct fl_once *once, void (*fn)(void *env), volatile void *env, const char *file, int line);
#else

void fl_call_once_slow_(struct fl_once *once, void (*fn)(void *env), volatile void *env, bool force, const char *file, int line);

/* It has run: what it wrote is visible here. */
static inline bool fl_once_done(const struct fl_once *once)
{
    return __builtin_expect(__atomic_load_n(&once->fl_state.fl_word, __ATOMIC_ACQUIRE) == FL_ONCE_DONE_, 1); /* [once] */
}
static inline void fl_call_once_(struct fl_once *once, void (*fn)(void *env), volatile void *env, const char *file, int line)
{
    if (!fl_once_done(once))
        fl_call_once_slow_(once, fn, env, false, file, line);
}
static inline void fl_call_once_force_(struct fl_once *once, void (*fn)(void *env), volatile void *env, const char *file,
                                       int line)
{
    if (!fl_once_done(once))
        fl_call_once_slow_(once, fn, env, true, file, line);
}

#endif

/* Its function panicked the last time. In a function that fl_call_once_force runs: it did so the time before. */
bool fl_once_poisoned(const struct fl_once *once);

/* ---- private: what cells and lazies do in the user's file, because only there the type is known ---- */

/* Who begins, for what is said when that is a mistake. */
enum fl_once_use_ { FL_ONCE_CALL_, FL_ONCE_FORCE_, FL_ONCE_SET_, FL_ONCE_INIT_, FL_ONCE_LAZY_ };

/* A function that is being run, as a variable with a cleanup. */
struct fl_once_run_ {
    struct fl_once *fl_once; /* NULL: not by us */
    enum fl_once_use_ fl_use;
    unsigned fl_panics; /* how many panics this thread was in when it began */
    bool fl_ran;        /* it has returned */
};

/* Waits until it is done (false), or this thread's to do (true: fl_once_end_ must follow). */
bool fl_once_begin_(struct fl_once *once, enum fl_once_use_ use, const char *file, int line);
void fl_once_end_(struct fl_once_run_ *run);

FL_MUST_USE_ FL_NOTE_("blocks") FL_NOTE_("panics")
fl_status fl_once_set_(volatile void *cell, volatile void *value FL_NOTE_("moved"), size_t size, fl_drop_fn_ *drop,
                       const char *file, int line);
#ifdef __FEARLESS_CHECK__
FL_NOTE_("result.borrows") void *fl_check_once_get_(const volatile void *cell);
FL_NOTE_("result.borrows") FL_NOTE_("blocks") FL_NOTE_("panics")
void *fl_check_once_init_(volatile void *cell, volatile void *value FL_NOTE_("moved"));
#else
static inline struct fl_once *fl_once_plain_(volatile struct fl_once *once)
{
    return (struct fl_once *)(uintptr_t)once;
}
static inline struct fl_once_run_ fl_once_run_now_(struct fl_once *once, enum fl_once_use_ use)
{
    struct fl_once_run_ run = {once, use, fl_panics_, false};

    return FL_PIN_(run);
}
static inline void fl_once_run_end_(struct fl_once_run_ *run)
{
    FL_UNPIN_();
    fl_once_end_(run);
}
#endif

FL_END_C_

#ifndef __cplusplus

/* ---- a value that is made or set once ---- */

/* The type of a cell that holds a T, or nothing yet. Each use is a type of its own: a typedef names it where it crosses
 * a function. It is dropped (fl_drop, fl_auto) as its value, if it has one. fl_data_mut(&c) gives its value to who has
 * the cell to himself, NULL if it has none; fl_into_data(&c, &out) is FL_EMPTY then. */
#define fl_once_cell(...) FL_MAYBE_CELL_(FL_NOTE_("shared_guarded_by:fl_raw"), struct fl_once fl_raw, __VA_ARGS__)
#define FL_ONCE_CELL {.fl_raw = FL_ONCE}

/* The value, or NULL if there is none yet. `const T *`, since it is shared; of a value that is itself a cell (a mutex,
 * ...), `T *`, to be locked. Wait-free. */
#define fl_once_get(c)                                                                             \
    (FL_REQUIRE_(FL_IS_ADDRESS_(c), "fl_once_get takes the address of the cell: write &" #c),      \
     FL_ONCE_GET_(FL_CELL_AT_(c)))
#ifdef __FEARLESS_CHECK__
#define FL_ONCE_GET_(c) ((FL_SHARED_PTR_(c))fl_check_once_get_(c))
#else
#define FL_ONCE_GET_(c) ((FL_SHARED_PTR_(c))fl_maybe_value_((c), sizeof(FL_CELL_VALUE_(c))))
#endif

/* The value, which fn(env) makes (`T fn(void *)`) if there is none: never NULL. */
#define fl_once_get_or_init(c, fn, env)                                                            \
    (FL_REQUIRE_(FL_IS_ADDRESS_(c), "fl_once_get_or_init takes the address of the cell: write &" #c), \
     FL_ONCE_GET_OR_INIT_(FL_CELL_AT_(c), fn, env))
#ifdef __FEARLESS_CHECK__
#define FL_ONCE_GET_OR_INIT_(c, fn, env)                                                           \
    ((FL_SHARED_PTR_(c))fl_check_once_init_((c), (FL_CELL_VALUE_(c)[1]){(fn)(env)}))
#else
#define FL_ONCE_GET_OR_INIT_(c, fn, env)                                                           \
    __extension__({                                                                                \
        __typeof__(&*(c)) const fl_once_c_ = (c);                                                  \
        FL_CELL_VALUE_(c) (*const fl_once_fn_)(void *) = (fn);                                     \
        volatile void *const fl_once_env_ = (env);                                                 \
        FL_ONCE_INIT_NOW_(fl_once_c_, FL_ONCE_INIT_, fl_once_fn_((void *)(uintptr_t)fl_once_env_)); \
        (FL_SHARED_PTR_(c))FL_CELL_DATA_(fl_once_c_);                                              \
    })
#define FL_ONCE_INIT_NOW_(c, use, value)                                                           \
    if (!fl_maybe_value_((c), sizeof(FL_CELL_VALUE_(c))) &&                                         \
        fl_once_begin_(fl_once_plain_(&(c)->fl_raw), use, __FILE__, __LINE__)) {                   \
        __attribute__((cleanup(fl_once_run_end_))) struct fl_once_run_ fl_once_run_ =              \
            fl_once_run_now_(fl_once_plain_(&(c)->fl_raw), use);                                   \
        *FL_CELL_DATA_(c) = value;                                                                 \
        fl_once_run_.fl_ran = true;                                                                \
    }                                                                                              \
    (void)0
#endif

#define FL_ONCE_SET_NOW_(set, c, text, ...)                                                        \
    set((FL_REQUIRE_(FL_IS_ADDRESS_(c), "fl_once_set takes the address of the cell: write &" text), FL_CELL_AT_(c)), \
        FL_ONE_VALUE_(FL_CELL_VALUE_(FL_CELL_AT_(c)), __VA_ARGS__), sizeof(FL_CELL_VALUE_(FL_CELL_AT_(c))), \
        FL_DROP_OF_(*(FL_CELL_PTR_(FL_CELL_AT_(c)))0), __FILE__, __LINE__)

/* When c is no address, FL_REQUIRE_ says so in one line, and FL_CELL_AT_ keeps the compiler from saying more. */
struct fl_not_a_maybe_ {
    int fl_data;
    struct fl_once fl_raw;
    int (*fl_init)(void);
    int *fl_type[1];
    struct fl_maybe_ *fl_kind[1];
};
#define FL_CELL_AT_(c)                                                                             \
    __builtin_choose_expr(FL_IS_ADDRESS_(c), (c), (struct fl_not_a_maybe_ *)0)
#define FL_IS_ADDRESS_(c) (__builtin_classify_type(c) == FL_CLASS_POINTER_)

/* T, and how others than its maker see it. */
#define FL_CELL_VALUE_(c) __typeof__(*(FL_CELL_PTR_(c))0)
#define FL_SHARED_PTR_(c)                                                                          \
    __typeof__(__builtin_choose_expr(FL_IS_CELL_(*(FL_CELL_PTR_(c))0), (FL_CELL_PTR_(c))0,         \
                                     (const FL_CELL_VALUE_(c) *)0))

#endif /* !__cplusplus */

#endif
