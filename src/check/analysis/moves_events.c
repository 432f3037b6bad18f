#include "analysis/moves_events.h"

/* How a temporary's value goes on: decides what taking an address means. */
enum temp_use {
    TEMP_UNUSED,
    TEMP_ARGUMENT, /* of a call, which says itself what it does with the pointer */
    TEMP_DEREF,    /* only looked through */
    TEMP_KEPT,     /* stored */
};

struct collector {
    struct move_paths *paths;
    struct move_events *events;
    uint8_t *temp_use;          /* by local */
    bool *is_given_away;        /* by local: a compound literal whose contents somebody takes over */
    bool *is_swap_temp;         /* by local: holds what was copied from a place that was emptied at once */
    const struct ir_block *block;
    struct flow_point at;
    unsigned flags;
    uint32_t arm;
    bool in_operand;
    const struct ir_call *call; /* whose operands are being evaluated */
};

/* ------------------------------------------------------------------------------------- temporaries */

/* A temporary, or a compound literal that is a scalar: `(text *){&t}` is how the headers check a pointer's type. */
static bool is_nameless(const struct collector *c, const struct ir_place *place)
{
    if (place->base != IR_BASE_LOCAL)
        return false;
    const struct ir_local *local = &c->paths->fn->locals[place->base_index];
    return local->kind == IR_LOCAL_TEMP ||
           (local->kind == IR_LOCAL_VARIABLE && !local->name && !local->address_taken && ir_type_is_scalar(local->type));
}

static void note_temp_use(struct collector *c, const struct ir_operand *operand, enum temp_use use)
{
    if (operand->kind == IR_OPERAND_CONST || operand->place.base != IR_BASE_LOCAL)
        return;
    uint32_t local = operand->place.base_index;
    if (!is_nameless(c, &operand->place))
        return;
    if (operand->place.projection_count > 0)
        use = TEMP_DEREF;
    if (c->temp_use[local] < use)
        c->temp_use[local] = (uint8_t)use;
}

static bool is_temp(const struct collector *c, const struct ir_place *place)
{
    return place->base == IR_BASE_LOCAL && c->paths->fn->locals[place->base_index].kind == IR_LOCAL_TEMP;
}

/* Backwards, so that a chain of temporaries (casts) passes its last use up. */
static void find_temp_uses(struct collector *c)
{
    const struct cfg *cfg = c->paths->cfg;
    c->temp_use = g_new0(uint8_t, c->paths->fn->local_count + 1);
    for (uint32_t i = cfg->order_count; i-- > 0;) {
        const struct ir_block *block = &cfg->fn->blocks[cfg->order[i]];
        if (block->terminator.kind == IR_TERM_CALL)
            for (uint32_t a = 0; a < block->terminator.call->arg_count; a++)
                note_temp_use(c, &block->terminator.call->args[a], TEMP_ARGUMENT);
        for (uint32_t s = block->statement_count; s-- > 0;) {
            const struct ir_statement *statement = &block->statements[s];
            if (statement->kind == IR_ST_ASSIGN) {
                enum temp_use use = TEMP_KEPT;
                if (is_nameless(c, &statement->place))
                    use = statement->place.projection_count > 0 ? TEMP_KEPT : c->temp_use[statement->place.base_index];
                if (statement->value.kind == IR_RV_BINARY && statement->value.binary >= IR_EQ &&
                    statement->value.binary <= IR_GE)
                    use = TEMP_DEREF; /* a comparison keeps nothing */
                if (statement->place.base == IR_BASE_LOCAL && statement->place.projection_count > 0 &&
                    is_temp(c, &statement->place))
                    c->temp_use[statement->place.base_index] = MAX(c->temp_use[statement->place.base_index], TEMP_DEREF);
                for (uint32_t o = 0; o < statement->value.operand_count; o++)
                    note_temp_use(c, &statement->value.operands[o], use);
            } else if (statement->kind == IR_ST_ATOMIC) {
                for (uint32_t o = 0; o < statement->atomic->operand_count; o++)
                    note_temp_use(c, &statement->atomic->operands[o], TEMP_KEPT);
            } else if (statement->kind == IR_ST_OPAQUE || statement->kind == IR_ST_ASM) {
                for (uint32_t o = 0; o < statement->opaque->read_count; o++)
                    note_temp_use(c, &statement->opaque->reads[o], TEMP_KEPT);
            }
        }
    }
}

/* ------------------------------------------------------------------------------------------ emitting */

static struct move_event *emit(struct collector *c, enum move_event_kind kind, struct move_ref ref, struct span span)
{
    struct move_event event = {
        .kind = kind,
        .at = c->at,
        .ref = ref,
        .span = span,
        .flags = c->flags,
        .arm = c->arm,
        .in_terminator_operand = c->in_operand,
        .call = c->call,
        .argument = UINT32_MAX,
    };
    g_array_append_val(c->events->items, event);
    return &g_array_index(c->events->items, struct move_event, c->events->items->len - 1);
}

