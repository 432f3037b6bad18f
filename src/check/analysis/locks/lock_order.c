/*
 * What each function takes while what is held. Callees come before callers; what a callee takes and lets go is taken
 * under all that its caller holds, and its edges become the caller's, in the caller's words.
 */
#include "analysis/locks/lock_order.h"

#include <string.h>

#include "analysis/context.h"
#include "analysis/locks/guard_facts.h"
#include "analysis/threads/threads.h"

enum { MAX_TAKEN = 96, MAX_EDGES = 1024, MAX_CALLED = 8, ROUNDS = 2 };

struct work {
    struct lock_order *order;
    const struct ir_function *fn;
    struct order_function *out;
    struct guard_function *f;  /* NULL: no locks of its own */
    struct origins *origins;
};

/* One way for control, or a thread, to get from here into another function. */
struct descent {
    const struct ir_function *callee;
    const struct ir_call *call; /* with the arguments as the callee gets them */
    bool starts;
};

/* --------------------------------------------------------------------------------------------- steps */

static guint hash_step(gconstpointer key)
{
    const struct order_step *s = key;
    return g_direct_hash(s->fn) + s->block * 31 + g_direct_hash(s->inner) * 3 + s->starts;
}

static gboolean same_step(gconstpointer a, gconstpointer b)
{
    const struct order_step *s = a, *t = b;
    return s->fn == t->fn && s->block == t->block && s->inner == t->inner && s->starts == t->starts;
}

const struct order_step *order_step_to(struct lock_order *order, const struct ir_function *fn, uint32_t block, bool starts,
                                       const struct order_step *inner)
{
    struct order_step wanted = {fn, block, fn->blocks[block].terminator.span, starts, inner};
    const struct order_step *old = g_hash_table_lookup(order->steps, &wanted);
    if (old)
        return old;
    struct order_step *fresh = arena_copy(order->arena, &wanted, sizeof wanted);
    g_hash_table_add(order->steps, fresh);
    return fresh;
}

static const struct order_step *step(struct work *w, uint32_t block, bool starts, const struct order_step *inner)
{
    return order_step_to(w->order, w->fn, block, starts, inner);
}

static bool goes_through(const struct order_step *steps, const struct ir_function *fn)
{
    for (; steps; steps = steps->inner)
        if (steps->fn == fn)
            return true;
    return false;
}

static bool is_of_thread(const struct order_step *steps)
{
    for (; steps; steps = steps->inner)
        if (steps->starts)
            return true;
    return false;
}

/* ------------------------------------------------------------------------------------- once for each */

static void write_lock(GString *key, const struct order_lock *lock)
{
    g_string_append_printf(key, "%p %p %d %" G_GINT64_FORMAT " %d|", (const void *)lock->origin,
                           (const void *)lock->node, lock->has_element, lock->element, lock->shared);
}

/* False when there is such a one already. The string is taken over. */
static bool is_new(struct work *w, GString *key)
{
    return g_hash_table_add(w->out->known, g_string_free(key, FALSE));
}

static void add_taken(struct work *w, struct order_taken taken)
{
    GString *key = g_string_new("taken ");
    write_lock(key, &taken.lock);
    if (w->out->taken->len >= MAX_TAKEN || !is_new(w, key))
        return;
    g_ptr_array_add(w->out->taken, arena_copy(w->order->arena, &taken, sizeof taken));
}

