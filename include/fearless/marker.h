/* What a person says about a type that the checker cannot see.
 *
 *     struct FL_SEND job { void *data; };             // data is only ever the job's own: trust me
 *     struct FL_NOT_SYNC parser { int depth; };       // fine to move to another thread, not to share
 *
 * Send: a value may be given to another thread. Sync: several threads may use one value at once, each through a
 * pointer. The checker derives both from a type's fields. These marks say otherwise, at the author's risk; they
 * stand after `struct` and are nothing to the compiler. */
#ifndef FEARLESS_MARKER_H
#define FEARLESS_MARKER_H

#include <fearless/base.h>

#define FL_SEND FL_NOTE_("send")
#define FL_SYNC FL_NOTE_("sync")
#define FL_NOT_SEND FL_NOTE_("not_send")
#define FL_NOT_SYNC FL_NOTE_("not_sync")

/* On a parameter: the function takes the value over. Of a pointer, what it points to, which is empty afterwards:
 *
 *     void send_off(FL_MOVED struct parcel *p);
 *
 * A function whose body the checker sees needs no mark. */
#define FL_MOVED FL_NOTE_("moved")

/* For statements instead of types: the checker believes the author of the block that follows, and lists it
 * (`fearless check --list-unsafe`).
 *
 *     fl_unsafe {                                     // the buffer is ours until the device says so
 *         fill(buffer);
 *     }
 *
 * What the checker then takes on trust is what depends on where pointers lead and who else is there: locks (F0101,
 * F0102), borrows (E0505, E0515, E0597, E0716), what a thread is given (E0277, E0373, F0406), memory freed twice
 * (F0302), copies of owned values (F0304, E0507). What it sees for itself it goes on telling: a variable that is used
 * after its own move (E0382) or before it is set (E0381), a leak, an ignored status. An fl_unsafe that vouches for
 * nothing is F0901, a warning.
 *
 * Nothing to the compiler: a plain block, through which break, continue and return go as always. */
#ifdef __FEARLESS_CHECK__
FL_NOTE_("op.unsafe") int fl_check_unsafe_(void);
#define fl_unsafe if (fl_check_unsafe_()) ; else
#else
#define fl_unsafe
#endif

#endif
