/* Leaks with a twist: a switch's way out, a loop that is left, a status that is tested too late. */
#include "words.h"

int by_case(int kind)
{
    text t = text_of("a");
    switch (kind) {
    case 1:
        fl_drop(t);
        return 1;
    case 2:
        text_print(&t);
        return 2; //~ ERROR F0301 owned value `t` is never dropped
    default:
        break;
    }
    fl_drop(t);
    return 0;
}

int while_left(fl_receiver(text) rx)
{
    text t;
    while (fl_recv(rx, &t) == FL_OK) {
        if (t.len == 0)
            return -1; //~ ERROR F0301 owned value `t` is never dropped
        fl_drop(t);
    }
    return 0;
}

void kept_too_long(fl_receiver(text) rx)
{
    text t;
    while (fl_recv(rx, &t) == FL_OK) //~ ERROR F0303 `t` is overwritten while it owns a value
        text_print(&t);
} //~ ERROR F0301 owned value `t` is never dropped

int two_of_three(void)
{
    text a = text_of("a"), b = text_of("b"), c = text_of("c");
    if (!ready()) {
        fl_drop(a);
        fl_drop(c);
        return -1; //~ ERROR F0301 owned value `b` is never dropped
    }
    fl_drop(a);
    fl_drop(b);
    fl_drop(c);
    return 0;
}

void failed_send(fl_sender(text) tx)
{
    text t = text_of("a");
    if (fl_send_or(tx, &t) != FL_OK)
        puts("lost");
} //~ ERROR F0301 owned value `t` is never dropped

static void consumes_sometimes(text t)
{
    if (ready())
        fl_drop(t);
} //~ ERROR F0301 owned value `t` is never dropped

void calls_it(void)
{
    consumes_sometimes(text_of("a"));
}

static size_t only_reads(text t)
{
    return t.len;
}

void given_to_a_reader(void)
{
    printf("%zu\n", only_reads(text_of("a"))); //~ ERROR F0301 owned value is never dropped
}

void an_end(void)
{
    fl_sender(text) tx;
    fl_receiver(text) rx;
    fl_channel(&tx, &rx);
    fl_drop(tx);
} //~ ERROR F0301 owned value `rx` is never dropped