static void add_edge(struct work *w, struct order_edge edge)
{
    if (edge.held.origin == edge.taken.origin && edge.held.node == edge.taken.node && edge.held.has_element &&
        edge.taken.has_element) {
        if (edge.held.element == edge.taken.element)
            return;
        edge.rank = edge.held.element < edge.taken.element ? RANK_ASCENDING : RANK_DESCENDING;
    }
    GString *key = g_string_new("edge ");
    write_lock(key, &edge.held);
    write_lock(key, &edge.taken);
    g_string_append_printf(key, "%d ", edge.rank);
    for (uint32_t i = 0; i < edge.gate_count; i++)
        write_lock(key, &edge.gates[i]);
    /* where a thread is involved, it matters at which call */
    const struct order_step *first = edge.steps;
    if (w->out->starts || is_of_thread(first))
        for (const struct order_step *s = first; s && is_of_thread(s); s = s->inner)
            g_string_append_printf(key, " %u:%u", s->fn->index, s->block);
    if (w->out->starts && first)
        g_string_append_printf(key, " at %u", first->block);
    if (w->out->edges->len >= MAX_EDGES) {
        g_string_free(key, TRUE);
        return;
    }
    if (is_new(w, key))
        g_ptr_array_add(w->out->edges, arena_copy(w->order->arena, &edge, sizeof edge));
}

/* --------------------------------------------------------------------------------------------- locks */

/* The one lock that these may be. False: several, or nobody knows. */
static bool lock_of(struct work *w, uint32_t block, const struct origin_set *set, const struct value *value,
                    struct order_lock *ret)
{
    if (set->count != 1 || set->items[0]->kind <= ORIGIN_FUNCTION)
        return false;
    struct flow_point at = {block, w->fn->blocks[block].statement_count};
    *ret = (struct order_lock){.origin = lock_normalised(w->order, w->origins, at, set->items[0])};
    ret->has_element = value && lock_element_of(value, &ret->element);
    ret->name = ret->outer = lock_name(w->f, set, value);
    return true;
}

static bool held_lock_of(struct work *w, uint32_t block, const struct held_lock *held, struct order_lock *ret)
{
    if (!lock_of(w, block, held->locks, held->value, ret))
        return false;
    ret->shared = held->shared;
    ret->span = held->start;
    return true;
}

bool order_lock_of_held(struct lock_order *order, struct guard_function *f, uint32_t block, const struct held_lock *held,
                        struct order_lock *ret)
{
    struct work w = {.order = order, .fn = f->fn, .f = f, .origins = f->origins};
    return held_lock_of(&w, block, held, ret);
}

/* A call that itself waits for a lock. */
static const struct guard_call *acquisition_at(const struct guard_function *f, uint32_t block)
{
    for (guint i = 0; f && i < f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        if (call->block == block && call->acquires && !call->callee && !call->is_try)
            return call;
    }
    return NULL;
}

/* --------------------------------------------------------------------------------------------- edges */

/* The same lock for all that is known here: that is a lock taken twice, if anything. */
static bool is_same_lock(const struct order_lock *a, const struct order_lock *b)
{
    return a->origin == b->origin && a->node == b->node && a->has_element == b->has_element && a->element == b->element;
}

/* The lock's address in the caller's terms, as far as the argument tells it; NULL: it does not. */
static const struct value *value_of_taken(struct work *w, uint32_t block, const struct descent *descent,
                                          const struct order_lock *in_callee)
{
    if (!in_callee->origin)
        return NULL;
    const struct origin *root = origin_root(in_callee->origin);
    if (root->kind != ORIGIN_LOCAL || root->index == 0 || root->index - 1 >= descent->call->arg_count)
        return NULL;
    struct flow_point at = {block, w->fn->blocks[block].statement_count};
    return value_without_casts(value_of_operand(w->f->values, at, &descent->call->args[root->index - 1]));
}

static const struct value *object_of(const struct value *v)
{
    while (v && (v->kind == VALUE_FIELD || (v->kind == VALUE_UNARY && v->op < 0)))
        v = v->base;
    return v;
}

static bool is_let_go(const struct order_taken *taken, const struct order_lock *held)
{
    for (uint32_t i = 0; i < taken->let_go_count; i++)
        if (is_same_lock(&taken->let_go[i], held))
            return true;
    return false;
}

