/* Every operation of the read-write lock in every state of it, downgrading, preference, deadlines, poison, misuse. */
#include <fearless/move.h>
#include <fearless/rwlock.h>
#include <fearless/panic.h>

#include "atomic.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

typedef fl_rwlock(int) number;
typedef fl_mutex(int) counter;

/* What a panic said, without the print. */
static char panic_said[512];
static void note_panic(const struct fl_panic_info *info)
{
    strncpy(panic_said, info->message, sizeof panic_said - 1);
}

#define assert_panics(fn, env, words)                                                              \
    do {                                                                                           \
        fl_panic_hook *old = fl_set_panic_hook(note_panic);                                        \
        panic_said[0] = 0;                                                                         \
        assert_int_equal(fl_catch(fn, (void *)(uintptr_t)(env)), FL_PANICKED);                     \
        fl_set_panic_hook(old);                                                                    \
        if (!strstr(panic_said, words))                                                            \
            fail_msg("the message does not say \"%s\": %s", words, panic_said);                    \
    } while (0)

/* ---- a helper thread that does one thing, and ends when it is told ---- */

enum job { READS, WRITES, WRITES_UNTIL_DEADLINE, READS_UNTIL_DEADLINE };
struct helper {
    number *rw;
    enum job job;
    struct fl_instant deadline;
    FL_ATOMIC(uint32_t) in;  /* it has the lock */
    FL_ATOMIC(uint32_t) out; /* it has been told to let go */
    bool got;
    int saw;
    int64_t cpu_ns;
    pthread_t thread;
};

