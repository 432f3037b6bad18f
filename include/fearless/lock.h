/* struct fl_lock: a lock without a value, for a struct with several fields under one lock; and the guards of all locks.
 *
 *     struct account {
 *         struct fl_lock lock;                            // = FL_LOCK, or all zero
 *         long balance FL_GUARDED_BY(lock);
 *     };
 *     void settle(struct account *a) FL_REQUIRES(a->lock);
 *
 *     void deposit(struct account *a, long n)
 *     {
 *         fl_lock_guard(held, &a->lock);                  // released at the end of the scope, however it is left
 *         a->balance += n;
 *     }
 *
 * For one value, <fearless/mutex.h> is better: there the value cannot be reached without the lock.
 *
 * A panic releases the raw locks it passes; it does not poison them. The thread that locked is the one that must
 * unlock. A lock that nobody holds may be freed, or the memory used for something else, right after an unlock: the
 * one who unlocks does not touch it any more.
 *
 * Progress: lock blocks; a thread that comes may overtake those that wait, but not for much longer than half a
 * millisecond. try is wait-free, and release, but for waking who waits. */
#ifndef FEARLESS_LOCK_H
#define FEARLESS_LOCK_H

#include <fearless/base.h>
#include <fearless/lot_word.h>
#include <fearless/panic.h>
#include <fearless/pin.h>
#include <fearless/poison.h>
#include <fearless/rw_word.h>
#include <fearless/status.h>
#include <fearless/time.h>

/* What is guarded by what. Read by the checker, nothing for the compiler. LOCK is an expression over sibling fields
 * (or globals) on fields and variables, over the parameters on functions. */
#define FL_GUARDED_BY(...) FL_NOTE_("guarded_by:" #__VA_ARGS__)
#define FL_REQUIRES(...) FL_NOTE_("requires:" #__VA_ARGS__)   /* the caller holds it */
#define FL_ACQUIRES(...) FL_NOTE_("acquires:" #__VA_ARGS__)   /* held afterwards */
#define FL_RELEASES(...) FL_NOTE_("releases:" #__VA_ARGS__)   /* held before, not afterwards */
#define FL_EXCLUDES(...) FL_NOTE_("excludes:" #__VA_ARGS__)   /* the caller does not hold it */

FL_BEGIN_C_

struct FL_NOTE_("lock") fl_lock {
    struct {
        uint32_t fl_word; /* 0: free; else the owner's thread number: see src/rt/mutex.c */
    } fl_state;
    struct fl_poison_ fl_poison; /* of a mutex */
};

#ifdef __cplusplus
#define FL_LOCK {{0}, {0}}
#else
#define FL_LOCK {.fl_state = {0}}
#endif

/* Blocks until the lock is this thread's. Panics if it is already. */
#define fl_lock_acquire(lock) fl_lock_acquire_((lock), __FILE__, __LINE__)
/* True if the lock is this thread's now, without waiting. */
#define fl_lock_try(lock) fl_lock_try_(lock)
/* Panics if this thread does not hold the lock. */
#define fl_lock_release(lock) fl_lock_release_((lock), __FILE__, __LINE__)

/* ---- private from here on, but for fl_lock_guard and fl_unlock ---- */

/* What a guard macro declares beside the name. Empty when fl_lock is NULL. */
enum fl_holds_ { FL_HOLDS_LOCK_, FL_HOLDS_WRITE_, FL_HOLDS_READ_ };
struct fl_guard {
#ifdef __FEARLESS_CHECK__
    struct fl_lock *fl_lock; /* the checker follows a guard's first member, and not into a union */
#else
    union {
        struct fl_lock *fl_lock;
        struct fl_rw_lock *fl_rw; /* FL_HOLDS_WRITE_, FL_HOLDS_READ_ */
    };
#endif
    unsigned fl_panics; /* how many panics this thread was in when it locked; FL_NEVER_POISONS_ for raw locks, reads */
    uint8_t fl_kind;    /* enum fl_holds_ */
    bool fl_tells;      /* made by fl_lock, fl_write_lock: its user asks for the status, poison found later is one, too */
};
#define FL_NEVER_POISONS_ ((unsigned)-1)

/* This thread's number (0 until it needs one). */
extern __attribute__((tls_model("initial-exec"))) FL_THREAD_VAR_ uint32_t fl_thread_number_;

void fl_lock_slow_(struct fl_lock *lock, const char *file, int line);
bool fl_lock_until_(struct fl_lock *lock, struct fl_instant deadline, const char *file, int line);
bool fl_lock_try_slow_(struct fl_lock *lock);
FL_NORETURN_ void fl_unlock_wrong_(struct fl_lock *lock, const char *file, int line);
void fl_lot_wake_(uint32_t *address);
FL_NORETURN_ void fl_lock_poisoned_(struct fl_lock *lock, const char *file, int line);
FL_NORETURN_ void fl_unlock_empty_(const char *file, int line);

#ifdef __FEARLESS_CHECK__

