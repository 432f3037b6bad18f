/* F0108: written under a read lock; and what may be done under one. */
#include <fearless.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

typedef fl_mutex(int) counter;
struct table {
    int used, rows[8];
    char name[16];
    _Atomic int looked_up;
    counter misses;
};
typedef fl_rwlock(struct table) shared_table;
static shared_table table;

struct account {
    struct fl_rw_lock lock;
    long balance FL_GUARDED_BY(lock);
    long history[4] FL_GUARDED_BY(lock);
    int id;
};
struct plain {
    pthread_rwlock_t lock;
    int n FL_GUARDED_BY(lock);
};
static pthread_rwlock_t config_lock = PTHREAD_RWLOCK_INITIALIZER;
static int config FL_GUARDED_BY(config_lock);

static void bump(long *p)
{
    *p += 1;
}
static void bump_twice(long *p)
{
    bump(p);
    bump(p);
}
static long look(long *p)
{
    return *p;
}
void unseen_write(int *n);
void unseen_read(const int *n);

static void cast_away(void)
{
    fl_read_guard(t, &table);
    ((struct table *)t)->used = 1; //~ ERROR F0108 written here, but `table` is held for reading only
}
static void by_pointer(void)
{
    fl_read_guard(t, &table);
    int *row = (int *)&t->rows[1];
    *row = 1; //~ ERROR F0108 written here
}
static void downgraded(int n)
{
    fl_write_guard(t, &table);
    t->used = n;
    fl_downgrade_guard(t);
    if (n)
        t->rows[t->used] = n; //~ ERROR F0108 from here on `table` is locked for reading only
}
static int downgraded_ok(int n)
{
    fl_write_guard(t, &table);
    t->used = n;
    if (n > 3)
        fl_downgrade_guard(t);
    else
        t->rows[0] = 1;
    return t->used;
}
static void status_form(void)
{
    fl_read_lock(s, t, &table);
    if (s == FL_OK)
        memset((void *)t->rows, 0, sizeof t->rows); //~ ERROR F0108 `memset` writes it
}
static void tried(void)
{
    fl_try_read_guard(t, &table);
    if (t)
        unseen_write((int *)&t->used); //~ ERROR F0108 `unseen_write` writes it
}
static void block(void)
{
    fl_with_read (t, &table)
        snprintf((char *)t->name, sizeof t->name, "x"); //~ ERROR F0108 `snprintf` writes it
}
static int reading(void)
{
    fl_read_guard(t, &table);
    struct table copy;
    memcpy(copy.rows, t->rows, sizeof copy.rows);
    unseen_read(&t->used);
    ((struct table *)t)->looked_up++;
    fl_with (n, (counter *)&t->misses)
        *n += 1;
    printf("%s %d\n", t->name, t->used);
    return copy.rows[0];
}
static void write_guard(void)
{
    fl_write_guard(t, &table);
    bump(&(long){1});
    unseen_write(&t->used);
    t->used++;
}

static void fields(struct account *a)
{
    fl_rw_read_guard(held, &a->lock);
    a->balance++;      //~ ERROR F0108 `a->balance` is written under a read lock
    bump(&a->balance); //~ ERROR F0108 `bump` writes it
    bump_twice(&a->history[1]); //~ ERROR F0108 `bump_twice` writes it
    look(&a->balance);
    a->id = 3;
}
static long fields_ok(struct account *a)
{
    fl_rw_write_guard(held, &a->lock);
    bump(&a->balance);
    bump_twice(&a->history[1]);
    return a->balance;
}
static void by_hand(struct account *a, int c)
{
    fl_rw_read_acquire(&a->lock);
    if (a->balance == 0 && c) {
        fl_rw_read_release(&a->lock);
        fl_rw_write_acquire(&a->lock);
        a->balance = 1;
        fl_rw_downgrade(&a->lock);
        a->balance++; //~ ERROR F0108 from here on `a->lock` is locked for reading only
    }
    fl_rw_read_release(&a->lock);
}
static void either(struct account *a, int c)
{
    if (c)
        fl_rw_write_acquire(&a->lock);
    else
        fl_rw_read_acquire(&a->lock);
    if (c)
        a->balance = 1;
    a->balance = 2; //~ ERROR F0108 `a->lock` is locked for reading here
    if (c)
        fl_rw_write_release(&a->lock);
    else
        fl_rw_read_release(&a->lock);
}

static void settle(struct account *a) FL_REQUIRES(a->lock);
static void settle(struct account *a)
{
    a->balance = 0;
}
static long worth(struct account *a) FL_REQUIRES(a->lock);
static long worth(struct account *a)
{
    return a->balance;
}
static void settle_all(struct account *a) FL_REQUIRES(a->lock);
static void settle_all(struct account *a)
{
    settle(a);
}
static void relies(struct account *a)
{
    a->history[0] = a->balance;
}
static void requires_more(struct account *a)
{
    fl_rw_read_guard(held, &a->lock);
    worth(a);
    settle(a); //~ ERROR F0108 `settle` writes what `a->lock` guards, under a read lock
    settle_all(a); //~ ERROR F0108 `settle_all` writes what `a->lock` guards
    relies(a); //~ ERROR F0108 `relies` writes what `a->lock` guards
}
static void requires_ok(struct account *a)
{
    fl_rw_write_guard(held, &a->lock);
    settle_all(a);
    relies(a);
}

static void posix(struct plain *p)
{
    pthread_rwlock_rdlock(&p->lock);
    p->n += 1; //~ ERROR F0108 `p->n` is written under a read lock
    pthread_rwlock_unlock(&p->lock);
    pthread_rwlock_wrlock(&p->lock);
    p->n += 1;
    pthread_rwlock_unlock(&p->lock);
    if (pthread_rwlock_tryrdlock(&p->lock) == 0) {
        p->n = 0; //~ ERROR F0108 `p->n` is written under a read lock
        pthread_rwlock_unlock(&p->lock);
    }
}
static void read_enter(void)
{
    pthread_rwlock_rdlock(&config_lock);
}
static void global_by_helper(int n)
{
    read_enter();
    for (int i = 0; i < n; i++)
        config += i; //~ ERROR F0108 `config` is written under a read lock
    pthread_rwlock_unlock(&config_lock);
}

int main(void)
{
    static struct account a;
    static struct plain p = {PTHREAD_RWLOCK_INITIALIZER, 0};
    cast_away(), by_pointer(), downgraded(1), downgraded_ok(1), status_form(), tried(), block(), reading(), write_guard();
    fields(&a), fields_ok(&a), by_hand(&a, 1), either(&a, 1), requires_more(&a), requires_ok(&a), posix(&p);
    global_by_helper(2);
    return 0;
}
