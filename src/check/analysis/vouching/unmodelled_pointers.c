/*
 * Pointers that lead nowhere known: made from a number, taken by va_arg, a symbol that somebody looked up. They are
 * followed through locals, whatever the order of statements, until one is used.
 */
#include "analysis/origins/origin_parts.h"
#include "analysis/vouching/unmodelled.h"
#include "analysis/vouching/vouched.h"

#include <string.h>

enum source_kind { SOURCE_NONE, SOURCE_NUMBER, SOURCE_VARIADIC, SOURCE_SYMBOL };

struct source {
    enum source_kind kind;
    struct span span;
    bool is_used; /* told once */
};

struct search {
    struct unmodelled *u;
    struct origins *origins;
    GArray *sources; /* of struct source; 0 is none */
    guint *source;   /* by local: index into sources */
};

static bool is_plain_local(const struct ir_place *place)
{
    return place->base == IR_BASE_LOCAL && place->projection_count == 0;
}

static bool is_function_pointer(const struct ir_type *type)
{
    return type->kind == IR_TYPE_POINTER && type->target->kind == IR_TYPE_FUNCTION;
}

/* ------------------------------------------------------------------------------------------ where they begin */

/* Something that was computed by a call: the number may hold an address that went into it. */
static bool comes_from_call(const struct ir_function *fn, uint32_t local, unsigned depth)
{
    if (depth > 4)
        return true;
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++) {
            const struct ir_statement *st = &block->statements[i];
            if (st->kind != IR_ST_ASSIGN || !is_plain_local(&st->place) || st->place.base_index != local)
                continue;
            for (uint32_t k = 0; k < st->value.operand_count; k++) {
                const struct ir_operand *from = &st->value.operands[k];
                if (from->kind != IR_OPERAND_CONST && is_plain_local(&from->place) &&
                    from->place.base_index != local && comes_from_call(fn, from->place.base_index, depth + 1))
                    return true;
            }
        }
        const struct ir_terminator *term = &block->terminator;
        if (term->kind == IR_TERM_CALL && term->call->has_dest && is_plain_local(&term->call->dest) &&
            term->call->dest.base_index == local && term->call->arg_count > 0)
            return true;
    }
    return false;
}

/* No address went into it. */
static bool is_number(const struct search *s, struct flow_point at, const struct ir_operand *operand)
{
    if (operand->kind == IR_OPERAND_CONST || operand->type->kind != IR_TYPE_INT)
        return false;
    const struct origin_set *set = origins_value(s->origins, origins_state(s->origins, at), operand);
    for (uint32_t i = 0; i < set->count; i++) {
        const struct origin *origin = set->items[i];
        const struct ir_type *type = origin->kind == ORIGIN_DEREF ? origin_type(s->origins, origin->parent) : NULL;
        if (!type || type->kind != IR_TYPE_INT)
            return false;
    }
    return set->count > 0 || !is_plain_local(&operand->place) ||
           !comes_from_call(s->u->fn, operand->place.base_index, 0);
}

/* The `void *` that a function out of view returned: dlsym. */
static bool is_symbol(const struct search *s, struct flow_point at, const struct ir_operand *operand)
{
    if (operand->kind == IR_OPERAND_CONST || operand->type->kind != IR_TYPE_POINTER || is_function_pointer(operand->type))
        return false;
    const struct origin_set *set = origins_value(s->origins, origins_state(s->origins, at), operand);
    return set->count == 1 && set->items[0]->kind == ORIGIN_CALL;
}

static enum source_kind begins(const struct search *s, struct flow_point at, const struct ir_statement *st)
{
    const struct ir_rvalue *value = &st->value;
    if (st->flags & IR_FLAG_UNSAFE || !value->type || value->type->kind != IR_TYPE_POINTER)
        return SOURCE_NONE;
    if (value->kind == IR_RV_BUILTIN)
        return s->u->in_thread && value->builtin && strcmp(value->builtin, "va_arg") == 0 ? SOURCE_VARIADIC : SOURCE_NONE;
    if (value->kind != IR_RV_CAST)
        return SOURCE_NONE;
    if (is_function_pointer(value->type) && is_symbol(s, at, &value->operands[0]))
        return SOURCE_SYMBOL;
    if ((s->u->in_thread || is_function_pointer(value->type)) && is_number(s, at, &value->operands[0]))
        return SOURCE_NUMBER;
    return SOURCE_NONE;
}

