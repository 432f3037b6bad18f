/*
 * `b = a` of an owned value: two places would own the same. Unless the source is emptied, overwritten or gone before
 * anybody looks at it again: then the copy was a move in two steps, as in a swap by hand.
 */
#include "analysis/moves/moves_collect.h"

static bool touches(const struct ir_place *a, const struct ir_place *b)
{
    return ir_place_is_prefix(a, b) || ir_place_is_prefix(b, a);
}

static bool statement_reads(const struct ir_statement *statement, const struct ir_place *place)
{
    if (statement->kind == IR_ST_ASSIGN) {
        if (statement->value.kind == IR_RV_ADDRESS_OF && touches(&statement->value.place, place))
            return true;
        for (uint32_t i = 0; i < statement->value.operand_count; i++)
            if (statement->value.operands[i].kind != IR_OPERAND_CONST &&
                touches(&statement->value.operands[i].place, place))
                return true;
        return false;
    }
    if (statement->kind == IR_ST_DROP)
        return touches(&statement->place, place);
    return statement->kind == IR_ST_ATOMIC || statement->kind == IR_ST_OPAQUE || statement->kind == IR_ST_ASM;
}

/*
 * What becomes of the source of `b = a` right afterwards. If it is emptied or overwritten before anyone
 * looks at it again, the copy was a move in two steps (a swap, a take followed by fl_forget).
 */
enum copied_source { COPIED_LEFT, COPIED_EMPTIED, COPIED_DEAD };

/* `s->items[i]` is another temporary each time: what counts is where it leads. */
static const struct value *address_behind_pointer(const struct collector *c, uint32_t statement,
                                                  const struct ir_place *place)
{
    if (!ir_place_has_deref(place))
        return NULL;
    return value_address(c->paths->values, (struct flow_point){ c->at.block, statement }, place);
}

/* The argument that a call fills with zeros; UINT32_MAX. */
static uint32_t zeroed_argument(const struct ir_call *call)
{
    for (uint32_t i = 0; call->callee && i < call->arg_count && i < call->callee->type->param_count; i++) {
        if (!ir_note(call->callee->params[i].notes, "fill"))
            continue;
        const struct ir_operand *with = i + 1 < call->arg_count ? &call->args[i + 1] : NULL;
        bool zero = call->arg_count < 3 || (with && with->kind == IR_OPERAND_CONST && with->value == 0);
        return zero ? i : UINT32_MAX;
    }
    return UINT32_MAX;
}

/* `b = a; memset(&a, 0, sizeof a);` */
static bool is_zeroed_by_call(const struct collector *c, const struct ir_place *place)
{
    const struct ir_terminator *term = &c->block->terminator;
    struct flow_point end = { c->at.block, c->block->statement_count };
    uint32_t zeroed = term->kind == IR_TERM_CALL ? zeroed_argument(term->call) : UINT32_MAX;
    return zeroed != UINT32_MAX &&
           value_of_operand(c->paths->values, end, &term->call->args[zeroed]) == value_address(c->paths->values, end, place);
}

bool collect_zeroes(const struct ir_call *call, uint32_t argument)
{
    return zeroed_argument(call) == argument;
}

void collect_zeroed_bytes(struct collector *c, const struct ir_call *call)
{
    uint32_t zeroed = zeroed_argument(call);
    struct move_ref ref;
    if (zeroed == UINT32_MAX ||
        !move_paths_find_address(c->paths, value_of_operand(c->paths->values, c->at, &call->args[zeroed]), &ref) ||
        !ref.is_exact)
        return;
    collect_event(c, MOVE_EVENT_ZERO, ref, call->args[zeroed].span);
}

static enum copied_source after_copy(const struct collector *c, const struct ir_place *place)
{
    const struct value *address = address_behind_pointer(c, c->at.statement, place);
    bool zeroed = is_zeroed_by_call(c, place);
    for (uint32_t s = c->at.statement + 1; s < c->block->statement_count; s++) {
        const struct ir_statement *statement = &c->block->statements[s];
        bool only_for_zeroing = zeroed && statement->kind == IR_ST_ASSIGN && statement->value.kind == IR_RV_ADDRESS_OF &&
                                collect_is_temp(c, &statement->place);
        if (statement_reads(statement, place) && !only_for_zeroing)
            return COPIED_LEFT;
        if ((statement->kind == IR_ST_ASSIGN || statement->kind == IR_ST_ZERO || statement->kind == IR_ST_FORGET) &&
            (ir_place_is_prefix(&statement->place, place) ||
             (address && address_behind_pointer(c, s, &statement->place) == address)))
            return COPIED_EMPTIED;
        if (address && statement->kind == IR_ST_ASSIGN && statement->value.operand_count > 0 &&
            statement->value.operands[0].kind == IR_OPERAND_COPY &&
            address_behind_pointer(c, s, &statement->value.operands[0].place) == address)
            return COPIED_LEFT;
        if (statement->kind == IR_ST_STORAGE_DEAD && place->base == IR_BASE_LOCAL &&
            statement->local == place->base_index)
            return COPIED_DEAD;
    }
    return zeroed ? COPIED_EMPTIED : COPIED_LEFT;
}

