/*
 * The command line that libclang is given: the user's, made fit for reading instead of compiling.
 */
#ifndef FEARLESS_CHECK_FRONT_FLAGS_H
#define FEARLESS_CHECK_FRONT_FLAGS_H

#include <glib.h>

#include "front/front.h"

/* An array of strings, each owned by it. */
GPtrArray *front_flags(const struct front_options *options);

/*
 * Takes out what names a processor, which clang for this machine refuses when it is another one (-march=armv7-a, -mthumb):
 * what a cross compiler is told can be read as if it were for here. False: there was none.
 */
bool front_flags_without_machine(GPtrArray *flags);

/* Do the user's own flags say -fexceptions? */
bool front_flags_unwind(const struct front_options *options);

#endif
