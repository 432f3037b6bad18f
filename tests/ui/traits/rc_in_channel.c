/* A channel of Rc is fine in one thread; an end of it that crosses to another is not. */
#include <fearless.h>

FL_THREAD_FN(void, produce, fl_sender(fl_rc(int)), tx)
{
    fl_auto(tx);
    fl_ignore(fl_send(tx, fl_rc_new(int, 1)));
}

static int same_thread(void)
{
    fl_sender(fl_rc(int)) tx;
    fl_receiver(fl_rc(int)) rx;
    fl_channel(&tx, &rx);
    fl_auto(tx);
    fl_auto(rx);
    fl_rc(int) got = NULL;
    fl_auto(got);
    fl_unwrap(fl_send(tx, fl_rc_new(int, 1)));
    fl_unwrap(fl_recv(rx, &got));
    return *fl_get(got);
}

int main(void)
{
    fl_sender(fl_rc(int)) tx;
    fl_receiver(fl_rc(int)) rx;
    fl_channel(&tx, &rx);
    fl_auto(rx);
    fl_detach(fl_spawn(produce, fl_move(tx))); //~ ERROR E0277 required for `fl_sender(fl_rc(int))` to implement `Send`
    return same_thread();
}
