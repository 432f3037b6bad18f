/*
 * C leaves operands unsequenced: f(fl_move(v), v.len) may read before or after the move. Two events have no order when
 * they are operands of one call, or stand in sibling arms (ir.md).
 */
#include "analysis/moves/moves_events.h"

static bool arm_is_inside(const struct ir_function *fn, uint32_t arm, uint32_t outer)
{
    for (; arm != 0; arm = fn->arms[arm].parent)
        if (arm == outer)
            return true;
    return outer == 0;
}

static bool arms_are_siblings(const struct ir_function *fn, uint32_t a, uint32_t b)
{
    for (uint32_t x = a; x != 0; x = fn->arms[x].parent)
        for (uint32_t y = b; y != 0; y = fn->arms[y].parent)
            if (x != y && fn->arms[x].group == fn->arms[y].group && fn->arms[x].parent == fn->arms[y].parent)
                return true;
    return false;
}

/* The other event happens while the arguments of this operand's call are evaluated. */
static bool is_in_sibling_argument(const struct ir_function *fn, const struct move_event *operand,
                                   const struct move_event *other)
{
    if (!operand->call || other->arm == operand->arm || !arm_is_inside(fn, other->arm, operand->arm))
        return false;
    /* some argument of the call was computed in that arm */
    for (uint32_t i = 0; i < operand->call->arg_count; i++) {
        const struct ir_operand *arg = &operand->call->args[i];
        if (i == operand->argument || arg->kind != IR_OPERAND_COPY || arg->place.base != IR_BASE_LOCAL ||
            fn->locals[arg->place.base_index].kind != IR_LOCAL_TEMP)
            continue;
        for (uint32_t b = 0; b < fn->block_count; b++) {
            const struct ir_block *block = &fn->blocks[b];
            for (uint32_t s = 0; s < block->statement_count; s++)
                if (block->statements[s].kind == IR_ST_ASSIGN && block->statements[s].arm != 0 &&
                    block->statements[s].place.base == IR_BASE_LOCAL &&
                    block->statements[s].place.base_index == arg->place.base_index &&
                    arm_is_inside(fn, other->arm, block->statements[s].arm))
                    return true;
            if (block->terminator.kind == IR_TERM_CALL && block->terminator.call->has_dest && block->terminator.arm != 0 &&
                block->terminator.call->dest.base == IR_BASE_LOCAL &&
                block->terminator.call->dest.base_index == arg->place.base_index &&
                arm_is_inside(fn, other->arm, block->terminator.arm))
                return true;
        }
    }
    return false;
}

bool move_events_unsequenced(const struct ir_function *fn, const struct move_event *a, const struct move_event *b)
{
    if (a->at.block == b->at.block && a->at.statement == b->at.statement)
        return a->in_terminator_operand && b->in_terminator_operand && a->call == b->call;
    if (a->arm != 0 && b->arm != 0 && a->arm != b->arm && arms_are_siblings(fn, a->arm, b->arm))
        return true;
    return (a->in_terminator_operand && is_in_sibling_argument(fn, a, b)) ||
           (b->in_terminator_operand && is_in_sibling_argument(fn, b, a));
}
