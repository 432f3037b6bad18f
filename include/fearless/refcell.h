/* fl_refcell: a value that is changed in place, through a pointer that others have, too; in one thread. Who may read and
 * who may write is found out when the program runs.
 *
 *     typedef fl_refcell(struct list) cache;
 *     static cache words = FL_REFCELL({ 0 });             // static initialisation; all zero is not borrowed, too
 *
 *     int known(const char *word)
 *     {
 *         fl_borrow(w, &words);                           // w is `const struct list *const` until the scope ends
 *         return list_has(w, word);
 *     }
 *     void learn(const char *word)
 *     {
 *         fl_borrow_mut(w, &words);                       // w is `struct list *const`
 *         list_add(w, word);
 *     }
 *
 * At any time there are any number of readers, or one writer. A borrow that breaks this rule is a mistake: it panics, and
 * in files that are compiled without NDEBUG the message names both places. So no pointer into the value is ever left
 * behind by a change. For values that go in and out as a whole, fl_cell (<fearless/cell.h>) needs no such rule.
 *
 * A refcell must not be used by two threads at once, which the checker sees to (it is not Sync: that is fl_rwlock); to
 * be moved to another thread is fine. It is dropped (fl_drop, fl_auto) as its value; fl_data_mut and fl_into_data work on
 * it (<fearless/data.h>). A panic ends the borrows it passes and poisons nothing.
 *
 * A borrow costs a compare and an increment, its end a decrement; all are wait-free. They work in C++, too. */
#ifndef FEARLESS_REFCELL_H
#define FEARLESS_REFCELL_H

#include <fearless/base.h>
#include <fearless/data.h>
#include <fearless/handle.h>
#include <fearless/lock.h>
#include <fearless/marker.h>
#include <fearless/ownership.h>
#include <fearless/pin.h>

#pragma GCC system_header

/* The type of a refcell that holds a T. Each use is a type of its own: a typedef names it where it crosses a function. */
#define fl_refcell(...)                                                                            \
    FL_BORROWED_CELL_(FL_NOTE_("borrowed_by:fl_raw"), struct fl_borrows_ fl_raw; FL_READ_TYPE_(__VA_ARGS__), __VA_ARGS__)

/* Its initialiser: FL_REFCELL(0), FL_REFCELL({ 1, 2 }). */
#ifdef __cplusplus
#define FL_REFCELL(...) { __VA_ARGS__, {0, 0, (const char *)0}, {}, {} }
#else
#define FL_REFCELL(...) { .fl_data = __VA_ARGS__ }
#endif

/* fl_borrow(name, &cell) and its family: declare `name`, the value until the end of the scope.
 *
 *   fl_borrow          `const T *const name`; panics if the value is borrowed for writing
 *   fl_borrow_mut      `T *const name`; panics if the value is borrowed
 *   fl_try_borrow      the same two, but name is NULL in place of a panic
 *   fl_try_borrow_mut
 *
 * fl_unlock(name) ends one early. A jump into the scope past one does not compile. More than 2^31 - 1 readers at once
 * are a panic, too (or NULL). */
