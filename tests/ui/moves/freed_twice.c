/* The same memory is given back twice: straight, through a copy, in a loop, by a helper. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ready(void);

void straight(void)
{
    char *p = malloc(3);
    free(p);
    free(p); //~ ERROR F0302 `p` is freed twice
}

void through_copy(void)
{
    char *p = strdup("a");
    char *q = p;
    free(p);
    free(q); //~ ERROR F0302 `q` is freed twice
}

void one_branch(void)
{
    char *p = malloc(3);
    if (ready())
        free(p);
    puts("done");
    free(p); //~ ERROR F0302 `p` is freed twice
}

void in_loop(void)
{
    char *p = malloc(3);
    for (int i = 0; i < 3; i++)
        free(p); //~ ERROR F0302 `p` is freed twice
}

static void release(char *s)
{
    puts("releasing");
    free(s);
}

void by_helper(void)
{
    char *p = malloc(3);
    release(p);
    free(p); //~ ERROR F0302 `p` is freed twice
}

struct pair {
    char *a, *b;
};

void field(struct pair *p)
{
    free(p->a);
    free(p->b);
    free(p->a); //~ ERROR F0302 `p->a` is freed twice
}

int error_path(FILE *f)
{
    if (!ready()) {
        fclose(f);
        goto out;
    }
    return 0;
out:
    fclose(f); //~ ERROR F0302 `f` is freed twice
    return -1;
}
