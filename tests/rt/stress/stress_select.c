/* Selects under load. Threads that each send to and receive from some of many channels, of every kind, by select and
 * otherwise, with timeouts that pass in the middle: nothing is lost, nothing comes twice, each sender's order in each
 * channel is kept, nobody is left asleep, nothing pairs with itself. */
#include "stress.h"

#include <fearless.h>

#include <string.h>

static FL_ATOMIC(uint64_t) alive; /* made and not dropped */
typedef struct {
    uint32_t sender; /* from 1; 0 is empty */
    uint32_t number;
} parcel;
static void parcel_drop(parcel *p)
{
    if (p->sender)
        fl_sub_relaxed(&alive, 1);
}
#define FL_OWNED parcel, parcel_drop
#include <fearless/owned.h>

enum { CHANNELS_MOST = 8, THREADS_MOST = 64, UNBOUNDED = -1 };

static void make(fl_sender(parcel) *tx, fl_shared_receiver(parcel) *rx, int capacity)
{
    fl_receiver(parcel) one;

    if (capacity == UNBOUNDED)
        fl_channel(tx, &one);
    else
        fl_sync_channel(tx, &one, (size_t)capacity);
    *rx = fl_share(fl_move(one));
}

/* ---- everybody sends to all and receives from all, by one select over both sides of each channel ---- */

struct crowd {
    int channels, threads;
    bool timeouts, only_rendezvous;
    uint32_t each;
    FL_ATOMIC(uint64_t) received[THREADS_MOST + 1]; /* of each sender, the sum of its numbers */
    FL_ATOMIC(uint64_t) count;
};
struct member {
    struct crowd *crowd;
    fl_sender(parcel) tx[CHANNELS_MOST];
    fl_shared_receiver(parcel) rx[CHANNELS_MOST];
    uint32_t number;
};

static void got_one(struct crowd *crowd, parcel *p)
{
    stress_check(p->sender >= 1 && p->sender <= (uint32_t)crowd->threads);
    fl_add_relaxed(&crowd->received[p->sender], p->number);
    fl_add_relaxed(&crowd->count, 1);
    fl_drop(*p);
}

/* Sends while it has something to send, receives at the same time; then drops its senders and receives until all are
 * closed. */
static void *send_and_receive(void *arg)
{
    struct member *me = arg;
    struct crowd *crowd = me->crowd;
    uint64_t random = stress_random_for(me->number);
    uint32_t sent = 0, open = (uint32_t)crowd->channels;

    while (sent < crowd->each || open > 0) {
        struct fl_case cases[2 * CHANNELS_MOST + 1];
        parcel out = { 0, 0 }, in = { 0, 0 };
        int n = 0, receives = crowd->channels, which;
        fl_status status;

        for (int i = 0; i < crowd->channels; i++)
            cases[n++] = fl_on_recv(me->rx[i], &in);
        if (sent < crowd->each) {
            out = (parcel){ me->number, sent + 1 };
            fl_add_relaxed(&alive, 1);
            for (int i = 0; i < crowd->channels; i++)
                cases[n++] = fl_on_send(me->tx[i], &out);
        }
        if (crowd->timeouts && stress_next(&random) % 4 == 0)
            cases[n++] = stress_next(&random) % 2 ? fl_on_timeout(fl_nanos((int64_t)(stress_next(&random) % 60000)))
                                                  : fl_on_none();
        which = fl_select_list(cases, (size_t)n);
        status = fl_selected();
        if (status == FL_TIMEOUT || status == FL_WOULD_BLOCK) {
            stress_check(which == n - 1);
            stress_check(in.sender == 0);
            if (sent < crowd->each) {
                stress_check(out.sender == me->number);
                fl_drop(out);
            }
        } else if (which < receives) {
            stress_check(out.sender == (sent < crowd->each ? me->number : 0));
            fl_drop(out);
            if (status == FL_CLOSED) {
                stress_check(in.sender == 0);
                fl_drop(me->rx[which]);
                open--;
            } else {
                stress_check(status == FL_OK);
                stress_check(!crowd->only_rendezvous || in.sender != me->number); /* not with itself */
                got_one(crowd, &in);
            }
        } else {
            stress_check(status == FL_OK);
            stress_check(out.sender == 0 && in.sender == 0);
            if (++sent == crowd->each)
                fl_drop(me->tx);
        }
    }
    return NULL;
}

