/* Panic by forced unwinding.
 *
 * Every place where a panic can end is a *catch frame* on the stack of its thread: the root of a thread that fl_spawn
 * started, and each fl_catch. They form a list, innermost first. A panic
 *
 *   1. formats its message and tells it (hook, or stderr);
 *   2. makes sure that it can arrive: no pins inside the innermost catch frame (see <fearless/pin.h>), and the
 *      unwinder sees all frames up to it. Otherwise it aborts here, before any cleanup has run;
 *   3. unwinds with _Unwind_ForcedUnwind, which calls stop() before each frame's cleanups; stop() jumps into the
 *      catch frame as soon as the frame to be cleaned is one outside of it.
 *
 * Without a catch frame: the main thread unwinds to the end of its stack and exits with 101; a thread that somebody
 * else started (pthread_create) leaves by pthread_exit, which is the same forced unwinding, done by libc.
 *
 * Forced, and not a thrown exception: nothing but the one who panics decides where it ends, no search phase is needed
 * that would look at each frame twice, and a C++ catch (...) on the way must pass it on. */
#ifndef __EXCEPTIONS
#error "libfearless must be built with -fexceptions: a panic unwinds through its frames"
#endif
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <fearless/panic.h>
#include <fearless/pin.h>

#include "atomic.h"
#include "panic_internal.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <unwind.h>

enum { MESSAGE_SIZE = 1024 };

struct catch_frame {
    struct catch_frame *outer;
    uintptr_t limit; /* an address in the frame of fl_panic_run_: what is above it is outside */
    unsigned pins;   /* held outside of it, where the panic does not come */
    jmp_buf env;
};

FL_THREAD_VAR_ unsigned fl_panics_;
FL_THREAD_VAR_ unsigned fl_pins_;

static FL_THREAD_VAR_ struct catch_frame *innermost;
static FL_THREAD_VAR_ char *current_message; /* of the panic that this thread is in, or has just ended */
static FL_THREAD_VAR_ char *kept_message;    /* what fl_panic_message() says */
/* Not on the stack: the frames that are cleaned up write over what is below them. */
static FL_THREAD_VAR_ struct _Unwind_Exception exception;

static FL_ATOMIC(fl_panic_hook *) panic_hook;

/* ---- telling ---- */

/* In one write, so that the lines of two threads do not mix; and not through stdio, whose locks the code that
 * panicked may hold. */
