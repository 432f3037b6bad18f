#include "analysis/summary.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/context.h"
#include "analysis/moves/moves_state.h"

/* --------------------------------------------------------------------------------------- annotations */

/* `nonnull`, `0`, `!0`, `3`: the condition after moved_if, out_if, acquires_if. */
static struct effect conditional_effect(const char *text)
{
    struct effect effect = { .when = EFFECT_IF, .op = IR_EQ };
    if (strcmp(text, "nonnull") == 0) {
        effect.op = IR_NE;
    } else if (text[0] == '!') {
        effect.op = IR_NE;
        effect.value = strtoll(text + 1, NULL, 0);
    } else {
        effect.value = strtoll(text, NULL, 0);
    }
    return effect;
}

static struct effect effect_of_notes(const char *const *notes, const char *always, const char *conditionally)
{
    const char *text;
    if (ir_note(notes, always))
        return (struct effect){ .when = EFFECT_ALWAYS };
    if ((text = ir_note(notes, conditionally)))
        return conditional_effect(text);
    return (struct effect){ .when = EFFECT_NEVER };
}

/*
 * `gives:0,1,2`: all that a function can return. What has not happened when the result is none of the others has:
 * `if (s == FL_EMPTY || s == FL_CLOSED) return;`
 */
static void bound_by_results(struct effect *effect, const char *gives)
{
    if (effect->when != EFFECT_IF || effect->op != IR_EQ || !gives)
        return;
    effect->has_bounds = true;
    effect->low = effect->high = effect->value;
    effect->else_low = INT64_MAX;
    effect->else_high = INT64_MIN;
    for (const char *at = gives; *at;) {
        char *end;
        int64_t number = strtoll(at, &end, 0);
        if (number != effect->value) {
            effect->else_low = MIN(effect->else_low, number);
            effect->else_high = MAX(effect->else_high, number);
        }
        at = *end ? end + 1 : end;
    }
}

static bool is_pointer_type(const struct ir_type *type)
{
    return type && type->unqualified->kind == IR_TYPE_POINTER;
}

/* `gives`: all results of the function, or NULL. */
static struct param_summary param_from_notes(const struct ir_type *type, const char *const *notes, const char *gives)
{
    struct param_summary param = { .overwrites = true, .sent = ir_note(notes, "sent") != NULL };
    struct effect moved = effect_of_notes(notes, "moved", "moved_if");
    bound_by_results(&moved, gives);
    if (is_pointer_type(type) && !ir_note(notes, "free"))
        param.moved = moved;
    else
        param.consumed = moved;
    if (ir_note(notes, "free"))
        param.freed = moved.when == EFFECT_NEVER ? (struct effect){ .when = EFFECT_ALWAYS } : moved;
    param.initialised = effect_of_notes(notes, "out", "out_if");
    bound_by_results(&param.initialised, gives);
    param.reads = param.initialised.when == EFFECT_NEVER;
    return param;
}

void summary_from_notes(struct analysis *analysis, const struct ir_function *fn)
{
    struct summary *summary = &analysis->summaries[fn->index];
    uint32_t count = (uint32_t)fn->type->param_count;
    summary->params = ARENA_ARRAY(analysis->unit->arena, struct param_summary, count + 1);
    summary->param_count = count;
    summary->result_borrows = ir_note(fn->notes, "result.borrows") != NULL;
    for (uint32_t i = 0; i < count; i++)
        summary->params[i] = param_from_notes(fn->type->params[i], fn->params[i].notes, ir_note(fn->notes, "gives"));
}

struct param_summary summary_argument(const struct analysis *analysis, const struct ir_call *call, uint32_t index)
{
    if (call->callee) {
        const struct summary *summary = &analysis->summaries[call->callee->index];
        if (index < summary->param_count)
            return summary->params[index];
    }
    if (!call->callee && call->pointer_params && call->pointer_params[index].notes[0])
        return param_from_notes(call->args[index].type, call->pointer_params[index].notes, NULL);
    return (struct param_summary){ .reads = true };
}