static struct move_event *emit_place(struct collector *c, enum move_event_kind kind, const struct ir_place *place,
                                     struct span span)
{
    struct move_ref ref;
    if (!move_paths_find(c->paths, c->at, place, &ref))
        return NULL;
    return emit(c, kind, ref, span);
}

static struct ir_place prefix(const struct collector *c, const struct ir_place *place, uint32_t count)
{
    struct ir_place shorter = *place;
    shorter.projection_count = count;
    shorter.type = count > 0 ? place->projections[count - 1].type : NULL;
    if (count == 0 && place->base == IR_BASE_LOCAL)
        shorter.type = c->paths->fn->locals[place->base_index].type;
    return shorter;
}

/* Getting to a place reads every pointer on the way. */
static void emit_way(struct collector *c, const struct ir_place *place, struct span span)
{
    for (uint32_t i = 0; i < place->projection_count; i++) {
        if (place->projections[i].kind != IR_PROJ_DEREF)
            continue;
        struct ir_place pointer = prefix(c, place, i);
        emit_place(c, MOVE_EVENT_READ, &pointer, span);
    }
}

static void emit_read(struct collector *c, const struct ir_operand *operand)
{
    if (operand->kind != IR_OPERAND_COPY)
        return;
    emit_way(c, &operand->place, operand->span);
    emit_place(c, MOVE_EVENT_READ, &operand->place, operand->span);
}

static struct move_event *emit_move(struct collector *c, const struct ir_operand *operand)
{
    emit_way(c, &operand->place, operand->span);
    struct move_event *event = emit_place(c, MOVE_EVENT_MOVE, &operand->place, operand->span);
    if (event)
        event->is_take = ir_place_has_deref(&operand->place) && !move_root(c->paths, event->ref.root)->is_pointee;
    return event;
}

static void add_orphan(struct collector *c, struct move_orphan orphan)
{
    orphan.at = c->at;
    g_array_append_val(c->events->orphans, orphan);
}

/* ---------------------------------------------------------------------------------- compound literals */

/*
 * A compound literal is a place nobody can name again. What is copied into one is given away when its
 * contents are: stored somewhere, or taken over by the call it is made for. Else it is lent with it.
 */
static bool is_literal(const struct collector *c, uint32_t local)
{
    const struct ir_local *l = &c->paths->fn->locals[local];
    return l->kind == IR_LOCAL_VARIABLE && !l->name;
}

static void give_away(struct collector *c, const struct value *address)
{
    const struct value *root = value_root(address);
    if (root->kind == VALUE_LOCAL && is_literal(c, root->index))
        c->is_given_away[root->index] = true;
}

static void give_arguments_away(struct collector *c, const struct ir_call *call, struct flow_point at)
{
    for (uint32_t a = 0; a < call->arg_count; a++) {
        const struct ir_operand *arg = &call->args[a];
        struct param_summary ps = summary_argument(c->paths->analysis, call, a);
        if (arg->kind == IR_OPERAND_CONST)
            continue;
        if (arg->type && arg->type->unqualified->kind == IR_TYPE_POINTER) {
            if (ps.moved.when != EFFECT_NEVER)
                give_away(c, value_of_operand(c->paths->values, at, arg));
        } else if (arg->type && ir_type_contains_owned(arg->type) &&
                   (arg->kind == IR_OPERAND_MOVE || ps.consumed.when != EFFECT_NEVER || call->mode != IR_CALL_PLAIN)) {
            give_away(c, value_address(c->paths->values, at, &arg->place));
        }
    }
}

/* Into another literal: as long as that one is only lent, so is this. */
static bool stays_lent(const struct collector *c, const struct ir_place *to)
{
    return to->base == IR_BASE_LOCAL && is_literal(c, to->base_index) && !c->is_given_away[to->base_index];
}

/* Backwards, so that a literal inside a literal is known after the outer one. */
static void find_given_literals(struct collector *c)
{
    const struct cfg *cfg = c->paths->cfg;
    c->is_given_away = g_new0(bool, cfg->fn->local_count + 1);
    c->is_swap_temp = g_new0(bool, cfg->fn->local_count + 1);
    for (uint32_t i = cfg->order_count; i-- > 0;) {
        uint32_t b = cfg->order[i];
        const struct ir_block *block = &cfg->fn->blocks[b];
        if (block->terminator.kind == IR_TERM_CALL)
            give_arguments_away(c, block->terminator.call, (struct flow_point){ b, block->statement_count });
        for (uint32_t s = block->statement_count; s-- > 0;) {
            const struct ir_statement *statement = &block->statements[s];
            if (statement->kind != IR_ST_ASSIGN || statement->value.kind != IR_RV_USE ||
                statement->value.operands[0].kind == IR_OPERAND_CONST || stays_lent(c, &statement->place))
                continue;
            const struct ir_place *from = &statement->value.operands[0].place;
            if (from->type && ir_type_contains_owned(from->type))
                give_away(c, value_address(c->paths->values, (struct flow_point){ b, s }, from));
        }
    }
}

/* --------------------------------------------------------------------------------- copies of owned values */

