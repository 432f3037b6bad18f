/*
 * E0373, E0716 and F0406. The roles are rustc's: "may outlive borrowed value `v`" where the thread's code is
 * named, "`v` is borrowed here" where the address is taken, a note for the requirement, a help that repairs.
 */
#include "analysis/threads/thread_parts.h"

#include "analysis/origins/origin_parts.h"

struct borrowed {
    const char *name;             /* `v`, `v.data`; NULL: no name */
    const char *variable;         /* of the whole local */
    const struct ir_local *local; /* NULL: a thread-local */
    struct span declared;
    bool is_compound_literal;
};

static struct borrowed describe(const struct thread_function *f, const struct origin *origin)
{
    const struct origin *root = origin_root(origin);
    struct borrowed b = {0};
    if (root->kind == ORIGIN_GLOBAL) {
        const struct ir_global *global = f->analysis->unit->globals[root->index];
        b.name = b.variable = global->name;
        b.declared = global->span;
        return b;
    }
    b.local = &f->fn->locals[root->index];
    b.declared = b.local->span;
    b.variable = b.local->hidden ? NULL : b.local->name;
    b.is_compound_literal = !b.local->name;
    /* only the struct's own field is worth naming; what is behind an owned pointer belongs to the variable */
    const char *full = origin_is_direct(origin) ? origin_describe(f->origins, origin) : NULL;
    b.name = full ? full : b.variable;
    return b;
}

bool span_is_within(struct span inner, struct span outer)
{
    return inner.file == outer.file && inner.begin >= outer.begin && inner.end <= outer.end;
}

/* Where the address is taken: in the argument itself if possible, else where the pointer was made last before. */
static struct span borrow_place(const struct thread_function *f, const struct thread_start *start,
                                const struct origin *origin)
{
    GArray *spans = g_hash_table_lookup(f->origins->borrows, GUINT_TO_POINTER(origin_root(origin)->index + 1));
    if (origin_root(origin)->kind != ORIGIN_LOCAL || !spans || spans->len == 0)
        return start->argument;
    struct span before = g_array_index(spans, struct span, spans->len - 1);
    bool found = false;
    for (guint i = spans->len; i > 0; i--) {
        struct span span = g_array_index(spans, struct span, i - 1);
        if (span_is_within(span, start->argument))
            return start->argument;
        if (!found && span.file == start->argument.file && span.begin < start->argument.begin) {
            before = span;
            found = true;
        }
    }
    return before;
}

/* A borrow that stands behind its use got there on a jump back. */
static const char *in_which_pass(const struct thread_start *start, struct span place)
{
    bool is_behind = place.file == start->argument.file && place.begin >= start->argument.end;
    return is_behind ? ", in previous iteration of loop" : "";
}

static void report_temporary(struct thread_function *f, const struct thread_start *start, const struct origin *origin)
{
    struct span place = borrow_place(f, start, origin);
    struct finding *finding = finding_new(f->analysis->sink, "E0716", "temporary value dropped while borrowed");
    finding_primary(finding, place, "creates a temporary value which is freed while still in use");
    if (!span_is_within(start->argument, place))
        finding_label(finding, start->argument, "the thread is given a pointer to it here");
    finding_label(finding, f->fn->locals[origin_root(origin)->index].scope_end,
                  "temporary value is freed at the end of this block");
    if (span_is_none(start->starter)) {
        finding_note_at(finding, start->call, NULL, "thread requires argument type to outlive `'static`");
        finding_help(finding, "pass the value itself, or keep it in a `static` variable");
    } else {
        finding_note_at(finding, start->call, NULL, "the thread that is started here is not joined before that");
        finding_help(finding, "keep it in memory that lasts, or in a variable in whose scope the thread is joined");
    }
}

/* fl_move(v) for an owned variable whose own address is the argument; what else helps depends on the type. */
static void suggest_for_static(struct finding *finding, struct thread_function *f, const struct thread_start *start,
                               const struct origin *origin, const struct borrowed *b,
                               const struct ir_operand *argument)
{
    if (start->has_variable_itself) {
        finding_help(finding, "the thread is given `%s` itself: let it use its own", b->variable);
        return;
    }
    bool is_whole = origin_root(origin) == origin && origin->kind == ORIGIN_LOCAL;
    bool in_argument = span_equal(borrow_place(f, start, origin), start->argument);
    if (is_whole && in_argument && ir_type_is_owned(b->local->type) && span_is_none(start->inner) &&
        argument->type->kind == IR_TYPE_POINTER) {
        char *move = g_strdup_printf("fl_move(%s)", b->variable);
        finding_suggest(finding, 1, &(struct patch){start->argument, move},
                        "to give the thread its own value, pass `fl_move(%s)` and let it take `%s`", b->variable,
                        traits_type_name(f->analysis->traits, b->local->type));
        g_free(move);
        return;
    }
    const struct ir_type *type = b->local->type;
    if (type->kind == IR_TYPE_HANDLE && type->handle_kind == IR_HANDLE_ARC)
        finding_help(finding, "give the thread a handle of its own: pass `fl_clone(%s)`", b->variable);
    else if (ir_type_is_owned(type))
        finding_help(finding, "to give the thread its own value, pass `fl_move(%s)`", b->variable);
    else
        finding_help(finding, "give the thread a copy of the value, share it in an `fl_arc`, or start the thread in an "
                              "`fl_scope`, where it may borrow what is declared before the scope");
}

