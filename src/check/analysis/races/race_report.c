/* F0201: both accesses, the locks at each, and how each thread gets there. */
#include "analysis/races/race_parts.h"

#include <string.h>

static const char *name_of(struct race_program *program, const struct race_access *access)
{
    return access->place ? ir_place_describe(program->analysis->unit, access->fn, access->place, program->arena) : NULL;
}

/* Through a cast, as what the pointer's value leads to: `((struct s *)p)->n` is `p->n`. */
static const char *name_by_value(struct race_program *program, const struct race_access *access)
{
    const struct race_access *at = access;
    while (at->inner)
        at = at->inner;
    struct values *values = access->place ? analysis_values(program->analysis, access->fn) : NULL;
    return values ? value_describe_target(values, value_address(values, at->at, access->place)) : NULL;
}

/* When nothing else is left: by its field or its type. */
static const char *name_by_type(struct race_program *program, const struct origins *o, const struct origin *origin)
{
    const struct ir_type *type = origin_type(o, origin);
    char *text = NULL;
    if (origin->kind == ORIGIN_FIELD && origin->index < origin->record->field_count && origin->record->fields[origin->index].name)
        text = g_strdup_printf("%s", origin->record->fields[origin->index].name);
    else if (type)
        text = g_strdup_printf("*(%s *)", ir_type_spell(program->arena, type, ""));
    const char *kept = text ? arena_copy(program->arena, text, strlen(text) + 1) : "*";
    g_free(text);
    return kept;
}

/* By the variable's own name where it has one, else as the access says it, or the function in which both meet. */
static const char *name_of_pair(struct race_program *program, const struct ir_function *fn, const struct race_access *a,
                                const struct race_access *b)
{
    const struct race_access *const both[] = {a, b};
    for (int i = 0; i < 2; i++)
        if (both[i]->place && !ir_place_has_deref(both[i]->place) && name_of(program, both[i]))
            return name_of(program, both[i]);
    struct origins *o = origins_of(program->origins, fn);
    bool is_variable = origin_is_direct(a->origin) && !origin_has_array(o, a->origin);
    const char *name = is_variable ? origin_describe(o, a->origin) : NULL;
    for (int i = 0; i < 2 && !name; i++)
        name = name_of(program, both[i]);
    if (!name)
        name = origin_describe(o, a->origin);
    for (int i = 0; i < 2 && !name; i++)
        name = name_by_value(program, both[i]);
    return name ? name : name_by_type(program, o, a->origin);
}

/* The thread of these that is meant: the one that may run beside the other access, if there is one. */
static const struct race_thread *thread_of(const struct race_function *f, const struct race_access *access,
                                           const struct race_access *other)
{
    thread_set set = access->runs_in & other->beside ? access->runs_in & other->beside : access->runs_in;
    for (guint i = 0; i < f->threads->len && i < MAX_THREADS; i++)
        if (set >> i & 1)
            return g_ptr_array_index(f->threads, i);
    return NULL;
}

static const char *lock_name_of(struct race_program *program, const struct race_lock *lock, const struct ir_function *fn)
{
    const char *name = lock->value ? value_describe_target(analysis_values(program->analysis, lock->fn), lock->value) : NULL;
    if (!name && lock->locks->count > 0)
        name = origin_describe(origins_of(program->origins, fn), lock->locks->items[0]);
    return name;
}

/* What is done with the memory, by whom, and what is held meanwhile. */
static const char *words_of(struct race_program *program, const struct race_access *access, const struct ir_function *fn,
                            const char *who)
{
    GString *text = g_string_new(NULL);
    if (access->by_call)
        g_string_append_printf(text, "given to `%s` here by %s", access->by_call->name, who);
    else
        g_string_append_printf(text, "%s %shere by %s", access->writes ? "written" : "read",
                               access->is_atomic ? "atomically " : "", who);
    const char *name = access->locks->count > 0 ? lock_name_of(program, &access->locks->items[0], fn) : NULL;
    if (access->is_atomic)
        name = NULL;
    else if (access->locks->count == 0)
        g_string_append(text, ", without a lock");
    else if (!name)
        g_string_append(text, ", with another lock held");
    else
        g_string_append_printf(text, access->locks->items[0].shared ? ", with `%s` held for reading" : ", with `%s` held", name);
    const char *kept = arena_copy(program->arena, text->str, text->len + 1);
    g_string_free(text, TRUE);
    return kept;
}

