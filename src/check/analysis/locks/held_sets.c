#include "analysis/locks/held_sets.h"

#include "analysis/locks/guard_facts.h"

struct held_sets {
    const struct ir_unit *unit;
    struct block_locks **functions; /* by function, by block; NULL: not simulated */
    bool **seen;
};

static const struct block_locks nothing_held;

struct held_sets *held_sets_new(const struct ir_unit *unit)
{
    struct held_sets *sets = g_new0(struct held_sets, 1);
    sets->unit = unit;
    sets->functions = g_new0(struct block_locks *, unit->function_count + 1);
    sets->seen = g_new0(bool *, unit->function_count + 1);
    return sets;
}

void held_sets_free(struct held_sets *sets)
{
    if (!sets)
        return;
    for (uint32_t f = 0; f < sets->unit->function_count; f++) {
        for (uint32_t b = 0; sets->functions[f] && b < sets->unit->functions[f]->block_count; b++) {
            g_free(sets->functions[f][b].held);
            g_free(sets->functions[f][b].maybe);
        }
        g_free(sets->functions[f]);
        g_free(sets->seen[f]);
    }
    g_free(sets->functions);
    g_free(sets->seen);
    g_free(sets);
}

/* `failed`: the call has said that it did not take it. */
static bool is_held(const struct held_lock *lock)
{
    return lock->held && !lock->failed && lock->locks->count > 0;
}

static struct block_lock as_block_lock(const struct held_lock *lock)
{
    bool by_hand = lock->guard == UINT32_MAX && !lock->given;
    return (struct block_lock){lock->locks, lock->value, lock->exact, lock->shared, by_hand ? lock->start : NO_SPAN, 0, 0};
}

static void begin(struct block_locks *block, const struct lock_facts *facts)
{
    block->held = g_new(struct block_lock, MAX_LOCKS);
    for (uint32_t i = 0; i < facts->count; i++) {
        const struct held_lock *lock = &facts->locks[i];
        if (is_held(lock))
            block->held[block->count++] = as_block_lock(lock);
    }
}

static const struct held_lock *held_like(const struct lock_facts *facts, const struct block_lock *lock)
{
    const struct held_lock *found = NULL;
    for (uint32_t i = 0; i < facts->count; i++) {
        const struct held_lock *other = &facts->locks[i];
        if (!is_held(other) || !locks_may_be_same(other->locks, lock->locks))
            continue;
        if (other->value && other->value == lock->value)
            return other;
        found = other;
    }
    return found;
}

/* What one path knows of the parameters, as long as nobody writes them. */
struct params_known {
    uint32_t zero, nonzero;
};

static struct params_known params_on_path(const struct guard_function *f, const struct path *path)
{
    struct params_known known = {0, 0};
    for (uint32_t i = 0; i < f->fn->param_count && i < 32; i++) {
        const struct ir_local *param = &f->fn->locals[i + 1];
        if (!ir_type_is_scalar(param->type) || param->address_taken ||
            value_definition_count(analysis_values(f->analysis->context, f->fn), i + 1) > 0)
            continue;
        struct ir_operand operand = {.kind = IR_OPERAND_COPY, .type = param->type};
        operand.place = (struct ir_place){.base = IR_BASE_LOCAL, .base_index = i + 1, .type = param->type};
        int is_zero = path_test(path, &operand, IR_EQ, 0);
        known.zero |= is_zero == 1 ? UINT32_C(1) << i : 0;
        known.nonzero |= is_zero == 0 ? UINT32_C(1) << i : 0;
    }
    return known;
}

/* Not held on a path that knows this: when the opposite is so, that is not the path. */
static void held_unless(struct block_locks *block, struct block_lock lock, struct params_known known)
{
    if (block->maybe_count >= MAX_LOCKS || (known.zero | known.nonzero) == 0)
        return;
    if (!block->maybe)
        block->maybe = g_new(struct block_lock, MAX_LOCKS);
    lock.if_nonzero = known.zero;
    lock.if_zero = known.nonzero;
    block->maybe[block->maybe_count++] = lock;
}

static bool is_among(const struct block_lock *locks, uint32_t count, const struct held_lock *lock)
{
    for (uint32_t i = 0; i < count; i++)
        if (locks_may_be_same(locks[i].locks, lock->locks))
            return true;
    return false;
}

static void intersect_maybe(struct block_locks *block, const struct lock_facts *facts, struct params_known known)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < block->maybe_count; i++) {
        struct block_lock lock = block->maybe[i];
        if (!held_like(facts, &lock)) {
            lock.if_nonzero &= known.zero;
            lock.if_zero &= known.nonzero;
        }
        if (lock.if_zero | lock.if_nonzero)
            block->maybe[kept++] = lock;
    }
    block->maybe_count = kept;
    struct params_known before = {block->zero, block->nonzero};
    for (uint32_t i = 0; i < facts->count; i++) {
        const struct held_lock *lock = &facts->locks[i];
        if (is_held(lock) && !is_among(block->held, block->count, lock) && !is_among(block->maybe, block->maybe_count, lock))
            held_unless(block, as_block_lock(lock), before);
    }
}

static void intersect(struct block_locks *block, const struct lock_facts *facts, struct params_known known)
{
    intersect_maybe(block, facts, known);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < block->count; i++) {
        struct block_lock lock = block->held[i];
        const struct held_lock *other = held_like(facts, &lock);
        if (!other) {
            held_unless(block, lock, known);
            continue;
        }
        if (other->value != lock.value)
            lock.value = NULL;
        lock.shared |= other->shared;
        if (other->guard != UINT32_MAX || other->given)
            lock.start = NO_SPAN;
        block->held[kept++] = lock;
    }
    block->count = kept;
}

void held_sets_note(struct held_sets *sets, struct guard_function *f, uint32_t block, struct path *path)
{
    const struct lock_facts *facts = path_facts(path);
    struct params_known known = params_on_path(f, path);
    struct block_locks **blocks = &sets->functions[f->fn->index];
    if (!*blocks) {
        *blocks = g_new0(struct block_locks, f->fn->block_count);
        sets->seen[f->fn->index] = g_new0(bool, f->fn->block_count);
    }
    struct block_locks *here = &(*blocks)[block];
    bool *seen = &sets->seen[f->fn->index][block];
    if (*seen)
        intersect(here, facts, known);
    else
        begin(here, facts);
    here->zero = *seen ? here->zero & known.zero : known.zero;
    here->nonzero = *seen ? here->nonzero & known.nonzero : known.nonzero;
    *seen = true;
    for (uint32_t i = 0; i < facts->count; i++)
        if (facts->locks[i].foreign && !facts->locks[i].held)
            here->let_go = here->let_go ? origin_set_join(f->origins, here->let_go, facts->locks[i].locks)
                                        : facts->locks[i].locks;
}

const struct block_locks *held_sets_at(const struct held_sets *sets, const struct ir_function *fn, uint32_t block)
{
    const struct block_locks *blocks = sets ? sets->functions[fn->index] : NULL;
    return blocks ? &blocks[block] : &nothing_held;
}
