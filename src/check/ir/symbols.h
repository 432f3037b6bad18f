/*
 * What a unit defines and what it needs, as a linker sees it: only what is reached from what other units see counts,
 * so that a helper of a header that nobody calls pulls nothing in.
 */
#ifndef FEARLESS_CHECK_IR_SYMBOLS_H
#define FEARLESS_CHECK_IR_SYMBOLS_H

#include <glib.h>

#include "ir/ir.h"

enum {
    SYMBOL_DEFINED = 1 << 0,
    SYMBOL_WANTED = 1 << 1, /* used and not defined here */
    SYMBOL_SHARED = 1 << 2, /* defined, and others may define it, too (tentative definitions, inline functions) */
    SYMBOL_FUNCTION = 1 << 3,
};

struct symbol {
    const char *name;
    unsigned flags;
};

struct symbols {
    struct symbol *list;
    uint32_t count;
    uint64_t checksum; /* of the stored unit: a name for its content */
    char *names;       /* what the list points into */
};

bool symbols_read(const uint8_t *bytes, size_t length, uint64_t checksum, struct symbols *ret_symbols);
void symbols_clear(struct symbols *symbols);

/* ---- for the writer: who mentions whom; functions and globals are numbered together ---- */

struct mentions;

#define MENTION_NOBODY UINT32_MAX

static inline uint32_t mention_of_global(uint32_t index)
{
    return index;
}

static inline uint32_t mention_of_function(const struct ir_unit *unit, uint32_t index)
{
    return unit->global_count + index;
}

struct mentions *mentions_new(const struct ir_unit *unit);
void mentions_free(struct mentions *mentions);
void mentions_add(struct mentions *mentions, uint32_t from, uint32_t to);
GByteArray *symbols_write(struct mentions *mentions);

#endif
