#include <inttypes.h>
#include <string.h>

#include "print_c.h"

/* ----------------------------------------------------------------------------------------------- places */

static void print_base(struct printer *p, GString *text, const struct ir_place *place)
{
    switch (place->base) {
    case IR_BASE_LOCAL:
        g_string_append_printf(text, "ir_%" PRIu32, place->base_index);
        return;
    case IR_BASE_GLOBAL: {
        const struct ir_global *global = p->unit->globals[place->base_index];
        const char *type = print_type(p, global->type);
        if (global->owner)
            g_string_append_printf(text, "(*(%s *)ir_address(&ir_static_%" PRIu32 "))", type, global->index);
        else
            g_string_append_printf(text, "(*(%s *)ir_address(&%s))", type, global->name);
        return;
    }
    case IR_BASE_FUNCTION:
        g_string_append_printf(text, "(*(ir_pointer *)%s)", p->unit->functions[place->base_index]->name);
        return;
    case IR_BASE_STRING: {
        const struct ir_string *string = &p->unit->strings[place->base_index];
        uint64_t size = string->type->size;
        g_string_append_printf(text, "(*(%s *)\"", print_type(p, string->type));
        for (uint64_t i = 0; i + 1 < size; i++)
            g_string_append_printf(text, "\\%03o", i < string->length ? (unsigned char)string->bytes[i] : 0);
        g_string_append(text, "\")");
        return;
    }
    }
}

static void print_place(struct printer *p, GString *text, const struct ir_place *place)
{
    GString *inner = g_string_new(NULL);

    print_base(p, inner, place);
    for (uint32_t i = 0; i < place->projection_count; i++) {
        const struct ir_projection *at = &place->projections[i];
        switch (at->kind) {
        case IR_PROJ_DEREF: {
            char *start = g_strdup_printf("(*(%s *)", print_type(p, at->type));
            g_string_prepend(inner, start);
            g_string_append_c(inner, ')');
            g_free(start);
            break;
        }
        case IR_PROJ_FIELD:
            g_string_append_printf(inner, ".f%" PRIu32, at->index);
            break;
        case IR_PROJ_INDEX:
            g_string_append_printf(inner, "[ir_%" PRIu32 "]", at->index);
            break;
        case IR_PROJ_CONST_INDEX:
            g_string_append_printf(inner, "[%" PRIu32 "]", at->index);
            break;
        case IR_PROJ_SOME_INDEX:
            print_failed(p, "an unknown element");
            break;
        case IR_PROJ_PART:
            print_failed(p, "a part of a vector or complex number");
            break;
        }
    }
    g_string_append(text, inner->str);
    g_string_free(inner, TRUE);
}

/* --------------------------------------------------------------------------------- operands and rvalues */

static void print_operand(struct printer *p, GString *text, const struct ir_operand *operand)
{
    const char *type = print_type(p, operand->type);

    if (operand->kind != IR_OPERAND_CONST)
        print_place(p, text, &operand->place);
    else if (operand->const_kind == IR_CONST_INT && operand->type->kind == IR_TYPE_INT &&
             operand->type->bits > 64)
        g_string_append_printf(text, "((%s)(%s))", type, print_source(p, operand->span));
    else if (operand->const_kind == IR_CONST_INT)
        g_string_append_printf(text, "((%s)0x%" PRIx64 "ll)", type, (uint64_t)operand->value);
    else
        g_string_append_printf(text, "((%s)(%s))", type, print_source(p, operand->span));
}

static uint64_t step_size(struct printer *p, const struct ir_type *pointer)
{
    const struct ir_type *target = pointer->target;

    if (target->kind == IR_TYPE_VOID || target->kind == IR_TYPE_FUNCTION)
        return 1;
    if (target->size == 0)
        print_failed(p, "a step of unknown size");
    return target->size;
}

static void print_binary(struct printer *p, GString *text, const struct ir_rvalue *value)
{
    static const char *const names[] = {"+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^", "==", "!=",
                                        "<", "<=", ">", ">="};
    GString *a = g_string_new(NULL), *b = g_string_new(NULL);
    const struct ir_type *left = value->operands[0].type;
    const char *type = print_type(p, value->type);

    print_operand(p, a, &value->operands[0]);
    print_operand(p, b, &value->operands[1]);
    switch (value->binary) {
    case IR_PTR_ADD:
    case IR_PTR_SUB:
        g_string_append_printf(text, "(void *)((char *)%s %c (long)%s * (long)%" PRIu64 ")", a->str,
                               value->binary == IR_PTR_ADD ? '+' : '-', b->str, step_size(p, left));
        break;
    case IR_PTR_DIFF:
        g_string_append_printf(text, "(%s)(((char *)%s - (char *)%s) / (long)%" PRIu64 ")", type, a->str,
                               b->str, step_size(p, left));
        break;
    default:
        g_string_append_printf(text, "(%s)(%s %s %s)", type, a->str, names[value->binary], b->str);
        break;
    }
    g_string_free(a, TRUE);
    g_string_free(b, TRUE);
}

