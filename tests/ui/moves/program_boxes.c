/* A correct program: boxes and reference counts, moved, cloned, looked into, taken apart. */
#include "words.h"

static fl_box(text) boxed(const char *s)
{
    fl_box(text) b = fl_box_new(text, text_of(s));
    text_append(fl_get(b), "!");
    return b;
}

static text unboxed(fl_box(text) b)
{
    fl_auto(b);
    return fl_move(*fl_get(b));
}

static void shared(void)
{
    fl_rc(text) a = fl_rc_new(text, text_of("shared"));
    fl_rc(text) b = fl_clone(a);
    printf("%zu owners of %s\n", fl_strong_count(a), fl_get(b)->s);
    fl_drop(a);
    text t;
    if (fl_try_unwrap(&b, &t)) {
        text_print(&t);
        fl_drop(t);
    } else {
        fl_drop(b);
    }
}

FL_THREAD_FN(fl_box(text), make, const char *, s)
{
    return boxed(s);
}

int main(void)
{
    fl_box(text) b = boxed("a");
    fl_box(text) c = fl_move(b);
    text t = unboxed(fl_move(c));
    text_print(&t);
    fl_drop(t);
    shared();
    fl_join_handle(fl_box(text)) h = fl_spawn(make, "from a thread");
    fl_box(text) d = fl_joined(h);
    fl_auto(d);
    text_print(fl_get(d));
    return 0;
}
