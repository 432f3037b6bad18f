/*
 * Block literals, ^(int x) { ... }: a function of its own, and a value made of that function's address and
 * of what the block captures. Captures are the function's first parameters, as pointers, since it owns none
 * of them: the copy that a block has of a variable is const, and `__block` makes it share the variable.
 */
#include "front/body.h"
#include "ir/type_nodes.h"

struct capture {
    const void *decl;
    const char *name;
    const struct ir_type *type; /* of what the block sees: const, unless it is shared */
    struct node *use;           /* the first */
    bool is_shared;
};

bool body_find_capture(struct body *body, CXCursor decl, struct ir_place *ret_place)
{
    for (guint i = 0; body->captures && i < body->captures->len; i++) {
        const struct capture *capture = body->captures->pdata[i];

        if (capture->decl == decl.data[0]) {
            struct ir_place pointer = ir_place_local(body->b, 1 + i);

            *ret_place = ir_place_deref(body->arena, &pointer);
            return true;
        }
    }
    return false;
}

static bool find_variable(struct body *body, CXCursor decl, struct ir_place *ret_place)
{
    uint32_t local;

    if (!body_find_local(body, decl, &local))
        return body_find_capture(body, decl, ret_place);
    *ret_place = ir_place_local(body->b, local);
    return true;
}

static bool is_known(const GPtrArray *captures, const void *decl)
{
    for (guint i = 0; i < captures->len; i++)
        if (((const struct capture *)captures->pdata[i])->decl == decl)
            return true;
    return false;
}

static void find_captures(struct body *body, struct node *node, GPtrArray *captures)
{
    for (; node; node = node->next) {
        struct ir_place place;
        CXCursor decl;

        find_captures(body, node->first, captures);
        if (node->kind != CXCursor_DeclRefExpr)
            continue;
        decl = clang_getCursorReferenced(node->cursor);
        if (is_known(captures, decl.data[0]) || !find_variable(body, decl, &place))
            continue;
        struct capture *capture = ARENA_NEW(body->arena, struct capture);
        CXString name = clang_getCursorSpelling(decl);

        capture->decl = decl.data[0];
        capture->name = arena_strdup(body->arena, clang_getCString(name));
        capture->use = node;
        capture->is_shared = !clang_isConstQualifiedType(clang_getCursorType(node->cursor));
        capture->type = capture->is_shared
                            ? place.type
                            : front_qualified(body->front, place.type, IR_QUAL_CONST);
        clang_disposeString(name);
        g_ptr_array_add(captures, capture);
    }
}

/* The block's function, with its captures in front of its parameters. */
static struct ir_function *make_function(struct body *body, struct node *expr, struct node *decl,
                                         const struct ir_type *type, const GPtrArray *captures)
{
    struct front *front = body->front;
    struct ir_function *fn = ARENA_NEW(front->arena, struct ir_function);
    size_t count = captures->len + type->param_count;
    const struct ir_type **params = ARENA_ARRAY(front->arena, const struct ir_type *, count + 1);
    struct ir_param_notes *notes = ARENA_ARRAY(front->arena, struct ir_param_notes, count + 1);
    const char **names = ARENA_ARRAY(front->arena, const char *, count + 1);
    struct ir_type key = { .kind = IR_TYPE_FUNCTION,
                           .target = type->target,
                           .params = params,
                           .param_count = count,
                           .is_variadic = type->is_variadic };
    struct node *param = decl->first;

    fn->notes = front_notes(front, decl->cursor);
    for (size_t i = 0; i < count; i++) {
        notes[i].notes = fn->notes;
        if (i < captures->len) {
            const struct capture *capture = captures->pdata[i];

            params[i] = front_pointer_to(front, capture->type);
            names[i] = capture->name;
            continue;
        }
        params[i] = type->params[i - captures->len];
        while (param && param->kind != CXCursor_ParmDecl)
            param = param->next;
        if (param) {
            CXString name = clang_getCursorSpelling(param->cursor);

            names[i] = arena_strdup(front->arena, clang_getCString(name));
            notes[i].notes = front_notes(front, param->cursor);
            clang_disposeString(name);
            param = param->next;
        }
    }
    fn->index = front->function_list->len;
    g_ptr_array_add(front->function_list, fn);
    fn->name = arena_printf(front->arena, "%s.block%u", body->fn->name, ++body->block_count);
    fn->type = type_node(front->nodes, &key);
    fn->params = notes;
    fn->param_names = names;
    fn->span = node_span(body, expr);
    fn->span.end = MIN(fn->span.end, fn->span.begin + 1); /* the ^ */
    fn->is_static = true;
    fn->is_variadic = type->is_variadic;
    fn->in_system_header = body->fn->in_system_header;
    return fn;
}

/* What the value holds of a capture: its address when it is shared, else its value now. */
static struct ir_operand capture_operand(struct body *body, const struct capture *capture,
                                         CXCursor decl)
{
    struct ir_place place;

    find_variable(body, decl, &place);
    if (!capture->is_shared)
        return ir_operand_copy(place, node_span(body, capture->use));
    return lower_to_temp(
        body, ir_rvalue_address(place, front_pointer_to(body->front, place.type)), capture->use);
}

struct ir_rvalue lower_block(struct body *body, struct node *expr)
{
    struct node *decl = expr->first, *block = node_last(decl);
    const struct ir_type *type = node_type(body, expr);
    GPtrArray *captures;
    struct ir_function *fn;
    struct ir_operand *operands;
    struct ir_rvalue value;

    if (!block || block->kind != CXCursor_CompoundStmt || type->kind != IR_TYPE_BLOCK ||
        type->target->kind != IR_TYPE_FUNCTION)
        return lower_unknown(body, expr, "block");
    captures = g_ptr_array_new();
    find_captures(body, decl->first, captures);
    fn = make_function(body, expr, decl, type->target, captures);
    operands = g_new(struct ir_operand, captures->len + 1);
    operands[0] = lower_to_temp(
        body,
        ir_rvalue_address(ir_place_base(IR_BASE_FUNCTION, fn->index, fn->type),
                          front_pointer_to(body->front, fn->type)),
        expr);
    for (guint i = 0; i < captures->len; i++) {
        const struct capture *capture = captures->pdata[i];

        operands[1 + i] =
            capture_operand(body, capture, clang_getCursorReferenced(capture->use->cursor));
    }
    value = ir_rvalue_builtin(body->arena, "block", operands, captures->len + 1, type);
    g_free(operands);
    lower_body_of_block(body, fn, decl, captures);
    g_ptr_array_free(captures, TRUE);
    return value;
}
