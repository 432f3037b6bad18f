/* Elements and slices: which are told apart, which certainly overlap. */
#include "analysis/effects/scope_parts.h"

#include "analysis/origins/origin_parts.h"

enum { MAX_COPIES = 4 };

static bool is_field_of_slice(const struct ir_place *place)
{
    return place->base == IR_BASE_LOCAL && place->projection_count > 0 && place->projections[0].kind == IR_PROJ_FIELD &&
           (place->projections[0].record->traits & IR_TRAIT_SLICE);
}

static struct part part_of_place(const struct ir_place *place)
{
    uint32_t slice = is_field_of_slice(place) && place->projection_count > 1 ? place->base_index + 1 : 0;
    for (uint32_t i = place->projection_count; i > 0; i--) {
        const struct ir_projection *proj = &place->projections[i - 1];
        if (proj->kind == IR_PROJ_CONST_INDEX)
            return (struct part){PART_CONSTANT, .index = proj->index, .slice = slice};
        if (proj->kind == IR_PROJ_INDEX)
            return (struct part){PART_LOCAL, .index = proj->index, .slice = slice};
        if (proj->kind == IR_PROJ_SOME_INDEX)
            return (struct part){.kind = PART_SOME};
    }
    return (struct part){PART_WHOLE, .slice = slice};
}

/* The only statement that gives a local its value; NULL when there are others, or one call does (`*ret_by_call`). */
static const struct ir_statement *only_definition(const struct ir_function *fn, uint32_t local, bool *ret_by_call)
{
    const struct ir_statement *found = NULL;
    unsigned calls = 0;
    *ret_by_call = false;
    for (uint32_t b = 0; b < fn->block_count; b++) {
        for (uint32_t i = 0; i < fn->blocks[b].statement_count; i++) {
            const struct ir_statement *st = &fn->blocks[b].statements[i];
            if (st->kind != IR_ST_ASSIGN || st->place.base != IR_BASE_LOCAL || st->place.base_index != local ||
                ir_place_has_deref(&st->place))
                continue;
            if (found)
                return NULL;
            found = st;
        }
        const struct ir_terminator *term = &fn->blocks[b].terminator;
        if (term->kind == IR_TERM_CALL && term->call->has_dest && term->call->dest.base == IR_BASE_LOCAL &&
            term->call->dest.base_index == local)
            calls++;
    }
    *ret_by_call = calls == 1 && !found;
    return calls == 0 ? found : NULL;
}

static struct part part_behind(const struct ir_function *fn, const struct ir_operand *operand, int depth)
{
    struct part some = {.kind = PART_SOME};
    if (operand->kind == IR_OPERAND_CONST || operand->place.base != IR_BASE_LOCAL)
        return some;
    uint32_t base = operand->place.base_index;
    if (operand->place.type->kind == IR_TYPE_RECORD)
        return operand->place.type->record->traits & IR_TRAIT_SLICE ? (struct part){PART_SLICE, .index = base}
                                                                    : (struct part){PART_RECORD, .index = base};
    if (is_field_of_slice(&operand->place))
        return (struct part){PART_SLICE, .index = base};
    if (operand->place.projection_count > 0)
        return operand->place.projections[0].kind == IR_PROJ_FIELD
                   ? (struct part){PART_RECORD, .index = base, .field = operand->place.projections[0].index + 1} : some;
    const struct ir_local *local = &fn->locals[operand->place.base_index];
    bool by_call;
    const struct ir_statement *def = only_definition(fn, operand->place.base_index, &by_call);
    if (!def)
        return local->kind == IR_LOCAL_PARAM || by_call ? (struct part){.kind = PART_WHOLE} : some;
    const struct ir_rvalue *value = &def->value;
    if (value->kind == IR_RV_ADDRESS_OF)
        return part_of_place(&value->place);
    if (value->kind == IR_RV_BINARY && value->binary == IR_PTR_ADD) {
        const struct ir_operand *from = &value->operands[0], *by = &value->operands[1];
        uint32_t slice = from->kind != IR_OPERAND_CONST && is_field_of_slice(&from->place) ? from->place.base_index + 1 : 0;
        if (by->kind == IR_OPERAND_CONST && by->const_kind == IR_CONST_INT)
            return (struct part){PART_CONSTANT, .index = by->value, .slice = slice};
        if (by->kind == IR_OPERAND_COPY && by->place.base == IR_BASE_LOCAL && by->place.projection_count == 0)
            return (struct part){PART_LOCAL, .index = by->place.base_index, .slice = slice};
        return some;
    }
    if ((value->kind == IR_RV_USE || value->kind == IR_RV_CAST) && depth < MAX_COPIES)
        return part_behind(fn, &value->operands[0], depth + 1);
    return some;
}

