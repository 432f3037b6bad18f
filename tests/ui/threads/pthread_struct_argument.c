/* The argument lasts, what it points to does not. */
#include <pthread.h>
#include <stdlib.h>

struct args {
    int *counter;
    const char *name;
};
struct wrapped {
    struct args inner;
};
static void *work(void *p)
{
    ++*((struct args *)p)->counter;
    free(p);
    return NULL;
}
static struct args lasting_args;
static int lasting;

static void bad_heap(void)
{
    pthread_t t;
    int n = 0;
    struct args *a = malloc(sizeof *a);
    a->counter = &n;
    a->name = "heap";
    pthread_create(&t, NULL, work, a); //~ ERROR E0373 borrows `n`
    pthread_detach(t);
}
static void bad_static(void)
{
    pthread_t t;
    int n = 0;
    lasting_args.counter = &n;
    pthread_create(&t, NULL, work, &lasting_args); //~ ERROR E0373 borrows `n`
    pthread_detach(t);
}
static void bad_nested(void)
{
    pthread_t t;
    int n = 0;
    struct wrapped *w = calloc(1, sizeof *w);
    struct args a = { .counter = &n };
    w->inner = a;
    pthread_create(&t, NULL, work, w); //~ ERROR E0373 borrows `n`
    pthread_detach(t);
}
static void good(void)
{
    pthread_t t;
    struct args *a = malloc(sizeof *a);
    a->counter = &lasting;
    a->name = "heap";
    pthread_create(&t, NULL, work, a);
    pthread_detach(t);
}

int main(void)
{
    bad_heap();
    bad_static();
    bad_nested();
    good();
    return 0;
}
