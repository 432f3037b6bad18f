/*
 * A flow-insensitive look at a drop function and what it calls.
 *
 * Each local holds a set of *sources*: "loaded from field f of record R, through d more pointers". A
 * source that reaches something that frees (a parameter noted `fl.moved`, a function whose body frees it,
 * a function nobody can see, a DROP) is owned. Order does not matter for that question, so one set for
 * each local is enough, and a list's `next = n->next; free(n)` needs no special rule.
 */
#include "analysis/moves/owning_fields.h"

#include <string.h>

enum { MAX_DEPTH = 4, MAX_FUNCTIONS = 64 };

struct source {
    const struct ir_record *record; /* NULL: the value itself, before any field */
    uint32_t field;
    int depth; /* pointers followed since the field was read; -1: the address of the field itself */
};

struct owning_fields {
    GArray *owned; /* of struct source */
    bool everything;
};

/* One function, all of its calls together: what each local may have been loaded from. */
struct walk {
    struct search *search;
    const struct ir_function *fn;
    GArray **locals; /* of struct source, by local */
};

/* The drop function and what it calls, until nothing is added any more. */
struct search {
    struct owning_fields *result;
    GPtrArray *walks;
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
        if (s.depth < 0) /* db_close(&d->handle): what the field holds */
            s.depth = 0;
        if (s.record)
            add_source(walk->search->result->owned, s);
    }
}

static struct walk *walk_of(struct search *search, const struct ir_function *fn)
{
    for (guint i = 0; i < search->walks->len; i++) {
        struct walk *walk = g_ptr_array_index(search->walks, i);
        if (walk->fn == fn)
            return walk;
    }
    if (search->walks->len == MAX_FUNCTIONS)
        return NULL;
    struct walk *walk = g_new(struct walk, 1);
    walk->search = search;
    walk->fn = fn;
    walk->locals = g_new(GArray *, fn->local_count);
    for (uint32_t i = 0; i < fn->local_count; i++)
        walk->locals[i] = g_array_new(FALSE, FALSE, sizeof(struct source));
    g_ptr_array_add(search->walks, walk);
    search->changed = true;
    return walk;
}

static void free_walk(gpointer data)
{
    struct walk *walk = data;
    for (uint32_t i = 0; i < walk->fn->local_count; i++)
        g_array_free(walk->locals[i], TRUE);
    g_free(walk->locals);
    g_free(walk);
}

static void add_all(struct search *search, GArray *into, const GArray *from)
{
    for (guint i = 0; i < from->len; i++)
        search->changed |= add_source(into, g_array_index(from, struct source, i));
}

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
    const struct ir_function *callee = call->callee;
    bool is_seen = callee && callee->has_body && !callee->in_system_header;
    struct walk *inner = is_seen ? walk_of(walk->search, callee) : NULL;
    for (uint32_t i = 0; i < call->arg_count; i++) {
        if (call->args[i].kind == IR_OPERAND_CONST)
            continue;
        GArray *set = sources_of_place(walk, &call->args[i].place);
        if (inner && i < callee->param_count)
            add_all(walk->search, inner->locals[i + 1], set);
        else if (!is_seen && (!callee || unseen_frees(callee, i)))
            mark_owned(walk, set);
        g_array_free(set, TRUE);
    }
}

static void flow_into(struct walk *walk, const struct ir_place *dest, const GArray *set)
{
    if (dest->base == IR_BASE_LOCAL && dest->projection_count == 0)
        add_all(walk->search, walk->locals[dest->base_index], set);
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
            if (s.depth > 0 || (s.depth == 0 && s.record)) {
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

struct owning_fields *owning_fields_of(const struct ir_type *owned)
{
    struct owning_fields *result = g_new0(struct owning_fields, 1);
    result->owned = g_array_new(FALSE, FALSE, sizeof(struct source));
    const struct ir_function *drop = owned->unqualified->drop;
    if (!drop || !drop->has_body || drop->is_broken) {
        result->everything = true;
        return result;
    }
    struct search search = {.result = result, .walks = g_ptr_array_new_with_free_func(free_walk)};
    struct source self = {NULL, 0, 0};
    add_source(walk_of(&search, drop)->locals[1], self);
    while (search.changed) {
        search.changed = false;
        for (guint i = 0; i < search.walks->len; i++) {
            struct walk *walk = g_ptr_array_index(search.walks, i);
            for (uint32_t b = 0; b < walk->fn->block_count; b++)
                visit_block(walk, &walk->fn->blocks[b]);
        }
    }
    /* too much to follow: what it frees is not known, so it counts as owning all */
    result->everything = search.walks->len == MAX_FUNCTIONS;
    g_ptr_array_free(search.walks, TRUE);
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
        if (s->record == record && s->field == field && s->depth >= (int)depth)
            return true;
    }
    return false;
}

bool owning_fields_is_everything(const struct owning_fields *fields)
{
    return fields->everything;
}
