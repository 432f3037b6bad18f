/* The rendezvous under load: every value goes from one hand to one hand; timeouts on both sides race with peers who
 * have chosen them already; selects that both send and receive on one channel never meet themselves. */
#include "traffic.h"

/* ---- both sides at once: each thread sends and receives on the same channel, by one wait for both ---- */

struct meeting {
    fl_sender(int) tx;
    fl_shared_receiver(int) rx;
    unsigned threads;
    uint32_t rounds;
    FL_ATOMIC(uint32_t) sent, received;
    FL_ATOMIC(int64_t) sum;
};
struct guest {
    struct meeting *meeting;
    int number; /* from 1 */
};

/* One wait: 0 if our value was sent, 1 if one was received, -1 if the time was over. */
static int64_t send_or_receive(struct fl_chan *chan, int *mine, int *got, int64_t deadline_ns)
{
    for (;;) {
        struct fl_wait_context context;
        struct fl_wait_entry sending = { .context = &context, .index = 0, .value = mine };
        struct fl_wait_entry receiving = { .context = &context, .index = 1, .value = got };
        bool in_time = true, ready;
        int64_t chosen;

        if (fl_chan_try_send_(chan, mine) == FL_OK)
            return 0;
        if (fl_chan_try_recv_(chan, got) == FL_OK)
            return 1;
        fl_wait_open_(&context);
        ready = fl_chan_watch_(chan, FL_SIDE_SEND_, &sending);
        ready = fl_chan_watch_(chan, FL_SIDE_RECV_, &receiving) || ready;
        if (!ready)
            in_time = fl_wait_sleep_(&context, deadline_ns);
        chosen = fl_wait_shut_(&context);
        fl_chan_unwatch_(chan, FL_SIDE_SEND_, &sending);
        fl_chan_unwatch_(chan, FL_SIDE_RECV_, &receiving);
        if (chosen >= 0)
            return chosen;
        if (!in_time)
            return -1;
    }
}

static void *meet_others(void *arg)
{
    struct guest *me = arg;
    struct meeting *m = me->meeting;
    struct fl_chan *chan = (struct fl_chan *)(uintptr_t)m->tx;
    uint64_t random = stress_random_for((uint64_t)me->number);

    while (fl_load_relaxed(&m->received) < m->rounds) {
        int mine = me->number, got = 0;
        int64_t deadline_ns = fl_now().fl_ns + (int64_t)(stress_next(&random) % 2000000);

        switch (send_or_receive(chan, &mine, &got, deadline_ns)) {
        case 0:
            fl_add_relaxed(&m->sent, 1);
            fl_add_relaxed(&m->sum, me->number);
            stress_check(got == 0);
            break;
        case 1:
            stress_check(got >= 1 && got <= (int)m->threads && got != me->number); /* not from ourselves */
            fl_add_relaxed(&m->received, 1);
            fl_sub_relaxed(&m->sum, got);
            break;
        default:
            stress_check(got == 0);
        }
    }
    return NULL;
}

static void meetings(unsigned threads)
{
    static struct meeting m;
    struct guest guests[64];
    pthread_t ids[64];
    fl_receiver(int) rx;

    m.threads = threads;
    m.rounds = 3000 * stress_size();
    fl_store_relaxed(&m.sent, 0);
    fl_store_relaxed(&m.received, 0);
    fl_store_relaxed(&m.sum, 0);
    fl_sync_channel(&m.tx, &rx, 0);
    m.rx = fl_share(fl_move(rx));
    for (unsigned i = 0; i < threads; i++) {
        guests[i] = (struct guest){ &m, (int)i + 1 };
        ids[i] = stress_start(meet_others, &guests[i]);
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    stress_check(fl_load_relaxed(&m.sent) == fl_load_relaxed(&m.received));
    stress_check(fl_load_relaxed(&m.sum) == 0);
    fl_drop(m.tx);
    fl_drop(m.rx);
}

static void alone_it_waits_in_vain(void)
{
    fl_sender(int) tx;
    fl_receiver(int) rx;
    int mine = 1, got = 0;

    fl_sync_channel(&tx, &rx, 0);
    stress_check(send_or_receive((struct fl_chan *)(uintptr_t)tx, &mine, &got, fl_now().fl_ns + 2000000) == -1);
    stress_check(got == 0);
    fl_drop(tx);
    fl_drop(rx);
}

static void short_lives(void)
{
    uint64_t random = stress_random_for(78);

    for (unsigned i = 0; i < 500 * stress_size(); i++) {
        uint64_t r = stress_next(&random);

        traffic((struct traffic){ .capacity = 0, .senders = (unsigned)(r / 2 % 2 + 1),
                                  .receivers = (unsigned)(r / 64 % 2 + 1), .each = (uint32_t)(r / 4 % 4),
                                  .leave_after = (uint32_t)(r / 16 % 3) });
    }
}

int main(void)
{
    stress_begin("stress_channel_rendezvous");
    alone_it_waits_in_vain();
    for (unsigned senders = 1; senders <= 64; senders *= 4) {
        for (unsigned receivers = 1; receivers <= 16; receivers *= 4) {
            for (int blocking_only = 0; blocking_only < 2; blocking_only++)
                traffic((struct traffic){ .capacity = 0, .senders = senders, .receivers = receivers,
                                          .each = 4000 * stress_size() / senders, .blocking_only = blocking_only });
        }
    }
    for (unsigned after = 1; after <= 100; after *= 10) {
        traffic((struct traffic){ .senders = 2, .receivers = 1, .each = 300, .leave_after = after });
        traffic((struct traffic){ .senders = 16, .receivers = 4, .each = 300, .leave_after = after,
                                  .blocking_only = true });
    }
    for (unsigned threads = 2; threads <= 32; threads *= 4)
        meetings(threads);
    short_lives();
    puts("ok");
    return 0;
}
