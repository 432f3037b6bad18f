/*
 * POSIX and C11 threads: who runs, with what, until when.
 *
 * `sent` is the argument that the new thread gets, `thread_entry` what it runs, `thread_out` where the
 * handle goes; `joined` waits for the thread's end, after `detached` nobody does.
 */

int MODEL(pthread_create)(unsigned long *thread NOTE("thread_out"), const void *attr,
                          void *(*start)(void *)NOTE("thread_entry"), void *arg NOTE("sent"));
NOTE("blocks") int MODEL(pthread_join)(unsigned long thread NOTE("joined"), void **result);
NOTE("blocks") int MODEL(pthread_tryjoin_np)(unsigned long thread NOTE("joined"), void **result);
NOTE("blocks") int MODEL(pthread_timedjoin_np)(unsigned long thread NOTE("joined"), void **result, const void *time);
int MODEL(pthread_detach)(unsigned long thread NOTE("detached"));
NOTE("noreturn") void MODEL(pthread_exit)(void *result);

int MODEL(thrd_create)(unsigned long *thread NOTE("thread_out"), int (*start)(void *)NOTE("thread_entry"),
                       void *arg NOTE("sent"));
NOTE("blocks") int MODEL(thrd_join)(unsigned long thread NOTE("joined"), int *result);
int MODEL(thrd_detach)(unsigned long thread NOTE("detached"));
NOTE("noreturn") void MODEL(thrd_exit)(int result);

/* ---- waiting for another thread to say something ---- */

NOTE("blocks") int MODEL(sem_wait)(void *semaphore NOTE("lent"));
NOTE("blocks") int MODEL(sem_timedwait)(void *semaphore NOTE("lent"), const void *time);
NOTE("blocks") int MODEL(pthread_cond_wait)(void *condition NOTE("lent"), void *mutex NOTE("lent"));
NOTE("blocks") int MODEL(pthread_cond_timedwait)(void *condition NOTE("lent"), void *mutex NOTE("lent"), const void *time);
NOTE("blocks") int MODEL(pthread_barrier_wait)(void *barrier NOTE("lent"));
NOTE("blocks") int MODEL(cnd_wait)(void *condition NOTE("lent"), void *mutex NOTE("lent"));
NOTE("blocks") int MODEL(cnd_timedwait)(void *condition NOTE("lent"), void *mutex NOTE("lent"), const void *time);
