/* The words of E0502, E0505, E0515, E0597 and E0716: rustc's roles, and its order of labels. */
#include "analysis/loans/loan_parts.h"

static const struct ir_local *variable_of(const struct loans *l, const struct origin *place)
{
    const struct origin *root = origin_root(place);
    return root->kind == ORIGIN_LOCAL ? &l->fn->locals[root->index] : NULL;
}

static const char *name_of(struct loans *l, const struct origin *place)
{
    const char *name = origin_describe(l->origins, place);
    return name ? name : "value";
}

static void label_declaration(struct finding *finding, const struct ir_local *variable)
{
    if (variable && variable->name && !variable->hidden)
        finding_label(finding, variable->span, "binding `%s` declared here", variable->name);
}

/* What happens one after the other, from the borrow to the use that comes too late. */
enum { STEP_BORROW = 1, STEP_STORE, STEP_END, STEP_USE };

/* A use that stands before the end in the text is one of the loop's next pass. */
static const char *in_which_pass(struct span end, struct span use)
{
    return use.file == end.file && use.end <= end.begin ? ", in later iteration of loop" : "";
}

static void label_use(struct loans *l, struct finding *finding, const struct loan *loan, const struct loan_use *use)
{
    if (loan->kept) {
        const struct ir_terminator *call = &l->fn->blocks[loan->kept->at.block].terminator;
        finding_label(finding, call->span, "argument requires that `%s` is borrowed for `'static`", name_of(l, loan->place));
        finding_step(finding, STEP_STORE);
        finding_note(finding, "`%s` is not in view: it may keep the function it is given, and call it later",
                     call->call->callee->name);
        return;
    }
    if (use->is_exit)
        finding_label(finding, use->span, "the borrow is still there when the function is left here");
    else
        finding_label(finding, use->span, "borrow later used here%s", in_which_pass(loan->span, use->span));
    finding_step(finding, STEP_USE);
}

static void label_stored(struct finding *finding, struct loans *l, const struct loan *loan,
                         const struct loan_source *source)
{
    const char *cell = origin_describe(l->origins, loan->cell);
    if (!span_is_none(source->stored) && cell && !span_equal(source->stored, source->borrow)) {
        finding_label(finding, source->stored, "stored in `%s` here", cell);
        finding_step(finding, STEP_STORE);
    }
}

/* ------------------------------------------------------------------------------------------ E0505 */

static void report_moved(struct loans *l, const struct loan *loan, const struct loan_source *source,
                         const struct loan_use *use)
{
    const char *name = name_of(l, loan->place);
    bool dropped = loan->kind == LOAN_END_DROP;
    struct finding *finding = finding_new(l->analysis->sink, "E0505", "cannot %s `%s` because it is borrowed",
                                          dropped ? "drop" : "move out of", name);
    label_declaration(finding, variable_of(l, loan->place));
    finding_label(finding, source->borrow, "borrow of `%s` occurs here", name);
    finding_step(finding, STEP_BORROW);
    label_stored(finding, l, loan, source);
    finding_primary(finding, loan->span, dropped ? "`%s` is dropped here" : "move out of `%s` occurs here", name);
    finding_step(finding, STEP_END);
    if (loan->cell == loan->place || origin_is_inside(loan->cell, loan->place)) {
        finding_note(finding, "`%s` points into `%s` itself: the copy would point back here", name_of(l, loan->cell), name);
        finding_help(finding, "set the pointer anew after the move, or keep an index in its place");
        return;
    }
    label_use(l, finding, loan, use);
    if (!loan->kept)
        finding_help(finding, "use the pointer before, or %s `%s` after its last use", dropped ? "drop" : "move", name);
}

/* ------------------------------------------------------------------------------------------ E0502 */

