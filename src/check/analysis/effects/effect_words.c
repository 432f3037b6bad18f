#include "analysis/effects/effect_words.h"

enum { MAX_NOTES = 6 };

const struct memory_effect *effect_shown(const struct memory_effect *effect)
{
    while (effect->inner && !effect->by->in_system_header)
        effect = effect->inner;
    return effect;
}

void effect_notes_on_the_way(struct finding *finding, const struct memory_effect *from, bool with_access)
{
    unsigned count = 0;
    for (const struct memory_effect *at = from; at->inner && count < MAX_NOTES; at = at->inner, count++) {
        const struct ir_function *callee = at->by;
        const struct memory_effect *inner = at->inner;
        if (callee->in_system_header)
            break;
        if (inner->inner && !inner->by->in_system_header)
            finding_note_at(finding, inner->span, NULL, "`%s` calls `%s` here", callee->name, inner->by->name);
        else if (with_access)
            finding_note_at(finding, inner->span, NULL, "`%s` %s it here", callee->name,
                            inner->writes ? "writes" : "reads");
    }
}

const char *effect_name(const struct origins *origins, const struct origin *origin)
{
    const char *name = origin_describe(origins, origin);
    return name ? name : "it";
}
