/*
 * Which units make which program, told from their symbols alone: a unit with `main` and what it needs, as ld takes members
 * out of an archive. What no program took makes libraries: units that need one another.
 */
#ifndef FEARLESS_CHECK_LINK_PROGRAMS_H
#define FEARLESS_CHECK_LINK_PROGRAMS_H

#include <glib.h>

#include "ir/symbols.h"

struct link_unit {
    const char *path;      /* of its file, absolute */
    const char *directory; /* where its compiler ran */
    struct symbols symbols;
};

struct program {
    GArray *units;  /* of uint32_t, indices; the first is the one with main, if there is one */
    bool has_main;
};

struct program *program_new(uint32_t unit);
void program_free(void *program);

/*
 * Of struct program *; in the order of their first units, those with a main before the others. To be freed. Units that
 * are only a list of files (not is_project) belong together when one of them, and one alone, has a main.
 */
GPtrArray *link_programs(const struct link_unit *units, uint32_t count, bool is_project);

#endif
