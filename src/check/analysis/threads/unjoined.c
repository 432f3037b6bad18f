/*
 * F0401: a thread whose last handle is gone before anybody has joined or detached it. What it leaves behind, its stack
 * above all, is kept for a join that cannot come.
 *
 * Handles that are kept where others may find them (a global, the heap, what a parameter leads to) are nobody's loss here.
 */
#include "analysis/threads/join_parts.h"

static bool names_thread(const struct joins *j, const struct origin_set *set, guint site)
{
    for (uint32_t i = 0; set && i < set->count; i++)
        if (set->items[i]->kind == ORIGIN_THREAD && set->items[i]->index == site_at(j, site)->block)
            return true;
    return false;
}

bool handle_is_only_in(const struct joins *j, struct flow_point at, guint site, uint32_t local)
{
    struct origins *o = j->f->origins;
    const struct origin_state *state = origins_state(o, at);
    bool found = false;
    const struct origin *cell;
    const struct origin_set *set;
    for (uint32_t id = 0; origin_state_next(o, state, &id, &cell, &set); id++) {
        if (!names_thread(j, set, site))
            continue;
        const struct origin *root = origin_root(cell);
        if (root->kind != ORIGIN_LOCAL || !origin_is_direct(cell))
            return false;
        enum ir_local_kind kind = j->f->fn->locals[root->index].kind;
        if (kind == IR_LOCAL_RESULT || (local != CFG_NONE && kind != IR_LOCAL_TEMP && root->index != local))
            return false;
        found = true;
    }
    const struct site *s = site_at(j, site);
    return found || (s->cells->count == 0 && s->term->call->result_unused);
}

bool handle_goes_to_caller(const struct joins *j, struct flow_point at, guint site)
{
    struct origins *o = j->f->origins;
    const struct origin_state *state = origins_state(o, at);
    const struct origin *cell;
    const struct origin_set *set;
    for (uint32_t id = 0; origin_state_next(o, state, &id, &cell, &set); id++) {
        if (!names_thread(j, set, site))
            continue;
        const struct origin *root = origin_root(cell);
        if (root->kind == ORIGIN_LOCAL && (root->index == 0 || (j->f->fn->locals[root->index].kind == IR_LOCAL_PARAM &&
                                                                !origin_is_direct(cell))))
            return true;
    }
    return false;
}

void unjoined_note_starts(struct joins *j)
{
    for (guint i = 0; i < j->sites->len; i++) {
        const struct site *site = site_at(j, i);
        if (!site->must_join || (!site->handle_at_zero && !site->handle_at_nonzero))
            continue;
        struct thread_started started = {
            .when_zero = site->handle_at_zero,
            .when_nonzero = site->handle_at_nonzero,
            .start = span_is_none(site->start.inner) ? site->start.call : site->start.inner,
            .start_name = site->start.name,
            .entry = site->start.inner_function,
            .entry_param = site->entry_param,
        };
        for (uint32_t k = 0; k < site->cells->count; k++) {
            const struct origin *root = origin_root(site->cells->items[k]);
            if (root->kind == ORIGIN_LOCAL && j->f->fn->locals[root->index].kind == IR_LOCAL_PARAM)
                started.cell = site->cells->items[k];
        }
        if (!started.cell) /* the result says which thread it is, whatever it is */
            started.when_zero = started.when_nonzero = true;
        g_array_append_val(j->f->summary->started, started);
    }
}

/* ---- words ---- */

static struct span joined_elsewhere(const struct joins *j, guint index)
{
    for (uint32_t block = 0; block < j->f->fn->block_count; block++)
        if ((j->blocks[block].joins | j->blocks[block].detaches) >> index & 1)
            return j->f->fn->blocks[block].terminator.span;
    return NO_SPAN;
}

static const char *handle_name(const struct joins *j, const struct site *site)
{
    const char *name = NULL;
    if (site->cells->count == 1 && origin_is_direct(site->cells->items[0]))
        name = origin_describe(j->f->origins, site->cells->items[0]);
    const struct ir_call *call = site->term->call;
    if (!name && site->cells->count == 0 && call->has_dest)
        name = ir_place_describe(j->f->analysis->unit, j->f->fn, &call->dest, j->f->analysis->unit->arena);
    return name;
}

