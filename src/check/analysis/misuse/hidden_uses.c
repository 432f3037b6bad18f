/* Calls of functions with state of their own, and which functions can get to them, with which locks. */
#include "analysis/misuse/hidden_parts.h"

#include <string.h>

#include "analysis/locks/held_sets.h"

enum { MAX_WAYS = 64, MAX_ROUNDS = 6 };

/* ---- the uses ---- */

static void add_use(struct hidden_program *program, const struct call_site *site, const char *states, bool writes, bool safe)
{
    char **names = g_strsplit(states, " ", -1);
    for (char **name = names; *name; name++) {
        struct hidden_use use = {site->caller, site->block, site->call, g_intern_string(*name), writes, safe, NULL};
        g_array_append_val(program->uses, use);
    }
    g_strfreev(names);
}

/* The object is a global's, or the only thing that a global pointer leads to. */
static void add_object_use(struct hidden_program *program, const struct call_site *site, uint32_t argument)
{
    struct origins *o = origins_of(program->origins, site->caller);
    if (!o || !cfg_reachable(o->cfg, site->block))
        return;
    struct flow_point at = {site->block, site->caller->blocks[site->block].statement_count};
    const struct origin_state *state = origins_state(o, at);
    if (!state->reached)
        return;
    const struct origin_set *set = origins_value(o, state, &site->call->args[argument]);
    const struct origin *one = set->count == 1 ? set->items[0] : NULL;
    if (!one || one->kind != ORIGIN_DEREF || one->parent->kind != ORIGIN_GLOBAL ||
        program->analysis->unit->globals[one->parent->index]->is_thread_local)
        return;
    const struct ir_global *global = program->analysis->unit->globals[one->parent->index];
    char *key = g_strdup_printf("object %u", global->index);
    struct hidden_use use = {site->caller, site->block, site->call, g_intern_string(key), true, false, global->name};
    g_array_append_val(program->uses, use);
    g_free(key);
}

static void find_uses(struct hidden_program *program)
{
    const struct callgraph *graph = program->analysis->callgraph;
    for (uint32_t i = 0; i < graph->site_count; i++) {
        const struct call_site *site = &graph->sites[i];
        const struct ir_function *callee = site->call->callee;
        if (!callee || callee->has_body || site->caller->in_system_header || site->caller->is_broken ||
            site->call->mode != IR_CALL_PLAIN || (site->caller->blocks[site->block].terminator.flags & IR_FLAG_UNSAFE))
            continue;
        const char *states;
        if (ir_note(callee->notes, "forks"))
            add_use(program, site, HIDDEN_FORK, false, false);
        if ((states = ir_note(callee->notes, "hidden")))
            add_use(program, site, states, true, false);
        if ((states = ir_note(callee->notes, "hidden.reads")))
            add_use(program, site, states, false, false);
        if ((states = ir_note(callee->notes, "hidden.safe")))
            add_use(program, site, states, true, true);
        for (uint32_t k = 0; k < site->call->arg_count && k < callee->type->param_count; k++)
            if (ir_note(callee->params[k].notes, "unlocked"))
                add_object_use(program, site, k);
    }
}

int hidden_use_at(const struct hidden_program *program, const struct ir_function *fn, uint32_t block, guint from)
{
    for (guint i = from; i < program->uses->len; i++) {
        const struct hidden_use *use = &g_array_index(program->uses, struct hidden_use, i);
        if (use->fn == fn && use->block == block)
            return (int)i;
    }
    return -1;
}

/* ---- what a call runs ---- */

static void add_run(const struct ir_function *fn, bool starts, struct hidden_run *ret, uint32_t *count)
{
    if (fn && fn->has_body && !fn->is_broken && *count < MAX_RUNS_OF_CALL)
        ret[(*count)++] = (struct hidden_run){fn, starts};
}

/* Through a pointer: the functions of that type whose address is taken, unless they are too many to mean anything. */
static void add_pointed(struct hidden_program *program, const struct ir_call *call, struct hidden_run *ret, uint32_t *count)
{
    const struct ir_unit *unit = program->analysis->unit;
    const struct ir_type *type = call->pointer.type;
    uint32_t before = *count;
    if (!type || type->kind != IR_TYPE_POINTER)
        return;
    for (uint32_t f = 0; f < unit->function_count; f++) {
        if (!program->analysis->callgraph->address_taken[f] || unit->functions[f]->type != type->target->unqualified ||
            !unit->functions[f]->has_body)
            continue;
        if (*count == MAX_RUNS_OF_CALL) {
            *count = before;
            return;
        }
        add_run(unit->functions[f], false, ret, count);
    }
}

