/* A storm of signals: a timer interrupts the process every 200 us, without SA_RESTART, while threads block in every way
 * that there is. Nobody may return early, say FL_TIMEOUT before its time, lose a wake-up, or lose errno.
 *
 * Each subject runs for as many rounds as it takes until both it has done its part and a number of signals have come in
 * its own blocking threads, so that there is no run without a storm. */
#include <fearless.h>

#include "stress.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>

enum { SIGNALS = 40 }; /* at least, for each subject */

static FL_ATOMIC(unsigned long) interrupted;

static void on_signal(int number)
{
    int saved = errno;

    (void)number;
    fl_add_relaxed(&interrupted, 1);
    errno = saved;
}

static unsigned long signals(void)
{
    return fl_load_relaxed(&interrupted);
}

/* ---- one thread that blocks, and one that makes it go on ---- */

struct subject {
    const char *name;
    void (*block)(unsigned round);
    void (*unblock)(unsigned round);
};

static FL_ATOMIC(unsigned) ready; /* rounds that the blocking side has begun */
static unsigned plain;            /* written before unblocking, read after */

static fl_mutex(unsigned) mutex = FL_MUTEX(0);
static fl_rwlock(unsigned) rwlock = FL_RWLOCK(0);
static struct fl_condvar condvar = FL_CONDVAR;
static struct fl_semaphore semaphore = FL_SEMAPHORE(0);
static struct fl_barrier barrier = FL_BARRIER(2);
static struct fl_once *once;
static fl_sender(unsigned) tx, full_tx, zero_tx;
static fl_receiver(unsigned) rx, full_rx, zero_rx;
static fl_thread parked;

static void semaphore_block(unsigned round)
{
    if (round % 2)
        fl_acquire(&semaphore);
    else
        stress_check(fl_acquire_timeout(&semaphore, fl_secs(1000)) == FL_OK);
}
static void semaphore_unblock(unsigned round)
{
    (void)round;
    fl_release(&semaphore);
}

static void barrier_block(unsigned round)
{
    (void)round;
    fl_barrier_wait(&barrier);
}
static void barrier_unblock(unsigned round)
{
    (void)round;
    fl_barrier_wait(&barrier);
}

static void condvar_block(unsigned round)
{
    fl_guard(n, &mutex);
    fl_wait_while(&condvar, n, *n <= round);
}
static void condvar_unblock(unsigned round)
{
    fl_with (n, &mutex) *n = round + 1;
    fl_notify_one(&condvar);
}

static void recv_block(unsigned round)
{
    unsigned got = 0;

    if (round % 2)
        stress_check(fl_recv(rx, &got) == FL_OK);
    else
        stress_check(fl_recv_timeout(rx, &got, fl_secs(1000)) == FL_OK);
    stress_check(got == round);
}
static void recv_unblock(unsigned round)
{
    stress_check(fl_send(tx, round) == FL_OK);
}

/* the channel has room for one, and is full */
static void send_block(unsigned round)
{
    stress_check(fl_send(full_tx, round + 1) == FL_OK);
}
static void send_unblock(unsigned round)
{
    unsigned got = 0;

    stress_check(fl_recv(full_rx, &got) == FL_OK && got == round);
}

static void zero_block(unsigned round)
{
    stress_check(fl_send(zero_tx, round) == FL_OK);
}
static void zero_unblock(unsigned round)
{
    unsigned got = 0;

    stress_check(fl_recv(zero_rx, &got) == FL_OK && got == round);
}

static void select_block(unsigned round)
{
    unsigned got = 0;
    int which = fl_select(fl_on_recv(rx, &got), fl_on_recv(zero_rx, &got), fl_on_timeout(fl_secs(1000)));

    stress_check(which == (round % 2 ? 1 : 0) && fl_selected() == FL_OK && got == round);
}
static void select_unblock(unsigned round)
{
    if (round % 2)
        stress_check(fl_send(zero_tx, round) == FL_OK);
    else
        stress_check(fl_send(tx, round) == FL_OK);
}

static void park_block(unsigned round)
{
    (void)round;
    fl_park();
}
static void park_unblock(unsigned round)
{
    (void)round;
    fl_unpark(parked);
}

