#include "analysis/moves/moves_state.h"

#include <string.h>

#include "ir/build.h"

/* ---------------------------------------------------------------------------------------- site sets */

static guint sites_hash(gconstpointer key)
{
    const GArray *sites = key;
    guint hash = sites->len;
    for (guint i = 0; i < sites->len; i++)
        hash = hash * 31 + g_array_index(sites, uint32_t, i);
    return hash;
}

static gboolean sites_same(gconstpointer a, gconstpointer b)
{
    const GArray *x = a, *y = b;
    return x->len == y->len && (x->len == 0 || memcmp(x->data, y->data, x->len * sizeof(uint32_t)) == 0);
}

/* Takes the array. */
static uint32_t intern_sites(struct move_simulation *sim, GArray *sites)
{
    gpointer found;
    if (g_hash_table_lookup_extended(sim->site_ids, sites, NULL, &found)) {
        g_array_free(sites, TRUE);
        return GPOINTER_TO_UINT(found);
    }
    uint32_t id = sim->site_sets->len;
    g_ptr_array_add(sim->site_sets, sites);
    g_hash_table_insert(sim->site_ids, sites, GUINT_TO_POINTER(id));
    return id;
}

static uint32_t one_site(struct move_simulation *sim, uint32_t event)
{
    GArray *sites = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(sites, event);
    return intern_sites(sim, sites);
}

const GArray *move_sites(const struct move_simulation *sim, uint32_t set)
{
    return sim->site_sets->pdata[set];
}

uint32_t move_sites_union(struct move_simulation *sim, uint32_t a, uint32_t b)
{
    if (a == b || b == 0)
        return a;
    if (a == 0)
        return b;
    const GArray *x = move_sites(sim, a), *y = move_sites(sim, b);
    GArray *both = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    guint i = 0, j = 0;
    while (i < x->len || j < y->len) {
        uint32_t left = i < x->len ? g_array_index(x, uint32_t, i) : UINT32_MAX;
        uint32_t right = j < y->len ? g_array_index(y, uint32_t, j) : UINT32_MAX;
        uint32_t least = MIN(left, right);
        i += left == least;
        j += right == least;
        g_array_append_val(both, least);
    }
    return intern_sites(sim, both);
}

/* -------------------------------------------------------------------------------------------- facts */

static bool facts_same(void *ctx, const void *a, const void *b)
{
    struct move_simulation *sim = ctx;
    const struct move_fact *x = a, *y = b;
    for (uint32_t n = 0; n < sim->node_count; n++)
        if (x[n].bits != y[n].bits)
            return false;
    return x[sim->node_count].bits == y[sim->node_count].bits && x[sim->node_count].sites == y[sim->node_count].sites;
}

static bool facts_merge(void *ctx, void *into, const void *from)
{
    struct move_simulation *sim = ctx;
    struct move_fact *x = into;
    const struct move_fact *y = from;
    bool changed = false;
    for (uint32_t n = 0; n < sim->node_count; n++) {
        struct move_fact both = { x[n].bits | y[n].bits, move_sites_union(sim, x[n].sites, y[n].sites) };
        changed |= both.bits != x[n].bits || both.sites != x[n].sites;
        x[n] = both;
    }
    uint32_t *miss = &x[sim->node_count].bits;
    if (*miss != y[sim->node_count].bits && *miss != MOVE_MISS_MANY) {
        *miss = MOVE_MISS_MANY;
        changed = true;
    }
    changed |= (y[sim->node_count].sites & ~x[sim->node_count].sites) != 0;
    x[sim->node_count].sites |= y[sim->node_count].sites;
    return changed;
}

static unsigned facts_distance(void *ctx, const void *a, const void *b)
{
    struct move_simulation *sim = ctx;
    const struct move_fact *x = a, *y = b;
    unsigned distance = 0;
    for (uint32_t n = 0; n < sim->node_count; n++)
        distance += 2 * (unsigned)__builtin_popcount(x[n].bits ^ y[n].bits);
    return distance + (x[sim->node_count].bits != y[sim->node_count].bits);
}

static void facts_entry(void *ctx, void *facts)
{
    struct move_simulation *sim = ctx;
    struct move_fact *x = facts;
    for (uint32_t n = 0; n < sim->node_count; n++)
        x[n].bits = sim->entry_bits;
}

static void set_below(struct move_simulation *sim, struct move_fact *facts, uint32_t node, struct move_fact fact)
{
    for (uint32_t child = move_node(sim->paths, sim->root, node)->first_child; child != MOVE_NODE_NONE;
         child = move_node(sim->paths, sim->root, child)->next_sibling) {
        facts[child] = fact;
        set_below(sim, facts, child, fact);
    }
}

