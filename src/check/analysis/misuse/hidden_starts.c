/* Which threads a call leaves running: those that it starts, and those of its callee that run on when that returns. */
#include "analysis/misuse/hidden_parts.h"

enum { MAX_STARTS = 16 };

static struct hidden_start *new_start(struct hidden_program *program, const struct ir_function *fn, uint32_t block,
                                      const struct ir_function *entry)
{
    struct hidden_start *start = ARENA_NEW(program->arena, struct hidden_start);
    struct origins *o = origins_of(program->origins, fn);
    start->fn = fn;
    start->block = block;
    start->entry = entry;
    start->span = fn->blocks[block].terminator.span;
    start->cells = o ? thread_handle_cells(o, block) : NULL;
    return start;
}

/* The handle that the callee put somewhere, in our words. */
static const struct origin_set *cells_from_callee(struct hidden_program *program, const struct ir_function *fn, uint32_t block,
                                                  const struct ir_function *callee, const struct origin_set *inner)
{
    struct origins *o = origins_of(program->origins, fn);
    const struct origin_set *set = o->empty;
    struct flow_point at = {block, fn->blocks[block].statement_count};
    const struct origin_state *state = origins_state(o, at);
    for (uint32_t i = 0; inner && state->reached && i < inner->count; i++)
        set = origin_set_join(o, set, origins_of_callee(o, state, fn->blocks[block].terminator.call, block,
                                                        origins_of(program->origins, callee), inner->items[i]));
    return set;
}

GPtrArray *hidden_starts_of_call(struct hidden_program *program, const struct ir_function *fn, uint32_t block)
{
    GPtrArray *list = g_ptr_array_new();
    struct hidden_run runs[MAX_RUNS_OF_CALL];
    uint32_t count = hidden_runs_of_call(program, fn, block, runs);
    for (uint32_t r = 0; r < count; r++) {
        if (runs[r].starts) {
            g_ptr_array_add(list, new_start(program, fn, block, runs[r].callee));
            continue;
        }
        const GPtrArray *inner = program->starts[runs[r].callee->index];
        for (guint i = 0; inner && i < inner->len && list->len < MAX_STARTS; i++) {
            const struct hidden_start *from = g_ptr_array_index(inner, i);
            struct hidden_start *start = new_start(program, fn, block, from->entry);
            start->inner = from;
            start->cells = cells_from_callee(program, fn, block, runs[r].callee, from->cells);
            g_ptr_array_add(list, start);
        }
    }
    return list;
}