uint32_t hidden_runs_of_call(struct hidden_program *program, const struct ir_function *fn, uint32_t block,
                             struct hidden_run *ret)
{
    const struct ir_call *call = fn->blocks[block].terminator.call;
    struct flow_point at = {block, fn->blocks[block].statement_count};
    uint32_t count = 0;
    if (!call->callee) {
        add_pointed(program, call, ret, &count);
        return count;
    }
    if (call->mode != IR_CALL_PLAIN) {
        add_run(call->callee, call->mode != IR_CALL_BIND, ret, &count);
        return count;
    }
    add_run(call->callee, false, ret, &count);
    uint32_t started = program->entry_param[call->callee->index];
    for (uint32_t i = 0; i < call->arg_count && i < call->callee->type->param_count; i++) {
        const char *const *notes = call->callee->params[i].notes;
        bool starts = ir_note(notes, "thread_entry") || started == i + 1;
        if (!starts && !(ir_note(notes, "lent") && !call->callee->has_body))
            continue;
        const struct ir_type *type = call->callee->type->params[i];
        if (type->kind != IR_TYPE_POINTER || type->target->kind != IR_TYPE_FUNCTION)
            continue;
        const struct value *v = value_without_casts(value_of_operand(analysis_values(program->analysis, fn), at, &call->args[i]));
        if (v->kind == VALUE_FUNCTION)
            add_run(program->analysis->unit->functions[v->index], starts, ret, &count);
        else if (v->kind == VALUE_PARAM && starts)
            program->entry_param[fn->index] = v->index + 1; /* a wrapper: its callers say what runs */
    }
    return count;
}

/* ---- the ways ---- */

static guint64 lock_number(const struct origins *o, const struct block_lock *lock)
{
    const struct origin *one = lock->locks->count == 1 ? lock->locks->items[0] : NULL;
    const struct origin *root = one ? origin_root(one) : NULL;
    (void)o;
    if (!one || lock->shared)
        return 0;
    if (root->kind == ORIGIN_GLOBAL && origin_is_direct(one))
        return ((guint64)1 << 63) | ((guint64)root->index << 16) | (one->kind == ORIGIN_FIELD ? one->index + 1 : 0);
    if (root->kind == ORIGIN_GLOBAL && one->kind == ORIGIN_DEREF && one->parent->kind == ORIGIN_GLOBAL)
        return ((guint64)3 << 62) | root->index;
    return one->kind == ORIGIN_FIELD ? ((guint64)(uintptr_t)one->record << 8 >> 8) + one->index : 0;
}

struct hidden_way hidden_way_from(struct hidden_program *program, const struct ir_function *fn, uint32_t block,
                                  const struct hidden_run *run, const struct hidden_way *inner)
{
    struct hidden_way way = *inner;
    way.block = block;
    way.by = run ? run->callee : NULL;
    way.starts = run && run->starts;
    if (way.starts)
        return way; /* a thread takes nobody's locks along */
    const struct block_locks *held = held_sets_at(program->analysis->held_sets, fn, block);
    struct origins *o = held->count > 0 ? origins_of(program->origins, fn) : NULL;
    for (uint32_t i = 0; i < held->count && way.lock_count < MAX_HIDDEN_LOCKS; i++) {
        guint64 number = lock_number(o, &held->held[i]);
        if (number)
            way.locks[way.lock_count++] = number;
    }
    return way;
}

const struct hidden_way *hidden_way_to(const struct hidden_program *program, const struct ir_function *fn, uint32_t use)
{
    const GArray *ways = program->ways[fn->index];
    for (guint i = 0; ways && i < ways->len; i++)
        if (g_array_index(ways, struct hidden_way, i).use == use)
            return &g_array_index(ways, struct hidden_way, i);
    return NULL;
}

