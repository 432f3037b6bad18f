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
