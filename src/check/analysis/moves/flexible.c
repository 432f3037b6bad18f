/*
 * F0304 of a struct that ends in `[]`: as an argument of a thread, an element of a channel, the value of a move it is
 * copied by its size, and its size ends where the array begins. A plain `*a = *b` is C as usual: that is how one
 * copies a header.
 */
#include "analysis/moves/flexible.h"

static const struct ir_record *flexible_record(const struct ir_type *type, unsigned depth)
{
    type = type->unqualified;
    if (type->kind != IR_TYPE_RECORD || type->record->field_count == 0 || depth == 0)
        return NULL;
    if (type->record->has_flexible_array) {
        const struct ir_type *last = type->record->fields[type->record->field_count - 1].type;
        /* an array of no pointers is where the library's cells keep a type */
        bool is_flexible = last->count == IR_COUNT_UNKNOWN || last->target->kind != IR_TYPE_POINTER;
        return is_flexible ? type->record : NULL;
    }
    return flexible_record(type->record->fields[type->record->field_count - 1].type, depth - 1);
}

bool flexible_is_at_end(const struct ir_type *type)
{
    return type && flexible_record(type, 4);
}

void flexible_report(struct findings *sink, const struct ir_type *type, struct span span, const char *doer)
{
    const struct ir_record *record = flexible_record(type, 4);
    const struct ir_field *array = &record->fields[record->field_count - 1];
    struct finding *f = finding_new(sink, "F0304", "`%s` is copied without the array at its end",
                                    type->name ? type->name : "the struct");
    finding_primary(f, span, "%s copies only the header", doer);
    if (!span_is_none(array->span) && array->name)
        finding_note_at(f, array->span, NULL, "how long `%s` is depends on its memory, which no type says", array->name);
    finding_help(f, "hand over a pointer that an owned type frees, or give the array a length");
}

/* The only element of `(T[1]){ v }`: how a value reaches a channel, an arc, a box. */
static bool is_given_to_library(const struct ir_function *fn, const struct ir_statement *st)
{
    if (st->place.base != IR_BASE_LOCAL || st->place.projection_count == 0 || !(st->flags & IR_FLAG_INITIALIZER))
        return false;
    const struct ir_local *local = &fn->locals[st->place.base_index];
    return local->type->kind == IR_TYPE_ARRAY && local->type->count == 1 && (local->hidden || !local->name);
}

static bool is_flexible(const struct ir_operand *operand)
{
    return operand->kind != IR_OPERAND_CONST && flexible_is_at_end(operand->type);
}

void flexible_check(struct analysis *analysis, const struct ir_function *fn)
{
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++) {
            const struct ir_statement *st = &block->statements[i];
            if (st->kind != IR_ST_ASSIGN || st->value.kind != IR_RV_USE || !is_flexible(&st->value.operands[0]))
                continue;
            if (st->value.operands[0].kind == IR_OPERAND_MOVE || is_given_to_library(fn, st))
                flexible_report(analysis->sink, st->value.operands[0].type, st->value.operands[0].span, "this");
        }
        if (block->terminator.kind != IR_TERM_CALL)
            continue;
        const struct ir_call *call = block->terminator.call;
        for (uint32_t i = 0; i < call->arg_count; i++)
            if (is_flexible(&call->args[i]) &&
                (call->args[i].kind == IR_OPERAND_MOVE || call->mode != IR_CALL_PLAIN))
                flexible_report(analysis->sink, call->args[i].type, call->args[i].span,
                                call->mode == IR_CALL_PLAIN ? "this" : "the thread");
    }
}
