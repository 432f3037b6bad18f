/*
 * The words of the moves family, apart from what decides that something is wrong. Roles and wording
 * follow rustc 1.95; where it speaks of the Copy trait, these speak of what a C type owns.
 */
#ifndef FEARLESS_CHECK_MOVES_MOVES_REPORT_H
#define FEARLESS_CHECK_MOVES_MOVES_REPORT_H

#include "analysis/moves/moves_state.h"

/* A use of a place and the events that emptied it. */
struct move_use {
    const struct move_event *event;
    uint32_t index;           /* of the event */
    const GArray *sites;      /* of uint32_t: moves, drops */
    bool is_partial;
    bool is_unsequenced;
};

void report_moved_use(struct move_simulation *sim, const struct move_use *use);

/* How far a place is from having a value. */
enum unset_degree { UNSET_WHOLLY, UNSET_PARTLY, UNSET_POSSIBLY };

/* `part`: the first part of it that has none, by its name; NULL: the place itself. */
void report_uninitialised(struct move_simulation *sim, const struct move_event *use, enum unset_degree degree,
                          const char *part, const GArray *sites);
void report_leak(struct move_simulation *sim, const struct move_event *end, uint32_t node, const GArray *sites);
void report_overwritten(struct move_simulation *sim, const struct move_event *event, const GArray *sites);
/* A drop function called by hand (`first`), and then the value is dropped. */
void report_dropped_twice(struct move_simulation *simulation, const struct move_event *second, const struct move_event *first);

void report_copy(struct move_simulation *sim, const struct move_event *event);
void report_orphan(struct move_paths *paths, const struct move_orphan *orphan);

/* E0381's words, shared with init.c. `conditions` of initialisation are found from the control flow. */
struct init_site {
    struct flow_point at;
    struct span span;
    bool is_conditional;  /* a call that may fail: no branch before it decides */
};
void report_unset(struct analysis *analysis, const struct cfg *cfg, uint32_t local, const char *used, struct span use,
                  enum unset_degree degree, const struct init_site *sites, unsigned site_count);

#endif
