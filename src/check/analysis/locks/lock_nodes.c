/*
 * Which lock it is. In one function that is an origin; between functions a parameter stands for an argument; and where
 * nobody is left to ask, what remains is the struct and the field that the lock is: its class.
 */
#include <string.h>

#include "analysis/context.h"
#include "analysis/locks/lock_order.h"

/* ------------------------------------------------------------------------------------------ handles */

/* What this value of a handle leads to: clones of one handle all lead to what the first one was made for. */
static const struct origin *behind_handle(struct lock_order *order, struct origins *o, const struct value *v)
{
    struct values *values = analysis_values(order->guards->context, o->fn);
    for (unsigned steps = 0; steps < 8; steps++) {
        v = value_without_casts(v);
        if (v->kind == VALUE_PARAM)
            return origin_deref(o, origin_base(o, ORIGIN_LOCAL, v->index + 1), true);
        if (v->kind != VALUE_CALL)
            return NULL;
        const struct ir_block *block = &o->fn->blocks[v->index];
        const struct ir_call *call = block->terminator.call;
        if (!call->callee || call->callee->has_body)
            return NULL;
        if (!ir_note(call->callee->notes, "result.shares"))
            return origin_base(o, ORIGIN_CALL, v->index);
        struct flow_point at = {v->index, block->statement_count};
        v = value_of_operand(values, at, &call->args[0]);
    }
    return NULL;
}

const struct origin *lock_normalised(struct lock_order *order, struct origins *o, struct flow_point at,
                                     const struct origin *lock)
{
    if (!lock->parent)
        return lock;
    if (lock->kind == ORIGIN_OWNED && lock->parent->kind == ORIGIN_LOCAL) {
        const struct ir_local *local = &o->fn->locals[lock->parent->index];
        if (local->type->kind != IR_TYPE_HANDLE)
            return lock;
        struct ir_place place = {.base = IR_BASE_LOCAL, .base_index = lock->parent->index, .type = local->type};
        const struct origin *content =
            behind_handle(order, o, value_of_place(analysis_values(order->guards->context, o->fn), at, &place));
        return content ? content : lock;
    }
    const struct origin *parent = lock_normalised(order, o, at, lock->parent);
    if (parent == lock->parent)
        return lock;
    return lock->kind == ORIGIN_FIELD ? origin_field(o, parent, lock->record, lock->index)
                                      : origin_deref(o, parent, lock->kind == ORIGIN_OWNED);
}

/* ------------------------------------------------------------------------------------------ callers */

/* The path from `from` down to `lock`, rebuilt on another origin. */
static const struct origin *rebuilt(struct origins *o, const struct origin *lock, const struct origin *from,
                                    const struct origin *to)
{
    if (lock == from)
        return to;
    const struct origin *parent = rebuilt(o, lock->parent, from, to);
    return lock->kind == ORIGIN_FIELD ? origin_field(o, parent, lock->record, lock->index)
                                      : origin_deref(o, parent, lock->kind == ORIGIN_OWNED);
}

/* OWNED of a parameter that is a handle: the innermost part of the path; NULL: it does not begin so. */
static const struct origin *handle_parameter(const struct origins *callee, const struct origin *lock)
{
    for (; lock->parent; lock = lock->parent)
        if (lock->kind == ORIGIN_OWNED && lock->parent->kind == ORIGIN_LOCAL &&
            callee->fn->locals[lock->parent->index].kind == IR_LOCAL_PARAM &&
            callee->fn->locals[lock->parent->index].type->kind == IR_TYPE_HANDLE)
            return lock;
    return NULL;
}

static const struct origin *seen_from(struct lock_order *order, struct origins *caller, uint32_t block,
                                      const struct ir_call *call, struct origins *callee, const struct origin *lock)
{
    struct flow_point at = {block, caller->fn->blocks[block].statement_count};
    const struct origin *content = handle_parameter(callee, lock);
    if (content) {
        uint32_t param = content->parent->index - 1;
        if (param >= call->arg_count || call->args[param].kind == IR_OPERAND_CONST)
            return NULL;
        struct values *values = analysis_values(order->guards->context, caller->fn);
        const struct origin *here = behind_handle(order, caller, value_of_operand(values, at, &call->args[param]));
        if (here)
            return rebuilt(caller, lock, content, here);
    }
    const struct origin_state *state = origins_state(caller, at);
    if (!state->reached)
        return NULL;
    const struct origin_set *set = origins_of_callee(caller, state, call, block, callee, lock);
    bool is_known = set->count == 1 && set->items[0]->kind > ORIGIN_FUNCTION;
    return is_known ? lock_normalised(order, caller, at, set->items[0]) : NULL;
}

/* Of the argument that the lock is reached by: `&shards[2].lock`, `&shards[2]`. */
static void find_element(struct lock_order *order, const struct origins *caller, uint32_t block,
                         const struct ir_call *call, const struct origin *lock, struct order_lock *here)
{
    const struct origin *root = origin_root(lock);
    if (root->kind != ORIGIN_LOCAL || root->index == 0 || root->index - 1 >= call->arg_count)
        return;
    struct flow_point at = {block, caller->fn->blocks[block].statement_count};
    struct values *values = analysis_values(order->guards->context, caller->fn);
    here->has_element = lock_element_of(value_of_operand(values, at, &call->args[root->index - 1]), &here->element);
}

