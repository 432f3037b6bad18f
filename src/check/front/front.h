/*
 * From C source to a verified, frozen ir_unit. The only folder that knows libclang.
 */
#ifndef FEARLESS_CHECK_FRONT_FRONT_H
#define FEARLESS_CHECK_FRONT_FRONT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/source.h"
#include "front/inputs.h"
#include "ir/ir.h"

struct front_options {
    const char *path;
    const char *directory;       /* where the compiler would run, or NULL: relative paths and -I are from there */
    const char *const *flags;    /* the compiler's arguments without the compiler, the file, -c and -o */
    size_t flag_count;
    const char *include_dir;     /* where <fearless.h> is; added last, so that the user's own comes first */
    const char *models;          /* the text of users' models, or NULL */
    bool color;                  /* for clang's own diagnostics */
    struct front_inputs *inputs; /* filled with what was read; NULL: nobody asks */
};

enum front_status {
    FRONT_OK,          /* *ret_unit is set */
    FRONT_BROKEN,      /* the code does not compile: ret_messages has clang's diagnostics; *ret_unit may be set with is_broken functions */
    FRONT_NO_FILE,     /* cannot be opened; ret_messages says why */
    FRONT_FAILED,      /* libclang gave up; ret_messages says so */
};

/* The unit belongs to the caller (ir_unit_free). ret_messages is g_malloc'ed text, or NULL. */
enum front_status front_unit(const struct front_options *options, struct source_table *sources,
                             struct ir_unit **ret_unit, char **ret_messages);

void ir_unit_free(struct ir_unit *unit);

/* "19.1.7": for --version. */
const char *front_clang_version(void);

#endif
