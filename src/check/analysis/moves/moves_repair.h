/*
 * Which suggestions about moves are safe to apply without a person: the patched program means what was meant, and is
 * accepted where the mistake was. When in doubt they are not.
 */
#ifndef FEARLESS_CHECK_MOVES_MOVES_REPAIR_H
#define FEARLESS_CHECK_MOVES_MOVES_REPAIR_H

#include "analysis/moves/moves_state.h"

/* fl_move(v) instead of the copy `event`: nobody reads v afterwards. */
bool move_is_safe(const struct move_simulation *sim, const struct move_event *event);

/* fl_clone(v) instead of it: v is used again, and its scope drops it. */
bool clone_is_safe(const struct move_simulation *sim, const struct move_event *event);

/* fl_auto(v); behind the declaration: v has its first value by then, and everything that takes it leaves it empty. */
bool auto_is_safe(const struct move_simulation *sim);

#endif
