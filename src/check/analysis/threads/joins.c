/*
 * pthread_create and thrd_create: what the thread is lent must stay until it is joined.
 *
 * Property simulation with two facts for each call that starts a thread: it may be *live*, and its handle may
 * be *lost* (a later thread's handle took its place). Starting forks the path: a failed start leaves nothing
 * alive. Joining kills; so does waiting on something inside the lent storage (the thread signals that it is
 * done), and handing the handle to a function that nobody sees. Where a lent local's storage ends while a
 * thread is live, the thread outlives it.
 *
 * Join loops: leaving `for (i ...) pthread_join(t[i])` at its head has joined what the loop joins, also on the
 * path on which it made no pass: how often it runs is tied to how often the other loop did.
 *
 * Order of facts: subset of bits. Merge: union. Height: 2 x 64.
 */
#include "analysis/origins/origin_parts.h"
#include "analysis/threads/thread_parts.h"
#include "flow/cfg.h"
#include "flow/paths.h"

enum { MAX_SITES = 64, MAX_WAIT_DEPTH = 4 };

struct facts {
    uint64_t live, lost;
};

/* A call that starts a thread, itself or in its callee. */
struct site {
    uint32_t block;
    const struct ir_terminator *term;
    struct thread_start start;
    GPtrArray *borrowed;          /* struct origin: the locals that the thread can reach */
    GArray *of_params;            /* struct thread_sent, for the summary */
    bool single_handle;           /* a second start overwrites the handle of the first */
    bool live_when_zero, live_when_nonzero; /* by the call's result */
    uint32_t status;              /* local with the result, UINT32_MAX: none */
    bool detached;
    /* what the paths found */
    const struct origin *outlived;
    struct span end, change;
    bool lost;
};

struct effects {
    uint64_t joins;
    uint64_t waits;  /* needs no handle, so a lost one does not matter */
    uint64_t starts; /* at most one bit */
};

struct joins {
    struct thread_function *f;
    struct cfg *cfg;
    GArray *sites;
    struct effects *blocks;
    uint64_t *loop_joins; /* by loop: threads started outside of it and joined in it */
};

static struct site *site_at(const struct joins *j, guint i)
{
    return &g_array_index(j->sites, struct site, i);
}

/* ---------------------------------------------------------------------------------- finding the sites */

static bool is_lent_local(const struct joins *j, const struct origin *origin)
{
    const struct origin *root = origin_root(origin);
    if (root->kind == ORIGIN_GLOBAL)
        return origin_is_direct(origin) && j->f->analysis->unit->globals[root->index]->is_thread_local;
    return root->kind == ORIGIN_LOCAL && (origin_is_direct(origin) || origin_is_owned_by_root(origin));
}

static void add_target(struct joins *j, struct site *site, const struct origin *origin, const struct ir_type *type)
{
    const struct origin *root = origin_root(origin);
    if (is_lent_local(j, origin)) {
        for (guint i = 0; i < site->borrowed->len; i++)
            if (origin_root(g_ptr_array_index(site->borrowed, i)) == root)
                return;
        g_ptr_array_add(site->borrowed, (gpointer)origin);
    } else if (root->kind == ORIGIN_LOCAL && j->f->fn->locals[root->index].kind == IR_LOCAL_PARAM && !j->f->is_main) {
        struct thread_sent sent = {
            .origin = origin,
            .param = root->index - 1,
            .type = type,
            .start = site->start.inner.file ? site->start.inner : site->start.call,
            .start_name = site->start.name,
            .entry = site->start.inner_function,
        };
        g_array_append_val(site->of_params, sent);
    }
}

static bool is_single_handle(const struct joins *j, const struct origin_state *state, const struct ir_operand *handle)
{
    const struct origin_set *cells = origins_value(j->f->origins, state, handle);
    if (cells->count != 1 || !origin_is_direct(cells->items[0]))
        return false;
    for (const struct origin *cell = cells->items[0]; cell; cell = cell->parent) {
        const struct ir_type *type = origin_type(j->f->origins, cell);
        if (!type || type->kind == IR_TYPE_ARRAY)
            return false;
    }
    return true;
}

