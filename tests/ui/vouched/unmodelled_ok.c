// The same operations on plain data, or vouched for by a person.
#include <dlfcn.h>
#include <fearless.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
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

static inline void pause_here(void)
{
    __asm__ volatile("" ::: "memory");
}
static unsigned long ticks(void)
{
    unsigned long low;
    __asm__ volatile("" : "=r"(low) : : "memory");
    return low;
}
static void keep(const void *p)
{
    __asm__ volatile("" : : "g"(p) : "memory");
}
static float as_float(uint32_t n)
{
    union {
        uint32_t n;
        float f;
    } u = { n };
    return u.f;
}
static uint32_t bits(float f)
{
    uint32_t n;
    memcpy(&n, &f, sizeof n);
    return n;
}
static int sum(int count, ...)
{
    va_list list;
    int total = 0;
    va_start(list, count);
    while (count-- > 0)
        total += va_arg(list, int);
    va_end(list);
    return total;
}
static uintptr_t rounded(uintptr_t at)
{
    return (at + 15) & ~(uintptr_t)15;
}

FL_THREAD_FN(void, worker, int, n, fl_sender(long), tx)
{
    fl_auto(tx);
    char block[64] = { 0 };
    pause_here();
    keep(block);
    char *aligned = (char *)(((uintptr_t)block + 15) & ~(uintptr_t)15);
    *aligned = 1;
    char *rounded_up = (char *)rounded((uintptr_t)block);
    *rounded_up = 2;
    void *small = (void *)(intptr_t)n;
    printf("%ld %f %u %d\n", (long)(intptr_t)small, as_float(3), bits(1.0f), sum(2, 1, 2));
    fl_ignore(fl_send(tx, (long)ticks()));
}

// Outside of threads a number may be an address.
int *at(uintptr_t n)
{
    int *p = (int *)n;
    *p = 1;
    return p;
}

// A tag says which member it is.
struct value {
    bool is_shared;
    union {
        fl_rc(int) rc;
        long n;
    };
};
long number_of(struct value v)
{
    long n = v.is_shared ? *fl_get(v.rc) : v.n;
    if (v.is_shared)
        fl_drop(v.rc);
    return n;
}
long set_and_read(long n, bool again)
{
    struct value v = { .is_shared = false, .n = n };
    if (again)
        v.n = n + 1;
    return v.n;
}

typedef int operation(int);
static int more(int n)
{
    return n + 1;
}
static int less(int n)
{
    return n - 1;
}
static operation *const operations[] = { more, less };
FL_THREAD_FN(int, run, int, which)
{
    return operations[which & 1](which);
}
double call_by_name(void *library)
{
    double (*cosine)(double) = (double (*)(double))dlsym(library, "cos");
    return cosine ? cosine(1) : 0;
}

void swap(text *a, text *b)
{
    text t;
    memcpy(&t, a, sizeof t);
    memcpy(a, b, sizeof t);
    memcpy(b, &t, sizeof t);
}

// ---- vouched for

void clobbers(text *t)
{
    fl_unsafe {
        __asm__ volatile("" : : "r"(t) : "memory");
    }
}
fl_arc(int) from_a_number(uintptr_t n)
{
    fl_unsafe {
        return (fl_arc(int))n;
    }
}
FL_THREAD_FN(int, register_of, uintptr_t, address)
{
    volatile int *p;
    fl_unsafe {
        p = (volatile int *)address;
    }
    return *p;
}
