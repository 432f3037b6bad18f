/*
 * Which threads a function starts, itself or in what it calls.
 *
 * A thread is named by the chain of calls that starts it, so a wrapper that is called twice starts two. A start that can
 * be reached from itself while the thread runs (race_live.c) starts many: then the thread is in the set of those that run
 * when it is started.
 */
#include "analysis/races/race_parts.h"

static uint32_t param_of_value(struct values *values, struct flow_point at, const struct ir_operand *operand)
{
    const struct value *v = value_without_casts(value_of_operand(values, at, operand));
    return v->kind == VALUE_PARAM ? v->index : UINT32_MAX;
}

/* What a thread that is started by this call runs, and what it gets: by name, or by our own parameters. */
static struct race_thread thread_of_arguments(struct values *values, struct flow_point at, const struct ir_call *call,
                                              uint32_t entry, uint32_t sent)
{
    struct race_thread thread = {.block = at.block, .entry_param = UINT32_MAX, .sent_param = UINT32_MAX};
    if (entry >= call->arg_count)
        return thread;
    thread.entry = value_function_named(values, at, &call->args[entry]);
    thread.entry_param = param_of_value(values, at, &call->args[entry]);
    if (sent < call->arg_count)
        thread.sent_param = param_of_value(values, at, &call->args[sent]);
    return thread;
}

static uint32_t runs_of_pointer(struct race_program *program, const struct ir_function *caller, const struct ir_call *call,
                                struct race_run *ret_runs)
{
    const struct ir_unit *unit = program->analysis->unit;
    uint32_t count = 0;
    for (uint32_t f = 0; f < unit->function_count && count < MAX_RUNS; f++)
        if (callgraph_may_call(program->analysis->callgraph, caller, call, f))
            ret_runs[count++] = (struct race_run){unit->functions[f], *call, 0, 0};
    return count;
}

static thread_set bit_of(guint i)
{
    return UINT64_C(1) << MIN(i, MAX_THREADS - 1);
}

/* pthread_create itself, and what a wrapper of it starts for us: those whose function we know and the wrapper does not. */
static uint32_t runs_started(const struct ir_function *fn, const struct race_function *f, uint32_t block,
                             struct race_run *ret_runs, uint32_t count)
{
    const struct ir_call *call = fn->blocks[block].terminator.call;
    for (guint i = 0; f && i < f->threads->len && count < MAX_RUNS; i++) {
        const struct race_thread *thread = g_ptr_array_index(f->threads, i);
        const struct race_thread *inner = thread->inner;
        if (thread->block != block || !thread->entry || (inner && inner->entry))
            continue;
        uint32_t sent = inner ? inner->sent_param : ir_noted_argument(call, "sent");
        struct race_run run = {thread->entry, {.mode = IR_CALL_SPAWN, .callee = thread->entry}, bit_of(i), thread->beside};
        if (sent < call->arg_count) {
            run.call.args = &call->args[sent];
            run.call.arg_count = 1;
        }
        ret_runs[count++] = run;
    }
    return count;
}

/* qsort(..., compare), atexit(done): called here, as far as anybody knows. */
static uint32_t runs_given(const struct ir_call *call, struct values *values, struct flow_point at, struct race_run *ret_runs,
                           uint32_t count)
{
    if (ir_note(call->callee->notes, "once"))
        return count;
    for (uint32_t i = 0; i < call->arg_count && count < MAX_RUNS; i++) {
        const struct ir_type *type = call->args[i].type;
        if (!type || type->kind != IR_TYPE_POINTER || type->target->kind != IR_TYPE_FUNCTION)
            continue;
        const struct ir_function *given = value_function_named(values, at, &call->args[i]);
        if (given)
            ret_runs[count++] = (struct race_run){given, {.mode = IR_CALL_PLAIN, .callee = given}, 0, 0};
    }
    return count;
}

uint32_t race_runs_of_call(struct race_program *program, const struct ir_function *fn, const struct race_function *f,
                           uint32_t block, struct race_run *ret_runs)
{
    const struct ir_call *call = fn->blocks[block].terminator.call;
    struct flow_point at = {block, fn->blocks[block].statement_count};
    if (!call->callee)
        return runs_of_pointer(program, fn, call, ret_runs);
    uint32_t count = 0;
    if (call->callee->has_body && !call->callee->in_system_header)
        ret_runs[count++] = (struct race_run){call->callee, *call, 0, 0};
    else if (ir_noted_argument(call, "thread_entry") == UINT32_MAX)
        count = runs_given(call, analysis_values(program->analysis, fn), at, ret_runs, count);
    return runs_started(fn, f, block, ret_runs, count);
}

