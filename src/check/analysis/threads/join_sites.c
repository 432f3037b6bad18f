/* The calls that start a thread, here or in a callee: what the thread is lent, where its handle goes, who must join it. */
#include "analysis/threads/join_parts.h"

/* ---- what the thread is lent ---- */

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

/* ---- its handle ---- */

static bool is_parameter(const struct joins *j, const struct origin *origin)
{
    return origin->kind == ORIGIN_LOCAL && j->f->fn->locals[origin->index].kind == IR_LOCAL_PARAM;
}

static bool is_single_handle(const struct joins *j, const struct origin_set *cells)
{
    if (cells->count != 1 || !origin_is_direct(cells->items[0]))
        return false;
    for (const struct origin *cell = cells->items[0]; cell; cell = cell->parent) {
        const struct ir_type *type = origin_type(j->f->origins, cell);
        if (!type || type->kind == IR_TYPE_ARRAY)
            return false;
    }
    return true;
}

static bool overlap(const struct origin_set *a, const struct origin_set *b)
{
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t k = 0; k < b->count; k++)
            if (origin_root(a->items[i]) == origin_root(b->items[k]))
                return true;
    return false;
}

static const struct origin_set *value_at(const struct joins *j, uint32_t block, const struct ir_operand *operand)
{
    struct flow_point at = {block, j->f->fn->blocks[block].statement_count};
    return origins_value(j->f->origins, origins_state(j->f->origins, at), operand);
}

/*
 * PTHREAD_CREATE_DETACHED, set on the attributes somewhere in this function: the thread is joined by nobody. Attributes
 * that come from elsewhere, or that a function out of view has had in hand, may say so too.
 */
static bool may_start_detached(const struct joins *j, const struct ir_call *call, uint32_t block)
{
    uint32_t attributes = ir_noted_argument(call, "thread_attributes");
    if (attributes == UINT32_MAX)
        return false;
    const struct ir_operand *operand = &call->args[attributes];
    const struct origin_set *given = value_at(j, block, operand);
    if (operand->kind == IR_OPERAND_CONST || (given->count == 1 && given->items[0]->kind == ORIGIN_NULL))
        return false;
    for (uint32_t i = 0; i < given->count; i++) {
        const struct origin *root = origin_root(given->items[i]);
        if (root != given->items[i] || root->kind != ORIGIN_LOCAL || is_parameter(j, root))
            return true;
    }
    const struct call_sites *calls = &j->f->analysis->graph->calls[j->f->fn->index];
    for (uint32_t i = 0; i < calls->count; i++) {
        const struct ir_call *other = calls->items[i].call;
        if (other == call || !cfg_reachable(j->cfg, calls->items[i].block))
            continue;
        bool known = other->callee && other->callee->in_system_header;
        uint32_t state = ir_noted_argument(other, "detached_if");
        if (known && state == UINT32_MAX)
            continue;
        for (uint32_t k = 0; k < other->arg_count; k++)
            if (other->args[k].kind != IR_OPERAND_CONST && overlap(value_at(j, calls->items[i].block, &other->args[k]), given) &&
                (!known || other->args[state].kind != IR_OPERAND_CONST ||
                 other->args[state].value == g_ascii_strtoll(ir_note(other->callee->params[state].notes, "detached_if"), NULL, 0)))
                return true;
    }
    return false;
}

/* ---- the function that it runs ---- */

const struct ir_function *join_entry(const struct joins *j, uint32_t block, const struct ir_operand *operand, uint32_t *ret_param)
{
    struct flow_point at = {block, j->f->fn->blocks[block].statement_count};
    const struct value *v =
        value_without_casts(value_of_operand(analysis_values(j->f->analysis->context, j->f->fn), at, operand));
    if (v->kind == VALUE_PARAM && ret_param)
        *ret_param = v->index;
    return v->kind == VALUE_FUNCTION ? j->f->analysis->unit->functions[v->index] : NULL;
}

typedef bool call_test(const struct ir_call *call);

