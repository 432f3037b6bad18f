#define _GNU_SOURCE
/* Every way in which the system refuses a thread: a status or a panic with the reason, the arguments dropped once, and the
 * next attempt works. Each in a child process, which may limit itself as it likes. */
#include "panics.h"
#include "tracked.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* NULL for memory that there is not, as everywhere else. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
    return "allocator_may_return_null=1";
}

#define check(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);              \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

FL_THREAD_FN(tracked, give_back, tracked, t)
{
    return t;
}

static const struct fl_thread_options *used_options;
static void spawn_one(void *env)
{
    (void)env;
    fl_detach(fl_spawn_with(used_options, give_back, tracked_of("argument")));
}

/* fl_spawn and fl_try_spawn both fail, with this status and this reason. */
static void expect_failure(fl_status expected, const char *reason)
{
    const int drops = tracked_drops;
    fl_set_panic_hook(quiet);
    if (!used_options) {
        fl_join_handle(tracked) before = NULL, h = before;
        check(fl_try_spawn(&h, give_back, tracked_of("argument")) == expected);
        check(h == before); /* unchanged */
        check(tracked_drops == drops + 1 && tracked_alive == 0);
    } else {
        fl_join_handle(tracked) h = NULL;
        check(fl_try_spawn_with(&h, used_options, give_back, tracked_of("argument")) == expected);
        check(h == NULL);
        check(tracked_drops == drops + 1 && tracked_alive == 0);
    }
    check(fl_catch(spawn_one, NULL) == FL_PANICKED);
    check(strstr(fl_panic_message(), "no thread could be started"));
    check(strstr(fl_panic_message(), fl_status_text(expected)));
    if (!strstr(fl_panic_message(), reason)) {
        fprintf(stderr, "not '%s': %s\n", reason, fl_panic_message());
        _exit(1);
    }
    check(tracked_drops == drops + 2 && tracked_alive == 0);
    fl_set_panic_hook(NULL);
}
static void expect_success(void)
{
    fl_join_handle(tracked) h;
    fl_unwrap(fl_try_spawn(&h, give_back, tracked_of("argument")));
    check(fl_join(h) == FL_OK);
    check(tracked_alive == 0);
    const struct fl_thread_options options = {.stack_size = 100000};
    fl_unwrap(fl_try_spawn_with(&h, &options, give_back, tracked_of("argument")));
    check(fl_join(h) == FL_OK);
    check(tracked_alive == 0);
}

static void in_child(void (*fn)(void))
{
    fflush(NULL);
    const pid_t pid = fork();
    if (pid == 0) {
        tracked_alive = tracked_drops = 0;
        fn();
        _exit(0);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* ---- no process left ---- */

static void without_processes(void)
{
    const struct rlimit none = {0, 0};
    expect_success();
    if (geteuid() == 0)
        check(setresuid(65534, 65534, 65534) == 0); /* root has no limit */
    check(setrlimit(RLIMIT_NPROC, &none) == 0);
    expect_failure(FL_SYSTEM, strerror(EAGAIN));
}
static void no_process_left(void **state)
{
    (void)state;
    in_child(without_processes);
}

/* ---- whatever error clone gives ---- */

static void make_clone_fail(int error)
{
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)error),
    };
    const struct sock_fprog program = {sizeof steps / sizeof *steps, steps};
    check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    check(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}
static void clone_gives_enomem(void)
{
    expect_success();
    make_clone_fail(ENOMEM);
#ifdef __GLIBC__ /* its pthread_create says EAGAIN in place of ENOMEM */
    const fl_status expected = FL_SYSTEM;
    const int error = EAGAIN;
#else
    const fl_status expected = FL_NO_MEMORY;
    const int error = ENOMEM;
#endif
    expect_failure(expected, strerror(error));
    expect_failure(expected, strerror(error)); /* nothing was left behind that changes the next one */
}
static void clone_gives_einval(void)
{
    const struct fl_thread_options small = {.stack_size = 1};
    make_clone_fail(EINVAL);
    expect_failure(FL_SYSTEM, strerror(EINVAL));
    used_options = &small; /* "too small" is tried again with more, but not for ever */
    expect_failure(FL_SYSTEM, strerror(EINVAL));
}
static void clone_gives_eperm(void)
{
    make_clone_fail(EPERM);
    expect_failure(FL_SYSTEM, strerror(EPERM));
}
static void errors_of_the_system(void **state)
{
    (void)state;
    in_child(clone_gives_enomem);
    in_child(clone_gives_einval);
    in_child(clone_gives_eperm);
}

/* ---- sizes ---- */

static void absurd_stacks(void)
{
    const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 4096, SIZE_MAX / 2, (size_t)1 << 60, (size_t)1 << 48};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const struct fl_thread_options options = {.stack_size = sizes[i]};
        used_options = &options;
        expect_failure(FL_NO_MEMORY, strerror(ENOMEM));
        used_options = NULL;
    }
    expect_success();
}
static void sizes_that_no_machine_has(void **state)
{
    (void)state;
    in_child(absurd_stacks);
}

static int runs;
static void never_runs(void *args, void *result)
{
    (void)args, (void)result;
    runs++;
}
static void drop_int(void *n)
{
    ++*(int *)n;
}
/* A result as large as that cannot be written down, but its record's allocation fails like any other. */
static void no_memory_for_the_record(void **state)
{
    (void)state;
    const struct fl_thread_fn_ fn = {never_runs, drop_int, drop_int, sizeof(int), _Alignof(int), SIZE_MAX / 4, 1};
    const struct fl_start_ how = {.is_try = true, .file = __FILE__, .line = __LINE__};
    int drops = 0;
    void *h = &drops;
    assert_int_equal(fl_try_start_(&h, fl_start_(&how, &fn, &drops)), FL_NO_MEMORY);
    assert_ptr_equal(h, &drops);
    assert_int_equal(drops, 1);
    assert_int_equal(runs, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tracked_test(no_process_left),
        tracked_test(errors_of_the_system),
        tracked_test(sizes_that_no_machine_has),
        tracked_test(no_memory_for_the_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
