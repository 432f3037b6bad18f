/* The same, but it is another thread that has been stopped by then. */
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
    pthread_join(writer, NULL);
    pthread_mutex_lock(&log_lock);
    pthread_mutex_lock(&table_lock); //~ ERROR F0106 `log_lock` and `table_lock` are locked in opposite orders
    stopped = 1;
    pthread_mutex_unlock(&table_lock);
    pthread_mutex_unlock(&log_lock);
    stop_sweeper();
}

int main(void)
{
    start_all();
    shut_down();
    return !stopped;
}
