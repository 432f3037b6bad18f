/* The little that the servers here need from the network: owned descriptors, listening, connecting, sending all of
 * something, and a descriptor that says when it is time to stop.
 *
 *     owned_fd listener, client;
 *     const char *why = net_listen(&listener, "127.0.0.1", "7777");
 *     ...
 *     if (net_accept(&client, &listener, &stop))
 *         fl_detach(fl_spawn(serve, fl_move(client)));        // the thread owns the connection, and its drop closes it
 *
 * No thread is woken by closing its descriptor under it: another thread may have got the same number by then. What
 * another thread is to be woken from is shut down (shutdown(2)), and closed by the last who holds it. */
#ifndef EXAMPLES_NET_H
#define EXAMPLES_NET_H

#include <fearless.h>

#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

/* A descriptor that closes itself. All zero would be standard input, so the empty one is written out. */
typedef struct {
    int fd;
} owned_fd;
static inline void owned_fd_drop(owned_fd *it)
{
    if (it->fd >= 0)
        close(it->fd);
}
#define FL_OWNED owned_fd, owned_fd_drop, ((owned_fd){ -1 })
#include <fearless/owned.h>

/* *fd becomes a socket that listens, or is connected. NULL, or why it did not work, and then *fd is empty. Port "0": a
 * free one, which net_port tells. */
const char *net_listen(owned_fd *fd, const char *address, const char *port);
const char *net_connect(owned_fd *fd, const char *host, const char *port);
unsigned net_port(const owned_fd *listener);

/* Blocks SIGINT and SIGTERM in this thread and those it starts afterwards, so call it before there are any; *fd becomes
 * readable when one of them comes. NULL, or why it did not work. */
const char *net_stop_signals(owned_fd *fd);

/* What a server begins with: *stop as above, *listener as above. False: not possible, and why is said on stderr. */
bool net_open(const char *program, owned_fd *stop, owned_fd *listener, const char *address, const char *port);

/* Waits for the next connection: true, and *client is it; false when *stop has become readable, or when there is no
 * listening any more (that is said on stderr). */
bool net_accept(owned_fd *client, const owned_fd *listener, const owned_fd *stop);

/* Sends all n bytes, in as many pieces as it takes. False: the other side is gone or takes nothing; no SIGPIPE. */
bool net_send_all(const owned_fd *fd, const char *bytes, size_t n);

#endif
