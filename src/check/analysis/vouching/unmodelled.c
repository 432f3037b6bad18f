#include "analysis/vouching/unmodelled.h"

#include <string.h>

#include "analysis/vouching/vouched.h"

void unmodelled_help(struct finding *f)
{
    finding_help(f, "write `fl_unsafe { ... }` around it if you can vouch for it");
}

/* --------------------------------------------------------------------------------------- what is tracked */

static bool is_behind_arc(const struct origins *origins, const struct origin *origin)
{
    for (; origin; origin = origin->parent) {
        if (origin->kind != ORIGIN_DEREF && origin->kind != ORIGIN_OWNED)
            continue;
        const struct ir_type *type = origin_type(origins, origin->parent);
        if (type && type->kind == IR_TYPE_HANDLE)
            return true;
    }
    return false;
}

static bool is_shared_variable(const struct unmodelled *u, const struct origin *root)
{
    if (!u->any_threads || root->kind != ORIGIN_GLOBAL)
        return false;
    const struct ir_global *global = u->analysis->unit->globals[root->index];
    const struct ir_type *type = global->type;
    while (type->kind == IR_TYPE_ARRAY)
        type = type->target;
    return !global->is_thread_local && !(type->quals & IR_QUAL_CONST);
}

/* Why memory is tracked, in words; NULL: it is not. */
static const char *why_tracked(const struct unmodelled *u, const struct origins *origins, const struct origin *origin)
{
    const struct origin *root = origin_root(origin);
    if (origin_guarded_field(origin))
        return "data that a lock guards";
    if (is_behind_arc(origins, origin))
        return "what other handles lead to, too";
    if (is_shared_variable(u, root))
        return "a variable that other threads can reach";
    bool is_given = ir_note(u->fn->notes, "thread_fn") && root->kind == ORIGIN_LOCAL &&
                    u->fn->locals[root->index].kind == IR_LOCAL_PARAM && !origin_is_direct(origin);
    return is_given ? "what this thread was given" : NULL;
}

static const char *why_target_is_tracked(const struct unmodelled *u, struct flow_point at, const struct ir_operand *pointer)
{
    if (pointer->kind == IR_OPERAND_CONST || pointer->type->kind != IR_TYPE_POINTER)
        return NULL;
    if (vouched_is_tracked(pointer->type))
        return "a value that owns or is guarded";
    struct origins *origins = origins_of(u->program, u->fn);
    if (!origins)
        return NULL;
    const struct origin_set *targets = origins_value(origins, origins_state(origins, at), pointer);
    const char *why = NULL;
    for (uint32_t i = 0; i < targets->count && !why; i++)
        why = why_tracked(u, origins, targets->items[i]);
    return why;
}

bool unmodelled_is_owned(const struct ir_type *type)
{
    return type && ir_type_contains_owned(type->unqualified);
}

/* ------------------------------------------------------------------------------- assembly and what is opaque */

static const char *name_of(const struct unmodelled *u, const struct ir_place *place)
{
    const char *name = ir_place_describe(u->analysis->unit, u->fn, place, u->analysis->unit->arena);
    return name ? name : "it";
}

static void report_opaque(const struct unmodelled *u, const struct ir_statement *st, const struct ir_place *place,
                          const char *leads_to)
{
    const char *doer = st->kind == IR_ST_ASM ? "this assembly" : "this statement";
    const char *name = name_of(u, place);
    struct finding *f = finding_new(u->analysis->sink, "F0902", "what %s does to `%s` cannot be vouched for", doer, name);
    if (leads_to) {
        finding_primary(f, st->span, "may change what `%s` leads to, in a way that is not seen", name);
        finding_note(f, "`%s` leads to %s", name, leads_to);
    } else {
        finding_primary(f, st->span, "`%s` owns its contents, and may be another value afterwards", name);
    }
    unmodelled_help(f);
}

static void check_opaque(const struct unmodelled *u, struct flow_point at, const struct ir_statement *st)
{
    const struct ir_opaque *opaque = st->opaque;
    for (uint32_t i = 0; i < opaque->write_count; i++)
        if (unmodelled_is_owned(opaque->writes[i].type)) {
            report_opaque(u, st, &opaque->writes[i], NULL);
            return;
        }
    if (st->kind == IR_ST_ASM && !opaque->clobbers_memory)
        return;
    for (uint32_t i = 0; i < opaque->read_count; i++)
        if (opaque->reads[i].kind != IR_OPERAND_CONST && unmodelled_is_owned(opaque->reads[i].type)) {
            report_opaque(u, st, &opaque->reads[i].place, NULL);
            return;
        }
    for (uint32_t i = 0; i < opaque->read_count; i++) {
        const char *why = why_target_is_tracked(u, at, &opaque->reads[i]);
        if (why) {
            report_opaque(u, st, &opaque->reads[i].place, why);
            return;
        }
    }
}

/* ------------------------------------------------------------------------------------------- the walk */

static void check_function(struct unmodelled *u)
{
    const struct cfg *cfg = analysis_cfg(u->analysis, u->fn);
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        uint32_t b = cfg->order[i];
        const struct ir_block *block = &u->fn->blocks[b];
        for (uint32_t s = 0; s < block->statement_count; s++) {
            const struct ir_statement *st = &block->statements[s];
            if (st->kind == IR_ST_ASM || st->kind == IR_ST_OPAQUE)
                check_opaque(u, (struct flow_point){b, s}, st);
            else if (st->kind == IR_ST_ASSIGN)
                unmodelled_bytes_assigned(u, (struct flow_point){b, s}, st);
        }
        if (block->terminator.kind == IR_TERM_CALL)
            unmodelled_bytes_copied(u, (struct flow_point){b, block->statement_count}, &block->terminator);
    }
    unmodelled_pointers(u);
    unmodelled_unions(u);
}

/* What assembly does to a value that is moved, lost or unset there is told of by those. */
static bool is_news(const struct finding *f, void *data)
{
    static const char *const codes[] = {"E0381", "E0382", "F0303"};
    for (size_t i = 0; strcmp(f->code, "F0902") == 0 && i < G_N_ELEMENTS(codes); i++)
        if (findings_mention(data, codes[i], finding_place(f)))
            return false;
    return true;
}

void unmodelled_settle(struct findings *sink)
{
    findings_keep(sink, is_news, sink);
}

static void reach(const struct callgraph *graph, bool *in_thread, const struct ir_function *fn)
{
    if (!fn || in_thread[fn->index] || !fn->has_body)
        return;
    in_thread[fn->index] = true;
    const struct call_sites *calls = &graph->calls[fn->index];
    for (uint32_t i = 0; i < calls->count; i++)
        reach(graph, in_thread, calls->items[i].call->callee);
}

void unmodelled_check(struct analysis *analysis, struct origin_program *origins)
{
    const struct ir_unit *unit = analysis->unit;
    bool *in_thread = g_new0(bool, unit->function_count + 1);
    bool any = false;
    for (uint32_t f = 0; f < unit->function_count; f++)
        if (unit->functions[f]->has_body && ir_note(unit->functions[f]->notes, "thread_fn")) {
            reach(analysis->callgraph, in_thread, unit->functions[f]);
            any = true;
        }
    for (uint32_t f = 0; f < unit->function_count; f++) {
        const struct ir_function *fn = unit->functions[f];
        if (!fn->has_body || fn->is_broken || fn->in_system_header || fn->block_count == 0)
            continue;
        struct unmodelled u = {analysis, origins, fn, in_thread[f], any};
        check_function(&u);
    }
    g_free(in_thread);
}