static struct site new_site(const struct ir_terminator *term, uint32_t block)
{
    const struct ir_call *call = term->call;
    struct site site = {
        .block = block,
        .term = term,
        .borrowed = g_ptr_array_new(),
        .of_params = g_array_new(FALSE, FALSE, sizeof(struct thread_sent)),
        .status = UINT32_MAX,
        .live_when_zero = true,
        .start = {.call = term->span, .function = call->callee_span, .starter = call->callee_span},
    };
    if (call->has_dest && call->dest.base == IR_BASE_LOCAL && call->dest.projection_count == 0)
        site.status = call->dest.base_index;
    return site;
}

static void keep_site(struct joins *j, struct site *site)
{
    if ((site->borrowed->len > 0 || site->of_params->len > 0) && j->sites->len < MAX_SITES) {
        g_array_append_vals(j->sites, site, 1);
        return;
    }
    g_ptr_array_free(site->borrowed, TRUE);
    g_array_free(site->of_params, TRUE);
}

/*
 * What the argument leads to has a type, whatever pthread_create was told. Plain C shares and hands over plain
 * pointers all the time, so only what can never be right is reported.
 */
static void check_send(struct joins *j, const struct site *site, const struct origin_set *given)
{
    for (uint32_t i = 0; i < given->count; i++) {
        const struct ir_type *type = origin_type(j->f->origins, given->items[i]);
        while (type && type->kind == IR_TYPE_ARRAY)
            type = type->target;
        if (!type)
            continue;
        const struct trait_proof *proof = traits_prove(j->f->analysis->traits, type, TRAIT_SEND);
        if (proof->answer == TRAIT_NO &&
            (proof->reason == TRAIT_REASON_HANDLE || proof->reason == TRAIT_REASON_MARKED)) {
            report_not_send(j->f, &site->start, proof);
            return;
        }
    }
}

static void find_direct_start(struct joins *j, uint32_t block, uint32_t sent)
{
    const struct ir_terminator *term = &j->f->fn->blocks[block].terminator;
    const struct ir_call *call = term->call;
    struct flow_point at = {block, j->f->fn->blocks[block].statement_count};
    const struct origin_state *state = origins_state(j->f->origins, at);
    struct site site = new_site(term, block);
    site.start.name = call->callee->name;
    site.start.argument = call->args[sent].span;
    uint32_t entry = thread_noted_argument(call, "thread_entry");
    if (entry != UINT32_MAX) {
        site.start.function = call->args[entry].span;
        const struct origin_set *functions = origins_value(j->f->origins, state, &call->args[entry]);
        if (functions->count == 1 && functions->items[0]->kind == ORIGIN_FUNCTION)
            site.start.inner_function = j->f->analysis->unit->functions[functions->items[0]->index];
    }
    uint32_t handle = thread_noted_argument(call, "thread_out");
    site.single_handle = handle != UINT32_MAX && is_single_handle(j, state, &call->args[handle]);
    const struct origin_set *given = origins_value(j->f->origins, state, &call->args[sent]);
    check_send(j, &site, given);
    const struct origin_set *reached = origins_reach(j->f->origins, state, given);
    for (uint32_t i = 0; i < reached->count; i++)
        add_target(j, &site, reached->items[i], call->args[sent].type);
    keep_site(j, &site);
}

static void find_start_in_callee(struct joins *j, uint32_t block, const struct thread_summary *summary)
{
    const struct ir_terminator *term = &j->f->fn->blocks[block].terminator;
    struct flow_point at = {block, j->f->fn->blocks[block].statement_count};
    const struct origin_state *state = origins_state(j->f->origins, at);
    struct origins *callee = origins_of(j->f->analysis->program, term->call->callee);
    struct site site = new_site(term, block);
    site.live_when_zero = false;
    for (guint i = 0; i < summary->sent->len; i++) {
        const struct thread_sent *sent = &g_array_index(summary->sent, struct thread_sent, i);
        if (sent->must_be_static || sent->param >= term->call->arg_count)
            continue;
        site.start.name = sent->start_name;
        site.start.argument = term->call->args[sent->param].span;
        site.start.inner = sent->start;
        site.start.inner_function = sent->entry;
        site.live_when_zero |= sent->live_when_zero;
        site.live_when_nonzero |= sent->live_when_nonzero;
        const struct origin_set *given =
            origins_of_callee(j->f->origins, state, term->call, block, callee, sent->origin);
        const struct origin_set *reached = origins_reach(j->f->origins, state, given);
        for (uint32_t k = 0; k < reached->count; k++)
            add_target(j, &site, reached->items[k], sent->type);
    }
    keep_site(j, &site);
}

