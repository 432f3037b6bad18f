/*
 * Where the threads that a function starts may be running.
 *
 * Property simulation (flow/paths.h) with one fact: the set of threads that run. A start forks the path, for one that has
 * failed leaves nothing running; a join ends what it waits for; leaving a loop that joins ends all that was started
 * outside of it. So `if (started) join(t);` is understood, and so is what stands behind a failed start.
 *
 * A second set says which of them this pass of the loop has started: what a pass chooses for its thread is nobody else's
 * until then.
 *
 * Order: sets by inclusion (may-analysis). Merge: union. Height: 2 x MAX_THREADS.
 */
#include "analysis/races/race_parts.h"

#include "flow/counted_loops.h"

#include "flow/paths.h"

struct facts {
    thread_set live, fresh;
};

struct liveness {
    struct race_function *f;
    const struct ir_function *fn;
    const struct cfg *cfg;
    const thread_set *starts; /* by block: what its call leaves running */
    thread_set *joins;        /* by block */
    thread_set *loop_joins;   /* by loop: of threads that are started outside of it */
};

static bool merge_facts(void *ctx, void *into, const void *from)
{
    (void)ctx;
    struct facts *to = into, before = *to;
    const struct facts *other = from;
    to->live |= other->live;
    to->fresh |= other->fresh;
    return to->live != before.live || to->fresh != before.fresh;
}

static thread_set started_outside(const struct liveness *l, uint32_t loop, thread_set threads)
{
    for (guint i = 0; i < l->f->threads->len; i++) {
        const struct race_thread *thread = g_ptr_array_index(l->f->threads, i);
        if (cfg_loop_contains(l->cfg, loop, thread->block))
            threads &= ~(UINT64_C(1) << MIN(i, MAX_THREADS - 1));
    }
    return threads;
}

/* pthread_create says 0 when there is a thread. */
static bool tells_of_failure(const struct ir_call *call)
{
    bool starts = false;
    for (uint32_t i = 0; call->callee && i < call->callee->type->param_count; i++)
        starts |= ir_note(call->callee->params[i].notes, "thread_entry") != NULL;
    return starts && call->has_dest && call->mode == IR_CALL_PLAIN;
}

static void see_terminator(void *ctx, struct path *path, struct flow_point at, const struct ir_terminator *term)
{
    struct liveness *l = ctx;
    struct facts *facts = path_facts(path);
    if (path_reporting(path)) {
        l->f->live[at.block] |= facts->live;
        l->f->fresh[at.block] |= facts->fresh;
        if (term->kind == IR_TERM_RETURN)
            l->f->at_exit |= facts->live;
    }
    if (term->kind != IR_TERM_CALL)
        return;
    facts->live &= ~l->joins[at.block];
    facts->fresh &= ~l->joins[at.block];
    if (!l->starts[at.block])
        return;
    if (tells_of_failure(term->call)) {
        struct path *failed = path_fork(path);
        path_assume(failed, &term->call->dest, IR_NE, 0);
        path_assume(path, &term->call->dest, IR_EQ, 0);
        facts = path_facts(path);
    }
    facts->live |= l->starts[at.block];
    facts->fresh |= l->starts[at.block];
}

static bool see_edge(void *ctx, struct path *path, const struct cfg_edge *edge)
{
    struct liveness *l = ctx;
    struct facts *facts = path_facts(path);
    for (uint32_t loop = l->cfg->loop_of[edge->from]; loop != CFG_NONE; loop = l->cfg->loops[loop].parent) {
        if (l->cfg->loops[loop].head == edge->from && !cfg_loop_contains(l->cfg, loop, edge->to))
            facts->live &= ~l->loop_joins[loop];
        if (l->cfg->loops[loop].head == edge->to)
            facts->fresh = started_outside(l, loop, facts->fresh);
    }
    return true;
}

/* `pthread_join(t[1])` does not wait for what was started into t[0]. */
static thread_set of_other_elements(struct race_program *program, const struct liveness *l, uint32_t block)
{
    const struct ir_call *call = l->fn->blocks[block].terminator.call;
    struct values *values = analysis_values(program->analysis, l->fn);
    struct flow_point at = {block, l->fn->blocks[block].statement_count};
    thread_set others = 0;
    for (uint32_t i = 0; call->callee && i < call->arg_count && i < call->callee->type->param_count; i++) {
        int64_t element;
        const struct value *v = ir_note(call->callee->params[i].notes, "joined") ? value_of_operand(values, at, &call->args[i])
                                                                                 : NULL;
        if (!v || v->kind != VALUE_LOAD || !race_address_element(v->base, &element))
            continue;
        for (guint k = 0; k < l->f->threads->len; k++) {
            const struct race_thread *thread = g_ptr_array_index(l->f->threads, k);
            if (thread->has_element && thread->element != element)
                others |= UINT64_C(1) << MIN(k, MAX_THREADS - 1);
        }
    }
    return others;
}

thread_set race_threads_left_over(struct race_program *program, const struct ir_function *fn,
                                  const struct race_function *f, uint32_t join)
{
    const struct cfg *cfg = analysis_cfg(program->analysis, fn);
    struct counted_loop joined, started;
    int64_t beyond;
    thread_set left = 0;
    if (cfg->loop_of[join] == CFG_NONE || !counted_loop(cfg, cfg->loop_of[join], &joined))
        return 0;
    for (guint i = 0; i < f->threads->len; i++) {
        const struct race_thread *thread = g_ptr_array_index(f->threads, i);
        uint32_t loop = cfg->loop_of[thread->block];
        if (loop != CFG_NONE && loop != cfg->loop_of[join] && counted_loop(cfg, loop, &started) &&
            counted_loop_difference(&started, &joined, &beyond) && beyond > 0)
            left |= UINT64_C(1) << MIN(i, MAX_THREADS - 1);
    }
    return left;
}

static void find_joins(struct race_program *program, struct liveness *l)
{
    struct origins *o = origins_of(program->origins, l->fn);
    for (uint32_t k = 0; k < l->cfg->order_count; k++) {
        uint32_t b = l->cfg->order[k];
        if (l->fn->blocks[b].terminator.kind != IR_TERM_CALL)
            continue;
        thread_set joined = race_threads_named(program, l->f, threads_waited_for(program->waits, o, b));
        joined &= ~(of_other_elements(program, l, b) | race_threads_left_over(program, l->fn, l->f, b));
        l->joins[b] = joined;
        for (uint32_t loop = l->cfg->loop_of[b]; joined && loop != CFG_NONE; loop = l->cfg->loops[loop].parent)
            l->loop_joins[loop] |= started_outside(l, loop, joined);
    }
}

void race_live_find(struct race_program *program, const struct ir_function *fn, struct race_function *f,
                    const thread_set *starts)
{
    struct cfg *cfg = analysis_cfg(program->analysis, fn);
    struct liveness l = {
        .f = f,
        .fn = fn,
        .cfg = cfg,
        .starts = starts,
        .joins = g_new0(thread_set, fn->block_count + 1),
        .loop_joins = g_new0(thread_set, cfg->loop_count + 1),
    };
    find_joins(program, &l);
    struct path_problem problem = {
        .facts_size = sizeof(struct facts),
        .stable_memory = true,
        .merge = merge_facts,
        .terminator = see_terminator,
        .edge = see_edge,
    };
    struct paths *paths = paths_run(cfg, &problem, &l);
    paths_report(paths);
    paths_free(paths);
    g_free(l.joins);
    g_free(l.loop_joins);
}
