/* The clock, and sleeping on it. */
#include <fearless/time.h>

#include "park.h"

#include <time.h>

struct fl_instant fl_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (struct fl_instant){ (int64_t)now.tv_sec * 1000000000 + now.tv_nsec };
}

void fl_sleep(struct fl_duration d)
{
    /* A word that nobody changes: blocking goes through the seam, so that a task that sleeps frees its worker. */
    uint32_t nobody = 0;
    struct fl_instant until = fl_deadline_in(d);

    if (d.fl_ns <= 0)
        return;
    while (fl_word_wait_(&nobody, 0, until.fl_ns))
        ; /* woken for no reason */
}
