/*
 * What statements and calls do to the cells, and what a caller needs to know of a callee.
 *
 * A callee in view is analysed once, in its own terms; at a call its result and the pointers it left in
 * memory are translated: its parameters are this call's arguments, its locals are gone. What a function that
 * nobody sees returns, or fills in through a pointer, is the origin CALL.
 */
#include "analysis/origin_parts.h"

#include <string.h>

enum { MAX_BLOCKS = 4000, MAX_CALL_DEPTH = 6 };

struct origin_program {
    struct analysis *analysis;
    const struct ir_unit *unit;
    struct traits *traits;
    struct origins **functions; /* by index; NULL until asked for */
    unsigned depth;             /* callees being analysed for callers */
};

/* -------------------------------------------------------------------------------- places and values */

static const struct origin_set *map_field(struct origins *o, const struct origin_set *set,
                                          const struct ir_projection *proj)
{
    const struct origin_set *result = o->empty;
    for (uint32_t i = 0; i < set->count; i++)
        result = origin_set_add(o, result, origin_field(o, set->items[i], proj->record, proj->index));
    return result;
}

/* The type of a place without its last `count - n` projections. */
static const struct ir_type *prefix_type(const struct origins *o, const struct ir_place *place, uint32_t n)
{
    if (n > 0)
        return place->projections[n - 1].type;
    switch (place->base) {
    case IR_BASE_LOCAL:
        return o->fn->locals[place->base_index].type;
    case IR_BASE_GLOBAL:
        return o->unit->globals[place->base_index]->type;
    default:
        return place->projection_count == 0 ? place->type : NULL;
    }
}

/* Is the pointer at the place's first n projections owned by the struct it is in? */
static bool is_owned_field(const struct origins *o, const struct ir_place *place, uint32_t n)
{
    while (n > 0 && place->projections[n - 1].kind != IR_PROJ_FIELD) {
        if (place->projections[n - 1].kind == IR_PROJ_DEREF)
            return false;
        n--; /* an element of an array field */
    }
    if (n == 0)
        return false;
    const struct ir_type *container = prefix_type(o, place, n - 1);
    return container && traits_field_is_owning(o->traits, container, place->projections[n - 1].record,
                                               place->projections[n - 1].index);
}

static const struct origin_set *load(struct origins *o, const struct origin_state *state,
                                     const struct origin_set *cells, const struct ir_place *place, uint32_t n, bool owned)
{
    const struct ir_type *type = prefix_type(o, place, n);
    const struct origin_set *result = o->empty;
    for (uint32_t i = 0; i < cells->count; i++)
        result = owned ? origin_set_add(o, result, origin_deref(o, cells->items[i], true))
                       : origin_set_join(o, result, origin_state_get(o, state, cells->items[i], type));
    return result;
}

const struct origin_set *origins_place(struct origins *o, const struct origin_state *state,
                                       const struct ir_place *place)
{
    static const enum origin_kind kinds[] = {
        [IR_BASE_LOCAL] = ORIGIN_LOCAL,
        [IR_BASE_GLOBAL] = ORIGIN_GLOBAL,
        [IR_BASE_STRING] = ORIGIN_STRING,
        [IR_BASE_FUNCTION] = ORIGIN_FUNCTION,
    };
    const struct origin_set *cells = origin_set_of(o, origin_base(o, kinds[place->base], place->base_index));
    for (uint32_t i = 0; i < place->projection_count; i++) {
        const struct ir_projection *proj = &place->projections[i];
        if (proj->kind == IR_PROJ_FIELD)
            cells = map_field(o, cells, proj);
        else if (proj->kind == IR_PROJ_DEREF)
            cells = load(o, state, cells, place, i, is_owned_field(o, place, i));
    }
    return cells;
}

const struct origin_set *origins_value(struct origins *o, const struct origin_state *state,
                                       const struct ir_operand *operand)
{
    if (operand->kind == IR_OPERAND_CONST)
        return operand->type && operand->type->kind == IR_TYPE_POINTER ? o->null_set : o->empty;
    if (!origin_type_may_hold(operand->place.type))
        return o->empty;
    /* what is moved out of a field is no longer the struct's */
    uint32_t n = operand->place.projection_count;
    bool owned = operand->kind != IR_OPERAND_MOVE && is_owned_field(o, &operand->place, n);
    return load(o, state, origins_place(o, state, &operand->place), &operand->place, n, owned);
}

