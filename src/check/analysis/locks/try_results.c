/*
 * F0111: a call that may or may not take a lock says which, and nobody looks: the result is thrown away, or stored where
 * nothing reads it; or the pointer of a guard is used on a path on which it is NULL.
 */
#include "analysis/locks/guard_rules.h"

enum { MAX_COPIES = 4 }; /* of the result, one into the next */

static bool is_read(const struct ir_function *fn, uint32_t local, unsigned depth);

static bool reads(const struct ir_operand *operand, uint32_t local)
{
    if (operand->kind == IR_OPERAND_CONST)
        return false;
    for (uint32_t i = 0; i < operand->place.projection_count; i++)
        if (operand->place.projections[i].kind == IR_PROJ_INDEX && operand->place.projections[i].index == local)
            return true;
    return operand->place.base == IR_BASE_LOCAL && operand->place.base_index == local;
}

/* A copy into a local that nothing reads is no use. */
static bool statement_reads(const struct ir_function *fn, const struct ir_statement *st, uint32_t local, unsigned depth)
{
    if (st->kind == IR_ST_ATOMIC || st->kind == IR_ST_ASM || st->kind == IR_ST_OPAQUE)
        return true; /* rare, and not worth a look */
    if (st->kind != IR_ST_ASSIGN)
        return false;
    for (uint32_t i = 0; i < st->value.operand_count; i++) {
        if (!reads(&st->value.operands[i], local))
            continue;
        bool is_copy = (st->value.kind == IR_RV_USE || st->value.kind == IR_RV_CAST) && st->place.base == IR_BASE_LOCAL &&
                       st->place.projection_count == 0 && st->place.base_index != 0;
        if (!is_copy || depth == 0 || is_read(fn, st->place.base_index, depth - 1))
            return true;
    }
    return false;
}

static bool is_read(const struct ir_function *fn, uint32_t local, unsigned depth)
{
    if (local == 0 || fn->locals[local].address_taken)
        return true;
    for (uint32_t b = 0; b < fn->block_count; b++) {
        for (uint32_t i = 0; i < fn->blocks[b].statement_count; i++)
            if (statement_reads(fn, &fn->blocks[b].statements[i], local, depth))
                return true;
        const struct ir_terminator *term = &fn->blocks[b].terminator;
        if ((term->kind == IR_TERM_BRANCH || term->kind == IR_TERM_SWITCH) && reads(&term->condition, local))
            return true;
        for (uint32_t i = 0; term->kind == IR_TERM_CALL && i < term->call->arg_count; i++)
            if (reads(&term->call->args[i], local))
                return true;
    }
    return false;
}

void try_results_find_ignored(struct guard_function *f)
{
    for (guint i = 0; i < f->calls->len; i++) {
        struct guard_call *found = &g_array_index(f->calls, struct guard_call, i);
        const struct ir_terminator *term = &f->fn->blocks[found->block].terminator;
        if (!found->acquires || !found->is_try || found->unsure || found->condition == GUARD_ALWAYS ||
            found->guard != UINT32_MAX || found->kept || (term->flags & IR_FLAG_UNSAFE))
            continue;
        const struct ir_call *call = term->call;
        bool has_local = call->has_dest && call->dest.base == IR_BASE_LOCAL && call->dest.projection_count == 0;
        found->is_ignored = !call->has_dest || call->result_unused ||
                            (has_local && !is_read(f->fn, call->dest.base_index, MAX_COPIES));
        if (found->is_ignored && cfg_reachable(f->origins->cfg, found->block))
            report_ignored_try(f, found);
    }
}

bool try_result_check_null(struct guard_function *f, const struct guard_access *access, const struct held_lock *lock)
{
    if (!lock->tried || lock->guard == UINT32_MAX || access->pointer == UINT32_MAX)
        return false;
    if (!access->call) /* a function that it is given to may look at it */
        report_null_of_guard(f, access, lock->start);
    return true;
}
