/* A correct program: an Arc of a mutex, cloned for each thread, and the result taken out at the end. */
#include "words.h"

typedef fl_mutex(long) tally;

FL_THREAD_FN(void, count, fl_arc(tally), shared, const char *, what)
{
    fl_auto(shared);
    for (const char *c = what; *c; c++)
        fl_with (n, fl_get(shared))
            *n += *c == 'a';
}

static long count_all(const char *const *texts, size_t n)
{
    fl_arc(tally) shared = fl_arc_new(tally, FL_MUTEX(0));
    fl_auto(shared);
    fl_join_handle(void) *handles = malloc(n * sizeof *handles);
    if (!handles)
        return -1;
    size_t started = 0;
    for (size_t i = 0; i < n; i++) {
        fl_join_handle(void) h;
        if (fl_try_spawn(&h, count, fl_clone(shared), texts[i]) != FL_OK)
            break;
        handles[started++] = fl_move(h);
    }
    for (size_t i = 0; i < started; i++)
        fl_ignore(fl_join(handles[i]));
    free(handles);
    long result;
    {
        fl_guard(n, fl_get(shared));
        result = *n;
    }
    return result;
}

int main(void)
{
    const char *const texts[] = { "banana", "avocado", "apple" };
    printf("%ld\n", count_all(texts, sizeof texts / sizeof *texts));
    return 0;
}
