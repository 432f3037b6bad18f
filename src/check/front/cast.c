/*
 * Conversions. libclang names written casts only; an implicit one is an "unexposed" expression with one
 * child, as are va_arg, offsetof and others. They are told apart by where they begin: an implicit
 * conversion has its operand's location, what is written begins with a token of its own.
 */
#include <string.h>

#include "front/body.h"

static const struct ir_type *without_atomic(const struct ir_type *type)
{
    return type->kind == IR_TYPE_ATOMIC ? type->target->unqualified : type->unqualified;
}

static bool is_integer(const struct ir_type *type)
{
    return type->kind == IR_TYPE_INT || type->kind == IR_TYPE_ENUM || type->kind == IR_TYPE_BOOL;
}

/* The same, whatever their qualifiers on any level. */
static bool same_but_qualifiers(const struct ir_type *a, const struct ir_type *b)
{
    while (a->unqualified != b->unqualified) {
        if (a->kind != IR_TYPE_POINTER || b->kind != IR_TYPE_POINTER)
            return false;
        a = a->target;
        b = b->target;
    }
    return true;
}

bool types_convert_silently(const struct ir_type *from, const struct ir_type *to)
{
    from = without_atomic(from);
    to = without_atomic(to);
    if (from == to)
        return true;
    if (is_integer(from) && is_integer(to))
        return from->kind != IR_TYPE_BOOL && to->kind != IR_TYPE_BOOL && from->size &&
               from->size == to->size && from->is_signed == to->is_signed;
    return from->kind == IR_TYPE_POINTER && to->kind == IR_TYPE_POINTER &&
           same_but_qualifiers(from, to);
}

static bool begins_with_its_child(struct node *node)
{
    CXSourceLocation here = clang_getCursorLocation(node->cursor);
    CXSourceLocation below = clang_getCursorLocation(node->first->cursor);

    return clang_equalLocations(here, below);
}

/* Of the expressions that begin with a token of their own. */
static bool is_named(struct body *body, struct node *node)
{
    static const char *const names[] = { "__builtin_va_arg", "__builtin_offsetof",
                                         "__builtin_convertvector", "__builtin_choose_expr",
                                         "__builtin_types_compatible_p", "__builtin_bit_cast" };
    const char *token = front_first_token(body->front, node->cursor);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(token, names[i]) == 0)
            return true;
    return name_is_atomic_builtin(token);
}

static enum conversion classify(struct body *body, struct node *node)
{
    const struct ir_type *to, *from;
    struct node *child = node->first;

    if (node->child_count != 1 || !clang_isExpression(child->kind))
        return CONVERSION_SPECIAL;
    if (!begins_with_its_child(node) && is_named(body, node))
        return CONVERSION_SPECIAL;
    to = node_type(body, node);
    from = node_type(body, child);
    if (to == from)
        return CONVERSION_NONE;
    if ((from->kind == IR_TYPE_ARRAY && to->kind != IR_TYPE_ARRAY) ||
        (from->kind == IR_TYPE_FUNCTION && to->kind != IR_TYPE_FUNCTION))
        return CONVERSION_DECAY;
    if (type_is_atomic(from) && !type_is_atomic(to))
        return CONVERSION_LOAD;
    if (from->kind == IR_TYPE_VECTOR && to->kind != IR_TYPE_VECTOR && ir_type_is_scalar(to))
        return CONVERSION_PART;
    if (types_convert_silently(from, to) || to->kind == IR_TYPE_VOID)
        return CONVERSION_NONE;
    return CONVERSION_CAST;
}

enum conversion node_conversion(struct body *body, struct node *node)
{
    if (node->conversion == CONVERSION_UNASKED)
        node->conversion = (unsigned char)classify(body, node);
    return (enum conversion)node->conversion;
}

/* ------------------------------------------------------------------------------------- lowering them */

/* What an integer becomes in an integer type. */
static int64_t wrap(int64_t value, const struct ir_type *type)
{
    unsigned bits = (unsigned)type->size * 8;

    if (type->kind == IR_TYPE_BOOL)
        return value != 0;
    if (bits == 0 || bits >= 64)
        return value;
    if (type->is_signed)
        return (int64_t)((uint64_t)value << (64 - bits)) >> (64 - bits);
    return (int64_t)((uint64_t)value & ((UINT64_C(1) << bits) - 1));
}

