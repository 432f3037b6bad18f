/* The driver of the runtime's benchmark: runs the programs of README.md in turns and makes the table and the picture.
 *
 *     rows.c      what is measured, and the goals
 *     measure.c   how: N, rounds, medians
 *     report.c    the tables, as text and as Markdown
 *     picture.c   the SVG
 *     main.c      options, and the order of it all */
#ifndef BENCH_DRIVER_H
#define BENCH_DRIVER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { PROGRAMS_MOST = 8, ROUNDS_MOST = 101, ROWS_MOST = 64 };

/* ---- rows.c ---- */

enum group { MAIN, SENDERS, RECEIVERS };

struct row_of {
    enum group group;
    const char *name;  /* as the programs know it: "unbounded:2" */
    const char *title; /* as people do */
    double goal;       /* ours / reference at most; 0: none is set */
    const char *tasks; /* a program that does not count here, because its threads are tasks; NULL: all count */
    const char *note;  /* what to know about the goal, or NULL */
};
extern const struct row_of all_rows[];
extern const int row_count;

/* ---- measure.c ---- */

struct program {
    const char *name;  /* "std" */
    const char *title; /* "Rust std" */
    const char *path;
    char version[160];
};

struct figures {
    bool present;
    int64_t n;
    double ns[ROUNDS_MOST]; /* per operation, one for each round */
    double median, low, high;
};

struct measured {
    const struct row_of *row;
    struct figures of[PROGRAMS_MOST]; /* [0] is ours */
    int best;                         /* of the peers that count; 0: there is none */
    double ratio, ratio_low, ratio_high; /* ours / best, of each round; the median, the least, the most */
};

struct plan {
    int rounds;
    int64_t run_ns; /* how long one run should be */
};

struct program *programs_add(const char *spec); /* NAME=TITLE=PATH; NULL if it cannot be run */
extern struct program programs[PROGRAMS_MOST];
extern int program_count;

/* False if our program does not have the row. */
bool measure(const struct row_of *row, const struct plan *plan, struct measured *ret);

double median_of(const double *x, int n);
/* ours / the other's, round by round; 0 if one of them is not there. */
double ratio_to(const struct measured *m, int other, int rounds);

/* ---- report.c, picture.c ---- */

struct results {
    struct measured rows[ROWS_MOST];
    int count, rounds;
    const char *machine, *missing, *command, *facts, *notes;
};

void report_line(const struct measured *m, int rounds); /* one row, on the terminal, as soon as it is known */
void report_heading(void);
void report_markdown(FILE *out, const struct results *results);
void picture(FILE *out, const struct results *results);

/* "12.3", "123", "12,300": three digits that say something. */
const char *shown(double ns);
const char *full_title(const struct row_of *row);

#endif
