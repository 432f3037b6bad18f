#include "flow/counted_loops.h"

/* The constant that the counter has when the loop begins. */
static bool find_first(const struct cfg *cfg, uint32_t loop, uint32_t local, int64_t *ret_first)
{
    uint32_t head = cfg->loops[loop].head;
    for (uint32_t i = 0; i < cfg->predecessors[head].count; i++) {
        uint32_t from = cfg->predecessors[head].items[i].from;
        if (cfg_loop_contains(cfg, loop, from))
            continue;
        const struct ir_block *block = &cfg->fn->blocks[from];
        for (uint32_t k = block->statement_count; k > 0; k--) {
            const struct ir_statement *st = &block->statements[k - 1];
            if (st->kind != IR_ST_ASSIGN || st->place.base != IR_BASE_LOCAL || st->place.base_index != local)
                continue;
            const struct ir_operand *value = &st->value.operands[0];
            if (st->value.kind != IR_RV_USE || value->kind != IR_OPERAND_CONST || value->const_kind != IR_CONST_INT)
                return false;
            *ret_first = value->value;
            return true;
        }
    }
    return false;
}

bool counted_loop(const struct cfg *cfg, uint32_t loop, struct counted_loop *ret)
{
    const struct ir_block *block = &cfg->fn->blocks[cfg->loops[loop].head];
    if (block->terminator.kind != IR_TERM_BRANCH || block->statement_count == 0)
        return false;
    const struct ir_statement *last = &block->statements[block->statement_count - 1];
    if (last->kind != IR_ST_ASSIGN || last->value.kind != IR_RV_BINARY ||
        (last->value.binary != IR_LT && last->value.binary != IR_LE && last->value.binary != IR_NE))
        return false;
    const struct ir_operand *counter = &last->value.operands[0];
    if (counter->kind == IR_OPERAND_CONST || counter->place.base != IR_BASE_LOCAL || counter->place.projection_count > 0)
        return false;
    *ret = (struct counted_loop){
        .counter = counter->place.base_index,
        .includes_bound = last->value.binary == IR_LE,
        .bound = &last->value.operands[1],
    };
    ret->has_first = find_first(cfg, loop, ret->counter, &ret->first);
    return true;
}

static bool is_number(const struct ir_operand *operand)
{
    return operand->kind == IR_OPERAND_CONST && operand->const_kind == IR_CONST_INT;
}

static bool same_variable(const struct ir_operand *a, const struct ir_operand *b)
{
    return a->kind != IR_OPERAND_CONST && b->kind != IR_OPERAND_CONST && ir_place_equal(&a->place, &b->place);
}

bool counted_loop_difference(const struct counted_loop *a, const struct counted_loop *b, int64_t *ret)
{
    if (is_number(a->bound) && is_number(b->bound))
        *ret = a->bound->value + a->includes_bound - (b->bound->value + b->includes_bound);
    else if (same_variable(a->bound, b->bound))
        *ret = a->includes_bound - b->includes_bound;
    else
        return false;
    return true;
}

int64_t counted_loop_passes(const struct counted_loop *loop)
{
    if (!is_number(loop->bound) || !loop->has_first || loop->bound->value < loop->first)
        return 0;
    return loop->bound->value + loop->includes_bound - loop->first;
}
