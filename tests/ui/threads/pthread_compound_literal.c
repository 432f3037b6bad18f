/* A compound literal lives as long as its block. */
#include <pthread.h>

struct args {
    int a, b;
};
static void *work(void *p)
{
    return &((struct args *)p)->a;
}

static void bad(void)
{
    pthread_t t;
    if (pthread_create(&t, NULL, work, &(struct args){ 1, 2 }) == 0) //~ ERROR E0716 temporary value dropped while borrowed
        pthread_detach(t);
}
static void good(void)
{
    pthread_t t;
    if (pthread_create(&t, NULL, work, &(struct args){ 1, 2 }) == 0)
        pthread_join(t, NULL);
}

int main(void)
{
    bad();
    good();
    return 0;
}
