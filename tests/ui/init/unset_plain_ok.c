/*
 * Plain C: what a variable holds is known only to whoever knows that one condition implies another, or that a function of
 * another file never returns. Nothing is said of it.
 */
#include <stdio.h>

struct options {
    int locked, checked;
};

int key(void);
int parse(const char *text, int *out);
void usage(const char *why);

int implied(const struct options *options)
{
    int hash;
    if (options->locked)
        hash = key();
    if (options->checked)
        return hash;
    return 0;
}

int by_a_flag_of_its_own(int n)
{
    int found = 0, at;
    for (int i = 0; i < n; i++) {
        if (key() == i) {
            at = i;
            found++;
        }
    }
    return found ? at : -1;
}

int exits_elsewhere(int argc, char **argv)
{
    int n;
    if (argc < 2 || !parse(argv[1], &n))
        usage("a number is missing");
    return n;
}

int by_its_kind(const struct options *options, const char *text)
{
    char kind;
    int n;
    switch (options->checked) {
    case 1:
        n = sscanf(text, "%c", &kind);
        break;
    case 2:
        n = 2;
        break;
    default:
        n = 0;
    }
    if (n == 1)
        puts("one");
    if (options->checked == 1 && n == 1)
        return kind;
    return n;
}
