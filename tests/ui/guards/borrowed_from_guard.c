/* Pointers made through a guard and used when the lock is not held any more, or was let go in between. */
#include <fearless.h>

#include <stdio.h>

struct queue {
    char *name;
    int ready;
    int slots[4];
};
typedef fl_mutex(struct queue) locked_queue;
typedef fl_mutex(int) number;
typedef fl_rwlock(struct queue) shared_queue;
static struct fl_condvar changed = FL_CONDVAR;

int loaded(locked_queue *m)
{
    char *p;
    {
        fl_guard(q, m);
        p = q->name; //~ ERROR E0597 the guard of `m` does not live long enough
    }
    return p[0];
}

int unlocked(locked_queue *m)
{
    fl_guard(q, m);
    char *p = q->name; //~ ERROR E0597 the guard of `m` does not live long enough
    fl_unlock(q);
    return p[0];
}

int unlocked_on_one_path(locked_queue *m, int early)
{
    fl_guard(q, m);
    int *p = q->slots; //~ ERROR E0597
    if (early)
        fl_unlock(q);
    return p[2];
}

void over_a_wait(locked_queue *m)
{
    fl_guard(q, m);
    char *p = q->name; //~ ERROR E0597 the guard of `m` does not live long enough
    while (!q->ready)
        fl_wait(&changed, q);
    puts(p);
}

void over_waits(locked_queue *m)
{
    fl_guard(q, m);
    int *slot = &q->slots[1]; //~ ERROR E0597
    fl_wait_while(&changed, q, q->ready == 0);
    *slot = 1;
}

void over_a_wait_with_a_timeout(locked_queue *m)
{
    fl_guard(q, m);
    char *p = q->name; //~ ERROR E0597
    while (!q->ready)
        if (fl_wait_timeout(&changed, q, fl_millis(5)) == FL_TIMEOUT)
            break;
    puts(p);
}

static int *latest;
struct holder {
    int *p;
};

void in_a_global(number *m)
{
    fl_guard(n, m);
    latest = n; //~ ERROR E0597
}

void in_the_callers_memory(number *m, struct holder *h)
{
    fl_guard(n, m);
    h->p = n; //~ ERROR E0597
}

int *returned(number *m)
{
    fl_guard(n, m);
    return n; //~ ERROR E0597
}

char *returned_what_was_loaded(locked_queue *m)
{
    fl_guard(q, m);
    if (!q->ready)
        return NULL;
    return q->name; //~ ERROR E0597
}

static int *first_of(struct queue *q)
{
    return q->slots;
}

int through_a_helper(locked_queue *m)
{
    int *p;
    {
        fl_guard(q, m);
        p = first_of(q); //~ ERROR E0597
    }
    return *p;
}

int under_a_read_lock(shared_queue *m)
{
    const int *p;
    {
        fl_read_guard(q, m);
        p = &q->ready; //~ ERROR E0597
    }
    return *p;
}

int in_a_struct(number *m)
{
    struct holder h;
    fl_with (n, m)
        h.p = n; //~ ERROR E0597
    return *h.p;
}

void in_the_next_pass(number *m)
{
    int *p = NULL;
    for (int i = 0; i < 3; i++) {
        if (p)
            *p = 1;
        fl_guard(n, m);
        p = n; //~ ERROR E0597
    }
}

struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};

long of_a_guarded_field(struct account *a)
{
    long *p;
    {
        fl_lock_guard(held, &a->lock);
        p = &a->balance; //~ ERROR E0597 the guard of `a->lock` does not live long enough
    }
    return *p;
}

int the_guard_itself(locked_queue *m)
{
    fl_guard(q, m);
    fl_unlock(q);
    return q->ready; //~ ERROR F0101
}

int a_part_of_its_own(locked_queue *m)
{
    fl_guard(q, m);
    fl_map_guard(ready, q, &q->ready);
    int *p = ready; //~ ERROR E0597
    fl_unlock(ready);
    return *p;
}

int one_of_two(number *m)
{
    int *p, sum;
    fl_guard(a, &m[0]);
    {
        fl_guard(b, &m[1]);
        p = b; //~ ERROR E0597
        sum = *a + *b;
    }
    return *p + sum;
}

struct node {
    struct node *next;
    int value;
};
typedef fl_mutex(struct node *) list;

static struct node *first(struct node *const *head)
{
    return *head;
}

int by_a_helper_that_looks(list *m)
{
    struct node *n;
    fl_with (head, m)
        n = first(head); //~ ERROR E0597
    return n->value;
}

int walked_when_unlocked(list *m)
{
    struct node *n;
    fl_with (head, m)
        n = *head; //~ ERROR E0597
    while (n && n->value == 0)
        n = n->next;
    return n != NULL;
}

int left_in_the_callers(list *m, struct node **out)
{
    fl_guard(head, m);
    *out = *head; //~ ERROR E0597
    return 0;
}