/* ----------------------------------------------------------------------------------------- statements */

/* What a parameter points to, named by the parameter: one object, as long as nobody moves the pointer on. */
static bool is_behind_parameter(const struct origins *o, const struct origin *cell, const struct ir_place *place)
{
    if (place->base != IR_BASE_LOCAL || place->projection_count == 0 || place->projections[0].kind != IR_PROJ_DEREF)
        return false;
    const struct ir_local *local = &o->fn->locals[place->base_index];
    if (local->kind != IR_LOCAL_PARAM || local->address_taken || o->reassigned[place->base_index])
        return false;
    while (cell->kind == ORIGIN_FIELD)
        cell = cell->parent;
    return (cell->kind == ORIGIN_DEREF || cell->kind == ORIGIN_OWNED) && cell->parent->kind == ORIGIN_LOCAL;
}

bool origins_overwrite(const struct origins *o, const struct origin_set *cells, const struct ir_place *place)
{
    if (cells->count != 1)
        return false;
    for (uint32_t i = 0; i < place->projection_count; i++)
        if (place->projections[i].kind != IR_PROJ_FIELD && place->projections[i].kind != IR_PROJ_DEREF)
            return false;
    const struct origin *cell = cells->items[0], *root = origin_root(cell);
    if (origin_is_direct(cell))
        return root->kind == ORIGIN_LOCAL || root->kind == ORIGIN_GLOBAL;
    return is_behind_parameter(o, cell, place);
}

static void store(struct origins *o, struct origin_state *state, const struct ir_place *place,
                  const struct origin_set *set)
{
    const struct origin_set *cells = origins_place(o, state, place);
    bool strong = origins_overwrite(o, cells, place);
    for (uint32_t i = 0; i < cells->count; i++) {
        const struct origin *cell = cells->items[i];
        if (cell->kind <= ORIGIN_FUNCTION)
            continue;
        if (strong)
            origin_state_overwrite(o, state, cell, set);
        else
            origin_state_set(state, cell, origin_set_join(o, set, origin_state_get(o, state, cell, place->type)));
    }
}

static bool is_aggregate(const struct ir_type *type)
{
    return type->kind == IR_TYPE_RECORD || type->kind == IR_TYPE_ARRAY;
}

static void copy_aggregate(struct origins *o, struct origin_state *state, const struct ir_place *to,
                           const struct ir_place *from)
{
    const struct origin_set *dest = origins_place(o, state, to);
    const struct origin_set *source = origins_place(o, state, from);
    bool weak = !origins_overwrite(o, dest, to) || source->count != 1;
    for (uint32_t i = 0; i < dest->count; i++) {
        if (dest->items[i]->kind <= ORIGIN_FUNCTION)
            continue;
        for (uint32_t k = 0; k < source->count; k++) {
            if (source->items[k] == dest->items[i])
                continue;
            if (source->items[k]->kind <= ORIGIN_FUNCTION)
                origin_state_set(state, dest->items[i], o->unknown_set);
            else
                origin_state_copy_tree(o, state, dest->items[i], state, source->items[k], weak);
        }
    }
}

static void note_borrow(struct origins *o, const struct origin_set *set, struct span span)
{
    for (uint32_t i = 0; i < set->count; i++) {
        const struct origin *root = origin_root(set->items[i]);
        if (root->kind != ORIGIN_LOCAL || !origin_is_direct(set->items[i]))
            continue;
        gpointer key = GUINT_TO_POINTER(root->index + 1);
        GArray *spans = g_hash_table_lookup(o->borrows, key);
        if (!spans) {
            spans = g_array_new(FALSE, FALSE, sizeof span);
            g_hash_table_insert(o->borrows, key, spans);
        }
        for (guint k = 0; k < spans->len; k++)
            if (span_equal(g_array_index(spans, struct span, k), span))
                return;
        g_array_append_val(spans, span);
    }
}

/*
 * A handle's own set is what its value carries (the pointers that were moved in). As a plain pointer, which is how
 * library functions take it, it leads to that value; back from one, it carries what was left there.
 */
static const struct origin_set *owned_by_handle(struct origins *o, const struct origin_state *state,
                                                const struct ir_place *handle)
{
    const struct origin_set *cells = origins_place(o, state, handle);
    const struct origin_set *result = o->empty;
    for (uint32_t i = 0; i < cells->count; i++)
        result = origin_set_add(o, result, origin_deref(o, cells->items[i], true));
    return result;
}

