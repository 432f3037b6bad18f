/* Shared receivers under load: many take from one channel, each value goes to one of them, and nobody sleeps on while a
 * value is there. */
#include "traffic.h"

static const int64_t capacities[] = { UNBOUNDED, 1, 2, 3, 128 };

/* ---- a wake-up whose taker does something else is passed on ---- */

/* Two receivers wait on each of two channels: one by a plain fl_recv, one by a wait for both channels at once. One value
 * is sent to each channel at the same time. Whatever the wait for both takes, and whichever wake-ups it used up, the
 * plain receivers and it together must get both values; who is left gets FL_CLOSED. */
struct pair {
    fl_sender(int) tx[2];
    fl_shared_receiver(int) rx[2];
    FL_ATOMIC(uint32_t) received, waiting;
};
struct pair_party {
    struct pair *pair;
    int which;
};

static void *receive_plainly(void *arg)
{
    struct pair_party *me = arg;
    int got;

    fl_add_relaxed(&me->pair->waiting, 1);
    if (fl_recv(me->pair->rx[me->which], &got) == FL_OK)
        fl_add_release(&me->pair->received, 1);
    return NULL;
}

static void *receive_from_either(void *arg)
{
    struct pair_party *me = arg;
    struct fl_chan *chan[2];
    bool done = false;
    int got;

    fl_add_relaxed(&me->pair->waiting, 1);
    for (int i = 0; i < 2; i++)
        chan[i] = (struct fl_chan *)(uintptr_t)me->pair->rx[i];
    while (!done) {
        struct fl_wait_context context;
        struct fl_wait_entry entry[2];
        bool ready = false;

        fl_wait_open_(&context);
        for (int i = 0; i < 2; i++) {
            entry[i] = (struct fl_wait_entry){ .context = &context, .index = (uint32_t)i };
            ready |= fl_chan_watch_(chan[i], FL_SIDE_RECV_, &entry[i]);
        }
        if (!ready)
            (void)fl_wait_sleep_(&context, FL_NEVER_NS_);
        (void)fl_wait_shut_(&context);
        for (int i = 0; i < 2 && !done; i++) {
            fl_status status = fl_chan_try_recv_(chan[i], &got);

            if (status == FL_OK)
                fl_add_release(&me->pair->received, 1);
            done = status != FL_EMPTY;
        }
        for (int i = 0; i < 2; i++)
            fl_chan_unwatch_(chan[i], FL_SIDE_RECV_, &entry[i]);
    }
    return NULL;
}

static void *send_one(void *arg)
{
    struct pair_party *me = arg;

    stress_check(fl_send(me->pair->tx[me->which], 1) == FL_OK);
    return NULL;
}

static void wake_ups_are_passed_on(int64_t capacity)
{
    static struct pair pair;

    for (unsigned i = 0; i < 100 * stress_size(); i++) {
        struct pair_party parties[2] = { { &pair, 0 }, { &pair, 1 } };
        pthread_t threads[5];

        fl_store_relaxed(&pair.received, 0);
        fl_store_relaxed(&pair.waiting, 0);
        for (int c = 0; c < 2; c++) {
            fl_receiver(int) rx;

            if (capacity == UNBOUNDED)
                fl_channel(&pair.tx[c], &rx);
            else
                fl_sync_channel(&pair.tx[c], &rx, (size_t)capacity);
            pair.rx[c] = fl_share(fl_move(rx));
        }
        threads[0] = stress_start(receive_from_either, &parties[0]);
        if (i % 2) /* it is first in both queues, or may be */
            while (fl_load_relaxed(&pair.waiting) < 1)
                sched_yield();
        threads[1] = stress_start(receive_plainly, &parties[0]);
        threads[2] = stress_start(receive_plainly, &parties[1]);
        threads[3] = stress_start(send_one, &parties[0]);
        threads[4] = stress_start(send_one, &parties[1]);
        while (fl_load_acquire(&pair.received) < 2) /* hangs if one is stranded */
            sched_yield();
        fl_drop(pair.tx[0]);
        fl_drop(pair.tx[1]);
        for (int t = 0; t < 5; t++)
            pthread_join(threads[t], NULL);
        stress_check(fl_load_relaxed(&pair.received) == 2);
        fl_drop(pair.rx[0]);
        fl_drop(pair.rx[1]);
    }
}

static void short_lives(void)
{
    uint64_t random = stress_random_for(79);

    for (unsigned i = 0; i < 500 * stress_size(); i++) {
        uint64_t r = stress_next(&random);

        traffic((struct traffic){ .capacity = (int64_t)(r % 3) - 1, .slots = 1, .senders = (unsigned)(r / 4 % 2 + 1),
                                  .receivers = (unsigned)(r / 64 % 2 + 1), .share = true,
                                  .each = (uint32_t)(r / 8 % 4), .leave_after = (uint32_t)(r / 32 % 3) });
    }
}

int main(void)
{
    stress_begin("stress_channel_shared");
    for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++) {
        for (unsigned senders = 1; senders <= 16; senders *= 4) {
            for (unsigned receivers = 1; receivers <= 64; receivers *= 4) {
                for (int blocking_only = 0; blocking_only < 2; blocking_only++)
                    traffic((struct traffic){ .capacity = capacities[c], .slots = (uint32_t)(senders % 3),
                                              .senders = senders, .receivers = receivers, .share = true,
                                              .each = 1000 * stress_size() / senders,
                                              .blocking_only = blocking_only });
            }
        }
        for (unsigned after = 1; after <= 100; after *= 10) {
            traffic((struct traffic){ .capacity = capacities[c], .senders = 2, .receivers = 2, .each = 300,
                                      .leave_after = after });
            traffic((struct traffic){ .capacity = capacities[c], .slots = 1, .senders = 16, .receivers = 4, .each = 300,
                                      .leave_after = after, .blocking_only = true });
        }
        wake_ups_are_passed_on(capacities[c]);
    }
    short_lives();
    puts("ok");
    return 0;
}
