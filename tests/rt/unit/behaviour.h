/* For the black-box tests of channels: every kind of channel behind one face, and threads. */
#ifndef FL_TEST_BEHAVIOUR_H
#define FL_TEST_BEHAVIOUR_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fearless.h>

#include "asleep.h"
#include "atomic.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

/* ---- the kinds ---- */

#define UNBOUNDED SIZE_MAX
enum { RENDEZVOUS = 0 };
static const size_t capacities[] = { UNBOUNDED, RENDEZVOUS, 1, 2, 7 };
enum { CAPACITIES = sizeof capacities / sizeof *capacities };

/* What a kind of channel is, for the loops over all of them: its capacity, and whether its receiver is shared. */
struct kind {
    size_t capacity;
    bool shared;
};
FL_UNUSED_ static void kind_say(struct kind k)
{
    if (k.capacity == UNBOUNDED)
        print_message("  (unbounded%s)\n", k.shared ? ", shared" : "");
    else
        print_message("  (capacity %zu%s)\n", k.capacity, k.shared ? ", shared" : "");
}

/* A channel of T of any kind: one of rx and shared is set. DEFINE_ANY(name, T) makes `struct name` and
 * name_make, name_recv, name_try_recv, name_recv_timeout, name_drop_rx, name_drop. */
#define DEFINE_ANY(name, T)                                                                        \
    struct name {                                                                                  \
        fl_sender(T) tx;                                                                           \
        fl_receiver(T) rx;                                                                         \
        fl_shared_receiver(T) shared;                                                              \
    };                                                                                             \
    FL_UNUSED_ static struct name name##_make(struct kind k)                                       \
    {                                                                                              \
        struct name c = { 0 };                                                                     \
        if (k.capacity == UNBOUNDED)                                                               \
            fl_channel(&c.tx, &c.rx);                                                              \
        else                                                                                       \
            fl_sync_channel(&c.tx, &c.rx, k.capacity);                                             \
        if (k.shared)                                                                              \
            c.shared = fl_share(fl_move(c.rx));                                                    \
        return c;                                                                                  \
    }                                                                                              \
    FL_UNUSED_ static fl_status name##_recv(struct name *c, T *out)                                \
    {                                                                                              \
        return c->rx ? fl_recv(c->rx, out) : fl_recv(c->shared, out);                              \
    }                                                                                              \
    FL_UNUSED_ static fl_status name##_try_recv(struct name *c, T *out)                            \
    {                                                                                              \
        return c->rx ? fl_try_recv(c->rx, out) : fl_try_recv(c->shared, out);                      \
    }                                                                                              \
    FL_UNUSED_ static fl_status name##_recv_timeout(struct name *c, T *out, struct fl_duration d)  \
    {                                                                                              \
        return c->rx ? fl_recv_timeout(c->rx, out, d) : fl_recv_timeout(c->shared, out, d);        \
    }                                                                                              \
    FL_UNUSED_ static fl_status name##_recv_deadline(struct name *c, T *out, struct fl_instant t)  \
    {                                                                                              \
        return c->rx ? fl_recv_deadline(c->rx, out, t) : fl_recv_deadline(c->shared, out, t);      \
    }                                                                                              \
    FL_UNUSED_ static size_t name##_len(struct name *c)                                            \
    {                                                                                              \
        return c->rx ? fl_len(c->rx) : fl_len(c->shared);                                          \
    }                                                                                              \
    FL_UNUSED_ static void name##_drop_rx(struct name *c)                                          \
    {                                                                                              \
        fl_drop(c->rx);                                                                            \
        fl_drop(c->shared);                                                                        \
    }                                                                                              \
    FL_UNUSED_ static void name##_drop(struct name *c)                                             \
    {                                                                                              \
        fl_drop(c->tx);                                                                            \
        name##_drop_rx(c);                                                                         \
    }

/* for_each_kind(k) statement: the statement for each kind */
#define for_each_kind(k)                                                                           \
    for (int k##_i = 0; k##_i < 2 * CAPACITIES; k##_i++)                                           \
        for (struct kind k = { capacities[k##_i / 2], k##_i % 2 }, *k##_once = &k; k##_once; k##_once = NULL)

static inline pthread_t start(void *(*fn)(void *), void *arg)
{
    pthread_t t;

    if (pthread_create(&t, NULL, fn, arg) != 0)
        abort();
    return t;
}

/* In threads, where cmocka's assertions would jump off the stack. */
#define must(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);              \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
