/*
 * What makes the instances of one thread work on memory of their own: each is given another element (&args[i]), another
 * number ((void *)i), something made anew; and what it reaches by that is its own.
 *
 * Which parameters a local's value was made from is a set of bits for the whole function: union over all assignments.
 * A local that several statements write has another value each time, and what malloc gives is another object each time.
 */
#include "analysis/races/race_parts.h"

static uint64_t depends_of_place(const uint64_t *depends, const struct ir_place *place)
{
    uint64_t set = place->base == IR_BASE_LOCAL ? depends[place->base_index] : 0;
    for (uint32_t i = 0; i < place->projection_count; i++)
        if (place->projections[i].kind == IR_PROJ_INDEX)
            set |= depends[place->projections[i].index];
    return set;
}

/* The address of a place depends on the pointers and indices on the way, not on what is stored there. */
static uint64_t depends_of_address(const uint64_t *depends, const struct ir_place *place)
{
    uint64_t set = 0;
    for (uint32_t i = 0; i < place->projection_count; i++) {
        if (place->projections[i].kind == IR_PROJ_INDEX)
            set |= depends[place->projections[i].index];
        if (place->projections[i].kind == IR_PROJ_DEREF && place->base == IR_BASE_LOCAL)
            set |= depends[place->base_index];
    }
    return set;
}

static uint64_t depends_of_operand(const uint64_t *depends, const struct ir_operand *operand)
{
    return operand->kind == IR_OPERAND_CONST ? 0 : depends_of_place(depends, &operand->place);
}

static bool add(uint64_t *depends, const struct ir_place *to, uint64_t set)
{
    if (to->base != IR_BASE_LOCAL || (depends[to->base_index] | set) == depends[to->base_index])
        return false;
    depends[to->base_index] |= set;
    return true;
}

/* malloc and relatives, and functions that return what they have made. */
static bool makes_anew(struct race_program *program, const struct ir_call *call)
{
    if (!call->callee || !call->dest.type || !ir_type_is_pointer_like(call->dest.type))
        return false;
    if (!call->callee->has_body)
        return ir_note(call->callee->notes, "fresh") != NULL;
    const struct origins *callee = origins_of(program->origins, call->callee);
    for (uint32_t i = 0; callee && i < callee->result->count; i++)
        if (callee->result->items[i]->kind == ORIGIN_CALL)
            return true;
    return false;
}

static bool spread(struct race_program *program, const struct ir_function *fn, uint64_t *depends)
{
    bool changed = false;
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++) {
            const struct ir_statement *st = &block->statements[i];
            uint64_t set = 0;
            if (st->kind == IR_ST_ATOMIC && st->atomic->has_result)
                changed |= add(depends, &st->atomic->result, DEPENDS_ON_CHANGE);
            if (st->kind != IR_ST_ASSIGN)
                continue;
            for (uint32_t k = 0; k < st->value.operand_count; k++)
                set |= depends_of_operand(depends, &st->value.operands[k]);
            if (st->value.kind == IR_RV_ADDRESS_OF)
                set = depends_of_address(depends, &st->value.place);
            changed |= add(depends, &st->place, set);
        }
        if (block->terminator.kind != IR_TERM_CALL || !block->terminator.call->has_dest)
            continue;
        const struct ir_call *call = block->terminator.call;
        uint64_t set = makes_anew(program, call) ? DEPENDS_ON_FRESH : 0;
        for (uint32_t k = 0; k < call->arg_count; k++)
            set |= depends_of_operand(depends, &call->args[k]);
        changed |= add(depends, &call->dest, set);
    }
    return changed;
}

uint64_t *race_depends_new(struct race_program *program, const struct ir_function *fn)
{
    enum { ROUNDS = 8 };
    struct values *values = analysis_values(program->analysis, fn);
    uint64_t *depends = g_new0(uint64_t, fn->local_count + 1);
    for (uint32_t i = 0; i < fn->param_count && i < MAX_PARAM_BITS; i++)
        depends[i + 1] = UINT64_C(1) << i;
    for (uint32_t l = 0; l < fn->local_count; l++)
        if (fn->locals[l].kind == IR_LOCAL_VARIABLE && value_definition_count(values, l) > 1)
            depends[l] |= DEPENDS_ON_CHANGE;
    for (int round = 0; round < ROUNDS && spread(program, fn, depends); round++)
        continue;
    return depends;
}

uint64_t race_operand_depends(const struct race_function *f, const struct ir_operand *operand)
{
    return depends_of_operand(f->depends, operand);
}

uint64_t race_index_depends(const struct race_function *f, const struct ir_place *place)
{
    uint64_t set = 0;
    for (uint32_t i = 0; i < place->projection_count; i++)
        if (place->projections[i].kind == IR_PROJ_INDEX)
            set |= f->depends[place->projections[i].index];
    return set;
}

const struct value *race_index_of_address(const struct value *address)
{
    const struct value *found = NULL;
    for (const struct value *at = address; at->kind == VALUE_FIELD || at->kind == VALUE_ELEMENT; at = at->base) {
        if (at->kind != VALUE_ELEMENT)
            continue;
        if (found)
            return NULL; /* an array of arrays: two numbers */
        found = at;
    }
    return found ? found->operand : NULL;
}

bool race_address_element(const struct value *address, int64_t *ret_element)
{
    const struct value *index = race_index_of_address(address);
    if (!index || index->kind != VALUE_CONST)
        return false;
    *ret_element = index->number;
    return true;
}

bool race_index_at(const struct value *index, int64_t number, const struct value **ret_leaf, int64_t *ret)
{
    const struct value *v = value_without_casts(index);
    int64_t left, right;
    if (v->kind == VALUE_CONST) {
        *ret = v->number;
        return true;
    }
    if (v->kind != VALUE_BINARY) {
        *ret = number;
        bool is_only_one = !*ret_leaf || *ret_leaf == v;
        *ret_leaf = v;
        return is_only_one && v->kind != VALUE_UNARY;
    }
    if (!race_index_at(v->base, number, ret_leaf, &left) || !race_index_at(v->operand, number, ret_leaf, &right))
        return false;
    switch (v->op) {
    case IR_ADD:
        return !__builtin_add_overflow(left, right, ret);
    case IR_SUB:
        return !__builtin_sub_overflow(left, right, ret);
    case IR_MUL:
        return !__builtin_mul_overflow(left, right, ret);
    case IR_REM:
        *ret = right > 0 ? left % right : 0;
        return right > 0;
    default:
        return false;
    }
}

bool race_constant_element(struct values *values, struct flow_point at, const struct ir_place *place, int64_t *ret_element)
{
    return race_address_element(value_address(values, at, place), ret_element);
}
