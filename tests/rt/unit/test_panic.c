/* Panics: what runs, where they end, what is told. What must end the process is tried in a child. */
#define _GNU_SOURCE
#include "tracked.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- frames to unwind ---- */

static int cleanups;
__attribute__((noinline)) static int leaf(int n)
{
    tracked t = tracked_of("leaf");
    fl_auto(t);
    if (n)
        fl_panic("leaf %d", n);
    return (int)strlen(t.name);
}
__attribute__((noinline)) static int middle(int n)
{
    tracked t = tracked_of("middle");
    fl_auto(t);
    int r = leaf(0);
    {
        tracked u = tracked_of("middle's block");
        fl_auto(u);
        r += leaf(n);
    }
    return r;
}
static inline int inlined(int n)
{
    tracked t = tracked_of("inlined");
    fl_auto(t);
    return middle(n);
}
static void deep(void *env)
{
    tracked t = tracked_of("deep");
    fl_auto(t);
    if (inlined(*(int *)env) < 0)
        abort();
}
static int compare(const void *a, const void *b)
{
    (void)a, (void)b;
    fl_panic("in qsort");
}
static void in_qsort(void *env)
{
    int values[] = {3, 2, 1};
    (void)env;
    qsort(values, 3, sizeof *values, compare);
}
static void once(void)
{
    fl_panic("in pthread_once");
}
static void in_once(void *env)
{
    static pthread_once_t o = PTHREAD_ONCE_INIT;
    (void)env;
    pthread_once(&o, once);
}
static void in_loop(void *env)
{
    for (int i = 0; i < 3; i++) {
        tracked t = tracked_of("loop");
        fl_auto(t);
        leaf(i == 1 ? *(int *)env : 0);
    }
}
static void hook_info(const struct fl_panic_info *info);
static void catch_inside(void *env)
{
    tracked t = tracked_of("outside the inner catch");
    fl_auto(t);
    assert_int_equal(fl_catch(deep, env), FL_PANICKED);
    assert_string_equal(fl_panic_message(), "leaf 5");
    fl_panic("outer");
}
static void does_nothing(void *env)
{
    (void)env;
}
static void says_whether_panicking(int *was)
{
    *was = fl_panicking();
    cleanups++;
}
static void notes_panicking(void *env)
{
    __attribute__((cleanup(says_whether_panicking))) int was = 0;
    (void)was;
    if (env)
        fl_panic("now");
}

static int hooks;
static char hook_text[256], hook_file[256];
static void hook_info(const struct fl_panic_info *info)
{
    hooks++;
    snprintf(hook_text, sizeof hook_text, "%s", info->message);
    snprintf(hook_file, sizeof hook_file, "%s:%d %s", info->file, info->line, info->thread_name ? info->thread_name : "-");
}

static int begin(void **state)
{
    fl_set_panic_hook(hook_info);
    hooks = cleanups = 0;
    return tracked_begin(state);
}
static int finish(void **state)
{
    fl_set_panic_hook(NULL);
    return tracked_end(state);
}

static void every_frame_is_cleaned(void **state)
{
    int n = 5;
    (void)state;
    assert_int_equal(fl_catch(deep, &n), FL_PANICKED);
    assert_string_equal(fl_panic_message(), "leaf 5");
    assert_int_equal(tracked_alive, 0);
    assert_int_equal(tracked_drops, 6);
    assert_string_equal(tracked_last, "deep");
    assert_false(fl_panicking());
    n = 0;
    assert_int_equal(fl_catch(deep, &n), FL_OK);
    assert_string_equal(fl_panic_message(), "leaf 5"); /* until the next panic */
}

static void through_other_peoples_frames(void **state)
{
    int n = 1;
    (void)state;
    assert_int_equal(fl_catch(in_qsort, NULL), FL_PANICKED);
    assert_string_equal(fl_panic_message(), "in qsort");
    assert_int_equal(fl_catch(in_once, NULL), FL_PANICKED);
    assert_int_equal(fl_catch(in_loop, &n), FL_PANICKED);
    assert_int_equal(tracked_alive, 0);
}

static void the_innermost_catch_catches(void **state)
{
    int n = 5;
    (void)state;
    assert_int_equal(fl_catch(catch_inside, &n), FL_PANICKED);
    assert_string_equal(fl_panic_message(), "outer");
    assert_int_equal(hooks, 2);
}

static void panicking_is_seen_by_cleanups(void **state)
{
    (void)state;
    assert_int_equal(fl_catch(notes_panicking, hooks == 0 ? &hooks : NULL), FL_PANICKED);
    assert_int_equal(cleanups, 1);
    assert_int_equal(fl_catch(notes_panicking, NULL), FL_OK);
    assert_int_equal(cleanups, 2);
}

