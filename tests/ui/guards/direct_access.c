/* The value of a mutex by its private name, with and without a guard around. */
#include <fearless.h>

struct state {
    int a, b;
};
typedef fl_mutex(struct state) cell;
static cell shared_state;

static int bad_read(void)
{
    return shared_state.fl_data.a; //~ ERROR F0101 the value of `shared_state` is read without its lock
}
static void bad_write(cell *c)
{
    c->fl_data.b = 1; //~ ERROR F0101 the value of `c` is written without its lock
}
static void bad_local(void)
{
    cell own = FL_MUTEX({ 1, 2 });
    own.fl_data.a++; //~ ERROR F0101 the value of `own` is written without its lock
    fl_data_mut(&own)->a++;
}
static int good(cell *c)
{
    fl_guard(s, c);
    s->b = 1;
    return s->a + c->fl_data.b;
}

int main(void)
{
    bad_write(&shared_state);
    bad_local();
    return bad_read() + good(&shared_state);
}
