/*
 * Does a unit keep the rules of docs/design/ir.md? Everything that analyses take for granted is looked at
 * once here, so that a mistake of the lowering shows where it was made. verify_temps.c has the one rule
 * that needs the flow of control.
 */
#include "ir/verify.h"

#include <glib.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

bool verify_fail(struct verify *v, const char *format, ...)
{
    va_list args;

    if (!v->failed) {
        GString *where = g_string_new(NULL);
        va_start(args, format);
        g_string_append_vprintf(where, format, args);
        va_end(args);
        fprintf(stderr, "fearless: broken IR in `%s`: %s\n", v->fn ? v->fn->name : v->unit->path,
                where->str);
        if (v->fn)
            fprintf(stderr, "    in block %" PRIu32 ", statement %" PRIu32 "\n", v->block, v->statement);
        g_string_free(where, TRUE);
    }
    v->failed = true;
    return false;
}

/* ----------------------------------------------------------------------------------------------- places */

static const struct ir_type *base_type(struct verify *v, const struct ir_place *place)
{
    switch (place->base) {
    case IR_BASE_LOCAL:
        if (v->fn && place->base_index < v->fn->local_count)
            return v->fn->locals[place->base_index].type;
        break;
    case IR_BASE_GLOBAL:
        if (place->base_index < v->unit->global_count)
            return v->unit->globals[place->base_index]->type;
        break;
    case IR_BASE_STRING:
        if (place->base_index < v->unit->string_count)
            return v->unit->strings[place->base_index].type;
        break;
    case IR_BASE_FUNCTION:
        if (place->base_index < v->unit->function_count)
            return v->unit->functions[place->base_index]->type;
        break;
    }
    verify_fail(v, "a place's base %" PRIu32 " does not exist", place->base_index);
    return NULL;
}

static bool check_projection(struct verify *v, const struct ir_type *type,
                             const struct ir_projection *at)
{
    if (!at->type)
        return verify_fail(v, "a projection has no type");
    switch (at->kind) {
    case IR_PROJ_DEREF:
        if (type->kind != IR_TYPE_POINTER && type->kind != IR_TYPE_BLOCK)
            return verify_fail(v, "deref of `%s`", type->name);
        return true;
    case IR_PROJ_FIELD:
        if (type->kind != IR_TYPE_RECORD || type->record != at->record)
            return verify_fail(v, "field of `%s`, which is not its record", type->name);
        if (at->index >= at->record->field_count)
            return verify_fail(v, "field %" PRIu32 " of `%s`", at->index, type->name);
        return true;
    case IR_PROJ_INDEX:
        if (at->index >= v->fn->local_count)
            return verify_fail(v, "an index is no local");
        /* fall through */
    case IR_PROJ_CONST_INDEX:
    case IR_PROJ_SOME_INDEX:
        if (type->kind != IR_TYPE_ARRAY && type->kind != IR_TYPE_VECTOR)
            return verify_fail(v, "index of `%s`", type->name);
        return true;
    case IR_PROJ_PART:
        return true;
    }
    return verify_fail(v, "unknown projection");
}

static bool check_place(struct verify *v, const struct ir_place *place)
{
    const struct ir_type *type = base_type(v, place);

    if (!type)
        return false;
    for (uint32_t i = 0; i < place->projection_count; i++) {
        if (!check_projection(v, type, &place->projections[i]))
            return false;
        type = place->projections[i].type;
    }
    if (!place->type || place->type->unqualified != type->unqualified)
        return verify_fail(v, "a place of type `%s` says it is `%s`", type->name,
                           place->type ? place->type->name : "nothing");
    return true;
}

/* --------------------------------------------------------------------------------- operands and rvalues */

static bool check_operand(struct verify *v, const struct ir_operand *operand)
{
    if (!operand->type)
        return verify_fail(v, "an operand has no type");
    if (operand->kind == IR_OPERAND_CONST)
        return true;
    if (!check_place(v, &operand->place))
        return false;
    if (operand->kind == IR_OPERAND_MOVE && operand->place.projection_count == 0 &&
        operand->place.base == IR_BASE_LOCAL &&
        v->fn->locals[operand->place.base_index].kind == IR_LOCAL_TEMP)
        return verify_fail(v, "a temporary is moved");
    return true;
}

static bool check_operands(struct verify *v, const struct ir_operand *operands, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!check_operand(v, &operands[i]))
            return false;
    return true;
}

static bool has_operands(struct verify *v, const struct ir_rvalue *value, uint32_t count)
{
    if (value->operand_count != count)
        return verify_fail(v, "an rvalue has %" PRIu32 " operands in place of %" PRIu32,
                           value->operand_count, count);
    return true;
}

