/*
 * What the front end knows of a struct or union beyond its ir_record.
 */
#ifndef FEARLESS_CHECK_FRONT_RECORDS_H
#define FEARLESS_CHECK_FRONT_RECORDS_H

#include "front/lower.h"

struct front_record {
    struct ir_record *record;
    const char *handle;            /* NAME of the annotation `fl.handle.NAME`, or NULL */
    bool is_anonymous;             /* an unnamed member whose fields are reached through the outer record */
    struct front_record *parent;   /* of an anonymous one: the record it is a member of ... */
    uint32_t index_in_parent;      /* ... and which */
};

/* Makes the record and its fields; type is canonical and unqualified. */
struct ir_record *front_make_record(struct front *front, CXType type, struct ir_type *node);
struct ir_enumeration *front_make_enumeration(struct front *front, CXType type);

/* The annotation `handle.NAME` of a record: its NAME, or NULL. */
const char *front_handle_tag(struct front *front, const struct ir_record *record);

#endif
