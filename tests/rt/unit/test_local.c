/* Thread-locals: when they are made and when they are dropped, in threads of every origin. */
#include "panics.h"
#include "tracked.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* What happened, in order, from any thread. */
static char story[512];
static pthread_mutex_t story_lock = PTHREAD_MUTEX_INITIALIZER;
static void tell(const char *what)
{
    pthread_mutex_lock(&story_lock);
    assert_true(strlen(story) + strlen(what) + 2 < sizeof story);
    strcat(strcat(story, what), " ");
    pthread_mutex_unlock(&story_lock);
}

/* A value that tells when it is dropped, and may do something more then. */
typedef struct {
    const char *name;
    void (*at_drop)(void);
} teller;
static void teller_drop(teller *t)
{
    if (!t->name)
        return;
    tell(t->name);
    if (t->at_drop)
        t->at_drop();
}
#define FL_OWNED teller, teller_drop
#include <fearless/owned.h>

static void (*a_at_drop)(void), (*b_at_drop)(void), (*c_at_drop)(void);
static int made;
static teller make_a(void)
{
    __atomic_add_fetch(&made, 1, __ATOMIC_RELAXED);
    return (teller){"a", a_at_drop};
}
static teller make_b(void)
{
    return (teller){"b", b_at_drop};
}
static teller make_c(void)
{
    return (teller){"c", c_at_drop};
}
static FL_THREAD_LOCAL(teller, a, make_a);
static FL_THREAD_LOCAL(teller, b, make_b);
FL_THREAD_LOCAL(teller, c, make_c);

static int seven(void)
{
    return 7;
}
static FL_THREAD_LOCAL(int, plain, seven);

static int begin(void **state)
{
    story[0] = '\0';
    made = 0;
    a_at_drop = b_at_drop = c_at_drop = NULL;
    fl_set_panic_hook(quiet);
    return tracked_begin(state);
}
static int end(void **state)
{
    fl_set_panic_hook(NULL);
    return tracked_end(state);
}

/* Runs fn in a thread of ours, and joins it. */
FL_THREAD_FN(int, call, void (*)(void), fn)
{
    fn();
    return 1;
}
static void in_thread(void (*fn)(void))
{
    fl_join_handle(int) h = fl_spawn(call, fn);
    assert_int_equal(fl_joined(h), 1);
}

/* ---- making ---- */

static void count_up(void)
{
    assert_int_equal(*fl_local(&plain), 7);
    *fl_local(&plain) = 8;
    assert_int_equal(*fl_local(&plain), 8);
}
static void each_thread_has_its_own(void **state)
{
    (void)state;
    count_up();
    in_thread(count_up);
    in_thread(count_up);
    assert_int_equal(*fl_local(&plain), 8);
    *fl_local(&plain) = 7;
}

static void use_a(void)
{
    teller *const first = fl_local(&a);
    assert_string_equal(first->name, "a");
    assert_ptr_equal(fl_local(&a), first);
}
static void nothing(void)
{
}
static void only_who_asks_makes_one(void **state)
{
    (void)state;
    in_thread(nothing);
    assert_int_equal(made, 0);
    assert_string_equal(story, "");
    in_thread(use_a);
    assert_int_equal(made, 1);
    assert_string_equal(story, "a ");
}

static int panics_left;
static teller make_or_panic(void)
{
    if (panics_left-- > 0)
        fl_panic("not yet");
    return (teller){"late", NULL};
}
static FL_THREAD_LOCAL(teller, late, make_or_panic);
static void ask_late(void *env)
{
    (void)env;
    fl_local(&late);
}
static void try_thrice(void)
{
    panics_left = 2;
    assert_int_equal(fl_catch(ask_late, NULL), FL_PANICKED);
    assert_int_equal(fl_catch(ask_late, NULL), FL_PANICKED);
    assert_string_equal(fl_panic_message(), "not yet");
    assert_string_equal(fl_local(&late)->name, "late");
    assert_int_equal(panics_left, -1);
}
static void try_once(void)
{
    panics_left = 1;
    assert_int_equal(fl_catch(ask_late, NULL), FL_PANICKED);
}
static void an_init_that_panics(void **state)
{
    (void)state;
    in_thread(try_thrice);
    assert_string_equal(story, "late ");
    in_thread(try_once); /* nothing was made, nothing is dropped */
    assert_string_equal(story, "late ");
}