static bool touches(const struct ir_place *a, const struct ir_place *b)
{
    return ir_place_is_prefix(a, b) || ir_place_is_prefix(b, a);
}

static bool statement_reads(const struct ir_statement *statement, const struct ir_place *place)
{
    if (statement->kind == IR_ST_ASSIGN) {
        if (statement->value.kind == IR_RV_ADDRESS_OF && touches(&statement->value.place, place))
            return true;
        for (uint32_t i = 0; i < statement->value.operand_count; i++)
            if (statement->value.operands[i].kind != IR_OPERAND_CONST &&
                touches(&statement->value.operands[i].place, place))
                return true;
        return false;
    }
    if (statement->kind == IR_ST_DROP)
        return touches(&statement->place, place);
    return statement->kind == IR_ST_ATOMIC || statement->kind == IR_ST_OPAQUE || statement->kind == IR_ST_ASM;
}

/*
 * What becomes of the source of `b = a` right afterwards. If it is emptied or overwritten before anyone
 * looks at it again, the copy was a move in two steps (a swap, a take followed by fl_forget).
 */
enum copied_source { COPIED_LEFT, COPIED_EMPTIED, COPIED_DEAD };

/* `s->items[i]` is another temporary each time: what counts is where it leads. */
static const struct value *address_behind_pointer(const struct collector *c, uint32_t statement,
                                                  const struct ir_place *place)
{
    if (!ir_place_has_deref(place))
        return NULL;
    return value_address(c->paths->values, (struct flow_point){ c->at.block, statement }, place);
}

static enum copied_source after_copy(const struct collector *c, const struct ir_place *place)
{
    const struct value *address = address_behind_pointer(c, c->at.statement, place);
    for (uint32_t s = c->at.statement + 1; s < c->block->statement_count; s++) {
        const struct ir_statement *statement = &c->block->statements[s];
        if (statement_reads(statement, place))
            return COPIED_LEFT;
        if ((statement->kind == IR_ST_ASSIGN || statement->kind == IR_ST_ZERO || statement->kind == IR_ST_FORGET) &&
            (ir_place_is_prefix(&statement->place, place) ||
             (address && address_behind_pointer(c, s, &statement->place) == address)))
            return COPIED_EMPTIED;
        if (address && statement->kind == IR_ST_ASSIGN && statement->value.operand_count > 0 &&
            statement->value.operands[0].kind == IR_OPERAND_COPY &&
            address_behind_pointer(c, s, &statement->value.operands[0].place) == address)
            return COPIED_LEFT;
        if (statement->kind == IR_ST_STORAGE_DEAD && place->base == IR_BASE_LOCAL &&
            statement->local == place->base_index)
            return COPIED_DEAD;
    }
    return COPIED_LEFT;
}

static bool owns(const struct ir_type *type)
{
    return type && ir_type_contains_owned(type);
}

/* Nothing but zeros is ever stored in it: `(text){ 0 }`, or a macro's variable made from one. */
static bool holds_zero(const struct collector *c, uint32_t local, unsigned depth);

static bool stores_zero(const struct collector *c, const struct ir_rvalue *value, unsigned depth)
{
    if (value->kind != IR_RV_USE && value->kind != IR_RV_CAST)
        return false;
    const struct ir_operand *operand = &value->operands[0];
    if (operand->kind == IR_OPERAND_CONST)
        return true;
    return operand->place.base == IR_BASE_LOCAL && operand->place.projection_count == 0 &&
           holds_zero(c, operand->place.base_index, depth + 1);
}

static bool holds_zero(const struct collector *c, uint32_t local, unsigned depth)
{
    const struct ir_function *fn = c->paths->fn;
    const struct ir_local *l = &fn->locals[local];
    bool zeroed = false;
    if (depth > 4 || l->address_taken || l->kind != IR_LOCAL_VARIABLE || (l->name && !l->hidden))
        return false;
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        for (uint32_t s = 0; s < block->statement_count; s++) {
            const struct ir_statement *statement = &block->statements[s];
            if (statement->place.base != IR_BASE_LOCAL || statement->place.base_index != local ||
                (statement->kind != IR_ST_ASSIGN && statement->kind != IR_ST_ZERO))
                continue;
            if (statement->kind == IR_ST_ASSIGN && !stores_zero(c, &statement->value, depth))
                return false;
            zeroed |= statement->kind == IR_ST_ASSIGN || statement->place.projection_count == 0;
        }
        if (block->terminator.kind == IR_TERM_CALL && block->terminator.call->has_dest &&
            block->terminator.call->dest.base == IR_BASE_LOCAL && block->terminator.call->dest.base_index == local)
            return false;
    }
    return zeroed;
}

/* `place = copy source` where the value is owned. Returns what `place` holds afterwards. */
static enum move_source copy_owned(struct collector *c, const struct ir_place *to, const struct ir_operand *from)
{
    struct move_ref ref;
    bool is_result = to->base == IR_BASE_LOCAL && to->base_index == 0 && to->projection_count == 0;
    if (is_temp(c, &from->place) && from->place.projection_count == 0)
        return MOVE_SOURCE_OWNED; /* a value that nothing else holds */
    emit_way(c, &from->place, from->span);

