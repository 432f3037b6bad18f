/* A pointer to guarded data that outlives its guard; the value may be copied out. */
#include <fearless.h>

struct state {
    int a, b;
};
typedef fl_mutex(struct state) cell;
static cell shared_state;

static int bad(void)
{
    int *p;
    {
        fl_guard(s, &shared_state);
        p = &s->a; //~ ERROR E0597 the guard of `shared_state` does not live long enough
    }
    return *p;
}
static void bad_with(void)
{
    struct state *p = NULL;
    fl_with (s, &shared_state)
        p = s; //~ ERROR E0597 does not live long enough
    p->b = 1;
}
static void use(const int *p)
{
    (void)p;
}
static void bad_given_on(void)
{
    int *p;
    {
        fl_guard(s, &shared_state);
        p = &s->b; //~ ERROR E0597 does not live long enough
        use(p);
    }
    use(p);
}
static int good(void)
{
    int a;
    {
        fl_guard(s, &shared_state);
        int *p = &s->a;
        a = *p;
    }
    return a;
}

int main(void)
{
    bad_with();
    bad_given_on();
    return bad() + good();
}
