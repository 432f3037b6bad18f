/* One row: each program gets an N of its own that takes the planned time, then all run in turns, ours first, as often
 * as there are rounds. What else happens on the machine hits neighbours in time alike, so ratios are taken round by
 * round, and the median of those is the figure. */
#include "driver.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct program programs[PROGRAMS_MOST];
int program_count;

enum { NOT_A_ROW = 3 };

/* Runs PATH FIRST [SECOND]; its first line of output. Gives its exit status, -1 when it could not run or crashed. */
static int run(const char *path, const char *first, const char *second, char *ret_line, size_t size)
{
    int ends[2], status;
    size_t got = 0;
    ssize_t more;
    pid_t child;

    if (pipe(ends) != 0)
        return -1;
    child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl(path, path, first, second, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    while (got + 1 < size && (more = read(ends[0], ret_line + got, size - 1 - got)) > 0)
        got += (size_t)more;
    close(ends[0]);
    ret_line[got] = '\0';
    ret_line[strcspn(ret_line, "\n")] = '\0';
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

struct program *programs_add(const char *spec)
{
    struct program *p = &programs[program_count];
    char *copy = strdup(spec), *title = copy ? strchr(copy, '=') : NULL, *path;

    if (program_count == PROGRAMS_MOST || !title || !(path = strchr(title + 1, '=')))
        return NULL;
    *title++ = '\0';
    *path++ = '\0';
    p->name = copy;
    p->title = title;
    p->path = path;
    if (run(path, "version", NULL, p->version, sizeof p->version) != 0)
        return NULL;
    program_count++;
    return p;
}

/* Nanoseconds that n operations take; negative: the program does not have this row. A crash ends everything: a figure
 * that is left out looks like one that was never meant to be there. */
static double once(const struct program *p, const struct row_of *row, int64_t n)
{
    char number[24], line[64];
    int status;

    snprintf(number, sizeof number, "%lld", (long long)n);
    status = run(p->path, row->name, number, line, sizeof line);
    if (status == NOT_A_ROW)
        return -1;
    if (status != 0 || atof(line) <= 0) {
        fprintf(stderr, "bench: %s %s %s failed (status %d)\n", p->path, row->name, number, status);
        exit(1);
    }
    return atof(line);
}

static int64_t choose_n(const struct program *p, const struct row_of *row, const struct plan *plan)
{
    int64_t n = 256;

    for (;;) {
        double ns = once(p, row, n);

        if (ns < 0)
            return 0;
        if (ns >= plan->run_ns / 4 || n > (int64_t)1 << 32)
            return (int64_t)(n * (plan->run_ns / ns)) + 1;
        n = ns < plan->run_ns / 64 ? 8 * n : 2 * n;
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void spread(const double *x, int n, double *ret_median, double *ret_low, double *ret_high)
{
    double sorted[ROUNDS_MOST];

    memcpy(sorted, x, (size_t)n * sizeof *x);
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    *ret_median = n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    *ret_low = sorted[0];
    *ret_high = sorted[n - 1];
}

double median_of(const double *x, int n)
{
    double median, low, high;

    spread(x, n, &median, &low, &high);
    return median;
}

static void ratios(const struct measured *m, int other, int rounds, double *ret_ratios)
{
    for (int i = 0; i < rounds; i++)
        ret_ratios[i] = m->of[0].ns[i] / m->of[other].ns[i];
}

double ratio_to(const struct measured *m, int other, int rounds)
{
    double all[ROUNDS_MOST];

    if (!m->of[0].present || !m->of[other].present)
        return 0;
    ratios(m, other, rounds, all);
    return median_of(all, rounds);
}

bool measure(const struct row_of *row, const struct plan *plan, struct measured *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->row = row;
    for (int i = 0; i < program_count; i++) {
        ret->of[i].n = choose_n(&programs[i], row, plan);
        ret->of[i].present = ret->of[i].n > 0;
        if (!ret->of[0].present)
            return false;
    }
    for (int round = 0; round < plan->rounds; round++)
        for (int i = 0; i < program_count; i++)
            if (ret->of[i].present)
                ret->of[i].ns[round] = once(&programs[i], row, ret->of[i].n) / (double)ret->of[i].n;
    for (int i = 0; i < program_count; i++) {
        struct figures *f = &ret->of[i];

        if (!f->present)
            continue;
        spread(f->ns, plan->rounds, &f->median, &f->low, &f->high);
        if (i > 0 && (!row->tasks || strcmp(row->tasks, programs[i].name) != 0) &&
            (!ret->best || f->median < ret->of[ret->best].median))
            ret->best = i;
    }
    if (ret->best) {
        double all[ROUNDS_MOST];

        ratios(ret, ret->best, plan->rounds, all);
        spread(all, plan->rounds, &ret->ratio, &ret->ratio_low, &ret->ratio_high);
    }
    return true;
}
