/*
 * F0404: what a signal handler touches. It may run in the middle of anything: of a malloc that holds its lock, of a write
 * to a variable that is half done. So it must call only functions that are made for that, and write only atomics and
 * `volatile sig_atomic_t`; plain variables that only handlers know, or that it reads, are left alone.
 *
 * Handlers are functions that are given to `fl.signal_handler`, or stored in the struct that `fl.handler_in` takes.
 */
#include "analysis/misuse/async_unsafe.h"
#include "analysis/misuse/misuse.h"

#include <glib.h>

enum { MAX_DEPTH = 6 };

struct handlers {
    struct analysis *analysis;
    struct span *installed; /* by function: where it becomes a handler; NO_SPAN: it is none */
    bool *in_handler;       /* by function: a handler gets there */
};

/* ---- who is one ---- */

static void note_handler(struct handlers *h, uint32_t function, struct span span)
{
    if (span_is_none(h->installed[function]) && h->analysis->unit->functions[function]->has_body)
        h->installed[function] = span;
}

static void find_given(struct handlers *h, const struct call_site *site)
{
    const struct ir_function *callee = site->call->callee;
    for (uint32_t i = 0; i < site->call->arg_count && i < callee->type->param_count; i++) {
        if (!ir_note(callee->params[i].notes, "signal_handler"))
            continue;
        struct flow_point at = {site->block, site->caller->blocks[site->block].statement_count};
        const struct ir_function *given = value_function_named(analysis_values(h->analysis, site->caller), at, &site->call->args[i]);
        if (given)
            note_handler(h, given->index, site->caller->blocks[site->block].terminator.span);
    }
}

static bool goes_through(const struct ir_place *place, const struct ir_record *record)
{
    for (uint32_t i = 0; i < place->projection_count; i++)
        if (place->projections[i].kind == IR_PROJ_FIELD && place->projections[i].record == record)
            return true;
    return false;
}

/* `sa.sa_handler = on_signal;` for the struct that sigaction takes. */
static void find_stored(struct handlers *h, const struct ir_record *record)
{
    const struct ir_unit *unit = h->analysis->unit;
    for (uint32_t f = 0; f < unit->function_count; f++) {
        const struct ir_function *fn = unit->functions[f];
        for (uint32_t b = 0; fn->has_body && b < fn->block_count; b++)
            for (uint32_t i = 0; i < fn->blocks[b].statement_count; i++) {
                const struct ir_statement *st = &fn->blocks[b].statements[i];
                if (st->kind != IR_ST_ASSIGN || !goes_through(&st->place, record))
                    continue;
                const struct value *v = NULL;
                if (st->value.kind == IR_RV_ADDRESS_OF && st->value.place.base == IR_BASE_FUNCTION)
                    note_handler(h, st->value.place.base_index, st->span);
                else if (st->value.operand_count == 1)
                    v = value_of_operand(analysis_values(h->analysis, fn), (struct flow_point){b, i}, &st->value.operands[0]);
                v = value_without_casts(v);
                if (v && v->kind == VALUE_FUNCTION)
                    note_handler(h, v->index, st->span);
            }
    }
    for (uint32_t g = 0; g < unit->global_count; g++) {
        const struct ir_global *global = unit->globals[g];
        if (global->type->kind != IR_TYPE_RECORD || global->type->record != record)
            continue;
        for (uint32_t i = 0; i < global->pointee_count; i++)
            if (global->pointees[i].base == IR_BASE_FUNCTION)
                note_handler(h, global->pointees[i].base_index, global->span);
    }
}

static bool find_handlers(struct handlers *h)
{
    const struct callgraph *graph = h->analysis->callgraph;
    bool any = false;
    for (uint32_t i = 0; i < graph->site_count; i++) {
        const struct ir_function *callee = graph->sites[i].call->callee;
        if (!callee || callee->has_body)
            continue;
        for (uint32_t k = 0; k < callee->type->param_count; k++) {
            if (ir_note(callee->params[k].notes, "signal_handler")) {
                find_given(h, &graph->sites[i]);
                any = true;
            }
            const struct ir_type *type = callee->type->params[k];
            if (ir_note(callee->params[k].notes, "handler_in") && type->kind == IR_TYPE_POINTER &&
                type->target->kind == IR_TYPE_RECORD) {
                find_stored(h, type->target->record);
                any = true;
            }
        }
    }
    return any;
}

