/*
 * Locks by name: `lock`, `a->lock`, `&pool.m`, `table_lock`, as the annotations write them. An identifier and
 * then members; what it starts from is a sibling field, a parameter or a global, in this order.
 */
#include <string.h>

#include "analysis/locks/guard_parts.h"

struct reader {
    const char *at;
    char name[64];
};

static void skip_space(struct reader *r)
{
    while (*r->at == ' ' || *r->at == '\t' || *r->at == '&' || *r->at == '(' || *r->at == ')')
        r->at++;
}

static bool read_name(struct reader *r)
{
    skip_space(r);
    size_t length = 0;
    while (g_ascii_isalnum(r->at[length]) || r->at[length] == '_')
        length++;
    if (length == 0 || length >= sizeof r->name)
        return false;
    memcpy(r->name, r->at, length);
    r->name[length] = '\0';
    r->at += length;
    skip_space(r);
    return true;
}

/* The field of that name, also in anonymous members. False when there is none. */
static bool step_to_field(struct origins *o, const struct origin **at, const struct ir_record *record,
                          const char *name, const struct ir_type **ret_type)
{
    for (uint32_t i = 0; i < record->field_count; i++) {
        const struct ir_field *field = &record->fields[i];
        const struct origin *inner = origin_field(o, *at, record, i);
        if (field->name && strcmp(field->name, name) == 0) {
            *at = inner;
            *ret_type = field->type;
            return true;
        }
        if (!field->name && field->type->kind == IR_TYPE_RECORD &&
            step_to_field(o, &inner, field->type->record, name, ret_type)) {
            *at = inner;
            return true;
        }
    }
    return false;
}

static const struct origin_set *follow(struct origins *o, const struct origin_state *state,
                                       const struct origin_set *cells, const struct ir_type *type, struct reader *r)
{
    while (*r->at) {
        bool arrow = r->at[0] == '-' && r->at[1] == '>';
        if (!arrow && *r->at != '.')
            return o->empty;
        r->at += arrow ? 2 : 1;
        if (!read_name(r))
            return o->empty;
        if (arrow) {
            if (type->kind != IR_TYPE_POINTER)
                return o->empty;
            const struct origin_set *targets = o->empty;
            for (uint32_t i = 0; i < cells->count; i++)
                targets = origin_set_join(o, targets, origin_state_get(o, state, cells->items[i], type));
            cells = targets;
            type = type->target;
        }
        if (type->kind != IR_TYPE_RECORD)
            return o->empty;
        const struct origin_set *fields = o->empty;
        const struct ir_type *field_type = type;
        for (uint32_t i = 0; i < cells->count; i++) {
            const struct origin *at = cells->items[i];
            if (step_to_field(o, &at, type->record, r->name, &field_type))
                fields = origin_set_add(o, fields, at);
        }
        cells = fields;
        type = field_type;
    }
    /* a pointer to the lock was named, as in FL_REQUIRES(lock) of a parameter `struct fl_lock *lock` */
    if (type->kind == IR_TYPE_POINTER) {
        const struct origin_set *targets = o->empty;
        for (uint32_t i = 0; i < cells->count; i++)
            targets = origin_set_join(o, targets, origin_state_get(o, state, cells->items[i], type));
        return targets;
    }
    return cells;
}

static const struct origin_set *from_global(struct origins *o, const struct origin_state *state, struct reader *r)
{
    for (uint32_t i = 0; i < o->unit->global_count; i++) {
        const struct ir_global *global = o->unit->globals[i];
        if (!global->owner && strcmp(global->name, r->name) == 0)
            return follow(o, state, origin_set_of(o, origin_base(o, ORIGIN_GLOBAL, i)), global->type, r);
    }
    return o->empty;
}

static const struct origin_state nothing_stored = {.reached = true};

const struct origin_set *lock_beside_field(struct origins *o, const struct origin *field)
{
    struct reader r = {.at = field->record->fields[field->index].guarded_by};
    const struct origin *at = field->parent;
    const struct ir_type *type;
    if (!read_name(&r))
        return o->empty;
    if (step_to_field(o, &at, field->record, r.name, &type))
        return follow(o, &nothing_stored, origin_set_of(o, at), type, &r);
    return from_global(o, &nothing_stored, &r);
}

const struct origin_set *lock_of_global(struct origins *o, uint32_t global, const char *text)
{
    (void)global;
    struct reader r = {.at = text};
    return read_name(&r) ? from_global(o, &nothing_stored, &r) : o->empty;
}

const struct origin_set *lock_of_parameters(struct origins *o, const struct origin_state *state,
                                            const struct ir_function *callee, const struct ir_call *call,
                                            const char *text)
{
    struct reader r = {.at = text};
    if (!read_name(&r))
        return o->empty;
    for (uint32_t i = 0; i < callee->type->param_count; i++) {
        if (!callee->param_names || !callee->param_names[i] || strcmp(callee->param_names[i], r.name) != 0)
            continue;
        const struct ir_type *type = callee->type->params[i];
        if (!call)
            return follow(o, state, origin_set_of(o, origin_base(o, ORIGIN_LOCAL, i + 1)), type, &r);
        if (i >= call->arg_count || type->kind != IR_TYPE_POINTER)
            return o->empty;
        const struct origin_set *targets = origins_value(o, state, &call->args[i]);
        if (r.at[0] == '-' && r.at[1] == '>') {
            /* `a->m` from here: the first arrow is the argument itself */
            char *rest = g_strconcat(".", r.at + 2, NULL);
            struct reader inner = {.at = rest};
            const struct origin_set *locks = follow(o, state, targets, type->target, &inner);
            g_free(rest);
            return locks;
        }
        return *r.at ? o->empty : targets;
    }
    return from_global(o, state, &r);
}
