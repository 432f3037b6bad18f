/*
 * The engine: each function once, when somebody asks, and what its callers need to know of it.
 */
#include "analysis/origins/origin_parts.h"

#include <string.h>

enum { MAX_BLOCKS = 4000, MAX_CALL_DEPTH = 6 };

struct origin_program {
    struct analysis *analysis;
    const struct ir_unit *unit;
    struct traits *traits;
    struct origin_numbers *numbers;
    struct origins **functions; /* by index; NULL until asked for */
    unsigned depth;             /* callees being analysed for callers */
};

static void transfer_statement(void *ctx, void *state, struct flow_point at, const struct ir_statement *st)
{
    (void)at;
    origins_transfer_statement(ctx, state, st);
}

static void transfer_terminator(void *ctx, void *state, struct flow_point at, const struct ir_terminator *term)
{
    if (term->kind == IR_TERM_CALL)
        origins_transfer_call(ctx, state, at, term->call);
}

static void copy_state(void *ctx, void *to, const void *from)
{
    (void)ctx;
    origin_state_copy(to, from);
}

static void clear_state(void *ctx, void *state)
{
    (void)ctx;
    origin_state_clear(state);
}

static void entry_state(void *ctx, void *state_bytes)
{
    (void)ctx;
    struct origin_state *state = state_bytes;
    state->reached = true;
}

static bool join_states(void *ctx, void *into, const void *from)
{
    return origin_state_join(ctx, into, from);
}

/* A struct that is returned: field by field, and all that any of them may hold. */
static const struct origin_set *note_returned_fields(struct origins *o)
{
    const struct origin *whole = origin_base(o, ORIGIN_LOCAL, 0);
    const struct origin_set *result = o->empty;
    o->returned.reached = true;
    for (const struct origin *cell = whole; cell; cell = origin_next_part(cell, whole)) {
        const struct origin_set *set = origin_state_stored(&o->exit, cell);
        if (!set)
            continue;
        result = origin_set_join(o, result, set);
        origin_state_set(&o->returned, cell, set);
    }
    return result;
}

/*
 * What a caller is told of a store. Of far memory it only learns where its own has gone: what a parameter leads to, or
 * what was made for it. All else there is as good as what it finds when it looks. So a summary grows with what a
 * function and its callees do to the caller's values, and not with the memory of the program.
 */
static const struct origin_set *news_of_store(struct origins *o, const struct origin *cell, const struct origin_set *set)
{
    if (!origin_is_far(cell))
        return set;
    const struct origin_set *own = o->empty;
    for (uint32_t i = 0; i < set->count; i++) {
        const struct origin *root = origin_root(set->items[i]);
        if (!origin_is_far(set->items[i]) && root->kind != ORIGIN_GLOBAL && root->kind >= ORIGIN_THREAD && root->kind != ORIGIN_FUNCTION &&
            set->items[i]->parent != cell)
            own = origin_set_add(o, own, set->items[i]);
    }
    return own;
}

/* Memory of this function's making that is in a set gets its home; the cells in it are stores for the caller, too. */
static void note_made_among(struct origins *o, const struct origin_set *set, const struct origin *home, GHashTable *seen)
{
    for (uint32_t i = 0; i < set->count; i++) {
        const struct origin *made = origin_root(set->items[i]), *cell;
        const struct origin_set *there;
        if (made->kind != ORIGIN_CALL || !g_hash_table_add(seen, (gpointer)made))
            continue;
        if (home && made == set->items[i])
            g_hash_table_insert(o->homes, (gpointer)made, (gpointer)home);
        for (uint32_t id = 0; origin_state_next(o, &o->exit, &id, &cell, &there); id++) {
            const struct origin_set *news = origin_root(cell) == made ? news_of_store(o, cell, there) : o->empty;
            if (news->count > 0)
                g_array_append_vals(o->stores, &(struct origin_store){cell, news}, 1);
        }
    }
}

/*
 * `struct job *j = malloc(..); j->id = ..; *out = j;` The caller has no word for what was made here but the way to it:
 * the result, or the first cell that it was left in (its home).
 */
static void note_made(struct origins *o)
{
    GHashTable *seen = g_hash_table_new(NULL, NULL);
    note_made_among(o, o->result, NULL, seen);
    for (guint i = 0; i < o->stores->len; i++) {
        struct origin_store store = g_array_index(o->stores, struct origin_store, i);
        note_made_among(o, store.set, store.cell, seen);
    }
    g_hash_table_destroy(seen);
}

/* What the caller will find. */
static void note_exit(struct origins *o)
{
    struct ir_place result = {.base = IR_BASE_LOCAL, .type = o->fn->locals[0].type};
    if (!o->exit.reached)
        return;
    if (origin_type_is_aggregate(result.type) && origin_type_may_hold(result.type))
        o->result = note_returned_fields(o);
    else if (origin_type_may_hold(result.type))
        o->result = origins_value(o, &o->exit, &(struct ir_operand){.kind = IR_OPERAND_COPY, .place = result});
    const struct origin *cell;
    const struct origin_set *set;
    for (uint32_t id = 0; origin_state_next(o, &o->exit, &id, &cell, &set); id++) {
        const struct origin *root = origin_root(cell);
        bool reached_from_outside = !origin_is_direct(cell) || root->kind == ORIGIN_GLOBAL;
        if (!reached_from_outside || root->kind == ORIGIN_CALL)
            continue;
        if (root->kind == ORIGIN_LOCAL && o->fn->locals[root->index].kind != IR_LOCAL_PARAM)
            continue;
        const struct origin_set *news = news_of_store(o, cell, set);
        if (news->count > 0)
            g_array_append_vals(o->stores, &(struct origin_store){cell, news}, 1);
    }
    note_made(o);
}