#define fl_borrow(name, cell)                                                                      \
    FL_BORROW_GUARD_(name, "fl_borrow", cell, fl_borrow_)                                          \
    FL_UNUSED_ FL_READ_PTR_(name##_fl_cell) const name = FL_CELL_DATA_(name##_fl_cell)

#define fl_borrow_mut(name, cell)                                                                  \
    FL_BORROW_GUARD_(name, "fl_borrow_mut", cell, fl_borrow_mut_)                                  \
    FL_UNUSED_ FL_CELL_PTR_(name##_fl_cell) const name = FL_CELL_DATA_(name##_fl_cell)

#define fl_try_borrow(name, cell)                                                                  \
    FL_BORROW_GUARD_(name, "fl_try_borrow", cell, fl_try_borrow_)                                  \
    FL_READ_PTR_(name##_fl_cell) const name =                                                      \
        name##_fl_guard.fl_of ? FL_CELL_DATA_(name##_fl_cell) : (FL_READ_PTR_(name##_fl_cell))0

#define fl_try_borrow_mut(name, cell)                                                              \
    FL_BORROW_GUARD_(name, "fl_try_borrow_mut", cell, fl_try_borrow_mut_)                          \
    FL_CELL_PTR_(name##_fl_cell) const name =                                                      \
        name##_fl_guard.fl_of ? FL_CELL_DATA_(name##_fl_cell) : (FL_CELL_PTR_(name##_fl_cell))0

/* ---- private ---- */

#define FL_READ_TYPE_(...) __extension__ const __typeof__(__VA_ARGS__) *fl_read_type[0] __attribute__((packed))

FL_BEGIN_C_

/* Beside the value. Of one layout, whether or not the files that use it keep the place. fl_file is a literal, so a cell may be
 * sent when its value may. */
struct FL_SEND fl_borrows_ {
    int32_t fl_count;    /* 0: not borrowed; n > 0: so many readers; -1: a writer */
    int32_t fl_line;     /* where the first of the borrows that there are was made, */
    const char *fl_file; /* NULL: that is not known */
};

/* What the macros declare beside the name. Empty when fl_of is NULL. */
struct fl_borrow_guard_ {
    struct fl_borrows_ *fl_of;
    int32_t fl_share; /* what this one is of fl_count: 1 or -1 */
};

FL_NORETURN_ FL_NOTE_("panics")
void fl_borrow_failed_(const struct fl_borrows_ *of, bool is_for_writing, const char *file, int line);
FL_NORETURN_ FL_NOTE_("panics") void fl_borrow_no_end_(const char *file, int line);

#ifdef __FEARLESS_CHECK__

FL_NOTE_("borrows") FL_NOTE_("panics")
struct fl_borrow_guard_ fl_borrow_(const volatile struct fl_borrows_ *of, const char *file, int line);
FL_NOTE_("borrows.exclusive") FL_NOTE_("panics")
struct fl_borrow_guard_ fl_borrow_mut_(const volatile struct fl_borrows_ *of, const char *file, int line);
FL_NOTE_("borrows_if:nonnull")
struct fl_borrow_guard_ fl_try_borrow_(const volatile struct fl_borrows_ *of, const char *file, int line);
FL_NOTE_("borrows_if.exclusive:nonnull")
struct fl_borrow_guard_ fl_try_borrow_mut_(const volatile struct fl_borrows_ *of, const char *file, int line);
FL_NOTE_("ends_borrow") void fl_borrow_end_(struct fl_borrow_guard_ *guard);
FL_NOTE_("ends_borrow") FL_NOTE_("panics") void fl_unborrow_(struct fl_borrow_guard_ *guard, const char *file, int line);

#else

/* Cells are volatile structs (see <fearless/handle.h>), and a cell may be changed by who only reads what it is in. */
static inline struct fl_borrows_ *fl_borrows_plain_(const volatile struct fl_borrows_ *of)
{
    return (struct fl_borrows_ *)(uintptr_t)of;
}
static inline bool fl_may_read_(const struct fl_borrows_ *of)
{
    return (uint32_t)of->fl_count < INT32_MAX; /* the writer's -1 is large */
}
static inline bool fl_may_write_(const struct fl_borrows_ *of)
{
    return of->fl_count == 0;
}

/* The place is written with the first borrow, and taken back with the last (another file may not write it). */
static inline void fl_borrow_place_(struct fl_borrows_ *of, const char *file, int line)
{
#ifndef NDEBUG
    of->fl_file = file;
    of->fl_line = line;
#else
    (void)of, (void)file, (void)line;
#endif
}

static inline struct fl_borrow_guard_ fl_borrow_guard_of_(struct fl_borrows_ *of, int32_t share, const char *file,
                                                          int line)
{
    struct fl_borrow_guard_ guard = {of, FL_PIN_(share)};

    if (of->fl_count == 0)
        fl_borrow_place_(of, file, line);
    of->fl_count += share;
    return guard;
}
static inline struct fl_borrow_guard_ fl_borrow_guard_none_(void)
{
    struct fl_borrow_guard_ guard = {(struct fl_borrows_ *)0, 0};

    return guard;
}

static inline struct fl_borrow_guard_ fl_borrow_(const volatile struct fl_borrows_ *at, const char *file, int line)
{
    struct fl_borrows_ *of = fl_borrows_plain_(at);

    if (__builtin_expect(!fl_may_read_(of), 0))
        fl_borrow_failed_(of, false, file, line);
    return fl_borrow_guard_of_(of, 1, file, line);
}
static inline struct fl_borrow_guard_ fl_borrow_mut_(const volatile struct fl_borrows_ *at, const char *file, int line)
{
    struct fl_borrows_ *of = fl_borrows_plain_(at);

    if (__builtin_expect(!fl_may_write_(of), 0))
        fl_borrow_failed_(of, true, file, line);
    return fl_borrow_guard_of_(of, -1, file, line);
}
static inline struct fl_borrow_guard_ fl_try_borrow_(const volatile struct fl_borrows_ *at, const char *file, int line)
{
    struct fl_borrows_ *of = fl_borrows_plain_(at);

    return fl_may_read_(of) ? fl_borrow_guard_of_(of, 1, file, line) : fl_borrow_guard_none_();
}
static inline struct fl_borrow_guard_ fl_try_borrow_mut_(const volatile struct fl_borrows_ *at, const char *file,
                                                         int line)
{
    struct fl_borrows_ *of = fl_borrows_plain_(at);

    return fl_may_write_(of) ? fl_borrow_guard_of_(of, -1, file, line) : fl_borrow_guard_none_();
}

/* The cleanup of a guard. */
static inline void fl_borrow_end_(struct fl_borrow_guard_ *guard)
{
    struct fl_borrows_ *of = guard->fl_of;

    if (!of)
        return;
    guard->fl_of = (struct fl_borrows_ *)0;
    FL_UNPIN_();
    of->fl_count -= guard->fl_share;
    if (of->fl_count == 0)
        fl_borrow_place_(of, (const char *)0, 0);
}
static inline void fl_unborrow_(struct fl_borrow_guard_ *guard, const char *file, int line)
{
    if (!guard->fl_of)
        fl_borrow_no_end_(file, line);
    fl_borrow_end_(guard);
}

#endif /* __FEARLESS_CHECK__ */

FL_END_C_

/* for fl_unlock */
#ifdef __cplusplus
static inline void fl_unlock_any_(struct fl_borrow_guard_ *guard, const char *file, int line)
{
    fl_unborrow_(guard, file, line);
}
#else
#undef FL_BORROW_GUARD_KIND_
#define FL_BORROW_GUARD_KIND_ struct fl_borrow_guard_ *: fl_unborrow_,
#endif

#define FL_READ_PTR_(cell) __typeof__(&*(cell)->fl_read_type[0])

#define FL_BORROW_GUARD_VAR_(name, take)                                                           \
    __attribute__((unused, cleanup(fl_borrow_end_))) struct fl_borrow_guard_ name##_fl_guard =     \
        take(&name##_fl_cell->fl_raw, __FILE__, __LINE__);

#ifdef __cplusplus
#define FL_BORROW_GUARD_(name, what, cell, take)                                                   \
    __typeof__(cell) const name##_fl_cell = (cell);                                                \
    FL_BORROW_GUARD_VAR_(name, take)
#else
/* The refcell's address, or, when it is none, one line that says so and nothing more. */
#define FL_BORROW_GUARD_(name, what, cell, take)                                                   \
    _Static_assert(!!(__builtin_classify_type(cell) == FL_CLASS_POINTER_),                         \
                   what " takes the address of the cell: write &" #cell);                          \
    _Static_assert(!!FL_IS_REFCELL_(FL_POINTER_OR_NONE_(cell)), what " takes the address of a fl_refcell"); \
    FL_UNUSED_ __typeof__(FL_REFCELL_OR_NONE_(cell)) const name##_fl_cell = FL_REFCELL_OR_NONE_(cell); \
    FL_BORROW_GUARD_VAR_(name, take)                                                               \
    FL_BORROW_NO_JUMP_(name)
#define FL_POINTER_OR_NONE_(cell)                                                                  \
    __builtin_choose_expr(__builtin_classify_type(cell) == FL_CLASS_POINTER_, (cell),              \
                          (struct fl_not_a_refcell_ *)0)
#define FL_REFCELL_OR_NONE_(cell)                                                                  \
    __builtin_choose_expr(FL_IS_REFCELL_(FL_POINTER_OR_NONE_(cell)), FL_POINTER_OR_NONE_(cell),    \
                          (struct fl_not_a_refcell_ *)0)
struct fl_not_a_refcell_ {
    int fl_data;
    struct fl_borrows_ fl_raw;
    const int *fl_read_type[1];
    int *fl_type[1];
};
#define FL_IS_REFCELL_(at)                                                                         \
    _Generic(&(at)->fl_raw, const volatile struct fl_borrows_ *: 1, volatile struct fl_borrows_ *: 1, \
             struct fl_borrows_ *: 1, default: 0)
#endif

/* As FL_NO_JUMP_ of <fearless/lock.h>: gcc would compile a jump past the guard. */
#if defined __clang__ || defined __cplusplus
#define FL_BORROW_NO_JUMP_(name)
#else
#define FL_BORROW_NO_JUMP_(name)                                                                   \
    FL_UNUSED_ typedef char name##_fl_no_jump[1 + (name##_fl_guard.fl_of == 0)];
#endif

#endif
