#include "analysis/moves/init_reads.h"

/* The pointers and indices on the way to a place. */
static void visit_way(const struct ir_place *place, struct span span, init_visitor *visit, void *ctx)
{
    bool through_pointer = false;
    for (uint32_t i = 0; i < place->projection_count; i++) {
        if (place->projections[i].kind == IR_PROJ_INDEX)
            visit(ctx, INIT_READ, place->projections[i].index, span);
        through_pointer |= place->projections[i].kind == IR_PROJ_DEREF;
    }
    if (through_pointer && place->base == IR_BASE_LOCAL)
        visit(ctx, INIT_READ, place->base_index, span);
}

static void visit_operand(const struct ir_operand *operand, init_visitor *visit, void *ctx)
{
    if (operand->kind == IR_OPERAND_CONST)
        return;
    visit_way(&operand->place, operand->span, visit, ctx);
    if (operand->place.base == IR_BASE_LOCAL && !ir_place_has_deref(&operand->place))
        visit(ctx, INIT_READ, operand->place.base_index, operand->span);
}

static void visit_operands(const struct ir_operand *operands, uint32_t count, init_visitor *visit, void *ctx)
{
    for (uint32_t i = 0; i < count; i++)
        visit_operand(&operands[i], visit, ctx);
}

static void visit_write(const struct ir_place *place, struct span span, init_visitor *visit, void *ctx)
{
    visit_way(place, span, visit, ctx);
    if (place->base == IR_BASE_LOCAL && !ir_place_has_deref(place))
        visit(ctx, INIT_WRITE, place->base_index, span);
}

/* `int x = x;` is the way to tell a compiler that the author knows better. */
static bool is_self_initialisation(const struct ir_statement *statement)
{
    return (statement->flags & IR_FLAG_INITIALIZER) && statement->value.kind == IR_RV_USE &&
           statement->value.operands[0].kind == IR_OPERAND_COPY &&
           ir_place_equal(&statement->value.operands[0].place, &statement->place);
}

static void visit_opaque(const struct ir_opaque *opaque, bool reads_count, struct span span, init_visitor *visit,
                         void *ctx)
{
    for (uint32_t i = 0; i < opaque->read_count; i++) {
        if (reads_count)
            visit_operand(&opaque->reads[i], visit, ctx);
        else if (opaque->reads[i].kind != IR_OPERAND_CONST && opaque->reads[i].place.base == IR_BASE_LOCAL)
            visit(ctx, INIT_ADDRESS, opaque->reads[i].place.base_index, span);
    }
    for (uint32_t i = 0; i < opaque->write_count; i++)
        visit_write(&opaque->writes[i], span, visit, ctx);
}

void init_statement(const struct ir_statement *statement, init_visitor *visit, void *ctx)
{
    const struct ir_rvalue *value = &statement->value;
    switch (statement->kind) {
    case IR_ST_ASSIGN:
        if (!is_self_initialisation(statement))
            visit_operands(value->operands, value->operand_count, visit, ctx);
        if (value->kind == IR_RV_ADDRESS_OF) {
            visit_way(&value->place, statement->span, visit, ctx);
            if (value->place.base == IR_BASE_LOCAL && !ir_place_has_deref(&value->place))
                visit(ctx, INIT_ADDRESS, value->place.base_index, statement->span);
        }
        visit_write(&statement->place, statement->span, visit, ctx);
        break;
    case IR_ST_ZERO:
    case IR_ST_FORGET:
        visit_write(&statement->place, statement->span, visit, ctx);
        break;
    case IR_ST_DROP:
        visit_way(&statement->place, statement->span, visit, ctx);
        break;
    case IR_ST_STORAGE_LIVE:
        visit(ctx, INIT_LIVE, statement->local, statement->span);
        break;
    case IR_ST_STORAGE_DEAD:
        visit(ctx, INIT_DEAD, statement->local, statement->span);
        break;
    case IR_ST_ATOMIC:
        visit_operands(statement->atomic->operands, statement->atomic->operand_count, visit, ctx);
        visit_write(&statement->place, statement->span, visit, ctx);
        if (statement->atomic->has_expected)
            visit_write(&statement->atomic->expected, statement->span, visit, ctx);
        if (statement->atomic->has_result)
            visit_write(&statement->atomic->result, statement->span, visit, ctx);
        break;
    case IR_ST_ASM:
    case IR_ST_OPAQUE:
        visit_opaque(statement->opaque, statement->kind == IR_ST_ASM, statement->span, visit, ctx);
        break;
    case IR_ST_NOP:
        break;
    }
}

void init_terminator(const struct ir_terminator *terminator, init_visitor *visit, void *ctx)
{
    switch (terminator->kind) {
    case IR_TERM_BRANCH:
    case IR_TERM_SWITCH:
    case IR_TERM_INDIRECT:
        visit_operand(&terminator->condition, visit, ctx);
        break;
    case IR_TERM_CALL: {
        const struct ir_call *call = terminator->call;
        if (!call->callee)
            visit_operand(&call->pointer, visit, ctx);
        visit_operands(call->args, call->arg_count, visit, ctx);
        if (call->has_dest)
            visit_write(&call->dest, terminator->span, visit, ctx);
        break;
    }
    case IR_TERM_ASM_GOTO:
        if (terminator->opaque)
            visit_opaque(terminator->opaque, true, terminator->span, visit, ctx);
        break;
    default:
        break;
    }
}
