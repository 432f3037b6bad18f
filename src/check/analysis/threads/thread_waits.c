#include "analysis/threads/thread_waits.h"

#include "analysis/origins/origin_parts.h"

struct waits_of_function {
    GPtrArray *joined;      /* struct origin: where the handles are of threads that it joins; NULL: nothing */
    uint64_t joined_params; /* those that it gets by value */
};

struct thread_waits {
    struct analysis *analysis;
    struct origin_program *program;
    struct waits_of_function *functions; /* by function index */
};

static const struct origin_set *targets(struct origins *o, uint32_t block, const struct ir_operand *arg)
{
    struct flow_point at = {block, o->fn->blocks[block].statement_count};
    const struct origin_state *state = origins_state(o, at);
    return state->reached ? origins_value(o, state, arg) : o->empty;
}

static bool have_common(const struct origin_set *a, const struct origin_set *b)
{
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t k = 0; k < b->count; k++)
            if (a->items[i] == b->items[k] && a->items[i]->kind > ORIGIN_FUNCTION)
                return true;
    return false;
}

/* Where the handle of the thread is put that the call ending this block starts. */
const struct origin_set *thread_handle_cells(struct origins *o, uint32_t start)
{
    const struct ir_call *call = o->fn->blocks[start].terminator.call;
    struct flow_point at = {start, o->fn->blocks[start].statement_count};
    const struct origin_state *state = origins_state(o, at);
    if (!call->has_dest || !state->reached)
        return o->empty;
    struct ir_place place = call->dest;
    /* the call's own temporary is copied to a variable right behind it */
    const struct ir_terminator *term = &o->fn->blocks[start].terminator;
    if (place.base == IR_BASE_LOCAL && o->fn->locals[place.base_index].kind == IR_LOCAL_TEMP && term->target != IR_NO_BLOCK) {
        const struct ir_block *next = &o->fn->blocks[term->target];
        for (uint32_t i = 0; i < next->statement_count; i++) {
            const struct ir_statement *st = &next->statements[i];
            if (st->kind == IR_ST_ASSIGN && st->value.operand_count == 1 && st->value.operands[0].kind != IR_OPERAND_CONST &&
                ir_place_equal(&st->value.operands[0].place, &place)) {
                place = st->place;
                state = origins_state(o, (struct flow_point){term->target, i});
                return state->reached ? origins_place(o, state, &place) : o->empty;
            }
        }
    }
    return origins_place(o, state, &place);
}

/* The variable that a handle given by value was read from; the argument itself where that is none. */
static const struct origin_set *given_from(struct origins *o, uint32_t block, const struct ir_operand *arg)
{
    const struct ir_block *b = &o->fn->blocks[block];
    const struct ir_place *place = &arg->place;
    uint32_t at = b->statement_count;
    for (uint32_t i = b->statement_count; i > 0; i--) {
        const struct ir_statement *st = &b->statements[i - 1];
        if (place->base != IR_BASE_LOCAL || o->fn->locals[place->base_index].kind != IR_LOCAL_TEMP)
            break;
        if (st->kind != IR_ST_ASSIGN || !ir_place_equal(&st->place, place) || st->value.operand_count != 1 ||
            st->value.operands[0].kind == IR_OPERAND_CONST)
            continue;
        place = &st->value.operands[0].place;
        at = i - 1;
    }
    const struct origin_state *state = origins_state(o, (struct flow_point){block, at});
    return state->reached ? origins_place(o, state, place) : o->empty;
}

static bool is_thread(const struct origin_set *set, uint32_t start)
{
    for (uint32_t k = 0; k < set->count; k++)
        if (set->items[k]->kind == ORIGIN_THREAD && set->items[k]->index == start)
            return true;
    return false;
}

/* A function in view, which joins what it is given. */
static bool helper_waits_for(const struct thread_waits *waits, struct origins *o, uint32_t block, uint32_t start,
                             const struct origin_set *cells)
{
    const struct ir_call *call = o->fn->blocks[block].terminator.call;
    const struct waits_of_function *callee = &waits->functions[call->callee->index];
    struct origins *inner = callee->joined ? origins_of(waits->program, call->callee) : NULL;
    struct flow_point at = {block, o->fn->blocks[block].statement_count};
    for (guint i = 0; inner && i < callee->joined->len; i++) {
        const struct origin_state *state = origins_state(o, at);
        if (!state->reached)
            return false;
        const struct origin_set *here =
            origins_of_callee(o, state, call, block, inner, g_ptr_array_index(callee->joined, i));
        if (have_common(here, cells) || is_thread(here, start))
            return true;
    }
    for (uint32_t i = 0; i < call->arg_count && i < 64; i++)
        if ((callee->joined_params >> i & 1) && call->args[i].kind != IR_OPERAND_CONST &&
            have_common(given_from(o, block, &call->args[i]), cells))
            return true;
    return false;
}

