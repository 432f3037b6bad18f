/*
 * The address of a thread-local variable in memory that all threads see, when the function is left: the variable ends
 * with the thread that ran this, and whoever finds the pointer may be another one. What main leaves behind lasts as long as
 * the program. Code without annotations does so by habit, and is not told.
 */
#include <string.h>

#include "analysis/loans/loan_parts.h"

static bool is_thread_local(const struct loans *l, const struct origin *origin)
{
    const struct origin *root = origin_root(origin);
    return root->kind == ORIGIN_GLOBAL && l->analysis->unit->globals[root->index]->is_thread_local;
}

static void see_cell(struct loans *l, struct loan end, const struct origin *cell, const struct origin_set *set)
{
    if (origin_root(cell)->kind != ORIGIN_GLOBAL || !origin_is_direct(cell) || is_thread_local(l, cell))
        return;
    bool certain = origin_has_array(l->origins, cell); /* which keeps what its other elements hold */
    for (uint32_t i = 0; i < set->count && !certain; i++)
        if (!is_thread_local(l, set->items[i]))
            return; /* on some path only: it may be one on which it was set back */
    for (uint32_t i = 0; i < set->count; i++) {
        if (!is_thread_local(l, set->items[i]) || !origin_is_direct(set->items[i]))
            continue;
        end.cell = cell;
        end.target = set->items[i];
        end.place = origin_root(end.target);
        end.is_only_target = true;
        g_array_append_val(l->found, end);
        return;
    }
}

void loans_find_thread_locals(struct loans *l)
{
    const struct cfg *cfg = l->origins->cfg;
    if (!l->fn->is_annotated_code || strcmp(l->fn->name, "main") == 0)
        return;
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        const struct ir_block *block = &l->fn->blocks[cfg->order[i]];
        if (block->terminator.kind != IR_TERM_RETURN)
            continue;
        struct loan end = {.kind = LOAN_END_THREAD, .span = block->terminator.span};
        end.at = (struct flow_point){cfg->order[i], block->statement_count};
        const struct origin_state *state = origins_state(l->origins, end.at);
        const struct origin *cell;
        const struct origin_set *set;
        for (uint32_t id = 0; state->reached && origin_state_next(l->origins, state, &id, &cell, &set); id++)
            see_cell(l, end, cell, set);
    }
}

/* A quick look: does it take the address of one? */
bool loan_borrows_thread_local(const struct ir_unit *unit, const struct ir_block *block)
{
    for (uint32_t i = 0; i < block->statement_count; i++) {
        const struct ir_statement *st = &block->statements[i];
        if (st->kind == IR_ST_ASSIGN && st->value.kind == IR_RV_ADDRESS_OF && st->value.place.base == IR_BASE_GLOBAL &&
            unit->globals[st->value.place.base_index]->is_thread_local)
            return true;
    }
    return false;
}
