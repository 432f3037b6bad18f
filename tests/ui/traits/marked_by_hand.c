/* FL_NOT_SEND and FL_NOT_SYNC take away what the fields would give. */
#include <fearless.h>

struct FL_NOT_SEND parser {
    int depth;
};
struct FL_NOT_SYNC buffer {
    int used;
};
static struct buffer shared_buffer;

FL_THREAD_FN(void, parse, struct parser, p)
{
    (void)p;
}
FL_THREAD_FN(void, fill, struct buffer, b)
{
    (void)b;
}
FL_THREAD_FN(void, fill_shared, struct buffer *, b)
{
    (void)b;
}
FL_THREAD_FN(void, fill_arc, fl_arc(struct buffer), b)
{
    fl_auto(b);
}

int main(void)
{
    struct parser p = { 0 };
    struct buffer b = { 0 };
    fl_arc(struct buffer) a = fl_arc_new(struct buffer, { 0 });
    fl_detach(fl_spawn(parse, p)); //~ ERROR E0277 `struct parser` cannot be sent between threads safely
    fl_detach(fl_spawn(fill, b));
    fl_detach(fl_spawn(fill_shared, &shared_buffer)); //~ ERROR E0277 `struct buffer` cannot be shared between threads safely
    fl_detach(fl_spawn(fill_arc, fl_move(a))); //~ ERROR E0277 required for `fl_arc(struct buffer)` to implement `Send`
    return 0;
}