/* The functions that a local pointer is ever set to. */
struct targets {
    uint32_t items[8];
    uint32_t count;
};

static bool find_targets(const struct ir_function *fn, uint32_t local, unsigned depth, struct targets *ret)
{
    if (depth == 0 || fn->locals[local].kind == IR_LOCAL_PARAM || fn->locals[local].address_taken)
        return false;
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        const struct ir_call *call = block->terminator.kind == IR_TERM_CALL ? block->terminator.call : NULL;
        if (call && call->has_dest && call->dest.base == IR_BASE_LOCAL && call->dest.base_index == local)
            return false;
        for (uint32_t s = 0; s < block->statement_count; s++) {
            const struct ir_statement *st = &block->statements[s];
            if (st->kind == IR_ST_STORAGE_LIVE || st->kind == IR_ST_STORAGE_DEAD || st->place.base != IR_BASE_LOCAL ||
                st->place.base_index != local)
                continue;
            const struct ir_rvalue *value = &st->value;
            const struct ir_place *from = value->kind == IR_RV_ADDRESS_OF ? &value->place : NULL;
            if (value->kind == IR_RV_USE && value->operands[0].kind == IR_OPERAND_COPY)
                from = &value->operands[0].place;
            if (st->kind != IR_ST_ASSIGN || !from || from->projection_count > 0 || ret->count == G_N_ELEMENTS(ret->items))
                return false;
            if (value->kind == IR_RV_ADDRESS_OF && from->base == IR_BASE_FUNCTION)
                ret->items[ret->count++] = from->base_index;
            else if (value->kind != IR_RV_USE || from->base != IR_BASE_LOCAL ||
                     !find_targets(fn, from->base_index, depth - 1, ret))
                return false;
        }
    }
    return ret->count > 0;
}

/*
 * A call through a pointer that is only ever set to functions of this file does what they do: the one that it has here,
 * or all of them, if they agree that they take the argument over.
 */
struct param_summary summary_argument_at(const struct analysis *analysis, struct values *values, struct flow_point at,
                                         const struct ir_call *call, uint32_t index)
{
    struct param_summary known = summary_argument(analysis, call, index);
    const struct ir_type *given = call->args[index].type;
    if (call->callee || (call->pointer_params && call->pointer_params[index].notes[0]) || !given ||
        !ir_type_contains_owned(is_pointer_type(given) ? given->unqualified->target : given))
        return known;
    struct targets targets = { .count = 0 };
    const struct value *pointer = value_of_operand(values, at, &call->pointer);
    const struct ir_place *place = call->pointer.kind == IR_OPERAND_COPY ? &call->pointer.place : NULL;
    if (pointer->kind == VALUE_FUNCTION)
        targets.items[targets.count++] = pointer->index;
    else if (!place || place->base != IR_BASE_LOCAL || place->projection_count > 0 ||
             !find_targets(values_function(values), place->base_index, 4, &targets))
        return known;
    for (uint32_t t = 0; t < targets.count; t++) {
        const struct summary *summary = &analysis->summaries[targets.items[t]];
        if (index >= summary->param_count)
            return known;
        const struct param_summary *one = &summary->params[index];
        if (targets.count > 1 && one->consumed.when != EFFECT_ALWAYS && one->moved.when != EFFECT_ALWAYS)
            return known;
    }
    return analysis->summaries[targets.items[0]].params[index];
}

/* ------------------------------------------------------------------------------------- from the body */

struct pointee {
    const struct ir_function *fn;
    struct param_summary *param;
    GArray *results;  /* of struct outcome */
    struct span moved_at;
};

/* What is known of the result on one way out: enough to try the usual predicates. */
enum { PREDICATE_COUNT = 8 };
static const struct {
    enum ir_binary_op op;
    int64_t value;
} predicates[PREDICATE_COUNT] = {
    { IR_EQ, 0 }, { IR_NE, 0 }, { IR_EQ, 1 }, { IR_NE, 1 }, { IR_LT, 0 }, { IR_GE, 0 }, { IR_GT, 0 }, { IR_LE, 0 },
};

