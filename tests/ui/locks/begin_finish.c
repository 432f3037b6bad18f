/* What is kept when there is room, nobody lets go. */
#include <pthread.h>
#include <stddef.h>

struct page {
    pthread_mutex_t lock;
    int used, size;
};

struct store {
    pthread_mutex_t lock;
    struct page pages[8];
    struct page *open;
};

int begin(struct store *store, int length)
{
    pthread_mutex_lock(&store->lock);
    struct page *page = store->open;
    if (!page)
        page = &store->pages[0];
    pthread_mutex_unlock(&store->lock);
    pthread_mutex_lock(&page->lock);
    if (page->size - page->used >= length)
        return 0; //~ ERROR F0103 `page->lock` is not released on every path
    pthread_mutex_unlock(&page->lock);
    return -1;
}

int put(struct store *store, int length)
{
    return begin(store, length) == 0;
}