static void add_edges_at(struct work *w, uint32_t block, const struct guard_moment *moment,
                         const struct order_taken *what, const struct value *value)
{
    struct order_lock taken = what->lock;
    for (uint32_t i = 0; i < moment->count; i++) {
        const struct held_lock *held = &moment->held[i];
        struct order_edge edge = {.taken = taken, .steps = what->steps, .holder = w->fn};
        if (span_equal(held->start, taken.span) || !held_lock_of(w, block, held, &edge.held) ||
            is_let_go(what, &edge.held))
            continue;
        if (is_same_lock(&edge.held, &taken)) {
            bool differ = held->value && value && object_of(held->value) != object_of(value);
            if (!differ || (held->exact && !origin_has_array(w->origins, taken.origin)))
                continue;
        }
        edge.rank = lock_rank(w->f, block, held->value, value);
        for (uint32_t k = 0; k < moment->count && edge.gate_count < MAX_GATES; k++)
            if (k != i && held_lock_of(w, block, &moment->held[k], &edge.gates[edge.gate_count]))
                edge.gate_count++;
        add_edge(w, edge);
    }
}

/* Everything held at a call is held around what the callee does. */
static void under_what_is_held(struct work *w, uint32_t block, const struct order_taken *taken, const struct value *value)
{
    for (guint i = 0; w->f && i < w->f->moments->len; i++) {
        const struct guard_moment *moment = &g_array_index(w->f->moments, struct guard_moment, i);
        if (moment->block == block && moment->count > 0)
            add_edges_at(w, block, moment, taken, value);
    }
}

/* What is held at the call on every path to it keeps the callee's edges apart from others. */
static void add_gates(struct work *w, uint32_t block, struct order_edge *edge)
{
    const struct guard_moment *first = NULL;
    for (guint i = 0; w->f && i < w->f->moments->len; i++) {
        const struct guard_moment *moment = &g_array_index(w->f->moments, struct guard_moment, i);
        if (moment->block == block && (!first || moment->count < first->count))
            first = moment;
    }
    for (uint32_t k = 0; first && k < first->count && edge->gate_count < MAX_GATES; k++)
        if (held_lock_of(w, block, &first->held[k], &edge->gates[edge->gate_count]))
            edge->gate_count++;
}

/* --------------------------------------------------------------------------------------------- calls */

static void go_down(struct work *w, uint32_t block, const struct descent *descent)
{
    const struct order_function *callee = &w->order->functions[descent->callee->index];
    if (!descent->starts && callee->waits && callee->waits->len > 0)
        lock_waits_of_callee(w->order, w->f, w->origins, block, descent->call, descent->callee);
    if (!callee->taken || (callee->taken->len == 0 && callee->edges->len == 0))
        return;
    struct origins *inner = origins_of(w->order->guards->program, descent->callee);
    guint taken_count = callee->taken->len, edge_count = callee->edges->len; /* recursion adds while we read */
    for (guint i = 0; i < taken_count && !descent->starts; i++) {
        const struct order_taken *taken = g_ptr_array_index(callee->taken, i);
        if (goes_through(taken->steps, w->fn) && w->fn != descent->callee)
            continue;
        struct order_taken here = {.steps = step(w, block, false, taken->steps)};
        here.lock = lock_from_callee(w->order, w->origins, block, descent->call, inner, taken->lock);
        if (!here.lock.origin && !here.lock.node)
            continue;
        for (uint32_t k = 0; k < taken->let_go_count; k++) {
            struct order_lock gone = lock_from_callee(w->order, w->origins, block, descent->call, inner, taken->let_go[k]);
            if (gone.origin || gone.node)
                here.let_go[here.let_go_count++] = gone;
        }
        if (w->f)
            under_what_is_held(w, block, &here, value_of_taken(w, block, descent, &taken->lock));
        if (w->fn != descent->callee)
            add_taken(w, here);
    }
    for (guint i = 0; i < edge_count; i++) {
        const struct order_edge *edge = g_ptr_array_index(callee->edges, i);
        if (goes_through(edge->steps, w->fn))
            continue;
        struct order_edge here = *edge;
        here.steps = step(w, block, descent->starts, edge->steps);
        here.held = lock_from_callee(w->order, w->origins, block, descent->call, inner, edge->held);
        here.taken = lock_from_callee(w->order, w->origins, block, descent->call, inner, edge->taken);
        here.gate_count = 0;
        for (uint32_t k = 0; k < edge->gate_count; k++) {
            struct order_lock gate =
                lock_from_callee(w->order, w->origins, block, descent->call, inner, edge->gates[k]);
            if (gate.origin || gate.node)
                here.gates[here.gate_count++] = gate;
        }
        if (!descent->starts)
            add_gates(w, block, &here);
        if ((here.held.origin || here.held.node) && (here.taken.origin || here.taken.node))
            add_edge(w, here);
    }
}

