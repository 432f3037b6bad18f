// What fl_unsafe vouches for is silent: locks, borrows, what a thread is given, copies of what owns.
#include <fearless.h>
#include <stdlib.h>
#include <string.h>

typedef struct text {
    char *bytes;
} text;

static void text_free(text *t)
{
    free(t->bytes);
}
#define FL_OWNED text, text_free
#include <fearless/owned.h>

struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};

static void add(struct account *a, long n) FL_REQUIRES(a->lock)
{
    a->balance += n;
}

long guarded(struct account *a)
{
    long seen = 0;
    fl_unsafe { // nobody else has it yet
        a->balance = 1;
        add(a, 2);
        seen = a->balance;
    }
    return seen;
}

void branches(struct account *a, int n)
{
    if (n > 1)
        fl_unsafe { a->balance = n; }
    else
        fl_unsafe { a->balance = 0; }
    for (int i = 0; i < n; i++)
        fl_unsafe {
            if (i == 3)
                continue;
            if (i == 7)
                break;
            a->balance += i;
        }
    switch (n) {
    case 1:
        fl_unsafe {
            a->balance++;
            break;
        }
    default:
        fl_unsafe {
            a->balance--;
            return;
        }
    }
}

static const int *kept;

int lent(void)
{
    int n = 3;
    fl_unsafe { // taken back below
        kept = &n;
    }
    int sum = *kept;
    kept = NULL;
    return sum;
}

char *first_byte(text *shared)
{
    char *bytes = NULL;
    fl_unsafe { // the copy is forgotten
        text copy = *shared;
        bytes = copy.bytes;
        fl_forget(copy);
    }
    return bytes;
}

FL_THREAD_FN(int, count, int *, cell)
{
    return *cell;
}

int thread_on_a_local(void)
{
    int cell = 4;
    int result = 0;
    fl_unsafe { // joined before cell ends, and it cannot panic
        fl_join_handle(int) worker = fl_spawn(count, &cell);
        fl_unwrap(fl_join(worker, &result));
    }
    return result;
}

void device(volatile unsigned *reg, int n)
{
    fl_unsafe { *reg = (unsigned)n; }
    fl_unsafe {
        unsigned *fixed = (unsigned *)0x1000;
        (void)fixed;
    }
}
