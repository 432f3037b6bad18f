/* The record of a thread: what the thread, its join handle and every fl_thread of it share. thread.c is its life,
 * thread_handle.c the fl_thread that points to it, and parking.
 *
 * One allocation, counted:
 *
 *     [ struct fl_thread_record_ ][ arguments, later the result ][ name ]
 *
 *   count    one for the thread, until its pthread destructors have run; one for the right to its result
 *            (ENDED and DETACHED in thread.c decide who gives that one back); one for each fl_thread.
 *
 *   [count]  increments are relaxed: who makes a handle has one. Each decrement releases what its owner did with the
 *            record; who brings it to 0 acquires all of that by loading the word it has just written (a load and not a
 *            fence: ThreadSanitizer follows it), and frees. */
#ifndef FL_RT_THREAD_RECORD_H
#define FL_RT_THREAD_RECORD_H

#include <fearless/thread.h>

#include "atomic.h"
#include "park.h"
#include "patience.h"

#include <pthread.h>

struct fl_thread_record_ {
    FL_ATOMIC(size_t) count;
    FL_ATOMIC(uint32_t) state; /* ENDED, DETACHED, WAITED: see thread.c */
    bool has_result;           /* written before ENDED: a result is there and has not been taken */
    struct fl_parker parker;   /* fl_park's, so that no channel or lock eats the user's token */
    struct fl_patience patience; /* of fl_park, the thread's own */
    uint64_t id;
    const char *name; /* NULL: none */
    char *message;    /* of the panic that ended it; NULL: it returned */
    pthread_t thread;
    const struct fl_thread_fn_ *fn; /* NULL: a thread that we did not start */
    void *values;                   /* arguments, then result */
    struct fl_scope_member_ *member; /* of a scope (scope.h), which then has the count that is the result's otherwise */
};

/* A new id and an empty token in a record that nobody else can see yet, with `count` owners. */
void fl_thread_record_init_(struct fl_thread_record_ *r, size_t count);
void fl_thread_record_keep_(struct fl_thread_record_ *r);
void fl_thread_record_release_(struct fl_thread_record_ *r);

/* Drops the result that is there. */
void fl_thread_drop_result_(void *record);

/* The record of the calling thread, as it is: NULL for a thread that we did not start and that has not asked yet. */
struct fl_thread_record_ *fl_thread_record_self_(void);
/* First in a thread of ours: r is its record, and one of its counts the thread's, given back by a pthread
 * destructor. False, and nothing done, if there is no memory for that. */
bool fl_thread_record_adopt_(struct fl_thread_record_ *r);

#endif
