/* Mapped guards of every kind, and sets of guards. */
#include <fearless/condvar.h>
#include <fearless/guards.h>
#include <fearless/mutex.h>
#include <fearless/panic.h>
#include <fearless/rwlock.h>

#include "atomic.h"
#include "panics.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct pair {
    int left;
    struct {
        int a, b[3];
    } right;
    const char *name;
};
typedef fl_mutex(struct pair) locked_pair;
typedef fl_rwlock(struct pair) rw_pair;
typedef fl_mutex(int) number;

static bool is_held(struct fl_lock *raw)
{
    return fl_load_relaxed(&raw->fl_state) != 0;
}
#define is_locked(m) is_held((struct fl_lock *)(uintptr_t)&(m)->fl_raw)
#define rw_state(rw) fl_load_relaxed(&(rw)->fl_raw.fl_state)

/* ---- mapped guards ---- */

static void a_mapped_guard_takes_over(void **state)
{
    locked_pair m = FL_MUTEX({ .left = 1 });

    (void)state;
    {
        fl_guard(p, &m);
        fl_map_guard(right, p, &p->right);
        right->a = 5;
        assert_true(is_locked(&m));
        fl_unlock(right);
        assert_false(is_locked(&m));
    }
    {
        fl_guard(p, &m);
        {
            fl_map_guard(a, p, &p->right.a);
            assert_int_equal(*a, 5);
            assert_true(is_locked(&m));
        }
        assert_false(is_locked(&m)); /* the hold was the inner scope's */
    }
    {
        fl_guard(p, &m);
        fl_map_guard(right, p, &p->right);
        fl_map_guard(items, right, right->b); /* an array: its first element */
        items[2] = 7;
        assert_true(is_locked(&m));
    }
    assert_false(is_locked(&m));
    fl_with (p, &m) {
        fl_map_guard(items, p, &p->right.b); /* an array as a whole */
        assert_int_equal((*items)[2], 7);
    }
    assert_false(is_locked(&m));
}

static void mapping_guards_of_a_read_write_lock(void **state)
{
    rw_pair rw = FL_RWLOCK({ .left = 1, .name = "x" });

    (void)state;
    {
        fl_read_guard(p, &rw);
        fl_map_guard(left, p, &p->left);
        _Static_assert(_Generic(left, const int *: 1, default: 0), "what is read is const");
        assert_int_equal(*left, 1);
        assert_int_equal(rw_state(&rw), 1);
    }
    assert_int_equal(rw_state(&rw), 0);
    {
        fl_write_guard(p, &rw);
        fl_map_guard(left, p, &p->left);
        *left = 2;
        assert_true(rw_state(&rw) & FL_RW_WRITER_);
        fl_downgrade_guard(left);
        assert_int_equal(rw_state(&rw), 1);
        fl_unlock(left);
        assert_int_equal(rw_state(&rw), 0);
    }
    {
        fl_try_write_guard(p, &rw);
        if (p) {
            fl_map_guard(name, p, &p->name);
            *name = "y";
        }
        assert_int_equal(rw_state(&rw), 0);
    }
    fl_with_read (p, &rw) assert_string_equal(p->name, "y");
}

static void waiting_with_a_mapped_guard(void **state)
{
    locked_pair m = FL_MUTEX({ .left = 1 });
    struct fl_condvar cv = FL_CONDVAR;

    (void)state;
    fl_guard(p, &m);
    fl_map_guard(left, p, &p->left);
    assert_int_equal(fl_wait_timeout_while(&cv, left, fl_millis(1), *left == 1), FL_TIMEOUT);
    assert_true(is_locked(&m));
}

static void panic_in_mapped(void *m)
{
    fl_guard(p, (locked_pair *)m);
    fl_map_guard(left, p, &p->left);
    *left = 13;
    fl_panic("on purpose");
}
static void panic_in_mapped_read(void *rw)
{
    fl_read_guard(p, (rw_pair *)rw);
    fl_map_guard(left, p, &p->left);
    fl_panic("on purpose %d", *left);
}
static void panic_in_mapped_write(void *rw)
{
    fl_write_guard(p, (rw_pair *)rw);
    fl_map_guard(left, p, &p->left);
    *left = 13;
    fl_panic("on purpose");
}

