/*
 * Listing 8b: main looks for a value now and then, and does other work meanwhile.
 */
#include "values.h"

FL_THREAD_FN(void, say_hi, fl_sender(text), tx)
{
    fl_auto(tx);
    fl_sleep(fl_millis(5));
    text val = text_of("hi");
    fl_unwrap(fl_send(tx, fl_move(val)));
}

static void other_work(void)
{
    fl_sleep(fl_millis(1));
}

int main(void)
{
    fl_sender(text) tx;
    fl_receiver(text) rx;
    fl_channel(&tx, &rx);
    fl_auto(rx);

    fl_detach(fl_spawn(say_hi, fl_move(tx)));

    text received;
    fl_status status;
    while ((status = fl_try_recv(rx, &received)) == FL_EMPTY)
        other_work();
    if (status != FL_OK)
        return 1;
    fl_auto(received);
    printf("Got: %s\n", received.s);
    return 0;
}
