/*
 * Two locks of one class are taken one after the other: what says which comes first? `transfer(a, b)` that locks a and
 * then b meets `transfer(b, a)`, unless a comparison of the two decides.
 */
#include "analysis/context.h"
#include "analysis/locks/guard_facts.h"
#include "analysis/locks/lock_order.h"

static bool has_part(const struct value *v, const struct value *part)
{
    if (!v)
        return false;
    return v == part || has_part(v->base, part) || has_part(v->operand, part);
}

/* What tells this lock from another of its class: the pointer, or the index, that leads to it. */
static const struct value *identity(const struct value *address)
{
    const struct value *v = value_without_casts(address);
    while (v && v->kind == VALUE_FIELD)
        v = value_without_casts(v->base);
    if (v && v->kind == VALUE_ELEMENT && v->operand && v->operand->kind != VALUE_CONST)
        v = value_without_casts(v->operand);
    return v;
}

/* The comparison speaks of this lock: of its address, its index, or of something in the object that it is in. */
static bool speaks_of(const struct value *side, const struct value *lock)
{
    side = value_without_casts(side);
    if (side->kind == VALUE_CONST)
        return false;
    return has_part(lock, side) || has_part(side, identity(lock));
}

struct comparison {
    enum ir_binary_op op;
    const struct value *left, *right;
    const struct value *whole;
};

static bool comparison_at(struct guard_function *f, uint32_t block, struct comparison *ret)
{
    const struct ir_terminator *term = &f->fn->blocks[block].terminator;
    if (term->kind != IR_TERM_BRANCH)
        return false;
    struct flow_point at = {block, f->fn->blocks[block].statement_count};
    const struct value *v = value_without_casts(value_of_operand(f->values, at, &term->condition));
    if (!v || v->kind != VALUE_BINARY)
        return false;
    *ret = (struct comparison){(enum ir_binary_op)v->op, v->base, v->operand, v};
    return true;
}

static bool is_relational(enum ir_binary_op op)
{
    return op == IR_LT || op == IR_LE || op == IR_GT || op == IR_GE;
}

/* +1: only the true side of the branch leads to the block, -1: only the false one, 0: both may. */
static int side_of(const struct guard_function *f, uint32_t branch, uint32_t block)
{
    const struct ir_terminator *term = &f->fn->blocks[branch].terminator;
    const struct cfg *cfg = f->origins->cfg;
    bool on_true = term->target == block || cfg_dominates(cfg, term->target, block);
    bool on_false = term->otherwise == block || cfg_dominates(cfg, term->otherwise, block);
    return on_true == on_false ? 0 : on_true ? 1 : -1;
}

/* What a branch asks, and whether its true side means that this is not 0; NULL: a comparison of something else. */
static const struct value *asked_at(const struct guard_function *f, uint32_t block, bool *ret_nonzero)
{
    const struct ir_terminator *term = &f->fn->blocks[block].terminator;
    struct flow_point at = {block, f->fn->blocks[block].statement_count};
    const struct value *v = value_without_casts(value_of_operand(f->values, at, &term->condition));
    *ret_nonzero = true;
    for (; v; v = value_without_casts(v->base)) {
        bool with_zero = v->kind == VALUE_BINARY && v->operand->kind == VALUE_CONST && v->operand->number == 0;
        if (v->kind == VALUE_UNARY && v->op == IR_NOT)
            *ret_nonzero = !*ret_nonzero;
        else if (with_zero && (v->op == IR_EQ || v->op == IR_NE))
            *ret_nonzero ^= v->op == IR_EQ;
        else
            break;
    }
    return v;
}

bool branches_are_opposed(const struct guard_function *f, uint32_t one, uint32_t other)
{
    const struct cfg *cfg = f->origins->cfg;
    uint32_t at[] = {cfg->idom[one], cfg->idom[other]}, block[] = {one, other};
    const struct value *asked[2];
    bool nonzero[2];
    for (int i = 0; i < 2; i++) {
        if (block[i] == 0 || f->fn->blocks[at[i]].terminator.kind != IR_TERM_BRANCH)
            return false;
        int side = side_of(f, at[i], block[i]);
        asked[i] = asked_at(f, at[i], &nonzero[i]);
        if (side == 0 || !asked[i])
            return false;
        nonzero[i] ^= side < 0;
    }
    return at[0] != at[1] && asked[0] == asked[1] && asked[0]->kind == VALUE_PARAM && nonzero[0] != nonzero[1];
}

/* `if (a < b) { lock(a); lock(b); } else { lock(b); lock(a); }` */
static enum order_rank by_comparison(struct guard_function *f, uint32_t block, const struct value *held,
                                     const struct value *taken)
{
    const struct cfg *cfg = f->origins->cfg;
    for (uint32_t b = block; b != 0;) {
        b = cfg->idom[b];
        struct comparison c;
        if (!comparison_at(f, b, &c))
            continue;
        int side = side_of(f, b, block);
        bool forward = speaks_of(c.left, held) && speaks_of(c.right, taken);
        bool backward = speaks_of(c.right, held) && speaks_of(c.left, taken);
        if (side == 0 || forward == backward || !is_relational(c.op))
            continue;
        bool less = c.op == IR_LT || c.op == IR_LE;
        bool held_is_first = (less == (side > 0)) == forward;
        return held_is_first ? RANK_ASCENDING : RANK_DESCENDING;
    }
    return RANK_NONE;
}