bool call_waits_for_cells(const struct thread_waits *waits, struct origins *o, uint32_t block, uint32_t start,
                          const struct origin_set *cells)
{
    const struct ir_terminator *term = &o->fn->blocks[block].terminator;
    if (term->kind != IR_TERM_CALL || !term->call->callee || term->call->mode != IR_CALL_PLAIN)
        return false;
    const struct ir_call *call = term->call, *starting = o->fn->blocks[start].terminator.call;
    if (call->callee->has_body)
        return helper_waits_for(waits, o, block, start, cells);
    if (!ir_note(call->callee->notes, "blocks"))
        return false;
    if (ir_note(call->callee->notes, "scope.end"))
        return starting->mode == IR_CALL_SPAWN_SCOPED && call->arg_count > 0 &&
               have_common(targets(o, block, &call->args[0]), targets(o, start, &starting->scope));
    for (uint32_t i = 0; i < call->arg_count && i < call->callee->type->param_count; i++) {
        const char *const *notes = call->callee->params[i].notes;
        if (ir_note(notes, "joined") && is_thread(targets(o, block, &call->args[i]), start))
            return true;
        if (ir_note(notes, "moved") && have_common(targets(o, block, &call->args[i]), cells))
            return true;
    }
    return false;
}

bool call_waits_for_thread(const struct thread_waits *waits, struct origins *o, uint32_t block, uint32_t start)
{
    return call_waits_for_cells(waits, o, block, start, thread_handle_cells(o, start));
}

static void note_joined(struct waits_of_function *f, const struct origins *o, const struct origin_set *set)
{
    for (uint32_t i = 0; i < set->count; i++) {
        const struct origin *cell = set->items[i], *root = origin_root(cell);
        bool is_param = root->kind == ORIGIN_LOCAL && o->fn->locals[root->index].kind == IR_LOCAL_PARAM;
        if (cell == root && is_param && root->index <= 64)
            f->joined_params |= UINT64_C(1) << (root->index - 1);
        else if ((is_param || root->kind == ORIGIN_GLOBAL) && !g_ptr_array_find(f->joined, cell, NULL))
            g_ptr_array_add(f->joined, (gpointer)cell);
    }
}

static void note_call(const struct thread_waits *waits, struct origins *o, uint32_t block)
{
    const struct ir_call *call = o->fn->blocks[block].terminator.call;
    struct waits_of_function *f = &waits->functions[o->fn->index];
    if (!call->callee || call->mode != IR_CALL_PLAIN)
        return;
    const struct waits_of_function *callee = &waits->functions[call->callee->index];
    if (call->callee->has_body && callee->joined && callee != f) {
        struct flow_point at = {block, o->fn->blocks[block].statement_count};
        struct origins *inner = callee->joined->len > 0 ? origins_of(waits->program, call->callee) : NULL;
        for (guint i = 0; inner && i < callee->joined->len; i++) {
            const struct origin_state *state = origins_state(o, at);
            if (state->reached)
                note_joined(f, o, origins_of_callee(o, state, call, block, inner, g_ptr_array_index(callee->joined, i)));
        }
        for (uint32_t i = 0; i < call->arg_count && i < 64; i++)
            if ((callee->joined_params >> i & 1) && call->args[i].kind != IR_OPERAND_CONST)
                note_joined(f, o, given_from(o, block, &call->args[i]));
        return;
    }
    if (!ir_note(call->callee->notes, "awaits"))
        return;
    for (uint32_t i = 0; i < call->arg_count && i < call->callee->type->param_count; i++)
        if (ir_note(call->callee->params[i].notes, "joined") || ir_note(call->callee->params[i].notes, "moved"))
            note_joined(f, o, targets(o, block, &call->args[i]));
}

bool call_starts_thread(const struct ir_call *call, struct flow_point at, struct values *values,
                        const struct ir_function **ret_entry, struct ir_call *ret_inner)
{
    if (call->mode == IR_CALL_SPAWN || call->mode == IR_CALL_SPAWN_SCOPED) {
        *ret_entry = call->callee;
        *ret_inner = *call;
        return call->callee != NULL;
    }
    uint32_t entry = ir_noted_argument(call, "thread_entry"), sent = ir_noted_argument(call, "sent");
    if (entry == UINT32_MAX || sent == UINT32_MAX)
        return false;
    *ret_entry = value_function_named(values, at, &call->args[entry]);
    if (!*ret_entry)
        return false;
    *ret_inner = (struct ir_call){.mode = IR_CALL_SPAWN, .callee = *ret_entry, .args = &call->args[sent], .arg_count = 1,
                                  .callee_span = call->args[entry].span};
    return true;
}

