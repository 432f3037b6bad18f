/*
 * Ownership along every path: E0382, E0507, E0381 of owned values, F0301, F0303, F0304.
 *
 * Each root is simulated on its own (moves_state.h); this file decides what is wrong at each event from
 * all paths that reach it, moves_report.c says it.
 */
#include "analysis/context.h"
#include "analysis/moves/moves_report.h"

/* What all paths together have at an event. */
struct seen {
    uint32_t event;
    struct move_fact here;   /* the event's node */
    struct move_fact below;  /* inside it */
    GArray *owning;          /* DEAD: nodes that still own, with their sites: of struct owning */
    const char *unset_part;  /* what has no value on some path, when another part of the node has one; else NULL */
    uint32_t unset_node;     /* ... its node, MOVE_NODE_NONE: it never gets one */
};

struct owning {
    uint32_t node;
    uint32_t sites;
};

struct checker {
    struct move_paths *paths;
    struct move_events *events;
    struct move_simulation *sim;
    GHashTable *by_event;   /* event -> struct seen * */
    GPtrArray *order;       /* of struct seen *, as first visited: reverse post order */
    GHashTable *reported;   /* sets of moves already reported -> the node that was used */
    GHashTable *used;       /* events that were reported as uses */
    bool uninitialised_reported;
};

static void seen_free(void *data)
{
    struct seen *seen = data;
    if (seen->owning)
        g_array_free(seen->owning, TRUE);
    g_free(seen);
}

/* ---------------------------------------------------------------------------------------- gathering */

static struct seen *seen_of(struct checker *c, uint32_t event)
{
    struct seen *seen = g_hash_table_lookup(c->by_event, GUINT_TO_POINTER(event + 1));
    if (!seen) {
        seen = g_new0(struct seen, 1);
        seen->event = event;
        g_hash_table_insert(c->by_event, GUINT_TO_POINTER(event + 1), seen);
        g_ptr_array_add(c->order, seen);
    }
    return seen;
}

static void add_owning(struct checker *c, struct seen *seen, uint32_t node, uint32_t sites)
{
    if (!seen->owning)
        seen->owning = g_array_new(FALSE, FALSE, sizeof(struct owning));
    for (guint i = 0; i < seen->owning->len; i++) {
        struct owning *owning = &g_array_index(seen->owning, struct owning, i);
        if (owning->node == node) {
            owning->sites = move_sites_union(c->sim, owning->sites, sites);
            return;
        }
    }
    struct owning made = { node, sites };
    g_array_append_val(seen->owning, made);
}

/* Parts of an owned value were taken out; some field that owns was not among them. */
static bool owns_a_rest(const struct checker *c, const struct move_fact *facts, uint32_t node)
{
    const struct ir_type *type = move_node(c->paths, c->sim->root, node)->type->unqualified;
    if (!(facts[node].bits & MOVE_PARTLY) || type->kind != IR_TYPE_RECORD)
        return false;
    for (uint32_t f = 0; f < type->record->field_count; f++) {
        bool gone = !ir_type_contains_owned(type->record->fields[f].type);
        for (uint32_t child = move_node(c->paths, c->sim->root, node)->first_child; child != MOVE_NODE_NONE && !gone;
             child = move_node(c->paths, c->sim->root, child)->next_sibling)
            gone = move_node(c->paths, c->sim->root, child)->field == f &&
                   !(facts[child].bits & ~(uint32_t)(MOVE_MOVED | MOVE_DROPPED | MOVE_EMPTY));
        if (!gone)
            return true;
    }
    return false;
}

/* The outermost nodes that own something: what a person would drop. */
static void gather_owning(struct checker *c, struct seen *seen, const struct move_fact *facts, uint32_t node)
{
    if ((facts[node].bits & MOVE_OWNS) || owns_a_rest(c, facts, node)) {
        add_owning(c, seen, node, facts[node].sites);
        return;
    }
    for (uint32_t child = move_node(c->paths, c->sim->root, node)->first_child; child != MOVE_NODE_NONE;
         child = move_node(c->paths, c->sim->root, child)->next_sibling)
        gather_owning(c, seen, facts, child);
}

