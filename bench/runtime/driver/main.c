/* driver [OPTION...] NAME=TITLE=PROGRAM...   (ours first)
 *
 *     --rounds N      rounds (5 at least for a figure that is written down)
 *     --rows REGEX    only the rows whose name matches
 *     --quick         short runs, for a look or a test; no goal is judged by it
 *     --missing TEXT  the peers that are not there, for the report
 *     --command TEXT  what the user typed, for the report
 *     --notes FILE    why rows are behind their goals
 *     --facts FILE    the section about memory, in Markdown
 *     --write FOLDER  write performance.md and performance.svg there */
#include "driver.h"

#include <getopt.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static char *contents(const char *path)
{
    FILE *in = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;

    if (!in || getdelim(&text, &size, '\0', in) < 0) {
        fprintf(stderr, "bench: cannot read %s\n", path);
        exit(1);
    }
    fclose(in);
    return text;
}

/* What priority this session has been given, if it is not the usual one: the figures are not comparable without it. */
static int session_nice(void)
{
    FILE *in = fopen("/proc/self/autogroup", "r");
    int nice = 0;

    if (in && fscanf(in, "%*s nice %d", &nice) != 1)
        nice = 0;
    if (in)
        fclose(in);
    return nice;
}

/* CPU, cores, system, load and date, in one line. */
static void machine_line(char *ret_text, size_t size)
{
    struct utsname system;
    char line[256], cpu[128] = "unknown CPU", date[32];
    double load = 0;
    FILE *in = fopen("/proc/cpuinfo", "r");
    time_t now = time(NULL);

    while (in && fgets(line, sizeof line, in))
        if (sscanf(line, "model name : %127[^\n]", cpu) == 1)
            break;
    if (in)
        fclose(in);
    uname(&system);
    (void)getloadavg(&load, 1);
    strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", gmtime(&now));
    snprintf(ret_text, size, "%s, %ld cores, %s %s %s; load at the start %.2f; %s", cpu, sysconf(_SC_NPROCESSORS_ONLN),
             system.sysname, system.release, system.machine, load, date);
    if (session_nice() != 0)
        snprintf(ret_text + strlen(ret_text), size - strlen(ret_text),
                 "; scheduled before other programs (autogroup nice %d)", session_nice());
}

static FILE *create(const char *folder, const char *name)
{
    char path[4096];
    FILE *out;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    out = fopen(path, "w");
    if (!out) {
        perror(path);
        exit(1);
    }
    return out;
}

static void finish(FILE *out)
{
    if (fclose(out) != 0) {
        perror("bench: writing");
        exit(1);
    }
}

static struct results results;
static struct plan plan = { 7, 100 * 1000 * 1000 };
static const char *folder;
static regex_t wanted;

static void take_options(int argc, char **argv)
{
    static const struct option options[] = {
        { "rounds", 1, NULL, 'n' },  { "rows", 1, NULL, 'r' },  { "quick", 0, NULL, 'q' }, { "missing", 1, NULL, 'm' },
        { "command", 1, NULL, 'c' }, { "notes", 1, NULL, 'o' }, { "facts", 1, NULL, 'f' }, { "write", 1, NULL, 'w' },
        { 0 },
    };
    const char *rows = ".";
    int option;

    results.command = "./dev bench runtime";
    results.missing = "";
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        switch (option) {
        case 'n':
            plan.rounds = atoi(optarg);
            break;
        case 'r':
            rows = optarg;
            break;
        case 'q':
            plan = (struct plan){ 1, 2 * 1000 * 1000 };
            break;
        case 'm':
            results.missing = optarg;
            break;
        case 'c':
            results.command = optarg;
            break;
        case 'o':
            results.notes = contents(optarg);
            break;
        case 'f':
            results.facts = contents(optarg);
            break;
        case 'w':
            folder = optarg;
            break;
        default:
            exit(1);
        }
    if (plan.rounds < 1 || plan.rounds > ROUNDS_MOST || regcomp(&wanted, rows, REG_EXTENDED | REG_NOSUB) != 0) {
        fprintf(stderr, "bench: --rounds is 1 to %d, --rows a regular expression\n", ROUNDS_MOST);
        exit(1);
    }
    results.rounds = plan.rounds;
}

/* A row that stands in two tables is measured once. */
static const struct measured *measured_already(const struct row_of *row)
{
    for (int k = 0; k < results.count; k++)
        if (strcmp(results.rows[k].row->name, row->name) == 0)
            return &results.rows[k];
    return NULL;
}

int main(int argc, char **argv)
{
    double load = 0;
    char machine[600];

    take_options(argc, argv);
    for (int i = optind; i < argc; i++)
        if (!programs_add(argv[i])) {
            fprintf(stderr, "bench: cannot run %s\n", argv[i]);
            return 1;
        }
    if (program_count == 0) {
        fprintf(stderr, "bench: no program is named\n");
        return 1;
    }
    machine_line(machine, sizeof machine);
    results.machine = machine;
    printf("%s\n", machine);
    for (int i = 0; i < program_count; i++)
        printf("  %-24s %s\n", programs[i].title, programs[i].version);
    if (*results.missing)
        printf("  missing: %s\n", results.missing);
    printf("  %d rounds, in turns; runs of %lld ms\n", plan.rounds, (long long)(plan.run_ns / 1000000));
    report_heading();
    for (int k = 0; k < row_count; k++) {
        const struct row_of *row = &all_rows[k];
        struct measured *m = &results.rows[results.count];
        const struct measured *before = measured_already(row);

        if (regexec(&wanted, row->name, 0, NULL, 0) != 0)
            continue;
        if (before) {
            *m = *before;
            m->row = row;
        } else if (!measure(row, &plan, m)) {
            printf("%-34s not in the library yet\n", full_title(row));
            continue;
        }
        report_line(m, plan.rounds);
        results.count++;
    }
    (void)getloadavg(&load, 1);
    snprintf(machine + strlen(machine), sizeof machine - strlen(machine), "; load at the end %.2f (its own is 1 to 3)", load);
    printf("%s\n", machine);
    if (folder && results.count > 0) {
        FILE *out = create(folder, "performance.md");

        report_markdown(out, &results);
        finish(out);
        out = create(folder, "performance.svg");
        picture(out, &results);
        finish(out);
        printf("\n%s/performance.md and performance.svg are written\n", folder);
    }
    return results.count > 0 ? 0 : 1;
}
