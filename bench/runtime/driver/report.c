/* The tables: a line on the terminal for each row as it comes, and the Markdown of docs/performance.md. */
#include "driver.h"

#include <string.h>

const char *shown(double ns)
{
    static char texts[16][24];
    static int next;
    char *text = texts[next++ % 16];

    if (ns < 9.95)
        snprintf(text, sizeof texts[0], "%.2f", ns);
    else if (ns < 99.5)
        snprintf(text, sizeof texts[0], "%.1f", ns);
    else if (ns < 9999.5)
        snprintf(text, sizeof texts[0], "%.0f", ns);
    else
        snprintf(text, sizeof texts[0], "%.0f,%03.0f", (double)(int64_t)(ns / 1000),
                 ns - 1000 * (double)(int64_t)(ns / 1000));
    return text;
}

static void verdict(const struct measured *m, char *ret_text, size_t size)
{
    double goal = m->row->goal;

    if (goal == 0)
        snprintf(ret_text, size, "-");
    else if (!m->best)
        snprintf(ret_text, size, "no peer");
    else if (m->ratio <= goal)
        snprintf(ret_text, size, "met");
    else
        snprintf(ret_text, size, "not met: %.2f times the goal", m->ratio / goal);
}

/* "senders to 1: 64": a row's title outside of its table. */
const char *full_title(const struct row_of *row)
{
    static const char *const groups[] = { "", "senders to 1: ", "1 to receivers: " };
    static char text[64];

    snprintf(text, sizeof text, "%s%s", groups[row->group], row->title);
    return text;
}

static void goal_text(const struct measured *m, char *ret_text, size_t size)
{
    if (m->row->goal == 0)
        snprintf(ret_text, size, "-");
    else
        snprintf(ret_text, size, "%.2f", m->row->goal);
}

/* ---- the terminal ---- */

void report_heading(void)
{
    printf("\n%-34s", "ns per operation (ours / theirs)");
    for (int i = 0; i < program_count; i++)
        printf(" %*s", i ? 16 : 9, programs[i].title);
    printf("   %s\n", "ours / best peer (spread), goal");
}

void report_line(const struct measured *m, int rounds)
{
    char text[64];

    printf("%-34s %9s", full_title(m->row), shown(m->of[0].median));
    for (int i = 1; i < program_count; i++) {
        if (!m->of[i].present) {
            printf(" %16s", "-");
            continue;
        }
        snprintf(text, sizeof text, "%s (%.2f)", shown(m->of[i].median), ratio_to(m, i, rounds));
        printf(" %16s", text);
    }
    if (m->best) {
        printf("   %.2f (%.2f-%.2f)", m->ratio, m->ratio_low, m->ratio_high);
        if (m->row->goal > 0) {
            verdict(m, text, sizeof text);
            printf(" goal %.2f: %s", m->row->goal, text);
        }
    }
    printf("\n");
    fflush(stdout);
}

/* ---- Markdown ---- */

static void main_table(FILE *out, const struct results *r)
{
    char goal[16], met[64];

    fputs("| | ours: ns (spread) |", out);
    for (int i = 1; i < program_count; i++)
        fprintf(out, " %s |", programs[i].title);
    fputs(" best peer | ours / best (spread) | goal | |\n|---|---|", out);
    for (int i = 1; i < program_count; i++)
        fputs("---|", out);
    fputs("---|---|---|---|\n", out);
    for (int k = 0; k < r->count; k++) {
        const struct measured *m = &r->rows[k];

        if (m->row->group != MAIN)
            continue;
        fprintf(out, "| %s | **%s** (%s-%s) |", m->row->title, shown(m->of[0].median), shown(m->of[0].low),
                shown(m->of[0].high));
        for (int i = 1; i < program_count; i++) {
            bool task = m->row->tasks && strcmp(m->row->tasks, programs[i].name) == 0;

            if (m->of[i].present)
                fprintf(out, " %s%s (%.2f) |", shown(m->of[i].median), task ? " *tasks*" : "",
                        ratio_to(m, i, r->rounds));
            else
                fputs(" |", out);
        }
        goal_text(m, goal, sizeof goal);
        verdict(m, met, sizeof met);
        if (m->best)
            fprintf(out, " %s | **%.2f** (%.2f-%.2f) | %s | %s |\n", programs[m->best].title, m->ratio, m->ratio_low,
                    m->ratio_high, goal, met);
        else
            fprintf(out, " | | %s | %s |\n", goal, met);
    }
}

