/*
 * What a call does to the cells.
 *
 * A callee in view is analysed once, in its own terms; at a call its result and the pointers it left in
 * memory are translated: its parameters are this call's arguments, its locals are gone. What a function that
 * nobody sees returns, or fills in through a pointer, is the origin CALL.
 */
#include "analysis/origins/origin_parts.h"

struct translation {
    struct origins *caller;
    const struct origin_state *state;
    const struct ir_call *call;
    uint32_t block;
    const struct origins *callee;
    const struct origin_set **known; /* by the callee's origin; NULL: not asked yet. May be NULL. */
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
            cells = origin_set_field(o, cells, &proj);
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

/* What the callee made: what is returned is the call's, the rest is what the cell leads to that it was left in. */
static const struct origin_set *translate_made(const struct translation *t, const struct origin *made)
{
    struct origins *o = t->caller;
    const struct origin *home = g_hash_table_lookup(t->callee->homes, made);
    const struct origin_set *cells = home ? translate(t, home) : o->empty, *result = o->empty;
    for (uint32_t i = 0; i < cells->count; i++)
        if (cells->items[i]->kind > ORIGIN_FUNCTION)
            result = origin_set_add(o, result, origin_deref(o, cells->items[i], false));
    return result->count > 0 ? result : origin_set_of(o, origin_base(o, ORIGIN_CALL, t->block));
}

static const struct origin_set *translate_anew(const struct translation *t, const struct origin *origin)
{
    struct origins *o = t->caller;
    switch (origin->kind) {
    case ORIGIN_LOCAL:
        return o->empty;
    case ORIGIN_CALL:
        return translate_made(t, origin);
    case ORIGIN_THREAD:
        return origin_set_of(o, origin_base(o, origin->kind, t->block));
    case ORIGIN_FIELD: {
        struct ir_projection proj = {.kind = IR_PROJ_FIELD, .record = origin->record, .index = origin->index};
        return origin_set_field(o, translate(t, origin->parent), &proj);
    }
    case ORIGIN_DEREF:
    case ORIGIN_OWNED:
        return translate_deref(t, origin->parent, origin->kind == ORIGIN_OWNED);
    default:
        return origin_set_of(o, origin_base(o, origin->kind, origin->index));
    }
}

/* Some node is some node for the caller, too, unless it knows a variable by that name. */
static const struct origin_set *note_many(const struct origin_set *here, const struct origin *in_callee)
{
    for (uint32_t i = 0; in_callee->is_many && i < here->count; i++)
        if (here->items[i]->kind == ORIGIN_DEREF || here->items[i]->kind == ORIGIN_OWNED)
            origin_note_many(here->items[i]);
    return here;
}

/* The memory is that of the call's begin, so what was asked once has its answer. */
static const struct origin_set *translate(const struct translation *t, const struct origin *origin)
{
    if (!t->known)
        return note_many(translate_anew(t, origin), origin);
    const struct origin_set **known = &t->known[origin->id];
    if (!*known)
        *known = note_many(translate_anew(t, origin), origin);
    return *known;
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
    struct translation t = {caller, state, call, block, callee, NULL};
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
        return origins_owned_by_handle(o, state, &arg->place);
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

/* Of one store of the callee, in the caller's words. */
struct caller_store {
    const struct origin_set *cells, *set;
    bool is_anew; /* in memory that did not exist before the call */
};

/*
 * All are translated before any is done: the callee's words are about the memory as it found it.
 */
static void apply_stores(struct origins *o, struct origin_state *state, const struct translation *t)
{
    guint count = t->callee->stores->len;
    struct caller_store *stores = g_new(struct caller_store, count);

    for (guint i = 0; i < count; i++) {
        struct origin_store store = g_array_index(t->callee->stores, struct origin_store, i);
        stores[i] = (struct caller_store){translate(t, store.cell), translate_set(t, store.set),
                                          origin_is_direct(store.cell) && origin_root(store.cell)->kind == ORIGIN_CALL};
    }
    for (guint i = 0; i < count; i++)
        for (uint32_t k = 0; k < stores[i].cells->count; k++) {
            const struct origin *cell = stores[i].cells->items[k];
            if (cell->kind <= ORIGIN_FUNCTION)
                continue;
            const struct origin_set *before =
                stores[i].is_anew ? origin_state_stored(state, cell) : origin_state_get(o, state, cell, NULL);
            origin_state_set(state, cell, before ? origin_set_join(o, stores[i].set, before) : stores[i].set);
        }
    g_free(stores);
}

static const struct origin *in_destination(struct origins *o, const struct origin *cell, const struct origin *dest)
{
    if (cell->kind != ORIGIN_FIELD)
        return dest;
    return origin_field(o, in_destination(o, cell->parent, dest), cell->record, cell->index);
}

/* `text t = text_of("a");` where text_of is in view: each field leads where it led there. */
static bool store_fields(const struct translation *t, struct origin_state *state)
{
    struct origins *o = t->caller;
    const struct ir_place *place = &t->call->dest;
    const struct origin_set *cells = origins_place(o, state, place);
    const struct origin_state *returned = &t->callee->returned;
    if (place->type->kind != IR_TYPE_RECORD || !returned->reached)
        return false;
    bool strong = origins_overwrite(o, cells, place);
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct origin_store));
    const struct origin *in_callee;
    const struct origin_set *there;
    for (uint32_t k = 0; k < cells->count; k++) {
        if (cells->items[k]->kind <= ORIGIN_FUNCTION)
            continue;
        for (uint32_t id = 0; origin_state_next(t->callee, returned, &id, &in_callee, &there); id++) {
            const struct origin *cell = in_destination(o, in_callee, cells->items[k]);
            const struct origin_set *set = translate_set(t, there);
            if (!strong)
                set = origin_set_join(o, set, origin_state_get(o, state, cell, NULL));
            g_array_append_vals(list, &(struct origin_store){cell, set}, 1);
        }
    }
    if (strong)
        origin_state_overwrite(o, state, cells->items[0], o->empty);
    for (guint i = 0; i < list->len; i++) {
        const struct origin_store *one = &g_array_index(list, struct origin_store, i);
        origin_state_set(state, one->cell, one->set);
    }
    g_array_free(list, TRUE);
    return true;
}

