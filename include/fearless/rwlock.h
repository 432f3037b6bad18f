/* fl_rwlock: a value that many may read at once, or one may write; and struct fl_rw_lock, the lock without a value.
 *
 *     typedef fl_rwlock(struct table) shared_table;
 *     static shared_table table = FL_RWLOCK({ 0 });
 *
 *     long look_up(long key)
 *     {
 *         fl_read_guard(t, &table);               // t is `const struct table *const`; others may read, too
 *         return find(t, key);
 *     }
 *     void add(long key, long value)
 *     {
 *         fl_write_guard(t, &table);              // t is `struct table *const`; nobody else is in
 *         insert(t, key, value);
 *     }
 *
 * Writers go first: while one waits, no new reader gets in, so readers that keep coming do not keep a writer out.
 * (Writers that keep coming keep readers out.) Therefore a thread that reads a lock must not take it again: for writing, it
 * waits for itself; for reading, if a writer came in between, it waits for the writer, and the writer for it. That is not
 * found, because readers are counted and not named. A thread that writes and takes the lock again, in either way, panics.
 *
 * Poison: a thread that panics while it writes poisons the lock, as with a mutex (<fearless/mutex.h>); one that panics
 * while it reads does not. fl_is_poisoned, fl_clear_poison, fl_data_mut, fl_into_data, fl_unlock and the rules about
 * scopes and jumps are the mutex's. A write guard may wait on a condition variable (<fearless/condvar.h>).
 *
 * A lock that nobody holds may be freed right after it was released: who releases it does not touch it any more.
 * Progress: taking blocks; trying and releasing are lock-free. In a signal handler none of it may be used. A child of
 * fork finds the locks as they were: one that another thread held stays held. */
#ifndef FEARLESS_RWLOCK_H
#define FEARLESS_RWLOCK_H

#include <fearless/lock.h>
#include <fearless/mutex.h>
#include <fearless/rw_word.h>

/* The type of a read-write lock that holds a T; each use is a type of its own (see fl_mutex). And its initialiser. */
#define fl_rwlock(...) FL_CELL_(FL_NOTE_("shared_guarded_by:fl_raw"), struct fl_rw_lock fl_raw, __VA_ARGS__)
#ifdef __cplusplus
#define FL_RWLOCK(...) { __VA_ARGS__, FL_RW_LOCK, {} }
#else
#define FL_RWLOCK(...) { .fl_data = __VA_ARGS__ }
#endif

/* The lock without a value, for fields that are FL_GUARDED_BY it. All zero is free, too. */
#ifdef __cplusplus
#define FL_RW_LOCK {{0}, {0}}
#else
#define FL_RW_LOCK {.fl_state = {0}}
#endif

/* Blocks until it is this thread's, for reading beside other readers, or for writing alone. */
#define fl_rw_read_acquire(lock) fl_rw_read_acquire_((lock), __FILE__, __LINE__)
#define fl_rw_write_acquire(lock) fl_rw_write_acquire_((lock), __FILE__, __LINE__)
/* True if it is this thread's now, without waiting. */
#define fl_rw_read_try(lock) fl_rw_read_try_((lock), __FILE__, __LINE__)
#define fl_rw_write_try(lock) fl_rw_write_try_((lock), __FILE__, __LINE__)
/* Panics if nobody reads; if this thread does not write. */
#define fl_rw_read_release(lock) fl_rw_read_release_((lock), __FILE__, __LINE__)
#define fl_rw_write_release(lock) fl_rw_write_release_((lock), __FILE__, __LINE__)
/* This thread writes, and from now on reads: readers get in (unless a writer waits), and no writer was in between. */
#define fl_rw_downgrade(lock) fl_rw_downgrade_((lock), __FILE__, __LINE__)

FL_BEGIN_C_

FL_NOTE_("downgrades") void fl_rw_downgrade_(volatile struct fl_rw_lock *lock, const char *file, int line);
FL_NOTE_("downgrades") void fl_downgrade_guard_(struct fl_guard *guard, const char *file, int line);
FL_NORETURN_ void fl_rw_poisoned_(struct fl_rw_lock *lock, enum fl_holds_ kind, const char *file, int line);

#ifdef __FEARLESS_CHECK__

