/*
 * E0133: a plain static that threads of the library can reach, with no lock. What pthreads share is F0201's.
 *
 * The effects of the functions that nobody calls (main above all) hold everything that runs: what threads do, and
 * what is done while one may run. What is certainly done before the first start is initialisation.
 */
#include <string.h>

#include "analysis/effects/effect_locks.h"
#include "analysis/effects/effect_words.h"
#include "analysis/effects/effects.h"
#include "analysis/origins/origin_parts.h"

struct use {
    const struct ir_function *root;
    const struct memory_effect *effect;
    bool after_joins; /* nothing is started any more, and somebody has been waited for */
};

struct statics {
    struct effect_program *program;
    struct findings *sink;
    const struct ir_unit *unit;
    GArray **uses; /* by global: of struct use; NULL: none by a thread or beside one */
};

static bool is_plain_variable(const struct ir_global *global)
{
    const struct ir_type *type = global->type;
    while (type->kind == IR_TYPE_ARRAY)
        type = type->target;
    return !global->is_thread_local && !(type->quals & IR_QUAL_CONST) && !ir_note(global->notes, "guarded_by");
}

static bool waits_for_thread(const struct ir_call *call)
{
    if (!call->callee || !ir_note(call->callee->notes, "blocks"))
        return false;
    if (ir_note(call->callee->notes, "scope.end"))
        return true;
    for (uint32_t i = 0; i < call->arg_count && i < call->callee->type->param_count; i++)
        if (ir_note(call->callee->params[i].notes, "moved"))
            return true;
    return false;
}

/* A join comes before, and no start after: read together with the rule that threads have a lock in common. */
static bool is_after_joins(struct statics *s, const struct ir_function *fn, const struct memory_effect *effect)
{
    struct analysis *analysis = effect_analysis(s->program);
    const struct cfg *cfg = analysis_cfg(analysis, fn);
    const struct call_sites *calls = &analysis->callgraph->calls[fn->index];
    bool joined = false;
    for (uint32_t i = 0; i < calls->count; i++) {
        uint32_t block = calls->items[i].block;
        if (!cfg_reachable(cfg, block))
            continue;
        if (waits_for_thread(calls->items[i].call) &&
            cfg_can_reach(cfg, block, effect->at.block))
            joined = true;
        if (calls->items[i].call->mode != IR_CALL_PLAIN &&
            (block == effect->at.block || cfg_can_reach(cfg, effect->at.block, block)))
            return false;
    }
    return joined;
}

static void add_use(struct statics *s, uint32_t global, struct use use)
{
    if (!s->uses[global])
        s->uses[global] = g_array_new(FALSE, FALSE, sizeof(struct use));
    g_array_append_val(s->uses[global], use);
}

/*
 * The variable itself, or memory that it leads to by plain pointers: whoever reaches the one reaches the other. What
 * functions out of view might do behind a pointer is no evidence, and handles have rules of their own.
 */
static bool is_of_variable(const struct origins *origins, const struct memory_effect *effect)
{
    for (const struct origin *at = effect->origin; at; at = at->parent) {
        if (at->kind != ORIGIN_DEREF && at->kind != ORIGIN_OWNED)
            continue;
        const struct ir_type *pointer = origin_type(origins, at->parent);
        while (pointer && pointer->kind == IR_TYPE_ARRAY)
            pointer = pointer->target;
        if (effect->is_guess || !pointer || pointer->kind != IR_TYPE_POINTER)
            return false;
    }
    return true;
}

static void collect(struct statics *s, const struct ir_function *fn)
{
    const GPtrArray *effects = effects_of(s->program, fn);
    struct origins *origins = effects ? effect_origins(s->program, fn) : NULL;
    for (guint i = 0; origins && i < effects->len; i++) {
        const struct memory_effect *effect = g_ptr_array_index(effects, i);
        const struct origin *root = origin_root(effect->origin);
        if (root->kind != ORIGIN_GLOBAL || !is_of_variable(origins, effect) ||
            !is_plain_variable(s->unit->globals[root->index]) || effect_is_synchronised(origins, effect))
            continue;
        if ((!effect->in_thread && !effect->after_start) || effect->is_lent)
            continue;
        bool after_joins = !effect->in_thread && is_after_joins(s, fn, effect);
        add_use(s, root->index, (struct use){fn, effect, after_joins});
    }
}

/*
 * What a static pointer leads to. Who starts the thread knows better where it leads (to what malloc gave), so that
 * there the variable is out of sight: the thread's own words are taken.
 */
static void collect_behind_pointers(struct statics *s, const struct call_site *start)
{
    const struct ir_function *entry = start->call->callee;
    const GPtrArray *effects = effects_of(s->program, entry);
    struct origins *origins = effects ? effect_origins(s->program, entry) : NULL;
    for (guint i = 0; origins && i < effects->len; i++) {
        const struct memory_effect *inner = g_ptr_array_index(effects, i);
        const struct origin *root = origin_root(inner->origin);
        if (root->kind != ORIGIN_GLOBAL || origin_is_direct(inner->origin) || !is_of_variable(origins, inner) ||
            !is_plain_variable(s->unit->globals[root->index]) || effect_is_synchronised(origins, inner))
            continue;
        struct memory_effect *effect = ARENA_NEW(s->unit->arena, struct memory_effect);
        *effect = *inner;
        effect->in_thread = true;
        effect->at = (struct flow_point){start->block, start->caller->blocks[start->block].statement_count};
        effect->call = start->call;
        effect->by = entry;
        effect->inner = inner;
        effect->place = NULL;
        add_use(s, root->index, (struct use){start->caller, effect, false});
    }
}