    enum copied_source after = after_copy(c, &from->place);
    if (from->place.base == IR_BASE_LOCAL && !ir_place_has_deref(&from->place)) {
        const struct ir_local *local = &c->paths->fn->locals[from->place.base_index];
        if (!local_is_named(local))
            return holds_zero(c, from->place.base_index, 0) ? MOVE_SOURCE_EMPTY : MOVE_SOURCE_OWNED;
        if (!move_paths_find(c->paths, c->at, &from->place, &ref))
            return MOVE_SOURCE_UNKNOWN;
        if (to->base == IR_BASE_LOCAL && is_literal(c, to->base_index) && !c->is_given_away[to->base_index]) {
            emit(c, MOVE_EVENT_READ, ref, from->span);
            return MOVE_SOURCE_UNKNOWN;
        }
        bool kept_by_return = is_result && !move_root(c->paths, ref.root)->has_auto;
        bool kept_by_scope = is_temp(c, to) && after == COPIED_DEAD;
        bool kept_by_swap = c->is_swap_temp[from->place.base_index] && from->place.projection_count == 0;
        if (kept_by_return || kept_by_scope || kept_by_swap || after == COPIED_EMPTIED) {
            if (after == COPIED_EMPTIED && to->base == IR_BASE_LOCAL && to->projection_count == 0)
                c->is_swap_temp[to->base_index] = true;
            emit(c, MOVE_EVENT_MOVE, ref, from->span);
            return MOVE_SOURCE_OWNED;
        }
        struct move_event *copy = emit(c, MOVE_EVENT_COPY, ref, from->span);
        copy->copy = is_result ? MOVE_COPY_RETURN : MOVE_COPY_ASSIGN;
        return MOVE_SOURCE_UNKNOWN;
    }

    if (after == COPIED_EMPTIED) {
        if (to->base == IR_BASE_LOCAL && to->projection_count == 0)
            c->is_swap_temp[to->base_index] = true;
        return MOVE_SOURCE_OWNED;
    }
    if (to->base == IR_BASE_LOCAL && is_literal(c, to->base_index) && !c->is_given_away[to->base_index])
        return MOVE_SOURCE_UNKNOWN;
    if (move_paths_find(c->paths, c->at, &from->place, &ref))
        emit(c, MOVE_EVENT_READ, ref, from->span);
    add_orphan(c, (struct move_orphan){
                      .kind = from->place.base == IR_BASE_GLOBAL && !ir_place_has_deref(&from->place)
                                  ? MOVE_ORPHAN_FROM_GLOBAL
                                  : MOVE_ORPHAN_FROM_POINTER,
                      .span = from->span,
                      .place = from->place,
                      .type = from->place.type,
                      .is_return = is_result,
                      .is_kept = to->base == IR_BASE_LOCAL && to->projection_count == 0 && !is_result &&
                                 local_is_named(&c->paths->fn->locals[to->base_index]),
                  });
    return MOVE_SOURCE_UNKNOWN;
}

/* ---------------------------------------------------------------------------------------- statements */

static enum move_source plain_source(const struct ir_rvalue *value)
{
    if (value->kind == IR_RV_USE || value->kind == IR_RV_CAST) {
        const struct ir_operand *operand = &value->operands[0];
        if (operand->kind == IR_OPERAND_CONST)
            return MOVE_SOURCE_EMPTY; /* whatever the number: nothing to give back */
        if (operand->place.base == IR_BASE_STRING || operand->place.base == IR_BASE_GLOBAL)
            return MOVE_SOURCE_UNKNOWN;
        return MOVE_SOURCE_OWNED;
    }
    if (value->kind == IR_RV_ADDRESS_OF)
        return MOVE_SOURCE_UNKNOWN;
    return MOVE_SOURCE_OWNED;
}

static void address_taken(struct collector *c, const struct ir_statement *statement)
{
    const struct ir_place *place = &statement->value.place;
    struct move_ref ref;
    struct span span = span_is_none(statement->value.span) ? statement->span : statement->value.span;
    emit_way(c, place, span);
    if (!move_paths_find(c->paths, c->at, place, &ref))
        return;
    bool to_temp = is_nameless(c, &statement->place) && statement->place.projection_count == 0;
    enum temp_use use = to_temp ? c->temp_use[statement->place.base_index] : TEMP_KEPT;
    /* the argument of a call is looked at there, and so is what is done through the pointer */
    if (use == TEMP_ARGUMENT || use == TEMP_DEREF || use == TEMP_UNUSED)
        return;
    emit(c, MOVE_EVENT_LEND, ref, span);
}

