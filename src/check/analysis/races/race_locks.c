/*
 * The locks of an access, and when two sets have one in common.
 *
 * A lock is known by the memory it is in. That is not enough where objects come by the thousand: under `lock(&n->m)`
 * the access `n->v` is guarded by the lock *beside* it, whichever node n is. So each lock also says how one gets to it
 * from the object that is accessed (same pointer) or from the index that chose it (`lock(&m[i]); v[i]++`); two accesses
 * of the same memory that have a lock at the same place beside them have the same lock.
 *
 * In doubt locks are the same: a lock whose memory has no name here may be any of its class.
 */
#include "analysis/races/race_parts.h"

#include <string.h>

static const struct race_locks no_locks;

const struct origin *race_named_alike(struct origins *o, const struct origin *other)
{
    switch (other->kind) {
    case ORIGIN_FIELD:
        return origin_field(o, race_named_alike(o, other->parent), other->record, other->index);
    case ORIGIN_DEREF:
    case ORIGIN_OWNED:
        return origin_deref(o, race_named_alike(o, other->parent), other->kind == ORIGIN_OWNED);
    default:
        return origin_base(o, other->kind, other->index);
    }
}

static uint32_t mix(uint32_t hash, uint64_t value)
{
    return (hash ^ (uint32_t)(value * UINT64_C(0x9E3779B97F4A7C15) >> 32)) * 16777619u;
}

/* The way from `from` down to `address`; false when it does not lead there. */
static bool path_hash(const struct value *address, const struct value *from, uint32_t *hash)
{
    if (address == from)
        return true;
    if ((address->kind != VALUE_FIELD && address->kind != VALUE_ELEMENT) || !path_hash(address->base, from, hash))
        return false;
    if (address->kind == VALUE_FIELD)
        *hash = mix(mix(*hash, (uintptr_t)address->record), address->index);
    else
        *hash = mix(*hash, address->operand->kind == VALUE_CONST ? (uint64_t)address->operand->number : UINT64_MAX);
    return true;
}

static bool is_one_of_many(const struct value *v)
{
    return v->kind == VALUE_ELEMENT || (v->kind != VALUE_LOCAL && v->kind != VALUE_GLOBAL && v->kind != VALUE_FIELD);
}

/* The innermost object that both addresses are in, when it is one of many: an element, or what a pointer leads to. */
static uint32_t beside_object(const struct value *access, const struct value *lock)
{
    for (const struct value *at = access;; at = at->base) {
        uint32_t hash = 2166136261u;
        if (is_one_of_many(at) && path_hash(lock, at, &hash))
            return hash | 1;
        if (at->kind != VALUE_FIELD && at->kind != VALUE_ELEMENT)
            return 0;
    }
}

/* Another array's element with the same index. */
static uint32_t beside_index(const struct value *index, const struct value *lock)
{
    for (const struct value *at = lock; at->kind == VALUE_FIELD || at->kind == VALUE_ELEMENT; at = at->base) {
        uint32_t hash = 2166136261u;
        if (at->kind == VALUE_ELEMENT && at->operand == index && path_hash(lock, value_root(lock), &hash))
            return mix(hash, value_root(lock)->index) | 1;
    }
    return 0;
}

static uint32_t beside(const struct value *access, const struct value *lock)
{
    if (!access || !lock)
        return 0;
    uint32_t key = beside_object(access, lock);
    for (const struct value *at = access; !key && (at->kind == VALUE_FIELD || at->kind == VALUE_ELEMENT); at = at->base)
        if (at->kind == VALUE_ELEMENT && at->operand->kind != VALUE_CONST)
            key = beside_index(at->operand, lock);
    return key;
}

static bool mentions(const struct value *v, const struct value *part)
{
    for (; v; v = v->base) {
        if (v == part || (v->operand && mentions(v->operand, part)))
            return true;
    }
    return false;
}

/* The number that a thread was given: `(long)arg`, `*(int *)arg`. */
static bool is_number_of_thread(const struct ir_function *fn, const struct value *v)
{
    v = value_without_casts(v);
    if (v->kind == VALUE_LOAD)
        v = value_without_casts(v->base);
    return v->kind == VALUE_PARAM && fn->locals[v->index + 1].type->kind == IR_TYPE_POINTER;
}

