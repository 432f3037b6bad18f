/* Handles: one word that owns something, and says in its type what is behind it.
 *
 *     fl_sender(text) tx;                     // the same type in every file that writes it
 *     struct worker { fl_join_handle(int) thread; fl_receiver(struct job) jobs; };
 *     fl_target(tx) t;                        // a text
 *
 * A handle is a pointer to `const volatile` pointer to function that takes `struct TAG *` and returns `T *`. Nobody
 * ever calls such a function: the type is a place to write the tag and T in. Being structural, it needs no
 * instantiation; returning T * lets T be anything, an array or an incomplete struct, too; and only handles point at
 * `const volatile`, which is how the macros of <fearless/ownership.h> recognise one.
 *
 * NULL is the empty handle, which is also what a moved-from or dropped one is. Dropping it does nothing. */
#ifndef FEARLESS_HANDLE_H
#define FEARLESS_HANDLE_H

#include <fearless/base.h>

#pragma GCC system_header

#ifdef __cplusplus
/* C++ looks up a struct that is named first inside a type in the wrong scope, so all are declared here. */
#define FL_TAG_(name, kind) struct name;
#elif defined __FEARLESS_CHECK__
#define FL_TAG_(name, kind)                                                                        \
    struct FL_NOTE_(kind) name {                                                                   \
        char fl_unused;                                                                            \
    };
#else
#define FL_TAG_(name, kind) struct name;
#endif
FL_TAG_(fl_sender, "handle.sender")
FL_TAG_(fl_receiver, "handle.receiver")
FL_TAG_(fl_shared_receiver, "handle.shared_receiver")
FL_TAG_(fl_join_handle, "handle.join_handle")
FL_TAG_(fl_arc, "handle.arc")
FL_TAG_(fl_weak, "handle.weak")
FL_TAG_(fl_rc, "handle.rc")
FL_TAG_(fl_rc_weak, "handle.rc_weak")
FL_TAG_(fl_box, "handle.box")
FL_TAG_(fl_thread_handle, "handle.thread")
FL_TAG_(fl_job_handle, "handle.job")
FL_TAG_(fl_no_handle_, "handle.none")

#define FL_HANDLE_GIVEN(tag, ...) __typeof__(__typeof__(__VA_ARGS__) *(*const volatile *)(struct tag *))
/* fl_sender() is a mistake that deserves better than what the compiler would say. The first token of the type decides;
 * each macro brings along what is to be said, as an argument, so that the compiler shows the user's line and not the
 * way through the macros. */
#define FL_HANDLE_(...) FL_CAT_(FL_HANDLE_, FL_2ND_(FL_FIRST_TOKEN_(__VA_ARGS__, ~), CHECKED))
#define FL_FIRST_TOKEN_(T, ...) FL_TYPE_IS_##T
#define FL_TYPE_IS_ ~, MISSING
#define FL_HANDLE_CHECKED(tag, why, ...) FL_HANDLE_GIVEN(tag, __VA_ARGS__)
/* After the message: a handle of int, so that this mistake is reported once and not again at every use. (Written out,
 * because each macro in between is three lines more of clang's message.) */
#define FL_HANDLE_MISSING(tag, why, ...)                                                           \
    __typeof__(__typeof__(((void)sizeof(struct {                                                   \
                               why;                                                                \
                               int fl_x;                                                           \
                           }),                                                                     \
                           0)) *(*const volatile *)(struct tag *))

#define fl_sender(...)                                                                             \
    FL_HANDLE_(__VA_ARGS__)                                                                        \
    (fl_sender, _Static_assert(0, "the element type is missing: write fl_sender(int), fl_sender(struct job), ..."), __VA_ARGS__)
#define fl_receiver(...)                                                                           \
    FL_HANDLE_(__VA_ARGS__)                                                                        \
    (fl_receiver, _Static_assert(0, "the element type is missing: write fl_receiver(int), fl_receiver(struct job), ..."), __VA_ARGS__)
#define fl_shared_receiver(...)                                                                    \
    FL_HANDLE_(__VA_ARGS__)                                                                        \
    (fl_shared_receiver, _Static_assert(0, "the element type is missing: write fl_shared_receiver(int), fl_shared_receiver(struct job), ..."), __VA_ARGS__)
#define fl_join_handle(...)                                                                        \
    FL_HANDLE_(__VA_ARGS__)                                                                        \
    (fl_join_handle, _Static_assert(0, "the element type is missing: write fl_join_handle(int), fl_join_handle(struct job), ..."), __VA_ARGS__)
#define fl_arc(...)                                                                                \
    FL_HANDLE_(__VA_ARGS__)                                                                        \
    (fl_arc, _Static_assert(0, "the element type is missing: write fl_arc(int), fl_arc(struct job), ..."), __VA_ARGS__)
