/* One function locks a page and keeps it when there is room, another one lets go the page of that number. */
#include <pthread.h>
#include <stddef.h>

struct page {
    pthread_mutex_t lock;
    struct page *next;
    int number, used, size;
};

struct store {
    pthread_mutex_t lock;
    struct page pages[8];
    struct page *open;
};

struct request {
    int page, length;
};

int begin(struct store *store, struct request *request)
{
    pthread_mutex_lock(&store->lock);
    struct page *page = store->open;
    if (!page)
        page = &store->pages[0];
    pthread_mutex_unlock(&store->lock);
    pthread_mutex_lock(&page->lock);
    if (page->size - page->used >= request->length) {
        request->page = page->number;
        return 0;
    }
    pthread_mutex_unlock(&page->lock);
    return -1;
}

void finish(struct store *store, struct request *request)
{
    struct page *page = &store->pages[request->page];
    page->used += request->length;
    pthread_mutex_unlock(&page->lock);
}

static int put(struct store *store, int length)
{
    struct request request = { 0, length };
    if (begin(store, &request) != 0)
        return 0;
    finish(store, &request);
    return 1;
}

int put_all(struct store *store, const int *lengths, int count)
{
    int done = 0;
    for (int i = 0; i < count; i++)
        done += put(store, lengths[i]);
    return done;
}

int put_in_loop(struct store *store, const int *lengths, int count)
{
    int done = 0;
    for (int i = 0; i < count; i++) {
        struct request request = { 0, lengths[i] };
        if (begin(store, &request) != 0)
            continue;
        finish(store, &request);
        done++;
    }
    return done;
}
