/*
 * Which edges a ring may have, and which follow which. What an edge waits for and what it holds are *ends*; a program
 * has few ends and many edges between them, so what matches what is asked once for two ends. An edge that nobody
 * follows, or that follows nobody, is in no ring: without it others follow nobody, until only rings (and what leads
 * from one to the next) are left. In most programs nothing is.
 */
#include "analysis/locks/ring_edges.h"

struct end {
    struct order_lock lock;
    GArray *next, *before;  /* of uint32_t: ends, as held, that this one, as taken, waits for; and the other way round */
    GPtrArray *takers, *holders; /* struct ring_edge */
    uint32_t taker_count, holder_count; /* of those that are left */
    uint32_t ways_on, ways_in;   /* of `next` with holders left; of `before` with takers left */
    GPtrArray *following;        /* struct order_edge: in the order of the text */
};

struct ring_edge {
    const struct order_edge *edge;
    uint32_t held, taken;
    bool is_gone;
};

struct ring_edges {
    GPtrArray *ends;     /* struct end */
    GHashTable *end_of;  /* text -> number of the end + 1 */
    GPtrArray *edges;    /* struct ring_edge, in the order of the text */
    GHashTable *by_edge; /* struct order_edge -> struct ring_edge */
    GQueue gone;         /* struct ring_edge: its ends have not been told */
};

static void write_end(GString *key, const struct order_lock *lock)
{
    g_string_append_printf(key, "%p %d %" G_GINT64_FORMAT " %d|", (const void *)lock->node, lock->has_element,
                           lock->has_element ? lock->element : 0, lock->shared);
}

static uint32_t end_number(struct ring_edges *r, const struct order_lock *lock)
{
    GString *key = g_string_new(NULL);
    write_end(key, lock);
    uint32_t number = GPOINTER_TO_UINT(g_hash_table_lookup(r->end_of, key->str));
    if (number > 0) {
        g_string_free(key, TRUE);
        return number - 1;
    }
    struct end *end = g_new0(struct end, 1);
    end->lock = *lock;
    end->next = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    end->before = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    end->takers = g_ptr_array_new();
    end->holders = g_ptr_array_new();
    g_ptr_array_add(r->ends, end);
    g_hash_table_insert(r->end_of, g_string_free(key, FALSE), GUINT_TO_POINTER(r->ends->len));
    return r->ends->len - 1;
}

static struct end *end_at(const struct ring_edges *r, uint32_t number)
{
    return g_ptr_array_index(r->ends, number);
}

/* Whoever calls their roots may do so in several threads: which way leads to it makes no difference. */
static bool is_told_already(GHashTable *known, const struct order_edge *edge)
{
    if (!edge->many)
        return false;
    GString *key = g_string_new(NULL);
    write_end(key, &edge->held);
    write_end(key, &edge->taken);
    g_string_append_printf(key, "%d ", edge->rank);
    for (uint32_t i = 0; i < edge->gate_count; i++)
        write_end(key, &edge->gates[i]);
    return !g_hash_table_add(known, g_string_free(key, FALSE));
}

static void add_edge(struct ring_edges *r, const struct order_edge *edge)
{
    struct ring_edge *made = g_new0(struct ring_edge, 1);
    made->edge = edge;
    made->held = end_number(r, &edge->held);
    made->taken = end_number(r, &edge->taken);
    g_ptr_array_add(end_at(r, made->held)->holders, made);
    g_ptr_array_add(end_at(r, made->taken)->takers, made);
    g_ptr_array_add(r->edges, made);
    g_hash_table_insert(r->by_edge, (gpointer)edge, made);
}

static void connect_ends(struct ring_edges *r)
{
    for (uint32_t i = 0; i < r->ends->len; i++) {
        struct end *a = end_at(r, i);
        a->taker_count = a->takers->len;
        a->holder_count = a->holders->len;
        for (uint32_t k = 0; k < r->ends->len && a->takers->len > 0; k++) {
            struct end *b = end_at(r, k);
            if (b->holders->len == 0 || (a->lock.shared && b->lock.shared) || !lock_nodes_match(&a->lock, &b->lock))
                continue;
            g_array_append_val(a->next, k);
            g_array_append_val(b->before, i);
            a->ways_on++;
            b->ways_in++;
        }
    }
}

