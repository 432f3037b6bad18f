/* examples/chat/room.c alone: what cannot be seen from the other end of a socket. */
#include "../../examples/chat/room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <cmocka.h>

enum { LINES = 60 };

struct room_test {
    fl_sender(event) events;
    fl_receiver(event) events_rx;
    fl_sender(void) stop;
    fl_receiver(void) stop_rx;
};

static void open_room(struct room_test *t)
{
    fl_channel(&t->events, &t->events_rx);
    fl_channel(&t->stop, &t->stop_rx);
}

/* Everything has been said, and it is time to stop: the room has both before it at once. */
static void run_room(struct room_test *t)
{
    fl_drop(t->stop);
    keep_room(fl_move(t->events_rx), fl_move(t->stop_rx));
    fl_drop(t->events);
}

/* A client: its name, both ends of its socket, and the other end of its outbox. */
typedef struct {
    int fd;
    shared_fd socket; /* held, so that the room's dropping it closes nothing */
    fl_receiver(shared_text) outbox;
} guest;

/* With an outbox for so many lines. */
static guest enter(struct room_test *t, unsigned long id, const char *name, size_t size)
{
    guest g = { 0 };
    int ends[2];
    fl_sender(shared_text) tx;

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    g.fd = ends[1];
    g.socket = fl_arc_new(owned_fd, { ends[0] });
    fl_sync_channel(&tx, &g.outbox, size);
    fl_unwrap(fl_send(t->events, { .what = JOINED, .client = id, .outbox = fl_move(tx), .socket = fl_clone(g.socket) }));
    fl_unwrap(fl_send(t->events, { .what = SAID, .client = id, .line = text_of("%s", name) }));
    return g;
}

static void leave(guest *g)
{
    close(g->fd);
    fl_drop(g->socket);
    fl_drop(g->outbox);
}

/* Has the room shut its socket down? */
static bool is_shut_down(const guest *g)
{
    char byte;
    return recv(g->fd, &byte, 1, MSG_DONTWAIT) == 0;
}

static void expect(const guest *g, const char *wanted)
{
    shared_text line;

    assert_int_equal(fl_try_recv(g->outbox, &line), FL_OK);
    assert_string_equal(fl_get(line)->s, wanted);
    fl_drop(line);
}

static void what_was_said_before_the_stop_is_delivered(void **state)
{
    struct room_test t;
    char line[64];

    (void)state;
    open_room(&t);
    guest ada = enter(&t, 1, "ada", 2 * LINES), bob = enter(&t, 2, "bob", 2 * LINES);
    for (int i = 0; i < LINES; i++)
        fl_unwrap(fl_send(t.events, { .what = SAID, .client = 1, .line = text_of("%d", i) }));
    fl_unwrap(fl_send(t.events, { .what = SAID, .client = 7, .line = text_of("nobody's") }));
    fl_unwrap(fl_send(t.events, { .what = LEFT, .client = 1 }));
    run_room(&t);

    expect(&ada, "* welcome, ada\n");
    expect(&ada, "* bob joined\n");
    assert_int_equal(fl_try_recv(ada.outbox, NULL), FL_CLOSED);
    expect(&bob, "* welcome, bob\n");
    for (int i = 0; i < LINES; i++) {
        snprintf(line, sizeof line, "ada: %d\n", i);
        expect(&bob, line);
    }
    expect(&bob, "* ada left\n");
    expect(&bob, "* the room is closing\n");
    assert_int_equal(fl_try_recv(bob.outbox, NULL), FL_CLOSED);
    leave(&ada);
    leave(&bob);
}

static void a_full_outbox_shuts_its_client_down_and_nobody_else(void **state)
{
    struct room_test t;

    (void)state;
    open_room(&t);
    guest ada = enter(&t, 1, "ada", 3), bob = enter(&t, 2, "bob", 3);
    for (int i = 0; i < 5; i++) /* one of them fits behind "welcome" and "joined" */
        fl_unwrap(fl_send(t.events, { .what = SAID, .client = 2, .line = text_of("%d", i) }));
    run_room(&t);

    expect(&ada, "* welcome, ada\n");
    expect(&ada, "* bob joined\n");
    expect(&ada, "bob: 0\n");
    assert_int_equal(fl_try_recv(ada.outbox, NULL), FL_CLOSED);
    assert_true(is_shut_down(&ada));
    expect(&bob, "* welcome, bob\n");
    expect(&bob, "* the room is closing\n");
    assert_false(is_shut_down(&bob));
    leave(&ada);
    leave(&bob);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_said_before_the_stop_is_delivered),
        cmocka_unit_test(a_full_outbox_shuts_its_client_down_and_nobody_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
