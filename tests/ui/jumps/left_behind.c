/* Jumps and ends of threads that pass what has to be given back. */
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

typedef fl_mutex(int) number;
typedef fl_refcell(int) cell;
struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};
static jmp_buf failed;

void past_a_guard(number *m)
{
    fl_guard(n, m);
    if (*n < 0)
        longjmp(failed, 1); //~ ERROR F0407 a jump leaves a guard of `m` behind
    *n = 1;
}

void past_a_raw_guard(struct account *a)
{
    fl_lock_guard(held, &a->lock);
    a->balance = 0;
    longjmp(failed, 1); //~ ERROR F0407 a jump leaves a guard of `a->lock` behind
}

void past_a_borrow(cell *c)
{
    fl_borrow_mut(n, c);
    *n = 1;
    longjmp(failed, 1); //~ ERROR F0407 a jump leaves a borrow of `c` behind
}

void past_a_block(number *m)
{
    fl_with (n, m) {
        if (*n < 0)
            longjmp(failed, 1); //~ ERROR F0407
        *n = 1;
    }
}

void past_an_auto(void)
{
    text t = text_of("a");
    fl_auto(t);
    puts(t.s);
    longjmp(failed, 1); //~ ERROR F0407 a jump leaves the owned value `t` behind
}

void past_an_owned_value(void)
{
    text t = text_of("a");
    puts(t.s);
    longjmp(failed, 1); //~ ERROR F0407 a jump leaves the owned value `t` behind
}

FL_THREAD_FN(void, add_one, int *, n)
{
    *n += 1;
}

void past_a_scope(void)
{
    int n = 0;
    fl_scope (s) {
        fl_spawn_in(s, add_one, &n);
        longjmp(failed, 1); //~ ERROR F0407 a jump leaves an open scope behind
    }
}

static _Noreturn void fail(void)
{
    longjmp(failed, 2);
}

static void check(int good)
{
    if (!good)
        fail();
}

void in_a_helper(number *m)
{
    fl_guard(n, m);
    check(*n > 0); //~ ERROR F0407 a jump leaves a guard of `m` behind
}

int to_before_the_guard(number *m)
{
    if (setjmp(failed))
        return -1;
    fl_guard(n, m);
    check(*n > 0); //~ ERROR F0407
    return *n;
}

void *end_of_a_thread(void *arg)
{
    text t = text_of("a");
    puts(t.s);
    if (!arg)
        pthread_exit(NULL); //~ ERROR F0407 the end of the thread leaves the owned value `t` behind
    fl_drop(t);
    return NULL;
}