static void report_shared(struct loans *l, const struct loan *loan, const struct loan_source *source,
                          const struct loan_use *use)
{
    const char *name = name_of(l, loan->place);
    struct finding *finding = finding_new(
        l->analysis->sink, "E0502", "cannot borrow `%s` as immutable because it is also borrowed as mutable", name);
    finding_label(finding, source->borrow, "mutable borrow occurs here");
    finding_step(finding, STEP_BORROW);
    finding_primary(finding, loan->span, "immutable borrow occurs here");
    finding_step(finding, STEP_END);
    finding_label(finding, use->span, "mutable borrow later used here%s", in_which_pass(loan->span, use->span));
    finding_step(finding, STEP_USE);
    finding_note(finding, "the clone shares the value, so it is not to be written through the pointer any more");
    finding_help(finding, "write before, or clone `%s` after the last write", name);
}

/* ------------------------------------------------------------------------------------------ E0515 */

static void report_returned(struct loans *l, const struct loan *loan, const struct loan_source *source)
{
    const struct ir_local *variable = variable_of(l, loan->target);
    const char *what = variable->kind == IR_LOCAL_PARAM ? "function parameter" : "local variable";
    const char *name = variable->name && !variable->hidden ? variable->name : NULL;
    bool at_once = source->is_at_once;
    struct finding *finding;
    if (!name)
        finding = finding_new(l->analysis->sink, "E0515", "cannot return reference to temporary value");
    else if (at_once)
        finding = finding_new(l->analysis->sink, "E0515", "cannot return reference to %s `%s`", what, name);
    else
        finding = finding_new(l->analysis->sink, "E0515", "cannot return value referencing %s `%s`", what, name);
    finding_primary(finding, source->stored, "returns a %s data owned by the current function",
                    at_once ? "reference to" : "value referencing");
    finding_step(finding, STEP_USE);
    if (!at_once && name) {
        finding_label(finding, source->borrow, "`%s` is borrowed here", name);
        finding_step(finding, STEP_BORROW);
    }
    if (variable->kind == IR_LOCAL_PARAM || loan->kind == LOAN_END_SCOPE_DROP)
        finding_help(finding, "return the value itself: the caller then owns it");
    else
        finding_help(finding, "return the value itself, or let the caller pass the memory that it goes to");
}

/* ---------------------------------------------------------------------------------- E0597 and E0716 */

static void report_temporary(struct loans *l, const struct loan *loan, const struct loan_source *source,
                             const struct loan_use *use)
{
    struct finding *finding = finding_new(l->analysis->sink, "E0716", "temporary value dropped while borrowed");
    finding_primary(finding, source->borrow, "creates a temporary value which is freed while still in use");
    finding_step(finding, STEP_BORROW);
    label_stored(finding, l, loan, source);
    finding_label(finding, loan->span, "temporary value is freed at the end of this block");
    finding_step(finding, STEP_END);
    label_use(l, finding, loan, use);
    finding_help(finding, "give the value a name in a block that lasts as long as the pointer");
}

static void report_short_lived(struct loans *l, const struct loan *loan, const struct loan_source *source,
                               const struct loan_use *use)
{
    const char *name = name_of(l, loan->place);
    struct finding *finding = finding_new(l->analysis->sink, "E0597", "`%s` does not live long enough", name);
    label_declaration(finding, variable_of(l, loan->place));
    finding_primary(finding, source->borrow, "borrowed value does not live long enough");
    finding_step(finding, STEP_BORROW);
    if (!loan->sent)
        label_stored(finding, l, loan, source);
    finding_label(finding, loan->span, "`%s` dropped here while still borrowed", name);
    finding_step(finding, STEP_END);
    if (loan->sent)
        finding_note_at(finding, flow_point_span(l->fn, loan->sent_at), NULL,
                        "it goes into a channel here: whoever receives it may use it later");
    if (loan->sent && loan->sent == loan->cell) {
        finding_help(finding, "send the value itself, or an `fl_box` or `fl_arc` of it");
        return;
    }
    if (!use->is_exit || !span_equal(use->span, loan->span))
        label_use(l, finding, loan, use);
    if (use->is_exit)
        finding_note(finding, "`%s` outlives the function, and points to `%s` when it ends", name_of(l, loan->cell), name);
}

/* ------------------------------------------------------------------------------- E0597 of thread-locals */