static void print_builtin(struct printer *p, GString *text, const struct ir_rvalue *value)
{
    const char *type = print_type(p, value->type);

    if (strcmp(value->builtin, "va_arg") == 0 && value->operand_count == 1) {
        const struct ir_operand *list = &value->operands[0];
        GString *pointer = g_string_new(NULL);
        print_operand(p, pointer, list);
        g_string_append_printf(text, "ir_va_arg((void *)%s, %s)", pointer->str, type);
        g_string_free(pointer, TRUE);
        return;
    }
    static const char *const functions[] = {"popcount", "parity", "clz", "ctz", "ffs", "bswap32",
                                            "bswap64", "abs"};
    for (size_t i = 0; i < G_N_ELEMENTS(functions); i++) {
        if (strcmp(value->builtin, functions[i]) != 0)
            continue;
        g_string_append_printf(text, "__builtin_%s(", functions[i]);
        print_operand(p, text, &value->operands[0]);
        g_string_append_c(text, ')');
        return;
    }
    print_failed(p, value->builtin);
}

static void print_rvalue(struct printer *p, GString *text, const struct ir_rvalue *value)
{
    const char *type = print_type(p, value->type);

    switch (value->kind) {
    case IR_RV_USE:
        print_operand(p, text, &value->operands[0]);
        return;
    case IR_RV_ADDRESS_OF:
        g_string_append(text, "(void *)&");
        print_place(p, text, &value->place);
        return;
    case IR_RV_UNARY:
        if (value->unary == IR_PART) {
            print_failed(p, "__real__");
            return;
        }
        g_string_append_printf(text, "(%s)%c", type, "-!~"[value->unary]);
        print_operand(p, text, &value->operands[0]);
        return;
    case IR_RV_BINARY:
        print_binary(p, text, value);
        return;
    case IR_RV_CAST:
        /* pointers and integers by way of an integer of a pointer's size */
        if (ir_type_is_pointer_like(value->type) != ir_type_is_pointer_like(value->operands[0].type) &&
            value->type->kind != IR_TYPE_BOOL)
            g_string_append_printf(text, "(%s)(long)", type);
        else
            g_string_append_printf(text, "(%s)", type);
        print_operand(p, text, &value->operands[0]);
        return;
    case IR_RV_BUILTIN:
        print_builtin(p, text, value);
        return;
    }
}

/* -------------------------------------------------------------------------------------------- statements */

static void print_assign(struct printer *p, const struct ir_statement *st)
{
    GString *place = g_string_new(NULL), *value = g_string_new(NULL);

    if (st->value.kind == IR_RV_BUILTIN && g_str_has_prefix(st->value.builtin, "va_")) {
        const char *what = st->value.builtin;
        struct ir_place list = st->place;
        print_place(p, place, &list);
        if (strcmp(what, "va_start") == 0) {
            const char *last = p->fn->param_count ? p->fn->param_names[p->fn->param_count - 1] : NULL;
            g_string_append_printf(p->out, "    __builtin_va_start(*(__builtin_va_list *)&%s, %s);\n",
                                   place->str, last ? last : "");
            goto done;
        }
        if (strcmp(what, "va_copy") == 0) {
            print_operand(p, value, &st->value.operands[0]);
            g_string_append_printf(p->out, "    __builtin_va_copy(*(__builtin_va_list *)&%s, "
                                           "*(__builtin_va_list *)&%s);\n", place->str, value->str);
            goto done;
        }
        g_string_truncate(place, 0);
    }
    print_place(p, place, &st->place);
    if (st->place.type->kind == IR_TYPE_ARRAY) {
        uint64_t size = MIN(st->place.type->size, st->value.type->size);
        print_operand(p, value, &st->value.operands[0]);
        g_string_append_printf(p->out, "    __builtin_memmove(&%s, &%s, %" PRIu64 ");\n", place->str,
                               value->str, size);
    } else {
        print_rvalue(p, value, &st->value);
        g_string_append_printf(p->out, "    %s = %s;\n", place->str, value->str);
    }
done:
    g_string_free(place, TRUE);
    g_string_free(value, TRUE);
}

