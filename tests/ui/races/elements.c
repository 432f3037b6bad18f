/* Elements that are computed: neighbours, and locks that are chosen by another index than the data. */
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t locks[8];
static int own[8], next_too[9], mirrored[2], shifted[8], mapped[8];

static void *slots(void *arg)
{
    long id = (long)arg;
    own[id] = 1;
    next_too[id] = 1; //~ ERROR F0201 data race on `next_too[id]`
    next_too[id + 1] = 2;
    return arg;
}

static void *two_sides(void *arg)
{
    long id = (long)arg;
    mirrored[id] = 1; //~ ERROR F0201 data race on `mirrored[id]`
    return (void *)(long)mirrored[1 - id];
}

/* the element before has its own lock */
static void *lock_of_the_next(void *arg)
{
    for (int i = 1; i < 8; i++) {
        pthread_mutex_lock(&locks[i]);
        shifted[i]++; //~ ERROR F0201 data race on `shifted[i]`
        shifted[i - 1]++;
        pthread_mutex_unlock(&locks[i]);
    }
    return arg;
}

/* whoever has an element has the same lock */
static void *always_the_same_lock(void *arg)
{
    for (int i = 0; i < 8; i++) {
        pthread_mutex_lock(&locks[7 - i]);
        mapped[i]++;
        pthread_mutex_unlock(&locks[7 - i]);
    }
    return arg;
}

int main(void)
{
    pthread_t t[4], u[6];
    for (int i = 0; i < 8; i++)
        pthread_mutex_init(&locks[i], NULL);
    for (long i = 0; i < 4; i++)
        if (pthread_create(&t[i], NULL, slots, (void *)i))
            abort();
    pthread_create(&u[0], NULL, two_sides, (void *)0);
    pthread_create(&u[1], NULL, two_sides, (void *)1);
    pthread_create(&u[2], NULL, lock_of_the_next, NULL);
    pthread_create(&u[3], NULL, lock_of_the_next, NULL);
    pthread_create(&u[4], NULL, always_the_same_lock, NULL);
    pthread_create(&u[5], NULL, always_the_same_lock, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < 6; i++)
        pthread_join(u[i], NULL);
    return own[0];
}
