/*
 * Elements of an array. One loop joins all that another one has joined:
 *
 *     for (i = 0; i < n; i++) pthread_join(t[i], NULL);
 *     for (i = 0; i < n; i++) pthread_join(t[i], NULL);
 *
 * or a single element is joined behind such a loop. Both count from the same number to the same bound, each pass of the
 * first one joins the element that it counts, and nothing that might start threads into the array stands between.
 */
#include "analysis/misuse/joined_parts.h"
#include "analysis/threads/thread_parts.h"
#include "flow/counted_loops.h"

struct element_join {
    uint32_t block, loop;           /* loop CFG_NONE: none around it */
    struct counted_loop counted;
    const struct value *array;      /* its address */
    int64_t index;                  /* loop CFG_NONE */
    const struct origin_set *cells;
    struct used_handle handle;
};

/* Each pass that goes on comes through the join: it stands on every way round. */
static bool is_in_every_pass(const struct cfg *cfg, uint32_t loop, uint32_t block)
{
    uint32_t head = cfg->loops[loop].head;
    for (uint32_t i = 0; i < cfg->predecessors[head].count; i++) {
        uint32_t from = cfg->predecessors[head].items[i].from;
        if (cfg_loop_contains(cfg, loop, from) && !cfg_dominates(cfg, block, from))
            return false;
    }
    return true;
}

static bool find_element_join(struct joined_function *f, uint32_t block, struct element_join *ret)
{
    const struct ir_terminator *term = &f->fn->blocks[block].terminator;
    const struct ir_call *call = term->call;
    uint32_t joined = ir_noted_argument(call, "joined"), detached = ir_noted_argument(call, "detached");
    uint32_t used = joined != UINT32_MAX ? joined : detached;
    if (used == UINT32_MAX || call->args[used].kind == IR_OPERAND_CONST)
        return false;
    const struct ir_place *place = &call->args[used].place;
    if (place->projection_count == 0)
        return false;
    const struct ir_projection *last = &place->projections[place->projection_count - 1];
    struct flow_point at = {block, f->fn->blocks[block].statement_count};
    *ret = (struct element_join){.block = block, .loop = f->cfg->loop_of[block]};
    if (ret->loop != CFG_NONE &&
        (last->kind != IR_PROJ_INDEX || !counted_loop(f->cfg, ret->loop, &ret->counted) || !ret->counted.has_first ||
         last->index != ret->counted.counter || f->cfg->loops[ret->loop].parent != CFG_NONE ||
         !is_in_every_pass(f->cfg, ret->loop, block)))
        return false;
    if (ret->loop == CFG_NONE && last->kind != IR_PROJ_CONST_INDEX)
        return false;
    ret->index = last->index;
    struct ir_place array = *place;
    array.projection_count--;
    array.type = array.projection_count > 0 ? array.projections[array.projection_count - 1].type : NULL;
    if (!array.type)
        array.type = array.base == IR_BASE_LOCAL ? f->fn->locals[array.base_index].type
                                                 : f->program->analysis->unit->globals[array.base_index]->type;
    ret->array = value_address(f->values, at, &array);
    ret->cells = origins_place(f->origins, origins_state(f->origins, at), place);
    ret->handle = (struct used_handle){
        .how = joined != UINT32_MAX ? HANDLE_JOINED : HANDLE_DETACHED,
        .key = value_address(f->values, at, place),
        .in_memory = true,
        .cells = ret->cells,
        .name = ir_place_describe(f->program->analysis->unit, f->fn, place, f->program->analysis->unit->arena),
        .at = at,
        .span = term->span,
        .inner = NO_SPAN,
    };
    return true;
}

static bool may_fill(struct joined_function *f, uint32_t block, const struct origin_set *cells)
{
    const struct ir_block *b = &f->fn->blocks[block];
    for (uint32_t i = 0; i < b->statement_count; i++) {
        const struct ir_statement *st = &b->statements[i];
        if (st->kind != IR_ST_ASSIGN && st->kind != IR_ST_ZERO)
            continue;
        const struct origin_set *written = origins_place(f->origins, origins_state(f->origins, (struct flow_point){block, i}), &st->place);
        for (uint32_t k = 0; k < written->count; k++)
            for (uint32_t c = 0; c < cells->count; c++)
                if (origin_root(written->items[k]) == origin_root(cells->items[c]))
                    return true;
    }
    if (b->terminator.kind != IR_TERM_CALL)
        return false;
    const struct ir_call *call = b->terminator.call;
    return !call->callee || call->callee->has_body || !call->callee->in_system_header ||
           ir_noted_argument(call, "thread_out") != UINT32_MAX || ir_noted_argument(call, "copy_to") != UINT32_MAX;
}

/* From behind the first join to the second one. */
static bool is_filled_between(struct joined_function *f, const struct element_join *first, const struct element_join *second)
{
    for (uint32_t k = 0; k < f->cfg->order_count; k++) {
        uint32_t block = f->cfg->order[k];
        bool between = cfg_can_reach(f->cfg, first->block, block) && cfg_can_reach(f->cfg, block, second->block);
        if (between && block != first->block && block != second->block && may_fill(f, block, first->cells))
            return true;
    }
    return false;
}

static bool is_joined_again(struct joined_function *f, const struct element_join *first, const struct element_join *second)
{
    int64_t difference;
    if (first->loop == CFG_NONE || first->loop == second->loop || first->array != second->array ||
        !cfg_dominates(f->cfg, f->cfg->loops[first->loop].head, second->block))
        return false;
    if (second->loop == CFG_NONE) {
        int64_t last = first->counted.first + counted_loop_passes(&first->counted) - 1;
        if (second->index < first->counted.first || second->index > last)
            return false;
    } else if (!counted_loop_difference(&first->counted, &second->counted, &difference) || difference != 0 ||
               first->counted.first != second->counted.first) {
        return false;
    }
    return !is_filled_between(f, first, second);
}

void joined_loops_check(struct joined_function *f)
{
    const struct call_sites *calls = &f->program->analysis->callgraph->calls[f->fn->index];
    GArray *joins = g_array_new(FALSE, FALSE, sizeof(struct element_join));
    for (uint32_t i = 0; i < calls->count; i++) {
        struct element_join join;
        if (cfg_reachable(f->cfg, calls->items[i].block) && calls->items[i].call->mode == IR_CALL_PLAIN &&
            find_element_join(f, calls->items[i].block, &join))
            g_array_append_val(joins, join);
    }
    for (guint a = 0; a < joins->len; a++)
        for (guint b = 0; b < joins->len; b++)
            if (a != b && is_joined_again(f, &g_array_index(joins, struct element_join, a), &g_array_index(joins, struct element_join, b)))
                report_joined_twice(f, &g_array_index(joins, struct element_join, a).handle,
                                    &g_array_index(joins, struct element_join, b).handle);
    g_array_free(joins, TRUE);
}