FL_NOTE_("acquires.shared") FL_NOTE_("blocks") FL_NOTE_("panics")
void fl_rw_read_acquire_(volatile struct fl_rw_lock *lock, const char *file, int line);
FL_NOTE_("acquires") FL_NOTE_("blocks") FL_NOTE_("panics")
void fl_rw_write_acquire_(volatile struct fl_rw_lock *lock, const char *file, int line);
FL_NOTE_("acquires_if.shared:!0") FL_MUST_USE_
bool fl_rw_read_try_(volatile struct fl_rw_lock *lock, const char *file, int line);
FL_NOTE_("acquires_if:!0") FL_MUST_USE_
bool fl_rw_write_try_(volatile struct fl_rw_lock *lock, const char *file, int line);
FL_NOTE_("releases") FL_NOTE_("panics")
void fl_rw_read_release_(volatile struct fl_rw_lock *lock, const char *file, int line);
FL_NOTE_("releases") FL_NOTE_("panics")
void fl_rw_write_release_(volatile struct fl_rw_lock *lock, const char *file, int line);

FL_NOTE_("acquires.shared") FL_NOTE_("blocks") FL_NOTE_("panics")
struct fl_guard fl_read_guard_(volatile struct fl_rw_lock *lock, const char *file, int line);
FL_NOTE_("acquires.shared") FL_NOTE_("blocks") FL_NOTE_("panics")
struct fl_guard fl_read_guard_any_(volatile struct fl_rw_lock *lock, const char *file, int line);
FL_NOTE_("acquires.shared") FL_NOTE_("blocks") FL_NOTE_("panics")
struct fl_guard fl_raw_read_guard_(volatile struct fl_rw_lock *lock, const char *file, int line);
FL_NOTE_("acquires_if.shared:nonnull") FL_NOTE_("blocks") FL_NOTE_("panics")
struct fl_guard fl_read_guard_deadline_(volatile struct fl_rw_lock *lock, struct fl_instant deadline,
                                        const char *file, int line);
FL_NOTE_("acquires") FL_NOTE_("blocks") FL_NOTE_("panics")
struct fl_guard fl_write_guard_(volatile struct fl_rw_lock *lock, const char *file, int line);
FL_NOTE_("acquires") FL_NOTE_("blocks") FL_NOTE_("panics")
struct fl_guard fl_write_guard_any_(volatile struct fl_rw_lock *lock, const char *file, int line);
FL_NOTE_("acquires") FL_NOTE_("blocks") FL_NOTE_("panics")
struct fl_guard fl_raw_write_guard_(volatile struct fl_rw_lock *lock, const char *file, int line);
FL_NOTE_("acquires_if:nonnull") FL_NOTE_("blocks") FL_NOTE_("panics")
struct fl_guard fl_write_guard_deadline_(volatile struct fl_rw_lock *lock, struct fl_instant deadline,
                                         const char *file, int line);
FL_NOTE_("acquires_if.shared:nonnull") FL_NOTE_("panics")
struct fl_guard fl_try_read_guard_(volatile struct fl_rw_lock *lock, const char *file, int line);
FL_NOTE_("acquires_if:nonnull") FL_NOTE_("panics")
struct fl_guard fl_try_write_guard_(volatile struct fl_rw_lock *lock, const char *file, int line);

#else

static inline struct fl_instant fl_rw_now_(void)
{
    struct fl_instant do_not_wait = {INT64_MIN};

    return do_not_wait;
}
static inline struct fl_instant fl_rw_never_(void)
{
    struct fl_instant never = {INT64_MAX};

    return never;
}
FL_INLINE_ bool fl_rw_read_until_(volatile struct fl_rw_lock *lock, struct fl_instant deadline, const char *file,
                                     int line)
{
    return fl_rw_take_read_(fl_rw_plain_(lock)) || fl_rw_read_slow_(fl_rw_plain_(lock), deadline, file, line);
}
FL_INLINE_ bool fl_rw_write_until_(volatile struct fl_rw_lock *lock, struct fl_instant deadline, const char *file,
                                      int line)
{
    return fl_rw_take_write_(fl_rw_plain_(lock)) || fl_rw_write_slow_(fl_rw_plain_(lock), deadline, file, line);
}

