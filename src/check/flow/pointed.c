/*
 * Places are nodes, assignments and arguments are edges, and sets of functions run along them until nothing changes.
 * Only pointers to functions and to void count, so most of a program makes neither. A call through a pointer hands its
 * arguments to whatever that may hold so far; those edges are added in rounds. A node is open when something out of view
 * may fill it (parameters without a caller, memory behind bare pointers, results of unseen functions): that spreads, too.
 */
#include "flow/pointed.h"

#include <glib.h>
#include <string.h>

enum { ROUNDS = 4 };

struct edge {
    uint32_t from, to;
};

struct pointed {
    const struct ir_unit *unit;
    uint32_t *locals;    /* by function: the node of its local 0 */
    uint32_t globals;    /* the node of global 0 */
    GHashTable *others;  /* struct key -> node + 1: fields, and memory of a type */
    uint32_t node_count;
    GPtrArray *sets;     /* by node: GHashTable of function indices + 1, or NULL: empty */
    GByteArray *open;    /* by node */
    GArray *edges;       /* of struct edge */
    GHashTable *seen;    /* edges that are there already */
};

struct key {
    const void *what; /* a record, or the type of the memory */
    uint32_t field;
};

static guint key_hash(const void *data)
{
    const struct key *key = data;

    return g_direct_hash(key->what) * 31 + key->field;
}

static gboolean key_equal(const void *a, const void *b)
{
    const struct key *x = a, *y = b;

    return x->what == y->what && x->field == y->field;
}

static uint32_t node_of_key(struct pointed *p, const void *what, uint32_t field, bool make)
{
    struct key key = { what, field };
    uint32_t node = GPOINTER_TO_UINT(g_hash_table_lookup(p->others, &key));

    if (node || !make)
        return node ? node - 1 : UINT32_MAX;
    g_hash_table_insert(p->others, g_memdup2(&key, sizeof key), GUINT_TO_POINTER(p->node_count + 1));
    return p->node_count++;
}

enum place_kind { PLACE_LOCAL, PLACE_GLOBAL, PLACE_FIELD, PLACE_MEMORY, PLACE_NONE };

static enum place_kind kind_of(const struct ir_place *place, uint32_t *ret_projection)
{
    for (uint32_t i = place->projection_count; i > 0; i--) {
        enum ir_projection_kind kind = place->projections[i - 1].kind;
        *ret_projection = i - 1;
        if (kind == IR_PROJ_FIELD)
            return PLACE_FIELD;
        if (kind == IR_PROJ_DEREF)
            return PLACE_MEMORY;
    }
    return place->base == IR_BASE_LOCAL ? PLACE_LOCAL : place->base == IR_BASE_GLOBAL ? PLACE_GLOBAL : PLACE_NONE;
}

static bool counts(const struct ir_type *type)
{
    type = type ? type->unqualified : NULL;
    return type && type->kind == IR_TYPE_POINTER && type->target &&
           (type->target->unqualified->kind == IR_TYPE_FUNCTION || type->target->unqualified->kind == IR_TYPE_VOID);
}

static void make_room(struct pointed *p)
{
    guint before = p->open->len;

    if (before >= p->node_count)
        return;
    g_ptr_array_set_size(p->sets, (int)p->node_count);
    g_byte_array_set_size(p->open, p->node_count);
    memset(p->open->data + before, 0, p->node_count - before);
}

static void set_open(struct pointed *p, uint32_t node)
{
    make_room(p);
    if (node != UINT32_MAX)
        p->open->data[node] = 1;
}

static uint32_t node_of(struct pointed *p, const struct ir_function *fn, const struct ir_place *place, bool make)
{
    uint32_t at = 0;

    switch (kind_of(place, &at)) {
    case PLACE_LOCAL:
        return p->locals[fn->index] + place->base_index;
    case PLACE_GLOBAL:
        return p->globals + place->base_index;
    case PLACE_FIELD:
        return node_of_key(p, place->projections[at].record, place->projections[at].index, make);
    case PLACE_MEMORY: {
        uint32_t node = node_of_key(p, place->type->unqualified, UINT32_MAX, make);
        if (make)
            set_open(p, node);
        return node;
    }
    case PLACE_NONE:
        break;
    }
    return UINT32_MAX;
}

