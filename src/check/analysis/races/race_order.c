/*
 * What puts an access before another without a lock: a semaphore that is posted behind the one and waited for before the
 * other, a condition, a barrier, an atomic flag that is stored and loaded.
 *
 * Each function has a list of such operations. An access has been preceded by those *waits* that every way to it goes
 * through, and is followed by those *posts* that some way from it leads to. A post that may be followed by the access
 * again (both in one loop) orders only where the other side answers in the same way.
 *
 * This believes the program: that the wait is for this very post. A wrong order of two such steps is not found.
 */
#include "analysis/races/race_parts.h"

struct sync_op {
    struct flow_point at;
    bool waits, posts;
    uint32_t from;                 /* waits: every way through this block has waited */
    const struct origin_set *objects;
    bool *before, *behind;         /* posts, by block: it leads here; it is led to from here */
};

struct race_ops {
    GArray *list;                           /* of struct sync_op */
    const struct origin_set *waits, *posts; /* the objects of all, for callers */
};

static const struct origin_set *first_argument(struct origins *o, struct flow_point at, const struct ir_call *call)
{
    const struct origin_state *state = origins_state(o, at);
    if (call->arg_count == 0 || call->args[0].kind == IR_OPERAND_CONST || !state->reached)
        return o->empty;
    return origins_value(o, state, &call->args[0]);
}

static void add_op(struct race_ops *ops, struct sync_op op)
{
    if (op.objects->count > 0)
        g_array_append_val(ops->list, op);
}

/* What a callee waits for and posts, at the call. */
static void ops_of_callee(struct race_program *program, const struct ir_function *fn, uint32_t block, struct race_ops *ops)
{
    struct race_run runs[MAX_RUNS];
    struct origins *o = origins_of(program->origins, fn);
    struct flow_point at = {block, fn->blocks[block].statement_count};
    uint32_t count = race_runs_of_call(program, fn, NULL, block, runs);
    for (uint32_t r = 0; r < count; r++) {
        const struct race_function *callee = race_function_of(program, runs[r].callee);
        struct origins *inner = callee ? origins_of(program->origins, runs[r].callee) : NULL;
        if (runs[r].call.mode != IR_CALL_PLAIN || !callee || !callee->ops)
            continue;
        const struct origin_set *const both[] = {callee->ops->waits, callee->ops->posts};
        for (int k = 0; k < 2; k++) {
            const struct origin_set *objects = o->empty;
            const struct origin_state *state = both[k]->count > 0 ? origins_state(o, at) : NULL;
            for (uint32_t i = 0; state && state->reached && i < both[k]->count; i++)
                objects = origin_set_join(o, objects,
                                          origins_of_callee(o, state, &runs[r].call, block, inner, both[k]->items[i]));
            add_op(ops, (struct sync_op){.at = at, .waits = k == 0, .posts = k == 1, .from = block, .objects = objects});
        }
    }
}

static void ops_of_call(struct race_program *program, const struct ir_function *fn, uint32_t block, struct race_ops *ops)
{
    struct origins *o = origins_of(program->origins, fn);
    const struct ir_call *call = fn->blocks[block].terminator.call;
    struct flow_point at = {block, fn->blocks[block].statement_count};
    if (!call->callee || call->callee->has_body) {
        ops_of_callee(program, fn, block, ops);
        return;
    }
    const char *const *notes = call->callee->notes;
    const char *awaits = ir_note(notes, "awaits");
    bool for_all = awaits && g_str_equal(awaits, "others");
    bool under_lock = ir_note(notes, "waits_holding") || ir_note(notes, "waits_holding.timed");
    bool waits = under_lock || (awaits && !g_str_equal(awaits, "thread"));
    bool posts = ir_note(notes, "wakes") || for_all;
    if (!waits && !posts)
        return;
    uint32_t from = block;
    if (under_lock && o->cfg->loop_of[block] != CFG_NONE)
        from = o->cfg->loops[o->cfg->loop_of[block]].head; /* while (!ready) wait: behind the loop it is ready */
    add_op(ops, (struct sync_op){.at = at, .waits = waits, .posts = posts, .from = from,
                                 .objects = first_argument(o, at, call)});
}

