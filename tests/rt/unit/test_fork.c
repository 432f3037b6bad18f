/* Locks in a child of fork: other threads wait for them in the parent, and are not there in the child. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fearless.h>

#include <sys/wait.h>
#include <unistd.h>

#include "asleep.h"

enum { TOO_LONG_S = 20, TIMES = 2000 };

static fl_mutex(int) counter = FL_MUTEX(0);
static fl_rwlock(int) setting = FL_RWLOCK(0);
static sleeper_id waiter_id;

FL_THREAD_FN(void, wait_for_counter, int, ignored)
{
    (void)ignored;
    sleeper_is_me(&waiter_id);
    fl_guard(n, &counter);
    *n += 1;
}

FL_THREAD_FN(void, wait_to_write, int, ignored)
{
    (void)ignored;
    sleeper_is_me(&waiter_id);
    fl_write_guard(n, &setting);
    *n += 1;
}

/* Longer than the half millisecond after which a lock is handed over to who waits. */
static void let_time_pass(void)
{
    usleep(1000);
}

static void assert_came_to_an_end(pid_t child)
{
    int status = -1;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void use_counter(void)
{
    for (int i = 0; i < TIMES; i++) {
        fl_guard(n, &counter);
        *n += 1;
    }
}

static void use_setting(void)
{
    for (int i = 0; i < TIMES; i++) {
        fl_write_guard(n, &setting);
        *n += 1;
    }
}

static void a_mutex_that_another_thread_waits_for(void **state)
{
    fl_join_handle(void) waiter;
    pid_t child;
    (void)state;

    fl_store_release(&waiter_id, 0); /* [T] */
    {
        fl_guard(n, &counter);
        waiter = fl_spawn(wait_for_counter, 0);
        wait_until_asleep(&waiter_id);
        child = fork();
        if (child == 0) {
            alarm(TOO_LONG_S);
            let_time_pass();
            fl_unlock(n); /* nobody is there to hand it to */
            use_counter();
            _exit(0);
        }
    }
    assert_came_to_an_end(child);
    fl_unwrap(fl_join(waiter));
}

static void a_rwlock_that_a_writer_waits_for(void **state)
{
    fl_join_handle(void) waiter;
    pid_t child;
    (void)state;

    fl_store_release(&waiter_id, 0); /* [T] */
    {
        fl_read_guard(n, &setting);
        waiter = fl_spawn(wait_to_write, 0);
        wait_until_asleep(&waiter_id);
        child = fork();
        if (child == 0) {
            alarm(TOO_LONG_S);
            let_time_pass();
            fl_unlock(n); /* nobody is there to hand it to */
            use_setting();
            _exit(0);
        }
    }
    assert_came_to_an_end(child);
    fl_unwrap(fl_join(waiter));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mutex_that_another_thread_waits_for),
        cmocka_unit_test(a_rwlock_that_a_writer_waits_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
