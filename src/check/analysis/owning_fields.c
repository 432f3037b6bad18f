/*
 * A flow-insensitive look at a drop function and what it calls.
 *
 * Each local holds a set of *sources*: "loaded from field f of record R, through d more pointers". A
 * source that reaches something that frees (a parameter noted `fl.moved`, a function whose body frees it,
 * a function nobody can see, a DROP) is owned. Order does not matter for that question, so one set for
 * each local is enough, and a list's `next = n->next; free(n)` needs no special rule.
 */
#include "analysis/owning_fields.h"

#include <string.h>

enum { MAX_DEPTH = 4, MAX_CALL_DEPTH = 8, MAX_ROUNDS = 8 };

struct source {
    const struct ir_record *record; /* NULL: the value itself, before any field */
    uint32_t field;
    uint32_t depth; /* pointers followed since the field was read */
};

struct owning_fields {
    GArray *owned; /* of struct source */
    bool everything;
};

/* One function's walk: what each local may have been loaded from. */
struct walk {
    const struct ir_unit *unit;
    const struct ir_function *fn;
    struct owning_fields *result;
    GArray **locals; /* of struct source, by local */
    unsigned call_depth;
    bool changed;
};

static bool has_source(const GArray *set, struct source s)
{
    for (guint i = 0; i < set->len; i++) {
        const struct source *old = &g_array_index(set, struct source, i);
        if (old->record == s.record && old->field == s.field && old->depth == s.depth)
            return true;
    }
    return false;
}

static bool add_source(GArray *set, struct source s)
{
    if (s.depth > MAX_DEPTH || has_source(set, s))
        return false;
    g_array_append_val(set, s);
    return true;
}

/* What a place's value may have been loaded from. The caller frees it. */
static GArray *sources_of_place(const struct walk *walk, const struct ir_place *place)
{
    GArray *set = g_array_new(FALSE, FALSE, sizeof(struct source));
    if (place->base != IR_BASE_LOCAL)
        return set;
    g_array_append_vals(set, walk->locals[place->base_index]->data, walk->locals[place->base_index]->len);
    for (uint32_t i = 0; i < place->projection_count && set->len > 0; i++) {
        const struct ir_projection *proj = &place->projections[i];
        if (proj->kind == IR_PROJ_FIELD) {
            g_array_set_size(set, 0);
            add_source(set, (struct source){proj->record, proj->index, 0});
        } else if (proj->kind == IR_PROJ_DEREF) {
            for (guint k = 0; k < set->len; k++)
                g_array_index(set, struct source, k).depth++;
        }
    }
    return set;
}

static void mark_owned(struct walk *walk, const GArray *set)
{
    for (guint i = 0; i < set->len; i++) {
        struct source s = g_array_index(set, struct source, i);
        if (s.record)
            add_source(walk->result->owned, s);
    }
}

static void visit_function(struct owning_fields *result, const struct ir_unit *unit,
                           const struct ir_function *fn, GArray *const *args, uint32_t arg_count,
                           unsigned call_depth);

/* Does an unseen callee free its argument? The notes say so; of the user's own functions we assume it. */
static bool unseen_frees(const struct ir_function *callee, uint32_t arg)
{
    if (arg < callee->type->param_count) {
        const char *const *notes = callee->params[arg].notes;
        if (ir_note(notes, "moved") || ir_note(notes, "moved_if"))
            return true;
        if (ir_note(notes, "lent"))
            return false;
    }
    return !callee->in_system_header && !callee->is_variadic;
}

static void visit_call(struct walk *walk, const struct ir_call *call)
{
    GArray **args = g_new(GArray *, call->arg_count + 1);
    for (uint32_t i = 0; i < call->arg_count; i++) {
        const struct ir_operand *arg = &call->args[i];
        args[i] = arg->kind == IR_OPERAND_CONST ? g_array_new(FALSE, FALSE, sizeof(struct source))
                                                : sources_of_place(walk, &arg->place);
    }
    const struct ir_function *callee = call->callee;
    if (callee && callee->has_body && !callee->in_system_header) {
        visit_function(walk->result, walk->unit, callee, args, call->arg_count, walk->call_depth + 1);
    } else {
        for (uint32_t i = 0; i < call->arg_count; i++)
            if (!callee || unseen_frees(callee, i))
                mark_owned(walk, args[i]);
    }
    for (uint32_t i = 0; i < call->arg_count; i++)
        g_array_free(args[i], TRUE);
    g_free(args);
}

