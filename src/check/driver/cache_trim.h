/* Keeps a cache's folder from growing without end. */
#ifndef FEARLESS_CHECK_DRIVER_CACHE_TRIM_H
#define FEARLESS_CHECK_DRIVER_CACHE_TRIM_H

enum { CACHE_DAY = 24 * 60 * 60 };

/* Between the name of an entry and that of the file it is written to before it has that name. */
#define CACHE_TEMPORARY ".new-"

/* Takes out what nobody used for long and what writers left behind that were killed; if it was not done today. */
void cache_trim(const char *folder);

#endif
