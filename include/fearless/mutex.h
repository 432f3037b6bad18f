/* fl_mutex: a value and the lock without which it cannot be reached.
 *
 *     typedef fl_mutex(int) counter;
 *     static counter hits = FL_MUTEX(0);                  // static initialisation; all zero is unlocked, too
 *
 *     void hit(void)
 *     {
 *         fl_guard(num, &hits);                           // num is `int *const`, this thread's until the scope ends
 *         *num += 1;
 *     }
 *     int total(void)
 *     {
 *         fl_with (num, &hits) return *num;               // one statement or block, also left by return, break, goto
 *     }
 *
 * Poison: a thread that panics while it holds the lock leaves a value that may be half changed. The lock is then
 * *poisoned*: fl_guard and fl_with panic, fl_lock tells, fl_clear_poison forgives.
 *
 * A mutex holds nothing that must be destroyed: it may be a global, a field, a local, the value of an Arc. One with an
 * owned value is dropped (fl_drop, fl_auto) as its value. Moving one is right when nobody else can see it; who has one to
 * himself reaches the value without the lock (<fearless/data.h>).
 *
 * Guards are declarations: the name stands for the value until the end of the scope. A jump into the scope past one
 * does not compile. They work in C++, too, where an exception ends the guards it passes and does not poison. Locking
 * blocks; a thread that locks what it holds panics (fl_try_guard: NULL), and does not wait for itself. For fairness see
 * lock.h. */
#ifndef FEARLESS_MUTEX_H
#define FEARLESS_MUTEX_H

#include <fearless/data.h>
#include <fearless/handle.h>
#include <fearless/lock.h>
#include <fearless/ownership.h>
#include <fearless/pass.h>

/* The type of a mutex that holds a T. Each use is a type of its own: a typedef names it where it crosses a function. */
#define fl_mutex(...) FL_CELL_(FL_NOTE_("guarded_by:fl_raw"), struct fl_lock fl_raw, __VA_ARGS__)

/* Its initialiser: FL_MUTEX(0), FL_MUTEX({ 1, 2 }). */
#ifdef __cplusplus
#define FL_MUTEX(...) { __VA_ARGS__, FL_LOCK, {} }
#else
#define FL_MUTEX(...) { .fl_data = __VA_ARGS__ }
#endif

#pragma GCC system_header /* see <fearless/base.h> */

/* fl_guard(name, &m) and its family: declare `T *const name`, the value under its lock until the end of the scope.
 *
 *   fl_guard                    waits for the lock; panics if it is poisoned, or this thread's already
 *   fl_try_guard                does not wait: name is NULL when the lock was not taken
 *   fl_guard_timeout/_deadline  waits so long: name is NULL when the time was over
 *   fl_lock(s, name, &m)        waits, and declares s, too: FL_OK, or FL_POISONED (the lock is held all the same)
 *   fl_with(name, &m) ...       the same as fl_guard for one statement; break and continue leave that statement
 *
 * fl_unlock(name) ends it early. (gcc without optimisation may warn "control reaches end of non-void function" after a
 * fl_with that every path leaves by return.) */
