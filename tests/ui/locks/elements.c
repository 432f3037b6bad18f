/* Locks that are elements of arrays, or are told apart by a comparison: plain pthreads. */
#include <pthread.h>

struct account {
    pthread_mutex_t m;
    long n;
};
static struct account accounts[8];
static pthread_mutex_t stripes[16];
static long total;

/* ---- wrong ---- */
void other_constant(void)
{
    pthread_mutex_lock(&accounts[0].m);
    accounts[0].n = 1;
    pthread_mutex_unlock(&accounts[1].m); //~ ERROR F0105 `accounts[1].m` is released while it is not held
}
void index_moves(int i)
{
    pthread_mutex_lock(&stripes[i]);
    i++;
    pthread_mutex_unlock(&stripes[i]); //~ ERROR F0105 `stripes[i + 1]` is released while it is not held
}
void twice(int i)
{
    int k = i;
    pthread_mutex_lock(&stripes[i]);
    pthread_mutex_lock(&stripes[k]); //~ ERROR F0104 `stripes[i]` is locked twice by one thread
    total++;
    pthread_mutex_unlock(&stripes[i]);
}
int only_one_of_two(struct account *x, struct account *y)
{
    if (x > y)
        return 0;
    pthread_mutex_lock(&x->m);
    if (x != y)
        pthread_mutex_lock(&y->m);
    if (x->n < 0) {
        pthread_mutex_unlock(&x->m);
        return -1; //~ ERROR F0103 `y->m` is not released on every path
    }
    x->n--;
    y->n++;
    if (x != y)
        pthread_mutex_unlock(&y->m);
    pthread_mutex_unlock(&x->m);
    return 0;
}

/* ---- right ---- */
void striped(unsigned long key)
{
    pthread_mutex_t *stripe = &stripes[key % 16];
    pthread_mutex_lock(stripe);
    total++;
    pthread_mutex_unlock(&stripes[key % 16]);
}
void one_or_two(struct account *x, struct account *y)
{
    if (x > y)
        return;
    pthread_mutex_lock(&x->m);
    if (x != y)
        pthread_mutex_lock(&y->m);
    x->n--;
    y->n++;
    if (y != x)
        pthread_mutex_unlock(&y->m);
    pthread_mutex_unlock(&x->m);
}
void by_address(struct account *x, struct account *y)
{
    if (x == y) {
        pthread_mutex_lock(&x->m);
    } else if (x < y) {
        pthread_mutex_lock(&x->m);
        pthread_mutex_lock(&y->m);
    } else {
        pthread_mutex_lock(&y->m);
        pthread_mutex_lock(&x->m);
    }
    x->n--;
    y->n++;
    pthread_mutex_unlock(&x->m);
    if (x != y)
        pthread_mutex_unlock(&y->m);
}
void one_changes(struct account *x, struct account *y)
{
    pthread_mutex_lock(&x->m);
    while (x != y) {
        pthread_mutex_unlock(&x->m);
        x++;
        pthread_mutex_lock(&x->m);
    }
    pthread_mutex_unlock(&x->m);
}
