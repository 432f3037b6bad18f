/* C11 threads over a table on the stack, with a mutex and call_once. */
#include <stdio.h>
#include <threads.h>

enum { THREADS = 3 };

struct table {
    mtx_t lock;
    int slots[THREADS];
    int done;
};
struct ticket {
    struct table *table;
    int number;
};

static once_flag announced = ONCE_FLAG_INIT;

static void announce(void)
{
    puts("begin");
}

static int fill(void *argument)
{
    struct ticket *t = argument;
    call_once(&announced, announce);
    mtx_lock(&t->table->lock);
    t->table->slots[t->number] = t->number * 10;
    t->table->done++;
    mtx_unlock(&t->table->lock);
    return t->number;
}

int main(void)
{
    struct table table = { .done = 0 };
    struct ticket tickets[THREADS];
    thrd_t threads[THREADS];
    int started = 0;

    if (mtx_init(&table.lock, mtx_plain) != thrd_success)
        return 1;
    while (started < THREADS) {
        tickets[started] = (struct ticket){ &table, started };
        if (thrd_create(&threads[started], fill, &tickets[started]) != thrd_success)
            break;
        started++;
    }
    for (int i = 0; i < started; i++) {
        int number;
        if (thrd_join(threads[i], &number) == thrd_success)
            printf("%d\n", number);
    }
    printf("%d done\n", table.done);
    mtx_destroy(&table.lock);
    return table.done == started ? 0 : 1;
}
