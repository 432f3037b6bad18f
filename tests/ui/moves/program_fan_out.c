/* A correct program: an array of threads, an array of handles, one sender for each. */
#include "words.h"

#define THREADS 4

FL_THREAD_FN(void, producer, int, id, int, count, fl_sender(text), out)
{
    fl_auto(out);
    for (int i = 0; i < count; i++) {
        char line[32];
        snprintf(line, sizeof line, "%d from %d", i, id);
        text t = text_of(line);
        if (fl_send(out, fl_move(t)) != FL_OK)
            return;
    }
}

static size_t run(int count)
{
    fl_sender(text) tx;
    fl_receiver(text) rx;
    fl_channel(&tx, &rx);
    fl_auto(rx);

    fl_join_handle(void) handles[THREADS];
    for (int i = 0; i < THREADS; i++)
        handles[i] = fl_spawn(producer, i, count, fl_clone(tx));
    fl_drop(tx);

    size_t total = 0;
    fl_for_each (t, rx)
        total += t.len;

    for (int i = 0; i < THREADS; i++)
        fl_unwrap(fl_join(handles[i]));
    return total;
}

static size_t run_many(int n)
{
    fl_sender(text) tx;
    fl_receiver(text) rx;
    fl_channel(&tx, &rx);
    fl_join_handle(void) *handles = calloc((size_t)n, sizeof *handles);
    if (!handles)
        abort();
    for (int i = 0; i < n; i++) {
        fl_sender(text) mine = fl_clone(tx);
        handles[i] = fl_spawn(producer, i, 3, fl_move(mine));
    }
    fl_drop(tx);
    size_t total = 0;
    text t;
    while (fl_recv(rx, &t) == FL_OK) {
        total += t.len;
        fl_drop(t);
    }
    for (int i = 0; i < n; i++)
        fl_ignore(fl_join(handles[i]));
    free(handles);
    fl_drop(rx);
    return total;
}

int main(void)
{
    printf("%zu %zu\n", run(10), run_many(7));
    return 0;
}
