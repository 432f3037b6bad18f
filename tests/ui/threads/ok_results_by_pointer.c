/* Results come back by pthread_join, by the argument, and by a cast integer. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct request {
    int from, to;
    int found;
};

static int is_prime(int n)
{
    for (int d = 2; d * d <= n; d++)
        if (n % d == 0)
            return 0;
    return n > 1;
}

static void *count_primes(void *argument)
{
    struct request *r = argument;
    for (int n = r->from; n < r->to; n++)
        r->found += is_prime(n);
    return r;
}

static void *square(void *argument)
{
    intptr_t n = (intptr_t)argument;
    return (void *)(n * n);
}

static void *make_greeting(void *argument)
{
    char *text = malloc(32);
    if (text)
        snprintf(text, 32, "hello %s", (const char *)argument);
    return text;
}

int main(void)
{
    pthread_t a, b, c;
    struct request r = { 1, 100, 0 };
    void *result = NULL;

    if (pthread_create(&a, NULL, count_primes, &r) != 0) {
        fputs("no thread\n", stderr);
        return 1;
    }
    int have_b = pthread_create(&b, NULL, square, (void *)(intptr_t)7) == 0;
    int have_c = pthread_create(&c, NULL, make_greeting, "thread") == 0;

    if (pthread_join(a, &result) == 0 && result)
        printf("%d primes\n", ((struct request *)result)->found);
    if (have_b) {
        pthread_join(b, &result);
        printf("%ld\n", (long)(intptr_t)result);
    }
    if (have_c) {
        pthread_join(c, &result);
        if (result)
            puts(result);
        free(result);
    }
    return 0;
}
