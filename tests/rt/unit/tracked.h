/* An owned type that counts: how many values are alive, how many were dropped. For tests of who drops what, when. */
#ifndef FL_TEST_TRACKED_H
#define FL_TEST_TRACKED_H

#include <fearless.h>

#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

typedef struct {
    char *name; /* on the heap: a leak or a double drop is one for the sanitizers, too */
} tracked;

static int tracked_alive, tracked_drops;
static _Thread_local char tracked_last[64]; /* the name of the one that this thread dropped last */

FL_UNUSED_ static tracked tracked_of(const char *name)
{
    __atomic_add_fetch(&tracked_alive, 1, __ATOMIC_SEQ_CST);
    return (tracked){strdup(name)};
}

FL_UNUSED_ static tracked tracked_copy(const tracked *t)
{
    return tracked_of(t->name);
}

static void tracked_drop(tracked *t)
{
    if (!t->name)
        return;
    strncpy(tracked_last, t->name, sizeof tracked_last - 1);
    free(t->name);
    __atomic_sub_fetch(&tracked_alive, 1, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&tracked_drops, 1, __ATOMIC_SEQ_CST);
}
#define FL_OWNED tracked, tracked_drop
#include <fearless/owned.h>

/* cmocka's set-up and tear-down: each test begins with nothing alive and must end so. */
FL_UNUSED_ static int tracked_begin(void **state)
{
    (void)state;
    tracked_alive = tracked_drops = 0;
    tracked_last[0] = '\0';
    return 0;
}
FL_UNUSED_ static int tracked_end(void **state)
{
    (void)state;
    return tracked_alive == 0 ? 0 : -1;
}
#define tracked_test(f) cmocka_unit_test_setup_teardown(f, tracked_begin, tracked_end)

#endif