static void a_mapped_guard_poisons_as_the_first_one(void **state)
{
    locked_pair m = FL_MUTEX({ .left = 1 });
    rw_pair rw = FL_RWLOCK({ .left = 1 });

    (void)state;
    assert_panics(panic_in_mapped, &m, "on purpose");
    assert_true(fl_is_poisoned(&m));
    assert_false(is_locked(&m));
    assert_panics(panic_in_mapped_read, &rw, "on purpose");
    assert_false(fl_is_poisoned(&rw));
    assert_panics(panic_in_mapped_write, &rw, "on purpose");
    assert_true(fl_is_poisoned(&rw));
    assert_int_equal(rw_state(&rw), 0);
}

static void map_twice(void *m)
{
    fl_guard(p, (locked_pair *)m);
    fl_map_guard(left, p, &p->left);
    fl_map_guard(right, p, &p->right);
    *left = right->a;
}
static void map_after_unlock(void *m)
{
    fl_guard(p, (locked_pair *)m);
    fl_unlock(p);
    fl_map_guard(left, p, &p->left);
    *left = 1;
}
static void unlock_what_was_mapped(void *m)
{
    fl_guard(p, (locked_pair *)m);
    fl_map_guard(left, p, &p->left);
    *left = 1;
    fl_unlock(p);
}
static void wait_with_what_was_mapped(void *m)
{
    struct fl_condvar cv = FL_CONDVAR;

    fl_guard(p, (locked_pair *)m);
    fl_map_guard(left, p, &p->left);
    *left = 1;
    fl_wait(&cv, p);
}

static void a_guard_that_was_mapped_holds_nothing(void **state)
{
    locked_pair m = FL_MUTEX({ .left = 1 });

    (void)state;
    assert_panics(map_twice, &m, "holds nothing");
    fl_clear_poison(&m);
    assert_panics(map_after_unlock, &m, "holds nothing");
    assert_panics(unlock_what_was_mapped, &m, "holds nothing");
    fl_clear_poison(&m);
    assert_panics(wait_with_what_was_mapped, &m, "holds nothing");
    assert_false(is_locked(&m));
}

/* ---- sets ---- */

struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};

static void a_set_holds_locks_of_both_kinds(void **state)
{
    struct account accounts[5] = { { FL_LOCK, 0 } };
    number m = FL_MUTEX(4);

    (void)state;
    {
        fl_guard_set(held, 6);
        for (int i = 0; i < 5; i++) {
            assert_ptr_equal(fl_guard_add(held, &accounts[i].lock), &accounts[i].lock);
            assert_true(is_held(&accounts[i].lock));
        }
        *fl_guard_add(held, &m) += 1;
        assert_true(is_locked(&m));
    }
    for (int i = 0; i < 5; i++)
        assert_false(is_held(&accounts[i].lock));
    fl_with (n, &m) assert_int_equal(*n, 5);
}

static void add_all(struct fl_guard_set *held, struct account *accounts, int n)
{
    for (int i = 0; i < n; i++)
        fl_guard_add(held, &accounts[i].lock);
}

static void a_set_may_be_filled_elsewhere_and_again(void **state)
{
    struct account accounts[3] = { { FL_LOCK, 0 } };
    volatile int n = 3; /* known at run time */

    (void)state;
    {
        fl_guard_set(held, (size_t)n);
        for (int round = 0; round < 2; round++) {
            add_all(held, accounts, n);
            assert_true(is_held(&accounts[0].lock) && is_held(&accounts[2].lock));
            fl_guard_set_release(held);
            assert_false(is_held(&accounts[0].lock) || is_held(&accounts[2].lock));
        }
    }
    {
        fl_guard_set(none, 0);
        assert_int_equal(none->fl_max, 0);
    }
}

