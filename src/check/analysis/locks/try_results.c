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

/* `v == EBUSY`, `v != EBUSY`: of which call, and what; NULL: no such comparison. */
static const struct value *compared(const struct value *v, int64_t *ret_with)
{
    v = value_without_casts(v);
    if (!v || v->kind != VALUE_BINARY || (v->op != IR_EQ && v->op != IR_NE) || v->operand->kind != VALUE_CONST)
        return NULL;
    *ret_with = v->operand->number;
    v = value_without_casts(v->base);
    return v && v->kind == VALUE_CALL ? v : NULL;
}

static void add_failure(struct guard_function *f, uint32_t block, int64_t with)
{
    for (guint i = 0; i < f->calls->len; i++) {
        struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        if (call->block != block || !call->acquires || call->condition != GUARD_IF_ZERO || with == 0)
            continue;
        if (call->failure_count == 0 || call->failures[0] != with)
            call->failures[MIN(call->failure_count, 1u)] = with;
        call->failure_count += call->failure_count == 0 || call->failures[0] != with;
    }
}

/* Behind `if (trylock(&m) == EBUSY) return;` the lock is held: that it might fail in some other way is nobody's plan. */
void try_results_find_failures(struct guard_function *f)
{
    bool has_tries = false;
    for (guint i = 0; i < f->calls->len; i++)
        has_tries |= g_array_index(f->calls, struct guard_call, i).condition == GUARD_IF_ZERO;
    for (uint32_t b = 0; has_tries && b < f->fn->block_count; b++) {
        const struct ir_block *block = &f->fn->blocks[b];
        int64_t with;
        struct flow_point at = {b, block->statement_count};
        if (!cfg_reachable(f->origins->cfg, b))
            continue;
        if (block->terminator.kind == IR_TERM_BRANCH) {
            const struct value *call = compared(value_of_operand(f->values, at, &block->terminator.condition), &with);
            if (call)
                add_failure(f, call->index, with);
        } else if (block->terminator.kind == IR_TERM_SWITCH) {
            const struct value *call = value_without_casts(value_of_operand(f->values, at, &block->terminator.condition));
            for (uint32_t i = 0; call && call->kind == VALUE_CALL && i < block->terminator.case_count; i++)
                add_failure(f, call->index, block->terminator.cases[i].low);
        }
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