static void say(const char *format, ...) FL_PRINTF_(1, 2);
static void say(const char *format, ...)
{
    char text[MESSAGE_SIZE + 512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0)
        return;
    size_t left = (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    for (const char *p = text; left > 0;) {
        ssize_t written = write(STDERR_FILENO, p, left);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        p += written;
        left -= (size_t)written;
    }
}

static const char *own_name(void)
{
    const char *name = fl_thread_own_name_();
    return name ? name : "<unnamed>";
}

static void tell(const struct fl_panic_info *info)
{
    /* [hook] acquire: what was written before fl_set_panic_hook is visible to the hook */
    fl_panic_hook *const hook = fl_load_acquire(&panic_hook);
    if (hook)
        hook(info);
    else
        say("thread '%s' panicked at %s:%d: %s\n", own_name(), info->file, info->line, info->message);
}

void fl_abort_(const char *why)
{
    say("thread '%s' aborts: %s\n", own_name(), why);
    abort();
}

fl_panic_hook *fl_set_panic_hook(fl_panic_hook *hook)
{
    return fl_swap_acq_rel(&panic_hook, hook); /* [hook] */
}

bool fl_panicking(void)
{
    return fl_panics_ > 0;
}

/* ---- messages ---- */

static char no_memory_for_message[] = "(no memory was left for the message)";
static pthread_key_t kept_message_key;
static pthread_once_t kept_message_once = PTHREAD_ONCE_INIT;

void fl_panic_free_message_(char *message)
{
    if (message != no_memory_for_message)
        free(message);
}

char *fl_panic_new_message_(const char *text)
{
    char *const message = strdup(text);
    return message ? message : no_memory_for_message;
}

static void free_kept_message(void *message)
{
    kept_message = NULL;
    fl_panic_free_message_(message);
}

static void make_kept_message_key(void)
{
    if (pthread_key_create(&kept_message_key, free_kept_message) != 0)
        fl_abort_("no thread-specific key is left");
}

void fl_panic_keep_message_(char *message)
{
    fl_panic_free_message_(kept_message);
    kept_message = message;
    /* The key is for its destructor alone, which frees the message when a thread of any origin ends. Without it nobody
     * would: the message goes the way of all for which there is no memory. */
    pthread_once(&kept_message_once, make_kept_message_key);
    if (pthread_setspecific(kept_message_key, message) != 0) {
        fl_panic_free_message_(message);
        kept_message = no_memory_for_message;
    }
}

char *fl_panic_take_message_(void)
{
    char *const message = current_message;
    current_message = NULL;
    return message;
}

const char *fl_panic_message(void)
{
    return kept_message ? kept_message : "";
}

/* ---- unwinding ---- */

static bool is_main_thread(void)
{
    return getpid() == (pid_t)syscall(SYS_gettid);
}

/* The frame that ctx stands at is outside of the catch frame. (_Unwind_GetCFA gives the stack pointer *in* that
 * frame, which is the upper end of the frame it called.) */
static bool is_outside(struct _Unwind_Context *ctx, const struct catch_frame *frame)
{
    return (uintptr_t)_Unwind_GetCFA(ctx) >= frame->limit;
}

static _Unwind_Reason_Code stop(int version, _Unwind_Action action, _Unwind_Exception_Class class,
                                struct _Unwind_Exception *e, struct _Unwind_Context *ctx, void *catcher)
{
    struct catch_frame *const frame = catcher;
    (void)version, (void)class, (void)e;
    if (frame && is_outside(ctx, frame))
        _longjmp(frame->env, 1);
    if (action & _UA_END_OF_STACK) {
        if (frame)
            fl_abort_("the stack ended before the frame that catches the panic");
        /* main. fl_panics_ stays: a panic of an atexit function must not run the same cleanups again. */
        exit(101);
    }
    return _URC_NO_REASON;
}

/* glibc's: the stack pointer at the program's entry. Elsewhere NULL. */
extern void *__libc_stack_end __attribute__((weak));

struct probe {
    const struct catch_frame *frame; /* NULL: the root of the main thread */
    bool arrived;
};

static _Unwind_Reason_Code look(struct _Unwind_Context *ctx, void *probe)
{
    struct probe *const p = probe;
    /* _start pushes a few words before it calls the rest; frames of the program are further away than that */
    const uintptr_t first_words = 64;
    if (p->frame ? is_outside(ctx, p->frame)
                 : (uintptr_t)_Unwind_GetCFA(ctx) + first_words >= (uintptr_t)__libc_stack_end) {
        p->arrived = true;
        return _URC_NORMAL_STOP;
    }
    return _URC_NO_REASON;
}

static bool can_unwind_to(const struct catch_frame *frame)
{
    if (!frame && !&__libc_stack_end)
        return true;
    struct probe p = {frame, false};
    _Unwind_Backtrace(look, &p);
    return p.arrived;
}

static void swallowed(_Unwind_Reason_Code reason, struct _Unwind_Exception *e)
{
    (void)reason, (void)e;
    fl_abort_("a C++ catch (...) has swallowed a panic: it must end with `throw;`");
}

static FL_NORETURN_ void unwind(void)
{
    struct catch_frame *const frame = innermost;
    if (fl_pins_ > (frame ? frame->pins : 0))
        fl_abort_("the panic would have to pass a fl_auto, guard or scope in a file that was compiled "
                "without -fexceptions; compile it with -fexceptions");
    if (!frame && !is_main_thread()) {
        fl_panic_keep_message_(fl_panic_take_message_()); /* freed with the thread */
        pthread_exit(NULL);
    }
    if (!can_unwind_to(frame))
        fl_abort_("the panic would have to pass a function that cannot be unwound; "
                "compile everything with -fexceptions (or -funwind-tables)");
    memset(&exception, 0, sizeof exception);
    exception.exception_class = 0x4645415253530000; /* "FEARSS" */
    exception.exception_cleanup = swallowed;
    _Unwind_ForcedUnwind(&exception, stop, frame);
    fl_abort_("the unwinder gave up");
}

void fl_panic_(const char *file, int line, const char *format, ...)
{
    char message[MESSAGE_SIZE];
    va_list args;
    va_start(args, format);
    if (vsnprintf(message, sizeof message, format, args) < 0)
        strcpy(message, "(the message could not be formatted)");
    va_end(args);
    if (fl_panics_ > 0) {
        say("thread '%s' panicked at %s:%d: %s\n", own_name(), file, line, message);
        fl_abort_("it panicked while it was panicking already");
    }
    fl_panics_++; /* first: a panic in the hook is a second panic */

    const struct fl_panic_info info = {message, file, line, fl_thread_own_name_()};
    tell(&info);

    fl_panic_free_message_(current_message);
    current_message = fl_panic_new_message_(message);
    unwind();
}

/* ---- catching ---- */

/* A cleanup, for the ways out that are no panic of ours: pthread_exit, cancellation, a C++ exception. */
static void leave(struct catch_frame *frame)
{
    innermost = frame->outer;
}

/* Never inlined: its frame is the border, and stop() must tell it from its caller's. */
__attribute__((noinline)) bool fl_panic_run_(void (*fn)(void *env), void *env)
{
    __attribute__((cleanup(leave))) struct catch_frame frame;
    frame.outer = innermost;
    frame.limit = (uintptr_t)__builtin_frame_address(0);
    frame.pins = fl_pins_;
    if (_setjmp(frame.env) == 0) {
        innermost = &frame;
        fn(env);
        return true;
    }
    fl_panics_ = 0;
    return false;
}

fl_status fl_catch(void (*fn)(void *env), volatile void *env)
{
    if (fl_panic_run_(fn, (void *)(uintptr_t)env))
        return FL_OK;
    fl_panic_keep_message_(fl_panic_take_message_());
    return FL_PANICKED;
}