static const char *who_is(struct race_program *program, const struct race_thread *thread, const struct race_access *access)
{
    char *text = thread ? g_strdup_printf("the thread that runs `%s`", thread->entry->name)
                        : g_strdup_printf("`%s`", access->fn->name);
    const char *kept = arena_copy(program->arena, text, strlen(text) + 1);
    g_free(text);
    return kept;
}

/* Where it is said what the thread runs: further down a wrapper does not know. */
static const struct race_thread *start_of(const struct race_thread *thread)
{
    while (thread->inner && thread->inner->entry)
        thread = thread->inner;
    return thread;
}

static void tell_start(struct finding *finding, const struct race_thread *thread, bool several)
{
    if (thread)
        finding_label(finding, start_of(thread)->span, several ? "several threads that run `%s` are started here"
                                                               : "a thread that runs `%s` is started here",
                      thread->entry->name);
}

/* Down to where the ways to both accesses part, but not past the start of a thread. */
static void skip_common_way(const struct race_access **a, const struct race_access **b)
{
    while ((*a)->inner && (*b)->inner && (*a)->at.block == (*b)->at.block && (*a)->inner->in == (*b)->inner->in) {
        bool starts = (*a)->runs_in && !(*a)->inner->runs_in;
        *a = (*a)->inner;
        *b = (*b)->inner;
        if (starts)
            break;
    }
}

/* The calls on the way to the access; what starts the thread has a label. */
static void tell_way(struct finding *finding, const struct race_access *access)
{
    enum { MAX_NOTES = 4 };
    unsigned count = 0;
    for (const struct race_access *at = access; at->inner && count < MAX_NOTES; at = at->inner) {
        const struct ir_call *call = at->in->blocks[at->at.block].terminator.call;
        if (call->callee && call->callee != at->inner->in)
            continue;
        finding_note_at(finding, call->callee_span, NULL, "`%s` calls `%s` here", at->in->name, at->inner->in->name);
        count++;
    }
}

static bool is_told_already(struct race_program *program, const char *key)
{
    if (g_hash_table_contains(program->told, key))
        return true;
    g_hash_table_add(program->told, g_strdup(key));
    return false;
}

/* It has been told that the thread outlives what it borrows, or that the loop changes it: the same mistake. */
static bool is_told_as_borrow(struct race_program *program, const struct ir_function *fn, const struct race_access *a,
                              const struct race_thread *ta, const struct race_thread *tb)
{
    const struct race_thread *const threads[] = {ta, tb};
    if (origin_root(a->origin)->kind != ORIGIN_LOCAL)
        return false;
    for (int i = 0; i < 2; i++)
        if (threads[i]) {
            struct span call = fn->blocks[threads[i]->block].terminator.span;
            if (findings_mention(program->sink, "E0373", call) || findings_mention(program->sink, "F0406", call))
                return true;
        }
    return false;
}

/* ---- which mistake it is ---- */

enum kind { PLAIN_RACE, MIXED_WITH_ATOMIC, VOLATILE_FLAG };

static bool is_volatile(struct race_program *program, const struct ir_function *fn, const struct race_access *access)
{
    const struct ir_type *type = access->place ? access->place->type : origin_type(origins_of(program->origins, fn), access->origin);
    return type && (type->quals & IR_QUAL_VOLATILE);
}

/* `volatile` on what one thread writes and the other looks at is meant to pass word between them. */
static enum kind kind_of(struct race_program *program, const struct ir_function *fn, const struct race_access *a,
                         const struct race_access *b)
{
    if (a->is_atomic != b->is_atomic)
        return MIXED_WITH_ATOMIC;
    return a->writes != b->writes && is_volatile(program, fn, a) && is_volatile(program, fn, b) ? VOLATILE_FLAG : PLAIN_RACE;
}

static struct finding *new_finding(struct findings *sink, enum kind kind, const char *name)
{
    switch (kind) {
    case MIXED_WITH_ATOMIC:
        return finding_new(sink, "F0203", "`%s` is accessed atomically and plainly at the same time", name);
    case VOLATILE_FLAG:
        return finding_new(sink, "F0204", "`volatile` variable `%s` is used between threads without synchronisation", name);
    default:
        return finding_new(sink, "F0201", "data race on `%s`", name);
    }
}