static int64_t cpu_time(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void stay_in(struct helper *h, int64_t cpu_before)
{
    h->got = true;
    h->cpu_ns = cpu_time() - cpu_before;
    fl_store_release(&h->in, 1);
    while (!fl_load_acquire(&h->out))
        fl_sleep(fl_micros(50));
}

static void *help(void *arg)
{
    struct helper *h = arg;
    int64_t start = cpu_time();

    if (h->job == READS) {
        fl_read_guard(n, h->rw);
        h->saw = *n;
        stay_in(h, start);
    } else if (h->job == WRITES) {
        fl_write_guard(n, h->rw);
        h->saw = *n;
        *n += 1;
        stay_in(h, start);
    } else if (h->job == WRITES_UNTIL_DEADLINE) {
        fl_write_guard_deadline(n, h->rw, h->deadline);
        h->got = n;
    } else {
        fl_read_guard_deadline(n, h->rw, h->deadline);
        h->got = n;
    }
    return NULL;
}

static struct helper *start(number *rw, enum job job)
{
    struct helper *h = calloc(1, sizeof *h);

    h->rw = rw;
    h->job = job;
    h->deadline = (struct fl_instant){ INT64_MAX };
    assert_int_equal(pthread_create(&h->thread, NULL, help, h), 0);
    return h;
}

static struct helper *start_and_get_in(number *rw, enum job job)
{
    struct helper *h = start(rw, job);

    while (!fl_load_acquire(&h->in))
        fl_sleep(fl_micros(50));
    return h;
}

static bool end(struct helper *h)
{
    bool got;

    fl_store_release(&h->out, 1);
    pthread_join(h->thread, NULL);
    got = h->got;
    free(h);
    return got;
}

static uint64_t state_of(number *rw)
{
    return fl_load_relaxed(&rw->fl_raw.fl_state);
}

static void wait_for_bits(number *rw, uint64_t bits)
{
    while (!(state_of(rw) & bits))
        fl_sleep(fl_micros(50));
}

static void wait_for_waiting_writers(number *rw, uint64_t how_many)
{
    while ((state_of(rw) & FL_RW_WRITERS_WAITING_) != how_many * FL_RW_WRITER_WAITS_)
        fl_sleep(fl_micros(50));
}

/* ---- what can be had, by each way to ask ---- */

static const struct fl_instant over = { 1 }; /* a deadline that has passed */

static void check_can_read(number *rw, bool expected)
{
    {
        fl_try_read_guard(n, rw);
        assert_int_equal(n != NULL, expected);
    }
    {
        fl_read_guard_deadline(n, rw, over);
        assert_int_equal(n != NULL, expected);
    }
    {
        struct fl_instant before = fl_now();
        fl_read_guard_timeout(n, rw, fl_millis(2));
        assert_int_equal(n != NULL, expected);
        assert_true(expected || fl_as_micros(fl_elapsed(before)) >= 2000);
    }
}

static void check_can_write(number *rw, bool expected)
{
    {
        fl_try_write_guard(n, rw);
        assert_int_equal(n != NULL, expected);
    }
    {
        fl_write_guard_deadline(n, rw, over);
        assert_int_equal(n != NULL, expected);
    }
    {
        struct fl_instant before = fl_now();
        fl_write_guard_timeout(n, rw, fl_millis(2));
        assert_int_equal(n != NULL, expected);
        assert_true(expected || fl_as_micros(fl_elapsed(before)) >= 2000);
    }
}

static void free_can_be_had_by_every_way(void **state)
{
    number rw = FL_RWLOCK(1);
    number zeroed;

    (void)state;
    memset((void *)(uintptr_t)&zeroed, 0, sizeof zeroed);
    check_can_read(&zeroed, true);
    check_can_write(&zeroed, true);
    check_can_read(&rw, true);
    check_can_write(&rw, true);
    {
        fl_read_guard(n, &rw);
        assert_int_equal(*n, 1);
    }
    {
        fl_write_guard(n, &rw);
        *n = 2;
    }
    {
        fl_read_lock(s, n, &rw);
        assert_int_equal(s, FL_OK);
        assert_int_equal(*n, 2);
    }
    {
        fl_write_lock(s, n, &rw);
        assert_int_equal(s, FL_OK);
        *n = 3;
    }
    fl_with_read (n, &rw) assert_int_equal(*n, 3);
    fl_with_write (n, &rw) *n = 4;
    fl_with_read (n, &rw) assert_int_equal(*n, 4);
    assert_int_equal(state_of(&rw), 0);
}

static void others_read(void **state)
{
    number rw = FL_RWLOCK(1);

    (void)state;
    for (int readers = 1; readers <= 3; readers++) {
        struct helper *h[3];

        for (int i = 0; i < readers; i++)
            h[i] = start_and_get_in(&rw, READS);
        check_can_read(&rw, true);
        check_can_write(&rw, false);
        check_can_read(&rw, true); /* the writers above gave up, and left nothing behind */
        for (int i = 0; i < readers; i++)
            assert_true(end(h[i]));
        assert_int_equal(state_of(&rw), 0);
    }
}

static void another_writes(void **state)
{
    number rw = FL_RWLOCK(1);
    struct helper *h = start_and_get_in(&rw, WRITES);

    (void)state;
    check_can_read(&rw, false);
    check_can_write(&rw, false);
    end(h);
    assert_int_equal(state_of(&rw), 0); /* READERS_WAIT went with the writer */
    assert_int_equal(*fl_data_mut(&rw), 2);
}

static void this_thread_reads(void **state)
{
    number rw = FL_RWLOCK(1);

    (void)state;
    {
        fl_read_guard(n, &rw);
        check_can_read(&rw, true);
        check_can_write(&rw, false);
        assert_int_equal(*n, 1);
        fl_unlock(n);
        check_can_write(&rw, true);
    }
    assert_int_equal(state_of(&rw), 0);
}

static void this_thread_writes(void **state)
{
    number rw = FL_RWLOCK(1);

    (void)state;
    {
        fl_write_guard(n, &rw);
        {
            fl_try_read_guard(r, &rw);
            assert_null(r);
        }
        {
            fl_try_write_guard(w, &rw);
            assert_null(w);
        }
        *n = 2;
        fl_unlock(n);
        check_can_write(&rw, true);
    }
    assert_int_equal(state_of(&rw), 0);
}

/* ---- preference ---- */

static void a_waiting_writer_stops_new_readers(void **state)
{
    number rw = FL_RWLOCK(1);
    struct helper *reader = start_and_get_in(&rw, READS);
    struct helper *writer = start(&rw, WRITES), *late;

    (void)state;
    wait_for_waiting_writers(&rw, 1);
    check_can_read(&rw, false);
    check_can_write(&rw, false);
    late = start(&rw, READS);
    wait_for_bits(&rw, FL_RW_READERS_WAIT_);
    assert_true(end(reader));
    while (!fl_load_acquire(&writer->in))
        fl_sleep(fl_micros(50));
    assert_int_equal(fl_load_acquire(&late->in), 0); /* it still waits: the writer came first */
    assert_true(end(writer));
    while (!fl_load_acquire(&late->in))
        fl_sleep(fl_micros(50));
    assert_int_equal(late->saw, 2);
    assert_true(end(late));
    assert_int_equal(state_of(&rw), 0);
}

static void writers_go_before_readers_that_wait_longer(void **state)
{
    number rw = FL_RWLOCK(1);
    struct helper *first = start_and_get_in(&rw, WRITES), *reader, *second;

    (void)state;
    reader = start(&rw, READS);
    wait_for_bits(&rw, FL_RW_READERS_WAIT_);
    second = start(&rw, WRITES);
    wait_for_waiting_writers(&rw, 1);
    assert_true(end(first));
    assert_true(end(second)); /* it is told to let go before it gets in: only its turn counts */
    while (!fl_load_acquire(&reader->in))
        fl_sleep(fl_micros(50));
    assert_int_equal(reader->saw, 3);
    assert_true(end(reader));
}

static void a_writer_that_gives_up_lets_readers_go(void **state)
{
    number rw = FL_RWLOCK(1);
    struct helper *reader = start_and_get_in(&rw, READS);
    struct helper *late;

    (void)state;
    {
        struct helper *writers[2];

        for (int i = 0; i < 2; i++) {
            writers[i] = start(&rw, WRITES_UNTIL_DEADLINE);
            writers[i]->got = true;
        }
        wait_for_waiting_writers(&rw, 2);
        late = start(&rw, READS);
        wait_for_bits(&rw, FL_RW_READERS_WAIT_);
        {
            fl_write_guard_timeout(n, &rw, fl_millis(1));
            assert_null(n);
        }
        assert_int_equal(fl_load_acquire(&late->in), 0); /* two still wait */
        assert_true(state_of(&rw) & FL_RW_READERS_WAIT_);
        assert_true(end(reader));
        assert_true(end(writers[0]));
        assert_true(end(writers[1]));
        assert_true(end(late));
    }
    reader = start_and_get_in(&rw, READS);
    {
        struct helper *writer = calloc(1, sizeof *writer);

        writer->rw = &rw;
        writer->job = WRITES_UNTIL_DEADLINE;
        writer->deadline = fl_deadline_in(fl_millis(300));
        assert_int_equal(pthread_create(&writer->thread, NULL, help, writer), 0);
        while (!(state_of(&rw) & FL_RW_WRITERS_WAITING_) && fl_as_millis(fl_until(writer->deadline)) > 0)
            fl_sleep(fl_micros(50));
        late = start(&rw, READS); /* stopped by the writer (if this took less than 300 ms), and let go by it */
        assert_false(end(writer));
        while (!fl_load_acquire(&late->in))
            fl_sleep(fl_micros(50));
        assert_true(end(late));
    }
    check_can_read(&rw, true);
    assert_true(end(reader));
    assert_int_equal(state_of(&rw), 0);
}

static void a_deadline_that_is_long_enough(void **state)
{
    number rw = FL_RWLOCK(1);
    struct helper *holder = start_and_get_in(&rw, WRITES);
    struct helper *reader = start(&rw, READS_UNTIL_DEADLINE);
    struct helper *writer = start(&rw, WRITES_UNTIL_DEADLINE);

    (void)state;
    wait_for_bits(&rw, FL_RW_READERS_WAIT_);
    wait_for_waiting_writers(&rw, 1);
    end(holder);
    assert_true(end(reader));
    assert_true(end(writer));
    assert_int_equal(state_of(&rw), 0);
}

static void waiting_uses_no_cpu(void **state)
{
    number rw = FL_RWLOCK(1);
    struct helper *waiting[2];

    (void)state;
    {
        fl_write_guard(n, &rw);
        waiting[0] = start(&rw, READS);
        waiting[1] = start(&rw, WRITES);
        wait_for_bits(&rw, FL_RW_READERS_WAIT_);
        wait_for_waiting_writers(&rw, 1);
        fl_sleep(fl_millis(200));
        *n = 5;
    }
    for (int i = 0; i < 2; i++)
        fl_store_release(&waiting[i]->out, 1);
    for (int i = 0; i < 2; i++) {
        pthread_join(waiting[i]->thread, NULL);
        assert_true(waiting[i]->cpu_ns < 50 * 1000000);
        free(waiting[i]);
    }
}

/* ---- downgrading ---- */

static void a_downgraded_guard_reads(void **state)
{
    number rw = FL_RWLOCK(1);

    (void)state;
    {
        fl_write_guard(n, &rw);
        *n = 2;
        fl_downgrade_guard(n);
        assert_int_equal(*n, 2);
        check_can_read(&rw, true);
        check_can_write(&rw, false);
        fl_unlock(n);
        check_can_write(&rw, true);
    }
    {
        fl_try_write_guard(n, &rw);
        assert_non_null(n);
        fl_downgrade_guard(n);
        check_can_read(&rw, true);
    }
    {
        fl_write_lock(s, n, &rw);
        assert_int_equal(s, FL_OK);
        fl_downgrade_guard(n);
        assert_int_equal(*n, 2);
    }
    fl_with_write (n, &rw) {
        fl_downgrade_guard(n);
        check_can_read(&rw, true);
        assert_int_equal(*n, 2);
    }
    assert_int_equal(state_of(&rw), 0);
}

static void downgrading_lets_no_writer_in_between(void **state)
{
    number rw = FL_RWLOCK(1);
    struct helper *writer;

    (void)state;
    {
        fl_write_guard(n, &rw);
        writer = start(&rw, WRITES);
        wait_for_waiting_writers(&rw, 1);
        *n = 10;
        fl_downgrade_guard(n);
        check_can_read(&rw, false); /* the writer that waits comes first */
        assert_int_equal(*n, 10);
        assert_int_equal(fl_load_acquire(&writer->in), 0);
    }
    assert_true(end(writer));
    assert_int_equal(*fl_data_mut(&rw), 11);
}

static void downgrading_wakes_readers(void **state)
{
    number rw = FL_RWLOCK(1);
    struct helper *reader[3];

    (void)state;
    {
        fl_write_guard(n, &rw);
        for (int i = 0; i < 3; i++)
            reader[i] = start(&rw, READS);
        wait_for_bits(&rw, FL_RW_READERS_WAIT_);
        *n = 7;
        fl_downgrade_guard(n);
        for (int i = 0; i < 3; i++) {
            while (!fl_load_acquire(&reader[i]->in))
                fl_sleep(fl_micros(50));
            assert_int_equal(reader[i]->saw, 7);
        }
    }
    for (int i = 0; i < 3; i++)
        assert_true(end(reader[i]));
    assert_int_equal(state_of(&rw), 0);
}

/* ---- poison ---- */

static void panic_while_writing(void *rw)
{
    fl_write_guard(n, (number *)rw);
    *n = 13;
    fl_panic("on purpose");
}
static void panic_while_writing_with(void *rw)
{
    fl_with_write (n, (number *)rw) {
        *n = 14;
        fl_panic("on purpose");
    }
}
static void panic_while_reading(void *rw)
{
    fl_read_guard(n, (number *)rw);
    fl_panic("on purpose %d", *n);
}
static void panic_after_downgrade(void *rw)
{
    fl_write_guard(n, (number *)rw);
    fl_downgrade_guard(n);
    fl_panic("on purpose");
}
static void just_read(void *rw)
{
    fl_read_guard(n, (number *)rw);
    assert_int_not_equal(*n, -1);
}
static void just_write(void *rw)
{
    fl_write_guard(n, (number *)rw);
    *n = 1;
}
static void just_try_read(void *rw)
{
    fl_try_read_guard(n, (number *)rw);
    assert_non_null(n);
}
static void just_try_write(void *rw)
{
    fl_try_write_guard(n, (number *)rw);
    assert_non_null(n);
}
static void read_with_timeout(void *rw)
{
    fl_read_guard_timeout(n, (number *)rw, fl_millis(1));
    assert_non_null(n);
}
static void write_with_timeout(void *rw)
{
    fl_write_guard_timeout(n, (number *)rw, fl_millis(1));
    assert_non_null(n);
}

static void writers_poison_and_readers_do_not(void **state)
{
    static void (*const refused[])(void *) = { just_read, just_write, just_try_read, just_try_write, read_with_timeout,
                                               write_with_timeout };
    number rw = FL_RWLOCK(1);

    (void)state;
    assert_panics(panic_while_reading, &rw, "on purpose");
    assert_false(fl_is_poisoned(&rw));
    assert_panics(panic_after_downgrade, &rw, "on purpose");
    assert_false(fl_is_poisoned(&rw));
    assert_int_equal(state_of(&rw), 0);

    assert_panics(panic_while_writing, &rw, "on purpose");
    assert_true(fl_is_poisoned(&rw));
    assert_int_equal(state_of(&rw), 0);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_panics(refused[i], &rw, "fl_clear_poison");
        assert_int_equal(state_of(&rw), 0); /* the one that was refused does not hold it */
    }
    {
        fl_read_lock(s, n, &rw);
        assert_int_equal(s, FL_POISONED);
        assert_int_equal(*n, 13);
    }
    {
        fl_write_lock(s, n, &rw);
        assert_int_equal(s, FL_POISONED);
        *n = 1;
        fl_clear_poison(&rw);
    }
    {
        fl_read_lock(s, n, &rw);
        assert_int_equal(s, FL_OK);
        assert_int_equal(*n, 1);
    }
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        refused[i]((void *)(uintptr_t)&rw);
    assert_panics(panic_while_writing_with, &rw, "on purpose");
    assert_true(fl_is_poisoned(&rw));
}

