/*
 * Listing 10: four values, a second apart. Main iterates; it ends when the sender is dropped.
 */
#include "values.h"

FL_THREAD_FN(void, say, fl_sender(text), tx)
{
    static const char *const words[] = { "hi", "from", "the", "thread" };
    fl_auto(tx);

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        fl_unwrap(fl_send(tx, text_of(words[i])));
        fl_sleep(fl_secs(1));
    }
}

int main(void)
{
    fl_sender(text) tx;
    fl_receiver(text) rx;
    fl_channel(&tx, &rx);
    fl_auto(rx);

    fl_detach(fl_spawn(say, fl_move(tx)));

    fl_for_each (got, rx)
        printf("Got: %s\n", got.s);
    return 0;
}
