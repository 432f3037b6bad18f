/* Every operation of the read-write lock in every state of it; preference, deadlines, downgrading. Poison and misuse are
 * test_rwlock_misuse.c's. */
#include <fearless/rwlock.h>

#include "rwlock_states.h"

#include <string.h>

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
    assert_int_equal(state_of(&rw), 0); /* those that waited left nothing behind */
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
    wait_for_waiting_readers(&rw, 1);
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
    wait_for_waiting_readers(&rw, 1);
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
        wait_for_waiting_readers(&rw, 1);
        {
            fl_write_guard_timeout(n, &rw, fl_millis(1));
            assert_null(n);
        }
        assert_int_equal(fl_load_acquire(&late->in), 0); /* two still wait */
        assert_int_equal(state_of(&rw), FL_RW_WRITER_WAITS_ | 1);
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
        while (!(state_of(&rw) & FL_RW_WRITER_WAITS_) && fl_as_millis(fl_until(writer->deadline)) > 0)
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
    wait_for_waiting_readers(&rw, 1);
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
        wait_for_waiting_readers(&rw, 1);
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
        wait_for_waiting_readers(&rw, 3);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
