/*
 * A place in the source: bytes begin up to, not including, end of one file of a source table.
 *
 * File 0 means "no place": findings about a whole program have one, and so has whatever the
 * front end could not locate. An empty span (begin == end) is a point; it is drawn as one caret.
 */
#ifndef FEARLESS_CHECK_BASE_SPAN_H
#define FEARLESS_CHECK_BASE_SPAN_H

#include <stdbool.h>
#include <stdint.h>

struct span {
    uint32_t file;
    uint32_t begin;
    uint32_t end;
};

#define NO_SPAN ((struct span){ 0, 0, 0 })

static inline bool span_is_none(struct span s)
{
    return s.file == 0;
}

static inline bool span_equal(struct span a, struct span b)
{
    return a.file == b.file && a.begin == b.begin && a.end == b.end;
}

static inline bool span_overlaps(struct span a, struct span b)
{
    return a.file == b.file && a.begin < b.end && b.begin < a.end;
}

/* From the start of a to the end of b; a itself when they are in different files. */
static inline struct span span_to(struct span a, struct span b)
{
    if (a.file == b.file && b.end > a.end)
        a.end = b.end;
    return a;
}

/* The point just before, and just after: where a patch inserts. */
static inline struct span span_before(struct span s)
{
    s.end = s.begin;
    return s;
}

static inline struct span span_after(struct span s)
{
    s.begin = s.end;
    return s;
}

#endif