static bool check_rvalue(struct verify *v, const struct ir_rvalue *value)
{
    if (!value->type)
        return verify_fail(v, "an rvalue has no type");
    switch (value->kind) {
    case IR_RV_ADDRESS_OF:
        return check_place(v, &value->place);
    case IR_RV_USE:
    case IR_RV_UNARY:
    case IR_RV_CAST:
        return has_operands(v, value, 1) && check_operands(v, value->operands, 1);
    case IR_RV_BINARY:
        return has_operands(v, value, 2) && check_operands(v, value->operands, 2);
    case IR_RV_BUILTIN:
        if (!value->builtin)
            return verify_fail(v, "a builtin has no name");
        return check_operands(v, value->operands, value->operand_count);
    }
    return verify_fail(v, "unknown rvalue");
}

/* A string may be shorter or longer than the array it initialises. */
static bool are_arrays_of_one_type(const struct ir_type *a, const struct ir_type *b)
{
    return a->kind == IR_TYPE_ARRAY && b->kind == IR_TYPE_ARRAY && a->target->size == b->target->size;
}

static bool is_simple(const struct ir_type *type)
{
    if (type->kind == IR_TYPE_ATOMIC)
        type = type->target;
    return ir_type_is_scalar(type) || type->kind == IR_TYPE_VECTOR || type->kind == IR_TYPE_OTHER;
}

static bool check_assign(struct verify *v, const struct ir_statement *st)
{
    if (!check_place(v, &st->place) || !check_rvalue(v, &st->value))
        return false;
    const struct ir_type *to = st->place.type, *from = st->value.type;
    if (to->unqualified == from->unqualified || (is_simple(to) && is_simple(from)) ||
        are_arrays_of_one_type(to, from))
        return true;
    if (to->kind == IR_TYPE_ATOMIC && to->target->unqualified == from->unqualified)
        return true;
    if (to->kind == IR_TYPE_VOID || from->kind == IR_TYPE_VOID)
        return verify_fail(v, "a void value is assigned");
    return verify_fail(v, "`%s` is assigned to `%s`", from->name, to->name);
}

/* -------------------------------------------------------------------------------------------- statements */

static bool check_opaque(struct verify *v, const struct ir_opaque *opaque)
{
    if (!opaque || !opaque->what)
        return verify_fail(v, "an opaque operation does not say what it is");
    for (uint32_t i = 0; i < opaque->write_count; i++)
        if (!check_place(v, &opaque->writes[i]))
            return false;
    return check_operands(v, opaque->reads, opaque->read_count);
}

static bool check_atomic(struct verify *v, const struct ir_statement *st)
{
    const struct ir_atomic *atomic = st->atomic;

    if (!atomic)
        return verify_fail(v, "an atomic operation is empty");
    if (atomic->has_result && !check_place(v, &atomic->result))
        return false;
    if (atomic->has_expected && !check_place(v, &atomic->expected))
        return false;
    if (atomic->op != IR_ATOMIC_FENCE && !check_place(v, &st->place))
        return false;
    return check_operands(v, atomic->operands, atomic->operand_count);
}

static bool check_storage(struct verify *v, const struct ir_statement *st)
{
    if (st->local >= v->fn->local_count)
        return verify_fail(v, "storage of a local that does not exist");
    if (v->fn->locals[st->local].kind != IR_LOCAL_VARIABLE)
        return verify_fail(v, "storage of what is no variable");
    return true;
}

static bool check_arm(struct verify *v, uint32_t arm)
{
    if (arm != 0 && arm >= v->fn->arm_count)
        return verify_fail(v, "arm %" PRIu32 " does not exist", arm);
    return true;
}

static bool check_statement(struct verify *v, const struct ir_statement *st)
{
    if (!check_arm(v, st->arm))
        return false;
    switch (st->kind) {
    case IR_ST_NOP:
        return true;
    case IR_ST_ASSIGN:
        return check_assign(v, st);
    case IR_ST_ZERO:
    case IR_ST_DROP:
    case IR_ST_FORGET:
        return check_place(v, &st->place);
    case IR_ST_STORAGE_LIVE:
    case IR_ST_STORAGE_DEAD:
        return check_storage(v, st);
    case IR_ST_ATOMIC:
        return check_atomic(v, st);
    case IR_ST_ASM:
    case IR_ST_OPAQUE:
        return check_opaque(v, st->opaque);
    }
    return verify_fail(v, "unknown statement");
}

/* ------------------------------------------------------------------------------------------- terminators */

static bool check_call(struct verify *v, const struct ir_terminator *term)
{
    const struct ir_call *call = term->call;

    if (!call)
        return verify_fail(v, "a call is empty");
    if (!call->callee && !check_operand(v, &call->pointer))
        return false;
    if (call->callee && (call->callee->index >= v->unit->function_count ||
                         v->unit->functions[call->callee->index] != call->callee))
        return verify_fail(v, "the callee `%s` is not of this unit", call->callee->name);
    if (call->mode == IR_CALL_SPAWN_SCOPED && !check_operand(v, &call->scope))
        return false;
    if (call->has_dest && !check_place(v, &call->dest))
        return false;
    return check_operands(v, call->args, call->arg_count);
}

