/*
 * Can two acquisitions happen at once? Their ways down from the root part somewhere. Where one of them starts a thread,
 * it must still run when the other goes on; where neither does, one thread does both, one after the other, unless the
 * whole is done by several threads.
 *
 * Forward search. A thread runs from its start until it is joined, or its scope ends; a loop that joins has joined all.
 */
#include "analysis/context.h"
#include "analysis/locks/lock_order.h"

static const struct origin_set *targets(struct origins *o, uint32_t block, const struct ir_operand *arg)
{
    struct flow_point at = {block, o->fn->blocks[block].statement_count};
    const struct origin_state *state = origins_state(o, at);
    return state->reached ? origins_value(o, state, arg) : o->empty;
}

static bool have_common(const struct origin_set *a, const struct origin_set *b)
{
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t k = 0; k < b->count; k++)
            if (a->items[i] == b->items[k] && a->items[i]->kind > ORIGIN_FUNCTION)
                return true;
    return false;
}

/* Where the handle of the thread is put that the call ending this block starts. */
static const struct origin_set *handle_cells(struct origins *o, uint32_t start)
{
    const struct ir_call *call = o->fn->blocks[start].terminator.call;
    struct flow_point at = {start, o->fn->blocks[start].statement_count};
    const struct origin_state *state = origins_state(o, at);
    if (!call->has_dest || !state->reached)
        return o->empty;
    struct ir_place place = call->dest;
    /* the call's own temporary is copied to a variable right behind it */
    const struct ir_terminator *term = &o->fn->blocks[start].terminator;
    if (place.base == IR_BASE_LOCAL && o->fn->locals[place.base_index].kind == IR_LOCAL_TEMP && term->target != IR_NO_BLOCK) {
        const struct ir_block *next = &o->fn->blocks[term->target];
        for (uint32_t i = 0; i < next->statement_count; i++) {
            const struct ir_statement *st = &next->statements[i];
            if (st->kind == IR_ST_ASSIGN && st->value.operand_count == 1 && st->value.operands[0].kind != IR_OPERAND_CONST &&
                ir_place_equal(&st->value.operands[0].place, &place)) {
                place = st->place;
                state = origins_state(o, (struct flow_point){term->target, i});
                return state->reached ? origins_place(o, state, &place) : o->empty;
            }
        }
    }
    return origins_place(o, state, &place);
}

/* The variable that a handle given by value was read from; the argument itself where that is none. */
static const struct origin_set *given_from(struct origins *o, uint32_t block, const struct ir_operand *arg)
{
    const struct ir_block *b = &o->fn->blocks[block];
    const struct ir_place *place = &arg->place;
    uint32_t at = b->statement_count;
    for (uint32_t i = b->statement_count; i > 0; i--) {
        const struct ir_statement *st = &b->statements[i - 1];
        if (place->base != IR_BASE_LOCAL || o->fn->locals[place->base_index].kind != IR_LOCAL_TEMP)
            break;
        if (st->kind != IR_ST_ASSIGN || !ir_place_equal(&st->place, place) || st->value.operand_count != 1 ||
            st->value.operands[0].kind == IR_OPERAND_CONST)
            continue;
        place = &st->value.operands[0].place;
        at = i - 1;
    }
    const struct origin_state *state = origins_state(o, (struct flow_point){block, at});
    return state->reached ? origins_place(o, state, place) : o->empty;
}

static bool is_thread(const struct origin_set *set, uint32_t start)
{
    for (uint32_t k = 0; k < set->count; k++)
        if (set->items[k]->kind == ORIGIN_THREAD && set->items[k]->index == start)
            return true;
    return false;
}

/* A function in view, which joins what it is given. */
static bool helper_waits_for(struct lock_order *order, struct origins *o, uint32_t block, uint32_t start,
                             const struct origin_set *cells)
{
    const struct ir_call *call = o->fn->blocks[block].terminator.call;
    const struct order_function *callee = &order->functions[call->callee->index];
    struct origins *inner = callee->joined ? origins_of(order->guards->program, call->callee) : NULL;
    struct flow_point at = {block, o->fn->blocks[block].statement_count};
    for (guint i = 0; inner && i < callee->joined->len; i++) {
        const struct origin_state *state = origins_state(o, at);
        if (!state->reached)
            return false;
        const struct origin_set *here =
            origins_of_callee(o, state, call, block, inner, g_ptr_array_index(callee->joined, i));
        if (have_common(here, cells) || is_thread(here, start))
            return true;
    }
    for (uint32_t i = 0; i < call->arg_count && i < 64; i++)
        if ((callee->joined_params >> i & 1) && call->args[i].kind != IR_OPERAND_CONST &&
            have_common(given_from(o, block, &call->args[i]), cells))
            return true;
    return false;
}

