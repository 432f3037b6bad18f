/* A logger thread that writes what others put into its list, and a level that anybody may change. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct line {
    struct line *next;
    char text[64];
};

struct logger {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct line *head;
    struct line **tail;
    int stopping;
    long dropped;
    long written;
};

static struct logger logger = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};
static pthread_mutex_t level_lock = PTHREAD_MUTEX_INITIALIZER;
static int level = 2;

static int is_wanted(int of)
{
    pthread_mutex_lock(&level_lock);
    int wanted = of <= level;
    pthread_mutex_unlock(&level_lock);
    return wanted;
}

static void set_level(int to)
{
    pthread_mutex_lock(&level_lock);
    level = to;
    pthread_mutex_unlock(&level_lock);
}

static void say(int of, const char *text)
{
    if (!is_wanted(of))
        return;
    struct line *line = malloc(sizeof *line);
    pthread_mutex_lock(&logger.lock);
    if (!line) {
        logger.dropped++;
        pthread_mutex_unlock(&logger.lock);
        return;
    }
    line->next = NULL;
    snprintf(line->text, sizeof line->text, "%s", text);
    *logger.tail = line;
    logger.tail = &line->next;
    pthread_cond_signal(&logger.wake);
    pthread_mutex_unlock(&logger.lock);
}

static void *write_lines(void *unused)
{
    for (;;) {
        pthread_mutex_lock(&logger.lock);
        while (!logger.head && !logger.stopping)
            pthread_cond_wait(&logger.wake, &logger.lock);
        struct line *line = logger.head;
        if (!line) {
            pthread_mutex_unlock(&logger.lock);
            break;
        }
        logger.head = line->next;
        if (!logger.head)
            logger.tail = &logger.head;
        logger.written++;
        pthread_mutex_unlock(&logger.lock);
        puts(line->text);
        free(line);
    }
    return unused;
}

static void *talk(void *name)
{
    for (int i = 0; i < 20; i++) {
        say(i % 4, name);
        if (i == 10)
            set_level(3);
    }
    return NULL;
}

int main(void)
{
    char one[] = "one", two[] = "two";
    pthread_t a, b;
    logger.tail = &logger.head;
    pthread_create(&logger.thread, NULL, write_lines, NULL);
    pthread_create(&a, NULL, talk, one);
    pthread_create(&b, NULL, talk, two);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    pthread_mutex_lock(&logger.lock);
    logger.stopping = 1;
    pthread_cond_signal(&logger.wake);
    pthread_mutex_unlock(&logger.lock);
    pthread_join(logger.thread, NULL);
    fprintf(stderr, "%ld written, %ld dropped\n", logger.written, logger.dropped);
    return 0;
}
