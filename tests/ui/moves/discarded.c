/* Values that are made, or taken out, and that nobody keeps; and handles given away without a move. */
#include "words.h"

FL_THREAD_FN(void, produce, fl_sender(int), tx)
{
    fl_auto(tx);
    fl_ignore(fl_send(tx, 1));
}

void cast_to_void(void)
{
    (void)text_of("lost"); //~ ERROR F0301 owned value is never dropped
}

void nobody_joins(fl_sender(int) tx)
{
    fl_sender(int) mine = fl_clone(tx);
    fl_spawn(produce, fl_move(mine)); //~ ERROR F0301 owned value is never dropped
}

void old_value_is_lost(text *t)
{
    fl_replace(t, text_of("new")); //~ ERROR F0301 owned value is never dropped
}

void shared_without_a_move(void)
{
    fl_sender(int) tx;
    fl_receiver(int) rx;
    fl_channel(&tx, &rx);
    fl_auto(tx);
    fl_shared_receiver(int) many = fl_share(rx); //~ ERROR F0304 owned value `rx` is given away without being moved
    fl_auto(many);
}

void forgotten(void)
{
    text t = text_of("a");
    fl_forget(t);
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}
