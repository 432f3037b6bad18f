/* Every operation that allocates, with every one of its allocations failing once: what it then says, and that nothing is
 * lost by it.
 *
 * The linker puts the functions below between the library and malloc (--wrap). A row of the table is run with the first
 * allocation failing, then with the second ... until none fails any more; and again with all failing from there on. Each
 * time it must give FL_NO_MEMORY or panic about memory, whichever the row says, and leave as many allocations and
 * values alive as there were before. To add an operation, add a row. */
#include <fearless.h>

#include "atomic.h"
#include "park.h"
#include "panics.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* ---- between the library and malloc ---- */

static FL_ATOMIC(long) live; /* allocations of any thread that have not been freed */

/* Only the thread of the row is made to fail: what others allocate at the time is not always the same. */
static _Thread_local bool armed;
static _Thread_local long countdown, made; /* until the one that fails; since armed */
static _Thread_local bool all_from_then_on, failed;

static bool may_allocate(void)
{
    if (!armed)
        return true;
    made++;
    if (countdown > 0) {
        countdown--;
        return true;
    }
    if (countdown < 0) /* it is over */
        return true;
    failed = true;
    if (!all_from_then_on)
        countdown = -1;
    return false;
}

static void *counted(void *memory)
{
    if (memory)
        fl_add_relaxed(&live, 1);
    return memory;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t align, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t n);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t align, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t n);
void __wrap_free(void *memory);

void *__wrap_malloc(size_t size)
{
    return may_allocate() ? counted(__real_malloc(size)) : NULL;
}
void *__wrap_calloc(size_t n, size_t size)
{
    return may_allocate() ? counted(__real_calloc(n, size)) : NULL;
}
void *__wrap_realloc(void *memory, size_t size)
{
    if (!may_allocate())
        return NULL;
    return memory ? __real_realloc(memory, size) : counted(__real_realloc(memory, size));
}
void *__wrap_aligned_alloc(size_t align, size_t size)
{
    return may_allocate() ? counted(__real_aligned_alloc(align, size)) : NULL;
}
char *__wrap_strdup(const char *text)
{
    return may_allocate() ? counted(__real_strdup(text)) : NULL;
}
char *__wrap_strndup(const char *text, size_t n)
{
    return may_allocate() ? counted(__real_strndup(text, n)) : NULL;
}
void __wrap_free(void *memory)
{
    if (memory)
        fl_sub_relaxed(&live, 1);
    __real_free(memory);
}

/* Allocates for its caller. (fl_available_parallelism reads with it; glibc makes getline a call of __getdelim.) */
ssize_t __real_getline(char **line, size_t *size, FILE *file);
ssize_t __wrap_getline(char **line, size_t *size, FILE *file);
ssize_t __wrap___getdelim(char **line, size_t *size, int delimiter, FILE *file);
ssize_t __wrap_getline(char **line, size_t *size, FILE *file)
{
    const bool had_line = *line;

    if (!had_line && !may_allocate())
        return -1;
    const ssize_t n = __real_getline(line, size, file);
    if (!had_line)
        counted(*line);
    return n;
}
ssize_t __wrap___getdelim(char **line, size_t *size, int delimiter, FILE *file)
{
    assert_int_equal(delimiter, '\n');
    return __wrap_getline(line, size, file);
}

/* What asks the system for memory in other ways than malloc. */
int __real_pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*fn)(void *), void *arg);
int __real_pthread_attr_init(pthread_attr_t *attr);
int __real_pthread_setspecific(pthread_key_t key, const void *value);
int __real_atexit(void (*fn)(void));
FILE *__real_fopen(const char *name, const char *mode);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*fn)(void *), void *arg);
int __wrap_pthread_attr_init(pthread_attr_t *attr);
int __wrap_pthread_setspecific(pthread_key_t key, const void *value);
int __wrap_atexit(void (*fn)(void));
FILE *__wrap_fopen(const char *name, const char *mode);

