/*
 * E0499, E0502 of a refcell, seen before it panics: a borrow is made while another one of the same cell is certainly
 * held, and one of the two is for writing. The cell is the same for certain: one object, or one address expression. A
 * function of the program that certainly borrows the cell while it runs counts like a borrow.
 */
#include "analysis/loans/holds.h"
#include "analysis/locks/guard_parts.h"
#include "analysis/loans/refcells.h"

/* A borrow that every call of a function makes. */
struct certain_borrow {
    const struct origin *cell; /* its count of borrows, in the function's own origins */
    bool is_exclusive;
    struct span span;          /* of the borrow itself, maybe in a function further down */
};

struct refcells {
    struct analysis *analysis;
    struct origin_program *program;
    GArray **summaries; /* by function: of struct certain_borrow; NULL: none */
};

struct function {
    struct refcells *all;
    struct origins *origins;
    struct holds *holds;
    GArray *made; /* the summary */
};

static GArray *summary_of(const struct refcells *r, const struct ir_call *call)
{
    return call->callee && call->mode == IR_CALL_PLAIN ? r->summaries[call->callee->index] : NULL;
}

/* ------------------------------------------------------------------------------------- the same cell */

static const struct value *cell_address(const struct function *f, struct flow_point at)
{
    const struct ir_call *call = f->origins->fn->blocks[at.block].terminator.call;
    struct values *values = analysis_values(f->all->analysis, f->origins->fn);
    return value_without_casts(value_of_operand(values, at, &call->args[0]));
}

static bool is_one_object(const struct function *f, const struct hold *hold)
{
    return hold->locks->count == 1 && hold->locks->items[0]->kind > ORIGIN_FUNCTION &&
           guard_value_names_one(f->origins->cfg, cell_address(f, hold->at));
}

static bool are_same(const struct function *f, const struct hold *a, const struct hold *b)
{
    if (cell_address(f, a->at) == cell_address(f, b->at))
        return true;
    return a->locks == b->locks && is_one_object(f, a) && is_one_object(f, b);
}

/* ------------------------------------------------------------------------------------------- words */

static void report(const struct function *f, const struct hold *first, bool is_exclusive, struct span second,
                   const struct certain_borrow *inside, const struct ir_function *callee)
{
    const struct origin *lock = first->locks->items[0];
    const struct origin *cell = lock->kind == ORIGIN_FIELD ? lock->parent : lock;
    if (cell->kind == ORIGIN_DEREF || cell->kind == ORIGIN_OWNED)
        cell = cell->parent;
    const char *name = origin_describe(f->origins, cell);
    if (!name)
        name = "the cell";
    struct finding *finding;
    if (first->is_exclusive && is_exclusive) {
        finding = finding_new(f->all->analysis->sink, "E0499", "cannot borrow `%s` as mutable more than once at a time", name);
        finding_label(finding, first->span, "first mutable borrow occurs here");
        finding_step(finding, 1);
        finding_primary(finding, second, "second mutable borrow occurs here");
    } else {
        const char *kinds[] = {"immutable", "mutable"};
        finding = finding_new(f->all->analysis->sink, "E0502", "cannot borrow `%s` as %s because it is also borrowed as %s",
                              name, kinds[is_exclusive], kinds[first->is_exclusive]);
        finding_label(finding, first->span, "%s borrow occurs here", kinds[first->is_exclusive]);
        finding_step(finding, 1);
        finding_primary(finding, second, "%s borrow occurs here", kinds[is_exclusive]);
    }
    finding_step(finding, 2);
    if (inside)
        finding_note_at(finding, inside->span, NULL, "`%s` borrows it here", callee->name);
    finding_note(finding, "the first borrow lasts until the end of its scope, so this panics");
    finding_help(finding, "end the first borrow before, with `fl_unlock` or a block of its own");
}

/* ------------------------------------------------------------------------------------------- checks */

static void check_borrow(const struct function *f, guint index)
{
    const struct hold *second = &g_array_index(f->holds->list, struct hold, index);
    if (!second->is_borrow || second->is_try)
        return;
    uint64_t held = holds_before(f->holds, second->at.block);
    for (guint i = 0; i < f->holds->list->len && i < HOLDS_TRACKED; i++) {
        const struct hold *first = &g_array_index(f->holds->list, struct hold, i);
        if (!(held >> i & 1) || i == index || !first->is_borrow || !(first->is_exclusive || second->is_exclusive) ||
            !are_same(f, first, second))
            continue;
        report(f, first, second->is_exclusive, second->span, NULL, NULL);
        return;
    }
}

static void check_call(const struct function *f, const struct call_site *site)
{
    GArray *made = summary_of(f->all, site->call);
    uint64_t held = holds_before(f->holds, site->block);
    if (!made || !held)
        return;
    struct flow_point at = {site->block, f->origins->fn->blocks[site->block].statement_count};
    const struct origin_state *state = origins_state(f->origins, at);
    struct origins *callee = origins_of(f->all->program, site->call->callee);
    for (guint k = 0; k < made->len; k++) {
        const struct certain_borrow *inside = &g_array_index(made, struct certain_borrow, k);
        const struct origin_set *cells = origins_of_callee(f->origins, state, site->call, site->block, callee, inside->cell);
        for (guint i = 0; i < f->holds->list->len && i < HOLDS_TRACKED; i++) {
            const struct hold *first = &g_array_index(f->holds->list, struct hold, i);
            if (!(held >> i & 1) || !first->is_borrow || !(first->is_exclusive || inside->is_exclusive) ||
                cells != first->locks || !is_one_object(f, first))
                continue;
            report(f, first, inside->is_exclusive, f->origins->fn->blocks[site->block].terminator.span, inside,
                   site->call->callee);
            return;
        }
    }
}

