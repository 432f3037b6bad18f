/*
 * Does a function, or what it calls, read a field at all? Asked where plain C shows a callee a whole struct: only one that
 * looks at the pointer in it can be harmed by where that pointer leads. By name of the field, of whichever object; calls
 * through pointers are not followed. Cost: the functions below the callee, at most MAX_FUNCTIONS, for each candidate.
 */
#include "analysis/loans/loan_parts.h"

enum { MAX_FUNCTIONS = 120 };

struct field {
    const struct ir_record *record;
    uint32_t index;
};

static bool is_among_first(const struct ir_place *place, uint32_t count, const struct field *field)
{
    for (uint32_t i = 0; i < count; i++)
        if (place->projections[i].kind == IR_PROJ_FIELD && place->projections[i].record == field->record &&
            place->projections[i].index == field->index)
            return true;
    return false;
}

static bool goes_through(const struct ir_place *place, const struct field *field)
{
    return is_among_first(place, place->projection_count, field);
}

/* The field itself, or the struct as a whole. */
static bool reads_operand(const struct ir_operand *operand, const struct field *field)
{
    if (operand->kind == IR_OPERAND_CONST)
        return false;
    const struct ir_type *type = operand->place.type->unqualified;
    return goes_through(&operand->place, field) || (type->kind == IR_TYPE_RECORD && type->record == field->record);
}

/* What is written lies behind it. */
static bool writes_through(const struct ir_place *place, const struct field *field)
{
    return place->projection_count > 0 && is_among_first(place, place->projection_count - 1, field);
}

static bool reads_in_statement(const struct ir_statement *st, const struct field *field)
{
    if (st->kind == IR_ST_ATOMIC)
        return goes_through(&st->place, field);
    if (st->kind != IR_ST_ASSIGN)
        return st->kind != IR_ST_NOP && writes_through(&st->place, field);
    if (writes_through(&st->place, field) || (st->value.kind == IR_RV_ADDRESS_OF && goes_through(&st->value.place, field)))
        return true;
    for (uint32_t i = 0; i < st->value.operand_count; i++)
        if (reads_operand(&st->value.operands[i], field))
            return true;
    return false;
}

static bool reads_itself(const struct ir_function *fn, const struct field *field)
{
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++)
            if (reads_in_statement(&block->statements[i], field))
                return true;
        const struct ir_terminator *term = &block->terminator;
        if ((term->kind == IR_TERM_BRANCH || term->kind == IR_TERM_SWITCH) && reads_operand(&term->condition, field))
            return true;
        if (term->kind != IR_TERM_CALL)
            continue;
        if (!term->call->callee && reads_operand(&term->call->pointer, field))
            return true;
        for (uint32_t i = 0; i < term->call->arg_count; i++)
            if (reads_operand(&term->call->args[i], field))
                return true;
    }
    return false;
}

bool loan_callee_reads(const struct loans *loans, const struct ir_function *callee, const struct ir_record *record,
                       uint32_t index)
{
    const struct callgraph *graph = loans->analysis->callgraph;
    struct field field = { record, index };
    GPtrArray *todo = g_ptr_array_new();
    GHashTable *seen = g_hash_table_new(NULL, NULL);
    bool reads = false;
    g_ptr_array_add(todo, (gpointer)callee);
    g_hash_table_add(seen, (gpointer)callee);
    for (guint i = 0; i < todo->len && !reads; i++) {
        const struct ir_function *fn = g_ptr_array_index(todo, i);
        reads = i >= MAX_FUNCTIONS || reads_itself(fn, &field); /* too much to look through: in doubt it does */
        for (uint32_t c = 0; c < graph->calls[fn->index].count; c++) {
            const struct ir_function *next = graph->calls[fn->index].items[c].call->callee;
            if (next && next->has_body && g_hash_table_add(seen, (gpointer)next))
                g_ptr_array_add(todo, (gpointer)next);
        }
    }
    g_ptr_array_free(todo, TRUE);
    g_hash_table_destroy(seen);
    return reads;
}
