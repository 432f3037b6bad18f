/* &i: every thread reads the same variable, which the loop changes meanwhile. */
#include <pthread.h>
#include <stdint.h>

static void *work(void *p)
{
    return p;
}
static void *work_on_number(void *p)
{
    return (void *)((intptr_t)p + 1);
}

static void bad(void)
{
    pthread_t t[3];
    int i;
    for (i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, work, &i); //~ ERROR F0406 address of the loop variable `i` is given to a thread
    for (i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
}
static void bad_in_for(void)
{
    pthread_t t[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, work, (void *)&i); //~ ERROR F0406 address of the loop variable `i`
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
}
static void bad_while(int n)
{
    pthread_t t[3];
    int i = 0;
    while (i < n) {
        int *p = &i;
        pthread_create(&t[i], NULL, work, p); //~ ERROR F0406 address of the loop variable `i`
        ++i;
    }
    while (i > 0)
        pthread_join(t[--i], NULL);
}
static void good_value(void)
{
    pthread_t t[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, work_on_number, (void *)(intptr_t)i);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
}
static void good_element(void)
{
    pthread_t t[3];
    int ids[3];
    for (int i = 0; i < 3; i++) {
        ids[i] = i;
        pthread_create(&t[i], NULL, work, &ids[i]);
    }
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
}
static void good_one_at_a_time(void)
{
    for (int i = 0; i < 3; i++) {
        pthread_t t;
        if (pthread_create(&t, NULL, work, &i) == 0)
            pthread_join(t, NULL);
    }
}

int main(void)
{
    bad();
    bad_in_for();
    bad_while(3);
    good_value();
    good_element();
    good_one_at_a_time();
    return 0;
}