int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*fn)(void *), void *arg)
{
    return may_allocate() ? __real_pthread_create(t, attr, fn, arg) : ENOMEM;
}
int __wrap_pthread_attr_init(pthread_attr_t *attr)
{
    return may_allocate() ? __real_pthread_attr_init(attr) : ENOMEM;
}
static FL_ATOMIC(int) notes_fail; /* in every thread */
int __wrap_pthread_setspecific(pthread_key_t key, const void *value)
{
    if (fl_load_relaxed(&notes_fail))
        return ENOMEM;
    return may_allocate() ? __real_pthread_setspecific(key, value) : ENOMEM;
}
int __wrap_atexit(void (*fn)(void))
{
    return may_allocate() ? __real_atexit(fn) : -1;
}
FILE *__wrap_fopen(const char *name, const char *mode)
{
    return may_allocate() ? __real_fopen(name, mode) : NULL;
}

/* ---- values that count themselves, without memory of their own ---- */

typedef struct {
    int number; /* 0: empty */
} item;
static FL_ATOMIC(long) items_alive;
static item item_of(int number)
{
    fl_add_relaxed(&items_alive, 1);
    return (item){number};
}
static void item_drop(item *i)
{
    if (i->number)
        fl_sub_relaxed(&items_alive, 1);
}
#define FL_OWNED item, item_drop
#include <fearless/owned.h>

static item item_copy(const item *i)
{
    return item_of(i->number);
}

typedef struct {
    _Alignas(256) item inside;
} wide_item;
FL_DROP_FIELDS(wide_item, wide_item_drop, inside)
#define FL_OWNED wide_item, wide_item_drop
#include <fearless/owned.h>

typedef struct {
    item inside;
    fl_weak(void) self;
} arc_node;
FL_DROP_FIELDS(arc_node, arc_node_drop, inside)
#define FL_OWNED arc_node, arc_node_drop
#include <fearless/owned.h>

typedef struct {
    item inside;
    fl_rc_weak(void) self;
} rc_node;
FL_DROP_FIELDS(rc_node, rc_node_drop, inside)
#define FL_OWNED rc_node, rc_node_drop
#include <fearless/owned.h>

/* ---- the rows: each gives FL_OK when there is memory ---- */

static fl_status box(void)
{
    fl_box(item) b = fl_box_new(item, item_of(1));
    fl_auto(b);
    fl_box(wide_item) w = fl_box_new(wide_item, {item_of(2)});
    fl_auto(w);
    return FL_OK;
}

static fl_status arc(void)
{
    fl_arc(item) a = fl_arc_new(item, item_of(1));
    fl_auto(a);
    fl_arc(wide_item) w = fl_arc_new(wide_item, {item_of(2)});
    fl_auto(w);
    return FL_OK;
}

static arc_node make_node(fl_weak(arc_node) self, void *env)
{
    (void)self, (void)env;
    return (arc_node){.inside = item_of(1)};
}
static fl_status arc_cyclic(void)
{
    fl_arc(arc_node) a = fl_arc_new_cyclic(arc_node, make_node, NULL);
    fl_auto(a);
    return FL_OK;
}

static fl_status arc_make_mut_shared(void)
{
    fl_arc(item) a = fl_arc_new(item, item_of(1));
    fl_auto(a);
    fl_arc(item) b = fl_clone(a);
    fl_auto(b);
    fl_make_mut(&b, item_copy)->number = 2;
    return fl_get(a)->number == 1 ? FL_OK : FL_SYSTEM;
}

static fl_status arc_make_mut_with_weak(void)
{
    fl_arc(item) a = fl_arc_new(item, item_of(1));
    fl_auto(a);
    fl_weak(item) w = fl_downgrade(a);
    fl_auto(w);
    fl_make_mut(&a, item_copy)->number = 2;
    return FL_OK;
}

static fl_status rc(void)
{
    fl_rc(item) a = fl_rc_new(item, item_of(1));
    fl_auto(a);
    fl_rc(wide_item) w = fl_rc_new(wide_item, {item_of(2)});
    fl_auto(w);
    fl_rc(item) b = fl_clone(a);
    fl_auto(b);
    fl_make_mut(&b, item_copy)->number = 2;
    fl_rc_weak(item) weak = fl_downgrade(a);
    fl_auto(weak);
    fl_make_mut(&a, item_copy)->number = 3;
    return FL_OK;
}

