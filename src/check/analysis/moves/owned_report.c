/*
 * What is wrong with the one owner of a value: none is left (F0301), it is lost (F0303), there are two (F0302, F0304,
 * E0507).
 */
#include "analysis/moves/flexible.h"
#include "analysis/moves/moves_repair.h"
#include "analysis/moves/moves_report.h"
#include "analysis/moves/moves_words.h"

/* ------------------------------------------------------------------------------------- F0301 and F0303 */

static void label_sources(struct finding *f, struct move_simulation *sim, const GArray *sites, struct span primary)
{
    for (guint i = 0; i < sites->len; i++) {
        const struct move_event *site = move_event(sim->events, g_array_index(sites, uint32_t, i));
        if (site->kind != MOVE_EVENT_ASSIGN && site->kind != MOVE_EVENT_INIT)
            continue;
        if (!span_equal(site->span, primary)) {
            finding_label(f, site->span, "the value is stored here");
            finding_step(f, 1);
        }
    }
}

/* The same words as where it is only a help. */
static void suggest_auto(struct finding *f, const struct ir_local *local)
{
    char *added = g_strdup_printf("%sfl_auto(%s);", local->line_break, local->name);
    sub_safe(finding_suggest(f, 1, &(struct patch){ span_after(local->declaration), added },
                             "write `fl_auto(%s);` after the declaration to have it dropped at the end of the scope, or "
                             "`fl_drop(%s)` here",
                             local->name, local->name));
    g_free(added);
}

void report_leak(struct move_simulation *sim, const struct move_event *end, uint32_t node, const GArray *sites)
{
    const struct move_node *leaked = move_node(sim->paths, sim->root, node);
    const struct ir_local *local = move_local(sim);
    const char *name = move_node_name(sim, node);
    if (!leaked->name)
        return;
    struct finding *f = finding_new(sim->paths->analysis->sink, "F0301", "owned value `%s` is never dropped", name);
    struct span exit = span_is_none(end->span) ? local->scope_end : end->span;
    finding_primary(f, exit, "`%s` still owns its value here, where its scope ends", name);
    finding_step(f, 2);
    label_sources(f, sim, sites, exit);
    if (local->kind == IR_LOCAL_PARAM)
        finding_label(f, local->span, "`%s` is given to this function, which owns it", local->name);
    else
        finding_label(f, local->span, "`%s` has type `%s`, %s", name, move_node_type_name(sim, leaked), why_moves_matter(leaked->type));
    if (type_is_join_handle(leaked->type))
        finding_help(f, "wait for the thread with `fl_join(%s)`, let it run on with `fl_detach(fl_move(%s))`, or write "
                        "`fl_auto(%s);` after the declaration",
                     name, name, name);
    else if (node == 0 && auto_is_safe(sim))
        suggest_auto(f, local);
    else if (node == 0)
        finding_help(f, "write `fl_auto(%s);` %s to have it dropped at the end of the scope, or `fl_drop(%s)` here", name,
                     local->kind == IR_LOCAL_PARAM ? "first in the function" : "after the declaration", name);
    else
        finding_help(f, "drop it with `fl_drop(%s)`, or give `%s` a drop function of its own", name,
                     local->type_name ? local->type_name : local->name);
}

void report_overwritten(struct move_simulation *sim, const struct move_event *event, const GArray *sites)
{
    const char *name = move_node_name(sim, event->ref.node);
    const struct move_node *node = move_node(sim->paths, sim->root, event->ref.node);
    struct finding *f = finding_new(sim->paths->analysis->sink, "F0303", "`%s` is overwritten while it owns a value", name);
    finding_primary(f, event->span, "the value that `%s` held is lost here", name);
    finding_step(f, 2);
    bool self = false;
    for (guint i = 0; i < sites->len; i++)
        self |= span_equal(move_event(sim->events, g_array_index(sites, uint32_t, i))->span, event->span);
    label_sources(f, sim, sites, event->span);
    if (!span_equal(move_local(sim)->span, event->span))
        finding_label(f, move_local(sim)->span, "`%s` has type `%s`, %s", name, move_node_type_name(sim, node), why_moves_matter(node->type));
    if (self)
        finding_note(f, "it is stored here in one iteration of the loop and overwritten in the next");
    finding_help(f, "drop it first with `fl_drop(%s)`, or put the new value in its place with `fl_replace(&%s, ...)`", name,
                 name);
}

/* --------------------------------------------------------------------------------------------- F0304 */

