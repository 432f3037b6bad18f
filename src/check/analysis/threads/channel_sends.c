/*
 * What is sent into a channel. A channel of plain pointers is as good as what they lead to: in one thread any
 * pointer may go through it; where an end of such a channel is given to a thread, each value that is sent is judged as an
 * argument of the thread would be (spawn_args.c).
 *
 * Which channels cross threads is known by their element type: an end of it, at any depth of structs and handles, is
 * an argument of some fl_spawn or fl_bind of this file. Of an end that came into the function from outside nothing is
 * known but that it outlives the function: its own variables must not be sent.
 */
#include "analysis/origins/origin_parts.h"
#include "analysis/threads/thread_parts.h"

enum { DEEPEST = 4 };

static bool is_channel_end(const struct ir_type *type)
{
    return type->kind == IR_TYPE_HANDLE &&
           (type->handle_kind == IR_HANDLE_SENDER || type->handle_kind == IR_HANDLE_RECEIVER ||
            type->handle_kind == IR_HANDLE_SHARED_RECEIVER);
}

static bool holds_end(const struct ir_type *type, const struct ir_type *element, unsigned depth)
{
    type = type->unqualified;
    if (is_channel_end(type) && type->target->unqualified == element)
        return true;
    if (depth == 0)
        return false;
    switch (type->kind) {
    case IR_TYPE_HANDLE:
    case IR_TYPE_ARRAY:
    case IR_TYPE_POINTER:
        return holds_end(type->target, element, depth - 1);
    case IR_TYPE_RECORD:
        for (size_t i = 0; i < type->record->field_count; i++)
            if (holds_end(type->record->fields[i].type, element, depth - 1))
                return true;
        return false;
    default:
        return false;
    }
}

static bool find_crossing(const struct thread_analysis *analysis, const struct ir_type *element)
{
    const struct callgraph *graph = analysis->graph;
    for (uint32_t i = 0; i < graph->site_count; i++) {
        const struct ir_call *call = graph->sites[i].call;
        if (call->mode != IR_CALL_SPAWN && call->mode != IR_CALL_BIND)
            continue;
        for (uint32_t k = 0; k < call->arg_count; k++)
            if (holds_end(call->args[k].type, element, DEEPEST))
                return true;
    }
    return false;
}

static bool crosses_threads(const struct thread_analysis *analysis, const struct ir_type *element)
{
    gpointer known;
    if (!g_hash_table_lookup_extended(analysis->crossing, element, NULL, &known)) {
        known = GINT_TO_POINTER(find_crossing(analysis, element));
        g_hash_table_insert(analysis->crossing, (gpointer)element, known);
    }
    return GPOINTER_TO_INT(known);
}

/* Temporaries are defined a few statements before they are used. */
static const struct ir_statement *definition(const struct ir_function *fn, uint32_t block, const struct ir_place *place)
{
    for (uint32_t b = block + 1; b > 0; b--)
        for (uint32_t i = fn->blocks[b - 1].statement_count; i > 0; i--) {
            const struct ir_statement *st = &fn->blocks[b - 1].statements[i - 1];
            if (st->kind == IR_ST_ASSIGN && st->place.base == IR_BASE_LOCAL && st->place.projection_count == 0 &&
                st->place.base_index == place->base_index)
                return st;
        }
    return NULL;
}

/* The library's functions take handles as `void *`: back from there to the place that the user named. */
static const struct ir_place *place_of_end(const struct ir_function *fn, uint32_t block, const struct ir_operand *operand)
{
    const struct ir_place *place = operand->kind == IR_OPERAND_CONST ? NULL : &operand->place;
    for (unsigned steps = 0; place && steps < 4; steps++) {
        bool is_nameless = place->base == IR_BASE_LOCAL && place->projection_count == 0 &&
                           fn->locals[place->base_index].kind != IR_LOCAL_PARAM &&
                           (!fn->locals[place->base_index].name || fn->locals[place->base_index].hidden);
        if (!is_nameless)
            break;
        const struct ir_statement *st = definition(fn, block, place);
        if (!st || (st->value.kind != IR_RV_USE && st->value.kind != IR_RV_CAST) ||
            st->value.operands[0].kind == IR_OPERAND_CONST)
            break;
        place = &st->value.operands[0].place;
    }
    return place;
}