static rc_node make_rc_node(fl_rc_weak(rc_node) self, void *env)
{
    (void)self, (void)env;
    return (rc_node){.inside = item_of(1)};
}
static fl_status rc_cyclic(void)
{
    fl_rc(rc_node) a = fl_rc_new_cyclic(rc_node, make_rc_node, NULL);
    fl_auto(a);
    return FL_OK;
}

static fl_status channels(void)
{
    for (size_t n = 0; n < 3; n++) {
        fl_sender(item) tx = NULL;
        fl_receiver(item) rx = NULL;
        fl_auto(tx);
        fl_auto(rx);
        if (n == 2)
            fl_channel(&tx, &rx);
        else
            fl_sync_channel(&tx, &rx, 16 * n);
    }
    return FL_OK;
}

static fl_status trying_channels(void)
{
    for (size_t n = 0; n < 3; n++) {
        fl_sender(item) tx = NULL;
        fl_receiver(item) rx = NULL;
        fl_auto(tx);
        fl_auto(rx);
        fl_status s = n == 2 ? fl_try_channel(&tx, &rx) : fl_try_sync_channel(&tx, &rx, 16 * n);
        if (s != FL_OK) {
            assert_null(tx);
            assert_null(rx);
            return s;
        }
    }
    return FL_OK;
}

static fl_status sending(void)
{
    enum { COUNT = 300 };
    fl_sender(item) tx = NULL;
    fl_receiver(item) rx = NULL;
    int sent = 0, received = 0;
    fl_status s;

    fl_check(fl_try_channel(&tx, &rx));
    fl_auto(tx);
    fl_auto(rx);
    for (s = FL_OK; sent < COUNT && s == FL_OK; sent += s == FL_OK)
        s = fl_send(tx, item_of(sent + 1)); /* one that is not taken is dropped */
    for (int more = COUNT; more < 2 * COUNT && s == FL_OK; more++) {
        item i = item_of(more + 1);
        fl_auto(i);
        s = fl_send_or(tx, &i);
        assert_int_equal(i.number, s == FL_OK ? 0 : more + 1); /* one that is not taken stays */
        sent += s == FL_OK;
    }
    /* all that was taken is there, in order, and the channel goes on */
    fl_try_for_each (got, rx)
        assert_int_equal(got.number, ++received);
    assert_int_equal(received, sent);
    fl_status again = fl_send(tx, item_of(7));
    assert_true(again == FL_OK || failed);
    return s;
}

/* The other ways to send, each of which has to ask for a block now and then. */
static fl_status send_in_other_ways(fl_sender(item) tx, int way, item *i)
{
    switch (way) {
    case 0: return fl_try_send(tx, fl_move(*i));
    case 1: return fl_try_send_or(tx, i);
    case 2: return fl_send_timeout(tx, fl_secs(1000), fl_move(*i));
    case 3: return fl_send_deadline(tx, fl_deadline_in(fl_secs(1000)), fl_move(*i));
    default: return fl_select(fl_on_send(tx, i), fl_on_timeout(fl_secs(1000))) == 0 ? fl_selected() : FL_SYSTEM;
    }
}
static fl_status sending_in_other_ways(void)
{
    for (int way = 0; way < 5; way++) {
        fl_sender(item) tx = NULL;
        fl_receiver(item) rx = NULL;
        int sent = 0;
        fl_status s = FL_OK;

        fl_check(fl_try_channel(&tx, &rx));
        fl_auto(tx);
        fl_auto(rx);
        for (int n = 1; n < 100 && s == FL_OK; n++) {
            item i = item_of(n);
            fl_auto(i);
            s = send_in_other_ways(tx, way, &i);
            assert_int_equal(i.number, s == FL_OK || (way != 1 && way != 4) ? 0 : n);
            sent += s == FL_OK;
        }
        assert_int_equal(fl_len(rx), sent);
        fl_check(s);
    }
    return FL_OK;
}

