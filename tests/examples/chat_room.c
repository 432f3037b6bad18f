/* Drives examples/chat/server: chat_room SCENARIO PORT [CLIENTS MESSAGES]. Exit status 0, or a message and 1. Scenarios:
 *
 *   room        CLIENTS clients say MESSAGES lines each, at once; each line must reach every other client exactly once, in
 *               order for each sender. A client that breaks off in the middle of a line must be seen to leave.
 *   until-stop  the same, then prints "ready" and waits for the server to be stopped: everybody must be told.
 *   names       names that are taken, empty, too long; lines that are too long; what is no letter
 *   deaf        a client that reads nothing is disconnected, and holds up nobody */
#include "../../examples/net/net.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { MOST_CLIENTS = 64, LONG = 8192 };

/* ---- a client that reads with a deadline, so that nothing here waits for ever ---- */

typedef struct {
    owned_fd fd;
    size_t length;
    char bytes[LONG];
    char line[LONG];
} client;
FL_DROP_FIELDS(client, client_drop, fd)
#define FL_OWNED client, client_drop, ((client){ .fd = { -1 } })
#include <fearless/owned.h>

static const char *port;

static void say(const client *c, const char *line)
{
    if (!net_send_all(&c->fd, line, strlen(line)))
        fl_panic("cannot send: %s", strerror(errno));
}

/* The next line, or NULL: the server has closed. */
static const char *hear(client *c)
{
    for (;;) {
        char *const end = memchr(c->bytes, '\n', c->length);
        if (end) {
            const size_t n = (size_t)(end - c->bytes);
            memcpy(c->line, c->bytes, n);
            c->line[n] = '\0';
            c->length -= n + 1;
            memmove(c->bytes, end + 1, c->length);
            return c->line;
        }
        struct pollfd readable = { .fd = c->fd.fd, .events = POLLIN };
        if (poll(&readable, 1, 60000) == 0)
            fl_panic("nothing heard for a minute");
        const ssize_t got = recv(c->fd.fd, c->bytes + c->length, sizeof c->bytes - c->length, 0);
        if (got < 0)
            fl_panic("recv: %s", strerror(errno));
        if (got == 0 && c->length)
            fl_panic("the server broke off in the middle of a line");
        if (got == 0)
            return NULL;
        c->length += (size_t)got;
    }
}

static void expect(client *c, const char *wanted)
{
    const char *const line = hear(c);

    if (!line || strcmp(line, wanted) != 0)
        fl_panic("heard \"%s\", expected \"%s\"", line ? line : "(the end)", wanted);
}

static void enter(client *c, const char *name)
{
    char line[100];
    const char *const why = net_connect(&c->fd, "127.0.0.1", port);

    if (why)
        fl_panic("connect: %s", why);
    c->length = 0;
    snprintf(line, sizeof line, "%s\n", name);
    say(c, line);
    snprintf(line, sizeof line, "* welcome, %s", name);
    expect(c, line);
}

/* Closes as a machine does whose plug is pulled, nearly: a reset. */
static void vanish(client *c)
{
    setsockopt(c->fd.fd, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof(struct linger));
    fl_drop(c->fd);
}

/* ---- room ---- */

static int clients, messages;
static struct fl_barrier all;

static int say_something(const client *c, unsigned *random, char *text, size_t n)
{
    size_t piece;

    for (size_t at = 0; at < n; at += piece) { /* lines come in any pieces */
        *random = *random * 1103515245 + 12345;
        piece = 1 + (*random >> 16) % 40;
        if (piece > n - at)
            piece = n - at;
        if (!net_send_all(&c->fd, text + at, piece))
            return errno;
    }
    return 0;
}

static FL_THREAD_FN(void, take_part, int, me, bool, until_stop)
{
    client c = { .fd = { -1 } };
    fl_auto(c);
    char name[32];

    snprintf(name, sizeof name, "c%d", me);
    enter(&c, name);
    fl_barrier_wait(&all); /* all are in */

    if (me == 0) {
        client v = { .fd = { -1 } };
        enter(&v, "vanisher");
        say(&v, "half a line that nobody must he");
        vanish(&v);
    }
    char *const text = malloc((size_t)messages * 32 + 1);
    if (!text)
        fl_panic("out of memory");
    size_t n = 0;
    for (int i = 0; i < messages; i++)
        n += (size_t)sprintf(text + n, "%d%s", i, i % 2 ? "\n" : "\r\n");
    unsigned random = (unsigned)me + 1;
    const int failed = say_something(&c, &random, text, n);
    free(text);
    if (failed)
        fl_panic("cannot send: %s", strerror(failed));

    int next[MOST_CLIENTS] = { 0 }, left = 0;
    for (int heard = 0; heard < (clients - 1) * messages || !left;) {
        const char *const line = hear(&c);
        int who, what, end = 0;
        if (!line)
            fl_panic("%s was disconnected after %d lines", name, heard);
        if (sscanf(line, "c%d: %d%n", &who, &what, &end) == 2 && !line[end]) {
            if (who == me || who < 0 || who >= clients || what != next[who])
                fl_panic("%s heard \"%s\" and expected %d of that one", name, line, who == me ? -1 : next[who]);
            next[who]++;
            heard++;
        } else if (strcmp(line, "* vanisher left") == 0) {
            left++;
        } else if (*line != '*') {
            fl_panic("%s heard \"%s\"", name, line);
        }
    }
    fl_barrier_wait(&all); /* all have heard all: now any line more is one too many */

    if (me == 0)
        say(&c, "the end\n");
    else
        expect(&c, "c0: the end");
    fl_barrier_wait(&all);
    if (!until_stop)
        return;
    if (me == 0) {
        puts("ready");
        fflush(stdout);
    }
    expect(&c, "* the room is closing");
    if (hear(&c))
        fl_panic("the room is closing, and still talks");
}

