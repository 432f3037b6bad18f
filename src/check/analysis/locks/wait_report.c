/* F0107: what waits, which lock is held meanwhile, and who needs it. */
#include <string.h>

#include "analysis/locks/lock_order.h"

/* What a call does that waits for this. */
static const char *waiting(const char *kind)
{
    static const struct { const char *kind, *words; } words[] = {
        {"thread", "waits for a thread"},       {"message", "waits for a message"},
        {"notice", "waits for a condition"},    {"others", "waits at a barrier"},
        {"permit", "waits for a semaphore"},    {"unpark", "waits to be unparked"},
        {"job", "runs a job that is not seen"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i].kind, kind) == 0)
            return words[i].words;
    return "waits for another thread";
}

/* Who ends such a wait. */
static const char *who_ends(const char *kind)
{
    static const struct { const char *kind, *words; } words[] = {
        {"message", "the sender"}, {"notice", "who notifies"}, {"permit", "who releases one"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i].kind, kind) == 0)
            return words[i].words;
    return "who ends that";
}

void report_held_wait(struct lock_order *order, const struct held_wait *wait, const struct order_lock *need,
                      const struct held_wait *other)
{
    const struct order_step *way = wait->wait.steps;
    const char *what = waiting(wait->wait.kind), *lock = wait->held.name;
    struct finding *finding;
    if (need)
        finding = finding_new(order->guards->sink, "F0107", "a thread is waited for that needs %s, which is held", lock);
    else if (other)
        finding = finding_new(order->guards->sink, "F0107", "%s is held while this thread %s, and %s needs it", lock, what,
                              who_ends(wait->wait.kind));
    else
        finding = finding_new(order->guards->sink, "F0107", "%s is held while this thread %s", lock, what);
    if (!need && !other)
        finding_warning(finding);
    if (way->inner)
        finding_primary(finding, way->span, "`%s` %s, while %s is held", way->inner->fn->name, what, lock);
    else
        finding_primary(finding, way->span, "%s here, while %s is held", what, lock);
    if (span_equal(wait->held.span, wait->f->fn->span))
        finding_label(finding, wait->held.span, "%s is held in here: `%s` requires it", lock, wait->f->fn->name);
    else
        finding_label(finding, wait->held.span, "%s is locked here", lock);
    if (way->inner)
        finding_note_at(finding, wait->wait.span, NULL, "it %s here", what);
    if (need)
        finding_note_at(finding, need->span, NULL, "the thread locks it here, and waits for ever if it is held");
    if (other) {
        struct sub *sub = finding_note_at(finding, other->wait.span, "only reached with the lock",
                                          "this would end the wait, in `%s`", other->f->fn->name);
        sub_label(sub, other->held.span, "%s is locked here", other->held.name);
    }
    finding_help(finding, need || other ? "release it before, or wait before it is taken"
                                        : "release it before: whoever needs it waits as long");
}
