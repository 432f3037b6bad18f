// Locks and their guards from C++: a guard ends when an exception passes it, and when a panic does; C++ destructors run
// when a panic passes them; threads of both kinds share the locks; an exception passes C functions that hold guards.
#include "calls.h"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#define CHECK(...)                                                                                 \
    ((__VA_ARGS__) ? (void)0 : (std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #__VA_ARGS__), std::abort()))

typedef fl_mutex(long) number;
typedef fl_rwlock(long) shared_number;
typedef fl_refcell(int) cell;

static number hits = FL_MUTEX(0);
static shared_number table = FL_RWLOCK(0);
static struct fl_lock raw = FL_LOCK;
static long under_raw;

// What can be taken now is not held.
template <class Mutex> static bool is_free(Mutex *m)
{
    fl_try_guard(n, m);
    return n != nullptr;
}
static bool is_free_for_writing(shared_number *rw)
{
    fl_try_write_guard(n, rw);
    return n != nullptr;
}

// ---- exceptions ----

enum where { MUTEX, WITH, TRY, STATUS, RAW, READ, WRITE, DOWNGRADED, MAPPED, SET, ENDED, WHERES };

static void throw_under(where at)
{
    const std::runtime_error oh("oh");

    switch (at) {
    case MUTEX: {
        fl_guard(n, &hits);
        *n += 1;
        throw oh;
    }
    case WITH:
        fl_with (n, &hits) {
            *n += 1;
            throw oh;
        }
        break;
    case TRY: {
        fl_try_guard(n, &hits);
        CHECK(n);
        throw oh;
    }
    case STATUS: {
        fl_lock(s, n, &hits);
        CHECK(s == FL_OK);
        *n += 1;
        throw oh;
    }
    case RAW: {
        fl_lock_guard(held, &raw);
        under_raw++;
        throw oh;
    }
    case READ: {
        fl_read_guard(n, &table);
        CHECK(*n >= 0);
        throw oh;
    }
    case WRITE: {
        fl_write_guard(n, &table);
        *n += 1;
        throw oh;
    }
    case DOWNGRADED: {
        fl_write_guard(n, &table);
        fl_downgrade_guard(n);
        throw oh;
    }
    case MAPPED: {
        fl_guard(n, &hits);
        fl_map_guard(same, n, n);
        *same += 1;
        throw oh;
    }
    case SET: {
        fl_guard_set(held, 2);
        fl_guard_add(held, &hits);
        fl_guard_add(held, &raw);
        throw oh;
    }
    case ENDED: {
        fl_guard(n, &hits);
        fl_unlock(n);
        throw oh;
    }
    case WHERES:
        break;
    }
}

static void exceptions_end_guards()
{
    for (int at = 0; at < WHERES; at++) {
        bool caught = false;

        try {
            throw_under(static_cast<where>(at));
        } catch (const std::runtime_error &e) {
            caught = std::string(e.what()) == "oh";
        }
        CHECK(caught);
        CHECK(is_free(&hits));
        CHECK(is_free_for_writing(&table));
        CHECK(fl_lock_try(&raw));
        fl_lock_release(&raw);
        CHECK(!fl_is_poisoned(&hits)); // only panics poison
        CHECK(!fl_is_poisoned(&table));
    }
}

static void throw_out_of_c(void *)
{
    throw 7;
}

static void exceptions_pass_c_functions()
{
    c_number m = FL_MUTEX(0);
    int caught = 0;

    try {
        call_under_guards(&m, throw_out_of_c, nullptr);
    } catch (int e) {
        caught = e;
    }
    CHECK(caught == 7);
    fl_guard(n, &m);
    CHECK(*n == 1);
}

static void a_borrow_ends_with_an_exception()
{
    cell c = FL_REFCELL(1);

    try {
        fl_borrow_mut(w, &c);
        *w = 2;
        throw 1;
    } catch (int) {
    }
    fl_borrow_mut(w, &c);
    CHECK(*w == 2);
}

// ---- panics ----

static int destroyed;
struct counted {
    ~counted() { destroyed++; }
};

static void panic_under_guards(void *)
{
    counted before;
    fl_guard(n, &hits);
    counted after;
    fl_read_guard(v, &table);

    *n += *v;
    fl_panic("on purpose");
}

static void panic_past_a_handler(void *)
{
    fl_write_guard(n, &table);
    try {
        *n += 1;
        fl_panic("on purpose");
    } catch (const std::exception &) { // not one
        CHECK(!"a panic is no std::exception");
    }
}

static void be_quiet(const struct fl_panic_info *)
{
}

static void panics_run_destructors_and_poison()
{
    fl_set_panic_hook(be_quiet);
    CHECK(fl_catch(panic_under_guards, nullptr) == FL_PANICKED);
    CHECK(destroyed == 2);
    CHECK(fl_is_poisoned(&hits));
    CHECK(!fl_is_poisoned(&table)); // it only read
    fl_clear_poison(&hits);
    CHECK(is_free(&hits));
    CHECK(is_free_for_writing(&table));
    CHECK(fl_catch(panic_past_a_handler, nullptr) == FL_PANICKED);
    CHECK(fl_is_poisoned(&table));
    fl_clear_poison(&table);
    CHECK(is_free_for_writing(&table));
    CHECK(in_threads_of_ours(3, panic_past_a_handler, nullptr) == 3); // one poisons, the others refuse
    fl_clear_poison(&table);
    CHECK(is_free_for_writing(&table));
}

// ---- threads ----

enum { EACH = 20000 };

static void hit_and_throw(void *)
{
    for (int i = 0; i < EACH; i++) {
        try {
            fl_guard(n, &hits);
            *n += 1;
            if (i % 3 == 0)
                throw i;
        } catch (int) {
        }
        try {
            fl_write_guard(n, &table);
            *n += 1;
            if (i % 5 == 0)
                throw i;
        } catch (int) {
        }
        fl_with_read (n, &table) CHECK(*n > 0);
    }
}

static void threads_of_both_kinds_share_locks()
{
    std::vector<std::thread> threads;

    *fl_data_mut(&hits) = *fl_data_mut(&table) = 0;
    for (int i = 0; i < 3; i++)
        threads.emplace_back(hit_and_throw, nullptr);
    CHECK(in_threads_of_ours(3, hit_and_throw, nullptr) == 0);
    for (std::thread &t : threads)
        t.join();
    CHECK(*fl_data_mut(&hits) == 6 * EACH);
    CHECK(*fl_data_mut(&table) == 6 * EACH);
}

// A number is waited for by a condition variable, sent by another thread, and added up by a third.
static fl_mutex(int) stage = FL_MUTEX(0);
static struct fl_condvar changed = FL_CONDVAR;

static void channels_and_condition_variables()
{
    struct both_ends ends = open_channel();
    long sum = 0;
    std::thread receiver([&] { sum = receive_sum(&ends); });
    std::thread sender([&] {
        {
            fl_guard(s, &stage);
            fl_wait_while(&changed, s, *s == 0);
        }
        for (long i = 1; i <= 1000; i++)
            CHECK(send_number(&ends, i));
        close_sender(&ends);
    });

    fl_with (s, &stage) *s = 1;
    fl_notify_all(&changed);
    sender.join();
    receiver.join();
    close_receiver(&ends);
    CHECK(sum == 500500);
}

int main()
{
    exceptions_end_guards();
    exceptions_pass_c_functions();
    a_borrow_ends_with_an_exception();
    panics_run_destructors_and_poison();
    threads_of_both_kinds_share_locks();
    channels_and_condition_variables();
    std::puts("ok");
}
