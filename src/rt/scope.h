/* What thread.c tells a scope about the threads in it, and asks it about their handles. The order of calls for one
 * thread is in the table of scope.c.
 *
 * A handle of a thread in a scope is no pointer but a number, always odd: so that one which is used after its scope has
 * ended can be told from one which is not. */
#ifndef FL_RT_SCOPE_H
#define FL_RT_SCOPE_H

#include <fearless/scope.h>

#include "thread_record.h"

static inline bool fl_is_scoped_(const volatile void *handle)
{
    return (uintptr_t)handle & 1;
}

/* ---- starting; r is not visible to anybody else yet ---- */

/* Makes r a member. False: there is no memory for that. */
bool fl_scope_enter_(struct fl_scope *scope, struct fl_thread_record_ *r);
/* It was not started after all. */
void fl_scope_withdraw_(struct fl_thread_record_ *r);
/* What the join handle of a member is. */
void *fl_scope_handle_(const struct fl_thread_record_ *r);

/* ---- ending, in the thread itself; r is a member ---- */

/* Its result or its message is there. True: nobody will ask for the result, so the thread has to give it up. */
bool fl_scope_ended_(struct fl_thread_record_ *r);
/* It has nothing left to do but to go. The scope may join it from now on. */
void fl_scope_left_(struct fl_thread_record_ *r);

/* ---- the handle ---- */

enum fl_scope_claim_ {
    FL_CLAIMED_,      /* the right to the result is the caller's, who must end with fl_scope_gave_up_ */
    FL_CLAIM_LATE_,   /* the scope has ended */
    FL_CLAIM_AGAIN_,  /* it was joined, or given up, before */
    FL_CLAIM_OWN_,    /* the caller is that thread */
    FL_CLAIM_RUNNING_ /* of fl_scope_give_up_: done, the thread itself will give up the result */
};
/* To join. The record stays until fl_scope_gave_up_. */
enum fl_scope_claim_ fl_scope_claim_(const volatile void *handle, struct fl_thread_record_ **ret_record);
/* To detach. FL_CLAIMED_: the thread has ended, the result is the caller's to drop. */
enum fl_scope_claim_ fl_scope_give_up_(const volatile void *handle, struct fl_thread_record_ **ret_record);
/* By who has claimed: the system's thread has been joined. */
void fl_scope_joined_(struct fl_thread_record_ *r);
/* The result has been taken or dropped, by who had claimed it, or by the thread itself after fl_scope_ended_ said so. */
void fl_scope_gave_up_(struct fl_thread_record_ *r);

/* Wait-free. */
bool fl_scope_is_finished_(const volatile void *handle);
/* One more count of the record, for an fl_thread. NULL: the scope has ended. */
struct fl_thread_record_ *fl_scope_record_(const volatile void *handle);

#endif