static void find_sites(struct joins *j)
{
    const struct call_sites *calls = &j->f->analysis->graph->calls[j->f->fn->index];
    for (uint32_t i = 0; i < calls->count; i++) {
        const struct ir_call *call = calls->items[i].call;
        if (!cfg_reachable(j->cfg, calls->items[i].block) || call->mode != IR_CALL_PLAIN)
            continue;
        uint32_t sent = thread_noted_argument(call, "sent");
        const struct thread_summary *summary = thread_summary_of(j->f->analysis, call->callee);
        if (sent != UINT32_MAX)
            find_direct_start(j, calls->items[i].block, sent);
        else if (summary)
            find_start_in_callee(j, calls->items[i].block, summary);
    }
}

/* ------------------------------------------------------------------------------------ what calls do */

/* The sites whose threads are among these identities. */
static uint64_t threads_among(const struct joins *j, const struct origin_set *set)
{
    uint64_t mask = 0;
    for (uint32_t k = 0; k < set->count; k++)
        for (guint i = 0; i < j->sites->len; i++)
            if (set->items[k]->kind == ORIGIN_THREAD && set->items[k]->index == site_at(j, i)->block)
                mask |= UINT64_C(1) << i;
    return mask;
}

/* A thread that a caller knows by one of our parameters, or that a global names. */
static void note_joined(struct joins *j, const struct origin_set *set)
{
    for (uint32_t i = 0; i < set->count; i++) {
        const struct origin *root = origin_root(set->items[i]);
        bool from_outside = root->kind == ORIGIN_GLOBAL ||
                            (root->kind == ORIGIN_LOCAL && j->f->fn->locals[root->index].kind == IR_LOCAL_PARAM);
        if (from_outside && !g_ptr_array_find(j->f->summary->joined, set->items[i], NULL))
            g_ptr_array_add(j->f->summary->joined, (gpointer)set->items[i]);
    }
}

/* Does a function wait for something, in itself or further down? */
static bool waits(const struct joins *j, const struct ir_function *fn, unsigned depth)
{
    if (!fn->has_body)
        return ir_note(fn->notes, "waits") != NULL;
    if (depth >= MAX_WAIT_DEPTH)
        return false;
    const struct call_sites *calls = &j->f->analysis->graph->calls[fn->index];
    for (uint32_t i = 0; i < calls->count; i++)
        if (calls->items[i].call->callee && waits(j, calls->items[i].call->callee, depth + 1))
            return true;
    return false;
}

/* Waiting on something inside what a thread was lent: it will say when it is done. */
static uint64_t threads_waited_for(const struct joins *j, const struct origin_set *targets)
{
    uint64_t mask = 0;
    for (guint i = 0; i < j->sites->len; i++)
        for (guint k = 0; k < site_at(j, i)->borrowed->len; k++)
            for (uint32_t t = 0; t < targets->count; t++)
                if (origin_root(targets->items[t]) == origin_root(g_ptr_array_index(site_at(j, i)->borrowed, k)))
                    mask |= UINT64_C(1) << i;
    return mask;
}

/* A function that nobody sees, and no model describes, may join what it is given. */
static bool is_unknown(const struct ir_call *call)
{
    return !call->callee || (!call->callee->has_body && !call->callee->in_system_header &&
                             thread_noted_argument(call, "lent") == UINT32_MAX &&
                             thread_noted_argument(call, "detached") == UINT32_MAX);
}

static void note_detached(struct joins *j, const struct origin_set *set)
{
    uint64_t mask = threads_among(j, set);
    for (guint i = 0; i < j->sites->len; i++)
        if (mask >> i & 1)
            site_at(j, i)->detached = true;
}

