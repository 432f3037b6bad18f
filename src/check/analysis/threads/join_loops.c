/*
 * Loops that join what loops have started.
 *
 *     for (i = 0; i < n; i++) pthread_create(&t[i], ...);
 *     for (i = 0; i < n; i++) pthread_join(t[i], ...);
 *
 * Leaving the second loop at its head has joined what it joins, also on the path on which it made no pass: how often it
 * runs is tied to how often the other one did. When it can be seen that it runs less often, some are left.
 */
#include "analysis/threads/join_parts.h"

/* `local op bound`, tested at the head of a loop; a loop that runs from 0 up. */
struct loop_test {
    uint32_t local;
    enum ir_binary_op op;
    const struct ir_operand *bound;
    bool has_first;
    int64_t first;
};

/* The constant that the counter has when the loop begins. */
static bool find_first(const struct joins *j, uint32_t loop, uint32_t local, int64_t *ret_first)
{
    uint32_t head = j->cfg->loops[loop].head;
    for (uint32_t i = 0; i < j->cfg->predecessors[head].count; i++) {
        uint32_t from = j->cfg->predecessors[head].items[i].from;
        if (cfg_loop_contains(j->cfg, loop, from))
            continue;
        const struct ir_block *block = &j->f->fn->blocks[from];
        for (uint32_t k = block->statement_count; k > 0; k--) {
            const struct ir_statement *st = &block->statements[k - 1];
            if (st->kind != IR_ST_ASSIGN || st->place.base != IR_BASE_LOCAL || st->place.base_index != local)
                continue;
            const struct ir_operand *value = &st->value.operands[0];
            if (st->value.kind != IR_RV_USE || value->kind != IR_OPERAND_CONST || value->const_kind != IR_CONST_INT)
                return false;
            *ret_first = value->value;
            return true;
        }
    }
    return false;
}

static bool find_test(const struct joins *j, uint32_t loop, struct loop_test *ret)
{
    const struct ir_block *block = &j->f->fn->blocks[j->cfg->loops[loop].head];
    if (block->terminator.kind != IR_TERM_BRANCH || block->statement_count == 0)
        return false;
    const struct ir_statement *last = &block->statements[block->statement_count - 1];
    if (last->kind != IR_ST_ASSIGN || last->value.kind != IR_RV_BINARY)
        return false;
    const struct ir_operand *counter = &last->value.operands[0];
    if (counter->kind == IR_OPERAND_CONST || counter->place.base != IR_BASE_LOCAL || counter->place.projection_count > 0)
        return false;
    *ret = (struct loop_test){counter->place.base_index, last->value.binary, &last->value.operands[1], false, 0};
    ret->has_first = find_first(j, loop, ret->local, &ret->first);
    return ret->op == IR_LT || ret->op == IR_LE;
}

static bool is_number(const struct ir_operand *operand)
{
    return operand->kind == IR_OPERAND_CONST && operand->const_kind == IR_CONST_INT;
}

static bool same_variable(const struct ir_operand *a, const struct ir_operand *b)
{
    return a->kind != IR_OPERAND_CONST && b->kind != IR_OPERAND_CONST && ir_place_equal(&a->place, &b->place);
}

/* How far a loop counts, beyond what the other one does: both to a constant, or to the same variable. */
static bool bound_difference(const struct loop_test *a, const struct loop_test *b, int64_t *ret)
{
    int64_t extra_a = a->op == IR_LE, extra_b = b->op == IR_LE;
    if (is_number(a->bound) && is_number(b->bound))
        *ret = a->bound->value + extra_a - (b->bound->value + extra_b);
    else if (same_variable(a->bound, b->bound))
        *ret = extra_a - extra_b;
    else
        return false;
    return true;
}

static bool joins_fewer(const struct joins *j, uint32_t join_loop, const struct site *site)
{
    uint32_t start_loop = j->cfg->loop_of[site->block];
    struct loop_test starts, joins;
    int64_t difference;
    if (start_loop == CFG_NONE || !find_test(j, start_loop, &starts) || !find_test(j, join_loop, &joins))
        return false;
    if (!bound_difference(&starts, &joins, &difference) || starts.has_first != joins.has_first)
        return false;
    int64_t later = starts.has_first ? joins.first - starts.first : 0;
    return difference >= 0 && later >= 0 && difference + later > 0;
}

/* How many threads a loop starts, when that is a number. */
static int64_t started_in_loop(const struct joins *j, uint32_t loop)
{
    struct loop_test test;
    if (!find_test(j, loop, &test) || !is_number(test.bound) || !test.has_first)
        return 0;
    return test.bound->value + (test.op == IR_LE) - test.first;
}

/*
 * t[0] and t[1] are joined one by one, of the four that a loop has started. Only constant elements that are told apart
 * count, and nothing else that might join some.
 */
static bool is_joined_in_part(const struct joins *j, guint index)
{
    const struct site *site = site_at(j, index);
    uint32_t start_loop = j->cfg->loop_of[site->block];
    if (start_loop == CFG_NONE || j->cfg->loops[start_loop].parent != CFG_NONE)
        return false;
    int64_t started = started_in_loop(j, start_loop), joined = 0;
    for (uint32_t block = 0; block < j->f->fn->block_count; block++) {
        const struct call_effects *effects = &j->blocks[block];
        if (!((effects->joins | effects->detaches) >> index & 1))
            continue;
        const struct ir_call *call = j->f->fn->blocks[block].terminator.call;
        uint32_t argument = thread_noted_argument(call, effects->joins >> index & 1 ? "joined" : "detached");
        if (argument == UINT32_MAX || j->cfg->loop_of[block] != CFG_NONE)
            return false;
        const struct ir_place *place = &call->args[argument].place;
        if (call->args[argument].kind == IR_OPERAND_CONST || place->base != IR_BASE_LOCAL || place->projection_count == 0 ||
            place->projections[place->projection_count - 1].kind != IR_PROJ_CONST_INDEX)
            return false;
        joined++;
    }
    return joined > 0 && started > joined;
}

static void find_loop_joins_of(struct joins *j, uint32_t block)
{
    uint64_t mask = j->blocks[block].joins | j->blocks[block].detaches;
    for (uint32_t loop = j->cfg->loop_of[block]; loop != CFG_NONE; loop = j->cfg->loops[loop].parent)
        for (guint i = 0; i < j->sites->len; i++) {
            const struct site *site = site_at(j, i);
            if (!(mask >> i & 1) || cfg_loop_contains(j->cfg, loop, site->block))
                continue;
            if (joins_fewer(j, loop, site)) {
                j->partly_joined |= UINT64_C(1) << i;
                j->blocks[block].joins &= ~(UINT64_C(1) << i);
                j->blocks[block].detaches &= ~(UINT64_C(1) << i);
            } else if (j->blocks[block].joins >> i & 1) {
                j->loop_joins[loop] |= UINT64_C(1) << i;
            } else {
                j->loop_detaches[loop] |= UINT64_C(1) << i;
            }
        }
}

void join_loops_find(struct joins *j)
{
    for (guint i = 0; i < j->sites->len; i++)
        if (is_joined_in_part(j, i))
            j->partly_joined |= UINT64_C(1) << i;
    for (uint32_t block = 0; block < j->f->fn->block_count; block++) {
        j->blocks[block].joins &= ~j->partly_joined;
        j->blocks[block].detaches &= ~j->partly_joined;
    }
    for (uint32_t block = 0; block < j->f->fn->block_count; block++)
        if ((j->blocks[block].joins | j->blocks[block].detaches) && cfg_reachable(j->cfg, block))
            find_loop_joins_of(j, block);
}
