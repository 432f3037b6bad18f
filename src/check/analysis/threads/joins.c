/*
 * pthread_create and thrd_create: what the thread is lent must stay until it is joined (E0373), and somebody must join or
 * detach it (F0401).
 *
 * Property simulation with four facts for each call that starts a thread (join_parts.h). Starting forks the path: a
 * failed start leaves nothing alive. Joining kills; so does waiting on something inside the lent storage (the thread
 * signals that it is done), and handing the handle to a function that nobody sees. Where a lent local's storage ends while
 * a thread is live, the thread outlives it; where a function returns that has the only handle of a thread which is owed a
 * join, nobody can join it any more.
 */
#include "analysis/threads/join_parts.h"

static bool merge_facts(void *ctx, void *into_bytes, const void *from_bytes)
{
    (void)ctx;
    struct facts *into = into_bytes;
    const struct facts *from = from_bytes;
    struct facts before = *into;
    into->live |= from->live;
    into->owed |= from->owed;
    into->settled |= from->settled;
    into->lost |= from->lost;
    return into->live != before.live || into->owed != before.owed || into->settled != before.settled ||
           into->lost != before.lost;
}

static bool borrows(const struct site *site, uint32_t local)
{
    for (guint i = 0; i < site->borrowed->len; i++) {
        const struct origin *root = origin_root(g_ptr_array_index(site->borrowed, i));
        if (root->kind == ORIGIN_LOCAL && root->index == local)
            return true;
    }
    return false;
}

static void storage_ends(struct joins *j, struct path *path, uint32_t local, struct span end)
{
    const struct facts *facts = path_facts(path);
    for (guint i = 0; i < j->sites->len; i++) {
        struct site *site = site_at(j, i);
        if (!(facts->live >> i & 1) || !borrows(site, local) || site->outlived)
            continue;
        for (guint k = 0; k < site->borrowed->len; k++)
            if (origin_root(g_ptr_array_index(site->borrowed, k))->index == local)
                site->outlived = g_ptr_array_index(site->borrowed, k);
        site->end = end;
        site->lost = facts->lost >> i & 1;
    }
}

static bool is_declared_in_loop(const struct joins *j, uint32_t loop, uint32_t local)
{
    for (uint32_t block = 0; block < j->f->fn->block_count; block++) {
        if (!cfg_reachable(j->cfg, block) || !cfg_loop_contains(j->cfg, loop, block))
            continue;
        const struct ir_block *b = &j->f->fn->blocks[block];
        for (uint32_t i = 0; i < b->statement_count; i++)
            if (b->statements[i].kind == IR_ST_STORAGE_LIVE && b->statements[i].local == local)
                return true;
    }
    return false;
}

/* `i++` in the loop that gave &i to a thread. */
static void variable_changes(struct joins *j, struct path *path, struct flow_point at, const struct ir_statement *st)
{
    const struct facts *facts = path_facts(path);
    uint32_t local = st->place.base_index;
    for (guint i = 0; i < j->sites->len; i++) {
        struct site *site = site_at(j, i);
        uint32_t loop = j->cfg->loop_of[site->block];
        if (!(facts->live >> i & 1) || !span_is_none(site->change) || !borrows(site, local))
            continue;
        while (loop != CFG_NONE && !cfg_loop_contains(j->cfg, loop, at.block))
            loop = j->cfg->loops[loop].parent;
        if (loop != CFG_NONE && !is_declared_in_loop(j, loop, local))
            site->change = st->span;
    }
}

static void lose_handle(struct site *site, enum handle_loss how, struct span at)
{
    if (site->loss != HANDLE_KEPT)
        return;
    site->loss = how;
    site->loss_at = at;
}

/* `while (1) { pthread_t t; pthread_create(&t, ...); }` */
static void handle_ends(struct joins *j, struct path *path, struct flow_point at, uint32_t local, struct span end)
{
    const struct facts *facts = path_facts(path);
    uint32_t loop = j->cfg->loop_of[at.block];
    for (guint i = 0; i < j->sites->len && loop != CFG_NONE; i++)
        if ((facts->owed >> i & 1) && cfg_loop_contains(j->cfg, loop, site_at(j, i)->block) &&
            is_declared_in_loop(j, loop, local) && site_at(j, i)->cells->count > 0 && handle_is_only_in(j, at, i, local))
            lose_handle(site_at(j, i), HANDLE_OUT_OF_SCOPE, end);
}

