/* chat/server: a chat room. Who connects gives a name in the first line; every later line goes to all others.
 *
 *     chat_server [-a ADDRESS] [-p PORT]       # 127.0.0.1, 7777
 *     chat_client -p 7777 ada                  # in another terminal; `nc 127.0.0.1 7777` does, too
 *
 * Ctrl-C ends it gracefully: what has been said is delivered, everybody is told, every thread is joined.
 *
 * There is no lock in it. The room is a thread that owns the list of who is there; all others tell it what happens, and
 * it tells them what to write:
 *
 *     main     accepts ------- joined ------->                outbox ---> writer   one for each client
 *     reader   one for each    said, left --->     room       outbox ---> writer
 *              client                                         ...
 *
 * It shows scoped threads, channels of owned values (what is sent is the receiver's), a text that many outboxes share
 * (Arc), fl_select between work and the wish to stop, and that dropping a sender is how the other side learns that
 * nothing more will come. */
#include "../net/net.h"
#include "lines.h"
#include "room.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

enum {
    OUTBOX_ROOM = 1024, /* lines that may wait for a client; who is behind by more is disconnected */
    EVENTS_ROOM = 64,   /* when the room has so much to do, the readers wait, and then the clients do */
    SEND_SECONDS = 5,   /* for a client that takes nothing */
};

/* ---- one client: two threads ---- */

static FL_THREAD_FN(void, write_lines, shared_fd, socket, fl_receiver(shared_text), outbox)
{
    fl_auto(socket);
    fl_auto(outbox);

    fl_for_each (line, outbox)
        if (!net_send_all(fl_get(socket), fl_get(line)->s, strlen(fl_get(line)->s)))
            break;
    shutdown(fl_get(socket)->fd, SHUT_RDWR); /* so that the reader ends, too */
}

static FL_THREAD_FN(void, read_lines, shared_fd, socket, unsigned long, id, fl_sender(event), events)
{
    fl_auto(socket);
    fl_auto(events);
    struct lines lines = { .fd = fl_get(socket)->fd };
    fl_status status = FL_OK;

    while (status == FL_OK) {
        const char *line;
        switch (next_line(&lines, &line)) {
        case LINE:
            status = fl_send(events, { .what = SAID, .client = id, .line = text_of("%s", line) });
            break;
        case LINE_TOO_LONG:
            status = fl_send(events, { .what = SAID_TOO_MUCH, .client = id });
            break;
        case LINES_END:
            fl_ignore(fl_send(events, { .what = LEFT, .client = id }));
            return;
        }
    }
}

/* Starts its threads in the scope of main. Whatever fails, what it had is dropped, and that disconnects it. */
static fl_status serve(struct fl_scope *s, unsigned long id, owned_fd fd, fl_sender(event) events)
{
    const struct timeval patience = { .tv_sec = SEND_SECONDS };
    setsockopt(fd.fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(fd.fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));

    shared_fd socket = fl_arc_new(owned_fd, fl_move(fd));
    fl_auto(socket);
    fl_sender(shared_text) outbox_tx;
    fl_receiver(shared_text) outbox_rx;
    fl_check(fl_try_sync_channel(&outbox_tx, &outbox_rx, OUTBOX_ROOM));
    fl_auto(outbox_tx);

    fl_join_handle(void) writer, reader;
    fl_check(fl_try_spawn_in(&writer, s, write_lines, fl_clone(socket), fl_move(outbox_rx)));
    fl_detach(fl_move(writer)); /* it is one of the scope's threads all the same */
    fl_check(fl_send(events, { .what = JOINED, .client = id, .outbox = fl_move(outbox_tx),
                               .socket = fl_clone(socket) }));
    const fl_status status = fl_try_spawn_in(&reader, s, read_lines, fl_clone(socket), id, fl_clone(events));
    if (status == FL_OK)
        fl_detach(fl_move(reader));
    else
        fl_ignore(fl_send(events, { .what = LEFT, .client = id }));
    return status;
}

int main(int argc, char **argv)
{
    const char *address = "127.0.0.1", *port = "7777";
    bool right = true;

    for (int option; (option = getopt(argc, argv, "a:p:")) != -1;) {
        if (option == 'a')
            address = optarg;
        else if (option == 'p')
            port = optarg;
        else
            right = false;
    }
    if (!right || optind != argc) {
        fputs("usage: chat_server [-a ADDRESS] [-p PORT]\n", stderr);
        return 2;
    }

    owned_fd stop = { -1 }, listener = { -1 };
    fl_auto(stop);
    fl_auto(listener);
    if (!net_open("chat_server", &stop, &listener, address, port))
        return 1;
    printf("chat_server: %s port %u\n", address, net_port(&listener));
    fflush(stdout);

    fl_scope (s) {
        fl_sender(event) events_tx;
        fl_receiver(event) events_rx;
        fl_sync_channel(&events_tx, &events_rx, EVENTS_ROOM);
        fl_auto(events_tx);
        fl_sender(void) stop_tx; /* dropped at the end of this block, which is what the room waits for */
        fl_receiver(void) stop_rx;
        fl_channel(&stop_tx, &stop_rx);
        fl_auto(stop_tx);
        fl_spawn_in(s, keep_room, fl_move(events_rx), fl_move(stop_rx));

        for (unsigned long id = 1;; id++) {
            owned_fd connection;
            if (!net_accept(&connection, &listener, &stop))
                break;
            const fl_status status = serve(s, id, fl_move(connection), events_tx);
            if (status != FL_OK)
                fprintf(stderr, "chat_server: client %lu: %s\n", id, fl_status_text(status));
        }
    }
    return 0;
}
