/*
 * Can two acquisitions happen at once? Their ways down from the root part somewhere. Where one of them starts a thread,
 * it must still run when the other goes on; where neither does, one thread does both, one after the other, unless the
 * whole is done by several threads.
 *
 * Forward search. A thread runs from its start until it is joined, or its scope ends; a loop that joins has joined all.
 */
#include "analysis/context.h"
#include "analysis/lock_order.h"

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

static bool waits_for(struct origins *o, uint32_t block, uint32_t start, const struct origin_set *cells)
{
    const struct ir_terminator *term = &o->fn->blocks[block].terminator;
    if (term->kind != IR_TERM_CALL || !term->call->callee || !ir_note(term->call->callee->notes, "blocks"))
        return false;
    const struct ir_call *call = term->call, *starting = o->fn->blocks[start].terminator.call;
    if (ir_note(call->callee->notes, "scope.end"))
        return starting->mode == IR_CALL_SPAWN_SCOPED && call->arg_count > 0 &&
               have_common(targets(o, block, &call->args[0]), targets(o, start, &starting->scope));
    for (uint32_t i = 0; i < call->arg_count && i < call->callee->type->param_count; i++) {
        const char *const *notes = call->callee->params[i].notes;
        if (ir_note(notes, "joined")) {
            const struct origin_set *threads = targets(o, block, &call->args[i]);
            for (uint32_t k = 0; k < threads->count; k++)
                if (threads->items[k]->kind == ORIGIN_THREAD && threads->items[k]->index == start)
                    return true;
        }
        if (ir_note(notes, "moved") && have_common(targets(o, block, &call->args[i]), cells))
            return true;
    }
    return false;
}

bool call_waits_for_thread(struct origins *o, uint32_t block, uint32_t start)
{
    return waits_for(o, block, start, handle_cells(o, start));
}

struct running {
    struct origins *origins;
    uint32_t start;
    bool *reached;  /* by block: when it begins, the thread may be running */
    bool *ends;     /* by block: behind its call it is not */
};

static void find_ends(struct running *r)
{
    struct origins *o = r->origins;
    const struct cfg *cfg = o->cfg;
    const struct origin_set *cells = handle_cells(o, r->start);
    for (uint32_t k = 0; k < cfg->order_count; k++) {
        uint32_t b = cfg->order[k];
        if (b == r->start || !waits_for(o, b, r->start, cells))
            continue;
        r->ends[b] = true;
        for (uint32_t loop = cfg->loop_of[b]; loop != CFG_NONE; loop = cfg->loops[loop].parent)
            if (!cfg_loop_contains(cfg, loop, r->start))
                r->ends[cfg->loops[loop].head] = true;
    }
}

static struct running *running_from(struct origins *o, uint32_t start)
{
    const struct cfg *cfg = o->cfg;
    struct running *r = g_new0(struct running, 1);
    *r = (struct running){o, start, g_new0(bool, o->fn->block_count + 1), g_new0(bool, o->fn->block_count + 1)};
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

static bool runs_at(struct lock_order *order, const struct order_step *start, uint32_t block)
{
    struct running *r = running_from(origins_of(order->guards->program, start->fn), start->block);
    bool runs = r->reached[block];
    running_free(r);
    return runs;
}

static bool outlives_function(struct lock_order *order, const struct order_step *start)
{
    struct running *r = running_from(origins_of(order->guards->program, start->fn), start->block);
    bool outlives = false;
    for (uint32_t b = 0; b < start->fn->block_count; b++)
        outlives |= r->reached[b] && !r->ends[b] && start->fn->blocks[b].terminator.kind == IR_TERM_RETURN;
    running_free(r);
    return outlives;
}

/* The thread that is started further down this way, in a callee, may still run when that has returned. */
static bool leaves_running(struct lock_order *order, const struct order_step *step)
{
    for (; step; step = step->inner)
        if (step->starts)
            return outlives_function(order, step);
    return false;
}

static bool one_overlaps_other(struct lock_order *order, const struct order_step *one, const struct order_step *other)
{
    if (one->starts)
        return runs_at(order, one, other->block);
    return leaves_running(order, one->inner) &&
           cfg_can_reach(analysis_cfg(order->guards->context, one->fn), one->block, other->block);
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
        if (at->starts && ((in_loop && runs_at(order, at, at->block)) || (repeats && outlives_function(order, at))))
            return true;
        repeats |= in_loop;
        at = at->inner;
        bt = bt->inner;
    }
    return false;
}
