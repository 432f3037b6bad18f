/* Which handles a call uses up, itself or in its callee; and how callers name those of their own. */
#include "analysis/misuse/joined_parts.h"
#include "analysis/threads/thread_parts.h"

enum { MAX_STEPS = 8 };

/* The thread's identity, when the call that starts it stands in no loop: then there is one such thread in this function. */
static const struct origin *only_thread(const struct joined_function *f, const struct origin_set *set)
{
    if (set->count != 1 || set->items[0]->kind != ORIGIN_THREAD || f->cfg->loop_of[set->items[0]->index] != CFG_NONE)
        return NULL;
    const struct ir_call *start = f->fn->blocks[set->items[0]->index].terminator.call;
    return start->callee && !start->callee->has_body ? set->items[0] : NULL;
}

/* The handle is what this operand holds. */
static struct used_handle handle_of_operand(struct joined_function *f, struct flow_point at, const struct ir_operand *operand)
{
    struct used_handle handle = {.at = at, .span = f->fn->blocks[at.block].terminator.span, .inner = NO_SPAN};
    const struct origin_state *state = origins_state(f->origins, at);
    const struct ir_place *place = &operand->place;
    bool is_variable = place->base == IR_BASE_LOCAL && place->projection_count == 0 && !f->fn->locals[place->base_index].address_taken;
    if (operand->kind != IR_OPERAND_CONST && !is_variable) {
        handle.key = value_address(f->values, at, place);
        handle.in_memory = true;
        handle.cells = origins_place(f->origins, state, place);
    } else {
        handle.key = value_of_operand(f->values, at, operand);
    }
    if (operand->kind != IR_OPERAND_CONST)
        handle.name = ir_place_describe(f->program->analysis->unit, f->fn, place, f->program->analysis->unit->arena);
    if (operand->kind != IR_OPERAND_CONST && !(handle.in_memory && place->projection_count > 0))
        handle.thread = only_thread(f, origins_value(f->origins, origins_state(f->origins, at), operand));
    return handle;
}

/* An element that is not known is no certain place; neither is a value that nobody can tell. */
static bool is_certain(const struct value *v)
{
    for (; v; v = v->base) {
        if (v->kind == VALUE_UNKNOWN && v->number == -1)
            return false;
        if (v->kind == VALUE_ELEMENT && v->operand && v->operand->kind == VALUE_UNKNOWN)
            return false;
    }
    return true;
}

/* ---- threads that need no join ---- */

/* `pthread_detach(pthread_self())` in the thread's own function, on every way through it. */
static struct span detaches_itself(struct joined_function *f, const struct ir_function *entry)
{
    if (!entry || !entry->has_body || entry->is_broken)
        return NO_SPAN;
    const struct call_sites *calls = &f->program->analysis->callgraph->calls[entry->index];
    struct cfg *cfg = analysis_cfg(f->program->analysis, entry);
    for (uint32_t i = 0; i < calls->count; i++) {
        uint32_t detached = ir_noted_argument(calls->items[i].call, "detached");
        uint32_t block = calls->items[i].block;
        if (detached == UINT32_MAX || !cfg_reachable(cfg, block))
            continue;
        struct flow_point at = {block, entry->blocks[block].statement_count};
        const struct value *v =
            value_of_operand(analysis_values(f->program->analysis, entry), at, &calls->items[i].call->args[detached]);
        const struct ir_call *made = v->kind == VALUE_CALL ? entry->blocks[v->index].terminator.call : NULL;
        bool all = made && made->callee && ir_note(made->callee->notes, "self");
        for (uint32_t k = 0; all && k < cfg->order_count; k++)
            if (entry->blocks[cfg->order[k]].terminator.kind == IR_TERM_RETURN)
                all = cfg_dominates(cfg, block, cfg->order[k]);
        if (all)
            return entry->blocks[block].terminator.span;
    }
    return NO_SPAN;
}

/* PTHREAD_CREATE_DETACHED was set on these attributes, once and on every way here. */
static struct span set_detached(struct joined_function *f, struct flow_point at, const struct ir_operand *attributes)
{
    const struct value *given = value_of_operand(f->values, at, attributes);
    const struct call_sites *calls = &f->program->analysis->callgraph->calls[f->fn->index];
    struct span found = NO_SPAN;
    for (uint32_t i = 0; i < calls->count; i++) {
        const struct ir_call *call = calls->items[i].call;
        uint32_t state = ir_noted_argument(call, "detached_if"), block = calls->items[i].block;
        if (state == UINT32_MAX || !cfg_reachable(f->cfg, block))
            continue;
        struct flow_point there = {block, f->fn->blocks[block].statement_count};
        if (value_of_operand(f->values, there, &call->args[0]) != given)
            continue;
        const struct ir_operand *value = &call->args[state];
        if (!span_is_none(found) || value->kind != IR_OPERAND_CONST ||
            value->value != g_ascii_strtoll(ir_note(call->callee->params[state].notes, "detached_if"), NULL, 0) ||
            !cfg_point_dominates(f->cfg, there, at))
            return NO_SPAN;
        found = f->fn->blocks[block].terminator.span;
    }
    return found;
}

