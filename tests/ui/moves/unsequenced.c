/* Operands of one call have no order: gcc and clang choose differently. */
#include "words.h"

void two(text t, size_t n);
size_t length(const text *t);

FL_THREAD_FN(void, print_some, text, t, size_t, n)
{
    fl_auto(t);
    printf("%zu\n", n);
}

void spawned(void)
{
    text v = text_of("a");
    fl_detach(fl_spawn(print_some, fl_move(v), v.len)); //~ ERROR E0382 use of moved value: `v`
}

void called(void)
{
    text v = text_of("a");
    two(fl_move(v), v.len); //~ ERROR E0382 use of moved value: `v`
}

void nested(void)
{
    text v = text_of("a");
    two(fl_move(v), length(&v)); //~ ERROR E0382 borrow of moved value: `v`
}

void reads_first(void)
{
    text v = text_of("a");
    fl_detach(fl_spawn(print_some, fl_move(v), length(&v))); //~ ERROR E0382 borrow of moved value: `v`
}
