/* The bounded channel under load, mostly with one, two, three slots, so that both sides wait all the time. */
#include "traffic.h"

static const int64_t capacities[] = { 1, 2, 3, 5, 128 };
#define CAPACITIES (sizeof capacities / sizeof *capacities)

/* ---- full and empty are never said when somebody knows better ---- */

struct relay {
    fl_sender(int) tx;
    fl_receiver(int) rx;
    uint32_t capacity, each;
    FL_ATOMIC(uint32_t) sent, received;
};

static void *try_to_receive(void *arg)
{
    struct relay *r = arg;
    uint32_t received = 0;

    while (received < r->each) {
        uint32_t known = fl_load_acquire(&r->sent);
        size_t len;
        int got;
        fl_status status;

        if (known > received)
            stress_check(!fl_is_empty(r->rx));
        len = fl_len(r->rx);
        stress_check(len <= r->capacity && len + received >= known);
        status = fl_try_recv(r->rx, &got);
        stress_check(status == FL_OK || (status == FL_EMPTY && known <= received));
        if (status == FL_OK) {
            stress_check(got == (int)received);
            fl_store_release(&r->received, ++received);
        }
    }
    return NULL;
}

static void full_and_empty_are_true(uint32_t capacity)
{
    static struct relay r;
    pthread_t t;
    uint32_t sent = 0;

    r.capacity = capacity;
    r.each = 20000 * stress_size();
    fl_store_relaxed(&r.sent, 0);
    fl_store_relaxed(&r.received, 0);
    fl_sync_channel(&r.tx, &r.rx, capacity);
    t = stress_start(try_to_receive, &r);
    while (sent < r.each) {
        uint32_t known = fl_load_acquire(&r.received);
        fl_status status;

        if (sent - known < capacity)
            stress_check(!fl_is_full(r.tx));
        status = fl_try_send(r.tx, (int)sent);
        stress_check(status == FL_OK || (status == FL_FULL && sent - known >= capacity));
        if (status == FL_OK)
            fl_store_release(&r.sent, ++sent);
    }
    pthread_join(t, NULL);
    fl_drop(r.tx);
    fl_drop(r.rx);
}

/* ---- short lives: closing from both sides at the same time, with somebody who may be asleep ---- */

static void short_lives(void)
{
    uint64_t random = stress_random_for(77);

    for (unsigned i = 0; i < 500 * stress_size(); i++) {
        uint64_t r = stress_next(&random);

        traffic((struct traffic){ .capacity = (int64_t)(r % 2 + 1), .senders = (unsigned)(r / 2 % 2 + 1), .receivers = 1,
                                  .each = (uint32_t)(r / 4 % 4), .leave_after = (uint32_t)(r / 16 % 3) });
    }
}

int main(void)
{
    stress_begin("stress_channel_bounded");
    for (size_t c = 0; c < CAPACITIES; c++) {
        for (unsigned senders = 1; senders <= 64; senders *= 4) {
            for (int blocking_only = 0; blocking_only < 2; blocking_only++)
                traffic((struct traffic){ .capacity = capacities[c], .senders = senders, .receivers = 1,
                                          .each = 4000 * stress_size() / senders, .blocking_only = blocking_only });
        }
        for (unsigned after = 1; after <= 100; after *= 10) {
            traffic((struct traffic){ .capacity = capacities[c], .senders = 2, .receivers = 1, .each = 300,
                                      .leave_after = after });
            traffic((struct traffic){ .capacity = capacities[c], .senders = 16, .receivers = 1, .each = 300,
                                      .leave_after = after, .blocking_only = true });
        }
        request_and_answer(capacities[c], 4000 * stress_size());
        full_and_empty_are_true((uint32_t)capacities[c]);
    }
    short_lives();
    puts("ok");
    return 0;
}