static bool start_of(struct joined_function *f, struct flow_point at, const struct ir_call *call, struct used_handle *ret)
{
    uint32_t out = ir_noted_argument(call, "thread_out");
    uint32_t attributes = ir_noted_argument(call, "thread_attributes");
    uint32_t entry = ir_noted_argument(call, "thread_entry");
    if (out == UINT32_MAX || entry == UINT32_MAX)
        return false;
    *ret = (struct used_handle){
        .key = value_of_operand(f->values, at, &call->args[out]),
        .in_memory = true,
        .cells = origins_value(f->origins, origins_state(f->origins, at), &call->args[out]),
        .at = at,
        .span = f->fn->blocks[at.block].terminator.span,
        .inner = NO_SPAN,
    };
    ret->thread = f->cfg->loop_of[at.block] == CFG_NONE ? origin_base(f->origins, ORIGIN_THREAD, at.block) : NULL;
    struct span span = attributes == UINT32_MAX ? NO_SPAN : set_detached(f, at, &call->args[attributes]);
    ret->how = HANDLE_STARTED_DETACHED;
    if (span_is_none(span)) {
        ret->by = value_function_named(f->values, at, &call->args[entry]);
        ret->how = HANDLE_DETACHES_ITSELF;
        span = detaches_itself(f, ret->by);
    }
    ret->inner = span;
    return !span_is_none(span) && is_certain(ret->key);
}

/* ---- callees ---- */

static struct used_handle from_callee(struct joined_function *f, struct flow_point at, const struct ir_call *call,
                                      const struct joined_for_callers *inner)
{
    struct ir_operand operand = {.kind = IR_OPERAND_COPY, .place = inner->place, .type = inner->place.type};
    if (inner->place.base == IR_BASE_LOCAL) {
        const struct ir_operand *arg = &call->args[inner->place.base_index - 1];
        if (inner->by_value)
            return handle_of_operand(f, at, arg);
        uint32_t count = arg->place.projection_count + inner->place.projection_count;
        struct ir_projection *steps = ARENA_ARRAY(f->program->analysis->unit->arena, struct ir_projection, count);
        for (uint32_t i = 0; i < count; i++)
            steps[i] = i < arg->place.projection_count ? arg->place.projections[i]
                                                       : inner->place.projections[i - arg->place.projection_count];
        operand.place = arg->place;
        operand.place.projections = steps;
        operand.place.projection_count = count;
        operand.place.type = inner->place.type;
    }
    struct used_handle handle = handle_of_operand(f, at, &operand);
    handle.thread = NULL;
    return handle;
}

static bool argument_fits(const struct ir_call *call, const struct joined_for_callers *inner)
{
    if (inner->place.base != IR_BASE_LOCAL)
        return true;
    uint32_t param = inner->place.base_index - 1;
    return param < call->arg_count && (inner->by_value || call->args[param].kind != IR_OPERAND_CONST);
}

uint32_t joined_handles_of_call(struct joined_function *f, struct flow_point at, struct used_handle *ret)
{
    const struct ir_call *call = f->fn->blocks[at.block].terminator.call;
    uint32_t count = 0;
    if (!call->callee)
        return 0;
    uint32_t joined = ir_noted_argument(call, "joined"), detached = ir_noted_argument(call, "detached");
    uint32_t used = joined != UINT32_MAX ? joined : detached;
    if (used != UINT32_MAX) {
        ret[0] = handle_of_operand(f, at, &call->args[used]);
        ret[0].how = joined != UINT32_MAX ? HANDLE_JOINED : HANDLE_DETACHED;
        return is_certain(ret[0].key);
    }
    if (start_of(f, at, call, &ret[0]))
        return 1;
    const GArray *summary = f->program->summaries[call->callee->index];
    for (guint i = 0; summary && i < summary->len && count < MAX_HANDLES_OF_CALL; i++) {
        const struct joined_for_callers *inner = &g_array_index(summary, struct joined_for_callers, i);
        if (!argument_fits(call, inner))
            continue;
        ret[count] = from_callee(f, at, call, inner);
        ret[count].how = inner->how;
        ret[count].inner = inner->span;
        ret[count].by = call->callee;
        count += is_certain(ret[count].key);
    }
    return count;
}