FL_NOTE_("acquires") FL_NOTE_("blocks") FL_NOTE_("panics")
void fl_lock_acquire_(volatile struct fl_lock *lock, const char *file, int line);
FL_NOTE_("acquires_if:!0") FL_MUST_USE_ bool fl_lock_try_(volatile struct fl_lock *lock);
FL_NOTE_("releases") FL_NOTE_("panics")
void fl_lock_release_(volatile struct fl_lock *lock, const char *file, int line);

FL_NOTE_("acquires") FL_NOTE_("blocks") FL_NOTE_("panics")
struct fl_guard fl_guard_(volatile struct fl_lock *lock, const char *file, int line);
FL_NOTE_("acquires") FL_NOTE_("blocks") FL_NOTE_("panics")
struct fl_guard fl_guard_any_(volatile struct fl_lock *lock, const char *file, int line);
FL_NOTE_("acquires") FL_NOTE_("blocks") FL_NOTE_("panics")
struct fl_guard fl_raw_guard_(volatile struct fl_lock *lock, const char *file, int line);
FL_NOTE_("acquires_if:nonnull") FL_NOTE_("panics")
struct fl_guard fl_try_guard_(volatile struct fl_lock *lock, const char *file, int line);
FL_NOTE_("acquires_if:nonnull") FL_NOTE_("blocks") FL_NOTE_("panics")
struct fl_guard fl_guard_deadline_(volatile struct fl_lock *lock, struct fl_instant deadline, const char *file,
                                   int line);
fl_status fl_guard_status_(const struct fl_guard *guard);
FL_NOTE_("releases") void fl_guard_end_(struct fl_guard *guard);
FL_NOTE_("releases") FL_NOTE_("panics") void fl_unlock_(struct fl_guard *guard, const char *file, int line);

#else

/* Cells are volatile structs (see <fearless/handle.h>); the runtime's words are not. */
FL_INLINE_ struct fl_lock *fl_lock_plain_(volatile struct fl_lock *lock)
{
    return (struct fl_lock *)(uintptr_t)lock;
}

/* The uncontended case: one compare-and-set to take it, one plain store and a load to free it. The orders are
 * explained in src/rt/mutex.c. */
FL_INLINE_ bool fl_lock_take_free_(struct fl_lock *lock)
{
    uint32_t nobody = 0, me = fl_thread_number_;

    return __builtin_expect(me != 0, 1) &&
           __builtin_expect(__atomic_compare_exchange_n(&lock->fl_state.fl_word, &nobody, me, false,
                                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED), 1);
}
FL_INLINE_ void fl_lock_let_go_(struct fl_lock *lock, const char *file, int line)
{
    uint32_t owner = __atomic_load_n(&lock->fl_state.fl_word, __ATOMIC_RELAXED);

    if (__builtin_expect(owner == 0 || owner != fl_thread_number_, 0))
        fl_unlock_wrong_(lock, file, line);
    if (__builtin_expect(fl_lot_let_in_(&lock->fl_state.fl_word, 0), 0))
        fl_lot_wake_(&lock->fl_state.fl_word);
}

FL_INLINE_ void fl_lock_acquire_(volatile struct fl_lock *lock, const char *file, int line)
{
    if (!fl_lock_take_free_(fl_lock_plain_(lock)))
        fl_lock_slow_(fl_lock_plain_(lock), file, line);
}
FL_MUST_USE_ static inline bool fl_lock_try_(volatile struct fl_lock *lock)
{
    return fl_lock_take_free_(fl_lock_plain_(lock)) || fl_lock_try_slow_(fl_lock_plain_(lock));
}
FL_INLINE_ void fl_lock_release_(volatile struct fl_lock *lock, const char *file, int line)
{
    fl_lock_let_go_(fl_lock_plain_(lock), file, line);
}

/* The guard of a lock that this thread has just taken. */
FL_INLINE_ struct fl_guard fl_guard_of_(struct fl_lock *lock, unsigned panics)
{
    struct fl_guard guard = {{lock}, FL_PIN_(panics), FL_HOLDS_LOCK_, false};

    return guard;
}
static inline struct fl_guard fl_guard_none_(void)
{
    struct fl_guard guard = {{(struct fl_lock *)0}, 0, FL_HOLDS_LOCK_, false};

    return guard;
}
FL_INLINE_ struct fl_poison_ *fl_guard_poison_(const struct fl_guard *guard)
{
    return guard->fl_kind == FL_HOLDS_LOCK_ ? &guard->fl_lock->fl_poison : &guard->fl_rw->fl_poison;
}
static inline fl_status fl_guard_status_(const struct fl_guard *guard)
{
    return fl_poison_is_set_(fl_guard_poison_(guard)) ? FL_POISONED : FL_OK;
}
/* Refuses a poisoned one (before it becomes a guard: nobody would end that). */
FL_INLINE_ struct fl_guard fl_guard_sound_(struct fl_lock *lock, const char *file, int line)
{
    if (__builtin_expect(fl_poison_is_set_(&lock->fl_poison), 0))
        fl_lock_poisoned_(lock, file, line);
    return fl_guard_of_(lock, fl_panics_);
}

