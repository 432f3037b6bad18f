/*
 * What puts an access before another without a lock that both hold: a semaphore that is posted behind the one and waited
 * for before the other, a condition, a barrier, a flag that is stored and loaded, atomically or each time under a lock.
 *
 * Each function has a list of such operations. An access has been preceded by those *waits* that every way to it goes
 * through, and is followed by those *posts* that some way from it leads to. A flag is waited for by a branch: behind
 * `while (!ready)` it is known that ready is not 0, and a post that stored 0 was not the one. A post that may be followed
 * by the access again (both in one loop) orders only where the other side answers in the same way.
 *
 * This believes the program: that the wait is for this very post. A wrong order of two such steps is not found.
 */
#include "analysis/races/race_parts.h"

#include <limits.h>

struct sync_op {
    struct flow_point at;
    bool waits, posts;
    bool is_side;                  /* one side of a branch: other ways lead out of the function */
    uint32_t from;                 /* waits: every way through this block has waited */
    uint32_t loop;                 /* waits: not in this loop, */
    const struct origin_set *read; /* nor what it looks at */
    const struct origin_set *objects;
    const struct race_tokens *tokens; /* a callee's, instead of objects; in the end those of the objects, too */
    struct race_token word;
    bool *before, *behind;         /* posts, by block: it leads here; it is led to from here */
};

struct race_ops {
    GArray *list;                            /* of struct sync_op */
    const struct race_tokens *waits, *posts; /* of all, for callers */
    const struct origin_set *result;         /* flags: what the function returns is what it read there */
};

struct maker {
    struct race_program *program;
    const struct ir_function *fn;
    struct origins *o;
    struct values *values;
    struct race_ops *ops;
    struct race_branches *branches;
    GHashTable *looks; /* struct value -> struct origin_set: read atomically, or under a lock */
};

static const struct origin_set *first_argument(struct origins *o, struct flow_point at, const struct ir_call *call)
{
    const struct origin_state *state = origins_state(o, at);
    if (call->arg_count == 0 || call->args[0].kind == IR_OPERAND_CONST || !state->reached)
        return o->empty;
    return origins_value(o, state, &call->args[0]);
}

static const struct origin_set *place_objects(struct origins *o, struct flow_point at, const struct ir_place *place)
{
    const struct origin_state *state = origins_state(o, at);
    return state->reached ? origins_place(o, state, place) : o->empty;
}

static void add_op(struct race_ops *ops, struct sync_op op)
{
    if (op.tokens ? op.tokens->count > 0 : op.objects->count > 0)
        g_array_append_val(ops->list, op);
}

static struct sync_op wait_at(struct flow_point at, const struct origin_set *objects)
{
    return (struct sync_op){.at = at, .waits = true, .from = at.block, .loop = CFG_NONE, .objects = objects};
}

/* A wait on each side of the branches on what was read. */
static void wait_at_sides(struct maker *m, struct flow_point at, const GArray *sides, const struct origin_set *objects,
                          bool only_true)
{
    for (guint i = 0; sides && i < sides->len; i++) {
        const struct race_side *side = &g_array_index(sides, struct race_side, i);
        struct sync_op op = wait_at(at, objects);
        if (only_true && !(side->is == TOKEN_IS_NOT && side->number == 0))
            continue;
        op.from = side->block;
        op.is_side = true;
        if (!only_true)
            op.word = (struct race_token){.is = side->is, .number = side->number};
        add_op(m->ops, op);
    }
}

/* ---- calls ---- */

static const struct race_tokens *translate(struct race_program *program, const struct race_call *c,
                                           const struct race_tokens *here, const struct race_tokens *set)
{
    for (uint32_t i = 0; i < set->count; i++) {
        const struct origin_state *state = origins_state(c->caller, c->at);
        const struct race_token *token = &set->items[i];
        if (!state->reached)
            return here;
        here = race_tokens_of(program, here,
                              origins_of_callee(c->caller, state, c->call, c->at.block, c->callee, token->object), *token);
        if (c->call->mode != IR_CALL_PLAIN && origin_root(token->object)->kind == ORIGIN_GLOBAL)
            here = race_tokens_of(program, here, origin_set_of(c->caller, race_named_alike(c->caller, token->object)), *token);
    }
    return here;
}

