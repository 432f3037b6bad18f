/*
 * E0277 of static variables: what threads of the library can reach through a name must be Sync. As rustc has it, the
 * mistake is in the declaration; a variable that no thread reaches is nobody's business here.
 *
 * Types that only plain pointers or unions keep from being Sync are left alone: whether somebody writes to them while a
 * thread runs is E0133's question.
 */
#include "analysis/threads/thread_parts.h"

struct search {
    struct thread_analysis *analysis;
    bool *in_thread; /* by function */
    bool *told;      /* by global */
};

/* The part of a variable that a place names, as far as no pointer is followed and no library's cell is entered. */
static const struct ir_type *named_part(const struct ir_unit *unit, const struct ir_place *place)
{
    const struct ir_type *type = unit->globals[place->base_index]->type;
    for (uint32_t i = 0; i < place->projection_count; i++) {
        const struct ir_projection *proj = &place->projections[i];
        if (proj->kind != IR_PROJ_FIELD && proj->kind != IR_PROJ_INDEX && proj->kind != IR_PROJ_CONST_INDEX &&
            proj->kind != IR_PROJ_SOME_INDEX)
            break;
        if (type->kind == IR_TYPE_RECORD) {
            bool has_lock = type->record->traits != 0;
            for (size_t k = 0; k < type->record->field_count; k++)
                has_lock |= type->record->fields[k].guarded_by != NULL;
            if (has_lock)
                break;
        }
        type = proj->type;
    }
    return type;
}

static void see_place(struct search *s, const struct ir_place *place, struct span span)
{
    if (place->base != IR_BASE_GLOBAL || s->told[place->base_index])
        return;
    const struct ir_global *global = s->analysis->unit->globals[place->base_index];
    if (global->is_thread_local || ir_type_is_constant(global->type) || ir_note(global->notes, "guarded_by"))
        return;
    const struct trait_proof *proof = traits_prove(s->analysis->traits, named_part(s->analysis->unit, place), TRAIT_SYNC);
    if (proof->answer != TRAIT_NO || (proof->reason != TRAIT_REASON_HANDLE && proof->reason != TRAIT_REASON_CELL &&
                                      proof->reason != TRAIT_REASON_MARKED))
        return;
    s->told[place->base_index] = true;
    /* the whole variable's type has the longer story, if it is the same one */
    const struct trait_proof *whole = traits_prove(s->analysis->traits, global->type, TRAIT_SYNC);
    bool is_same = whole->answer == TRAIT_NO && whole->culprit == proof->culprit;
    report_static_not_sync(s->analysis, global, span, is_same ? whole : proof);
}

static void see_operand(struct search *s, const struct ir_operand *operand)
{
    if (operand->kind != IR_OPERAND_CONST)
        see_place(s, &operand->place, operand->span);
}

static void see_function(struct search *s, const struct ir_function *fn)
{
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++) {
            const struct ir_statement *st = &block->statements[i];
            if (st->flags & IR_FLAG_UNSAFE || st->kind == IR_ST_NOP || st->kind == IR_ST_STORAGE_LIVE ||
                st->kind == IR_ST_STORAGE_DEAD || st->kind == IR_ST_ASM || st->kind == IR_ST_OPAQUE)
                continue;
            see_place(s, &st->place, st->span);
            if (st->kind != IR_ST_ASSIGN)
                continue;
            if (st->value.kind == IR_RV_ADDRESS_OF)
                see_place(s, &st->value.place, st->span);
            for (uint32_t k = 0; k < st->value.operand_count; k++)
                see_operand(s, &st->value.operands[k]);
        }
        const struct ir_terminator *term = &block->terminator;
        if (term->kind != IR_TERM_CALL || term->flags & IR_FLAG_UNSAFE)
            continue;
        if (term->call->has_dest)
            see_place(s, &term->call->dest, term->span);
        for (uint32_t k = 0; k < term->call->arg_count; k++)
            see_operand(s, &term->call->args[k]);
    }
}

/* Callees before callers, so the walk goes from the end: whoever is called by a thread's function is in it, too. */
static void reach(struct search *s)
{
    const struct callgraph *graph = s->analysis->graph;
    for (bool again = true; again;) {
        again = false;
        for (uint32_t c = graph->component_count; c > 0; c--)
            for (uint32_t i = 0; i < graph->components[c - 1].count; i++) {
                uint32_t f = graph->components[c - 1].functions[i];
                for (uint32_t k = 0; k < graph->calls[f].count; k++) {
                    const struct ir_call *call = graph->calls[f].items[k].call;
                    if (!call->callee || s->in_thread[call->callee->index] ||
                        (call->mode == IR_CALL_PLAIN && !s->in_thread[f]))
                        continue;
                    s->in_thread[call->callee->index] = true;
                    again = true;
                }
            }
    }
}

void shared_statics_check(struct thread_analysis *analysis)
{
    const struct ir_unit *unit = analysis->unit;
    struct search s = {analysis, g_new0(bool, unit->function_count + 1), g_new0(bool, unit->global_count + 1)};
    reach(&s);
    for (uint32_t f = 0; f < unit->function_count; f++)
        if (s.in_thread[f] && unit->functions[f]->has_body && !unit->functions[f]->is_broken)
            see_function(&s, unit->functions[f]);
    g_free(s.in_thread);
    g_free(s.told);
}
