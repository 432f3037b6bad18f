/*
 * Listing 7: the sending end moves into a thread, which sends "hi".
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

    fl_join_handle(void) handle = fl_spawn(say_hi, fl_move(tx));
    fl_unwrap(fl_join(handle));
    return 0;
}