static thread_set add_thread(struct race_program *program, struct race_function *f, struct race_thread thread)
{
    struct race_thread *kept = ARENA_NEW(program->arena, struct race_thread);
    *kept = thread;
    if (f->threads->len < MAX_THREADS)
        g_ptr_array_add(f->threads, kept);
    return bit_of(f->threads->len - 1);
}

/* The cells that the start puts the handle in. */
static const struct origin_set *own_handles(struct race_program *program, const struct ir_function *fn, uint32_t block)
{
    struct origins *o = origins_of(program->origins, fn);
    const struct ir_call *call = fn->blocks[block].terminator.call;
    const struct origin_state *state = origins_state(o, (struct flow_point){block, fn->blocks[block].statement_count});
    for (uint32_t i = 0; i < call->arg_count && i < call->callee->type->param_count && state->reached; i++)
        if (ir_note(call->callee->params[i].notes, "thread_out") && call->args[i].kind != IR_OPERAND_CONST)
            return origins_value(o, state, &call->args[i]);
    return NULL;
}

static const struct origin_set *handles_of_callee(struct race_program *program, const struct ir_function *fn, uint32_t block,
                                                  const struct race_run *run, const struct race_thread *inner)
{
    struct origins *o = origins_of(program->origins, fn), *callee = origins_of(program->origins, run->callee);
    const struct origin_state *state = origins_state(o, (struct flow_point){block, fn->blocks[block].statement_count});
    const struct origin_set *set = o->empty;
    for (uint32_t i = 0; inner->handles && i < inner->handles->count && state->reached; i++)
        set = origin_set_join(o, set, origins_of_callee(o, state, &run->call, block, callee, inner->handles->items[i]));
    return set;
}

static bool is_start(const struct ir_call *call)
{
    return call->mode == IR_CALL_PLAIN && ir_noted_argument(call, "thread_entry") != UINT32_MAX;
}

/* The threads that one call starts: all, and those that are left running. */
static thread_set threads_of_call(struct race_program *program, const struct ir_function *fn, struct race_function *f,
                                  uint32_t block)
{
    const struct ir_call *call = fn->blocks[block].terminator.call;
    struct values *values = analysis_values(program->analysis, fn);
    struct flow_point at = {block, fn->blocks[block].statement_count};
    thread_set left = 0;
    if (is_start(call)) {
        struct race_thread thread = thread_of_arguments(values, at, call, ir_noted_argument(call, "thread_entry"),
                                                        ir_noted_argument(call, "sent"));
        thread.in = fn;
        thread.span = call->callee_span;
        thread.handles = own_handles(program, fn, block);
        uint32_t out = ir_noted_argument(call, "thread_out");
        if (out < call->arg_count && call->args[out].kind != IR_OPERAND_CONST)
            thread.has_element = race_address_element(value_of_operand(values, at, &call->args[out]), &thread.element);
        left |= add_thread(program, f, thread);
        const struct race_function *entry = thread.entry ? race_function_of(program, thread.entry) : NULL;
        for (guint i = 0; entry && i < entry->threads->len; i++) {
            struct race_thread nested = *(const struct race_thread *)g_ptr_array_index(entry->threads, i);
            nested = (struct race_thread){.in = fn, .block = block, .entry = nested.entry, .span = call->callee_span,
                                          .inner = g_ptr_array_index(entry->threads, i), .entry_param = UINT32_MAX,
                                          .sent_param = UINT32_MAX};
            left |= add_thread(program, f, nested);
        }
        return left;
    }
    struct race_run runs[MAX_RUNS];
    uint32_t count = race_runs_of_call(program, fn, NULL, block, runs);
    for (uint32_t r = 0; r < count; r++) {
        const struct race_function *callee = race_function_of(program, runs[r].callee);
        for (guint i = 0; callee && i < callee->threads->len; i++) {
            const struct race_thread *inner = g_ptr_array_index(callee->threads, i);
            struct race_thread thread = {.block = block, .entry = inner->entry, .entry_param = UINT32_MAX,
                                         .sent_param = UINT32_MAX};
            if (!inner->entry)
                thread = thread_of_arguments(values, at, &runs[r].call, inner->entry_param, inner->sent_param);
            thread.in = fn;
            thread.inner = inner;
            thread.span = call->callee_span;
            thread.handles = handles_of_callee(program, fn, block, &runs[r], inner);
            thread_set bit = add_thread(program, f, thread);
            if (callee->at_exit & bit_of(i))
                left |= bit;
        }
    }
    return left;
}

