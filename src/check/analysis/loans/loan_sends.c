/*
 * A pointer to a local goes into a channel: whoever receives it may have it longer than the local lives. If both ends are
 * here, the receiver must not be used once the local has ended. A channel from outside of the function, also by a clone
 * of its sender, outlives the local for certain; most of these channel_sends.c has told of, with the types that threads share.
 */
#include "analysis/locks/guard_parts.h"
#include "analysis/loans/loan_parts.h"

struct sends {
    struct loans *loans;
    struct values *values;
    GArray *calls; /* of uint32_t: blocks */
};

/* ---------------------------------------------------------------------------------------- the channel */

/* Where the handle that a library function is given is: the address it was loaded from, or a parameter. */
static const struct value *handle_behind(struct sends *s, uint32_t block, int depth)
{
    const struct ir_block *b = &s->loans->fn->blocks[block];
    const struct ir_operand *arg = b->terminator.call->arg_count > 0 ? &b->terminator.call->args[0] : NULL;
    if (!arg || arg->kind == IR_OPERAND_CONST)
        return NULL;
    const struct value *v =
        value_without_casts(value_of_operand(s->values, (struct flow_point){block, b->statement_count}, arg));
    if (v->kind != VALUE_CALL)
        return v;
    const struct ir_call *made_by = s->loans->fn->blocks[v->index].terminator.call;
    bool is_clone = made_by->callee && made_by->callee->in_system_header && made_by->arg_count == 1;
    return is_clone && depth > 0 ? handle_behind(s, v->index, depth - 1) : NULL;
}

static uint32_t local_given_address(struct origins *o, const struct origin_state *state, const struct ir_operand *arg)
{
    const struct origin_set *set = arg->kind == IR_OPERAND_CONST ? o->empty : origins_value(o, state, arg);
    return set->count == 1 && set->items[0]->kind == ORIGIN_LOCAL ? set->items[0]->index : UINT32_MAX;
}

static bool is_handle(const struct ir_function *fn, uint32_t local, enum ir_handle_kind kind)
{
    return local != UINT32_MAX && fn->locals[local].type->kind == IR_TYPE_HANDLE &&
           fn->locals[local].type->handle_kind == kind;
}

/* The receiver that was made together with this sender; UINT32_MAX: not seen. */
static uint32_t other_end(struct sends *s, uint32_t sender)
{
    struct origins *o = s->loans->origins;
    for (uint32_t i = 0; i < o->cfg->order_count; i++) {
        uint32_t block = o->cfg->order[i];
        const struct ir_block *b = &s->loans->fn->blocks[block];
        const struct ir_call *call = b->terminator.kind == IR_TERM_CALL ? b->terminator.call : NULL;
        if (!call || !call->callee || !call->callee->in_system_header || call->arg_count < 2)
            continue;
        const struct origin_state *state = origins_state(o, (struct flow_point){block, b->statement_count});
        uint32_t receiver = local_given_address(o, state, &call->args[1]);
        if (local_given_address(o, state, &call->args[0]) == sender && is_handle(o->fn, receiver, IR_HANDLE_RECEIVER))
            return receiver;
    }
    return UINT32_MAX;
}

static bool goes_to_a_thread(const struct ir_function *fn, uint32_t receiver)
{
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_terminator *term = &fn->blocks[b].terminator;
        if (term->kind != IR_TERM_CALL || term->call->mode != IR_CALL_SPAWN)
            continue;
        for (uint32_t i = 0; i < term->call->arg_count; i++)
            if (term->call->args[i].kind == IR_OPERAND_MOVE && term->call->args[i].place.base == IR_BASE_LOCAL &&
                term->call->args[i].place.base_index == receiver)
                return true;
    }
    return false;
}

/* ------------------------------------------------------------------------------------------- the value */

struct sent {
    struct sends *sends;
    struct flow_point at;
    const struct origin_state *state;
    bool leaves;       /* for where nobody here sees it */
    uint32_t receiver; /* else: the other end, a local */
};

static void add_ends_of_local(struct sent *sent, struct loan loan)
{
    const struct ir_function *fn = sent->sends->loans->fn;
    if (sent->leaves) {
        g_array_append_val(sent->sends->loans->found, loan);
        return;
    }
    loan.cell = origin_base(sent->sends->loans->origins, ORIGIN_LOCAL, sent->receiver);
    for (uint32_t b = 0; b < fn->block_count; b++)
        for (uint32_t i = 0; i < fn->blocks[b].statement_count; i++) {
            const struct ir_statement *st = &fn->blocks[b].statements[i];
            if (st->kind != IR_ST_STORAGE_DEAD || st->local != loan.place->index ||
                !(b == sent->at.block || cfg_can_reach(sent->sends->loans->origins->cfg, sent->at.block, b)))
                continue;
            loan.at = (struct flow_point){b, i};
            loan.span = st->span;
            g_array_append_val(sent->sends->loans->found, loan);
        }
}