/* New storage, and storage that is gone, hold garbage: who counts on what was there is found out. */
static void print_storage(struct printer *p, const struct ir_statement *st)
{
    int garbage = st->kind == IR_ST_STORAGE_LIVE ? 0xA5 : 0x5A;

    g_string_append_printf(p->out, "    __builtin_memset((void *)&ir_%" PRIu32 ", 0x%X, sizeof ir_%" PRIu32 ");\n",
                           st->local, (unsigned)garbage, st->local);
}

/* One thread runs, so that a step may be several statements. */
static void print_rmw(struct printer *p, const struct ir_statement *st, const char *place)
{
    const struct ir_atomic *atomic = st->atomic;
    const struct ir_type *type = st->place.type;

    if (type->kind == IR_TYPE_ATOMIC)
        type = type->target;
    if (!atomic->has_rmw) {
        print_failed(p, "an atomic operation");
        return;
    }
    struct ir_operand operands[] = {{.kind = IR_OPERAND_COPY, .place = st->place, .type = type},
                                    atomic->operands[0]};
    struct ir_rvalue value = {.kind = IR_RV_BINARY, .binary = atomic->rmw, .operands = operands,
                              .operand_count = 2, .type = type};
    GString *result = g_string_new(NULL), *text = g_string_new(NULL);
    if (atomic->has_result) {
        print_place(p, result, &atomic->result);
        g_string_append_printf(p->out, "    %s = %s;\n", result->str, place);
    }
    print_binary(p, text, &value);
    g_string_append_printf(p->out, "    %s = %s;\n", place, text->str);
    g_string_free(result, TRUE);
    g_string_free(text, TRUE);
}

static void print_compare_exchange(struct printer *p, const struct ir_atomic *atomic, const char *place)
{
    GString *result = g_string_new(NULL), *expected = g_string_new(NULL), *desired = g_string_new(NULL);
    GString *written = g_string_new(NULL);

    if (atomic->has_result)
        print_place(p, result, &atomic->result);
    else
        g_string_append(result, "ir_ignored");
    print_operand(p, expected, &atomic->operands[0]);
    print_operand(p, desired, &atomic->operands[1]);
    if (atomic->has_expected)
        print_place(p, written, &atomic->expected);
    g_string_append_printf(p->out, "    { int ir_ignored; if (%s == %s) { %s = %s; %s = 1; } else { ", place,
                           expected->str, place, desired->str, result->str);
    if (atomic->has_expected)
        g_string_append_printf(p->out, "%s = %s; ", written->str, place);
    g_string_append_printf(p->out, "%s = 0; } }\n", result->str);
    g_string_free(result, TRUE);
    g_string_free(expected, TRUE);
    g_string_free(desired, TRUE);
    g_string_free(written, TRUE);
}

static void print_atomic(struct printer *p, const struct ir_statement *st)
{
    const struct ir_atomic *atomic = st->atomic;
    GString *place = g_string_new(NULL), *operand = g_string_new(NULL), *result = g_string_new(NULL);

    if (atomic->op != IR_ATOMIC_FENCE)
        print_place(p, place, &st->place);
    if (atomic->operand_count > 0)
        print_operand(p, operand, &atomic->operands[0]);
    if (atomic->has_result)
        print_place(p, result, &atomic->result);
    const char *is = atomic->has_result ? " = " : "";
    switch (atomic->op) {
    case IR_ATOMIC_LOAD:
        g_string_append_printf(p->out, "    %s%s%s;\n", result->str, is, place->str);
        break;
    case IR_ATOMIC_STORE:
    case IR_ATOMIC_INIT:
        g_string_append_printf(p->out, "    %s = %s;\n", place->str, operand->str);
        break;
    case IR_ATOMIC_EXCHANGE:
        g_string_append_printf(p->out, "    %s%s%s;\n    %s = %s;\n", result->str, is, place->str,
                               place->str, operand->str);
        break;
    case IR_ATOMIC_RMW:
        print_rmw(p, st, place->str);
        break;
    case IR_ATOMIC_COMPARE_EXCHANGE:
        print_compare_exchange(p, atomic, place->str);
        break;
    case IR_ATOMIC_FENCE:
        break;
    }
    g_string_free(place, TRUE);
    g_string_free(operand, TRUE);
    g_string_free(result, TRUE);
}

