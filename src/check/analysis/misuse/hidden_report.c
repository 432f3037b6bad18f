#include "analysis/misuse/hidden_parts.h"

enum { MAX_CHAIN = 5 };

static const struct hidden_use *use_of(const struct hidden_program *program, const struct hidden_way *way)
{
    return &g_array_index(program->uses, struct hidden_use, way->use);
}

/* From a function down to the use: who calls whom. */
static void tell_chain(struct hidden_program *program, struct finding *finding, const struct ir_function *fn,
                       const struct hidden_way *way)
{
    for (unsigned depth = 0; way && way->by && depth < MAX_CHAIN; depth++) {
        struct span span = fn->blocks[way->block].terminator.span;
        finding_note_at(finding, span, NULL, way->starts ? "`%s` starts a thread that runs `%s` here" : "`%s` calls `%s` here", fn->name,
                        way->by->name);
        fn = way->by;
        way = hidden_way_to(program, fn, way->use);
    }
}

static struct span name_span(const struct hidden_use *use)
{
    return span_is_none(use->call->callee_span) ? use->fn->blocks[use->block].terminator.span : use->call->callee_span;
}

static void suggest(struct finding *finding, const struct hidden_use *use)
{
    const struct ir_function *callee = use->call->callee;
    const char *twin = ir_note(callee->notes, "reentrant"), *with = ir_note(callee->notes, "reentrant.with");
    const struct ir_terminator *term = &use->fn->blocks[use->block].terminator;
    bool in_macro = span_is_none(use->call->callee_span) || (term->flags & IR_FLAG_MACRO_BODY);
    if (use->object) {
        finding_help(finding, "let each thread open its own, or hold one lock around every call on `%s`", use->object);
    } else if (twin && with && !in_macro && term->span.end > term->span.begin) {
        struct span end = term->span;
        end.begin = end.end = term->span.end - 1;
        char *more = g_strdup_printf(", %s", with);
        finding_suggest(finding, 2, (struct patch[]){{use->call->callee_span, twin}, {end, more}},
                        "use `%s`, which puts its result where it is told", twin);
        g_free(more);
    } else if (twin) {
        finding_help(finding, "use `%s`, which each thread can give memory of its own, or hold one lock around every such call", twin);
    } else {
        finding_help(finding, "hold one lock around every such call, or make them before the first thread is started");
    }
}

/* Where the thread comes from: the innermost call that starts it. */
static void tell_start(struct finding *finding, const struct hidden_start *start, bool several)
{
    const struct hidden_start *at = start;
    while (at->inner)
        at = at->inner;
    finding_label(finding, at->span, several ? "several threads that run `%s` are started here" : "a thread that runs `%s` is started here",
                  start->entry->name);
}

/* What libc looks after is told of once. */
static bool is_told(struct hidden_program *program, const char *state)
{
    return !g_hash_table_add(program->told, (gpointer)state);
}

/* The other calls of the same function in the same place: they are one mistake. */
static void tell_others(struct hidden_program *program, struct finding *finding, const struct hidden_use *shown,
                        const struct hidden_use *second)
{
    for (guint i = 0; i < program->uses->len; i++) {
        const struct hidden_use *use = &g_array_index(program->uses, struct hidden_use, i);
        if (use->fn == shown->fn && use->call != shown->call && use->call != second->call &&
            use->call->callee == shown->call->callee && use->state == shown->state)
            finding_label(finding, name_span(use), "and here");
    }
}

void hidden_report(struct hidden_program *program, const struct hidden_start *start, const struct hidden_way *way,
                   const struct ir_function *beside_fn, const struct hidden_way *beside, const struct hidden_start *other)
{
    const struct hidden_use *use = use_of(program, way), *also = use_of(program, beside);
    bool shows_other = !use->writes; /* what changes the state is what goes wrong */
    const struct hidden_use *shown = shows_other ? also : use, *second = shows_other ? use : also;
    const struct ir_function *callee = shown->call->callee;
    if (findings_mention(program->analysis->sink, "F0403", name_span(shown)) || (shown->safe && is_told(program, shown->state)))
        return;
    struct finding *finding;
    if (callee == second->call->callee)
        finding = finding_new(program->analysis->sink, "F0403", "`%s` is not reentrant, but several threads may call it at once",
                              callee->name);
    else
        finding = finding_new(program->analysis->sink, "F0403",
                              "`%s` is not reentrant, but another thread may call `%s` at once, which has the same state", callee->name,
                              second->call->callee->name);
    if (shown->object)
        finding_note(finding, "both use the one `%s`", shown->object);
    if (shown->safe)
        finding_warning(finding);
    bool by_thread = !shows_other || other;
    finding_primary(finding, name_span(shown), by_thread ? "called here by a thread" : "called here while that thread may be running");
    tell_start(finding, start, other == start);
    if (shown != second) {
        struct span there = name_span(second);
        bool second_by_thread = shows_other || other;
        finding_label(finding, there, second_by_thread ? "`%s` is called here by %s thread" : "`%s` is called here while that thread may be running",
                      second->call->callee->name, other == start ? "another such" : "a");
    }
    if (by_thread)
        tell_others(program, finding, shown, second);
    tell_chain(program, finding, start->entry, way);
    if (!other)
        tell_chain(program, finding, beside_fn, beside);
    if (!shown->object)
        finding_note(finding, shown->safe ? "C and POSIX let it keep its state in one place for the whole process, where threads "
                                            "disturb each other; some C libraries guard it"
                                          : "it keeps its state in one place for the whole process, where threads disturb each other");
    suggest(finding, shown);
}