static void all_with_all(int threads, int channels, const int *capacities, bool timeouts)
{
    struct crowd *crowd = calloc(1, sizeof *crowd);
    struct member *members = calloc((size_t)threads, sizeof *members);
    pthread_t t[THREADS_MOST];
    fl_sender(parcel) tx[CHANNELS_MOST] = { 0 };
    fl_shared_receiver(parcel) rx[CHANNELS_MOST] = { 0 };
    uint64_t each = 3000 * stress_size() / (unsigned)threads + 20;

    crowd->channels = channels;
    crowd->threads = threads;
    crowd->timeouts = timeouts;
    crowd->only_rendezvous = true;
    for (int i = 0; i < channels; i++)
        crowd->only_rendezvous &= capacities[i] == 0;
    crowd->each = (uint32_t)each;
    fl_store_relaxed(&alive, 0);
    for (int i = 0; i < channels; i++)
        make(&tx[i], &rx[i], capacities[i]);
    for (int m = 0; m < threads; m++) {
        members[m].crowd = crowd;
        members[m].number = (uint32_t)m + 1;
        for (int i = 0; i < channels; i++) {
            members[m].tx[i] = fl_clone(tx[i]);
            members[m].rx[i] = fl_clone(rx[i]);
        }
    }
    fl_drop(tx);
    fl_drop(rx);
    for (int m = 0; m < threads; m++)
        t[m] = stress_start(send_and_receive, &members[m]);
    for (int m = 0; m < threads; m++)
        pthread_join(t[m], NULL);
    stress_check(fl_load_relaxed(&alive) == 0);
    stress_check(fl_load_relaxed(&crowd->count) == (uint64_t)threads * each);
    for (int m = 1; m <= threads; m++)
        stress_check(fl_load_relaxed(&crowd->received[m]) == each * (each + 1) / 2);
    free(members);
    free(crowd);
}

/* ---- some send, some receive; plain calls and selects mixed on the same channels; order ---- */

struct party {
    int channels;
    uint32_t each;
    FL_ATOMIC(uint64_t) received;
};
struct guest {
    struct party *party;
    fl_sender(parcel) tx[CHANNELS_MOST];
    fl_shared_receiver(parcel) rx[CHANNELS_MOST];
    uint32_t number;
};

static void *send_somehow(void *arg)
{
    struct guest *me = arg;
    int channels = me->party->channels;
    uint64_t random = stress_random_for(me->number + 1000);

    for (uint32_t i = 1; i <= me->party->each;) {
        uint64_t r = stress_next(&random);
        int a = (int)(r / 16 % (unsigned)channels), b = (int)(r / 256 % (unsigned)channels);
        parcel p = { me->number, i };
        fl_status status;

        fl_add_relaxed(&alive, 1);
        switch (r % 8) {
        case 0:
            status = fl_send_timeout(me->tx[a], fl_nanos((int64_t)(r >> 32) % 50000), fl_move(p));
            break;
        case 1:
            status = fl_try_send_or(me->tx[a], &p);
            break;
        case 2:
            status = fl_send(me->tx[a], fl_move(p));
            break;
        case 3:
            (void)fl_select(fl_on_send(me->tx[a], &p), fl_on_send(me->tx[b], &p), fl_on_timeout(fl_micros(20)));
            status = fl_selected();
            break;
        default:
            (void)fl_select(fl_on_send(me->tx[a], &p), fl_on_send(me->tx[b], &p));
            status = fl_selected();
        }
        stress_check(status == FL_OK || status == FL_TIMEOUT || status == FL_FULL);
        fl_drop(p);
        i += status == FL_OK;
    }
    fl_drop(me->tx);
    return NULL;
}

