/* A correct program: a ring of owned values behind a mutex. */
#include "words.h"

#define SLOTS 16

struct ring {
    text slots[SLOTS];
    size_t head, len;
};

static void ring_drop(struct ring *r)
{
    while (r->len > 0) {
        fl_drop(r->slots[r->head]);
        r->head = (r->head + 1) % SLOTS;
        r->len--;
    }
}
#define FL_OWNED struct ring, ring_drop
#include <fearless/owned.h>

typedef fl_mutex(struct ring) shared_ring;

static bool ring_put(struct ring *r, text *t)
{
    if (r->len == SLOTS)
        return false;
    r->slots[(r->head + r->len) % SLOTS] = fl_move(*t);
    r->len++;
    return true;
}

static bool ring_get(struct ring *r, text *ret_text)
{
    if (r->len == 0)
        return false;
    *ret_text = fl_move(r->slots[r->head]);
    r->head = (r->head + 1) % SLOTS;
    r->len--;
    return true;
}

FL_THREAD_FN(void, fill, fl_arc(shared_ring), ring, int, n)
{
    fl_auto(ring);
    for (int i = 0; i < n; i++) {
        text t = text_of("word");
        bool put;
        {
            fl_guard(r, fl_get(ring));
            put = ring_put(r, &t);
        }
        if (!put) {
            fl_drop(t);
            return;
        }
    }
}

int main(void)
{
    fl_arc(shared_ring) ring = fl_arc_new(shared_ring, FL_MUTEX({ 0 }));
    fl_auto(ring);
    fl_join_handle(void) h = fl_spawn(fill, fl_clone(ring), 10);
    fl_unwrap(fl_join(h));
    for (;;) {
        text t;
        bool got;
        {
            fl_guard(r, fl_get(ring));
            got = ring_get(r, &t);
        }
        if (!got)
            break;
        text_print(&t);
        fl_drop(t);
    }
    return 0;
}
