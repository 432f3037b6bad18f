// A pointer that goes into a channel of another thread is judged as if the thread were given it.
#include <fearless.h>
#include <stdio.h>
#include <stdlib.h>

struct item {
    int n;
};
FL_THREAD_FN(void, take, fl_receiver(struct item *), rx)
{
    fl_auto(rx);
    struct item *p;
    while (fl_recv(rx, &p) == FL_OK)
        p->n++;
}
void of_a_local(void)
{
    fl_sender(struct item *) tx;
    fl_receiver(struct item *) rx;
    fl_channel(&tx, &rx);
    fl_auto(tx);
    fl_detach(fl_spawn(take, fl_move(rx)));
    struct item x = { 1 };
    fl_ignore(fl_send(tx, &x)); //~ ERROR E0597 `x` does not live long enough
    x.n++;
}
void taken_before(fl_sender(struct item *) tx)
{
    fl_auto(tx);
    struct item x = { 1 };
    struct item *p = &x; //~ ERROR E0597 the borrow is sent to another thread here
    if (x.n)
        fl_ignore(fl_send(tx, p));
}
void or_comes_back(fl_sender(struct item *) tx)
{
    fl_auto(tx);
    struct item x = { 1 };
    struct item *p = &x; //~ ERROR E0597
    while (fl_send_or(tx, &p) != FL_OK)
        x.n++;
}
void of_the_heap(fl_sender(struct item *) tx)
{
    fl_auto(tx);
    struct item *p = malloc(sizeof *p);
    if (!p)
        return;
    p->n = 1;
    fl_ignore(fl_send(tx, p)); //~ ERROR E0277 required by a bound in `fl_send`
    p->n++;
}
static void pass(fl_sender(struct item *) tx, struct item *p)
{
    fl_ignore(fl_send(tx, p));
}
void by_a_helper(fl_sender(struct item *) tx)
{
    fl_auto(tx);
    struct item x = { 1 };
    pass(tx, &x); //~ ERROR E0597 it is sent here
}

struct named {
    const char *name;
    int n;
};
FL_THREAD_FN(void, name, fl_sender(struct named), tx)
{
    fl_auto(tx);
    char text[8] = "here";
    fl_ignore(fl_send(tx, { text, 1 })); //~ ERROR E0597 `text` does not live long enough
}
FL_THREAD_FN(void, number, fl_sender(const int *), tx)
{
    fl_auto(tx);
    int n = 3;
    fl_ignore(fl_send(tx, &n)); //~ ERROR E0597
}

// ---- fine

static const char *const all[] = { "hi", "from" };
FL_THREAD_FN(void, words, fl_sender(const char *), tx, const char *, last)
{
    fl_auto(tx);
    for (int i = 0; i < 2; i++)
        fl_ignore(fl_send(tx, all[i]));
    fl_ignore(fl_send(tx, "thread"));
    fl_ignore(fl_send(tx, last));
}
void in_one_thread(void)
{
    fl_sender(long *) tx;
    fl_receiver(long *) rx;
    long n = 1, *p;
    fl_channel(&tx, &rx);
    fl_auto(tx);
    fl_auto(rx);
    fl_ignore(fl_send(tx, &n));
    if (fl_recv(rx, &p) == FL_OK)
        ++*p;
}
static void keep(fl_sender(double *) tx, double *p)
{
    fl_ignore(fl_send(tx, p));
}
void in_one_thread_by_helper(void)
{
    fl_sender(double *) tx;
    fl_receiver(double *) rx;
    fl_channel(&tx, &rx);
    fl_auto(tx);
    fl_auto(rx);
    double *p = malloc(sizeof *p);
    keep(tx, p);
    free(p);
}
int main(void)
{
    fl_sender(const char *) tx;
    fl_receiver(const char *) rx;
    fl_channel(&tx, &rx);
    fl_auto(rx);
    fl_detach(fl_spawn(words, fl_move(tx), "last"));
    fl_for_each (word, rx)
        puts(word);
    return 0;
}
