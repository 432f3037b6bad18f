/* How far a long run is: one line on a terminal, which is gone when there is something else to read. */
#ifndef FEARLESS_CHECK_DRIVER_PROGRESS_H
#define FEARLESS_CHECK_DRIVER_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct progress;

/* NULL, which the others take, when nobody watches. */
struct progress *progress_new(bool wanted);
void progress_free(struct progress *progress);

/* "[12/79] what: stage": shown from the second second on. stage: NULL for none. */
void progress_tell(struct progress *progress, size_t done, size_t total, const char *what, const char *stage);

#endif