/* What a callee waits for and posts, at the call. */
static void ops_of_callee(struct maker *m, uint32_t block)
{
    struct race_run runs[MAX_RUNS];
    struct flow_point at = {block, m->fn->blocks[block].statement_count};
    uint32_t count = race_runs_of_call(m->program, m->fn, NULL, block, runs);
    for (uint32_t r = 0; r < count; r++) {
        const struct race_function *callee = race_function_of(m->program, runs[r].callee);
        struct origins *inner = callee ? origins_of(m->program->origins, runs[r].callee) : NULL;
        if (runs[r].call.mode != IR_CALL_PLAIN || !callee || !callee->ops)
            continue;
        struct race_call call = {m->o, inner, at, &runs[r].call};
        struct sync_op op = wait_at(at, NULL);
        op.tokens = translate(m->program, &call, race_tokens_none(), callee->ops->waits);
        add_op(m->ops, op);
        op.waits = false;
        op.posts = true;
        op.tokens = translate(m->program, &call, race_tokens_none(), callee->ops->posts);
        add_op(m->ops, op);
        const GArray *sides = callee->ops->result->count > 0 ? race_branches_on_call(m->branches, block) : NULL;
        for (uint32_t i = 0; sides && i < callee->ops->result->count; i++) {
            const struct origin_state *state = origins_state(m->o, at);
            if (state->reached)
                wait_at_sides(m, at, sides,
                              origins_of_callee(m->o, state, &runs[r].call, block, inner, callee->ops->result->items[i]), false);
        }
    }
}

static void ops_of_call(struct maker *m, uint32_t block)
{
    const struct ir_call *call = m->fn->blocks[block].terminator.call;
    struct flow_point at = {block, m->fn->blocks[block].statement_count};
    if (!call->callee || call->callee->has_body) {
        ops_of_callee(m, block);
        return;
    }
    const char *const *notes = call->callee->notes;
    if (ir_note(notes, "permit_if")) {
        const GArray *sides = race_branches_on_call(m->branches, block);
        for (guint i = 0; sides && i < sides->len; i++) {
            const struct race_side *side = &g_array_index(sides, struct race_side, i);
            struct sync_op op = wait_at(at, first_argument(m->o, at, call));
            op.from = side->block;
            op.is_side = true;
            if (side->is == TOKEN_IS && side->number == 0)
                add_op(m->ops, op);
        }
        return;
    }
    const char *awaits = ir_note(notes, "awaits");
    bool for_all = awaits && g_str_equal(awaits, "others");
    bool under_lock = ir_note(notes, "waits_holding") || ir_note(notes, "waits_holding.timed");
    bool waits = under_lock || (awaits && !g_str_equal(awaits, "thread"));
    bool posts = ir_note(notes, "wakes") || for_all;
    if (!waits && !posts)
        return;
    struct sync_op op = wait_at(at, first_argument(m->o, at, call));
    op.waits = waits;
    op.posts = posts;
    if (under_lock && m->o->cfg->loop_of[block] != CFG_NONE) {
        op.loop = m->o->cfg->loop_of[block];
        op.from = m->o->cfg->loops[op.loop].head; /* while (!ready) wait: behind the loop it is ready */
    }
    add_op(m->ops, op);
}

/* ---- flags ---- */

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

static struct race_token word_of_store(const struct ir_operand *operand)
{
    bool is_constant = operand->kind == IR_OPERAND_CONST && operand->const_kind == IR_CONST_INT;
    return (struct race_token){.is = is_constant ? TOKEN_IS : TOKEN_ANY, .number = is_constant ? operand->value : 0};
}

