/*
 * Calls of functions, named or through a pointer.
 */
#include <string.h>

#include "front/body.h"

/* The function's name in f(x), (f)(x), (&f)(x), (*f)(x); NULL when it is a value. */
static struct node *named_callee(struct body *body, struct node *call)
{
    struct node *callee = call->first;

    (void)body;
    while (callee) {
        if (callee->kind == CXCursor_DeclRefExpr)
            return callee;
        if ((callee->kind == CXCursor_UnexposedExpr || callee->kind == CXCursor_ParenExpr) &&
            callee->child_count == 1)
            callee = callee->first;
        else
            return NULL;
    }
    return NULL;
}

const struct ir_function *node_callee(struct body *body, struct node *call)
{
    struct node *name = call->kind == CXCursor_CallExpr ? named_callee(body, call) : NULL;
    CXCursor decl;

    if (!name)
        return NULL;
    decl = clang_getCursorReferenced(name->cursor);
    return decl.kind == CXCursor_FunctionDecl ? front_function(body->front, decl) : NULL;
}

const char *node_callee_name(struct body *body, struct node *call)
{
    const struct ir_function *fn = node_callee(body, call);

    return fn && fn->name ? fn->name : "";
}

void lower_arms(struct body *body, struct node *first, struct ir_operand *operands, uint32_t count)
{
    uint32_t group = count > 1 ? ir_build_arm_group(body->b) : 0;

    for (uint32_t i = 0; i < count; i++, first = first->next) {
        if (count > 1) {
            struct ir_arm_mark mark = ir_build_arm_begin(body->b, group);

            operands[i] = lower_operand(body, first);
            ir_build_arm_end(body->b, mark);
        } else {
            operands[i] = lower_operand(body, first);
        }
    }
}

/* The callee of a call through a value: &f of a named function after all, or a pointer's value. */
static void lower_callee(struct body *body, struct node *callee, struct ir_call *call)
{
    struct ir_rvalue value = lower_rvalue(body, callee);

    if (value.kind == IR_RV_ADDRESS_OF && value.place.base == IR_BASE_FUNCTION &&
        value.place.projection_count == 0) {
        call->callee = body->front->function_list->pdata[value.place.base_index];
        return;
    }
    call->pointer = lower_simple(body, value, callee);
}

/* ---------------------------------------------------------------------- notes through function pointers */

struct noted_params {
    struct front *front;
    struct ir_param_notes *notes;
    size_t count, found;
    bool any;
};

static enum CXChildVisitResult visit_param(CXCursor cursor, CXCursor parent, CXClientData data)
{
    struct noted_params *params = data;

    (void)parent;
    if (clang_getCursorKind(cursor) != CXCursor_ParmDecl)
        return CXChildVisit_Continue;
    if (params->found < params->count) {
        params->notes[params->found].notes = front_notes(params->front, cursor);
        params->any |= params->notes[params->found].notes[0] != NULL;
    }
    params->found++;
    return CXChildVisit_Continue;
}

static bool read_params_of(struct noted_params *params, CXCursor decl)
{
    params->found = 0;
    clang_visitChildren(decl, visit_param, params);
    return params->found > 0;
}

/* The variable or field that holds the pointer, in p(x), (*p)(x), o->p(x), table[i](x). */
static CXCursor declaration_of_pointer(struct node *callee)
{
    while (callee && callee->first && callee->kind != CXCursor_DeclRefExpr && callee->kind != CXCursor_MemberRefExpr)
        callee = callee->first;
    return callee ? clang_getCursorReferenced(callee->cursor) : clang_getNullCursor();
}

/* `typedef void (*taker)(text t FL_MOVED)`: the parameters are children of the typedef, which the type still names. */
static CXCursor typedef_of(CXType type)
{
    for (unsigned depth = 0; depth < 16; depth++) {
        if (type.kind == CXType_Elaborated)
            type = clang_Type_getNamedType(type);
        else if (type.kind == CXType_Pointer)
            type = clang_getPointeeType(type);
        else if (type.kind == CXType_Typedef)
            return clang_getTypeDeclaration(type);
        else if (clang_getArrayElementType(type).kind != CXType_Invalid)
            type = clang_getArrayElementType(type);
        else
            break;
    }
    return clang_getNullCursor();
}

/* Annotations are of declarations, not of types: what was written where the pointer, or its type, was declared. */
static const struct ir_param_notes *notes_of_pointer(struct body *body, struct node *callee, size_t count)
{
    static const char *const no_notes[] = { NULL };
    struct noted_params params = { .front = body->front, .count = count };
    CXCursor decl = declaration_of_pointer(callee);
    bool found;

    if (count == 0 || clang_Cursor_isNull(decl))
        return NULL;
    params.notes = ARENA_ARRAY(body->front->arena, struct ir_param_notes, count);
    for (size_t i = 0; i < count; i++)
        params.notes[i].notes = no_notes;
    found = read_params_of(&params, decl);
    CXType type = clang_getCursorType(decl);
    for (unsigned depth = 0; !found && depth < 16; depth++) {
        decl = typedef_of(type);
        if (clang_Cursor_isNull(decl))
            break;
        found = read_params_of(&params, decl);
        type = clang_getTypedefDeclUnderlyingType(decl);
    }
    return found && params.found <= count && params.any ? params.notes : NULL;
}

void call_fill(struct body *body, struct node *expr, struct ir_call *call)
{
    struct node *callee = expr->first;

    call->callee = node_callee(body, expr);
    call->callee_span = node_span(body, callee);
    call->arg_count = expr->child_count - 1;
    if (call->arg_count)
        call->args = ARENA_ARRAY(body->arena, struct ir_operand, call->arg_count);
    if (!call->callee) {
        uint32_t group = ir_build_arm_group(body->b);
        struct ir_arm_mark mark = ir_build_arm_begin(body->b, group);

        lower_callee(body, callee, call);
        ir_build_arm_end(body->b, mark);
        if (!call->callee)
            call->pointer_params = notes_of_pointer(body, callee, call->arg_count);
    }
    lower_arms(body, callee->next, call->args, call->arg_count);
}

struct ir_rvalue lower_call(struct body *body, struct node *expr, const struct ir_place *dest,
                            bool unused, unsigned flags)
{
    const struct ir_type *type = node_type(body, expr);
    struct ir_call call = { .mode = IR_CALL_PLAIN };
    struct span span = node_span(body, expr);
    struct ir_rvalue value = value_none(body);
    const char *name;
    bool returns;

    if (!expr->first)
        return lower_unknown(body, expr, "call");
    name = node_callee_name(body, expr);
    if (name[0] == '_' && name[1] == '_' && lower_builtin_call(body, expr, name, &value))
        return value;
    call_fill(body, expr, &call);
    if (dest) {
        call.dest = *dest;
        call.has_dest = true;
    } else if (unused || type->kind == IR_TYPE_VOID) {
        call.result_unused = type->kind != IR_TYPE_VOID;
    } else {
        call.dest = ir_place_local(body->b, ir_build_temp(body->b, type->unqualified, span));
        call.has_dest = true;
        value = ir_rvalue_use(body->arena, ir_operand_copy(call.dest, span));
    }
    returns = !(call.callee && call.callee->is_noreturn);
    ir_build_call(body->b, &call, returns, span, flags | node_flags(body, expr));
    return value;
}