/* ---- what it calls ---- */

/* The last clean-up of a handler that ends the process. */
static bool only_frees(const struct ir_function *fn)
{
    for (size_t i = 0; i < fn->type->param_count; i++)
        if (ir_note(fn->params[i].notes, "free"))
            return !ir_note(fn->notes, "fresh");
    return false;
}

static void report_call(struct handlers *h, const struct ir_function *handler, const struct ir_function *const *chain,
                        uint32_t depth, const struct ir_function *fn, uint32_t block)
{
    const struct ir_call *call = fn->blocks[block].terminator.call;
    struct span place = span_is_none(call->callee_span) ? fn->blocks[block].terminator.span : call->callee_span;
    if (findings_mention(h->analysis->sink, "F0404", place) ||
        (h->analysis->no_return[handler->index] && only_frees(call->callee)))
        return;
    struct finding *finding = finding_new(h->analysis->sink, "F0404", "signal handler `%s` calls `%s`, which is not async-signal-safe",
                                          handler->name, call->callee->name);
    if (h->analysis->no_return[call->callee->index] || h->analysis->no_return[handler->index])
        finding_warning(finding); /* what was interrupted does not go on */
    finding_primary(finding, place, "called when any other code may have been interrupted");
    finding_label(finding, h->installed[handler->index], "`%s` becomes a signal handler here", handler->name);
    for (uint32_t i = 0; i + 1 < depth; i++)
        finding_note(finding, "`%s` calls `%s`", chain[i]->name, chain[i + 1]->name);
    finding_note(finding, "when the signal comes while the program is inside such a function, its locks are held and its data is half changed");
    finding_help(finding, "set a `volatile sig_atomic_t` flag in the handler and do the work outside of it, or use functions like `write` and `_exit`");
}

static void see_calls(struct handlers *h, const struct ir_function *handler, const struct ir_function *fn,
                      const struct ir_function **chain, uint32_t depth)
{
    const struct call_sites *calls = &h->analysis->callgraph->calls[fn->index];
    const struct cfg *cfg = analysis_cfg(h->analysis, fn);
    h->in_handler[fn->index] = true;
    chain[depth] = fn;
    for (uint32_t i = 0; i < calls->count; i++) {
        const struct ir_function *callee = calls->items[i].call->callee;
        if (!callee || !cfg_reachable(cfg, calls->items[i].block) ||
            (fn->blocks[calls->items[i].block].terminator.flags & IR_FLAG_UNSAFE))
            continue;
        if (is_async_unsafe(callee))
            report_call(h, handler, chain, depth + 1, fn, calls->items[i].block);
        else if (callee->has_body && !callee->is_broken && !callee->in_system_header && depth + 1 < MAX_DEPTH &&
                 !h->in_handler[callee->index])
            see_calls(h, handler, callee, chain, depth + 1);
    }
}

/* ---- what it writes ---- */

/* `volatile sig_atomic_t` and its like, atomics, or nothing that others see. */
static bool may_be_written(const struct ir_global *global, const struct ir_place *place)
{
    const struct ir_type *type = place->type;
    bool is_volatile = (type->quals | global->type->quals) & IR_QUAL_VOLATILE;
    for (uint32_t i = 0; i < place->projection_count; i++)
        is_volatile |= place->projections[i].type && (place->projections[i].type->quals & IR_QUAL_VOLATILE);
    return global->is_thread_local || type->kind == IR_TYPE_ATOMIC || (is_volatile && ir_type_is_scalar(type->unqualified));
}

static const struct ir_place *place_of(const struct ir_statement *st, uint32_t global)
{
    if (st->kind == IR_ST_ASSIGN && st->value.kind == IR_RV_ADDRESS_OF && st->value.place.base == IR_BASE_GLOBAL &&
        st->value.place.base_index == global)
        return &st->value.place;
    for (uint32_t i = 0; st->kind == IR_ST_ASSIGN && i < st->value.operand_count; i++)
        if (st->value.operands[i].kind != IR_OPERAND_CONST && st->value.operands[i].place.base == IR_BASE_GLOBAL &&
            st->value.operands[i].place.base_index == global)
            return &st->value.operands[i].place;
    return st->kind == IR_ST_ASSIGN && st->place.base == IR_BASE_GLOBAL && st->place.base_index == global ? &st->place : NULL;
}

