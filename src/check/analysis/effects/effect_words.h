/* What the reports that rest on effects say alike. */
#ifndef FEARLESS_CHECK_EFFECTS_EFFECT_WORDS_H
#define FEARLESS_CHECK_EFFECTS_EFFECT_WORDS_H

#include "analysis/effects/effects.h"

/* A note for each call on the way from `from` down to the access, and for the access if it is not shown otherwise. */
void effect_notes_on_the_way(struct finding *finding, const struct memory_effect *from, bool with_access);

/* The access that a person wrote: the last on the chain that is not inside the library. */
const struct memory_effect *effect_shown(const struct memory_effect *effect);

/* `x`, `p->n`; for what has no name "it". */
const char *effect_name(const struct origins *origins, const struct origin *origin);

#endif