/* ---------------------------------------------------------------------------------------- summaries */

static bool is_on_every_way(const struct cfg *cfg, uint32_t block)
{
    for (uint32_t i = 0; i < cfg->order_count; i++)
        if (cfg->fn->blocks[cfg->order[i]].terminator.kind == IR_TERM_RETURN && !cfg_dominates(cfg, block, cfg->order[i]))
            return false;
    return true;
}

static bool callers_know(const struct origins *o, const struct origin *cell)
{
    const struct origin *root = origin_root(cell);
    return root->kind == ORIGIN_GLOBAL ||
           (root->kind == ORIGIN_LOCAL && o->fn->locals[root->index].kind == IR_LOCAL_PARAM && !origin_is_direct(cell));
}

static void add_made(struct function *f, struct certain_borrow borrow)
{
    if (f->made->len < 16 && callers_know(f->origins, borrow.cell))
        g_array_append_val(f->made, borrow);
}

static void summarise(struct function *f)
{
    const struct callgraph *graph = f->all->analysis->callgraph;
    for (guint i = 0; f->holds && i < f->holds->list->len; i++) {
        const struct hold *hold = &g_array_index(f->holds->list, struct hold, i);
        if (hold->is_borrow && !hold->is_try && is_one_object(f, hold) && is_on_every_way(f->origins->cfg, hold->at.block))
            add_made(f, (struct certain_borrow){hold->locks->items[0], hold->is_exclusive, hold->span});
    }
    const struct call_sites *calls = &graph->calls[f->origins->fn->index];
    for (uint32_t c = 0; c < calls->count; c++) {
        const struct call_site *site = &calls->items[c];
        GArray *made = summary_of(f->all, site->call);
        if (!made || !cfg_reachable(f->origins->cfg, site->block) || !is_on_every_way(f->origins->cfg, site->block))
            continue;
        struct flow_point at = {site->block, f->origins->fn->blocks[site->block].statement_count};
        const struct origin_state *state = origins_state(f->origins, at);
        for (guint k = 0; k < made->len; k++) {
            struct certain_borrow borrow = g_array_index(made, struct certain_borrow, k);
            const struct origin_set *cells = origins_of_callee(f->origins, state, site->call, site->block,
                                                               origins_of(f->all->program, site->call->callee), borrow.cell);
            borrow.cell = cells->count == 1 ? cells->items[0] : NULL;
            if (borrow.cell && borrow.cell->kind > ORIGIN_FUNCTION)
                add_made(f, borrow);
        }
    }
}

static bool calls_one_that_borrows(const struct refcells *r, const struct ir_function *fn)
{
    const struct call_sites *calls = &r->analysis->callgraph->calls[fn->index];
    for (uint32_t c = 0; c < calls->count; c++)
        if (summary_of(r, calls->items[c].call))
            return true;
    return false;
}

static void check_function(struct refcells *r, const struct ir_function *fn)
{
    bool has_holds = holds_any(fn);
    if (fn->in_system_header || fn->is_broken || (!has_holds && !calls_one_that_borrows(r, fn)))
        return;
    struct function f = {.all = r, .origins = origins_of(r->program, fn)};
    if (!f.origins)
        return;
    f.holds = has_holds ? holds_new(f.origins) : NULL;
    f.made = g_array_new(FALSE, FALSE, sizeof(struct certain_borrow));
    const struct call_sites *calls = &r->analysis->callgraph->calls[fn->index];
    if (f.holds) {
        for (guint i = 0; i < f.holds->list->len; i++)
            check_borrow(&f, i);
        for (uint32_t c = 0; c < calls->count; c++)
            if (cfg_reachable(f.origins->cfg, calls->items[c].block))
                check_call(&f, &calls->items[c]);
    }
    summarise(&f);
    if (f.made->len > 0)
        r->summaries[fn->index] = f.made;
    else
        g_array_free(f.made, TRUE);
    if (f.holds)
        holds_free(f.holds);
}

static bool unit_borrows(const struct ir_unit *unit, const struct callgraph *graph)
{
    for (uint32_t i = 0; i < unit->function_count; i++)
        if (graph->callers[i].count > 0 &&
            (ir_note(unit->functions[i]->notes, "borrows") || ir_note(unit->functions[i]->notes, "borrows.exclusive")))
            return true;
    return false;
}

void refcells_check(struct analysis *analysis, struct origin_program *program)
{
    const struct callgraph *graph = analysis->callgraph;
    if (!unit_borrows(analysis->unit, graph))
        return;
    struct refcells r = {analysis, program, g_new0(GArray *, analysis->unit->function_count + 1)};
    for (uint32_t c = 0; c < graph->component_count; c++)
        for (uint32_t i = 0; i < graph->components[c].count; i++)
            check_function(&r, analysis->unit->functions[graph->components[c].functions[i]]);
    for (uint32_t i = 0; i < analysis->unit->function_count; i++)
        if (r.summaries[i])
            g_array_free(r.summaries[i], TRUE);
    g_free(r.summaries);
}