static teller make_recursive(void);
static FL_THREAD_LOCAL(teller, recursive, make_recursive);
static teller make_recursive(void)
{
    return (teller){fl_local(&recursive)->name, NULL};
}
static void ask_recursive(void *env)
{
    (void)env;
    fl_local(&recursive);
}
static void an_init_that_asks_for_itself(void **state)
{
    (void)state;
    assert_int_equal(fl_catch(ask_recursive, NULL), FL_PANICKED);
    assert_non_null(strstr(fl_panic_message(), "the function that makes this thread-local asks for it"));
    assert_int_equal(fl_catch(ask_recursive, NULL), FL_PANICKED); /* and again, not something else */
    assert_non_null(strstr(fl_panic_message(), "asks for it"));
}

static int calls;
static int once_more(void)
{
    return ++calls;
}
static int *inside(void)
{
    static FL_THREAD_LOCAL(int, count, once_more);
    return fl_local(&count);
}
typedef struct {
    _Alignas(256) char byte;
    char rest[100000];
} big;
static big make_big(void)
{
    return (big){.byte = 3, .rest = {[99999] = 4}};
}
static FL_THREAD_LOCAL(big, large, make_big);
static void use_large(void)
{
    assert_int_equal((uintptr_t)fl_local(&large) % 256, 0);
    assert_int_equal(fl_local(&large)->byte + fl_local(&large)->rest[99999], 7);
}
static void values_of_all_kinds(void **state)
{
    (void)state;
    assert_int_equal(*inside(), 1);
    assert_int_equal(*inside(), 1);
    use_large();
    in_thread(use_large);
}

/* ---- dropping ---- */

static void use_abc(void)
{
    fl_local(&a);
    fl_local(&b);
    fl_local(&c);
    fl_local(&a);
    tell("end");
}
static void use_cba(void)
{
    fl_local(&c);
    fl_local(&b);
    fl_local(&a);
}
static void in_reverse_order_before_join(void **state)
{
    (void)state;
    in_thread(use_abc);
    assert_string_equal(story, "end c b a ");
    story[0] = '\0';
    in_thread(use_cba);
    assert_string_equal(story, "a b c ");
}

static teller make_around_a(void)
{
    fl_local(&a);
    return (teller){"around", NULL};
}
static FL_THREAD_LOCAL(teller, around, make_around_a);
static void use_around(void)
{
    fl_local(&around);
}
/* What it was made from is ready first, and so outlives it. */
static void made_from_another(void **state)
{
    (void)state;
    in_thread(use_around);
    assert_string_equal(story, "around a ");
}

static void a_is_gone(void)
{
    tell(fl_local(&a) ? "a!" : "no-a");
}
static void use_bc(void)
{
    fl_local(&b);
    fl_local(&c);
}
static void gone_while_dropped_and_after(void **state)
{
    (void)state;
    a_at_drop = b_at_drop = a_is_gone; /* a is dropped first: made last */
    in_thread(use_cba);
    assert_string_equal(story, "a no-a b no-a c ");
    story[0] = '\0';
    c_at_drop = a_is_gone; /* a, which was made first, is still there when c is dropped */
    in_thread(use_abc);
    assert_string_equal(story, "end c a! b a! a no-a ");
}