static void visit_for_returns(void *ctx, const void *state, struct flow_point at, const struct ir_statement *st,
                              const struct ir_terminator *term)
{
    (void)at;
    (void)st;
    struct origins *o = ctx;
    if (term && term->kind == IR_TERM_RETURN)
        origin_state_join(o, &o->exit, state);
}

static bool *reassigned_locals(const struct ir_function *fn)
{
    bool *reassigned = g_new0(bool, fn->local_count + 1);
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++) {
            const struct ir_place *place = &block->statements[i].place;
            if (place->base == IR_BASE_LOCAL && place->projection_count == 0 && block->statements[i].kind != IR_ST_NOP)
                reassigned[place->base_index] = true;
        }
        const struct ir_terminator *term = &block->terminator;
        if (term->kind == IR_TERM_CALL && term->call->has_dest && term->call->dest.base == IR_BASE_LOCAL)
            reassigned[term->call->dest.base_index] = true;
    }
    return reassigned;
}

static guint hash_borrow(gconstpointer key)
{
    const struct origin_borrow *borrow = key;
    return borrow->local * 31 + borrow->span.begin * 7 + borrow->span.end;
}

static gboolean same_borrow(gconstpointer a, gconstpointer b)
{
    const struct origin_borrow *p = a, *q = b;
    return p->local == q->local && span_equal(p->span, q->span);
}

struct origins *origins_of(struct origin_program *program, const struct ir_function *fn)
{
    struct origins **slot = &program->functions[fn->index];
    if (*slot || !fn->has_body || fn->is_broken || fn->block_count > MAX_BLOCKS)
        return *slot;
    struct origins *o = g_new0(struct origins, 1);
    *slot = o;
    o->program = program;
    o->unit = program->unit;
    o->fn = fn;
    o->traits = program->traits;
    o->numbers = program->numbers;
    o->arena = program->unit->arena;
    o->cfg = analysis_cfg(program->analysis, fn);
    o->borrows = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    o->borrows_seen = g_hash_table_new_full(hash_borrow, same_borrow, g_free, NULL);
    o->stores = g_array_new(FALSE, FALSE, sizeof(struct origin_store));
    o->homes = g_hash_table_new(NULL, NULL);
    origin_table_init(o);
    o->reassigned = reassigned_locals(fn);
    o->result = o->empty;
    struct dataflow_problem problem = {
        .direction = DATAFLOW_FORWARD,
        .state_size = sizeof(struct origin_state),
        .copy = copy_state,
        .clear = clear_state,
        .entry = entry_state,
        .join = join_states,
        .statement = transfer_statement,
        .terminator = transfer_terminator,
    };
    o->is_open = true;
    program->depth++;
    o->flow = dataflow_run(o->cfg, &problem, o);
    dataflow_visit(o->flow, visit_for_returns, o);
    note_exit(o);
    program->depth--;
    o->is_open = false;
    return o;
}

/* Questions come in program order, mostly: from the last one on, when that was earlier in the same block. */
const struct origin_state *origins_state(struct origins *o, struct flow_point at)
{
    const struct ir_block *block = &o->fn->blocks[at.block];
    bool goes_on = o->at.reached && o->at_point.block == at.block && o->at_point.statement <= at.statement;
    if (!goes_on) {
        const struct origin_state *start = dataflow_block_state(o->flow, at.block);
        origin_state_clear(&o->at);
        if (!start)
            return &o->at;
        origin_state_copy(&o->at, start);
        o->at_point = (struct flow_point){at.block, 0};
    }
    for (; o->at_point.statement < MIN(at.statement, block->statement_count); o->at_point.statement++)
        origins_transfer_statement(o, &o->at, &block->statements[o->at_point.statement]);
    return &o->at;
}

const struct ir_function *origins_function(const struct origins *o)
{
    return o->fn;
}

struct origins *origins_in_view(struct origins *o, const struct ir_call *call)
{
    struct origin_program *program = o->program;
    if (!call->callee || !call->callee->has_body || call->callee->is_broken || call->mode != IR_CALL_PLAIN)
        return NULL;
    if (!program->functions[call->callee->index] && program->depth >= MAX_CALL_DEPTH)
        return NULL;
    struct origins *callee = origins_of(program, call->callee);
    return callee && !callee->is_open ? callee : NULL;
}

struct origin_program *origin_program_new(struct analysis *analysis, struct traits *traits)
{
    struct origin_program *program = g_new0(struct origin_program, 1);
    program->analysis = analysis;
    program->unit = analysis->unit;
    program->traits = traits;
    program->numbers = origin_numbers_new(analysis->unit);
    program->functions = g_new0(struct origins *, analysis->unit->function_count + 1);
    return program;
}

void origin_program_free(struct origin_program *program)
{
    if (!program)
        return;
    for (uint32_t i = 0; i < program->unit->function_count; i++) {
        struct origins *o = program->functions[i];
        if (!o)
            continue;
        dataflow_free(o->flow);
        origin_table_clear(o);
        g_hash_table_destroy(o->borrows);
        g_hash_table_destroy(o->borrows_seen);
        g_array_free(o->stores, TRUE);
        g_hash_table_destroy(o->homes);
        origin_state_clear(&o->at);
        origin_state_clear(&o->exit);
        origin_state_clear(&o->returned);
        g_free(o->reassigned);
        g_free(o);
    }
    origin_numbers_free(program->numbers);
    g_free(program->functions);
    g_free(program);
}