struct ir_rvalue lower_cast_to(struct body *body, struct ir_rvalue value, const struct ir_type *type,
                               struct node *expr)
{
    int64_t number;

    type = without_atomic(type);
    if (types_convert_silently(value.type, type) && value.type->kind != IR_TYPE_ATOMIC) {
        if (value_as_int(&value, &number))
            value.operands[0].type = type;
        return value;
    }
    if (value_as_int(&value, &number) && is_integer(value.type) &&
        (is_integer(type) || type->kind == IR_TYPE_POINTER || type->kind == IR_TYPE_HANDLE ||
         type->kind == IR_TYPE_BLOCK))
        return value_int(body, is_integer(type) ? wrap(number, type) : number, type, expr);
    return ir_rvalue_cast(body->arena, lower_simple(body, value, expr), type);
}

struct ir_rvalue lower_decay(struct body *body, struct node *lvalue, const struct ir_type *pointer)
{
    struct ir_place place = lower_place(body, lvalue);

    if (place.type->kind == IR_TYPE_ARRAY) {
        place = ir_place_const_index(body->arena, &place, 0);
    } else if (place_ends_in_deref(&place)) { /* the function *f, used as a value, is f */
        place_take_last(body, &place);
        return ir_rvalue_use(body->arena, ir_operand_copy(place, node_span(body, lvalue)));
    }
    struct ir_rvalue value = ir_rvalue_address(place, pointer);
    value.whole = node_span(body, lvalue);
    return value;
}

struct ir_rvalue lower_conversion(struct body *body, struct node *expr)
{
    struct node *child = expr->first;
    struct ir_place place;

    switch (node_conversion(body, expr)) {
    case CONVERSION_DECAY:
        return lower_decay(body, child, node_type(body, expr));
    case CONVERSION_LOAD:
        return lower_atomic_load(body, lower_place(body, node_strip(body, child)), expr);
    case CONVERSION_PART:
        place = lower_place(body, child);
        place = ir_place_part(body->arena, &place, node_type(body, expr));
        return ir_rvalue_use(body->arena, ir_operand_copy(place, node_span(body, expr)));
    case CONVERSION_CAST:
        return lower_cast_to(body, lower_rvalue(body, child), node_type(body, expr), expr);
    case CONVERSION_SPECIAL:
        return lower_special(body, expr);
    default:
        return lower_rvalue(body, child);
    }
}

/* GNU C: (union u)x */
static struct ir_rvalue cast_to_union(struct body *body, struct node *expr)
{
    const struct ir_type *type = node_type(body, expr);
    struct node *operand = node_last(expr);
    const struct ir_type *from = node_type(body, operand);
    struct ir_place place = body_hidden_local(body, type, expr);
    const struct ir_record *record = type->record;

    for (uint32_t i = 0; record && i < record->field_count; i++)
        if (record->fields[i].type->unqualified == from->unqualified) {
            lower_into(body, ir_place_field(body->arena, &place, record, i), operand,
                       IR_FLAG_INITIALIZER);
            return ir_rvalue_use(body->arena, ir_operand_copy(place, node_span(body, expr)));
        }
    return lower_unknown(body, expr, "cast to a union");
}

struct ir_rvalue lower_written_cast(struct body *body, struct node *expr)
{
    const struct ir_type *type = node_type(body, expr);
    struct node *operand = node_last(expr);
    struct node *spawn = node_spawn(body, expr);

    if (spawn)
        return lower_spawn(body, spawn, type, NULL, 0, expr);
    if (!operand || !clang_isExpression(operand->kind))
        return lower_unknown(body, expr, "cast");
    if (type->kind == IR_TYPE_VOID) {
        lower_discard(body, expr);
        return value_none(body);
    }
    if (type->kind == IR_TYPE_RECORD &&
        node_type(body, operand)->unqualified != type->unqualified)
        return cast_to_union(body, expr);
    return lower_cast_to(body, lower_rvalue(body, operand), type, expr);
}