static void ask_a(void)
{
    assert_non_null(fl_local(&a));
}
static void ask_b_then_c(void)
{
    assert_non_null(fl_local(&b));
    assert_non_null(fl_local(&c));
}
static void b_is_gone(void)
{
    tell(fl_local(&b) ? "b!" : "no-b");
}
static void a_drop_that_makes_others(void **state)
{
    (void)state;
    c_at_drop = ask_a; /* makes a, which is dropped next: last made */
    in_thread(use_bc);
    assert_string_equal(story, "c a b ");
    story[0] = '\0';
    a_at_drop = ask_b_then_c;
    c_at_drop = b_at_drop = a_is_gone;
    in_thread(use_a);
    assert_string_equal(story, "a c no-a b no-a ");
    story[0] = '\0';
    a_at_drop = ask_b_then_c; /* a makes b; b's drop asks for a, which is gone, and for itself */
    b_at_drop = b_is_gone;
    c_at_drop = NULL;
    in_thread(use_a);
    assert_string_equal(story, "a c b no-b ");
}

static void use_plain_late(void)
{
    tell(*fl_local(&plain) == 8 ? "plain" : "?");
}
static void use_plain_and_a(void)
{
    fl_local(&a);
    *fl_local(&plain) = 8;
}
static void plain_values_outlive_all(void **state)
{
    (void)state;
    a_at_drop = use_plain_late;
    in_thread(use_plain_and_a);
    assert_string_equal(story, "a plain ");
}

static void panic_now(void)
{
    fl_panic("in a drop");
}
static void a_drop_that_panics(void **state)
{
    (void)state;
    b_at_drop = panic_now;
    in_thread(use_abc); /* with its result */
    assert_string_equal(story, "end c b a ");
    story[0] = '\0';
    a_at_drop = b_at_drop = c_at_drop = panic_now;
    in_thread(use_abc);
    assert_string_equal(story, "end c b a ");
}

/* ---- owned values of other kinds ---- */

static tracked make_tracked(void)
{
    return tracked_of("local");
}
static FL_THREAD_LOCAL(tracked, owned, make_tracked);
typedef fl_sender(int) int_sender;
static int_sender no_sender(void)
{
    return NULL;
}
static FL_THREAD_LOCAL(int_sender, outbox, no_sender);
FL_THREAD_FN(void, send_later, int_sender, tx)
{
    *fl_local(&outbox) = fl_move(tx);
    fl_unwrap(fl_send(*fl_local(&outbox), 5));
    assert_string_equal(fl_local(&owned)->name, "local");
}
static void handles_and_memory(void **state)
{
    int_sender tx;
    fl_receiver(int) rx;
    int got;
    (void)state;
    fl_channel(&tx, &rx);
    fl_join_handle(void) h = fl_spawn(send_later, fl_move(tx));
    fl_unwrap(fl_join(h));
    assert_int_equal(tracked_drops, 1);
    assert_int_equal(fl_try_recv(rx, &got), FL_OK);
    assert_int_equal(fl_try_recv(rx, &got), FL_CLOSED); /* the sender was dropped with its thread */
    fl_drop(rx);
}

/* ---- other ways for a thread to end ---- */

static void leave_by_pthread_exit(void)
{
    fl_local(&a);
    fl_local(&b);
    pthread_exit(NULL);
}
static void leave_by_panic(void)
{
    fl_local(&a);
    fl_local(&b);
    fl_panic("over");
}
static void exit_again(void)
{
    pthread_exit(NULL);
}
static void every_way_out(void **state)
{
    (void)state;
    fl_join_handle(int) h = fl_spawn(call, leave_by_pthread_exit);
    assert_int_equal(fl_join(h), FL_PANICKED);
    assert_string_equal(story, "b a ");
    h = fl_spawn(call, leave_by_panic);
    assert_int_equal(fl_join(h), FL_PANICKED);
    assert_string_equal(fl_panic_message(), "over");
    assert_string_equal(story, "b a b a ");
    story[0] = '\0';
    b_at_drop = exit_again; /* the rest is dropped all the same */
    fl_join_handle(int) g = fl_spawn(call, use_abc);
    assert_int_equal(fl_joined(g), 1);
    assert_string_equal(story, "end c b a ");
}