FL_INLINE_ struct fl_guard fl_guard_(volatile struct fl_lock *lock, const char *file, int line)
{
    fl_lock_acquire_(lock, file, line);
    return fl_guard_sound_(fl_lock_plain_(lock), file, line);
}
static inline struct fl_guard fl_guard_any_(volatile struct fl_lock *lock, const char *file, int line)
{
    struct fl_guard guard;

    fl_lock_acquire_(lock, file, line);
    guard = fl_guard_of_(fl_lock_plain_(lock), fl_panics_);
    guard.fl_tells = true;
    return guard;
}
FL_INLINE_ struct fl_guard fl_raw_guard_(volatile struct fl_lock *lock, const char *file, int line)
{
    fl_lock_acquire_(lock, file, line);
    return fl_guard_of_(fl_lock_plain_(lock), FL_NEVER_POISONS_);
}
static inline struct fl_guard fl_try_guard_(volatile struct fl_lock *lock, const char *file, int line)
{
    if (!fl_lock_try_(lock))
        return fl_guard_none_();
    return fl_guard_sound_(fl_lock_plain_(lock), file, line);
}
static inline struct fl_guard fl_guard_deadline_(volatile struct fl_lock *lock, struct fl_instant deadline,
                                                 const char *file, int line)
{
    if (!fl_lock_take_free_(fl_lock_plain_(lock)) &&
        !fl_lock_until_(fl_lock_plain_(lock), deadline, file, line))
        return fl_guard_none_();
    return fl_guard_sound_(fl_lock_plain_(lock), file, line);
}

/* The cleanup of every guard: releases what it still holds, and poisons it if a panic began meanwhile. */
FL_INLINE_ void fl_guard_end_(struct fl_guard *guard)
{
    struct fl_guard held = *guard;

    if (!held.fl_lock)
        return;
    guard->fl_lock = (struct fl_lock *)0;
    FL_UNPIN_();
    if (__builtin_expect(fl_panics_ > held.fl_panics, 0))
        fl_poison_set_(fl_guard_poison_(&held), true); /* ordered by the release of the lock */
    if (held.fl_kind == FL_HOLDS_LOCK_)
        fl_lock_let_go_(held.fl_lock, __FILE__, __LINE__);
    else if (held.fl_kind == FL_HOLDS_WRITE_)
        fl_rw_end_write_(held.fl_rw, __FILE__, __LINE__);
    else
        fl_rw_end_read_(held.fl_rw, __FILE__, __LINE__);
}
static inline void fl_unlock_(struct fl_guard *guard, const char *file, int line)
{
    if (!guard->fl_lock)
        fl_unlock_empty_(file, line);
    fl_guard_end_(guard);
}

#endif /* __FEARLESS_CHECK__ */

FL_END_C_

#pragma GCC system_header /* see <fearless/base.h> */

/* A goto or a case label past a guard: clang refuses it, and C++ does. gcc compiles it in silence, and ends a guard that
 * was never made; but it refuses a jump past a type whose size depends on the guard. */
#if defined __clang__ || defined __cplusplus
#define FL_NO_JUMP_(name)
#define FL_NO_JUMP_PASS_(name)
#else
#define FL_NO_JUMP_SIZE_(name) (1 + (name##_fl_guard.fl_lock == 0))
#define FL_NO_JUMP_(name) FL_UNUSED_ typedef char name##_fl_no_jump[FL_NO_JUMP_SIZE_(name)];
#define FL_NO_JUMP_PASS_(name)                                                                     \
    FL_ONE_PASS_(FL_UNUSED_ char(*const name##_fl_no_jump)[FL_NO_JUMP_SIZE_(name)] = (void *)0)
#endif

#define FL_GUARD_VAR_(name, take)                                                                  \
    __attribute__((unused, cleanup(fl_guard_end_))) struct fl_guard name##_fl_guard = take

/* Holds the lock from here to the end of the scope; `name` is for fl_unlock(name) and fl_wait(&cv, name). */
#define fl_lock_guard(name, lock)                                                                  \
    struct fl_lock *const name##_fl_l = (lock);                                                    \
    FL_GUARD_VAR_(name, fl_raw_guard_(name##_fl_l, __FILE__, __LINE__));                           \
    FL_NO_JUMP_(name)                                                                              \
    FL_UNUSED_ struct fl_lock *const name = name##_fl_l

/* Ends a guard of any kind before its scope does. Panics if it has been ended, or took nothing. */
#define fl_unlock(name) FL_GUARD_CALL_(&name##_fl_guard, __FILE__, __LINE__)

/* The kind of a guard is its type. Each has a function that ends it early. The headers of other kinds than this one
 * redefine their line, to `type *: function,`. */
#define FL_BORROW_GUARD_KIND_
#ifdef __cplusplus
#define FL_GUARD_CALL_(guard, ...) fl_unlock_any_((guard), __VA_ARGS__)
static inline void fl_unlock_any_(struct fl_guard *guard, const char *file, int line)
{
    fl_unlock_(guard, file, line);
}
#else
#define FL_GUARD_CALL_(guard, ...)                                                                 \
    _Generic((guard), FL_BORROW_GUARD_KIND_ struct fl_guard *: fl_unlock_)((guard), __VA_ARGS__)
#endif

#endif