struct part part_of_access(const struct ir_function *fn, const struct ir_place *place)
{
    bool is_pointee = place->base == IR_BASE_LOCAL && place->projection_count > 0 &&
                      place->projections[0].kind == IR_PROJ_DEREF && fn->locals[place->base_index].kind == IR_LOCAL_TEMP;
    struct part part = part_of_place(place);
    if (!is_pointee || part.kind != PART_WHOLE)
        return part;
    struct ir_operand pointer = {.kind = IR_OPERAND_COPY, .type = fn->locals[place->base_index].type};
    pointer.place = (struct ir_place){.base = IR_BASE_LOCAL, .base_index = place->base_index, .type = pointer.type};
    return part_of_operand(fn, &pointer);
}

struct part part_of_operand(const struct ir_function *fn, const struct ir_operand *operand)
{
    return part_behind(fn, operand, 0);
}

static bool block_changes(const struct ir_function *fn, uint32_t block, uint32_t local)
{
    const struct ir_block *b = &fn->blocks[block];
    for (uint32_t i = 0; i < b->statement_count; i++) {
        const struct ir_statement *st = &b->statements[i];
        if (st->place.base == IR_BASE_LOCAL && st->place.base_index == local &&
            (st->kind == IR_ST_ASSIGN || st->kind == IR_ST_ZERO))
            return true;
    }
    return b->terminator.kind == IR_TERM_CALL && b->terminator.call->has_dest &&
           b->terminator.call->dest.base == IR_BASE_LOCAL && b->terminator.call->dest.base_index == local;
}

/* By a pointer: a store, or a call of what may store. */
struct change {
    struct origins *origins;
    uint32_t local;
    bool found;
};

static bool leads_to(const struct change *c, const struct origin_set *set)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (set->items[i]->kind == ORIGIN_UNKNOWN ||
            (origin_root(set->items[i])->kind == ORIGIN_LOCAL && origin_root(set->items[i])->index == c->local))
            return true;
    return false;
}

static void see_change(void *ctx, const void *state, struct flow_point at, const struct ir_statement *st,
                       const struct ir_terminator *term)
{
    struct change *c = ctx;
    struct origins *o = c->origins;
    (void)at;
    if (st && (st->kind == IR_ST_ASSIGN || st->kind == IR_ST_ZERO) && ir_place_has_deref(&st->place))
        c->found |= leads_to(c, origins_place(o, state, &st->place));
    if (!term || term->kind != IR_TERM_CALL)
        return;
    for (uint32_t i = 0; i < term->call->arg_count; i++)
        if (term->call->args[i].kind != IR_OPERAND_CONST && term->call->args[i].type->kind == IR_TYPE_POINTER)
            c->found |= leads_to(c, origins_reach(o, state, origins_value(o, state, &term->call->args[i])));
}

static bool block_changes_by_pointer(struct origins *o, uint32_t block, uint32_t local)
{
    struct change change = {o, local, false};
    dataflow_visit_block(o->flow, block, see_change, &change);
    return change.found;
}