/* A pointer to a root that goes where its value is not followed. */
static void note_escape(struct collector *c, const struct ir_statement *statement)
{
    const struct ir_type *type = statement->value.type;
    if (!type || !ir_type_is_pointer_like(type) || statement->value.kind == IR_RV_BUILTIN)
        return;
    bool to_local = statement->place.base == IR_BASE_LOCAL && statement->place.projection_count == 0;
    const struct ir_local *local = to_local ? &c->paths->fn->locals[statement->place.base_index] : NULL;
    if (local && !local->address_taken && local->kind != IR_LOCAL_RESULT) {
        /* followed, unless different values meet in it */
        struct flow_point after = { c->at.block, c->at.statement + 1 };
        const struct value *held = value_of_place(c->paths->values, after, &statement->place);
        uint32_t definitions = value_definition_count(c->paths->values, statement->place.base_index);
        if (definitions <= 1 || held->kind == VALUE_CONST)
            return;
    }
    const struct value *pointer = NULL;
    if (statement->value.kind == IR_RV_ADDRESS_OF)
        pointer = value_address(c->paths->values, c->at, &statement->value.place);
    else if (statement->value.operand_count > 0)
        pointer = value_of_operand(c->paths->values, c->at, &statement->value.operands[0]);
    struct move_ref ref;
    if (pointer && move_paths_find_address(c->paths, pointer, &ref))
        move_root(c->paths, ref.root)->is_escaped = true;
}

static void assign_event(struct collector *c, const struct ir_place *place, struct span span, enum move_source source)
{
    emit_way(c, place, span);
    struct move_event *event = emit_place(c, MOVE_EVENT_ASSIGN, place, span);
    if (event)
        event->source = source;
}

static void collect_assign(struct collector *c, const struct ir_statement *statement)
{
    const struct ir_rvalue *value = &statement->value;
    enum move_source source = plain_source(value);
    bool owned_copy = value->kind == IR_RV_USE && owns(value->operands[0].type);
    if (owned_copy && value->operands[0].kind == IR_OPERAND_COPY) {
        source = copy_owned(c, &statement->place, &value->operands[0]);
    } else {
        for (uint32_t i = 0; i < value->operand_count; i++) {
            if (value->operands[i].kind == IR_OPERAND_MOVE)
                emit_move(c, &value->operands[i]);
            else
                emit_read(c, &value->operands[i]);
        }
        if (value->kind == IR_RV_USE && value->operands[0].kind == IR_OPERAND_MOVE && stores_zero(c, value, 0))
            source = MOVE_SOURCE_EMPTY;
        if (value->kind == IR_RV_ADDRESS_OF)
            address_taken(c, statement);
        if (value->kind == IR_RV_BUILTIN)
            source = MOVE_SOURCE_UNKNOWN;
    }
    note_escape(c, statement);
    assign_event(c, &statement->place, statement->span, source);
}

static void collect_statement(struct collector *c, const struct ir_statement *statement)
{
    struct ir_place local = { .base = IR_BASE_LOCAL, .base_index = statement->local };
    switch (statement->kind) {
    case IR_ST_ASSIGN:
        collect_assign(c, statement);
        break;
    case IR_ST_ZERO:
        emit_way(c, &statement->place, statement->span);
        emit_place(c, MOVE_EVENT_ZERO, &statement->place, statement->span);
        break;
    case IR_ST_DROP: {
        emit_way(c, &statement->place, statement->span);
        struct move_event *event = emit_place(c, MOVE_EVENT_DROP, &statement->place, statement->span);
        if (event)
            event->is_take = ir_place_has_deref(&statement->place) && !move_root(c->paths, event->ref.root)->is_pointee;
        break;
    }
    case IR_ST_FORGET:
        emit_way(c, &statement->place, statement->span);
        emit_place(c, MOVE_EVENT_FORGET, &statement->place, statement->span);
        break;
    case IR_ST_STORAGE_LIVE:
        emit_place(c, MOVE_EVENT_LIVE, &local, statement->span);
        break;
    case IR_ST_STORAGE_DEAD:
        emit_place(c, MOVE_EVENT_DEAD, &local, statement->span);
        break;
    case IR_ST_ATOMIC:
        for (uint32_t i = 0; i < statement->atomic->operand_count; i++)
            emit_read(c, &statement->atomic->operands[i]);
        emit_way(c, &statement->place, statement->span);
        break;
    case IR_ST_ASM:
    case IR_ST_OPAQUE:
        for (uint32_t i = 0; i < statement->opaque->read_count; i++)
            emit_read(c, &statement->opaque->reads[i]);
        for (uint32_t i = 0; i < statement->opaque->write_count; i++)
            assign_event(c, &statement->opaque->writes[i], statement->span, MOVE_SOURCE_UNKNOWN);
        break;
    case IR_ST_NOP:
        break;
    }
}

/* --------------------------------------------------------------------------------------------- calls */

static bool is_pointer(const struct ir_operand *operand)
{
    return operand->type && operand->type->unqualified->kind == IR_TYPE_POINTER;
}

/* By the parameter's type: `f(&t)` adds the const of `const text *` without a conversion that the IR would show. */
static bool points_to_const(const struct ir_call *call, uint32_t index)
{
    const struct ir_type *type = call->args[index].type;
    if (call->callee && index < call->callee->type->param_count)
        type = call->callee->type->params[index];
    const struct ir_type *target = type->unqualified->target;
    return target && (target->quals & IR_QUAL_CONST);
}