static bool calls_out_of_view(struct joined_program *program, const struct ir_function *fn)
{
    signed char *known = &program->foreign[fn->index];
    if (*known)
        return *known > 0;
    *known = -1; /* recursion adds nothing */
    bool foreign = !fn->has_body && !fn->in_system_header;
    for (uint32_t b = 0; fn->has_body && !foreign && b < fn->block_count; b++) {
        const struct ir_terminator *term = &fn->blocks[b].terminator;
        if (term->kind == IR_TERM_CALL)
            foreign = !term->call->callee || calls_out_of_view(program, term->call->callee);
    }
    *known = foreign ? 1 : -1;
    return foreign;
}

bool joined_is_foreign(struct joined_program *program, const struct ir_call *call)
{
    return !call->callee || calls_out_of_view(program, call->callee);
}

/* ---- for callers ---- */

/* The place at an address, from a parameter or a global on; false when it is not rooted there. */
static bool place_at(struct joined_function *f, const struct value *address, struct ir_place *ret)
{
    struct ir_projection steps[MAX_STEPS];
    uint32_t count = 0;
    const struct ir_type *type = NULL;
    /* from the inside out: an address leads to a place, a pointer's value is what a place holds */
    bool is_address = true;
    const struct value *at = address;
    for (; count < MAX_STEPS; at = at->base) {
        if (at->kind == VALUE_GLOBAL && is_address)
            break;
        if (at->kind == VALUE_PARAM) {
            if (is_address)
                steps[count++] = (struct ir_projection){.kind = IR_PROJ_DEREF};
            break;
        }
        if (at->kind == VALUE_FIELD && is_address) {
            steps[count++] = (struct ir_projection){IR_PROJ_FIELD, at->index, at->record, at->record->fields[at->index].type};
        } else if (at->kind == VALUE_ELEMENT && is_address && at->operand->kind == VALUE_CONST && at->operand->number >= 0 &&
                   at->operand->number < UINT32_MAX) {
            steps[count++] = (struct ir_projection){.kind = IR_PROJ_CONST_INDEX, .index = (uint32_t)at->operand->number};
        } else if (at->kind == VALUE_LOAD && is_address) {
            steps[count++] = (struct ir_projection){.kind = IR_PROJ_DEREF};
        } else {
            return false;
        }
    }
    if (count == MAX_STEPS || !at)
        return false;
    ret->base = at->kind == VALUE_GLOBAL ? IR_BASE_GLOBAL : IR_BASE_LOCAL;
    ret->base_index = at->kind == VALUE_GLOBAL ? at->index : at->index + 1;
    type = at->kind == VALUE_GLOBAL ? f->program->analysis->unit->globals[at->index]->type : f->fn->locals[at->index + 1].type;
    struct ir_projection *projections = ARENA_ARRAY(f->program->analysis->unit->arena, struct ir_projection, count);
    for (uint32_t i = 0; i < count; i++) {
        projections[i] = steps[count - 1 - i];
        if (projections[i].kind != IR_PROJ_FIELD)
            projections[i].type = type ? type->target : NULL;
        type = projections[i].type;
        if (!type)
            return false;
    }
    ret->projections = projections;
    ret->projection_count = count;
    ret->type = type;
    return true;
}

void joined_summarise(struct joined_function *f)
{
    for (guint i = 0; f->for_callers && i < f->for_callers->len; i++) {
        const struct used_handle *used = &g_array_index(f->for_callers, struct used_handle, i);
        struct joined_for_callers out = {.how = used->how, .span = span_is_none(used->inner) ? used->span : used->inner};
        if (used->how != HANDLE_JOINED && used->how != HANDLE_DETACHED)
            continue;
        if (used->in_memory) {
            if (!place_at(f, used->key, &out.place))
                continue;
        } else if (used->key->kind == VALUE_PARAM) {
            const struct ir_type *type = f->fn->locals[used->key->index + 1].type;
            out.place = (struct ir_place){.base = IR_BASE_LOCAL, .base_index = used->key->index + 1, .type = type};
            out.by_value = true;
        } else {
            continue;
        }
        GArray **summary = &f->program->summaries[f->fn->index];
        if (!*summary)
            *summary = g_array_new(FALSE, FALSE, sizeof out);
        g_array_append_val(*summary, out);
    }
}
