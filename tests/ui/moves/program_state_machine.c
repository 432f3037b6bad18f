/* A correct program: a switch in a loop, whose states own different things. */
#include "words.h"

enum state { IDLE, HAVE_TEXT, HAVE_JOB, DONE };

static int run(fl_receiver(text) rx, fl_sender(struct job) out)
{
    enum state state = IDLE;
    text current = { 0 };
    struct job job = { 0 };
    int made = 0;
    fl_auto(current);
    fl_auto(job);

    while (state != DONE) {
        switch (state) {
        case IDLE:
            if (fl_recv(rx, &current) != FL_OK)
                state = DONE;
            else
                state = HAVE_TEXT;
            break;
        case HAVE_TEXT:
            if (current.len == 0) {
                fl_drop(current);
                state = IDLE;
                break;
            }
            job = (struct job){ made, fl_replace(&current, (text){ 0 }), text_of("body") };
            state = HAVE_JOB;
            break;
        case HAVE_JOB:
            if (fl_send(out, fl_replace(&job, (struct job){ 0 })) != FL_OK)
                return -1;
            made++;
            state = IDLE;
            break;
        case DONE:
            break;
        }
    }
    return made;
}

int main(void)
{
    fl_sender(text) tx;
    fl_receiver(text) rx;
    fl_channel(&tx, &rx);
    fl_sender(struct job) jobs;
    fl_receiver(struct job) made;
    fl_channel(&jobs, &made);
    fl_auto(made);
    fl_auto(jobs);
    fl_auto(rx);
    fl_unwrap(fl_send(tx, text_of("a")));
    fl_drop(tx);
    printf("%d\n", run(rx, jobs));
    return 0;
}
