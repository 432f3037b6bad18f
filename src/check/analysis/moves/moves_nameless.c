#include "analysis/moves/moves_collect.h"

/* ------------------------------------------------------------------------------------- temporaries */

/* A temporary, or a compound literal that is a scalar: `(text *){&t}` is how the headers check a pointer's type. */
bool collect_is_nameless(const struct collector *c, const struct ir_place *place)
{
    if (place->base != IR_BASE_LOCAL)
        return false;
    const struct ir_local *local = &c->paths->fn->locals[place->base_index];
    return local->kind == IR_LOCAL_TEMP ||
           (local->kind == IR_LOCAL_VARIABLE && !local->name && !local->address_taken && ir_type_is_scalar(local->type));
}

static void note_temp_use(struct collector *c, const struct ir_operand *operand, enum temp_use use)
{
    if (operand->kind == IR_OPERAND_CONST || operand->place.base != IR_BASE_LOCAL)
        return;
    uint32_t local = operand->place.base_index;
    if (!collect_is_nameless(c, &operand->place))
        return;
    if (operand->place.projection_count > 0)
        use = TEMP_DEREF;
    if (c->temp_use[local] < use)
        c->temp_use[local] = (uint8_t)use;
}

bool collect_is_temp(const struct collector *c, const struct ir_place *place)
{
    return place->base == IR_BASE_LOCAL && c->paths->fn->locals[place->base_index].kind == IR_LOCAL_TEMP;
}

/* Backwards, so that a chain of temporaries (casts) passes its last use up. */
void collect_temp_uses(struct collector *c)
{
    const struct cfg *cfg = c->paths->cfg;
    c->temp_use = g_new0(uint8_t, c->paths->fn->local_count + 1);
    for (uint32_t i = cfg->order_count; i-- > 0;) {
        const struct ir_block *block = &cfg->fn->blocks[cfg->order[i]];
        if (block->terminator.kind == IR_TERM_CALL)
            for (uint32_t a = 0; a < block->terminator.call->arg_count; a++)
                note_temp_use(c, &block->terminator.call->args[a], TEMP_ARGUMENT);
        else if (block->terminator.kind == IR_TERM_BRANCH || block->terminator.kind == IR_TERM_SWITCH)
            note_temp_use(c, &block->terminator.condition, TEMP_DEREF);
        for (uint32_t s = block->statement_count; s-- > 0;) {
            const struct ir_statement *statement = &block->statements[s];
            if (statement->kind == IR_ST_ASSIGN) {
                enum temp_use use = TEMP_KEPT;
                if (collect_is_nameless(c, &statement->place))
                    use = statement->place.projection_count > 0 ? TEMP_KEPT : c->temp_use[statement->place.base_index];
                if (statement->value.kind == IR_RV_BINARY && statement->value.binary >= IR_EQ &&
                    statement->value.binary <= IR_GE)
                    use = TEMP_DEREF; /* a comparison keeps nothing */
                if (statement->place.base == IR_BASE_LOCAL && statement->place.projection_count > 0 &&
                    collect_is_temp(c, &statement->place))
                    c->temp_use[statement->place.base_index] = MAX(c->temp_use[statement->place.base_index], TEMP_DEREF);
                for (uint32_t o = 0; o < statement->value.operand_count; o++)
                    note_temp_use(c, &statement->value.operands[o], use);
                if (statement->value.kind == IR_RV_ADDRESS_OF && collect_is_temp(c, &statement->value.place)) {
                    uint8_t *through = &c->temp_use[statement->value.place.base_index];
                    *through = MAX(*through, TEMP_DEREF);
                }
            } else if (statement->kind == IR_ST_ATOMIC) {
                for (uint32_t o = 0; o < statement->atomic->operand_count; o++)
                    note_temp_use(c, &statement->atomic->operands[o], TEMP_KEPT);
            } else if (statement->kind == IR_ST_OPAQUE || statement->kind == IR_ST_ASM) {
                for (uint32_t o = 0; o < statement->opaque->read_count; o++)
                    note_temp_use(c, &statement->opaque->reads[o], TEMP_KEPT);
            }
        }
    }
}

