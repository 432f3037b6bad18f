/* Jumps that pass nothing, and a thread's end that runs the cleanups. */
//@ flags: -fexceptions
#include <fearless.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    char *s;
} text;
static void text_drop(text *t)
{
    free(t->s);
}
#define FL_OWNED text, text_drop
#include <fearless/owned.h>

text text_of(const char *s);
void keep(text t);

typedef fl_mutex(int) number;
static jmp_buf failed;

void behind_the_block(number *m)
{
    {
        fl_guard(n, m);
        *n = 1;
    }
    longjmp(failed, 1);
}

void unlocked_before(number *m)
{
    fl_guard(n, m);
    int value = *n;
    fl_unlock(n);
    if (value < 0)
        longjmp(failed, 1);
}

void dropped_before(void)
{
    text t = text_of("a");
    fl_drop(t);
    longjmp(failed, 1);
}

void given_away_before(void)
{
    text t = text_of("a");
    keep(fl_move(t));
    longjmp(failed, 1);
}

void nothing_taken(number *m)
{
    fl_try_guard(n, m);
    if (!n)
        longjmp(failed, 1);
    *n = 1;
}

static void check(int good)
{
    if (!good)
        longjmp(failed, 1);
}

int within_the_guard(number *m)
{
    fl_guard(n, m);
    if (setjmp(failed))
        return -1;
    check(*n > 0);
    return *n;
}

FL_THREAD_FN(void, add_one, int *, n)
{
    *n += 1;
}

void behind_the_scope(void)
{
    int n = 0;
    fl_scope (s)
        fl_spawn_in(s, add_one, &n);
    check(n == 1);
}

static int tried(void)
{
    if (setjmp(failed))
        return 0;
    check(0);
    return 1;
}

void catches_its_own(number *m)
{
    fl_guard(n, m);
    *n = tried();
}

void *unwound(void *arg)
{
    number *m = arg;
    text t = text_of("a");
    fl_auto(t);
    fl_guard(n, m);
    if (*n < 0)
        pthread_exit(NULL);
    *n = 1;
    return NULL;
}