static fl_status timers(void)
{
    fl_receiver(struct fl_instant) after = fl_after(fl_secs(1000));
    fl_auto(after);
    fl_receiver(struct fl_instant) tick = fl_tick(fl_secs(1000));
    fl_auto(tick);
    fl_receiver(item) never = fl_never(item);
    fl_auto(never);
    return FL_OK;
}

static fl_status sharing_a_receiver(void)
{
    fl_sender(item) tx = NULL;
    fl_receiver(item) rx = NULL;

    fl_channel(&tx, &rx);
    fl_auto(tx);
    fl_auto(rx);
    fl_shared_receiver(item) shared = fl_share(fl_move(rx));
    fl_auto(shared);
    fl_shared_receiver(item) other = fl_clone(shared);
    fl_auto(other);
    return FL_OK;
}

static fl_status selecting_of_many(void)
{
    enum { CASES = 100 };
    struct fl_case cases[CASES];
    fl_sender(item) tx = NULL;
    fl_receiver(item) rx = NULL;
    item got = {0};

    fl_channel(&tx, &rx);
    fl_auto(tx);
    fl_auto(rx);
    fl_auto(got);
    for (int i = 0; i < CASES - 1; i++)
        cases[i] = fl_on_recv(rx, &got);
    cases[CASES - 1] = fl_on_none();
    return fl_select_list(cases, CASES) == CASES - 1 ? FL_OK : FL_SYSTEM;
}

FL_THREAD_FN(item, pass_on, item, i)
{
    return fl_move(i);
}
FL_THREAD_FN(wide_item, pass_wide_on, wide_item, i)
{
    return fl_move(i);
}

static fl_status spawning(void)
{
    const struct fl_thread_options named = {.name = "a name that is copied"};
    fl_join_handle(item) h = fl_spawn(pass_on, item_of(1));
    item result;

    fl_unwrap(fl_join(h, &result));
    fl_drop(result);
    fl_join_handle(wide_item) w = fl_spawn_with(&named, pass_wide_on, (wide_item){item_of(2)});
    fl_unwrap(fl_join(w)); /* its result is dropped */
    return FL_OK;
}

static fl_status spawning_with_a_stack(void)
{
    const struct fl_thread_options large = {.stack_size = 1 << 20};
    fl_join_handle(item) h = fl_spawn_with(&large, pass_on, item_of(1));

    fl_unwrap(fl_join(h));
    return FL_OK;
}

static fl_status trying_to_spawn(void)
{
    fl_join_handle(item) h = NULL;
    fl_status s = fl_try_spawn(&h, pass_on, item_of(1));

    if (s == FL_OK)
        fl_unwrap(fl_join(h));
    else
        assert_null(h);
    return s;
}

static fl_status binding(void)
{
    fl_job j = fl_bind(pass_on, item_of(1));
    fl_call(j);
    fl_job never_called = fl_bind(pass_wide_on, (wide_item){item_of(2)});
    fl_auto(never_called);
    return FL_OK;
}

static fl_status spawning_in_a_scope(void)
{
    fl_scope (s) {
        for (int i = 1; i < 5; i++)
            fl_spawn_in(s, pass_on, item_of(i));
    }
    return FL_OK;
}

static fl_status trying_to_spawn_in_a_scope(void)
{
    fl_status status = FL_OK;

    fl_scope (s) {
        for (int i = 1; i < 5 && status == FL_OK; i++) {
            fl_join_handle(item) h = NULL;
            status = fl_try_spawn_in(&h, s, pass_on, item_of(i));
        }
    }
    return status;
}

static void panic_once(void *env)
{
    (void)env;
    fl_panic("a message about memory");
}
static fl_status catching(void)
{
    fl_status s = fl_catch(panic_once, NULL);

    assert_int_equal(s, FL_PANICKED);
    assert_non_null(strstr(fl_panic_message(), "memory")); /* the message, or that there was none left for it */
    return FL_OK;
}

