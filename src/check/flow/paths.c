#include "flow/paths.h"

#include <glib.h>
#include <string.h>

#include "flow/paths_env.h"

struct path {
    struct paths *paths;
    struct env env;
    void *facts;
    bool widened;
    bool blended;  /* several that agree, see path_problem: what one more of them knows is in it already */
    bool dirty;    /* not yet sent on from its block */
    bool dead;
};

struct paths {
    const struct cfg *cfg;
    struct path_problem problem;
    void *ctx;
    struct env_table *table;
    GPtrArray **at;      /* by position in the order: of struct path * */
    bool *pending;       /* by position */
    GPtrArray *running;  /* the paths of the block at work */
    bool reporting;
    bool may_fork;
};

/* ------------------------------------------------------------------------------------------ one path */

static void copy_facts(struct paths *paths, void *to, const void *from)
{
    if (paths->problem.copy)
        paths->problem.copy(paths->ctx, to, from);
    else
        memcpy(to, from, paths->problem.facts_size);
}

static struct path *path_new(struct paths *paths)
{
    struct path *path = g_new0(struct path, 1);
    path->paths = paths;
    env_init(&path->env);
    path->facts = g_malloc0(paths->problem.facts_size + 1);
    if (paths->problem.init)
        paths->problem.init(paths->ctx, path->facts);
    return path;
}

static struct path *path_copy(const struct path *from)
{
    struct path *path = path_new(from->paths);
    env_copy(&path->env, &from->env);
    copy_facts(from->paths, path->facts, from->facts);
    path->widened = from->widened;
    path->blended = from->blended;
    return path;
}

static void path_free(void *data)
{
    struct path *path = data;
    if (path->paths->problem.clear)
        path->paths->problem.clear(path->paths->ctx, path->facts);
    g_free(path->facts);
    env_clear(&path->env);
    g_free(path);
}

void *path_facts(struct path *path)
{
    return path->facts;
}

bool path_widened(const struct path *path)
{
    return path->widened;
}

bool path_reporting(const struct path *path)
{
    return path->paths->reporting;
}

struct path *path_fork(struct path *path)
{
    g_assert(path->paths->may_fork);
    struct path *twin = path_copy(path);
    g_ptr_array_add(path->paths->running, twin);
    return twin;
}

bool path_assume(struct path *path, const struct ir_place *place, enum ir_binary_op op, int64_t value)
{
    if (!path->dead && !env_assume(path->paths->table, &path->env, place, op, value))
        path->dead = true;
    return !path->dead;
}

int path_test(const struct path *path, const struct ir_operand *operand, enum ir_binary_op op, int64_t value)
{
    return env_test(path->paths->table, &path->env, operand, op, value);
}

void path_bounds(const struct path *path, const struct ir_operand *operand, int64_t *ret_low, int64_t *ret_high)
{
    struct range r = env_range(path->paths->table, &path->env, operand);
    *ret_low = r.low;
    *ret_high = r.high;
}

void path_kill(struct path *path)
{
    path->dead = true;
}

/* ------------------------------------------------------------------------------------ where they meet */

static bool same_facts(struct paths *paths, const void *a, const void *b)
{
    if (paths->problem.same)
        return paths->problem.same(paths->ctx, a, b);
    return memcmp(a, b, paths->problem.facts_size) == 0;
}

/* Without a merge of its own, facts that are the same need none. */
static bool merge_facts(struct paths *paths, void *into, const void *from)
{
    return paths->problem.merge && paths->problem.merge(paths->ctx, into, from);
}

static bool agrees(struct paths *paths, const void *a, const void *b)
{
    return paths->problem.agree && paths->problem.agree(paths->ctx, a, b);
}