static GHashTable *set_at(struct pointed *p, uint32_t node)
{
    make_room(p);
    if (!p->sets->pdata[node])
        p->sets->pdata[node] = g_hash_table_new(NULL, NULL);
    return p->sets->pdata[node];
}

static void add_function(struct pointed *p, uint32_t node, uint32_t function)
{
    if (node != UINT32_MAX)
        g_hash_table_add(set_at(p, node), GUINT_TO_POINTER(function + 1));
}

static void add_edge(struct pointed *p, uint32_t from, uint32_t to)
{
    gint64 key = (gint64)(((guint64)from << 32) | to);

    if (from == UINT32_MAX || to == UINT32_MAX || from == to || g_hash_table_contains(p->seen, &key))
        return;
    struct edge edge = { from, to };
    g_hash_table_add(p->seen, g_memdup2(&key, sizeof key));
    g_array_append_val(p->edges, edge);
}

/* ---- what the program says ---- */

static void see_operand(struct pointed *p, const struct ir_function *fn, const struct ir_operand *operand, uint32_t to)
{
    if (operand->kind == IR_OPERAND_CONST)
        return;
    if (operand->place.base == IR_BASE_FUNCTION && operand->place.projection_count == 0)
        add_function(p, to, operand->place.base_index);
    else if (counts(operand->place.type))
        add_edge(p, node_of(p, fn, &operand->place, true), to);
}

static void see_assignment(struct pointed *p, const struct ir_function *fn, const struct ir_statement *st)
{
    const struct ir_rvalue *value = &st->value;

    if (st->kind != IR_ST_ASSIGN || !counts(st->place.type))
        return;
    uint32_t to = node_of(p, fn, &st->place, true);
    if (value->kind == IR_RV_ADDRESS_OF && value->place.base == IR_BASE_FUNCTION && value->place.projection_count == 0)
        add_function(p, to, value->place.base_index);
    else if (value->kind == IR_RV_USE || value->kind == IR_RV_CAST)
        see_operand(p, fn, &value->operands[0], to);
    else if (value->kind != IR_RV_ADDRESS_OF)
        set_open(p, to);
}

/* Whoever has the address of a pointer may change it. */
static void see_address(struct pointed *p, const struct ir_function *fn, const struct ir_statement *st)
{
    if (st->kind == IR_ST_ASSIGN && st->value.kind == IR_RV_ADDRESS_OF && counts(st->value.place.type))
        set_open(p, node_of(p, fn, &st->value.place, true));
}

static void hand_over(struct pointed *p, const struct ir_function *fn, const struct ir_call *call,
                      const struct ir_function *callee)
{
    if (!callee->has_body)
        return;
    for (uint32_t i = 0; i < call->arg_count && i < callee->param_count; i++)
        if (counts(call->args[i].type))
            see_operand(p, fn, &call->args[i], p->locals[callee->index] + 1 + i);
    if (call->has_dest && counts(call->dest.type))
        add_edge(p, p->locals[callee->index], node_of(p, fn, &call->dest, true));
}

/* An initialiser of a global does not say which of its parts gets which address: each part of that type does. */
static void fill_parts(struct pointed *p, const struct ir_type *type, uint32_t node, uint32_t function, unsigned depth)
{
    type = type ? type->unqualified : NULL;
    if (!type || depth == 0)
        return;
    if (type->kind == IR_TYPE_ARRAY) {
        fill_parts(p, type->target, node, function, depth - 1);
    } else if (type->kind == IR_TYPE_RECORD && type->record) {
        for (size_t i = 0; i < type->record->field_count; i++)
            fill_parts(p, type->record->fields[i].type, node_of_key(p, type->record, (uint32_t)i, true), function, depth - 1);
    } else if (counts(type)) {
        const struct ir_type *target = type->target->unqualified;
        if (target->kind == IR_TYPE_VOID || target == p->unit->functions[function]->type->unqualified)
            add_function(p, node, function);
    }
}

