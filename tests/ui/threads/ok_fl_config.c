/* Configuration: literals, static tables and functions, in structs that are given to threads by value. */
#include <fearless.h>

#include <stdio.h>
#include <string.h>

struct rule {
    const char *name;
    int (*apply)(int);
};

static int twice(int n)
{
    return 2 * n;
}
static int negate(int n)
{
    return -n;
}

static const struct rule rules[] = { { "twice", twice }, { "negate", negate }, { NULL, NULL } };

struct job {
    const struct rule *rules;
    const char *label;
    int input;
    char buffer[16];
};

FL_THREAD_FN(int, run, struct job, job)
{
    int n = job.input;
    for (const struct rule *r = job.rules; r->name; r++)
        n = r->apply(n);
    strcpy(job.buffer, "done");
    printf("%s: %d %s\n", job.label, n, job.buffer);
    return n;
}

static struct job make_job(const char *label, int input)
{
    struct job job = { .rules = rules, .label = label, .input = input };
    return job;
}

int main(int argc, char **argv)
{
    struct job first = { .rules = rules, .label = "first", .input = 1 };
    struct job second = first;
    second.label = argc > 1 ? argv[1] : "second";
    second.input = 2;

    fl_join_handle(int) a = fl_spawn(run, first);
    int sum = fl_joined(a);
    fl_join_handle(int) b = fl_spawn(run, second);
    sum += fl_joined(b);
    fl_join_handle(int) c = fl_spawn(run, make_job("third", 3));
    sum += fl_joined(c);
    return sum == -12 ? 0 : 1;
}
