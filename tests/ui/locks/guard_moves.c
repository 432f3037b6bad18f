/* A lock that a mapped guard or a set of guards holds ends with those. */
#include <fearless.h>

struct pair {
    int a, b;
};
typedef fl_mutex(struct pair) shared_pair;
static shared_pair pair;

static void mapped(void)
{
    {
        fl_guard(p, &pair);
        fl_map_guard(a, p, &p->a);
        *a = 1;
    }
    fl_guard(p, &pair);
    p->b = 1;
}
static void mapped_still_held(void)
{
    fl_guard(p, &pair);
    fl_map_guard(a, p, &p->a);
    *a = 1;
    fl_guard(q, &pair); //~ ERROR F0104 `pair` is locked twice by one thread
    q->b = 1;
}
static void sets(void)
{
    {
        fl_guard_set(s, 1);
        fl_guard_add(s, &pair);
    }
    {
        fl_guard_set(s, 1);
        fl_guard_add(s, &pair);
        fl_guard_set_release(s);
        fl_guard_add(s, &pair);
    }
    fl_guard(p, &pair);
    p->b = 1;
}
static void added_twice(void)
{
    fl_guard_set(s, 2);
    fl_guard_add(s, &pair);
    fl_guard_add(s, &pair); //~ ERROR F0104 `pair` is locked twice by one thread
}
static void ended_twice(void)
{
    fl_guard(p, &pair);
    p->a = 1;
    fl_unlock(p);
    fl_unlock(p); //~ ERROR F0105 `pair` is released while it is not held
}
int main(void)
{
    mapped(), mapped_still_held(), sets(), added_twice(), ended_twice();
    return 0;
}