FL_THREAD_FN(unsigned, wait_for, struct fl_semaphore *, s, unsigned, round)
{
    fl_acquire(s);
    return round;
}
static void join_block(unsigned round)
{
    fl_join_handle(unsigned) h = fl_spawn(wait_for, &semaphore, round);
    unsigned got = 0;

    stress_check(fl_join(h, &got) == FL_OK && got == round);
}

static void scope_block(unsigned round)
{
    fl_scope (s)
        fl_spawn_in(s, wait_for, &semaphore, round);
}

static const struct subject subjects[] = {
    {"fl_acquire", semaphore_block, semaphore_unblock},
    {"fl_barrier_wait", barrier_block, barrier_unblock},
    {"fl_wait_while", condvar_block, condvar_unblock},
    {"fl_recv", recv_block, recv_unblock},
    {"fl_send to a full channel", send_block, send_unblock},
    {"fl_send to a rendezvous", zero_block, zero_unblock},
    {"fl_select", select_block, select_unblock},
    {"fl_park", park_block, park_unblock},
    {"fl_join", join_block, semaphore_unblock},
    {"fl_scope", scope_block, semaphore_unblock},
};

static const struct subject *subject;
static FL_ATOMIC(unsigned) last_round; /* told before it is unblocked; UINT32_MAX: not known yet */

static void *blocker(void *arg)
{
    if (subject->block == park_block)
        parked = fl_current();
    for (unsigned round = 0; round <= fl_load_acquire(&last_round); round++) {
        fl_store_release(&ready, round + 1);
        errno = 4711;
        subject->block(round);
        stress_check(errno == 4711 || subject->block == join_block || subject->block == scope_block);
        stress_check(plain == round + 1);
    }
    if (subject->block == park_block)
        fl_drop(parked);
    return arg;
}

/* Lets it block until signals have come, not all of which hit the blocked thread; it is the only one that does not have
 * them blocked, so they all do. */
static void run(const struct subject *it)
{
    enum { ROUNDS = 20 };
    unsigned rounds = ROUNDS * stress_size();
    unsigned long before = signals();
    sigset_t set;
    pthread_t t;

    subject = it;
    fl_store_relaxed(&ready, 0);
    fl_store_relaxed(&last_round, rounds - 1);
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    plain = 0;
    t = stress_start(blocker, NULL);
    pthread_sigmask(SIG_BLOCK, &set, NULL); /* after it was started: it has them open */
    for (unsigned round = 0; round < rounds; round++) {
        while (fl_load_acquire(&ready) != round + 1)
            sched_yield();
        unsigned long at = signals();
        while (signals() < at + 1 + SIGNALS / ROUNDS)
            sched_yield(); /* a few for each round */
        plain = round + 1;
        it->unblock(round);
    }
    pthread_join(t, NULL);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    stress_check(signals() >= before + SIGNALS);
    printf("%-28s %lu signals\n", it->name, signals() - before);
}

/* ---- what ends by itself: never before its time ---- */

static void timeouts(void)
{
    for (unsigned i = 0; i < 3 * stress_size(); i++) {
        const struct fl_duration d = fl_millis(5);
        unsigned long before = signals();
        unsigned got;

#define ENDS_IN_TIME(...)                                                                          \
    do {                                                                                           \
        struct fl_instant start = fl_now();                                                        \
        __VA_ARGS__;                                                                               \
        stress_check(fl_duration_cmp(fl_elapsed(start), d) >= 0);                                  \
    } while (0)
        ENDS_IN_TIME(fl_sleep(d));
        ENDS_IN_TIME(stress_check(fl_acquire_timeout(&semaphore, d) == FL_TIMEOUT));
        ENDS_IN_TIME(stress_check(fl_recv_timeout(rx, &got, d) == FL_TIMEOUT));
        ENDS_IN_TIME(stress_check(fl_recv_timeout(zero_rx, &got, d) == FL_TIMEOUT));
        ENDS_IN_TIME(stress_check(fl_send_timeout(full_tx, d, 0) == FL_TIMEOUT));
        ENDS_IN_TIME(stress_check(fl_send_timeout(zero_tx, d, 0) == FL_TIMEOUT));
        ENDS_IN_TIME(stress_check(fl_select(fl_on_recv(rx, &got), fl_on_timeout(d)) == 1));
        ENDS_IN_TIME(stress_check(fl_park_timeout(d) == FL_TIMEOUT));
        ENDS_IN_TIME({
            fl_guard(n, &mutex);
            stress_check(fl_wait_timeout_while(&condvar, n, d, true) == FL_TIMEOUT);
        });
        stress_check(signals() > before);
    }
}

