/* Guards, poison, and misuse of fl_mutex and struct fl_lock, on one thread or two. */
#include <fearless/lock.h>
#include <fearless/move.h>
#include <fearless/mutex.h>
#include <fearless/panic.h>

#include "atomic.h"
#include "cpu_time.h"
#include "panics.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

struct point {
    int x, y;
};
typedef fl_mutex(int) counter;
typedef fl_mutex(struct point) place;

/* Tries from another thread, because this one may hold it. */
static void *try_it(void *m)
{
    fl_try_guard(num, (counter *)m);
    return num ? m : NULL; /* any address that is not NULL */
}

static bool is_locked(counter *m)
{
    pthread_t t;
    void *got;

    pthread_create(&t, NULL, try_it, (void *)(uintptr_t)m);
    pthread_join(t, &got);
    return !got;
}

static void a_guard_ends_with_its_scope(void **state)
{
    counter m = FL_MUTEX(5);

    (void)state;
    {
        fl_guard(num, &m);
        assert_int_equal(*num, 5);
        *num = 6;
        assert_true(is_locked(&m));
    }
    assert_false(is_locked(&m));
    assert_int_equal(*fl_data_mut(&m), 6);
}

static int leave_by_return(counter *m, int how)
{
    for (int i = 0; i < 3; i++) {
        fl_guard(num, m);
        if (how == 0)
            return *num;
        if (how == 1)
            break;
        if (how == 2)
            continue;
        if (how == 3)
            goto out;
    }
    return -1;
out:
    return -2;
}

static void a_guard_ends_however_its_scope_is_left(void **state)
{
    counter m = FL_MUTEX(9);

    (void)state;
    for (int how = 0; how < 5; how++) {
        (void)leave_by_return(&m, how);
        assert_false(is_locked(&m));
    }
}

static void unlocking_early(void **state)
{
    counter m = FL_MUTEX(1);

    (void)state;
    {
        fl_guard(num, &m);
        *num += 1;
        fl_unlock(num);
        assert_false(is_locked(&m));
    }
    assert_false(is_locked(&m));
    {
        fl_guard(again, &m);
        assert_int_equal(*again, 2);
    }
}

static void with_is_one_statement(void **state)
{
    counter m = FL_MUTEX(0);
    place p = FL_MUTEX({ 1, 2 });
    int rounds = 0, seen;

    (void)state;
    fl_with (num, &m) *num += 1;
    for (int i = 0; i < 4; i++) {
        fl_with (num, &m) {
            if (i == 1)
                break; /* leaves the block, not the loop */
            if (i == 2)
                continue;
            *num += 10;
        }
        rounds++;
        assert_false(is_locked(&m));
    }
    assert_int_equal(rounds, 4);
    fl_with (num, &m) seen = *num;
    assert_int_equal(seen, 21);
    fl_with (num, &m) fl_with (at, &p) {
        at->x = *num;
        assert_true(is_locked(&m));
    }
    if (seen == 0)
        fl_with (num, &m) *num = 100;
    else
        fl_with (num, &m) *num = 200;
    fl_with (at, &p) assert_int_equal(at->x + at->y, 23);
    assert_int_equal(*fl_data_mut(&m), 200);
}

static int with_in_switch(counter *m, int k)
{
    switch (k) {
    case 1:
        fl_with (num, m) {
            if (*num)
                break;
            *num = 1;
        }
        return 10;
    default:
        return 20;
    }
}

static void with_inside_a_switch(void **state)
{
    counter m = FL_MUTEX(0);

    (void)state;
    assert_int_equal(with_in_switch(&m, 1), 10);
    assert_int_equal(with_in_switch(&m, 1), 10);
    assert_int_equal(with_in_switch(&m, 2), 20);
    assert_false(is_locked(&m));
}

static void *hold_until_told(void *arg)
{
    struct {
        counter m;
        FL_ATOMIC(uint32_t) step;
    } *shared = arg;

    fl_guard(num, &shared->m);
    fl_store_release(&shared->step, 1);
    while (fl_load_acquire(&shared->step) != 2)
        fl_sleep(fl_micros(100));
    *num = 77;
    return NULL;
}