static void describe_loss(struct finding *finding, const struct site *site, const char *name)
{
    const char *handle = name ? name : "it";
    switch (site->loss) {
    case HANDLE_OVERWRITTEN:
        if (span_equal(site->loss_at, site->term->span))
            finding_note(finding, "`%s` is overwritten with the next thread's handle when the loop comes here again", handle);
        else
            finding_label(finding, site->loss_at, "its handle, `%s`, is overwritten here", handle);
        break;
    case HANDLE_OUT_OF_SCOPE:
        finding_label(finding, site->loss_at, "its only handle, `%s`, goes out of scope here", handle);
        break;
    case HANDLE_THREAD_EXIT:
        finding_label(finding, site->loss_at, "the process goes on behind this, and nobody has the handle `%s`", handle);
        break;
    default:
        if (name)
            finding_label(finding, site->loss_at, "its only handle, `%s`, is gone when the function returns here", handle);
        else
            finding_label(finding, site->loss_at, "its handle is gone when the function returns here");
        break;
    }
    finding_step(finding, 2);
}

static void report(const struct joins *j, guint index)
{
    const struct site *site = site_at(j, index);
    const char *name = handle_name(j, site);
    bool in_part = j->partly_joined >> index & 1;
    struct finding *finding = finding_new(j->f->analysis->sink, "F0401", "%s neither joined nor detached",
                                          in_part ? "not all threads are joined: some are" : "thread is");
    if (site->loss == HANDLE_THREAD_EXIT)
        finding_warning(finding);
    finding_primary(finding, site->term->span, "the thread is started here");
    finding_step(finding, 1);
    describe_loss(finding, site, name);
    struct span elsewhere = joined_elsewhere(j, index);
    if (!span_is_none(elsewhere) && site->loss == HANDLE_RETURNED_WITHOUT)
        finding_label(finding, elsewhere, "on another path it is taken care of here");
    if (!span_is_none(site->start.inner))
        finding_note_at(finding, site->start.inner, NULL, "`%s` starts the thread here and leaves its handle to the caller",
                        site->term->call->callee ? site->term->call->callee->name : "the function");
    finding_note(finding, "a thread that has ended keeps its stack and its result until it is joined, unless it was detached");
    finding_help(finding, "join it before its handle is lost, or detach it if nobody needs to wait for it");
}

static struct flow_point end_of(const struct joins *j, uint32_t block)
{
    return (struct flow_point){block, j->f->fn->blocks[block].statement_count};
}

/* Ways that leave the function with the handle, where no way to the same exit has taken care of it. */
static void find_exits(struct joins *j, guint index)
{
    struct site *site = site_at(j, index);
    for (uint32_t block = 0; block < j->f->fn->block_count && site->loss == HANDLE_KEPT; block++) {
        if (!((j->owed_at[block] & ~j->settled_at[block]) >> index & 1))
            continue;
        const struct ir_terminator *term = &j->f->fn->blocks[block].terminator;
        bool is_return = term->kind == IR_TERM_RETURN;
        if ((is_return && j->f->is_main) || !handle_is_only_in(j, end_of(j, block), index, CFG_NONE))
            continue;
        site->loss = is_return || !j->f->is_main ? HANDLE_RETURNED_WITHOUT : HANDLE_THREAD_EXIT;
        site->loss_at = term->span;
    }
}

void unjoined_report(struct joins *j)
{
    for (guint i = 0; i < j->sites->len; i++) {
        struct site *site = site_at(j, i);
        if (!site->must_join || site->entry_param != UINT32_MAX)
            continue;
        find_exits(j, i);
        bool told = site->outlived || !span_is_none(site->change);
        if (site->loss != HANDLE_KEPT && !told && !(site->term->flags & IR_FLAG_UNSAFE))
            report(j, i);
    }
}
