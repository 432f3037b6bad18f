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

void front_lower_body(struct front *front, struct ir_function *fn, CXCursor definition)
{
    struct tree *tree = tree_new();
    struct body body = { .front = front,
                         .arena = front->arena,
                         .fn = fn,
                         .root = tree_read(tree, definition),
                         .locals = g_hash_table_new(NULL, NULL),
                         .labels = g_hash_table_new_full(NULL, NULL, NULL, g_free),
                         .taken_labels = g_ptr_array_new(),
                         .pending = pending_jumps_new(),
                         .int_type = front_int_type(front),
                         .void_type = front_void_type(front) };
    struct node *block = node_last(body.root);

    if (block && block->kind == CXCursor_CompoundStmt) {
        fn->has_body = true;
        fn->body_end = front_end_brace(front, block->cursor);
        body.block_end = fn->body_end;
        body.b = ir_builder_new(front->arena, fn);
        ir_build_local(body.b, IR_LOCAL_RESULT, NULL, fn->type->target->unqualified, fn->span);
        add_params(&body, definition);
        lower_param_sizes(&body);
        lower_compound_statement(&body, block);
        fall_off_the_end(&body);
        label_resolve_all(&body);
        ir_builder_finish(body.b);
    }
    g_hash_table_destroy(body.locals);
    g_hash_table_destroy(body.labels);
    g_ptr_array_free(body.taken_labels, TRUE);
    if (body.label_statements)
        g_ptr_array_free(body.label_statements, TRUE);
    g_array_free(body.pending, TRUE);
    printed_free(body.printed);
    tree_free(tree);
}
