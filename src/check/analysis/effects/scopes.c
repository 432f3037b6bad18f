/*
 * Threads of an fl_scope borrow what they are given from their start to their join, or to the end of the scope. Between
 * those two nobody else may write what such a thread uses, nor use what it writes (E0499, E0502, E0505, E0506), and nothing
 * that it borrows may go out of scope (E0597).
 *
 * Forward may-analysis. State: the starts whose thread may be running, and those whose handle is still in the variable
 * it was put in. Order: subset of bits. Join: union. Height: 2 x 64. Starts, joins and ends of scopes are calls, so one
 * state per block is all there is. What a thread touches says its function's summary, seen from the start.
 */
#include <string.h>

#include "analysis/effects/effect_locks.h"
#include "analysis/effects/effects.h"
#include "analysis/effects/scope_parts.h"
#include "analysis/effects/scope_report.h"
#include "analysis/origins/origin_parts.h"

enum { MAX_STARTS = 64 };

struct start {
    uint32_t block;
    const struct ir_terminator *term;
    uint32_t handle;       /* the local its handle goes to, UINT32_MAX: none */
    const struct origin *scope; /* the variable of the scope */
    bool is_helper;        /* a function of the program that starts threads in a scope that it is given */
    GArray *touched;       /* of struct touched */
};
struct touched {
    struct memory_effect effect; /* in the origins of the function that starts the thread */
    struct part part;
    bool is_unseen_write;  /* by a function out of view, which may lock: but what it writes must be there */
};

struct facts {
    uint64_t live, held;
};

struct scopes {
    struct effect_program *program;
    const struct ir_function *fn;
    struct origins *origins;
    const struct cfg *cfg;
    struct scope_words words;
    GArray *starts;      /* of struct start */
    struct facts *at;    /* by block: at its start */
    uint64_t *ended;     /* by block: starts of the scope that ends there */
    uint32_t *joined;    /* by block: the local whose handle is joined there, UINT32_MAX: none */
    bool judging_writes;      /* first, so that x++ is told of as an assignment */
    struct start *finding_of; /* while its effects are collected */
};

static struct start *start_at(const struct scopes *s, guint i)
{
    return &g_array_index(s->starts, struct start, i);
}

/* ------------------------------------------------------------------------------------------- parts */

/* The argument of the effect's call through which it gets where it goes. */
static struct part part_of_effect(const struct scopes *s, const struct memory_effect *effect)
{
    if (!effect->call)
        return part_of_access(s->fn, effect->place);
    unsigned followed = 0; /* pointers: the argument tells a part of what it points to, nothing of what is behind that */
    for (const struct origin *at = effect->inner ? effect->inner->origin : NULL; at; at = at->parent)
        followed += at->kind == ORIGIN_DEREF || at->kind == ORIGIN_OWNED;
    for (uint32_t i = 0; followed <= 1 && i < effect->call->arg_count; i++)
        if (span_equal(effect->call->args[i].span, effect->span))
            return part_of_operand(s->fn, &effect->call->args[i]);
    return (struct part){.kind = PART_SOME};
}

/* ----------------------------------------------------------------------------------------- overlap */

static bool is_in_an_array(const struct scopes *s, const struct origin *origin)
{
    for (const struct origin *at = origin; at; at = at->parent) {
        const struct ir_type *type = origin_type(s->origins, at);
        if (type && type->kind == IR_TYPE_ARRAY)
            return true;
        if (at->kind == ORIGIN_DEREF || at->kind == ORIGIN_OWNED)
            return false;
    }
    return false;
}

/* What a variable owns, a box or a text, is one piece of memory as long as nothing else is put there. */
static bool is_filled_once(const struct ir_function *fn, uint32_t local)
{
    unsigned writes = 0;
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_terminator *term = &fn->blocks[b].terminator;
        for (uint32_t i = 0; i < fn->blocks[b].statement_count; i++) {
            const struct ir_statement *st = &fn->blocks[b].statements[i];
            writes += (st->kind == IR_ST_ASSIGN || st->kind == IR_ST_ZERO) && st->place.base == IR_BASE_LOCAL &&
                      st->place.base_index == local && !ir_place_has_deref(&st->place);
        }
        writes += term->kind == IR_TERM_CALL && term->call->has_dest && term->call->dest.base == IR_BASE_LOCAL &&
                  term->call->dest.base_index == local && !ir_place_has_deref(&term->call->dest);
    }
    return writes <= 1;
}

