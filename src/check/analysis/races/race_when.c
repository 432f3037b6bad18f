/*
 * What is done for one value of a parameter only: `if (id == 0)`, `switch (role)`, in a function that several threads run.
 *
 *     pthread_create(&t, NULL, work, (void *)1);    what work does when it is given 0 is not done by this one
 *     for (...) pthread_create(..., (void *)i);     another number for each: one of them does it
 *
 * A block has the condition of a branch when every way to it goes through one side of the branch. One condition for each
 * block is kept, an equation before its contrary.
 */
#include "analysis/races/race_parts.h"

/* A parameter, or `*(int *)arg`. */
static bool is_chosen_by_caller(const struct value *value, struct race_when *when)
{
    const struct value *v = value_without_casts(value);
    when->is_pointee = v->kind == VALUE_LOAD;
    if (when->is_pointee)
        v = value_without_casts(v->base);
    when->param = v->index;
    return v->kind == VALUE_PARAM;
}

/* `if (!p) return;` says nothing of who calls. */
static bool is_null_check(const struct value *value, int64_t number)
{
    return number == 0 && value->type && value->type->kind == IR_TYPE_POINTER;
}

static bool is_equation(const struct value *condition, struct race_when *when)
{
    const struct value *v = condition;
    while (v->kind == VALUE_UNARY && v->op < 0 && !is_null_check(v->base, 0))
        v = v->base;
    when->number = 0;
    when->kind = WHEN_OTHER;
    if (v->kind != VALUE_BINARY)
        return !is_null_check(v, 0) && is_chosen_by_caller(v, when);
    if (v->op != IR_EQ && v->op != IR_NE)
        return false;
    const struct value *left = value_without_casts(v->base), *right = value_without_casts(v->operand);
    const struct value *number = right->kind == VALUE_CONST ? right : left;
    when->kind = v->op == IR_EQ ? WHEN_EQUAL : WHEN_OTHER;
    when->number = number->number;
    const struct value *other = number == right ? v->base : v->operand;
    return number->kind == VALUE_CONST && !is_null_check(other, number->number) && is_chosen_by_caller(other, when);
}

struct finder {
    const struct ir_function *fn;
    const struct cfg *cfg;
    struct race_when *when;
};

/* Everything behind one side of the branch that ends `from`. */
static void mark(struct finder *f, uint32_t from, uint32_t side, struct race_when when)
{
    if (f->cfg->predecessors[side].count != 1 || !cfg_dominates(f->cfg, from, side))
        return;
    if (!f->when)
        f->when = g_new0(struct race_when, f->fn->block_count + 1);
    for (uint32_t k = 0; k < f->cfg->order_count; k++) {
        uint32_t b = f->cfg->order[k];
        if (cfg_dominates(f->cfg, side, b) && (when.kind == WHEN_EQUAL || f->when[b].kind != WHEN_EQUAL))
            f->when[b] = when;
    }
}

struct race_when *race_when_new(struct race_program *program, const struct ir_function *fn)
{
    enum { MAX_BRANCHES = 64 };
    struct finder f = {.fn = fn, .cfg = analysis_cfg(program->analysis, fn)};
    struct values *values = analysis_values(program->analysis, fn);
    uint32_t found = 0;
    for (uint32_t k = 0; k < f.cfg->order_count && fn->param_count > 0 && found < MAX_BRANCHES; k++) {
        uint32_t b = f.cfg->order[k];
        const struct ir_terminator *term = &fn->blocks[b].terminator;
        struct race_when when = {.kind = WHEN_ALWAYS};
        if ((term->kind != IR_TERM_BRANCH && term->kind != IR_TERM_SWITCH) || term->condition.kind == IR_OPERAND_CONST)
            continue;
        const struct value *condition =
            value_of_operand(values, (struct flow_point){b, fn->blocks[b].statement_count}, &term->condition);
        if (term->kind == IR_TERM_SWITCH) {
            if (!is_chosen_by_caller(condition, &when))
                continue;
            when.kind = WHEN_EQUAL;
            for (uint32_t i = 0; i < term->case_count; i++, found++) {
                when.number = term->cases[i].low;
                if (term->cases[i].low == term->cases[i].high)
                    mark(&f, b, term->cases[i].target, when);
            }
        } else if (is_equation(condition, &when)) {
            mark(&f, b, term->target, when);
            when.kind = when.kind == WHEN_EQUAL ? WHEN_OTHER : WHEN_EQUAL;
            mark(&f, b, term->otherwise, when);
            found++;
        }
    }
    return f.when;
}

/* Numbers of a loop that differ from pass to pass: `i`, `i + 1`, `&ids[i]`; not `i % 2`. */
static bool is_one_each(const struct value *v)
{
    for (v = value_without_casts(v); v->kind == VALUE_BINARY; v = value_without_casts(v->base))
        if (v->op != IR_ADD && v->op != IR_SUB && v->op != IR_MUL)
            return false;
    return v->kind == VALUE_PHI || v->kind == VALUE_ELEMENT || v->kind == VALUE_LOAD;
}

bool race_when_of_call(struct values *values, struct flow_point at, const struct ir_call *call, thread_set loop,
                       struct race_when *when)
{
    struct race_when inner = *when;
    *when = (struct race_when){.kind = WHEN_ALWAYS, .only = inner.only, .number = inner.only ? inner.number : 0};
    if (inner.kind == WHEN_ALWAYS || inner.param >= call->arg_count)
        return true;
    const struct value *v = value_without_casts(value_of_operand(values, at, &call->args[inner.param]));
    if (v->kind == VALUE_CONST && !inner.is_pointee)
        return (v->number == inner.number) == (inner.kind == WHEN_EQUAL);
    bool may_be_entry = v->type && v->type->kind == IR_TYPE_POINTER; /* `step((long)arg)`; further up it is of no use */
    if (v->kind == VALUE_PARAM && call->mode == IR_CALL_PLAIN) {
        if (!may_be_entry)
            return true;
        *when = inner;
        when->param = v->index;
    } else if (inner.kind == WHEN_EQUAL && is_one_each(v)) {
        when->only = inner.only | loop;
        when->number = inner.number;
    }
    return true;
}

bool race_when_equal(const struct race_when *a, const struct race_when *b)
{
    return a->kind == b->kind && a->param == b->param && a->is_pointee == b->is_pointee && a->number == b->number &&
           a->only == b->only;
}