struct move_fact move_facts_below(struct move_simulation *sim, const struct move_fact *facts, uint32_t node)
{
    struct move_fact all = { 0, 0 };
    for (uint32_t child = move_node(sim->paths, sim->root, node)->first_child; child != MOVE_NODE_NONE;
         child = move_node(sim->paths, sim->root, child)->next_sibling) {
        struct move_fact below = move_facts_below(sim, facts, child);
        all.bits |= facts[child].bits | below.bits;
        all.sites = move_sites_union(sim, all.sites, move_sites_union(sim, facts[child].sites, below.sites));
    }
    return all;
}

const struct ir_field *move_unset_part(const struct move_simulation *sim, const struct move_fact *facts, uint32_t node,
                                       uint32_t *ret_child)
{
    const struct ir_type *type = move_node(sim->paths, sim->root, node)->type->unqualified;
    if (type->kind != IR_TYPE_RECORD || type->record->is_union)
        return NULL;
    for (uint32_t f = 0; f < type->record->field_count; f++) {
        uint32_t child = move_node(sim->paths, sim->root, node)->first_child;
        if (!ir_type_contains_owned(type->record->fields[f].type))
            continue;
        while (child != MOVE_NODE_NONE && move_node(sim->paths, sim->root, child)->field != f)
            child = move_node(sim->paths, sim->root, child)->next_sibling;
        if (child != MOVE_NODE_NONE && !(facts[child].bits & MOVE_UNINIT))
            continue;
        if (ret_child)
            *ret_child = child;
        return &type->record->fields[f];
    }
    return NULL;
}

/* ----------------------------------------------------------------------------------------- transfer */

static bool node_is_owned(const struct move_simulation *sim, uint32_t node)
{
    const struct ir_type *type = move_node(sim->paths, sim->root, node)->type;
    return type && ir_type_is_owned(type);
}

/* Something inside an owned value was taken out: what is left of it is not known. */
static void loosen_above(struct move_simulation *sim, struct move_fact *facts, uint32_t node)
{
    for (uint32_t up = move_node(sim->paths, sim->root, node)->parent; up != MOVE_NODE_NONE;
         up = move_node(sim->paths, sim->root, up)->parent)
        if (facts[up].bits & (MOVE_OWNS | MOVE_UNINIT)) {
            uint32_t partly = (facts[up].bits & MOVE_OWNS) ? MOVE_PARTLY : 0;
            facts[up].bits = (facts[up].bits & ~(uint32_t)(MOVE_OWNS | MOVE_UNINIT)) | MOVE_UNKNOWN | partly;
        }
}

/* No part of an owned record that owns something is without a value. */
static bool parts_are_set(const struct move_simulation *sim, const struct move_fact *facts, uint32_t node)
{
    return move_unset_part(sim, facts, node, NULL) == NULL;
}

/* Something inside a place was given a value. */
static void fill_above(struct move_simulation *sim, struct move_fact *facts, uint32_t node, enum move_source source,
                       uint32_t site)
{
    for (uint32_t up = node; up != MOVE_NODE_NONE; up = move_node(sim->paths, sim->root, up)->parent) {
        uint32_t bits = facts[up].bits;
        if (bits & (MOVE_MOVED | MOVE_DROPPED))
            continue; /* the rest of it is still gone */
        if ((bits & MOVE_UNINIT) && node_is_owned(sim, up) && !parts_are_set(sim, facts, up))
            continue; /* the rest of it is still without a value */
        if (!node_is_owned(sim, up)) {
            if (bits & MOVE_UNINIT)
                facts[up].bits = (bits & ~(uint32_t)MOVE_UNINIT) | MOVE_UNKNOWN;
            continue;
        }
        if (source == MOVE_SOURCE_OWNED && (bits & (MOVE_UNINIT | MOVE_EMPTY))) {
            facts[up] = (struct move_fact){ MOVE_OWNS, site };
        } else if (source == MOVE_SOURCE_EMPTY && (bits & MOVE_UNINIT)) {
            facts[up].bits = (bits & ~(uint32_t)MOVE_UNINIT) | MOVE_EMPTY;
        } else if (bits & (MOVE_OWNS | MOVE_UNINIT)) {
            /* a pointer inside was replaced: perhaps it had been given back by hand */
            if (source != MOVE_SOURCE_OWNED)
                facts[up].bits = (bits & ~(uint32_t)(MOVE_OWNS | MOVE_UNINIT)) | MOVE_UNKNOWN;
        }
    }
}