/* The same memory in every pass, for all that is known: a variable, what a parameter leads to, what one call has returned. */
static bool is_one_object(const struct scopes *s, const struct origin *origin)
{
    const struct origin *at = origin;
    while (at->kind == ORIGIN_FIELD)
        at = at->parent;
    if (at->kind == ORIGIN_LOCAL || at->kind == ORIGIN_GLOBAL)
        return true;
    if (at->kind == ORIGIN_CALL)
        return s->cfg->loop_of[at->index] == CFG_NONE;
    if (at->kind != ORIGIN_DEREF && at->kind != ORIGIN_OWNED)
        return false;
    bool is_owned = at->kind == ORIGIN_OWNED;
    for (at = at->parent; at->kind == ORIGIN_FIELD;)
        at = at->parent;
    return at->kind == ORIGIN_LOCAL && (!s->origins->reassigned[at->index] || (is_owned && is_filled_once(s->fn, at->index)));
}

static bool overlap(const struct scopes *s, uint32_t from, const struct touched *a, uint32_t to, const struct touched *b)
{
    const struct memory_effect *x = &a->effect, *y = &b->effect;
    if (!origin_is_inside(x->origin, y->origin) && !origin_is_inside(y->origin, x->origin))
        return false;
    if (!is_one_object(s, x->origin))
        return false;
    if (effect_locks_in_common(x->locks, y->locks))
        return false;
    bool in_parts = is_in_an_array(s, x->origin) || is_in_an_array(s, y->origin) || x->strides || y->strides ||
                    a->part.kind != PART_WHOLE || b->part.kind != PART_WHOLE;
    return !in_parts || parts_overlap(s->origins, from, a->part, x->strides, to, b->part, y->strides);
}

/* Threads could each have a part of it. */
static bool is_divisible(const struct scopes *s, const struct memory_effect *effect)
{
    const struct ir_type *type = origin_type(s->origins, effect->origin);
    return is_in_an_array(s, effect->origin) || (effect->strides && !effect->is_guess) || (type && type->kind == IR_TYPE_ARRAY);
}

/* ---------------------------------------------------------------------------------- what threads touch */

static bool is_worth_keeping(const struct scopes *s, const struct memory_effect *effect)
{
    const struct origin *root = origin_root(effect->origin);
    if (root->kind == ORIGIN_GLOBAL && effect->in_thread && !effect->is_lent)
        return false; /* E0133's */
    return (root->kind == ORIGIN_LOCAL || root->kind == ORIGIN_GLOBAL || root->kind == ORIGIN_CALL) &&
           !effect_is_synchronised(s->origins, effect);
}

/* What the thread has been given for good is its own. */
static bool is_given_away(const struct ir_call *call, const struct origin *origin)
{
    for (uint32_t i = 0; origin_root(origin)->kind == ORIGIN_LOCAL && i < call->arg_count; i++)
        if (call->args[i].kind == IR_OPERAND_MOVE && call->args[i].place.base == IR_BASE_LOCAL &&
            call->args[i].place.base_index == origin_root(origin)->index)
            return true;
    return false;
}

static void keep_touched(void *ctx, const struct memory_effect *effect)
{
    struct scopes *s = ctx;
    struct start *start = s->finding_of;
    if (start->is_helper && !(effect->in_thread && effect->is_lent))
        return; /* what the helper does itself is over when it returns */
    if (!is_worth_keeping(s, effect) || is_given_away(start->term->call, effect->origin))
        return;
    struct touched touched = {*effect, part_of_effect(s, effect), effect->is_guess && effect->writes};
    touched.effect.writes &= !touched.is_unseen_write;
    g_array_append_val(start->touched, touched);
}

/* The scope that a function of the program is given, to start threads in; NULL: none. */
static const struct ir_operand *scope_for_helper(const struct ir_call *call)
{
    if (call->mode != IR_CALL_PLAIN || !call->callee || !call->callee->has_body || call->callee->in_system_header)
        return NULL;
    for (uint32_t i = 0; i < call->arg_count; i++) {
        const struct ir_type *type = call->args[i].type;
        if (call->args[i].kind != IR_OPERAND_CONST && type->kind == IR_TYPE_POINTER &&
            type->target->unqualified->kind == IR_TYPE_RECORD && (type->target->unqualified->record->traits & IR_TRAIT_SCOPE))
            return &call->args[i];
    }
    return NULL;
}

