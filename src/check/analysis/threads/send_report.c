/*
 * E0277, in rustc's roles: the culprit's type in the header, the argument underlined, then the way from the
 * culprit out to the argument's type, then who asks for the trait.
 */
#include <string.h>

#include "analysis/threads/thread_parts.h"

static const char *verb(enum trait trait)
{
    return trait == TRAIT_SEND ? "sent" : "shared";
}

static bool is_type_worth_a_note(const struct trait_step *step)
{
    return step->kind == TRAIT_STEP_FIELD || step->kind == TRAIT_STEP_HANDLE;
}

/* "within `struct job`": the outermost struct that holds the culprit in itself. */
static const char *within(struct thread_function *f, const struct trait_proof *proof)
{
    const char *name = NULL;
    for (uint32_t i = 0; i < proof->step_count && proof->steps[i].kind != TRAIT_STEP_HANDLE; i++)
        if (proof->steps[i].kind == TRAIT_STEP_FIELD)
            name = traits_type_name(f->analysis->traits, proof->steps[i].type);
    return name;
}

/* What a pointer points to, as one would declare it. */
static const char *pointee_name(struct thread_function *f, const struct ir_type *pointer)
{
    const struct ir_type *target = pointer->target ? pointer->target : pointer;
    return traits_type_name(f->analysis->traits, target->unqualified);
}

static void explain_reason(struct finding *finding, struct thread_function *f, const struct trait_proof *proof)
{
    const struct ir_type *culprit = proof->culprit;
    switch (proof->reason) {
    case TRAIT_REASON_POINTER:
        finding_note(finding, "a plain pointer says neither who owns `%s` nor who else uses it",
                     pointee_name(f, culprit));
        break;
    case TRAIT_REASON_VOID_POINTER:
        finding_note(finding, "a `void *` may lead to anything");
        break;
    case TRAIT_REASON_UNION:
        finding_note(finding, "a union with pointers does not say which of its members is in use");
        break;
    case TRAIT_REASON_GUARD:
        finding_note(finding, "what a lock guards is reached only by the thread that holds the lock");
        break;
    case TRAIT_REASON_INCOMPLETE:
        finding_note(finding, "what is in `%s` is not seen in this file", traits_type_name(f->analysis->traits, culprit));
        break;
    case TRAIT_REASON_THREAD:
        finding_note(finding, "it leads back into the stack of the thread that filled it");
        break;
    case TRAIT_REASON_CELL:
        finding_note(finding, "if you want to do aliasing and mutation between multiple threads, use %s instead",
                     culprit->kind == IR_TYPE_RECORD && culprit->record->field_count > 0 &&
                             ir_type_is_scalar(culprit->record->fields[0].type)
                         ? "`fl_rwlock` or `_Atomic`"
                         : "`fl_rwlock`");
        break;
    default:
        break;
    }
}

/* A string, or memory of no type. */
static bool is_bytes(const struct ir_type *pointee)
{
    return pointee && (pointee->kind == IR_TYPE_VOID || (pointee->kind == IR_TYPE_INT && pointee->size == 1));
}

static void suggest(struct finding *finding, struct thread_function *f, const struct trait_proof *proof)
{
    const struct ir_type *culprit = proof->culprit;
    switch (proof->reason) {
    case TRAIT_REASON_HANDLE:
        if (culprit->handle_kind == IR_HANDLE_RC) {
            /* the element as the user wrote it: `fl_rc(counter)` without its beginning */
            const char *element = strchr(traits_type_name(f->analysis->traits, culprit), '(');
            if (element)
                finding_help(finding, "`fl_arc%s` is counted atomically and can be sent", element);
        }
        break;
    case TRAIT_REASON_POINTER:
        if (is_bytes(culprit->target)) /* a box holds one of them */
            finding_help(finding, "give the thread a value that it owns: a type declared with `FL_OWNED`");
        else
            finding_help(finding, "give the thread a value that it owns: `fl_box(%s)`, or a type declared with `FL_OWNED`",
                         pointee_name(f, culprit));
        break;
    case TRAIT_REASON_VOID_POINTER:
    case TRAIT_REASON_UNION:
        finding_help(finding, "mark the struct with `FL_SEND` if you can vouch for what it holds");
        break;
    case TRAIT_REASON_INCOMPLETE:
        finding_help(finding, "mark its declaration with `FL_SEND` (`struct FL_SEND ...;`) if you can vouch for it");
        break;
    case TRAIT_REASON_GUARD:
        finding_help(finding, "give the thread the lock itself (in an `fl_arc`), and let it lock");
        break;
    default:
        break;
    }
}

