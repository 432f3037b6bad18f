/* Plain C: once the branch is taken, nothing that is decided afterwards helps. */
#include <stdio.h>
#include <stdlib.h>

int key(void);

int forgets_a_side(int argc, char **argv)
{
    int n;
    if (argc < 2)
        fprintf(stderr, "a number is missing\n");
    else
        n = atoi(argv[1]);
    return n; //~ ERROR E0381 used binding `n` is possibly-uninitialized
}

int deep(int a, int b)
{
    int x;
    if (a) {
        if (b)
            x = 1;
    } else {
        x = 2;
    }
    if (key())
        puts("key");
    return x; //~ ERROR E0381 used binding `x` is possibly-uninitialized
}

int leaves_when_missing(int argc, char **argv)
{
    int n;
    if (argc < 2) {
        fprintf(stderr, "a number is missing\n");
        exit(1);
    }
    n = atoi(argv[1]);
    return n;
}
