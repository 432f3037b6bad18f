/* F0109: a lock is copied. And what is moved, or is no lock in use yet. */
#include <fearless.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef fl_mutex(int) counter;
struct account {
    int id;
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};
struct queue {
    pthread_mutex_t m;
    int n;
};
struct bank {
    struct account all[2];
    counter visits;
};
static counter hits;
static struct account the_account;
static struct queue the_queue = {PTHREAD_MUTEX_INITIALIZER, 0};
static const struct queue empty_queue = {PTHREAD_MUTEX_INITIALIZER, 0};
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

static void deposit(struct account a, long n)
{
    fl_lock_guard(held, &a.lock);
    a.balance += n;
}
static int id_of(struct account a)
{
    return a.id;
}
static void add(struct queue *q)
{
    pthread_mutex_lock(&q->m);
    q->n++;
    pthread_mutex_unlock(&q->m);
}

static void from_pointer(struct account *a)
{
    struct account snapshot = *a; //~ ERROR F0109 `*a` is copied, and the lock in it
    snapshot.id++;
}
static void fields(struct account *a)
{
    fl_lock_guard(held, &a->lock);
    struct account copy = {.id = a->id, .balance = a->balance};
    copy.id++;
}
static void assigned(struct queue *a, struct queue *b)
{
    *a = *b; //~ ERROR F0109 `*b` is copied
}
static void by_value(void)
{
    deposit(the_account, 1); //~ ERROR F0109 passed by value: `deposit` gets a lock of its own
    struct account mine = {.id = 3};
    deposit(mine, 1); //~ ERROR F0109 passed by value
    id_of(mine);
    id_of(the_account); //~ ERROR F0109
}
static struct account returned(void)
{
    return the_account; //~ ERROR F0109 `the_account` is copied
}
static void used_before(void)
{
    struct queue a = {PTHREAD_MUTEX_INITIALIZER, 0};
    add(&a);
    struct queue b = a; //~ ERROR F0109 `a` is copied
    add(&b);
}
static void used_behind(int c)
{
    struct queue a = {PTHREAD_MUTEX_INITIALIZER, 0}, b;
    if (c)
        b = a; //~ ERROR F0109 `a` is copied
    else
        b = empty_queue;
    pthread_mutex_lock(&a.m);
    pthread_mutex_unlock(&a.m);
    add(&b);
}
static void alone(void)
{
    pthread_mutex_t copy = m; //~ ERROR F0109 the lock `m` is copied
    pthread_mutex_lock(&copy);
    pthread_mutex_unlock(&copy);
    counter mine = hits; //~ ERROR F0109 the lock `hits` is copied
    fl_guard(n, &mine);
    *n += 1;
}
static void array(struct bank *b)
{
    b->all[0] = b->all[1]; //~ ERROR F0109
    for (int i = 0; i < 2; i++)
        b->all[i] = the_account; //~ ERROR F0109 `the_account` is copied
    counter *v = &b->visits;
    *v = hits; //~ ERROR F0109 the lock `hits` is copied
}
static void bytes(struct queue *to, const struct queue *from)
{
    memcpy(to, from, sizeof *to); //~ ERROR F0109 is copied
    struct queue local = {PTHREAD_MUTEX_INITIALIZER, 0};
    memcpy(to, &local, sizeof local);
    memcpy(&to->n, &from->n, sizeof to->n);
}
#define SAVE(x) __typeof__(x) saved = (x)
static void macro(struct queue *q)
{
    SAVE(*q); //~ ERROR F0109
    saved.n = 0;
}

static struct account account_of(int id)
{
    struct account a = {.id = id, .lock = FL_LOCK};
    return a;
}
static struct queue queue_of(int n)
{
    struct queue q;
    pthread_mutex_init(&q.m, NULL);
    q.n = n;
    return q;
}
static struct queue *queue_new(void)
{
    struct queue *q = malloc(sizeof *q);
    if (q)
        *q = queue_of(0);
    return q;
}
static void made(struct bank *b)
{
    struct account fresh = account_of(1), template = {.id = 2};
    b->all[0] = account_of(2);
    for (int i = 0; i < 2; i++)
        b->all[i] = template;
    b->all[1] = (struct account){.id = 3};
    b->visits = (counter)FL_MUTEX(1);
    counter local = FL_MUTEX(0), moved = fl_move(local);
    fl_guard(n, &moved);
    *n += 1;
    fl_lock_guard(held, &fresh.lock);
    fresh.balance = 0;
}
static void put_aside(struct queue *q)
{
    pthread_mutex_t const saved = q->m;
    memset(q, 0, sizeof *q);
    q->m = saved;
}
static fl_arc(counter) shared(void)
{
    return fl_arc_new(counter, FL_MUTEX(0));
}

int main(void)
{
    struct queue q = queue_of(1), *p = queue_new();
    static struct bank b;
    from_pointer(&the_account), fields(&the_account), assigned(&q, &the_queue), by_value(), returned(), used_before();
    used_behind(1), alone(), array(&b), bytes(&q, &the_queue), macro(&q), made(&b), put_aside(&q);
    fl_arc(counter) c = shared();
    fl_drop(c);
    free(p);
    return 0;
}
