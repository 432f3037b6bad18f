#include "analysis/effects/param_writes.h"

#include <glib.h>

#include "analysis/effects/effects.h"
#include "analysis/origins/origin_parts.h"

struct param_writes {
    struct analysis *analysis;
    struct origin_program *origins;
    GHashTable **known; /* by function: parameter + 1 -> struct param_write, whose `by` is NULL where there is none */
};

struct param_writes *param_writes_new(struct analysis *analysis, struct origin_program *origins)
{
    struct param_writes *writes = g_new0(struct param_writes, 1);
    writes->analysis = analysis;
    writes->origins = origins;
    writes->known = g_new0(GHashTable *, analysis->unit->function_count + 1);
    return writes;
}

void param_writes_free(struct param_writes *writes)
{
    for (uint32_t i = 0; i < writes->analysis->unit->function_count; i++)
        if (writes->known[i])
            g_hash_table_destroy(writes->known[i]);
    g_free(writes->known);
    g_free(writes);
}

/* -------------------------------------------------------------------------------------------- a body */

struct walk {
    struct param_writes *writes;
    struct origins *origins;
    uint32_t local; /* the parameter's */
    struct param_write *found;
};

/* In what the parameter points to, or in what that owns. */
static bool is_behind(const struct walk *w, const struct origin *origin)
{
    bool has_left = false;
    for (const struct origin *at = origin; at; at = at->parent) {
        if (at->kind == ORIGIN_FIELD && at->record->fields[at->index].guarded_by)
            return false;
        if (at->kind == ORIGIN_LOCAL)
            return has_left && at->index == w->local;
        if (at->kind == ORIGIN_DEREF && at->parent->kind != ORIGIN_LOCAL)
            return false;
        has_left |= at->kind == ORIGIN_DEREF || at->kind == ORIGIN_OWNED;
    }
    return false;
}

static bool any_is_behind(const struct walk *w, const struct origin_set *set)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (is_behind(w, set->items[i]))
            return true;
    return false;
}

static void write_place(struct walk *w, const struct origin_state *state, const struct ir_place *place,
                        struct span span, unsigned flags)
{
    if (!w->found->by && !(flags & IR_FLAG_UNSAFE) && any_is_behind(w, origins_place(w->origins, state, place)))
        *w->found = (struct param_write){origins_function(w->origins), span};
}

static void walk_call(struct walk *w, const struct origin_state *state, const struct ir_terminator *term)
{
    const struct ir_call *call = term->call;
    if (call->has_dest)
        write_place(w, state, &call->dest, term->span, term->flags);
    for (uint32_t i = 0; i < call->arg_count && !w->found->by; i++) {
        const struct ir_operand *arg = &call->args[i];
        if (arg->kind == IR_OPERAND_CONST || arg->place.type->kind != IR_TYPE_POINTER || (term->flags & IR_FLAG_UNSAFE) ||
            !any_is_behind(w, origins_value(w->origins, state, arg)))
            continue;
        const struct param_write *inner = param_writes_of_call(w->writes, call, i);
        if (inner && span_is_none(inner->where))
            *w->found = (struct param_write){origins_function(w->origins), arg->span};
        else if (inner)
            *w->found = *inner;
    }
}

static void visit(void *ctx, const void *state, struct flow_point at, const struct ir_statement *st,
                  const struct ir_terminator *term)
{
    struct walk *w = ctx;
    (void)at;
    if (w->found->by || !((const struct origin_state *)state)->reached)
        return;
    if (st && (st->kind == IR_ST_ASSIGN || st->kind == IR_ST_ZERO || st->kind == IR_ST_DROP || st->kind == IR_ST_FORGET))
        write_place(w, state, &st->place, st->span, st->flags);
    else if (!st && term->kind == IR_TERM_CALL)
        walk_call(w, state, term);
}

static const struct param_write *in_body(struct param_writes *writes, const struct ir_function *fn, uint32_t parameter)
{
    struct origins *origins = origins_of(writes->origins, fn);
    if (!origins || !origins->flow)
        return NULL;
    GHashTable **known = &writes->known[fn->index];
    if (!*known)
        *known = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    struct param_write *found = g_hash_table_lookup(*known, GUINT_TO_POINTER(parameter + 1));
    if (!found) { /* what a recursive call would write, this one writes as well */
        found = g_new0(struct param_write, 1);
        g_hash_table_insert(*known, GUINT_TO_POINTER(parameter + 1), found);
        struct walk w = {writes, origins, parameter + 1, found};
        dataflow_visit(origins->flow, visit, &w);
    }
    return found->by ? found : NULL;
}

const struct param_write *param_writes_of_call(struct param_writes *writes, const struct ir_call *call, uint32_t argument)
{
    static const struct param_write not_seen = {NULL, {.file = 0}};
    const struct ir_function *callee = call->callee;
    if (callee && callee->has_body && !callee->is_broken && !callee->in_system_header)
        return argument < callee->param_count ? in_body(writes, callee, argument) : NULL;
    return effect_unseen_writes(call, argument) ? &not_seen : NULL;
}