static void print_statement(struct printer *p, const struct ir_statement *st)
{
    GString *place = g_string_new(NULL);

    switch (st->kind) {
    case IR_ST_NOP:
        break;
    case IR_ST_ASSIGN:
        print_assign(p, st);
        break;
    case IR_ST_ZERO:
        print_place(p, place, &st->place);
        g_string_append_printf(p->out, "    __builtin_memset((void *)&%s, 0, %" PRIu64 ");\n", place->str,
                               st->place.type->size);
        break;
    case IR_ST_STORAGE_LIVE:
    case IR_ST_STORAGE_DEAD:
        print_storage(p, st);
        break;
    case IR_ST_ATOMIC:
        print_atomic(p, st);
        break;
    case IR_ST_DROP:
    case IR_ST_FORGET:
        print_failed(p, "a drop");
        break;
    case IR_ST_ASM:
        print_failed(p, "asm");
        break;
    case IR_ST_OPAQUE:
        print_failed(p, st->opaque->what);
        break;
    }
    g_string_free(place, TRUE);
}

/* ------------------------------------------------------------------------------------------- terminators */

static void print_goto(struct printer *p, uint32_t block)
{
    g_string_append_printf(p->out, "goto ir_block_%" PRIu32 ";\n", block);
}

/*
 * Through a pointer of our own type: gcc lets a direct call with another type trap, so it must not see who
 * is called. The types differ in name only.
 */