/* Releasing in reverse order is seen by a helper that waits for the first lock: when it has it, the others are free. */
static void *get_first(void *accounts)
{
    struct account *a = accounts;

    fl_lock_guard(held, &a[0].lock);
    return is_held(&a[1].lock) || is_held(&a[2].lock) ? NULL : accounts;
}

static void the_last_one_is_released_first(void **state)
{
    struct account accounts[3] = { { FL_LOCK, 0 } };

    (void)state;
    for (int i = 0; i < 200; i++) {
        pthread_t t;
        void *all_free;

        {
            fl_guard_set(held, 3);
            add_all(held, accounts, 3);
            pthread_create(&t, NULL, get_first, accounts);
        }
        pthread_join(t, &all_free);
        assert_non_null(all_free);
    }
}

static void add_too_many(void *accounts)
{
    fl_guard_set(held, 2);
    add_all(held, accounts, 3);
}
static void add_to_none(void *accounts)
{
    fl_guard_set(held, 0);
    add_all(held, accounts, 1);
}
static void add_twice(void *accounts)
{
    fl_guard_set(held, 4);
    add_all(held, accounts, 3);
    fl_guard_add(held, &((struct account *)accounts)[1].lock);
}
static void add_what_is_held(void *accounts)
{
    fl_lock_guard(before, &((struct account *)accounts)[2].lock);
    fl_guard_set(held, 3);
    add_all(held, accounts, 3);
}
static void panic_with_set(void *m)
{
    fl_guard_set(held, 1);
    *fl_guard_add(held, (number *)m) = 13;
    fl_panic("on purpose");
}
static void add_poisoned(void *m)
{
    fl_guard_set(held, 1);
    *fl_guard_add(held, (number *)m) = 14;
}

static void misuse_of_a_set_panics_and_all_are_released(void **state)
{
    static void (*const wrong[])(void *) = { add_too_many, add_to_none, add_twice, add_what_is_held };
    static const char *const said[] = { "more than 2", "more than 0", "already holds this lock", "already holds this lock" };
    struct account accounts[3] = { { FL_LOCK, 0 } };
    number m = FL_MUTEX(4);

    (void)state;
    for (int i = 0; i < 4; i++) {
        assert_panics(wrong[i], accounts, said[i]);
        for (int k = 0; k < 3; k++)
            assert_false(is_held(&accounts[k].lock));
    }
    assert_panics(panic_with_set, &m, "on purpose");
    assert_true(fl_is_poisoned(&m));
    assert_panics(add_poisoned, &m, "poisoned");
    assert_false(is_locked(&m));
    assert_int_equal(*fl_data_mut(&m), 13);
}

static int leave(struct account *accounts, int how)
{
    for (int i = 0; i < 2; i++) {
        fl_guard_set(held, 3);
        add_all(held, accounts, 3);
        if (how == 0)
            return 1;
        if (how == 1)
            break;
        if (how == 2)
            continue;
        if (how == 3)
            goto out;
    }
    return 0;
out:
    return 2;
}

static void a_set_ends_however_its_scope_is_left(void **state)
{
    struct account accounts[3] = { { FL_LOCK, 0 } };

    (void)state;
    for (int how = 0; how < 5; how++) {
        (void)leave(accounts, how);
        for (int k = 0; k < 3; k++)
            assert_false(is_held(&accounts[k].lock));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mapped_guard_takes_over),
        cmocka_unit_test(mapping_guards_of_a_read_write_lock),
        cmocka_unit_test(waiting_with_a_mapped_guard),
        cmocka_unit_test(a_mapped_guard_poisons_as_the_first_one),
        cmocka_unit_test(a_guard_that_was_mapped_holds_nothing),
        cmocka_unit_test(a_set_holds_locks_of_both_kinds),
        cmocka_unit_test(a_set_may_be_filled_elsewhere_and_again),
        cmocka_unit_test(the_last_one_is_released_first),
        cmocka_unit_test(misuse_of_a_set_panics_and_all_are_released),
        cmocka_unit_test(a_set_ends_however_its_scope_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