static void note_taking_parameter(struct finding *f, const struct ir_call *call, uint32_t argument)
{
    const struct ir_function *callee = call ? call->callee : NULL;
    if (!callee || !callee->has_body || argument >= callee->param_count)
        return;
    struct sub *sub = finding_note_at(f, callee->locals[argument + 1].span, "this parameter takes ownership of the value",
                                      "`%s` takes its argument over", callee->name);
    sub_label(sub, callee->span, "in this function");
}

void report_copy(struct move_simulation *sim, const struct move_event *event)
{
    const char *name = move_node_name(sim, event->ref.node);
    const struct move_node *node = move_node(sim->paths, sim->root, event->ref.node);
    struct finding *f;
    if (flexible_is_at_end(node->type) && event->copy != MOVE_COPY_BYTES) {
        flexible_report(sim->paths->analysis->sink, node->type, event->span, "this");
        return;
    }
    if (event->copy == MOVE_COPY_RETURN) {
        f = finding_new(sim->paths->analysis->sink, "F0304", "owned value `%s` is returned without being moved", name);
        finding_primary(f, event->span, "read here, and then dropped by its `fl_auto`: the caller gets a dropped value");
    } else if (event->copy == MOVE_COPY_ARGUMENT) {
        f = finding_new(sim->paths->analysis->sink, "F0304", "owned value `%s` is given away without being moved", name);
        finding_primary(f, event->span, "only lent here, but %s takes it over",
                        event->call && event->call->mode != IR_CALL_PLAIN ? "the thread" : "the function");
    } else {
        f = finding_new(sim->paths->analysis->sink, "F0304", "owned value `%s` is copied without being moved", name);
        finding_primary(f, event->span, "copied here: two places would own the same value");
    }
    if (!move_local(sim)->hidden)
        finding_label(f, move_local(sim)->span, "`%s` has type `%s`, %s", event->ref.node == 0 ? name : move_local(sim)->name,
                      event->ref.node == 0 ? move_node_type_name(sim, node)
                                           : owned_type_name(sim->paths->analysis->unit->arena, move_local(sim)->type,
                                                       move_local(sim)->type_name), why_moves_matter(node->type));
    if (event->copy == MOVE_COPY_ARGUMENT && event->call && event->call->mode == IR_CALL_PLAIN)
        note_taking_parameter(f, event->call, event->argument);
    if (event->copy == MOVE_COPY_BYTES) {
        finding_help(f, "write `... = fl_move(%s)`, which leaves the source empty", name);
        return;
    }
    struct sub *move = suggest_wrap(f, event->span, "fl_move(", ")", "move it, which leaves the source empty");
    if (move_is_safe(sim, event))
        sub_safe(move);
    if (type_is_cloneable(node->type) && event->copy != MOVE_COPY_RETURN) {
        struct sub *clone =
            suggest_wrap(f, event->span, "fl_clone(", ")", "or clone the handle to increment its reference count");
        if (clone_is_safe(sim, event))
            sub_safe(clone);
    }
}

/* --------------------------------------------------------------------------------------------- F0302 */

void report_dropped_twice(struct move_simulation *sim, const struct move_event *second, const struct move_event *first)
{
    const char *name = move_node_name(sim, second->ref.node);
    const struct move_node *node = move_node(sim->paths, sim->root, second->ref.node);
    struct finding *f = finding_new(sim->paths->analysis->sink, "F0302", "`%s` is dropped twice", name);
    bool at_end = second->flags & IR_FLAG_SCOPE_END;
    if (second == first)
        finding_primary(f, second->span, "dropped here, in previous iteration of loop");
    else
        finding_primary(f, second->span, at_end ? "dropped again here, where its scope ends" : "dropped again here");
    finding_step(f, 2);
    if (second != first) {
        finding_label(f, first->span, "first dropped here: `%s` does not leave it empty", first->call->callee->name);
        finding_step(f, 1);
    }
    if (!move_local(sim)->hidden)
        finding_label(f, move_local(sim)->span, "`%s` has type `%s`, %s", name, move_node_type_name(sim, node), why_moves_matter(node->type));
    finding_help(f, "write `fl_drop(%s)`, which drops it and leaves it empty", name);
}

/* ------------------------------------------------------------------------------------------- orphans */

static const char *callee_name(const struct ir_call *call)
{
    return call && call->callee ? call->callee->name : "the function";
}

/* What `fl_get(h)`, or a part of it, leads out of: the handle's type, which is all there is to say of it. */
static const struct ir_type *handle_behind(struct move_paths *paths, const struct move_orphan *orphan)
{
    const struct value *address = value_root(value_address(paths->values, orphan->at, &orphan->place));
    if (address->kind != VALUE_CALL)
        return NULL;
    const struct ir_block *block = &paths->fn->blocks[address->index];
    const struct ir_call *call = block->terminator.call;
    if (!call->callee || !ir_note(call->callee->notes, "result.borrows") || call->arg_count == 0)
        return NULL;
    struct flow_point at = { address->index, block->statement_count };
    const struct value *handle = value_without_casts(value_of_operand(paths->values, at, &call->args[0]));
    return handle->type && handle->type->unqualified->kind == IR_TYPE_HANDLE ? handle->type->unqualified : NULL;
}