/* `lock(&locks[id]); total++`, in a thread that was given `id`: nobody else takes this one. */
static bool is_stray(const struct ir_function *fn, const struct value *access, const struct value *lock)
{
    if (!access || !lock || value_root(access)->kind != VALUE_GLOBAL || value_root(lock)->kind != VALUE_GLOBAL)
        return false;
    for (const struct value *at = lock; at->kind == VALUE_FIELD || at->kind == VALUE_ELEMENT; at = at->base)
        if (at->kind == VALUE_ELEMENT && is_number_of_thread(fn, at->operand) &&
            !mentions(access, value_without_casts(at->operand)))
            return true;
    return false;
}

static struct race_lock lock_from(const struct ir_function *fn, const struct block_lock *held, const struct value *access)
{
    struct race_lock lock = {.locks = held->locks, .exact = held->exact, .shared = held->shared, .fn = fn,
                             .value = held->value, .if_zero = held->if_zero, .if_nonzero = held->if_nonzero};
    const struct origin *first = held->locks->items[0];
    if (first->kind == ORIGIN_FIELD) {
        lock.record = first->record;
        lock.field = first->index;
    }
    lock.beside = beside(access, held->value);
    lock.is_stray = !lock.beside && is_stray(fn, access, held->value);
    if (held->value)
        lock.has_element = race_address_element(held->value, &lock.element);
    lock.index = access && held->value ? race_index_of_address(held->value) : NULL;
    return lock;
}

static bool is_certain(const struct race_lock *lock)
{
    return lock->if_zero == 0 && lock->if_nonzero == 0;
}

/* Those that are held for sure come first. */
static const struct race_locks *kept(struct race_program *program, struct race_lock *locks, uint32_t count)
{
    if (count == 0)
        return &no_locks;
    uint32_t certain = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct race_lock lock = locks[i];
        if (!is_certain(&lock))
            continue;
        locks[i] = locks[certain];
        locks[certain++] = lock;
    }
    struct race_locks *set = arena_alloc(program->arena, sizeof *set + count * sizeof locks[0]);
    set->count = certain;
    set->maybe_count = count - certain;
    memcpy(set->items, locks, count * sizeof locks[0]);
    return set;
}

const struct race_locks *race_locks_here(struct race_program *program, const struct ir_function *fn,
                                         struct flow_point at, const struct ir_place *place)
{
    const struct block_locks *block = held_sets_at(program->analysis->held_sets, fn, at.block);
    if (block->count + block->maybe_count == 0)
        return &no_locks;
    struct values *values = analysis_values(program->analysis, fn);
    const struct value *access = place ? value_address(values, at, place) : NULL;
    struct race_lock locks[MAX_RACE_LOCKS];
    uint32_t count = 0;
    for (uint32_t i = 0; i < block->count && count < MAX_RACE_LOCKS; i++)
        locks[count++] = lock_from(fn, &block->held[i], access);
    for (uint32_t i = 0; i < block->maybe_count && count < MAX_RACE_LOCKS; i++)
        locks[count++] = lock_from(fn, &block->maybe[i], access);
    return kept(program, locks, count);
}

struct crossing {
    struct race_program *program;
    struct origins *o;
    const struct origin_state *state;
    const struct ir_call *call;
    uint32_t block;
    struct origins *callee;
    struct values *values;
    const struct race_access *inner;
};

/* Parameters of the callee as the caller's; what is constant here decides: ret_holds. */
static uint32_t params_of_caller(const struct crossing *c, uint32_t params, bool when_zero, bool *ret_holds)
{
    struct flow_point at = {c->block, c->o->fn->blocks[c->block].statement_count};
    uint32_t here = 0;
    for (uint32_t i = 0; i < c->call->arg_count && i < 32; i++) {
        if (!(params >> i & 1))
            continue;
        const struct value *v = value_without_casts(value_of_operand(c->values, at, &c->call->args[i]));
        if (v->kind == VALUE_CONST && (v->number == 0) == when_zero)
            *ret_holds = true;
        if (v->kind == VALUE_PARAM && v->index < 32)
            here |= UINT32_C(1) << v->index;
    }
    return here;
}