static void see_statement(void *ctx, struct path *path, struct flow_point at, const struct ir_statement *st)
{
    struct joins *j = ctx;
    if (!path_reporting(path) || path_widened(path))
        return;
    if (st->kind == IR_ST_STORAGE_DEAD) {
        storage_ends(j, path, st->local, st->span);
        handle_ends(j, path, at, st->local, st->span);
    }
    if (st->kind == IR_ST_ASSIGN && st->place.base == IR_BASE_LOCAL && st->place.projection_count == 0 &&
        !(st->flags & IR_FLAG_INITIALIZER) && ir_type_is_scalar(st->place.type))
        variable_changes(j, path, at, st);
}

/* What callers may see: threads that are still live here and use what the parameters lead to, or that they must join. */
static void tell_callers(struct joins *j, struct path *path, struct flow_point at)
{
    const struct facts *facts = path_facts(path);
    const struct ir_type *type = j->f->fn->locals[0].type;
    struct ir_operand result = {
        .kind = IR_OPERAND_COPY, .type = type, .place = {.base = IR_BASE_LOCAL, .type = type}};
    int is_zero = ir_type_is_scalar(type) ? path_test(path, &result, IR_EQ, 0) : -1;
    for (guint i = 0; i < j->sites->len; i++) {
        struct site *site = site_at(j, i);
        if ((facts->owed >> i & 1) && handle_goes_to_caller(j, at, i)) {
            site->handle_at_zero |= is_zero != 0;
            site->handle_at_nonzero |= is_zero != 1;
        }
        for (guint k = 0; (facts->live >> i & 1) && k < site->of_params->len; k++) {
            g_array_index(site->of_params, struct thread_sent, k).live_when_zero |= is_zero != 0;
            g_array_index(site->of_params, struct thread_sent, k).live_when_nonzero |= is_zero != 1;
        }
    }
}

static void function_returns(struct joins *j, struct path *path, struct flow_point at, const struct ir_terminator *term)
{
    const struct facts *facts = path_facts(path);
    for (uint32_t p = 1; p <= j->f->fn->param_count; p++)
        storage_ends(j, path, p, term->span);
    j->owed_at[at.block] |= facts->owed;
    j->settled_at[at.block] |= facts->settled & ~facts->owed;
    tell_callers(j, path, at);
}

/* The handles of these threads are where the new one's is put now, and nowhere else. */
static void overwrite_handles(struct joins *j, struct path *path, struct flow_point at, guint index)
{
    struct facts *facts = path_facts(path);
    const struct site *site = site_at(j, index);
    if (!site->single_handle)
        return;
    uint32_t local = site->cells->items[0]->kind == ORIGIN_LOCAL ? site->cells->items[0]->index : CFG_NONE;
    for (guint i = 0; i < j->sites->len; i++) {
        struct site *other = site_at(j, i);
        if (!((facts->live | facts->owed) >> i & 1) || !other->single_handle || other->cells != site->cells)
            continue;
        if (i == index)
            facts->lost |= UINT64_C(1) << i;
        if (local != CFG_NONE && (facts->owed >> i & 1) && handle_is_only_in(j, at, i, local) && path_reporting(path) &&
            !path_widened(path))
            lose_handle(other, HANDLE_OVERWRITTEN, site->term->span);
    }
}

static void start_thread(struct joins *j, struct path *path, struct flow_point at, guint index)
{
    const struct site *site = site_at(j, index);
    uint64_t bit = UINT64_C(1) << index;
    struct ir_place status = {0};
    bool tells = site->status != UINT32_MAX && site->live_when_zero != site->live_when_nonzero;
    if (tells) {
        status = site->term->call->dest;
        struct path *failed = path_fork(path);
        path_assume(failed, &status, site->live_when_zero ? IR_NE : IR_EQ, 0);
    }
    overwrite_handles(j, path, at, index);
    struct facts *facts = path_facts(path);
    facts->live |= bit;
    if (site->must_join)
        facts->owed |= bit;
    if (tells)
        path_assume(path, &status, site->live_when_zero ? IR_EQ : IR_NE, 0);
}