/* The result of a detached thread is dropped after its thread-locals; what that makes is dropped, too. */
typedef struct {
    int fd;
} after;
static void after_drop(after *x)
{
    if (x->fd == 0)
        return;
    tell(fl_local(&a) ? "a!" : "no-a");
    assert_non_null(fl_local(&b));
    tell("result");
}
#define FL_OWNED after, after_drop
#include <fearless/owned.h>
static int told_pipe[2];
static void b_is_dropped(void)
{
    assert_int_equal(write(told_pipe[1], "", 1), 1);
}
FL_THREAD_FN(after, give_after, int, fd, fl_receiver(void), go)
{
    fl_auto(go);
    fl_local(&a);
    fl_ignore(fl_recv(go, NULL));
    return (after){fd};
}
static void results_of_detached_threads(void **state)
{
    char byte;
    fl_sender(void) tx;
    fl_receiver(void) rx;
    (void)state;
    assert_int_equal(pipe(told_pipe), 0);
    b_at_drop = b_is_dropped;
    fl_channel(&tx, &rx);
    fl_detach(fl_spawn(give_after, 1, fl_move(rx)));
    fl_drop(tx);
    assert_int_equal(read(told_pipe[0], &byte, 1), 1);
    pthread_mutex_lock(&story_lock); /* a pipe orders nothing that valgrind's tools know of */
    assert_string_equal(story, "a no-a result b ");
    pthread_mutex_unlock(&story_lock);
    close(told_pipe[0]);
    close(told_pipe[1]);
}

/* ---- threads that somebody else started ---- */

static void *call_it(void *fn)
{
    ((void (*)(void))(uintptr_t)fn)();
    return NULL;
}
static void in_pthread(void (*fn)(void))
{
    pthread_t t;
    assert_int_equal(pthread_create(&t, NULL, call_it, (void *)(uintptr_t)fn), 0);
    assert_int_equal(pthread_join(t, NULL), 0);
}
static void foreign_threads(void **state)
{
    (void)state;
    in_pthread(use_abc);
    assert_string_equal(story, "end c b a ");
    story[0] = '\0';
    in_pthread(leave_by_pthread_exit);
    assert_string_equal(story, "b a ");
    story[0] = '\0';
    in_pthread(leave_by_panic);
    assert_string_equal(story, "b a ");
    story[0] = '\0';
    a_at_drop = b_at_drop = panic_now; /* also after a panic: that one is over */
    in_pthread(leave_by_panic);
    assert_string_equal(story, "b a ");
    story[0] = '\0';
    a_at_drop = ask_b_then_c;
    b_at_drop = a_is_gone;
    in_pthread(use_a);
    assert_string_equal(story, "a c b no-a ");
}

/* The destructor of somebody's key uses thread-locals: in each round, a new one. */
static pthread_key_t late_key;
static void use_late(void *round)
{
    switch ((uintptr_t)round) {
    case 1: fl_local(&a); break;
    case 2: fl_local(&b); break;
    default: fl_local(&c); return;
    }
    pthread_setspecific(late_key, (void *)((uintptr_t)round + 1));
}
/* ThreadSanitizer takes the last round of destructors for the end of the thread, and cannot look at it any more. */
#ifdef __SANITIZE_THREAD__
#define FIRST_ROUND 2
#define ALL_ROUNDS "b c "
#else
#define FIRST_ROUND 1
#define ALL_ROUNDS "a b c "
#endif
static void set_late_key(void)
{
    pthread_setspecific(late_key, (void *)FIRST_ROUND);
}
static void set_late_key_and_make(void)
{
    pthread_setspecific(late_key, (void *)2);
    fl_local(&a);
}
static void destructors_of_keys(void **state)
{
    (void)state;
    assert_int_equal(pthread_key_create(&late_key, use_late), 0);
    in_pthread(set_late_key);
    assert_string_equal(story, ALL_ROUNDS);
    story[0] = '\0';
    in_thread(set_late_key); /* of ours, too: its own turn is over then */
    assert_string_equal(story, ALL_ROUNDS);
    story[0] = '\0';
    in_thread(set_late_key_and_make);
    assert_string_equal(story, "a b c ");
    pthread_key_delete(late_key);
}