static fl_status parallelism(void)
{
    return fl_available_parallelism() >= 1 ? FL_OK : FL_SYSTEM;
}

/* In a thread that fl_spawn did not start, which gets its record when somebody asks. */
static fl_status current(void)
{
    fl_thread me = fl_current();
    fl_auto(me);
    return FL_OK;
}

static fl_status parking(void)
{
    fl_park_timeout(fl_micros(1));
    return FL_OK;
}

static item make_local(void)
{
    return item_of(1);
}
FL_THREAD_LOCAL(item, local, make_local);
static fl_status making_a_thread_local(void)
{
    return fl_local(&local)->number == 1 ? FL_OK : FL_SYSTEM;
}

static item made_once(void *env)
{
    (void)env;
    return item_of(1);
}
static int seven(void)
{
    return 7;
}
FL_LAZY(int, lazy, seven);
static void nothing(void *env)
{
    (void)env;
}

static fl_status locks_and_cells(void)
{
    fl_mutex(item) m = FL_MUTEX({0});
    fl_rwlock(item) rw = FL_RWLOCK({0});
    struct fl_condvar cv = FL_CONDVAR;
    struct fl_once once = FL_ONCE;
    fl_once_cell(item) cell = FL_ONCE_CELL;
    struct fl_barrier barrier = FL_BARRIER(1);
    struct fl_semaphore semaphore = FL_SEMAPHORE(1);
    fl_cell(int) c = FL_CELL(1);
    fl_refcell(int) r = FL_REFCELL(1);

    fl_auto(cell);
    fl_with (i, &m) i->number = 0;
    fl_with_read (i, &rw) assert_int_equal(i->number, 0);
    fl_with_write (i, &rw) i->number = 0;
    fl_notify_one(&cv);
    fl_notify_all(&cv);
    {
        fl_guard(held, &m);
        fl_ignore(fl_wait_timeout(&cv, held, fl_micros(10)));
    }
    fl_call_once(&once, nothing, NULL);
    assert_int_equal(fl_once_get_or_init(&cell, made_once, NULL)->number, 1);
    assert_int_equal(fl_once_set(&cell, item_of(2)), FL_ALREADY);
    assert_int_equal(*fl_force(&lazy), 7);
    assert_true(fl_barrier_wait(&barrier));
    fl_acquire(&semaphore);
    assert_int_equal(fl_acquire_timeout(&semaphore, fl_micros(10)), FL_TIMEOUT);
    fl_release(&semaphore);
    fl_cell_set(&c, fl_cell_get(&c) + 1);
    {
        fl_borrow_mut(w, &r);
        *w = 2;
    }
    fl_sleep(fl_micros(1));
    return FL_OK;
}

enum says {
    PANICS,         /* about memory */
    REPORTS,        /* FL_NO_MEMORY */
    DOES_WITHOUT,   /* works all the same, maybe less well */
    NEVER_ALLOCATES /* (once the thread has what it waits with) */
};

