/*
 * Places: what an lvalue names. A struct that is only a value (f().x) is put into a temporary first.
 */
#include "front/body.h"

/* A value as a place: the temporary that holds it. */
static struct ir_place materialise(struct body *body, struct node *expr)
{
    struct ir_rvalue value;
    uint32_t temp;
    struct ir_place place;

    /* An operand that is a whole place already needs no copy; nobody writes to an rvalue's parts. */
    value = lower_rvalue(body, expr);
    if (value.kind == IR_RV_USE && value.operands[0].kind == IR_OPERAND_COPY)
        return value.operands[0].place;
    temp = ir_build_temp(body->b, value.type->unqualified, node_span(body, expr));
    place = ir_place_local(body->b, temp);
    body_assign(body, place, value, node_span(body, expr), node_flags(body, expr));
    return place;
}

static struct ir_place variable(struct body *body, struct node *expr)
{
    CXCursor decl = clang_getCursorReferenced(expr->cursor);
    struct front *front = body->front;
    struct ir_place captured;
    uint32_t local;

    if (body_find_local(body, decl, &local))
        return ir_place_local(body->b, local);
    if (body_find_capture(body, decl, &captured))
        return captured;
    if (decl.kind == CXCursor_FunctionDecl) {
        const struct ir_function *fn = front_function(front, decl);

        return ir_place_base(IR_BASE_FUNCTION, fn->index, fn->type);
    }
    if (decl.kind == CXCursor_VarDecl) {
        uint32_t index = front_global(front, decl);
        const struct ir_global *global = front->global_list->pdata[index];

        return ir_place_base(IR_BASE_GLOBAL, index, global->type);
    }
    return lower_unknown(body, expr, "name").operands[0].place;
}

struct ir_place place_of_pointer(struct body *body, struct ir_rvalue pointer, struct node *expr)
{
    struct ir_operand operand;
    const struct ir_type *type = pointer.type;

    if (pointer.kind == IR_RV_ADDRESS_OF && type->target &&
        type->target->unqualified == pointer.place.type->unqualified)
        return pointer.place;
    operand = lower_simple(body, pointer, expr);
    if (operand.kind != IR_OPERAND_COPY)
        operand = lower_to_temp(body, ir_rvalue_use(body->arena, operand), expr);
    if (operand.type->kind == IR_TYPE_ATOMIC)
        operand = lower_to_temp(body, lower_atomic_load(body, operand.place, expr), expr);
    if (operand.type->kind == IR_TYPE_POINTER || operand.type->kind == IR_TYPE_BLOCK)
        return ir_place_deref(body->arena, &operand.place);
    /* A handle is opaque; what is not a pointer cannot get here in C that compiles. */
    return ir_place_part(body->arena, &operand.place,
                         operand.type->target ? operand.type->target : body->int_type);
}

struct ir_place lower_pointee(struct body *body, struct node *pointer)
{
    return place_of_pointer(body, lower_rvalue(body, pointer), pointer);
}

enum { MAX_ANONYMOUS = 32 };

static struct ir_place member(struct body *body, struct node *expr)
{
    CXCursor field = clang_getCursorReferenced(expr->cursor);
    const struct ir_record *records[MAX_ANONYMOUS];
    uint32_t indices[MAX_ANONYMOUS];
    struct node *base = expr->first;
    const struct ir_type *base_type = node_type(body, base);
    struct ir_place place;
    size_t count;

    if (base_type->kind == IR_TYPE_POINTER || base_type->kind == IR_TYPE_HANDLE)
        place = lower_pointee(body, base);
    else
        place = lower_place(body, base);
    if (type_is_atomic(place.type)) /* clang warns: undefined, but it compiles */
        place = ir_place_part(body->arena, &place, place.type->target);
    count = front_field_path(body->front, field, records, indices, MAX_ANONYMOUS);
    /* libclang skips one anonymous member on the way, and shows the ones before it. */
    for (size_t i = 0; i < count; i++)
        if (place.type->kind == IR_TYPE_RECORD && place.type->record == records[i])
            place = ir_place_field(body->arena, &place, records[i], indices[i]);
    if (count == 0)
        place = ir_place_part(body->arena, &place, node_type(body, expr));
    return place;
}