static const struct ir_function *function_given(struct work *w, uint32_t block, const struct ir_operand *arg)
{
    struct flow_point at = {block, w->fn->blocks[block].statement_count};
    const struct ir_function *fn = value_function_named(analysis_values(w->order->guards->context, w->fn), at, arg);
    return fn && fn->has_body ? fn : NULL;
}

static bool is_function_pointer(const struct ir_operand *arg)
{
    return arg->type->kind == IR_TYPE_POINTER && arg->type->target->kind == IR_TYPE_FUNCTION;
}

/* A function without a body calls what it is given, or starts it as a thread. */
static void go_through_unseen(struct work *w, uint32_t block, const struct ir_call *call)
{
    uint32_t entry = ir_noted_argument(call, "thread_entry"), sent = ir_noted_argument(call, "sent");
    for (uint32_t i = 0; i < call->arg_count; i++) {
        const struct ir_function *given = is_function_pointer(&call->args[i]) ? function_given(w, block, &call->args[i]) : NULL;
        if (!given)
            continue;
        struct ir_call *inner = ARENA_NEW(w->order->arena, struct ir_call);
        inner->callee = given;
        if (i == entry && sent != UINT32_MAX) {
            inner->args = &call->args[sent];
            inner->arg_count = 1;
        }
        go_down(w, block, &(struct descent){given, inner, i == entry});
    }
}

static void go_through_pointer(struct work *w, uint32_t block, const struct ir_call *call)
{
    const struct ir_function *only = function_given(w, block, &call->pointer);
    if (only) {
        go_down(w, block, &(struct descent){only, call, false});
        return;
    }
    const struct ir_unit *unit = w->order->guards->unit;
    const struct ir_type *type = call->pointer.type;
    if (!type || type->kind != IR_TYPE_POINTER)
        return;
    const struct callgraph *graph = w->order->guards->graph;
    unsigned found = 0;
    for (uint32_t i = 0; i < unit->function_count; i++)
        found += callgraph_may_call(graph, w->fn, call, i);
    for (uint32_t i = 0; i < unit->function_count && found <= MAX_CALLED; i++)
        if (callgraph_may_call(graph, w->fn, call, i) && unit->functions[i]->has_body)
            go_down(w, block, &(struct descent){unit->functions[i], call, false});
}

/* What is let go on every way to an acquisition. (What is taken again in between has an edge of its own here.) */
static void find_let_go(struct work *w, uint32_t block, struct order_taken *taken)
{
    for (guint i = 0; i < w->f->calls->len && taken->let_go_count < MAX_LET_GO; i++) {
        const struct guard_call *call = &g_array_index(w->f->calls, struct guard_call, i);
        if (call->releases && !call->unsure && call->condition == GUARD_ALWAYS && call->block != block &&
            cfg_dominates(w->origins->cfg, call->block, block) &&
            lock_of(w, call->block, call->locks, call->value, &taken->let_go[taken->let_go_count]))
            taken->let_go_count++;
    }
}

