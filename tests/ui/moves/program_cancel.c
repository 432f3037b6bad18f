/* A correct program: a thread that is told to stop, and what is left over is collected. */
#include "words.h"

FL_THREAD_FN(fl_receiver(text), drain, fl_receiver(text), in, fl_receiver(void), stop)
{
    fl_auto(stop);
    fl_auto(in);
    for (;;) {
        fl_status s = fl_try_recv(stop, NULL);
        if (s == FL_OK || s == FL_CLOSED)
            return fl_move(in);
        text t;
        s = fl_recv_timeout(in, &t, fl_millis(1));
        if (s == FL_TIMEOUT)
            continue;
        if (s != FL_OK)
            break;
        text_print(&t);
        fl_drop(t);
    }
    return fl_move(in);
}

int main(void)
{
    fl_sender(text) tx;
    fl_receiver(text) rx;
    fl_channel(&tx, &rx);
    fl_sender(void) stop;
    fl_receiver(void) stopped;
    fl_channel(&stop, &stopped);
    fl_join_handle(fl_receiver(text)) h = fl_spawn(drain, fl_move(rx), fl_move(stopped));
    for (int i = 0; i < 5; i++)
        fl_unwrap(fl_send(tx, text_of("work")));
    fl_ignore(fl_send(stop));
    fl_drop(tx);
    fl_receiver(text) rest;
    if (fl_join(h, &rest) != FL_OK) {
        fl_drop(stop);
        return 1;
    }
    int left = 0;
    fl_try_for_each (t, rest)
        left++;
    fl_drop(rest);
    fl_drop(stop);
    printf("%d left\n", left);
    return 0;
}