/* The index of a place must be a local; a plain variable serves as it is. */
static struct ir_place indexed(struct body *body, const struct ir_place *array,
                               struct ir_operand index, struct node *expr)
{
    if (index.kind == IR_OPERAND_CONST && index.const_kind == IR_CONST_INT && index.value >= 0)
        return ir_place_const_index(body->arena, array, (uint64_t)index.value);
    if (index.kind == IR_OPERAND_CONST)
        return ir_place_some_index(body->arena, array);
    if (index.kind != IR_OPERAND_COPY || index.place.base != IR_BASE_LOCAL ||
        index.place.projection_count)
        index = lower_to_temp(body, ir_rvalue_use(body->arena, index), expr);
    return ir_place_index(body->arena, array, index.place.base_index);
}

bool place_ends_in_deref(const struct ir_place *place)
{
    return place->projection_count &&
           place->projections[place->projection_count - 1].kind == IR_PROJ_DEREF;
}

void place_take_last(struct body *body, struct ir_place *place)
{
    place->projection_count--;
    if (place->projection_count) {
        place->type = place->projections[place->projection_count - 1].type;
        return;
    }
    switch (place->base) {
    case IR_BASE_LOCAL:
        place->type = body->b->locals[place->base_index].type;
        break;
    case IR_BASE_GLOBAL:
        place->type = ((struct ir_global *)body->front->global_list->pdata[place->base_index])->type;
        break;
    case IR_BASE_STRING:
        place->type =
            g_array_index(body->front->string_list, struct ir_string, place->base_index).type;
        break;
    default:
        break;
    }
}

/* &a[0] as array decay makes it: a's place. */
static bool is_first_element(struct body *body, const struct ir_rvalue *pointer,
                             struct ir_place *ret_array)
{
    const struct ir_place *place = &pointer->place;

    if (pointer->kind != IR_RV_ADDRESS_OF || place->projection_count == 0 ||
        place->projections[place->projection_count - 1].kind != IR_PROJ_CONST_INDEX ||
        place->projections[place->projection_count - 1].index != 0)
        return false;
    *ret_array = *place;
    place_take_last(body, ret_array);
    return ret_array->type->kind == IR_TYPE_ARRAY;
}

struct ir_rvalue lower_pointer_step(struct body *body, struct ir_rvalue pointer,
                                    struct ir_operand index, int sign, struct node *expr)
{
    struct ir_place array;
    struct ir_operand base;

    if (index.kind == IR_OPERAND_CONST && index.const_kind == IR_CONST_INT && index.value == 0)
        return pointer;
    if (sign > 0 && is_first_element(body, &pointer, &array) &&
        !(index.kind == IR_OPERAND_CONST && index.value < 0)) {
        struct ir_rvalue element = ir_rvalue_address(indexed(body, &array, index, expr), pointer.type);
        element.whole = node_span(body, expr);
        return element;
    }
    base = lower_simple(body, pointer, expr);
    return ir_rvalue_binary(body->arena, sign > 0 ? IR_PTR_ADD : IR_PTR_SUB, base, index,
                            pointer.type);
}

static struct node *through_integer_casts(struct body *body, struct node *index)
{
    for (;;) {
        index = node_strip(body, index);
        if (index->kind != CXCursor_UnexposedExpr ||
            node_conversion(body, index) != CONVERSION_CAST ||
            node_type(body, index->first)->kind != IR_TYPE_INT)
            return index;
        index = index->first;
    }
}