static void assign(struct move_simulation *sim, struct move_fact *facts, const struct move_event *event, uint32_t index,
                   enum move_source source)
{
    uint32_t node = event->ref.node;
    uint32_t site = one_site(sim, index);
    if (event->ref.is_member) {
        facts[node] = (struct move_fact){ MOVE_UNKNOWN, site };
        return; /* the union is whole again; which of its members owns, nobody tracks */
    }
    if (!event->ref.is_exact) {
        /* part of a node that has no node of its own */
        if (event->ref.is_element) {
            if (source == MOVE_SOURCE_OWNED && node_is_owned(sim, node) == false &&
                ir_type_contains_owned(move_node(sim->paths, sim->root, node)->type) &&
                !move_root(sim->paths, sim->root)->has_element_takes &&
                (facts[node].bits & (MOVE_UNINIT | MOVE_EMPTY | MOVE_OWNS)))
                facts[node] = (struct move_fact){ MOVE_OWNS, site };
            else if (facts[node].bits & (MOVE_UNINIT | MOVE_MOVED | MOVE_DROPPED))
                facts[node].bits = MOVE_UNKNOWN;
        }
        fill_above(sim, facts, node, source, site);
        return;
    }
    const struct ir_type *type = move_node(sim->paths, sim->root, node)->type;
    uint32_t bits = source == MOVE_SOURCE_EMPTY ? MOVE_EMPTY : MOVE_UNKNOWN;
    if (source == MOVE_SOURCE_OWNED && type && ir_type_is_owned(type))
        bits = MOVE_OWNS;
    facts[node] = (struct move_fact){ bits, site };
    set_below(sim, facts, node, (struct move_fact){ bits == MOVE_OWNS ? MOVE_UNKNOWN : bits, site });
    uint32_t parent = move_node(sim->paths, sim->root, node)->parent;
    if (parent != MOVE_NODE_NONE)
        fill_above(sim, facts, parent, source, site);
}

static void empty(struct move_simulation *sim, struct move_fact *facts, const struct move_event *event, uint32_t bits,
                  uint32_t site)
{
    uint32_t node = event->ref.node;
    loosen_above(sim, facts, node);
    if (!event->ref.is_exact && !event->ref.is_member) {
        /* an element: a take, which leaves a valid empty value behind */
        if (facts[node].bits & (MOVE_OWNS | MOVE_UNINIT))
            facts[node].bits = (facts[node].bits & ~(uint32_t)(MOVE_OWNS | MOVE_UNINIT)) | MOVE_UNKNOWN;
        return;
    }
    facts[node] = (struct move_fact){ bits, site };
    set_below(sim, facts, node, facts[node]);
}

static uint32_t initial_bits(const struct move_simulation *sim)
{
    const struct move_root *root = move_root(sim->paths, sim->root);
    if (root->is_pointee)
        return MOVE_ENTRY;
    if (!root->is_param)
        return MOVE_UNINIT;
    return root->is_lent ? MOVE_ENTRY : MOVE_OWNS;
}

