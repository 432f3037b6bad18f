/*
 * What POSIX and C promise about the types of their headers, which cannot carry a note.
 */
#ifndef FEARLESS_CHECK_TRAITS_LIBC_TYPES_H
#define FEARLESS_CHECK_TRAITS_LIBC_TYPES_H

#include <stdbool.h>

#include "ir/ir.h"

/* A typedef of a pointer that names an object of libc and no memory. */
bool libc_names_object(const struct ir_field *field);

/* It says where the stack of one thread was: a jmp_buf. */
bool libc_binds_to_thread(const struct ir_type *type);

#endif
