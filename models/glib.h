/*
 * GLib's threads, locks and memory, in the annotations of docs/design/check-mode.md.
 *
 * `thread_result`: the result is the handle of the thread that the call starts. `recursive`: who holds the lock may take it
 * again.
 *
 * MODEL(name) stands for the function `name`, NOTE(text) for the annotation `fl.text`. Only annotations and the
 * places of parameters are read; types are whatever is short.
 */

/* ---- threads ---- */

NOTE("thread_result") void *MODEL(g_thread_new)(NOTE("lent") const char *name, NOTE("thread_entry") void *(*function)(void *),
                                                NOTE("sent") void *data);
NOTE("thread_result") void *MODEL(g_thread_try_new)(NOTE("lent") const char *name, NOTE("thread_entry") void *(*function)(void *),
                                                    NOTE("sent") void *data, NOTE("out") void **error);
NOTE("blocks") NOTE("awaits:thread") void *MODEL(g_thread_join)(NOTE("joined") void *thread);
void MODEL(g_thread_unref)(NOTE("detached") void *thread);
NOTE("self") void *MODEL(g_thread_self)(void);
NOTE("noreturn") NOTE("exits_thread") void MODEL(g_thread_exit)(void *result);

/* ---- locks ---- */

NOTE("initialises_lock") void MODEL(g_mutex_init)(NOTE("out") void *mutex);
NOTE("destroys_lock") void MODEL(g_mutex_clear)(NOTE("lent") void *mutex);
NOTE("acquires") void MODEL(g_mutex_lock)(NOTE("lent") void *mutex);
NOTE("acquires_if:!0") int MODEL(g_mutex_trylock)(NOTE("lent") void *mutex);
NOTE("releases") void MODEL(g_mutex_unlock)(NOTE("lent") void *mutex);

NOTE("initialises_lock") void MODEL(g_rec_mutex_init)(NOTE("out") void *mutex);
NOTE("destroys_lock") void MODEL(g_rec_mutex_clear)(NOTE("lent") void *mutex);
NOTE("acquires") NOTE("recursive") void MODEL(g_rec_mutex_lock)(NOTE("lent") void *mutex);
NOTE("acquires_if:!0") NOTE("recursive") int MODEL(g_rec_mutex_trylock)(NOTE("lent") void *mutex);
NOTE("releases") void MODEL(g_rec_mutex_unlock)(NOTE("lent") void *mutex);

NOTE("initialises_lock") void MODEL(g_rw_lock_init)(NOTE("out") void *lock);
NOTE("destroys_lock") void MODEL(g_rw_lock_clear)(NOTE("lent") void *lock);
NOTE("acquires") void MODEL(g_rw_lock_writer_lock)(NOTE("lent") void *lock);
NOTE("acquires_if:!0") int MODEL(g_rw_lock_writer_trylock)(NOTE("lent") void *lock);
NOTE("releases") void MODEL(g_rw_lock_writer_unlock)(NOTE("lent") void *lock);
NOTE("acquires.shared") void MODEL(g_rw_lock_reader_lock)(NOTE("lent") void *lock);
NOTE("acquires_if.shared:!0") int MODEL(g_rw_lock_reader_trylock)(NOTE("lent") void *lock);
NOTE("releases") void MODEL(g_rw_lock_reader_unlock)(NOTE("lent") void *lock);

NOTE("acquires") void MODEL(g_bit_lock)(NOTE("lent") volatile int *word, int bit);
NOTE("releases") void MODEL(g_bit_unlock)(NOTE("lent") volatile int *word, int bit);

/* ---- waiting ---- */

void MODEL(g_cond_init)(NOTE("out") void *condition);
void MODEL(g_cond_clear)(NOTE("lent") void *condition);
NOTE("wakes:notice") void MODEL(g_cond_signal)(NOTE("lent") void *condition);
NOTE("wakes:notice") void MODEL(g_cond_broadcast)(NOTE("lent") void *condition);
NOTE("blocks") NOTE("waits") NOTE("waits_holding:1")
void MODEL(g_cond_wait)(NOTE("lent") void *condition, NOTE("lent") void *mutex);
NOTE("blocks") NOTE("waits") NOTE("waits_holding.timed:1")
int MODEL(g_cond_wait_until)(NOTE("lent") void *condition, NOTE("lent") void *mutex, long until);
NOTE("once") void *MODEL(g_once_impl)(NOTE("lent") void *once, void *(*function)(void *), void *argument);
NOTE("blocks") void *MODEL(g_async_queue_pop)(NOTE("lent") void *queue);
NOTE("blocks") void *MODEL(g_async_queue_timeout_pop)(NOTE("lent") void *queue, unsigned long timeout);
NOTE("blocks") void MODEL(g_usleep)(unsigned long microseconds);

/* ---- memory ---- */

NOTE("fresh") void *MODEL(g_malloc)(unsigned long size);
NOTE("fresh") NOTE("zeroed") void *MODEL(g_malloc0)(unsigned long size);
NOTE("fresh") void *MODEL(g_malloc_n)(unsigned long count, unsigned long size);
NOTE("fresh") NOTE("zeroed") void *MODEL(g_malloc0_n)(unsigned long count, unsigned long size);
NOTE("fresh") void *MODEL(g_try_malloc)(unsigned long size);
NOTE("fresh") char *MODEL(g_strdup)(NOTE("lent") const char *text);
NOTE("fresh") char *MODEL(g_strndup)(NOTE("lent") const char *text, unsigned long size);
NOTE("fresh") char *MODEL(g_strdup_printf)(NOTE("lent") const char *format, ...);
NOTE("fresh") void *MODEL(g_memdup2)(NOTE("lent") const void *memory, unsigned long size);
void MODEL(g_free)(NOTE("moved") NOTE("free") void *memory);