static void happen(struct move_simulation *sim, struct move_fact *facts, uint32_t index)
{
    const struct move_event *event = move_event(sim->events, index);
    uint32_t node = event->ref.node;
    switch (event->kind) {
    case MOVE_EVENT_READ:
    case MOVE_EVENT_BORROW:
    case MOVE_EVENT_RETURN:
        break;
    case MOVE_EVENT_COPY:
        /* reported once; what follows is judged as if it had been the move that was meant */
        if (event->copy != MOVE_COPY_RETURN)
            empty(sim, facts, event, MOVE_UNKNOWN, one_site(sim, index));
        break;
    case MOVE_EVENT_LEND:
        if (event->releases && (facts[node].bits & MOVE_OWNS))
            facts[node].bits = (facts[node].bits & ~(uint32_t)MOVE_OWNS) | MOVE_UNKNOWN;
        if (facts[node].bits & (MOVE_UNINIT | MOVE_EMPTY | MOVE_MOVED | MOVE_DROPPED)) {
            struct move_fact now = { (facts[node].bits & (MOVE_OWNS | MOVE_ENTRY)) | MOVE_UNKNOWN, facts[node].sites };
            facts[node] = now;
            set_below(sim, facts, node, (struct move_fact){ MOVE_UNKNOWN, now.sites });
            fill_above(sim, facts, node, MOVE_SOURCE_UNKNOWN, now.sites);
            /* `struct list l = { 0 }; push(&l, ...);`: somebody must drop the list */
            if (event->fills && node_is_owned(sim, node))
                facts[node] = (struct move_fact){ MOVE_OWNS, one_site(sim, index) };
        }
        break;
    case MOVE_EVENT_MOVE:
        empty(sim, facts, event, event->is_take ? MOVE_EMPTY : MOVE_MOVED, one_site(sim, index));
        break;
    case MOVE_EVENT_CONSUME:
        if (event->effect.when == EFFECT_MAYBE)
            empty(sim, facts, event, MOVE_UNKNOWN, one_site(sim, index));
        else
            empty(sim, facts, event, MOVE_MOVED, one_site(sim, index));
        break;
    case MOVE_EVENT_INIT:
        assign(sim, facts, event, index,
               event->effect.when == EFFECT_MAYBE ? MOVE_SOURCE_UNKNOWN
               : event->fills_empty               ? MOVE_SOURCE_EMPTY
                                                  : MOVE_SOURCE_OWNED);
        break;
    case MOVE_EVENT_ASSIGN:
        assign(sim, facts, event, index, event->source);
        break;
    case MOVE_EVENT_ZERO:
        assign(sim, facts, event, index, MOVE_SOURCE_EMPTY);
        break;
    case MOVE_EVENT_DROP:
        empty(sim, facts, event, event->is_take ? MOVE_EMPTY : MOVE_DROPPED, one_site(sim, index));
        break;
    case MOVE_EVENT_FORGET:
        empty(sim, facts, event, event->is_take ? MOVE_EMPTY : MOVE_MOVED, one_site(sim, index));
        break;
    case MOVE_EVENT_LIVE:
        facts[sim->node_count].bits = 0;
        facts[0] = (struct move_fact){ MOVE_UNINIT, 0 };
        set_below(sim, facts, 0, facts[0]);
        break;
    case MOVE_EVENT_DEAD:
        facts[0] = (struct move_fact){ 0, 0 };
        set_below(sim, facts, 0, facts[0]);
        break;
    }
}

/* Only this root's events; the rest of the function moves the environment on. */
static void run_events(struct move_simulation *sim, struct path *path, struct flow_point at)
{
    uint32_t from, to;
    move_events_at(sim->events, at, &from, &to);
    struct move_fact *facts = path_facts(path);
    for (uint32_t i = from; i < to; i++) {
        const struct move_event *event = move_event(sim->events, i);
        if (event->ref.root != sim->root)
            continue;
        if (path_reporting(path) && sim->visit)
            sim->visit(sim->visit_ctx, sim, path, i, facts);
        bool conditional = (event->kind == MOVE_EVENT_CONSUME || event->kind == MOVE_EVENT_INIT) &&
                           event->effect.when == EFFECT_IF;
        if (!conditional) {
            happen(sim, facts, i);
            continue;
        }
        struct path *without = path_fork(path);
        ((struct move_fact *)path_facts(without))[sim->node_count].bits = i + 1;
        if (event->call && event->call->has_dest) {
            const struct effect *effect = &event->effect;
            const struct ir_place *result = &event->call->dest;
            path_assume(without, result, comparison_negate(effect->op), effect->value);
            path_assume(path, result, effect->op, effect->value);
            if (effect->has_bounds) {
                path_assume(without, result, IR_GE, effect->else_low);
                path_assume(without, result, IR_LE, effect->else_high);
                path_assume(path, result, IR_GE, effect->low);
                path_assume(path, result, IR_LE, effect->high);
            }
        }
        facts[sim->node_count].bits = 0;
        happen(sim, facts, i);
    }
}

static void on_statement(void *ctx, struct path *path, struct flow_point at, const struct ir_statement *statement)
{
    (void)statement;
    run_events(ctx, path, at);
}

/*
 * A join handle that is lost because an earlier join said that its thread had panicked is no leak: the program is on
 * its way out. So the two outcomes of a join are kept apart, for roots that are join handles.
 */
static void note_panicked_join(struct move_simulation *sim, struct path *path, const struct ir_terminator *terminator)
{
    const struct ir_type *type = move_node(sim->paths, sim->root, 0)->type;
    if (terminator->kind != IR_TERM_CALL || !terminator->call->callee || !terminator->call->has_dest || !type ||
        type->unqualified->kind != IR_TYPE_HANDLE || type->unqualified->handle_kind != IR_HANDLE_JOIN_HANDLE ||
        !ir_note(terminator->call->callee->notes, "joins"))
        return;
    struct path *panicked = path_fork(path);
    struct move_fact *facts = path_facts(panicked);
    facts[sim->node_count].sites = 1;
    path_assume(panicked, &terminator->call->dest, IR_NE, 0);
    path_assume(path, &terminator->call->dest, IR_EQ, 0);
}