static bool is_cell(const struct ir_record *record)
{
    for (size_t i = 0; i < record->field_count; i++)
        if (record->fields[i].guarded_by && g_str_has_prefix(record->fields[i].guarded_by, "fl_"))
            return true;
    return false;
}

/* `ann.lock`, `m` of a mutex cell, `p` of what an Arc leads to. */
static const char *name_here(const struct origins *o, const struct origin *lock)
{
    if (lock->kind == ORIGIN_FIELD && is_cell(lock->record))
        lock = lock->parent;
    if (lock->kind == ORIGIN_OWNED || lock->kind == ORIGIN_DEREF)
        lock = lock->parent;
    return origin_describe(o, lock);
}

struct order_lock lock_from_callee(struct lock_order *order, struct origins *caller, uint32_t block,
                                   const struct ir_call *call, struct origins *callee, struct order_lock lock)
{
    if (lock.node || !lock.origin)
        return lock;
    const struct origin *root = origin_root(lock.origin);
    bool is_callers = root->kind == ORIGIN_GLOBAL ||
                      (root->kind == ORIGIN_LOCAL && callee->fn->locals[root->index].kind == IR_LOCAL_PARAM);
    struct order_lock here = lock;
    if (is_callers) {
        here.origin = seen_from(order, caller, block, call, callee, lock.origin);
        if (here.origin && !here.has_element)
            find_element(order, caller, block, call, lock.origin, &here);
        if (here.origin) {
            const char *name = name_here(caller, here.origin);
            if (name)
                here.outer = arena_printf(order->arena, "`%s`", name);
            return here;
        }
    }
    here.origin = NULL;
    here.node = lock_settled(order, callee, &lock);
    return here;
}

/* ------------------------------------------------------------------------------------------ settled */

bool lock_element_of(const struct value *address, int64_t *ret_element)
{
    for (const struct value *v = address; v; v = v->base) {
        if (v->kind == VALUE_ELEMENT) {
            if (!v->operand || v->operand->kind != VALUE_CONST)
                return false;
            *ret_element = v->operand->number;
            return true;
        }
        if (v->kind != VALUE_FIELD && !(v->kind == VALUE_UNARY && v->op < 0))
            return false;
    }
    return false;
}

static void write_path(const struct origin *origin, GString *path, GString *class)
{
    if (origin->parent)
        write_path(origin->parent, path, class);
    switch (origin->kind) {
    case ORIGIN_FIELD:
        g_string_append_printf(path, ".%p:%u", (const void *)origin->record, origin->index);
        g_string_append_printf(class, ".%p:%u", (const void *)origin->record, origin->index);
        break;
    case ORIGIN_DEREF:
    case ORIGIN_OWNED:
        g_string_append(path, "*");
        g_string_truncate(class, 0);
        break;
    default:
        g_string_append_printf(path, "%d %u", (int)origin->kind, origin->index);
        break;
    }
}

const struct lock_node *lock_settled(struct lock_order *order, const struct origins *o, const struct order_lock *lock)
{
    if (lock->node || !lock->origin)
        return lock->node;
    const struct origin *root = origin_root(lock->origin);
    if (root->kind <= ORIGIN_FUNCTION)
        return NULL;
    bool is_param = root->kind == ORIGIN_LOCAL && o->fn->locals[root->index].kind == IR_LOCAL_PARAM;
    bool in_loop = root->kind == ORIGIN_CALL && o->cfg->loop_of[root->index] != CFG_NONE;
    bool is_instance = !is_param && !in_loop;
    GString *path = g_string_new(NULL), *class = g_string_new(NULL);
    write_path(lock->origin, path, class);
    if (root->kind != ORIGIN_GLOBAL)
        g_string_append_printf(path, " of %u", o->fn->index);
    const struct lock_node *found = NULL;
    if (!is_instance)
        g_string_assign(path, class->str);
    if (path->len > 0)
        found = g_hash_table_lookup(order->nodes, path->str);
    if (path->len > 0 && !found) {
        struct lock_node *node = ARENA_NEW(order->arena, struct lock_node);
        node->path = arena_printf(order->arena, "%s", path->str);
        node->class = arena_printf(order->arena, "%s", class->str);
        node->is_instance = is_instance;
        node->is_several = !is_instance || origin_has_array(o, lock->origin);
        node->name = lock->name;
        g_hash_table_insert(order->nodes, (gpointer)node->path, node);
        found = node;
    }
    g_string_free(path, TRUE);
    g_string_free(class, TRUE);
    return found;
}

/* A class is a part of a larger one: `lock` of an account that is a field of a bank. */
static bool class_has(const struct lock_node *of, const struct lock_node *class)
{
    size_t whole = strlen(of->class), part = strlen(class->class);
    return part > 0 && part <= whole && strcmp(of->class + whole - part, class->class) == 0;
}

bool lock_nodes_match(const struct order_lock *a, const struct order_lock *b)
{
    if (a->node == b->node)
        return !(a->node->is_instance && a->has_element && b->has_element && a->element != b->element);
    if (a->node->is_instance && b->node->is_instance)
        return false;
    if (a->node->is_instance)
        return class_has(a->node, b->node);
    if (b->node->is_instance)
        return class_has(b->node, a->node);
    return class_has(a->node, b->node) || class_has(b->node, a->node);
}