static void tell_what_to_do(struct finding *finding, enum kind kind)
{
    switch (kind) {
    case MIXED_WITH_ATOMIC:
        finding_note(finding, "an atomic operation orders nothing for an access that is not atomic");
        finding_help(finding, "make every access atomic: declare it `_Atomic`");
        break;
    case VOLATILE_FLAG:
        finding_note(finding, "`volatile` orders nothing between threads: what was written before may be seen after, or torn");
        finding_help(finding, "make it `_Atomic`, or use a lock and a condition variable");
        break;
    default:
        finding_note(finding, "nothing orders these accesses, so their outcome is undefined");
        finding_help(finding, "hold the same lock at both, or make it `_Atomic`");
    }
}

static bool is_bit_field(const struct origin *origin)
{
    return origin->kind == ORIGIN_FIELD && origin->index < origin->record->field_count &&
           origin->record->fields[origin->index].bit_width > 0;
}

void race_report(struct race_program *program, const struct ir_function *fn, const struct race_access *a,
                 const struct race_access *b, bool same_thread)
{
    const struct race_function *f = race_function_of(program, fn);
    if (a->is_atomic) { /* the plain one is what is wrong */
        const struct race_access *plain = b;
        b = a;
        a = plain;
    }
    const char *name = name_of_pair(program, fn, a, b);
    const struct race_thread *ta = thread_of(f, a, b), *tb = thread_of(f, b, a);
    if (is_told_as_borrow(program, fn, a, ta, tb))
        return;
    char key[128];
    g_snprintf(key, sizeof key, "%u:%u-%u", a->span.file, a->span.begin, a->span.end);
    if (!name || is_told_already(program, key))
        return;
    const struct origin *root = origin_root(a->origin);
    if (a->origin->kind == ORIGIN_FIELD && root->kind != ORIGIN_GLOBAL)
        g_snprintf(key, sizeof key, "%p %u %u", (const void *)&a->origin->record->fields[a->origin->index], root->index, fn->index);
    else
        g_snprintf(key, sizeof key, "%d %u %u %.80s", (int)root->kind, root->index,
                   root->kind == ORIGIN_GLOBAL ? 0 : fn->index + 1, a->origin == root && root->kind == ORIGIN_GLOBAL ? "" : name);
    if (is_told_already(program, key))
        return; /* one variable, one finding */
    enum kind kind = kind_of(program, fn, a, b);
    struct finding *finding = new_finding(program->sink, kind, name);
    bool one_place = span_equal(a->span, b->span);
    bool several = same_thread || (ta && tb && ta->entry == tb->entry && span_equal(start_of(ta)->span, start_of(tb)->span));
    if (one_place && ta && tb && ta->entry == tb->entry) {
        finding_primary(finding, a->span, "%s", words_of(program, a, fn, "several threads at once"));
    } else if (one_place) {
        char *both = ta && tb ? g_strdup_printf("the threads that run `%s` and `%s`", ta->entry->name, tb->entry->name)
                              : g_strdup_printf("%s and by `%s`", who_is(program, ta ? ta : tb, a), fn->name);
        if (a->locks->count == 0 && b->locks->count > 0 && ta && tb) { /* only one of them holds a lock */
            const char *first = words_of(program, a, fn, who_is(program, ta, a));
            finding_primary(finding, a->span, "%s; %s", first, words_of(program, b, fn, who_is(program, tb, b)));
        } else {
            finding_primary(finding, a->span, "%s", words_of(program, a, fn, both));
        }
        g_free(both);
    } else {
        finding_primary(finding, a->span, "%s", words_of(program, a, fn, who_is(program, ta, a)));
        finding_label(finding, b->span, "%s", words_of(program, b, fn, who_is(program, tb, b)));
    }
    tell_start(finding, ta, several);
    if (tb != ta && !several)
        tell_start(finding, tb, false);
    const struct race_access *way_a = a, *way_b = b;
    skip_common_way(&way_a, &way_b);
    tell_way(finding, way_a);
    if (!one_place || ta != tb)
        tell_way(finding, way_b);
    if (kind == PLAIN_RACE && a->origin != b->origin && is_bit_field(a->origin) && is_bit_field(b->origin)) {
        finding_note(finding, "bit-fields beside each other are one memory location: to write one is to write both");
        finding_help(finding, "hold the same lock at both, or part them: `unsigned : 0;`");
        return;
    }
    tell_what_to_do(finding, kind);
}