static void explain_hidden(struct finding *finding, struct thread_function *f, const struct origin *hidden)
{
    const struct ir_local *local = &f->fn->locals[hidden->index];
    struct span borrow = origin_borrow_span(f->origins, hidden);
    const char *type = local->type_name ? local->type_name : traits_type_name(f->analysis->traits, local->type);
    if (local->name && !local->hidden)
        finding_note_at(finding, span_is_none(borrow) ? local->span : borrow, NULL,
                        "one leads to `%s`, whose type `%s` is not `Send`", local->name, type);
}

static void explain_way(struct finding *finding, struct thread_function *f, const struct trait_proof *proof)
{
    struct traits *traits = f->analysis->traits;
    for (uint32_t i = 0; i < proof->step_count; i++) {
        const struct trait_step *step = &proof->steps[i];
        if (!is_type_worth_a_note(step))
            continue;
        const char *name = traits_type_name(traits, step->type);
        if (step->kind == TRAIT_STEP_HANDLE) {
            finding_note(finding, "required for `%s` to implement `%s`", name, trait_name(step->trait));
            continue;
        }
        const struct ir_record *record = step->type->record;
        struct sub *sub =
            finding_note_at(finding, record->span, NULL, "required because it appears within the type `%s`", name);
        if (!span_is_none(step->field->span) && !span_equal(step->field->span, record->span))
            sub_label(sub, step->field->span, "in this field");
    }
}

static struct finding *begin(struct thread_function *f, const struct trait_proof *proof, struct span span)
{
    struct traits *traits = f->analysis->traits;
    const char *name = traits_type_name(traits, proof->culprit);
    struct finding *finding = finding_new(f->analysis->sink, "E0277", "`%s` cannot be %s between threads safely", name,
                                          verb(proof->missing));
    finding_primary(finding, span, "`%s` cannot be %s between threads safely", name, verb(proof->missing));
    return finding;
}

static void finish(struct finding *finding, struct thread_function *f, const struct thread_start *start,
                   const struct trait_proof *proof)
{
    const char *name = traits_type_name(f->analysis->traits, proof->culprit);
    const char *outer = within(f, proof);
    if (outer)
        finding_help(finding, "within `%s`, the trait `%s` is not implemented for `%s`", outer,
                     trait_name(proof->missing), name);
    else
        finding_help(finding, "the trait `%s` is not implemented for `%s`", trait_name(proof->missing), name);
    explain_reason(finding, f, proof);
    if (start->hidden)
        explain_hidden(finding, f, start->hidden);
    explain_way(finding, f, proof);
    if (start->shared_by_pointer)
        finding_note(finding, "required for `%s` to implement `Send`",
                     traits_type_name(f->analysis->traits, start->shared_by_pointer));
    if (span_is_none(start->inner))
        finding_note(finding, "required by a bound in `%s`", start->name);
    else
        finding_note_at(finding, start->inner, NULL, "required by a bound in `%s`, which starts the thread here",
                        start->name);
    suggest(finding, f, proof);
}

/* `fl_spawn` of `fl_spawn(work, x)`: what stands before the thread function's parenthesis. */
static struct span call_name(const struct thread_start *start)
{
    struct span name = start->call;
    if (!span_is_none(start->starter))
        return start->starter;
    if (start->function.file == name.file && start->function.begin > name.begin + 1 &&
        start->function.begin < name.end)
        name.end = start->function.begin - 1;
    return name;
}

void report_not_send(struct thread_function *f, const struct thread_start *start, const struct trait_proof *proof)
{
    struct finding *finding = begin(f, proof, start->argument);
    if (span_is_none(start->inner) && !start->by_channel)
        finding_label(finding, call_name(start), "required by a bound introduced by this call");
    finish(finding, f, start, proof);
}

void report_result_not_send(struct thread_function *f, const struct thread_start *start,
                            const struct trait_proof *proof, struct span value)
{
    struct finding *finding = begin(f, proof, start->function);
    if (!span_is_none(value))
        finding_label(finding, value, "the thread returns it here");
    finding_note(finding, "what a thread returns is sent to the thread that joins it");
    finish(finding, f, start, proof);
}

void report_static_not_sync(struct thread_analysis *analysis, const struct ir_global *global, struct span use,
                            const struct trait_proof *proof)
{
    struct thread_function f = {.analysis = analysis};
    const char *name = traits_type_name(analysis->traits, proof->culprit);
    struct finding *finding = begin(&f, proof, global->span);
    finding_label(finding, use, "a thread uses it here");
    const char *outer = within(&f, proof);
    if (outer)
        finding_help(finding, "within `%s`, the trait `%s` is not implemented for `%s`", outer,
                     trait_name(proof->missing), name);
    else
        finding_help(finding, "the trait `%s` is not implemented for `%s`", trait_name(proof->missing), name);
    explain_reason(finding, &f, proof);
    explain_way(finding, &f, proof);
    finding_note(finding, "shared static variables must have a type that implements `Sync`");
    suggest(finding, &f, proof);
}
