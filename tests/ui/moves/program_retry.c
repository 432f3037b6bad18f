/* A correct program: sends that fail give the value back, and are tried again. */
#include "words.h"

static fl_status send_with_retries(fl_sender(text) tx, text *t, int tries)
{
    fl_status s = FL_CLOSED;
    for (int i = 0; i < tries; i++) {
        s = fl_try_send_or(tx, t);
        if (s == FL_OK || s == FL_CLOSED)
            break;
        fl_sleep(fl_millis(1));
    }
    return s;
}

static int send_all(fl_sender(text) tx, const char *const *words)
{
    int lost = 0;
    for (; *words; words++) {
        text t = text_of(*words);
        if (send_with_retries(tx, &t, 3) == FL_OK)
            continue;
        lost++;
        fl_drop(t);
    }
    return lost;
}

static bool receive_one(fl_receiver(text) rx, text *ret_text)
{
    for (int i = 0; i < 10; i++) {
        switch (fl_try_recv(rx, ret_text)) {
        case FL_OK:
            return true;
        case FL_CLOSED:
            return false;
        default:
            fl_sleep(fl_millis(1));
        }
    }
    return false;
}

static text receive_or(fl_receiver(text) rx, const char *otherwise)
{
    text t;
    if (fl_recv_timeout(rx, &t, fl_millis(5)) == FL_OK)
        return t;
    return text_of(otherwise);
}

int main(void)
{
    const char *const words[] = { "hi", "from", "the", "thread", NULL };
    fl_sender(text) tx;
    fl_receiver(text) rx;
    fl_channel(&tx, &rx);
    int lost = send_all(tx, words);
    text t;
    if (receive_one(rx, &t)) {
        text_print(&t);
        fl_drop(t);
    }
    text u = receive_or(rx, "nothing");
    text_print(&u);
    fl_drop(u);
    fl_drop(tx);
    fl_drop(rx);
    return lost;
}