static void see_global(struct pointed *p, const struct ir_global *global)
{
    for (uint32_t i = 0; i < global->pointee_count; i++)
        if (global->pointees[i].base == IR_BASE_FUNCTION)
            fill_parts(p, global->type, p->globals + global->index, global->pointees[i].base_index, 8);
}

/* ---- until nothing changes ---- */

/* What a node has goes to the one behind the edge; true when that changed it. */
static bool pass_on(struct pointed *p, struct edge edge)
{
    GHashTable *from = p->sets->pdata[edge.from];
    bool opens = p->open->data[edge.from] && !p->open->data[edge.to];
    bool grew = false;

    p->open->data[edge.to] |= opens;
    if (from) {
        GHashTableIter iter;
        void *function;
        GHashTable *to = set_at(p, edge.to);
        g_hash_table_iter_init(&iter, from);
        while (g_hash_table_iter_next(&iter, &function, NULL))
            grew |= g_hash_table_add(to, function);
    }
    return opens || grew;
}

static void spread(struct pointed *p)
{
    make_room(p);
    uint32_t *first = g_new0(uint32_t, p->node_count + 2); /* edges by where they begin */
    struct edge *sorted = g_new(struct edge, p->edges->len + 1);
    GArray *work = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    bool *waits = g_new0(bool, p->node_count + 1);

    for (guint i = 0; i < p->edges->len; i++)
        first[g_array_index(p->edges, struct edge, i).from + 2]++;
    for (uint32_t n = 2; n < p->node_count + 2; n++)
        first[n] += first[n - 1];
    for (guint i = 0; i < p->edges->len; i++)
        sorted[first[g_array_index(p->edges, struct edge, i).from + 1]++] = g_array_index(p->edges, struct edge, i);
    for (uint32_t n = 0; n < p->node_count; n++) {
        waits[n] = p->open->data[n] || p->sets->pdata[n];
        if (waits[n])
            g_array_append_val(work, n);
    }
    while (work->len) {
        uint32_t n = g_array_index(work, uint32_t, work->len - 1);
        g_array_set_size(work, work->len - 1);
        waits[n] = false;
        for (uint32_t e = first[n]; e < first[n + 1]; e++) {
            uint32_t to = sorted[e].to;
            if (pass_on(p, sorted[e]) && !waits[to]) {
                waits[to] = true;
                g_array_append_val(work, to);
            }
        }
    }
    g_array_free(work, TRUE);
    g_free(waits);
    g_free(sorted);
    g_free(first);
}

static bool see_indirect_calls(struct pointed *p)
{
    guint before = p->edges->len;

    for (uint32_t f = 0; f < p->unit->function_count; f++) {
        const struct ir_function *fn = p->unit->functions[f];
        for (uint32_t b = 0; fn->has_body && b < fn->block_count; b++) {
            const struct ir_terminator *term = &fn->blocks[b].terminator;
            if (term->kind != IR_TERM_CALL || term->call->callee)
                continue;
            uint32_t node = node_of(p, fn, &term->call->pointer.place, true);
            GHashTable *set = node < p->sets->len ? p->sets->pdata[node] : NULL;
            GHashTableIter iter;
            void *function;
            if (!set)
                continue;
            g_hash_table_iter_init(&iter, set);
            while (g_hash_table_iter_next(&iter, &function, NULL))
                hand_over(p, fn, term->call, p->unit->functions[GPOINTER_TO_UINT(function) - 1]);
        }
    }
    return p->edges->len != before;
}

static void see_function(struct pointed *p, const struct ir_function *fn)
{
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        for (uint32_t s = 0; s < block->statement_count; s++) {
            see_assignment(p, fn, &block->statements[s]);
            see_address(p, fn, &block->statements[s]);
        }
        if (block->terminator.kind != IR_TERM_CALL)
            continue;
        const struct ir_call *call = block->terminator.call;
        if (call->callee)
            hand_over(p, fn, call, call->callee);
        if ((!call->callee || !call->callee->has_body) && call->has_dest && counts(call->dest.type))
            set_open(p, node_of(p, fn, &call->dest, true));
    }
}