static void flow_into(struct walk *walk, const struct ir_place *dest, const GArray *set)
{
    if (dest->base != IR_BASE_LOCAL || dest->projection_count > 0)
        return;
    for (guint i = 0; i < set->len; i++)
        walk->changed |= add_source(walk->locals[dest->base_index], g_array_index(set, struct source, i));
}

static void visit_assign(struct walk *walk, const struct ir_statement *st)
{
    const struct ir_rvalue *value = &st->value;
    if (value->kind == IR_RV_ADDRESS_OF) {
        /* &p->field: the field's value is one more pointer away; &(*p) and &p[i] were p */
        GArray *set = sources_of_place(walk, &value->place);
        guint kept = 0;
        for (guint i = 0; i < set->len; i++) {
            struct source s = g_array_index(set, struct source, i);
            if (s.depth > 0) {
                s.depth--;
                g_array_index(set, struct source, kept++) = s;
            }
        }
        g_array_set_size(set, kept);
        flow_into(walk, &st->place, set);
        g_array_free(set, TRUE);
        return;
    }
    for (uint32_t i = 0; i < value->operand_count; i++) {
        if (value->operands[i].kind == IR_OPERAND_CONST)
            continue;
        GArray *set = sources_of_place(walk, &value->operands[i].place);
        flow_into(walk, &st->place, set);
        g_array_free(set, TRUE);
    }
}

static void visit_block(struct walk *walk, const struct ir_block *block)
{
    for (uint32_t i = 0; i < block->statement_count; i++) {
        const struct ir_statement *st = &block->statements[i];
        if (st->kind == IR_ST_ASSIGN)
            visit_assign(walk, st);
        if (st->kind == IR_ST_DROP) {
            GArray *set = sources_of_place(walk, &st->place);
            mark_owned(walk, set);
            g_array_free(set, TRUE);
        }
    }
    if (block->terminator.kind == IR_TERM_CALL)
        visit_call(walk, block->terminator.call);
}

static void visit_function(struct owning_fields *result, const struct ir_unit *unit,
                           const struct ir_function *fn, GArray *const *args, uint32_t arg_count,
                           unsigned call_depth)
{
    if (call_depth > MAX_CALL_DEPTH) {
        result->everything = true;
        return;
    }
    struct walk walk = {.unit = unit, .fn = fn, .result = result, .call_depth = call_depth};
    walk.locals = g_new(GArray *, fn->local_count);
    for (uint32_t i = 0; i < fn->local_count; i++)
        walk.locals[i] = g_array_new(FALSE, FALSE, sizeof(struct source));
    for (uint32_t i = 0; i < arg_count && i < fn->param_count; i++)
        g_array_append_vals(walk.locals[i + 1], args[i]->data, args[i]->len);
    for (unsigned round = 0; round < MAX_ROUNDS; round++) {
        walk.changed = false;
        for (uint32_t b = 0; b < fn->block_count; b++)
            visit_block(&walk, &fn->blocks[b]);
        if (!walk.changed)
            break;
    }
    for (uint32_t i = 0; i < fn->local_count; i++)
        g_array_free(walk.locals[i], TRUE);
    g_free(walk.locals);
}

struct owning_fields *owning_fields_of(const struct ir_unit *unit, const struct ir_type *owned)
{
    struct owning_fields *result = g_new0(struct owning_fields, 1);
    result->owned = g_array_new(FALSE, FALSE, sizeof(struct source));
    const struct ir_function *drop = owned->unqualified->drop;
    if (!drop || !drop->has_body || drop->is_broken) {
        result->everything = true;
        return result;
    }
    GArray *self = g_array_new(FALSE, FALSE, sizeof(struct source));
    add_source(self, (struct source){NULL, 0, 0});
    visit_function(result, unit, drop, &self, 1, 0);
    g_array_free(self, TRUE);
    return result;
}

void owning_fields_free(struct owning_fields *fields)
{
    if (!fields)
        return;
    g_array_free(fields->owned, TRUE);
    g_free(fields);
}

bool owning_fields_has(const struct owning_fields *fields, const struct ir_record *record, uint32_t field,
                       unsigned depth)
{
    if (fields->everything)
        return true;
    for (guint i = 0; i < fields->owned->len; i++) {
        const struct source *s = &g_array_index(fields->owned, struct source, i);
        if (s->record == record && s->field == field && s->depth >= depth)
            return true;
    }
    return false;
}

bool owning_fields_is_everything(const struct owning_fields *fields)
{
    return fields->everything;
}
