/*
 * The IR as bytes and back. One function describes each part for both directions, so that what is written and
 * what is read cannot disagree; a third mode makes a hash of the content, with names in place of numbers.
 *
 * What a body refers to (types, records, functions, globals, strings, files, texts) stands in it as a number.
 * Writing, the numbers come from tables that grow as things are met (store.c); reading, arrays say what each
 * number stands for in the unit that is being put together (load.c).
 */
#ifndef FEARLESS_CHECK_IR_ARCHIVE_H
#define FEARLESS_CHECK_IR_ARCHIVE_H

#include <glib.h>

#include "ir/ir.h"

enum archive_mode { ARCHIVE_WRITE, ARCHIVE_READ, ARCHIVE_HASH };

struct store; /* store.c: the tables of a unit that is written */

/* By number; number 0 is NULL for texts, types, records, functions and "no place" for files. */
struct archive_maps {
    const char **texts;
    uint32_t text_count;
    const struct ir_type **types;
    uint32_t type_count;
    const struct ir_record **records;
    uint32_t record_count;
    struct ir_function **functions;
    uint32_t function_count;
    uint32_t *globals; /* numbers from 0, as in places; so are strings, which follow those of units before */
    uint32_t global_count;
    uint32_t first_string;
    uint32_t string_count;
    uint32_t *files;
    uint32_t file_count;
    struct ir_function *const *all_functions; /* of the unit under construction, by its own numbers */
    struct ir_global *const *all_globals;
};

struct archive {
    enum archive_mode mode;
    bool bad;               /* READ: the bytes are no such thing; whatever was read is zero from there on */
    struct span last;       /* a span is told as the way from the one before it */
    GByteArray *out;        /* WRITE */
    struct store *store;    /* WRITE, HASH */
    uint64_t hash;          /* HASH */
    bool is_private;        /* HASH: it reaches what each unit has for itself */
    GArray *callees;        /* HASH: of uint32_t, the static functions it refers to */
    const uint8_t *at, *end; /* READ */
    struct arena *arena;
    const struct archive_maps *maps;
};

/* Parts of every kind; in READ mode they fill what they are given. */
void archive_long(struct archive *a, uint64_t *n);
void archive_number(struct archive *a, uint32_t *n);
void archive_signed(struct archive *a, int64_t *n);
void archive_span(struct archive *a, struct span *span);
void archive_text(struct archive *a, const char **text);
void archive_notes(struct archive *a, const char *const **notes);
void archive_type(struct archive *a, const struct ir_type **type);
void archive_place(struct archive *a, struct ir_place *place);
void archive_function_ref(struct archive *a, const struct ir_function **fn);

/* How many things follow; each takes a byte at least, which bounds what bad bytes can ask for. */
void archive_count(struct archive *a, uint32_t *count);

#define ARCHIVE_ENUM(a, lvalue)                                                                                        \
    do {                                                                                                               \
        uint32_t archive_n = (uint32_t)(lvalue);                                                                       \
        archive_number((a), &archive_n);                                                                               \
        (lvalue) = archive_n;                                                                                          \
    } while (0)

/* Locals, arms, blocks. */
void archive_body(struct archive *a, struct ir_function *fn);

/* store.c: the number of what is met, given out when it is first met; and the content behind numbers, for HASH. */
uint32_t store_text(struct store *store, const char *text);
uint32_t store_type(struct store *store, const struct ir_type *type);
uint32_t store_record(struct store *store, const struct ir_record *record);
uint32_t store_file(struct store *store, uint32_t file);
uint64_t store_hash_file(struct store *store, uint32_t file);
void store_hash_base(struct archive *a, enum ir_base_kind base, uint32_t index);
void store_mention(struct store *store, enum ir_base_kind base, uint32_t index);

#endif