/* Nothing but zeros is ever stored in it: `(text){ 0 }`, or a macro's variable made from one. */
static bool holds_zero(const struct collector *c, uint32_t local, unsigned depth);

bool collect_stores_zero(const struct collector *c, const struct ir_rvalue *value, unsigned depth)
{
    if (value->kind != IR_RV_USE && value->kind != IR_RV_CAST)
        return false;
    const struct ir_operand *operand = &value->operands[0];
    if (operand->kind == IR_OPERAND_CONST)
        return true;
    return operand->place.base == IR_BASE_LOCAL && operand->place.projection_count == 0 &&
           holds_zero(c, operand->place.base_index, depth + 1);
}

static bool holds_zero(const struct collector *c, uint32_t local, unsigned depth)
{
    const struct ir_function *fn = c->paths->fn;
    const struct ir_local *l = &fn->locals[local];
    bool zeroed = false;
    if (depth > 4 || l->address_taken || l->kind != IR_LOCAL_VARIABLE || (l->name && !l->in_macro))
        return false;
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        for (uint32_t s = 0; s < block->statement_count; s++) {
            const struct ir_statement *statement = &block->statements[s];
            if (statement->place.base != IR_BASE_LOCAL || statement->place.base_index != local ||
                (statement->kind != IR_ST_ASSIGN && statement->kind != IR_ST_ZERO))
                continue;
            if (statement->kind == IR_ST_ASSIGN && !collect_stores_zero(c, &statement->value, depth))
                return false;
            zeroed |= statement->kind == IR_ST_ASSIGN || statement->place.projection_count == 0;
        }
        if (block->terminator.kind == IR_TERM_CALL && block->terminator.call->has_dest &&
            block->terminator.call->dest.base == IR_BASE_LOCAL && block->terminator.call->dest.base_index == local)
            return false;
    }
    return zeroed;
}

/* `place = copy source` where the value is owned. Returns what `place` holds afterwards. */
enum move_source collect_copy(struct collector *c, const struct ir_place *to, const struct ir_operand *from)
{
    struct move_ref ref;
    bool is_result = to->base == IR_BASE_LOCAL && to->base_index == 0 && to->projection_count == 0;
    if (collect_is_temp(c, &from->place) && from->place.projection_count == 0)
        return MOVE_SOURCE_OWNED; /* a value that nothing else holds */
    collect_way(c, &from->place, from->span);

    enum copied_source after = after_copy(c, &from->place);
    if (from->place.base == IR_BASE_LOCAL && !ir_place_has_deref(&from->place)) {
        const struct ir_local *local = &c->paths->fn->locals[from->place.base_index];
        if (!local_is_named(local))
            return holds_zero(c, from->place.base_index, 0) ? MOVE_SOURCE_EMPTY : MOVE_SOURCE_OWNED;
        if (!move_paths_find(c->paths, c->at, &from->place, &ref))
            return MOVE_SOURCE_UNKNOWN;
        if (to->base == IR_BASE_LOCAL && collect_is_literal(c, to->base_index) && !c->is_given_away[to->base_index]) {
            collect_event(c, MOVE_EVENT_BORROW, ref, from->span); /* lent, as what it was made for is */
            return MOVE_SOURCE_UNKNOWN;
        }
        bool kept_by_return = is_result && !move_root(c->paths, ref.root)->has_auto;
        bool kept_by_scope = collect_is_temp(c, to) && after == COPIED_DEAD;
        bool kept_by_swap = c->is_swap_temp[from->place.base_index] && from->place.projection_count == 0;
        if (kept_by_return || kept_by_scope || kept_by_swap || after == COPIED_EMPTIED) {
            if (after == COPIED_EMPTIED && to->base == IR_BASE_LOCAL && to->projection_count == 0)
                c->is_swap_temp[to->base_index] = true;
            collect_event(c, MOVE_EVENT_MOVE, ref, from->span);
            return MOVE_SOURCE_OWNED;
        }
        struct move_event *copy = collect_event(c, MOVE_EVENT_COPY, ref, from->span);
        copy->copy = is_result ? MOVE_COPY_RETURN : MOVE_COPY_ASSIGN;
        if (to->base == IR_BASE_LOCAL && to->projection_count == 0 && c->taker[to->base_index]) {
            copy->copy = MOVE_COPY_ARGUMENT;
            copy->call = c->taker[to->base_index];
        }
        return MOVE_SOURCE_UNKNOWN;
    }