static const struct origin_set *carried_by(struct origins *o, const struct origin_state *state,
                                           const struct origin_set *values)
{
    const struct origin_set *result = o->empty;
    for (uint32_t i = 0; i < values->count; i++) {
        const struct origin *value = values->items[i];
        if (value->kind == ORIGIN_NULL)
            continue;
        const struct origin *cell = value->kind == ORIGIN_OWNED ? value->parent : value;
        result = origin_set_join(o, result, origin_state_get(o, state, cell, NULL));
    }
    return result->count > 0 ? result : o->null_set;
}

static const struct origin_set *rvalue_targets(struct origins *o, const struct origin_state *state,
                                               const struct ir_rvalue *value, struct span span)
{
    if (value->kind == IR_RV_ADDRESS_OF) {
        const struct origin_set *set = origins_place(o, state, &value->place);
        note_borrow(o, set, span);
        return set;
    }
    if (value->kind == IR_RV_BINARY && value->binary >= IR_EQ && value->binary <= IR_GE)
        return o->empty;
    if (value->kind == IR_RV_BUILTIN)
        return o->unknown_set;
    if (value->kind == IR_RV_CAST && value->operands[0].kind != IR_OPERAND_CONST) {
        bool from_handle = value->operands[0].place.type->kind == IR_TYPE_HANDLE;
        bool to_handle = value->type->kind == IR_TYPE_HANDLE;
        if (from_handle && !to_handle)
            return owned_by_handle(o, state, &value->operands[0].place);
        if (to_handle && !from_handle)
            return carried_by(o, state, origins_value(o, state, &value->operands[0]));
    }
    const struct origin_set *set = o->empty;
    for (uint32_t i = 0; i < value->operand_count; i++)
        set = origin_set_join(o, set, origins_value(o, state, &value->operands[i]));
    /* a pointer made from a number that holds no address: nobody knows, unless it is a small constant */
    if (value->kind == IR_RV_CAST && value->type->kind == IR_TYPE_POINTER && set->count == 0 &&
        value->operands[0].kind == IR_OPERAND_CONST)
        return o->null_set;
    return set;
}

static void transfer_assign(struct origins *o, struct origin_state *state, const struct ir_statement *st)
{
    const struct ir_type *type = st->place.type;
    if (!origin_type_may_hold(type))
        return;
    const struct ir_rvalue *value = &st->value;
    if (value->kind == IR_RV_USE && is_aggregate(type) && value->operands[0].kind != IR_OPERAND_CONST) {
        copy_aggregate(o, state, &st->place, &value->operands[0].place);
        return;
    }
    store(o, state, &st->place, rvalue_targets(o, state, value, st->span));
}

static void transfer_atomic(struct origins *o, struct origin_state *state, const struct ir_statement *st)
{
    const struct ir_atomic *atomic = st->atomic;
    if (atomic->has_result && origin_type_may_hold(atomic->result.type)) {
        struct ir_operand old = {.kind = IR_OPERAND_COPY, .place = st->place};
        store(o, state, &atomic->result, origins_value(o, state, &old));
    }
    if (atomic->op == IR_ATOMIC_LOAD || atomic->op == IR_ATOMIC_FENCE)
        return;
    const struct origin_set *set = o->empty;
    for (uint32_t i = 0; i < atomic->operand_count; i++)
        set = origin_set_join(o, set, origins_value(o, state, &atomic->operands[i]));
    const struct origin_set *cells = origins_place(o, state, &st->place);
    for (uint32_t i = 0; i < cells->count; i++)
        if (cells->items[i]->kind > ORIGIN_FUNCTION)
            origin_state_set(state, cells->items[i],
                             origin_set_join(o, set, origin_state_get(o, state, cells->items[i], st->place.type)));
}

