/* Locks that one function takes for its callers and another one lets go: callers decide by what they are told. */
#include <pthread.h>
#include <stddef.h>

enum what { PAUSE, RESUME };
static pthread_mutex_t writer = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t *parts;
static int written, moved;

static void writer_pause(void) { pthread_mutex_lock(&writer); }
static void writer_resume(void) { pthread_mutex_unlock(&writer); }
void pause_threads(enum what what)
{
    switch (what) {
    case PAUSE:
        writer_pause();
        break;
    case RESUME:
        writer_resume();
        break;
    }
}
static void part_lock(size_t i) { pthread_mutex_lock(&parts[i]); }
static void part_unlock(size_t i) { pthread_mutex_unlock(&parts[i]); }
struct walk { size_t part; int holds; };
int step(struct walk *w)
{
    if (w->holds) {
        part_unlock(w->part);
        w->holds = 0;
        w->part++;
    }
    part_lock(w->part);
    moved++;
    w->holds = 1;
    return moved;
}
void end(struct walk *w)
{
    if (w->holds)
        part_unlock(w->part);
}
static void *work(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&writer);
    written++;
    pthread_mutex_unlock(&writer);
    return NULL;
}
int main(void)
{
    pthread_t thread;
    struct walk w = {0, 0};
    if (pthread_create(&thread, NULL, work, NULL))
        return 1;
    pause_threads(PAUSE);
    pause_threads(RESUME);
    step(&w);
    end(&w);
    pthread_join(thread, NULL);
    return 0;
}