/* What is loaded says something where a branch looks at it. A pointer is taken to be followed. */
static void ops_of_atomic(struct maker *m, struct flow_point at, const struct ir_statement *st)
{
    const struct ir_atomic *atomic = st->atomic;
    const struct origin_set *objects = place_objects(m->o, at, &st->place);
    if (releases(atomic)) {
        struct sync_op op = wait_at(at, objects);
        op.waits = false;
        op.posts = true;
        if (atomic->op == IR_ATOMIC_STORE && atomic->operand_count == 1)
            op.word = word_of_store(&atomic->operands[0]);
        add_op(m->ops, op);
    }
    if (!acquires(atomic) || !atomic->has_result)
        return;
    const struct value *result = value_of_place(m->values, (struct flow_point){at.block, at.statement + 1}, &atomic->result);
    const GArray *sides = race_branches_on(m->branches, result);
    g_hash_table_insert(m->looks, (gpointer)value_without_casts(result), (gpointer)objects);
    if (sides) {
        wait_at_sides(m, at, sides, objects, atomic->op == IR_ATOMIC_COMPARE_EXCHANGE);
        struct sync_op op = wait_at(at, objects); /* while (f && turn == 1): several reasons to go on */
        op.loop = m->o->cfg->loop_of[at.block];
        op.from = op.loop == CFG_NONE ? at.block : m->o->cfg->loops[op.loop].head;
        if (op.loop != CFG_NONE)
            add_op(m->ops, op);
    }
    if (!sides && atomic->result.type && ir_type_is_pointer_like(atomic->result.type))
        add_op(m->ops, wait_at(at, objects));
}

/*
 * A volatile flag orders nothing, and that is told (F0204). What the program believes to be ordered by it is the same
 * mistake.
 */
static void ops_of_volatile(struct maker *m, struct flow_point at, const struct ir_place *place, bool writes)
{
    struct sync_op op = wait_at(at, place_objects(m->o, at, place));
    op.waits = !writes;
    op.posts = writes;
    add_op(m->ops, op);
}

static const void *key_of(const struct maker *m, const struct origin *origin)
{
    if (origin->kind == ORIGIN_FIELD)
        return &origin->record->fields[origin->index];
    return origin->kind == ORIGIN_GLOBAL ? m->o->unit->globals[origin->index] : NULL;
}

static bool is_predicate(const struct maker *m, const struct origin_set *objects)
{
    for (uint32_t i = 0; i < objects->count; i++) {
        const void *key = key_of(m, objects->items[i]);
        if (key && g_hash_table_contains(m->program->predicates, key))
            return true;
    }
    return false;
}

static bool is_shared_scalar(const struct ir_place *place)
{
    return place->type && ir_type_is_scalar(place->type) && (place->base == IR_BASE_GLOBAL || ir_place_has_deref(place));
}

/* Read under a lock: what a branch says of it is known behind that. */
static void look_at(struct maker *m, struct flow_point at, const struct ir_operand *operand)
{
    if (operand->kind == IR_OPERAND_CONST || !is_shared_scalar(&operand->place))
        return;
    const struct value *v = value_without_casts(value_of_operand(m->values, at, operand));
    const GArray *sides = race_branches_on(m->branches, v);
    const struct origin_set *objects = place_objects(m->o, at, &operand->place);
    g_hash_table_insert(m->looks, (gpointer)v, (gpointer)objects);
    wait_at_sides(m, at, sides, objects, false);
}

static void ops_of_assignment(struct maker *m, struct flow_point at, const struct ir_statement *st, bool is_locked)
{
    for (uint32_t k = 0; k < st->value.operand_count; k++) {
        const struct ir_operand *operand = &st->value.operands[k];
        if (operand->kind == IR_OPERAND_CONST)
            continue;
        if (operand->place.type && (operand->place.type->quals & IR_QUAL_VOLATILE))
            ops_of_volatile(m, at, &operand->place, false);
        else if (is_locked)
            look_at(m, at, operand);
    }
    if (st->place.type && (st->place.type->quals & IR_QUAL_VOLATILE)) {
        ops_of_volatile(m, at, &st->place, true);
    } else if (is_locked && is_shared_scalar(&st->place)) {
        struct sync_op op = wait_at(at, place_objects(m->o, at, &st->place));
        op.waits = false;
        op.posts = true;
        if (st->value.kind == IR_RV_USE)
            op.word = word_of_store(&st->value.operands[0]);
        if (is_predicate(m, op.objects))
            add_op(m->ops, op);
    }
}