static void the_hook_gets_it_all(void **state)
{
    int n = 7;
    (void)state;
    assert_int_equal(fl_catch(deep, &n), FL_PANICKED);
    assert_string_equal(hook_text, "leaf 7");
    assert_non_null(strstr(hook_file, "test_panic.c:"));
    assert_non_null(strstr(hook_file, " main"));
    assert_ptr_equal(fl_set_panic_hook(NULL), hook_info);
    assert_null(fl_set_panic_hook(hook_info));
}

static void very_long(void *env)
{
    char text[3000];
    (void)env;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    fl_panic("%s", text);
}
static void a_long_message_is_cut(void **state)
{
    (void)state;
    assert_int_equal(fl_catch(very_long, NULL), FL_PANICKED);
    assert_int_equal(strlen(fl_panic_message()), 1023);
}

/* ---- statuses ---- */

static void unwraps(void *env)
{
    fl_unwrap(*(fl_status *)env);
}
static void expects(void *env)
{
    fl_expect(*(fl_status *)env, "a printer");
}
static fl_status checks(fl_status s, int *reached)
{
    fl_check(s);
    *reached = 1;
    return FL_ALREADY;
}

static void statuses(void **state)
{
    fl_status s = FL_OK;
    int reached = 0;
    (void)state;
    assert_int_equal(fl_catch(unwraps, &s), FL_OK);
    s = FL_CLOSED;
    assert_int_equal(fl_catch(unwraps, &s), FL_PANICKED);
    assert_non_null(strstr(fl_panic_message(), "*(fl_status *)env"));
    assert_non_null(strstr(fl_panic_message(), fl_status_text(FL_CLOSED)));
    assert_non_null(strstr(fl_panic_message(), "FL_CLOSED"));
    assert_int_equal(fl_catch(expects, &s), FL_PANICKED);
    assert_non_null(strstr(fl_panic_message(), "a printer"));
    assert_int_equal(checks(FL_FULL, &reached), FL_FULL);
    assert_int_equal(reached, 0);
    assert_int_equal(checks(FL_OK, &reached), FL_ALREADY);
    fl_ignore(s);
    for (int i = FL_OK; i <= FL_SYSTEM; i++) {
        assert_true(strlen(fl_status_text((fl_status)i)) > 1);
        assert_string_not_equal(fl_status_text((fl_status)i), "unknown status");
        for (int j = 0; j < i; j++)
            assert_string_not_equal(fl_status_text((fl_status)i), fl_status_text((fl_status)j));
    }
    assert_string_equal(fl_status_text((fl_status)99), "unknown status");
}

typedef fl_mutex(int) counter;

static void counts_and_panics(void *env)
{
    counter *const c = env;
    fl_with (n, c)
        ++*n;
    fl_panic("counted");
}

/* A cell's address is a pointer to volatile: it is taken as it is, without a warning. */
static void catch_takes_a_cell(void **state)
{
    counter c = FL_MUTEX(4);
    (void)state;
    assert_int_equal(fl_catch(counts_and_panics, &c), FL_PANICKED);
    fl_with (n, &c)
        assert_int_equal(*n, 5);
}

/* ---- ends of the process ---- */

static char child_said[4096];

/* The child's wait status; what it wrote to stdout and stderr is in child_said. */
static int child(void (*fn)(void))
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        fl_set_panic_hook(NULL);
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        signal(SIGABRT, SIG_DFL); /* cmocka's handlers are its own business */
        fn();
        fflush(NULL);
        _exit(77);
    }
    close(ends[1]);
    size_t n = 0;
    for (ssize_t got; n < sizeof child_said - 1 && (got = read(ends[0], child_said + n, sizeof child_said - 1 - n)) > 0;)
        n += (size_t)got;
    child_said[n] = '\0';
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}
#define assert_said(text)                                                                          \
    do {                                                                                           \
        if (!strstr(child_said, text))                                                             \
            fail_msg("\"%s\" is not in: %s", text, child_said);                                    \
    } while (0)

static void say_cleanup(const char **what)
{
    dprintf(1, "cleanup of %s\n", *what);
}
#define NOTED(name, text) __attribute__((unused, cleanup(say_cleanup))) const char *name = text

static void at_exit(void)
{
    dprintf(1, "atexit ran\n");
}
static void main_panics(void)
{
    NOTED(a, "a");
    atexit(at_exit);
    printf("buffered\n");
    {
        NOTED(b, "b");
        fl_panic("no way on: %d", 12);
    }
}
static void main_exits_with_101(void **state)
{
    (void)state;
    int status = child(main_panics);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 101);
    assert_said("thread 'main' panicked at ");
    assert_said("test_panic.c:");
    assert_said(": no way on: 12\n");
    assert_said("cleanup of b\ncleanup of a\n");
    assert_said("atexit ran");
    assert_said("buffered");
}

