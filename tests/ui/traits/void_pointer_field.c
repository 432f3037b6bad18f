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

// What is known to be behind it is named.
struct errand {
    void *subject;
};
FL_THREAD_FN(void, run, struct errand, e)
{
    (void)e.subject;
}
void hides_a_handle(void)
{
    fl_rc(int) rc = fl_rc_new(int, 1);
    fl_auto(rc);
    struct errand e = { &rc };
    fl_detach(fl_spawn(run, e)); //~ ERROR E0277 `void *` cannot be sent between threads safely
}
void hides_its_contents(void)
{
    fl_rc(int) rc = fl_rc_new(int, 1);
    struct errand e = { (void *)rc };
    fl_detach(fl_spawn(run, e)); //~ ERROR E0277 `void *` cannot be sent between threads safely
    fl_drop(rc);
}
