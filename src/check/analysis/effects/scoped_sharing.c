/*
 * What a thread of a scope is lent by pointer. Lent for writing it is the thread's alone (scopes.c sees to that) and
 * must be Send; lent for anything else it is shared and must be Sync. The library's cells change behind a pointer
 * to a volatile struct, which is no writing: that is how one shares them.
 */
#include "analysis/threads/thread_parts.h"

static bool is_behind(const struct ir_place *place, uint32_t param)
{
    return place->base == IR_BASE_LOCAL && place->base_index == param && place->projection_count > 0 &&
           place->projections[0].kind == IR_PROJ_DEREF;
}

static bool takes_out(const struct ir_operand *operand, uint32_t param)
{
    return operand->kind == IR_OPERAND_MOVE && is_behind(&operand->place, param);
}

/* The thread's function itself writes through its parameter, or hands it to a helper in view that is free to. */
static bool is_written(const struct ir_function *fn, uint32_t param)
{
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++) {
            const struct ir_statement *st = &block->statements[i];
            bool writes = st->kind == IR_ST_ASSIGN || st->kind == IR_ST_ZERO || st->kind == IR_ST_DROP ||
                          st->kind == IR_ST_FORGET;
            if (writes && is_behind(&st->place, param))
                return true;
            for (uint32_t k = 0; st->kind == IR_ST_ASSIGN && k < st->value.operand_count; k++)
                if (takes_out(&st->value.operands[k], param))
                    return true;
        }
        if (block->terminator.kind != IR_TERM_CALL)
            continue;
        const struct ir_call *call = block->terminator.call;
        if (call->has_dest && is_behind(&call->dest, param))
            return true;
        for (uint32_t k = 0; k < call->arg_count; k++) {
            const struct ir_operand *arg = &call->args[k];
            bool is_pointer_itself = arg->kind != IR_OPERAND_CONST && arg->place.base == IR_BASE_LOCAL &&
                                     arg->place.base_index == param && arg->place.projection_count == 0;
            if (takes_out(arg, param) || (is_pointer_itself && call->callee && call->callee->has_body &&
                                          arg->type->kind == IR_TYPE_POINTER &&
                                          !(arg->type->target->quals & (IR_QUAL_CONST | IR_QUAL_VOLATILE))))
                return true;
        }
    }
    return false;
}

void scoped_sharing_check(struct thread_function *f, const struct thread_start *start, const struct ir_call *call,
                          uint32_t argument)
{
    const struct ir_operand *operand = &call->args[argument];
    const struct ir_type *type = operand->type;
    if (operand->kind == IR_OPERAND_CONST || type->kind != IR_TYPE_POINTER || !call->callee || !call->callee->has_body)
        return;
    bool is_shared = (type->target->quals & IR_QUAL_CONST) || !is_written(call->callee, argument + 1);
    const struct ir_type *target = type->target;
    const struct trait_proof *proof =
        traits_prove(f->analysis->traits, target, is_shared ? TRAIT_SYNC : TRAIT_SEND);
    if (proof->answer != TRAIT_NO || (proof->reason != TRAIT_REASON_HANDLE && proof->reason != TRAIT_REASON_CELL &&
                                      proof->reason != TRAIT_REASON_MARKED))
        return;
    struct thread_start shared = *start;
    shared.shared_by_pointer = type;
    report_not_send(f, &shared, proof);
}
