/*
 * F0405: fork while other threads may be running. The child has the thread that forked and no other: what they held locked
 * stays locked, and what they were changing stays half changed. Until it calls exec, the child may call only what is
 * async-signal-safe. Programs that use pthread_atfork (`fl.atfork`) are left alone.
 */
#include "analysis/misuse/async_unsafe.h"
#include "analysis/misuse/hidden_parts.h"
#include "flow/paths.h"

struct child_facts {
    bool is_child, is_over; /* over: exec has been tried */
};

struct children {
    struct hidden_program *program;
    const struct ir_function *fn;
    uint32_t fork_block;
    uint32_t unsafe_block; /* CFG_NONE: none */
    struct unsafe_call inner;
    signed char *execs;    /* by function: gets to an exec? 0 not known yet, 1 yes, -1 no */
};

static bool merge_facts(void *ctx, void *into_bytes, const void *from_bytes)
{
    (void)ctx;
    struct child_facts *into = into_bytes;
    const struct child_facts *from = from_bytes;
    struct child_facts before = *into;
    into->is_child |= from->is_child;
    into->is_over |= from->is_over;
    return into->is_child != before.is_child || into->is_over != before.is_over;
}

/* Each function is asked once; what is being asked counts as no. */
static bool execs(const struct children *c, const struct ir_function *fn)
{
    if (!fn->has_body)
        return ir_note(fn->notes, "execs") != NULL;
    signed char *known = &c->execs[fn->index];
    if (*known)
        return *known > 0;
    *known = -1;
    const struct call_sites *calls = &c->program->analysis->callgraph->calls[fn->index];
    for (uint32_t i = 0; i < calls->count && *known < 0; i++)
        if (calls->items[i].call->callee && execs(c, calls->items[i].call->callee))
            *known = 1;
    return *known > 0;
}

static void see_child_call(struct children *c, struct path *path, struct flow_point at, const struct ir_function *callee)
{
    struct child_facts *facts = path_facts(path);
    if (execs(c, callee)) {
        facts->is_over = true;
        return;
    }
    if (!path_reporting(path) || path_widened(path) || c->unsafe_block != CFG_NONE || callee->is_noreturn)
        return;
    if (is_async_unsafe(callee))
        c->inner = (struct unsafe_call){c->fn, at.block, callee};
    else if (callee->has_body && !callee->in_system_header)
        c->inner = async_unsafe_call_of(c->program->analysis, callee);
    if (c->inner.callee)
        c->unsafe_block = at.block;
}

static void see_terminator(void *ctx, struct path *path, struct flow_point at, const struct ir_terminator *term)
{
    struct children *c = ctx;
    const struct child_facts *facts = path_facts(path);
    if (term->kind != IR_TERM_CALL || !term->call->callee)
        return;
    if (at.block == c->fork_block && term->call->has_dest) {
        struct path *child = path_fork(path);
        path_assume(child, &term->call->dest, IR_EQ, 0);
        ((struct child_facts *)path_facts(child))->is_child = true;
        path_assume(path, &term->call->dest, IR_NE, 0);
        return;
    }
    if (facts->is_child && !facts->is_over && term->call->mode == IR_CALL_PLAIN && !(term->flags & IR_FLAG_UNSAFE))
        see_child_call(c, path, at, term->call->callee);
}

static bool has_fork_handlers(const struct analysis *analysis)
{
    for (uint32_t f = 0; f < analysis->unit->function_count; f++)
        if (ir_note(analysis->unit->functions[f]->notes, "atfork"))
            return true;
    return false;
}

static void report(struct children *c, const struct hidden_start *start)
{
    const struct ir_terminator *term = &c->fn->blocks[c->fork_block].terminator;
    const struct ir_call *unsafe = c->fn->blocks[c->unsafe_block].terminator.call;
    struct finding *finding = finding_new(c->program->analysis->sink, "F0405",
                                          "the process may have several threads when it forks, and the child calls `%s`",
                                          c->inner.callee->name);
    finding_primary(finding, term->span, "the child has only the thread that forks here");
    finding_step(finding, 1);
    finding_label(finding, c->fn->blocks[c->unsafe_block].terminator.span,
                  unsafe->callee == c->inner.callee ? "the child calls `%s` here, which is not async-signal-safe"
                                                    : "the child gets to `%s` here, which is not async-signal-safe",
                  c->inner.callee->name);
    finding_step(finding, 2);
    while (start->inner)
        start = start->inner;
    finding_label(finding, start->span, "a thread that runs `%s` is started here", start->entry->name);
    if (unsafe->callee != c->inner.callee)
        finding_note_at(finding, c->inner.fn->blocks[c->inner.block].terminator.span, NULL, "`%s` calls `%s` here", c->inner.fn->name,
                        c->inner.callee->name);
    finding_note(finding, "a lock that another thread holds at this moment, also one inside the C library, is never released in the child");
    finding_help(finding, "fork before the first thread is started, or call only async-signal-safe functions in the child until `exec` or `_exit`");
}

void fork_children_check(struct hidden_program *program, const struct hidden_start *start, const struct hidden_use *use)
{
    struct span span = use->fn->blocks[use->block].terminator.span;
    if (has_fork_handlers(program->analysis) || g_hash_table_contains(program->told, use->call))
        return;
    g_hash_table_add(program->told, (gpointer)use->call);
    struct children c = {program, use->fn, use->block, CFG_NONE, {0},
                         g_new0(signed char, program->analysis->unit->function_count + 1)};
    struct path_problem problem = {
        .facts_size = sizeof(struct child_facts), .stable_memory = true, .merge = merge_facts, .terminator = see_terminator};
    struct paths *paths = paths_run(analysis_cfg(program->analysis, use->fn), &problem, &c);
    paths_report(paths);
    paths_free(paths);
    g_free(c.execs);
    if (c.unsafe_block != CFG_NONE && !findings_mention(program->analysis->sink, "F0405", span))
        report(&c, start);
}