FL_INLINE_ void fl_rw_read_acquire_(volatile struct fl_rw_lock *lock, const char *file, int line)
{
    (void)fl_rw_read_until_(lock, fl_rw_never_(), file, line);
}
FL_INLINE_ void fl_rw_write_acquire_(volatile struct fl_rw_lock *lock, const char *file, int line)
{
    (void)fl_rw_write_until_(lock, fl_rw_never_(), file, line);
}
FL_MUST_USE_ static inline bool fl_rw_read_try_(volatile struct fl_rw_lock *lock, const char *file, int line)
{
    return fl_rw_read_until_(lock, fl_rw_now_(), file, line);
}
FL_MUST_USE_ static inline bool fl_rw_write_try_(volatile struct fl_rw_lock *lock, const char *file, int line)
{
    return fl_rw_write_until_(lock, fl_rw_now_(), file, line);
}
static inline void fl_rw_read_release_(volatile struct fl_rw_lock *lock, const char *file, int line)
{
    fl_rw_end_read_(fl_rw_plain_(lock), file, line);
}
static inline void fl_rw_write_release_(volatile struct fl_rw_lock *lock, const char *file, int line)
{
    fl_rw_end_write_(fl_rw_plain_(lock), file, line);
}

/* The guard of a lock that this thread has just taken. */
FL_INLINE_ struct fl_guard fl_rw_guard_of_(volatile struct fl_rw_lock *lock, enum fl_holds_ kind, unsigned panics)
{
    struct fl_guard guard = fl_guard_of_((struct fl_lock *)0, panics);

    guard.fl_rw = fl_rw_plain_(lock);
    guard.fl_kind = (uint8_t)kind;
    return guard;
}
FL_INLINE_ struct fl_guard fl_rw_guard_sound_(volatile struct fl_rw_lock *lock, enum fl_holds_ kind,
                                                 const char *file, int line)
{
    if (__builtin_expect(fl_poison_is_set_(&lock->fl_poison), 0))
        fl_rw_poisoned_(fl_rw_plain_(lock), kind, file, line);
    return fl_rw_guard_of_(lock, kind, kind == FL_HOLDS_WRITE_ ? fl_panics_ : FL_NEVER_POISONS_);
}
static inline struct fl_guard fl_read_guard_deadline_(volatile struct fl_rw_lock *lock, struct fl_instant deadline,
                                                      const char *file, int line)
{
    if (!fl_rw_read_until_(lock, deadline, file, line))
        return fl_guard_none_();
    return fl_rw_guard_sound_(lock, FL_HOLDS_READ_, file, line);
}
static inline struct fl_guard fl_write_guard_deadline_(volatile struct fl_rw_lock *lock, struct fl_instant deadline,
                                                       const char *file, int line)
{
    if (!fl_rw_write_until_(lock, deadline, file, line))
        return fl_guard_none_();
    return fl_rw_guard_sound_(lock, FL_HOLDS_WRITE_, file, line);
}

FL_INLINE_ struct fl_guard fl_read_guard_(volatile struct fl_rw_lock *lock, const char *file, int line)
{
    fl_rw_read_acquire_(lock, file, line);
    return fl_rw_guard_sound_(lock, FL_HOLDS_READ_, file, line);
}
FL_INLINE_ struct fl_guard fl_write_guard_(volatile struct fl_rw_lock *lock, const char *file, int line)
{
    fl_rw_write_acquire_(lock, file, line);
    return fl_rw_guard_sound_(lock, FL_HOLDS_WRITE_, file, line);
}
static inline struct fl_guard fl_try_read_guard_(volatile struct fl_rw_lock *lock, const char *file, int line)
{
    return fl_read_guard_deadline_(lock, fl_rw_now_(), file, line);
}
static inline struct fl_guard fl_try_write_guard_(volatile struct fl_rw_lock *lock, const char *file, int line)
{
    return fl_write_guard_deadline_(lock, fl_rw_now_(), file, line);
}
FL_INLINE_ struct fl_guard fl_read_guard_any_(volatile struct fl_rw_lock *lock, const char *file, int line)
{
    fl_rw_read_acquire_(lock, file, line);
    return fl_rw_guard_of_(lock, FL_HOLDS_READ_, FL_NEVER_POISONS_);
}
static inline struct fl_guard fl_write_guard_any_(volatile struct fl_rw_lock *lock, const char *file, int line)
{
    struct fl_guard guard;

    fl_rw_write_acquire_(lock, file, line);
    guard = fl_rw_guard_of_(lock, FL_HOLDS_WRITE_, fl_panics_);
    guard.fl_tells = true;
    return guard;
}
FL_INLINE_ struct fl_guard fl_raw_read_guard_(volatile struct fl_rw_lock *lock, const char *file, int line)
{
    return fl_read_guard_any_(lock, file, line);
}
FL_INLINE_ struct fl_guard fl_raw_write_guard_(volatile struct fl_rw_lock *lock, const char *file, int line)
{
    fl_rw_write_acquire_(lock, file, line);
    return fl_rw_guard_of_(lock, FL_HOLDS_WRITE_, FL_NEVER_POISONS_);
}