static void see_call(struct work *w, uint32_t block)
{
    const struct ir_call *call = w->fn->blocks[block].terminator.call;
    const struct guard_call *acquisition = acquisition_at(w->f, block);
    struct order_taken taken = {.let_go_count = 0};
    if (acquisition && lock_of(w, block, acquisition->locks, acquisition->value, &taken.lock)) {
        taken.lock.shared = acquisition->shared;
        taken.lock.span = acquisition->span;
        taken.steps = step(w, block, false, NULL);
        under_what_is_held(w, block, &taken, acquisition->value);
        find_let_go(w, block, &taken);
        add_taken(w, taken);
    }
    lock_waits_of_call(w->order, w->f, w->origins, block);
    if (!call->callee)
        go_through_pointer(w, block, call);
    else if (call->callee->has_body)
        go_down(w, block, &(struct descent){call->callee, call, call->mode != IR_CALL_PLAIN});
    else
        go_through_unseen(w, block, call);
}

static bool starts_threads(const struct ir_call *call)
{
    if (call->mode != IR_CALL_PLAIN)
        return true;
    for (uint32_t i = 0; call->callee && i < call->arg_count && i < call->callee->type->param_count; i++)
        if (ir_note(call->callee->params[i].notes, "thread_entry"))
            return true;
    return false;
}

static void see_function(struct lock_order *order, const struct ir_function *fn)
{
    struct work w = {.order = order, .fn = fn, .out = &order->functions[fn->index], .f = order->guards->by_index[fn->index]};
    if (!fn->has_body || fn->is_broken || fn->in_system_header)
        return;
    if (!w.out->taken) {
        w.out->taken = g_ptr_array_new();
        w.out->waits = g_ptr_array_new();
        w.out->edges = g_ptr_array_new();
        w.out->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    }
    const struct call_sites *calls = &order->guards->graph->calls[fn->index];
    w.origins = origins_of(order->guards->program, fn);
    if (!w.origins)
        return;
    for (uint32_t i = 0; i < calls->count; i++)
        w.out->starts |= starts_threads(calls->items[i].call);
    for (uint32_t i = 0; i < calls->count; i++)
        if (cfg_reachable(w.origins->cfg, calls->items[i].block))
            see_call(&w, calls->items[i].block);
}

/* ---------------------------------------------------------------------------------------------- roots */

static bool is_called(const struct lock_order *order, const struct ir_function *fn)
{
    const struct call_sites *callers = &order->guards->graph->callers[fn->index];
    for (uint32_t i = 0; i < callers->count; i++)
        if (callers->items[i].caller != fn)
            return true;
    return order->functions[fn->index].is_started;
}

static void settle_root(struct lock_order *order, const struct ir_function *fn)
{
    struct order_function *root = &order->functions[fn->index];
    if (!root->edges || root->edges->len == 0 || is_called(order, fn))
        return;
    bool is_main = strcmp(fn->name, "main") == 0;
    struct origins *o = origins_of(order->guards->program, fn);
    for (guint i = 0; i < root->edges->len; i++) {
        struct order_edge *edge = g_ptr_array_index(root->edges, i);
        edge->held.node = lock_settled(order, o, &edge->held);
        edge->taken.node = lock_settled(order, o, &edge->taken);
        uint32_t gates = 0;
        for (uint32_t k = 0; k < edge->gate_count; k++) {
            edge->gates[k].node = lock_settled(order, o, &edge->gates[k]);
            if (edge->gates[k].node)
                edge->gates[gates++] = edge->gates[k];
        }
        edge->gate_count = gates;
        edge->many = !is_main;
        if (edge->held.node && edge->taken.node)
            g_ptr_array_add(order->settled, edge);
    }
}