static bool acquires(const struct ir_atomic *atomic)
{
    return (atomic->op == IR_ATOMIC_LOAD || atomic->op == IR_ATOMIC_EXCHANGE || atomic->op == IR_ATOMIC_COMPARE_EXCHANGE ||
            atomic->op == IR_ATOMIC_RMW) &&
           atomic->order != IR_RELAXED && atomic->order != IR_RELEASE;
}

static bool releases(const struct ir_atomic *atomic)
{
    return (atomic->op == IR_ATOMIC_STORE || atomic->op == IR_ATOMIC_EXCHANGE || atomic->op == IR_ATOMIC_COMPARE_EXCHANGE ||
            atomic->op == IR_ATOMIC_RMW) &&
           atomic->order != IR_RELAXED && atomic->order != IR_ACQUIRE && atomic->order != IR_CONSUME;
}

/*
 * A volatile flag orders nothing, and that is told (F0204). What the program believes to be ordered by it is the same
 * mistake.
 */
static void ops_of_volatile(struct origins *o, struct flow_point at, const struct ir_statement *st, struct race_ops *ops)
{
    for (uint32_t k = 0; k <= st->value.operand_count; k++) {
        bool writes = k == st->value.operand_count;
        const struct ir_operand *operand = writes ? NULL : &st->value.operands[k];
        const struct ir_place *place = writes ? &st->place : operand->kind != IR_OPERAND_CONST ? &operand->place : NULL;
        if (!place || !place->type || !(place->type->quals & IR_QUAL_VOLATILE))
            continue;
        const struct origin_state *state = origins_state(o, at);
        if (state->reached)
            add_op(ops, (struct sync_op){.at = at, .waits = !writes, .posts = writes, .from = at.block,
                                         .objects = origins_place(o, state, place)});
    }
}

static void ops_of_block(struct race_program *program, const struct ir_function *fn, uint32_t b, struct race_ops *ops)
{
    struct origins *o = origins_of(program->origins, fn);
    const struct ir_block *block = &fn->blocks[b];
    for (uint32_t i = 0; i < block->statement_count; i++) {
        const struct ir_statement *st = &block->statements[i];
        if (st->kind == IR_ST_ASSIGN)
            ops_of_volatile(o, (struct flow_point){b, i}, st, ops);
        if (st->kind != IR_ST_ATOMIC || (!acquires(st->atomic) && !releases(st->atomic)))
            continue;
        struct flow_point at = {b, i};
        const struct origin_state *state = origins_state(o, at);
        if (state->reached)
            add_op(ops, (struct sync_op){.at = at, .waits = acquires(st->atomic), .posts = releases(st->atomic), .from = b,
                                         .objects = origins_place(o, state, &st->place)});
    }
    if (block->terminator.kind == IR_TERM_CALL)
        ops_of_call(program, fn, b, ops);
}

static bool *spread(const struct cfg *cfg, uint32_t from, bool forward)
{
    bool *seen = g_new0(bool, cfg->fn->block_count + 1);
    GArray *todo = g_array_new(FALSE, FALSE, sizeof from);
    g_array_append_val(todo, from);
    while (todo->len > 0) {
        uint32_t b = g_array_index(todo, uint32_t, todo->len - 1);
        g_array_set_size(todo, todo->len - 1);
        const struct cfg_edges *edges = forward ? &cfg->successors[b] : &cfg->predecessors[b];
        for (uint32_t i = 0; i < edges->count; i++) {
            uint32_t next = forward ? edges->items[i].to : edges->items[i].from;
            if (seen[next])
                continue;
            seen[next] = true;
            g_array_append_val(todo, next);
        }
    }
    g_array_free(todo, TRUE);
    return seen;
}