/*
 * What has been waited for when a block begins: joins that every way to it goes through. A loop that joins has joined all
 * when it is left, so its head stands for it.
 */
static void find_joined(struct race_program *program, const struct ir_function *fn, struct race_function *f)
{
    struct origins *o = origins_of(program->origins, fn);
    const struct cfg *cfg = o->cfg;
    f->joined = g_new(const struct origin_set *, fn->block_count + 1);
    for (uint32_t b = 0; b < fn->block_count; b++)
        f->joined[b] = o->empty;
    for (uint32_t k = 0; k < cfg->order_count; k++) {
        uint32_t join = cfg->order[k];
        if (fn->blocks[join].terminator.kind != IR_TERM_CALL)
            continue;
        const struct origin_set *threads = threads_waited_for(program->waits, o, join);
        if (threads->count == 0 ||
            (race_threads_named(program, f, threads) & race_threads_left_over(program, fn, f, join)))
            continue;
        uint32_t from = join;
        for (uint32_t loop = cfg->loop_of[join]; loop != CFG_NONE; loop = cfg->loops[loop].parent)
            from = cfg->loops[loop].head;
        for (uint32_t m = 0; m < cfg->order_count; m++) {
            uint32_t b = cfg->order[m];
            if (b != join && cfg_dominates(cfg, from, b))
                f->joined[b] = origin_set_join(o, f->joined[b], threads);
        }
    }
}

/* A thread that the one with this handle has started and leaves running goes on when that one is joined. */
static bool outlives_its_starter(struct race_program *program, const struct race_thread *thread)
{
    if (!thread->inner || !is_start(thread->in->blocks[thread->block].terminator.call))
        return false;
    const struct race_function *starter = race_function_of(program, thread->inner->in);
    guint i = 0;
    return starter && g_ptr_array_find(starter->threads, thread->inner, &i) && (starter->at_exit & bit_of(i));
}

thread_set race_threads_named(struct race_program *program, const struct race_function *f,
                              const struct origin_set *handles)
{
    thread_set set = 0;
    for (uint32_t i = 0; i < handles->count; i++)
        for (guint k = 0; k < f->threads->len; k++) {
            const struct origin *handle = handles->items[i];
            const struct race_thread *thread = g_ptr_array_index(f->threads, k);
            bool is_it = handle->kind == ORIGIN_THREAD
                             ? thread->block == handle->index
                             : handle->kind == ORIGIN_DEREF && thread->handles && origin_set_has(thread->handles, handle->parent);
            if (is_it && !outlives_its_starter(program, thread))
                set |= bit_of(k);
        }
    return set;
}

void race_threads_find(struct race_program *program, const struct ir_function *fn, struct race_function *f)
{
    const struct cfg *cfg = analysis_cfg(program->analysis, fn);
    thread_set *starts = g_new0(thread_set, fn->block_count + 1);
    for (uint32_t k = 0; k < cfg->order_count; k++) {
        uint32_t b = cfg->order[k];
        if (fn->blocks[b].terminator.kind != IR_TERM_CALL)
            continue;
        starts[b] = threads_of_call(program, fn, f, b);
    }
    if (f->threads->len > 0)
        race_live_find(program, fn, f, starts);
    g_free(starts);
    for (guint i = 0; i < f->threads->len; i++) {
        struct race_thread *thread = g_ptr_array_index(f->threads, i);
        thread->beside = f->live[thread->block];
        if (thread->inner)
            thread->beside |= race_threads_translate(f, race_function_of(program, thread->inner->in), thread->block,
                                                     thread->inner->beside);
    }
    find_joined(program, fn, f);
}

thread_set race_threads_translate(const struct race_function *f, const struct race_function *callee, uint32_t block,
                                  thread_set threads)
{
    thread_set result = 0;
    for (guint i = 0; threads && i < callee->threads->len; i++) {
        if (!(threads & bit_of(i)))
            continue;
        const struct race_thread *inner = g_ptr_array_index(callee->threads, i);
        for (guint k = 0; k < f->threads->len; k++) {
            const struct race_thread *outer = g_ptr_array_index(f->threads, k);
            if (outer->block == block && outer->inner == inner)
                result |= bit_of(k);
        }
    }
    return result;
}
