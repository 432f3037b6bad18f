/*
 * E0381: a local is read on a path on which nothing was stored in it.
 *
 * Two steps, because nearly all functions are clean: a bit for each local that starts without a value
 * (may it be unset here?) finds the candidates in one pass over the function; each candidate is then
 * simulated along its paths, which knows that `if (ok)` twice means the same twice.
 *
 * Noise is worse than a miss here: a struct or array counts as set once a part of it is, taking the
 * address counts, and a fact that mixes several paths is not reported. In plain C more has to be certain (unset_certain.h).
 * Owned values are moves.c's.
 */
#include "analysis/context.h"
#include "analysis/moves/init_reads.h"
#include "analysis/moves/moves_report.h"
#include "analysis/moves/unset_certain.h"
#include "flow/dataflow.h"
#include "flow/paths.h"

struct candidates {
    const struct ir_function *fn;
    uint32_t *bit;       /* by local, or UINT32_MAX */
    uint32_t bit_count;
    size_t words;
    uint64_t *found;     /* bits read while perhaps unset */
    uint64_t *state;     /* during a visit */
};

/* ---------------------------------------------------------------------------------- which locals */

static bool can_matter(const struct ir_local *local)
{
    return local->kind == IR_LOCAL_VARIABLE && local->name && !local->hidden && local->type &&
           !(local->type->quals & IR_QUAL_VOLATILE) && !ir_type_contains_owned(local->type) && local->type->size > 0;
}

struct first_access {
    uint32_t local;
    enum init_access access;
    bool found;
};

static void note_first(void *ctx, enum init_access access, uint32_t local, struct span span)
{
    struct first_access *first = ctx;
    if (local != first->local || first->found)
        return;
    first->found = true;
    first->access = access;
    (void)span;
}

/* The declaration gives it a value straight away. */
static bool starts_with_value(const struct ir_block *block, uint32_t after, uint32_t local)
{
    struct first_access first = { .local = local };
    for (uint32_t s = after + 1; s < block->statement_count && !first.found; s++)
        init_statement(&block->statements[s], note_first, &first);
    if (!first.found)
        init_terminator(&block->terminator, note_first, &first);
    return first.found && first.access != INIT_READ;
}

static void number_candidates(struct candidates *c, const struct cfg *cfg)
{
    c->bit = g_new(uint32_t, c->fn->local_count + 1);
    for (uint32_t l = 0; l < c->fn->local_count; l++)
        c->bit[l] = UINT32_MAX;
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        const struct ir_block *block = &c->fn->blocks[cfg->order[i]];
        for (uint32_t s = 0; s < block->statement_count; s++) {
            const struct ir_statement *statement = &block->statements[s];
            if (statement->kind != IR_ST_STORAGE_LIVE || c->bit[statement->local] != UINT32_MAX ||
                !can_matter(&c->fn->locals[statement->local]) || starts_with_value(block, s, statement->local))
                continue;
            c->bit[statement->local] = c->bit_count++;
        }
    }
    c->words = (c->bit_count + 63) / 64;
}

/* ------------------------------------------------------------------------- step one: may be unset */

static void step_bits(void *ctx, enum init_access access, uint32_t local, struct span span)
{
    struct candidates *c = ctx;
    uint32_t bit = c->bit[local];
    (void)span;
    if (bit == UINT32_MAX)
        return;
    uint64_t mask = (uint64_t)1 << (bit % 64);
    if (access == INIT_READ)
        c->found[bit / 64] |= c->state[bit / 64] & mask;
    else if (access == INIT_LIVE)
        c->state[bit / 64] |= mask;
    else
        c->state[bit / 64] &= ~mask;
}

static void bits_statement(void *ctx, void *state, struct flow_point at, const struct ir_statement *statement)
{
    struct candidates *c = ctx;
    c->state = state;
    init_statement(statement, step_bits, c);
    (void)at;
}

static void bits_terminator(void *ctx, void *state, struct flow_point at, const struct ir_terminator *terminator)
{
    struct candidates *c = ctx;
    c->state = state;
    init_terminator(terminator, step_bits, c);
    (void)at;
}

/* Order: subset; join: union; a bit is set or cleared whatever the others are: monotone; height: the bits. */
static bool bits_join(void *ctx, void *into, const void *from)
{
    struct candidates *c = ctx;
    uint64_t *x = into;
    const uint64_t *y = from;
    bool grew = false;
    for (size_t w = 0; w < c->words; w++) {
        grew |= (y[w] & ~x[w]) != 0;
        x[w] |= y[w];
    }
    return grew;
}

/* ------------------------------------------------------------------------- step two: along the paths */

enum { UNSET = 1, SET = 2 };

struct simulation {
    const struct ir_function *fn;
    uint32_t local;
    uint8_t *facts;
    struct path *path;
    bool reported;
    struct flow_point at, use_at;
    struct span use;
};

static void step_path(void *ctx, enum init_access access, uint32_t local, struct span span)
{
    struct simulation *sim = ctx;
    if (local != sim->local)
        return;
    switch (access) {
    case INIT_LIVE:
        *sim->facts = UNSET;
        break;
    case INIT_DEAD:
        *sim->facts = 0;
        break;
    case INIT_WRITE:
    case INIT_ADDRESS:
        *sim->facts = SET;
        break;
    case INIT_READ:
        if (!path_reporting(sim->path))
            break;
        if (*sim->facts == UNSET && !sim->reported) {
            sim->reported = true;
            sim->use_at = sim->at;
            sim->use = span;
        }
        break;
    }
}

