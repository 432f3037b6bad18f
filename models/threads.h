/*
 * POSIX threads, semaphores and C11 threads, in the annotations of docs/design/check-mode.md.
 *
 * `sent` is the argument that the new thread gets, `thread_entry` what it runs, `thread_out` where the handle goes;
 * `joined` waits for the thread's end, after `detached` nobody does. What acquires may block, without a note; `blocks`
 * is for waiting until another thread says something.
 *
 * MODEL(name) stands for the function `name`, NOTE(text) for the annotation `fl.text`. Only annotations and the
 * places of parameters are read; types are whatever is short.
 */

/* ---- threads ---- */

int MODEL(pthread_create)(NOTE("out") NOTE("thread_out") void *thread,
                          NOTE("lent") NOTE("thread_attributes") const void *attributes, NOTE("thread_entry") void *(*start)(void *), NOTE("sent") void *argument);
NOTE("blocks") NOTE("awaits:thread") int MODEL(pthread_join)(NOTE("joined") unsigned long thread, NOTE("out") void **result);
NOTE("blocks") int MODEL(pthread_timedjoin_np)(NOTE("joined") unsigned long thread, NOTE("out_if:0") void **result,
                                               NOTE("lent") const void *until);
int MODEL(pthread_tryjoin_np)(NOTE("joined") unsigned long thread, NOTE("out_if:0") void **result);
int MODEL(pthread_detach)(NOTE("detached") unsigned long thread);
NOTE("self") unsigned long MODEL(pthread_self)(void);
NOTE("noreturn") NOTE("exits_thread") void MODEL(pthread_exit)(void *result);
/* What pthread_cleanup_pop() is in glibc's header: the frame's first field is run on its second unless the third is 0. */
NOTE("runs_handler") void MODEL(__pthread_cleanup_routine)(NOTE("lent") void *frame);
int MODEL(pthread_cancel)(NOTE("lent") unsigned long thread);
int MODEL(pthread_kill)(NOTE("lent") unsigned long thread, int signal);

NOTE("blocks") int MODEL(pthread_clockjoin_np)(NOTE("joined") unsigned long thread, NOTE("out_if:0") void **result, int clock,
                                               NOTE("lent") const void *until);
int MODEL(pthread_getattr_np)(NOTE("lent") unsigned long thread, NOTE("out_if:0") void *attributes);
int MODEL(pthread_setname_np)(NOTE("lent") unsigned long thread, NOTE("lent") const char *name);
int MODEL(pthread_equal)(NOTE("lent") unsigned long one, NOTE("lent") unsigned long other);
int MODEL(pthread_attr_init)(NOTE("out") void *attributes);
int MODEL(pthread_attr_destroy)(NOTE("lent") void *attributes);
int MODEL(pthread_attr_setdetachstate)(NOTE("lent") void *attributes, NOTE("detached_if:1") int state);

int MODEL(thrd_create)(NOTE("out") NOTE("thread_out") void *thread, NOTE("thread_entry") int (*start)(void *),
                       NOTE("sent") void *argument);
NOTE("blocks") NOTE("awaits:thread") int MODEL(thrd_join)(NOTE("joined") unsigned long thread, NOTE("out") int *result);
int MODEL(thrd_detach)(NOTE("detached") unsigned long thread);
NOTE("self") unsigned long MODEL(thrd_current)(void);
NOTE("noreturn") NOTE("exits_thread") void MODEL(thrd_exit)(int result);
NOTE("blocks") int MODEL(thrd_sleep)(NOTE("lent") const void *duration, NOTE("lent") void *remaining);

NOTE("atfork") int MODEL(pthread_atfork)(void (*prepare)(void), void (*parent)(void), void (*child)(void));

/* ---- mutexes ---- */

