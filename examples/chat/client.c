/* chat/client: takes part in a chat/server's room.
 *
 *     chat_client [-a HOST] [-p PORT] NAME     # 127.0.0.1, 7777
 *
 * What is typed goes to the others, what they say is printed. End of file (Ctrl-D) leaves, after the server has said
 * all it had to say.
 *
 * Two threads wait for lines, one at the keyboard and one at the socket, and each sends them to a channel of its own.
 * Main waits for both channels at once (fl_select), so nothing here is shared. */
#include "../net/net.h"
#include "lines.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

typedef fl_arc(owned_fd) shared_fd;

static FL_THREAD_FN(void, read_lines, shared_fd, from, fl_sender(text), to)
{
    fl_auto(from);
    fl_auto(to);
    struct lines lines = { .fd = fl_get(from)->fd };
    const char *line;

    for (enum line got; (got = next_line(&lines, &line)) != LINES_END;) {
        if (got == LINE_TOO_LONG)
            fprintf(stderr, "chat_client: a line of more than %d bytes is left out\n", LINE_MOST);
        else if (fl_send(to, text_of("%s", line)) != FL_OK)
            return;
    }
}

static bool send_line(const owned_fd *server, const char *line)
{
    text with_end = text_of("%s\n", line);
    fl_auto(with_end);
    return net_send_all(server, with_end.s, strlen(with_end.s));
}

/* Until the server has closed. Had we left by then? */
static bool talk(const owned_fd *server, fl_receiver(text) typed, fl_receiver(text) heard)
{
    bool left = false;
    fl_auto(typed);
    fl_auto(heard);

    for (;;) {
        text line = { 0 };
        fl_auto(line);
        switch (fl_select(fl_on_recv(heard, &line), fl_on_recv(typed, &line))) {
        case 0:
            if (fl_selected() != FL_OK)
                return left;
            puts(line.s);
            break;
        case 1:
            if (fl_selected() == FL_OK && send_line(server, line.s))
                break;
            shutdown(server->fd, SHUT_WR);
            left = true;
            fl_drop(typed);
            typed = fl_never(text); /* a closed channel would be ready again and again */
            break;
        }
    }
}

int main(int argc, char **argv)
{
    const char *host = "127.0.0.1", *port = "7777";
    bool right = true;

    for (int option; (option = getopt(argc, argv, "a:p:")) != -1;) {
        if (option == 'a')
            host = optarg;
        else if (option == 'p')
            port = optarg;
        else
            right = false;
    }
    if (!right || optind != argc - 1) {
        fputs("usage: chat_client [-a HOST] [-p PORT] NAME\n", stderr);
        return 2;
    }

    owned_fd server = { -1 }, keyboard = { fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) };
    fl_auto(server);
    fl_auto(keyboard);
    const char *const why = net_connect(&server, host, port);
    if (why || !send_line(&server, argv[optind])) {
        fprintf(stderr, "chat_client: %s port %s: %s\n", host, port, why ? why : "it does not listen to us");
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);

    shared_fd socket = fl_arc_new(owned_fd, fl_move(server));
    fl_auto(socket);
    fl_sender(text) typed_tx, heard_tx;
    fl_receiver(text) typed, heard;
    fl_channel(&typed_tx, &typed);
    fl_channel(&heard_tx, &heard);
    /* Nobody joins them: one may be waiting for the keyboard for ever. They end with the process. */
    fl_detach(fl_spawn(read_lines, fl_arc_new(owned_fd, fl_move(keyboard)), fl_move(typed_tx)));
    fl_detach(fl_spawn(read_lines, fl_clone(socket), fl_move(heard_tx)));

    if (talk(fl_get(socket), fl_move(typed), fl_move(heard)))
        return 0;
    fputs("chat_client: the server has closed the connection\n", stderr);
    return 1;
}
