/* The address of a local goes into a channel. */
#include "words.h"

struct request {
    const char *name;
    int *answer;
};

void to_somebody(fl_sender(int *) tx)
{
    int answer = 1;
    fl_ignore(fl_send(tx, &answer)); //~ ERROR E0597 `answer` does not live long enough
    fl_drop(tx);
}

void in_a_struct(fl_sender(struct request) tx)
{
    int answer = 0;
    struct request r = { "one", &answer }; //~ ERROR E0597 `answer` does not live long enough
    fl_unwrap(fl_send(tx, r));
    fl_drop(tx);
}

void an_array(const fl_sender(char *) * tx)
{
    char word[8] = "word";
    if (fl_try_send(*tx, word) != FL_OK) //~ ERROR E0597 `word` does not live long enough
        puts("full");
}

void by_a_clone(fl_sender(int *) tx)
{
    int answer = 1;
    fl_sender(int *) mine = fl_clone(tx);
    fl_drop(tx);
    fl_ignore(fl_send(mine, &answer)); //~ ERROR E0597
    fl_drop(mine);
}

void received_when_it_is_gone(void)
{
    fl_sender(const int *) tx;
    fl_receiver(const int *) rx;
    fl_channel(&tx, &rx);
    {
        int x = 1;
        fl_unwrap(fl_send(tx, &x)); //~ ERROR E0597 `x` does not live long enough
    }
    const int *p;
    if (fl_recv(rx, &p) == FL_OK)
        printf("%d\n", *p);
    fl_drop(tx);
    fl_drop(rx);
}
