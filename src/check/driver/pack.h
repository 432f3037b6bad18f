/*
 * Values as bytes, for another process or another run of the same build: so the format needs no version. Numbers are 4 or
 * 8 bytes in the machine's order, strings and blobs their length plus one and their bytes, 0 standing for NULL.
 */
#ifndef FEARLESS_CHECK_DRIVER_PACK_H
#define FEARLESS_CHECK_DRIVER_PACK_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

void pack_number(GByteArray *out, uint32_t n);
void pack_long(GByteArray *out, uint64_t n);
void pack_string(GByteArray *out, const char *text);
void pack_bytes(GByteArray *out, GBytes *bytes);

/* Once bad, everything that is read is 0 or NULL. */
struct unpack {
    const guint8 *at, *end;
    bool bad;
};

uint32_t unpack_number(struct unpack *in);
uint64_t unpack_long(struct unpack *in);
/* To be freed; NULL for NULL. */
char *unpack_string(struct unpack *in);
/* To be given back; NULL for NULL. */
GBytes *unpack_bytes(struct unpack *in);

#endif