/* A use of the variable by code that is no handler: it may be interrupted there. */
static struct span used_outside(const struct handlers *h, uint32_t global)
{
    const struct ir_unit *unit = h->analysis->unit;
    for (uint32_t f = 0; f < unit->function_count; f++) {
        const struct ir_function *fn = unit->functions[f];
        for (uint32_t b = 0; fn->has_body && !h->in_handler[f] && !fn->in_system_header && b < fn->block_count; b++) {
            const struct ir_terminator *term = &fn->blocks[b].terminator;
            for (uint32_t i = 0; i < fn->blocks[b].statement_count; i++)
                if (place_of(&fn->blocks[b].statements[i], global))
                    return fn->blocks[b].statements[i].span;
            bool reads = (term->kind == IR_TERM_BRANCH || term->kind == IR_TERM_SWITCH) && term->condition.kind != IR_OPERAND_CONST &&
                         term->condition.place.base == IR_BASE_GLOBAL && term->condition.place.base_index == global;
            if (reads)
                return term->condition.span;
            for (uint32_t i = 0; term->kind == IR_TERM_CALL && i < term->call->arg_count; i++)
                if (term->call->args[i].kind != IR_OPERAND_CONST && term->call->args[i].place.base == IR_BASE_GLOBAL &&
                    term->call->args[i].place.base_index == global)
                    return term->call->args[i].span;
        }
    }
    return NO_SPAN;
}

static void see_write(struct handlers *h, const struct ir_function *handler, const struct ir_place *place, struct span span)
{
    if (place->base != IR_BASE_GLOBAL || ir_place_has_deref(place))
        return;
    const struct ir_global *global = h->analysis->unit->globals[place->base_index];
    if (may_be_written(global, place) || findings_mention(h->analysis->sink, "F0404", global->span))
        return;
    struct span outside = used_outside(h, place->base_index);
    if (span_is_none(outside))
        return;
    struct finding *finding = finding_new(h->analysis->sink, "F0404",
                                          "signal handler `%s` writes `%s`, which is neither atomic nor `volatile sig_atomic_t`",
                                          handler->name, global->name);
    finding_primary(finding, span, "written when any other code may have been interrupted");
    finding_label(finding, global->span, "`%s` is declared here", global->name);
    finding_label(finding, outside, "used here, where the signal may come");
    finding_label(finding, h->installed[handler->index], "`%s` becomes a signal handler here", handler->name);
    finding_note(finding, "the compiler may keep `%s` in a register, and a value of several words may be half written", global->name);
    finding_help(finding, "make it `volatile sig_atomic_t`, or `_Atomic` and lock-free");
}

static void see_writes(struct handlers *h, const struct ir_function *handler, const struct ir_function *fn)
{
    const struct cfg *cfg = analysis_cfg(h->analysis, fn);
    for (uint32_t k = 0; k < cfg->order_count; k++) {
        const struct ir_block *block = &fn->blocks[cfg->order[k]];
        for (uint32_t i = 0; i < block->statement_count; i++) {
            const struct ir_statement *st = &block->statements[i];
            if (st->kind == IR_ST_ASSIGN && !(st->flags & IR_FLAG_UNSAFE))
                see_write(h, handler, &st->place, st->span);
        }
        if (block->terminator.kind == IR_TERM_CALL && block->terminator.call->has_dest)
            see_write(h, handler, &block->terminator.call->dest, block->terminator.span);
    }
}

void signal_handlers_check(struct analysis *analysis)
{
    const struct ir_unit *unit = analysis->unit;
    struct handlers h = {analysis, g_new0(struct span, unit->function_count + 1), g_new0(bool, unit->function_count + 1)};
    const struct ir_function *chain[MAX_DEPTH];
    if (find_handlers(&h)) {
        for (uint32_t f = 0; f < unit->function_count; f++)
            if (!span_is_none(h.installed[f]))
                see_calls(&h, unit->functions[f], unit->functions[f], chain, 0);
        for (uint32_t f = 0; f < unit->function_count; f++)
            if (!span_is_none(h.installed[f]) && !analysis->no_return[f])
                see_writes(&h, unit->functions[f], unit->functions[f]);
    }
    g_free(h.installed);
    g_free(h.in_handler);
}
