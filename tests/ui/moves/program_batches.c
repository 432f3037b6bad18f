/* A correct program: an array of owned values that is filled, moved out and dropped element by element. */
#include "words.h"

#define BATCH 8

struct batch {
    text items[BATCH];
    int count;
};

static void batch_drop(struct batch *b)
{
    for (int i = 0; i < b->count; i++)
        fl_drop(b->items[i]);
}
#define FL_OWNED struct batch, batch_drop
#include <fearless/owned.h>

static int fill(struct batch *b, fl_receiver(text) rx)
{
    b->count = 0;
    while (b->count < BATCH) {
        text t;
        if (fl_recv(rx, &t) != FL_OK)
            break;
        b->items[b->count++] = fl_move(t);
    }
    return b->count;
}

static int forward(fl_receiver(text) rx, fl_sender(struct batch) out)
{
    int batches = 0;
    for (;;) {
        struct batch b = { 0 };
        fl_auto(b);
        if (fill(&b, rx) == 0)
            return batches;
        if (fl_send(out, fl_move(b)) != FL_OK)
            return -1;
        batches++;
    }
}

static void on_the_stack(fl_sender(text) tx)
{
    text words[3] = { text_of("a"), text_of("b"), text_of("c") };
    fl_auto(words);
    for (int i = 0; i < 3; i++) {
        if (words[i].len == 0)
            continue;
        fl_unwrap(fl_send(tx, fl_move(words[i])));
    }
}

int main(void)
{
    fl_sender(text) tx;
    fl_receiver(text) rx;
    fl_channel(&tx, &rx);
    fl_sender(struct batch) out;
    fl_receiver(struct batch) batches;
    fl_channel(&out, &batches);
    on_the_stack(tx);
    fl_drop(tx);
    int n = forward(rx, out);
    fl_drop(rx);
    fl_drop(out);
    fl_for_each (b, batches)
        n += b.count;
    fl_drop(batches);
    return n;
}