static void ops_of_block(struct maker *m, uint32_t b)
{
    const struct ir_block *block = &m->fn->blocks[b];
    const struct ir_terminator *term = &block->terminator;
    bool is_locked = held_sets_at(m->program->analysis->held_sets, m->fn, b)->count > 0;
    for (uint32_t i = 0; i < block->statement_count; i++) {
        const struct ir_statement *st = &block->statements[i];
        if (st->kind == IR_ST_ASSIGN)
            ops_of_assignment(m, (struct flow_point){b, i}, st, is_locked);
        else if (st->kind == IR_ST_ATOMIC)
            ops_of_atomic(m, (struct flow_point){b, i}, st);
    }
    if (term->kind == IR_TERM_CALL)
        ops_of_call(m, b);
    else if (is_locked && (term->kind == IR_TERM_BRANCH || term->kind == IR_TERM_SWITCH))
        look_at(m, (struct flow_point){b, block->statement_count}, &term->condition);
}

/* ---- of a function ---- */

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

/* A function without a lock, an atomic or a try has no need of branches. */
static bool needs_branches(const struct race_program *program, const struct ir_function *fn)
{
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        if (block->terminator.kind == IR_TERM_CALL || held_sets_at(program->analysis->held_sets, fn, b)->count > 0)
            return true;
        for (uint32_t i = 0; i < block->statement_count; i++)
            if (block->statements[i].kind == IR_ST_ATOMIC)
                return true;
    }
    return false;
}

static struct maker maker_of(struct race_program *program, const struct ir_function *fn)
{
    struct maker m = {.program = program, .fn = fn, .o = origins_of(program->origins, fn),
                      .values = analysis_values(program->analysis, fn)};
    if (needs_branches(program, fn))
        m.branches = race_branches_new(m.values, m.o->cfg);
    m.looks = g_hash_table_new(NULL, NULL);
    m.ops = g_new0(struct race_ops, 1);
    m.ops->list = g_array_new(FALSE, FALSE, sizeof(struct sync_op));
    m.ops->waits = m.ops->posts = race_tokens_none();
    m.ops->result = m.o->empty;
    return m;
}

static void maker_clear(struct maker *m)
{
    race_branches_free(m->branches);
    g_hash_table_destroy(m->looks);
}

/* The condition that a wait in a loop is for: what the loop's branches look at. */
static void find_what_loops_read(struct maker *m)
{
    for (guint i = 0; i < m->ops->list->len; i++) {
        struct sync_op *op = &g_array_index(m->ops->list, struct sync_op, i);
        if (op->loop == CFG_NONE)
            continue;
        op->read = m->o->empty;
        for (guint k = 0; k < m->ops->list->len; k++) {
            const struct sync_op *other = &g_array_index(m->ops->list, struct sync_op, k);
            if (other->is_side && other->objects && cfg_loop_contains(m->o->cfg, op->loop, other->at.block))
                op->read = origin_set_join(m->o, op->read, other->objects);
        }
    }
}

static bool is_on_every_way_out(const struct cfg *cfg, uint32_t from)
{
    for (uint32_t k = 0; k < cfg->order_count; k++)
        if (cfg->fn->blocks[cfg->order[k]].terminator.kind == IR_TERM_RETURN && !cfg_dominates(cfg, from, cfg->order[k]))
            return false;
    return true;
}

