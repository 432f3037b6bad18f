/* More about guards: one for a part of the value, and a set of as many as a program needs.
 *
 *     fl_guard(t, &table);
 *     fl_map_guard(first, t, &t->rows[0]);        // first is `struct row *const`, and the lock is first's now
 *     ...
 *     fl_unlock(first);
 *
 *     fl_guard_set(held, n);                      // room for n locks
 *     for (size_t i = 0; i < n; i++)              // in an order that is the same for everybody
 *         fl_guard_add(held, &accounts[i]->lock);
 *     ...                                         // all are released at the end of the scope, the last one first
 *
 * Threads that hold several locks at once must take them in the same order, or they wait for each other. */
#ifndef FEARLESS_GUARDS_H
#define FEARLESS_GUARDS_H

#include <fearless/handle.h>
#include <fearless/lock.h>
#include <fearless/mutex.h>
#include <fearless/ownership.h>

FL_BEGIN_C_

struct fl_guard_set {
    struct fl_guard *fl_guards; /* the first fl_count of them hold something */
    size_t fl_count, fl_max;
};

/* All locks of the set are released, the last one first, before the scope ends. It may be filled again. For the set by
 * its address: fl_guard_set_release(held). */
#define fl_guard_set_release(set) fl_guard_set_release_(set)

/* ---- private from here on, but for the macros at the end ---- */

FL_NOTE_("panics") FL_NOTE_("moves_hold")
struct fl_guard fl_map_guard_(struct fl_guard *guard, const char *file, int line);
FL_NOTE_("panics") FL_NOTE_("blocks") FL_NOTE_("acquires")
void fl_guard_add_(volatile struct fl_lock *lock, bool is_cell, struct fl_guard_set *set FL_NOTE_("guard_set"), const char *file,
                   int line);
FL_NOTE_("releases") void fl_guard_set_release_(struct fl_guard_set *set);

static inline struct fl_guard_set fl_guard_set_of_(struct fl_guard *guards, size_t max)
{
    struct fl_guard_set set = {guards, 0, FL_PIN_(max)};

    return set;
}
FL_NOTE_("releases") static inline void fl_guard_set_end_(struct fl_guard_set *set)
{
    FL_UNPIN_();
    fl_guard_set_release_(set);
}

FL_END_C_

#pragma GCC system_header /* see <fearless/base.h> */

/* fl_map_guard(field, name, &name->field): declares `field`, a pointer to a part of the value that the guard `name`
 * holds, and gives it name's hold: the lock is held until the end of field's scope, or until fl_unlock(field). `name` is
 * not to be used afterwards. Works for every guard: of a mutex, and of a read-write lock for reading (field points
 * to const) and for writing, raw ones, mapped ones. fl_wait(&cv, field) waits as fl_wait(&cv, name) would. Panics if name
 * holds nothing. */
#define fl_map_guard(field, name, ...)                                                             \
    FL_GUARD_VAR_(field, fl_map_guard_(&name##_fl_guard, __FILE__, __LINE__));                     \
    FL_NO_JUMP_(field)                                                                             \
    FL_UNUSED_ __typeof__(&*(__VA_ARGS__)) const field = (__VA_ARGS__)

/* fl_guard_set(held, max): room for so many locks, in this scope (16 bytes each, on the stack). `held` is a `struct
 * fl_guard_set *const`, which may be given to functions. */
#define fl_guard_set(name, max)                                                                    \
    const size_t name##_fl_max = (max);                                                            \
    struct fl_guard name##_fl_slots[name##_fl_max ? name##_fl_max : 1];                            \
    __attribute__((unused, cleanup(fl_guard_set_end_))) struct fl_guard_set name##_fl_set =        \
        fl_guard_set_of_(name##_fl_slots, name##_fl_max);                                          \
    FL_UNUSED_ struct fl_guard_set *const name = &name##_fl_set

/* fl_guard_add(held, &a->lock), fl_guard_add(held, &m): takes a struct fl_lock or a fl_mutex into the set. Blocks. In C its
 * value is the pointer to what is guarded: of a mutex the T *, of a struct fl_lock its own address. Panics if this
 * thread holds the lock already, if the set is full, or if the mutex is poisoned; the others stay held. */
#ifdef __cplusplus
static inline volatile struct fl_lock *fl_lock_in_(struct fl_lock *lock, bool *is_cell)
{
    *is_cell = false;
    return lock;
}
template <class Cell> static inline volatile struct fl_lock *fl_lock_in_(Cell *cell, bool *is_cell)
{
    *is_cell = true;
    return &cell->fl_raw;
}
template <class Lock> static inline void fl_guard_add_any_(struct fl_guard_set *set, Lock *lock, const char *file, int line)
{
    bool is_cell;
    volatile struct fl_lock *raw = fl_lock_in_(lock, &is_cell);
    fl_guard_add_(raw, is_cell, set, file, line);
}
#define fl_guard_add(set, lock) fl_guard_add_any_((set), (lock), __FILE__, __LINE__)
#else
#define fl_guard_add(set, lock)                                                                    \
    __extension__({                                                                                \
        __typeof__(&*(lock)) const fl_add_lock_ = (lock);                                          \
        fl_guard_add_(FL_LOCK_IN_(fl_add_lock_), !FL_IS_RAW_(fl_add_lock_), (set), __FILE__, __LINE__); \
        FL_GUARDED_IN_(fl_add_lock_);                                                              \
    })
#define FL_IS_RAW_(lock) _Generic((lock), struct fl_lock *: 1, default: 0)
/* The cell, or, for a raw lock, something of that shape. */
#define FL_CELL_OR_(lock) __builtin_choose_expr(FL_IS_RAW_(lock), (struct fl_not_a_mutex_ *)0, (lock))
#define FL_LOCK_IN_(lock) __builtin_choose_expr(FL_IS_RAW_(lock), (lock), &FL_CELL_OR_(lock)->fl_raw)
#define FL_GUARDED_IN_(lock)                                                                       \
    __builtin_choose_expr(FL_IS_RAW_(lock), (lock), FL_CELL_DATA_(FL_CELL_OR_(lock)))
#endif

#endif
