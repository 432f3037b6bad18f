/* What values hold, what can be reached from them, and how an origin is called in a message. */
#include "analysis/origins/origin_parts.h"

#include <string.h>

enum { MAX_STEPS = 12 };

struct search {
    struct origins *o;
    const struct origin_state *state;
    held_pointer_visitor *visit;
    void *ctx;
    struct trait_step steps[MAX_STEPS]; /* outermost first while searching */
    uint32_t step_count;
    GPtrArray *seen;             /* struct origin: memory behind owned pointers that has been searched */
    const struct ir_type *owner; /* the owned type that the search is in: its drop says what it owns */
};

static void search_cell(struct search *s, const struct origin *cell, const struct ir_type *type);

static void found(struct search *s, const struct ir_type *type, const struct origin_set *targets)
{
    struct trait_step innermost_first[MAX_STEPS];
    for (uint32_t i = 0; i < s->step_count; i++)
        innermost_first[i] = s->steps[s->step_count - 1 - i];
    struct held_pointer held = {type, targets, innermost_first, s->step_count};
    s->visit(s->ctx, &held);
}

static bool push(struct search *s, struct trait_step step)
{
    if (s->step_count == MAX_STEPS)
        return false;
    s->steps[s->step_count++] = step;
    return true;
}

/* What an owned pointer leads to belongs to the value, so the pointers in there are its pointers, too. */
static void search_owned(struct search *s, const struct origin *cell, const struct ir_type *pointer)
{
    const struct origin_set *targets = origin_state_get(s->o, s->state, cell, pointer);
    if (!origin_type_may_hold(pointer->target) || !push(s, (struct trait_step){.kind = TRAIT_STEP_POINTER, .type = pointer}))
        return;
    for (uint32_t i = 0; i < targets->count; i++) {
        const struct origin *target = targets->items[i];
        if (target->kind != ORIGIN_CALL || g_ptr_array_find(s->seen, target, NULL))
            continue; /* a list comes back to the same piece of memory */
        g_ptr_array_add(s->seen, (gpointer)target);
        search_cell(s, target, pointer->target);
    }
    s->step_count--;
}

static void search_fields(struct search *s, const struct origin *cell, const struct ir_type *type)
{
    const struct ir_record *record = type->record;
    const struct ir_type *outer = s->owner;
    if (type->unqualified->is_owned)
        s->owner = type;
    for (uint32_t i = 0; i < record->field_count; i++) {
        const struct ir_field *field = &record->fields[i];
        if (!origin_type_may_hold(field->type) || (field->type->kind == IR_TYPE_ARRAY && field->type->count == 0))
            continue;
        if (!push(s, (struct trait_step){.kind = TRAIT_STEP_FIELD, .type = type, .field = field}))
            break;
        const struct origin *part = origin_field(s->o, cell, record, i);
        const struct ir_type *element = field->type;
        while (element->kind == IR_TYPE_ARRAY)
            element = element->target;
        if (element->kind == IR_TYPE_POINTER && s->owner &&
            traits_field_is_owning(s->o->traits, s->owner, record, i))
            search_owned(s, part, element);
        else
            search_cell(s, part, element);
        s->step_count--;
    }
    s->owner = outer;
}

static void search_cell(struct search *s, const struct origin *cell, const struct ir_type *type)
{
    if (!origin_type_may_hold(type) || traits_is_libc_shared(type))
        return;
    switch (type->kind) {
    case IR_TYPE_ARRAY:
    case IR_TYPE_ATOMIC:
        search_cell(s, cell, type->target);
        break;
    case IR_TYPE_RECORD:
        search_fields(s, cell, type);
        break;
    case IR_TYPE_HANDLE:
        if (traits_prove(s->o->traits, type, TRAIT_SEND)->answer != TRAIT_BY_VALUE)
            break;
        if (push(s, (struct trait_step){.kind = TRAIT_STEP_HANDLE, .type = type})) {
            found(s, type, origin_state_get(s->o, s->state, cell, type));
            s->step_count--;
        }
        break;
    default:
        found(s, type, origin_state_get(s->o, s->state, cell, type));
        break;
    }
}

