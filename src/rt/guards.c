/* Guards that move (mapped ones), and sets of guards. */
#include <fearless/guards.h>

#include <fearless/panic.h>

struct fl_guard fl_map_guard_(struct fl_guard *guard, const char *file, int line)
{
    const struct fl_guard moved = *guard;

    if (!guard->fl_lock)
        fl_panic_(file, line,
                  "mapping a guard that holds nothing: it was unlocked or mapped before, or the lock was not taken");
    guard->fl_lock = NULL;
    return moved;
}

void fl_guard_add_(volatile struct fl_lock *lock, bool is_cell, struct fl_guard_set *set, const char *file, int line)
{
    if (set->fl_count == set->fl_max)
        fl_panic_(file, line, "this set of guards is full: give fl_guard_set room for more than %zu", set->fl_max);
    /* A panic in here (held already, poisoned) leaves the count as it is. */
    set->fl_guards[set->fl_count] = is_cell ? fl_guard_(lock, file, line) : fl_raw_guard_(lock, file, line);
    set->fl_count++;
}

void fl_guard_set_release_(struct fl_guard_set *set)
{
    while (set->fl_count > 0)
        fl_guard_end_(&set->fl_guards[--set->fl_count]);
}
