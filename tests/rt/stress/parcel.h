/* What the stress tests of channels send, and what they all ask of a channel of any kind. */
#ifndef FL_TEST_PARCEL_H
#define FL_TEST_PARCEL_H

#include "chan.h"
#include "stress.h"

#include <fearless/channel.h>

#define UNBOUNDED (-1)

/* A value that knows who sent it, and is counted when it is dropped. */
static FL_ATOMIC(uint64_t) parcel_drops;
typedef struct {
    uint32_t sender; /* from 1; 0 is empty */
    uint32_t number;
} parcel;
static void parcel_drop(parcel *p)
{
    if (p->sender)
        fl_add_relaxed(&parcel_drops, 1);
}
#define FL_OWNED parcel, parcel_drop
#include <fearless/owned.h>

/* An unbounded channel whose blocks have so many slots; 0 for the usual. */
static inline void unbounded_of_blocks(uint32_t slots, fl_sender(parcel) *ret_tx, fl_receiver(parcel) *ret_rx)
{
    struct fl_element_ element = { sizeof(parcel), _Alignof(parcel), FL_DROP_OF_(*(parcel *)0) };
    struct fl_chan *chan = fl_chan_new_(element, slots);

    *ret_tx = (fl_sender(parcel))(uintptr_t)chan;
    *ret_rx = (fl_receiver(parcel))(uintptr_t)chan;
}

/* ---- request and answer: each side sleeps for the other, so one lost wake-up stops all ---- */

struct service {
    fl_receiver(int) requests;
    fl_sender(int) answers;
};

static void *serve(void *arg)
{
    struct service *s = arg;

    fl_for_each (n, s->requests)
        stress_check(fl_send(s->answers, n + 1) == FL_OK);
    fl_drop(s->answers);
    fl_drop(s->requests);
    return NULL;
}

FL_UNUSED_ static void request_and_answer(int64_t capacity, unsigned times)
{
    static struct service s;
    fl_sender(int) requests;
    fl_receiver(int) answers;
    pthread_t t;
    int n = 0;

    if (capacity == UNBOUNDED) {
        fl_channel(&requests, &s.requests);
        fl_channel(&s.answers, &answers);
    } else {
        fl_sync_channel(&requests, &s.requests, (size_t)capacity);
        fl_sync_channel(&s.answers, &answers, (size_t)capacity);
    }
    t = stress_start(serve, &s);
    for (unsigned i = 0; i < times; i++) {
        stress_check(fl_send(requests, n) == FL_OK);
        stress_check(fl_recv(answers, &n) == FL_OK);
        stress_check(n == (int)i + 1);
    }
    fl_drop(requests);
    stress_check(fl_recv(answers, &n) == FL_CLOSED);
    pthread_join(t, NULL);
    fl_drop(answers);
}

#endif