/* ---- misuse ---- */

static void write_twice(void *rw)
{
    fl_write_guard(a, (number *)rw);
    fl_write_guard(b, (number *)rw);
    *a = *b;
}
static void write_then_read(void *rw)
{
    fl_write_guard(a, (number *)rw);
    fl_read_guard(b, (number *)rw);
    *a = *b;
}
static void write_then_wait_to_read(void *rw)
{
    fl_write_guard(a, (number *)rw);
    fl_read_guard_timeout(b, (number *)rw, fl_secs(60));
    *a = *b;
}
static void write_then_wait_to_write(void *rw)
{
    fl_write_guard(a, (number *)rw);
    fl_write_guard_timeout(b, (number *)rw, fl_secs(60));
    *a = *b;
}
static void unlock_twice(void *rw)
{
    fl_read_guard(n, (number *)rw);
    fl_unlock(n);
    fl_unlock(n);
}
static void unlock_what_was_not_taken(void *rw)
{
    fl_try_write_guard(n, (number *)rw);
    assert_null(n);
    fl_unlock(n);
}
static void downgrade_a_read(void *rw)
{
    fl_read_guard(n, (number *)rw);
    fl_downgrade_guard(n);
}
static void downgrade_twice(void *rw)
{
    fl_write_guard(n, (number *)rw);
    fl_downgrade_guard(n);
    fl_downgrade_guard(n);
}
static void downgrade_what_ended(void *rw)
{
    fl_write_guard(n, (number *)rw);
    fl_unlock(n);
    fl_downgrade_guard(n);
}
static void downgrade_a_mutex(void *m)
{
    fl_guard(n, (counter *)m);
    fl_downgrade_guard(n);
    assert_int_equal(*n, 0);
}
static void release_a_read(void *raw)
{
    fl_rw_read_release((struct fl_rw_lock *)raw);
}
static void release_a_write(void *raw)
{
    fl_rw_write_release((struct fl_rw_lock *)raw);
}
static void downgrade_raw(void *raw)
{
    fl_rw_downgrade((struct fl_rw_lock *)raw);
}
static void *misuse_from_another_thread(void *raw)
{
    assert_panics(release_a_write, raw, "another thread");
    assert_panics(downgrade_raw, raw, "another thread");
    assert_panics(release_a_read, raw, "nobody reads");
    return NULL;
}

