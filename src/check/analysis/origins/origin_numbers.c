/*
 * Which integers are more than numbers.
 *
 * A long may hold an address (uintptr_t) or say which thread is meant (pthread_t); almost all of them count something.
 * What a counter held at a function's entry needs no name, and names for it are dear: each cell of memory would have one.
 *
 * The unit's integer variables and fields are put into classes: those that are copied to each other by assignments, calls
 * and returns, and all that are reached through pointers to integers. A class is more than a number when one of its members
 * is cast to a pointer or from one, or given to a function that joins or detaches a thread. After Steensgaard (Points-to
 * analysis in almost linear time, 1996), for integers alone. What is reckoned (`a + b`) is a number.
 */
#include "analysis/origins/origin_parts.h"

enum { NO_NODE = 0, POINTED_TO = 1, FIRST_NODE = 2 };

struct origin_numbers {
    const struct ir_unit *unit;
    uint32_t *locals;    /* by function: node of its local 0 */
    uint32_t globals;    /* node of the first */
    GHashTable *fields;  /* struct ir_field -> node */
    GArray *parents;     /* by node: uint32_t, itself when it stands for its class */
    GArray *is_address;  /* by node that stands for its class: gboolean */
};

static uint32_t class_of(const struct origin_numbers *n, uint32_t node)
{
    uint32_t *parents = (uint32_t *)(void *)n->parents->data;
    while (parents[node] != node) {
        parents[node] = parents[parents[node]];
        node = parents[node];
    }
    return node;
}

static uint32_t add_nodes(struct origin_numbers *n, uint32_t count)
{
    uint32_t first = n->parents->len;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t node = first + i;
        gboolean no = FALSE;
        g_array_append_val(n->parents, node);
        g_array_append_val(n->is_address, no);
    }
    return first;
}

static void note_address(struct origin_numbers *n, uint32_t node)
{
    if (node != NO_NODE)
        g_array_index(n->is_address, gboolean, class_of(n, node)) = TRUE;
}

static void unite(struct origin_numbers *n, uint32_t a, uint32_t b)
{
    if (a == NO_NODE || b == NO_NODE)
        return;
    a = class_of(n, a);
    b = class_of(n, b);
    if (a == b)
        return;
    g_array_index(n->parents, uint32_t, b) = a;
    g_array_index(n->is_address, gboolean, a) |= g_array_index(n->is_address, gboolean, b);
}

static uint32_t field_node(struct origin_numbers *n, const struct ir_record *record, uint32_t index)
{
    const struct ir_field *field = &record->fields[index];
    gpointer known = g_hash_table_lookup(n->fields, field);
    if (known)
        return GPOINTER_TO_UINT(known);
    uint32_t node = add_nodes(n, 1);
    if (record->is_union)
        note_address(n, node); /* what another member puts there */
    g_hash_table_insert(n->fields, (gpointer)field, GUINT_TO_POINTER(node));
    return node;
}

static bool is_integer(const struct ir_type *type)
{
    while (type && (type->kind == IR_TYPE_ARRAY || type->kind == IR_TYPE_ATOMIC))
        type = type->target;
    return type && type->kind == IR_TYPE_INT && origin_type_may_hold(type);
}

/* Elements of an array are one. */
static uint32_t place_node(struct origin_numbers *n, const struct ir_function *fn, const struct ir_place *place)
{
    if (!is_integer(place->type))
        return NO_NODE;
    for (uint32_t i = place->projection_count; i > 0; i--) {
        const struct ir_projection *p = &place->projections[i - 1];
        if (p->kind == IR_PROJ_FIELD)
            return field_node(n, p->record, p->index);
        if (p->kind == IR_PROJ_DEREF)
            return POINTED_TO;
    }
    if (place->base == IR_BASE_LOCAL)
        return n->locals[fn->index] + place->base_index;
    return place->base == IR_BASE_GLOBAL ? n->globals + place->base_index : NO_NODE;
}

static uint32_t operand_node(struct origin_numbers *n, const struct ir_function *fn, const struct ir_operand *operand)
{
    return operand->kind == IR_OPERAND_CONST ? NO_NODE : place_node(n, fn, &operand->place);
}

