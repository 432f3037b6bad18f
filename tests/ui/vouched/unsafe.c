// What fl_unsafe does not vouch for is told in it, and what stands behind its block is as everywhere.
#include <fearless.h>
#include <stdlib.h>

typedef struct text {
    char *bytes;
} text;

static void text_free(text *t)
{
    free(t->bytes);
}
#define FL_OWNED text, text_free
#include <fearless/owned.h>

void send_away(text t);

struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};

void behind_the_block(struct account *a)
{
    fl_unsafe { a->balance = 1; }
    a->balance = 2; //~ ERROR F0101 `a->balance` is written without its lock
}

void before_the_block(struct account *a)
{
    a->balance = 2; //~ ERROR F0101
    fl_unsafe { a->balance = 1; }
}

long in_the_condition(struct account *a)
{
    if (a->balance > 3) //~ ERROR F0101
        fl_unsafe { a->balance = 1; }
    return 0;
}

char *moved_in_it(text t)
{
    fl_auto(t);
    fl_unsafe {
        send_away(fl_move(t));
        return t.bytes; //~ ERROR E0382
    }
}

int unset_in_it(const int *p)
{
    int n;
    fl_unsafe {
        if (*p)
            return n; //~ ERROR E0381
    }
    return 0;
}

void leaked_in_it(char *bytes)
{
    fl_unsafe {
        text t = { bytes };
        bytes[0] = t.bytes[1];
    } //~ ERROR F0301
}

int plain(int n)
{
    fl_unsafe { //~ WARNING F0901 unnecessary `fl_unsafe` block
        n = n * 2 + 1;
    }
    return n;
}

static int twice(int n)
{
    return 2 * n;
}

int nested(int n, int *p)
{
    fl_unsafe {
        fl_unsafe { //~ WARNING F0901
            n = twice(n);
        }
        *p = n;
    }
    return n;
}
