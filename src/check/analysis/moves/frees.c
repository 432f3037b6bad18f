/*
 * F0302: memory is given back twice (`fl.free` on a parameter: free, fclose, a function of the program that
 * does so on every way). The pointer is followed as a value expression, so a copy of it is the same memory.
 *
 * Each value that more than one call frees (or one call in a loop) is simulated on its own: not freed, or freed
 * by some set of calls. Order: subset; merge is union; a call of free sets one bit whatever was there: monotone.
 */
#include "analysis/context.h"
#include "flow/paths.h"
#include "flow/range.h"

/* A call that frees the value of one of its arguments. */
struct free_site {
    const struct value *value;
    struct flow_point at;
    const struct ir_operand *operand;
    struct effect effect;    /* always, or under what result (realloc that fails frees nothing) */
};

/* More calls than this that free one value are no longer told apart. */
enum { SITES_MAX = 31, NOT_FREED = 1u << 31 };

struct frees {
    struct analysis *analysis;
    const struct ir_function *fn;
    struct values *values;
    GArray *sites;           /* of struct free_site */
    /* the value that is simulated */
    const struct value *value;
    bool is_in_memory;       /* read from memory, which a call may change */
    uint32_t here[SITES_MAX]; /* its sites */
    uint32_t here_count;
    uint32_t reported;       /* bits of second sites */
};

/* ------------------------------------------------------------------------------------------- the calls */

static bool frees_argument(const struct frees *f, const struct ir_call *call, uint32_t index, struct effect *ret_effect)
{
    *ret_effect = summary_argument(f->analysis, call, index).freed;
    return ret_effect->when == EFFECT_ALWAYS || ret_effect->when == EFFECT_IF;
}

static void collect(struct frees *f, const struct cfg *cfg)
{
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        uint32_t b = cfg->order[i];
        const struct ir_block *block = &f->fn->blocks[b];
        if (block->terminator.kind != IR_TERM_CALL || block->terminator.call->mode != IR_CALL_PLAIN)
            continue;
        const struct ir_call *call = block->terminator.call;
        struct flow_point at = { b, block->statement_count };
        for (uint32_t a = 0; a < call->arg_count; a++) {
            struct effect effect;
            if (!frees_argument(f, call, a, &effect))
                continue;
            const struct value *value = value_of_operand(f->values, at, &call->args[a]);
            struct free_site site = { value, at, &call->args[a], effect };
            if (value->kind != VALUE_CONST && value->kind != VALUE_UNKNOWN)
                g_array_append_val(f->sites, site);
        }
    }
}

static const struct free_site *site_at(const struct frees *f, uint32_t index)
{
    return &g_array_index(f->sites, struct free_site, index);
}

/* ------------------------------------------------------------------------------------------ simulation */

static bool is_in_memory(const struct value *v)
{
    return v && (v->kind == VALUE_LOAD || is_in_memory(v->base) || is_in_memory(v->operand));
}

static void facts_entry(void *ctx, void *facts)
{
    (void)ctx;
    *(uint32_t *)facts = NOT_FREED;
}

static bool facts_merge(void *ctx, void *into, const void *from)
{
    (void)ctx;
    uint32_t before = *(uint32_t *)into;
    *(uint32_t *)into |= *(const uint32_t *)from;
    return *(uint32_t *)into != before;
}

/* Freed is freed, by whichever call. */
static bool facts_same(void *ctx, const void *a, const void *b)
{
    (void)ctx;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x & NOT_FREED) == (y & NOT_FREED) && !(x & ~NOT_FREED) == !(y & ~NOT_FREED);
}

static void on_statement(void *ctx, struct path *path, struct flow_point at, const struct ir_statement *statement)
{
    struct frees *f = ctx;
    (void)statement;
    if (value_is_made_at(f->value, at, false))
        *(uint32_t *)path_facts(path) = NOT_FREED;
}

/* The argument as written: the temporary that a conversion made leads back to it. */
static const char *name_of(struct frees *f, const struct free_site *site)
{
    const struct ir_block *block = &f->fn->blocks[site->at.block];
    const struct ir_operand *operand = site->operand;
    for (uint32_t s = block->statement_count; s-- > 0;) {
        const struct ir_statement *statement = &block->statements[s];
        if (statement->kind == IR_ST_ASSIGN && operand->kind == IR_OPERAND_COPY &&
            operand->place.base == IR_BASE_LOCAL && f->fn->locals[operand->place.base_index].kind == IR_LOCAL_TEMP &&
            ir_place_equal(&statement->place, &operand->place) &&
            (statement->value.kind == IR_RV_CAST || statement->value.kind == IR_RV_USE))
            operand = &statement->value.operands[0];
    }
    const char *name = operand->kind == IR_OPERAND_CONST
                           ? NULL
                           : ir_place_describe(f->analysis->unit, f->fn, &operand->place, f->analysis->unit->arena);
    return name ? name : value_describe(f->values, site->value);
}

