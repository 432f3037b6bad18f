/* Requests carry the sender for their answer; a closed channel ends the server. */
#include <fearless.h>

#include <stdio.h>

struct request {
    int number;
    fl_sender(int) answer;
};
FL_DROP_FIELDS(struct request, request_drop, answer)
#define FL_OWNED struct request, request_drop
#include <fearless/owned.h>

FL_THREAD_FN(void, serve, fl_receiver(struct request), in)
{
    fl_auto(in);
    fl_for_each (r, in)
        fl_ignore(fl_send(r.answer, r.number * r.number));
}

static int ask(fl_sender(struct request) server, int number)
{
    fl_sender(int) tx;
    fl_receiver(int) rx;
    fl_channel(&tx, &rx);
    fl_auto(rx);
    struct request r = { number, fl_move(tx) };
    if (fl_send(server, fl_move(r)) != FL_OK)
        return -1;
    int result = -1;
    if (fl_recv(rx, &result) != FL_OK)
        return -1;
    return result;
}

FL_THREAD_FN(void, client, fl_sender(struct request), server, int, number)
{
    fl_auto(server);
    printf("%d\n", ask(server, number));
}

int main(void)
{
    fl_sender(struct request) tx;
    fl_receiver(struct request) rx;
    fl_channel(&tx, &rx);
    fl_join_handle(void) server = fl_spawn(serve, fl_move(rx));
    fl_join_handle(void) c = fl_spawn(client, fl_clone(tx), 5);
    fl_unwrap(fl_join(c));
    printf("%d\n", ask(tx, 6));
    fl_drop(tx);
    fl_unwrap(fl_join(server));
    return 0;
}