static void trying_and_waiting_so_long(void **state)
{
    struct {
        counter m;
        FL_ATOMIC(uint32_t) step;
    } shared = { FL_MUTEX(3), FL_ATOMIC_INIT(0) };
    struct fl_instant start;
    pthread_t t;

    (void)state;
    pthread_create(&t, NULL, hold_until_told, &shared);
    while (fl_load_acquire(&shared.step) != 1)
        fl_sleep(fl_micros(100));
    {
        fl_try_guard(num, &shared.m);
        assert_null(num);
    }
    start = fl_now();
    {
        fl_guard_timeout(num, &shared.m, fl_millis(10));
        assert_null(num);
    }
    assert_true(fl_as_millis(fl_elapsed(start)) >= 10);
    {
        fl_guard_deadline(num, &shared.m, (struct fl_instant){ 0 });
        assert_null(num);
    }
    fl_store_release(&shared.step, 2);
    {
        fl_guard_timeout(num, &shared.m, fl_secs(60));
        assert_non_null(num);
        assert_int_equal(*num, 77);
    }
    pthread_join(t, NULL);
    {
        fl_try_guard(num, &shared.m);
        assert_non_null(num);
    }
    assert_false(is_locked(&shared.m));
}

struct waiting {
    counter m;
    FL_ATOMIC(uint32_t) begun;
    FL_ATOMIC(int64_t) cpu_ns;
};

static void *wait_for_it(void *arg)
{
    struct waiting *w = arg;
    int64_t start = cpu_time();

    fl_store_release(&w->begun, 1);
    {
        fl_guard(num, &w->m);
        *num += 1;
    }
    fl_add_relaxed(&w->cpu_ns, cpu_time() - start);
    return NULL;
}

static void waiting_uses_no_cpu(void **state)
{
    struct waiting w = { FL_MUTEX(0), FL_ATOMIC_INIT(0), FL_ATOMIC_INIT(0) };
    pthread_t t[2];

    (void)state;
    {
        fl_guard(num, &w.m);
        for (int i = 0; i < 2; i++)
            pthread_create(&t[i], NULL, wait_for_it, &w);
        while (!fl_load_acquire(&w.begun))
            fl_sleep(fl_millis(1));
        fl_sleep(fl_millis(200));
        assert_int_equal(*num, 0);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    assert_true(fl_load_relaxed(&w.cpu_ns) < 50 * 1000000);
    assert_int_equal(*fl_data_mut(&w.m), 2);
}

static void panic_while_held(void *m)
{
    fl_guard(num, (counter *)m);
    *num = 13;
    fl_panic("on purpose");
}

static void panic_in_with(void *m)
{
    fl_with (num, (counter *)m) {
        *num = 14;
        fl_panic("on purpose");
    }
}

static void just_lock(void *m)
{
    fl_guard(num, (counter *)m);
    *num += 1;
}

static void just_try(void *m)
{
    fl_try_guard(num, (counter *)m);
    *num += 1;
}

static void a_panic_poisons(void **state)
{
    counter m = FL_MUTEX(0);

    (void)state;
    assert_false(fl_is_poisoned(&m));
    assert_panics(panic_while_held, &m, "on purpose");
    assert_true(fl_is_poisoned(&m));
    assert_panics(just_lock, &m, "fl_clear_poison");
    assert_panics(just_try, &m, "fl_clear_poison"); /* trying panics as locking does */
    {
        fl_lock(status, num, &m);
        assert_int_equal(status, FL_POISONED);
        assert_int_equal(*num, 13);
        *num = 1;
        fl_clear_poison(&m);
    }
    {
        fl_lock(status, num, &m);
        assert_int_equal(status, FL_OK);
        assert_int_equal(*num, 1);
    }
    assert_panics(panic_in_with, &m, "on purpose");
    assert_true(fl_is_poisoned(&m));
    fl_clear_poison(&m);
    just_lock((void *)(uintptr_t)&m); /* it was unlocked by the panic */
    assert_int_equal(*fl_data_mut(&m), 15);
}

struct unlocks_in_drop {
    counter *m;
};
static void unlocks_in_drop_drop(struct unlocks_in_drop *u)
{
    if (u->m) {
        assert_true(fl_panicking());
        fl_with (num, u->m) *num += 1;
    }
}
#define FL_OWNED struct unlocks_in_drop, unlocks_in_drop_drop
#include <fearless/owned.h>

static void panic_past_a_drop(void *m)
{
    struct unlocks_in_drop u = { m };

    fl_auto(u);
    fl_panic("on purpose");
}

static void a_guard_taken_while_panicking_does_not_poison(void **state)
{
    counter m = FL_MUTEX(0);

    (void)state;
    assert_panics(panic_past_a_drop, &m, "on purpose");
    assert_false(fl_is_poisoned(&m));
    assert_int_equal(*fl_data_mut(&m), 1);
}

static void lock_twice(void *m)
{
    fl_guard(a, (counter *)m);
    fl_guard(b, (counter *)m);
    *a = *b;
}

static void lock_twice_with_timeout(void *m)
{
    fl_guard(a, (counter *)m);
    fl_guard_timeout(b, (counter *)m, fl_secs(60));
    *a = *b;
}

static void unlock_twice(void *m)
{
    fl_guard(num, (counter *)m);
    *num = 1;
    fl_unlock(num);
    fl_unlock(num);
}

static void unlock_what_was_not_taken(void *m)
{
    fl_try_guard(num, (counter *)m);
    if (!num)
        fl_unlock(num);
}

static void release_free(void *lock)
{
    fl_lock_release((struct fl_lock *)lock);
}

static void *release_others(void *lock)
{
    assert_panics(release_free, lock, "another thread");
    return NULL;
}

static void misuse_panics_and_says_what_to_do(void **state)
{
    counter m = FL_MUTEX(0);
    struct fl_lock raw = FL_LOCK;
    pthread_t t;

    (void)state;
    assert_panics(lock_twice, &m, "already holds this lock");
    assert_true(fl_is_poisoned(&m)); /* by the guard that was there */
    fl_clear_poison(&m);
    assert_panics(lock_twice_with_timeout, &m, "already holds this lock");
    fl_clear_poison(&m);
    assert_panics(unlock_twice, &m, "this guard holds nothing");
    assert_false(is_locked(&m));
    {
        fl_guard(num, &m);
        assert_panics(unlock_what_was_not_taken, &m, "this guard holds nothing");
        *num = 5;
    }
    assert_panics(release_free, &raw, "not locked");
    fl_lock_acquire(&raw);
    pthread_create(&t, NULL, release_others, &raw);
    pthread_join(t, NULL);
    assert_false(fl_lock_try(&raw));
    fl_lock_release(&raw); /* still ours after all that */
    assert_true(fl_lock_try(&raw));
    fl_lock_release(&raw);
}

struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};

