/* memcpy of an owned value is a copy like any other. */
#include "words.h"

void copied(void)
{
    text a = text_of("a"), b;
    memcpy(&b, &a, sizeof b); //~ ERROR F0304 owned value `a` is copied without being moved
    fl_drop(a);
    fl_drop(b);
}

void out_of_auto(text *to)
{
    text a = text_of("a");
    fl_auto(a);
    memcpy(to, &a, sizeof a); //~ ERROR F0304 owned value `a` is copied without being moved
}
