/*
 * Can two acquisitions happen at once? Their ways down from the root part somewhere. Where one of them starts a thread,
 * it must still run when the other goes on; where neither does, one thread does both, one after the other, unless the
 * whole is done by several threads.
 */
#include "analysis/context.h"
#include "analysis/locks/lock_order.h"

/* Where the handle is of the thread that is started on this way, as the step's own function sees it. */
static const struct origin_set *cells_at(struct lock_order *order, const struct order_step *step)
{
    struct origins *o = origins_of(order->guards->program, step->fn);
    if (step->starts || !step->inner)
        return thread_handle_cells(o, step->block);
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
    struct thread_run run = thread_run_from(order->waits, origins_of(order->guards->program, step->fn), step->block,
                                            cells_at(order, step));
    bool runs = block != IR_NO_BLOCK && run.reached[block];
    for (uint32_t b = 0; block == IR_NO_BLOCK && b < step->fn->block_count; b++)
        runs |= run.reached[b] && !run.ends[b] && step->fn->blocks[b].terminator.kind == IR_TERM_RETURN;
    thread_run_clear(&run);
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

/* The same memory in two functions: by way of a global. */
static bool is_same_place(const struct origin *a, const struct origin *b)
{
    for (; a && b; a = a->parent, b = b->parent)
        if (a->kind != b->kind || a->record != b->record || (a->kind != ORIGIN_DEREF && a->index != b->index))
            return false;
        else if (!a->parent || !b->parent)
            return a->kind == ORIGIN_GLOBAL && !a->parent && !b->parent;
    return false;
}

/* The one thread of a start that is not repeated: its handle stays where it is. */
static bool starts_one(struct lock_order *order, const struct order_step *step)
{
    for (; step; step = step->inner) {
        if (analysis_cfg(order->guards->context, step->fn)->loop_of[step->block] != CFG_NONE)
            return false;
        if (step->starts)
            return true;
    }
    return false;
}

/* pthread_create puts the handle where it is told. */
static const struct origin_set *cells_filled(struct lock_order *order, const struct order_step *step)
{
    struct origins *o = origins_of(order->guards->program, step->fn);
    if (!step->starts)
        return step->inner ? cells_filled(order, step->inner) : o->empty;
    const struct ir_call *call = step->fn->blocks[step->block].terminator.call;
    uint32_t out = ir_noted_argument(call, "thread_out");
    const struct origin_state *state =
        origins_state(o, (struct flow_point){step->block, step->fn->blocks[step->block].statement_count});
    return out < call->arg_count && state->reached ? origins_value(o, state, &call->args[out]) : o->empty;
}

static bool waits_for_cells(struct lock_order *order, struct origins *o, uint32_t block, const struct origin_set *cells)
{
    const struct origin_set *joined = threads_waited_for(order->waits, o, block);
    for (uint32_t i = 0; i < joined->count; i++)
        for (uint32_t k = 0; joined->items[i]->kind == ORIGIN_DEREF && k < cells->count; k++)
            if (is_same_place(joined->items[i]->parent, cells->items[k]))
                return true;
    return false;
}

/* Further down on the other way the thread is waited for first: `shut_down() { stop_timer(); lock(&a); ... }`. */
static bool is_joined_further_down(struct lock_order *order, const struct order_step *one, const struct order_step *other)
{
    const struct origin_set *cells = starts_one(order, one) ? cells_filled(order, one) : NULL;
    if (!cells || cells->count != 1)
        return false;
    for (const struct order_step *step = other->starts ? NULL : other->inner; step; step = step->inner) {
        struct origins *o = origins_of(order->guards->program, step->fn);
        const struct call_sites *calls = &order->guards->graph->calls[step->fn->index];
        for (uint32_t i = 0; i < calls->count; i++) {
            uint32_t block = calls->items[i].block;
            if (block != step->block && cfg_reachable(o->cfg, block) && cfg_dominates(o->cfg, block, step->block) &&
                waits_for_cells(order, o, block, cells))
                return true;
        }
        if (step->starts)
            break;
    }
    return false;
}

static bool one_overlaps_other(struct lock_order *order, const struct order_step *one, const struct order_step *other)
{
    return (one->starts || leaves_running(order, one->inner)) && runs_at(order, one, other->block) &&
           !is_joined_further_down(order, one, other);
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