static void report_moved_out(struct move_paths *paths, const struct move_orphan *orphan)
{
    struct analysis *analysis = paths->analysis;
    struct arena *arena = analysis->unit->arena;
    const char *type = owned_type_name(arena, orphan->type, NULL);
    if (flexible_is_at_end(orphan->type)) {
        flexible_report(analysis->sink, orphan->type, orphan->span, "this");
        return;
    }
    const struct ir_type *handle = handle_behind(paths, orphan);
    const char *place = ir_place_describe(analysis->unit, paths->fn, &orphan->place, arena);
    if (!place && !handle)
        place = value_describe_target(paths->values, value_address(paths->values, orphan->at, &orphan->place));
    struct finding *f;
    if (orphan->kind == MOVE_ORPHAN_FROM_GLOBAL)
        f = finding_new(analysis->sink, "E0507", "cannot move out of static item `%s`", place ? place : "a value");
    else if (handle)
        f = finding_new(analysis->sink, "E0507", "cannot move out of an `%s`", handle->handle_name);
    else if (place)
        f = finding_new(analysis->sink, "E0507", "cannot move out of `%s` which is behind a pointer", place);
    else
        f = finding_new(analysis->sink, "E0507", "cannot move out of a pointer");
    if (place)
        finding_primary(f, orphan->span, "move occurs because `%s` has type `%s`, %s", place, type,
                        why_moves_matter(orphan->type));
    else
        finding_primary(f, orphan->span, "move occurs because value has type `%s`, %s", type, why_moves_matter(orphan->type));
    bool is_shared = (handle && handle->handle_kind != IR_HANDLE_BOX) || (orphan->place.type && (orphan->place.type->quals & IR_QUAL_CONST));
    const char *otherwise = is_shared ? "" : "or ";
    if (!is_shared) /* what others look at, too, is not emptied */
        suggest_wrap(f, orphan->span, "fl_move(", ")", "take the value, which leaves an empty one behind");
    if (orphan->is_kept && place)
        finding_help(f, "%sborrow it: make this a pointer to `%s`", otherwise, place);
    else if (orphan->is_kept)
        finding_help(f, "%sborrow it: make this a pointer", otherwise);
    if (type_is_cloneable(orphan->type))
        suggest_wrap(f, orphan->span, "fl_clone(", ")", "or clone the handle to increment its reference count");
}

void report_orphan(struct move_paths *paths, const struct move_orphan *orphan)
{
    struct findings *sink = paths->analysis->sink;
    struct finding *f;
    switch (orphan->kind) {
    case MOVE_ORPHAN_FROM_POINTER:
    case MOVE_ORPHAN_FROM_GLOBAL:
        report_moved_out(paths, orphan);
        return;
    case MOVE_ORPHAN_UNUSED:
        f = finding_new(sink, "F0301", "owned value is never dropped");
        if (type_is_join_handle(orphan->type)) {
            finding_primary(f, orphan->span, "the thread's join handle is discarded here");
            finding_help(f, "wait for the thread with `fl_join`, or let it run on with `fl_detach(...)`");
        } else {
            if (orphan->call)
                finding_primary(f, orphan->span, "the result of `%s` is discarded here, and nobody drops it",
                                callee_name(orphan->call));
            else
                finding_primary(f, orphan->span, "this value is discarded here, and nobody drops it");
            finding_note(f, "it has type `%s`, %s", owned_type_name(paths->analysis->unit->arena, orphan->type, NULL), why_moves_matter(orphan->type));
            finding_help(f, "store it in a variable and write `fl_auto(...)` after it");
        }
        return;
    case MOVE_ORPHAN_LENT:
        f = finding_new(sink, "F0301", "owned value is never dropped");
        finding_primary(f, orphan->span, "%s here and only lent to `%s`, which does not drop it",
                        orphan->is_moved ? "moved" : "made", callee_name(orphan->call));
        finding_note(f, "it has type `%s`, %s", owned_type_name(paths->analysis->unit->arena, orphan->type, NULL), why_moves_matter(orphan->type));
        if (orphan->is_moved)
            finding_help(f, "give it without `fl_move`: it is lent, and stays whose it was");
        else
            finding_help(f, "store it in a variable and write `fl_auto(...)` after it");
        return;
    }
}
