#include "flow/paths_env.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------ entries */

static struct slot *slot_at(const struct env_table *table, uint32_t slot)
{
    return &g_array_index(table->slots, struct slot, slot);
}

static struct env_entry *entry_at(const struct env *env, uint32_t index)
{
    return &g_array_index(env->entries, struct env_entry, index);
}

/* Index of a slot's entry, or where it would be. */
static uint32_t position_of(const struct env *env, uint32_t slot)
{
    uint32_t low = 0, high = env->entries->len;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (entry_at(env, middle)->slot < slot)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct env_entry *find(const struct env *env, uint32_t slot)
{
    uint32_t i = position_of(env, slot);
    return i < env->entries->len && entry_at(env, i)->slot == slot ? entry_at(env, i) : NULL;
}

/* The slot's entry, made with nothing known when there is none. */
static struct env_entry *ensure(const struct env_table *table, struct env *env, uint32_t slot)
{
    uint32_t i = position_of(env, slot);
    if (i == env->entries->len || entry_at(env, i)->slot != slot) {
        struct env_entry made = { .slot = slot, .range = slot_at(table, slot)->top, .source = SLOT_NONE };
        g_array_insert_val(env->entries, i, made);
    }
    return entry_at(env, i);
}

static bool knows_nothing(const struct env_table *table, const struct env_entry *entry)
{
    return entry->source == SLOT_NONE && range_equal(&entry->range, &slot_at(table, entry->slot)->top);
}

void env_init(struct env *env)
{
    env->entries = g_array_new(FALSE, FALSE, sizeof(struct env_entry));
}

void env_clear(struct env *env)
{
    if (env->entries)
        g_array_free(env->entries, TRUE);
    env->entries = NULL;
}

void env_copy(struct env *to, const struct env *from)
{
    g_array_set_size(to->entries, 0);
    if (from->entries->len > 0)
        g_array_append_vals(to->entries, from->entries->data, from->entries->len);
}

/* ----------------------------------------------------------------------------------------- reading */

/* What is known of a slot, also through the slot it was made from. Sources never form a cycle. */
static struct range value_of_slot(const struct env_table *table, const struct env *env, uint32_t slot)
{
    const struct env_entry *entry = find(env, slot);
    if (!entry)
        return slot_at(table, slot)->top;
    struct range r = entry->range;
    if (entry->source == SLOT_NONE)
        return r;
    struct range source = value_of_slot(table, env, entry->source);
    if (entry->is_copy) {
        range_intersect(&r, &source);
        return r;
    }
    int test = range_test(&source, entry->op, entry->number, slot_at(table, entry->source)->wide_unsigned);
    return test < 0 ? r : range_of(test);
}

static struct range value_of_operand_range(const struct env_table *table, const struct env *env,
                                           const struct ir_operand *operand, uint32_t *ret_slot)
{
    *ret_slot = SLOT_NONE;
    if (operand->kind == IR_OPERAND_CONST)
        return operand->const_kind == IR_CONST_INT ? range_of(operand->value) : range_of_type(operand->type);
    *ret_slot = env_slot(table, &operand->place);
    return *ret_slot == SLOT_NONE ? range_of_type(operand->type) : value_of_slot(table, env, *ret_slot);
}

/* ---------------------------------------------------------------------------------------- learning */

static bool assume_slot(const struct env_table *table, struct env *env, uint32_t slot, enum ir_binary_op op,
                        int64_t value)
{
    struct range known = value_of_slot(table, env, slot);
    if (!range_refine(&known, op, value, slot_at(table, slot)->wide_unsigned))
        return false;
    struct env_entry *entry = ensure(table, env, slot);
    entry->range = known;
    if (entry->source == SLOT_NONE)
        return true;
    struct env_entry made = *entry;
    if (made.is_copy)
        return assume_slot(table, env, made.source, op, value);
    bool wide = slot_at(table, slot)->wide_unsigned;
    int truth = range_test(&known, IR_NE, 0, wide);
    if (truth < 0)
        return true;
    return assume_slot(table, env, made.source, truth ? made.op : comparison_negate(made.op), made.number);
}

bool env_assume(const struct env_table *table, struct env *env, const struct ir_place *place, enum ir_binary_op op,
                int64_t value)
{
    uint32_t slot = env_slot(table, place);
    return slot == SLOT_NONE || assume_slot(table, env, slot, op, value);
}

struct range env_range(const struct env_table *table, const struct env *env, const struct ir_operand *operand)
{
    uint32_t slot;
    return value_of_operand_range(table, env, operand, &slot);
}

int env_test(const struct env_table *table, const struct env *env, const struct ir_operand *operand,
             enum ir_binary_op op, int64_t value)
{
    uint32_t slot;
    struct range r = value_of_operand_range(table, env, operand, &slot);
    bool wide = slot == SLOT_NONE ? type_is_wide_unsigned(operand->type) : slot_at(table, slot)->wide_unsigned;
    return range_test(&r, op, value, wide);
}

/* --------------------------------------------------------------------------------------- forgetting */

static void forget_slot(const struct env_table *table, struct env *env, uint32_t slot)
{
    for (uint32_t i = 0; i < env->entries->len; i++) {
        struct env_entry *entry = entry_at(env, i);
        if (entry->source == slot) {
            entry->range = value_of_slot(table, env, entry->slot);
            entry->source = SLOT_NONE;
        }
    }
    uint32_t i = position_of(env, slot);
    if (i < env->entries->len && entry_at(env, i)->slot == slot)
        g_array_remove_index(env->entries, i);
}

/* Forgets every known slot for which test says so. */
static void forget_where(const struct env_table *table, struct env *env,
                         bool (*test)(const struct slot *slot, const void *ctx), const void *ctx)
{
    for (uint32_t i = env->entries->len; i-- > 0;) {
        if (i >= env->entries->len)
            continue;
        uint32_t slot = entry_at(env, i)->slot;
        if (test(slot_at(table, slot), ctx))
            forget_slot(table, env, slot);
    }
}

static bool slot_is_local(const struct slot *slot, const void *ctx)
{
    const uint32_t *local = ctx;
    return (slot->place->base == IR_BASE_LOCAL && slot->place->base_index == *local) ||
           (slot->other && slot->other->base == IR_BASE_LOCAL && slot->other->base_index == *local);
}

static bool slot_may_change(const struct slot *slot, const void *ctx)
{
    (void)ctx;
    return slot->is_memory || slot->is_exposed;
}

static bool slot_may_change_locally(const struct slot *slot, const void *ctx)
{
    (void)ctx;
    return slot->is_exposed && !slot->is_memory;
}

static const struct ir_projection *last_projection(const struct ir_place *place)
{
    return place->projection_count > 0 ? &place->projections[place->projection_count - 1] : NULL;
}

/* A store to `written` may change `place`: the same place, one inside the other, or an alias of the same field or type. */
static bool place_is_hit(const struct slot *slot, const struct ir_place *place, const struct ir_place *written)
{
    if (ir_place_is_prefix(written, place))
        return true;
    bool through_pointer = ir_place_has_deref(written);
    if (!(through_pointer || written->base == IR_BASE_GLOBAL) || !(slot->is_memory || slot->is_exposed))
        return false;
    if (!through_pointer && !slot->is_memory)
        return false;
    if (!through_pointer && place->base == IR_BASE_GLOBAL && place->base_index != written->base_index &&
        !ir_place_has_deref(place))
        return false;
    const struct ir_projection *a = last_projection(written), *b = last_projection(place);
    if (a && b && a->kind == IR_PROJ_FIELD && b->kind == IR_PROJ_FIELD)
        return a->record == b->record && a->index == b->index;
    if (!written->type || !place->type)
        return true;
    if (ir_type_is_scalar(written->type))
        return written->type->unqualified == place->type->unqualified;
    return true;
}

static bool slot_is_hit(const struct slot *slot, const void *written)
{
    return place_is_hit(slot, slot->place, written) || (slot->other && place_is_hit(slot, slot->other, written));
}

static void forget_local(const struct env_table *table, struct env *env, uint32_t local)
{
    if (table->by_local[local] != SLOT_NONE || table->has_parts[local])
        forget_where(table, env, slot_is_local, &local);
}

static void forget_place(const struct env_table *table, struct env *env, const struct ir_place *place)
{
    if (place->base == IR_BASE_LOCAL && place->projection_count == 0) {
        /* the common case: only this local, and what lies behind it when it is a pointer */
        forget_local(table, env, place->base_index);
        return;
    }
    forget_where(table, env, slot_is_hit, place);
}

void env_forget_memory(const struct env_table *table, struct env *env)
{
    forget_where(table, env, table->stable_memory ? slot_may_change_locally : slot_may_change, NULL);
}

/* --------------------------------------------------------------------------------------- assignment */

static bool same_values(const struct ir_type *from, const struct ir_type *to)
{
    if (!from || !to)
        return false;
    struct range a = range_of_type(from), b = range_of_type(to);
    return range_contains_range(&b, &a) && type_is_wide_unsigned(from) == type_is_wide_unsigned(to);
}

static int64_t saturating_add(int64_t a, int64_t b)
{
    int64_t sum;
    if (!__builtin_add_overflow(a, b, &sum))
        return sum;
    return b > 0 ? INT64_MAX : INT64_MIN;
}

/* value + constant, where nothing can wrap around */
static struct range add_constant(struct range r, int64_t number, const struct range *top)
{
    if (number == INT64_MIN || r.low == INT64_MIN || r.high == INT64_MAX)
        return *top;
    /* an interval from now on: a counter is no state */
    r.count = 0;
    memset(r.set, 0, sizeof r.set);
    r.low = saturating_add(r.low, number);
    r.high = saturating_add(r.high, number);
    r.hole = saturating_add(r.hole, number);
    if (!r.has_hole)
        r.hole = 0;
    return range_contains_range(top, &r) ? r : *top;
}

static void evaluate_binary(const struct env_table *table, const struct env *env, const struct ir_rvalue *value,
                            struct env_entry *made)
{
    uint32_t left_slot, right_slot;
    struct range left = value_of_operand_range(table, env, &value->operands[0], &left_slot);
    struct range right = value_of_operand_range(table, env, &value->operands[1], &right_slot);
    enum ir_binary_op op = value->binary;
    const struct ir_type *type = value->operands[0].type;

    if (!range_is_const(&right) && range_is_const(&left)) {
        struct range swap = left;
        left = right;
        right = swap;
        left_slot = right_slot;
        type = value->operands[1].type;
        if (is_comparison(op))
            op = comparison_swap(op);
        else if (op != IR_ADD && op != IR_AND)
            return;
    }
    bool is_swapped;
    uint32_t pair = range_is_const(&right) ? SLOT_NONE : env_pair_slot(table, value, &is_swapped);
    if (pair != SLOT_NONE) {
        made->source = pair;
        made->op = is_swapped ? comparison_swap(op) : op;
        struct range difference = value_of_slot(table, env, pair);
        int test = range_test(&difference, made->op, made->number, false);
        made->range = test < 0 ? range_between(0, 1) : range_of(test);
    }
    if (!range_is_const(&right))
        return;
    int64_t number = right.low;
    if (is_comparison(op)) {
        int test = range_test(&left, op, number, type_is_wide_unsigned(type));
        made->range = test < 0 ? range_between(0, 1) : range_of(test);
        made->source = left_slot;
        made->op = op;
        made->number = number;
    } else if (op == IR_ADD || (op == IR_SUB && number != INT64_MIN)) {
        made->range = add_constant(left, op == IR_ADD ? number : -number, &made->range);
    } else if (op == IR_AND && number >= 0) {
        made->range = range_is_const(&left) ? range_of(left.low & number) : range_between(0, number);
    } else if ((op == IR_OR || op == IR_SHL || op == IR_XOR) && range_is_const(&left) && left.low >= 0 && number >= 0 &&
               number < 62 && left.low < ((int64_t)1 << 31)) {
        int64_t result = op == IR_OR ? (left.low | number) : op == IR_XOR ? (left.low ^ number) : left.low;
        if (op == IR_SHL)
            result = number < 31 ? left.low << number : 0;
        if (op != IR_SHL || number < 31)
            made->range = range_of(result);
    } else if (op == IR_OR && number > 0) {
        range_refine(&made->range, IR_NE, 0, false);
    } else if (op == IR_PTR_ADD && left_slot == SLOT_NONE && range_is_const(&left) && number == 0) {
        made->range = left;
    }
}

/* What an rvalue is worth, as an entry for `slot`. */
static struct env_entry evaluate(const struct env_table *table, const struct env *env, const struct ir_rvalue *value,
                                 uint32_t slot)
{
    struct env_entry made = { .slot = slot, .range = slot_at(table, slot)->top, .source = SLOT_NONE };
    struct range source;
    uint32_t from;
    switch (value->kind) {
    case IR_RV_USE:
    case IR_RV_CAST:
        source = value_of_operand_range(table, env, &value->operands[0], &from);
        if (value->kind == IR_RV_CAST && slot_at(table, slot)->place->type->kind == IR_TYPE_BOOL) {
            made.source = from;
            made.op = IR_NE;
            int test = range_test(&source, IR_NE, 0, false);
            if (test >= 0)
                made.range = range_of(test);
        } else if (value->kind == IR_RV_USE || same_values(value->operands[0].type, slot_at(table, slot)->place->type)) {
            made.source = from;
            made.is_copy = true;
            range_intersect(&made.range, &source);
        } else if (range_contains_range(&made.range, &source)) {
            made.range = source;
        }
        break;
    case IR_RV_ADDRESS_OF:
        if (value->place.base != IR_BASE_LOCAL || !ir_place_has_deref(&value->place))
            range_refine(&made.range, IR_NE, 0, false);
        break;
    case IR_RV_UNARY:
        source = value_of_operand_range(table, env, &value->operands[0], &from);
        if (value->unary == IR_NOT) {
            int test = range_test(&source, IR_EQ, 0, false);
            made.source = from;
            made.op = IR_EQ;
            if (test >= 0)
                made.range = range_of(test);
        } else if (range_is_const(&source) && source.low > INT64_MIN) {
            struct range negated = range_of(value->unary == IR_NEG ? -source.low : ~source.low);
            if (value->unary != IR_PART && range_contains_range(&made.range, &negated))
                made.range = negated;
        }
        break;
    case IR_RV_BINARY:
        evaluate_binary(table, env, value, &made);
        break;
    case IR_RV_BUILTIN:
        break;
    }
    return made;
}

/* `s = copy t` with a temporary that nobody reads again: s takes over everything that hung on t. */
static void rename_source(const struct env_table *table, struct env *env, uint32_t from, uint32_t to)
{
    for (uint32_t i = 0; i < env->entries->len; i++)
        if (entry_at(env, i)->source == from && entry_at(env, i)->slot != to)
            entry_at(env, i)->source = to;
    struct env_entry *old = find(env, from);
    if (!old)
        return;
    struct env_entry moved = *old;
    g_array_remove_index(env->entries, position_of(env, from));
    struct env_entry *entry = ensure(table, env, to);
    entry->source = moved.source;
    entry->is_copy = moved.is_copy;
    entry->op = moved.op;
    entry->number = moved.number;
}

static void assign_slot(const struct env_table *table, struct env *env, uint32_t slot, const struct ir_statement *st)
{
    struct env_entry made = evaluate(table, env, &st->value, slot);
    /* `i = i + 1`, and what was made from the old value, must not refer to the new one */
    if (made.source == slot)
        made.source = SLOT_NONE;
    forget_place(table, env, &st->place);
    forget_slot(table, env, slot);
    if (made.source != SLOT_NONE && made.is_copy && slot_at(table, made.source)->is_temp) {
        uint32_t from = made.source;
        made.source = SLOT_NONE;
        if (!knows_nothing(table, &made))
            ensure(table, env, slot)->range = made.range;
        rename_source(table, env, from, slot);
        return;
    }
    if (!knows_nothing(table, &made))
        *ensure(table, env, slot) = made;
}

void env_statement(const struct env_table *table, struct env *env, const struct ir_statement *statement)
{
    switch (statement->kind) {
    case IR_ST_ASSIGN: {
        uint32_t slot = env_slot(table, &statement->place);
        if (slot != SLOT_NONE)
            assign_slot(table, env, slot, statement);
        else
            forget_place(table, env, &statement->place);
        break;
    }
    case IR_ST_ZERO:
    case IR_ST_DROP:
    case IR_ST_FORGET: {
        forget_place(table, env, &statement->place);
        uint32_t slot = env_slot(table, &statement->place);
        if (slot != SLOT_NONE)
            ensure(table, env, slot)->range = range_of(0);
        break;
    }
    case IR_ST_STORAGE_LIVE:
    case IR_ST_STORAGE_DEAD:
        forget_local(table, env, statement->local);
        break;
    case IR_ST_ATOMIC:
        forget_place(table, env, &statement->place);
        if (statement->atomic->has_result)
            forget_place(table, env, &statement->atomic->result);
        if (statement->atomic->has_expected)
            forget_place(table, env, &statement->atomic->expected);
        break;
    case IR_ST_ASM:
    case IR_ST_OPAQUE:
        for (uint32_t i = 0; i < statement->opaque->write_count; i++)
            forget_place(table, env, &statement->opaque->writes[i]);
        if (statement->opaque->clobbers_memory)
            forget_where(table, env, slot_may_change, NULL);
        break;
    case IR_ST_NOP:
        break;
    }
}

void env_call(const struct env_table *table, struct env *env, const struct ir_call *call)
{
    env_forget_memory(table, env);
    if (call->has_dest)
        forget_place(table, env, &call->dest);
}

/* -------------------------------------------------------------------------------------------- edges */

static bool assume_operand(const struct env_table *table, struct env *env, const struct ir_operand *operand,
                           enum ir_binary_op op, int64_t value)
{
    if (operand->kind != IR_OPERAND_CONST)
        return env_assume(table, env, &operand->place, op, value);
    return env_test(table, env, operand, op, value) != 0;
}

const struct ir_operand *env_call_condition(const struct ir_terminator *term, int64_t *ret_value)
{
    if (term->kind != IR_TERM_CALL || !term->call->callee)
        return NULL;
    const struct ir_function *callee = term->call->callee;
    for (uint32_t i = 0; i < term->call->arg_count && i < callee->type->param_count; i++) {
        const char *text = ir_note(callee->params[i].notes, "returns_if");
        if (text) {
            *ret_value = strtoll(text, NULL, 0);
            return &term->call->args[i];
        }
    }
    return NULL;
}

bool env_edge(const struct env_table *table, struct env *env, const struct cfg_edge *edge)
{
    const struct ir_terminator *term = &table->cfg->fn->blocks[edge->from].terminator;
    switch (edge->kind) {
    case CFG_EDGE_TRUE:
        return assume_operand(table, env, &term->condition, IR_NE, 0);
    case CFG_EDGE_FALSE:
        return assume_operand(table, env, &term->condition, IR_EQ, 0);
    case CFG_EDGE_CASE:
        return assume_operand(table, env, &term->condition, IR_GE, term->cases[edge->index].low) &&
               assume_operand(table, env, &term->condition, IR_LE, term->cases[edge->index].high);
    case CFG_EDGE_DEFAULT:
        if (term->exhaustive)
            return false;
        for (uint32_t i = 0; i < term->case_count; i++)
            if (term->cases[i].low == term->cases[i].high &&
                !assume_operand(table, env, &term->condition, IR_NE, term->cases[i].low))
                return false;
        return true;
    case CFG_EDGE_PLAIN: {
        int64_t value = 0;
        const struct ir_operand *argument = env_call_condition(term, &value);
        return !argument || assume_operand(table, env, argument, IR_EQ, value);
    }
    }
    return true;
}

void env_enter(const struct env_table *table, struct env *env, uint32_t block)
{
    const uint64_t *live = table->live + (size_t)table->cfg->position[block] * table->live_words;
    for (uint32_t i = env->entries->len; i-- > 0;) {
        if (i >= env->entries->len)
            continue;
        uint32_t slot = entry_at(env, i)->slot;
        uint32_t bit = slot_at(table, slot)->live_bit;
        if (bit == SLOT_NONE || !(live[bit / 64] >> (bit % 64) & 1))
            forget_slot(table, env, slot);
    }
}

/* --------------------------------------------------------------------------------------------- join */

bool env_merge(const struct env_table *table, struct env *into, const struct env *from)
{
    bool changed = false;
    for (uint32_t i = into->entries->len; i-- > 0;) {
        struct env_entry *entry = entry_at(into, i);
        const struct env_entry *other = find(from, entry->slot);
        const struct range *top = &slot_at(table, entry->slot)->top;
        if (entry->source != SLOT_NONE &&
            (!other || other->source != entry->source || other->is_copy != entry->is_copy || other->op != entry->op ||
             other->number != entry->number)) {
            entry->range = value_of_slot(table, into, entry->slot);
            entry->source = SLOT_NONE;
            changed = true;
        }
        struct range theirs = other ? value_of_slot(table, from, entry->slot) : *top;
        changed |= range_widen(&entry->range, &theirs, top);
        if (knows_nothing(table, entry))
            g_array_remove_index(into->entries, i);
    }
    return changed;
}