static void fill_room(bool until_stop)
{
    all = (struct fl_barrier)FL_BARRIER((uint32_t)clients);
    fl_scope (s)
        for (int i = 0; i < clients; i++)
            fl_spawn_in(s, take_part, i, until_stop);
}

/* ---- names ---- */

static void try_names(void)
{
    client ada = { .fd = { -1 } }, bob = { .fd = { -1 } };
    fl_auto(ada);
    fl_auto(bob);
    char line[LONG];
    static const char another[] = "* this name is taken, empty or too long; another one, please";

    enter(&ada, "ada");
    const char *const why = net_connect(&bob.fd, "127.0.0.1", port);
    if (why)
        fl_panic("connect: %s", why);
    say(&bob, "ada\n");
    expect(&bob, another);
    say(&bob, "\r\n");
    expect(&bob, another);
    snprintf(line, sizeof line, "%033d\n", 0);
    say(&bob, line);
    expect(&bob, another);
    say(&bob, "bob\r\n");
    expect(&bob, "* welcome, bob");
    expect(&ada, "* bob joined");

    memset(line, 'x', sizeof line);
    strcpy(line + 1025, "\nok\n"); /* one more than there may be */
    say(&bob, line);
    expect(&bob, "* a line has at most 1024 bytes; this one was not sent");
    expect(&ada, "bob: ok");
    memset(line, 'x', sizeof line);
    strcpy(line + 1024, "\n");
    say(&ada, line);
    line[1024] = '\0';
    const char *const heard = hear(&bob);
    if (!heard || strncmp(heard, "ada: ", 5) != 0 || strcmp(heard + 5, line) != 0)
        fl_panic("a line of 1024 bytes does not arrive");
    for (int i = 0; i < 5; i++) { /* several buffers long */
        memset(line, 'y', sizeof line - 1);
        line[sizeof line - 1] = '\0';
        say(&bob, line);
    }
    say(&bob, "\nok\n");
    expect(&bob, "* a line has at most 1024 bytes; this one was not sent");
    expect(&ada, "bob: ok");

    say(&ada, "a\033[1mb\tc\n");
    expect(&bob, "ada: a?[1mb?c");
    say(&ada, "\n");
    expect(&bob, "ada: ");
    fl_drop(ada.fd);
    expect(&bob, "* ada left");
    enter(&ada, "ada"); /* the name is free again */
    expect(&bob, "* ada joined");
}

/* ---- deaf ---- */

static void tire_the_deaf(void)
{
    client deaf = { .fd = { -1 } }, loud = { .fd = { -1 } };
    fl_auto(deaf);
    fl_auto(loud);
    char line[1001];

    enter(&deaf, "deaf");
    setsockopt(deaf.fd.fd, SOL_SOCKET, SO_RCVBUF, &(int){ 4096 }, sizeof(int));
    enter(&loud, "loud");
    memset(line, 'z', sizeof line - 1);
    line[999] = '\n';
    line[1000] = '\0';
    struct pollfd readable = { .fd = loud.fd.fd, .events = POLLIN };
    for (int i = 0; poll(&readable, 1, 0) == 0; i++) {
        if (i == 200000)
            fl_panic("200 MB are waiting for a client that reads nothing");
        say(&loud, line);
    }
    expect(&loud, "* deaf left");
    client third = { .fd = { -1 } };
    fl_auto(third);
    enter(&third, "third");
    expect(&loud, "* third joined");
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    port = argv[2];
    clients = argc > 3 ? atoi(argv[3]) : 3;
    messages = argc > 4 ? atoi(argv[4]) : 10;
    if (clients < 2 || clients > MOST_CLIENTS || messages < 1)
        return 2;
    if (strcmp(argv[1], "room") == 0 || strcmp(argv[1], "until-stop") == 0)
        fill_room(strcmp(argv[1], "until-stop") == 0);
    else if (strcmp(argv[1], "names") == 0)
        try_names();
    else if (strcmp(argv[1], "deaf") == 0)
        tire_the_deaf();
    else
        return 2;
    return 0;
}
