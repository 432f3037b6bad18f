/* Double locks by recursion and through pointers to functions; releases that neither a helper nor its callers may make. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct node {
    pthread_mutex_t lock;
    struct node *left, *right;
    long value;
};
struct list {
    pthread_mutex_t lock;
    int count;
};
static pthread_mutex_t depth = PTHREAD_MUTEX_INITIALIZER, parity = PTHREAD_MUTEX_INITIALIZER, table = PTHREAD_MUTEX_INITIALIZER,
                       one = PTHREAD_MUTEX_INITIALIZER, two = PTHREAD_MUTEX_INITIALIZER, journal = PTHREAD_MUTEX_INITIALIZER;
static long n, rows, ones, twos;

/* ---- recursion ---- */
static void deeper(int levels)
{
    pthread_mutex_lock(&depth);
    n++;
    if (levels > 0)
        deeper(levels - 1); //~ ERROR F0104 `depth` is locked twice by one thread
    pthread_mutex_unlock(&depth);
}
static void even(int number);
static void odd(int number)
{
    if (number > 0)
        even(number - 1);
}
static void even(int number)
{
    pthread_mutex_lock(&parity);
    n++;
    if (number > 0)
        odd(number - 1); //~ ERROR F0104 `parity` is locked twice by one thread
    pthread_mutex_unlock(&parity);
}
static void deeper_ok(int levels)
{
    pthread_mutex_lock(&depth);
    n++;
    pthread_mutex_unlock(&depth);
    if (levels > 0)
        deeper_ok(levels - 1);
}
/* each node has a lock of its own */
static long sum(struct node *node)
{
    if (!node)
        return 0;
    pthread_mutex_lock(&node->lock);
    long all = node->value + sum(node->left) + sum(node->right);
    pthread_mutex_unlock(&node->lock);
    return all;
}
static void with_flag(int levels, int is_locked)
{
    if (!is_locked)
        pthread_mutex_lock(&depth);
    n++;
    if (levels > 0)
        with_flag(levels - 1, 1);
    if (!is_locked)
        pthread_mutex_unlock(&depth);
}

/* ---- through pointers ---- */
static void add_row(int row)
{
    pthread_mutex_lock(&table);
    rows += row;
    pthread_mutex_unlock(&table);
}
static void print_row(int row)
{
    printf("%d\n", row);
}
static void each_row(void (*visit)(int))
{
    pthread_mutex_lock(&table);
    for (int i = 0; i < rows; i++)
        visit(i); //~ ERROR F0104 `table` is locked twice by one thread
    pthread_mutex_unlock(&table);
}
static void each_row_ok(void (*visit)(int))
{
    pthread_mutex_lock(&table);
    long count = rows;
    pthread_mutex_unlock(&table);
    for (int i = 0; i < count; i++)
        visit(i);
}
static void show(struct list *list, int i)
{
    pthread_mutex_lock(&list->lock);
    printf("%d of %d\n", i, list->count);
    pthread_mutex_unlock(&list->lock);
}
static void each(struct list *list, void (*visit)(struct list *, int))
{
    pthread_mutex_lock(&list->lock);
    for (int i = 0; i < list->count; i++)
        visit(list, i); //~ ERROR F0104 `list->lock` is locked twice by one thread
    pthread_mutex_unlock(&list->lock);
}
static void note_it(struct list *list, int i)
{
    (void)list;
    pthread_mutex_lock(&journal);
    printf("%d\n", i);
    pthread_mutex_unlock(&journal);
}
static void each_other(struct list *list, void (*note)(struct list *, int))
{
    pthread_mutex_lock(&list->lock);
    note(list, list->count);
    pthread_mutex_unlock(&list->lock);
}

/* ---- whose lock is let go ---- */
static void add_ones(void)
{
    pthread_mutex_lock(&one);
    ones++;
    pthread_mutex_unlock(&two); //~ ERROR F0105 `two` is released while it is not held
}
static void add_twos(void)
{
    pthread_mutex_lock(&two);
    twos++;
    pthread_mutex_unlock(&two);
}
static void forgets_to_lock(struct list *list)
{
    list->count++;
    pthread_mutex_unlock(&list->lock); //~ ERROR F0105 `list->lock` is released while it is not held
}
static void finish(struct node *node)
{
    node->value++;
    pthread_mutex_unlock(&node->lock);
}
static void finishes(struct node *node)
{
    pthread_mutex_lock(&node->lock);
    finish(node);
}
/* hand over hand: the caller holds the first */
static struct node *advance(struct node *node)
{
    struct node *next = node->right;
    if (next)
        pthread_mutex_lock(&next->lock);
    pthread_mutex_unlock(&node->lock);
    return next;
}
static void walk(struct node *node)
{
    pthread_mutex_lock(&node->lock);
    while (node) {
        node->value++;
        node = advance(node);
    }
}

int main(void)
{
    static struct node root = {.lock = PTHREAD_MUTEX_INITIALIZER};
    static struct list list = {PTHREAD_MUTEX_INITIALIZER, 3};
    deeper(3);
    even(4);
    deeper_ok(3);
    with_flag(3, 0);
    each_row(add_row);
    each_row(print_row);
    each_row_ok(add_row);
    each(&list, show);
    each_other(&list, note_it);
    add_ones();
    add_twos();
    for (int i = 0; i < 3; i++)
        forgets_to_lock(&list);
    finishes(&root);
    walk(&root);
    return (int)sum(&root);
}
