/* fl_data_mut and fl_into_data: the value of a cell (a mutex, a refcell ...), for who has the cell to himself.
 *
 *     typedef fl_mutex(text) name;
 *     static void fill(name *n)               // nobody else can see it yet
 *     {
 *         fl_data_mut(n)->s = strdup("hi");   // no lock is taken
 *     }
 *     static text end(name *n)                // nobody else can see it any more
 *     {
 *         text t;
 *         fl_unwrap(fl_into_data(n, &t));     // the value is the caller's, the cell is left empty
 *         return t;
 *     }
 *
 * Both are wait-free, and work on every cell. */
#ifndef FEARLESS_DATA_H
#define FEARLESS_DATA_H

#include <fearless/base.h>
#include <fearless/handle.h>
#include <fearless/ownership.h>
#include <fearless/status.h>

/* Moves the value to *out and leaves the cell empty: it has been moved, and is used again once it has a new value. FL_OK;
 * FL_POISONED: a thread panicked while it held the lock, and the value is in *out all the same; FL_EMPTY: a fl_once_cell without a value, and *out is as it
 * was. Panics if the cell is in use: locked, borrowed, being made. */
#define fl_into_data(cell, out)                                                                    \
    FL_INTO_DATA_(cell)                                                                            \
    ((cell), (FL_CELL_PTR_(cell)){(out)}, sizeof *(FL_CELL_PTR_(cell))0, sizeof *(cell),           \
     __builtin_offsetof(__typeof__(*(cell)), fl_raw), FL_EMPTY_OF_(*(FL_CELL_PTR_(cell))0), __FILE__, __LINE__)

/* The kind of a cell is the type of its state. (For the checker only this matters: may there be no value? libclang does
 * not say which association of a _Generic was chosen, but of a constant it knows the value.) */
#ifdef __FEARLESS_CHECK__
#define FL_INTO_DATA_(cell)                                                                        \
    __builtin_choose_expr(FL_OF_MAYBE_(cell, 1, 0), fl_once_into_data_, fl_mutex_into_data_)
#else
#define FL_INTO_DATA_(cell)                                                                        \
    _Generic(&(cell)->fl_raw,                                                                      \
        volatile struct fl_lock *: fl_mutex_into_data_,                                            \
        volatile struct fl_rw_lock *: fl_rwlock_into_data_,                                        \
        volatile struct fl_once *: fl_once_into_data_,                                             \
        volatile struct fl_borrows_ *: fl_refcell_into_data_,                                      \
        fl_cell_states_ *: fl_cell_into_data_)
#endif

#pragma GCC system_header /* see <fearless/base.h> */

/* T *: the value, without locking or borrowing; NULL if a fl_once_cell has none. */
#ifdef __FEARLESS_CHECK__
#define fl_data_mut(cell) ((FL_CELL_PTR_(cell))fl_check_data_mut_(cell))
#elif defined __cplusplus
#define fl_data_mut(cell) FL_CELL_DATA_(cell)
#else
#define fl_data_mut(cell)                                                                          \
    ((FL_CELL_PTR_(cell))FL_OF_MAYBE_(cell, fl_maybe_value_, fl_full_value_)((cell), sizeof *(FL_CELL_PTR_(cell))0))
#endif

/* ---- private ---- */

struct fl_lock;
struct fl_rw_lock;
struct fl_once;
struct fl_borrows_;
/* Nothing: a fl_cell has no state beside its value. Of no elements, but a type that tells which kind of cell it is. */
struct fl_cell_state_ {
    char fl_unused;
};
__extension__ typedef volatile struct fl_cell_state_ fl_cell_states_[0];

FL_BEGIN_C_

/* One for each kind of cell; raw_at is where its state is. What they have in common is in src/rt/data.h. */
#define FL_INTO_DATA_FN_(name, moved, out)                                                         \
    FL_MUST_USE_ FL_NOTE_("panics")                                                                \
    fl_status name(volatile void *cell moved, void *ret_data out, size_t data_size, size_t cell_size, size_t raw_at, \
                   fl_empty_fn_ *make_empty, const char *file, int line);
FL_INTO_DATA_FN_(fl_mutex_into_data_, FL_NOTE_("moved"), FL_NOTE_("out"))
FL_INTO_DATA_FN_(fl_rwlock_into_data_, FL_NOTE_("moved"), FL_NOTE_("out"))
FL_INTO_DATA_FN_(fl_refcell_into_data_, FL_NOTE_("moved"), FL_NOTE_("out"))
FL_INTO_DATA_FN_(fl_cell_into_data_, FL_NOTE_("moved"), FL_NOTE_("out"))
FL_INTO_DATA_FN_(fl_once_into_data_, , FL_NOTE_("out_if:0"))

#ifdef __FEARLESS_CHECK__
FL_NOTE_("result.borrows") void *fl_check_data_mut_(volatile void *cell);
#endif

FL_END_C_

#ifndef __cplusplus

/* `maybe` for a cell that may be empty (fl_once_cell), else `full`. */
#define FL_OF_MAYBE_(cell, maybe, full) _Generic(*(cell)->fl_kind, struct fl_maybe_ *: maybe, default: full)

static inline void *fl_full_value_(const volatile void *cell, size_t size)
{
    (void)size;
    return (void *)(uintptr_t)cell;
}
static inline void *fl_maybe_value_(const volatile void *cell, size_t size)
{
    return fl_maybe_has_value_(cell, size) ? (void *)(uintptr_t)cell : (void *)0;
}

#endif

#endif
