/* What goes into a channel lives as long as it is used: a static, a value, or both ends are here. */
#include "words.h"

static int counter;
static const char *const names[] = { "one", "two" };

void a_static(fl_sender(int *) tx)
{
    fl_ignore(fl_send(tx, &counter));
    fl_drop(tx);
}

void a_text(fl_sender(const char *) tx, int i)
{
    fl_ignore(fl_send(tx, names[i]));
    fl_drop(tx);
}

void the_callers(fl_sender(int *) tx, int *p)
{
    fl_ignore(fl_send(tx, p));
    fl_drop(tx);
}

void a_value(fl_sender(int) tx)
{
    int answer = 1;
    fl_ignore(fl_send(tx, answer));
    fl_drop(tx);
}

void from_the_heap(fl_sender(int *) tx)
{
    int *p = malloc(sizeof *p);
    if (p && fl_send(tx, p) != FL_OK)
        free(p);
    fl_drop(tx);
}

void both_ends_are_here(void)
{
    int x = 1;
    const int *p;
    fl_sender(const int *) tx;
    fl_receiver(const int *) rx;
    fl_channel(&tx, &rx);
    fl_unwrap(fl_send(tx, &x));
    if (fl_recv(rx, &p) == FL_OK)
        printf("%d\n", *p);
    fl_drop(tx);
    fl_drop(rx);
}