/* pthread_create does not call what it starts; the graph of calls knows nothing of it. */
static void find_started(struct lock_order *order)
{
    const struct callgraph *graph = order->guards->graph;
    for (uint32_t i = 0; i < graph->site_count; i++) {
        const struct call_site *site = &graph->sites[i];
        if (site->call->mode != IR_CALL_PLAIN && site->call->callee)
            order->functions[site->call->callee->index].is_started = true;
        if (site->call->mode != IR_CALL_PLAIN || !starts_threads(site->call) || !order->functions[site->caller->index].taken)
            continue;
        struct work w = {.order = order, .fn = site->caller, .origins = origins_of(order->guards->program, site->caller)};
        for (uint32_t k = 0; w.origins && k < site->call->arg_count; k++) {
            const struct ir_function *given =
                is_function_pointer(&site->call->args[k]) ? function_given(&w, site->block, &site->call->args[k]) : NULL;
            if (given)
                order->functions[given->index].is_started = true;
        }
    }
}

/* --------------------------------------------------------------------------------------------- entry */

/* Somewhere something is held while a call is made. */
static bool is_wanted(const struct guard_analysis *guards)
{
    for (guint i = 0; i < guards->functions->len; i++) {
        const struct guard_function *f = g_ptr_array_index(guards->functions, i);
        for (guint k = 0; k < f->moments->len; k++)
            if (g_array_index(f->moments, struct guard_moment, k).count > 0)
                return true;
    }
    return false;
}

static void order_free(struct lock_order *order)
{
    for (uint32_t i = 0; i < order->guards->unit->function_count; i++) {
        struct order_function *f = &order->functions[i];
        if (!f->taken)
            continue;
        g_ptr_array_free(f->taken, TRUE);
        g_ptr_array_free(f->waits, TRUE);
        g_ptr_array_free(f->edges, TRUE);
        g_hash_table_destroy(f->known);
    }
    thread_waits_free(order->waits);
    g_free(order->functions);
    g_hash_table_destroy(order->nodes);
    g_hash_table_destroy(order->steps);
    g_ptr_array_free(order->settled, TRUE);
    g_ptr_array_free(order->held_waits, TRUE);
    g_ptr_array_free(order->wakes, TRUE);
}

static void see_all(struct lock_order *order)
{
    const struct callgraph *graph = order->guards->graph;
    for (uint32_t c = 0; c < graph->component_count; c++)
        for (int round = 0; round < (graph->components[c].is_recursive ? ROUNDS : 1); round++)
            for (uint32_t i = 0; i < graph->components[c].count; i++)
                see_function(order, graph->unit->functions[graph->components[c].functions[i]]);
}

/* Functions whose addresses are taken may be called, or started, before they have been looked at. */
static bool passes_functions_on(const struct guard_analysis *guards)
{
    for (uint32_t i = 0; i < guards->unit->function_count; i++)
        if (guards->graph->address_taken[i] && guards->unit->functions[i]->has_body)
            return true;
    return false;
}

void lock_order_check(struct guard_analysis *guards)
{
    if (!is_wanted(guards))
        return;
    const struct ir_unit *unit = guards->unit;
    struct lock_order order = {
        .guards = guards,
        .arena = unit->arena,
        .waits = thread_waits_new(guards->context, guards->program),
        .functions = g_new0(struct order_function, unit->function_count + 1),
        .nodes = g_hash_table_new(g_str_hash, g_str_equal),
        .steps = g_hash_table_new(hash_step, same_step),
        .settled = g_ptr_array_new(),
        .held_waits = g_ptr_array_new(),
        .wakes = g_ptr_array_new(),
    };
    for (int round = 0; round < (passes_functions_on(guards) ? ROUNDS : 1); round++)
        see_all(&order);
    find_started(&order);
    for (uint32_t i = 0; i < unit->function_count; i++)
        settle_root(&order, unit->functions[i]);
    lock_rings_report(&order);
    lock_waits_report(&order);
    order_free(&order);
}
