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
 * Nothing to the compiler: a plain block, through which break, continue and return go as always. */
#define fl_unsafe

#endif
