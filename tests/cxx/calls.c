#include "calls.h"

#include <stdlib.h>

typedef void callback(void *);

FL_THREAD_FN(void, run_call, callback *, call, void *, data)
{
    call(data);
}

int in_threads_of_ours(int n, void (*call)(void *), void *data)
{
    fl_join_handle(void) *const h = calloc((size_t)n, sizeof *h);
    int panicked = 0;

    for (int i = 0; i < n; i++)
        h[i] = fl_spawn(run_call, call, data);
    for (int i = 0; i < n; i++)
        panicked += fl_join(h[i]) == FL_PANICKED;
    free(h);
    return panicked;
}

void call_under_guards(c_number *m, void (*call)(void *), void *data)
{
    fl_guard(n, m);

    *n += 1;
    call(data);
    *n += 100; /* not reached if it throws */
}

struct both_ends open_channel(void)
{
    struct both_ends ends;

    fl_channel(&ends.tx, &ends.rx);
    return ends;
}

bool send_number(struct both_ends *ends, long n)
{
    return fl_send(ends->tx, n) == FL_OK;
}

long receive_sum(struct both_ends *ends)
{
    long sum = 0;

    fl_for_each (n, ends->rx)
        sum += n;
    return sum;
}

void close_sender(struct both_ends *ends)
{
    fl_drop(ends->tx);
}

void close_receiver(struct both_ends *ends)
{
    fl_drop(ends->rx);
}
