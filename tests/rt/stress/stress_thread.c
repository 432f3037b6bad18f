/* Ends against joins, detaches and drops of the handle, with results that must be taken or dropped exactly once, and
 * panics among them. */
#include <fearless.h>

#include "stress.h"

#include <string.h>

static FL_ATOMIC(long) alive;
typedef struct {
    char *s;
} text;
static text text_of(const char *s)
{
    fl_add_relaxed(&alive, 1);
    return (text){strdup(s)};
}
static void text_drop(text *t)
{
    if (!t->s)
        return;
    free(t->s);
    fl_sub_release(&alive, 1);
}
#define FL_OWNED text, text_drop
#include <fearless/owned.h>

static void quiet(const struct fl_panic_info *info)
{
    (void)info;
}

FL_THREAD_FN(text, work, text, t, unsigned, how)
{
    fl_auto(t);
    for (volatile unsigned i = 0; i < how % 5000; i++)
        ;
    if (how % 7 == 0)
        fl_panic("%s", t.s);
    if (how % 11 == 0)
        pthread_exit(NULL);
    return fl_move(t);
}

FL_THREAD_FN(void, driver, uint64_t, random, int, rounds)
{
    for (int i = 0; i < rounds; i++) {
        char name[32];
        const unsigned how = (unsigned)(stress_next(&random) >> 33);
        snprintf(name, sizeof name, "%u", how);
        fl_join_handle(text) h = fl_spawn(work, text_of(name), how);
        fl_auto(h);
        switch (stress_next(&random) % 5) {
        case 0:
            fl_detach(fl_move(h));
            break;
        case 1:
            break; /* by fl_auto */
        case 2:
            while (!fl_is_finished(h))
                fl_yield();
            break;
        default: {
            text got = {NULL};
            fl_status s = fl_join(h, &got);
            if (how % 7 == 0) {
                stress_check(s == FL_PANICKED && !got.s && !strcmp(fl_panic_message(), name));
            } else if (how % 11 == 0) {
                stress_check(s == FL_PANICKED && !got.s);
            } else {
                stress_check(s == FL_OK && !strcmp(got.s, name));
                fl_drop(got);
            }
        }
        }
    }
}

int main(void)
{
    stress_begin("stress_thread");
    fl_set_panic_hook(quiet);
    for (int n = 2; n <= 64; n *= 2) {
        fl_join_handle(void) drivers[64];
        const int rounds = (int)(400 * stress_size()) / n + 1;
        for (int i = 0; i < n; i++)
            drivers[i] = fl_spawn(driver, stress_random_for((uint64_t)(n * 100 + i)), rounds);
        for (int i = 0; i < n; i++)
            fl_joined(drivers[i]);
        while (fl_load_acquire(&alive) != 0) /* the detached ones */
            fl_yield();
    }
    return 0;
}