static const struct row {
    const char *name;
    fl_status (*run)(void);
    enum says says;
    bool in_foreign_thread; /* in a pthread that is new each time */
} rows[] = {
    {"fl_box_new", box, PANICS, false},
    {"fl_arc_new", arc, PANICS, false},
    {"fl_arc_new_cyclic", arc_cyclic, PANICS, false},
    {"fl_make_mut of a shared Arc", arc_make_mut_shared, PANICS, false},
    {"fl_make_mut of an Arc with weak handles", arc_make_mut_with_weak, PANICS, false},
    {"fl_rc_new, fl_make_mut", rc, PANICS, false},
    {"fl_rc_new_cyclic", rc_cyclic, PANICS, false},
    {"fl_channel, fl_sync_channel", channels, PANICS, false},
    {"fl_try_channel, fl_try_sync_channel", trying_channels, REPORTS, false},
    {"fl_send, fl_send_or", sending, REPORTS, false},
    {"fl_try_send, fl_send_timeout, fl_on_send ...", sending_in_other_ways, REPORTS, false},
    {"fl_after, fl_tick, fl_never", timers, PANICS, false},
    {"fl_share", sharing_a_receiver, PANICS, false},
    {"fl_select_list", selecting_of_many, PANICS, false},
    {"fl_spawn, fl_spawn_with", spawning, PANICS, false},
    {"fl_spawn_with, a stack size", spawning_with_a_stack, PANICS, false},
    {"fl_try_spawn", trying_to_spawn, REPORTS, false},
    {"fl_bind", binding, PANICS, false},
    {"fl_spawn_in", spawning_in_a_scope, PANICS, false},
    {"fl_try_spawn_in", trying_to_spawn_in_a_scope, REPORTS, false},
    {"fl_catch", catching, DOES_WITHOUT, false},
    {"fl_catch in a new thread", catching, DOES_WITHOUT, true},
    {"fl_available_parallelism", parallelism, DOES_WITHOUT, false},
    {"fl_current", current, PANICS, true},
    {"fl_park_timeout", parking, PANICS, true},
    {"fl_local", making_a_thread_local, PANICS, true},
    {"locks, cells", locks_and_cells, NEVER_ALLOCATES, false},
};

/* ---- running them ---- */

static char last_message[512];
static void remember(const struct fl_panic_info *info)
{
    strncpy(last_message, info->message, sizeof last_message - 1);
}

struct attempt {
    const struct row *row;
    long fail_at; /* LONG_MAX: none */
    bool all;
    fl_status status; /* FL_PANICKED: it panicked */
    bool failed;
    long made;
};

static void run_armed(void *arg)
{
    struct attempt *a = arg;

    a->status = a->row->run();
}

/* The message of the last panic stays alive until the next one: so there is always just one. */
static void settle(void)
{
    fl_ignore(fl_catch(panic_once, NULL));
}

static void *attempt(void *arg)
{
    struct attempt *a = arg;

    countdown = a->fail_at;
    all_from_then_on = a->all;
    failed = false;
    made = 0;
    last_message[0] = '\0';
    armed = true;
    if (fl_catch(run_armed, a) != FL_OK)
        a->status = FL_PANICKED;
    armed = false;
    a->failed = failed;
    a->made = made;
    return NULL;
}

static void make(struct attempt *a)
{
    if (a->row->in_foreign_thread) {
        pthread_t t;

        assert_int_equal(pthread_create(&t, NULL, attempt, a), 0);
        pthread_join(t, NULL);
    } else {
        attempt(a);
    }
    settle();
}

static void check(const struct attempt *a, long live_before)
{
    const char *name = a->row->name;

    if (fl_load_relaxed(&live) != live_before)
        fail_msg("%s, allocation %ld fails: %ld allocations more than before", name, a->fail_at,
                 fl_load_relaxed(&live) - live_before);
    if (fl_load_relaxed(&items_alive) != 0)
        fail_msg("%s, allocation %ld fails: %ld values more than before", name, a->fail_at,
                 fl_load_relaxed(&items_alive));
    if (!a->failed || a->row->says == DOES_WITHOUT) {
        if (a->status != FL_OK)
            fail_msg("%s: %s, %s", name, fl_status_text(a->status), last_message);
    } else if (a->row->says == REPORTS) {
        if (a->status != FL_NO_MEMORY)
            fail_msg("%s, allocation %ld fails: %s, and not FL_NO_MEMORY", name, a->fail_at, fl_status_text(a->status));
    } else if (a->status != FL_PANICKED || !strstr(last_message, "memory")) {
        fail_msg("%s, allocation %ld fails: %s, %s, and not a panic that says so", name, a->fail_at,
                 fl_status_text(a->status), last_message);
    }
}

/* What a thread waits with is kept for the next thread. How many there are depends on how many threads of a row happen to
 * be alive at once; so as many as that can be are made before anything is counted. */
enum { THREADS_MOST = 16 };
static pthread_barrier_t all_are_here;

static void *wait_with_something(void *env)
{
    (void)fl_parker_self_();
    pthread_barrier_wait(&all_are_here);
    return env;
}