static void *receive_somehow(void *arg)
{
    struct guest *me = arg;
    int channels = me->party->channels, open = channels;
    uint64_t random = stress_random_for(me->number + 2000);
    uint32_t last[CHANNELS_MOST][THREADS_MOST + 1];

    memset(last, 0, sizeof last);
    while (open > 0) {
        uint64_t r = stress_next(&random);
        int a = (int)(r / 16 % (unsigned)channels), b = (int)(r / 256 % (unsigned)channels), which = a;
        parcel p = { 0, 0 };
        fl_status status;

        if (!me->rx[a] && !me->rx[b])
            continue;
        if (r % 8 == 0 && me->rx[a]) {
            status = fl_recv_timeout(me->rx[a], &p, fl_nanos((int64_t)(r >> 32) % 50000));
        } else if (r % 8 == 1 && me->rx[a]) {
            status = fl_try_recv(me->rx[a], &p);
        } else {
            int s = fl_select(fl_on_recv(me->rx[a], &p), fl_on_recv(me->rx[b], &p), fl_on_timeout(fl_micros(500)));

            which = s == 1 ? b : a;
            status = fl_selected();
        }
        if (status == FL_CLOSED) {
            fl_drop(me->rx[which]);
            open--;
        } else if (status == FL_OK) {
            stress_check(p.sender >= 1 && p.number > last[which][p.sender]);
            last[which][p.sender] = p.number;
            fl_add_relaxed(&me->party->received, 1);
            fl_drop(p);
        } else {
            stress_check(p.sender == 0);
        }
    }
    return NULL;
}

static void some_send_some_receive(int senders, int receivers, int channels, const int *capacities)
{
    struct party *party = calloc(1, sizeof *party);
    struct guest *guests = calloc((size_t)(senders + receivers), sizeof *guests);
    pthread_t t[2 * THREADS_MOST];

    party->channels = channels;
    party->each = 3000 * stress_size() / (unsigned)senders + 20;
    fl_store_relaxed(&alive, 0);
    for (int i = 0; i < channels; i++) {
        fl_sender(parcel) tx;
        fl_shared_receiver(parcel) rx;

        make(&tx, &rx, capacities[i]);
        for (int g = 0; g < senders; g++)
            guests[g].tx[i] = fl_clone(tx);
        for (int g = senders; g < senders + receivers; g++)
            guests[g].rx[i] = fl_clone(rx);
        fl_drop(tx);
        fl_drop(rx);
    }
    for (int g = 0; g < senders + receivers; g++) {
        guests[g].party = party;
        guests[g].number = (uint32_t)g + 1;
        t[g] = stress_start(g < senders ? send_somehow : receive_somehow, &guests[g]);
    }
    for (int g = 0; g < senders + receivers; g++)
        pthread_join(t[g], NULL);
    stress_check(fl_load_relaxed(&alive) == 0);
    stress_check(fl_load_relaxed(&party->received) == (uint64_t)senders * party->each);
    free(guests);
    free(party);
}

/* ---- one value, one signal, two who wait: whoever is woken and takes the other one wakes the next ---- */

struct pair {
    fl_shared_receiver(int) c, d;
    fl_sender(int) answers;
};

static void *take_either(void *arg)
{
    struct pair *me = arg;
    int got, which;

    for (;;) {
        which = fl_select(fl_on_recv(me->c, &got), fl_on_recv(me->d, &got));
        if (fl_selected() == FL_CLOSED)
            break;
        stress_check(got == which);
        stress_check(fl_send(me->answers, got) == FL_OK);
    }
    return NULL;
}

static void *take_c(void *arg)
{
    struct pair *me = arg;
    int got;

    while (fl_recv(me->c, &got) == FL_OK)
        stress_check(got == 0 && fl_send(me->answers, got) == FL_OK);
    return NULL;
}

/* In each round both are idle. If the value's wake-up goes to the one who takes the signal, the value stays. */
static void nobody_sleeps_beside_a_value(int selects, int plain, int capacity)
{
    struct pair *p = calloc(1, sizeof *p);
    fl_sender(int) c, d;
    fl_receiver(int) one_c, one_d, answers;
    pthread_t t[8];
    int n = 0;

    if (capacity == UNBOUNDED)
        fl_channel(&c, &one_c);
    else
        fl_sync_channel(&c, &one_c, (size_t)capacity);
    fl_channel(&d, &one_d);
    fl_channel(&p->answers, &answers);
    p->c = fl_share(fl_move(one_c));
    p->d = fl_share(fl_move(one_d));
    for (int i = 0; i < selects; i++)
        t[n++] = stress_start(take_either, p);
    for (int i = 0; i < plain; i++)
        t[n++] = stress_start(take_c, p);
    for (unsigned i = 0; i < 3000 * stress_size(); i++) {
        int got[2];

        stress_check(fl_send(i % 2 ? c : d, i % 2 ? 0 : 1) == FL_OK);
        stress_check(fl_send(i % 2 ? d : c, i % 2 ? 1 : 0) == FL_OK);
        stress_check(fl_recv(answers, &got[0]) == FL_OK); /* the watchdog, if one is left */
        stress_check(fl_recv(answers, &got[1]) == FL_OK);
        stress_check(got[0] + got[1] == 1);
    }
    fl_drop(c);
    fl_drop(d);
    while (n > 0)
        pthread_join(t[--n], NULL);
    fl_drop(p->c);
    fl_drop(p->d);
    fl_drop(p->answers);
    fl_drop(answers);
    free(p);
}

