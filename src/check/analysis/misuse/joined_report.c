#include "analysis/misuse/joined_parts.h"

static const char *done(const struct used_handle *handle)
{
    return handle->how == HANDLE_DETACHED ? "detached" : "joined";
}

static void tell_first(struct finding *finding, const struct used_handle *first, const struct used_handle *second)
{
    bool same = span_equal(first->span, second->span);
    switch (first->how) {
    case HANDLE_STARTED_DETACHED:
        finding_label(finding, first->span, "the thread is started here");
        finding_step(finding, 1);
        finding_note_at(finding, first->inner, NULL, "its attributes say that it is detached: nobody can join it");
        return;
    case HANDLE_DETACHES_ITSELF:
        finding_label(finding, first->span, "the thread is started here");
        finding_step(finding, 1);
        finding_note_at(finding, first->inner, NULL, "`%s` detaches its own thread: nobody can join it", first->by->name);
        return;
    default:
        break;
    }
    if (!same)
        finding_label(finding, first->span, first->how == second->how ? "%s here first" : "%s here", done(first));
    finding_step(finding, 1);
    if (!span_is_none(first->inner) && (span_is_none(second->inner) || !span_equal(first->inner, second->inner)))
        finding_note_at(finding, first->inner, NULL, "`%s` %s it here", first->by->name,
                        first->how == HANDLE_DETACHED ? "detaches" : "joins");
}

void report_joined_twice(struct joined_function *f, const struct used_handle *first, const struct used_handle *second)
{
    if (f->fn->blocks[second->at.block].terminator.flags & IR_FLAG_UNSAFE)
        return;
    if (findings_mention(f->program->analysis->sink, "F0402", second->span))
        return;
    const char *name = second->name ? second->name : "it", *now = done(second);
    bool same = span_equal(first->span, second->span);
    struct finding *finding;
    if (first->how == HANDLE_STARTED_DETACHED || first->how == HANDLE_DETACHES_ITSELF)
        finding = finding_new(f->program->analysis->sink, "F0402", "thread is %s, but it runs detached: `%s`", now, name);
    else if (first->how == second->how)
        finding = finding_new(f->program->analysis->sink, "F0402", "thread is %s twice: `%s`", now, name);
    else
        finding = finding_new(f->program->analysis->sink, "F0402", "thread is %s after it was %s: `%s`", now, done(first), name);
    finding_primary(finding, second->span, "%s here%s", now,
                    same                       ? ", in previous iteration of loop"
                    : first->how == second->how ? " again"
                                                : "");
    finding_step(finding, 2);
    tell_first(finding, first, second);
    if (!span_is_none(second->inner))
        finding_note_at(finding, second->inner, NULL, "`%s` %s it here", second->by->name,
                        second->how == HANDLE_DETACHED ? "detaches" : "joins");
    finding_note(finding, "a thread that was joined or detached may be gone, and its handle may be another thread's by now");
}