/* `from` becomes a part of `into`. True when `into` is now more than it was. */
static bool absorb(struct path *into, const struct path *from)
{
    struct paths *paths = into->paths;
    bool same = same_facts(paths, into->facts, from->facts), agree = !same && agrees(paths, into->facts, from->facts);
    into->blended |= agree;
    bool changed = merge_facts(paths, into->facts, from->facts);
    changed |= env_merge(paths->table, &into->env, &from->env);
    if (same) {
        /* one of the two is known to come about on a single path */
        if (into->widened && !from->widened) {
            into->widened = false;
            changed = true;
        }
    } else if (!agree && !into->widened) {
        into->widened = true;
        changed = true;
    }
    return changed;
}

/* `path` mixes paths and has this one among them already. */
static bool covers(struct path *path, const struct path *other)
{
    struct paths *paths = path->paths;
    if (!path->widened && !(path->blended && agrees(paths, path->facts, other->facts)))
        return false;
    struct path *both = path_copy(path);
    bool grew = merge_facts(paths, both->facts, other->facts);
    path_free(both);
    return !grew;
}

static unsigned distance(struct paths *paths, const struct path *a, const struct path *b)
{
    return paths->problem.distance ? paths->problem.distance(paths->ctx, a->facts, b->facts) : 1;
}

/* One too many: the two nearest become one. Later ones first, so that what came in early stays exact. */
static void merge_nearest(struct paths *paths, GPtrArray *here)
{
    guint best_a = here->len - 2, best_b = here->len - 1;
    unsigned best = distance(paths, here->pdata[best_a], here->pdata[best_b]);
    for (guint a = here->len; a-- > 0;) {
        for (guint b = here->len; b-- > a + 1;) {
            unsigned d = distance(paths, here->pdata[a], here->pdata[b]);
            if (d < best) {
                best = d;
                best_a = a;
                best_b = b;
            }
        }
    }
    struct path *into = here->pdata[best_a];
    absorb(into, here->pdata[best_b]);
    into->dirty = true;
    g_ptr_array_remove_index(here, best_b);
    /* what the merge made equal, or covers, is one with it */
    for (guint i = here->len; i-- > 0;) {
        struct path *other = here->pdata[i];
        if (other != into && (same_facts(paths, into->facts, other->facts) || covers(into, other))) {
            absorb(into, other);
            g_ptr_array_remove_index(here, i);
        }
    }
}

/* A path arrives at a block. It is consumed. */
static void arrive(struct paths *paths, uint32_t position, struct path *path)
{
    GPtrArray *here = paths->at[position];
    env_enter(paths->table, &path->env, paths->cfg->order[position]);
    struct path *home = NULL;
    for (guint i = 0; i < here->len && !home; i++)
        if (same_facts(paths, ((struct path *)here->pdata[i])->facts, path->facts))
            home = here->pdata[i];
    for (guint i = 0; i < here->len && !home; i++)
        if (covers(here->pdata[i], path))
            home = here->pdata[i];
    if (home) {
        if (absorb(home, path))
            home->dirty = paths->pending[position] = true;
        path_free(path);
        return;
    }
    path->dirty = paths->pending[position] = true;
    g_ptr_array_add(here, path);
    if (here->len > PATHS_MAX)
        merge_nearest(paths, here);
}

/* --------------------------------------------------------------------------------------- one block */

static void run_block(struct paths *paths, uint32_t block, GPtrArray *running)
{
    const struct ir_block *body = &paths->cfg->fn->blocks[block];
    const struct path_problem *problem = &paths->problem;
    paths->running = running;
    for (guint p = 0; p < running->len; p++) {
        struct path *path = running->pdata[p];
        for (uint32_t s = 0; s < body->statement_count && !path->dead; s++) {
            if (problem->statement)
                problem->statement(paths->ctx, path, (struct flow_point){ block, s }, &body->statements[s]);
            if (!path->dead)
                env_statement(paths->table, &path->env, &body->statements[s]);
        }
    }
    guint count = running->len; /* forks come behind these and have been through the terminator already */
    const struct ir_terminator *term = &body->terminator;
    for (guint p = 0; p < count; p++) {
        struct path *path = running->pdata[p];
        if (path->dead)
            continue;
        if (term->kind == IR_TERM_CALL)
            env_call(paths->table, &path->env, term->call);
        if (problem->terminator) {
            paths->may_fork = true;
            problem->terminator(paths->ctx, path, (struct flow_point){ block, body->statement_count }, term);
            paths->may_fork = false;
        }
    }
}