static void transfer_statement(void *ctx, void *state_bytes, struct flow_point at, const struct ir_statement *st)
{
    (void)at;
    struct origins *o = ctx;
    struct origin_state *state = state_bytes;
    switch (st->kind) {
    case IR_ST_ASSIGN:
        transfer_assign(o, state, st);
        break;
    case IR_ST_ZERO:
    case IR_ST_DROP:
    case IR_ST_FORGET:
        if (origin_type_may_hold(st->place.type))
            store(o, state, &st->place, o->null_set);
        break;
    case IR_ST_STORAGE_LIVE:
        origin_state_overwrite(o, state, origin_base(o, ORIGIN_LOCAL, st->local), o->empty);
        break;
    case IR_ST_ATOMIC:
        transfer_atomic(o, state, st);
        break;
    case IR_ST_OPAQUE:
    case IR_ST_ASM:
        for (uint32_t i = 0; i < st->opaque->write_count; i++)
            if (origin_type_may_hold(st->opaque->writes[i].type))
                store(o, state, &st->opaque->writes[i], o->unknown_set);
        break;
    default:
        break;
    }
}

/* -------------------------------------------------------------------------------------------- calls */

struct translation {
    struct origins *caller;
    const struct origin_state *state;
    const struct ir_call *call;
    uint32_t block;
    const struct origins *callee;
};

static const struct origin_set *translate(const struct translation *t, const struct origin *origin);

/* The cells that hold a by-value argument's parts, or nothing when it is no place. */
static const struct origin_set *argument_cells(const struct translation *t, uint32_t param)
{
    if (param >= t->call->arg_count || t->call->args[param].kind == IR_OPERAND_CONST)
        return t->caller->empty;
    return origins_place(t->caller, t->state, &t->call->args[param].place);
}

static uint32_t param_number(const struct origins *callee, const struct origin *origin)
{
    if (origin->kind != ORIGIN_LOCAL || callee->fn->locals[origin->index].kind != IR_LOCAL_PARAM)
        return UINT32_MAX;
    return origin->index - 1;
}

/* What the pointer in `cell` (the callee's) pointed to when the call began. */
static const struct origin_set *translate_deref(const struct translation *t, const struct origin *cell, bool owned)
{
    struct origins *o = t->caller;
    uint32_t param = param_number(t->callee, cell);
    if (param != UINT32_MAX)
        return param < t->call->arg_count ? origins_value(o, t->state, &t->call->args[param]) : o->unknown_set;
    const struct origin_set *cells = o->empty;
    const struct origin *root = origin_root(cell);
    if (origin_is_direct(cell) && param_number(t->callee, root) != UINT32_MAX) {
        /* a field of a struct passed by value */
        cells = argument_cells(t, param_number(t->callee, root));
        GArray *path = g_array_new(FALSE, FALSE, sizeof(const struct origin *));
        for (const struct origin *at = cell; at != root; at = at->parent)
            g_array_append_val(path, at);
        for (guint i = path->len; i > 0; i--) {
            const struct origin *step = g_array_index(path, const struct origin *, i - 1);
            struct ir_projection proj = {.kind = IR_PROJ_FIELD, .record = step->record, .index = step->index};
            cells = map_field(o, cells, &proj);
        }
        g_array_free(path, TRUE);
    } else {
        cells = translate(t, cell);
    }
    const struct origin_set *result = o->empty;
    for (uint32_t i = 0; i < cells->count; i++)
        result = owned ? origin_set_add(o, result, origin_deref(o, cells->items[i], true))
                       : origin_set_join(o, result, origin_state_get(o, t->state, cells->items[i], NULL));
    return result;
}

static const struct origin_set *translate(const struct translation *t, const struct origin *origin)
{
    struct origins *o = t->caller;
    switch (origin->kind) {
    case ORIGIN_LOCAL:
        return o->empty;
    case ORIGIN_CALL:
    case ORIGIN_THREAD:
        return origin_set_of(o, origin_base(o, origin->kind, t->block));
    case ORIGIN_FIELD: {
        struct ir_projection proj = {.kind = IR_PROJ_FIELD, .record = origin->record, .index = origin->index};
        return map_field(o, translate(t, origin->parent), &proj);
    }
    case ORIGIN_DEREF:
    case ORIGIN_OWNED:
        return translate_deref(t, origin->parent, origin->kind == ORIGIN_OWNED);
    default:
        return origin_set_of(o, origin_base(o, origin->kind, origin->index));
    }
}

static const struct origin_set *translate_set(const struct translation *t, const struct origin_set *set)
{
    const struct origin_set *result = t->caller->empty;
    for (uint32_t i = 0; i < set->count; i++)
        result = origin_set_join(t->caller, result, translate(t, set->items[i]));
    return result;
}