static void find_effects(struct joins *j, uint32_t block)
{
    struct effects *effects = &j->blocks[block];
    const struct ir_call *call = j->f->fn->blocks[block].terminator.call;
    struct flow_point at = {block, j->f->fn->blocks[block].statement_count};
    const struct origin_state *state = origins_state(j->f->origins, at);
    uint32_t joined = thread_noted_argument(call, "joined");
    uint32_t detached = thread_noted_argument(call, "detached");
    if (joined != UINT32_MAX) {
        const struct origin_set *set = origins_value(j->f->origins, state, &call->args[joined]);
        note_joined(j, set);
        effects->joins |= threads_among(j, set);
        return;
    }
    if (detached != UINT32_MAX)
        note_detached(j, origins_value(j->f->origins, state, &call->args[detached]));
    const struct thread_summary *summary = thread_summary_of(j->f->analysis, call->callee);
    for (guint i = 0; summary && i < summary->joined->len; i++) {
        const struct origins *callee = origins_of(j->f->analysis->program, call->callee);
        const struct origin_set *set = origins_of_callee(j->f->origins, state, call, block, callee,
                                                         g_ptr_array_index(summary->joined, i));
        note_joined(j, set);
        effects->joins |= threads_among(j, set);
    }
    bool unknown = is_unknown(call);
    bool waiting = call->callee && waits(j, call->callee, 0);
    for (uint32_t i = 0; (unknown || waiting) && i < call->arg_count; i++) {
        const struct origin_set *targets = origins_value(j->f->origins, state, &call->args[i]);
        if (unknown)
            effects->waits |= threads_among(j, origins_reach(j->f->origins, state, targets));
        if (waiting)
            effects->waits |= threads_waited_for(j, targets);
    }
}

/* ------------------------------------------------------------------------------------- loops of joins */

static const struct ir_operand *constant_bound(const struct joins *j, uint32_t head)
{
    const struct ir_block *block = &j->f->fn->blocks[head];
    if (block->terminator.kind != IR_TERM_BRANCH || block->statement_count == 0)
        return NULL;
    const struct ir_statement *last = &block->statements[block->statement_count - 1];
    if (last->kind != IR_ST_ASSIGN || last->value.kind != IR_RV_BINARY || last->value.binary != IR_LT)
        return NULL;
    const struct ir_operand *bound = &last->value.operands[1];
    return bound->kind == IR_OPERAND_CONST && bound->const_kind == IR_CONST_INT ? bound : NULL;
}

/* The loop that joins stops before the loop that starts does: some are certainly left. */
static bool joins_fewer(const struct joins *j, uint32_t join_loop, const struct site *site)
{
    uint32_t start_loop = j->cfg->loop_of[site->block];
    if (start_loop == CFG_NONE)
        return false;
    const struct ir_operand *started = constant_bound(j, j->cfg->loops[start_loop].head);
    const struct ir_operand *joined = constant_bound(j, j->cfg->loops[join_loop].head);
    return started && joined && joined->value < started->value;
}

static void find_loop_joins(struct joins *j)
{
    for (uint32_t block = 0; block < j->f->fn->block_count; block++) {
        uint64_t mask = j->blocks[block].joins;
        if (mask == 0 || !cfg_reachable(j->cfg, block))
            continue;
        for (uint32_t loop = j->cfg->loop_of[block]; loop != CFG_NONE; loop = j->cfg->loops[loop].parent)
            for (guint i = 0; i < j->sites->len; i++) {
                const struct site *site = site_at(j, i);
                if (!(mask >> i & 1) || cfg_loop_contains(j->cfg, loop, site->block))
                    continue;
                if (joins_fewer(j, loop, site))
                    j->blocks[block].joins &= ~(UINT64_C(1) << i);
                else
                    j->loop_joins[loop] |= UINT64_C(1) << i;
            }
    }
}

/* ------------------------------------------------------------------------------------- the simulation */

