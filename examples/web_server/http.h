/* As much of HTTP/1.1 as a server needs that answers one request for each connection. */
#ifndef EXAMPLES_WEB_SERVER_HTTP_H
#define EXAMPLES_WEB_SERVER_HTTP_H

#include "../net/net.h"

enum {
    HTTP_HEAD_MOST = 8192,  /* bytes of request line and header fields */
    HTTP_READ_SECONDS = 10, /* from the connection to the end of the head */
    HTTP_SEND_SECONDS = 10, /* for a client that takes nothing */
    HTTP_CLOSE_SECONDS = 1, /* for a client that does not close */
};

/* All zero at first. */
struct http_request {
    const char *method, *path; /* in head; NULL until the request line has come. The path is without a query. */
    size_t parsed, length;
    char head[HTTP_HEAD_MOST];
};

/* Reads a request, its body excepted. HTTP_OK; HTTP_GONE: there is nobody to answer, because the client went away before
 * it asked for anything, or was still silent when *stop became readable; otherwise the status to answer: the request is
 * no HTTP, too long, or too slow. */
enum http_status {
    HTTP_GONE = 0,
    HTTP_OK = 200,
    HTTP_BAD_REQUEST = 400,
    HTTP_NOT_FOUND = 404,
    HTTP_NOT_ALLOWED = 405,
    HTTP_TIMEOUT = 408,
    HTTP_URI_TOO_LONG = 414,
    HTTP_HEAD_TOO_LONG = 431,
    HTTP_BAD_VERSION = 505,
};
enum http_status http_read(struct http_request *request, const owned_fd *client, const owned_fd *stop);

/* "404 Not Found" */
const char *http_status_text(enum http_status status);

/* Sends the answer, of which HEAD gets the head alone, and waits until the client has it: closing a connection while
 * something unread has come would throw away what is still on its way to the client. */
void http_answer(const struct http_request *request, const owned_fd *client, enum http_status status, const char *body);

#endif
