/* What threads of one scope may do side by side. */
#include <fearless.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

struct pair {
    int a, b;
};
struct shared {
    atomic_int hits;
    fl_mutex(int) total;
};
typedef fl_slice(int) ints;

FL_THREAD_FN(void, adds, int *, to)
{
    *to += 1;
}
FL_THREAD_FN(int, looks, const int *, at)
{
    return *at;
}
FL_THREAD_FN(void, counts, struct shared *, s)
{
    s->hits++;
    fl_with (t, &s->total)
        *t += 1;
}
FL_THREAD_FN(void, fills, ints, part, int, with)
{
    for (size_t i = 0; i < part.len; i++)
        part.data[i] = with;
}

static void readers(void)
{
    int x = 1;
    fl_scope (s) {
        fl_spawn_in(s, looks, &x);
        fl_spawn_in(s, looks, &x);
        printf("%d\n", x);
    }
    x = 2;
}
static void fields(struct pair *p)
{
    struct pair q = { 0 };
    fl_scope (s) {
        fl_spawn_in(s, adds, &p->a);
        fl_spawn_in(s, adds, &p->b);
        fl_spawn_in(s, adds, &q.a);
        q.b = 3;
    }
}
static void joined(void)
{
    int x = 0;
    fl_scope (s) {
        fl_join_handle(void) h = fl_spawn_in(s, adds, &x);
        fl_joined(h);
        x++;
        fl_spawn_in(s, adds, &x);
    }
    fl_scope (s)
        fl_spawn_in(s, adds, &x);
}
static void elements(int n)
{
    int parts[8] = { 0 };
    fl_scope (s) {
        fl_spawn_in(s, adds, &parts[0]);
        fl_spawn_in(s, adds, &parts[1]);
    }
    fl_scope (s) {
        for (int i = 0; i < n; i++)
            fl_spawn_in(s, adds, &parts[i]);
    }
    int sum = 0;
    fl_scope (s) {
        fl_join_handle(void) hs[8];
        for (int i = 0; i < 8; i++)
            hs[i] = fl_spawn_in(s, adds, &parts[i]);
        for (int i = 0; i < 8; i++)
            fl_joined(hs[i]);
        for (int i = 0; i < 8; i++)
            sum += parts[i];
    }
    printf("%d\n", sum);
}
static void synchronised(void)
{
    struct shared shared = { 0 };
    fl_scope (s) {
        for (int i = 0; i < 4; i++)
            fl_spawn_in(s, counts, &shared);
        shared.hits++;
    }
}
static void slices(ints all)
{
    ints left, right;
    fl_split_at(all, all.len / 2, &left, &right);
    fl_scope (s) {
        fl_spawn_in(s, fills, left, 1);
        fl_spawn_in(s, fills, right, 2);
    }
    fl_scope (s)
        for (ints chunk = { 0 }; fl_chunks(all, 3, &chunk);)
            fl_spawn_in(s, fills, chunk, 3);
}
static ints take(ints *rest, size_t n)
{
    ints part;
    while (n < rest->len && rest->data[n] > 0)
        n++;
    fl_split_at(*rest, n < rest->len ? n : rest->len, &part, rest);
    return part;
}
static void taken(ints all)
{
    fl_scope (s)
        while (all.len > 0)
            fl_spawn_in(s, fills, take(&all, 2), 1);
}
static void heap(int n)
{
    int *all[4] = { 0 };
    fl_scope (s) {
        for (int i = 0; i < n; i++) {
            int *one = malloc(sizeof *one);
            if (!one)
                break;
            *one = i;
            all[i & 3] = one;
            fl_spawn_in(s, adds, one);
        }
    }
    for (int i = 0; i < 4; i++)
        free(all[i]);
}
static void a_scope_in_each_pass(int n)
{
    int x = 0;
    for (int i = 0; i < n; i++) {
        fl_scope (s)
            fl_spawn_in(s, adds, &x);
        x++;
    }
}

int main(void)
{
    struct pair p = { 1, 2 };
    int n[8] = { 0 };
    readers();
    fields(&p);
    joined();
    elements(4);
    synchronised();
    slices((ints)fl_slice_of(n, 8));
    taken((ints)fl_slice_of(n, 8));
    heap(4);
    a_scope_in_each_pass(2);
    return 0;
}
