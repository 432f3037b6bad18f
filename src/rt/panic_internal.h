/* What thread.c needs from panic.c, and panic.c from thread.c. */
#ifndef FL_RT_PANIC_INTERNAL_H
#define FL_RT_PANIC_INTERNAL_H

#include <fearless/base.h>

/* Calls fn(env). True: it returned. False: it panicked, what it had on the stack has been cleaned up, and the message
 * is waiting for fl_panic_take_message_. */
bool fl_panic_run_(void (*fn)(void *env), void *env);

/* The message of the panic that fl_panic_run_ has just reported. Never NULL; goes to fl_panic_keep_message_ or
 * fl_panic_free_message_, in any thread. */
char *fl_panic_take_message_(void);
/* From now on it is what fl_panic_message() says in this thread. */
void fl_panic_keep_message_(char *message);
void fl_panic_free_message_(char *message);
/* A copy of text, or where there is no memory, a constant text that says so. Never NULL. */
char *fl_panic_new_message_(const char *text);

/* "thread 'name' aborts: why" on stderr, and abort(): for what not even a panic may follow. */
FL_NORETURN_ void fl_abort_(const char *why);

/* Of this thread; NULL if it has none. (thread.c) */
const char *fl_thread_own_name_(void);

#endif
