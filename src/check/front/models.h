/*
 * models/: what libc and pthreads promise, as annotated declarations.
 *
 * They are parsed with the user's file, in front of it, because a unit of their own would cost clang's
 * start once more (7 to 15 ms measured, more than all of them). Each function is declared under a name of
 * its own, `MODEL(pthread_create)`, and with simple types, so that it cannot clash with the real one.
 */
#ifndef FEARLESS_CHECK_FRONT_MODELS_H
#define FEARLESS_CHECK_FRONT_MODELS_H

#include "front/lower.h"

/* The name under which the models are included; it is not on disk. */
extern const char models_path[];

/* All models as one text, with the user's own (or NULL) behind ours; g_malloc'ed. */
char *models_text(const char *users);

/* The declaration at the unit's top is one of a model: remember it. False when it is none. */
bool front_add_model(struct front *front, CXCursor decl);

/* The model of the function of that name, or NULL. */
const CXCursor *front_model(struct front *front, const char *name);

#endif