static void check_target(void *ctx, uint32_t target)
{
    struct verify *v = ctx;

    if (target >= v->fn->block_count)
        verify_fail(v, "the target %" PRIu32 " is no block", target);
}

static bool check_terminator(struct verify *v, const struct ir_terminator *term)
{
    bool is_right = check_arm(v, term->arm);

    if (term->kind > IR_TERM_UNREACHABLE) /* the last one */
        return verify_fail(v, "unknown terminator");
    switch (term->kind) {
    case IR_TERM_BRANCH:
    case IR_TERM_SWITCH:
    case IR_TERM_INDIRECT:
        is_right = is_right && check_operand(v, &term->condition);
        break;
    case IR_TERM_CALL:
        is_right = is_right && check_call(v, term);
        break;
    case IR_TERM_ASM_GOTO:
        is_right = is_right && check_opaque(v, term->opaque);
        if (is_right && term->target >= v->fn->block_count)
            return verify_fail(v, "an asm goto does not fall through");
        if (is_right && term->target_count == 0)
            return verify_fail(v, "an asm goto has no label");
        break;
    case IR_TERM_GOTO:
    case IR_TERM_RETURN:
    case IR_TERM_UNREACHABLE:
        break;
    }
    for (uint32_t i = 0; is_right && i < term->case_count; i++)
        if (term->cases[i].low > term->cases[i].high && term->condition.type->is_signed)
            return verify_fail(v, "a case range is empty");
    if (is_right)
        ir_each_successor(term, check_target, v);
    return !v->failed;
}

/* --------------------------------------------------------------------------------------------- functions */

static bool check_locals(struct verify *v)
{
    const struct ir_function *fn = v->fn;

    if (fn->local_count < 1 + fn->param_count || fn->locals[0].kind != IR_LOCAL_RESULT)
        return verify_fail(v, "local 0 is not the result");
    for (uint32_t i = 0; i < fn->local_count; i++) {
        const struct ir_local *local = &fn->locals[i];
        if (!local->type || !local->notes)
            return verify_fail(v, "local %" PRIu32 " is incomplete", i);
        if ((local->kind == IR_LOCAL_PARAM) != (i >= 1 && i <= fn->param_count))
            return verify_fail(v, "local %" PRIu32 " stands where a parameter does or does not", i);
    }
    return true;
}

/* The parent of an arm is older than it, so no arm can be in itself. */
static bool check_arms(struct verify *v)
{
    for (uint32_t i = 1; i < v->fn->arm_count; i++)
        if (v->fn->arms[i].parent >= i)
            return verify_fail(v, "arm %" PRIu32 " is in arm %" PRIu32, i, v->fn->arms[i].parent);
    return true;
}

static bool check_body(struct verify *v)
{
    const struct ir_function *fn = v->fn;

    if (fn->block_count == 0)
        return verify_fail(v, "there is no block");
    for (v->block = 0; v->block < fn->block_count; v->block++) {
        const struct ir_block *block = &fn->blocks[v->block];
        for (v->statement = 0; v->statement < block->statement_count; v->statement++)
            if (!check_statement(v, &block->statements[v->statement]))
                return false;
        if (!check_terminator(v, &block->terminator))
            return false;
    }
    return verify_temps(v);
}

static bool check_function(struct verify *v)
{
    const struct ir_function *fn = v->fn;

    if (!fn->name || !fn->type || fn->type->kind != IR_TYPE_FUNCTION || !fn->notes)
        return verify_fail(v, "the function is incomplete");
    for (size_t i = 0; i < fn->type->param_count; i++)
        if (!fn->params[i].notes)
            return verify_fail(v, "parameter %zu has no notes", i);
    return !fn->has_body || (check_locals(v) && check_arms(v) && check_body(v));
}

static bool check_global(struct verify *v, const struct ir_global *global)
{
    if (!global->name || !global->type || !global->notes || !global->type_name)
        return verify_fail(v, "a global is incomplete");
    for (uint32_t i = 0; i < global->pointee_count; i++)
        if (!check_place(v, &global->pointees[i]))
            return false;
    return true;
}

bool ir_verify(const struct ir_unit *unit)
{
    struct verify v = {.unit = unit};

    for (uint32_t i = 0; i < unit->global_count && !v.failed; i++)
        if (unit->globals[i]->index != i)
            verify_fail(&v, "global %" PRIu32 " has another number", i);
        else
            check_global(&v, unit->globals[i]);
    for (uint32_t i = 0; i < unit->function_count && !v.failed; i++) {
        v.fn = unit->functions[i];
        if (v.fn->index != i)
            verify_fail(&v, "function %" PRIu32 " has another number", i);
        else
            check_function(&v);
    }
    return !v.failed;
}