/* On some way from a to b the variable gets a new value. */
static bool changes_between(struct origins *o, uint32_t a, uint32_t b, uint32_t local)
{
    for (uint32_t k = 0; k < o->cfg->order_count; k++) {
        uint32_t block = o->cfg->order[k];
        bool on_the_way = (block == b && block != a) || (cfg_can_reach(o->cfg, a, block) && cfg_can_reach(o->cfg, block, b));
        if (on_the_way && (block_changes(o->fn, block, local) ||
                           (o->fn->locals[local].address_taken && block_changes_by_pointer(o, block, local))))
            return true;
    }
    return false;
}

/* ------------------------------------------------------------------------------------------- slices */

/* The local behind copies of it: `const slice of = all;` */
static uint32_t original_of(const struct ir_function *fn, uint32_t local)
{
    for (int depth = 0; depth < MAX_COPIES; depth++) {
        bool by_call;
        const struct ir_statement *def = only_definition(fn, local, &by_call);
        bool is_copy = def && def->value.kind == IR_RV_USE && def->value.operands[0].kind != IR_OPERAND_CONST &&
                       def->place.projection_count == 0 && def->value.operands[0].place.base == IR_BASE_LOCAL &&
                       def->value.operands[0].place.projection_count == 0;
        if (!is_copy)
            return local;
        local = def->value.operands[0].place.base_index;
    }
    return local;
}

/* The variable whose storage a place is: the local itself, or what a pointer that is only made for it points to. */
static uint32_t written_by(const struct ir_function *fn, const struct ir_place *place)
{
    if (place->base != IR_BASE_LOCAL)
        return UINT32_MAX;
    if (place->projection_count == 0 || place->projections[0].kind != IR_PROJ_DEREF)
        return place->base_index;
    bool by_call;
    const struct ir_statement *def = only_definition(fn, place->base_index, &by_call);
    bool is_address = def && def->value.kind == IR_RV_ADDRESS_OF && def->value.place.base == IR_BASE_LOCAL &&
                      def->value.place.projection_count == 0;
    return is_address ? def->value.place.base_index : UINT32_MAX;
}

/* The slice that the pointer in record `local` is a copy of, or counted on from; UINT32_MAX: not one for certain. */
static uint32_t source_of_pointer(const struct ir_function *fn, uint32_t local)
{
    uint32_t source = UINT32_MAX;
    for (uint32_t b = 0; b < fn->block_count; b++)
        for (uint32_t i = 0; i < fn->blocks[b].statement_count; i++) {
            const struct ir_statement *st = &fn->blocks[b].statements[i];
            if (st->kind != IR_ST_ASSIGN || st->place.type->kind != IR_TYPE_POINTER || written_by(fn, &st->place) != local)
                continue;
            const struct ir_operand *from = st->value.operand_count > 0 ? &st->value.operands[0] : NULL;
            if (!from || from->kind == IR_OPERAND_CONST || from->place.base != IR_BASE_LOCAL ||
                from->place.projection_count != 1 || from->place.projections[0].kind != IR_PROJ_FIELD)
                return UINT32_MAX;
            uint32_t here = original_of(fn, from->place.base_index);
            if (source != UINT32_MAX && source != here)
                return UINT32_MAX;
            source = here;
        }
    return source;
}

/* `part` has one value, and that was cut from `whole`, which keeps its own. */
static bool is_cut_from(const struct origins *o, uint32_t part, uint32_t whole)
{
    const struct ir_function *fn = o->fn;
    uint32_t source = UINT32_MAX;
    for (uint32_t b = 0; b < fn->block_count; b++)
        for (uint32_t i = 0; i < fn->blocks[b].statement_count; i++) {
            const struct ir_statement *st = &fn->blocks[b].statements[i];
            if (st->kind != IR_ST_ASSIGN || st->place.type->unqualified->kind != IR_TYPE_RECORD ||
                written_by(fn, &st->place) != part)
                continue;
            const struct ir_operand *from = st->value.kind == IR_RV_USE ? &st->value.operands[0] : NULL;
            if (source != UINT32_MAX || !from || from->kind == IR_OPERAND_CONST || from->place.base != IR_BASE_LOCAL ||
                from->place.projection_count > 0)
                return false;
            source = source_of_pointer(fn, from->place.base_index);
            if (source == UINT32_MAX)
                return false;
        }
    return source == whole && !fn->locals[whole].address_taken;
}