struct outcome {
    uint32_t bits;
    int64_t low, high; /* of the result */
    int holds[PREDICATE_COUNT];
};

static void add_outcome(struct pointee *pointee, struct path *path, uint32_t bits)
{
    struct outcome outcome = { .bits = bits };
    const struct ir_type *type = pointee->fn->locals[0].type;
    struct ir_operand result = {
        .kind = IR_OPERAND_COPY,
        .place = { .base = IR_BASE_LOCAL, .type = type },
        .type = type,
    };
    for (unsigned p = 0; p < PREDICATE_COUNT; p++)
        outcome.holds[p] = path_test(path, &result, predicates[p].op, predicates[p].value);
    path_bounds(path, &result, &outcome.low, &outcome.high);
    g_array_append_val(pointee->results, outcome);
}

/* `t->s = NULL; t->n = 0;`: every field has got a value, so the whole has. */
static bool filled_by_fields(const struct move_simulation *sim, const struct move_fact *facts)
{
    const struct move_node *root = move_node(sim->paths, sim->root, 0);
    if (!root->type || root->type->unqualified->kind != IR_TYPE_RECORD || !(facts[0].bits & MOVE_ENTRY))
        return false;
    size_t filled = 0;
    for (uint32_t child = root->first_child; child != MOVE_NODE_NONE;
         child = move_node(sim->paths, sim->root, child)->next_sibling)
        filled += !(facts[child].bits & MOVE_ENTRY);
    return filled > 0 && filled == root->type->unqualified->record->field_count;
}

/* A value that must be dropped, or new memory, in a field of the pointee or in an array that is one. */
static bool stores_what_owns(const struct move_event *event)
{
    if (event->kind != MOVE_EVENT_ASSIGN || event->source != MOVE_SOURCE_OWNED ||
        (event->ref.node == 0 && event->ref.is_exact))
        return false;
    const struct ir_type *type = event->type;
    bool to_owned = type && type->unqualified->kind == IR_TYPE_POINTER && type->unqualified->target &&
                    ir_type_contains_owned(type->unqualified->target);
    return to_owned || (type && ir_type_is_owned(type));
}

static void visit_pointee(void *ctx, const struct move_simulation *sim, struct path *path, uint32_t index,
                          const struct move_fact *facts)
{
    struct pointee *pointee = ctx;
    const struct move_event *event = move_event(sim->events, index);
    uint32_t bits = facts[event->ref.node].bits;
    switch (event->kind) {
    case MOVE_EVENT_READ:
    case MOVE_EVENT_BORROW:
    case MOVE_EVENT_COPY:
        if (bits & MOVE_ENTRY)
            pointee->param->reads = true;
        break;
    case MOVE_EVENT_LEND:
        if (bits & MOVE_ENTRY)
            pointee->param->reads = true;
        break;
    case MOVE_EVENT_MOVE:
    case MOVE_EVENT_CONSUME:
    case MOVE_EVENT_DROP:
        if (bits & MOVE_ENTRY)
            pointee->param->reads = true;
        if (event->ref.node == 0 && event->ref.is_exact && span_is_none(pointee->moved_at))
            pointee->moved_at = event->span;
        break;
    case MOVE_EVENT_ASSIGN:
    case MOVE_EVENT_ZERO:
    case MOVE_EVENT_INIT:
        if ((bits & MOVE_ENTRY) && event->ref.is_exact)
            pointee->param->overwrites = true;
        pointee->param->fills |= stores_what_owns(event);
        break;
    case MOVE_EVENT_RETURN:
        /* `v->items = realloc(v->items, ...); v->len++;` makes the old value larger, not a new one */
        add_outcome(pointee, path,
                    !pointee->param->reads && filled_by_fields(sim, facts) ? MOVE_UNKNOWN : facts[0].bits);
        break;
    default:
        break;
    }
}

