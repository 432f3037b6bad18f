/*
 * The order of things for one unit: summaries from the leaves of the call graph up, then every family on
 * every function. Values and control flow are made once for each function and shared.
 */
#include "analysis/analysis.h"

#include "analysis/context.h"
#include "analysis/effects/effects.h"
#include "analysis/locks/guards.h"
#include "analysis/locks/held_sets.h"
#include "analysis/misuse/misuse.h"
#include "analysis/threads/jumps.h"
#include "analysis/loans/loans.h"
#include "analysis/origins/origins.h"
#include "analysis/races/races.h"
#include "analysis/loans/refcells.h"
#include "analysis/threads/threads.h"
#include "analysis/traits/traits.h"
#include "analysis/vouching/unmodelled.h"
#include "analysis/vouching/vouched.h"

/* A recursive component that has not settled after this many rounds is left as it is. */
#define ROUNDS_MAX 4

struct cfg *analysis_cfg(struct analysis *analysis, const struct ir_function *fn)
{
    struct cfg **cfg = &analysis->cfgs[fn->index];
    if (!*cfg && fn->has_body)
        *cfg = cfg_new(analysis->unit, fn, analysis->no_return);
    return *cfg;
}

struct values *analysis_values(struct analysis *analysis, const struct ir_function *fn)
{
    struct values **values = &analysis->values[fn->index];
    if (!*values && fn->has_body)
        *values = values_new(analysis_cfg(analysis, fn));
    return *values;
}

static bool can_be_analysed(const struct ir_function *fn)
{
    return fn->has_body && !fn->is_broken && fn->block_count > 0;
}

/* No path leads to a return: it ends the process, or loops for ever. */
static bool never_returns(struct analysis *analysis, const struct ir_function *fn)
{
    const struct cfg *cfg = analysis_cfg(analysis, fn);
    for (uint32_t i = 0; i < cfg->order_count; i++)
        if (fn->blocks[cfg->order[i]].terminator.kind == IR_TERM_RETURN)
            return false;
    return true;
}

static void summarise_component(struct analysis *analysis, const struct callgraph_component *component)
{
    const struct ir_unit *unit = analysis->unit;
    for (uint32_t i = 0; i < component->count; i++) {
        const struct ir_function *fn = unit->functions[component->functions[i]];
        if (can_be_analysed(fn) && !component->is_recursive)
            analysis->no_return[fn->index] |= never_returns(analysis, fn);
    }
    bool again = true;
    for (unsigned round = 0; again && round < ROUNDS_MAX; round++) {
        again = false;
        for (uint32_t i = 0; i < component->count; i++) {
            const struct ir_function *fn = unit->functions[component->functions[i]];
            if (!can_be_analysed(fn))
                continue;
            bool changed = summary_from_body(analysis, fn);
            changed |= frees_summarise(analysis, fn);
            again |= changed && component->is_recursive;
        }
    }
}

static void check_component(struct analysis *analysis, const struct callgraph_component *component)
{
    for (uint32_t i = 0; i < component->count; i++) {
        const struct ir_function *fn = analysis->unit->functions[component->functions[i]];
        if (!can_be_analysed(fn) || fn->in_system_header)
            continue;
        results_check(analysis, fn);
        flexible_check(analysis, fn);
        init_check(analysis, fn);
        moves_check(analysis, fn);
        frees_check(analysis, fn);
    }
}

static void check_effects(struct analysis *analysis, struct origin_program *origins)
{
    struct effect_program *effects = effect_program_new(analysis, origins);
    if (!effects)
        return;
    statics_check(effects, analysis->sink);
    for (uint32_t f = 0; f < analysis->unit->function_count; f++)
        if (can_be_analysed(analysis->unit->functions[f])) {
            shared_writes_check(effects, analysis->unit->functions[f]);
            scopes_check(effects, analysis->unit->functions[f]);
        }
    effect_program_free(effects);
}

static void stage(const struct analysis_host *host, const char *what)
{
    if (host && host->stage)
        host->stage(what);
}

/* What may take as long as all the rest, and nothing asks what came of it. */
struct races_part {
    struct analysis *analysis;
    struct origin_program *origins;
    struct apart *apart; /* it is done elsewhere; NULL: it is done */
};

