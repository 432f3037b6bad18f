/* Which guards a function has, and what each of them holds. */
#include "analysis/loans/holds.h"

#include <string.h>

#include "analysis/locks/guard_parts.h"

/* ------------------------------------------------------------------------------------- what is guarded */

static const char *borrowed_by(const struct ir_field *field)
{
    return ir_note(field->notes, "borrowed_by");
}

const struct origin *holds_part(const struct origins *origins, const struct origin *origin)
{
    const struct origin *part = NULL;
    for (const struct origin *at = origin; at; at = at->parent) {
        const struct ir_field *field = at->kind == ORIGIN_FIELD ? &at->record->fields[at->index] : NULL;
        if (field && (field->guarded_by || borrowed_by(field)))
            part = at;
        if (at->kind == ORIGIN_GLOBAL && ir_note(origins->unit->globals[at->index]->notes, "guarded_by"))
            part = at;
    }
    return part;
}

const struct origin_set *holds_lock_of_part(struct origins *origins, const struct origin *part)
{
    if (part->kind == ORIGIN_GLOBAL)
        return lock_of_global(origins, part->index, ir_note(origins->unit->globals[part->index]->notes, "guarded_by"));
    if (part->record->fields[part->index].guarded_by)
        return lock_beside_field(origins, part);
    const char *name = borrowed_by(&part->record->fields[part->index]);
    for (uint32_t i = 0; i < part->record->field_count; i++)
        if (part->record->fields[i].name && strcmp(part->record->fields[i].name, name) == 0)
            return origin_set_of(origins, origin_field(origins, part->parent, part->record, i));
    return origins->empty;
}

/* --------------------------------------------------------------------------------------------- calls */

static const struct {
    const char *note;
    bool is_borrow, is_exclusive, is_try;
} kinds[] = {
    {"acquires", false, true, false},
    {"acquires.shared", false, false, false},
    {"acquires_if", false, true, true},
    {"acquires_if.shared", false, false, true},
    {"borrows", true, false, false},
    {"borrows.exclusive", true, true, false},
    {"borrows_if", true, false, true},
    {"borrows_if.exclusive", true, true, true},
};

static uint32_t local_pointed_to(struct origins *o, const struct origin_state *state, const struct ir_operand *operand)
{
    if (operand->kind == IR_OPERAND_CONST)
        return UINT32_MAX;
    const struct origin_set *set = origins_value(o, state, operand);
    return set->count == 1 && set->items[0]->kind == ORIGIN_LOCAL ? set->items[0]->index : UINT32_MAX;
}

/* The variable that a call fills with a guard, or the set of guards that it adds one to. */
static uint32_t filled_guard(struct origins *o, const struct origin_state *state, const struct ir_call *call)
{
    for (uint32_t i = 0; i < call->arg_count && i < call->callee->type->param_count; i++)
        if (ir_note(call->callee->params[i].notes, "guard_set"))
            return local_pointed_to(o, state, &call->args[i]);
    bool is_variable = call->has_dest && call->dest.type->kind == IR_TYPE_RECORD &&
                       call->dest.base == IR_BASE_LOCAL && call->dest.projection_count == 0;
    return is_variable ? call->dest.base_index : UINT32_MAX;
}

static bool takes_a_guard(const struct ir_call *call)
{
    if (call->mode != IR_CALL_PLAIN || !call->callee || call->arg_count == 0)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const char *text = ir_note(call->callee->notes, kinds[i].note);
        if (text && (!*text || kinds[i].is_try))
            return true;
    }
    return ir_note(call->callee->notes, "moves_hold") != NULL;
}

bool holds_any(const struct ir_function *fn)
{
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_terminator *term = &fn->blocks[b].terminator;
        if (term->kind == IR_TERM_CALL && takes_a_guard(term->call))
            return true;
    }
    return false;
}

uint32_t holds_given_back(struct origins *o, const struct origin_state *state, const struct ir_call *call)
{
    if (call->mode != IR_CALL_PLAIN || !call->callee || call->arg_count == 0)
        return UINT32_MAX;
    const char *text = ir_note(call->callee->notes, "releases");
    if (text ? *text : !ir_note(call->callee->notes, "ends_borrow"))
        return UINT32_MAX; /* a lock by its name is nobody's guard */
    return local_pointed_to(o, state, &call->args[0]);
}

uint32_t holds_let_go_meanwhile(struct origins *o, const struct origin_state *state, const struct ir_call *call)
{
    if (call->mode != IR_CALL_PLAIN || !call->callee)
        return UINT32_MAX;
    const char *which = ir_note(call->callee->notes, "waits_holding");
    if (!which)
        which = ir_note(call->callee->notes, "waits_holding.timed");
    guint64 argument = which ? g_ascii_strtoull(which, NULL, 10) : UINT64_MAX;
    return argument < call->arg_count ? local_pointed_to(o, state, &call->args[argument]) : UINT32_MAX;
}

/* --------------------------------------------------------------------------------------------- making */

struct collect {
    struct origins *origins;
    struct holds *holds;
};

