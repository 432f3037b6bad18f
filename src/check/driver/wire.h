/* A report as bytes, to get it from the process that checked a file to the one that shows it. */
#ifndef FEARLESS_CHECK_DRIVER_WIRE_H
#define FEARLESS_CHECK_DRIVER_WIRE_H

#include <glib.h>
#include <stdbool.h>

#include "check_file.h"

GByteArray *wire_write(const struct report *report);

/*
 * Adds what was sent to a report that may already hold others' findings; outcome, messages and dump
 * are replaced. False when the bytes are no complete report: their writer did not get to its end.
 */
bool wire_read(const guint8 *bytes, size_t length, struct report *report);

#endif
