/* Traffic for channels of any kind, from many senders to many receivers, by every operation there is; and the books that
 * are kept of it: nothing lost, nothing twice, each sender's order kept, every value dropped once, nobody left asleep.
 *
 *     traffic((struct traffic){ .capacity = 3, .senders = 4, .receivers = 2, .each = 1000 });
 *
 * With .leave_after, the receivers go away after so many values each, and the senders come to nothing. */
#ifndef FL_TEST_TRAFFIC_H
#define FL_TEST_TRAFFIC_H

#include "parcel.h"

#include <fearless/get.h>

struct traffic {
    int64_t capacity; /* UNBOUNDED, or as for fl_sync_channel */
    uint32_t slots;   /* unbounded: per block, 0 for the usual */
    unsigned senders, receivers; /* one receiver: not shared, unless .share says so */
    bool share;
    uint32_t each;        /* so many from each sender */
    uint32_t leave_after; /* 0: receive to the end */
    bool blocking_only;   /* fl_send and fl_recv alone: what nobody wakes sleeps for ever */
};

struct traffic_run {
    struct traffic how;
    fl_sender(parcel) tx;
    fl_receiver(parcel) rx;
    fl_shared_receiver(parcel) shared;
    FL_ATOMIC(uint64_t) sent, refused, received;
    FL_ATOMIC(uint8_t) *seen; /* per value: how often it was received */
};
struct traffic_party {
    struct traffic_run *run;
    uint32_t number; /* from 1 */
    fl_sender(parcel) tx;
    fl_receiver(parcel) rx;
    fl_shared_receiver(parcel) shared;
};

static fl_status traffic_send(struct traffic_party *me, parcel p, uint64_t how)
{
    fl_status status;

    if (me->run->how.blocking_only)
        return fl_send(me->tx, fl_move(p));
    switch (how % 6) {
    case 0:
        while ((status = fl_try_send_or(me->tx, &p)) == FL_FULL)
            sched_yield();
        stress_check((p.sender == 0) == (status == FL_OK));
        break;
    case 1:
        for (;;) { /* not _or: a copy is dropped, which is not counted as one of the values */
            parcel copy = p;

            status = fl_send_timeout(me->tx, fl_nanos((int64_t)(how / 8 % 50000)), fl_move(copy));
            if (status != FL_TIMEOUT)
                break;
            fl_sub_relaxed(&parcel_drops, 1);
        }
        fl_forget(p);
        return status;
    case 2:
        status = fl_send_or(me->tx, &p);
        stress_check((p.sender == 0) == (status == FL_OK));
        break;
    case 3: {
        parcel copy = p;

        status = fl_try_send(me->tx, fl_move(copy));
        if (status == FL_FULL) {
            fl_sub_relaxed(&parcel_drops, 1);
            status = fl_send_deadline(me->tx, fl_deadline_in(fl_secs(3600)), fl_move(p));
        } else {
            fl_forget(p);
        }
        return status;
    }
    default:
        return fl_send(me->tx, fl_move(p));
    }
    fl_drop(p);
    return status;
}

static void *traffic_sender(void *arg)
{
    struct traffic_party *me = arg;
    struct traffic_run *run = me->run;
    uint64_t random = stress_random_for(me->number);

    for (uint32_t i = 0; i < run->how.each; i++) {
        fl_status status = traffic_send(me, (parcel){ me->number, i }, stress_next(&random));

        stress_check(status == FL_OK || status == FL_CLOSED);
        if (status == FL_OK)
            fl_add_relaxed(&run->sent, 1);
        else
            fl_add_relaxed(&run->refused, 1);
        if (stress_next(&random) % 64 == 0) { /* a clone that comes and goes */
            fl_sender(parcel) other = fl_clone(me->tx);

            fl_drop(me->tx);
            me->tx = other;
        }
        if (stress_next(&random) % 256 == 0)
            sched_yield();
    }
    fl_drop(me->tx);
    return NULL;
}