NOTE("initialises_lock") int MODEL(pthread_mutex_init)(NOTE("out") void *mutex, NOTE("lent") const void *attributes);
NOTE("destroys_lock") int MODEL(pthread_mutex_destroy)(NOTE("lent") void *mutex);
NOTE("acquires") int MODEL(pthread_mutex_lock)(NOTE("lent") void *mutex);
NOTE("acquires_if:0") int MODEL(pthread_mutex_trylock)(NOTE("lent") void *mutex);
NOTE("acquires_if:0") int MODEL(pthread_mutex_timedlock)(NOTE("lent") void *mutex,
                                                                        NOTE("lent") const void *until);
NOTE("acquires_if:0") int MODEL(pthread_mutex_clocklock)(NOTE("lent") void *mutex, int clock,
                                                                        NOTE("lent") const void *until);
NOTE("releases") int MODEL(pthread_mutex_unlock)(NOTE("lent") void *mutex);

int MODEL(pthread_mutex_consistent)(NOTE("lent") void *mutex);
int MODEL(pthread_mutexattr_init)(NOTE("out") void *attributes);
int MODEL(pthread_mutexattr_destroy)(NOTE("lent") void *attributes);
int MODEL(pthread_mutexattr_settype)(NOTE("lent") void *attributes, NOTE("recursive_if:1") NOTE("checking_if:2") int kind);

NOTE("initialises_lock") int MODEL(mtx_init)(NOTE("out") void *mutex, NOTE("recursive_if:1") int type);
NOTE("destroys_lock") void MODEL(mtx_destroy)(NOTE("lent") void *mutex);
NOTE("acquires") int MODEL(mtx_lock)(NOTE("lent") void *mutex);
NOTE("acquires_if:0") int MODEL(mtx_trylock)(NOTE("lent") void *mutex);
NOTE("acquires_if:0") int MODEL(mtx_timedlock)(NOTE("lent") void *mutex, NOTE("lent") const void *until);
NOTE("releases") int MODEL(mtx_unlock)(NOTE("lent") void *mutex);

NOTE("acquires") int MODEL(pthread_spin_lock)(NOTE("lent") volatile int *lock);
NOTE("acquires_if:0") int MODEL(pthread_spin_trylock)(NOTE("lent") volatile int *lock);
NOTE("releases") int MODEL(pthread_spin_unlock)(NOTE("lent") volatile int *lock);
NOTE("initialises_lock") int MODEL(pthread_spin_init)(NOTE("out") volatile int *lock, int shared);
NOTE("destroys_lock") int MODEL(pthread_spin_destroy)(NOTE("lent") volatile int *lock);

NOTE("initialises_lock") int MODEL(pthread_rwlock_init)(NOTE("out") void *lock, NOTE("lent") const void *attributes);
NOTE("destroys_lock") int MODEL(pthread_rwlock_destroy)(NOTE("lent") void *lock);
NOTE("acquires.shared") int MODEL(pthread_rwlock_rdlock)(NOTE("lent") void *lock);
NOTE("acquires") int MODEL(pthread_rwlock_wrlock)(NOTE("lent") void *lock);
NOTE("acquires_if.shared:0") int MODEL(pthread_rwlock_tryrdlock)(NOTE("lent") void *lock);
NOTE("acquires_if:0") int MODEL(pthread_rwlock_trywrlock)(NOTE("lent") void *lock);
NOTE("acquires_if.shared:0") int MODEL(pthread_rwlock_timedrdlock)(NOTE("lent") void *lock, NOTE("lent") const void *until);
NOTE("acquires_if:0") int MODEL(pthread_rwlock_timedwrlock)(NOTE("lent") void *lock, NOTE("lent") const void *until);
NOTE("acquires_if.shared:0") int MODEL(pthread_rwlock_clockrdlock)(NOTE("lent") void *lock, int clock, NOTE("lent") const void *until);
NOTE("acquires_if:0") int MODEL(pthread_rwlock_clockwrlock)(NOTE("lent") void *lock, int clock, NOTE("lent") const void *until);
NOTE("releases") int MODEL(pthread_rwlock_unlock)(NOTE("lent") void *lock);
int MODEL(pthread_rwlockattr_init)(NOTE("out") void *attributes);
int MODEL(pthread_rwlockattr_destroy)(NOTE("lent") void *attributes);