static void drop(struct ring_edges *r, struct ring_edge *edge)
{
    if (edge->is_gone)
        return;
    edge->is_gone = true;
    g_queue_push_tail(&r->gone, edge);
}

static void drop_all(struct ring_edges *r, const GPtrArray *edges)
{
    for (guint i = 0; i < edges->len; i++)
        drop(r, g_ptr_array_index(edges, i));
}

static void drop_what_is_in_no_ring(struct ring_edges *r)
{
    for (uint32_t i = 0; i < r->ends->len; i++) {
        if (end_at(r, i)->ways_on == 0)
            drop_all(r, end_at(r, i)->takers);
        if (end_at(r, i)->ways_in == 0)
            drop_all(r, end_at(r, i)->holders);
    }
    for (struct ring_edge *edge; (edge = g_queue_pop_head(&r->gone));) {
        struct end *held = end_at(r, edge->held), *taken = end_at(r, edge->taken);
        if (--held->holder_count == 0)
            for (guint i = 0; i < held->before->len; i++) {
                struct end *before = end_at(r, g_array_index(held->before, uint32_t, i));
                if (--before->ways_on == 0)
                    drop_all(r, before->takers);
            }
        if (--taken->taker_count == 0)
            for (guint i = 0; i < taken->next->len; i++) {
                struct end *next = end_at(r, g_array_index(taken->next, uint32_t, i));
                if (--next->ways_in == 0)
                    drop_all(r, next->holders);
            }
    }
}

struct ring_edges *ring_edges_new(const GPtrArray *in_order_of_text)
{
    struct ring_edges *r = g_new0(struct ring_edges, 1);
    GHashTable *known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    r->ends = g_ptr_array_new();
    r->end_of = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    r->edges = g_ptr_array_new_with_free_func(g_free);
    r->by_edge = g_hash_table_new(NULL, NULL);
    g_queue_init(&r->gone);
    for (guint i = 0; i < in_order_of_text->len; i++)
        if (!is_told_already(known, g_ptr_array_index(in_order_of_text, i)))
            add_edge(r, g_ptr_array_index(in_order_of_text, i));
    g_hash_table_destroy(known);
    connect_ends(r);
    drop_what_is_in_no_ring(r);
    return r;
}

void ring_edges_free(struct ring_edges *r)
{
    for (uint32_t i = 0; i < r->ends->len; i++) {
        struct end *end = end_at(r, i);
        g_array_free(end->next, TRUE);
        g_array_free(end->before, TRUE);
        g_ptr_array_free(end->takers, TRUE);
        g_ptr_array_free(end->holders, TRUE);
        if (end->following)
            g_ptr_array_free(end->following, TRUE);
        g_free(end);
    }
    g_ptr_array_free(r->ends, TRUE);
    g_hash_table_destroy(r->end_of);
    g_hash_table_destroy(r->by_edge);
    g_ptr_array_free(r->edges, TRUE);
    g_free(r);
}

GPtrArray *ring_edges_left(const struct ring_edges *r)
{
    GPtrArray *left = g_ptr_array_new();
    for (guint i = 0; i < r->edges->len; i++) {
        const struct ring_edge *edge = g_ptr_array_index(r->edges, i);
        if (!edge->is_gone)
            g_ptr_array_add(left, (gpointer)edge->edge);
    }
    return left;
}

const GPtrArray *ring_edges_following(struct ring_edges *r, const struct order_edge *edge)
{
    const struct ring_edge *from = g_hash_table_lookup(r->by_edge, edge);
    struct end *taken = end_at(r, from->taken);
    if (taken->following)
        return taken->following;
    bool *wanted = g_new0(bool, r->ends->len);
    taken->following = g_ptr_array_new();
    for (guint i = 0; i < taken->next->len; i++)
        wanted[g_array_index(taken->next, uint32_t, i)] = true;
    for (guint i = 0; i < r->edges->len; i++) {
        const struct ring_edge *next = g_ptr_array_index(r->edges, i);
        if (!next->is_gone && wanted[next->held])
            g_ptr_array_add(taken->following, (gpointer)next->edge);
    }
    g_free(wanted);
    return taken->following;
}