    if (after == COPIED_EMPTIED) {
        if (to->base == IR_BASE_LOCAL && to->projection_count == 0)
            c->is_swap_temp[to->base_index] = true;
        return MOVE_SOURCE_OWNED;
    }
    if (to->base == IR_BASE_LOCAL && collect_is_literal(c, to->base_index) && !c->is_given_away[to->base_index])
        return MOVE_SOURCE_UNKNOWN;
    if (move_paths_find(c->paths, c->at, &from->place, &ref))
        collect_event(c, MOVE_EVENT_READ, ref, from->span);
    collect_orphan(c, (struct move_orphan){
                      .kind = from->place.base == IR_BASE_GLOBAL && !ir_place_has_deref(&from->place)
                                  ? MOVE_ORPHAN_FROM_GLOBAL
                                  : MOVE_ORPHAN_FROM_POINTER,
                      .span = from->span,
                      .place = from->place,
                      .type = from->place.type,
                      .is_return = is_result,
                      .is_kept = to->base == IR_BASE_LOCAL && to->projection_count == 0 && !is_result &&
                                 local_is_named(&c->paths->fn->locals[to->base_index]),
                  });
    return MOVE_SOURCE_UNKNOWN;
}

/* Some later event looks at the root again (its end does not count). */
static bool is_used_later(const struct collector *c, struct move_ref ref)
{
    const struct move_root *root = move_root(c->paths, ref.root);
    const struct cfg *cfg = c->paths->cfg;
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        uint32_t b = cfg->order[i];
        const struct ir_block *block = &cfg->fn->blocks[b];
        struct ir_place local = { .base = IR_BASE_LOCAL, .base_index = root->local };
        if (b == c->at.block || !cfg_can_reach(cfg, c->at.block, b))
            continue;
        for (uint32_t s = 0; s < block->statement_count; s++)
            if (statement_reads(&block->statements[s], &local))
                return true;
        if (block->terminator.kind == IR_TERM_CALL)
            for (uint32_t a = 0; a < block->terminator.call->arg_count; a++)
                if (block->terminator.call->args[a].kind != IR_OPERAND_CONST &&
                    touches(&block->terminator.call->args[a].place, &local))
                    return true;
    }
    return root->has_auto;
}

/* memcpy(&b, &a, sizeof a): a copy like any other, unless nobody looks at the source again. */
void collect_copied_bytes(struct collector *c, const struct ir_call *call)
{
    uint32_t from = UINT32_MAX, to = UINT32_MAX;
    for (uint32_t i = 0; call->callee && i < call->arg_count && i < call->callee->type->param_count; i++) {
        if (ir_note(call->callee->params[i].notes, "copy_from"))
            from = i;
        else if (ir_note(call->callee->params[i].notes, "copy_to"))
            to = i;
    }
    if (from == UINT32_MAX || to == UINT32_MAX)
        return;
    struct move_ref source, destination;
    const struct value *address = value_of_operand(c->paths->values, c->at, &call->args[from]);
    if (!move_paths_find_address(c->paths, address, &source) || source.is_element || !source.is_exact ||
        move_root(c->paths, source.root)->is_pointee ||
        !collect_owns(move_node(c->paths, source.root, source.node)->type))
        return;
    bool moved = !is_used_later(c, source);
    struct move_event *event = collect_event(c, moved ? MOVE_EVENT_MOVE : MOVE_EVENT_COPY, source, call->args[from].span);
    event->copy = MOVE_COPY_BYTES;
    event->call = NULL;
    address = value_of_operand(c->paths->values, c->at, &call->args[to]);
    if (move_paths_find_address(c->paths, address, &destination) && destination.is_exact) {
        event = collect_event(c, MOVE_EVENT_ASSIGN, destination, call->args[to].span);
        event->source = moved ? MOVE_SOURCE_OWNED : MOVE_SOURCE_UNKNOWN;
    }
}
