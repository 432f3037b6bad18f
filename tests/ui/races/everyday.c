/* Six everyday mistakes in plain pthread code, in one program that compiles without a warning. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t accounts = PTHREAD_MUTEX_INITIALIZER, journal = PTHREAD_MUTEX_INITIALIZER;
static int balance, hits;

/* ---- a stack pointer for a detached thread ---- */
static void *show(void *arg)
{
    printf("%d\n", *(int *)arg);
    return NULL;
}
static void show_later(int value)
{
    pthread_t t;
    if (pthread_create(&t, NULL, show, &value) == 0) //~ ERROR E0373
        pthread_detach(t);
}

/* ---- &i in a loop ---- */
static void show_numbers(void)
{
    pthread_t t[4];
    int n = 0;
    for (int i = 0; i < 4; i++)
        n += pthread_create(&t[n], NULL, show, &i) == 0; //~ ERROR F0406
    while (n-- > 0)
        pthread_join(t[n], NULL);
}

/* ---- a racy global ---- */
static void *serve(void *arg)
{
    hits++; //~ ERROR F0201
    return arg;
}

/* ---- two locks in two orders ---- */
static void *pay(void *arg)
{
    pthread_mutex_lock(&accounts);
    pthread_mutex_lock(&journal);
    balance--;
    pthread_mutex_unlock(&journal);
    pthread_mutex_unlock(&accounts);
    return arg;
}
static void *print_journal(void *arg)
{
    pthread_mutex_lock(&journal);
    pthread_mutex_lock(&accounts); //~ ERROR F0106
    printf("balance %d\n", balance);
    pthread_mutex_unlock(&accounts);
    pthread_mutex_unlock(&journal);
    return arg;
}

/* ---- a return with the lock held ---- */
static int withdraw(int amount)
{
    pthread_mutex_lock(&accounts);
    if (amount > balance)
        return -1; //~ ERROR F0103
    balance -= amount;
    pthread_mutex_unlock(&accounts);
    return 0;
}

/* ---- strtok in a thread ---- */
static void *words(void *arg)
{
    for (char *w = strtok(arg, " "); w; w = strtok(NULL, " ")) //~ ERROR F0403
        puts(w);
    return arg;
}

static void run_both(void *(*one)(void *), void *a, void *(*other)(void *), void *b)
{
    pthread_t t, u;
    if (pthread_create(&t, NULL, one, a) || pthread_create(&u, NULL, other, b))
        abort();
    pthread_join(t, NULL);
    pthread_join(u, NULL);
}

int main(void)
{
    char left[] = "one two", right[] = "three four";
    show_later(1);
    show_numbers();
    run_both(serve, NULL, serve, NULL);
    run_both(pay, NULL, print_journal, NULL);
    pthread_t t;
    if (pthread_create(&t, NULL, words, left) == 0) {
        words(right);
        pthread_join(t, NULL);
    }
    printf("%d\n", hits);
    return withdraw(3);
}