/* `add(x, true)`: what is held when a parameter is not zero. False: it is not held, or nobody knows. */
static bool decide(const struct crossing *c, struct race_lock *lock)
{
    if (is_certain(lock))
        return true;
    bool holds = false;
    uint32_t zero = params_of_caller(c, lock->if_zero, true, &holds);
    uint32_t nonzero = params_of_caller(c, lock->if_nonzero, false, &holds);
    lock->if_zero = holds ? 0 : zero;
    lock->if_nonzero = holds ? 0 : nonzero;
    return holds || (zero | nonzero);
}

/* A lock in a variable of the function that takes it: each call has one of its own, so it keeps nobody out. */
static bool is_of_one_call(const struct origins *callee, const struct race_lock *lock)
{
    for (uint32_t i = 0; i < lock->locks->count; i++) {
        const struct origin *one = lock->locks->items[i], *root = origin_root(one);
        if (root->kind != ORIGIN_LOCAL || !origin_is_direct(one) || callee->fn->locals[root->index].kind == IR_LOCAL_PARAM)
            return false;
    }
    return lock->locks->count > 0;
}

/* A lock that the callee takes, as its caller knows it. */
static struct race_lock translate(const struct crossing *c, struct race_lock lock)
{
    const struct origin_set *set = c->o->empty;
    for (uint32_t i = 0; i < lock.locks->count; i++) {
        const struct origin *one = lock.locks->items[i];
        set = origin_set_join(c->o, set, origins_of_callee(c->o, c->state, c->call, c->block, c->callee, one));
        if (c->call->mode != IR_CALL_PLAIN && origin_root(one)->kind == ORIGIN_GLOBAL)
            set = origin_set_add(c->o, set, race_named_alike(c->o, one));
    }
    lock.exact = lock.exact && set->count == 1 && !origin_has_array(c->o, set->items[0]);
    lock.locks = set;
    return lock;
}

/* A lock that the caller holds around the call: beside what its argument leads to? */
static struct race_lock of_caller(const struct crossing *c, const struct block_lock *held)
{
    struct flow_point at = {c->block, c->o->fn->blocks[c->block].statement_count};
    struct race_lock lock = lock_from(c->o->fn, held, NULL);
    if (!held->value)
        return lock;
    if (c->inner->base_param < c->call->arg_count)
        lock.beside = beside_object(value_of_operand(c->values, at, &c->call->args[c->inner->base_param]), held->value);
    for (uint32_t i = 0; i < c->call->arg_count && i < MAX_PARAM_BITS && !lock.beside; i++)
        if ((c->inner->by >> i & 1) && c->call->args[i].type->kind == IR_TYPE_INT)
            lock.beside = beside_index(value_of_operand(c->values, at, &c->call->args[i]), held->value);
    return lock;
}

static bool is_let_go(const struct crossing *c, const struct block_lock *held)
{
    const struct block_locks *inside =
        held_sets_at(c->program->analysis->held_sets, c->callee->fn, c->inner->at.block);
    for (uint32_t i = 0; inside->let_go && i < inside->let_go->count; i++) {
        const struct origin_set *here =
            origins_of_callee(c->o, c->state, c->call, c->block, c->callee, inside->let_go->items[i]);
        for (uint32_t k = 0; k < here->count; k++)
            if (origin_set_has(held->locks, here->items[k]))
                return true;
    }
    return false;
}