static bool is_emptied(uint32_t bits)
{
    return bits != 0 && !(bits & ~(uint32_t)(MOVE_MOVED | MOVE_DROPPED));
}

static bool is_filled(uint32_t bits)
{
    return bits != 0 && !(bits & ~(uint32_t)(MOVE_OWNS | MOVE_UNKNOWN | MOVE_EMPTY | MOVE_PARTLY));
}

static bool is_empty(uint32_t bits)
{
    return bits == MOVE_EMPTY;
}

/* `return -1` and `return 0`: on one way the result is -1 and nothing else, on the other 0. */
static void find_bounds(struct effect *effect, const GArray *outcomes, bool (*test)(uint32_t bits))
{
    effect->has_bounds = true;
    effect->low = effect->else_low = INT64_MAX;
    effect->high = effect->else_high = INT64_MIN;
    for (guint i = 0; i < outcomes->len; i++) {
        const struct outcome *outcome = &g_array_index(outcomes, struct outcome, i);
        int64_t *low = test(outcome->bits) ? &effect->low : &effect->else_low;
        int64_t *high = test(outcome->bits) ? &effect->high : &effect->else_high;
        *low = MIN(*low, outcome->low);
        *high = MAX(*high, outcome->high);
    }
}

/* Always, never, or under which of the predicates. */
static struct effect judge(const GArray *outcomes, bool (*test)(uint32_t bits), struct span where)
{
    struct effect effect = { .when = EFFECT_NEVER, .where = where };
    guint yes = 0;
    for (guint i = 0; i < outcomes->len; i++)
        yes += test(g_array_index(outcomes, struct outcome, i).bits);
    if (yes == 0)
        return effect;
    if (yes == outcomes->len) {
        effect.when = EFFECT_ALWAYS;
        return effect;
    }
    for (unsigned p = 0; p < PREDICATE_COUNT; p++) {
        bool tells = true;
        for (guint i = 0; i < outcomes->len && tells; i++) {
            const struct outcome *outcome = &g_array_index(outcomes, struct outcome, i);
            tells = outcome->holds[p] == (test(outcome->bits) ? 1 : 0);
        }
        if (tells) {
            effect.when = EFFECT_IF;
            effect.op = predicates[p].op;
            effect.value = predicates[p].value;
            find_bounds(&effect, outcomes, test);
            return effect;
        }
    }
    effect.when = EFFECT_MAYBE;
    return effect;
}

static void summarise_pointee(struct move_paths *paths, const struct move_events *events, uint32_t root,
                              struct param_summary *param)
{
    struct move_simulation *sim = move_simulation_new(paths, events, root);
    struct pointee pointee = {
        .fn = paths->fn,
        .param = param,
        .results = g_array_new(FALSE, FALSE, sizeof(struct outcome)),
    };
    param->reads = false;
    param->fills = false;
    param->overwrites = false;
    move_simulation_visit(sim, visit_pointee, &pointee);
    param->moved = judge(pointee.results, is_emptied, pointee.moved_at);
    param->initialised = judge(pointee.results, is_filled, NO_SPAN);
    param->fills_empty = judge(pointee.results, is_empty, NO_SPAN).when == EFFECT_ALWAYS;
    /* `for (; n; n = n->next) take(n)`: the pointer goes on to what the pointee leads to, and is not followed there */
    if (move_root(paths, root)->is_escaped || value_definition_count(paths->values, move_root(paths, root)->local) > 0)
        param->keeps = true;
    g_array_free(pointee.results, TRUE);
    move_simulation_free(sim);
}

/*
 * A by-value parameter is taken over when its function moves or drops it, or a part of it that owns, or gives that to one
 * that does: what the caller would keep is no longer whole.
 */
