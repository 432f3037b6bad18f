/* Panic: for what a program cannot go on from, one thread at a time.
 *
 *     if (index >= v->len)
 *         fl_panic("index %zu of %zu", index, v->len);
 *
 * prints "thread 'name' panicked at file:line: message" on stderr (or calls the hook), then unwinds the stack of this
 * thread: the cleanups of the frames it leaves run, so that what fl_auto holds is dropped, guards unlock (and poison
 * their locks), scopes join. Then the thread ends, and who joins it gets FL_PANICKED. A panic of the main thread ends
 * the process with status 101. A panic while the same thread is panicking already aborts.
 *
 * It unwinds with _Unwind_ForcedUnwind (from libgcc_s or libunwind), so every file whose cleanups are to run is
 * compiled with -fexceptions (the pkg-config and CMake packages pass it). A panic that would have to pass a fl_auto, a
 * guard or a scope of a file compiled without it aborts with a message instead, and so does one that finds a frame that
 * cannot be unwound at all; both before any cleanup has run.
 *
 * Not for signal handlers. After fork, all of it works in the child; where fl_spawn's thread forked, that is the child's
 * only one, and a panic that ends it ends the process with status 0, as the end of its last thread does. */
#ifndef FEARLESS_PANIC_H
#define FEARLESS_PANIC_H

#include <fearless/base.h>
#include <fearless/status.h>

FL_BEGIN_C_

/* Does not return. The message is cut at 1,023 bytes. */
#define fl_panic(...) fl_panic_(__FILE__, __LINE__, __VA_ARGS__)
FL_NORETURN_ FL_NOTE_("panics") void fl_panic_(const char *file, int line, const char *format, ...)
    FL_PRINTF_(3, 4);

/* How many panics this thread is in: 0, or 1 (a second one aborts). */
extern __attribute__((tls_model("initial-exec"))) FL_THREAD_VAR_ unsigned fl_panics_;

/* Is this thread unwinding because of a panic? (What a drop function may want to know.) */
bool fl_panicking(void);

/* After FL_PANICKED from fl_join, fl_catch ...: the message of that panic. Valid until this thread's next call that
 * gives FL_PANICKED; "" before the first. */
const char *fl_panic_message(void);

struct fl_panic_info {
    const char *message;
    const char *file;
    int line;
    const char *thread_name; /* NULL: it has none */
};
typedef void fl_panic_hook(const struct fl_panic_info *info);

/* Called for every panic in place of the print, in the thread that panics, before anything is unwound. NULL: the print
 * again. Gives the hook from before (NULL for the print). From any thread; lock-free. A panic in a hook aborts. */
fl_panic_hook *fl_set_panic_hook(fl_panic_hook *hook);

/* Calls fn(env); a panic in it ends here. FL_OK or FL_PANICKED. (env may be the address of a cell, which is volatile:
 * <fearless/handle.h>.) */
FL_MUST_USE_ fl_status fl_catch(void (*fn)(void *env), volatile void *env);

FL_END_C_

#endif