const struct origin_set *threads_waited_for(const struct thread_waits *waits, struct origins *o, uint32_t block)
{
    const struct ir_call *call = o->fn->blocks[block].terminator.call;
    const struct origin_set *set = o->empty;
    if (!call->callee || call->mode != IR_CALL_PLAIN)
        return set;
    const struct waits_of_function *callee = &waits->functions[call->callee->index];
    struct origins *inner = callee->joined ? origins_of(waits->program, call->callee) : NULL;
    const struct origin_state *state = origins_state(o, (struct flow_point){block, o->fn->blocks[block].statement_count});
    if (!state->reached)
        return set;
    for (guint i = 0; inner && i < callee->joined->len; i++)
        set = origin_set_join(o, set, origins_of_callee(o, state, call, block, inner, g_ptr_array_index(callee->joined, i)));
    if (call->callee->has_body)
        return set;
    for (uint32_t i = 0; i < call->arg_count && i < call->callee->type->param_count; i++)
        if (ir_note(call->callee->params[i].notes, "joined"))
            set = origin_set_join(o, set, targets(o, block, &call->args[i]));
    return set;
}

/* ---- from the start on ---- */

/* Leaving a loop that joins has joined all that were started before it. */
static void find_ends(const struct thread_waits *waits, struct origins *o, uint32_t start, const struct origin_set *cells,
                      bool *ends)
{
    const struct cfg *cfg = o->cfg;
    for (uint32_t k = 0; k < cfg->order_count; k++) {
        uint32_t b = cfg->order[k];
        if (b == start || !call_waits_for_cells(waits, o, b, start, cells))
            continue;
        ends[b] = true;
        for (uint32_t loop = cfg->loop_of[b]; loop != CFG_NONE; loop = cfg->loops[loop].parent)
            if (!cfg_loop_contains(cfg, loop, start))
                ends[cfg->loops[loop].head] = true;
    }
}

struct thread_run thread_run_from(const struct thread_waits *waits, struct origins *o, uint32_t start,
                                  const struct origin_set *cells)
{
    const struct cfg *cfg = o->cfg;
    struct thread_run run = {g_new0(bool, o->fn->block_count + 1), g_new0(bool, o->fn->block_count + 1)};
    find_ends(waits, o, start, cells, run.ends);
    GArray *todo = g_array_new(FALSE, FALSE, sizeof start);
    g_array_append_val(todo, start);
    while (todo->len > 0) {
        uint32_t b = g_array_index(todo, uint32_t, todo->len - 1);
        g_array_set_size(todo, todo->len - 1);
        for (uint32_t i = 0; !run.ends[b] && i < cfg->successors[b].count; i++) {
            uint32_t to = cfg->successors[b].items[i].to;
            if (run.reached[to])
                continue;
            run.reached[to] = true;
            g_array_append_val(todo, to);
        }
    }
    g_array_free(todo, TRUE);
    return run;
}

void thread_run_clear(struct thread_run *run)
{
    g_free(run->reached);
    g_free(run->ends);
}

/* ---- the unit ---- */

static bool may_wait(const struct thread_waits *waits, const struct ir_call *call)
{
    if (!call->callee || call->mode != IR_CALL_PLAIN)
        return false;
    const struct waits_of_function *callee = &waits->functions[call->callee->index];
    return callee->joined || callee->joined_params || ir_note(call->callee->notes, "awaits");
}

static void see_function(struct thread_waits *waits, const struct ir_function *fn)
{
    const struct call_sites *calls = &waits->analysis->callgraph->calls[fn->index];
    struct waits_of_function *f = &waits->functions[fn->index];
    struct origins *o = NULL;
    for (uint32_t i = 0; i < calls->count; i++) {
        if (!may_wait(waits, calls->items[i].call))
            continue;
        if (!o && !(o = origins_of(waits->program, fn)))
            return;
        if (!f->joined)
            f->joined = g_ptr_array_new();
        note_call(waits, o, calls->items[i].block);
    }
}

struct thread_waits *thread_waits_new(struct analysis *analysis, struct origin_program *origins)
{
    struct thread_waits *waits = g_new0(struct thread_waits, 1);
    waits->analysis = analysis;
    waits->program = origins;
    waits->functions = g_new0(struct waits_of_function, analysis->unit->function_count + 1);
    const struct callgraph *graph = analysis->callgraph;
    for (uint32_t c = 0; c < graph->component_count; c++)
        for (uint32_t i = 0; i < graph->components[c].count; i++) {
            const struct ir_function *fn = analysis->unit->functions[graph->components[c].functions[i]];
            if (fn->has_body && !fn->is_broken && !fn->in_system_header)
                see_function(waits, fn);
        }
    return waits;
}

void thread_waits_free(struct thread_waits *waits)
{
    if (!waits)
        return;
    for (uint32_t f = 0; f < waits->analysis->unit->function_count; f++)
        if (waits->functions[f].joined)
            g_ptr_array_free(waits->functions[f].joined, TRUE);
    g_free(waits->functions);
    g_free(waits);
}