const struct origin_set *origins_of_callee(struct origins *caller, const struct origin_state *state,
                                           const struct ir_call *call, uint32_t block, const struct origins *callee,
                                           const struct origin *origin)
{
    struct translation t = {caller, state, call, block, callee};
    return translate(&t, origin);
}

static void add_held(void *ctx, const struct held_pointer *held)
{
    struct { struct origins *o; const struct origin_set *set; } *sum = ctx;
    sum->set = origin_set_join(sum->o, sum->set, held->targets);
}

/*
 * What a library function makes holds what the values given to it hold: fl_arc_new moves its argument in,
 * fl_clone shares it.
 */
static const struct origin_set *held_by_arguments(struct origins *o, const struct origin_state *state,
                                                  const struct ir_call *call)
{
    struct { struct origins *o; const struct origin_set *set; } sum = {o, o->empty};
    for (uint32_t i = 0; i < call->arg_count; i++) {
        const struct ir_operand *arg = &call->args[i];
        if (arg->kind == IR_OPERAND_CONST)
            continue;
        if (arg->place.type->kind == IR_TYPE_HANDLE)
            origins_held_by(o, state, arg, add_held, &sum);
        if (arg->place.type->kind != IR_TYPE_POINTER)
            continue;
        bool moved = i < call->callee->type->param_count && ir_note(call->callee->params[i].notes, "moved");
        const struct origin_set *targets = origins_value(o, state, arg);
        for (uint32_t k = 0; k < targets->count; k++) {
            const struct origin *target = targets->items[k];
            if (target->kind == ORIGIN_OWNED)
                sum.set = origin_set_join(o, sum.set, origin_state_get(o, state, target->parent, NULL));
            const struct ir_type *type = moved ? origin_type(o, target) : NULL;
            if (type && origin_type_may_hold(type))
                origins_held_in(o, state, target, type, add_held, &sum);
        }
    }
    return sum.set;
}

/* A value of this type has one of type `wanted` in it, or behind its pointers. */
static bool type_leads_to(const struct ir_type *type, const struct ir_type *wanted, unsigned depth)
{
    type = type->unqualified;
    if (type == wanted)
        return true;
    if (depth == 0 || !type->target)
        return type->kind == IR_TYPE_VOID;
    return type_leads_to(type->target, wanted, depth - 1);
}

static bool owned_leads_to(const struct ir_type *type, const struct ir_type *wanted, unsigned depth)
{
    type = type->unqualified;
    if (type->kind != IR_TYPE_RECORD)
        return type_leads_to(type, wanted, depth);
    if (type == wanted)
        return true;
    for (size_t i = 0; depth > 0 && i < type->record->field_count; i++)
        if (owned_leads_to(type->record->fields[i].type, wanted, depth - 1))
            return true;
    return false;
}

/*
 * `const char *text_str(const text *t)`, out of view: the result may point into what the argument owns. What is made
 * anew for the caller has no const where the argument has one (`char *text_copy(const text *t)`).
 */
static const struct origin_set *maybe_borrowed(struct origins *o, const struct origin_state *state,
                                               const struct ir_call *call, const struct origin_set *result)
{
    const struct ir_function *callee = call->callee;
    const struct ir_type *made = callee ? callee->type->target->unqualified : NULL;
    if (!made || callee->in_system_header || made->kind != IR_TYPE_POINTER)
        return result;
    for (uint32_t i = 0; i < call->arg_count && i < callee->type->param_count; i++) {
        const struct ir_type *param = callee->type->params[i]->unqualified;
        if (call->args[i].kind == IR_OPERAND_CONST || param->kind != IR_TYPE_POINTER || ir_note(callee->params[i].notes, "moved"))
            continue;
        const struct ir_type *from = param->target;
        if (ir_type_is_owned(from->unqualified) && from->unqualified->kind == IR_TYPE_RECORD &&
            ((made->target->quals & IR_QUAL_CONST) || !(from->quals & IR_QUAL_CONST)) &&
            owned_leads_to(from, made->target->unqualified, 4))
            result = origin_set_join(o, result, origins_value(o, state, &call->args[i]));
    }
    return result;
}