/* ---- the same for places in a ring ---- */

struct places {
    fl_sender(int) c;
    fl_shared_receiver(int) d;
    fl_sender(int) answers;
    bool plain;
};

static void *put_or_hear(void *arg)
{
    struct places *me = arg;
    int v = 1, signal;

    for (;;) {
        v = 1;
        if (me->plain) {
            if (fl_send(me->c, v) != FL_OK)
                return NULL;
            continue;
        }
        if (fl_select(fl_on_send(me->c, &v), fl_on_recv(me->d, &signal)) == 1 && fl_selected() == FL_OK)
            stress_check(fl_send(me->answers, 2) == FL_OK);
        else if (fl_selected() == FL_CLOSED)
            return NULL;
    }
}

static void nobody_sleeps_beside_a_place(void)
{
    struct places *p = calloc(2, sizeof *p);
    fl_sender(int) d;
    fl_receiver(int) c, one_d, answers;
    pthread_t t[2];

    fl_sync_channel(&p[0].c, &c, 1);
    fl_channel(&d, &one_d);
    fl_channel(&p[0].answers, &answers);
    p[0].d = fl_share(fl_move(one_d));
    p[1] = p[0];
    p[1].plain = true;
    for (int i = 0; i < 2; i++)
        t[i] = stress_start(put_or_hear, &p[i]);
    for (unsigned i = 0; i < 5000 * stress_size(); i++) {
        int v;

        stress_check(fl_send(d, 2) == FL_OK);
        stress_check(fl_recv(c, &v) == FL_OK && v == 1);
        stress_check(fl_recv(c, &v) == FL_OK && v == 1);
        stress_check(fl_recv(answers, &v) == FL_OK && v == 2);
    }
    fl_drop(c);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    fl_drop(p[0].c);
    fl_drop(p[0].d);
    fl_drop(p[0].answers);
    fl_drop(d);
    fl_drop(answers);
    free(p);
}

/* ---- a rendezvous, both sides in selects that also have something else to do ---- */

struct duel {
    fl_sender(int) tx;
    fl_receiver(int) rx;
    bool timeouts;
    uint32_t rounds;
};

static void *duel_send(void *arg)
{
    struct duel *d = arg;

    for (uint32_t i = 0; i < d->rounds;) {
        int v = (int)i + 1, which;

        if (d->timeouts)
            which = fl_select(fl_on_timeout(fl_nanos(i % 7 * 3000)), fl_on_send(d->tx, &v)) - 1;
        else
            which = fl_select(fl_on_send(d->tx, &v));
        stress_check((v == 0) == (which == 0));
        i += which == 0;
    }
    fl_drop(d->tx);
    return NULL;
}

static void duel(bool timeouts)
{
    struct duel *d = calloc(1, sizeof *d);
    pthread_t t;
    int expected = 1;

    d->timeouts = timeouts;
    d->rounds = 5000 * stress_size();
    fl_sync_channel(&d->tx, &d->rx, 0);
    t = stress_start(duel_send, d);
    for (uint32_t i = 0;; i++) {
        int v = 0;
        int which = timeouts ? fl_select(fl_on_recv(d->rx, &v), fl_on_timeout(fl_nanos(i % 5 * 4000)))
                             : fl_select(fl_on_recv(d->rx, &v));

        if (which == 1)
            continue;
        if (fl_selected() == FL_CLOSED)
            break;
        stress_check(v == expected);
        expected++;
    }
    stress_check(expected == (int)d->rounds + 1);
    pthread_join(t, NULL);
    fl_drop(d->rx);
    free(d);
}

