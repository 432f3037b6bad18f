/* The room: a thread that owns the list of who is there. It is told what happens, and tells everybody what to write. */
#ifndef EXAMPLES_CHAT_ROOM_H
#define EXAMPLES_CHAT_ROOM_H

#include "../net/net.h"
#include "lines.h"

typedef fl_arc(text) shared_text;   /* one text, in the outboxes of all who are to get it */
typedef fl_arc(owned_fd) shared_fd; /* a socket, of its reader, its writer and the room; who is the last closes it */

/* What the room is told. */
typedef struct {
    enum { JOINED, SAID, SAID_TOO_MUCH, LEFT } what;
    unsigned long client;
    text line;                     /* SAID */
    fl_sender(shared_text) outbox; /* JOINED: where to say something to this client, */
    shared_fd socket;              /* and what to shut down if it does not listen */
} event;
FL_DROP_FIELDS(event, event_drop, line, outbox, socket)
#define FL_OWNED event, event_drop
#include <fearless/owned.h>

/* The room's thread. It ends when the sender of `stop` is dropped, after what it has been told by then. With its clients it
 * drops the senders of their outboxes, after a last line. It waits for nobody: a client whose outbox is full is
 * shut down. */
FL_THREAD_FN_DECL(void, keep_room, fl_receiver(event), events, fl_receiver(void), stop);

#endif
