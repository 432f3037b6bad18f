/*
 * Code that does not compile: clang's diagnostics as clang shows them, and which functions they are in.
 */
#ifndef FEARLESS_CHECK_FRONT_ERRORS_H
#define FEARLESS_CHECK_FRONT_ERRORS_H

#include <glib.h>

#include "front/lower.h"

struct compile_errors {
    GArray *places;  /* of struct span, points */
    GString *text;   /* as clang would print it */
    guint count;
    uint32_t last_file; /* of the last error shown */
};

/* What clang found wrong with the unit; NULL when it compiles. */
struct compile_errors *compile_errors_read(struct front *front, bool color);
void compile_errors_free(struct compile_errors *errors);

bool compile_errors_within(const struct compile_errors *errors, struct span span);

#endif