/* What the pointer argument that a `fl.result.borrows` function is given owns or points to. */
static const struct origin_set *borrowed_result(struct origins *o, const struct origin_state *state,
                                                const struct ir_call *call)
{
    if (call->arg_count == 0 || call->args[0].kind == IR_OPERAND_CONST)
        return o->unknown_set;
    const struct ir_operand *arg = &call->args[0];
    if (arg->place.type->kind == IR_TYPE_HANDLE)
        return owned_by_handle(o, state, &arg->place);
    return origins_value(o, state, arg);
}

/* Callees that nobody sees may fill in what non-const pointers lead to. */
static void fill_in(struct origins *o, struct origin_state *state, const struct ir_call *call, uint32_t block)
{
    const struct origin_set *made = origin_set_of(o, origin_base(o, ORIGIN_CALL, block));
    for (uint32_t i = 0; i < call->arg_count; i++) {
        const struct ir_operand *arg = &call->args[i];
        if (arg->kind == IR_OPERAND_CONST || arg->place.type->kind != IR_TYPE_POINTER)
            continue;
        const struct ir_type *target = arg->place.type->target;
        if ((target->quals & IR_QUAL_CONST) || target->kind != IR_TYPE_POINTER || !origin_type_may_hold(target))
            continue;
        const struct origin_set *cells = origins_value(o, state, arg);
        for (uint32_t k = 0; k < cells->count; k++)
            if (cells->items[k]->kind > ORIGIN_FUNCTION)
                origin_state_set(state, cells->items[k],
                                 origin_set_join(o, made, origin_state_get(o, state, cells->items[k], target)));
    }
}

/* memcpy and relatives: what `from` leads to is now in what `to` leads to, field by field. */
static void copy_bytes(struct origins *o, struct origin_state *state, const struct ir_call *call)
{
    const struct origin_set *to = o->empty, *from = o->empty;
    for (uint32_t i = 0; call->callee && i < call->arg_count && i < call->callee->type->param_count; i++) {
        if (ir_note(call->callee->params[i].notes, "copy_to"))
            to = origins_value(o, state, &call->args[i]);
        if (ir_note(call->callee->params[i].notes, "copy_from"))
            from = origins_value(o, state, &call->args[i]);
    }
    for (uint32_t i = 0; i < to->count; i++)
        for (uint32_t k = 0; k < from->count; k++) {
            const struct ir_type *type = origin_type(o, from->items[k]);
            if (to->items[i]->kind > ORIGIN_FUNCTION && from->items[k]->kind > ORIGIN_FUNCTION &&
                to->items[i] != from->items[k] && (!type || origin_type_may_hold(type)))
                origin_state_copy_tree(o, state, to->items[i], state, from->items[k], true);
        }
}

/* A call that starts a thread leaves its identity in the handle that it is given the address of. */
static void note_thread(struct origins *o, struct origin_state *state, const struct ir_call *call, uint32_t block)
{
    if (!call->callee)
        return;
    for (uint32_t i = 0; i < call->arg_count && i < call->callee->type->param_count; i++) {
        if (!ir_note(call->callee->params[i].notes, "thread_out") || call->args[i].kind == IR_OPERAND_CONST)
            continue;
        const struct origin_set *thread = origin_set_of(o, origin_base(o, ORIGIN_THREAD, block));
        const struct origin_set *cells = origins_value(o, state, &call->args[i]);
        bool several = cells->count != 1;
        for (uint32_t k = 0; k < cells->count; k++) {
            const struct origin *cell = cells->items[k];
            const struct ir_type *type = origin_type(o, cell);
            if (cell->kind <= ORIGIN_FUNCTION)
                continue;
            bool weak = several || !origin_is_direct(cell) || (type && type->kind == IR_TYPE_ARRAY);
            if (weak)
                thread = origin_set_join(o, thread, origin_state_get(o, state, cell, type));
            origin_state_overwrite(o, state, cell, thread);
        }
    }
}

static struct origins *callee_origins(struct origins *o, const struct ir_call *call)
{
    struct origin_program *program = o->program;
    if (!call->callee || !call->callee->has_body || call->callee->is_broken || call->mode != IR_CALL_PLAIN)
        return NULL;
    if (!program->functions[call->callee->index] && program->depth >= MAX_CALL_DEPTH)
        return NULL;
    struct origins *callee = origins_of(program, call->callee);
    return callee && !callee->is_open ? callee : NULL;
}

