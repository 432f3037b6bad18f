/*
 * FL_OWNED: which types have a drop function, read from the functions annotated `fl.owned`.
 */
#ifndef FEARLESS_CHECK_FRONT_OWNED_H
#define FEARLESS_CHECK_FRONT_OWNED_H

#include "front/lower.h"

/* A function definition of the top level: remembers it if it says that its parameter's target is owned. */
void front_see_owned(struct front *front, CXCursor definition);

/* After the whole top level was seen: marks the types, and names and links their drop functions. */
void front_finish_owned(struct front *front);

/* After everything: the records whose traits somebody wrote down. */
void front_finish_marks(struct front *front);

#endif
