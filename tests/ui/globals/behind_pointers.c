// A static pointer: what it leads to is reached by every thread, too.
#include <fearless.h>
#include <stdlib.h>

static int *total;
FL_THREAD_FN(void, add, int, n)
{
    *total += n; //~ ERROR E0133 use of mutable static `total`
}
void on_the_heap(void)
{
    total = calloc(1, sizeof *total);
    fl_join_handle(void) h = fl_spawn(add, 1);
    *total += 2;
    fl_unwrap(fl_join(h));
}

struct node {
    int n;
    struct node *next;
};
static struct {
    struct node *first;
} list;
static void step(struct node *node, int by)
{
    node->n += by; //~ ERROR E0133 use of mutable static `list`
}
FL_THREAD_FN(void, walk, int, by)
{
    for (struct node *node = list.first; node; node = node->next) //~ ERROR E0133
        step(node, by);
}
void of_a_list(void)
{
    list.first = calloc(1, sizeof *list.first);
    fl_join_handle(void) a = fl_spawn(walk, 1), b = fl_spawn(walk, 2);
    fl_unwrap(fl_join(a));
    fl_unwrap(fl_join(b));
}

static int counter;
FL_THREAD_FN(void, count, fl_receiver(int *), rx)
{
    fl_auto(rx);
    fl_for_each (n, rx)
        ++*n;
}
void sent_to_a_thread(void)
{
    fl_sender(int *) tx;
    fl_receiver(int *) rx;
    fl_channel(&tx, &rx);
    fl_join_handle(void) h = fl_spawn(count, fl_move(rx));
    fl_ignore(fl_send(tx, &counter)); //~ ERROR E0277 `int *` cannot be sent between threads safely
    counter++;
    fl_drop(tx);
    fl_unwrap(fl_join(h));
}

// ---- fine

struct config {
    int verbose;
    const char *name;
};
static struct config *config;
FL_THREAD_FN(int, read_only, int, n)
{
    return config->verbose + n;
}
void made_before_the_thread(void)
{
    config = calloc(1, sizeof *config);
    if (!config)
        return;
    config->verbose = 1;
    fl_join_handle(int) h = fl_spawn(read_only, 1);
    fl_ignore(fl_join(h, &(int){ 0 }));
}

struct account {
    struct fl_lock lock;
    long balance FL_GUARDED_BY(lock);
};
static struct account *account;
FL_THREAD_FN(void, deposit, long, n)
{
    fl_lock_guard(g, &account->lock);
    account->balance += n;
}
void with_its_lock(void)
{
    account = calloc(1, sizeof *account);
    fl_detach(fl_spawn(deposit, 1));
    fl_detach(fl_spawn(deposit, 2));
}

static struct account accounts[2];
FL_THREAD_FN(void, deposit_all, fl_receiver(struct account *), rx)
{
    fl_auto(rx);
    fl_for_each (a, rx) {
        fl_lock_guard(g, &a->lock);
        a->balance++;
    }
}
void with_locks_through_a_channel(fl_receiver(struct account *) rx, fl_sender(struct account *) tx)
{
    fl_auto(tx);
    fl_detach(fl_spawn(deposit_all, fl_move(rx)));
    for (int i = 0; i < 2; i++)
        fl_ignore(fl_send(tx, &accounts[i]));
}

static _Atomic(struct node *) top;
FL_THREAD_FN(int, look, int, n)
{
    struct node *node = top;
    return node ? node->n : n;
}
void published(struct node *node)
{
    top = node;
    fl_detach(fl_spawn(look, 1));
}