static void report_left_by_thread(struct loans *l, const struct loan *loan, const struct loan_source *source)
{
    const char *name = name_of(l, loan->place), *cell = name_of(l, loan->cell);
    struct finding *finding = finding_new(l->analysis->sink, "E0597", "`%s` does not live long enough", name);
    finding_primary(finding, source->borrow, "thread-local variables cannot be borrowed beyond the end of the thread");
    finding_step(finding, STEP_BORROW);
    label_stored(finding, l, loan, source);
    finding_note(finding, "`%s` is one for all threads, and `%s` ends with the thread that runs this", cell, name);
    finding_help(finding, "keep a copy of the value, or make `%s` thread-local, too", cell);
}

/* ------------------------------------------------------------------------------------- E0597 of guards */

/* The mutex or refcell, by the name that the guard was given it by. */
static const char *name_of_held(struct loans *l, const struct loan *loan)
{
    const struct origin *lock = loan->hold->locks->items[0];
    const struct ir_field *field = loan->place->kind == ORIGIN_FIELD ? &loan->place->record->fields[loan->place->index] : NULL;
    bool is_cell = field && (!field->guarded_by || g_str_has_prefix(field->guarded_by, "fl_"));
    if (is_cell && lock->kind == ORIGIN_FIELD)
        lock = lock->parent;
    if (lock->kind == ORIGIN_DEREF || lock->kind == ORIGIN_OWNED)
        lock = lock->parent;
    const char *name = origin_describe(l->origins, lock);
    return name ? arena_printf(l->origins->arena, "`%s`", name) : is_cell ? "the value" : "the lock";
}

static void report_kept_past_guard(struct loans *l, const struct loan *loan, const struct loan_source *source,
                                   const struct loan_use *use)
{
    const char *held = name_of_held(l, loan);
    bool is_borrow = loan->hold->is_borrow, waits = loan->kind == LOAN_END_WAIT;
    const char *cell = origin_describe(l->origins, loan->cell);
    struct finding *finding = finding_new(l->analysis->sink, "E0597", "the %s of %s does not live long enough",
                                          is_borrow ? "borrow" : "guard", held);
    finding_label(finding, loan->hold->span, is_borrow ? "%s is borrowed here" : "%s is locked here", held);
    finding_primary(finding, source->borrow, "borrowed value does not live long enough");
    finding_step(finding, STEP_BORROW);
    label_stored(finding, l, loan, source);
    if (waits)
        finding_label(finding, loan->span, "%s is unlocked here while this waits, and still borrowed", held);
    else
        finding_label(finding, loan->span, "the %s ends here while its value is still borrowed",
                      is_borrow ? "borrow" : "guard");
    finding_step(finding, STEP_END);
    if (!use->is_exit || !span_equal(use->span, loan->span))
        label_use(l, finding, loan, use);
    if (waits)
        finding_help(finding, "read it again after the wait: another thread may have changed it meanwhile");
    else if (cell)
        finding_help(finding, "use `%s` as long as the %s lasts, or copy the value out of it", cell, is_borrow ? "borrow" : "guard");
    else
        finding_help(finding, "return a copy of the value");
}

void loan_report(struct loans *l, const struct loan *loan, const struct loan_source *source, const struct loan_use *use)
{
    const struct ir_local *variable = variable_of(l, loan->target);
    const struct origin *holder = origin_root(loan->cell);
    bool is_result = holder->kind == ORIGIN_LOCAL && holder->index == 0 && origin_is_direct(loan->cell);
    if (loan->kind == LOAN_END_THREAD)
        report_left_by_thread(l, loan, source);
    else if (loan->kind == LOAN_END_SHARED)
        report_shared(l, loan, source, use);
    else if (loan->hold)
        report_kept_past_guard(l, loan, source, use);
    else if (loan->kind == LOAN_END_MOVE || loan->kind == LOAN_END_DROP)
        report_moved(l, loan, source, use);
    else if (is_result && variable)
        report_returned(l, loan, source);
    else if (variable && !variable->name)
        report_temporary(l, loan, source, use);
    else
        report_short_lived(l, loan, source, use);
}
