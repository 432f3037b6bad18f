/* A call through a field runs what is stored in that field: not all that has its type. */
#include <pthread.h>

static pthread_mutex_t queue = PTHREAD_MUTEX_INITIALIZER, pool = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t low = PTHREAD_MUTEX_INITIALIZER, high = PTHREAD_MUTEX_INITIALIZER;
static int in_queue, in_high;

struct task {
    const char *name;
    void (*run)(void);
};

struct worker {
    void (*body)(void);
};

static void takes_queue(void)
{
    pthread_mutex_lock(&queue);
    in_queue++;
    pthread_mutex_unlock(&queue);
}

static void takes_nothing(void)
{
}

static struct worker worker = { takes_queue };
static const struct task tasks[] = { { "nothing", takes_nothing } };

static void in_pool(const struct task *task)
{
    pthread_mutex_lock(&pool);
    task->run();
    pthread_mutex_unlock(&pool);
}

static void under_queue(void)
{
    pthread_mutex_lock(&queue);
    pthread_mutex_lock(&pool);
    in_queue++;
    pthread_mutex_unlock(&pool);
    pthread_mutex_unlock(&queue);
}

void *one(void *unused)
{
    in_pool(&tasks[0]);
    return unused;
}

void *two(void *unused)
{
    worker.body();
    under_queue();
    return unused;
}

/* The same with the function that takes the lock in the field that is called, by way of a parameter. */
struct hook {
    void (*call)(void);
};
static struct hook hook;

static void takes_high(void)
{
    pthread_mutex_lock(&high);
    in_high++;
    pthread_mutex_unlock(&high);
}

static void set_hook(void (*call)(void))
{
    hook.call = call;
}

static void low_then_hook(void)
{
    pthread_mutex_lock(&low);
    hook.call();
    pthread_mutex_unlock(&low);
}

static void high_then_low(void)
{
    pthread_mutex_lock(&high);
    pthread_mutex_lock(&low); //~ ERROR F0106 `high` and `low` are locked in opposite orders
    in_high++;
    pthread_mutex_unlock(&low);
    pthread_mutex_unlock(&high);
}

void *three(void *unused)
{
    low_then_hook();
    return unused;
}

void *four(void *unused)
{
    high_then_low();
    return unused;
}

int main(void)
{
    pthread_t threads[4];
    set_hook(takes_high);
    pthread_create(&threads[0], NULL, one, NULL);
    pthread_create(&threads[1], NULL, two, NULL);
    pthread_create(&threads[2], NULL, three, NULL);
    pthread_create(&threads[3], NULL, four, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    return in_queue + in_high;
}