static void find_sources(struct search *s)
{
    const struct cfg *cfg = analysis_cfg(s->u->analysis, s->u->fn);
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        const struct ir_block *block = &s->u->fn->blocks[cfg->order[i]];
        for (uint32_t k = 0; k < block->statement_count; k++) {
            const struct ir_statement *st = &block->statements[k];
            if (st->kind != IR_ST_ASSIGN || !is_plain_local(&st->place) || s->source[st->place.base_index])
                continue;
            struct source source = {begins(s, (struct flow_point){cfg->order[i], k}, st), st->span, false};
            if (source.kind == SOURCE_NONE)
                continue;
            s->source[st->place.base_index] = s->sources->len;
            g_array_append_val(s->sources, source);
        }
    }
}

/* ------------------------------------------------------------------------------------------- where they go */

static guint source_of_value(const struct search *s, const struct ir_rvalue *value)
{
    if (value->kind == IR_RV_ADDRESS_OF)
        return value->place.base == IR_BASE_LOCAL && value->place.projection_count > 0 &&
                       value->place.projections[0].kind == IR_PROJ_DEREF
                   ? s->source[value->place.base_index]
                   : 0;
    if (value->kind != IR_RV_USE && value->kind != IR_RV_CAST && value->kind != IR_RV_BINARY)
        return 0;
    const struct ir_operand *from = &value->operands[0];
    return from->kind != IR_OPERAND_CONST && is_plain_local(&from->place) ? s->source[from->place.base_index] : 0;
}

static void spread(struct search *s)
{
    for (bool again = true; again;) {
        again = false;
        for (uint32_t b = 0; b < s->u->fn->block_count; b++) {
            const struct ir_block *block = &s->u->fn->blocks[b];
            for (uint32_t i = 0; i < block->statement_count; i++) {
                const struct ir_statement *st = &block->statements[i];
                if (st->kind != IR_ST_ASSIGN || !is_plain_local(&st->place) || s->source[st->place.base_index] ||
                    !st->value.type || st->value.type->kind != IR_TYPE_POINTER)
                    continue;
                guint source = source_of_value(s, &st->value);
                s->source[st->place.base_index] = source;
                again |= source != 0;
            }
        }
    }
}

/* ------------------------------------------------------------------------------------------ what they do */

static struct source *followed(const struct search *s, const struct ir_place *place)
{
    if (place->base != IR_BASE_LOCAL || place->projection_count == 0 || place->projections[0].kind != IR_PROJ_DEREF ||
        !s->source[place->base_index])
        return NULL;
    return &g_array_index(s->sources, struct source, s->source[place->base_index]);
}

static const char *made(const struct source *source)
{
    switch (source->kind) {
    case SOURCE_VARIADIC:
        return "taken from `...`";
    case SOURCE_SYMBOL:
        return "looked up by name";
    default:
        return "made from a number";
    }
}

static void report_followed(struct search *s, struct source *source, struct span span)
{
    if (source->is_used || source->kind == SOURCE_SYMBOL || !s->u->in_thread)
        return;
    source->is_used = true;
    struct finding *f = finding_new(s->u->analysis->sink, "F0902",
                                    "a pointer that is %s and followed in a thread cannot be vouched for", made(source));
    finding_primary(f, span, "nothing says what it leads to, nor which other thread uses that");
    finding_label(f, source->span, "%s here", made(source));
    unmodelled_help(f);
}

static void check_place(struct search *s, const struct ir_place *place, struct span span)
{
    struct source *source = followed(s, place);
    if (source)
        report_followed(s, source, span);
}