static void misuse_panics_and_says_what_to_do(void **state)
{
    number rw = FL_RWLOCK(0);
    counter m = FL_MUTEX(0);
    struct fl_rw_lock raw = FL_RW_LOCK;
    struct helper *reader;
    pthread_t t;

    (void)state;
    assert_panics(write_twice, &rw, "already holds this lock for writing");
    assert_true(fl_is_poisoned(&rw)); /* by the guard that was there */
    fl_clear_poison(&rw);
    assert_panics(write_then_read, &rw, "already holds this lock for writing");
    fl_clear_poison(&rw);
    assert_panics(write_then_wait_to_read, &rw, "already holds this lock for writing");
    fl_clear_poison(&rw);
    assert_panics(write_then_wait_to_write, &rw, "already holds this lock for writing");
    fl_clear_poison(&rw);
    assert_panics(unlock_twice, &rw, "this guard holds nothing");
    reader = start_and_get_in(&rw, READS);
    assert_panics(unlock_what_was_not_taken, &rw, "this guard holds nothing");
    end(reader);
    assert_panics(downgrade_a_read, &rw, "no write guard");
    assert_panics(downgrade_twice, &rw, "no write guard");
    assert_panics(downgrade_what_ended, &rw, "no write guard");
    assert_panics(downgrade_a_mutex, &m, "no write guard");
    assert_int_equal(state_of(&rw), 0);
    assert_false(fl_is_poisoned(&rw));

    assert_panics(release_a_read, &raw, "nobody reads");
    assert_panics(release_a_write, &raw, "nobody writes");
    assert_panics(downgrade_raw, &raw, "nobody writes");
    fl_rw_write_acquire(&raw);
    pthread_create(&t, NULL, misuse_from_another_thread, &raw);
    pthread_join(t, NULL);
    fl_rw_write_release(&raw); /* still ours after all that */
    fl_rw_read_acquire(&raw);
    assert_panics(release_a_write, &raw, "nobody writes");
    fl_rw_read_release(&raw);
}