static struct ir_place subscript(struct body *body, struct node *expr)
{
    struct node *base = expr->first, *index = node_child(expr, 1);
    struct ir_place place;
    struct ir_rvalue pointer;
    struct ir_operand at;
    struct ir_arm_mark mark;
    uint32_t group;

    if (node_type(body, base)->kind == IR_TYPE_VECTOR ||
        node_type(body, index)->kind == IR_TYPE_VECTOR) {
        lower_discard(body, index);
        place = lower_place(body, base);
        return ir_place_part(body->arena, &place, node_type(body, expr));
    }
    if (!ir_type_is_pointer_like(node_type(body, base))) { /* 2[a] */
        struct node *swap = base;

        base = index;
        index = swap;
    }
    group = ir_build_arm_group(body->b);
    mark = ir_build_arm_begin(body->b, group);
    pointer = lower_rvalue(body, base);
    if (pointer.kind != IR_RV_USE && pointer.kind != IR_RV_ADDRESS_OF)
        pointer = ir_rvalue_use(body->arena, lower_to_temp(body, pointer, base));
    ir_build_arm_end(body->b, mark);
    mark = ir_build_arm_begin(body->b, group);
    at = lower_operand(body, through_integer_casts(body, index));
    ir_build_arm_end(body->b, mark);
    place = place_of_pointer(body, lower_pointer_step(body, pointer, at, 1, expr), expr);
    if (pointer.kind == IR_RV_USE && at.kind == IR_OPERAND_CONST && at.value == 0 && place_ends_in_deref(&place)) {
        struct ir_projection as_element = place.projections[place.projection_count - 1];

        as_element.index = 1;
        place_take_last(body, &place);
        place = ir_place_project(body->arena, &place, as_element);
    }
    return place;
}

struct ir_place lower_place(struct body *body, struct node *expr)
{
    struct ir_place place;
    struct node *moved;

    expr = node_strip(body, expr);
    switch (expr->kind) {
    case CXCursor_DeclRefExpr:
        return variable(body, expr);
    case CXCursor_MemberRefExpr:
        return member(body, expr);
    case CXCursor_ArraySubscriptExpr:
        return subscript(body, expr);
    case CXCursor_UnaryOperator:
        switch (clang_getCursorUnaryOperatorKind(expr->cursor)) {
        case CXUnaryOperator_Deref:
            if (node_is_move(body, expr, &moved))
                return materialise(body, expr);
            return lower_pointee(body, expr->first);
        case CXUnaryOperator_Extension:
            return lower_place(body, expr->first);
        case CXUnaryOperator_Real:
        case CXUnaryOperator_Imag:
            place = lower_place(body, expr->first);
            return ir_place_part(body->arena, &place, node_type(body, expr));
        default:
            return materialise(body, expr);
        }
    case CXCursor_StringLiteral: {
        uint32_t string = front_string(body->front, expr->cursor);
        const struct ir_string *known =
            &g_array_index(body->front->string_list, struct ir_string, string);

        return ir_place_base(IR_BASE_STRING, string, known->type);
    }
    case CXCursor_CompoundLiteralExpr:
        place = body_hidden_local(body, node_type(body, expr), expr);
        lower_into(body, place, node_last(expr), IR_FLAG_INITIALIZER);
        return place;
    case CXCursor_BinaryOperator:
        if (clang_getCursorBinaryOperatorKind(expr->cursor) == CXBinaryOperator_Assign) {
            lower_assignment(body, expr, &place, NULL);
            return place;
        }
        return materialise(body, expr);
    case CXCursor_GenericSelectionExpr:
        return lower_place(body, node_chosen(body, expr));
    case CXCursor_UnexposedExpr:
        if (node_is_choose_expr(body, expr))
            return lower_place(body, node_chosen(body, expr));
        if (node_conversion(body, expr) == CONVERSION_PART) {
            place = lower_place(body, expr->first);
            return ir_place_part(body->arena, &place, node_type(body, expr));
        }
        return materialise(body, expr);
    default:
        return materialise(body, expr);
    }
}
