#include "analysis/moves/moves_repair.h"

/* The blocks that control can be in after the end of `from`. To be freed. */
static bool *blocks_after(const struct cfg *cfg, uint32_t from)
{
    bool *after = g_new0(bool, cfg->fn->block_count);
    GArray *work = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    g_array_append_val(work, from);
    while (work->len > 0) {
        uint32_t block = g_array_index(work, uint32_t, work->len - 1);
        g_array_set_size(work, work->len - 1);
        for (uint32_t e = 0; e < cfg->successors[block].count; e++) {
            uint32_t to = cfg->successors[block].items[e].to;
            if (!after[to]) {
                after[to] = true;
                g_array_append_val(work, to);
            }
        }
    }
    g_array_free(work, TRUE);
    return after;
}

static bool is_use(const struct move_event *event)
{
    switch (event->kind) {
    case MOVE_EVENT_READ:
    case MOVE_EVENT_BORROW:
    case MOVE_EVENT_LEND:
    case MOVE_EVENT_COPY:
    case MOVE_EVENT_MOVE:
    case MOVE_EVENT_CONSUME:
        return true;
    default:
        return false;
    }
}

/* Some use comes after it, or beside it in an order that C leaves open; itself counts when it runs again. */
static bool is_used_later(const struct move_simulation *sim, const struct move_event *event)
{
    bool *after = blocks_after(sim->paths->cfg, event->at.block);
    bool used = false;

    for (guint i = 0; i < sim->events->items->len && !used; i++) {
        const struct move_event *other = move_event(sim->events, i);
        if (other->ref.root != sim->root || !is_use(other))
            continue;
        bool here = other != event && other->at.block == event->at.block && other->at.statement >= event->at.statement;
        used = here || after[other->at.block];
    }
    g_free(after);
    return used;
}

/* A variable as a whole, of this function's own: a parameter that is moved would change what callers must do. */
static bool is_own_variable(const struct move_simulation *sim)
{
    const struct move_root *root = move_root(sim->paths, sim->root);

    return !root->is_pointee && !root->is_param && !root->is_escaped &&
           local_is_named(&sim->paths->fn->locals[root->local]) && !sim->paths->fn->locals[root->local].in_macro;
}

static bool is_whole_copy(const struct move_simulation *sim, const struct move_event *event)
{
    return is_own_variable(sim) && event->ref.node == 0 && event->ref.is_exact && event->copy != MOVE_COPY_BYTES &&
           !(event->flags & IR_FLAG_MACRO_BODY);
}

bool move_is_safe(const struct move_simulation *sim, const struct move_event *event)
{
    return is_whole_copy(sim, event) && !is_used_later(sim, event);
}

bool clone_is_safe(const struct move_simulation *sim, const struct move_event *event)
{
    return is_whole_copy(sim, event) && move_root(sim->paths, sim->root)->has_auto && is_used_later(sim, event);
}

/* `return v;` and the like, without fl_move: from a variable with fl_auto that is a mistake (F0304). */
static bool moves_without_emptying(const struct move_simulation *sim, const struct move_event *event)
{
    const struct ir_block *block = &sim->paths->fn->blocks[event->at.block];

    if (event->kind == MOVE_EVENT_CONSUME || event->kind == MOVE_EVENT_COPY)
        return true;
    if (event->kind != MOVE_EVENT_MOVE)
        return false;
    const struct ir_operand *operands;
    uint32_t count;
    if (event->at.statement < block->statement_count) {
        const struct ir_statement *st = &block->statements[event->at.statement];
        if (st->kind != IR_ST_ASSIGN)
            return true;
        operands = st->value.operands;
        count = st->value.operand_count;
    } else if (block->terminator.kind == IR_TERM_CALL) {
        operands = block->terminator.call->args;
        count = block->terminator.call->arg_count;
    } else {
        return true;
    }
    for (uint32_t i = 0; i < count; i++)
        if (operands[i].kind == IR_OPERAND_MOVE && span_equal(operands[i].span, event->span))
            return false;
    return true;
}

static bool dominates(const struct cfg *cfg, uint32_t block, uint32_t other)
{
    while (other != block && other != cfg->idom[other])
        other = cfg->idom[other];
    return other == block;
}

bool auto_is_safe(const struct move_simulation *sim)
{
    const struct move_root *root = move_root(sim->paths, sim->root);
    const struct ir_local *local = &sim->paths->fn->locals[root->local];
    const struct move_event *first = NULL;

    if (!is_own_variable(sim) || root->has_auto || root->has_element_takes || span_is_none(local->declaration))
        return false;
    for (guint i = 0; i < sim->events->items->len; i++) {
        const struct move_event *event = move_event(sim->events, i);
        if (event->ref.root != sim->root)
            continue;
        if (event->ref.node != 0 && (event->kind == MOVE_EVENT_MOVE || event->kind == MOVE_EVENT_CONSUME))
            return false; /* in parts */
        if (moves_without_emptying(sim, event))
            return false;
        if (!first && event->flags & IR_FLAG_INITIALIZER)
            first = event;
    }
    for (guint i = 0; first && i < sim->events->items->len; i++) {
        const struct move_event *event = move_event(sim->events, i);
        bool comes_before = event->kind == MOVE_EVENT_LIVE;
        if (event->ref.root == sim->root && !comes_before &&
            !dominates(sim->paths->cfg, first->at.block, event->at.block))
            return false; /* a jump leads around the declaration */
    }
    return first != NULL;
}