/* ---- the lock without a value ---- */

struct account {
    struct fl_rw_lock lock;
    long balance FL_GUARDED_BY(lock);
};

static void panic_in_raw_write(void *account)
{
    struct account *a = account;

    fl_rw_write_guard(held, &a->lock);
    a->balance = 3;
    fl_panic("on purpose");
}

static void raw_locks(void **state)
{
    struct account a = { FL_RW_LOCK, 10 };

    (void)state;
    fl_rw_read_acquire(&a.lock);
    assert_true(fl_rw_read_try(&a.lock));
    assert_false(fl_rw_write_try(&a.lock));
    fl_rw_read_release(&a.lock);
    assert_false(fl_rw_write_try(&a.lock));
    fl_rw_read_release(&a.lock);
    assert_true(fl_rw_write_try(&a.lock));
    assert_false(fl_rw_read_try(&a.lock));
    fl_rw_downgrade(&a.lock);
    assert_true(fl_rw_read_try(&a.lock));
    fl_rw_read_release(&a.lock);
    fl_rw_read_release(&a.lock);
    {
        fl_rw_write_guard(held, &a.lock);
        assert_ptr_equal(held, &a.lock);
        a.balance = 4;
        assert_false(fl_rw_read_try(&a.lock));
        fl_downgrade_guard(held);
        assert_true(fl_rw_read_try(&a.lock));
        fl_rw_read_release(&a.lock);
    }
    {
        fl_rw_read_guard(held, &a.lock);
        assert_ptr_equal(held, &a.lock);
        assert_false(fl_rw_write_try(&a.lock));
        fl_unlock(held);
        assert_true(fl_rw_write_try(&a.lock));
        fl_rw_write_release(&a.lock);
    }
    assert_panics(panic_in_raw_write, &a, "on purpose");
    {
        fl_rw_read_guard(held, &a.lock); /* released, and not poisoned */
        assert_int_equal(a.balance, 3);
    }
    assert_int_equal(fl_load_relaxed(&a.lock.fl_state), 0);
}