static void send_on(struct paths *paths, uint32_t block, GPtrArray *running)
{
    const struct cfg_edges *edges = &paths->cfg->successors[block];
    for (guint p = 0; p < running->len; p++) {
        struct path *path = running->pdata[p];
        for (uint32_t e = 0; e < edges->count && !path->dead; e++) {
            struct path *along = path_copy(path);
            const struct cfg_edge *edge = &edges->items[e];
            bool taken = env_edge(paths->table, &along->env, edge);
            if (taken && paths->problem.edge)
                taken = paths->problem.edge(paths->ctx, along, edge);
            if (taken && !along->dead)
                arrive(paths, paths->cfg->position[edge->to], along);
            else
                path_free(along);
        }
    }
}

static void visit_block(struct paths *paths, uint32_t position)
{
    GPtrArray *here = paths->at[position];
    GPtrArray *running = g_ptr_array_new_with_free_func(path_free);
    for (guint i = 0; i < here->len; i++) {
        struct path *path = here->pdata[i];
        if (!path->dirty)
            continue;
        path->dirty = false;
        g_ptr_array_add(running, path_copy(path));
    }
    uint32_t block = paths->cfg->order[position];
    run_block(paths, block, running);
    send_on(paths, block, running);
    g_ptr_array_free(running, TRUE);
}

/* ------------------------------------------------------------------------------------------- public */

struct paths *paths_run(struct cfg *cfg, const struct path_problem *problem, void *ctx)
{
    struct paths *paths = g_new0(struct paths, 1);
    paths->cfg = cfg;
    paths->problem = *problem;
    paths->ctx = ctx;
    if (!cfg->path_tables[problem->stable_memory])
        cfg->path_tables[problem->stable_memory] = env_table_new(cfg, problem->stable_memory);
    paths->table = cfg->path_tables[problem->stable_memory];
    paths->at = g_new(GPtrArray *, cfg->order_count);
    paths->pending = g_new0(bool, cfg->order_count);
    for (uint32_t i = 0; i < cfg->order_count; i++)
        paths->at[i] = g_ptr_array_new_with_free_func(path_free);

    struct path *first = path_new(paths);
    if (problem->entry)
        problem->entry(ctx, first->facts);
    first->dirty = paths->pending[0] = true;
    g_ptr_array_add(paths->at[0], first);

    for (bool again = true; again;) {
        again = false;
        for (uint32_t i = 0; i < cfg->order_count; i++) {
            if (!paths->pending[i])
                continue;
            paths->pending[i] = false;
            visit_block(paths, i);
        }
        for (uint32_t i = 0; i < cfg->order_count && !again; i++)
            again = paths->pending[i];
    }
    return paths;
}

void paths_report(struct paths *paths)
{
    paths->reporting = true;
    for (uint32_t i = 0; i < paths->cfg->order_count; i++) {
        GPtrArray *running = g_ptr_array_new_with_free_func(path_free);
        for (guint p = 0; p < paths->at[i]->len; p++)
            g_ptr_array_add(running, path_copy(paths->at[i]->pdata[p]));
        run_block(paths, paths->cfg->order[i], running);
        g_ptr_array_free(running, TRUE);
    }
    paths->reporting = false;
}

void paths_free(struct paths *paths)
{
    if (!paths)
        return;
    for (uint32_t i = 0; i < paths->cfg->order_count; i++)
        g_ptr_array_free(paths->at[i], TRUE);
    g_free(paths->at);
    g_free(paths->pending);
    g_free(paths);
}

unsigned paths_count(const struct paths *paths, uint32_t block)
{
    uint32_t position = paths->cfg->position[block];
    return position == CFG_NONE ? 0 : paths->at[position]->len;
}

struct path *paths_at(const struct paths *paths, uint32_t block, unsigned index)
{
    return paths->at[paths->cfg->position[block]]->pdata[index];
}
