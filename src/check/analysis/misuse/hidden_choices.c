/*
 * A function that does different things for different numbers: `option(CMD_FREE, ...)` does not get to what stands behind
 * `case CMD_SET:`. What a call gives as constants decides branches of the callee on its parameters, and so which of its
 * blocks the call can get to.
 */
#include "analysis/misuse/hidden_parts.h"

#include "flow/values.h"

struct choice {
    struct values *here; /* the caller's */
    struct flow_point at;
    const struct ir_call *call;
};

/* What it is when the callee has been called like this; false: that does not say. */
static bool evaluate(const struct choice *c, const struct value *v, int64_t *ret)
{
    int64_t left, right;
    v = value_without_casts(v);
    switch (v->kind) {
    case VALUE_CONST:
        *ret = v->number;
        return true;
    case VALUE_PARAM: {
        const struct value *given =
            v->index < c->call->arg_count ? value_without_casts(value_of_operand(c->here, c->at, &c->call->args[v->index])) : NULL;
        bool is_known = given && given->kind == VALUE_CONST && c->call->args[v->index].type->kind != IR_TYPE_POINTER;
        *ret = is_known ? given->number : 0;
        return is_known;
    }
    case VALUE_UNARY:
        if (v->op != IR_NOT || !evaluate(c, v->base, &left))
            return false;
        *ret = !left;
        return true;
    case VALUE_BINARY:
        if ((v->op != IR_EQ && v->op != IR_NE) || !evaluate(c, v->base, &left) || !evaluate(c, v->operand, &right))
            return false;
        *ret = (left == right) == (v->op == IR_EQ);
        return true;
    default:
        return false;
    }
}

/* The only one of the branch's targets that is gone to; IR_NO_BLOCK: any. */
static uint32_t decided(const struct choice *c, struct values *inner, const struct ir_function *callee, uint32_t block)
{
    const struct ir_terminator *term = &callee->blocks[block].terminator;
    int64_t number;
    if ((term->kind != IR_TERM_BRANCH && term->kind != IR_TERM_SWITCH) || term->condition.kind == IR_OPERAND_CONST ||
        !evaluate(c, value_of_operand(inner, (struct flow_point){block, callee->blocks[block].statement_count}, &term->condition),
                  &number))
        return IR_NO_BLOCK;
    if (term->kind == IR_TERM_BRANCH)
        return number ? term->target : term->otherwise;
    for (uint32_t i = 0; i < term->case_count; i++)
        if (number >= term->cases[i].low && number <= term->cases[i].high)
            return term->cases[i].target;
    return term->otherwise;
}

static bool gives_numbers(const struct choice *c)
{
    for (uint32_t i = 0; i < c->call->arg_count; i++)
        if (c->call->args[i].type && c->call->args[i].type->kind != IR_TYPE_POINTER &&
            value_without_casts(value_of_operand(c->here, c->at, &c->call->args[i]))->kind == VALUE_CONST)
            return true;
    return false;
}

bool *hidden_blocks_chosen(struct hidden_program *program, const struct ir_function *fn, uint32_t block,
                           const struct ir_function *callee)
{
    struct choice c = {analysis_values(program->analysis, fn), {block, fn->blocks[block].statement_count},
                       fn->blocks[block].terminator.call};
    if (c.call->callee != callee || c.call->mode != IR_CALL_PLAIN || !gives_numbers(&c))
        return NULL;
    struct values *inner = analysis_values(program->analysis, callee);
    const struct cfg *cfg = analysis_cfg(program->analysis, callee);
    bool *reached = g_new0(bool, callee->block_count + 1);
    GArray *todo = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t entry = 0;
    reached[0] = true;
    g_array_append_val(todo, entry);
    while (todo->len > 0) {
        uint32_t b = g_array_index(todo, uint32_t, todo->len - 1);
        g_array_set_size(todo, todo->len - 1);
        uint32_t only = decided(&c, inner, callee, b);
        for (uint32_t e = 0; e < cfg->successors[b].count; e++) {
            uint32_t to = cfg->successors[b].items[e].to;
            if (reached[to] || (only != IR_NO_BLOCK && to != only))
                continue;
            reached[to] = true;
            g_array_append_val(todo, to);
        }
    }
    g_array_free(todo, TRUE);
    return reached;
}