static void summarise_value(const struct move_paths *paths, const struct move_events *events, uint32_t root,
                            struct param_summary *param)
{
    for (guint i = 0; i < events->items->len; i++) {
        const struct move_event *event = move_event(events, i);
        if (event->ref.root != root || event->is_take)
            continue;
        param->passed_on |= event->kind == MOVE_EVENT_COPY || event->kind == MOVE_EVENT_LEND;
        const struct ir_type *type = move_node(paths, root, event->ref.node)->type;
        if (event->ref.node != 0 && (event->ref.is_member || !type || !ir_type_contains_owned(type)))
            continue;
        if (event->kind != MOVE_EVENT_MOVE && event->kind != MOVE_EVENT_DROP && event->kind != MOVE_EVENT_CONSUME &&
            event->kind != MOVE_EVENT_FORGET)
            continue;
        param->consumed.when = EFFECT_ALWAYS;
        param->consumed.where = event->span;
        return;
    }
}

static bool same_effect(const struct effect *a, const struct effect *b)
{
    return a->when == b->when && (a->when != EFFECT_IF || (a->op == b->op && a->value == b->value));
}

static bool same_param(const struct param_summary *a, const struct param_summary *b)
{
    return same_effect(&a->consumed, &b->consumed) && same_effect(&a->moved, &b->moved) &&
           same_effect(&a->initialised, &b->initialised) && a->reads == b->reads && a->keeps == b->keeps && a->fills == b->fills &&
           a->releases == b->releases;
}

/* What a person wrote on the declaration counts more than what the body shows. */
static bool has_note(const struct ir_function *fn, uint32_t param)
{
    const char *const *notes = fn->params[param].notes;
    return ir_note(notes, "moved") || ir_note(notes, "moved_if") || ir_note(notes, "out") || ir_note(notes, "out_if") ||
           ir_note(notes, "lent");
}

/* `free(v->items)`: a function that takes its pointee apart by hand. */
static void find_releases(struct analysis *analysis, const struct move_paths *paths, struct summary *summary)
{
    for (uint32_t i = 0; i < paths->cfg->order_count; i++) {
        uint32_t b = paths->cfg->order[i];
        const struct ir_block *block = &paths->fn->blocks[b];
        if (block->terminator.kind != IR_TERM_CALL)
            continue;
        const struct ir_call *call = block->terminator.call;
        for (uint32_t a = 0; a < call->arg_count; a++) {
            if (summary_argument(analysis, call, a).freed.when != EFFECT_ALWAYS)
                continue;
            const struct value *at = value_of_operand(paths->values, (struct flow_point){ b, block->statement_count },
                                                      &call->args[a]);
            bool inside = at->kind == VALUE_LOAD;
            while (at->base && (at->kind == VALUE_LOAD || at->kind == VALUE_FIELD || at->kind == VALUE_ELEMENT))
                at = at->base;
            if (inside && at->kind == VALUE_PARAM && at->index < summary->param_count)
                summary->params[at->index].releases = true;
        }
    }
}

bool summary_from_body(struct analysis *analysis, const struct ir_function *fn)
{
    struct summary *summary = &analysis->summaries[fn->index];
    bool changed = false;
    summary->from_body = true;
    struct move_paths *paths = move_paths_new(analysis, fn);
    if (!paths)
        return false;
    struct move_events *events = move_events_new(paths);
    bool is_thread = ir_note(fn->notes, "thread_fn") != NULL;
    find_releases(analysis, paths, summary);
    for (uint32_t r = 0; r < paths->roots->len; r++) {
        const struct move_root *root = move_root(paths, r);
        if (!root->is_param && !root->is_pointee)
            continue;
        uint32_t index = root->local - 1;
        if (index >= summary->param_count || has_note(fn, index))
            continue;
        struct param_summary before = summary->params[index];
        if (root->is_pointee)
            summarise_pointee(paths, events, r, &summary->params[index]);
        else if (is_thread)
            summary->params[index].consumed.when = EFFECT_ALWAYS;
        else
            summarise_value(paths, events, r, &summary->params[index]);
        changed |= !same_param(&before, &summary->params[index]);
    }
    move_events_free(events);
    move_paths_free(paths);
    return changed;
}