static void report(struct frees *f, const struct free_site *second, uint32_t freed)
{
    const char *name = name_of(f, second);
    if (!name)
        name = "the memory";
    struct finding *finding = finding_new(f->analysis->sink, "F0302", "`%s` is freed twice", name);
    bool self = false;
    for (uint32_t i = 0; i < f->here_count; i++)
        self |= (freed >> i & 1) && site_at(f, f->here[i]) == second;
    finding_primary(finding, second->operand->span, self ? "freed here, in previous iteration of loop" : "freed again here");
    finding_step(finding, 2);
    for (uint32_t i = 0; i < f->here_count; i++) {
        const struct free_site *first = site_at(f, f->here[i]);
        if (!(freed >> i & 1) || first == second)
            continue;
        finding_label(finding, first->operand->span, "first freed here");
        finding_step(finding, 1);
        const char *other = name_of(f, first);
        if (other && g_strcmp0(other, name) != 0)
            finding_note(finding, "`%s` and `%s` hold the same pointer", other, name);
    }
    finding_help(finding, "set the pointer to NULL where it is freed: freeing NULL does nothing");
}

static void on_terminator(void *ctx, struct path *path, struct flow_point at, const struct ir_terminator *term)
{
    struct frees *f = ctx;
    uint32_t *facts = path_facts(path);
    if (value_is_made_at(f->value, (struct flow_point){ at.block, at.statement }, false))
        *facts = NOT_FREED;
    if (term->kind != IR_TERM_CALL)
        return;
    bool found = false;
    for (uint32_t i = 0; i < f->here_count; i++) {
        const struct free_site *site = site_at(f, f->here[i]);
        if (site->at.block != at.block)
            continue;
        found = true;
        /* freeing NULL does nothing */
        if (path_test(path, site->operand, IR_EQ, 0) == 1)
            break;
        if (*facts != NOT_FREED && !(*facts & NOT_FREED) && path_reporting(path) && !(f->reported >> i & 1)) {
            f->reported |= 1u << i;
            report(f, site, *facts);
        }
        if (site->effect.when == EFFECT_IF) {
            struct path *without = path_fork(path);
            if (term->call->has_dest) {
                path_assume(without, &term->call->dest, comparison_negate(site->effect.op), site->effect.value);
                path_assume(path, &term->call->dest, site->effect.op, site->effect.value);
            }
            if (value_is_made_at(f->value, at, true))
                *(uint32_t *)path_facts(without) = NOT_FREED;
        }
        *facts = 1u << i;
        break;
    }
    struct effect effect;
    bool only_frees = term->call->callee && !term->call->callee->has_body && term->call->arg_count == 1 &&
                      frees_argument(f, term->call, 0, &effect);
    if (!found && f->is_in_memory && term->call->arg_count > 0 && !only_frees)
        *facts = NOT_FREED; /* it may have put another pointer there */
    if (value_is_made_at(f->value, at, true))
        *facts = NOT_FREED;
}

static void check_value(struct frees *f, struct cfg *cfg)
{
    static const struct path_problem problem = {
        .facts_size = sizeof(uint32_t),
        .stable_memory = true,
        .entry = facts_entry,
        .merge = facts_merge,
        .same = facts_same,
        .statement = on_statement,
        .terminator = on_terminator,
    };
    f->is_in_memory = is_in_memory(f->value);
    f->reported = 0;
    struct paths *paths = paths_run(cfg, &problem, f);
    paths_report(paths);
    paths_free(paths);
}

void frees_check(struct analysis *analysis, const struct ir_function *fn)
{
    struct cfg *cfg = analysis_cfg(analysis, fn);
    struct frees f = { .analysis = analysis, .fn = fn, .sites = g_array_new(FALSE, TRUE, sizeof(struct free_site)) };
    f.values = analysis_values(analysis, fn);
    collect(&f, cfg);
    GHashTable *done = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < f.sites->len; i++) {
        f.value = site_at(&f, i)->value;
        if (!g_hash_table_add(done, (gpointer)(uintptr_t)f.value))
            continue;
        f.here_count = 0;
        for (guint j = i; j < f.sites->len && f.here_count < SITES_MAX; j++)
            if (site_at(&f, j)->value == f.value)
                f.here[f.here_count++] = j;
        if (f.here_count > 1 || cfg->loop_of[site_at(&f, i)->at.block] != CFG_NONE)
            check_value(&f, cfg);
    }
    g_hash_table_destroy(done);
    g_array_free(f.sites, TRUE);
}

/* ------------------------------------------------------------------------------------------- summaries */

/* A pointer parameter is freed when a call that frees it lies on every way to every return. */
bool frees_summarise(struct analysis *analysis, const struct ir_function *fn)
{
    struct summary *summary = &analysis->summaries[fn->index];
    struct cfg *cfg = analysis_cfg(analysis, fn);
    struct frees f = { .analysis = analysis, .fn = fn, .sites = g_array_new(FALSE, TRUE, sizeof(struct free_site)) };
    bool changed = false;
    f.values = analysis_values(analysis, fn);
    collect(&f, cfg);
    for (guint i = 0; i < f.sites->len; i++) {
        const struct free_site *site = site_at(&f, i);
        if (site->value->kind != VALUE_PARAM || site->effect.when != EFFECT_ALWAYS || site->value->index >= summary->param_count)
            continue;
        bool always = true, returns = false;
        for (uint32_t o = 0; o < cfg->order_count && always; o++) {
            uint32_t b = cfg->order[o];
            if (fn->blocks[b].terminator.kind != IR_TERM_RETURN)
                continue;
            returns = true;
            always = cfg_dominates(cfg, site->at.block, b);
        }
        struct effect *freed = &summary->params[site->value->index].freed;
        if (always && returns && freed->when == EFFECT_NEVER) {
            *freed = (struct effect){ .when = EFFECT_ALWAYS, .where = site->operand->span };
            changed = true;
        }
    }
    g_array_free(f.sites, TRUE);
    return changed;
}
