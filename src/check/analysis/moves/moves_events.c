#include "analysis/moves/moves_collect.h"

/* ------------------------------------------------------------------------------------------ emitting */

struct move_event *collect_event(struct collector *c, enum move_event_kind kind, struct move_ref ref, struct span span)
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

struct move_event *collect_place(struct collector *c, enum move_event_kind kind, const struct ir_place *place,
                                     struct span span)
{
    struct move_ref ref;
    if (!move_paths_find(c->paths, c->at, place, &ref))
        return NULL;
    return collect_event(c, kind, ref, span);
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

void collect_way(struct collector *c, const struct ir_place *place, struct span span)
{
    for (uint32_t i = 0; i < place->projection_count; i++) {
        if (place->projections[i].kind != IR_PROJ_DEREF)
            continue;
        struct ir_place pointer = prefix(c, place, i);
        collect_place(c, MOVE_EVENT_READ, &pointer, span);
    }
}

static void collect_operand(struct collector *c, const struct ir_operand *operand, enum move_event_kind kind)
{
    if (operand->kind != IR_OPERAND_COPY)
        return;
    collect_way(c, &operand->place, operand->span);
    collect_place(c, kind, &operand->place, operand->span);
}

void collect_read(struct collector *c, const struct ir_operand *operand)
{
    collect_operand(c, operand, MOVE_EVENT_READ);
}

/* `tx != NULL`, `if (!tx)`: the empty value is a value, and this is what it is for. */
static void collect_look(struct collector *c, const struct ir_operand *operand)
{
    if (operand->kind != IR_OPERAND_COPY)
        return;
    collect_way(c, &operand->place, operand->span);
    struct move_event *event = collect_place(c, MOVE_EVENT_READ, &operand->place, operand->span);
    if (event)
        event->is_look = event->ref.is_exact && operand->type && ir_type_is_pointer_like(operand->type);
}

static bool is_look(const struct collector *c, const struct ir_statement *statement)
{
    const struct ir_rvalue *value = &statement->value;
    return collect_is_null_test(c, c->at, value) ||
           ((value->kind == IR_RV_USE || value->kind == IR_RV_CAST) && collect_is_nameless(c, &statement->place) &&
            statement->place.projection_count == 0 && c->is_look[statement->place.base_index]);
}

struct move_event *collect_move(struct collector *c, const struct ir_operand *operand)
{
    collect_way(c, &operand->place, operand->span);
    struct move_event *event = collect_place(c, MOVE_EVENT_MOVE, &operand->place, operand->span);
    if (event)
        event->is_take = ir_place_has_deref(&operand->place) && !move_root(c->paths, event->ref.root)->is_pointee;
    return event;
}

void collect_orphan(struct collector *c, struct move_orphan orphan)
{
    orphan.at = c->at;
    g_array_append_val(c->events->orphans, orphan);
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
    collect_way(c, place, span);
    if (!move_paths_find(c->paths, c->at, place, &ref))
        return;
    bool to_temp = collect_is_nameless(c, &statement->place) && statement->place.projection_count == 0;
    enum temp_use use = to_temp ? c->temp_use[statement->place.base_index] : TEMP_KEPT;
    /* the argument of a call is looked at there, and so is what is done through the pointer */
    if (use == TEMP_ARGUMENT || use == TEMP_DEREF || use == TEMP_UNUSED)
        return;
    collect_event(c, MOVE_EVENT_LEND, ref, span);
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

void collect_assigned(struct collector *c, const struct ir_place *place, struct span span, enum move_source source)
{
    collect_way(c, place, span);
    struct move_event *event = collect_place(c, MOVE_EVENT_ASSIGN, place, span);
    if (!event)
        return;
    event->source = source;
    event->type = place->type;
}

/* What the assignment just made moved its value out of. */
static void note_source(struct collector *c, const struct ir_rvalue *value)
{
    struct move_ref from;
    if (value->kind != IR_RV_USE || value->operands[0].kind != IR_OPERAND_MOVE || c->events->items->len == 0 ||
        !move_paths_find(c->paths, c->at, &value->operands[0].place, &from) || !from.is_exact || from.node != 0)
        return;
    struct move_event *last = &g_array_index(c->events->items, struct move_event, c->events->items->len - 1);
    if (last->kind != MOVE_EVENT_ASSIGN || last->source != MOVE_SOURCE_OWNED || last->at.block != c->at.block ||
        last->at.statement != c->at.statement)
        return;
    last->is_from_root = true;
    last->from = from;
}

/* `(void)text_of("x")`, `fl_replace(&t, ...);`: a value in a temporary that nobody reads. */
void collect_discarded(struct collector *c, const struct ir_place *to, struct span span, const struct ir_call *call)
{
    if (!collect_is_temp(c, to) || to->projection_count > 0 || c->temp_use[to->base_index] != TEMP_UNUSED ||
        !to->type || !ir_type_is_owned(to->type))
        return;
    collect_orphan(c, (struct move_orphan){ .kind = MOVE_ORPHAN_UNUSED, .span = span, .type = to->type, .call = call });
}

/* The library's functions take a handle as `void *`: the cast is the lending. */
static bool lends_handle(const struct collector *c, const struct ir_statement *statement)
{
    const struct ir_operand *handle = statement->value.operands;
    return statement->value.kind == IR_RV_CAST && handle->kind == IR_OPERAND_COPY && handle->type &&
           handle->type->unqualified->kind == IR_TYPE_HANDLE && collect_is_nameless(c, &statement->place) &&
           statement->place.projection_count == 0 && c->temp_use[statement->place.base_index] == TEMP_ARGUMENT;
}

static void collect_assign(struct collector *c, const struct ir_statement *statement)
{
    const struct ir_rvalue *value = &statement->value;
    enum move_source source = plain_source(value);
    bool owned_copy = value->kind == IR_RV_USE && collect_owns(value->operands[0].type) && !is_look(c, statement);
    if (owned_copy && value->operands[0].kind == IR_OPERAND_COPY) {
        source = collect_copy(c, &statement->place, &value->operands[0]);
    } else {
        for (uint32_t i = 0; i < value->operand_count; i++) {
            if (value->operands[i].kind == IR_OPERAND_MOVE)
                collect_move(c, &value->operands[i]);
            else if (is_look(c, statement))
                collect_look(c, &value->operands[i]);
            else
                collect_operand(c, &value->operands[i],
                                lends_handle(c, statement) ? MOVE_EVENT_BORROW : MOVE_EVENT_READ);
        }
        if (value->kind == IR_RV_USE && value->operands[0].kind == IR_OPERAND_MOVE && collect_stores_zero(c, value, 0))
            source = MOVE_SOURCE_EMPTY;
        if (value->kind == IR_RV_ADDRESS_OF)
            address_taken(c, statement);
        if (value->kind == IR_RV_BUILTIN)
            source = MOVE_SOURCE_UNKNOWN;
    }
    note_escape(c, statement);
    collect_assigned(c, &statement->place, statement->span, source);
    note_source(c, value);
    if (value->kind == IR_RV_CAST || (value->kind == IR_RV_USE && (value->operands[0].kind == IR_OPERAND_MOVE ||
                                                                   collect_is_temp(c, &value->operands[0].place))))
        collect_discarded(c, &statement->place, statement->span, NULL);
}

/* fl_drop, fl_forget */
static void collect_emptied(struct collector *c, enum move_event_kind kind, const struct ir_statement *statement)
{
    collect_way(c, &statement->place, statement->span);
    struct move_event *event = collect_place(c, kind, &statement->place, statement->span);
    if (event)
        event->is_take = ir_place_has_deref(&statement->place) && !move_root(c->paths, event->ref.root)->is_pointee;
}

static void collect_statement(struct collector *c, const struct ir_statement *statement)
{
    struct ir_place local = { .base = IR_BASE_LOCAL, .base_index = statement->local };
    switch (statement->kind) {
    case IR_ST_ASSIGN:
        collect_assign(c, statement);
        break;
    case IR_ST_ZERO:
        collect_way(c, &statement->place, statement->span);
        collect_place(c, MOVE_EVENT_ZERO, &statement->place, statement->span);
        break;
    case IR_ST_DROP:
        collect_emptied(c, MOVE_EVENT_DROP, statement);
        break;
    case IR_ST_FORGET:
        collect_emptied(c, MOVE_EVENT_FORGET, statement);
        break;
    case IR_ST_STORAGE_LIVE:
        collect_place(c, MOVE_EVENT_LIVE, &local, statement->span);
        break;
    case IR_ST_STORAGE_DEAD:
        collect_place(c, MOVE_EVENT_DEAD, &local, statement->span);
        break;
    case IR_ST_ATOMIC:
        for (uint32_t i = 0; i < statement->atomic->operand_count; i++)
            collect_read(c, &statement->atomic->operands[i]);
        collect_way(c, &statement->place, statement->span);
        break;
    case IR_ST_ASM:
    case IR_ST_OPAQUE:
        for (uint32_t i = 0; i < statement->opaque->read_count; i++)
            collect_read(c, &statement->opaque->reads[i]);
        for (uint32_t i = 0; i < statement->opaque->write_count; i++)
            collect_assigned(c, &statement->opaque->writes[i], statement->span, MOVE_SOURCE_UNKNOWN);
        break;
    case IR_ST_NOP:
        break;
    }
}

/* -------------------------------------------------------------------------------------- terminators */

static void collect_return(struct collector *c, const struct ir_terminator *term)
{
    for (uint32_t r = 0; r < c->paths->roots->len; r++) {
        const struct move_root *root = move_root(c->paths, r);
        if (root->is_param || root->is_pointee)
            collect_event(c, root->is_param ? MOVE_EVENT_DEAD : MOVE_EVENT_RETURN, (struct move_ref){ r, 0, true, false, false },
                 term->span);
    }
}

static void collect_terminator(struct collector *c, const struct ir_terminator *term)
{
    switch (term->kind) {
    case IR_TERM_BRANCH:
        collect_look(c, &term->condition);
        break;
    case IR_TERM_SWITCH:
    case IR_TERM_INDIRECT:
        collect_read(c, &term->condition);
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

static bool may_fill(const struct move_event *event)
{
    switch (event->kind) {
    case MOVE_EVENT_ASSIGN:
        return event->source != MOVE_SOURCE_EMPTY;
    case MOVE_EVENT_INIT:
        return !event->fills_empty;
    case MOVE_EVENT_LEND:
        return event->call != NULL; /* else to a pointer whose value is followed */
    default:
        return false;
    }
}

/* `text none = { 0 }; fl_swap(&t, &none);`: what was moved out of a variable that nothing can have filled before. */
static void find_empty_sources(struct collector *c)
{
    const struct cfg *cfg = c->paths->cfg;
    for (guint i = 0; i < c->events->items->len; i++) {
        struct move_event *event = &g_array_index(c->events->items, struct move_event, i);
        const struct move_root *root = event->is_from_root ? move_root(c->paths, event->from.root) : NULL;
        if (!root || root->is_param || root->is_pointee || root->is_escaped)
            continue;
        bool filled = false;
        for (guint o = 0; o < c->events->items->len && !filled; o++) {
            const struct move_event *other = move_event(c->events, o);
            if (other->ref.root != event->from.root || !may_fill(other))
                continue;
            bool before = other->at.block == event->at.block && o < i;
            filled = before || cfg_can_reach(cfg, other->at.block, event->at.block);
        }
        if (!filled)
            event->source = MOVE_SOURCE_EMPTY;
    }
}

struct move_events *move_events_new(struct move_paths *paths)
{
    struct move_events *events = g_new0(struct move_events, 1);
    events->items = g_array_new(FALSE, TRUE, sizeof(struct move_event));
    events->orphans = g_array_new(FALSE, TRUE, sizeof(struct move_orphan));
    events->first = g_new0(uint32_t, paths->fn->block_count + 1);
    struct collector c = { .paths = paths, .events = events };
    collect_temp_uses(&c);
    find_autos(&c);
    collect_given_literals(&c);
    collect_looks(&c);
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
    find_empty_sources(&c);
    g_free(c.temp_use);
    g_free(c.is_given_away);
    g_free(c.taker);
    g_free(c.is_look);
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