static void see_assignment(struct origin_numbers *n, const struct ir_function *fn, const struct ir_statement *st)
{
    const struct ir_rvalue *value = &st->value;
    uint32_t dest = place_node(n, fn, &st->place);
    if (value->kind == IR_RV_ADDRESS_OF)
        unite(n, POINTED_TO, place_node(n, fn, &value->place));
    if (value->kind != IR_RV_USE && value->kind != IR_RV_CAST)
        return;
    const struct ir_operand *from = &value->operands[0];
    uint32_t source = operand_node(n, fn, from);
    unite(n, dest, source);
    bool from_pointer = from->type && ir_type_is_pointer_like(from->type), to_pointer = ir_type_is_pointer_like(value->type);
    if (value->kind == IR_RV_CAST && from_pointer != to_pointer) {
        note_address(n, dest);
        note_address(n, source);
    }
}

static void see_atomic(struct origin_numbers *n, const struct ir_function *fn, const struct ir_statement *st)
{
    uint32_t object = place_node(n, fn, &st->place);
    if (st->atomic->has_result)
        unite(n, object, place_node(n, fn, &st->atomic->result));
    for (uint32_t i = 0; i < st->atomic->operand_count; i++)
        unite(n, object, operand_node(n, fn, &st->atomic->operands[i]));
}

static void see_call(struct origin_numbers *n, const struct ir_function *fn, const struct ir_call *call)
{
    const struct ir_function *callee = call->callee;
    if (!callee)
        return;
    for (uint32_t i = 0; i < call->arg_count && i < callee->type->param_count; i++) {
        const char *const *notes = callee->params[i].notes;
        uint32_t arg = operand_node(n, fn, &call->args[i]);
        if (callee->has_body && is_integer(callee->locals[i + 1].type))
            unite(n, arg, n->locals[callee->index] + i + 1);
        if (ir_note(notes, "joined") || ir_note(notes, "detached"))
            note_address(n, arg);
        if (ir_note(notes, "thread_out"))
            note_address(n, POINTED_TO);
    }
    uint32_t dest = call->has_dest ? place_node(n, fn, &call->dest) : NO_NODE;
    if (callee->has_body && is_integer(callee->locals[0].type))
        unite(n, dest, n->locals[callee->index]);
    if (ir_note(callee->notes, "thread_result"))
        note_address(n, dest);
}

static void see_function(struct origin_numbers *n, const struct ir_function *fn)
{
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++)
            if (block->statements[i].kind == IR_ST_ASSIGN)
                see_assignment(n, fn, &block->statements[i]);
            else if (block->statements[i].kind == IR_ST_ATOMIC)
                see_atomic(n, fn, &block->statements[i]);
        if (block->terminator.kind == IR_TERM_CALL)
            see_call(n, fn, block->terminator.call);
    }
}

struct origin_numbers *origin_numbers_new(const struct ir_unit *unit)
{
    struct origin_numbers *n = g_new0(struct origin_numbers, 1);
    n->unit = unit;
    n->fields = g_hash_table_new(NULL, NULL);
    n->parents = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    n->is_address = g_array_new(FALSE, FALSE, sizeof(gboolean));
    n->locals = g_new0(uint32_t, unit->function_count + 1);
    add_nodes(n, FIRST_NODE);
    for (uint32_t f = 0; f < unit->function_count; f++)
        n->locals[f] = add_nodes(n, unit->functions[f]->local_count);
    n->globals = add_nodes(n, unit->global_count);
    for (uint32_t f = 0; f < unit->function_count; f++)
        if (unit->functions[f]->has_body && !unit->functions[f]->is_broken)
            see_function(n, unit->functions[f]);
    return n;
}

void origin_numbers_free(struct origin_numbers *n)
{
    g_hash_table_destroy(n->fields);
    g_array_free(n->parents, TRUE);
    g_array_free(n->is_address, TRUE);
    g_free(n->locals);
    g_free(n);
}

static uint32_t cell_node(const struct origin_numbers *n, const struct ir_function *fn, const struct origin *cell)
{
    switch (cell->kind) {
    case ORIGIN_FIELD:
        return GPOINTER_TO_UINT(g_hash_table_lookup(n->fields, &cell->record->fields[cell->index]));
    case ORIGIN_LOCAL:
        return n->locals[fn->index] + cell->index;
    case ORIGIN_GLOBAL:
        return n->globals + cell->index;
    case ORIGIN_DEREF:
    case ORIGIN_OWNED:
        return POINTED_TO;
    default:
        return NO_NODE;
    }
}

bool origin_is_number(const struct origins *o, const struct origin_numbers *n, const struct origin *cell)
{
    if (!is_integer(origin_type(o, cell)))
        return false;
    uint32_t node = cell_node(n, o->fn, cell);
    return node == NO_NODE || !g_array_index(n->is_address, gboolean, class_of(n, node));
}
