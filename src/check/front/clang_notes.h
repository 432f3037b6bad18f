/*
 * clang's own thread-safety attributes, as code has them: guarded_by(mu), requires_capability(a->mu), acquire_capability ...
 *
 * libclang shows that such an attribute is there, but not what it names. So each is a macro (front/flags.c) that makes an
 * annotation of it, `fl.clang.NAME:ARGUMENTS`, whatever macros of the user's it is spelled through; here that becomes the
 * note that our own macros make.
 */
#ifndef FEARLESS_CHECK_FRONT_CLANG_NOTES_H
#define FEARLESS_CHECK_FRONT_CLANG_NOTES_H

#include <clang-c/Index.h>
#include <glib.h>
#include <stdbool.h>

/* The -D flags; what is added is g_malloc'ed. */
void clang_notes_flags(GPtrArray *out);

/* The notes for one annotation on decl, `clang.NAME:ARGUMENTS`; g_malloc'ed, added to notes. False: it is none of these. */
bool clang_notes_add(GPtrArray *notes, CXCursor decl, const char *text);

#endif
