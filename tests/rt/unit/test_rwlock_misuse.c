/* The read-write lock: poison and misuse; the raw lock; ways out of a scope, and kinds of values. */
#include <fearless/move.h>
#include <fearless/mutex.h>
#include <fearless/panic.h>
#include <fearless/rwlock.h>

#include "panics.h"
#include "rwlock_states.h"

typedef fl_mutex(int) counter;

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
        cmocka_unit_test(writers_poison_and_readers_do_not),
        cmocka_unit_test(misuse_panics_and_says_what_to_do),
        cmocka_unit_test(raw_locks),
        cmocka_unit_test(a_guard_ends_however_its_scope_is_left),
        cmocka_unit_test(values_of_all_kinds),
        cmocka_unit_test(taking_the_value_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
