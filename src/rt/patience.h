/* Looking again for a while before going to sleep, which costs two system calls, one of them the peer's.
 *
 *     struct fl_looks looks = fl_looks_begin_(&patience);
 *
 *     do {
 *         if (there it is) {
 *             fl_looks_helped_(&looks);
 *             return true;
 *         }
 *     } while (fl_looks_again_(&looks));
 *     return false; // sleep
 *
 * How long, and how, is learned (patience.c), by each side of a channel and by each thread that parks. */
#ifndef FL_RT_PATIENCE_H
#define FL_RT_PATIENCE_H

#include "atomic.h"

#include <stdbool.h>
#include <stdint.h>

/* All zero at first. Any number of threads may use one at once: what it says is an estimate. */
struct fl_patience {
    FL_ATOMIC(uint16_t) pauses; /* so many it pays to make */
    FL_ATOMIC(uint8_t) waits;
    FL_ATOMIC(bool) by_yielding; /* what came last, came when this thread had given its CPU away */
};

struct fl_looks {
    struct fl_patience *learned;
    uint16_t budget;              /* of pauses */
    uint16_t first, yields, rest; /* pauses, yields, pauses that are left, in this order */
    bool yielded, paused;         /* the last step was this */
};

struct fl_looks fl_looks_begin_(struct fl_patience *learned);
/* Waits for a moment. False: it is time to sleep. */
bool fl_looks_again_(struct fl_looks *looks);
void fl_looks_helped_(struct fl_looks *looks);

#endif