static void apply_stores(struct origins *o, struct origin_state *state, const struct translation *t)
{
    for (guint i = 0; i < t->callee->stores->len; i++) {
        struct origin_store effect = g_array_index(t->callee->stores, struct origin_store, i);
        const struct origin_set *cells = translate(t, effect.cell);
        const struct origin_set *set = translate_set(t, effect.set);
        for (uint32_t k = 0; k < cells->count; k++)
            if (cells->items[k]->kind > ORIGIN_FUNCTION)
                origin_state_set(state, cells->items[k],
                                 origin_set_join(o, set, origin_state_get(o, state, cells->items[k], NULL)));
    }
}

static void transfer_call(struct origins *o, struct origin_state *state, struct flow_point at,
                          const struct ir_call *call)
{
    const struct origin_set *result = origin_set_of(o, origin_base(o, ORIGIN_CALL, at.block));
    const struct ir_type *type = call->has_dest ? call->dest.type : NULL;
    struct origins *callee = callee_origins(o, call);
    if (call->callee && ir_note(call->callee->notes, "result.borrows")) {
        result = borrowed_result(o, state, call);
    } else if (callee) {
        struct translation t = {o, state, call, at.block, callee};
        result = translate_set(&t, callee->result);
        apply_stores(o, state, &t);
    } else {
        fill_in(o, state, call, at.block);
        note_thread(o, state, call, at.block);
        copy_bytes(o, state, call);
        if (call->callee && type && origin_type_may_hold(type)) {
            const struct origin_set *held = held_by_arguments(o, state, call);
            if (type->kind == IR_TYPE_HANDLE)
                result = held;
            else
                origin_state_overwrite(o, state, result->items[0], held->count > 0 ? held : o->null_set);
            result = maybe_borrowed(o, state, call, result);
        }
    }
    if (type && origin_type_may_hold(type) && type->kind != IR_TYPE_INT)
        store(o, state, &call->dest, result);
}

static void transfer_terminator(void *ctx, void *state, struct flow_point at, const struct ir_terminator *term)
{
    if (term->kind == IR_TERM_CALL)
        transfer_call(ctx, state, at, term->call);
}

/* --------------------------------------------------------------------------------------- the engine */

static void init_state(void *ctx, void *state)
{
    (void)ctx;
    memset(state, 0, sizeof(struct origin_state));
}

static void copy_state(void *ctx, void *to_bytes, const void *from_bytes)
{
    (void)ctx;
    struct origin_state *to = to_bytes;
    const struct origin_state *from = from_bytes;
    if (to->count < from->count) {
        to->cells = g_renew(const struct origin_set *, to->cells, from->count);
        to->count = from->count;
    }
    if (to->count > 0)
        memset(to->cells, 0, to->count * sizeof to->cells[0]);
    if (from->count > 0)
        memcpy(to->cells, from->cells, from->count * sizeof to->cells[0]);
    to->reached = from->reached;
}

static void clear_state(void *ctx, void *state_bytes)
{
    (void)ctx;
    struct origin_state *state = state_bytes;
    g_free(state->cells);
    memset(state, 0, sizeof *state);
}

static void entry_state(void *ctx, void *state_bytes)
{
    (void)ctx;
    struct origin_state *state = state_bytes;
    state->reached = true;
}

static bool join_states(void *ctx, void *into, const void *from)
{
    return origin_state_join(ctx, into, from);
}

/* At a return: what the caller will find. */
static void note_return(struct origins *o, const struct origin_state *state)
{
    struct ir_place result = {.base = IR_BASE_LOCAL, .type = o->fn->locals[0].type};
    if (origin_type_may_hold(result.type)) {
        struct ir_operand operand = {.kind = IR_OPERAND_COPY, .place = result};
        const struct origin_set *set = is_aggregate(result.type) ? o->empty : origins_value(o, state, &operand);
        if (is_aggregate(result.type))
            for (uint32_t id = 0; id < state->count; id++)
                if (state->cells[id] && origin_is_inside(g_ptr_array_index(o->list, id), origin_base(o, ORIGIN_LOCAL, 0)))
                    set = origin_set_join(o, set, state->cells[id]);
        o->result = origin_set_join(o, o->result, set);
    }
    for (uint32_t id = 0; id < state->count; id++) {
        if (!state->cells[id])
            continue;
        const struct origin *cell = g_ptr_array_index(o->list, id);
        const struct origin *root = origin_root(cell);
        bool reached_from_outside = !origin_is_direct(cell) || root->kind == ORIGIN_GLOBAL;
        if (!reached_from_outside || root->kind == ORIGIN_CALL)
            continue;
        if (root->kind == ORIGIN_LOCAL && o->fn->locals[root->index].kind != IR_LOCAL_PARAM)
            continue;
        g_array_append_vals(o->stores, &(struct origin_store){cell, state->cells[id]}, 1);
    }
}