static void pointer_argument(struct collector *c, const struct ir_call *call, uint32_t index)
{
    const struct ir_operand *operand = &call->args[index];
    const struct value *pointer = value_of_operand(c->paths->values, c->at, operand);
    struct move_ref ref;
    if (!move_paths_find_address(c->paths, pointer, &ref))
        return;
    struct param_summary ps = summary_argument(c->paths->analysis, call, index);
    struct move_event *event;
    if (ps.keeps)
        move_root(c->paths, ref.root)->is_escaped = true;
    if (ps.moved.when != EFFECT_NEVER) {
        event = emit(c, MOVE_EVENT_CONSUME, ref, operand->span);
        event->effect = ps.moved;
    } else if (ps.initialised.when != EFFECT_NEVER) {
        if (ps.reads)
            emit(c, MOVE_EVENT_LEND, ref, operand->span);
        event = emit(c, MOVE_EVENT_INIT, ref, operand->span);
        event->effect = ps.initialised;
        event->fills_empty = ps.fills_empty;
        event->overwrites = ps.overwrites;
    } else {
        event = emit(c, points_to_const(call, index) ? MOVE_EVENT_BORROW : MOVE_EVENT_LEND, ref, operand->span);
    }
    event->call = call;
    event->argument = index;
}

static void value_argument(struct collector *c, const struct ir_call *call, uint32_t index)
{
    const struct ir_operand *operand = &call->args[index];
    struct param_summary ps = summary_argument(c->paths->analysis, call, index);
    if (operand->kind == IR_OPERAND_CONST)
        return;
    if (operand->kind == IR_OPERAND_MOVE) {
        struct move_event *event = emit_move(c, operand);
        if (event) {
            event->call = call;
            event->argument = index;
        }
        return;
    }
    bool taken = ps.consumed.when != EFFECT_NEVER || call->mode != IR_CALL_PLAIN;
    if (!owns(operand->type)) {
        emit_read(c, operand);
        return;
    }
    if (is_temp(c, &operand->place)) {
        if (!taken && call->callee && call->callee->has_body && ir_type_is_owned(operand->type) &&
            !call->callee->is_broken)
            add_orphan(c, (struct move_orphan){
                              .kind = MOVE_ORPHAN_LENT,
                              .span = operand->span,
                              .place = operand->place,
                              .type = operand->type,
                              .call = call,
                              .argument = index,
                          });
        return;
    }
    emit_way(c, &operand->place, operand->span);
    struct move_event *event = emit_place(c, taken ? MOVE_EVENT_COPY : MOVE_EVENT_READ, &operand->place, operand->span);
    if (event) {
        event->copy = MOVE_COPY_ARGUMENT;
        event->call = call;
        event->argument = index;
    } else if (taken) {
        add_orphan(c, (struct move_orphan){
                          .kind = operand->place.base == IR_BASE_GLOBAL && !ir_place_has_deref(&operand->place)
                                      ? MOVE_ORPHAN_FROM_GLOBAL
                                      : MOVE_ORPHAN_FROM_POINTER,
                          .span = operand->span,
                          .place = operand->place,
                          .type = operand->type,
                          .call = call,
                          .argument = index,
                      });
    }
}

/* Some later event looks at the root again (its end does not count). */
static bool is_used_later(const struct collector *c, struct move_ref ref)
{
    const struct move_root *root = move_root(c->paths, ref.root);
    const struct cfg *cfg = c->paths->cfg;
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        uint32_t b = cfg->order[i];
        const struct ir_block *block = &cfg->fn->blocks[b];
        struct ir_place local = { .base = IR_BASE_LOCAL, .base_index = root->local };
        if (b == c->at.block || !cfg_can_reach(cfg, c->at.block, b))
            continue;
        for (uint32_t s = 0; s < block->statement_count; s++)
            if (statement_reads(&block->statements[s], &local))
                return true;
        if (block->terminator.kind == IR_TERM_CALL)
            for (uint32_t a = 0; a < block->terminator.call->arg_count; a++)
                if (block->terminator.call->args[a].kind != IR_OPERAND_CONST &&
                    touches(&block->terminator.call->args[a].place, &local))
                    return true;
    }
    return root->has_auto;
}

