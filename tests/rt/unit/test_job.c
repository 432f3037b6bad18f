/* Bound calls: arguments are dropped once by whoever has them, results by the library, panics reported. */
#define _GNU_SOURCE
#include "panics.h"
#include "tracked.h"

#include <pthread.h>

typedef struct {
    _Alignas(64) char bytes[64];
} line;

static int runs;

FL_THREAD_FN(void, count)
{
    runs++;
}
FL_THREAD_FN(int, add, int *, to, int, n)
{
    return *to += n;
}
FL_THREAD_FN(void, take, tracked, t)
{
    fl_auto(t);
    runs++;
}
FL_THREAD_FN(tracked, give_back, tracked, t)
{
    return t;
}
FL_THREAD_FN(line, aligned, char, before, line, l)
{
    runs += (uintptr_t)&l % 64 == 0 && l.bytes[0] == before;
    return l;
}
FL_THREAD_FN(tracked, give_up, tracked, t, const char *, why)
{
    fl_auto(t);
    fl_panic("%s", why);
}
FL_THREAD_FN(long, eight, char, a, short, b, int, c, long, d, unsigned char, e, unsigned short, f, unsigned long long, g, tracked, h)
{
    fl_auto(h);
    runs += a + b + c + (int)d + e + f + (int)g + (int)strlen(h.name);
    return runs;
}
FL_THREAD_FN(void, leave_by_exit, tracked, t)
{
    fl_auto(t);
    pthread_exit(NULL);
}

static void runs_when_called(void **state)
{
    (void)state;
    int total = 1;
    runs = 0;
    fl_job j = fl_bind(count), k = fl_bind(add, &total, 41);
    assert_int_equal(runs, 0);
    assert_int_equal(total, 1);
    fl_call(j);
    fl_call(k);
    assert_int_equal(runs, 1);
    assert_int_equal(total, 42);
    assert_null(j);
    assert_null(k);
}

static void the_function_owns_its_arguments(void **state)
{
    (void)state;
    tracked t = tracked_of("argument");
    fl_job j = fl_bind(take, fl_move(t));
    assert_null(t.name);
    assert_int_equal(tracked_alive, 1);
    fl_call(j);
    assert_int_equal(tracked_alive, 0);
    assert_int_equal(tracked_drops, 1);
}

static void takes_eight_arguments_of_any_kind(void **state)
{
    (void)state;
    runs = 0;
    fl_job j = fl_bind(eight, 1, 2, 3, 4, 5, 6, 7, tracked_of("h"));
    fl_call(j);
    assert_int_equal(runs, 29);
    line l = {{'x'}};
    j = fl_bind(aligned, 'x', l);
    fl_call(j);
    assert_int_equal(runs, 30);
}

static void a_result_is_dropped(void **state)
{
    (void)state;
    fl_job j = fl_bind(give_back, tracked_of("result"));
    fl_call(j);
    assert_int_equal(tracked_drops, 1);
    j = fl_bind(give_back, tracked_of("another"));
    assert_int_equal(fl_try_call(j), FL_OK);
    assert_int_equal(tracked_drops, 2);
}

static void a_job_that_is_dropped_drops_its_arguments(void **state)
{
    (void)state;
    runs = 0;
    fl_job j = fl_bind(take, tracked_of("never used"));
    fl_drop(j);
    assert_null(j);
    assert_int_equal(tracked_drops, 1);
    fl_drop(j);
    assert_int_equal(tracked_drops, 1);
    {
        fl_job k = fl_bind(take, tracked_of("automatic"));
        fl_auto(k);
    }
    {
        fl_job k = fl_bind(take, tracked_of("called"));
        fl_auto(k);
        fl_call(k);
    }
    assert_int_equal(tracked_drops, 3);
    assert_int_equal(runs, 1);
}

static void a_panic_is_reported(void **state)
{
    (void)state;
    fl_job j = fl_bind(give_up, tracked_of("lost"), "too many ducks");
    assert_int_equal(fl_try_call(j), FL_PANICKED);
    assert_string_equal(fl_panic_message(), "too many ducks");
    assert_null(j);
    assert_int_equal(tracked_drops, 1);
    assert_false(fl_panicking());
}

static fl_job job_of_test;
static void call_it(void *env)
{
    (void)env;
    fl_call(job_of_test);
}
static void call_it_and_try(void *env)
{
    (void)env;
    fl_ignore(fl_try_call(job_of_test));
}

static void a_panic_goes_on_through_a_call(void **state)
{
    (void)state;
    job_of_test = fl_bind(give_up, tracked_of("lost"), "no more ducks");
    assert_int_equal(fl_catch(call_it, NULL), FL_PANICKED);
    assert_string_equal(fl_panic_message(), "no more ducks");
    assert_null(job_of_test);
}

static void an_empty_job_cannot_be_called(void **state)
{
    (void)state;
    assert_int_equal(fl_catch(call_it, NULL), FL_PANICKED);
    assert_string_equal(fl_panic_message(), "fl_call: the job is empty: it was called, moved or dropped before");
    assert_int_equal(fl_catch(call_it_and_try, NULL), FL_PANICKED);
    assert_string_equal(fl_panic_message(), "fl_try_call: the job is empty: it was called, moved or dropped before");
}

/* ---- a drop that panics: the job's memory is given back all the same (LeakSanitizer and valgrind look) ---- */

