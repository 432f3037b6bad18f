/* One acquisition the wrong way round closes two rings; it is told once, with the shorter one. */
#include <pthread.h>

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER, list = PTHREAD_MUTEX_INITIALIZER, log_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t wait_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static int is_ready;

static void *first(void *arg)
{
    pthread_mutex_lock(&table);
    pthread_mutex_lock(&list);
    pthread_mutex_unlock(&list);
    pthread_mutex_lock(&log_lock);
    pthread_mutex_unlock(&log_lock);
    pthread_mutex_unlock(&table);
    pthread_mutex_lock(&log_lock);
    pthread_mutex_lock(&list);
    pthread_mutex_unlock(&list);
    pthread_mutex_unlock(&log_lock);
    return arg;
}

static void *second(void *arg)
{
    pthread_mutex_lock(&list);
    pthread_mutex_lock(&table); //~ ERROR F0106 `list` and `table` are locked in opposite orders
    pthread_mutex_unlock(&table);
    pthread_mutex_unlock(&list);
    return arg;
}

/* Two locks are held while it waits: one warning for the wait. */
static void wait_under_both(void)
{
    pthread_mutex_lock(&log_lock);
    pthread_mutex_lock(&list);
    pthread_mutex_lock(&wait_lock);
    while (!is_ready)
        pthread_cond_wait(&ready, &wait_lock); //~ WARNING F0107 is held while this thread waits for a condition
    pthread_mutex_unlock(&wait_lock);
    pthread_mutex_unlock(&list);
    pthread_mutex_unlock(&log_lock);
}

static void *third(void *arg)
{
    pthread_mutex_lock(&wait_lock);
    is_ready = 1;
    pthread_cond_signal(&ready);
    pthread_mutex_unlock(&wait_lock);
    return arg;
}

int main(void)
{
    pthread_t threads[3];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_create(&threads[2], NULL, third, NULL);
    wait_under_both();
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