static void see_cell(struct sent *sent, const struct origin *cell, const struct origin_set *set)
{
    const struct ir_function *fn = sent->sends->loans->fn;
    for (uint32_t i = 0; i < set->count; i++) {
        const struct origin *root = origin_root(set->items[i]);
        if (root->kind != ORIGIN_LOCAL || !origin_is_direct(set->items[i]) || !fn->locals[root->index].name ||
            fn->locals[root->index].hidden)
            continue;
        add_ends_of_local(sent, (struct loan){
            .kind = LOAN_END_SENT,
            .at = sent->at,
            .span = fn->locals[root->index].kind == IR_LOCAL_PARAM ? fn->body_end : fn->locals[root->index].scope_end,
            .place = root,
            .target = set->items[i],
            .cell = cell,
            .sent = cell,
            .sent_at = sent->at,
        });
        return;
    }
}

static void see_send(struct sends *s, uint32_t block)
{
    struct origins *o = s->loans->origins;
    const struct ir_block *b = &s->loans->fn->blocks[block];
    struct sent sent = {.sends = s, .at = {block, b->statement_count}, .receiver = UINT32_MAX};
    const struct value *handle = handle_behind(s, block, 3);
    if (!handle)
        return;
    const struct value *root = value_root(handle->kind == VALUE_LOAD ? handle->base : handle);
    if (root->kind == VALUE_LOCAL) {
        sent.receiver = other_end(s, root->index);
        if (sent.receiver == UINT32_MAX)
            return;
        sent.leaves = goes_to_a_thread(s->loans->fn, sent.receiver);
    } else {
        sent.leaves = root->kind == VALUE_PARAM || root->kind == VALUE_GLOBAL || root->kind == VALUE_LOAD;
        if (!sent.leaves)
            return;
    }
    sent.state = origins_state(o, sent.at);
    uint32_t value = local_given_address(o, sent.state, &b->terminator.call->args[1]);
    if (value == UINT32_MAX) {
        const struct origin_set *set = origins_value(o, sent.state, &b->terminator.call->args[1]);
        value = set->count == 1 && origin_root(set->items[0])->kind == ORIGIN_LOCAL && origin_is_direct(set->items[0])
                    ? origin_root(set->items[0])->index : UINT32_MAX;
    }
    const struct origin *whole = value != UINT32_MAX ? origin_base(o, ORIGIN_LOCAL, value) : NULL;
    for (const struct origin *cell = whole; cell; cell = origin_next_part(cell, whole)) {
        const struct origin_set *set = origin_state_stored(sent.state, cell);
        if (set)
            see_cell(&sent, cell, set);
    }
}

/* A library function that is given a value to keep, and the handle that it goes to. */
static bool is_send(const struct ir_call *call)
{
    if (!call->callee || !call->callee->in_system_header || call->mode != IR_CALL_PLAIN || call->arg_count < 2 ||
        call->callee->type->param_count < 2 || call->args[0].kind == IR_OPERAND_CONST)
        return false;
    const char *const *notes = call->callee->params[1].notes;
    return ir_note(notes, "moved") || ir_note(notes, "moved_if");
}

static void visit(void *ctx, const void *state, struct flow_point at, const struct ir_statement *st,
                  const struct ir_terminator *term)
{
    struct sends *s = ctx;
    struct origins *o = s->loans->origins;
    if (st || term->kind != IR_TERM_CALL || !((const struct origin_state *)state)->reached || !is_send(term->call))
        return;
    const struct origin_set *handle = origins_value(o, state, &term->call->args[0]);
    const struct origin *from = handle->count == 1 && handle->items[0]->kind == ORIGIN_OWNED ? handle->items[0]->parent : NULL;
    const struct ir_type *type = from ? origin_type(o, from) : NULL;
    if (type && type->kind == IR_TYPE_HANDLE && type->handle_kind == IR_HANDLE_SENDER)
        g_array_append_val(s->calls, at.block);
}

void loans_find_sends(struct loans *loans)
{
    struct sends s = {loans, analysis_values(loans->analysis, loans->fn), g_array_new(FALSE, FALSE, sizeof(uint32_t))};
    dataflow_visit(loans->origins->flow, visit, &s);
    for (guint i = 0; i < s.calls->len; i++)
        see_send(&s, g_array_index(s.calls, uint32_t, i));
    g_array_free(s.calls, TRUE);
}