struct race_ops *race_ops_new(struct race_program *program, const struct ir_function *fn)
{
    enum { MAX_OPS = 200 };
    const struct cfg *cfg = analysis_cfg(program->analysis, fn);
    struct race_ops *ops = g_new0(struct race_ops, 1);
    struct origins *o = origins_of(program->origins, fn);
    ops->list = g_array_new(FALSE, FALSE, sizeof(struct sync_op));
    ops->waits = ops->posts = o->empty;
    for (uint32_t k = 0; k < cfg->order_count && ops->list->len < MAX_OPS; k++)
        ops_of_block(program, fn, cfg->order[k], ops);
    for (guint i = 0; i < ops->list->len; i++) {
        struct sync_op *op = &g_array_index(ops->list, struct sync_op, i);
        if (op->waits)
            ops->waits = origin_set_join(o, ops->waits, op->objects);
        if (op->posts)
            ops->posts = origin_set_join(o, ops->posts, op->objects);
        op->before = op->posts ? spread(cfg, op->at.block, false) : NULL;
        op->behind = op->posts ? spread(cfg, op->at.block, true) : NULL;
    }
    return ops;
}

void race_ops_free(struct race_ops *ops)
{
    if (!ops)
        return;
    for (guint i = 0; i < ops->list->len; i++) {
        g_free(g_array_index(ops->list, struct sync_op, i).before);
        g_free(g_array_index(ops->list, struct sync_op, i).behind);
    }
    g_array_free(ops->list, TRUE);
    g_free(ops);
}

struct race_order race_order_at(struct race_program *program, const struct ir_function *fn, const struct race_ops *ops,
                                struct flow_point at)
{
    struct origins *o = origins_of(program->origins, fn);
    struct race_order order = {o->empty, o->empty, o->empty};
    for (guint i = 0; i < ops->list->len; i++) {
        const struct sync_op *op = &g_array_index(ops->list, struct sync_op, i);
        bool same_block = op->at.block == at.block;
        bool is_behind = same_block ? at.statement > op->at.statement : cfg_dominates(o->cfg, op->from, at.block);
        if (op->waits && is_behind)
            order.after = origin_set_join(o, order.after, op->objects);
        if (!op->posts || !(op->before[at.block] || (same_block && at.statement < op->at.statement)))
            continue;
        order.then = origin_set_join(o, order.then, op->objects);
        if (!op->behind[at.block])
            order.then_once = origin_set_join(o, order.then_once, op->objects);
    }
    return order;
}

static const struct origin_set *translate(const struct race_call *c, const struct origin_set *here, const struct origin_set *set)
{
    for (uint32_t i = 0; i < set->count; i++) {
        const struct origin_state *state = origins_state(c->caller, c->at);
        here = origin_set_join(c->caller, here,
                               origins_of_callee(c->caller, state, c->call, c->at.block, c->callee, set->items[i]));
        if (c->call->mode != IR_CALL_PLAIN && origin_root(set->items[i])->kind == ORIGIN_GLOBAL)
            here = origin_set_add(c->caller, here, race_named_alike(c->caller, set->items[i]));
    }
    return here;
}

struct race_order race_order_of_call(struct race_program *program, const struct race_ops *ops, const struct race_call *c,
                                     const struct race_order *inner)
{
    struct race_order order = {c->caller->empty, c->caller->empty, c->caller->empty};
    if (c->call->mode == IR_CALL_PLAIN)
        order = race_order_at(program, c->caller->fn, ops, c->at);
    else
        order.after = race_order_at(program, c->caller->fn, ops, c->at).after;
    order.after = translate(c, order.after, inner->after);
    order.then = translate(c, order.then, inner->then);
    order.then_once = translate(c, order.then_once, inner->then_once);
    return order;
}

/* An object does not order the accesses to itself. */
static bool have_common(const struct origin_set *a, const struct origin_set *b, const struct origin *accessed)
{
    for (uint32_t i = 0; i < a->count; i++)
        if (a->items[i] != accessed && origin_set_has(b, a->items[i]))
            return true;
    return false;
}

bool race_is_ordered(const struct race_access *x, const struct race_access *y)
{
    const struct race_order *a = &x->order, *b = &y->order;
    return have_common(a->then_once, b->after, x->origin) || have_common(b->then_once, a->after, x->origin) ||
           (have_common(a->then, b->after, x->origin) && have_common(b->then, a->after, x->origin));
}