/* ---------------------------------------------------------------------------------- compound literals */

/*
 * A compound literal is a place nobody can name again. What is copied into one is given away when its
 * contents are: stored somewhere, or taken over by the call it is made for. Else it is lent with it.
 */
bool collect_is_literal(const struct collector *c, uint32_t local)
{
    const struct ir_local *l = &c->paths->fn->locals[local];
    return l->kind == IR_LOCAL_VARIABLE && !l->name;
}

static void give_away(struct collector *c, const struct value *address, const struct ir_call *taker)
{
    const struct value *root = value_root(address);
    if (root->kind == VALUE_LOCAL && collect_is_literal(c, root->index)) {
        c->is_given_away[root->index] = true;
        c->taker[root->index] = taker;
    }
}

/* `fl_share(rx)` is fl_share_((void *)(fl_receiver(T)){ rx }): the literal behind a pointer that was a handle. */
static uint32_t literal_behind(const struct collector *c, const struct ir_block *block, const struct ir_operand *arg)
{
    if (arg->kind != IR_OPERAND_COPY || arg->place.base != IR_BASE_LOCAL || arg->place.projection_count > 0)
        return UINT32_MAX;
    uint32_t local = arg->place.base_index;
    for (uint32_t s = block->statement_count; s-- > 0 && !collect_is_literal(c, local);) {
        const struct ir_statement *statement = &block->statements[s];
        if (statement->kind != IR_ST_ASSIGN || statement->place.base != IR_BASE_LOCAL ||
            statement->place.base_index != local || statement->place.projection_count > 0 ||
            (statement->value.kind != IR_RV_CAST && statement->value.kind != IR_RV_USE) ||
            statement->value.operands[0].kind != IR_OPERAND_COPY ||
            statement->value.operands[0].place.base != IR_BASE_LOCAL ||
            statement->value.operands[0].place.projection_count > 0)
            continue;
        local = statement->value.operands[0].place.base_index;
    }
    const struct ir_type *type = c->paths->fn->locals[local].type;
    bool found = collect_is_literal(c, local) && type && type->unqualified->kind == IR_TYPE_HANDLE;
    return found ? local : UINT32_MAX;
}

static void give_arguments_away(struct collector *c, const struct ir_block *block, struct flow_point at)
{
    const struct ir_call *call = block->terminator.call;
    for (uint32_t a = 0; a < call->arg_count; a++) {
        const struct ir_operand *arg = &call->args[a];
        struct param_summary ps = summary_argument_at(c->paths->analysis, c->paths->values, at, call, a);
        if (arg->kind == IR_OPERAND_CONST)
            continue;
        if (arg->type && arg->type->unqualified->kind == IR_TYPE_POINTER) {
            if (ps.moved.when == EFFECT_NEVER)
                continue;
            give_away(c, value_of_operand(c->paths->values, at, arg), call);
            uint32_t literal = literal_behind(c, block, arg);
            if (literal != UINT32_MAX) {
                c->is_given_away[literal] = true;
                c->taker[literal] = call;
            }
        } else if (arg->type && ir_type_contains_owned(arg->type) &&
                   (arg->kind == IR_OPERAND_MOVE || ps.consumed.when != EFFECT_NEVER || call->mode != IR_CALL_PLAIN)) {
            give_away(c, value_address(c->paths->values, at, &arg->place), call);
        }
    }
}

/* Into another literal: as long as that one is only lent, so is this. */
static bool stays_lent(const struct collector *c, const struct ir_place *to)
{
    return to->base == IR_BASE_LOCAL && collect_is_literal(c, to->base_index) && !c->is_given_away[to->base_index];
}

