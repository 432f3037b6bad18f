/*
 * Rings of edges, each taking what the next one holds. Edges that can be in one are few (ring_edges.c), so a search from
 * each of them along those that follow it is enough: the shortest ring first, each set of locks once.
 */
#include "analysis/locks/lock_order.h"
#include "analysis/locks/ring_edges.h"

enum { MAX_RING = 6, MAX_TRIES = 4096 };

struct search {
    struct lock_order *order;
    struct ring_edges *edges;
    const struct order_edge *ring[MAX_RING];
    uint32_t wanted;   /* how long a ring is looked for */
    unsigned tries;    /* left, of this first edge */
};

/* What one of them holds, nobody else can hold at that time: then they never wait for each other. */
static bool have_common_gate(const struct order_edge *a, const struct order_edge *b)
{
    for (uint32_t i = 0; i < a->gate_count; i++)
        for (uint32_t k = 0; k < b->gate_count; k++)
            if (!(a->gates[i].shared && b->gates[k].shared) && lock_nodes_match(&a->gates[i], &b->gates[k]))
                return true;
    return false;
}

/* a waits for what b holds. */
static bool follows(const struct order_edge *a, const struct order_edge *b)
{
    return !(a->taken.shared && b->held.shared) && lock_nodes_match(&a->taken, &b->held);
}

/* Their ranks agree that what they take comes behind (or before) what they hold, all the way round. */
static bool is_ranked(const struct search *s)
{
    bool up = false, down = false;
    for (uint32_t i = 0; i < s->wanted; i++) {
        if (s->ring[i]->rank == RANK_NONE)
            return false;
        up |= s->ring[i]->rank == RANK_ASCENDING;
        down |= s->ring[i]->rank == RANK_DESCENDING;
    }
    return !(up && down);
}

static bool fits(struct search *s, uint32_t at, const struct order_edge *edge)
{
    for (uint32_t i = 0; i < at; i++)
        if (have_common_gate(s->ring[i], edge) || !edges_can_meet(s->order, s->ring[i], edge))
            return false;
    return true;
}

static bool close_ring(struct search *s, uint32_t at)
{
    if (at == s->wanted)
        return follows(s->ring[at - 1], s->ring[0]) && !is_ranked(s) &&
               (at > 1 || (edges_can_meet(s->order, s->ring[0], s->ring[0]) && !have_common_gate(s->ring[0], s->ring[0])));
    const GPtrArray *following = ring_edges_following(s->edges, s->ring[at - 1]);
    for (guint i = 0; i < following->len && s->tries > 0; i++) {
        const struct order_edge *edge = g_ptr_array_index(following, i);
        s->tries--;
        if (!fits(s, at, edge))
            continue;
        s->ring[at] = edge;
        if (close_ring(s, at + 1))
            return true;
    }
    return false;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(const char *const *)a, *(const char *const *)b);
}

/* The locks of a ring, whatever the edges between them: an instance and its class are one. */
static char *locks_of(const struct search *s)
{
    const char *names[MAX_RING];
    for (uint32_t i = 0; i < s->wanted; i++)
        names[i] = s->ring[i]->held.node->path;
    qsort(names, s->wanted, sizeof names[0], compare_names);
    GString *all = g_string_new(NULL);
    for (uint32_t i = 0; i < s->wanted; i++)
        g_string_append_printf(all, "%s|", names[i]);
    return g_string_free(all, FALSE);
}

static int in_order_of_text(gconstpointer a, gconstpointer b)
{
    const struct order_edge *e = *(const struct order_edge *const *)a, *f = *(const struct order_edge *const *)b;
    if (e->taken.span.file != f->taken.span.file)
        return e->taken.span.file < f->taken.span.file ? -1 : 1;
    if (e->taken.span.begin != f->taken.span.begin)
        return e->taken.span.begin < f->taken.span.begin ? -1 : 1;
    return e->held.span.begin < f->held.span.begin ? -1 : e->held.span.begin > f->held.span.begin;
}

/* One wrong acquisition closes many rings: what a shorter one has told of is not told of in every longer one. */
static bool has_told_edge(const struct search *s, GHashTable *edges, bool add)
{
    bool known = false;
    for (uint32_t i = 0; i < s->wanted; i++) {
        const struct order_edge *e = s->ring[i];
        char *key = g_strdup_printf("%s>%s %u:%u", e->held.node->path, e->taken.node->path, e->taken.span.file,
                                    e->taken.span.begin);
        known |= g_hash_table_contains(edges, key);
        if (add)
            g_hash_table_add(edges, key);
        else
            g_free(key);
    }
    return known;
}

void lock_rings_report(struct lock_order *order)
{
    g_ptr_array_sort(order->settled, in_order_of_text);
    struct ring_edges *edges = ring_edges_new(order->settled);
    GPtrArray *left = ring_edges_left(edges);
    GHashTable *told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTable *told_edges = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTable *used = g_hash_table_new(NULL, NULL); /* an edge is told of in the shortest ring alone */
    for (uint32_t length = 1; length <= MAX_RING; length++)
        for (guint i = 0; i < left->len; i++) {
            struct search s = {.order = order, .edges = edges, .ring = {g_ptr_array_index(left, i)}, .wanted = length,
                               .tries = MAX_TRIES};
            if (g_hash_table_contains(used, s.ring[0]) || !close_ring(&s, 1))
                continue;
            bool is_new = g_hash_table_add(told, locks_of(&s));
            if (is_new && !(length > 2 && has_told_edge(&s, told_edges, false))) {
                report_ring(order, s.ring, length);
                has_told_edge(&s, told_edges, true);
            }
            for (uint32_t k = 0; k < length; k++)
                g_hash_table_add(used, (gpointer)s.ring[k]);
        }
    g_hash_table_destroy(told);
    g_hash_table_destroy(told_edges);
    g_hash_table_destroy(used);
    g_ptr_array_free(left, TRUE);
    ring_edges_free(edges);
}
