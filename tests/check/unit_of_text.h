/*
 * C text -> unit, for tests of the front end and what stands behind it.
 */
#ifndef FEARLESS_TESTS_UNIT_OF_TEXT_H
#define FEARLESS_TESTS_UNIT_OF_TEXT_H

#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "front/front.h"

struct text_unit {
    struct source_table *sources;
    struct ir_unit *unit;
    char *messages;
    enum front_status status;
    char *path;
};

/* flag: one more for the compiler, or NULL */
static inline struct text_unit unit_of_text(const char *text, const char *flag)
{
    struct text_unit made = {.sources = source_table_new()};
    const char *root = getenv("SRC");
    char *include_dir = root ? g_build_filename(root, "include", NULL) : NULL;
    char *folder = g_dir_make_tmp("fearless-XXXXXX", NULL);

    made.path = g_build_filename(folder, "text.c", NULL);
    g_file_set_contents(made.path, text, -1, NULL);
    struct front_options options = {
        .path = made.path,
        .flags = &flag,
        .flag_count = flag ? 1 : 0,
        .include_dir = include_dir,
    };
    made.status = front_unit(&options, made.sources, &made.unit, &made.messages);
    /* The text stays in the table; the file has done its work. */
    source_text(made.sources, source_file(made.sources, made.path), NULL);
    g_remove(made.path);
    g_rmdir(folder);
    g_free(folder);
    g_free(include_dir);
    return made;
}

static inline void text_unit_free(struct text_unit *made)
{
    ir_unit_free(made->unit);
    source_table_free(made->sources);
    g_free(made->messages);
    g_free(made->path);
}

static inline const struct ir_function *function_named(const struct text_unit *made, const char *name)
{
    for (uint32_t i = 0; made->unit && i < made->unit->function_count; i++)
        if (strcmp(made->unit->functions[i]->name, name) == 0)
            return made->unit->functions[i];
    return NULL;
}

static inline const struct ir_global *global_named(const struct text_unit *made, const char *name)
{
    for (uint32_t i = 0; made->unit && i < made->unit->global_count; i++)
        if (strcmp(made->unit->globals[i]->name, name) == 0)
            return made->unit->globals[i];
    return NULL;
}

/* What stands at a span; to be freed. */
static inline char *text_at(const struct text_unit *made, struct span span)
{
    size_t length;
    const char *text = source_text(made->sources, span.file, &length);

    if (!text || span.end > length || span.end < span.begin)
        return g_strdup("(nowhere)");
    return g_strndup(text + span.begin, span.end - span.begin);
}

#endif