/* memcpy(&b, &a, sizeof a): a copy like any other, unless nobody looks at the source again. */
static void copy_bytes(struct collector *c, const struct ir_call *call)
{
    uint32_t from = UINT32_MAX, to = UINT32_MAX;
    for (uint32_t i = 0; call->callee && i < call->arg_count && i < call->callee->type->param_count; i++) {
        if (ir_note(call->callee->params[i].notes, "copy_from"))
            from = i;
        else if (ir_note(call->callee->params[i].notes, "copy_to"))
            to = i;
    }
    if (from == UINT32_MAX || to == UINT32_MAX)
        return;
    struct move_ref source, destination;
    const struct value *address = value_of_operand(c->paths->values, c->at, &call->args[from]);
    if (!move_paths_find_address(c->paths, address, &source) || source.is_element || !source.is_exact ||
        move_root(c->paths, source.root)->is_pointee ||
        !owns(move_node(c->paths, source.root, source.node)->type))
        return;
    bool moved = !is_used_later(c, source);
    struct move_event *event = emit(c, moved ? MOVE_EVENT_MOVE : MOVE_EVENT_COPY, source, call->args[from].span);
    event->copy = MOVE_COPY_BYTES;
    event->call = NULL;
    address = value_of_operand(c->paths->values, c->at, &call->args[to]);
    if (move_paths_find_address(c->paths, address, &destination) && destination.is_exact) {
        event = emit(c, MOVE_EVENT_ASSIGN, destination, call->args[to].span);
        event->source = moved ? MOVE_SOURCE_OWNED : MOVE_SOURCE_UNKNOWN;
    }
}

static bool borrows_result(const struct collector *c, const struct ir_call *call)
{
    return call->callee && c->paths->analysis->summaries[call->callee->index].result_borrows;
}

static void collect_call(struct collector *c, const struct ir_terminator *term)
{
    const struct ir_call *call = term->call;
    if (!call->callee)
        emit_read(c, &call->pointer);
    if (call->mode == IR_CALL_SPAWN_SCOPED)
        emit_read(c, &call->scope);
    c->in_operand = true;
    c->call = call;
    /* reads come before moves: a call with both is found by their being unsequenced */
    for (uint32_t pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < call->arg_count; i++) {
            bool moves = call->args[i].kind == IR_OPERAND_MOVE;
            if (moves != (pass == 1) && !is_pointer(&call->args[i]))
                continue;
            if (is_pointer(&call->args[i])) {
                if (pass == 0) {
                    if (moves)
                        value_argument(c, call, i);
                    else
                        emit_read(c, &call->args[i]);
                    if (call->mode == IR_CALL_PLAIN)
                        pointer_argument(c, call, i);
                }
            } else {
                value_argument(c, call, i);
            }
        }
    c->in_operand = false;
    c->call = NULL;
    copy_bytes(c, call);

    const struct ir_type *result = call->has_dest ? call->dest.type : NULL;
    if (call->has_dest) {
        enum move_source source = MOVE_SOURCE_OWNED;
        if (borrows_result(c, call))
            source = MOVE_SOURCE_UNKNOWN;
        assign_event(c, &call->dest, term->span, source);
    }
    if (call->result_unused && !borrows_result(c, call)) {
        if (!result && call->callee)
            result = call->callee->type->target;
        if (owns(result))
            add_orphan(c, (struct move_orphan){
                              .kind = MOVE_ORPHAN_UNUSED,
                              .span = term->span,
                              .type = result,
                              .call = call,
                          });
    }
}

static void collect_return(struct collector *c, const struct ir_terminator *term)
{
    for (uint32_t r = 0; r < c->paths->roots->len; r++) {
        const struct move_root *root = move_root(c->paths, r);
        if (root->is_param || root->is_pointee)
            emit(c, root->is_param ? MOVE_EVENT_DEAD : MOVE_EVENT_RETURN, (struct move_ref){ r, 0, true, false },
                 term->span);
    }
}

static void collect_terminator(struct collector *c, const struct ir_terminator *term)
{
    switch (term->kind) {
    case IR_TERM_BRANCH:
    case IR_TERM_SWITCH:
    case IR_TERM_INDIRECT:
        emit_read(c, &term->condition);
        break;
    case IR_TERM_CALL:
        collect_call(c, term);
        break;
    case IR_TERM_RETURN:
        collect_return(c, term);
        break;
    default:
        break;
    }
}

/* -------------------------------------------------------------------------------------------- public */

/* Which variables a scope's end drops, and which arrays are taken apart: known before any event is made. */
static void find_autos(struct collector *c)
{
    const struct cfg *cfg = c->paths->cfg;
    struct move_ref ref;
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        uint32_t b = cfg->order[i];
        const struct ir_block *block = &cfg->fn->blocks[b];
        for (uint32_t s = 0; s < block->statement_count; s++) {
            const struct ir_statement *statement = &block->statements[s];
            if (statement->kind == IR_ST_DROP && (statement->flags & IR_FLAG_SCOPE_END) &&
                move_paths_find(c->paths, (struct flow_point){ b, s }, &statement->place, &ref))
                move_root(c->paths, ref.root)->has_auto = true;
        }
    }
}

static void find_element_takes(struct collector *c)
{
    for (guint i = 0; i < c->events->items->len; i++) {
        const struct move_event *event = move_event(c->events, i);
        if (!event->ref.is_element)
            continue;
        if (event->kind == MOVE_EVENT_MOVE || event->kind == MOVE_EVENT_CONSUME || event->kind == MOVE_EVENT_DROP ||
            event->kind == MOVE_EVENT_FORGET || event->kind == MOVE_EVENT_LEND)
            move_root(c->paths, event->ref.root)->has_element_takes = true;
    }
}