static void visit_for_returns(void *ctx, const void *state, struct flow_point at, const struct ir_statement *st,
                              const struct ir_terminator *term)
{
    (void)at;
    (void)st;
    if (term && term->kind == IR_TERM_RETURN && ((const struct origin_state *)state)->reached)
        note_return(ctx, state);
}

static bool *reassigned_locals(const struct ir_function *fn)
{
    bool *reassigned = g_new0(bool, fn->local_count + 1);
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++) {
            const struct ir_place *place = &block->statements[i].place;
            if (place->base == IR_BASE_LOCAL && place->projection_count == 0 && block->statements[i].kind != IR_ST_NOP)
                reassigned[place->base_index] = true;
        }
        const struct ir_terminator *term = &block->terminator;
        if (term->kind == IR_TERM_CALL && term->call->has_dest && term->call->dest.base == IR_BASE_LOCAL)
            reassigned[term->call->dest.base_index] = true;
    }
    return reassigned;
}

struct origins *origins_of(struct origin_program *program, const struct ir_function *fn)
{
    struct origins **slot = &program->functions[fn->index];
    if (*slot || !fn->has_body || fn->is_broken || fn->block_count > MAX_BLOCKS)
        return *slot;
    struct origins *o = g_new0(struct origins, 1);
    *slot = o;
    o->program = program;
    o->unit = program->unit;
    o->fn = fn;
    o->traits = program->traits;
    o->arena = program->unit->arena;
    o->cfg = analysis_cfg(program->analysis, fn);
    o->borrows = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    o->stores = g_array_new(FALSE, FALSE, sizeof(struct origin_store));
    origin_table_init(o);
    o->reassigned = reassigned_locals(fn);
    o->result = o->empty;
    struct dataflow_problem problem = {
        .direction = DATAFLOW_FORWARD,
        .state_size = sizeof(struct origin_state),
        .init = init_state,
        .copy = copy_state,
        .clear = clear_state,
        .entry = entry_state,
        .join = join_states,
        .statement = transfer_statement,
        .terminator = transfer_terminator,
    };
    o->is_open = true;
    program->depth++;
    o->flow = dataflow_run(o->cfg, &problem, o);
    dataflow_visit(o->flow, visit_for_returns, o);
    program->depth--;
    o->is_open = false;
    return o;
}

struct stop_at {
    struct origins *o;
    struct flow_point at;
};

static void capture(void *ctx, const void *state, struct flow_point at, const struct ir_statement *st,
                    const struct ir_terminator *term)
{
    (void)st;
    (void)term;
    struct stop_at *stop = ctx;
    if (at.statement == stop->at.statement)
        copy_state(stop->o, &stop->o->at, state);
}

const struct origin_state *origins_state(struct origins *o, struct flow_point at)
{
    struct stop_at stop = {o, at};
    o->at.reached = false;
    dataflow_visit_block(o->flow, at.block, capture, &stop);
    return &o->at;
}

const struct ir_function *origins_function(const struct origins *o)
{
    return o->fn;
}

struct origin_program *origin_program_new(struct analysis *analysis, struct traits *traits)
{
    struct origin_program *program = g_new0(struct origin_program, 1);
    program->analysis = analysis;
    program->unit = analysis->unit;
    program->traits = traits;
    program->functions = g_new0(struct origins *, analysis->unit->function_count + 1);
    return program;
}

void origin_program_free(struct origin_program *program)
{
    if (!program)
        return;
    for (uint32_t i = 0; i < program->unit->function_count; i++) {
        struct origins *o = program->functions[i];
        if (!o)
            continue;
        dataflow_free(o->flow);
        origin_table_clear(o);
        g_hash_table_destroy(o->borrows);
        g_array_free(o->stores, TRUE);
        g_free(o->at.cells);
        g_free(o->reassigned);
        g_free(o);
    }
    g_free(program->functions);
    g_free(program);
}
