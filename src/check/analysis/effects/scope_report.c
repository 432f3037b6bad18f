/* The words of E0499, E0502, E0505, E0506 and E0597 of scoped threads. */
#include "analysis/effects/scope_report.h"

#include "analysis/effects/effect_words.h"
#include "analysis/origins/origin_parts.h"

static const char *name_of_local(const struct scope_words *w, const struct ir_place *place)
{
    const struct ir_local *local = place->base == IR_BASE_LOCAL ? &w->fn->locals[place->base_index] : NULL;
    return local && local->name && !local->hidden ? local->name : NULL;
}

/* Memory of the heap has no name but those of the pointers that lead to it. */
static const char *name_by_pointer(const struct scope_words *w, const struct memory_effect *effect)
{
    const char *pointer = NULL;
    for (uint32_t i = 0; effect->call && i < effect->call->arg_count && !pointer; i++) {
        const struct ir_operand *arg = &effect->call->args[i];
        if (arg->kind != IR_OPERAND_CONST && arg->place.projection_count == 0 && span_equal(arg->span, effect->span))
            pointer = name_of_local(w, &arg->place);
    }
    if (effect->place && effect->place->projection_count == 1 && effect->place->projections[0].kind == IR_PROJ_DEREF)
        pointer = name_of_local(w, effect->place);
    return pointer ? arena_printf(w->origins->arena, "*%s", pointer) : NULL;
}

/* What both have to do with. */
static const char *name_of(const struct scope_words *w, const struct memory_effect *a, const struct memory_effect *b)
{
    const struct origin *origin = a->origin, *root = origin_root(origin);
    if (root->kind == ORIGIN_LOCAL && origin_is_direct(origin) && w->fn->locals[root->index].name &&
        !w->fn->locals[root->index].hidden)
        return effect_name(w->origins, origin);
    const char *name = origin_describe(w->origins, origin);
    if (!name)
        name = name_by_pointer(w, a);
    if (!name)
        name = name_by_pointer(w, b);
    return name ? name : "this memory";
}

static void explain(struct finding *finding, const struct ir_terminator *start, const struct memory_effect *in_thread)
{
    effect_notes_on_the_way(finding, in_thread, true);
    finding_note_at(finding, start->span, NULL,
                    "the thread that is started here borrows it until it is joined, at the latest at the end of the scope");
}

static bool is_told(const struct scope_words *w, struct span span)
{
    return findings_mention(w->sink, "E0499", span) || findings_mention(w->sink, "E0502", span) ||
           findings_mention(w->sink, "E0506", span) || findings_mention(w->sink, "E0505", span);
}

void report_scope_pair(const struct scope_words *w, const struct ir_terminator *first, const struct memory_effect *a,
                       const struct memory_effect *b, bool same_start, bool is_divisible)
{
    if (is_told(w, b->span))
        return;
    const char *name = name_of(w, a, b);
    struct finding *finding;
    if (a->writes && b->writes) {
        finding = finding_new(w->sink, "E0499", "cannot borrow `%s` as mutable more than once at a time", name);
        if (same_start) {
            finding_primary(finding, b->span, "mutable borrow starts here in previous iteration of loop");
        } else {
            finding_label(finding, a->span, "first mutable borrow occurs here");
            finding_primary(finding, b->span, "second mutable borrow occurs here");
        }
    } else {
        const char *then = a->writes ? "mutable" : "immutable", *now = b->writes ? "mutable" : "immutable";
        finding = finding_new(w->sink, "E0502", "cannot borrow `%s` as %s because it is also borrowed as %s", name, now,
                              then);
        if (!span_equal(a->span, b->span))
            finding_label(finding, a->span, "%s borrow occurs here", then);
        finding_primary(finding, b->span, "%s borrow occurs here", now);
    }
    explain(finding, first, a);
    if (b->inner)
        effect_notes_on_the_way(finding, b, true);
    if (is_divisible)
        finding_help(finding, "`fl_split_at` and `fl_chunks` divide an array into parts that threads may write side by side");
    else
        finding_help(finding, "join the first thread before, or share an `fl_mutex` or an `_Atomic`");
}

void report_scope_ended(const struct scope_words *w, const struct ir_terminator *start, const struct memory_effect *in_thread,
                         const struct memory_effect *end)
{
    if (is_told(w, end->span))
        return;
    const char *name = name_of(w, end, in_thread);
    static const char *const verbs[] = {[EFFECT_MOVES] = "move out of", [EFFECT_DROPS] = "drop", [EFFECT_FREES] = "free"};
    static const char *const words[] = {
        [EFFECT_MOVES] = "move out of `%s` occurs here",
        [EFFECT_DROPS] = "`%s` is dropped here",
        [EFFECT_FREES] = "`%s` is freed here",
    };
    struct finding *finding =
        finding_new(w->sink, "E0505", "cannot %s `%s` because it is borrowed", verbs[end->end], name);
    finding_label(finding, in_thread->span, "borrow of `%s` occurs here", name);
    finding_primary(finding, end->span, words[end->end], name);
    explain(finding, start, in_thread);
}

void report_scope_assigned(const struct scope_words *w, const struct ir_terminator *start, const struct memory_effect *in_thread,
                            const struct memory_effect *write)
{
    if (is_told(w, write->span))
        return;
    const char *name = name_of(w, write, in_thread);
    struct finding *finding = finding_new(w->sink, "E0506", "cannot assign to `%s` because it is borrowed", name);
    finding_label(finding, in_thread->span, "`%s` is borrowed here", name);
    finding_primary(finding, write->span, "`%s` is assigned to here but it was already borrowed", name);
    explain(finding, start, in_thread);
}

void report_scope_dies_first(const struct scope_words *w, const struct ir_terminator *start, const struct ir_operand *arg, uint32_t local,
                              struct span end)
{
    const struct ir_local *variable = &w->fn->locals[local];
    if (!variable->name || variable->hidden || findings_mention(w->sink, "E0597", arg->span))
        return;
    struct finding *finding = finding_new(w->sink, "E0597", "`%s` does not live long enough", variable->name);
    finding_label(finding, variable->span, "binding `%s` declared here", variable->name);
    finding_primary(finding, arg->span, "borrowed value does not live long enough");
    finding_label(finding, end, "`%s` dropped here while still borrowed", variable->name);
    finding_note_at(finding, start->span, NULL,
                    "the thread that is started here may use it until the scope has joined its threads");
    finding_help(finding, "declare `%s` before the scope", variable->name);
}

