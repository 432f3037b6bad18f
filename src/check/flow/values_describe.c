/* Value expressions as C, for messages. */
#include <glib.h>

#include "flow/values.h"

static bool is_address(const struct value *v)
{
    switch (v->kind) {
    case VALUE_LOCAL:
    case VALUE_GLOBAL:
    case VALUE_FIELD:
    case VALUE_ELEMENT:
        return true;
    default:
        return false;
    }
}

static const char *local_name(const struct values *values, uint32_t local)
{
    const struct ir_local *l = &values_function(values)->locals[local];
    return l->hidden ? NULL : l->name;
}

static const char *pointer_name(struct values *values, const struct value *pointer)
{
    const struct value *inner = value_without_casts(pointer);
    return inner->kind == VALUE_PARAM ? ir_pointer_name(values_function(values), inner->index + 1)
                                      : value_describe(values, pointer);
}

const char *value_describe_target(struct values *values, const struct value *v)
{
    struct arena *arena = values_unit(values)->arena;
    const char *base;
    switch (v->kind) {
    case VALUE_LOCAL:
        return local_name(values, v->index);
    case VALUE_GLOBAL:
        return values_unit(values)->globals[v->index]->name;
    case VALUE_FUNCTION:
        return values_unit(values)->functions[v->index]->name;
    case VALUE_FIELD: {
        bool direct = is_address(v->base) || (v->base->kind == VALUE_BINARY && v->base->op == IR_PTR_ADD); /* p[i].f */
        base = direct ? value_describe_target(values, v->base) : pointer_name(values, v->base);
        const char *field = v->record->fields[v->index].name;
        if (!base || !field)
            return base; /* an anonymous member is stepped through */
        return arena_printf(arena, "%s%s%s", base, direct ? "." : "->", field);
    }
    case VALUE_ELEMENT: {
        base = is_address(v->base) ? value_describe_target(values, v->base) : pointer_name(values, v->base);
        const char *index = value_describe(values, v->operand);
        return base ? arena_printf(arena, "%s[%s]", base, index ? index : "_") : NULL;
    }
    case VALUE_BINARY:
        if (v->op == IR_PTR_ADD) {
            base = value_describe(values, v->base);
            const char *index = value_describe(values, v->operand);
            return base && index ? arena_printf(arena, "%s[%s]", base, index) : NULL;
        }
        return NULL;
    default:
        base = pointer_name(values, v);
        return base ? arena_printf(arena, "*%s", base) : NULL;
    }
}

static const char *const operators[] = {
    [IR_ADD] = "+", [IR_SUB] = "-", [IR_MUL] = "*", [IR_DIV] = "/", [IR_REM] = "%", [IR_SHL] = "<<", [IR_SHR] = ">>",
    [IR_AND] = "&", [IR_OR] = "|", [IR_XOR] = "^", [IR_EQ] = "==", [IR_NE] = "!=", [IR_LT] = "<", [IR_LE] = "<=",
    [IR_GT] = ">", [IR_GE] = ">=", [IR_PTR_ADD] = "+", [IR_PTR_SUB] = "-", [IR_PTR_DIFF] = "-",
};

/* What stands beside an operator: in brackets when it has one of its own. */
static const char *operand_of(struct values *values, const struct value *v)
{
    const struct value *inner = value_without_casts(v);
    const char *text = value_describe(values, v);
    return text && inner->kind == VALUE_BINARY ? arena_printf(values_unit(values)->arena, "(%s)", text) : text;
}

const char *value_describe_member(struct values *values, const struct value *object, const char *member)
{
    bool direct = is_address(object) || (object->kind == VALUE_BINARY && object->op == IR_PTR_ADD);
    const char *base = direct ? value_describe_target(values, object) : pointer_name(values, object);
    return base && base[0] != '*' ? arena_printf(values_unit(values)->arena, "%s%s%s", base, direct ? "." : "->", member) : NULL;
}

const char *value_describe(struct values *values, const struct value *v)
{
    const struct ir_function *fn = values_function(values);
    struct arena *arena = values_unit(values)->arena;
    const char *base;
    switch (v->kind) {
    case VALUE_CONST:
        return arena_printf(arena, "%lld", (long long)v->number);
    case VALUE_PARAM:
        return fn->locals[v->index + 1].name;
    case VALUE_PHI:
        return local_name(values, (uint32_t)v->number);
    case VALUE_LOAD:
        return value_describe_target(values, v->base);
    case VALUE_FUNCTION:
        return values_unit(values)->functions[v->index]->name;
    case VALUE_CALL: {
        const struct ir_call *call = fn->blocks[v->index].terminator.call;
        return call->callee ? arena_printf(arena, "%s(...)", call->callee->name) : NULL;
    }
    case VALUE_LOCAL:
    case VALUE_GLOBAL:
    case VALUE_FIELD:
    case VALUE_ELEMENT:
        base = value_describe_target(values, v);
        return base ? arena_printf(arena, "&%s", base) : NULL;
    case VALUE_BINARY: {
        base = operand_of(values, v->base);
        const char *operand = operand_of(values, v->operand);
        return base && operand ? arena_printf(arena, "%s %s %s", base, operators[v->op], operand) : NULL;
    }
    case VALUE_UNARY:
        return v->op < 0 ? value_describe(values, v->base) : NULL; /* a cast */
    case VALUE_STRING:
    case VALUE_UNKNOWN:
        break;
    }
    return NULL;
}
