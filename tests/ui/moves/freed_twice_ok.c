/* Freed once on each way, or something else each time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ready(void);

void set_to_null(void)
{
    char *p = malloc(3);
    if (ready()) {
        free(p);
        p = NULL;
    }
    free(p);
}

void new_each_time(void)
{
    for (int i = 0; i < 3; i++) {
        char *p = malloc(3);
        free(p);
    }
    char *p = NULL;
    for (int i = 0; i < 3; i++) {
        free(p);
        p = malloc(3);
    }
    free(p);
}

void remembered(void)
{
    char *p = malloc(3);
    int freed = 0;
    if (ready()) {
        free(p);
        freed = 1;
    }
    if (!freed)
        free(p);
}

struct node {
    struct node *next;
    char *name;
};

void list(struct node *n)
{
    while (n) {
        struct node *next = n->next;
        free(n->name);
        free(n);
        n = next;
    }
}

void array(char **all, int n)
{
    for (int i = 0; i < n; i++)
        free(all[i]);
    free(all);
}

void refill(struct node *n);

void in_memory(struct node *n)
{
    free(n->name);
    refill(n);
    free(n->name);
}

void by_hand(struct node *n)
{
    free(n->name);
    n->name = strdup("b");
    free(n->name);
    n->name = NULL;
}

char *grow(char *p)
{
    char *q = realloc(p, 100);
    if (!q)
        abort();
    return q;
}

int error_path(FILE *f)
{
    int rc = -1;
    char *line = malloc(80);
    if (!line)
        goto close;
    if (!fgets(line, 80, f))
        goto release;
    rc = 0;
release:
    free(line);
close:
    fclose(f);
    return rc;
}

void *grow_or_free(void *p, size_t size)
{
    void *q = realloc(p, size);
    if (q)
        return q;
    free(p);
    return NULL;
}
