/* Read first, then move: a statement of its own, or the left side of a comma or `&&`. */
#include "words.h"

void two(text t, size_t n);
bool take(text t);

void statement(void)
{
    text v = text_of("a");
    size_t n = v.len;
    two(fl_move(v), n);
}

void and_is_sequenced(void)
{
    text v = text_of("a");
    if (v.len > 0 && take(fl_move(v)))
        puts("taken");
    fl_drop(v);
}

void other_operand(void)
{
    text v = text_of("a"), w = text_of("b");
    two(fl_move(v), w.len);
    fl_drop(w);
}