struct move_events *move_events_new(struct move_paths *paths)
{
    struct move_events *events = g_new0(struct move_events, 1);
    events->items = g_array_new(FALSE, TRUE, sizeof(struct move_event));
    events->orphans = g_array_new(FALSE, TRUE, sizeof(struct move_orphan));
    events->first = g_new0(uint32_t, paths->fn->block_count + 1);
    struct collector c = { .paths = paths, .events = events };
    find_temp_uses(&c);
    find_autos(&c);
    find_given_literals(&c);
    for (uint32_t b = 0; b < paths->fn->block_count; b++) {
        events->first[b] = events->items->len;
        if (!cfg_reachable(paths->cfg, b))
            continue;
        c.block = &paths->fn->blocks[b];
        for (uint32_t s = 0; s < c.block->statement_count; s++) {
            c.at = (struct flow_point){ b, s };
            c.flags = c.block->statements[s].flags;
            c.arm = c.block->statements[s].arm;
            collect_statement(&c, &c.block->statements[s]);
        }
        c.at = (struct flow_point){ b, c.block->statement_count };
        c.flags = c.block->terminator.flags;
        c.arm = c.block->terminator.arm;
        collect_terminator(&c, &c.block->terminator);
    }
    events->first[paths->fn->block_count] = events->items->len;
    find_element_takes(&c);
    g_free(c.temp_use);
    g_free(c.is_given_away);
    g_free(c.is_swap_temp);
    return events;
}

void move_events_free(struct move_events *events)
{
    if (!events)
        return;
    g_array_free(events->items, TRUE);
    g_array_free(events->orphans, TRUE);
    g_free(events->first);
    g_free(events);
}

void move_events_at(const struct move_events *events, struct flow_point at, uint32_t *ret_from, uint32_t *ret_to)
{
    uint32_t low = events->first[at.block], high = events->first[at.block + 1];
    uint32_t end = high;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (move_event(events, middle)->at.statement < at.statement)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_from = low;
    while (low < end && move_event(events, low)->at.statement == at.statement)
        low++;
    *ret_to = low;
}

/* -------------------------------------------------------------------------------------- unsequenced */

static bool arm_is_inside(const struct ir_function *fn, uint32_t arm, uint32_t outer)
{
    for (; arm != 0; arm = fn->arms[arm].parent)
        if (arm == outer)
            return true;
    return outer == 0;
}

static bool arms_are_siblings(const struct ir_function *fn, uint32_t a, uint32_t b)
{
    for (uint32_t x = a; x != 0; x = fn->arms[x].parent)
        for (uint32_t y = b; y != 0; y = fn->arms[y].parent)
            if (x != y && fn->arms[x].group == fn->arms[y].group && fn->arms[x].parent == fn->arms[y].parent)
                return true;
    return false;
}

/* The other event happens while the arguments of this operand's call are evaluated. */
static bool is_in_sibling_argument(const struct ir_function *fn, const struct move_event *operand,
                                   const struct move_event *other)
{
    if (!operand->call || other->arm == operand->arm || !arm_is_inside(fn, other->arm, operand->arm))
        return false;
    /* some argument of the call was computed in that arm */
    for (uint32_t i = 0; i < operand->call->arg_count; i++) {
        const struct ir_operand *arg = &operand->call->args[i];
        if (i == operand->argument || arg->kind != IR_OPERAND_COPY || arg->place.base != IR_BASE_LOCAL ||
            fn->locals[arg->place.base_index].kind != IR_LOCAL_TEMP)
            continue;
        for (uint32_t b = 0; b < fn->block_count; b++) {
            const struct ir_block *block = &fn->blocks[b];
            for (uint32_t s = 0; s < block->statement_count; s++)
                if (block->statements[s].kind == IR_ST_ASSIGN && block->statements[s].arm != 0 &&
                    block->statements[s].place.base == IR_BASE_LOCAL &&
                    block->statements[s].place.base_index == arg->place.base_index &&
                    arm_is_inside(fn, other->arm, block->statements[s].arm))
                    return true;
            if (block->terminator.kind == IR_TERM_CALL && block->terminator.call->has_dest && block->terminator.arm != 0 &&
                block->terminator.call->dest.base == IR_BASE_LOCAL &&
                block->terminator.call->dest.base_index == arg->place.base_index &&
                arm_is_inside(fn, other->arm, block->terminator.arm))
                return true;
        }
    }
    return false;
}

bool move_events_unsequenced(const struct ir_function *fn, const struct move_event *a, const struct move_event *b)
{
    if (a->at.block == b->at.block && a->at.statement == b->at.statement)
        return a->in_terminator_operand && b->in_terminator_operand && a->call == b->call;
    if (a->arm != 0 && b->arm != 0 && a->arm != b->arm && arms_are_siblings(fn, a->arm, b->arm))
        return true;
    return (a->in_terminator_operand && is_in_sibling_argument(fn, a, b)) ||
           (b->in_terminator_operand && is_in_sibling_argument(fn, b, a));
}