/* `if (strcmp(a->name, b->name) < 0)`, `if (comes_first(a, b))`: a function decides, and is believed. */
static bool by_function(struct guard_function *f, uint32_t block, const struct value *held, const struct value *taken)
{
    const struct cfg *cfg = f->origins->cfg;
    for (uint32_t b = block; b != 0;) {
        b = cfg->idom[b];
        const struct ir_terminator *term = &f->fn->blocks[b].terminator;
        if (term->kind != IR_TERM_BRANCH || side_of(f, b, block) == 0)
            continue;
        struct flow_point at = {b, f->fn->blocks[b].statement_count};
        const struct value *v = value_without_casts(value_of_operand(f->values, at, &term->condition));
        while (v && (v->kind == VALUE_BINARY || v->kind == VALUE_UNARY))
            v = v->base;
        if (!v || v->kind != VALUE_CALL)
            continue;
        const struct ir_call *call = f->fn->blocks[v->index].terminator.call;
        at = (struct flow_point){v->index, f->fn->blocks[v->index].statement_count};
        bool of_held = false, of_taken = false;
        for (uint32_t i = 0; i < call->arg_count; i++) {
            const struct value *given = value_of_operand(f->values, at, &call->args[i]);
            of_held |= speaks_of(given, held);
            of_taken |= speaks_of(given, taken);
        }
        if (of_held && of_taken)
            return true;
    }
    return false;
}

/* Somewhere on the other side of the branch the same two are taken the other way round. */
static bool is_reversed_beyond(const struct guard_function *f, uint32_t branch, int side, const struct value *held,
                               const struct value *taken)
{
    for (guint i = 0; i < f->calls->len; i++) {
        const struct guard_call *call = &g_array_index(f->calls, struct guard_call, i);
        if (!call->acquires || call->value != held || side_of(f, branch, call->block) != -side)
            continue;
        for (guint k = 0; k < f->moments->len; k++) {
            const struct guard_moment *moment = &g_array_index(f->moments, struct guard_moment, k);
            for (uint32_t n = 0; moment->block == call->block && n < moment->count; n++)
                if (moment->held[n].value == taken)
                    return true;
        }
    }
    return false;
}

/* `if (i % 2) { lock(left); lock(right); } else { lock(right); lock(left); }`: neighbours differ, and that is meant. */
static bool by_parity(struct guard_function *f, uint32_t block, const struct value *held, const struct value *taken)
{
    const struct cfg *cfg = f->origins->cfg;
    for (uint32_t b = block; b != 0;) {
        b = cfg->idom[b];
        struct comparison c;
        int side = comparison_at(f, b, &c) ? side_of(f, b, block) : 0;
        bool of_either = side != 0 && (has_part(c.whole, identity(held)) || has_part(c.whole, identity(taken)));
        if (of_either && is_reversed_beyond(f, b, side, held, taken))
            return true;
    }
    return false;
}

/* A value that was chosen on the way: where the choice was made; CFG_NONE: none was. */
static uint32_t chosen_in(const struct guard_function *f, const struct value *v)
{
    const struct value *who = identity(v);
    if (!who || who->kind != VALUE_PHI)
        return CFG_NONE;
    const struct cfg *cfg = f->origins->cfg;
    if (cfg->loop_of[who->index] != CFG_NONE && cfg->loops[cfg->loop_of[who->index]].head == who->index)
        return CFG_NONE; /* the variable of a loop */
    return who->index;
}

/* `first = a < b ? a : b; second = ...`, `if (a > b) swap`: that there is a comparison shows that it is meant. */
static bool is_chosen(struct guard_function *f, const struct value *held, const struct value *taken)
{
    uint32_t where[] = {chosen_in(f, held), chosen_in(f, taken)};
    for (int i = 0; i < 2; i++) {
        struct comparison c;
        if (where[i] == CFG_NONE || where[i] == 0 || !comparison_at(f, f->origins->cfg->idom[where[i]], &c))
            return false;
    }
    return true;
}

/* What a node's own field leads to, if that is a node, too: `n->next`. */
static bool is_next_node(const struct value *who)
{
    const struct ir_type *type = who->type;
    return who->base->kind == VALUE_FIELD && type && type->kind == IR_TYPE_POINTER &&
           type->target->unqualified->kind == IR_TYPE_RECORD && type->target->record == who->base->record;
}

/*
 * `p->next->lock` while `p->lock` is held; or it is no longer known who holds, but one comes from the other's kind: a walk
 * holds the lock of the node before.
 */
static bool is_link(const struct value *held, const struct value *taken)
{
    const struct value *who = identity(taken), *from = held ? identity(held) : NULL;
    if (!who)
        return false;
    if (who->kind == VALUE_LOAD && who->base) {
        const struct value *object = value_without_casts(value_root(who->base));
        return from ? object == from || has_part(who->base, from) || is_next_node(who) : who->base->kind == VALUE_FIELD;
    }
    return false;
}

enum order_rank lock_rank(struct guard_function *f, uint32_t block, const struct value *held, const struct value *taken)
{
    if (!taken)
        return RANK_NONE;
    if (is_link(held, taken))
        return RANK_CHOSEN;
    if (!held)
        return RANK_NONE;
    enum order_rank rank = by_comparison(f, block, held, taken);
    if (rank != RANK_NONE)
        return rank;
    return is_chosen(f, held, taken) || by_function(f, block, held, taken) || by_parity(f, block, held, taken) ? RANK_CHOSEN : RANK_NONE;
}
