#include "words.h"

text moved(void)
{
    text t = text_of("a");
    fl_auto(t);
    return fl_move(t);
}

text without_auto(void)
{
    text t = text_of("a");
    text_append(&t, "b");
    return t;
}

text on_one_way(void)
{
    text t = text_of("a");
    if (!ready()) {
        fl_drop(t);
        return text_of("not ready");
    }
    return t;
}

text passes_on(text t)
{
    text_append(&t, "b");
    return t;
}