const struct race_locks *race_locks_of_call(struct race_program *program, const struct ir_function *fn, uint32_t block,
                                            const struct ir_call *call, const struct ir_function *callee,
                                            const struct race_access *inner)
{
    const struct block_locks *here = held_sets_at(program->analysis->held_sets, fn, block);
    bool in_own_thread = call->mode == IR_CALL_PLAIN;
    if (inner->locks->count + inner->locks->maybe_count == 0 && (here->count + here->maybe_count == 0 || !in_own_thread))
        return &no_locks;
    struct crossing c = {.program = program, .o = origins_of(program->origins, fn), .call = call, .block = block,
                         .callee = origins_of(program->origins, callee), .inner = inner,
                         .values = analysis_values(program->analysis, fn)};
    c.state = origins_state(c.o, (struct flow_point){block, fn->blocks[block].statement_count});
    struct race_lock locks[MAX_RACE_LOCKS];
    uint32_t count = 0;
    for (uint32_t i = 0; i < inner->locks->count + inner->locks->maybe_count && count < MAX_RACE_LOCKS; i++) {
        struct race_lock lock = inner->locks->items[i];
        if (!is_of_one_call(c.callee, &lock) && decide(&c, &lock))
            locks[count++] = translate(&c, lock);
    }
    bool is_around = in_own_thread && inner->runs_in == 0;
    for (uint32_t i = 0; is_around && i < here->count && count < MAX_RACE_LOCKS; i++)
        if (!is_let_go(&c, &here->held[i]))
            locks[count++] = of_caller(&c, &here->held[i]);
    for (uint32_t i = 0; is_around && i < here->maybe_count && count < MAX_RACE_LOCKS; i++)
        if (!is_let_go(&c, &here->maybe[i]))
            locks[count++] = of_caller(&c, &here->maybe[i]);
    return kept(program, locks, count);
}

bool race_locks_equal(const struct race_locks *a, const struct race_locks *b)
{
    if (a == b)
        return true;
    if (a->count != b->count || a->maybe_count != b->maybe_count)
        return false;
    for (uint32_t i = 0; i < a->count + a->maybe_count; i++) {
        const struct race_lock *x = &a->items[i], *y = &b->items[i];
        if (x->locks != y->locks || x->record != y->record || x->field != y->field || x->beside != y->beside ||
            x->exact != y->exact || x->index != y->index || x->is_stray != y->is_stray || x->if_zero != y->if_zero || x->if_nonzero != y->if_nonzero || x->shared != y->shared || x->has_element != y->has_element || x->element != y->element)
            return false;
    }
    return true;
}

/*
 * `lock(&m[i]); v[i - 1]++` against `lock(&m[i]); v[i]++`: the same element of v, but not of m. Tried out with small
 * numbers for what both indices are computed from.
 */
static bool guard_one_element_differently(const struct race_access *a, const struct race_lock *la, const struct race_access *b,
                                          const struct race_lock *lb)
{
    if (!a->index || !b->index || !la->index || !lb->index || la->fn != a->fn || lb->fn != b->fn)
        return false;
    for (int64_t i = 1; i <= 3; i++)
        for (int64_t k = 1; k <= 3; k++) {
            const struct value *leaf_a = NULL, *leaf_b = NULL;
            int64_t element_a, element_b, lock_a, lock_b;
            if (!race_index_at(a->index, i, &leaf_a, &element_a) || !race_index_at(la->index, i, &leaf_a, &lock_a) ||
                !race_index_at(b->index, k, &leaf_b, &element_b) || !race_index_at(lb->index, k, &leaf_b, &lock_b))
                return false;
            if (element_a == element_b && lock_a != lock_b)
                return true;
        }
    return false;
}

static bool same_lock(const struct race_lock *a, const struct race_lock *b)
{
    if (a->beside && a->beside == b->beside)
        return true;
    if (a->is_stray || b->is_stray)
        return false;
    for (uint32_t i = 0; i < a->locks->count; i++)
        if (origin_set_has(b->locks, a->locks->items[i]))
            return !(a->has_element && b->has_element && a->element != b->element);
    if (a->locks->count > 0 && b->locks->count > 0)
        return false;
    return !a->record || !b->record || (a->record == b->record && a->field == b->field);
}

bool race_locks_in_common(const struct race_access *a, const struct race_access *b)
{
    for (uint32_t i = 0; i < a->locks->count; i++)
        for (uint32_t k = 0; k < b->locks->count; k++) {
            const struct race_lock *x = &a->locks->items[i], *y = &b->locks->items[k];
            if (!(x->shared && y->shared) && same_lock(x, y) && !guard_one_element_differently(a, x, b, y))
                return true;
        }
    return false;
}