static void path_statement(void *ctx, struct path *path, struct flow_point at, const struct ir_statement *statement)
{
    struct simulation *sim = ctx;
    sim->facts = path_facts(path);
    sim->path = path;
    sim->at = at;
    init_statement(statement, step_path, sim);
}

static void path_terminator(void *ctx, struct path *path, struct flow_point at, const struct ir_terminator *terminator)
{
    struct simulation *sim = ctx;
    sim->facts = path_facts(path);
    sim->path = path;
    sim->at = at;
    init_terminator(terminator, step_path, sim);
}

static bool path_merge(void *ctx, void *into, const void *from)
{
    uint8_t *x = into;
    const uint8_t *y = from;
    bool grew = (*y & ~*x) != 0;
    *x |= *y;
    (void)ctx;
    return grew;
}

/* ------------------------------------------------------------------------------------------- report */

struct site_search {
    uint32_t local;
    GArray *sites; /* of struct init_site */
    struct flow_point at;
};

static void note_site(void *ctx, enum init_access access, uint32_t local, struct span span)
{
    struct site_search *search = ctx;
    struct init_site site = { .at = search->at, .span = span };
    if (local == search->local && (access == INIT_WRITE || access == INIT_ADDRESS))
        g_array_append_val(search->sites, site);
}

static bool comes_before(const struct cfg *cfg, struct flow_point a, struct flow_point b)
{
    if (a.block == b.block && a.statement < b.statement)
        return true;
    return cfg_can_reach(cfg, a.block, b.block);
}

static void report(struct analysis *analysis, const struct cfg *cfg, const struct simulation *sim)
{
    const struct ir_function *fn = sim->fn;
    struct site_search search = { .local = sim->local, .sites = g_array_new(FALSE, TRUE, sizeof(struct init_site)) };
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        uint32_t b = cfg->order[i];
        for (uint32_t s = 0; s <= fn->blocks[b].statement_count; s++) {
            search.at = (struct flow_point){ b, s };
            if (!comes_before(cfg, search.at, sim->use_at))
                continue;
            if (s < fn->blocks[b].statement_count)
                init_statement(&fn->blocks[b].statements[s], note_site, &search);
            else
                init_terminator(&fn->blocks[b].terminator, note_site, &search);
        }
    }
    unsigned count = search.sites->len;
    struct init_site end = { .at = sim->use_at, .span = sim->use };
    g_array_append_val(search.sites, end);
    if (count == 0 || fn->is_annotated_code || unset_is_certain(cfg, sim->local, sim->use_at))
        report_unset(analysis, cfg, sim->local, fn->locals[sim->local].name, sim->use, count > 0 ? UNSET_POSSIBLY : UNSET_WHOLLY,
                (const struct init_site *)(const void *)search.sites->data, count);
    g_array_free(search.sites, TRUE);
}

/*
 * Which elements of an array are set depends on index arithmetic that nobody follows here: only an array that
 * nothing is ever stored in is reported.
 */
static bool is_never_written(const struct ir_function *fn, uint32_t local)
{
    struct site_search search = { .local = local, .sites = g_array_new(FALSE, TRUE, sizeof(struct init_site)) };
    for (uint32_t b = 0; b < fn->block_count; b++) {
        for (uint32_t s = 0; s < fn->blocks[b].statement_count; s++)
            init_statement(&fn->blocks[b].statements[s], note_site, &search);
        init_terminator(&fn->blocks[b].terminator, note_site, &search);
    }
    bool never = search.sites->len == 0;
    g_array_free(search.sites, TRUE);
    return never;
}

static void check_local(struct analysis *analysis, struct cfg *cfg, uint32_t local)
{
    static const struct path_problem problem = {
        .facts_size = 1,
        .stable_memory = true,
        .merge = path_merge,
        .statement = path_statement,
        .terminator = path_terminator,
    };
    struct simulation sim = { .fn = cfg->fn, .local = local };
    struct paths *paths = paths_run(cfg, &problem, &sim);
    paths_report(paths);
    paths_free(paths);
    if (sim.reported)
        report(analysis, cfg, &sim);
}

void init_check(struct analysis *analysis, const struct ir_function *fn)
{
    if (fn->returns_twice)
        return;
    struct cfg *cfg = analysis_cfg(analysis, fn);
    struct candidates c = { .fn = fn };
    number_candidates(&c, cfg);
    if (c.bit_count > 0) {
        c.found = g_new0(uint64_t, c.words);
        struct dataflow_problem problem = {
            .direction = DATAFLOW_FORWARD,
            .state_size = c.words * sizeof(uint64_t),
            .join = bits_join,
            .statement = bits_statement,
            .terminator = bits_terminator,
        };
        dataflow_free(dataflow_run(cfg, &problem, &c));
        for (uint32_t l = 0; l < fn->local_count; l++)
            if (c.bit[l] != UINT32_MAX && (c.found[c.bit[l] / 64] >> (c.bit[l] % 64) & 1) &&
                (fn->locals[l].type->unqualified->kind != IR_TYPE_ARRAY || is_never_written(fn, l)))
                check_local(analysis, cfg, l);
        g_free(c.found);
    }
    g_free(c.bit);
}
