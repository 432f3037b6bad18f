/* What things weigh and what idleness costs, with libfearless: "KEY<tab>VALUE" lines, whose keys are those of
 * rust/src/bin/std_facts.rs. Heap bytes are malloc's own count (mallinfo2), of a thousand objects, over a thousand, so
 * what malloc adds and rounds up is in them.
 *
 *     fearless_facts [THREADS [CHANNELS]]      10000 and 100000, if the system lets us */
#include <fearless.h>

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MANY = 1000 };

static size_t heap(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static void say(const char *key, double value)
{
    printf("%s\t%.0f\n", key, value);
    fflush(stdout);
}

/* Since `before`, for each of MANY. */
static double heap_each(size_t before)
{
    return (double)(heap() - before) / MANY;
}

static size_t resident(void)
{
    size_t pages = 0;
    FILE *in = fopen("/proc/self/statm", "r");

    if (in && fscanf(in, "%*u %zu", &pages) != 1)
        pages = 0;
    if (in)
        fclose(in);
    return pages * 4096;
}

static double cpu_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Milliseconds of CPU that this process uses in a second in which it has nothing to do. Before it, what has just been
 * started may come to rest: until a tenth of a second costs nothing, for ten seconds at most. */
static double idle_cpu_ms(void)
{
    double before = cpu_ms();

    for (int i = 0; i < 100; i++) {
        double now;

        fl_sleep(fl_millis(100));
        now = cpu_ms();
        if (now - before < 0.5)
            break;
        before = now;
    }
    before = cpu_ms();
    fl_sleep(fl_secs(1));
    return cpu_ms() - before;
}

/* ---- sizes ---- */

typedef fl_mutex(int) int_mutex;

static void sizes(void)
{
    say("size of a Mutex of an int", sizeof(int_mutex));
#ifdef FL_RWLOCK
    say("size of a RwLock of an int", sizeof(fl_rwlock(int)));
#endif
#ifdef FL_CONDVAR
    say("size of a Condvar", sizeof(struct fl_condvar));
#endif
#ifdef FL_ONCE
    say("size of a Once", sizeof(struct fl_once));
#endif
    say("size of a sender", sizeof(fl_sender(int)));
    say("size of a receiver", sizeof(fl_receiver(int)));
}

static void arcs(void)
{
    static fl_arc(int64_t) all[MANY];
    size_t before = heap();

    for (int i = 0; i < MANY; i++)
        all[i] = fl_arc_new(int64_t, i);
    say("heap of an Arc of 8 bytes", heap_each(before));
    for (int i = 0; i < MANY; i++)
        fl_drop(all[i]);
}

static fl_sender(int64_t) tx[MANY];
static fl_receiver(int64_t) rx[MANY];

static void drop_channels(void)
{
    for (int i = 0; i < MANY; i++) {
        fl_drop(tx[i]);
        fl_drop(rx[i]);
    }
}

static void channels(void)
{
    size_t before = heap();
    int64_t got;

    for (int i = 0; i < MANY; i++)
        fl_channel(&tx[i], &rx[i]);
    say("heap of an unbounded channel, new", heap_each(before));
    for (int i = 0; i < MANY; i++) {
        fl_ignore(fl_send(tx[i], i));
        fl_ignore(fl_recv(rx[i], &got));
    }
    say("heap of an unbounded channel, used once", heap_each(before));
    drop_channels();
#ifdef fl_sync_channel
    before = heap();
    for (int i = 0; i < MANY; i++)
        fl_sync_channel(&tx[i], &rx[i], 16);
    say("heap of a bounded (16) channel", heap_each(before));
    drop_channels();
    before = heap();
    for (int i = 0; i < MANY; i++)
        fl_sync_channel(&tx[i], &rx[i], 0);
    say("heap of a rendezvous channel", heap_each(before));
    drop_channels();
#endif
}

/* ---- threads that wait ---- */

static fl_join_handle(void) *handles;
static size_t running;

FL_THREAD_FN(void, wait_for_value, fl_receiver(void), end)
{
    fl_auto(end);
    __atomic_add_fetch(&running, 1, __ATOMIC_RELAXED);
    fl_ignore(fl_recv(end, NULL));
}

static void until_running(size_t n)
{
    while (__atomic_load_n(&running, __ATOMIC_RELAXED) < n)
        fl_sleep(fl_millis(1));
}

/* As many as the system gives, up to n. */
static void idle_receivers(size_t n)
{
    struct fl_thread_options options = { .stack_size = 64 * 1024 };
    fl_sender(void) *ends = calloc(n, sizeof *ends);
    size_t pages = resident(), made = 0;
    char key[80];

    running = 0;
    for (; made < n; made++) {
        fl_receiver(void) end;

        fl_channel(&ends[made], &end);
        handles[made] = fl_spawn_with(&options, wait_for_value, fl_move(end));
    }
    until_running(made);
    snprintf(key, sizeof key, "%zu idle receivers: ms of CPU in a second", made);
    say(key, idle_cpu_ms());
    say("resident bytes of a thread that receives", (double)(resident() - pages) / (double)made);
    for (size_t i = 0; i < made; i++)
        fl_drop(ends[i]);
    for (size_t i = 0; i < made; i++)
        fl_unwrap(fl_join(handles[i]));
    free(ends);
}

#if HAVE_PARK
static bool stop;

FL_THREAD_FN(void, wait_parked)
{
    __atomic_add_fetch(&running, 1, __ATOMIC_RELAXED);
    while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
        fl_park();
}

static void parked_threads(size_t n)
{
    struct fl_thread_options options = { .stack_size = 64 * 1024 };
    size_t before = heap(), pages = resident();
    char key[80];

    running = 0;
    for (size_t i = 0; i < n; i++)
        handles[i] = fl_spawn_with(&options, wait_parked);
    until_running(n);
    snprintf(key, sizeof key, "%zu parked threads: ms of CPU in a second", n);
    say(key, idle_cpu_ms());
    say("heap of a thread's record", (double)(heap() - before) / (double)n);
    say("resident bytes of a parked thread", (double)(resident() - pages) / (double)n);
    __atomic_store_n(&stop, true, __ATOMIC_RELEASE);
    for (size_t i = 0; i < n; i++) {
        fl_thread t = fl_thread_of(handles[i]);

        fl_unpark(t);
        fl_drop(t);
    }
    for (size_t i = 0; i < n; i++)
        fl_unwrap(fl_join(handles[i]));
}
#endif

/* ---- channels that are merely there ---- */

static void live_channels(size_t n)
{
    fl_sender(int64_t) *all_tx = calloc(n, sizeof *all_tx);
    fl_receiver(int64_t) *all_rx = calloc(n, sizeof *all_rx);
    struct fl_instant start;
    char key[80];
    int64_t got;

    for (size_t i = 0; i < n; i++)
        fl_channel(&all_tx[i], &all_rx[i]);
    snprintf(key, sizeof key, "%zu live channels: ms of CPU in a second", n);
    say(key, idle_cpu_ms());
    for (int round = 0; round < 2; round++) { /* the first one allocates */
        start = fl_now();
        for (size_t i = 0; i < n; i++) {
            fl_ignore(fl_send(all_tx[i], 1));
            fl_ignore(fl_recv(all_rx[i], &got));
        }
    }
    snprintf(key, sizeof key, "%zu live channels: ns of a send and receive in each", n);
    say(key, (double)fl_as_nanos(fl_elapsed(start)) / (double)n);
    for (size_t i = 0; i < n; i++) {
        fl_drop(all_tx[i]);
        fl_drop(all_rx[i]);
    }
    free(all_tx);
    free(all_rx);
}

int main(int argc, char **argv)
{
    size_t threads = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
    size_t live = argc > 2 ? strtoul(argv[2], NULL, 10) : 100000;

    handles = calloc(threads, sizeof *handles);
    sizes();
    arcs();
    channels();
    idle_receivers(threads);
#if HAVE_PARK
    parked_threads(threads);
#endif
    live_channels(live);
    return 0;
}
