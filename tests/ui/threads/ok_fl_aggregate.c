/* Many threads compute a part each and send it to one receiver. */
#include <fearless.h>

#include <stdio.h>

struct part {
    int index;
    double value;
};

FL_THREAD_FN(void, integrate, int, index, int, parts, fl_sender(struct part), out)
{
    fl_auto(out);
    const int steps = 1000;
    double from = (double)index / parts, width = 1.0 / parts / steps, sum = 0;
    for (int i = 0; i < steps; i++) {
        double x = from + (i + 0.5) * width;
        sum += 4 / (1 + x * x) * width;
    }
    fl_ignore(fl_send(out, { index, sum }));
}

static void start_all(int parts, fl_sender(struct part) tx)
{
    for (int i = 0; i < parts; i++)
        fl_detach(fl_spawn(integrate, i, parts, fl_clone(tx)));
}

int main(void)
{
    enum { PARTS = 5 };
    fl_sender(struct part) tx;
    fl_receiver(struct part) rx;
    fl_channel(&tx, &rx);
    fl_auto(rx);

    start_all(PARTS, tx);
    fl_drop(tx);

    double sum = 0;
    int seen = 0;
    fl_for_each (p, rx) {
        sum += p.value;
        seen += p.index >= 0;
    }
    printf("%d parts, %.4f\n", seen, sum);
    return seen == PARTS ? 0 : 1;
}
