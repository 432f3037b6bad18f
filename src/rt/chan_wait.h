/* How senders and receivers of a channel sleep, and are woken (chan_wait.c, where the words are explained).
 *
 * Who waits has one *context* on its stack, and in it one *entry* for each side of a channel that it waits for: one
 * for a plain send or receive, many for a select.
 *
 *     struct fl_wait_context context;
 *     struct fl_wait_entry entry = { .context = &context, .index = 0, .value = place };
 *
 *     fl_wait_open_(&context);
 *     if (!fl_chan_watch_(chan, FL_SIDE_RECV_, &entry))        // of each
 *         in_time = fl_wait_sleep_(&context, deadline_ns);     // returns for any reason, or none
 *     chosen = fl_wait_shut_(&context);                        // from here on nobody chooses any more
 *     fl_chan_unwatch_(chan, FL_SIDE_RECV_, &entry);           // of each
 *     if (chosen < 0) try again, or give up; else case `chosen` is done: the value has been transferred
 *
 * Two ways of being woken. Where values have slots (list, ring): *watch and retry*; a wake-up says only that to try
 * again is worth while. In a rendezvous: *hand-off*; the peer chooses a waiting entry of another context by one
 * compare-and-set on the context, transfers the value, and then says that it is done. */
#ifndef FL_RT_CHAN_WAIT_H
#define FL_RT_CHAN_WAIT_H

#include "atomic.h"
#include "park.h"
#include "patience.h"
#include "small_lock.h"

#include <stdbool.h>
#include <stdint.h>

struct fl_chan;

enum fl_side { FL_SIDE_SEND_, FL_SIDE_RECV_ };

struct fl_wait_context {
    struct fl_parker *parker;
    FL_ATOMIC(uint32_t) chosen;
};

struct fl_wait_entry {
    struct fl_wait_entry *next, *prev; /* in the channel's queue, under its lock */
    struct fl_wait_context *context;
    void *value;    /* rendezvous: what to send, or where to put it (NULL: the peer drops it) */
    uint32_t index; /* of the case, what fl_wait_shut_ gives */
    FL_ATOMIC(uint8_t) place; /* where it is: see chan_wait.c */
    bool asleep;              /* whether its owner slept when it was chosen: the peer's */
};

/* This thread waits: nothing is chosen. */
void fl_wait_open_(struct fl_wait_context *context);
/* Sleeps until there is a token or something is chosen. May return early. False: the deadline passed. */
bool fl_wait_sleep_(struct fl_wait_context *context, int64_t deadline_ns);
/* Looks for that for a while, without sleeping. False: go on with fl_wait_sleep_. */
bool fl_wait_look_(struct fl_wait_context *context, struct fl_patience *patience);
/* Is something chosen, or being chosen? */
bool fl_wait_is_chosen_(struct fl_wait_context *context);
/* Nobody may choose any more: gives the index of what has been chosen (waiting until its transfer is done), or -1. */
int64_t fl_wait_shut_(struct fl_wait_context *context);

/* ---- for those who wake ---- */

/* Chooses the entry for a hand-off: false if its context has been chosen by somebody else, or is shut. Its owner then
 * waits for fl_wait_done_, so the entry's and the value's memory stays. Under the channel's lock. */
bool fl_wait_choose_(struct fl_wait_entry *entry);
/* The transfer is done. The entry and its value are its owner's again. */
void fl_wait_done_(struct fl_wait_entry *entry);

/* ---- the queues, for those who make kinds ---- */

void fl_chan_enqueue_(struct fl_chan *chan, enum fl_side side, struct fl_wait_entry *entry); /* under the lock */
void fl_chan_dequeue_(struct fl_chan *chan, enum fl_side side, struct fl_wait_entry *entry); /* under the lock */

/* Registers and takes back, without looking. The receiver of a channel that is not shared has a word of its own. */
void fl_wait_enter_(struct fl_chan *chan, enum fl_side side, struct fl_wait_entry *entry);
/* False: somebody took it out in order to wake us. */
bool fl_wait_leave_(struct fl_chan *chan, enum fl_side side, struct fl_wait_entry *entry);

/* ---- waiting for a few instructions of somebody else ---- */

/* One pause of a loop that waits for another thread to get on with its few instructions: spins at first, then yields,
 * then naps (it may have a lower real-time priority than we have). False: the deadline passed, if it is one. */
struct fl_pause {
    int round;
    int64_t nap_ns;
};
bool fl_pause_(struct fl_pause *pause, int64_t deadline_ns);

#endif
