// F0902: what is done to a tracked value in a way that no analysis models.
#include <dlfcn.h>
#include <fearless.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *s;
} text;
static void text_drop(text *t)
{
    free(t->s);
}
#define FL_OWNED text, text_drop
#include <fearless/owned.h>

typedef fl_mutex(int) counter;
static counter hits = FL_MUTEX(0);

// ---- assembly with a memory clobber

void given_an_owner(text *t)
{
    __asm__ volatile("" : : "r"(t) : "memory"); //~ ERROR F0902 what this assembly does to `t` cannot be vouched for
}
void given_guarded_data(void)
{
    fl_guard(n, &hits);
    __asm__ volatile("" : : "r"(n) : "memory"); //~ ERROR F0902 `n` leads to data that a lock guards
}
int given_what_an_arc_holds(fl_arc(int) a)
{
    const int *n = fl_get(a);
    __asm__ volatile("" : : "r"(n) : "memory"); //~ ERROR F0902
    return *n;
}
FL_THREAD_FN(void, given_an_argument, _Atomic int *, n)
{
    __asm__ volatile("" : : "r"(n) : "memory"); //~ ERROR F0902 `n` leads to what this thread was given
}
fl_arc(int) makes_a_handle(void)
{
    fl_arc(int) a;
    __asm__ volatile("" : "=r"(a)); //~ ERROR F0902
    return a;
}

// ---- numbers and bytes

fl_arc(int) handle_from_a_number(uintptr_t n)
{
    return (fl_arc(int))n; //~ ERROR F0902 a handle that is made from a number
}
void bytes_over_a_handle(fl_arc(int) *a, const char *bytes)
{
    memcpy(a, bytes, sizeof *a); //~ ERROR F0902 copies plain bytes over `*a`
}
FL_THREAD_FN(void, follows_a_number, uintptr_t, address)
{
    int *p = (int *)address;
    for (int i = 0; i < 3; i++)
        p[i] = i; //~ ERROR F0902 a pointer that is made from a number
}
struct table {
    uintptr_t first;
};
static int helper_of_a_thread(const struct table *t)
{
    const int *p = (const int *)(t->first & ~(uintptr_t)1);
    return p ? *p : 0; //~ ERROR F0902
}
static struct table numbers;
FL_THREAD_FN(int, through_a_helper, int, n)
{
    return n + helper_of_a_thread(&numbers);
}

// ---- arguments that have no type

static int sum(int count, ...)
{
    va_list list;
    va_start(list, count);
    int total = 0;
    while (count-- > 0) {
        int *p = va_arg(list, int *);
        total += *p; //~ ERROR F0902 taken from `...` here
    }
    va_end(list);
    return total;
}
FL_THREAD_FN(int, variadic, int, n)
{
    return sum(1, &n);
}

// ---- unions

union word {
    fl_rc(int) rc;
    uintptr_t n;
};
uintptr_t handle_as_a_number(fl_rc(int) r)
{
    union word w;
    w.rc = fl_move(r);
    return w.n; //~ ERROR F0902 was stored as `w.rc`
}
fl_rc(int) number_as_a_handle(uintptr_t n, int twice)
{
    union word w;
    if (twice)
        w.n = 2 * n;
    else
        w.n = n;
    return w.rc; //~ ERROR F0902
}

// ---- calls that nobody can resolve

typedef void taker(fl_arc(int) *);
void calls_a_number(uintptr_t n, fl_arc(int) *a)
{
    taker *take = (taker *)n;
    take(a); //~ ERROR F0902 a call through a pointer that is made from a number
}
void calls_a_symbol(void *library, fl_arc(int) *a)
{
    taker *take = (taker *)dlsym(library, "take");
    if (take)
        take(a); //~ ERROR F0902 looked up by name here
}