static bool merge_facts(void *ctx, void *into_bytes, const void *from_bytes)
{
    (void)ctx;
    struct facts *into = into_bytes;
    const struct facts *from = from_bytes;
    struct facts before = *into;
    into->live |= from->live;
    into->lost |= from->lost;
    return into->live != before.live || into->lost != before.lost;
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

static void see_statement(void *ctx, struct path *path, struct flow_point at, const struct ir_statement *st)
{
    struct joins *j = ctx;
    if (!path_reporting(path) || path_widened(path))
        return;
    if (st->kind == IR_ST_STORAGE_DEAD)
        storage_ends(j, path, st->local, st->span);
    if (st->kind == IR_ST_ASSIGN && st->place.base == IR_BASE_LOCAL && st->place.projection_count == 0 &&
        !(st->flags & IR_FLAG_INITIALIZER) && ir_type_is_scalar(st->place.type))
        variable_changes(j, path, at, st);
}

/* What callers may see: threads that are still live here and use what the parameters lead to. */
static void function_returns(struct joins *j, struct path *path, const struct ir_terminator *term)
{
    const struct facts *facts = path_facts(path);
    for (uint32_t p = 1; p <= j->f->fn->param_count; p++)
        storage_ends(j, path, p, term->span);
    const struct ir_type *type = j->f->fn->locals[0].type;
    struct ir_operand result = {
        .kind = IR_OPERAND_COPY, .type = type, .place = {.base = IR_BASE_LOCAL, .type = type}};
    int is_zero = ir_type_is_scalar(type) ? path_test(path, &result, IR_EQ, 0) : -1;
    for (guint i = 0; i < j->sites->len; i++) {
        if (!(facts->live >> i & 1))
            continue;
        GArray *sent = site_at(j, i)->of_params;
        for (guint k = 0; k < sent->len; k++) {
            g_array_index(sent, struct thread_sent, k).live_when_zero |= is_zero != 0;
            g_array_index(sent, struct thread_sent, k).live_when_nonzero |= is_zero != 1;
        }
    }
}

static void start_thread(struct joins *j, struct path *path, guint index)
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
    struct facts *facts = path_facts(path);
    if ((facts->live & bit) && site->single_handle)
        facts->lost |= bit;
    facts->live |= bit;
    if (tells)
        path_assume(path, &status, site->live_when_zero ? IR_EQ : IR_NE, 0);
}

static void see_terminator(void *ctx, struct path *path, struct flow_point at, const struct ir_terminator *term)
{
    struct joins *j = ctx;
    if (term->kind == IR_TERM_RETURN && path_reporting(path) && !path_widened(path))
        function_returns(j, path, term);
    if (term->kind != IR_TERM_CALL)
        return;
    struct facts *facts = path_facts(path);
    facts->live &= ~(j->blocks[at.block].joins & ~facts->lost);
    facts->live &= ~j->blocks[at.block].waits;
    for (guint i = 0; i < j->sites->len; i++)
        if (j->blocks[at.block].starts >> i & 1)
            start_thread(j, path, i);
}

static bool see_edge(void *ctx, struct path *path, const struct cfg_edge *edge)
{
    struct joins *j = ctx;
    struct facts *facts = path_facts(path);
    for (uint32_t loop = j->cfg->loop_of[edge->from]; loop != CFG_NONE; loop = j->cfg->loops[loop].parent)
        if (j->cfg->loops[loop].head == edge->from && !cfg_loop_contains(j->cfg, loop, edge->to))
            facts->live &= ~(j->loop_joins[loop] & ~facts->lost);
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
    j.blocks = g_new0(struct effects, f->fn->block_count);
    j.loop_joins = g_new0(uint64_t, j.cfg->loop_count + 1);
    find_sites(&j);
    for (guint i = 0; i < j.sites->len; i++)
        j.blocks[site_at(&j, i)->block].starts |= UINT64_C(1) << i;
    const struct call_sites *calls = &f->analysis->graph->calls[f->fn->index];
    for (uint32_t i = 0; i < calls->count; i++)
        if (cfg_reachable(j.cfg, calls->items[i].block))
            find_effects(&j, calls->items[i].block);
    if (j.sites->len > 0) {
        find_loop_joins(&j);
        simulate(&j);
    }
    for (guint i = 0; i < j.sites->len; i++) {
        g_ptr_array_free(site_at(&j, i)->borrowed, TRUE);
        g_array_free(site_at(&j, i)->of_params, TRUE);
    }
    g_array_free(j.sites, TRUE);
    g_free(j.blocks);
    g_free(j.loop_joins);
}
