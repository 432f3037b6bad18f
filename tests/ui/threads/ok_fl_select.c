/* Several threads that select: what a select leaves behind for fl_selected() is each thread's own. */
#include <fearless.h>

#include <stdio.h>

FL_THREAD_FN(int, sum, fl_receiver(int), numbers, fl_receiver(int), quit)
{
    int total = 0;
    fl_auto(numbers);
    fl_auto(quit);
    for (;;) {
        int n = 0;
        switch (fl_select(fl_on_recv(numbers, &n), fl_on_recv(quit, NULL))) {
        case 0:
            if (fl_selected() != FL_OK)
                return total;
            total += n;
            break;
        default:
            return total;
        }
    }
}

int main(void)
{
    fl_join_handle(int) adders[2];
    fl_sender(int) numbers[2], quit[2];
    for (int i = 0; i < 2; i++) {
        fl_receiver(int) in, stop;
        fl_channel(&numbers[i], &in);
        fl_channel(&quit[i], &stop);
        adders[i] = fl_spawn(sum, fl_move(in), fl_move(stop));
    }
    for (int i = 0; i < 10; i++)
        fl_unwrap(fl_send(numbers[i % 2], i));
    for (int i = 0; i < 2; i++) {
        int total;
        fl_drop(numbers[i]);
        fl_unwrap(fl_join(adders[i], &total));
        printf("%d\n", total);
        fl_drop(quit[i]);
    }
    return 0;
}
