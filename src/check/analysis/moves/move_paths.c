#include "analysis/moves/move_paths.h"

/* -------------------------------------------------------------------------------------------- roots */

static void add_ref(struct move_paths *paths, const struct value *address, uint32_t root, uint32_t node)
{
    struct move_ref *ref = g_new0(struct move_ref, 1);
    ref->root = root;
    ref->node = node;
    ref->is_exact = true;
    g_hash_table_insert(paths->by_address, (gpointer)(uintptr_t)address, ref);
}

static void add_root(struct move_paths *paths, const struct value *address)
{
    const struct ir_function *fn = paths->fn;
    if (g_hash_table_contains(paths->by_address, address))
        return;
    struct move_root root = { .nodes = g_array_new(FALSE, TRUE, sizeof(struct move_node)) };
    struct move_node node = {
        .parent = MOVE_NODE_NONE,
        .first_child = MOVE_NODE_NONE,
        .next_sibling = MOVE_NODE_NONE,
    };
    if (address->kind == VALUE_LOCAL) {
        const struct ir_local *local = &fn->locals[address->index];
        root.local = address->index;
        root.is_param = local->kind == IR_LOCAL_PARAM;
        node.type = local->type;
        node.type_name = local->type_name;
        node.name = local->hidden ? NULL : local->name;
    } else {
        const struct ir_local *local = &fn->locals[address->index + 1];
        root.local = address->index + 1;
        root.is_pointee = true;
        node.type = local->type->target;
        node.name = local->name ? arena_printf(paths->analysis->unit->arena, "*%s", local->name) : NULL;
    }
    if (!node.type_name)
        node.type_name = node.type ? node.type->name : NULL;
    g_array_append_val(root.nodes, node);
    g_array_append_val(paths->roots, root);
    add_ref(paths, address, paths->roots->len - 1, 0);
}

/* A place somebody moves or drops explicitly is followed whatever its type. */
static void add_root_of_value(struct move_paths *paths, const struct value *address)
{
    const struct value *root = value_root(address);
    if (root->kind == VALUE_LOCAL && local_is_named(&paths->fn->locals[root->index]))
        add_root(paths, root);
    else if (root->kind == VALUE_PARAM && root->type && root->type->kind == IR_TYPE_POINTER)
        add_root(paths, root);
}

static void add_root_of(struct move_paths *paths, struct flow_point at, const struct ir_place *place)
{
    add_root_of_value(paths, value_address(paths->values, at, place));
}

static void add_declared_roots(struct move_paths *paths)
{
    const struct ir_function *fn = paths->fn;
    for (uint32_t l = 1; l < fn->local_count; l++) {
        const struct ir_local *local = &fn->locals[l];
        if (!local_is_named(local) || !local->type)
            continue;
        struct ir_place place = { .base = IR_BASE_LOCAL, .base_index = l, .type = local->type };
        struct flow_point start = { 0, 0 };
        if (ir_type_contains_owned(local->type))
            add_root(paths, value_address(paths->values, start, &place));
        if (local->kind == IR_LOCAL_PARAM && local->type->kind == IR_TYPE_POINTER && local->type->target &&
            ir_type_contains_owned(local->type->target)) {
            const struct value *pointee = value_of_place(paths->values, start, &place);
            if (pointee->kind == VALUE_PARAM)
                add_root(paths, pointee);
        }
    }
}

/* -------------------------------------------------------------------------------------------- nodes */

static uint32_t child_node(struct move_paths *paths, uint32_t root, uint32_t parent, const struct value *address)
{
    GArray *nodes = move_root(paths, root)->nodes;
    struct move_node *above = &g_array_index(nodes, struct move_node, parent);
    const struct ir_field *field = &address->record->fields[address->index];
    struct move_node node = {
        .parent = parent,
        .first_child = MOVE_NODE_NONE,
        .next_sibling = above->first_child,
        .record = address->record,
        .field = address->index,
        .type = field->type,
        .type_name = field->type_name ? field->type_name : field->type->name,
        .name = above->name && field->name
                    ? arena_printf(paths->analysis->unit->arena, "%s.%s", above->name, field->name)
                    : above->name,
    };
    if (above->parent == MOVE_NODE_NONE && move_root(paths, root)->is_pointee && above->name && field->name)
        node.name = arena_printf(paths->analysis->unit->arena, "%s->%s", above->name + 1, field->name);
    above->first_child = nodes->len;
    g_array_append_val(nodes, node);
    return nodes->len - 1;
}

