/*
 * Listing 8: main receives the value and prints it.
 */
#include "values.h"

FL_THREAD_FN(void, say_hi, fl_sender(text), tx)
{
    fl_auto(tx);
    text val = text_of("hi");
    fl_unwrap(fl_send(tx, fl_move(val)));
}

int main(void)
{
    fl_sender(text) tx;
    fl_receiver(text) rx;
    fl_channel(&tx, &rx);
    fl_auto(rx);

    fl_detach(fl_spawn(say_hi, fl_move(tx)));

    text received;
    fl_unwrap(fl_recv(rx, &received));
    fl_auto(received);
    printf("Got: %s\n", received.s);
    return 0;
}