/* A way with fewer locks is the worse one, and is kept. */
static bool add_way(struct hidden_program *program, const struct ir_function *fn, const struct hidden_way *way)
{
    GArray **ways = &program->ways[fn->index];
    if (!*ways)
        *ways = g_array_new(FALSE, FALSE, sizeof(struct hidden_way));
    for (guint i = 0; i < (*ways)->len; i++) {
        struct hidden_way *known = &g_array_index(*ways, struct hidden_way, i);
        if (known->use != way->use)
            continue;
        if (known->lock_count <= way->lock_count)
            return false;
        *known = *way;
        return true;
    }
    if ((*ways)->len >= MAX_WAYS)
        return false;
    g_array_append_vals(*ways, way, 1);
    return true;
}

/* Another block than the one whose way is kept may lead there as well. */
bool hidden_is_ruled_out(struct hidden_program *program, const struct ir_function *callee, const bool *chosen, uint32_t use)
{
    const struct hidden_use *one = &g_array_index(program->uses, struct hidden_use, use);
    const struct hidden_way *way = hidden_way_to(program, callee, use);
    if (!chosen || (way && chosen[way->block]) || (one->fn == callee && chosen[one->block]))
        return false;
    const struct call_sites *calls = &program->analysis->callgraph->calls[callee->index];
    struct hidden_run runs[MAX_RUNS_OF_CALL];
    for (uint32_t i = 0; i < calls->count; i++) {
        uint32_t count = chosen[calls->items[i].block] ? hidden_runs_of_call(program, callee, calls->items[i].block, runs) : 0;
        for (uint32_t r = 0; r < count; r++)
            if (hidden_way_to(program, runs[r].callee, use))
                return false;
    }
    return true;
}

static bool find_ways(struct hidden_program *program, const struct ir_function *fn)
{
    const struct call_sites *calls = &program->analysis->callgraph->calls[fn->index];
    struct hidden_run runs[MAX_RUNS_OF_CALL];
    bool changed = false;
    for (uint32_t i = 0; i < calls->count; i++) {
        uint32_t count = hidden_runs_of_call(program, fn, calls->items[i].block, runs);
        for (uint32_t r = 0; r < count; r++) {
            GArray *inner = program->ways[runs[r].callee->index];
            bool *chosen = inner ? hidden_blocks_chosen(program, fn, calls->items[i].block, runs[r].callee) : NULL;
            for (guint k = 0; inner && runs[r].callee != fn && k < inner->len; k++) {
                if (hidden_is_ruled_out(program, runs[r].callee, chosen, g_array_index(inner, struct hidden_way, k).use))
                    continue;
                struct hidden_way way = hidden_way_from(program, fn, calls->items[i].block, &runs[r],
                                                        &g_array_index(inner, struct hidden_way, k));
                changed |= add_way(program, fn, &way);
            }
            g_free(chosen);
        }
    }
    return changed;
}

static bool starts_threads(const struct analysis *analysis)
{
    const struct callgraph *graph = analysis->callgraph;
    for (uint32_t i = 0; i < graph->site_count; i++) {
        const struct ir_call *call = graph->sites[i].call;
        if (call->mode == IR_CALL_SPAWN || call->mode == IR_CALL_SPAWN_SCOPED)
            return true;
        for (uint32_t k = 0; call->callee && k < call->callee->type->param_count; k++)
            if (ir_note(call->callee->params[k].notes, "thread_entry"))
                return true;
    }
    return false;
}

bool hidden_uses_find(struct hidden_program *program)
{
    if (!starts_threads(program->analysis))
        return false;
    find_uses(program);
    if (program->uses->len == 0)
        return false;
    for (guint i = 0; i < program->uses->len; i++) {
        const struct hidden_use *use = &g_array_index(program->uses, struct hidden_use, i);
        struct hidden_way here = {.use = i};
        here = hidden_way_from(program, use->fn, use->block, NULL, &here);
        add_way(program, use->fn, &here);
    }
    const struct callgraph *graph = program->analysis->callgraph;
    bool again = true;
    for (unsigned round = 0; again && round < MAX_ROUNDS; round++) {
        again = false;
        for (uint32_t c = 0; c < graph->component_count; c++)
            for (uint32_t i = 0; i < graph->components[c].count; i++)
                again |= find_ways(program, program->analysis->unit->functions[graph->components[c].functions[i]]);
    }
    return true;
}