static void fill_the_pool(void)
{
    pthread_t t[THREADS_MOST];

    pthread_barrier_init(&all_are_here, NULL, THREADS_MOST);
    for (int i = 0; i < THREADS_MOST; i++)
        assert_int_equal(pthread_create(&t[i], NULL, wait_with_something, NULL), 0);
    for (int i = 0; i < THREADS_MOST; i++)
        pthread_join(t[i], NULL);
    pthread_barrier_destroy(&all_are_here);
}

static void each_allocation_fails_once(void **state)
{
    fl_panic_hook *old = fl_set_panic_hook(quiet);

    (void)state;
    fill_the_pool();
    settle();
    fl_set_panic_hook(remember);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct attempt first = {.row = row, .fail_at = INT32_MAX};
        long before, tried = 0;

        make(&first); /* what is kept for good is made */
        before = fl_load_relaxed(&live);
        make(&first);
        check(&first, before);
        if (row->says == NEVER_ALLOCATES) {
            assert_int_equal(first.made, 0);
            continue;
        }
        assert_true(first.made > 0); /* a row that allocates nothing tests nothing */
        for (int all = 0; all <= 1; all++)
            for (long k = 0;; k++, tried++) {
                struct attempt a = {.row = row, .fail_at = k, .all = all};

                make(&a);
                check(&a, before);
                if (!a.failed)
                    break;
            }
        print_message("%-45s %ld failures\n", row->name, tried);
    }
    fl_set_panic_hook(old);
}

/* ---- what can neither be a status nor a panic ---- */

static void fail_from_here_on(void)
{
    countdown = 0;
    all_from_then_on = armed = true;
}

/* The few bytes that a thread waits with, made when it first waits or locks. What it holds could not be given back
 * then. */
static void *lock_something(void *env)
{
    static struct fl_lock lock = FL_LOCK;

    fail_from_here_on();
    fl_lock_acquire(&lock);
    fl_lock_release(&lock);
    for (;;)
        pause();
    return env;
}
static void wait_in_too_many_threads(void)
{
    pthread_t t;

    for (int i = 0; i < 2 * THREADS_MOST; i++) /* none of which ends: until the pool is empty */
        pthread_create(&t, NULL, lock_something, NULL);
    pthread_join(t, NULL);
}

/* Who ends the thread-locals at the end of the process: asked once, by the first fl_local. */
static void make_the_first_thread_local(void)
{
    fail_from_here_on();
    (void)fl_local(&local);
}

/* A thread that runs already, and cannot note who it is. */
static void begin_a_thread(void)
{
    fl_store_relaxed(&notes_fail, 1);
    fl_join_handle(item) h = fl_spawn(pass_on, item_of(1));
    fl_ignore(fl_join(h));
}

static void aborts(void (*fn)(void), const char *words)
{
    int ends[2], status;
    char said[512] = "";
    pid_t child;
    ssize_t n;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        alarm(60);
        fn();
        _exit(0);
    }
    close(ends[1]);
    for (size_t have = 0; (n = read(ends[0], said + have, sizeof said - 1 - have)) > 0;)
        have += (size_t)n;
    close(ends[0]);
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    if (!strstr(said, words))
        fail_msg("it does not say \"%s\": %s", words, said);
}

static void a_thread_that_cannot_wait_aborts(void **state)
{
    (void)state;
    aborts(wait_in_too_many_threads, "out of memory");
}

/* Runs before any other use of thread-locals. */
static void a_process_that_cannot_end_its_thread_locals_aborts(void **state)
{
    (void)state;
    aborts(make_the_first_thread_local, "out of memory: atexit");
}

static void a_thread_that_cannot_know_itself_aborts(void **state)
{
    (void)state;
    aborts(begin_a_thread, "out of memory for a thread that begins");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_that_cannot_end_its_thread_locals_aborts),
        cmocka_unit_test(each_allocation_fails_once),
        cmocka_unit_test(a_thread_that_cannot_wait_aborts),
        cmocka_unit_test(a_thread_that_cannot_know_itself_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
