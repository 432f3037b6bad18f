/* assert_panics(fn, env, words): fn(env) panics, with a message that contains the words; and hooks in place of the one
 * that prints. For the unit tests. */
#ifndef FL_TEST_PANICS_H
#define FL_TEST_PANICS_H

#include <fearless/panic.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static _Thread_local char panic_said[1024];

/* A hook: remembers what a panic of this thread said, in place of the print. */
FL_UNUSED_ static void note_panic(const struct fl_panic_info *info)
{
    strncpy(panic_said, info->message, sizeof panic_said - 1);
}

/* A hook that says nothing. */
FL_UNUSED_ static void quiet(const struct fl_panic_info *info)
{
    (void)info;
}

#define assert_panics(fn, env, words)                                                              \
    do {                                                                                           \
        fl_panic_hook *const old_hook = fl_set_panic_hook(note_panic);                             \
        panic_said[0] = '\0';                                                                      \
        const fl_status panic_status = fl_catch((fn), (void *)(uintptr_t)(env));                   \
        fl_set_panic_hook(old_hook);                                                               \
        assert_int_equal(panic_status, FL_PANICKED);                                               \
        if (!strstr(panic_said, (words)))                                                          \
            fail_msg("the message does not say \"%s\": %s", (words), panic_said);                  \
    } while (0)

#endif