static const struct use *use_at(const GArray *uses, guint i)
{
    return &g_array_index(uses, struct use, i);
}

/* One lock that all hold, but for those who come after the joins. */
static bool have_lock_in_common(const GArray *uses)
{
    const struct use *first = NULL;
    for (guint i = 0; i < uses->len && !first; i++)
        if (!use_at(uses, i)->after_joins)
            first = use_at(uses, i);
    if (!first)
        return true;
    for (uint32_t k = 0; k < first->effect->locks->count; k++) {
        struct origin_set *one = g_malloc(sizeof(struct origin_set) + sizeof(const struct origin *));
        const struct origin *lock = first->effect->locks->items[k];
        one->count = 1;
        memcpy(one->items, &lock, sizeof(const struct origin *));
        bool all = true;
        for (guint i = 0; i < uses->len && all; i++)
            all = use_at(uses, i)->after_joins || effect_locks_in_common(one, use_at(uses, i)->effect->locks);
        g_free(one);
        if (all)
            return true;
    }
    return false;
}

/* The step of the chain that starts the thread, and in which function it is. */
static const struct memory_effect *start_of(const struct memory_effect *effect)
{
    for (; effect->inner; effect = effect->inner)
        if (effect->call && effect->call->mode != IR_CALL_PLAIN)
            return effect;
    return NULL;
}

static void report(struct statics *s, const struct ir_global *global, const struct use *use, const struct use *writer)
{
    const struct memory_effect *access = effect_shown(use->effect);
    if (findings_mention(s->sink, "E0133", access->span) ||
        (!origin_is_direct(use->effect->origin) && findings_mention(s->sink, "E0133", global->span)))
        return; /* what a pointer leads to is told of once, and not beside the pointer itself */
    struct finding *finding = finding_new(s->sink, "E0133", "use of mutable static `%s` where threads can reach it",
                                          global->name);
    finding_primary(finding, access->span, "use of mutable static");
    finding_label(finding, global->span, "`%s` is declared here, without a lock", global->name);
    const struct memory_effect *start = start_of(use->effect);
    if (start)
        finding_label(finding, start->call->callee_span, "a thread that runs `%s` is started here", start->by->name);
    if (writer) {
        struct span there = effect_shown(writer->effect)->span;
        finding_label(finding, there, "`%s` is written here, when a thread may be running", global->name);
    }
    if (start)
        effect_notes_on_the_way(finding, start, false);
    finding_note(finding, "a static can be changed by one thread while another uses it, which is a data race");
    finding_help(finding, "make it an `fl_mutex`, an `fl_rwlock` or `_Atomic`, or name its lock with `FL_GUARDED_BY`");
}

static void judge(struct statics *s, const struct ir_global *global, const GArray *uses)
{
    const struct use *writer = NULL;
    bool in_thread = false, thread_writes = false;
    for (guint i = 0; i < uses->len; i++) {
        const struct memory_effect *effect = use_at(uses, i)->effect;
        in_thread |= effect->in_thread;
        thread_writes |= effect->in_thread && effect->writes;
        if (effect->writes && !writer)
            writer = use_at(uses, i);
    }
    if (!in_thread || !writer || have_lock_in_common(uses) || findings_mention(s->sink, "E0277", global->span))
        return;
    bool some_without = false;
    for (guint i = 0; i < uses->len; i++)
        some_without |= use_at(uses, i)->effect->in_thread && use_at(uses, i)->effect->locks->count == 0;
    /* a place that reads and writes is told of as a writer: a read of the same span comes after */
    for (guint i = 0; i < 2 * uses->len; i++) {
        const struct use *use = use_at(uses, i % uses->len);
        if (use->effect->writes != (i < uses->len))
            continue;
        bool lacks = use->effect->locks->count == 0;
        if (some_without ? (use->effect->in_thread && lacks) : (lacks && !use->after_joins))
            report(s, global, use, use->effect->writes || thread_writes ? NULL : writer);
    }
    if (!some_without && !findings_mention(s->sink, "E0133", global->span))
        for (guint i = 0; i < uses->len; i++)
            if (use_at(uses, i)->effect->in_thread)
                report(s, global, use_at(uses, i), NULL);
}

static bool is_a_beginning(const struct analysis *analysis, const struct ir_function *fn)
{
    return fn->has_body && !fn->in_system_header &&
           (strcmp(fn->name, "main") == 0 || analysis->callgraph->callers[fn->index].count == 0);
}

void statics_check(struct effect_program *program, struct findings *sink)
{
    struct analysis *analysis = effect_analysis(program);
    struct statics s = {program, sink, analysis->unit, g_new0(GArray *, analysis->unit->global_count + 1)};
    for (uint32_t f = 0; f < s.unit->function_count; f++)
        if (is_a_beginning(analysis, s.unit->functions[f]))
            collect(&s, s.unit->functions[f]);
    const struct callgraph *graph = analysis->callgraph;
    for (uint32_t i = 0; i < graph->site_count; i++)
        if (graph->sites[i].call->mode != IR_CALL_PLAIN && graph->sites[i].call->callee &&
            graph->sites[i].call->callee->has_body)
            collect_behind_pointers(&s, &graph->sites[i]);
    for (uint32_t g = 0; g < s.unit->global_count; g++) {
        if (!s.uses[g])
            continue;
        judge(&s, s.unit->globals[g], s.uses[g]);
        g_array_free(s.uses[g], TRUE);
    }
    g_free(s.uses);
}
