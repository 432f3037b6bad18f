/* web_server: a web server on a pool of threads, which ends gracefully.
 *
 *     web_server [-a ADDRESS] [-p PORT] [-w WORKERS] [-s MILLISECONDS]     # 127.0.0.1, 7878, 4, 5000
 *     curl http://127.0.0.1:7878/                # hello
 *     curl http://127.0.0.1:7878/sleep           # the same after -s milliseconds; nobody else waits for it
 *     curl http://127.0.0.1:7878/nowhere         # 404
 *
 * Ctrl-C or SIGTERM ends it: it stops listening, answers every request that has been begun, joins its workers.
 *
 * It shows how little the shutdown takes when ownership is clear. A connection belongs to its job and is closed when
 * that ends, also by a panic; a job belongs to the pool; and dropping the pool (../thread_pool) finishes the jobs. What
 * the jobs share is behind an Arc and not changed. */
#include "../net/net.h"
#include "../thread_pool/thread_pool.h"
#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    owned_fd stop;           /* readable when it is time to go */
    struct fl_duration nap;  /* of /sleep */
} website;
FL_DROP_FIELDS(website, website_drop, stop)
#define FL_OWNED website, website_drop, ((website){ .stop = { -1 } })
#include <fearless/owned.h>

#define PAGE(title, text)                                                                          \
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>" title "</title></head>\n" \
    "<body><h1>" title "</h1><p>" text "</p></body>\n</html>\n"

static const char hello[] = PAGE("Hello!", "Hi from Fearless");
static const char not_found[] = PAGE("Oops!", "There is no such page.");
static const char not_allowed[] = PAGE("Oops!", "Pages here can only be read.");
static const char not_understood[] = PAGE("Oops!", "That was no request this server understands.");

/* What a request that was understood is answered. */
static const char *page(const struct http_request *request, const website *site, enum http_status *status)
{
    if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "HEAD") != 0) {
        *status = HTTP_NOT_ALLOWED;
        return not_allowed;
    }
    if (strcmp(request->path, "/sleep") == 0)
        fl_sleep(site->nap);
    else if (strcmp(request->path, "/") != 0) {
        *status = HTTP_NOT_FOUND;
        return not_found;
    }
    return hello;
}

/* The job: one connection, which is its own. */
static FL_THREAD_FN(void, serve, owned_fd, client, fl_arc(website), site)
{
    fl_auto(client);
    fl_auto(site);
    fl_thread me = fl_current();
    fl_auto(me);
    struct http_request request = { 0 };
    enum http_status status = http_read(&request, &client, &fl_get(site)->stop);

    if (status == HTTP_GONE)
        return;
    if (status != HTTP_OK) {
        printf("%s: %s\n", fl_thread_name(me), http_status_text(status));
        http_answer(&request, &client, status, not_understood);
        return;
    }
    printf("%s: %s %s\n", fl_thread_name(me), request.method, request.path);
    const char *const body = page(&request, fl_get(site), &status);
    http_answer(&request, &client, status, body);
    printf("%s: %s %s: %s\n", fl_thread_name(me), request.method, request.path, http_status_text(status));
}

/* Until it is time to stop, and what has been begun is done. */
static fl_status run(owned_fd listener, fl_arc(website) site, size_t workers)
{
    fl_auto(listener);
    fl_auto(site);
    thread_pool pool;
    fl_check(thread_pool_start(&pool, workers, workers));
    fl_auto(pool);

    for (;;) {
        owned_fd client;
        if (!net_accept(&client, &listener, &fl_get(site)->stop))
            break;
        /* Waits while all are busy and as many connections wait; others then wait in the system's queue. */
        fl_check(thread_pool_run(&pool, serve, fl_move(client), fl_clone(site)));
    }
    fl_drop(listener);
    puts("web_server: finishing what has been begun");
    fl_drop(pool);
    puts("web_server: done");
    return FL_OK;
}

static bool number(const char *s, unsigned long most, unsigned long *ret)
{
    char *end;

    *ret = strtoul(s, &end, 10);
    return *s >= '0' && *s <= '9' && !*end && *ret <= most;
}

int main(int argc, char **argv)
{
    const char *address = "127.0.0.1", *port = "7878";
    unsigned long workers = 4, nap = 5000;
    bool right = true;

    for (int option; (option = getopt(argc, argv, "a:p:w:s:")) != -1;) {
        if (option == 'a')
            address = optarg;
        else if (option == 'p')
            port = optarg;
        else if (option == 'w')
            right &= number(optarg, 1024, &workers) && workers > 0;
        else
            right &= option == 's' && number(optarg, 3600000, &nap);
    }
    if (!right || optind != argc) {
        fputs("usage: web_server [-a ADDRESS] [-p PORT] [-w WORKERS] [-s MILLISECONDS]\n", stderr);
        return 2;
    }

    owned_fd stop = { -1 }, listener = { -1 };
    fl_auto(stop);
    fl_auto(listener);
    if (!net_open("web_server", &stop, &listener, address, port))
        return 1;
    setvbuf(stdout, NULL, _IOLBF, 0); /* a line at a time, also into a file */
    printf("web_server: http://%s:%u/\n", address, net_port(&listener));

    const fl_status status = run(fl_move(listener), fl_arc_new(website, { fl_move(stop), fl_millis((int64_t)nap) }), workers);
    if (status != FL_OK)
        fprintf(stderr, "web_server: %s\n", fl_status_text(status));
    return status != FL_OK;
}