static void find_starts(struct scopes *s)
{
    const struct call_sites *calls = &effect_analysis(s->program)->callgraph->calls[s->fn->index];
    for (uint32_t i = 0; i < calls->count && s->starts->len < MAX_STARTS; i++) {
        const struct ir_call *call = calls->items[i].call;
        uint32_t block = calls->items[i].block;
        const struct ir_operand *in = call->mode == IR_CALL_SPAWN_SCOPED ? &call->scope : scope_for_helper(call);
        if (!in || !cfg_reachable(s->cfg, block))
            continue;
        const struct ir_terminator *term = &s->fn->blocks[block].terminator;
        struct flow_point at = {block, s->fn->blocks[block].statement_count};
        const struct origin_set *scope = origins_value(s->origins, origins_state(s->origins, at), in);
        if (scope == s->origins->null_set)
            continue; /* no scope */
        struct start start = {
            .block = block,
            .term = term,
            .handle = call->has_dest && call->dest.base == IR_BASE_LOCAL ? call->dest.base_index : UINT32_MAX,
            .scope = scope->count == 1 ? scope->items[0] : NULL,
            .is_helper = call->mode == IR_CALL_PLAIN,
            .touched = g_array_new(FALSE, FALSE, sizeof(struct touched)),
        };
        s->finding_of = &start;
        effects_of_call(s->program, s->fn, block, keep_touched, s);
        if (start.is_helper && start.touched->len == 0)
            g_array_free(start.touched, TRUE);
        else
            g_array_append_val(s->starts, start);
    }
}

/* ------------------------------------------------------------------------------- when threads are live */

static void find_ends(struct scopes *s)
{
    const struct call_sites *calls = &effect_analysis(s->program)->callgraph->calls[s->fn->index];
    for (uint32_t i = 0; i < calls->count; i++) {
        const struct ir_call *call = calls->items[i].call;
        uint32_t block = calls->items[i].block;
        if (call->mode != IR_CALL_PLAIN || !call->callee || !cfg_reachable(s->cfg, block))
            continue;
        struct flow_point at = {block, s->fn->blocks[block].statement_count};
        const struct origin_state *state = origins_state(s->origins, at);
        bool ends_scope = ir_note(call->callee->notes, "scope.end") && call->arg_count > 0;
        if (ends_scope) {
            const struct origin_set *scope = origins_value(s->origins, state, &call->args[0]);
            for (guint k = 0; k < s->starts->len; k++)
                if (!start_at(s, k)->scope || origin_set_has(scope, start_at(s, k)->scope))
                    s->ended[block] |= UINT64_C(1) << k;
            continue;
        }
        /* the library's joins wait and take the handle; a function of the program that is given one may join it */
        for (uint32_t a = 0; a < call->arg_count; a++) {
            if (call->args[a].kind == IR_OPERAND_CONST)
                continue;
            bool takes = a < call->callee->type->param_count && ir_note(call->callee->params[a].notes, "moved");
            if (call->callee->in_system_header && !(takes && ir_note(call->callee->notes, "blocks")))
                continue;
            const struct ir_place *place = &call->args[a].place;
            const struct origin_set *set = place->type->kind == IR_TYPE_HANDLE ? origins_place(s->origins, state, place)
                                                                               : origins_value(s->origins, state, &call->args[a]);
            for (uint32_t k = 0; k < set->count; k++)
                if (origin_root(set->items[k])->kind == ORIGIN_LOCAL)
                    for (guint n = 0; n < s->starts->len; n++)
                        if (start_at(s, n)->handle == origin_root(set->items[k])->index)
                            s->joined[block] = start_at(s, n)->handle;
        }
    }
}

