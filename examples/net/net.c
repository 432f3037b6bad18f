#define _GNU_SOURCE /* accept4 */
#include "net.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

/* The first of an address' meanings for which `use` (bind and listen, or connect) works. */
static const char *open_socket(owned_fd *fd, const char *host, const char *port, int flags,
                               bool (*use)(int fd, const struct addrinfo *))
{
    const struct addrinfo wanted = { .ai_flags = flags, .ai_socktype = SOCK_STREAM };
    struct addrinfo *all = NULL;

    fd->fd = -1;
    char *end;
    if (strtoul(port, &end, 10) > 65535 || *end || *port < '0' || *port > '9')
        return "a port is a number up to 65535"; /* the library would take what is left of it */
    const int failed = getaddrinfo(host, port, &wanted, &all);
    if (failed)
        return failed == EAI_SYSTEM ? strerror(errno) : gai_strerror(failed);
    int why = EADDRNOTAVAIL;
    for (const struct addrinfo *one = all; one && fd->fd < 0; one = one->ai_next) {
        owned_fd tried = { socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol) };
        fl_auto(tried);
        if (tried.fd >= 0 && use(tried.fd, one))
            *fd = fl_move(tried);
        else
            why = errno;
    }
    freeaddrinfo(all);
    return fd->fd >= 0 ? NULL : strerror(why);
}

static bool use_for_listening(int fd, const struct addrinfo *at)
{
    /* Started again, a server gets its port back although connections of before are still on their way out. */
    const int flags = fcntl(fd, F_GETFL);
    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == 0 &&
           bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0 &&
           /* who is gone between poll and accept must not make accept wait for the next one */
           flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

static bool use_for_connecting(int fd, const struct addrinfo *at)
{
    return connect(fd, at->ai_addr, at->ai_addrlen) == 0;
}

const char *net_listen(owned_fd *fd, const char *address, const char *port)
{
    return open_socket(fd, address, port, AI_PASSIVE, use_for_listening);
}

const char *net_connect(owned_fd *fd, const char *host, const char *port)
{
    return open_socket(fd, host, port, 0, use_for_connecting);
}

unsigned net_port(const owned_fd *listener)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at = { 0 };
    socklen_t size = sizeof at;

    if (getsockname(listener->fd, &at.any, &size) != 0)
        return 0;
    return ntohs(at.any.sa_family == AF_INET6 ? at.v6.sin6_port : at.v4.sin_port);
}

const char *net_stop_signals(owned_fd *fd)
{
    sigset_t signals;

    fd->fd = -1;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    const int failed = pthread_sigmask(SIG_BLOCK, &signals, NULL);
    if (failed)
        return strerror(failed);
    fd->fd = signalfd(-1, &signals, SFD_CLOEXEC);
    return fd->fd >= 0 ? NULL : strerror(errno);
}

bool net_open(const char *program, owned_fd *stop, owned_fd *listener, const char *address, const char *port)
{
    const char *why = net_stop_signals(stop);

    if (!why)
        why = net_listen(listener, address, port);
    if (why)
        fprintf(stderr, "%s: %s port %s: %s\n", program, address, port, why);
    return !why;
}

bool net_accept(owned_fd *client, const owned_fd *listener, const owned_fd *stop)
{
    struct pollfd either[] = { { .fd = stop->fd, .events = POLLIN }, { .fd = listener->fd, .events = POLLIN } };

    client->fd = -1;
    for (;;) {
        if (poll(either, 2, -1) < 0 && errno != EINTR) {
            perror("poll");
            return false;
        }
        if (either[0].revents)
            return false;
        if (!either[1].revents)
            continue;
        client->fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
        if (client->fd >= 0)
            return true;
        switch (errno) {
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM: /* the connection stays in the queue: try again a little later, not at once for ever */
            perror("accept");
            poll(either, 1, 100);
            break;
        case EBADF:
        case EINVAL:
        case ENOTSOCK:
        case EOPNOTSUPP:
            perror("accept");
            return false;
        default: /* this one connection is gone already */
            break;
        }
    }
}

bool net_send_all(const owned_fd *fd, const char *bytes, size_t n)
{
    while (n > 0) {
        const ssize_t sent = send(fd->fd, bytes, n, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return false;
        bytes += sent;
        n -= (size_t)sent;
    }
    return true;
}