static void check_operand(struct search *s, const struct ir_operand *operand)
{
    if (operand->kind != IR_OPERAND_CONST)
        check_place(s, &operand->place, operand->span);
}

static void check_call(struct search *s, const struct ir_terminator *term)
{
    const struct ir_call *call = term->call;
    for (uint32_t i = 0; i < call->arg_count; i++)
        check_operand(s, &call->args[i]);
    if (call->callee || call->pointer.kind == IR_OPERAND_CONST || !is_plain_local(&call->pointer.place))
        return;
    guint index = s->source[call->pointer.place.base_index];
    struct source *source = &g_array_index(s->sources, struct source, index);
    for (uint32_t i = 0; index && i < call->arg_count && !source->is_used; i++) {
        const struct ir_operand *arg = &call->args[i];
        if (arg->kind == IR_OPERAND_CONST || !vouched_is_tracked(arg->type))
            continue;
        source->is_used = true;
        struct finding *f = finding_new(s->u->analysis->sink, "F0902",
                                        "a call through a pointer that is %s cannot be vouched for", made(source));
        finding_primary(f, term->span, "nobody sees what this does with the `%s` that it is given",
                        arg->type->name ? arg->type->name : "value");
        finding_label(f, source->span, "%s here", made(source));
        unmodelled_help(f);
    }
}

static void find_uses(struct search *s)
{
    const struct cfg *cfg = analysis_cfg(s->u->analysis, s->u->fn);
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        const struct ir_block *block = &s->u->fn->blocks[cfg->order[i]];
        for (uint32_t k = 0; k < block->statement_count; k++) {
            const struct ir_statement *st = &block->statements[k];
            if (st->flags & IR_FLAG_UNSAFE)
                continue;
            if (st->kind == IR_ST_ASSIGN || st->kind == IR_ST_ZERO || st->kind == IR_ST_ATOMIC)
                check_place(s, &st->place, st->span);
            if (st->kind == IR_ST_ASSIGN && st->value.kind != IR_RV_ADDRESS_OF)
                for (uint32_t n = 0; n < st->value.operand_count; n++)
                    check_operand(s, &st->value.operands[n]);
        }
        const struct ir_terminator *term = &block->terminator;
        if (term->flags & IR_FLAG_UNSAFE)
            continue;
        if (term->kind == IR_TERM_CALL)
            check_call(s, term);
        else if (term->kind == IR_TERM_BRANCH || term->kind == IR_TERM_SWITCH)
            check_operand(s, &term->condition);
    }
}

/* A quick look: is there anything that could be a source? */
static bool has_sources(const struct unmodelled *u)
{
    for (uint32_t b = 0; b < u->fn->block_count; b++) {
        const struct ir_block *block = &u->fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++) {
            const struct ir_statement *st = &block->statements[i];
            if (st->kind != IR_ST_ASSIGN || !st->value.type || st->value.type->kind != IR_TYPE_POINTER)
                continue;
            if (st->value.kind == IR_RV_CAST && st->value.operands[0].kind != IR_OPERAND_CONST &&
                (is_function_pointer(st->value.type) ||
                 (u->in_thread && st->value.operands[0].type->kind == IR_TYPE_INT)))
                return true;
            if (u->in_thread && st->value.kind == IR_RV_BUILTIN)
                return true;
        }
    }
    return false;
}

void unmodelled_pointers(struct unmodelled *u)
{
    if (!has_sources(u))
        return;
    struct search s = {.u = u, .origins = origins_of(u->program, u->fn)};
    if (!s.origins)
        return;
    s.sources = g_array_new(FALSE, TRUE, sizeof(struct source));
    g_array_set_size(s.sources, 1);
    s.source = g_new0(guint, u->fn->local_count + 1);
    find_sources(&s);
    if (s.sources->len > 1) {
        spread(&s);
        find_uses(&s);
    }
    g_free(s.source);
    g_array_free(s.sources, TRUE);
}
