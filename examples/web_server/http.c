#define _GNU_SOURCE /* asprintf */
#include "http.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/* ---- reading ---- */

static bool is_visible(const char *s)
{
    for (; *s; s++)
        if (*s <= ' ' || *s == 0x7f) /* also what is no ASCII: char may be signed or not */
            return false;
    return true;
}

static bool is_token(const char *s, size_t n)
{
    return n > 0 && strspn(s, "!#$%&'*+-.^_`|~0123456789"
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") >= n;
}

/* "GET /a?b HTTP/1.1", in place. */
static enum http_status parse_request_line(struct http_request *request, char *line)
{
    char *target = strchr(line, ' ');
    char *const version = target ? strchr(target + 1, ' ') : NULL;

    if (!version || !is_token(line, (size_t)(target - line)))
        return HTTP_BAD_REQUEST;
    *target++ = '\0';
    *version = '\0';
    unsigned major, minor;
    int parsed = 0;
    if (sscanf(version + 1, "HTTP/%1u.%1u%n", &major, &minor, &parsed) != 2 || version[1 + parsed])
        return HTTP_BAD_REQUEST;
    if (major != 1)
        return HTTP_BAD_VERSION;

    if (strncmp(target, "http://", 7) == 0) { /* what a proxy is asked for is understood, too */
        target = strchr(target + 7, '/');
        if (!target)
            return HTTP_BAD_REQUEST;
    }
    if (!is_visible(target) || (*target != '/' && strcmp(target, "*") != 0))
        return HTTP_BAD_REQUEST;
    target[strcspn(target, "?#")] = '\0';
    request->path = target;
    request->method = line;
    return HTTP_OK;
}

/* The next line and its length, if all of it has come, else NULL. */
static char *take_line(struct http_request *request, size_t *length)
{
    char *const line = request->head + request->parsed;
    char *const newline = memchr(line, '\n', request->length - request->parsed);

    if (!newline)
        return NULL;
    request->parsed = (size_t)(newline + 1 - request->head);
    *length = (size_t)(newline - line);
    if (*length > 0 && line[*length - 1] == '\r')
        --*length;
    line[*length] = '\0';
    return line;
}

/* HTTP_OK at the end of the head; HTTP_GONE: so far it is right, but not all has come. */
static enum http_status parse(struct http_request *request)
{
    size_t length;

    for (char *line; (line = take_line(request, &length));) {
        if (strlen(line) != length) /* a 0 in the middle */
            return HTTP_BAD_REQUEST;
        if (request->method && !*line)
            return HTTP_OK;
        const size_t name = strcspn(line, ":");
        if (request->method && !(line[name] && is_token(line, name)))
            return HTTP_BAD_REQUEST;
        if (!request->method && *line) { /* empty lines before the first one are to be ignored */
            const enum http_status status = parse_request_line(request, line);
            if (status != HTTP_OK)
                return status;
        }
    }
    return HTTP_GONE;
}

/* Waits until client can be read, without reading. 'c'lient, 's'top, or 't'imed out. */
static char wait_for(const owned_fd *client, const owned_fd *stop, struct fl_instant until)
{
    struct pollfd either[] = { { .fd = client->fd, .events = POLLIN }, { .fd = stop ? stop->fd : -1, .events = POLLIN } };

    for (;;) {
        const int64_t left = fl_as_millis(fl_until(until));
        const int ready = poll(either, 2, left < 0 ? 0 : (int)left + 1);
        if (ready > 0)
            return either[0].revents ? 'c' : 's';
        if (left < 0 || (ready < 0 && errno != EINTR))
            return 't';
    }
}

enum http_status http_read(struct http_request *request, const owned_fd *client, const owned_fd *stop)
{
    const struct fl_instant until = fl_deadline_in(fl_secs(HTTP_READ_SECONDS));

    for (;;) {
        const enum http_status status = parse(request);
        if (status != HTTP_GONE)
            return status;
        if (request->length == sizeof request->head)
            return request->method ? HTTP_HEAD_TOO_LONG : HTTP_URI_TOO_LONG;

        const bool is_silent = request->length == 0;
        switch (wait_for(client, is_silent ? stop : NULL, until)) {
        case 's':
            return HTTP_GONE;
        case 't':
            return is_silent ? HTTP_GONE : HTTP_TIMEOUT;
        }
        const ssize_t got = recv(client->fd, request->head + request->length, sizeof request->head - request->length,
                                 MSG_DONTWAIT);
        if (got == 0)
            return is_silent ? HTTP_GONE : HTTP_BAD_REQUEST; /* it may still read what we say to half a request */
        if (got < 0 && errno != EINTR && errno != EAGAIN)
            return HTTP_GONE;
        if (got > 0)
            request->length += (size_t)got;
    }
}

/* ---- answering ---- */

const char *http_status_text(enum http_status status)
{
    switch (status) {
    case HTTP_GONE:
        break;
    case HTTP_OK:
        return "200 OK";
    case HTTP_BAD_REQUEST:
        return "400 Bad Request";
    case HTTP_NOT_FOUND:
        return "404 Not Found";
    case HTTP_NOT_ALLOWED:
        return "405 Method Not Allowed";
    case HTTP_TIMEOUT:
        return "408 Request Timeout";
    case HTTP_URI_TOO_LONG:
        return "414 URI Too Long";
    case HTTP_HEAD_TOO_LONG:
        return "431 Request Header Fields Too Large";
    case HTTP_BAD_VERSION:
        return "505 HTTP Version Not Supported";
    }
    return "gone";
}

/* No more from us; what still comes is read and thrown away until the client closes, too, for a second at most. */
static void finish(const owned_fd *client)
{
    const struct fl_instant until = fl_deadline_in(fl_secs(HTTP_CLOSE_SECONDS));
    char rest[4096];

    shutdown(client->fd, SHUT_WR);
    while (fl_as_nanos(fl_until(until)) > 0 && wait_for(client, NULL, until) == 'c') {
        const ssize_t got = recv(client->fd, rest, sizeof rest, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
            return;
    }
}

void http_answer(const struct http_request *request, const owned_fd *client, enum http_status status, const char *body)
{
    const bool head_only = request->method && strcmp(request->method, "HEAD") == 0;
    const struct timeval patience = { .tv_sec = HTTP_SEND_SECONDS };
    char *answer;

    setsockopt(client->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const int length = asprintf(&answer,
                                "HTTP/1.1 %s\r\n"
                                "Content-Type: text/html; charset=utf-8\r\n"
                                "Content-Length: %zu\r\n"
                                "%s"
                                "Connection: close\r\n"
                                "\r\n"
                                "%s",
                                http_status_text(status), strlen(body),
                                status == HTTP_NOT_ALLOWED ? "Allow: GET, HEAD\r\n" : "", head_only ? "" : body);
    if (length < 0)
        fl_panic("no memory for an answer");
    const bool sent = net_send_all(client, answer, (size_t)length);
    free(answer);
    if (sent)
        finish(client);
}