/* Some function that can be reached from fn by name makes such a call. */
static bool reaches_call(const struct thread_analysis *analysis, const struct ir_function *fn, call_test *test)
{
    bool *seen = g_new0(bool, analysis->unit->function_count + 1);
    GPtrArray *todo = g_ptr_array_new();
    bool found = false;
    g_ptr_array_add(todo, (gpointer)fn);
    while (todo->len > 0 && !found) {
        const struct ir_function *at = g_ptr_array_remove_index_fast(todo, todo->len - 1);
        if (seen[at->index])
            continue;
        seen[at->index] = true;
        const struct call_sites *calls = &analysis->graph->calls[at->index];
        for (uint32_t i = 0; i < calls->count && !found; i++) {
            found = test(calls->items[i].call);
            if (calls->items[i].call->callee)
                g_ptr_array_add(todo, (gpointer)calls->items[i].call->callee);
        }
    }
    g_ptr_array_free(todo, TRUE);
    g_free(seen);
    return found;
}

static bool ends_threads(const struct ir_call *call)
{
    return call->callee && ir_note(call->callee->notes, "exits_thread");
}

static bool settles_threads(const struct ir_call *call)
{
    return ir_noted_argument(call, "detached") != UINT32_MAX || ir_noted_argument(call, "joined") != UINT32_MAX;
}

static bool detaches(const struct ir_call *call)
{
    return ir_noted_argument(call, "detached") != UINT32_MAX;
}

static bool returns(const struct joins *j, const struct ir_function *fn)
{
    struct origins *origins = origins_of(j->f->analysis->program, fn);
    for (uint32_t i = 0; origins && i < origins->cfg->order_count; i++)
        if (fn->blocks[origins->cfg->order[i]].terminator.kind == IR_TERM_RETURN)
            return true;
    return false;
}

bool thread_settles_others(const struct joins *j, const struct ir_function *entry)
{
    return !entry || !entry->has_body || reaches_call(j->f->analysis, entry, settles_threads);
}

/* A thread that runs as long as the process leaves nothing behind, and one that detaches itself needs nobody else. */
static bool must_be_joined(const struct joins *j, const struct ir_function *entry)
{
    return entry && entry->has_body && !entry->is_broken && !reaches_call(j->f->analysis, entry, detaches) &&
           (returns(j, entry) || reaches_call(j->f->analysis, entry, ends_threads));
}

/* ---- the sites ---- */

static struct site new_site(const struct joins *j, const struct ir_terminator *term, uint32_t block)
{
    const struct ir_call *call = term->call;
    struct site site = {
        .block = block,
        .term = term,
        .borrowed = g_ptr_array_new(),
        .of_params = g_array_new(FALSE, FALSE, sizeof(struct thread_sent)),
        .cells = j->f->origins->empty,
        .status = UINT32_MAX,
        .entry_param = UINT32_MAX,
        .live_when_zero = true,
        .start = {.call = term->span, .function = call->callee_span, .starter = call->callee_span},
    };
    if (call->has_dest && call->dest.base == IR_BASE_LOCAL && call->dest.projection_count == 0)
        site.status = call->dest.base_index;
    return site;
}