/* What a later handle has taken the place of was told of when that happened. */
static void settle(struct facts *facts, uint64_t mask)
{
    facts->settled |= mask & facts->owed;
    facts->owed &= ~mask;
}

static void see_terminator(void *ctx, struct path *path, struct flow_point at, const struct ir_terminator *term)
{
    struct joins *j = ctx;
    if (term->kind == IR_TERM_RETURN && path_reporting(path) && !path_widened(path))
        function_returns(j, path, at, term);
    if (term->kind != IR_TERM_CALL)
        return;
    const struct call_effects *effects = &j->blocks[at.block];
    if (term->call->callee && ir_note(term->call->callee->notes, "exits_thread") && path_reporting(path) &&
        !path_widened(path))
        j->owed_at[at.block] |= ((const struct facts *)path_facts(path))->owed;
    struct facts *facts = path_facts(path);
    facts->live &= ~(effects->joins & ~facts->lost);
    facts->live &= ~effects->waits;
    settle(facts, effects->joins | effects->detaches | effects->takes);
    for (guint i = 0; i < j->sites->len; i++)
        if (effects->starts >> i & 1)
            start_thread(j, path, at, i);
}

static bool see_edge(void *ctx, struct path *path, const struct cfg_edge *edge)
{
    struct joins *j = ctx;
    struct facts *facts = path_facts(path);
    for (uint32_t loop = j->cfg->loop_of[edge->from]; loop != CFG_NONE; loop = j->cfg->loops[loop].parent)
        if (j->cfg->loops[loop].head == edge->from && !cfg_loop_contains(j->cfg, loop, edge->to)) {
            facts->live &= ~(j->loop_joins[loop] & ~facts->lost);
            settle(facts, j->loop_joins[loop] | j->loop_detaches[loop]);
        }
    return true;
}

static void report(struct joins *j)
{
    for (guint i = 0; i < j->sites->len; i++) {
        struct site *site = site_at(j, i);
        if (!span_is_none(site->change)) {
            const struct origin *variable = g_ptr_array_index(site->borrowed, 0);
            report_loop_variable(j->f, &site->start, variable, site->change);
        } else if (site->outlived) {
            report_not_joined(j->f, &site->start, site->outlived, site->end, site->detached, site->lost);
        }
        for (guint k = 0; k < site->of_params->len; k++) {
            const struct thread_sent *sent = &g_array_index(site->of_params, struct thread_sent, k);
            if (sent->live_when_zero || sent->live_when_nonzero)
                g_array_append_vals(j->f->summary->sent, sent, 1);
        }
    }
    unjoined_note_starts(j);
    unjoined_report(j);
}

static void simulate(struct joins *j)
{
    struct path_problem problem = {
        .facts_size = sizeof(struct facts),
        .merge = merge_facts,
        .statement = see_statement,
        .terminator = see_terminator,
        .edge = see_edge,
    };
    struct paths *paths = paths_run(j->cfg, &problem, j);
    paths_report(paths);
    paths_free(paths);
    report(j);
}

void joins_check(struct thread_function *f)
{
    struct joins j = {.f = f, .cfg = f->origins->cfg};
    j.sites = g_array_new(FALSE, TRUE, sizeof(struct site));
    j.blocks = g_new0(struct call_effects, f->fn->block_count);
    j.loop_joins = g_new0(uint64_t, j.cfg->loop_count + 1);
    j.loop_detaches = g_new0(uint64_t, j.cfg->loop_count + 1);
    j.owed_at = g_new0(uint64_t, f->fn->block_count);
    j.settled_at = g_new0(uint64_t, f->fn->block_count);
    join_sites_find(&j);
    for (guint i = 0; i < j.sites->len; i++)
        j.blocks[site_at(&j, i)->block].starts |= UINT64_C(1) << i;
    const struct call_sites *calls = &f->analysis->graph->calls[f->fn->index];
    for (uint32_t i = 0; i < calls->count; i++)
        if (cfg_reachable(j.cfg, calls->items[i].block))
            join_effects_find(&j, calls->items[i].block);
    if (j.sites->len > 0) {
        join_loops_find(&j);
        simulate(&j);
    }
    join_sites_clear(&j);
    g_free(j.blocks);
    g_free(j.loop_joins);
    g_free(j.loop_detaches);
    g_free(j.owed_at);
    g_free(j.settled_at);
}
