/* The reports of files and programs, from the cache or for it: what names them, and when one still holds. */
#ifndef FEARLESS_CHECK_DRIVER_KEPT_REPORTS_H
#define FEARLESS_CHECK_DRIVER_KEPT_REPORTS_H

#include "cache.h"
#include "check_file.h"
#include "freshness.h"

/* NULL for a cache that is NULL; the others take that. */
struct kept_reports;

struct kept_reports *kept_reports_new(struct cache *cache, const struct check_options *options);
void kept_reports_free(struct kept_reports *kept);

/* As wire_write() made it; NULL: there is none, or it holds no more. To be given back. */
GBytes *kept_file_report(struct kept_reports *kept, const struct job *job);
/* The units' stored IR in the order in which they are linked; the job is the first one's. */
GBytes *kept_program_report(struct kept_reports *kept, const struct job *job, GBytes *const *units, unsigned count);

/*
 * In the child that made it: keeps a report, if it is one that the next run would make, too. began: real time before the
 * first file was read.
 */
void keep_file_report(struct kept_reports *kept, const struct job *job, const struct report *report, GByteArray *bytes,
                      gint64 began);
void keep_program_report(struct kept_reports *kept, const struct job *job, GBytes *const *units, unsigned count,
                         const struct report *report, GByteArray *bytes);

#endif
