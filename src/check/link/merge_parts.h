/* What the rooms of the merge share. Units are read in three passes, all units in each: tables, heads, contents. */
#ifndef FEARLESS_CHECK_LINK_MERGE_PARTS_H
#define FEARLESS_CHECK_LINK_MERGE_PARTS_H

#include <glib.h>

#include "base/source.h"
#include "ir/archive.h"
#include "ir/store.h"
#include "ir/type_nodes.h"

/* A type as it is stored: numbers of its unit, 0 for none. */
struct raw_type {
    struct ir_type type; /* what is no reference */
    uint32_t unqualified, target, record, enumeration, drop;
    uint32_t *params;
};

struct raw_record {
    struct ir_record *record; /* of this unit; its fields have no types yet */
    uint32_t *field_types;
    uint32_t node;            /* the number of its type, without qualifiers */
    struct known_record *known;
};

/* A record of the merged unit. */
struct known_record {
    struct ir_record *record;
    struct ir_type *node;
    const struct unit_in *unit;  /* the last one that declares it */
    struct known_record *twin;   /* alike and from the same place, and yet another: a macro has written it twice */
};

struct unit_in {
    struct archive a; /* stands where the next pass begins */
    struct archive_maps maps;
    const char *path;
    uint32_t main_file;
    bool unwinds, is_annotated;
    struct raw_type *types;     /* by number, [0] unused; likewise the next two */
    struct raw_record *records;
    struct ir_enumeration **enumerations;
    uint32_t enumeration_count;
    bool *has_body;   /* by function, from 0: its bytes have a body ... */
    bool *takes_body; /* ... that is the merged function's */
};

struct merge {
    struct source_table *sources;
    struct arena *arena;
    struct ir_unit *unit;
    struct type_nodes *nodes;
    GPtrArray *units;         /* of struct unit_in * */
    GHashTable *texts;        /* content, each once */
    GHashTable *files;        /* canonical path -> number */
    GHashTable *records;      /* what tells a record from others (text) -> struct known_record */
    GHashTable *tags;         /* "struct TAG" -> the only complete known_record, or &several_records */
    GHashTable *incomplete;   /* "struct TAG" -> known_record of one that no unit completes */
    GHashTable *enumerations; /* content (text) -> ir_enumeration */
    GHashTable *functions;    /* name -> ir_function, external linkage */
    GHashTable *globals;      /* name -> ir_global, external linkage */
    GHashTable *header_functions; /* place and content (text) -> ir_function */
    GHashTable *header_globals;
    GHashTable *seen;         /* 64-bit hashes of comments and unsafe blocks that are there already */
    GPtrArray *function_list, *global_list, *owned, *marked;
    GArray *strings, *unsafe, *allows;
};

/* merge_types.c */
extern struct known_record several_records;
bool merge_read_types(struct merge *merge, struct unit_in *in);
void merge_resolve_types(struct merge *merge, struct unit_in *in);
void merge_resolve_owned(struct unit_in *in);

/* merge_symbols.c */
void merge_read_heads(struct merge *merge, struct unit_in *in);

/* merge_calls.c: calls that do not fit what they would reach keep a function without a body */
void merge_check_calls(struct merge *merge);

#endif
