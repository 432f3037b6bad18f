/*
 * Which of several objects: the elements of an array have one origin, so a lock of one may be the lock of another. Their
 * addresses as expressions (flow/values.h) tell them apart: a[i] and a[j], a[i] and a[i + 1], p and p + 1.
 *
 * To accuse, it must be certain that they differ on some run: nothing that is read anew, no choice between both, and no
 * comparison of the two which the way to the access has not answered with "different".
 */
#include "analysis/locks/guard_facts.h"

enum answer { NOT_ASKED, EQUAL, DIFFERENT, ASKED };

/* `i` of `i + 3`, and the 3. */
static const struct value *split_sum(const struct value *v, int64_t *ret_number)
{
    *ret_number = 0;
    v = value_without_casts(v);
    bool is_sum = v->kind == VALUE_BINARY && (v->op == IR_ADD || v->op == IR_SUB || v->op == IR_PTR_ADD || v->op == IR_PTR_SUB);
    if (!is_sum || v->operand->kind != VALUE_CONST)
        return v;
    bool is_minus = v->op == IR_SUB || v->op == IR_PTR_SUB;
    *ret_number = is_minus ? -v->operand->number : v->operand->number;
    return value_without_casts(v->base);
}

/* The address of an element: where the array begins, and which one (NULL: the first). */
static const struct value *split_element(const struct value *v, const struct value **ret_index)
{
    *ret_index = NULL;
    if (v->kind == VALUE_ELEMENT || (v->kind == VALUE_BINARY && (v->op == IR_PTR_ADD || v->op == IR_PTR_SUB))) {
        *ret_index = v->operand;
        return v->base;
    }
    return v;
}

static bool contains(const struct value *v, const struct value *part)
{
    return v && (v == part || contains(v->base, part) || contains(v->operand, part));
}

/* Read at one moment and not at another, or one of two: it may be anything. */
static bool may_be_anything(const struct guard_function *f, const struct value *v)
{
    if (!v)
        return false;
    if (v->kind == VALUE_UNKNOWN || (v->kind == VALUE_LOAD && v->index != 0))
        return true;
    if (v->kind == VALUE_PHI) {
        const struct cfg *cfg = f->origins->cfg;
        uint32_t loop = cfg->loop_of[v->index];
        if (loop == CFG_NONE || cfg->loops[loop].head != v->index)
            return true;
    }
    return may_be_anything(f, v->base) || may_be_anything(f, v->operand);
}

/* ------------------------------------------------------------------------------------ what was asked */

/* Where control goes when two values are equal, or are not; IR_NO_BLOCK: this branch does not ask. */
static bool asks(const struct guard_function *f, uint32_t block, const struct value *a, const struct value *b,
                 uint32_t *ret_equal, uint32_t *ret_different)
{
    const struct ir_terminator *term = &f->fn->blocks[block].terminator;
    if (term->kind != IR_TERM_BRANCH)
        return false;
    struct flow_point at = {block, f->fn->blocks[block].statement_count};
    const struct value *v = value_of_operand(f->values, at, &term->condition);
    bool negated = false;
    while (v->kind == VALUE_UNARY && (v->op < 0 || v->op == IR_NOT)) {
        negated ^= v->op == IR_NOT;
        v = v->base;
    }
    if (v->kind != VALUE_BINARY || v->op < IR_EQ || v->op > IR_GE)
        return false;
    const struct value *left = value_without_casts(v->base), *right = value_without_casts(v->operand);
    if (!((left == a && right == b) || (left == b && right == a)))
        return false;
    bool when_true_equal = v->op == IR_EQ, when_true_different = v->op == IR_NE || v->op == IR_LT || v->op == IR_GT;
    uint32_t when_true = negated ? term->otherwise : term->target, when_false = negated ? term->target : term->otherwise;
    *ret_equal = when_true_equal ? when_true : v->op == IR_NE ? when_false : IR_NO_BLOCK;
    *ret_different = when_true_different ? when_true : v->op == IR_EQ || v->op == IR_LE || v->op == IR_GE ? when_false : IR_NO_BLOCK;
    return true;
}