#define fl_weak(...)                                                                               \
    FL_HANDLE_(__VA_ARGS__)                                                                        \
    (fl_weak, _Static_assert(0, "the element type is missing: write fl_weak(int), fl_weak(struct job), ..."), __VA_ARGS__)
#define fl_rc(...)                                                                                 \
    FL_HANDLE_(__VA_ARGS__)                                                                        \
    (fl_rc, _Static_assert(0, "the element type is missing: write fl_rc(int), fl_rc(struct job), ..."), __VA_ARGS__)
#define fl_rc_weak(...)                                                                            \
    FL_HANDLE_(__VA_ARGS__)                                                                        \
    (fl_rc_weak, _Static_assert(0, "the element type is missing: write fl_rc_weak(int), fl_rc_weak(struct job), ..."), __VA_ARGS__)
#define fl_box(...)                                                                                \
    FL_HANDLE_(__VA_ARGS__)                                                                        \
    (fl_box, _Static_assert(0, "the element type is missing: write fl_box(int), fl_box(struct job), ..."), __VA_ARGS__)

/* A thread, whatever its result is: see <fearless/park.h>. */
typedef FL_HANDLE_GIVEN(fl_thread_handle, void) fl_thread;
/* A call that is kept for later: see <fearless/job.h>. */
typedef FL_HANDLE_GIVEN(fl_job_handle, void) fl_job;

/* The element type of a handle, and the type of a pointer to it (which exists for `void`, too). */
#define fl_target(h) __typeof__(*(*(h))(0))
#define FL_TARGET_PTR_(h) __typeof__((*(h))(0))

/* A value cell (a mutex, a refcell ...) holds its value inline, as the first member `fl_data`:
 *
 *     #define fl_mutex(...) FL_CELL_(FL_NOTE_("guarded_by:fl_raw"), struct fl_lock_ fl_raw, __VA_ARGS__)
 *     #define FL_MUTEX(...) { .fl_data = __VA_ARGS__ }
 *     T *data = FL_CELL_DATA_(&m);
 *
 * It is a `volatile` struct, because no macro can ask whether a struct has a member, but it can ask for a qualifier:
 * that is how fl_drop, fl_auto, channels, Arcs ... see that there is a value inside to drop. (That fl_data is first
 * makes the drop function of the value the drop function of the cell.) Accesses go through FL_CELL_DATA_, a pointer to
 * the plain type, so nothing is slower; fl_type keeps that type and takes no room (nor alignment).
 *
 * A cell may also be empty, without a value (fl_once_cell). fl_kind, which takes no room either, says so: then its first
 * member of state is the struct fl_once that tells. `mark` is a note on the struct itself. */
#define FL_CELL_(note, state, ...) FL_CELL_OF_KIND_(fl_full_, , note, state, __VA_ARGS__)
#define FL_MAYBE_CELL_(note, state, ...) FL_CELL_OF_KIND_(fl_maybe_, , note, state, __VA_ARGS__)
/* one that belongs to a single thread */
#define FL_CELL_OF_ONE_THREAD_(state, ...)                                                         \
    FL_BORROWED_CELL_(, state, __VA_ARGS__)
#define FL_BORROWED_CELL_(note, state, ...)                                                        \
    FL_CELL_OF_KIND_(fl_full_, FL_NOTE_("cell"), note, state, __VA_ARGS__)
#define FL_ONCE_DONE_ 1u /* the word of that struct when there is a value */
#define FL_CELL_OF_KIND_(kind, mark, note, state, ...)                                             \
    volatile struct mark {                                                                         \
        __typeof__(__VA_ARGS__) fl_data note;                                                      \
        state;                                                                                     \
        __extension__ __typeof__(__VA_ARGS__) *fl_type[0] __attribute__((packed));                 \
        FL_CELL_KIND_(kind)                                                                        \
    }
#ifdef __cplusplus /* where nothing asks for it */
#define FL_CELL_KIND_(kind)
#else
#define FL_CELL_KIND_(kind) __extension__ struct kind *fl_kind[0] __attribute__((packed));
struct fl_full_;
struct fl_maybe_;
#endif
#define FL_CELL_PTR_(cell) __typeof__(&*(cell)->fl_type[0])
#ifdef __FEARLESS_CHECK__
#define FL_CELL_DATA_(cell) ((FL_CELL_PTR_(cell))&(cell)->fl_data)
#else
/* by way of an integer: -Wcast-qual would name the user's line */
#define FL_CELL_DATA_(cell) ((FL_CELL_PTR_(cell))(uintptr_t)&(cell)->fl_data)
#endif

#endif