/* ---- ways out of a scope, and kinds of values ---- */

static int leave(number *rw, int how)
{
    for (int i = 0; i < 3; i++) {
        fl_read_guard(n, rw);
        if (how == 0)
            return *n;
        if (how == 1)
            break;
        if (how == 2)
            continue;
        if (how == 3)
            goto out;
    }
    for (int i = 0; i < 3; i++) {
        fl_with_write (n, rw) {
            if (how == 4)
                return *n;
            if (how == 5)
                goto out;
            if (how == 6)
                break;
        }
    }
    return -1;
out:
    return -2;
}

static void a_guard_ends_however_its_scope_is_left(void **state)
{
    number rw = FL_RWLOCK(9);

    (void)state;
    for (int how = 0; how < 8; how++) {
        (void)leave(&rw, how);
        assert_int_equal(state_of(&rw), 0);
    }
}

typedef int three[3];
typedef struct {
    char *s;
} text;
static int drops;
static void text_drop(text *t)
{
    drops += t->s != NULL;
    free(t->s);
}
#define FL_OWNED text, text_drop
#include <fearless/owned.h>

static void values_of_all_kinds(void **state)
{
    fl_rwlock(three) array = FL_RWLOCK({ 1, 2, 3 });
    fl_rwlock(const char *) pointer = FL_RWLOCK("hi");
    fl_rwlock(text) owned = FL_RWLOCK({ strdup("inside") });
    text out;

    (void)state;
    {
        fl_read_guard(a, &array);
        fl_read_guard(p, &pointer);
        assert_int_equal((*a)[0] + (*a)[2], 4);
        assert_string_equal(*p, "hi");
    }
    fl_with_write (p, &pointer) *p = "ho";
    fl_with_read (p, &pointer) assert_string_equal(*p, "ho");
    fl_with_write (a, &array) (*a)[1] = 5;
    assert_int_equal((*fl_data_mut(&array))[1], 5);
    drops = 0;
    fl_with_read (t, &owned) assert_string_equal(t->s, "inside");
    assert_int_equal(fl_into_data(&owned, &out), FL_OK);
    fl_drop(out);
    fl_drop(owned); /* empty now */
    assert_int_equal(drops, 1);
    {
        fl_rwlock(text) dropped = FL_RWLOCK({ strdup("too") });
        fl_auto(dropped);
    }
    assert_int_equal(drops, 2);
}