/* Makes the nodes for a chain of fields below a root; stops at what is one node as a whole. */
static void add_nodes(struct move_paths *paths, const struct value *address)
{
    if (address->kind != VALUE_FIELD || g_hash_table_contains(paths->by_address, address))
        return;
    add_nodes(paths, address->base);
    const struct move_ref *base = g_hash_table_lookup(paths->by_address, address->base);
    if (!base || address->record->is_union)
        return;
    struct move_node *node = move_node(paths, base->root, base->node);
    if (!node->type || node->type->unqualified->kind != IR_TYPE_RECORD || node->type->unqualified->record != address->record)
        return; /* seen through a cast */
    uint32_t root = base->root;
    add_ref(paths, address, root, child_node(paths, root, base->node, address));
}

static void add_nodes_of(struct move_paths *paths, struct flow_point at, const struct ir_place *place)
{
    add_nodes(paths, value_address(paths->values, at, place));
}

/* ---------------------------------------------------------------------------------------- collecting */

typedef void place_visitor(struct move_paths *paths, struct flow_point at, const struct ir_place *place);

static void visit_moves(struct move_paths *paths, struct flow_point at, const struct ir_operand *operands, uint32_t count,
                        place_visitor *visit)
{
    for (uint32_t i = 0; i < count; i++)
        if (operands[i].kind == IR_OPERAND_MOVE)
            visit(paths, at, &operands[i].place);
}

/* Every place that is moved, dropped or forgotten. */
static void visit_explicit(struct move_paths *paths, place_visitor *visit)
{
    for (uint32_t i = 0; i < paths->cfg->order_count; i++) {
        uint32_t b = paths->cfg->order[i];
        const struct ir_block *block = &paths->fn->blocks[b];
        for (uint32_t s = 0; s < block->statement_count; s++) {
            const struct ir_statement *statement = &block->statements[s];
            struct flow_point at = { b, s };
            if (statement->kind == IR_ST_DROP || statement->kind == IR_ST_FORGET)
                visit(paths, at, &statement->place);
            else if (statement->kind == IR_ST_ASSIGN)
                visit_moves(paths, at, statement->value.operands, statement->value.operand_count, visit);
        }
        if (block->terminator.kind == IR_TERM_CALL)
            visit_moves(paths, (struct flow_point){ b, block->statement_count }, block->terminator.call->args,
                        block->terminator.call->arg_count, visit);
    }
}

/* Every place that is written, and what calls consume or initialise through a pointer. */
static void visit_written(struct move_paths *paths)
{
    for (uint32_t i = 0; i < paths->cfg->order_count; i++) {
        uint32_t b = paths->cfg->order[i];
        const struct ir_block *block = &paths->fn->blocks[b];
        for (uint32_t s = 0; s < block->statement_count; s++) {
            const struct ir_statement *statement = &block->statements[s];
            if (statement->kind == IR_ST_ASSIGN || statement->kind == IR_ST_ZERO)
                add_nodes_of(paths, (struct flow_point){ b, s }, &statement->place);
        }
        if (block->terminator.kind != IR_TERM_CALL)
            continue;
        const struct ir_call *call = block->terminator.call;
        struct flow_point at = { b, block->statement_count };
        if (call->has_dest)
            add_nodes_of(paths, at, &call->dest);
        for (uint32_t a = 0; a < call->arg_count; a++) {
            if (!call->args[a].type || call->args[a].type->kind != IR_TYPE_POINTER)
                continue;
            struct param_summary ps = summary_argument_at(paths->analysis, paths->values, at, call, a);
            if (ps.moved.when == EFFECT_NEVER && ps.initialised.when == EFFECT_NEVER)
                continue;
            const struct value *pointer = value_of_operand(paths->values, at, &call->args[a]);
            if (ps.moved.when != EFFECT_NEVER && call->args[a].type->target &&
                call->args[a].type->target->unqualified->kind == IR_TYPE_RECORD)
                add_root_of_value(paths, pointer);
            add_nodes(paths, pointer);
        }
    }
}