static struct finding *begin(struct thread_function *f, const struct thread_start *start, const struct borrowed *b,
                             struct span place)
{
    const char *name = b->variable ? b->variable : "a variable";
    struct finding *finding;
    if (b->local)
        finding = finding_new(f->analysis->sink, "E0373",
                              "thread may outlive the current function, but it borrows `%s`, which is owned by the "
                              "current function",
                              name);
    else
        finding = finding_new(f->analysis->sink, "E0373",
                              "thread may outlive the current thread, but it borrows `%s`, which is owned by the "
                              "current thread",
                              name);
    finding_primary(finding, start->function, "may outlive borrowed value `%s`", name);
    finding_step(finding, 2);
    finding_label(finding, place, "`%s` is borrowed here%s", b->name ? b->name : name, in_which_pass(start, place));
    finding_step(finding, 1);
    if (!span_is_within(place, start->call))
        finding_label(finding, start->argument, "the borrow is given to the thread here");
    return finding;
}

/* As rustc tells of a reference that is sent to a thread which runs already. */
static void report_sent_away(struct thread_function *f, const struct thread_start *start, const struct origin *origin,
                             const struct borrowed *b)
{
    const char *name = b->name ? b->name : b->variable ? b->variable : "it";
    struct span place = borrow_place(f, start, origin);
    struct finding *finding = finding_new(f->analysis->sink, "E0597", "`%s` does not live long enough", name);
    finding_primary(finding, place, "borrowed value does not live long enough");
    finding_step(finding, 1);
    finding_label(finding, b->declared, "binding `%s` declared here", b->variable ? b->variable : name);
    if (!span_is_within(start->argument, place))
        finding_label(finding, start->argument, "the borrow is sent to another thread here");
    if (b->local) {
        finding_label(finding, b->local->scope_end, "`%s` dropped here while still borrowed", name);
        finding_step(finding, 2);
    }
    if (span_is_none(start->inner))
        finding_note_at(finding, start->call, NULL, "a thread that receives it may use it after that");
    else
        finding_note_at(finding, start->inner, NULL, "it is sent here, and a thread that receives it may use it after that");
    finding_help(finding, "send the value itself, or a value that owns it");
}

void report_outlives(struct thread_function *f, const struct thread_start *start, const struct origin *origin,
                     const struct ir_operand *argument)
{
    struct borrowed b = describe(f, origin);
    if (b.is_compound_literal) {
        report_temporary(f, start, origin);
        return;
    }
    if (start->by_channel) {
        report_sent_away(f, start, origin, &b);
        return;
    }
    if (!b.variable && argument->kind != IR_OPERAND_CONST) {
        /* a macro's variable, a scope: known by the pointer that the user has */
        const char *pointer = ir_place_describe(f->analysis->unit, f->fn, &argument->place, f->analysis->unit->arena);
        if (pointer)
            b.name = b.variable = arena_printf(f->analysis->unit->arena, "*%s", pointer);
    }
    struct finding *finding = begin(f, start, &b, borrow_place(f, start, origin));
    if (span_is_none(start->inner))
        finding_note_at(finding, start->call, NULL, "thread requires argument type to outlive `'static`");
    else
        finding_note_at(finding, start->inner, NULL,
                        "the thread is started here and requires argument type to outlive `'static`");
    if (b.local)
        suggest_for_static(finding, f, start, origin, &b, argument);
    else
        finding_help(finding, "give the thread a copy: its own `%s` is another variable", b.variable);
}

void report_not_joined(struct thread_function *f, const struct thread_start *start, const struct origin *origin,
                       struct span end, bool detached, bool lost)
{
    struct borrowed b = describe(f, origin);
    if (b.is_compound_literal) {
        report_temporary(f, start, origin);
        return;
    }
    const char *name = b.variable ? b.variable : "it";
    struct finding *finding = begin(f, start, &b, borrow_place(f, start, origin));
    if (!span_is_none(start->inner))
        finding_note_at(finding, start->inner, NULL, "the thread is started here");
    finding_note_at(finding, end, NULL, "`%s` goes out of scope here, on a path on which the thread has not been joined",
                    name);
    if (lost)
        finding_note(finding, "the thread's handle is overwritten when the next thread is started, so it cannot be joined");
    if (detached)
        finding_help(finding, "a detached thread needs memory that lasts: allocate it, or make `%s` static", name);
    else
        finding_help(finding, "join the thread on every path before `%s` goes out of scope, or give it memory that lasts",
                     name);
}

void report_loop_variable(struct thread_function *f, const struct thread_start *start, const struct origin *origin,
                          struct span change)
{
    struct borrowed b = describe(f, origin);
    const char *name = b.name ? b.name : "it";
    struct span place = borrow_place(f, start, origin);
    struct finding *finding =
        finding_new(f->analysis->sink, "F0406", "address of the loop variable `%s` is given to a thread", name);
    finding_primary(finding, start->argument, "the thread reads `%s` at a time of its own", name);
    finding_step(finding, 1);
    finding_label(finding, change, "while the loop changes it here");
    finding_step(finding, 2);
    if (!span_is_within(place, start->call))
        finding_label(finding, place, "`%s` is borrowed here", name);
    if (!span_is_none(start->inner))
        finding_note_at(finding, start->inner, NULL, "the thread is started here");
    finding_help(finding, "give each thread a place of its own: an element of an array, or the value itself as `(void *)(intptr_t)%s`",
                 name);
}