static bool waits_for(struct lock_order *order, struct origins *o, uint32_t block, uint32_t start,
                      const struct origin_set *cells)
{
    const struct ir_terminator *term = &o->fn->blocks[block].terminator;
    if (term->kind != IR_TERM_CALL || !term->call->callee || term->call->mode != IR_CALL_PLAIN)
        return false;
    const struct ir_call *call = term->call, *starting = o->fn->blocks[start].terminator.call;
    if (call->callee->has_body)
        return helper_waits_for(order, o, block, start, cells);
    if (!ir_note(call->callee->notes, "blocks"))
        return false;
    if (ir_note(call->callee->notes, "scope.end"))
        return starting->mode == IR_CALL_SPAWN_SCOPED && call->arg_count > 0 &&
               have_common(targets(o, block, &call->args[0]), targets(o, start, &starting->scope));
    for (uint32_t i = 0; i < call->arg_count && i < call->callee->type->param_count; i++) {
        const char *const *notes = call->callee->params[i].notes;
        if (ir_note(notes, "joined") && is_thread(targets(o, block, &call->args[i]), start))
            return true;
        if (ir_note(notes, "moved") && have_common(targets(o, block, &call->args[i]), cells))
            return true;
    }
    return false;
}

bool call_waits_for_thread(struct lock_order *order, struct origins *o, uint32_t block, uint32_t start)
{
    return waits_for(order, o, block, start, handle_cells(o, start));
}

static void note_joined(struct order_function *f, const struct origins *o, const struct origin_set *set)
{
    for (uint32_t i = 0; i < set->count; i++) {
        const struct origin *cell = set->items[i], *root = origin_root(cell);
        bool is_param = root->kind == ORIGIN_LOCAL && o->fn->locals[root->index].kind == IR_LOCAL_PARAM;
        if (cell == root && is_param && root->index <= 64)
            f->joined_params |= UINT64_C(1) << (root->index - 1);
        else if ((is_param || root->kind == ORIGIN_GLOBAL) && !g_ptr_array_find(f->joined, cell, NULL))
            g_ptr_array_add(f->joined, (gpointer)cell);
    }
}

void lock_threads_note(struct lock_order *order, struct origins *o, uint32_t block)
{
    const struct ir_call *call = o->fn->blocks[block].terminator.call;
    struct order_function *f = &order->functions[o->fn->index];
    if (!call->callee || call->mode != IR_CALL_PLAIN)
        return;
    const struct order_function *callee = &order->functions[call->callee->index];
    if (call->callee->has_body && callee->joined && callee != f) {
        struct flow_point at = {block, o->fn->blocks[block].statement_count};
        struct origins *inner = callee->joined->len > 0 ? origins_of(order->guards->program, call->callee) : NULL;
        for (guint i = 0; inner && i < callee->joined->len; i++) {
            const struct origin_state *state = origins_state(o, at);
            if (state->reached)
                note_joined(f, o, origins_of_callee(o, state, call, block, inner, g_ptr_array_index(callee->joined, i)));
        }
        for (uint32_t i = 0; i < call->arg_count && i < 64; i++)
            if ((callee->joined_params >> i & 1) && call->args[i].kind != IR_OPERAND_CONST)
                note_joined(f, o, given_from(o, block, &call->args[i]));
        return;
    }
    if (!ir_note(call->callee->notes, "awaits"))
        return;
    for (uint32_t i = 0; i < call->arg_count && i < call->callee->type->param_count; i++)
        if (ir_note(call->callee->params[i].notes, "joined") || ir_note(call->callee->params[i].notes, "moved"))
            note_joined(f, o, targets(o, block, &call->args[i]));
}

struct running {
    struct lock_order *order;
    struct origins *origins;
    const struct origin_set *cells; /* where its handle is */
    uint32_t start;
    bool *reached;  /* by block: when it begins, the thread may be running */
    bool *ends;     /* by block: behind its call it is not */
};