/* ---- the end of the program ---- */

static int told_fd;
static void say_a(void)
{
    assert_int_equal(write(told_fd, "a", 1), 1);
}
static void say_b(void)
{
    assert_int_equal(write(told_fd, "b", 1), 1);
}
static void at_end(void)
{
    assert_int_equal(write(told_fd, fl_local(&a) ? "+" : "-", 1), 1);
}
static void *use_and_exit(void *unused)
{
    fl_local(&b);
    exit(5);
    return unused;
}
static void end_by(int how)
{
    if (how == 3) /* before: runs after ours, and finds it gone */
        atexit(at_end);
    a_at_drop = how == 4 ? panic_now : say_a;
    b_at_drop = say_b;
    fl_local(&a);
    pthread_t t;
    switch (how) {
    case 0: fl_local(&b); exit(5);
    case 1: _exit(5);
    case 2: fl_local(&b); fl_panic("main");
    case 3: exit(5);
    case 4: exit(5);
    case 5: pthread_create(&t, NULL, use_and_exit, NULL); pthread_join(t, NULL); _exit(6);
    case 6: fl_local(&b); pthread_exit(NULL);
    }
}
static void check_end(int how, const char *expected, int status_expected)
{
    int fds[2], status = 0;
    char got[8] = "";
    assert_int_equal(pipe(fds), 0);
    fflush(NULL);
    const pid_t pid = fork();
    if (pid == 0) {
        close(fds[0]);
        close(2);
        told_fd = fds[1];
        end_by(how);
        _exit(9);
    }
    close(fds[1]);
    for (size_t n = 0, more; (more = (size_t)read(fds[0], got + n, sizeof got - 1 - n)) > 0; n += more)
        ;
    close(fds[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), status_expected);
    assert_string_equal(got, expected);
}
static void main_at_exit(void **state)
{
    (void)state;
    check_end(0, "ba", 5);
    check_end(1, "", 5);
    check_end(2, "ba", 101);
    check_end(3, "a-", 5);
    check_end(4, "", 5); /* a panic in a drop does not change how the program ends */
    check_end(5, "b", 5); /* the thread that calls exit: its own */
    /* Not under ThreadSanitizer, whose own thread keeps a process alive that main has left; nor under AddressSanitizer, for
     * which everything that hung on main's stack has leaked then. */
#if !defined __SANITIZE_THREAD__ && !defined __SANITIZE_ADDRESS__
    check_end(6, "ba", 0);
#endif
}

#define local_test(f) cmocka_unit_test_setup_teardown(f, begin, end)
int main(void)
{
    const struct CMUnitTest tests[] = {
        local_test(main_at_exit), /* first: the main thread has used none of them yet */
        local_test(each_thread_has_its_own),
        local_test(only_who_asks_makes_one),
        local_test(an_init_that_panics),
        local_test(an_init_that_asks_for_itself),
        local_test(values_of_all_kinds),
        local_test(in_reverse_order_before_join),
        local_test(made_from_another),
        local_test(gone_while_dropped_and_after),
        local_test(a_drop_that_makes_others),
        local_test(plain_values_outlive_all),
        local_test(a_drop_that_panics),
        local_test(handles_and_memory),
        local_test(every_way_out),
        local_test(results_of_detached_threads),
        local_test(foreign_threads),
        local_test(destructors_of_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
