/*
 * A frozen unit as bytes, position-independent and compact, for the next phase and for the next run.
 *
 *     head     magic, version, checksum of the rest
 *     symbols  what it defines and what it needs, for whoever decides which units make a program
 *     tables   texts, files; enumerations, records, types            read by link/merge_types.c
 *     heads    functions and globals without their contents          link/merge_symbols.c
 *     content  strings, pointees, bodies, owned types, comments ...  link/merge.c
 *
 * docs/design/link.md.
 */
#ifndef FEARLESS_CHECK_IR_STORE_H
#define FEARLESS_CHECK_IR_STORE_H

#include <glib.h>

#include "base/source.h"
#include "ir/archive.h"
#include "ir/symbols.h"

#define STORE_MAGIC "FLIR"
#define STORE_VERSION 2u

/*
 * follows_directory: paths were shortened by the folder this process runs in, and are to be by the reader's; otherwise
 * only those that are relative.
 */
GByteArray *ir_store(const struct ir_unit *unit, const struct source_table *sources, bool follows_directory);

/*
 * An archive that stands at the texts. False when the bytes are no stored unit, are of another version, or were changed.
 */
bool stored_open(const uint8_t *bytes, size_t length, struct archive *ret_archive);
/* Likewise. */
bool stored_symbols(const uint8_t *bytes, size_t length, struct symbols *ret_symbols);
/* A name for all that was stored; 0 when it is too short to have one. */
uint64_t stored_checksum_of(const uint8_t *bytes, size_t length);

struct stored_head {
    char magic[4];
    uint32_t version;
    uint64_t checksum; /* of all that follows */
    uint64_t symbols;  /* how many bytes the symbols take */
};

/* The parts that are the same in both directions. */
struct stored_function {
    struct ir_function fn;   /* without its body */
    uint64_t fingerprint;    /* 0: no other unit's function is the same one */
};

void archive_function_head(struct archive *a, struct stored_function *head);
void archive_global_head(struct archive *a, struct ir_global *global);
void archive_pointees(struct archive *a, struct ir_global *global);
void archive_allow(struct archive *a, struct ir_allow *allow);

#endif
