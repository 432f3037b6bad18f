/* One detached thread for each connection; what it gets is on the heap and the thread's own. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct connection {
    int fd;
    char name[16];
};

static pthread_mutex_t count_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t none_left = PTHREAD_COND_INITIALIZER;
static int connections;

static void *serve(void *argument)
{
    struct connection *c = argument;
    char buffer[64];
    ssize_t n;
    while ((n = read(c->fd, buffer, sizeof buffer)) > 0)
        printf("%s: %zd bytes\n", c->name, n);
    close(c->fd);
    free(c);
    pthread_mutex_lock(&count_lock);
    if (--connections == 0)
        pthread_cond_signal(&none_left);
    pthread_mutex_unlock(&count_lock);
    return NULL;
}

static int accept_one(int fd, const char *name)
{
    pthread_t thread;
    pthread_attr_t detached;
    struct connection *c = calloc(1, sizeof *c);
    if (!c)
        return -1;
    c->fd = fd;
    strncpy(c->name, name, sizeof c->name - 1);
    pthread_mutex_lock(&count_lock);
    connections++;
    pthread_mutex_unlock(&count_lock);
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    int rc = pthread_create(&thread, &detached, serve, c);
    pthread_attr_destroy(&detached);
    if (rc != 0) {
        pthread_mutex_lock(&count_lock);
        connections--;
        pthread_mutex_unlock(&count_lock);
        free(c);
    }
    return rc;
}

int main(void)
{
    for (int i = 0; i < 3; i++) {
        int ends[2];
        char name[16];
        if (pipe(ends) != 0)
            return 1;
        snprintf(name, sizeof name, "client %d", i);
        if (accept_one(ends[0], name) == 0 && write(ends[1], "hi", 2) != 2)
            perror("write");
        close(ends[1]);
    }
    pthread_mutex_lock(&count_lock);
    while (connections > 0)
        pthread_cond_wait(&none_left, &count_lock);
    pthread_mutex_unlock(&count_lock);
    return 0;
}
