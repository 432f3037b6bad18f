/* A panic about a mistake shows the line of the one who made it, not one of the library. */
#include <fearless.h>

#include "panics.h"

static char said_file[200];
static int said_line;

static void note_place(const struct fl_panic_info *info)
{
    strncpy(said_file, info->file, sizeof said_file - 1);
    said_line = info->line;
}

static FL_THREAD_FN(void, nothing)
{
}
static int copy(const int *n)
{
    return *n;
}

static fl_arc(int) no_arc;
static fl_rc(int) no_rc;

static int mistake_line;
#define MISTAKE_HERE mistake_line = __LINE__;

static void join_empty(void *env)
{
    fl_join_handle(void) h = NULL;
    (void)env;
    MISTAKE_HERE fl_ignore(fl_join(h));
}
static void join_twice(void *env)
{
    fl_join_handle(void) h = fl_spawn(nothing);
    (void)env;
    fl_unwrap(fl_join(h));
    MISTAKE_HERE fl_ignore(fl_join(h));
}
static void join_after_scope(void *env)
{
    fl_join_handle(void) late;
    (void)env;
    fl_scope (s)
        late = fl_spawn_in(s, nothing);
    MISTAKE_HERE fl_ignore(fl_join(late));
}
static void make_mut_of_no_arc(void *env)
{
    (void)env;
    MISTAKE_HERE *fl_make_mut(&no_arc, copy) = 1;
}
static void make_mut_of_no_rc(void *env)
{
    (void)env;
    MISTAKE_HERE *fl_make_mut(&no_rc, copy) = 1;
}

static void the_users_place(void **state)
{
    void (*const mistakes[])(void *) = {join_empty, join_twice, join_after_scope, make_mut_of_no_arc, make_mut_of_no_rc};
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        said_file[0] = '\0';
        fl_panic_hook *const before = fl_set_panic_hook(note_place);
        const fl_status s = fl_catch(mistakes[i], NULL);
        fl_set_panic_hook(before);
        assert_int_equal(s, FL_PANICKED);
        assert_string_equal(said_file, __FILE__);
        assert_int_equal(said_line, mistake_line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_users_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