/* ---- timers that many threads share: each tick is received once ---- */

struct clockwork {
    fl_shared_receiver(struct fl_instant) tick, once;
    FL_ATOMIC(uint64_t) fired;
    FL_ATOMIC(int64_t) last;
};

static void *hear_ticks(void *arg)
{
    struct clockwork *c = arg;

    for (int i = 0; i < 50; i++) {
        struct fl_instant at;

        if (fl_select(fl_on_recv(c->once, &at), fl_on_recv(c->tick, &at)) == 0)
            fl_add_relaxed(&c->fired, 1);
        else
            stress_check(fl_as_nanos(fl_elapsed(at)) >= 0);
    }
    return NULL;
}

static void timers(void)
{
    struct clockwork *c = calloc(1, sizeof *c);
    pthread_t t[8];

    c->tick = fl_share(fl_tick(fl_micros(50)));
    c->once = fl_share(fl_after(fl_micros(300)));
    for (int i = 0; i < 8; i++)
        t[i] = stress_start(hear_ticks, c);
    for (int i = 0; i < 8; i++)
        pthread_join(t[i], NULL);
    stress_check(fl_load_relaxed(&c->fired) == 1);
    fl_drop(c->tick);
    fl_drop(c->once);
    free(c);
}

/* All are due, and everybody is after them: each is received by one. */
enum { TIMERS = 2000 };
struct hunt {
    fl_shared_receiver(struct fl_instant) timers[TIMERS];
    FL_ATOMIC(uint32_t) ready, got;
};

static void *hunt_timers(void *arg)
{
    struct hunt *h = arg;

    fl_add_relaxed(&h->ready, 1);
    while (fl_load_relaxed(&h->ready) < 4)
        sched_yield();
    for (int i = 0; i < TIMERS; i++)
        if (i % 2 ? fl_try_recv(h->timers[i], NULL) == FL_OK
                  : fl_select(fl_on_recv(h->timers[i], NULL), fl_on_none()) == 0)
            fl_add_relaxed(&h->got, 1);
    return NULL;
}

static void each_timer_fires_once(void)
{
    struct hunt *h = calloc(1, sizeof *h);
    pthread_t t[4];

    for (int i = 0; i < TIMERS; i++)
        h->timers[i] = fl_share(fl_after(fl_nanos(0)));
    for (int i = 0; i < 4; i++)
        t[i] = stress_start(hunt_timers, h);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    stress_check(fl_load_relaxed(&h->got) == TIMERS);
    fl_drop(h->timers);
    free(h);
}

int main(void)
{
    static const int zeros[] = { 0, 0, 0, 0, 0, 0, 0, 0 }, ones[] = { 1, 1, 1, 1, 1, 1, 1, 1 },
                     mixed[] = { 0, UNBOUNDED, 1, 2, 0, 3, UNBOUNDED, 7 };

    stress_begin("stress_select");
    for (int threads = 2; threads <= 64; threads *= 2)
        for (int channels = 1; channels <= 8; channels *= 8) {
            all_with_all(threads, channels, zeros, false);
            all_with_all(threads, channels, zeros, true);
            all_with_all(threads, channels, ones, threads % 4 == 0);
            all_with_all(threads, channels, mixed, threads % 8 == 0);
        }
    for (int threads = 1; threads <= 32; threads *= 4) {
        some_send_some_receive(threads, 2, 4, mixed);
        some_send_some_receive(2, threads, 2, zeros);
        some_send_some_receive(threads, threads, 8, mixed);
        some_send_some_receive(threads, threads, 3, ones);
    }
    nobody_sleeps_beside_a_value(1, 1, UNBOUNDED);
    nobody_sleeps_beside_a_value(2, 0, UNBOUNDED);
    nobody_sleeps_beside_a_value(2, 2, UNBOUNDED);
    nobody_sleeps_beside_a_value(1, 1, 4);
    nobody_sleeps_beside_a_value(2, 1, 0);
    nobody_sleeps_beside_a_place();
    duel(false);
    duel(true);
    timers();
    for (unsigned i = 0; i < 3 * stress_size(); i++)
        each_timer_fires_once();
    puts("ok");
    return 0;
}