typedef struct {
    int is_there;
} bomb;
static int bombs;
static void bomb_drop(bomb *b)
{
    if (!b->is_there)
        return;
    bombs++;
    fl_panic("the drop went wrong");
}
#define FL_OWNED bomb, bomb_drop
#include <fearless/owned.h>

FL_THREAD_FN(bomb, give_bomb, bomb, b)
{
    return b;
}
static void drop_it(void *env)
{
    (void)env;
    fl_drop(job_of_test);
}
static void a_drop_that_panics(void **state)
{
    (void)state;
    job_of_test = fl_bind(give_bomb, (bomb){1});
    assert_int_equal(fl_try_call(job_of_test), FL_PANICKED);
    assert_string_equal(fl_panic_message(), "the drop went wrong");
    assert_int_equal(bombs, 1);
    job_of_test = fl_bind(give_bomb, (bomb){1});
    assert_int_equal(fl_catch(drop_it, NULL), FL_PANICKED);
    assert_int_equal(bombs, 2);
    assert_null(job_of_test);
}

/* ---- as a value ---- */

struct errand {
    fl_job first, second;
};
FL_DROP_FIELDS(struct errand, errand_drop, first, second)
#define FL_OWNED struct errand, errand_drop
#include <fearless/owned.h>

static void lives_in_fields_and_arrays(void **state)
{
    (void)state;
    runs = 0;
    struct errand e = {fl_bind(take, tracked_of("1")), fl_bind(take, tracked_of("2"))};
    fl_auto(e);
    fl_call(e.first);
    assert_int_equal(runs, 1);
    {
        fl_job many[3] = {fl_bind(take, tracked_of("3")), NULL, fl_bind(take, tracked_of("4"))};
        fl_auto(many);
        fl_call(many[2]);
    }
    assert_int_equal(runs, 2);
    assert_int_equal(tracked_alive, 1);
    fl_job moved = fl_move(e.second);
    assert_null(e.second);
    fl_call(moved);
    fl_job a = fl_bind(count), b = NULL;
    fl_swap(&a, &b);
    assert_null(a);
    fl_call(b);
    assert_int_equal(runs, 4);
}

FL_THREAD_FN(void, nest, fl_job, inner)
{
    fl_auto(inner);
    fl_call(inner);
}
static void a_job_may_be_bound_to_another(void **state)
{
    (void)state;
    runs = 0;
    fl_job j = fl_bind(nest, fl_bind(nest, fl_bind(take, tracked_of("innermost"))));
    fl_call(j);
    assert_int_equal(runs, 1);
    j = fl_bind(nest, fl_bind(nest, fl_bind(take, tracked_of("innermost"))));
    fl_drop(j);
    assert_int_equal(runs, 1);
    assert_int_equal(tracked_drops, 2);
}

FL_THREAD_FN(int, work_off, fl_receiver(fl_job), jobs)
{
    fl_auto(jobs);
    int failed = 0;
    fl_for_each (job, jobs)
        failed += fl_try_call(job) == FL_PANICKED;
    return failed;
}
static void a_thread_works_off_a_channel_of_jobs(void **state)
{
    (void)state;
    fl_sender(fl_job) jobs;
    fl_receiver(fl_job) rx;
    fl_channel(&jobs, &rx);
    runs = 0;
    fl_join_handle(int) worker = fl_spawn(work_off, fl_move(rx));
    for (int i = 0; i < 100; i++) {
        fl_job j = i % 10 == 0 ? fl_bind(give_up, tracked_of("bad"), "one in ten") : fl_bind(take, tracked_of("good"));
        fl_unwrap(fl_send(jobs, fl_move(j)));
    }
    fl_drop(jobs);
    assert_int_equal(fl_joined(worker), 10);
    assert_int_equal(runs, 90);
    assert_int_equal(tracked_drops, 100);
}

static void a_channel_drops_the_jobs_it_still_holds(void **state)
{
    (void)state;
    fl_sender(fl_job) jobs;
    fl_receiver(fl_job) rx;
    fl_channel(&jobs, &rx);
    for (int i = 0; i < 10; i++)
        fl_unwrap(fl_send(jobs, fl_bind(take, tracked_of("in the queue"))));
    fl_drop(rx);
    assert_int_equal(tracked_drops, 10);
    assert_int_equal(fl_send(jobs, fl_bind(take, tracked_of("too late"))), FL_CLOSED);
    assert_int_equal(tracked_drops, 11);
    fl_drop(jobs);
}

static void a_function_that_leaves_its_thread(void **state)
{
    (void)state;
    fl_join_handle(void) h = fl_spawn(nest, fl_bind(leave_by_exit, tracked_of("gone")));
    assert_int_equal(fl_join(h), FL_PANICKED);
    assert_int_equal(tracked_drops, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tracked_test(runs_when_called),
        tracked_test(the_function_owns_its_arguments),
        tracked_test(takes_eight_arguments_of_any_kind),
        tracked_test(a_result_is_dropped),
        tracked_test(a_job_that_is_dropped_drops_its_arguments),
        tracked_test(a_panic_is_reported),
        tracked_test(a_panic_goes_on_through_a_call),
        tracked_test(an_empty_job_cannot_be_called),
        tracked_test(a_drop_that_panics),
        tracked_test(lives_in_fields_and_arrays),
        tracked_test(a_job_may_be_bound_to_another),
        tracked_test(a_thread_works_off_a_channel_of_jobs),
        tracked_test(a_channel_drops_the_jobs_it_still_holds),
        tracked_test(a_function_that_leaves_its_thread),
    };
    fl_set_panic_hook(quiet);
    return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
