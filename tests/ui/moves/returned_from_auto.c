/* fl_auto runs after the value was read: the caller would get a dropped text. */
#include "words.h"

text direct(void)
{
    text t = text_of("a");
    fl_auto(t);
    return t; //~ ERROR F0304 owned value `t` is returned without being moved
}

text on_one_way(void)
{
    text t = text_of("a");
    fl_auto(t);
    if (!ready())
        return text_of("not ready");
    text_append(&t, "b");
    return t; //~ ERROR F0304 owned value `t` is returned without being moved
}

text from_block(void)
{
    {
        text t = text_of("a");
        fl_auto(t);
        if (ready())
            return t; //~ ERROR F0304 owned value `t` is returned without being moved
    }
    return text_of("b");
}