/* Not made here: somebody outside has the other end. */
static bool is_from_outside(const struct thread_function *f, const struct ir_place *end)
{
    return end->base == IR_BASE_GLOBAL || ir_place_has_deref(end) ||
           (end->base == IR_BASE_LOCAL && f->fn->locals[end->base_index].kind == IR_LOCAL_PARAM);
}

/* The value in `(T[1]){ value }`, as the user wrote it. */
static struct span value_span(const struct ir_function *fn, const struct origin *temporary)
{
    for (uint32_t b = 0; temporary->kind == ORIGIN_LOCAL && b < fn->block_count; b++)
        for (uint32_t i = 0; i < fn->blocks[b].statement_count; i++) {
            const struct ir_statement *st = &fn->blocks[b].statements[i];
            if (st->kind != IR_ST_ASSIGN || st->place.base != IR_BASE_LOCAL || st->place.base_index != temporary->index)
                continue;
            if (st->value.kind == IR_RV_ADDRESS_OF && !span_is_none(st->value.whole))
                return st->value.whole;
            return st->value.operand_count > 0 && !span_is_none(st->value.operands[0].span) ? st->value.operands[0].span
                                                                                          : st->span;
        }
    return NO_SPAN;
}

static uint32_t moved_argument(const struct ir_call *call)
{
    for (uint32_t i = 1; i < call->arg_count && i < call->callee->type->param_count; i++)
        if (call->args[i].kind != IR_OPERAND_CONST && call->args[i].type->kind == IR_TYPE_POINTER &&
            (ir_note(call->callee->params[i].notes, "moved") || ir_note(call->callee->params[i].notes, "moved_if")))
            return i;
    return UINT32_MAX;
}

/* Could be one: it takes something over beside its first argument. */
bool is_maybe_send(const struct ir_call *call)
{
    return call->callee && !call->callee->has_body && call->mode == IR_CALL_PLAIN && call->arg_count > 1 &&
           call->args[0].kind != IR_OPERAND_CONST && moved_argument(call) != UINT32_MAX;
}

void channel_send_check(struct thread_function *f, struct flow_point at, const struct ir_terminator *term)
{
    const struct ir_call *call = term->call;
    const struct ir_place *end = place_of_end(f->fn, at.block, &call->args[0]);
    if (!end || end->type->kind != IR_TYPE_HANDLE || end->type->handle_kind != IR_HANDLE_SENDER)
        return;
    const struct ir_type *element = end->type->target;
    /* a type that is not Send is told of where an end of the channel crosses threads */
    if (traits_prove(f->analysis->traits, element, TRAIT_SEND)->answer != TRAIT_BY_VALUE)
        return;
    bool crosses = crosses_threads(f->analysis, element->unqualified);
    if (!crosses && !is_from_outside(f, end))
        return;
    const struct origin_state *state = origins_state(f->origins, at);
    const struct ir_operand *value = &call->args[moved_argument(call)];
    const struct origin_set *cells = origins_value(f->origins, state, value);
    for (uint32_t i = 0; i < cells->count; i++) {
        const struct origin *cell = cells->items[i];
        bool is_temporary = cell->kind == ORIGIN_LOCAL && !f->fn->locals[cell->index].name;
        struct span span = is_temporary ? value_span(f->fn, cell) : value->span;
        struct thread_start start = {
            .name = "fl_send",
            .call = term->span,
            .function = span_is_none(call->callee_span) ? term->span : call->callee_span,
            .argument = span_is_none(span) ? value->span : span,
            .by_channel = true,
            .may_stay = !crosses,
        };
        spawn_check_sent(f, &start, call, value, cell, element, state);
    }
}