/* ---- waiting ---- */

int MODEL(pthread_cond_init)(NOTE("out") void *condition, NOTE("lent") const void *attributes);
int MODEL(pthread_cond_destroy)(NOTE("lent") void *condition);
NOTE("wakes:notice") int MODEL(pthread_cond_signal)(NOTE("lent") void *condition);
NOTE("wakes:notice") int MODEL(pthread_cond_broadcast)(NOTE("lent") void *condition);
NOTE("blocks") NOTE("waits") NOTE("waits_holding:1")
int MODEL(pthread_cond_wait)(NOTE("lent") void *condition, NOTE("lent") void *mutex);
NOTE("blocks") NOTE("waits") NOTE("waits_holding.timed:1")
int MODEL(pthread_cond_timedwait)(NOTE("lent") void *condition, NOTE("lent") void *mutex,
                                 NOTE("lent") const void *until);
NOTE("blocks") NOTE("waits") NOTE("waits_holding.timed:1")
int MODEL(pthread_cond_clockwait)(NOTE("lent") void *condition, NOTE("lent") void *mutex, int clock,
                                 NOTE("lent") const void *until);
int MODEL(cnd_init)(NOTE("out") void *condition);
NOTE("wakes:notice") int MODEL(cnd_signal)(NOTE("lent") void *condition);
NOTE("wakes:notice") int MODEL(cnd_broadcast)(NOTE("lent") void *condition);
NOTE("blocks") NOTE("waits") NOTE("waits_holding:1")
int MODEL(cnd_wait)(NOTE("lent") void *condition, NOTE("lent") void *mutex);
NOTE("blocks") NOTE("waits") NOTE("waits_holding.timed:1")
int MODEL(cnd_timedwait)(NOTE("lent") void *condition, NOTE("lent") void *mutex,
                        NOTE("lent") const void *until);

int MODEL(pthread_barrier_init)(NOTE("out") void *barrier, NOTE("lent") const void *attributes, unsigned count);
NOTE("blocks") NOTE("waits") NOTE("awaits:others") int MODEL(pthread_barrier_wait)(NOTE("lent") void *barrier);
int MODEL(pthread_barrier_destroy)(NOTE("lent") void *barrier);

int MODEL(sem_init)(NOTE("out") void *semaphore, int shared, NOTE("permits") unsigned value);
NOTE("blocks") NOTE("waits") NOTE("awaits:permit") int MODEL(sem_wait)(NOTE("lent") void *semaphore);
NOTE("permit_if:0") int MODEL(sem_trywait)(NOTE("lent") void *semaphore);
NOTE("blocks") NOTE("waits") NOTE("permit_if:0") int MODEL(sem_timedwait)(NOTE("lent") void *semaphore, NOTE("lent") const void *until);
NOTE("blocks") NOTE("waits") NOTE("permit_if:0")
int MODEL(sem_clockwait)(NOTE("lent") void *semaphore, int clock, NOTE("lent") const void *until);
NOTE("wakes:permit") int MODEL(sem_post)(NOTE("lent") void *semaphore);
int MODEL(sem_destroy)(NOTE("lent") void *semaphore);
int MODEL(sem_getvalue)(NOTE("lent") void *semaphore, NOTE("out") int *value);

/* ---- thread-specific data, once ---- */

int MODEL(pthread_key_create)(NOTE("out") void *key, void (*destroy)(void *));
NOTE("once") NOTE("once") int MODEL(pthread_once)(NOTE("lent") void *once, void (*function)(void));
NOTE("once") NOTE("once") void MODEL(call_once)(NOTE("lent") void *once, void (*function)(void));