/* ------------------------------------------------------------------------------------------- public */

static void root_clear(void *root)
{
    g_array_free(((struct move_root *)root)->nodes, TRUE);
}

static bool is_owned_in_memory(const struct ir_operand *operand)
{
    return operand->kind == IR_OPERAND_COPY && operand->type && ir_type_contains_owned(operand->type) &&
           (operand->place.base == IR_BASE_GLOBAL || ir_place_has_deref(&operand->place));
}

/* `use(n->name)`, `return global;`: what is copied out of memory has no place here, either. */
static bool copies_from_memory(const struct ir_block *block)
{
    for (uint32_t s = 0; s < block->statement_count; s++)
        if (block->statements[s].kind == IR_ST_ASSIGN && block->statements[s].value.kind == IR_RV_USE &&
            is_owned_in_memory(&block->statements[s].value.operands[0]))
            return true;
    if (block->terminator.kind == IR_TERM_CALL)
        for (uint32_t a = 0; a < block->terminator.call->arg_count; a++)
            if (is_owned_in_memory(&block->terminator.call->args[a]))
                return true;
    return false;
}

/* A result that nobody keeps has no place, and still must be dropped by somebody. */
static bool handles_owned(const struct ir_function *fn)
{
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_terminator *term = &fn->blocks[b].terminator;
        if (copies_from_memory(&fn->blocks[b]))
            return true;
        if (term->kind != IR_TERM_CALL)
            continue;
        const struct ir_type *result = term->call->callee ? term->call->callee->type->target : NULL;
        if (term->call->has_dest)
            result = term->call->dest.type;
        if (result && ir_type_contains_owned(result))
            return true;
    }
    return false;
}

struct move_paths *move_paths_new(struct analysis *analysis, const struct ir_function *fn)
{
    struct move_paths *paths = g_new0(struct move_paths, 1);
    paths->analysis = analysis;
    paths->fn = fn;
    paths->cfg = analysis_cfg(analysis, fn);
    paths->values = analysis_values(analysis, fn);
    paths->roots = g_array_new(FALSE, TRUE, sizeof(struct move_root));
    g_array_set_clear_func(paths->roots, root_clear);
    paths->by_address = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    add_declared_roots(paths);
    visit_explicit(paths, add_root_of);
    visit_written(paths);
    visit_explicit(paths, add_nodes_of);
    if (paths->roots->len == 0 && !handles_owned(fn)) {
        move_paths_free(paths);
        return NULL;
    }
    return paths;
}

void move_paths_free(struct move_paths *paths)
{
    if (!paths)
        return;
    g_array_free(paths->roots, TRUE);
    g_hash_table_destroy(paths->by_address);
    g_free(paths);
}

bool move_paths_find_address(const struct move_paths *paths, const struct value *address, struct move_ref *ret)
{
    bool exact = true, element = false, member = false;
    for (;;) {
        const struct move_ref *found = g_hash_table_lookup(paths->by_address, address);
        if (found) {
            *ret = (struct move_ref){ found->root, found->node, exact, element, member && !element };
            return true;
        }
        if (address->kind == VALUE_ELEMENT)
            element = true;
        else if (address->kind != VALUE_FIELD)
            return false;
        else
            member = address->record->is_union; /* the outermost field decides: the member itself, not a part of it */
        exact = false;
        address = address->base;
    }
}

bool move_paths_find(const struct move_paths *paths, struct flow_point at, const struct ir_place *place,
                     struct move_ref *ret)
{
    return move_paths_find_address(paths, value_address(paths->values, at, place), ret);
}
