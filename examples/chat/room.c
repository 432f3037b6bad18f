#include "room.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { NAME_MOST = 32 };

typedef struct {
    unsigned long id;
    text name; /* empty at first */
    fl_sender(shared_text) outbox;
    shared_fd socket;
} client;
FL_DROP_FIELDS(client, client_drop, name, outbox, socket)
#define FL_OWNED client, client_drop
#include <fearless/owned.h>

typedef struct {
    client *clients;
    size_t count, size;
} room;
static void room_drop(room *r)
{
    for (size_t i = 0; i < r->count; i++)
        fl_drop(r->clients[i]);
    free(r->clients);
}
#define FL_OWNED room, room_drop
#include <fearless/owned.h>

static client *find(room *r, unsigned long id)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->clients[i].id == id)
            return &r->clients[i];
    return NULL;
}

/* The room never waits for a client. */
static void tell(client *c, shared_text line)
{
    if (fl_try_send(c->outbox, fl_move(line)) == FL_FULL)
        shutdown(fl_get(c->socket)->fd, SHUT_RDWR); /* its reader sees the end, and tells us */
}

/* To everybody who has a name, but for one. All share the one text. */
static void tell_others(room *r, const client *except, text line)
{
    shared_text shared = fl_arc_new(text, fl_move(line));
    fl_auto(shared);

    for (size_t i = 0; i < r->count; i++)
        if (&r->clients[i] != except && r->clients[i].name.s)
            tell(&r->clients[i], fl_clone(shared));
}

static void let_in(room *r, event *e)
{
    if (r->count == r->size) {
        const size_t size = r->size ? 2 * r->size : 16;
        client *const more = realloc(r->clients, size * sizeof *more);
        if (!more)
            return; /* what the event has is dropped with it: the client is disconnected */
        r->clients = more;
        r->size = size;
    }
    r->clients[r->count++] =
        (client){ .id = e->client, .outbox = fl_move(e->outbox), .socket = fl_move(e->socket) };
}

static void give_name(room *r, client *c, const char *name)
{
    bool usable = *name && strlen(name) <= NAME_MOST;
    for (size_t i = 0; i < r->count && usable; i++)
        usable = !r->clients[i].name.s || strcmp(r->clients[i].name.s, name) != 0;
    if (!usable) {
        tell(c, fl_arc_new(text, text_of("* this name is taken, empty or too long; another one, please\n")));
        return;
    }
    tell_others(r, c, text_of("* %s joined\n", name));
    c->name = text_of("%s", name);
    tell(c, fl_arc_new(text, text_of("* welcome, %s\n", name)));
}

static void say_goodbye(room *r, client *c)
{
    if (c->name.s)
        tell_others(r, c, text_of("* %s left\n", c->name.s));
    fl_drop(*c); /* with the outbox's sender: its writer writes the rest, and ends */
    *c = fl_move(r->clients[--r->count]);
}

static void happen(room *r, event *e)
{
    client *const c = find(r, e->client);

    if (e->what == JOINED)
        let_in(r, e);
    else if (!c)
        return; /* there was no memory to let it in */
    else if (e->what == SAID_TOO_MUCH)
        tell(c, fl_arc_new(text, text_of("* a line has at most %d bytes; this one was not sent\n", LINE_MOST)));
    else if (e->what == LEFT)
        say_goodbye(r, c);
    else if (!c->name.s)
        give_name(r, c, e->line.s);
    else
        tell_others(r, c, text_of("%s: %s\n", c->name.s, e->line.s));
}

FL_THREAD_FN(void, keep_room, fl_receiver(event), events, fl_receiver(void), stop)
{
    fl_auto(events);
    fl_auto(stop);
    room r = { 0 };
    fl_auto(r);

    for (;;) {
        event e = { 0 };
        fl_auto(e);
        if (fl_select(fl_on_recv(events, &e), fl_on_recv(stop, NULL)) != 0 || fl_selected() != FL_OK)
            break;
        happen(&r, &e);
    }
    fl_try_for_each (e, events)
        happen(&r, &e);
    tell_others(&r, NULL, text_of("* the room is closing\n"));
}
