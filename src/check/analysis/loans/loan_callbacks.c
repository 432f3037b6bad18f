/*
 * `on_tick(fn, &t)`, out of view: a function that is given another one, and a `void *` for it, may keep both and call it
 * whenever it likes. What the environment leads to, and owns something, is borrowed until somebody has been called who
 * may have taken it back. Functions of system headers (qsort, bsearch) are done when they return, and so is one whose
 * parameter is `fl.lent`.
 */
#include "analysis/loans/loan_parts.h"

static bool is_function_pointer(const struct ir_type *type)
{
    return type && type->unqualified->kind == IR_TYPE_POINTER && type->unqualified->target->unqualified->kind == IR_TYPE_FUNCTION;
}

static bool is_void_pointer(const struct ir_type *type)
{
    return type->unqualified->kind == IR_TYPE_POINTER && type->unqualified->target->unqualified->kind == IR_TYPE_VOID;
}

/* The environment's argument; UINT32_MAX: it is no such call. */
static uint32_t environment_of(const struct ir_call *call)
{
    const struct ir_function *callee = call->callee;
    if (!callee || callee->has_body || callee->in_system_header || call->mode != IR_CALL_PLAIN)
        return UINT32_MAX;
    uint32_t environment = UINT32_MAX;
    bool has_function = false;
    for (uint32_t i = 0; i < call->arg_count && i < callee->type->param_count; i++) {
        const char *const *notes = callee->params[i].notes;
        const struct ir_type *type = callee->type->params[i];
        if (ir_note(notes, "thread_entry") || ir_note(notes, "sent"))
            return UINT32_MAX; /* the threads family's */
        has_function |= is_function_pointer(type);
        if (is_void_pointer(type) && call->args[i].kind != IR_OPERAND_CONST && !ir_note(notes, "lent") &&
            !ir_note(notes, "moved"))
            environment = i;
    }
    return has_function ? environment : UINT32_MAX;
}

static void add(struct loans *l, struct flow_point at, const struct origin *cell, const struct origin *target)
{
    if (origin_root(target)->kind != ORIGIN_LOCAL)
        return;
    struct loan_kept kept = {.at = at, .cell = cell, .target = target};
    g_array_append_val(l->kept, kept);
}

static void see_call(struct loans *l, const struct origin_state *state, struct flow_point at, const struct ir_operand *given)
{
    struct origins *o = l->origins;
    const struct origin_set *cells = origins_place(o, state, &given->place);
    const struct origin_set *targets = origins_value(o, state, given);
    for (uint32_t i = 0; cells->count == 1 && i < targets->count; i++)
        add(l, at, cells->items[0], targets->items[i]);
    const struct origin_set *shown = origins_reach(o, state, targets);
    for (uint32_t i = 0; i < shown->count; i++)
        for (const struct origin *cell = shown->items[i]; cell; cell = origin_next_part(cell, shown->items[i])) {
            const struct origin_set *held = origin_state_stored(state, cell);
            for (uint32_t k = 0; held && k < held->count; k++)
                add(l, at, cell, held->items[k]);
        }
}

static void visit(void *ctx, const void *state, struct flow_point at, const struct ir_statement *st,
                  const struct ir_terminator *term)
{
    struct loans *l = ctx;
    uint32_t environment = st || term->kind != IR_TERM_CALL ? UINT32_MAX : environment_of(term->call);
    if (environment != UINT32_MAX && ((const struct origin_state *)state)->reached)
        see_call(l, state, at, &term->call->args[environment]);
}

bool loan_keeps_environment(const struct ir_call *call)
{
    return environment_of(call) != UINT32_MAX;
}

void loans_find_kept(struct loans *l)
{
    bool any = false;
    for (uint32_t b = 0; b < l->fn->block_count && !any; b++)
        any = l->fn->blocks[b].terminator.kind == IR_TERM_CALL && loan_keeps_environment(l->fn->blocks[b].terminator.call);
    if (any)
        dataflow_visit(l->origins->flow, visit, l);
}