static void panic_again(const char **what)
{
    (void)what;
    fl_panic("second");
}
static void panics_twice(void)
{
    NOTED(a, "outer");
    __attribute__((unused, cleanup(panic_again))) const char *x = "x";
    fl_panic("first");
}
static void a_second_panic_aborts(void **state)
{
    (void)state;
    int status = child(panics_twice);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_said("first");
    assert_said("second");
    assert_said("while it was panicking");
    assert_null(strstr(child_said, "cleanup of outer"));
}

static void bad_hook(const struct fl_panic_info *info)
{
    (void)info;
    fl_panic("in the hook");
}
static void panics_in_hook(void)
{
    fl_set_panic_hook(bad_hook);
    fl_panic("first");
}
static void a_panic_in_the_hook_aborts(void **state)
{
    (void)state;
    int status = child(panics_in_hook);
    assert_true(WIFSIGNALED(status));
    assert_said("in the hook");
}

static void panics_pinned(void)
{
    fl_pins_++; /* what a guard of a file without -fexceptions does */
    NOTED(a, "a");
    fl_panic("pinned");
}
static void pinned_frames_abort(void **state)
{
    (void)state;
    int status = child(panics_pinned);
    assert_true(WIFSIGNALED(status));
    assert_said("-fexceptions");
    assert_null(strstr(child_said, "cleanup of"));
}
static void catches_inside_pin(void)
{
    int n = 3;
    fl_pins_++; /* outside of the catch: the panic does not pass it */
    _exit(fl_catch(deep, &n) == FL_PANICKED ? 0 : 1);
}
static void a_pin_outside_of_the_catch_is_fine(void **state)
{
    (void)state;
    assert_int_equal(child(catches_inside_pin), 0);
}

static void *foreign(void *env)
{
    NOTED(a, "foreign");
    (void)env;
    fl_panic("in a pthread");
}
static void foreign_thread(void)
{
    pthread_t t;
    pthread_create(&t, NULL, foreign, NULL);
    pthread_join(t, NULL);
    dprintf(1, "joined\n");
    _exit(0);
}
static void a_foreign_thread_ends(void **state)
{
    (void)state;
    assert_int_equal(child(foreign_thread), 0);
    assert_said("thread '<unnamed>' panicked");
    assert_said("cleanup of foreign");
    assert_said("joined");
}

FL_THREAD_FN(void, named_thread)
{
    NOTED(a, "thread's");
    fl_panic("by name");
}
static void named(void)
{
    struct fl_thread_options options = {.name = "the printer"};
    fl_join_handle(void) h = fl_spawn_with(&options, named_thread);
    _exit(fl_join(h) == FL_PANICKED && !strcmp(fl_panic_message(), "by name") ? 0 : 1);
}
static void the_print_names_the_thread(void **state)
{
    (void)state;
    assert_int_equal(child(named), 0);
    assert_said("thread 'the printer' panicked at ");
    assert_said("cleanup of thread's");
}

static void unwraps_in_main(void)
{
    fl_join_handle(void) h = fl_spawn(named_thread);
    fl_unwrap(fl_join(h));
}
static void unwrap_says_the_threads_message(void **state)
{
    (void)state;
    int status = child(unwraps_in_main);
    assert_int_equal(WEXITSTATUS(status), 101);
    assert_said("fl_join(h)");
    assert_said("the thread panicked: by name");
}

static void after_panics_nothing_is_left(void **state)
{
    (void)state;
    assert_int_equal(fl_catch(does_nothing, NULL), FL_OK);
    assert_int_equal(fl_panics_, 0);
    assert_int_equal(fl_pins_, 0);
}

#define panic_test(f) cmocka_unit_test_setup_teardown(f, begin, finish)
int main(void)
{
    const struct CMUnitTest tests[] = {
        panic_test(every_frame_is_cleaned),
        panic_test(through_other_peoples_frames),
        panic_test(the_innermost_catch_catches),
        panic_test(panicking_is_seen_by_cleanups),
        panic_test(the_hook_gets_it_all),
        panic_test(a_long_message_is_cut),
        panic_test(catch_takes_a_cell),
        panic_test(statuses),
        panic_test(main_exits_with_101),
        panic_test(a_second_panic_aborts),
        panic_test(a_panic_in_the_hook_aborts),
        panic_test(pinned_frames_abort),
        panic_test(a_pin_outside_of_the_catch_is_fine),
        panic_test(a_foreign_thread_ends),
        panic_test(the_print_names_the_thread),
        panic_test(unwrap_says_the_threads_message),
        panic_test(after_panics_nothing_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