static void find_races(void *data)
{
    struct races_part *part = data;

    races_check(part->analysis, part->origins);
}

/* A process costs a few milliseconds. */
static bool is_worth_a_process(const struct ir_unit *unit)
{
    enum { WORTH_IT = 3000 };
    uint32_t blocks = 0;

    for (uint32_t f = 0; f < unit->function_count; f++)
        blocks += unit->functions[f]->block_count;
    return blocks >= WORTH_IT;
}

/*
 * The size of the unit decides, not the cores that are free: then the same is done in the same memory however many jobs there
 * are, and nobody has to show that origins which another part has made change no finding.
 */
static void begin_races(struct races_part *part, const struct analysis_host *host)
{
    if (host && host->begin && is_worth_a_process(part->analysis->unit) && races_need_a_look(part->analysis))
        part->apart = host->begin(find_races, part, part->analysis->sink, host->data);
    if (!part->apart)
        find_races(part);
}

/*
 * What crosses threads, what locks guard, what is borrowed: all ask where pointers lead, and what types are made of. A
 * mistake that one family has told of is left alone by those behind it.
 */
static void check_pointers(struct analysis *analysis, const struct analysis_host *host, struct races_part *races)
{
    stage(host, "threads");
    struct traits *traits = traits_new(analysis->unit);
    struct origin_program *origins = origin_program_new(analysis, traits);
    threads_check(analysis, traits, origins);
    joined_twice_check(analysis, origins);
    signal_handlers_check(analysis);
    stage(host, "locks");
    for (uint32_t f = 0; f < analysis->unit->function_count; f++)
        if (can_be_analysed(analysis->unit->functions[f]))
            loans_check_guards(analysis, origins, analysis->unit->functions[f]);
    struct guard_analysis *guards = guards_check(analysis, origins);
    hidden_state_check(analysis, origins);
    stage(host, "data races");
    *races = (struct races_part){analysis, origins, NULL};
    begin_races(races, host);
    stage(host, "order of locks");
    guards_check_together(guards);
    stage(host, "borrows");
    for (uint32_t f = 0; f < analysis->unit->function_count; f++)
        if (can_be_analysed(analysis->unit->functions[f]))
            loans_check(analysis, origins, analysis->unit->functions[f]);
    refcells_check(analysis, origins);
    jumps_check(analysis, origins);
    check_effects(analysis, origins);
    unmodelled_check(analysis, origins);
    origin_program_free(origins);
    traits_free(traits);
}

static void analysis_free(struct analysis *analysis)
{
    for (uint32_t f = 0; f < analysis->unit->function_count; f++) {
        values_free(analysis->values[f]);
        cfg_free(analysis->cfgs[f]);
    }
    held_sets_free(analysis->held_sets);
    callgraph_free(analysis->callgraph);
    g_free(analysis->summaries);
    g_free(analysis->no_return);
    g_free(analysis->values);
    g_free(analysis->cfgs);
}

void analysis_run(const struct ir_unit *unit, struct findings *sink, const struct analysis_host *host)
{
    struct races_part races;
    struct analysis analysis = {
        .unit = unit,
        .sink = sink,
        .callgraph = callgraph_new(unit),
        .summaries = g_new0(struct summary, unit->function_count + 1),
        .no_return = g_new0(bool, unit->function_count + 1),
        .cfgs = g_new0(struct cfg *, unit->function_count + 1),
        .values = g_new0(struct values *, unit->function_count + 1),
    };
    for (uint32_t f = 0; f < unit->function_count; f++) {
        const struct ir_function *fn = unit->functions[f];
        analysis.no_return[f] = fn->is_noreturn || ir_note(fn->notes, "noreturn");
        summary_from_notes(&analysis, fn);
    }
    for (uint32_t i = 0; i < analysis.callgraph->component_count; i++)
        summarise_component(&analysis, &analysis.callgraph->components[i]);
    check_pointers(&analysis, host, &races);
    stage(host, "moves");
    for (uint32_t i = 0; i < analysis.callgraph->component_count; i++)
        check_component(&analysis, &analysis.callgraph->components[i]);
    if (races.apart) {
        stage(host, "data races");
        host->end(races.apart, sink, host->data);
    }
    unmodelled_settle(sink);
    vouched_apply(unit, sink);
    analysis_free(&analysis);
}
