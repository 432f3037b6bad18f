/* The unbounded channel under load: nothing lost, nothing twice, each sender's order kept, nobody left asleep; with
 * blocks of one, two, three slots, so that most sends append a block and most receives leave one. */
#include "parcel.h"

struct run {
    fl_sender(parcel) tx;
    fl_receiver(parcel) rx;
    unsigned senders;
    uint32_t each;
    FL_ATOMIC(uint64_t) sent, refused;
};
struct sender {
    struct run *run;
    fl_sender(parcel) tx;
    uint32_t number;
};

/* slots: 0 for the usual blocks */
static struct run *run_new(unsigned senders, uint32_t each, uint32_t slots)
{
    struct run *run = calloc(1, sizeof *run);

    unbounded_of_blocks(slots, &run->tx, &run->rx);
    run->senders = senders;
    run->each = each;
    return run;
}

static void *send_all(void *arg)
{
    struct sender *me = arg;
    uint64_t random = stress_random_for(me->number);

    for (uint32_t i = 0; i < me->run->each; i++) {
        parcel p = { me->number, i };
        fl_status status;

        if (stress_next(&random) % 2) {
            status = fl_send(me->tx, fl_move(p));
        } else {
            status = fl_send_or(me->tx, &p);
            stress_check((p.sender == 0) == (status == FL_OK));
            fl_drop(p);
        }
        if (status == FL_OK) {
            fl_add_relaxed(&me->run->sent, 1);
        } else {
            stress_check(status == FL_CLOSED);
            fl_add_relaxed(&me->run->refused, 1);
        }
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

static void start_senders(struct run *run, struct sender *senders, pthread_t *threads)
{
    for (unsigned i = 0; i < run->senders; i++) {
        senders[i].run = run;
        senders[i].tx = fl_clone(run->tx);
        senders[i].number = i + 1;
        threads[i] = stress_start(send_all, &senders[i]);
    }
    fl_drop(run->tx);
}

static fl_status receive_somehow(fl_receiver(parcel) rx, parcel *ret, uint64_t how)
{
    switch (how % 8) {
    case 0:
        return fl_try_recv(rx, ret);
    case 1:
        return fl_recv_timeout(rx, ret, fl_nanos((int64_t)(how / 8 % 30000)));
    default:
        return fl_recv(rx, ret);
    }
}

/* ---- everything arrives, in order ---- */

static void all_arrive(unsigned senders, uint32_t slots)
{
    struct run *run = run_new(senders, 40000 * stress_size() / senders, slots);
    struct sender who[64];
    pthread_t threads[64];
    uint32_t next[65] = { 0 };
    uint64_t received = 0, random = stress_random_for(senders * 100 + slots);

    fl_store_relaxed(&parcel_drops, 0);
    start_senders(run, who, threads);
    for (;;) {
        parcel p = { 0, 0 };
        fl_status status = receive_somehow(run->rx, &p, stress_next(&random));

        if (status == FL_CLOSED)
            break;
        if (status == FL_EMPTY || status == FL_TIMEOUT) {
            stress_check(p.sender == 0);
            continue;
        }
        stress_check(status == FL_OK);
        stress_check(p.sender >= 1 && p.sender <= senders);
        stress_check(p.number == next[p.sender]);
        next[p.sender]++;
        received++;
        fl_drop(p);
    }
    for (unsigned i = 0; i < senders; i++)
        pthread_join(threads[i], NULL);
    stress_check(received == (uint64_t)senders * run->each);
    stress_check(fl_load_relaxed(&run->refused) == 0);
    stress_check(fl_load_relaxed(&parcel_drops) == received);
    stress_check(fl_len(run->rx) == 0 && fl_is_empty(run->rx));
    fl_drop(run->rx);
    free(run);
}

/* ---- the receiver goes in the middle: each value is received, refused or left, and dropped once ---- */

static void receiver_leaves(unsigned senders, uint32_t slots, uint64_t after)
{
    struct run *run = run_new(senders, 600, slots);
    struct sender who[64];
    pthread_t threads[64];
    uint64_t received = 0;

    fl_store_relaxed(&parcel_drops, 0);
    start_senders(run, who, threads);
    fl_for_each (p, run->rx)
        if (++received >= after)
            break;
    fl_drop(run->rx);
    for (unsigned i = 0; i < senders; i++)
        pthread_join(threads[i], NULL);
    stress_check(fl_load_relaxed(&run->sent) + fl_load_relaxed(&run->refused) == (uint64_t)senders * run->each);
    stress_check(received <= fl_load_relaxed(&run->sent));
    stress_check(fl_load_relaxed(&parcel_drops) == (uint64_t)senders * run->each);
    free(run);
}

/* ---- what one thread knows to have been sent is never denied ---- */

struct relay {
    fl_sender(int) tx;
    FL_ATOMIC(uint32_t) sent;
    uint32_t each;
};

static void *send_and_say(void *arg)
{
    struct relay *r = arg;

    for (uint32_t i = 0; i < r->each; i++) {
        stress_check(fl_send(r->tx, 1) == FL_OK);
        fl_add_release(&r->sent, 1);
    }
    return NULL;
}

static void nothing_sent_is_denied(unsigned senders)
{
    struct relay r = { .each = 10000 * stress_size() / senders };
    fl_receiver(int) rx;
    pthread_t threads[64];
    uint32_t received = 0;

    fl_channel(&r.tx, &rx);
    for (unsigned i = 0; i < senders; i++)
        threads[i] = stress_start(send_and_say, &r);
    while (received < r.each * senders) {
        uint32_t known = fl_load_acquire(&r.sent);
        fl_status status;
        int got;

        if (known > received)
            stress_check(!fl_is_empty(rx));
        status = fl_try_recv(rx, &got);
        stress_check(status == FL_OK || (status == FL_EMPTY && known <= received));
        received += status == FL_OK;
    }
    for (unsigned i = 0; i < senders; i++)
        pthread_join(threads[i], NULL);
    stress_check(fl_len(rx) == 0);
    fl_drop(r.tx);
    fl_drop(rx);
}

/* ---- short lives: closing from both sides at the same time, with a receiver that may be asleep ---- */

static void *drop_sender(void *arg)
{
    struct sender *me = arg;

    if (me->number % 2)
        fl_ignore(fl_send(me->tx, { me->number, 0 }));
    fl_drop(me->tx);
    return NULL;
}

static void *drain_and_drop(void *arg)
{
    struct run *run = arg;

    if (run->each)
        fl_for_each (p, run->rx)
            (void)p;
    fl_drop(run->rx);
    return NULL;
}

static void short_lives(void)
{
    uint64_t random = stress_random_for(77);

    for (unsigned i = 0; i < 1500 * stress_size(); i++) {
        uint64_t r = stress_next(&random);
        struct run *run = run_new(1, r % 2, (uint32_t)(r / 2 % 3));
        struct sender who = { run, fl_move(run->tx), (uint32_t)(r / 8 % 4 + 1) };
        pthread_t a, b;

        fl_store_relaxed(&parcel_drops, 0);
        a = stress_start(drain_and_drop, run);
        b = stress_start(drop_sender, &who);
        pthread_join(a, NULL);
        pthread_join(b, NULL);
        stress_check(fl_load_relaxed(&parcel_drops) == who.number % 2);
        free(run);
    }
}

int main(void)
{
    stress_begin("stress_channel");
    for (uint32_t slots = 0; slots <= 3; slots++)
        for (unsigned senders = 1; senders <= 64; senders *= 4)
            all_arrive(senders, slots);
    for (uint32_t slots = 0; slots <= 2; slots++)
        for (unsigned after = 1; after <= 1000; after *= 10) {
            receiver_leaves(2, slots, after);
            receiver_leaves(16, slots, after);
        }
    request_and_answer(UNBOUNDED, 10000 * stress_size());
    nothing_sent_is_denied(2);
    nothing_sent_is_denied(16);
    short_lives();
    puts("ok");
    return 0;
}