static struct facts after(const struct scopes *s, uint32_t block)
{
    struct facts facts = s->at[block];
    facts.live &= ~s->ended[block];
    for (guint i = 0; i < s->starts->len; i++) {
        const struct start *start = start_at(s, i);
        uint64_t bit = UINT64_C(1) << i;
        if (s->joined[block] == start->handle && start->handle != UINT32_MAX && (facts.held & bit))
            facts.live &= ~bit;
    }
    for (guint i = 0; i < s->starts->len; i++) {
        const struct start *start = start_at(s, i);
        if (start->block != block)
            continue;
        /* one variable holds one handle, an array many */
        if (start->handle != UINT32_MAX && start->term->call->dest.projection_count == 0)
            for (guint k = 0; k < s->starts->len; k++)
                if (start_at(s, k)->handle == start->handle)
                    facts.held &= ~(UINT64_C(1) << k);
        facts.live |= UINT64_C(1) << i;
        facts.held |= UINT64_C(1) << i;
    }
    return facts;
}

static void run(struct scopes *s)
{
    for (bool again = true; again;) {
        again = false;
        for (uint32_t k = 0; k < s->cfg->order_count; k++) {
            uint32_t block = s->cfg->order[k];
            struct facts out = after(s, block);
            for (uint32_t i = 0; i < s->cfg->successors[block].count; i++) {
                struct facts *next = &s->at[s->cfg->successors[block].items[i].to];
                again |= (out.live & ~next->live) || (out.held & ~next->held);
                next->live |= out.live;
                next->held |= out.held;
            }
        }
    }
}

/* ------------------------------------------------------------------------------------------ judging */

/* A variable that each pass of the loop makes anew is another one in each. */
static bool lives_in_the_loop(const struct scopes *s, const struct start *start, const struct origin *origin)
{
    const struct origin *root = origin_root(origin);
    uint32_t loop = s->cfg->loop_of[start->block];
    if (loop == CFG_NONE || root->kind != ORIGIN_LOCAL)
        return false;
    for (uint32_t k = 0; k < s->cfg->order_count; k++) {
        uint32_t block = s->cfg->order[k];
        for (uint32_t i = 0; cfg_loop_contains(s->cfg, loop, block) && i < s->fn->blocks[block].statement_count; i++)
            if (s->fn->blocks[block].statements[i].kind == IR_ST_STORAGE_LIVE &&
                s->fn->blocks[block].statements[i].local == root->index)
                return true;
    }
    return false;
}

static bool conflicts(const struct scopes *s, const struct start *first, const struct touched *a, uint32_t block,
                      const struct touched *b)
{
    return (a->effect.writes || b->effect.writes) && overlap(s, first->block, a, block, b);
}

/* Writes before reads, so that two writers are told of as such. */
static void judge_pair(struct scopes *s, const struct start *first, const struct start *second)
{
    for (int want = 2; want > 0; want--)
        for (guint i = 0; i < first->touched->len; i++)
            for (guint k = 0; k < second->touched->len; k++) {
                const struct touched *a = &g_array_index(first->touched, struct touched, i);
                const struct touched *b = &g_array_index(second->touched, struct touched, k);
                if (a->is_unseen_write || b->is_unseen_write || a->effect.writes + b->effect.writes != want || !conflicts(s, first, a, second->block, b))
                    continue;
                if (first == second && lives_in_the_loop(s, first, a->effect.origin))
                    continue;
                report_scope_pair(&s->words, first->term, &a->effect, &b->effect, first == second,
                                  is_divisible(s, &a->effect));
            }
}

/* What runs beside the threads. */
static void judge_beside(void *ctx, const struct memory_effect *effect)
{
    struct scopes *s = ctx;
    uint64_t live = s->at[effect->at.block].live;
    if (!live || effect->writes != s->judging_writes || !is_worth_keeping(s, effect) || effect->in_thread || (effect->is_guess && effect->writes && !effect->by))
        return;
    struct touched own = {*effect, part_of_effect(s, effect), false};
    for (guint i = 0; i < s->starts->len; i++) {
        const struct start *start = start_at(s, i);
        for (guint k = 0; (live >> i & 1) && k < start->touched->len; k++) {
            const struct touched *theirs = &g_array_index(start->touched, struct touched, k);
            if ((theirs->is_unseen_write && effect->end == EFFECT_KEEPS) ||
                !conflicts(s, start, theirs, effect->at.block, &own) ||
                lives_in_the_loop(s, start, effect->origin))
                continue;
            if (effect->end == EFFECT_FREES || (effect->end != EFFECT_KEEPS && !effect->call))
                report_scope_ended(&s->words, start->term, &theirs->effect, effect);
            else if (effect->writes && !effect->call)
                report_scope_assigned(&s->words, start->term, &theirs->effect, effect);
            else
                report_scope_pair(&s->words, start->term, &theirs->effect, effect, false,
                                  is_divisible(s, &theirs->effect));
        }
    }
}