static void keep_site(struct joins *j, struct site *site)
{
    if ((site->borrowed->len > 0 || site->of_params->len > 0 || site->must_join) && j->sites->len < MAX_SITES) {
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
    struct site site = new_site(j, term, block);
    site.start.name = call->callee->name;
    site.start.argument = call->args[sent].span;
    uint32_t entry = ir_noted_argument(call, "thread_entry");
    if (entry != UINT32_MAX) {
        site.start.function = call->args[entry].span;
        site.start.inner_function = join_entry(j, block, &call->args[entry], &site.entry_param);
    }
    uint32_t handle = ir_noted_argument(call, "thread_out");
    if (handle != UINT32_MAX)
        site.cells = origins_value(j->f->origins, state, &call->args[handle]);
    site.single_handle = handle != UINT32_MAX && is_single_handle(j, site.cells);
    const struct origin_set *given = origins_value(j->f->origins, state, &call->args[sent]);
    check_send(j, &site, given);
    const struct origin_set *reached = origins_reach(j->f->origins, state, given);
    for (uint32_t i = 0; i < reached->count; i++)
        add_target(j, &site, reached->items[i], call->args[sent].type);
    bool is_result = ir_note(call->callee->notes, "thread_result") != NULL;
    site.live_when_nonzero |= is_result;
    site.must_join = (handle != UINT32_MAX || is_result) && !may_start_detached(j, call, block) &&
                     (site.entry_param != UINT32_MAX || must_be_joined(j, site.start.inner_function));
    keep_site(j, &site);
}

/* What the callee leaves to us to join. */
static void take_handles(struct joins *j, struct site *site, const struct thread_summary *summary)
{
    const struct ir_call *call = site->term->call;
    struct flow_point at = {site->block, j->f->fn->blocks[site->block].statement_count};
    struct origins *callee = origins_of(j->f->analysis->program, call->callee);
    for (guint i = 0; i < summary->started->len; i++) {
        const struct thread_started *started = &g_array_index(summary->started, struct thread_started, i);
        const struct origin_state *state = origins_state(j->f->origins, at);
        const struct ir_function *entry = started->entry;
        if (started->entry_param < call->arg_count)
            entry = join_entry(j, site->block, &call->args[started->entry_param], &site->entry_param);
        if (site->entry_param == UINT32_MAX && !must_be_joined(j, entry))
            continue;
        site->must_join = true;
        site->start.name = started->start_name;
        site->start.inner = started->start;
        site->start.inner_function = entry;
        site->live_when_zero |= started->when_zero;
        site->live_when_nonzero |= started->when_nonzero;
        if (started->cell)
            site->cells = origin_set_join(j->f->origins, site->cells,
                                          origins_of_callee(j->f->origins, state, call, site->block, callee, started->cell));
    }
    site->single_handle = summary->started->len == 1 && is_single_handle(j, site->cells);
}

static void find_start_in_callee(struct joins *j, uint32_t block, const struct thread_summary *summary)
{
    const struct ir_terminator *term = &j->f->fn->blocks[block].terminator;
    struct flow_point at = {block, j->f->fn->blocks[block].statement_count};
    struct origins *callee = origins_of(j->f->analysis->program, term->call->callee);
    struct site site = new_site(j, term, block);
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
        const struct origin_state *state = origins_state(j->f->origins, at);
        const struct origin_set *given =
            origins_of_callee(j->f->origins, state, term->call, block, callee, sent->origin);
        const struct origin_set *reached = origins_reach(j->f->origins, state, given);
        for (uint32_t k = 0; k < reached->count; k++)
            add_target(j, &site, reached->items[k], sent->type);
    }
    take_handles(j, &site, summary);
    keep_site(j, &site);
}

void join_sites_find(struct joins *j)
{
    const struct call_sites *calls = &j->f->analysis->graph->calls[j->f->fn->index];
    for (uint32_t i = 0; i < calls->count; i++) {
        const struct ir_call *call = calls->items[i].call;
        if (!cfg_reachable(j->cfg, calls->items[i].block) || call->mode != IR_CALL_PLAIN)
            continue;
        uint32_t sent = ir_noted_argument(call, "sent");
        const struct thread_summary *summary = thread_summary_of(j->f->analysis, call->callee);
        if (sent != UINT32_MAX)
            find_direct_start(j, calls->items[i].block, sent);
        else if (summary)
            find_start_in_callee(j, calls->items[i].block, summary);
    }
}

void join_sites_clear(struct joins *j)
{
    for (guint i = 0; i < j->sites->len; i++) {
        g_ptr_array_free(site_at(j, i)->borrowed, TRUE);
        g_array_free(site_at(j, i)->of_params, TRUE);
    }
    g_array_free(j->sites, TRUE);
}