/* The innermost part without a value; NULL when nothing has one, and the whole is to be named. */
static const char *unset_part(const struct checker *c, const struct move_fact *facts, uint32_t node, uint32_t *ret_node)
{
    struct arena *arena = c->paths->analysis->unit->arena;
    const char *part = NULL;
    bool partly = false;
    for (uint32_t child = node; child != MOVE_NODE_NONE;) {
        const struct ir_field *field = move_unset_part(c->sim, facts, node = child, &child);
        if (!field || !(facts[node].bits & MOVE_UNINIT))
            break;
        for (uint32_t n = move_node(c->paths, c->sim->root, node)->first_child; n != MOVE_NODE_NONE && !partly;
             n = move_node(c->paths, c->sim->root, n)->next_sibling)
            partly = !(facts[n].bits & MOVE_UNINIT) || (move_facts_below(c->sim, facts, n).bits & ~(uint32_t)MOVE_UNINIT);
        part = arena_printf(arena, "%s.%s", move_node(c->paths, c->sim->root, node)->name, field->name);
        *ret_node = child;
    }
    return partly ? part : NULL;
}

static void gather(void *ctx, const struct move_simulation *sim, struct path *path, uint32_t event,
                   const struct move_fact *facts)
{
    struct checker *c = ctx;
    const struct move_event *e = move_event(c->events, event);
    struct seen *seen = seen_of(c, event);
    struct move_fact below = move_facts_below(c->sim, facts, e->ref.node);
    seen->here.bits |= facts[e->ref.node].bits;
    seen->here.sites = move_sites_union(c->sim, seen->here.sites, facts[e->ref.node].sites);
    seen->below.bits |= below.bits;
    seen->below.sites = move_sites_union(c->sim, seen->below.sites, below.sites);
    if ((facts[e->ref.node].bits & MOVE_UNINIT) && !seen->unset_part)
        seen->unset_part = unset_part(c, facts, e->ref.node, &seen->unset_node);
    if (e->kind == MOVE_EVENT_DEAD && !move_facts_panicked(c->sim, facts))
        gather_owning(c, seen, facts, 0);
    (void)sim;
    (void)path;
}

/* ----------------------------------------------------------------------------------------- judging */

static bool is_emptying(const struct move_event *event)
{
    return event->kind == MOVE_EVENT_MOVE || event->kind == MOVE_EVENT_CONSUME || event->kind == MOVE_EVENT_DROP ||
           event->kind == MOVE_EVENT_FORGET;
}

/* Of a set of sites, those that emptied the place. */
static GArray *emptying_sites(const struct checker *c, uint32_t set)
{
    const GArray *all = move_sites(c->sim, set);
    GArray *sites = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (guint i = 0; i < all->len; i++) {
        uint32_t site = g_array_index(all, uint32_t, i);
        if (is_emptying(move_event(c->events, site)) && !move_event(c->events, site)->is_take)
            g_array_append_val(sites, site);
    }
    return sites;
}

static bool node_is_inside(const struct checker *c, uint32_t node, uint32_t outer)
{
    for (; node != MOVE_NODE_NONE; node = move_node(c->paths, c->sim->root, node)->parent)
        if (node == outer)
            return true;
    return false;
}

/*
 * One report for each set of moves, the first in reverse post order (where what is behind a loop comes before what is in
 * it), as rustc: another use after the same moves is no news. Unless it is of a part of what was told.
 */
static bool is_news(struct checker *c, const GArray *sites, uint32_t use)
{
    GString *key = g_string_new("");
    for (guint i = 0; i < sites->len; i++)
        g_string_append_printf(key, " %u", g_array_index(sites, uint32_t, i));
    uint32_t node = move_event(c->events, use)->ref.node;
    gpointer earlier;
    bool news = true;
    if (g_hash_table_lookup_extended(c->reported, key->str, NULL, &earlier))
        news = !node_is_inside(c, GPOINTER_TO_UINT(earlier), node);
    if (news)
        g_hash_table_insert(c->reported, g_strdup(key->str), GUINT_TO_POINTER(node));
    g_string_free(key, TRUE);
    return news;
}

