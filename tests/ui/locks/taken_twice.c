/* F0104: a thread takes a lock that it holds; and what looks like it. */
#include <fearless.h>
#include <pthread.h>

typedef fl_mutex(int) counter;
static counter hits = FL_MUTEX(0);
static struct fl_lock raw = FL_LOCK;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;

struct job {
    pthread_mutex_t m;
    int n;
    struct job *next;
};

static void direct(void)
{
    fl_lock_acquire(&raw);
    fl_lock_acquire(&raw); //~ ERROR F0104 `raw` is locked twice by one thread
    fl_lock_release(&raw);
    fl_lock_release(&raw);
}
static void guards(void)
{
    fl_guard(a, &hits);
    fl_guard(b, &hits); //~ ERROR F0104 `hits` is locked twice by one thread
    *a += *b;
}
static void guards_in_turn(void)
{
    {
        fl_guard(a, &hits);
        *a += 1;
    }
    fl_guard(b, &hits);
    *b += 1;
}
static void ended_early(void)
{
    fl_guard(a, &hits);
    *a += 1;
    fl_unlock(a);
    fl_guard(b, &hits);
    *b += 1;
}
static void add(struct job *j)
{
    pthread_mutex_lock(&j->m);
    j->n++;
    pthread_mutex_unlock(&j->m);
}
static void by_helper(struct job *j)
{
    pthread_mutex_lock(&j->m);
    add(j); //~ ERROR F0104 `j->m` is locked twice by one thread
    pthread_mutex_unlock(&j->m);
}
static void helper_of_another(struct job *j, struct job *k)
{
    pthread_mutex_lock(&j->m);
    add(k);
    pthread_mutex_unlock(&j->m);
}
static void maybe(struct job *j, int locked)
{
    if (!locked)
        pthread_mutex_lock(&j->m);
    j->n++;
    if (!locked)
        pthread_mutex_unlock(&j->m);
}
static void told(struct job *j)
{
    pthread_mutex_lock(&j->m);
    maybe(j, 1);
    pthread_mutex_unlock(&j->m);
}
static void upgrade(void)
{
    pthread_rwlock_rdlock(&rw);
    pthread_rwlock_wrlock(&rw); //~ ERROR F0104 `rw` is locked twice by one thread
    pthread_rwlock_unlock(&rw);
    pthread_rwlock_unlock(&rw);
}
static void readers(void)
{
    pthread_rwlock_rdlock(&rw);
    pthread_rwlock_rdlock(&rw);
    pthread_rwlock_unlock(&rw);
    pthread_rwlock_unlock(&rw);
}
static void elements(struct job *jobs, int i, int k)
{
    pthread_mutex_lock(&jobs[i].m);
    pthread_mutex_lock(&jobs[k].m);
    pthread_mutex_unlock(&jobs[k].m);
    pthread_mutex_unlock(&jobs[i].m);
}
static void hand_over_hand(struct job *j)
{
    pthread_mutex_lock(&j->m);
    while (j->next) {
        struct job *next = j->next;
        pthread_mutex_lock(&next->m);
        pthread_mutex_unlock(&j->m);
        j = next;
    }
    pthread_mutex_unlock(&j->m);
}
static void all(struct job **jobs, int n)
{
    for (int i = 0; i < n; i++) {
        struct job *j = jobs[i];
        pthread_mutex_lock(&j->m);
        j->n++;
        pthread_mutex_unlock(&j->m);
    }
}
static void tries(struct job *j)
{
    pthread_mutex_lock(&j->m);
    if (pthread_mutex_trylock(&j->m) == 0)
        pthread_mutex_unlock(&j->m);
    pthread_mutex_unlock(&j->m);
}
static void let_go_between(struct job *j)
{
    pthread_mutex_unlock(&j->m);
    pthread_mutex_lock(&j->m);
}
static void calls_it(struct job *j)
{
    pthread_mutex_lock(&j->m);
    let_go_between(j);
    pthread_mutex_unlock(&j->m);
}
int main(void)
{
    struct job j = {PTHREAD_MUTEX_INITIALIZER, 0, 0}, k = {PTHREAD_MUTEX_INITIALIZER, 0, 0}, *p[2] = {&j, &k};
    direct(), guards(), guards_in_turn(), ended_early(), by_helper(&j), helper_of_another(&j, &k), told(&j);
    upgrade(), readers(), hand_over_hand(&j), all(p, 2), tries(&j), calls_it(&j), elements(&j, 0, 0);
    return 0;
}
