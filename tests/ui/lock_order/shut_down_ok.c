/* A thread that is stopped by a function further down, before the lock is taken that it takes the other way round. */
#include <pthread.h>

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER, log_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t sweeper, writer;
static int stopped;

static void *sweep(void *arg)
{
    pthread_mutex_lock(&table_lock);
    pthread_mutex_lock(&log_lock);
    pthread_mutex_unlock(&log_lock);
    pthread_mutex_unlock(&table_lock);
    return arg;
}

static void *write_log(void *arg)
{
    pthread_mutex_lock(&log_lock);
    pthread_mutex_unlock(&log_lock);
    return arg;
}

static void start_all(void)
{
    pthread_create(&sweeper, NULL, sweep, NULL);
    pthread_create(&writer, NULL, write_log, NULL);
}

static void stop_sweeper(void)
{
    pthread_join(sweeper, NULL);
}

static void shut_down(void)
{
    stop_sweeper();
    pthread_mutex_lock(&log_lock);
    pthread_mutex_lock(&table_lock);
    stopped = 1;
    pthread_mutex_unlock(&table_lock);
    pthread_mutex_unlock(&log_lock);
    pthread_join(writer, NULL);
}

int main(void)
{
    start_all();
    shut_down();
    return !stopped;
}