static void use_of_moved(struct checker *c, const struct seen *seen, bool partial)
{
    const struct move_event *event = move_event(c->events, seen->event);
    GArray *sites = emptying_sites(c, partial ? seen->below.sites : seen->here.sites);
    bool told = findings_mention(c->paths->analysis->sink, "E0505", event->span);
    if (!told && sites->len > 0 && is_news(c, sites, seen->event)) {
        struct move_use use = {
            .event = event,
            .index = seen->event,
            .sites = sites,
            .is_partial = partial,
        };
        for (guint i = 0; i < sites->len; i++) {
            uint32_t site = g_array_index(sites, uint32_t, i);
            use.is_unsequenced |= site != seen->event &&
                                  move_events_unsequenced(c->paths->fn, event, move_event(c->events, site));
        }
        report_moved_use(c->sim, &use);
    }
    g_hash_table_add(c->used, GUINT_TO_POINTER(seen->event + 1));
    g_array_free(sites, TRUE);
}

static bool root_owns(const struct checker *c)
{
    const struct ir_type *type = move_node(c->paths, c->sim->root, 0)->type;
    return type && ir_type_contains_owned(type);
}

/*
 * An array that a loop fills is whole only by the number of its passes, which the loop that reads it shares. On the
 * path on which the first makes none the second makes none either, and nothing here can tell.
 */
static bool is_filled_by_loop(const struct checker *c, uint32_t bits)
{
    const struct ir_type *type = move_node(c->paths, c->sim->root, 0)->type;
    return type->kind == IR_TYPE_ARRAY && (bits & ~(uint32_t)MOVE_UNINIT) != 0;
}

/* The place was emptied, and not only with what it is a part of: then its null is the empty value that was left. */
static bool is_gone_itself(const struct checker *c, const struct seen *seen)
{
    uint32_t node = move_event(c->events, seen->event)->ref.node;
    GArray *sites = emptying_sites(c, seen->here.sites);
    bool itself = true;
    for (guint i = 0; i < sites->len; i++)
        itself &= move_event(c->events, g_array_index(sites, uint32_t, i))->ref.node == node;
    g_array_free(sites, TRUE);
    return itself;
}

/* `text_drop(&t)` called by hand leaves in t what it has freed; dropping that is F0302. */
static bool judge_second_drop(struct checker *c, const struct seen *seen)
{
    const GArray *sites = move_sites(c->sim, seen->here.sites);
    if (!(seen->here.bits & MOVE_DROPPED))
        return false;
    for (guint i = 0; i < sites->len; i++) {
        const struct move_event *first = move_event(c->events, g_array_index(sites, uint32_t, i));
        if (first->kind == MOVE_EVENT_DROP && first->is_raw) {
            report_dropped_twice(c->sim, move_event(c->events, seen->event), first);
            return true;
        }
    }
    return false;
}

static void use_of_unset(struct checker *c, const struct seen *seen)
{
    const struct move_event *event = move_event(c->events, seen->event);
    bool possibly = (seen->here.bits & ~(uint32_t)MOVE_UNINIT) != 0;
    const GArray *all = move_sites(c->sim, seen->unset_part ? seen->below.sites : seen->here.sites);
    GArray *sites = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (guint i = 0; i < all->len; i++) {
        uint32_t site = g_array_index(all, uint32_t, i);
        if (!seen->unset_part || move_event(c->events, site)->ref.node == seen->unset_node)
            g_array_append_val(sites, site); /* the others have set other parts of it */
    }
    enum unset_degree degree = possibly ? UNSET_POSSIBLY : seen->unset_part ? UNSET_PARTLY : UNSET_WHOLLY;
    if (!c->uninitialised_reported)
        report_uninitialised(c->sim, event, degree, seen->unset_part, sites);
    c->uninitialised_reported = true; /* the next use is the same mistake */
    g_array_free(sites, TRUE);
}

