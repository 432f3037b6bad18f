/* Memory that threads reach by pointers: what each is given, what all are given, what hangs in a global. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct shared {
    pthread_mutex_t lock;
    int n, bare;
};
struct job {
    int id;
    long sum;
    const int *data;
    struct shared *shared;
};

/* ---- a struct for each thread, one for all ---- */
static void *run_job(void *arg)
{
    struct job *j = arg;
    for (int i = 0; i < 10; i++)
        j->sum += j->data[i] * j->id; /* its own */
    pthread_mutex_lock(&j->shared->lock);
    j->shared->n++;
    pthread_mutex_unlock(&j->shared->lock);
    j->shared->bare++; //~ ERROR F0201 data race on `j->shared->bare`
    return NULL;
}
long jobs_in_an_array(const int *data)
{
    pthread_t t[4];
    struct job jobs[4];
    struct shared *s = malloc(sizeof *s);
    if (!s)
        return -1;
    pthread_mutex_init(&s->lock, NULL);
    s->n = s->bare = 0;
    for (int i = 0; i < 4; i++) {
        jobs[i] = (struct job){ .id = i, .data = data, .shared = s };
        if (pthread_create(&t[i], NULL, run_job, &jobs[i]))
            abort();
    }
    long sum = 0;
    for (int i = 0; i < 4; i++) {
        pthread_join(t[i], NULL);
        sum += jobs[i].sum;
    }
    sum += s->n + s->bare;
    free(s);
    return sum;
}

/* ---- made for the thread, and given away ---- */
static void *run_own(void *arg)
{
    struct job *j = arg;
    j->sum = j->id;
    free(j);
    return NULL;
}
void job_on_the_heap(int n)
{
    for (int i = 0; i < n; i++) {
        pthread_t t;
        struct job *j = calloc(1, sizeof *j);
        if (!j)
            return;
        j->id = i;
        if (pthread_create(&t, NULL, run_own, j) == 0)
            pthread_detach(t);
        else
            free(j);
    }
}
static void *run_kept(void *arg)
{
    struct job *j = arg;
    j->sum = j->id;
    return NULL;
}
void still_written_by_the_creator(void)
{
    pthread_t t;
    struct job *j = calloc(1, sizeof *j);
    if (!j || pthread_create(&t, NULL, run_kept, j))
        return;
    j->id = 7; //~ ERROR F0201 data race on `j->id`
    pthread_join(t, NULL);
    free(j);
}

/* ---- slots ---- */
static int slots[4], wrong_slots[4];
static void *fill_slot(void *arg)
{
    int i = (int)(long)arg;
    slots[i] = i;
    wrong_slots[0] += i; //~ ERROR F0201 data race on `wrong_slots[0]`
    return NULL;
}
int sum_of_slots(void)
{
    pthread_t t[4];
    int sum = 0;
    for (long i = 0; i < 4; i++)
        if (pthread_create(&t[i], NULL, fill_slot, (void *)i))
            abort();
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < 4; i++)
        sum += slots[i] + wrong_slots[i];
    return sum;
}
static void *store_at(void *arg)
{
    *(int *)arg = 1;
    return NULL;
}
int two_elements(void)
{
    pthread_t a, b;
    int pair[2] = { 0, 0 };
    if (pthread_create(&a, NULL, store_at, &pair[0]))
        return -1;
    if (pthread_create(&b, NULL, store_at, &pair[1]))
        abort();
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return pair[0] + pair[1];
}
static void *store_same(void *arg)
{
    *(int *)arg = 1; //~ ERROR F0201 data race on `one`
    return NULL;
}
int one_for_two(void)
{
    pthread_t a, b;
    int one = 0;
    if (pthread_create(&a, NULL, store_same, &one))
        return -1;
    if (pthread_create(&b, NULL, store_same, &one))
        abort();
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return one;
}

/* ---- a lock beside the data, in each of many objects ---- */
struct account {
    pthread_mutex_t lock;
    int balance, unguarded;
};
static struct account accounts[10];
static void *pay(void *arg)
{
    int i = (int)(long)arg % 10, k = (i + 1) % 10;
    struct account *a = &accounts[i];
    pthread_mutex_lock(&a->lock);
    a->balance--;
    pthread_mutex_unlock(&a->lock);
    pthread_mutex_lock(&accounts[k].lock);
    accounts[k].balance++;
    pthread_mutex_unlock(&accounts[k].lock);
    return NULL;
}
void per_object_locks(void)
{
    pthread_t t[20];
    for (long i = 0; i < 20; i++)
        if (pthread_create(&t[i], NULL, pay, (void *)(i / 2)))
            abort();
    for (int i = 0; i < 20; i++)
        pthread_join(t[i], NULL);
}
struct pair {
    struct account *from, *to;
};
static void *locks_the_wrong_one(void *arg)
{
    struct pair *p = arg;
    pthread_mutex_lock(&p->from->lock);
    p->to->balance++; //~ ERROR F0201 data race on `b.balance`
    pthread_mutex_unlock(&p->from->lock);
    return NULL;
}
void wrong_instance(void)
{
    static struct account a, b;
    struct pair pair = { &a, &b };
    pthread_t t;
    if (pthread_create(&t, NULL, locks_the_wrong_one, &pair))
        return;
    pthread_mutex_lock(&b.lock);
    b.balance++;
    pthread_mutex_unlock(&b.lock);
    pthread_join(t, NULL);
}

/* ---- found through a global ---- */
struct node {
    struct node *next;
    int value;
};
static struct node *head;
static pthread_mutex_t head_lock = PTHREAD_MUTEX_INITIALIZER;
static void *producer(void *arg)
{
    for (int i = 0; i < 10; i++) {
        struct node *n = malloc(sizeof *n);
        if (!n)
            break;
        n->value = i; /* nobody else has it yet */
        pthread_mutex_lock(&head_lock);
        n->next = head;
        head = n;
        pthread_mutex_unlock(&head_lock);
    }
    return arg;
}
static void *consumer(void *arg)
{
    for (int i = 0; i < 10; i++) {
        pthread_mutex_lock(&head_lock);
        struct node *n = head;
        if (n)
            head = n->next;
        pthread_mutex_unlock(&head_lock);
        if (n) {
            printf("%d\n", n->value); /* taken out: its own */
            free(n);
        }
    }
    return arg;
}
void through_a_list(void)
{
    pthread_t t[3];
    if (pthread_create(&t[0], NULL, producer, NULL) || pthread_create(&t[1], NULL, consumer, NULL) ||
        pthread_create(&t[2], NULL, consumer, NULL))
        abort();
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
}
static struct node *latest;
static void *publisher(void *arg)
{
    struct node *n = malloc(sizeof *n);
    if (!n)
        return arg;
    pthread_mutex_lock(&head_lock);
    latest = n;
    pthread_mutex_unlock(&head_lock);
    n->value = 1; //~ ERROR F0201 data race on `n->value`
    return arg;
}
static void *looker(void *arg)
{
    pthread_mutex_lock(&head_lock);
    if (latest)
        printf("%d\n", latest->value);
    pthread_mutex_unlock(&head_lock);
    return arg;
}
void written_after_it_was_published(void)
{
    pthread_t a, b;
    if (pthread_create(&a, NULL, publisher, NULL) || pthread_create(&b, NULL, looker, NULL))
        abort();
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}
