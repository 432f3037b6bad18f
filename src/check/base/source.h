/*
 * The source files that spans point into: a small number for each path, and its text and lines when
 * somebody asks. Text is read when first needed, so that a run without findings reads nothing.
 */
#ifndef FEARLESS_CHECK_BASE_SOURCE_H
#define FEARLESS_CHECK_BASE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"

struct source_table;

struct source_table *source_table_new(void);
void source_table_free(struct source_table *table);

/* The number of a path, always the same for the same spelling; never 0. */
uint32_t source_file(struct source_table *table, const char *path);

/* The path as it was given; "<unknown>" for file 0. */
const char *source_path(const struct source_table *table, uint32_t file);

/* How many files there are; they are numbered 1 to this. */
uint32_t source_count(const struct source_table *table);

/*
 * Gives a file its text instead of reading it from disk (unit tests; text that is not on disk).
 * Copied. Must come before the first question about the file's text.
 */
void source_set_text(struct source_table *table, uint32_t file, const char *text, size_t length);

/* The whole text, NUL-terminated; NULL when the file cannot be read. Owned by the table. */
const char *source_text(struct source_table *table, uint32_t file, size_t *ret_length);

/*
 * Line and column of a byte offset, both from 1; the column counts characters (UTF-8), as rustc
 * does, a tab being one. An offset behind the end is the end. False when the file cannot be read.
 */
bool source_line_col(struct source_table *table, uint32_t file, uint32_t offset, uint32_t *ret_line,
                     uint32_t *ret_column);

/* The number of lines (at least 1), or 0 when the file cannot be read. */
uint32_t source_line_count(struct source_table *table, uint32_t file);

/* A line's bytes, without its line end (LF or CRLF), and the offset at which it starts. */
const char *source_line(struct source_table *table, uint32_t file, uint32_t line,
                        size_t *ret_length, uint32_t *ret_offset);

/*
 * The offset of line and column (both from 1, the column in bytes); used for "file:line:col" of
 * others.
 */
uint32_t source_offset(struct source_table *table, uint32_t file, uint32_t line,
                       uint32_t byte_column);

#endif
