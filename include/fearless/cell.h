/* fl_cell: a value that is changed through a pointer that others have, too; in one thread.
 *
 *     typedef fl_cell(int) tally;
 *     struct parser { const char *text; tally errors; };
 *
 *     static void complain(const struct parser *p)         // reads the parser, counts in it
 *     {
 *         fl_cell_set(&p->errors, fl_cell_get(&p->errors) + 1);
 *     }
 *
 * Nobody gets a pointer to the value, so nobody can be surprised by the change: it goes in and comes out as a whole.
 * For a value that is too large for that there is fl_refcell (<fearless/refcell.h>). A cell must not be used by two
 * threads at once, which the checker sees to (it is not Sync); to be moved to another thread is fine.
 *
 * A cell is as large as its value, all zero is a cell of the value zero, and one with an owned value is dropped (fl_drop,
 * fl_auto) as its value. Every operation takes the cell's address, is wait-free, and costs what a plain assignment does.
 * fl_data_mut and fl_into_data work on it (<fearless/data.h>). */
#ifndef FEARLESS_CELL_H
#define FEARLESS_CELL_H

#include <fearless/base.h>
#include <fearless/data.h>
#include <fearless/handle.h>
#include <fearless/move.h>
#include <fearless/ownership.h>
#include <fearless/value.h>

#pragma GCC system_header

/* The type of a cell that holds a T. Each use is a type of its own: a typedef names it where it crosses a function. */
#define fl_cell(...) FL_CELL_OF_ONE_THREAD_(__extension__ struct fl_cell_state_ fl_raw[0], __VA_ARGS__)

/* Its initialiser: FL_CELL(0), FL_CELL({ 1, 2 }). */
#ifdef __cplusplus
#define FL_CELL(...) { __VA_ARGS__, {}, {} }
#else
#define FL_CELL(...) { .fl_data = __VA_ARGS__ }
#endif

#ifndef __cplusplus

/* A copy of the value. Of an owned type there is none: use one of the other three. */
#define fl_cell_get(cell)                                                                          \
    __extension__({                                                                                \
        FL_CELL_BEGIN_("fl_cell_get", cell, #cell);                                                \
        FL_STEPS_(*(FL_CELL_PTR_(fl_cell_at_))0, fl_item_, fl_inside_, fl_handle_);                \
        _Static_assert(!!FL_OWNS_NOT_(fl_item_, fl_inside_),                                       \
                       "fl_cell_get copies, and this value is owned: use fl_cell_take or fl_cell_replace"); \
        *(FL_CELL_PTR_(fl_cell_at_))FL_CELL_PLACE_(fl_cell_at_);                                   \
    })

/* fl_cell_set(&cell, value...): the cell owns the value from then on; the one from before is dropped. The value may be
 * computed from the cell, and the drop may use the cell: it finds the new value. */
#define fl_cell_set(cell, ...)                                                                     \
    __extension__({                                                                                \
        FL_CELL_BEGIN_("fl_cell_set", cell, #cell);                                                \
        __typeof__(*(FL_CELL_PTR_(fl_cell_at_))0) fl_cell_old_;                                    \
        fl_cell_set_(FL_CELL_PLACE_(fl_cell_at_),                                                  \
                     FL_ONE_VALUE_(__typeof__(*(FL_CELL_PTR_(fl_cell_at_))0), __VA_ARGS__),        \
                     &fl_cell_old_, sizeof fl_cell_old_, FL_DROP_OF_(fl_cell_old_));               \
    })

/* fl_cell_replace(&cell, value...): the same, but gives the value from before, which is the caller's. */
#define fl_cell_replace(cell, ...)                                                                 \
    __extension__({                                                                                \
        FL_CELL_BEGIN_("fl_cell_replace", cell, #cell);                                            \
        fl_replace((FL_CELL_PTR_(fl_cell_at_))FL_CELL_PLACE_(fl_cell_at_), __VA_ARGS__);           \
    })

/* The value, which is the caller's; the cell keeps the empty one (all zero, or what FL_OWNED says). */
#define fl_cell_take(cell)                                                                         \
    __extension__({                                                                                \
        FL_CELL_BEGIN_("fl_cell_take", cell, #cell);                                               \
        fl_move(*(FL_CELL_PTR_(fl_cell_at_))FL_CELL_PLACE_(fl_cell_at_));                          \
    })

/* ---- private ---- */

/* Declares fl_cell_at_, the cell's address; when it is no address, there is one line that says so and nothing more. */
#define FL_CELL_BEGIN_(what, cell, text)                                                           \
    _Static_assert(!!(__builtin_classify_type(cell) == FL_CLASS_POINTER_),                         \
                   what " takes the address of the cell: write &" text);                           \
    __typeof__(FL_CELL_OR_NONE_(cell)) const fl_cell_at_ = FL_CELL_OR_NONE_(cell)
#define FL_CELL_OR_NONE_(cell)                                                                     \
    __builtin_choose_expr(__builtin_classify_type(cell) == FL_CLASS_POINTER_, (cell), (struct fl_not_a_cell_ *)0)
struct fl_not_a_cell_ {
    int fl_data;
    struct fl_cell_state_ fl_raw[1];
    int *fl_type[1];
};

/* The value's address, if it is a fl_cell whose. */
#define FL_CELL_PLACE_(at)                                                                         \
    (FL_REQUIRE_(FL_IS_FL_CELL_(at), "this is not the address of a fl_cell"), FL_CELL_DATA_(at))
#define FL_IS_FL_CELL_(at)                                                                         \
    _Generic(&(at)->fl_raw[0], const volatile struct fl_cell_state_ *: 1,                          \
             volatile struct fl_cell_state_ *: 1, struct fl_cell_state_ *: 1, default: 0)

#ifdef __FEARLESS_CHECK__
void fl_cell_set_(void *place, void *value FL_NOTE_("moved"), void *old, size_t size, fl_drop_fn_ *drop);
#else
static inline void fl_cell_set_(void *place, void *value, void *old, size_t size, fl_drop_fn_ *drop)
{
    if (drop)
        __builtin_memcpy(old, place, size);
    __builtin_memcpy(place, value, size);
    if (drop)
        drop(old);
}
#endif

#endif /* !__cplusplus */

#endif