static void add_moved(struct collect *c, const struct origin_state *state, struct hold moved, const struct ir_call *call)
{
    uint32_t from = local_pointed_to(c->origins, state, &call->args[0]);
    c->holds->given_back[moved.at.block] = from;
    for (guint i = 0; i < c->holds->list->len; i++) {
        const struct hold *hold = &g_array_index(c->holds->list, struct hold, i);
        if (hold->guard != from)
            continue;
        moved.is_exclusive = hold->is_exclusive;
        moved.is_try = hold->is_try;
        moved.locks = hold->locks;
        g_array_append_val(c->holds->list, moved);
        return;
    }
}

static void visit(void *ctx, const void *state_bytes, struct flow_point at, const struct ir_statement *st,
                  const struct ir_terminator *term)
{
    struct collect *c = ctx;
    const struct origin_state *state = state_bytes;
    if (st || !state->reached || term->kind != IR_TERM_CALL)
        return;
    c->holds->given_back[at.block] = holds_given_back(c->origins, state, term->call);
    if (!takes_a_guard(term->call))
        return;
    struct hold hold = {.guard = filled_guard(c->origins, state, term->call), .at = at, .span = term->span};
    if (hold.guard == UINT32_MAX)
        return;
    if (ir_note(term->call->callee->notes, "moves_hold")) {
        add_moved(c, state, hold, term->call);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!ir_note(term->call->callee->notes, kinds[i].note))
            continue;
        hold.is_borrow = kinds[i].is_borrow;
        hold.is_exclusive = kinds[i].is_exclusive;
        hold.is_try = kinds[i].is_try;
    }
    hold.locks = origins_value(c->origins, state, &term->call->args[0]);
    g_array_append_val(c->holds->list, hold);
}

/* The macro that fills the guard declares the pointer, too: both have its span. */
static void find_names(struct holds *holds, const struct ir_function *fn)
{
    for (uint32_t b = 0; b < fn->block_count; b++)
        for (uint32_t i = 0; i < fn->blocks[b].statement_count; i++) {
            const struct ir_statement *st = &fn->blocks[b].statements[i];
            if (st->kind != IR_ST_ASSIGN || !(st->flags & IR_FLAG_INITIALIZER) || st->place.base != IR_BASE_LOCAL ||
                st->place.projection_count > 0 || st->place.type->kind != IR_TYPE_POINTER)
                continue;
            for (guint k = 0; k < holds->list->len; k++)
                if (span_equal(g_array_index(holds->list, struct hold, k).span, st->span))
                    holds->named[st->place.base_index] = k + 1;
        }
}

struct holds *holds_new(struct origins *origins)
{
    struct holds *holds = g_new0(struct holds, 1);
    holds->list = g_array_new(FALSE, FALSE, sizeof(struct hold));
    holds->named = g_new0(uint32_t, origins->fn->local_count + 1);
    holds->given_back = g_new(uint32_t, origins->fn->block_count);
    for (uint32_t b = 0; b < origins->fn->block_count; b++)
        holds->given_back[b] = UINT32_MAX;
    holds->cfg = origins->cfg;
    struct collect c = {origins, holds};
    dataflow_visit(origins->flow, visit, &c);
    find_names(holds, origins->fn);
    return holds;
}

void holds_free(struct holds *holds)
{
    dataflow_free(holds->flow);
    g_array_free(holds->list, TRUE);
    g_free(holds->named);
    g_free(holds->given_back);
    g_free(holds);
}

/* ------------------------------------------------------------------------------------- what is held where */

/* Order: fewer holds are more; join is intersection, and a block that nothing reaches yet has all. Height: 64. */
struct held {
    bool reached;
    uint64_t bits;
};

static void enter(void *ctx, void *state)
{
    (void)ctx;
    ((struct held *)state)->reached = true;
}

static bool join(void *ctx, void *into_bytes, const void *from_bytes)
{
    (void)ctx;
    struct held *into = into_bytes;
    const struct held *from = from_bytes;
    if (!from->reached)
        return false;
    struct held before = *into;
    into->bits = into->reached ? into->bits & from->bits : from->bits;
    into->reached = true;
    return before.reached != into->reached || before.bits != into->bits;
}

static void take_and_give(void *ctx, void *state, struct flow_point at, const struct ir_terminator *term)
{
    struct holds *holds = ctx;
    struct held *held = state;
    (void)term;
    for (guint i = 0; i < holds->list->len && i < HOLDS_TRACKED; i++)
        if (g_array_index(holds->list, struct hold, i).guard == holds->given_back[at.block])
            held->bits &= ~(1ull << i);
    for (guint i = 0; i < holds->list->len && i < HOLDS_TRACKED; i++)
        if (g_array_index(holds->list, struct hold, i).at.block == at.block)
            held->bits |= 1ull << i;
}

uint64_t holds_before(struct holds *holds, uint32_t block)
{
    struct dataflow_problem problem = {
        .direction = DATAFLOW_FORWARD,
        .state_size = sizeof(struct held),
        .entry = enter,
        .join = join,
        .terminator = take_and_give,
    };
    if (!holds->flow)
        holds->flow = dataflow_run(holds->cfg, &problem, holds);
    /* a call ends its block, and nothing else takes or gives back */
    const struct held *held = dataflow_block_state(holds->flow, block);
    return held ? held->bits : 0;
}
