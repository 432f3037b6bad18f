/*
 * From clang's source locations to files and offsets, fast.
 *
 * A location is one number; the numbers of one inclusion of a file are consecutive. So a location that is
 * not in a macro needs clang only once per file, which matters: every expression asks for two.
 */
#ifndef FEARLESS_CHECK_FRONT_FILES_H
#define FEARLESS_CHECK_FRONT_FILES_H

#include <clang-c/Index.h>

#include "front/lower.h"

struct file_map;

/* directory: what relative paths start from, or NULL for this process's own. */
struct file_map *file_map_new(CXTranslationUnit tu, struct source_table *sources, const char *directory);
void file_map_free(struct file_map *map);

/* A byte of a file. file 0: nowhere (pasted tokens, the command line). */
struct position {
    uint32_t file;
    uint32_t offset;
};

bool location_is_macro(CXSourceLocation location);
/* Where the user wrote it: in a macro's argument there, in a macro's body the macro's name. */
struct position file_position(struct file_map *map, CXSourceLocation location);
/* Where its characters stand: in a macro's body there. */
struct position spelling_position(struct file_map *map, CXSourceLocation location);
/* The name of the outermost macro. */
struct position expansion_position(struct file_map *map, CXSourceLocation location);

/* The file's text as clang read it; NUL-terminated; NULL for file 0. */
const char *file_text(struct file_map *map, uint32_t file, size_t *ret_size);

/* The number in the source table of what clang calls `name`. */
uint32_t file_number(struct file_map *map, CXFile file);

#endif
