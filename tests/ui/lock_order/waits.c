/* F0107: a lock is held while the thread waits for others; and waits that the lock is there for. */
#include <fearless.h>
#include <pthread.h>
#include <semaphore.h>

typedef fl_mutex(int) counter;
static counter hits = FL_MUTEX(0), misses = FL_MUTEX(0);

/* ---- joins ---- */
FL_THREAD_FN(void, hit)
{
    fl_with (n, &hits)
        *n += 1;
}
FL_THREAD_FN(void, hit_by, counter *, c)
{
    fl_guard(n, c);
    *n += 1;
}
int joined_with_its_lock(void)
{
    fl_join_handle(void) h = fl_spawn(hit);
    fl_guard(n, &hits);
    fl_unwrap(fl_join(h)); //~ ERROR F0107 a thread is waited for that needs `hits`, which is held
    return *n;
}
int joined_before(void)
{
    fl_join_handle(void) h = fl_spawn(hit);
    fl_unwrap(fl_join(h));
    fl_guard(n, &hits);
    return *n;
}
int joined_with_another_lock(void)
{
    fl_join_handle(void) h = fl_spawn(hit);
    fl_guard(n, &misses);
    fl_unwrap(fl_join(h));
    return *n;
}
static void wait_for(fl_join_handle(void) h)
{
    fl_unwrap(fl_join(h));
}
int scope_with_its_lock(void)
{
    counter c = FL_MUTEX(0), other = FL_MUTEX(0);
    fl_guard(n, &c);
    fl_guard(m, &other);
    fl_scope (s) {
        fl_spawn_in(s, hit_by, &c);
    } //~ ERROR F0107 a thread is waited for that needs `c`
    return *n + *m;
}
static pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER;
static int total;
static void *adds(void *n)
{
    pthread_mutex_lock(&plain);
    total += *(int *)n;
    pthread_mutex_unlock(&plain);
    return NULL;
}
static void ends(pthread_t t)
{
    pthread_join(t, NULL);
}
int plain_join(void)
{
    pthread_t t;
    int n = 3;
    if (pthread_create(&t, NULL, adds, &n))
        return 1;
    pthread_mutex_lock(&plain);
    pthread_join(t, NULL); //~ ERROR F0107 a thread is waited for that needs `plain`
    pthread_mutex_unlock(&plain);
    return 0;
}

/* ---- messages ---- */
typedef fl_mutex(fl_receiver(int)) shared_receiver;

FL_THREAD_FN(void, worker, fl_arc(shared_receiver), jobs)
{
    fl_auto(jobs);
    int job = 0;
    fl_status s = FL_OK;
    while (s == FL_OK) {
        fl_with (rx, fl_get(jobs))
            s = fl_recv(*rx, &job);
        fl_with (n, &hits)
            *n += job;
    }
}
FL_THREAD_FN(void, hears, fl_receiver(long), rx)
{
    fl_auto(rx);
    long got = 0;
    fl_guard(n, &misses);
    if (fl_recv(rx, &got) == FL_OK) //~ ERROR F0107 `misses` is held while this thread waits for a message, and the sender needs it
        *n += (int)got;
}
FL_THREAD_FN(void, tells, fl_sender(long), tx)
{
    fl_auto(tx);
    fl_guard(n, &misses);
    fl_ignore(fl_send(tx, *n));
}
FL_THREAD_FN(void, listens, fl_receiver(char), rx)
{
    fl_auto(rx);
    char got = 0;
    fl_guard(n, &misses);
    if (fl_recv(rx, &got) == FL_OK) //~ WARNING F0107 `misses` is held while this thread waits for a message
        *n += got;
    if (fl_try_recv(rx, &got) == FL_OK && fl_recv_timeout(rx, &got, fl_millis(3)) == FL_OK)
        *n += got;
}

/* ---- conditions ---- */
struct queue {
    struct fl_lock lock;
    struct fl_condvar filled;
    int count FL_GUARDED_BY(lock);
};
static struct fl_lock outer = FL_LOCK;
static struct queue line;

int takes(struct queue *q)
{
    fl_lock_guard(held, &q->lock);
    while (q->count == 0)
        fl_ignore(fl_wait(&q->filled, held));
    return --q->count;
}
int takes_under_two(void)
{
    fl_lock_guard(one, &outer);
    fl_lock_guard(held, &line.lock);
    while (line.count == 0)
        fl_ignore(fl_wait(&line.filled, held)); //~ ERROR F0107 `outer` is held while this thread waits for a condition, and who notifies needs it
    return --line.count;
}
void puts_under_two(void)
{
    fl_lock_guard(one, &outer);
    fl_lock_guard(held, &line.lock);
    line.count++;
    fl_notify_one(&line.filled);
}
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static void wait_ready(void)
{
    while (total == 0)
        pthread_cond_wait(&ready, &plain);
}
void in_helper(void)
{
    pthread_mutex_lock(&plain);
    wait_ready();
    pthread_mutex_unlock(&plain);
}

/* ---- the rest ---- */
static struct fl_semaphore permits = FL_SEMAPHORE(2);
void permit_under_lock(void)
{
    fl_guard(n, &hits);
    fl_acquire(&permits); //~ WARNING F0107 `hits` is held while this thread waits for a semaphore
    *n += 1;
    fl_release(&permits);
}
void lock_under_permit(void)
{
    fl_acquire(&permits);
    fl_with (n, &hits)
        *n += 1;
    fl_release(&permits);
}
void run(fl_receiver(fl_job) jobs)
{
    fl_job j = {0};
    fl_auto(j);
    fl_guard(n, &hits);
    if (fl_recv(jobs, &j) == FL_OK) //~ WARNING F0107
        fl_call(j); //~ WARNING F0107 `hits` is held while this thread runs a job
    *n += 1;
}
void naps(void)
{
    fl_guard(n, &hits);
    fl_sleep(fl_millis(1));
    *n += 1;
}