/* ---- E0597 ---- */

struct lent {
    struct scopes *s;
    const struct start *start;
    const struct ir_operand *arg;
    uint32_t index;
};

/* The helper may do many things with what it is given; the thread that it starts uses this. */
static bool touches(const struct start *start, const struct origin *root)
{
    for (guint i = 0; i < start->touched->len; i++)
        if (origin_root(g_array_index(start->touched, struct touched, i).effect.origin) == root)
            return true;
    return false;
}

static void judge_held(void *ctx, const struct held_pointer *held)
{
    struct lent *lent = ctx;
    struct scopes *s = lent->s;
    for (uint32_t i = 0; i < held->targets->count; i++) {
        const struct origin *root = origin_root(held->targets->items[i]);
        if (root->kind != ORIGIN_LOCAL || (lent->start->is_helper && !touches(lent->start, root)) ||
            !(origin_is_direct(held->targets->items[i]) || origin_is_owned_by_root(held->targets->items[i])) ||
            is_given_away(lent->start->term->call, root))
            continue;
        for (uint32_t k = 0; k < s->cfg->order_count; k++) {
            const struct ir_block *block = &s->fn->blocks[s->cfg->order[k]];
            for (uint32_t n = 0; (s->at[s->cfg->order[k]].live >> lent->index & 1) && n < block->statement_count; n++)
                if (block->statements[n].kind == IR_ST_STORAGE_DEAD && block->statements[n].local == root->index)
                    report_scope_dies_first(&s->words, lent->start->term, lent->arg, root->index, block->statements[n].span);
        }
    }
}

static void judge_lifetimes(struct scopes *s, guint index)
{
    const struct start *start = start_at(s, index);
    struct flow_point at = {start->block, s->fn->blocks[start->block].statement_count};
    const struct origin_state *state = origins_state(s->origins, at);
    for (uint32_t i = 0; i < start->term->call->arg_count; i++) {
        struct lent lent = {s, start, &start->term->call->args[i], index};
        origins_held_by(s->origins, state, lent.arg, judge_held, &lent);
    }
}

void scopes_check(struct effect_program *program, const struct ir_function *fn)
{
    struct analysis *analysis = effect_analysis(program);
    if (fn->in_system_header || !effects_of(program, fn))
        return;
    struct scopes s = {
        .program = program,
        .fn = fn,
        .origins = effect_origins(program, fn),
        .cfg = analysis_cfg(analysis, fn),
        .words = {analysis->sink, effect_origins(program, fn), fn},
        .starts = g_array_new(FALSE, FALSE, sizeof(struct start)),
        .at = g_new0(struct facts, fn->block_count + 1),
        .ended = g_new0(uint64_t, fn->block_count + 1),
        .joined = g_new(uint32_t, fn->block_count + 1),
    };
    memset(s.joined, 0xff, (fn->block_count + 1) * sizeof *s.joined);
    find_starts(&s);
    if (s.starts->len > 0) {
        find_ends(&s);
        run(&s);
        for (guint i = 0; i < s.starts->len; i++)
            for (guint k = 0; k < s.starts->len; k++)
                if (s.at[start_at(&s, k)->block].live >> i & 1)
                    judge_pair(&s, start_at(&s, i), start_at(&s, k));
        s.judging_writes = true;
        effects_walk(program, fn, judge_beside, &s);
        s.judging_writes = false;
        effects_walk(program, fn, judge_beside, &s);
        for (guint i = 0; i < s.starts->len; i++)
            judge_lifetimes(&s, i);
    }
    for (guint i = 0; i < s.starts->len; i++)
        g_array_free(start_at(&s, i)->touched, TRUE);
    g_array_free(s.starts, TRUE);
    g_free(s.at);
    g_free(s.ended);
    g_free(s.joined);
}
