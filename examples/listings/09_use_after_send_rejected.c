/*
 * Listing 9: the thread prints `val` after it was sent: it belongs to the receiver. Rejected.
 */
#include "values.h"

FL_THREAD_FN(void, say_hi, fl_sender(text), tx)
{
    fl_auto(tx);
    text val = text_of("hi");
    fl_unwrap(fl_send(tx, fl_move(val)));
    printf("val is %s\n", val.s); //~ ERROR E0382 use of moved value: `val`
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
