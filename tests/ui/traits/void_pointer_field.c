/* A `void *` may lead to anything, unless a person vouches for the struct. */
#include <fearless.h>

struct any {
    void *data;
};
struct FL_SEND vouched {
    void *data;
};
static int shared_value;

FL_THREAD_FN(void, use_any, struct any, a)
{
    (void)a;
}
FL_THREAD_FN(void, use_vouched, struct vouched, v)
{
    (void)v;
}
FL_THREAD_FN(void, use_pointer, void *, p)
{
    (void)p;
}

int main(void)
{
    struct any a = { &shared_value };
    struct vouched v = { &shared_value };
    fl_detach(fl_spawn(use_any, a)); //~ ERROR E0277 `void *` cannot be sent between threads safely
    fl_detach(fl_spawn(use_vouched, v));
    fl_detach(fl_spawn(use_pointer, &shared_value));
    return 0;
}
