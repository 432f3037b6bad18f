/*
 * Listing 11: the sender is cloned, and two threads send. Each one's order is kept.
 */
#include "values.h"

FL_THREAD_FN(void, say, fl_sender(text), tx, const char *const *, words)
{
    fl_auto(tx);

    for (; *words; words++) {
        fl_unwrap(fl_send(tx, text_of(*words)));
        fl_sleep(fl_secs(1));
    }
}

int main(void)
{
    static const char *const first[] = { "hi", "from", "the", "thread", NULL };
    static const char *const second[] = { "more", "messages", "for", "you", NULL };

    fl_sender(text) tx;
    fl_receiver(text) rx;
    fl_channel(&tx, &rx);
    fl_auto(rx);

    fl_sender(text) tx1 = fl_clone(tx);
    fl_detach(fl_spawn(say, fl_move(tx1), first));
    fl_detach(fl_spawn(say, fl_move(tx), second));

    fl_for_each (got, rx)
        printf("Got: %s\n", got.s);
    return 0;
}
