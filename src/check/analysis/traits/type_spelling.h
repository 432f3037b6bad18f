/*
 * How messages spell a type: `fl_rc(counter)`, `struct job`, `int *`, `fl_mutex(int)`. Handles, cells and structs without
 * a tag have no name of their own: they are spelt as somebody declared them.
 */
#ifndef FEARLESS_CHECK_TRAITS_TYPE_SPELLING_H
#define FEARLESS_CHECK_TRAITS_TYPE_SPELLING_H

#include "ir/ir.h"

/* In the unit's arena. */
const char *type_spelling(const struct ir_unit *unit, const struct ir_type *type);

#endif