void origins_held_by(struct origins *o, const struct origin_state *state, const struct ir_operand *operand,
                     held_pointer_visitor *visit, void *ctx)
{
    if (operand->kind == IR_OPERAND_CONST || !origin_type_may_hold(operand->place.type))
        return;
    const struct ir_type *type = operand->place.type;
    if (type->kind == IR_TYPE_POINTER || type->kind == IR_TYPE_INT || type->kind == IR_TYPE_BLOCK) {
        struct search s = {.visit = visit, .ctx = ctx};
        found(&s, type, origins_value(o, state, operand));
        return;
    }
    const struct origin_set *cells = origins_place(o, state, &operand->place);
    for (uint32_t i = 0; i < cells->count; i++)
        origins_held_in(o, state, cells->items[i], type, visit, ctx);
}

void origins_held_in(struct origins *o, const struct origin_state *state, const struct origin *cell,
                     const struct ir_type *type, held_pointer_visitor *visit, void *ctx)
{
    struct search s = {.o = o, .state = state, .visit = visit, .ctx = ctx, .seen = g_ptr_array_new()};
    search_cell(&s, cell, type);
    g_ptr_array_free(s.seen, TRUE);
}

const struct origin_set *origins_reach(struct origins *o, const struct origin_state *state,
                                       const struct origin_set *from)
{
    const struct origin_set *reached = from;
    for (const struct origin_set *before = NULL; before != reached;) {
        before = reached;
        for (uint32_t i = 0; i < before->count; i++) {
            const struct origin *target = before->items[i];
            /* a struct that is reached has been handed over as a whole when a pointer to its start has */
            for (const struct origin *cell = target; cell; cell = origin_next_part(cell, target)) {
                const struct origin_set *set = origin_state_stored(state, cell);
                if (set)
                    reached = origin_set_join(o, reached, set);
            }
        }
        if (reached->count >= ORIGIN_MAX_SET)
            break;
    }
    return reached;
}

const struct ir_type *origin_type(const struct origins *o, const struct origin *origin)
{
    switch (origin->kind) {
    case ORIGIN_LOCAL:
        return o->fn->locals[origin->index].type;
    case ORIGIN_GLOBAL:
        return o->unit->globals[origin->index]->type;
    case ORIGIN_FIELD:
        return origin->record->fields[origin->index].type;
    case ORIGIN_DEREF:
    case ORIGIN_OWNED: {
        const struct ir_type *type = origin_type(o, origin->parent);
        while (type && type->kind == IR_TYPE_ARRAY)
            type = type->target;
        return type && (type->kind == IR_TYPE_POINTER || type->kind == IR_TYPE_HANDLE) ? type->target : NULL;
    }
    default:
        return NULL;
    }
}

bool origin_has_array(const struct origins *origins, const struct origin *origin)
{
    for (; origin; origin = origin->parent) {
        const struct ir_type *type = origin_type(origins, origin);
        if (type && type->kind == IR_TYPE_ARRAY)
            return true;
    }
    return false;
}

static const char *pointer_name(const struct origins *o, const struct origin *pointer)
{
    return pointer->kind == ORIGIN_LOCAL ? ir_pointer_name(o->fn, pointer->index) : origin_describe(o, pointer);
}

const char *origin_describe(const struct origins *o, const struct origin *origin)
{
    const char *parent;
    switch (origin->kind) {
    case ORIGIN_LOCAL:
        return o->fn->locals[origin->index].hidden ? NULL : o->fn->locals[origin->index].name;
    case ORIGIN_GLOBAL:
        return o->unit->globals[origin->index]->name;
    case ORIGIN_FIELD: {
        const char *name = origin->record->fields[origin->index].name;
        const struct origin *base = origin->parent;
        bool arrow = base->kind == ORIGIN_DEREF || base->kind == ORIGIN_OWNED;
        parent = arrow ? pointer_name(o, base->parent) : origin_describe(o, base);
        if (!parent || !name)
            return parent;
        return arena_printf(o->arena, "%s%s%s", parent, arrow ? "->" : ".", name);
    }
    case ORIGIN_DEREF:
    case ORIGIN_OWNED:
        parent = pointer_name(o, origin->parent);
        return parent ? arena_printf(o->arena, "*%s", parent) : NULL;
    default:
        return NULL;
    }
}

struct span origin_borrow_span(const struct origins *o, const struct origin *origin)
{
    GArray *spans = g_hash_table_lookup(o->borrows, GUINT_TO_POINTER(origin_root(origin)->index + 1));
    return spans && spans->len > 0 ? g_array_index(spans, struct span, spans->len - 1) : NO_SPAN;
}
