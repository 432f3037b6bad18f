/*
 * The command line that libclang is given: the user's, made fit for reading instead of compiling.
 */
#ifndef FEARLESS_CHECK_FRONT_FLAGS_H
#define FEARLESS_CHECK_FRONT_FLAGS_H

#include <glib.h>

#include "front/front.h"

/* An array of strings, each owned by it. */
GPtrArray *front_flags(const struct front_options *options);

/* Do the user's own flags say -fexceptions? */
bool front_flags_unwind(const struct front_options *options);

#endif
