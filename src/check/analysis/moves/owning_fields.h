/*
 * Which pointers a type owns: those that its drop function frees or drops.
 *
 *     typedef struct { char *s; const char *label; } text;      text_drop: free(t->s)
 *
 * `s` is owned, `label` is borrowed. What the drop function reaches through owned pointers counts as well,
 * so a list owns its nodes' `next`. When the drop function's body is not in view every pointer counts as
 * owned: the type says that it owns something, and nothing says what.
 */
#ifndef FEARLESS_CHECK_MOVES_OWNING_FIELDS_H
#define FEARLESS_CHECK_MOVES_OWNING_FIELDS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "ir/ir.h"

struct owning_fields;

/* The answer for one owned type. Never NULL; the caller frees it. */
struct owning_fields *owning_fields_of(const struct ir_type *owned);
void owning_fields_free(struct owning_fields *fields);

/*
 * Does the type own what field number `field` of `record` points to? With depth 0 the pointer in the
 * field itself, with 1 the pointers that it points to (`free(t->lines[i]); free(t->lines);`), ...
 */
bool owning_fields_has(const struct owning_fields *fields, const struct ir_record *record, uint32_t field,
                       unsigned depth);

/* The drop function could not be read: every pointer counts. */
bool owning_fields_is_everything(const struct owning_fields *fields);

#endif