static bool is_behind(const struct cfg *cfg, uint32_t target, uint32_t block)
{
    return target != IR_NO_BLOCK && cfg->predecessors[target].count == 1 && cfg_dominates(cfg, target, block);
}

static enum answer answered(const struct guard_function *f, uint32_t block, const struct value *a, const struct value *b)
{
    const struct cfg *cfg = f->origins->cfg;
    enum answer answer = NOT_ASKED;
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        uint32_t equal, different;
        if (!asks(f, cfg->order[i], a, b, &equal, &different))
            continue;
        if (is_behind(cfg, different, block))
            return DIFFERENT;
        answer = is_behind(cfg, equal, block) ? EQUAL : ASKED;
    }
    return answer;
}

/* ------------------------------------------------------------------------------------------ numbers */

static bool numbers_differ(const struct guard_function *f, uint32_t block, const struct value *x, const struct value *y)
{
    int64_t more_x, more_y;
    const struct value *a = split_sum(x, &more_x), *b = split_sum(y, &more_y);
    if (a == b)
        return more_x != more_y && a->kind != VALUE_UNKNOWN;
    if (a->kind == VALUE_CONST && b->kind == VALUE_CONST)
        return a->number + more_x != b->number + more_y;
    if (may_be_anything(f, a) || may_be_anything(f, b))
        return false;
    /* `h % n` may be h; two counters of one loop may go together; a function may say the same twice */
    if ((a->kind == VALUE_BINARY && contains(a, b)) || (b->kind == VALUE_BINARY && contains(b, a)))
        return false;
    if (a->kind == VALUE_PHI && b->kind == VALUE_PHI && a->index == b->index)
        return false;
    if (a->kind == VALUE_CALL && b->kind == VALUE_CALL)
        return false;
    enum answer answer = answered(f, block, a, b);
    return answer == NOT_ASKED || answer == DIFFERENT;
}

bool lock_addresses_differ(const struct guard_function *f, uint32_t block, const struct value *a, const struct value *b)
{
    static const struct value first = {.kind = VALUE_CONST};
    a = value_without_casts(a);
    b = value_without_casts(b);
    if (a == b)
        return false;
    if (a->kind == VALUE_FIELD && b->kind == VALUE_FIELD)
        return a->record == b->record && a->index == b->index && lock_addresses_differ(f, block, a->base, b->base);
    const struct value *index_a, *index_b;
    const struct value *base_a = split_element(a, &index_a), *base_b = split_element(b, &index_b);
    if (base_a == base_b)
        return numbers_differ(f, block, index_a ? index_a : &first, index_b ? index_b : &first);
    return index_a && index_b && lock_addresses_differ(f, block, base_a, base_b);
}

/* ---------------------------------------------------------------------------------------- whose lock */

bool lock_is_of_another(const struct guard_function *f, uint32_t block, const struct held_lock *lock,
                        const struct value *instance)
{
    return instance && lock->value && lock->value->kind == VALUE_FIELD &&
           lock_addresses_differ(f, block, lock->value->base, instance);
}

struct held_lock *lock_facts_find_for(const struct guard_function *f, uint32_t block, struct lock_facts *facts,
                                      const struct origin_set *locks, const struct value *instance)
{
    struct held_lock *gone = NULL;
    for (uint32_t i = 0; i < facts->count; i++) {
        struct held_lock *lock = &facts->locks[i];
        if (!locks_may_be_same(lock->locks, locks) || lock_is_of_another(f, block, lock, instance))
            continue;
        if (lock->held)
            return lock;
        gone = gone ? gone : lock;
    }
    return gone;
}

/* The object whose field this is the address of, or of something in it; NULL: it is not. */
const struct value *lock_instance(const struct value *address, const struct ir_record *record, uint32_t index)
{
    for (const struct value *v = value_without_casts(address); v; v = v->base) {
        if (v->kind == VALUE_FIELD && v->record == record && v->index == index)
            return v->base;
        if (v->kind != VALUE_FIELD && v->kind != VALUE_ELEMENT && !(v->kind == VALUE_UNARY && v->op < 0))
            return NULL;
    }
    return NULL;
}