/* Backwards, so that a literal inside a literal is known after the outer one. */
void collect_given_literals(struct collector *c)
{
    const struct cfg *cfg = c->paths->cfg;
    c->is_given_away = g_new0(bool, cfg->fn->local_count + 1);
    c->taker = g_new0(const struct ir_call *, cfg->fn->local_count + 1);
    c->is_swap_temp = g_new0(bool, cfg->fn->local_count + 1);
    for (uint32_t i = cfg->order_count; i-- > 0;) {
        uint32_t b = cfg->order[i];
        const struct ir_block *block = &cfg->fn->blocks[b];
        if (block->terminator.kind == IR_TERM_CALL)
            give_arguments_away(c, block, (struct flow_point){ b, block->statement_count });
        for (uint32_t s = block->statement_count; s-- > 0;) {
            const struct ir_statement *statement = &block->statements[s];
            if (statement->kind != IR_ST_ASSIGN || statement->value.kind != IR_RV_USE ||
                statement->value.operands[0].kind == IR_OPERAND_CONST || stays_lent(c, &statement->place))
                continue;
            const struct ir_place *from = &statement->value.operands[0].place;
            if (from->type && ir_type_contains_owned(from->type))
                give_away(c, value_address(c->paths->values, (struct flow_point){ b, s }, from), NULL);
        }
    }
}

/* --------------------------------------------------------------------------------------------- looks */

static bool is_null(const struct collector *c, struct flow_point at, const struct ir_operand *operand)
{
    const struct value *value = value_of_operand(c->paths->values, at, operand);
    return value->kind == VALUE_CONST && value->number == 0;
}

bool collect_is_null_test(const struct collector *c, struct flow_point at, const struct ir_rvalue *value)
{
    if (value->kind == IR_RV_UNARY)
        return value->unary == IR_NOT;
    return value->kind == IR_RV_BINARY && (value->binary == IR_EQ || value->binary == IR_NE) &&
           (is_null(c, at, &value->operands[0]) || is_null(c, at, &value->operands[1]));
}

static void note_look(struct collector *c, const struct ir_operand *operand, bool is_look, bool *other)
{
    if (operand->kind == IR_OPERAND_CONST || operand->place.base != IR_BASE_LOCAL)
        return;
    uint32_t local = operand->place.base_index;
    if (is_look && operand->place.projection_count == 0)
        c->is_look[local] = true;
    else
        other[local] = true;
}

static void note_looks_of_call(struct collector *c, const struct ir_call *call, bool *other)
{
    for (uint32_t a = 0; a < call->arg_count; a++) {
        bool known = call->callee && a < call->callee->type->param_count;
        note_look(c, &call->args[a], known && ir_note(call->callee->params[a].notes, "may_be_empty"), other);
    }
}

/* Backwards, so that a chain of temporaries (casts) passes its use up. */
void collect_looks(struct collector *c)
{
    const struct cfg *cfg = c->paths->cfg;
    bool *other = g_new0(bool, cfg->fn->local_count + 1);
    c->is_look = g_new0(bool, cfg->fn->local_count + 1);
    for (uint32_t i = cfg->order_count; i-- > 0;) {
        const struct ir_block *block = &cfg->fn->blocks[cfg->order[i]];
        if (block->terminator.kind == IR_TERM_CALL)
            note_looks_of_call(c, block->terminator.call, other);
        else if (block->terminator.kind == IR_TERM_BRANCH)
            note_look(c, &block->terminator.condition, true, other);
        for (uint32_t s = block->statement_count; s-- > 0;) {
            const struct ir_statement *statement = &block->statements[s];
            const struct ir_rvalue *value = &statement->value;
            if (statement->kind != IR_ST_ASSIGN)
                continue;
            bool on = statement->place.base == IR_BASE_LOCAL && statement->place.projection_count == 0 &&
                      (value->kind == IR_RV_USE || value->kind == IR_RV_CAST);
            bool look = collect_is_null_test(c, (struct flow_point){ cfg->order[i], s }, value) ||
                        (on && c->is_look[statement->place.base_index] && !other[statement->place.base_index]);
            for (uint32_t o = 0; o < value->operand_count; o++)
                note_look(c, &value->operands[o], look, other);
        }
    }
    for (uint32_t l = 0; l < cfg->fn->local_count; l++)
        c->is_look[l] &= !other[l];
    g_free(other);
}
