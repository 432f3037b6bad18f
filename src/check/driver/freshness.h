/* Whether the files that something was made from are still as they were (docs/design/cache.md). */
#ifndef FEARLESS_CHECK_DRIVER_FRESHNESS_H
#define FEARLESS_CHECK_DRIVER_FRESHNESS_H

#include "base/source.h"
#include "front/inputs.h"
#include "job.h"
#include "pack.h"

/* What is known of the files in this run: each is looked at once, whoever asks. */
struct freshness;

struct freshness *freshness_new(void);
void freshness_free(struct freshness *freshness);

/*
 * Describes what the job's unit was made from; began: the real time in microseconds before the first file was read. False
 * when not all of it can be told.
 */
bool freshness_pack(GByteArray *out, const struct front_inputs *inputs, const struct source_table *sources,
                    const struct job *job, gint64 began);

/* Reads a description to its end: is all of it as it was? */
bool freshness_unpack(struct freshness *freshness, struct unpack *in);

#endif
