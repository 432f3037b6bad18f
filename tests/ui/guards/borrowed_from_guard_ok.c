/* What is used under its guard, copied, or taken out of what the lock guards. */
#include <fearless.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
    struct node *next;
    int value;
};
struct job {
    fl_mutex(int) left;
    int number;
};
struct queue {
    char *name;
    const char *kind;
    int ready, count;
    struct node *head;
    struct node *items[8];
    struct job *job;
    void (*notify)(int);
    fl_arc(int) shared;
    int slots[4];
};
typedef fl_mutex(struct queue) locked_queue;
typedef fl_mutex(int) number;
static struct fl_condvar changed = FL_CONDVAR;

int used_before(locked_queue *m)
{
    fl_guard(q, m);
    char *p = q->name;
    int first = p[0];
    fl_unlock(q);
    return first;
}

void loaded_after_the_wait(locked_queue *m)
{
    fl_guard(q, m);
    char *p = q->name;
    puts(p);
    fl_wait_while(&changed, q, q->ready == 0);
    p = q->name;
    puts(p);
    q->ready = 0;
}

int taken(locked_queue *m)
{
    struct node *n;
    {
        fl_guard(q, m);
        n = q->head;
        if (n)
            q->head = n->next;
    }
    if (!n)
        return 0;
    int value = n->value;
    free(n);
    return value;
}

int taken_out_of_the_middle(locked_queue *m, int value)
{
    struct node *n;
    {
        fl_guard(q, m);
        struct node **at = &q->head;
        while (*at && (*at)->value != value)
            at = &(*at)->next;
        n = *at;
        if (n)
            *at = n->next;
    }
    int found = n != NULL;
    free(n);
    return found;
}

int taken_from_the_end(locked_queue *m)
{
    struct node *n = NULL;
    fl_guard(q, m);
    if (q->count > 0)
        n = q->items[--q->count];
    fl_unlock(q);
    return n ? n->value : 0;
}

static struct node *pop(struct queue *q)
{
    struct node *n = q->head;
    if (n)
        q->head = n->next;
    return n;
}

int taken_by_a_helper(locked_queue *m)
{
    struct node *n;
    fl_with (q, m)
        n = pop(q);
    return n ? n->value : 0;
}

int taken_in_a_loop(locked_queue *m)
{
    int sum = 0;
    for (;;) {
        fl_guard(q, m);
        while (!q->head && q->ready)
            fl_wait(&changed, q);
        struct node *n = q->head;
        if (!n)
            return sum;
        q->head = n->next;
        fl_unlock(q);
        sum += n->value;
        free(n);
    }
}

char *handed_over(locked_queue *m)
{
    fl_guard(q, m);
    char *name = q->name;
    q->name = NULL;
    return name;
}

char *copied(locked_queue *m)
{
    fl_guard(q, m);
    return strdup(q->name);
}

const char *a_text_for_reading(locked_queue *m)
{
    fl_guard(q, m);
    return q->kind;
}

void has_its_own_lock(locked_queue *m)
{
    struct job *job;
    {
        fl_guard(q, m);
        job = q->job;
    }
    fl_with (left, &job->left)
        *left -= 1;
}

void a_function(locked_queue *m)
{
    void (*notify)(int);
    {
        fl_guard(q, m);
        notify = q->notify;
    }
    notify(1);
}

int an_arc_of_its_own(locked_queue *m)
{
    fl_arc(int) mine;
    {
        fl_guard(q, m);
        mine = fl_clone(q->shared);
    }
    int value = *fl_get(mine);
    fl_drop(mine);
    return value;
}

int a_number(locked_queue *m)
{
    int index;
    struct queue *q_outside = NULL;
    {
        fl_guard(q, m);
        int *at = &q->slots[2];
        index = (int)(at - q->slots);
    }
    return q_outside == NULL ? index : 0;
}

int asked_whether_it_is_there(locked_queue *m)
{
    char *p;
    {
        fl_guard(q, m);
        p = q->name;
    }
    return p != NULL;
}

static int *latest;

void set_back(number *m)
{
    fl_guard(n, m);
    latest = n;
    *latest = 2;
    latest = NULL;
}

int of_the_next_guard(number *m)
{
    fl_guard(n, m);
    int *p = n;
    *p = 2;
    fl_unlock(n);
    fl_guard(again, m);
    p = again;
    return *p;
}

int of_the_outer_guard(number *m)
{
    fl_guard(a, &m[0]);
    int *p = a;
    {
        fl_guard(b, &m[1]);
        *b = *p;
    }
    return *p;
}

int tried(number *m)
{
    fl_try_guard(n, m);
    if (!n)
        return 0;
    int *p = n;
    return *p;
}

void a_part_of_its_own(locked_queue *m)
{
    fl_guard(q, m);
    fl_map_guard(ready, q, &q->ready);
    int *p = ready;
    *p = 1;
    fl_unlock(ready);
}

static void add_one(int *n)
{
    *n += 1;
}

void lent(number *m)
{
    fl_guard(n, m);
    add_one(n);
}
