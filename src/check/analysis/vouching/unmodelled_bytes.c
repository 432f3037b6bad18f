/*
 * Handles and owned values that are made out of something else: of a number, by a store through a pointer of another
 * type, of plain bytes.
 */
#include "analysis/vouching/unmodelled.h"
#include "analysis/vouching/vouched.h"

static void check_cast(const struct unmodelled *u, const struct ir_statement *st)
{
    const struct ir_operand *from = &st->value.operands[0];
    if (st->value.type->kind != IR_TYPE_HANDLE || from->kind == IR_OPERAND_CONST || from->type->kind != IR_TYPE_INT)
        return;
    struct finding *f = finding_new(u->analysis->sink, "F0902", "a handle that is made from a number cannot be vouched for");
    finding_primary(f, st->span, "nothing says what this handle leads to, nor who owns it");
    unmodelled_help(f);
}

/* ------------------------------------------------------------------------------------- written as another type */

/* What stands at an address, by the declaration; NULL: not known. */
static const struct ir_type *type_at(const struct unmodelled *u, const struct value *address)
{
    address = value_without_casts(address);
    switch (address->kind) {
    case VALUE_LOCAL:
        return u->fn->locals[address->index].type;
    case VALUE_GLOBAL:
        return u->analysis->unit->globals[address->index]->type;
    case VALUE_FIELD:
        return address->record->fields[address->index].type;
    default:
        return address->type && address->type->unqualified->kind == IR_TYPE_POINTER ? address->type->unqualified->target : NULL;
    }
}

/* `*(long *)&arc = n`: to the front end a store of a number, to the program a handle that nobody made. */
static void check_reinterpreted(const struct unmodelled *u, struct flow_point at, const struct ir_statement *st)
{
    const struct ir_place *place = &st->place;
    if (!ir_place_has_deref(place) || !place->type || unmodelled_is_owned(place->type) || !ir_type_is_scalar(place->type))
        return;
    const struct ir_type *type = type_at(u, value_address(analysis_values(u->analysis, u->fn), at, place));
    if (!type || type->unqualified->kind != IR_TYPE_HANDLE)
        return;
    const struct ir_operand *value = &st->value.operands[0];
    if (st->value.kind == IR_RV_USE && value->kind == IR_OPERAND_CONST && value->value == 0)
        return; /* empty */
    struct finding *f = finding_new(u->analysis->sink, "F0902", "a handle that is written as a number cannot be vouched for");
    finding_primary(f, st->span, "nothing says what this handle leads to, nor who owns it");
    unmodelled_help(f);
}

void unmodelled_bytes_assigned(const struct unmodelled *u, struct flow_point at, const struct ir_statement *st)
{
    if (st->value.kind == IR_RV_CAST)
        check_cast(u, st);
    if (st->place.projection_count > 0)
        check_reinterpreted(u, at, st);
}

/* -------------------------------------------------------------------------------------------------------- bytes */

static uint32_t noted(const struct ir_call *call, const char *note)
{
    for (uint32_t i = 0; call->callee && i < call->arg_count && i < call->callee->type->param_count; i++)
        if (ir_note(call->callee->params[i].notes, note))
            return i;
    return UINT32_MAX;
}

/* All that the pointer may lead to is known, and owned (or not). */
static bool leads_to_owned(const struct origins *origins, const struct origin_set *targets, bool owned)
{
    for (uint32_t i = 0; i < targets->count; i++) {
        const struct ir_type *type = origin_type(origins, targets->items[i]);
        while (type && type->kind == IR_TYPE_ARRAY)
            type = type->target;
        if (!type || type->kind == IR_TYPE_VOID || unmodelled_is_owned(type) != owned)
            return false;
    }
    return targets->count > 0;
}

/* A quick look: bytes can only become an owned value where something names one. */
static bool has_tracked_locals(const struct unmodelled *u)
{
    for (uint32_t i = 0; i < u->fn->local_count; i++)
        if (vouched_is_tracked(u->fn->locals[i].type))
            return true;
    return false;
}

static void report_bytes(const struct unmodelled *u, const struct ir_terminator *term, const struct origins *origins,
                         const struct origin_set *targets)
{
    const char *name = origin_describe(origins, targets->items[0]);
    struct finding *f = finding_new(u->analysis->sink, "F0902", "bytes that become an owned value cannot be vouched for");
    finding_primary(f, term->span, "copies plain bytes over `%s`", name ? name : "an owned value");
    finding_note(f, "nothing says whose value these bytes are, nor whether somebody else drops it");
    unmodelled_help(f);
}

/* memset(&a, 0xff, sizeof a): zeros are the empty value, and the moves family's matter. */
static void check_filled(const struct unmodelled *u, struct flow_point at, const struct ir_terminator *term)
{
    const struct ir_call *call = term->call;
    uint32_t to = noted(call, "fill");
    if (to == UINT32_MAX || to + 2 >= call->arg_count || call->args[to].kind == IR_OPERAND_CONST ||
        (call->args[to + 1].kind == IR_OPERAND_CONST && call->args[to + 1].value == 0) || !has_tracked_locals(u))
        return;
    struct origins *origins = origins_of(u->program, u->fn);
    if (!origins)
        return;
    const struct origin_set *targets = origins_value(origins, origins_state(origins, at), &call->args[to]);
    if (leads_to_owned(origins, targets, true))
        report_bytes(u, term, origins, targets);
}

void unmodelled_bytes_copied(const struct unmodelled *u, struct flow_point at, const struct ir_terminator *term)
{
    const struct ir_call *call = term->call;
    check_filled(u, at, term);
    uint32_t to = noted(call, "copy_to"), from = noted(call, "copy_from");
    if (to == UINT32_MAX || from == UINT32_MAX || call->args[to].kind == IR_OPERAND_CONST ||
        call->args[from].kind == IR_OPERAND_CONST || !has_tracked_locals(u))
        return;
    struct origins *origins = origins_of(u->program, u->fn);
    if (!origins)
        return;
    const struct origin_state *state = origins_state(origins, at);
    const struct origin_set *targets = origins_value(origins, state, &call->args[to]);
    if (!leads_to_owned(origins, targets, true) ||
        !leads_to_owned(origins, origins_value(origins, state, &call->args[from]), false))
        return;
    report_bytes(u, term, origins, targets);
}
