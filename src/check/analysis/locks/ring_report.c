/* F0106: where each lock of the ring is taken while the one before it is held, and how each thread gets there. */
#include <string.h>

#include "analysis/locks/lock_order.h"

struct told {
    struct span spans[32];
    uint32_t count;
};

static bool is_told(struct told *told, struct span span)
{
    for (uint32_t i = 0; i < told->count; i++)
        if (span_equal(told->spans[i], span))
            return true;
    if (told->count < G_N_ELEMENTS(told->spans))
        told->spans[told->count++] = span;
    return false;
}

/* The last in the text closes the ring. */
static uint32_t last_of(const struct order_edge *const *ring, uint32_t count)
{
    uint32_t last = 0;
    for (uint32_t i = 1; i < count; i++) {
        struct span a = ring[last]->taken.span, b = ring[i]->taken.span;
        if (b.file > a.file || (b.file == a.file && b.begin > a.begin))
            last = i;
    }
    return last;
}

static const char *manner(const struct order_lock *lock, bool matters)
{
    return !matters ? "" : lock->shared ? " for reading" : " for writing";
}

static bool reads_matter(const struct order_edge *const *ring, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (ring[i]->held.shared || ring[i]->taken.shared)
            return true;
    return false;
}

/* How many steps all of them have in common: where they part is what matters. */
static uint32_t common_steps(const struct order_edge *const *ring, uint32_t count)
{
    const struct order_step *at[16];
    for (uint32_t i = 0; i < count; i++)
        at[i] = ring[i]->steps;
    for (uint32_t common = 0; count > 1; common++)
        for (uint32_t i = 0; i < count; i++) {
            if (!at[i] || !at[0] || at[i]->fn != at[0]->fn || at[i]->block != at[0]->block || at[0]->starts)
                return common;
            if (i > 0)
                at[i] = at[i]->inner;
            if (i + 1 == count)
                at[0] = at[0]->inner;
        }
    return 0;
}

static void tell_way(struct finding *finding, const struct order_edge *edge, uint32_t skipped, struct told *told)
{
    for (const struct order_step *s = edge->steps; s && s->inner; s = s->inner) {
        if (skipped > 0 && skipped--)
            continue;
        if (is_told(told, s->span))
            continue;
        if (s->starts)
            finding_note_at(finding, s->span, NULL, "a thread is started here, which runs `%s`", s->inner->fn->name);
        else
            finding_note_at(finding, s->span, NULL, "`%s` calls `%s` here", s->fn->name, s->inner->fn->name);
    }
}

/* Two threads that do the same at one place each call the locks something else: there the place's own names are said. */
static bool share_places(const struct order_edge *const *ring, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(ring[i]->held.outer, ring[i]->taken.outer) == 0)
            return true;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (span_equal(ring[i]->taken.span, ring[k]->taken.span) || span_equal(ring[i]->held.span, ring[k]->held.span))
                return true;
    return false;
}

/* Each edge is two steps, the lock that is held and then the one that is taken, one edge after the other. */
static void tell_edge(struct finding *finding, const struct order_edge *edge, uint32_t number, bool reads, bool by_outer,
                      struct told *told)
{
    const char *taken = by_outer ? edge->taken.outer : edge->taken.name;
    const char *held = by_outer ? edge->held.outer : edge->held.name;
    if (!is_told(told, edge->taken.span)) {
        if (number == 0)
            finding_primary(finding, edge->taken.span, "%s is locked%s here, while %s is held", taken,
                            manner(&edge->taken, reads), held);
        else
            finding_label(finding, edge->taken.span, "%s is locked%s here, while %s is held", taken,
                          manner(&edge->taken, reads), held);
        finding_step(finding, 2 * number + 2);
    }
    if (!is_told(told, edge->held.span)) {
        finding_label(finding, edge->held.span, "%s is locked%s here", held, manner(&edge->held, reads));
        finding_step(finding, 2 * number + 1);
    }
}

/* There is no other order, only the same one with the two locks swapped. */
static bool is_one_way(const struct order_edge *const *ring, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        if (!lock_nodes_match(&ring[i]->held, &ring[0]->held))
            return false;
    return true;
}

static struct finding *begin(struct lock_order *order, const struct order_edge *const *ring, uint32_t count,
                             uint32_t first)
{
    const char *held = ring[first]->held.outer, *taken = ring[first]->taken.outer;
    if (strcmp(held, taken) == 0) {
        held = ring[first]->held.name;
        taken = ring[first]->taken.name;
    }
    if (is_one_way(ring, count) || strcmp(held, taken) == 0)
        return finding_new(order->guards->sink, "F0106", "%s and %s are locked in no fixed order, which can deadlock",
                           held, strcmp(held, taken) == 0 ? "another one of its kind" : taken);
    if (count == 2)
        return finding_new(order->guards->sink, "F0106", "%s and %s are locked in opposite orders, which can deadlock",
                           held, taken);
    GString *names = g_string_new(held);
    for (uint32_t i = 1; i < count; i++)
        g_string_append_printf(names, i + 1 < count ? ", %s" : " and %s", ring[(first + i) % count]->held.outer);
    struct finding *finding =
        finding_new(order->guards->sink, "F0106", "%s are locked in a ring, which can deadlock", names->str);
    g_string_free(names, TRUE);
    return finding;
}

void report_ring(struct lock_order *order, const struct order_edge *const *ring, uint32_t count)
{
    uint32_t first = last_of(ring, count);
    struct told told = {.count = 0};
    bool reads = reads_matter(ring, count), by_outer = !share_places(ring, count);
    struct finding *finding = begin(order, ring, count, first);
    for (uint32_t i = 0; i < count; i++)
        tell_edge(finding, ring[(first + i) % count], i, reads, by_outer, &told);
    for (uint32_t i = 0; i < count; i++)
        tell_way(finding, ring[(first + i) % count], common_steps(ring, count), &told);
    if (is_one_way(ring, count))
        finding_note(finding, "two threads that do this with the same two locks the other way round wait for each other");
    else
        finding_note(finding, "threads that each hold one of them and wait for the next wait for ever");
    if (is_one_way(ring, count))
        finding_help(finding, "decide by something that all threads agree on, as `if (a < b)`, which of the two comes first");
    else
        finding_help(finding, "lock them in the same order everywhere, or hold one more lock around all of it");
}
