/*
 * A function's body: the result and the parameters, the statements, the end.
 */
#include "front/body.h"

static void add_param(struct body *body, uint32_t index, CXCursor param)
{
    struct ir_function *fn = body->fn;
    uint32_t local = ir_build_local(body->b, IR_LOCAL_PARAM, fn->param_names[index],
                                    front_variable_type(body->front, param),
                                    front_name_span(body->front, param));
    struct ir_local *made = ir_build_local_at(body->b, local);

    made->type_name = front_type_name(body->front, clang_getCursorType(param));
    made->scope_end = fn->body_end;
    made->notes = fn->params[index].notes;
    g_hash_table_insert(body->locals, (gpointer)param.data[0], GUINT_TO_POINTER(local + 1));
}

/* A parameter that the type knows and the definition does not show cannot be named by the body. */
static void add_params(struct body *body, CXCursor definition)
{
    struct ir_function *fn = body->fn;
    int count = clang_Cursor_getNumArguments(definition);

    for (uint32_t i = 0; i < fn->type->param_count; i++) {
        if ((int)i < count)
            add_param(body, i, clang_Cursor_getArgument(definition, i));
        else
            ir_build_local(body->b, IR_LOCAL_PARAM, NULL, fn->type->params[i], fn->span);
    }
    fn->param_count = (uint32_t)fn->type->param_count;
}

/* What a block captured comes first, as pointers; then its own parameters. */
static void add_block_params(struct body *body)
{
    uint32_t index = 0;

    for (; index < body->captures->len; index++) {
        uint32_t local = ir_build_local(body->b, IR_LOCAL_PARAM, body->fn->param_names[index],
                                        body->fn->type->params[index], body->fn->span);

        ir_build_local_at(body->b, local)->type_name = body->fn->type->params[index]->name;
        ir_build_local_at(body->b, local)->scope_end = body->fn->body_end;
    }
    for (struct node *child = body->root->first; child; child = child->next)
        if (child->kind == CXCursor_ParmDecl && index < body->fn->type->param_count)
            add_param(body, index++, child->cursor);
    for (; index < body->fn->type->param_count; index++)
        ir_build_local(body->b, IR_LOCAL_PARAM, NULL, body->fn->type->params[index], body->fn->span);
    body->fn->param_count = index;
}

/* main without a return gives 0. */
static void fall_off_the_end(struct body *body)
{
    struct ir_builder *b = body->b;

    if (!ir_build_is_open(b))
        return;
    if (body->fn->name && g_str_equal(body->fn->name, "main") &&
        b->locals[0].type->kind == IR_TYPE_INT)
        ir_build_assign(b, ir_place_local(b, 0),
                        ir_rvalue_use(body->arena,
                                      ir_operand_int(0, b->locals[0].type, body->fn->body_end)),
                        body->fn->body_end, IR_FLAG_SYNTHETIC);
    ir_build_terminator(b, IR_TERM_RETURN, body->fn->body_end, 0);
}

/* Parameters such as int a[n++] compute their sizes first. */
static void lower_param_sizes(struct body *body)
{
    for (struct node *param = body->root->first; param; param = param->next) {
        if (param->kind != CXCursor_ParmDecl || !param->first)
            continue;
        for (struct node *size = param->first; size; size = size->next)
            if (clang_isExpression(size->kind) && size->kind != CXCursor_IntegerLiteral &&
                size->kind != CXCursor_ParenExpr)
                lower_discard(body, size);
    }
}

/* Between making a body and freeing it; the tree it is read from is the caller's. */
static void lower_body(struct body *body, CXCursor parameters, struct node *block)
{
    struct ir_function *fn = body->fn;

    fn->has_body = true;
    fn->body_end = front_end_brace(body->front, block->cursor);
    body->block_end = fn->body_end;
    body->locals = g_hash_table_new(NULL, NULL);
    body->labels = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    body->taken_labels = g_ptr_array_new();
    body->pending = pending_jumps_new();
    body->int_type = front_int_type(body->front);
    body->void_type = front_void_type(body->front);
    body->b = ir_builder_new(body->arena, fn);
    ir_build_local(body->b, IR_LOCAL_RESULT, NULL, fn->type->target->unqualified, fn->span);
    if (body->outer)
        add_block_params(body);
    else
        add_params(body, parameters);
    lower_param_sizes(body);
    lower_compound_statement(body, block);
    fall_off_the_end(body);
    label_resolve_all(body);
    ir_builder_finish(body->b);
    g_hash_table_destroy(body->locals);
    g_hash_table_destroy(body->labels);
    g_ptr_array_free(body->taken_labels, TRUE);
    if (body->label_statements)
        g_ptr_array_free(body->label_statements, TRUE);
    g_array_free(body->pending, TRUE);
    printed_free(body->printed);
}

void front_lower_body(struct front *front, struct ir_function *fn, CXCursor definition)
{
    struct tree *tree = tree_new();
    struct body body = { .front = front, .arena = front->arena, .fn = fn };
    struct node *block;

    body.root = tree_read(tree, definition);
    block = node_last(body.root);
    if (block && block->kind == CXCursor_CompoundStmt)
        lower_body(&body, definition, block);
    tree_free(tree);
}

void lower_body_of_block(struct body *outer, struct ir_function *fn, struct node *root,
                         GPtrArray *captures)
{
    struct body body = { .front = outer->front,
                         .arena = outer->arena,
                         .fn = fn,
                         .outer = outer,
                         .root = root,
                         .captures = captures };

    lower_body(&body, clang_getNullCursor(), node_last(root));
}