/*
 * The program is all there: a main, and nothing else is missing but what libraries give. Nobody out of view can name its
 * functions, so one that is neither called nor has its address taken never runs (`set_allocator()` of a module's interface).
 */
static bool is_whole(const struct ir_unit *unit)
{
    bool has_main = false;
    for (uint32_t f = 0; f < unit->function_count; f++) {
        const struct ir_function *fn = unit->functions[f];
        has_main |= fn->has_body && strcmp(fn->name, "main") == 0;
        bool is_builtin = g_str_has_prefix(fn->name, "__builtin_"); /* the compiler's own */
        if (!fn->has_body && !fn->in_system_header && !is_builtin && fn->notes[0] == NULL)
            return false;
    }
    return has_main;
}

/* What a function that nobody in view calls is given, and globals that are defined elsewhere, may be anything. */
static void open_the_rest(struct pointed *p, const struct callgraph *graph)
{
    bool whole = is_whole(p->unit);
    for (uint32_t f = 0; f < p->unit->function_count; f++) {
        const struct ir_function *fn = p->unit->functions[f];
        bool is_called_from_outside = graph->address_taken[f] || (graph->callers[f].count == 0 && !whole && !fn->is_static);
        for (uint32_t i = 0; fn->has_body && is_called_from_outside && i < fn->param_count; i++)
            set_open(p, p->locals[f] + 1 + i);
    }
    for (uint32_t g = 0; g < p->unit->global_count; g++)
        if (!p->unit->globals[g]->is_defined)
            set_open(p, p->globals + g);
}

struct pointed *pointed_new(const struct callgraph *graph)
{
    struct pointed *p = g_new0(struct pointed, 1);

    const struct ir_unit *unit = graph->unit;
    p->unit = unit;
    p->locals = g_new0(uint32_t, unit->function_count + 1);
    for (uint32_t f = 0; f < unit->function_count; f++) {
        p->locals[f] = p->node_count;
        p->node_count += unit->functions[f]->local_count;
    }
    p->globals = p->node_count;
    p->node_count += unit->global_count;
    p->others = g_hash_table_new_full(key_hash, key_equal, g_free, NULL);
    p->sets = g_ptr_array_new();
    p->open = g_byte_array_new();
    p->edges = g_array_new(FALSE, FALSE, sizeof(struct edge));
    p->seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (uint32_t g = 0; g < unit->global_count; g++)
        see_global(p, unit->globals[g]);
    for (uint32_t f = 0; f < unit->function_count; f++)
        if (unit->functions[f]->has_body)
            see_function(p, unit->functions[f]);
    open_the_rest(p, graph);
    spread(p);
    for (int round = 0; round < ROUNDS && see_indirect_calls(p); round++)
        spread(p);
    return p;
}

void pointed_free(struct pointed *p)
{
    if (!p)
        return;
    for (guint i = 0; i < p->sets->len; i++)
        if (p->sets->pdata[i])
            g_hash_table_destroy(p->sets->pdata[i]);
    g_ptr_array_free(p->sets, TRUE);
    g_byte_array_free(p->open, TRUE);
    g_array_free(p->edges, TRUE);
    g_hash_table_destroy(p->seen);
    g_hash_table_destroy(p->others);
    g_free(p->locals);
    g_free(p);
}

bool pointed_may_hold(const struct pointed *pointed, const struct ir_function *fn, const struct ir_operand *pointer,
                      uint32_t function)
{
    struct pointed *p = (struct pointed *)pointed; /* nothing is made: the nodes of all calls are there */

    if (pointer->kind == IR_OPERAND_CONST)
        return true;
    uint32_t node = node_of(p, fn, &pointer->place, false), at;
    if (node >= p->open->len)
        return kind_of(&pointer->place, &at) != PLACE_FIELD;
    GHashTable *set = p->sets->pdata[node];
    return p->open->data[node] || kind_of(&pointer->place, &at) == PLACE_MEMORY ||
           (set && g_hash_table_contains(set, GUINT_TO_POINTER(function + 1)));
}
