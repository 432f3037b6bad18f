/*
 * What a unit was made from, for who keeps it and must know whether it would be the same again: the files that were read,
 * as clang had them, and the names that they include.
 */
#ifndef FEARLESS_CHECK_FRONT_INPUTS_H
#define FEARLESS_CHECK_FRONT_INPUTS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct front_input {
    uint32_t file; /* of the source table */
    uint64_t hash; /* of its content */
    bool is_system;
};

struct front_inputs {
    GArray *files;     /* of struct front_input */
    GHashTable *names; /* a set of char *: what `#include` and `__has_include` name, whether or not that is there */
    bool is_partial;   /* clang read something that it does not tell of */
};

struct front_inputs *front_inputs_new(void);
void front_inputs_free(struct front_inputs *inputs);

/* For front/: fills it from a parsed unit. */
struct front;
struct front_options;
void front_read_inputs(struct front *front, const struct front_options *options);

/* What else decides how code is read: libclang's own version and file, and what it takes from the environment. To be freed. */
char *front_identity(void);

#endif