static void judge_use(struct checker *c, const struct seen *seen)
{
    const struct move_event *event = move_event(c->events, seen->event);
    const uint32_t gone = MOVE_MOVED | MOVE_DROPPED;
    bool drop = event->kind == MOVE_EVENT_DROP;
    if ((seen->here.bits & MOVE_UNINIT) && event->kind != MOVE_EVENT_LEND && root_owns(c) &&
        !is_filled_by_loop(c, seen->here.bits)) {
        use_of_unset(c, seen);
        return;
    }
    if (event->may_refill || (event->is_look && is_gone_itself(c, seen)))
        return;
    if (drop && judge_second_drop(c, seen))
        return;
    if (drop && (event->flags & IR_FLAG_SCOPE_END))
        return; /* dropping what is empty does nothing: that is what the empty value is for */
    if (drop && (seen->here.bits & ~gone))
        return;
    if (seen->here.bits & gone)
        use_of_moved(c, seen, false);
    else if (event->ref.is_exact && !drop && (seen->below.bits & gone))
        use_of_moved(c, seen, true);
    else if (event->kind == MOVE_EVENT_COPY)
        report_copy(c->sim, event);
}

/* A plain field of an owned value: whether what it held is kept elsewhere, nobody tracks. */
static bool is_plain(const struct move_node *node)
{
    return !node->type || !ir_type_contains_owned(node->type);
}

static void judge_write(struct checker *c, const struct seen *seen)
{
    const struct move_event *event = move_event(c->events, seen->event);
    const struct move_root *root = move_root(c->paths, c->sim->root);
    if (event->ref.node != 0 && is_plain(move_node(c->paths, c->sim->root, event->ref.node)))
        return;
    if (!event->ref.is_exact || (event->flags & IR_FLAG_INITIALIZER) || root->is_escaped || root->has_element_takes)
        return;
    if (event->kind == MOVE_EVENT_INIT && !event->overwrites)
        return;
    if (!((seen->here.bits | seen->below.bits) & MOVE_OWNS))
        return;
    report_overwritten(c->sim, event, move_sites(c->sim, seen->here.bits & MOVE_OWNS ? seen->here.sites : seen->below.sites));
}

static void judge_end(struct checker *c, const struct seen *seen)
{
    const struct move_root *root = move_root(c->paths, c->sim->root);
    if (!seen->owning || root->is_escaped || root->has_element_takes)
        return;
    for (guint i = 0; i < seen->owning->len; i++) {
        const struct owning *owning = &g_array_index(seen->owning, struct owning, i);
        report_leak(c->sim, move_event(c->events, seen->event), owning->node, move_sites(c->sim, owning->sites));
    }
}

static void judge(struct checker *c, const struct seen *seen)
{
    switch (move_event(c->events, seen->event)->kind) {
    case MOVE_EVENT_READ:
    case MOVE_EVENT_BORROW:
    case MOVE_EVENT_LEND:
    case MOVE_EVENT_COPY:
    case MOVE_EVENT_MOVE:
    case MOVE_EVENT_CONSUME:
    case MOVE_EVENT_DROP:
        judge_use(c, seen);
        break;
    case MOVE_EVENT_ASSIGN:
    case MOVE_EVENT_ZERO:
    case MOVE_EVENT_INIT:
        judge_write(c, seen);
        break;
    case MOVE_EVENT_DEAD:
        judge_end(c, seen);
        break;
    case MOVE_EVENT_FORGET:
    case MOVE_EVENT_LIVE:
    case MOVE_EVENT_RETURN:
        break;
    }
}

/* ------------------------------------------------------------------------------- operands without order */

static bool is_use(const struct move_event *event)
{
    return event->kind <= MOVE_EVENT_CONSUME;
}