static void settle(struct account *a) FL_REQUIRES(a->lock);
static void settle(struct account *a)
{
    a->balance = 0;
}

static void panic_in_raw(void *account)
{
    struct account *a = account;

    fl_lock_guard(held, &a->lock);
    a->balance = 3;
    fl_panic("on purpose");
}

static void raw_locks(void **state)
{
    struct account a = { FL_LOCK, 10 };
    struct account zeroed;

    (void)state;
    memset(&zeroed, 0, sizeof zeroed); /* all zero is unlocked */
    {
        fl_lock_guard(held, &zeroed.lock);
        settle(&zeroed);
        assert_ptr_equal(held, &zeroed.lock);
    }
    {
        fl_lock_guard(held, &a.lock);
        assert_false(fl_lock_try(&a.lock));
        fl_unlock(held);
        assert_true(fl_lock_try(&a.lock));
        fl_lock_release(&a.lock);
    }
    assert_panics(panic_in_raw, &a, "on purpose");
    assert_true(fl_lock_try(&a.lock)); /* released, and not poisoned */
    fl_lock_release(&a.lock);
    {
        fl_lock_guard(held, &a.lock);
        assert_int_equal(a.balance, 3);
    }
}

static int drops;
typedef struct {
    char *s;
} text;
static void text_drop(text *t)
{
    drops += t->s != NULL;
    free(t->s);
}
#define FL_OWNED text, text_drop
#include <fearless/owned.h>

static void taking_the_value_out(void **state)
{
    fl_mutex(text) m = FL_MUTEX({ strdup("inside") });
    counter n = FL_MUTEX(4);
    text out = { NULL };
    int number;

    (void)state;
    drops = 0;
    assert_int_equal(fl_into_data(&m, &out), FL_OK);
    assert_string_equal(out.s, "inside");
    fl_drop(out);
    fl_drop(m); /* empty now */
    assert_int_equal(drops, 1);
    assert_panics(panic_while_held, &n, "on purpose");
    assert_int_equal(fl_into_data(&n, &number), FL_POISONED);
    assert_int_equal(number, 13);
    assert_false(fl_is_poisoned(&n)); /* all zero again */
}

static void a_mutex_is_dropped_as_its_value(void **state)
{
    (void)state;
    drops = 0;
    {
        fl_mutex(text) m = FL_MUTEX({ strdup("inside") });
        fl_auto(m);
        fl_with (t, &m) t->s[0] = 'I';
    }
    assert_int_equal(drops, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guard_ends_with_its_scope),
        cmocka_unit_test(a_guard_ends_however_its_scope_is_left),
        cmocka_unit_test(unlocking_early),
        cmocka_unit_test(with_is_one_statement),
        cmocka_unit_test(with_inside_a_switch),
        cmocka_unit_test(trying_and_waiting_so_long),
        cmocka_unit_test(waiting_uses_no_cpu),
        cmocka_unit_test(a_panic_poisons),
        cmocka_unit_test(a_guard_taken_while_panicking_does_not_poison),
        cmocka_unit_test(misuse_panics_and_says_what_to_do),
        cmocka_unit_test(raw_locks),
        cmocka_unit_test(taking_the_value_out),
        cmocka_unit_test(a_mutex_is_dropped_as_its_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