/* ---- locks that are held meanwhile, and a once that is running ---- */

static FL_ATOMIC(unsigned) inside;

static void hold(void *env)
{
    unsigned long at = signals();

    (void)env;
    fl_store_release(&inside, 1);
    while (signals() < at + SIGNALS)
        sched_yield();
    plain++;
}
static void *hold_mutex(void *arg)
{
    fl_with (n, &mutex) {
        *n = 0;
        hold(arg);
    }
    return arg;
}
static void *hold_rwlock(void *arg)
{
    fl_with_write (n, &rwlock) {
        *n = 0;
        hold(arg);
    }
    return arg;
}
static void *hold_once(void *arg)
{
    fl_call_once(once, hold, NULL);
    return arg;
}

static void *wait_mutex(void *arg)
{
    fl_with (n, &mutex) stress_check(*n == 0 && plain == 1);
    return arg;
}
static void *wait_mutex_timeout(void *arg)
{
    fl_guard_timeout(n, &mutex, fl_secs(1000));
    stress_check(n && plain == 1);
    return arg;
}
static void *wait_read(void *arg)
{
    fl_with_read (n, &rwlock) stress_check(*n == 0 && plain == 1);
    return arg;
}
static void *wait_write(void *arg)
{
    fl_with_write (n, &rwlock) stress_check(*n == 0 && plain == 1);
    return arg;
}
static void *wait_once(void *arg)
{
    fl_call_once(once, hold, NULL);
    stress_check(plain == 1);
    return arg;
}

/* The holder does not take signals, so that they all come to those who wait. */
static void holding(const char *name, void *(*holder)(void *), void *(*waiter)(void *))
{
    unsigned long before = signals();
    pthread_t first, second[2];
    sigset_t set;

    plain = 0;
    fl_store_relaxed(&inside, 0);
    once = calloc(1, sizeof *once);
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    first = stress_start(holder, NULL);
    while (!fl_load_acquire(&inside))
        sched_yield();
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    for (int i = 0; i < 2; i++)
        second[i] = stress_start(waiter, NULL);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_join(first, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(second[i], NULL);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    stress_check(plain == 1);
    free(once);
    printf("%-28s %lu signals\n", name, signals() - before);
}

int main(void)
{
    struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART */
    const struct itimerval every = {{0, 200}, {0, 200}}, never = {{0, 0}, {0, 0}};

    stress_begin("stress_signals");
    alarm(0); /* SIGALRM is the storm's; the watchdog is the test runner's */
    sigaction(SIGALRM, &action, NULL);
    fl_channel(&tx, &rx);
    fl_sync_channel(&full_tx, &full_rx, 1);
    fl_sync_channel(&zero_tx, &zero_rx, 0);
    stress_check(fl_send(full_tx, 0) == FL_OK);
    setitimer(ITIMER_REAL, &every, NULL);

    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
        run(&subjects[i]);
    timeouts();
    holding("fl_guard", hold_mutex, wait_mutex);
    holding("fl_guard_timeout", hold_mutex, wait_mutex_timeout);
    holding("fl_read_guard", hold_rwlock, wait_read);
    holding("fl_write_guard", hold_rwlock, wait_write);
    holding("fl_call_once", hold_once, wait_once);

    setitimer(ITIMER_REAL, &never, NULL);
    fl_drop(tx);
    fl_drop(rx);
    fl_drop(full_tx);
    fl_drop(full_rx);
    fl_drop(zero_tx);
    fl_drop(zero_rx);
    puts("ok");
    return 0;
}