/* One line for each program, one column for each number of threads; beside each figure how it has grown. */
static void growth_table(FILE *out, const struct results *r, enum group group, const char *base, const char *what)
{
    const struct measured *rows[ROWS_MOST], *from = NULL;
    int count = 0;

    for (int k = 0; k < r->count; k++)
        if (r->rows[k].row->group == group) {
            rows[count++] = &r->rows[k];
            if (strcmp(r->rows[k].row->title, base) == 0)
                from = &r->rows[k];
        }
    if (count == 0 || !from)
        return;
    fprintf(out, "\n| %s |", what);
    for (int k = 0; k < count; k++)
        fprintf(out, " %s |", rows[k]->row->title);
    fputs("\n|---|", out);
    for (int k = 0; k < count; k++)
        fputs("---|", out);
    fputc('\n', out);
    for (int i = 0; i < program_count; i++) {
        if (!from->of[i].present)
            continue;
        fprintf(out, "| %s%s%s |", i ? "" : "**", programs[i].title, i ? "" : "**");
        for (int k = 0; k < count; k++)
            fprintf(out, " %s (%.2f) |", shown(rows[k]->of[i].median), rows[k]->of[i].median / from->of[i].median);
        fputc('\n', out);
    }
}

/* The notes are paragraphs, "NAME: text"; those of rows that are not at their goals are shown, so that no text
 * excuses what has long been met. */
static void notes(FILE *out, const struct results *r)
{
    bool heading = false;

    for (int k = 0; k < r->count; k++) {
        const struct measured *m = &r->rows[k];
        const char *note = r->notes;
        size_t length = strlen(m->row->name);

        if (m->row->group != MAIN || m->row->goal == 0 || !m->best || m->ratio <= m->row->goal)
            continue;
        if (!heading)
            fputs("\n## Rows behind their goals, and why\n\n", out);
        heading = true;
        while (note && !(strncmp(note, m->row->name, length) == 0 && strncmp(note + length, ": ", 2) == 0))
            note = strstr(note, "\n\n") ? strstr(note, "\n\n") + 2 : NULL;
        fprintf(out, "- **%s**, %.2f, goal %.2f. ", m->row->title, m->ratio, m->row->goal);
        if (note)
            fwrite(note + length + 2, 1,
                   strstr(note, "\n\n") ? (size_t)(strstr(note, "\n\n") - note) - length - 2 : strlen(note + length + 2),
                   out);
        else
            fputs("Not looked into yet.", out);
        fputc('\n', out);
    }
}

void report_markdown(FILE *out, const struct results *r)
{
    fprintf(out,
            "# How fast the runtime is\n\n"
            "Written by `%s`; do not edit. Everything here was measured in one run, ours and the peers' in turns.\n"
            "[bench/runtime/README.md](../bench/runtime/README.md) says what each row does, and how it is measured.\n\n",
            r->command);
    fprintf(out, "%s\n\n", r->machine);
    for (int i = 0; i < program_count; i++)
        fprintf(out, "- %s: %s\n", programs[i].title, programs[i].version);
    if (r->missing && *r->missing)
        fprintf(out, "- **not measured, because it is not here**: %s\n", r->missing);
    fprintf(out,
            "\n![ours over the best peer's, row by row](performance.svg)\n\n"
            "## The table\n\n"
            "Nanoseconds for one operation: medians of %d. In brackets behind a peer's: ours / theirs, the median of the\n"
            "ratios of the rounds. *tasks*: goroutines, which are not compared with threads there. Below 1 is faster.\n\n",
            r->rounds);
    main_table(out, r);
    notes(out, r);
    fputs("\n## Growth\n\nNanoseconds for one message through an unbounded channel, and in brackets how many times that is\n"
          "of its own cost with 2 senders (goal: at most 2 for ours).\n",
          out);
    growth_table(out, r, SENDERS, "2", "senders to 1 receiver");
    fputs("\nThe same for one sender and many receivers of one channel, relative to 1 receiver.\n", out);
    growth_table(out, r, RECEIVERS, "1", "1 sender to receivers");
    if (r->facts && *r->facts)
        fprintf(out, "\n## Memory, and what idleness costs\n\n%s", r->facts);
}