static void print_callee(struct printer *p, GString *text, const struct ir_call *call)
{
    const struct ir_type *type =
        call->callee ? call->callee->type
                     : call->pointer.type->target ? call->pointer.type->target : call->pointer.type;

    g_string_append_printf(text, "((%s (*)(", print_type(p, type->target));
    for (size_t i = 0; i < type->param_count; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", print_type(p, type->params[i]));
    g_string_append(text, type->is_variadic ? (type->param_count ? ", ..." : "")
                                            : (type->param_count ? "" : "void"));
    g_string_append(text, "))ir_hidden((void *)");
    if (call->callee)
        g_string_append(text, call->callee->name);
    else
        print_operand(p, text, &call->pointer);
    g_string_append(text, "))");
}

static void print_call(struct printer *p, const struct ir_terminator *term)
{
    const struct ir_call *call = term->call;
    GString *text = g_string_new("    ");

    if (call->mode != IR_CALL_PLAIN)
        print_failed(p, "a spawn");
    if (call->has_dest) {
        print_place(p, text, &call->dest);
        g_string_append(text, " = ");
    }
    if (call->callee && g_str_has_prefix(call->callee->name, "__builtin_"))
        g_string_append(text, call->callee->name);
    else
        print_callee(p, text, call);
    g_string_append_c(text, '(');
    for (uint32_t i = 0; i < call->arg_count; i++) {
        const struct ir_type *type = call->args[i].type;
        g_string_append(text, i ? ", " : "");
        if (type->kind == IR_TYPE_OTHER || (type->kind == IR_TYPE_POINTER && type->target->kind == IR_TYPE_OTHER))
            g_string_append(text, "(void *)");
        print_operand(p, text, &call->args[i]);
    }
    g_string_append_printf(p->out, "%s);\n    ", text->str);
    g_string_free(text, TRUE);
    if (term->target == IR_NO_BLOCK)
        g_string_append(p->out, "__builtin_trap();\n");
    else
        print_goto(p, term->target);
}

static void print_case(struct printer *p, const struct ir_type *type, const struct ir_case *c)
{
    const char *name = print_type(p, type);

    g_string_append_printf(p->out, "    case (%s)0x%" PRIx64 "ll", name, (uint64_t)c->low);
    if (c->high != c->low)
        g_string_append_printf(p->out, " ... (%s)0x%" PRIx64 "ll", name, (uint64_t)c->high);
    g_string_append(p->out, ": ");
    print_goto(p, c->target);
}

static void print_terminator(struct printer *p, const struct ir_terminator *term)
{
    GString *condition = g_string_new(NULL);

    switch (term->kind) {
    case IR_TERM_GOTO:
        g_string_append(p->out, "    ");
        print_goto(p, term->target);
        break;
    case IR_TERM_BRANCH:
        print_operand(p, condition, &term->condition);
        g_string_append_printf(p->out, "    if (%s) ", condition->str);
        print_goto(p, term->target);
        g_string_append(p->out, "    ");
        print_goto(p, term->otherwise);
        break;
    case IR_TERM_SWITCH:
        print_operand(p, condition, &term->condition);
        g_string_append_printf(p->out, "    switch (%s) {\n", condition->str);
        for (uint32_t i = 0; i < term->case_count; i++)
            print_case(p, term->condition.type, &term->cases[i]);
        g_string_append(p->out, "    default: ");
        print_goto(p, term->otherwise);
        g_string_append(p->out, "    }\n");
        break;
    case IR_TERM_CALL:
        print_call(p, term);
        break;
    case IR_TERM_RETURN:
        g_string_append(p->out, "    goto ir_return;\n");
        break;
    case IR_TERM_UNREACHABLE:
        g_string_append(p->out, "    __builtin_trap();\n");
        break;
    case IR_TERM_INDIRECT:
        print_failed(p, "a computed goto");
        break;
    case IR_TERM_ASM_GOTO:
        print_failed(p, "asm goto");
        break;
    }
    g_string_free(condition, TRUE);
}

/* ---------------------------------------------------------------------------------------------- function */

/* Without a prototype's help: the type that the user wrote, from a call that is never made. */
static void print_result(struct printer *p)
{
    const struct ir_function *fn = p->fn;

    if (fn->type->target->kind == IR_TYPE_VOID) {
        g_string_append(p->out, "ir_return:\n    return;\n");
        return;
    }
    g_string_append_printf(p->out, "ir_return:;\n    __typeof__(%s(", fn->name);
    for (uint32_t i = 0; i < fn->param_count; i++)
        g_string_append_printf(p->out, "%s%s", i ? ", " : "", fn->param_names[i] ? fn->param_names[i] : "0");
    g_string_append(p->out, ")) ir_value;\n"
                            "    __builtin_memcpy((void *)&ir_value, (void *)&ir_0, sizeof ir_0);\n"
                            "    return ir_value;\n");
}

static void print_locals(struct printer *p)
{
    const struct ir_function *fn = p->fn;

    for (uint32_t i = 0; i < fn->local_count; i++) {
        const struct ir_local *local = &fn->locals[i];
        if (local->type->kind == IR_TYPE_VOID)
            continue;
        if (local->type->kind == IR_TYPE_ARRAY && local->type->size == 0 &&
            local->type->count == IR_COUNT_UNKNOWN)
            print_failed(p, "a variable length array");
        g_string_append_printf(p->out, "    %s%s ir_%" PRIu32 ";\n",
                               local->type->quals & IR_QUAL_VOLATILE ? "volatile " : "",
                               print_type(p, local->type), i);
    }
    for (uint32_t i = 1; i <= fn->param_count; i++)
        if (fn->param_names[i - 1])
            g_string_append_printf(p->out, "    __builtin_memcpy((void *)&ir_%" PRIu32 ", (void *)&%s, sizeof ir_%" PRIu32 ");\n",
                                   i, fn->param_names[i - 1], i);
}

/* A static local stands where it stood; its initialiser is text, the IR does not have it. */
static void print_statics(struct printer *p)
{
    for (uint32_t i = 0; i < p->unit->global_count; i++) {
        const struct ir_global *global = p->unit->globals[i];
        size_t length;
        const char *text = source_text(p->sources, global->span.file, &length);
        if (global->owner != p->fn || !text)
            continue;
        g_string_append_printf(p->out, "    static %s ir_static_%" PRIu32, print_type(p, global->type), i);
        size_t at = global->span.end;
        while (text[at] == '[')
            at += strcspn(text + at, "]") + 1;
        size_t end = at;
        for (int depth = 0; text[end] && !(depth == 0 && strchr(",;", text[end])); end++)
            depth += (strchr("({[", text[end]) != NULL) - (strchr(")}]", text[end]) != NULL);
        g_string_append_len(p->out, text + at, (gssize)(end - at));
        g_string_append(p->out, ";\n");
    }
}

void print_body(struct printer *p)
{
    const struct ir_function *fn = p->fn;

    g_string_append(p->out, "{\n");
    print_statics(p);
    print_locals(p);
    g_string_append(p->out, "    goto ir_block_0;\n");
    for (uint32_t i = 0; i < fn->block_count; i++) {
        g_string_append_printf(p->out, "ir_block_%" PRIu32 ":;\n", i);
        for (uint32_t j = 0; j < fn->blocks[i].statement_count; j++)
            print_statement(p, &fn->blocks[i].statements[j]);
        print_terminator(p, &fn->blocks[i].terminator);
    }
    print_result(p);
    g_string_append(p->out, "}\n");
}