#define TRAFFIC_RECV_SOMEHOW(rx, p, how, only)                                                     \
    ((only)           ? fl_recv(rx, p)                                                             \
     : (how) % 8 == 0 ? fl_try_recv(rx, p)                                                         \
     : (how) % 8 == 1 ? fl_recv_timeout(rx, p, fl_nanos((int64_t)((how) / 8 % 30000)))             \
     : (how) % 8 == 2 ? fl_recv_deadline(rx, p, fl_deadline_in(fl_secs(3600)))                     \
                      : fl_recv(rx, p))

static void *traffic_receiver(void *arg)
{
    struct traffic_party *me = arg;
    struct traffic_run *run = me->run;
    uint64_t random = stress_random_for(1000 + me->number);
    uint32_t next[65] = { 0 }, count = 0;

    while (!run->how.leave_after || count < run->how.leave_after) {
        parcel p = { 0, 0 };
        uint64_t how = stress_next(&random);
        bool only = run->how.blocking_only;
        fl_status status = me->rx ? TRAFFIC_RECV_SOMEHOW(me->rx, &p, how, only)
                                  : TRAFFIC_RECV_SOMEHOW(me->shared, &p, how, only);

        if (status == FL_CLOSED) {
            stress_check(p.sender == 0);
            break;
        }
        if (status == FL_EMPTY || status == FL_TIMEOUT) {
            stress_check(p.sender == 0);
            if (stress_next(&random) % 16 == 0)
                sched_yield();
            continue;
        }
        stress_check(status == FL_OK);
        stress_check(p.sender >= 1 && p.sender <= run->how.senders && p.number < run->how.each);
        stress_check(p.number >= next[p.sender]); /* of one sender, each receiver sees them in order */
        next[p.sender] = p.number + 1;
        stress_check(fl_add_relaxed(&run->seen[(size_t)(p.sender - 1) * run->how.each + p.number], 1) == 0);
        fl_add_relaxed(&run->received, 1);
        count++;
        fl_drop(p);
        if (!me->rx && stress_next(&random) % 64 == 0) {
            fl_shared_receiver(parcel) other = fl_clone(me->shared);

            fl_drop(me->shared);
            me->shared = other;
        }
    }
    fl_drop(me->rx);
    fl_drop(me->shared);
    return NULL;
}

static void traffic(struct traffic how)
{
    struct traffic_run *run = calloc(1, sizeof *run);
    struct traffic_party *parties = calloc(how.senders + how.receivers, sizeof *parties);
    pthread_t threads[128];
    uint64_t all = (uint64_t)how.senders * how.each;

    fl_store_relaxed(&parcel_drops, 0);
    run->how = how;
    run->seen = calloc(all, sizeof *run->seen);
    if (how.capacity == UNBOUNDED)
        unbounded_of_blocks(how.slots, &run->tx, &run->rx);
    else
        fl_sync_channel(&run->tx, &run->rx, (size_t)how.capacity);
    if (how.receivers > 1 || how.share)
        run->shared = fl_share(fl_move(run->rx));
    for (unsigned i = 0; i < how.senders + how.receivers; i++) {
        bool sends = i < how.senders;

        parties[i].run = run;
        parties[i].number = sends ? i + 1 : i - how.senders + 1;
        if (sends)
            parties[i].tx = fl_clone(run->tx);
        else if (run->rx)
            parties[i].rx = fl_move(run->rx);
        else
            parties[i].shared = fl_clone(run->shared);
    }
    fl_drop(run->shared);
    fl_drop(run->tx);
    for (unsigned i = 0; i < how.senders + how.receivers; i++)
        threads[i] = stress_start(i < how.senders ? traffic_sender : traffic_receiver, &parties[i]);
    for (unsigned i = 0; i < how.senders + how.receivers; i++)
        pthread_join(threads[i], NULL);
    stress_check(fl_load_relaxed(&run->sent) + fl_load_relaxed(&run->refused) == all);
    stress_check(fl_load_relaxed(&parcel_drops) == all);
    stress_check(fl_load_relaxed(&run->received) <= fl_load_relaxed(&run->sent));
    if (!how.leave_after)
        stress_check(fl_load_relaxed(&run->received) == all);
    free(run->seen);
    free(parties);
    free(run);
}

#endif