static void take_out(void *rw)
{
    int out;

    assert_int_equal(fl_into_data((number *)rw, &out), FL_OK);
}

static void taking_the_value_out(void **state)
{
    number rw = FL_RWLOCK(4);
    int out = 0;

    (void)state;
    assert_panics(panic_while_writing, &rw, "on purpose");
    assert_int_equal(fl_into_data(&rw, &out), FL_POISONED);
    assert_int_equal(out, 13);
    assert_false(fl_is_poisoned(&rw)); /* all zero again */
    {
        fl_read_guard(n, &rw);
        assert_panics(take_out, &rw, "fl_into_data");
        assert_int_equal(*n, 0);
    }
    {
        fl_write_guard(n, &rw);
        assert_panics(take_out, &rw, "fl_into_data");
        *n = 1;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(free_can_be_had_by_every_way),
        cmocka_unit_test(others_read),
        cmocka_unit_test(another_writes),
        cmocka_unit_test(this_thread_reads),
        cmocka_unit_test(this_thread_writes),
        cmocka_unit_test(a_waiting_writer_stops_new_readers),
        cmocka_unit_test(writers_go_before_readers_that_wait_longer),
        cmocka_unit_test(a_writer_that_gives_up_lets_readers_go),
        cmocka_unit_test(a_deadline_that_is_long_enough),
        cmocka_unit_test(waiting_uses_no_cpu),
        cmocka_unit_test(a_downgraded_guard_reads),
        cmocka_unit_test(downgrading_lets_no_writer_in_between),
        cmocka_unit_test(downgrading_wakes_readers),
        cmocka_unit_test(writers_poison_and_readers_do_not),
        cmocka_unit_test(misuse_panics_and_says_what_to_do),
        cmocka_unit_test(raw_locks),
        cmocka_unit_test(a_guard_ends_however_its_scope_is_left),
        cmocka_unit_test(values_of_all_kinds),
        cmocka_unit_test(taking_the_value_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