/* A cell is there for being changed while others look at it: taking its value leaves a cell that may be used. */
static bool is_take_from_cell(const struct checker *c, const struct move_event *move)
{
    for (uint32_t n = move->ref.node; move->is_take && n != MOVE_NODE_NONE; n = move_node(c->paths, c->sim->root, n)->parent) {
        const struct ir_type *type = move_node(c->paths, c->sim->root, n)->type;
        if (type && type->unqualified->kind == IR_TYPE_RECORD && (type->unqualified->record->traits & IR_TRAIT_CELL))
            return true;
    }
    return false;
}

/* f(fl_move(v), v.len): which of the two comes first is the compiler's choice. */
static void check_unsequenced(struct checker *c)
{
    const GArray *items = c->events->items;
    for (guint m = 0; m < items->len; m++) {
        const struct move_event *move = move_event(c->events, m);
        if (move->ref.root != c->sim->root || !is_emptying(move) || !move->ref.is_exact ||
            is_take_from_cell(c, move) || (move->arm == 0 && !move->in_terminator_operand))
            continue;
        for (guint u = 0; u < items->len; u++) {
            const struct move_event *use = move_event(c->events, u);
            if (u == m || use->ref.root != c->sim->root || !is_use(use) ||
                g_hash_table_contains(c->used, GUINT_TO_POINTER(u + 1)) ||
                g_hash_table_contains(c->used, GUINT_TO_POINTER(m + 1)) ||
                (!node_is_inside(c, use->ref.node, move->ref.node) && !node_is_inside(c, move->ref.node, use->ref.node)) ||
                !move_events_unsequenced(c->paths->fn, move, use))
                continue;
            GArray *sites = g_array_new(FALSE, FALSE, sizeof(uint32_t));
            g_array_append_val(sites, m);
            if (is_news(c, sites, u)) {
                struct move_use found = { .event = use, .index = u, .sites = sites, .is_unsequenced = true };
                report_moved_use(c->sim, &found);
            }
            g_array_free(sites, TRUE);
            g_hash_table_add(c->used, GUINT_TO_POINTER(u + 1));
        }
    }
}

/* ------------------------------------------------------------------------------------------ the family */

static void check_root(struct checker *c, uint32_t root)
{
    c->sim = move_simulation_new(c->paths, c->events, root);
    c->by_event = g_hash_table_new_full(NULL, NULL, NULL, seen_free);
    c->order = g_ptr_array_new();
    c->reported = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    c->used = g_hash_table_new(NULL, NULL);
    c->uninitialised_reported = false;
    move_simulation_visit(c->sim, gather, c);
    for (guint i = 0; i < c->order->len; i++)
        judge(c, c->order->pdata[i]);
    check_unsequenced(c);
    g_hash_table_destroy(c->used);
    g_hash_table_destroy(c->reported);
    g_ptr_array_free(c->order, TRUE);
    g_hash_table_destroy(c->by_event);
    move_simulation_free(c->sim);
}

void moves_check(struct analysis *analysis, const struct ir_function *fn)
{
    struct checker c = { .paths = move_paths_new(analysis, fn) };
    if (!c.paths)
        return;
    const struct summary *summary = &analysis->summaries[fn->index];
    bool is_thread = ir_note(fn->notes, "thread_fn") != NULL;
    c.events = move_events_new(c.paths);
    for (uint32_t r = 0; r < c.paths->roots->len; r++) {
        struct move_root *root = move_root(c.paths, r);
        uint32_t param = root->local - 1;
        root->is_lent = root->is_param && !is_thread &&
                        (param >= summary->param_count || summary->params[param].consumed.when == EFFECT_NEVER);
        if (!root->is_pointee)
            check_root(&c, r);
    }
    for (guint i = 0; i < c.events->orphans->len; i++)
        report_orphan(c.paths, &g_array_index(c.events->orphans, struct move_orphan, i));
    move_events_free(c.events);
    move_paths_free(c.paths);
}
