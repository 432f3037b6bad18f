/* A correct program: jobs go through a channel to a worker, which sends back what it made of them. */
#include "words.h"

struct answer {
    int id;
    text result;
};
FL_DROP_FIELDS(struct answer, answer_drop, result)
#define FL_OWNED struct answer, answer_drop
#include <fearless/owned.h>

static struct answer work_on(struct job *j)
{
    struct answer a = { .id = j->id };
    if (j->name.len > j->body.len)
        a.result = fl_move(j->name);
    else
        a.result = fl_move(j->body);
    text_append(&a.result, "!");
    return a;
}

FL_THREAD_FN(int, worker, fl_receiver(struct job), jobs, fl_sender(struct answer), answers)
{
    fl_auto(jobs);
    fl_auto(answers);
    int done = 0;
    fl_for_each (j, jobs) {
        if (j.id < 0)
            continue;
        struct answer a = work_on(&j);
        if (fl_send(answers, fl_move(a)) != FL_OK)
            break;
        done++;
    }
    return done;
}

int main(void)
{
    fl_sender(struct job) jobs;
    fl_receiver(struct job) todo;
    fl_channel(&jobs, &todo);
    fl_sender(struct answer) results;
    fl_receiver(struct answer) answers;
    fl_channel(&results, &answers);
    fl_auto(answers);

    fl_join_handle(int) handle = fl_spawn(worker, fl_move(todo), fl_move(results));
    for (int i = 0; i < 10; i++) {
        struct job j = { .id = i, .name = text_of("name"), .body = text_of("body") };
        if (fl_send_or(jobs, &j) != FL_OK) {
            printf("job %d came back\n", j.id);
            fl_drop(j);
            break;
        }
    }
    fl_drop(jobs);

    fl_for_each (a, answers)
        printf("%d: %s\n", a.id, a.result.s);
    printf("%d done\n", fl_joined(handle));
    return 0;
}