#define fl_guard(name, m)                                                                          \
    FL_CELL_GUARD_(name, fl_not_a_mutex_, m, #m, fl_guard_(&name##_fl_m->fl_raw, __FILE__, __LINE__))  \
    FL_UNUSED_ FL_CELL_PTR_(name##_fl_m) const name = FL_CELL_DATA_(name##_fl_m)

#define fl_try_guard(name, m)                                                                      \
    FL_CELL_GUARD_(name, fl_not_a_mutex_, m, #m, fl_try_guard_(&name##_fl_m->fl_raw, __FILE__, __LINE__)) \
    FL_MUTEX_MAYBE_(name)

#define fl_guard_deadline(name, m, deadline)                                                       \
    FL_CELL_GUARD_(name, fl_not_a_mutex_, m, #m, fl_guard_deadline_(&name##_fl_m->fl_raw, (deadline), __FILE__, __LINE__)) \
    FL_MUTEX_MAYBE_(name)

#define fl_guard_timeout(name, m, duration) fl_guard_deadline(name, m, fl_deadline_in(duration))

#define fl_lock(status, name, m)                                                                   \
    FL_CELL_GUARD_(name, fl_not_a_mutex_, m, #m, fl_guard_any_(&name##_fl_m->fl_raw, __FILE__, __LINE__)) \
    FL_UNUSED_ FL_CELL_PTR_(name##_fl_m) const name = FL_CELL_DATA_(name##_fl_m);                  \
    const fl_status status = fl_guard_status_(&name##_fl_guard)

#define fl_with(name, m)                                                                           \
    FL_ONE_PASS_(__typeof__(FL_CELL_ADDRESS_OR_(fl_not_a_mutex_, m)) const name##_fl_m =           \
                     FL_CELL_ADDRESS_(fl_not_a_mutex_, m, #m))                                         \
    FL_ONE_PASS_(FL_GUARD_VAR_(name, fl_guard_(&name##_fl_m->fl_raw, __FILE__, __LINE__)))         \
    FL_ONE_PASS_(FL_UNUSED_ FL_CELL_PTR_(name##_fl_m) const name = FL_CELL_DATA_(name##_fl_m))     \
    FL_NO_JUMP_PASS_(name)

/* A thread panicked while it held the lock (of an fl_rwlock: for writing), and nobody has forgiven it. Wait-free. */
#define fl_is_poisoned(m) fl_is_poisoned_(&(m)->fl_raw.fl_poison)
/* The value is sound again: the caller has seen to that. Wait-free. */
#define fl_clear_poison(m) fl_clear_poison_(&(m)->fl_raw.fl_poison)

/* ---- private ---- */

FL_BEGIN_C_

bool fl_is_poisoned_(const volatile struct fl_poison_ *poison);
void fl_clear_poison_(volatile struct fl_poison_ *poison);

FL_END_C_

/* The cell's address, or, when it is no address, one line that says so and nothing more: then `none` stands for the
 * cell, so that nothing else is wrong. `text` is the argument as the user wrote it: taken where no macro in it has been
 * replaced yet. */
#ifdef __cplusplus
#define FL_CELL_ADDRESS_OR_(none, m) (m)
#define FL_CELL_ADDRESS_(none, m, text) (m)
#define FL_CELL_GUARD_(name, none, m, text, take)                                                        \
    __typeof__(m) const name##_fl_m = (m);                                                         \
    FL_GUARD_VAR_(name, take);
#else
struct fl_not_a_mutex_ {
    struct fl_lock fl_raw;
    int fl_data, *fl_type[1];
};
#define FL_WRITE_ADDRESS_ "a guard takes the address of the lock: write &"
#define FL_WRITE_RAW_GUARD_ "this guard is for a fl_mutex or fl_rwlock: of a struct fl_lock, write fl_lock_guard"
#define FL_POINTER_OR_(none, m)                                                                    \
    __builtin_choose_expr(__builtin_classify_type(m) == FL_CLASS_POINTER_, (m), (struct none *)0)
/* Of a cell: it is volatile (<fearless/handle.h>). */
#define FL_IS_CELL_POINTER_(none, m)                                                               \
    _Generic((1 ? FL_POINTER_OR_(none, m) : (void *)1), volatile void *: 1, const volatile void *: 1, default: 0)
#define FL_CELL_ADDRESS_OR_(none, m)                                                               \
    __builtin_choose_expr(FL_IS_CELL_POINTER_(none, m), (m), (struct none *)0)
#define FL_CELL_ADDRESS_(none, m, text)                                                            \
    (FL_REQUIRE_(__builtin_classify_type(m) == FL_CLASS_POINTER_, FL_WRITE_ADDRESS_ text),         \
     FL_REQUIRE_(FL_IS_CELL_POINTER_(none, m) || __builtin_classify_type(m) != FL_CLASS_POINTER_, FL_WRITE_RAW_GUARD_), \
     FL_CELL_ADDRESS_OR_(none, m))
#define FL_CELL_GUARD_(name, none, m, text, take)                                                  \
    _Static_assert(__builtin_classify_type(m) == FL_CLASS_POINTER_ ? 1 : 0, FL_WRITE_ADDRESS_ text); \
    _Static_assert(__builtin_classify_type(m) != FL_CLASS_POINTER_ || FL_IS_CELL_POINTER_(none, m), FL_WRITE_RAW_GUARD_); \
    FL_UNUSED_ __typeof__(FL_CELL_ADDRESS_OR_(none, m)) const name##_fl_m = FL_CELL_ADDRESS_OR_(none, m); \
    FL_GUARD_VAR_(name, take);                                                                     \
    FL_NO_JUMP_(name)
#endif
#define FL_MUTEX_MAYBE_(name)                                                                      \
    FL_CELL_PTR_(name##_fl_m) const name =                                                         \
        name##_fl_guard.fl_lock ? FL_CELL_DATA_(name##_fl_m) : (FL_CELL_PTR_(name##_fl_m))0

#endif