#endif /* __FEARLESS_CHECK__ */

FL_END_C_

#pragma GCC system_header /* see <fearless/base.h> */

/* fl_read_guard(name, &rw) declares `const T *const name`, fl_write_guard(name, &rw) `T *const name`: the value, until
 * the end of the scope.
 *
 *   fl_read_guard, fl_write_guard              wait; panic if it is poisoned, or this thread writes already
 *   fl_try_read_guard, fl_try_write_guard      do not wait: name is NULL when the lock was not taken
 *   fl_..._guard_timeout, _deadline            wait so long: name is NULL when the time was over
 *   fl_read_lock(s, name, &rw), fl_write_lock  wait, and declare s, too: FL_OK, or FL_POISONED (held all the same)
 *   fl_with_read(name, &rw), fl_with_write     the guards for one statement; break and continue leave that statement
 *
 * fl_unlock(name) ends it early. */
#define fl_read_guard(name, rw)                                                                    \
    FL_CELL_GUARD_(name, fl_not_a_rwlock_, rw, #rw, fl_read_guard_(&name##_fl_m->fl_raw, __FILE__, __LINE__)) \
    FL_UNUSED_ FL_RW_READ_PTR_(name##_fl_m) const name = FL_RW_READ_DATA_(name##_fl_m)

#define fl_write_guard(name, rw)                                                                   \
    FL_CELL_GUARD_(name, fl_not_a_rwlock_, rw, #rw, fl_write_guard_(&name##_fl_m->fl_raw, __FILE__, __LINE__)) \
    FL_UNUSED_ FL_CELL_PTR_(name##_fl_m) const name = FL_CELL_DATA_(name##_fl_m)

#define fl_try_read_guard(name, rw)                                                                \
    FL_CELL_GUARD_(name, fl_not_a_rwlock_, rw, #rw, fl_try_read_guard_(&name##_fl_m->fl_raw, __FILE__, __LINE__)) \
    FL_RW_READ_MAYBE_(name)

#define fl_try_write_guard(name, rw)                                                               \
    FL_CELL_GUARD_(name, fl_not_a_rwlock_, rw, #rw, fl_try_write_guard_(&name##_fl_m->fl_raw, __FILE__, __LINE__)) \
    FL_MUTEX_MAYBE_(name)

#define fl_read_guard_deadline(name, rw, deadline)                                                 \
    FL_CELL_GUARD_(name, fl_not_a_rwlock_, rw, #rw, fl_read_guard_deadline_(&name##_fl_m->fl_raw, (deadline), __FILE__, __LINE__)) \
    FL_RW_READ_MAYBE_(name)
#define fl_read_guard_timeout(name, rw, duration) fl_read_guard_deadline(name, rw, fl_deadline_in(duration))

#define fl_write_guard_deadline(name, rw, deadline)                                                \
    FL_CELL_GUARD_(name, fl_not_a_rwlock_, rw, #rw, fl_write_guard_deadline_(&name##_fl_m->fl_raw, (deadline), __FILE__, __LINE__)) \
    FL_MUTEX_MAYBE_(name)
#define fl_write_guard_timeout(name, rw, duration) fl_write_guard_deadline(name, rw, fl_deadline_in(duration))

#define fl_read_lock(status, name, rw)                                                             \
    FL_CELL_GUARD_(name, fl_not_a_rwlock_, rw, #rw, fl_read_guard_any_(&name##_fl_m->fl_raw, __FILE__, __LINE__)) \
    FL_UNUSED_ FL_RW_READ_PTR_(name##_fl_m) const name = FL_RW_READ_DATA_(name##_fl_m);            \
    const fl_status status = fl_guard_status_(&name##_fl_guard)

#define fl_write_lock(status, name, rw)                                                            \
    FL_CELL_GUARD_(name, fl_not_a_rwlock_, rw, #rw, fl_write_guard_any_(&name##_fl_m->fl_raw, __FILE__, __LINE__)) \
    FL_UNUSED_ FL_CELL_PTR_(name##_fl_m) const name = FL_CELL_DATA_(name##_fl_m);                  \
    const fl_status status = fl_guard_status_(&name##_fl_guard)

#define fl_with_read(name, rw)                                                                     \
    FL_RW_PASS_(name, rw, fl_read_guard_)                                                          \
    FL_ONE_PASS_(FL_UNUSED_ FL_RW_READ_PTR_(name##_fl_m) const name = FL_RW_READ_DATA_(name##_fl_m)) \
    FL_NO_JUMP_PASS_(name)

#define fl_with_write(name, rw)                                                                    \
    FL_RW_PASS_(name, rw, fl_write_guard_)                                                         \
    FL_ONE_PASS_(FL_UNUSED_ FL_CELL_PTR_(name##_fl_m) const name = FL_CELL_DATA_(name##_fl_m))     \
    FL_NO_JUMP_PASS_(name)

/* A write guard becomes a read guard, with no writer in between: what was written is what is read. The value may be
 * read through the same name until the guard ends (written no more, though its type would let you). Other readers get
 * in at once, unless a writer waits. Panics if it is no write guard. Does not block. */
#define fl_downgrade_guard(name) fl_downgrade_guard_(&name##_fl_guard, __FILE__, __LINE__)

/* Hold the lock without a value from here to the end of the scope; `name` is for fl_unlock(name), fl_wait(&cv, name)
 * (write), fl_downgrade_guard(name) (write). A panic releases it and does not poison it. */
#define fl_rw_read_guard(name, lock)                                                               \
    struct fl_rw_lock *const name##_fl_l = (lock);                                                 \
    FL_GUARD_VAR_(name, fl_raw_read_guard_(name##_fl_l, __FILE__, __LINE__));                      \
    FL_NO_JUMP_(name)                                                                              \
    FL_UNUSED_ struct fl_rw_lock *const name = name##_fl_l
#define fl_rw_write_guard(name, lock)                                                              \
    struct fl_rw_lock *const name##_fl_l = (lock);                                                 \
    FL_GUARD_VAR_(name, fl_raw_write_guard_(name##_fl_l, __FILE__, __LINE__));                     \
    FL_NO_JUMP_(name)                                                                              \
    FL_UNUSED_ struct fl_rw_lock *const name = name##_fl_l

/* ---- private ---- */

#ifndef __cplusplus
struct fl_not_a_rwlock_ {
    struct fl_rw_lock fl_raw;
    int fl_data, *fl_type[1];
};
#endif
#define FL_RW_PASS_(name, rw, take)                                                                \
    FL_ONE_PASS_(__typeof__(FL_CELL_ADDRESS_OR_(fl_not_a_rwlock_, rw)) const name##_fl_m =         \
                     FL_CELL_ADDRESS_(fl_not_a_rwlock_, rw, #rw))                                       \
    FL_ONE_PASS_(FL_GUARD_VAR_(name, take(&name##_fl_m->fl_raw, __FILE__, __LINE__)))

/* `const T *`, also where T is an array or a pointer. */
#define FL_RW_READ_PTR_(cell) const __typeof__(*(FL_CELL_PTR_(cell))0) *
#define FL_RW_READ_DATA_(cell) ((FL_RW_READ_PTR_(cell))FL_CELL_DATA_(cell))
#define FL_RW_READ_MAYBE_(name)                                                                    \
    FL_RW_READ_PTR_(name##_fl_m) const name =                                                      \
        name##_fl_guard.fl_lock ? FL_RW_READ_DATA_(name##_fl_m) : (FL_RW_READ_PTR_(name##_fl_m))0

#endif