static void find_ends(struct running *r)
{
    struct origins *o = r->origins;
    const struct cfg *cfg = o->cfg;
    for (uint32_t k = 0; k < cfg->order_count; k++) {
        uint32_t b = cfg->order[k];
        if (b == r->start || !waits_for(r->order, o, b, r->start, r->cells))
            continue;
        r->ends[b] = true;
        for (uint32_t loop = cfg->loop_of[b]; loop != CFG_NONE; loop = cfg->loops[loop].parent)
            if (!cfg_loop_contains(cfg, loop, r->start))
                r->ends[cfg->loops[loop].head] = true;
    }
}

static struct running *running_from(struct lock_order *order, struct origins *o, uint32_t start,
                                    const struct origin_set *cells)
{
    const struct cfg *cfg = o->cfg;
    struct running *r = g_new0(struct running, 1);
    *r = (struct running){order, o, cells, start, g_new0(bool, o->fn->block_count + 1), g_new0(bool, o->fn->block_count + 1)};
    find_ends(r);
    GArray *todo = g_array_new(FALSE, FALSE, sizeof start);
    g_array_append_val(todo, start);
    while (todo->len > 0) {
        uint32_t b = g_array_index(todo, uint32_t, todo->len - 1);
        g_array_set_size(todo, todo->len - 1);
        for (uint32_t i = 0; !r->ends[b] && i < cfg->successors[b].count; i++) {
            uint32_t to = cfg->successors[b].items[i].to;
            if (r->reached[to])
                continue;
            r->reached[to] = true;
            g_array_append_val(todo, to);
        }
    }
    g_array_free(todo, TRUE);
    return r;
}

static void running_free(struct running *r)
{
    g_free(r->reached);
    g_free(r->ends);
    g_free(r);
}

/* Where the handle is of the thread that is started on this way, as the step's own function sees it. */
static const struct origin_set *cells_at(struct lock_order *order, const struct order_step *step)
{
    struct origins *o = origins_of(order->guards->program, step->fn);
    if (step->starts || !step->inner)
        return handle_cells(o, step->block);
    const struct ir_call *call = step->fn->blocks[step->block].terminator.call;
    const struct origin_set *set = o->empty, *inner = cells_at(order, step->inner);
    struct flow_point at = {step->block, step->fn->blocks[step->block].statement_count};
    for (uint32_t i = 0; call->callee == step->inner->fn && i < inner->count; i++) {
        const struct origin_state *state = origins_state(o, at);
        if (state->reached)
            set = origin_set_join(o, set,
                                  origins_of_callee(o, state, call, step->block,
                                                    origins_of(order->guards->program, step->inner->fn), inner->items[i]));
    }
    return set;
}

/* The thread that is started on this way, at the step or further down, may run when the block begins; block IR_NO_BLOCK:
 * when the function returns. */
static bool runs_at(struct lock_order *order, const struct order_step *step, uint32_t block)
{
    struct running *r =
        running_from(order, origins_of(order->guards->program, step->fn), step->block, cells_at(order, step));
    bool runs = block != IR_NO_BLOCK && r->reached[block];
    for (uint32_t b = 0; block == IR_NO_BLOCK && b < step->fn->block_count; b++)
        runs |= r->reached[b] && !r->ends[b] && step->fn->blocks[b].terminator.kind == IR_TERM_RETURN;
    running_free(r);
    return runs;
}

/* It is still running when the step is over. */
static bool leaves_running(struct lock_order *order, const struct order_step *step)
{
    if (!step)
        return false;
    if (step->starts)
        return runs_at(order, step, IR_NO_BLOCK);
    return leaves_running(order, step->inner) && runs_at(order, step, IR_NO_BLOCK);
}

static bool one_overlaps_other(struct lock_order *order, const struct order_step *one, const struct order_step *other)
{
    return (one->starts || leaves_running(order, one->inner)) && runs_at(order, one, other->block);
}

bool edges_can_meet(struct lock_order *order, const struct order_edge *a, const struct order_edge *b)
{
    const struct order_step *at = a->steps, *bt = b->steps;
    if (a->many || b->many || at->fn != bt->fn)
        return true; /* whoever calls the root may do so in several threads */
    bool repeats = false;
    while (at && bt && at->fn == bt->fn) {
        if (at->block != bt->block)
            return one_overlaps_other(order, at, bt) || one_overlaps_other(order, bt, at);
        bool in_loop = analysis_cfg(order->guards->context, at->fn)->loop_of[at->block] != CFG_NONE;
        if (at->starts && ((in_loop && runs_at(order, at, at->block)) || (repeats && runs_at(order, at, IR_NO_BLOCK))))
            return true;
        repeats |= in_loop;
        at = at->inner;
        bt = bt->inner;
    }
    return false;
}