/* A slice of the first elements of an array, a known number of them, and an element that comes behind. */
static bool ends_before(const struct ir_function *fn, uint32_t slice, struct part element)
{
    bool from_start = false, ends = false;
    uint32_t definitions = 0;
    slice = original_of(fn, slice);
    for (uint32_t b = 0; b < fn->block_count; b++)
        for (uint32_t i = 0; i < fn->blocks[b].statement_count; i++) {
            const struct ir_statement *st = &fn->blocks[b].statements[i];
            if (st->kind != IR_ST_ASSIGN || written_by(fn, &st->place) != slice)
                continue;
            const struct ir_rvalue *value = &st->value;
            definitions++;
            if (value->kind == IR_RV_ADDRESS_OF) {
                struct part start = part_of_place(&value->place);
                from_start |= start.kind == PART_WHOLE || (start.kind == PART_CONSTANT && start.index == 0);
            } else if (value->kind == IR_RV_USE && value->operands[0].kind == IR_OPERAND_CONST &&
                       value->operands[0].const_kind == IR_CONST_INT) {
                ends |= element.kind == PART_CONSTANT && element.index >= value->operands[0].value;
            }
        }
    return definitions == 2 && from_start && ends;
}

/*
 * What is reached by the array's own name beside a slice of it: as for Rust, who divides an array goes by the slices, and
 * the array is theirs until they end.
 */
static bool slice_overlaps(const struct ir_function *fn, struct part slice, struct part other)
{
    return other.kind == PART_WHOLE || other.kind == PART_LOCAL || !ends_before(fn, (uint32_t)slice.index, other);
}

/* The struct by whose pointer it is reached. */
static bool is_by_struct(struct part part, uint32_t *local)
{
    if (part.kind == PART_SLICE || part.kind == PART_RECORD)
        *local = (uint32_t)part.index;
    else if (part.slice > 0)
        *local = part.slice - 1;
    else
        return false;
    return true;
}

bool parts_overlap(struct origins *o, uint32_t from, struct part a, bool a_strides, uint32_t to, struct part b,
                   bool b_strides)
{
    if (a.kind == PART_SOME || b.kind == PART_SOME)
        return false;
    uint32_t x, y;
    bool by_a = is_by_struct(a, &x), by_b = is_by_struct(b, &y);
    if (by_a && by_b && x != y)
        return is_cut_from(o, x, y) || is_cut_from(o, y, x);
    if (by_a && by_b && (a.slice == 0 || b.slice == 0))
        return (a.field == b.field || a.field == 0 || b.field == 0) && !changes_between(o, from, to, x);
    if (a.kind == PART_SLICE || b.kind == PART_SLICE)
        return a.kind == PART_SLICE ? slice_overlaps(o->fn, a, b) : slice_overlaps(o->fn, b, a);
    if (a.kind == PART_RECORD || b.kind == PART_RECORD)
        return a.kind == PART_WHOLE || b.kind == PART_WHOLE;
    if (a.kind == PART_LOCAL && b.kind == PART_LOCAL) {
        if (a.index == b.index)
            return !changes_between(o, from, to, (uint32_t)a.index);
        return a_strides && b_strides;
    }
    if (a_strides || b_strides || a.kind == PART_WHOLE || b.kind == PART_WHOLE)
        return !(a.kind == PART_LOCAL && !a_strides) && !(b.kind == PART_LOCAL && !b_strides);
    return a.kind == PART_CONSTANT && b.kind == PART_CONSTANT && a.index == b.index;
}