static void find_result(struct maker *m)
{
    const struct cfg *cfg = m->o->cfg;
    if (g_hash_table_size(m->looks) == 0 || !ir_type_is_scalar(m->fn->locals[0].type))
        return;
    for (uint32_t k = 0; k < cfg->order_count; k++) {
        uint32_t b = cfg->order[k];
        if (m->fn->blocks[b].terminator.kind != IR_TERM_RETURN)
            continue;
        struct ir_place result = {.base = IR_BASE_LOCAL, .base_index = 0, .type = m->fn->locals[0].type};
        const struct value *v = value_of_place(m->values, (struct flow_point){b, m->fn->blocks[b].statement_count}, &result);
        const struct origin_set *objects = g_hash_table_lookup(m->looks, value_without_casts(v));
        if (objects)
            m->ops->result = origin_set_join(m->o, m->ops->result, objects);
    }
}

struct race_ops *race_ops_new(struct race_program *program, const struct ir_function *fn)
{
    enum { MAX_OPS = 200 };
    struct maker m = maker_of(program, fn);
    const struct cfg *cfg = m.o->cfg;
    for (uint32_t k = 0; k < cfg->order_count && m.ops->list->len < MAX_OPS; k++)
        ops_of_block(&m, cfg->order[k]);
    find_what_loops_read(&m);
    find_result(&m);
    for (guint i = 0; i < m.ops->list->len; i++) {
        struct sync_op *op = &g_array_index(m.ops->list, struct sync_op, i);
        if (!op->tokens)
            op->tokens = race_tokens_of(program, race_tokens_none(), op->objects, op->word);
        if (op->waits && (!op->is_side || is_on_every_way_out(cfg, op->from)))
            m.ops->waits = race_tokens_join(program, m.ops->waits, op->tokens);
        if (op->posts)
            m.ops->posts = race_tokens_join(program, m.ops->posts, op->tokens);
        op->before = op->posts ? spread(cfg, op->at.block, false) : NULL;
        op->behind = op->posts ? spread(cfg, op->at.block, true) : NULL;
    }
    maker_clear(&m);
    return m.ops;
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

void race_predicates_find(struct race_program *program)
{
    const struct ir_unit *unit = program->analysis->unit;
    for (uint32_t f = 0; f < unit->function_count; f++) {
        const struct ir_function *fn = unit->functions[f];
        bool has_locks = false;
        for (uint32_t b = 0; b < fn->block_count && !has_locks; b++)
            has_locks = held_sets_at(program->analysis->held_sets, fn, b)->count > 0;
        if (!has_locks || fn->is_broken || fn->in_system_header || !origins_of(program->origins, fn))
            continue;
        struct maker m = maker_of(program, fn);
        for (uint32_t k = 0; k < m.o->cfg->order_count; k++) {
            uint32_t b = m.o->cfg->order[k];
            if (held_sets_at(program->analysis->held_sets, fn, b)->count > 0 && fn->blocks[b].terminator.kind != IR_TERM_CALL)
                ops_of_block(&m, b);
            else if (held_sets_at(program->analysis->held_sets, fn, b)->count > 0)
                for (uint32_t i = 0; i < fn->blocks[b].statement_count; i++)
                    if (fn->blocks[b].statements[i].kind == IR_ST_ASSIGN)
                        ops_of_assignment(&m, (struct flow_point){b, i}, &fn->blocks[b].statements[i], true);
        }
        find_result(&m);
        for (guint i = 0; i < m.ops->list->len; i++) {
            const struct sync_op *op = &g_array_index(m.ops->list, struct sync_op, i);
            for (uint32_t k = 0; op->is_side && k < op->objects->count; k++)
                g_hash_table_add(program->predicates, (gpointer)key_of(&m, op->objects->items[k]));
        }
        for (uint32_t k = 0; k < m.ops->result->count; k++)
            g_hash_table_add(program->predicates, (gpointer)key_of(&m, m.ops->result->items[k]));
        maker_clear(&m);
        race_ops_free(m.ops);
    }
}

/* ---- of an access ---- */

struct race_order race_order_at(struct race_program *program, const struct ir_function *fn, const struct race_ops *ops,
                                struct flow_point at, const struct origin *accessed)
{
    struct origins *o = origins_of(program->origins, fn);
    struct race_order order = {race_tokens_none(), race_tokens_none(), race_tokens_none()};
    for (guint i = 0; i < ops->list->len; i++) {
        const struct sync_op *op = &g_array_index(ops->list, struct sync_op, i);
        bool same_block = op->at.block == at.block;
        bool is_behind = same_block && op->from == at.block && !op->is_side ? at.statement > op->at.statement
                                                                           : cfg_dominates(o->cfg, op->from, at.block);
        is_behind &= op->loop == CFG_NONE || !cfg_loop_contains(o->cfg, op->loop, at.block);
        if (op->waits && is_behind && !(accessed && op->read && origin_set_has(op->read, accessed)))
            order.after = race_tokens_join(program, order.after, op->tokens);
        if (!op->posts || !(op->before[at.block] || (same_block && at.statement < op->at.statement)))
            continue;
        order.then = race_tokens_join(program, order.then, op->tokens);
        if (!op->behind[at.block])
            order.then_once = race_tokens_join(program, order.then_once, op->tokens);
    }
    return order;
}

/*
 * What orders the accesses of a callee is the same for most of them, and a call has hundreds: once for each.
 */
struct call_order {
    const struct ir_function *fn;
    uint32_t block;
    const struct ir_operand *args; /* of one call there are several, when it starts threads or goes through a pointer */
    const struct ir_function *callee;
    struct race_order inner, order;
};

static guint hash_call_order(gconstpointer key)
{
    const struct call_order *k = key;
    return g_direct_hash(k->fn) + k->block * 31 + g_direct_hash(k->args) * 3 + g_direct_hash(k->callee) * 5 +
           g_direct_hash(k->inner.after) * 7 + g_direct_hash(k->inner.then) * 11 + g_direct_hash(k->inner.then_once) * 13;
}

static gboolean same_call_order(gconstpointer a, gconstpointer b)
{
    const struct call_order *x = a, *y = b;
    return x->fn == y->fn && x->block == y->block && x->args == y->args && x->callee == y->callee &&
           x->inner.after == y->inner.after && x->inner.then == y->inner.then && x->inner.then_once == y->inner.then_once;
}

GHashTable *race_order_table(void)
{
    return g_hash_table_new(hash_call_order, same_call_order);
}

struct race_order race_order_of_call(struct race_program *program, const struct race_ops *ops, const struct race_call *c,
                                     const struct race_order *inner)
{
    struct call_order wanted = {c->caller->fn, c->at.block, c->call->args, c->callee->fn, *inner, {0}};
    const struct call_order *known = g_hash_table_lookup(program->order_of_calls, &wanted);
    if (known)
        return known->order;
    struct race_order order = race_order_at(program, c->caller->fn, ops, c->at, NULL);
    if (c->call->mode != IR_CALL_PLAIN)
        order.then = order.then_once = race_tokens_none();
    order.after = translate(program, c, order.after, inner->after);
    order.then = translate(program, c, order.then, inner->then);
    order.then_once = translate(program, c, order.then_once, inner->then_once);
    wanted.order = order;
    g_hash_table_add(program->order_of_calls, arena_copy(program->arena, &wanted, sizeof wanted));
    return order;
}

/*
 * Each behind what the other leaves: they take turns. With one permit at the beginning only who comes from the one side
 * may pass; of an array each permit is for another element.
 */
static bool take_turns(const struct race_order *a, const struct race_order *b, const struct origin *accessed, int max_permits)
{
    return race_tokens_meet(a->then, b->after, accessed, max_permits, true) &&
           race_tokens_meet(b->then, a->after, accessed, max_permits, true);
}

bool race_is_ordered(const struct origins *o, const struct race_access *x, const struct race_access *y)
{
    const struct race_order *a = &x->order, *b = &y->order;
    return race_tokens_meet(a->then_once, b->after, x->origin, 0, false) ||
           race_tokens_meet(b->then_once, a->after, x->origin, 0, false) ||
           take_turns(a, b, x->origin, origin_has_array(o, x->origin) ? INT_MAX : 1);
}