/* A number that a function returns is no address, but a pthread_t says which thread it is. */
static const struct origin_set *only_threads(struct origins *o, const struct origin_set *set)
{
    const struct origin_set *threads = o->empty;
    for (uint32_t i = 0; i < set->count; i++)
        if (set->items[i]->kind == ORIGIN_THREAD)
            threads = origin_set_add(o, threads, set->items[i]);
    return threads;
}

void origins_transfer_call(struct origins *o, struct origin_state *state, struct flow_point at,
                           const struct ir_call *call)
{
    const struct origin_set *result = origin_set_of(o, origin_base(o, ORIGIN_CALL, at.block));
    const struct ir_type *type = call->has_dest ? call->dest.type : NULL;
    struct origins *callee = origins_in_view(o, call);
    if (call->callee && ir_note(call->callee->notes, "result.borrows")) {
        result = borrowed_result(o, state, call);
    } else if (callee) {
        struct translation t = {o, state, call, at.block, callee, g_new0(const struct origin_set *, callee->list->len)};
        result = translate_set(&t, callee->result);
        apply_stores(o, state, &t);
        bool is_stored = type && store_fields(&t, state);
        g_free(t.known);
        if (is_stored)
            return;
    } else {
        fill_in(o, state, call, at.block);
        note_thread(o, state, call, at.block);
        if (call->callee && ir_note(call->callee->notes, "thread_result")) {
            if (type)
                origins_store(o, state, &call->dest, origin_set_of(o, origin_base(o, ORIGIN_THREAD, at.block)));
            return;
        }
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
    if (type && type->kind == IR_TYPE_INT)
        result = only_threads(o, result);
    if (type && origin_type_may_hold(type) && (type->kind != IR_TYPE_INT || result->count > 0))
        origins_store(o, state, &call->dest, result);
}