bool move_facts_panicked(const struct move_simulation *sim, const struct move_fact *facts)
{
    return facts[sim->node_count].sites != 0;
}

static void on_terminator(void *ctx, struct path *path, struct flow_point at, const struct ir_terminator *terminator)
{
    run_events(ctx, path, at);
    note_panicked_join(ctx, path, terminator);
}

/* ------------------------------------------------------------------------------------- known to be empty */

static bool is_null(struct move_simulation *sim, struct path *path, const struct ir_place *place)
{
    struct ir_operand operand = { .kind = IR_OPERAND_COPY, .place = *place, .type = place->type };
    (void)sim;
    return path_test(path, &operand, IR_EQ, 0) == 1;
}

static struct ir_place place_of_node(struct move_simulation *sim, uint32_t node)
{
    const struct move_node *n = move_node(sim->paths, sim->root, node);
    if (n->parent == MOVE_NODE_NONE) {
        const struct move_root *root = move_root(sim->paths, sim->root);
        return (struct ir_place){ .base = IR_BASE_LOCAL, .base_index = root->local, .type = n->type };
    }
    struct ir_place above = place_of_node(sim, n->parent);
    return ir_place_field(sim->paths->analysis->unit->arena, &above, n->record, n->field);
}

/*
 * `if (!t.s) return;`: a handle that is null, or a value one of whose pointers was found to be null, is
 * the empty value on this side of the branch, and there is nothing to drop.
 */
static bool found_empty(struct move_simulation *sim, struct path *path, uint32_t node)
{
    const struct ir_type *type = move_node(sim->paths, sim->root, node)->type->unqualified;
    struct ir_place place = place_of_node(sim, node);
    if (type->kind == IR_TYPE_HANDLE)
        return is_null(sim, path, &place);
    if (type->kind != IR_TYPE_RECORD || type->record->is_union)
        return false;
    for (uint32_t i = 0; i < type->record->field_count; i++) {
        if (!ir_type_is_pointer_like(type->record->fields[i].type))
            continue;
        struct ir_place field = ir_place_field(sim->paths->analysis->unit->arena, &place, type->record, i);
        if (is_null(sim, path, &field))
            return true;
    }
    return false;
}

static bool on_edge(void *ctx, struct path *path, const struct cfg_edge *edge)
{
    struct move_simulation *sim = ctx;
    struct move_fact *facts = path_facts(path);
    if (edge->kind == CFG_EDGE_PLAIN || move_root(sim->paths, sim->root)->is_pointee)
        return true;
    for (uint32_t n = 0; n < sim->node_count; n++)
        if (facts[n].bits == MOVE_OWNS && found_empty(sim, path, n))
            facts[n].bits = MOVE_EMPTY;
    return true;
}

/* ------------------------------------------------------------------------------------------- public */

static void free_sites(void *sites)
{
    g_array_free(sites, TRUE);
}

struct move_simulation *move_simulation_new(struct move_paths *paths, const struct move_events *events, uint32_t root)
{
    struct move_simulation *sim = g_new0(struct move_simulation, 1);
    sim->paths = paths;
    sim->events = events;
    sim->root = root;
    sim->node_count = move_root(paths, root)->nodes->len;
    sim->site_sets = g_ptr_array_new_with_free_func(free_sites);
    sim->site_ids = g_hash_table_new(sites_hash, sites_same);
    intern_sites(sim, g_array_new(FALSE, FALSE, sizeof(uint32_t)));
    sim->entry_bits = initial_bits(sim);
    struct path_problem problem = {
        .facts_size = (sim->node_count + 1) * sizeof(struct move_fact),
        .same = facts_same,
        .merge = facts_merge,
        .distance = facts_distance,
        .entry = facts_entry,
        .statement = on_statement,
        .terminator = on_terminator,
        .edge = on_edge,
    };
    sim->run = paths_run(paths->cfg, &problem, sim);
    return sim;
}

void move_simulation_visit(struct move_simulation *sim, move_visitor *visit, void *ctx)
{
    sim->visit = visit;
    sim->visit_ctx = ctx;
    paths_report(sim->run);
    sim->visit = NULL;
}

void move_simulation_free(struct move_simulation *sim)
{
    if (!sim)
        return;
    paths_free(sim->run);
    g_hash_table_destroy(sim->site_ids);
    g_ptr_array_free(sim->site_sets, TRUE);
    g_free(sim);
}
