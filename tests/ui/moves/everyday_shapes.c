// Everyday shapes of ownership: unions, parts, arrays, conditions, flags, handles, joins, channels.
#include "words.h"
void use(text t FL_MOVED);
int cond(void);
typedef fl_mutex(text) mtext;
union either { text t; long n; };
void u1(void)
{
    union either e;
    e.t = text_of("a");
    use(fl_move(e.t));
    text_print(&e.t); //~ ERROR E0382
}
void u2(void)
{
    union either e;
    e.t = text_of("a");
    use(fl_move(e.t));
    e.n = 3;
    printf("%ld\n", e.n);
}
struct deep { struct job j; int k; };
FL_DROP_FIELDS(struct deep, deep_drop, j)
#define FL_OWNED struct deep, deep_drop
#include <fearless/owned.h>
void d1(void)
{
    struct deep d = { { 1, text_of("a"), text_of("b") }, 2 };
    use(fl_move(d.j.name));
    text_print(&d.j.body);
    d.j.name = text_of("c");
    fl_drop(d);
}
void d2(void)
{
    struct deep d = { { 1, text_of("a"), text_of("b") }, 2 };
    use(fl_move(d.j.name));
    struct job j = fl_move(d.j); //~ ERROR E0382
    fl_drop(j);
}
void d3(void)
{
    struct deep d = { { 1, text_of("a"), text_of("b") }, 2 };
    fl_auto(d);
    struct job j = d.j; //~ ERROR F0304
    text_print(&j.name);
}
void d4(void)
{
    struct job j = { 1, text_of("a"), text_of("b") };
    fl_auto(j);
    text t = j.name; //~ ERROR F0304
    text_print(&t);
}
void d5(void)
{
    struct job j = { 1, text_of("a"), text_of("b") };
    fl_auto(j);
    text t = fl_move(j.name);
    fl_drop(t);
}
void d6(void)
{
    struct job j = { 1, text_of("a"), text_of("b") };
    fl_auto(j);
    j.name = text_of("c"); //~ ERROR F0303
}
void d7(void)
{
    struct job j = { 1, text_of("a"), text_of("b") };
    fl_auto(j);
    fl_drop(j.name);
    j.name = text_of("c");
}
void r1(void)
{
    text a[3] = { text_of("a"), text_of("b"), text_of("c") };
    fl_auto(a);
    text t = a[1]; //~ ERROR F0304
    text_print(&t);
}
void r2(int i)
{
    text a[3] = { text_of("a"), text_of("b"), text_of("c") };
    fl_auto(a);
    text t = fl_move(a[i]);
    fl_drop(t);
}
void r3(void)
{
    text a[3] = { 0 };
    fl_auto(a);
    for (int i = 0; i < 3; i++)
        a[i] = text_of("x");
}
text w1(text a, text b)
{
    fl_auto(a);
    fl_auto(b);
    return cond()
        ? a  //~ ERROR F0304
        : b; //~ ERROR F0304
}
text w2(text a, text b)
{
    fl_auto(a);
    fl_auto(b);
    return cond() ? fl_move(a) : fl_move(b);
}
void w3(text *out)
{
    text t = text_of("a");
    if (cond())
        *out = fl_move(t);
    else
        fl_drop(t);
}
void w4(void)
{
    text t = text_of("a"), u = { 0 };
    if (cond())
        u = fl_move(t);
    else
        use(fl_move(t));
    fl_drop(u);
}
void w5(void)
{
    text t = text_of("a");
    int done = 0;
    if (cond()) {
        use(fl_move(t));
        done = 1;
    }
    if (!done)
        fl_drop(t);
}
void w6(void)
{
    text t = text_of("a");
    int done = 0;
    if (cond()) {
        use(fl_move(t));
        done = 1;
    }
    if (done)
        text_print(&t); //~ ERROR E0382
    else
        fl_drop(t);
}
void w7(void)
{
    text t = text_of("a");
    for (int i = 0; i < 3; i++) {
        if (i == 1) {
            use(fl_move(t)); //~ ERROR E0382
            continue;
        }
    }
}
void w8(void)
{
    text t = text_of("a");
    for (int i = 0; i < 3; i++) {
        if (i == 1) {
            use(fl_move(t));
            return;
        }
    }
    fl_drop(t);
}
void w9(mtext *m)
{
    text t;
    {
        fl_guard(g, m);
        t = fl_move(*g);
    }
    fl_drop(t);
}
void x1(void)
{
    fl_rc(text) r = fl_rc_new(text, text_of("a"));
    fl_rc(text) s = fl_clone(r);
    fl_drop(r);
    text_print(fl_get(s));
    fl_drop(s);
    text_print(fl_get(s)); //~ ERROR E0382
}
void x2(void)
{
    fl_arc(mtext) a = fl_arc_new(mtext, FL_MUTEX(text_of("a")));
    fl_auto(a);
    fl_with (t, fl_get(a)) text_print(t);
}
void x3(void)
{
    fl_rc(text) b = fl_rc_new(text, text_of("a"));
    text t;
    if (fl_into_inner(&b, &t))
        fl_drop(t);
}
void x4(void)
{
    fl_rc(text) b = fl_rc_new(text, text_of("a"));
    text t;
    if (fl_into_inner(&b, &t))
        fl_drop(t);
    text_print(fl_get(b)); //~ ERROR E0382
}
void x5(void)
{
    fl_arc(text) a = fl_arc_new(text, text_of("a"));
    text t;
    if (fl_try_unwrap(&a, &t))
        fl_drop(t);
    else
        fl_drop(a);
}
void x6(void)
{
    fl_arc(text) a = fl_arc_new(text, text_of("a"));
    text t;
    if (fl_try_unwrap(&a, &t)) {
        fl_drop(t);
        text_print(fl_get(a)); //~ ERROR E0382
    } else {
        fl_drop(a);
    }
}
FL_THREAD_FN(text, make_text, int, n)
{
    (void)n;
    return text_of("x");
}
void y1(void)
{
    fl_join_handle(text) h = fl_spawn(make_text, 1);
    text t = fl_joined(h);
    fl_drop(t);
}
void y2(void)
{
    fl_join_handle(text) h = fl_spawn(make_text, 1);
    fl_joined(h); //~ ERROR F0301
}
void y3(void)
{
    fl_join_handle(text) h = fl_spawn(make_text, 1); 
    (void)h;
} //~ ERROR F0301
void y4(void)
{
    fl_spawn(make_text, 1); //~ ERROR F0301
}
void y5(void)
{
    fl_detach(fl_spawn(make_text, 1));
}
void y6(void)
{
    fl_join_handle(text) h = fl_spawn(make_text, 1);
    text t;
    if (fl_join(h, &t) == FL_OK)
        fl_drop(t);
}
void y7(void)
{
    fl_join_handle(text) h = fl_spawn(make_text, 1);
    text t;
    fl_status s = fl_join(h, &t);
    fl_ignore(s);
    text_print(&t); //~ ERROR E0381
} //~ ERROR F0301
FL_THREAD_FN(void, bad_auto, text, t)
{
    text_print(&t);
} //~ ERROR F0301
void z1(fl_receiver(text) rx)
{
    fl_auto(rx);
    fl_for_each (t, rx)
        text_print(&t);
}
void z2(fl_receiver(text) rx)
{
    fl_auto(rx);
    fl_for_each (t, rx) {
        use(fl_move(t));
        text_print(&t); //~ ERROR E0382
    }
}
void z3(fl_receiver(text) rx)
{
    fl_auto(rx);
    text t;
    while (fl_recv(rx, &t) == FL_OK)
        fl_drop(t);
}
void z4(fl_receiver(text) rx)
{
    fl_auto(rx);
    text t;
    while (fl_recv(rx, &t) == FL_OK) //~ ERROR F0303
        text_print(&t);
} //~ ERROR F0301
void z5(fl_sender(text) tx)
{
    fl_auto(tx);
    text t = text_of("a");
    fl_ignore(fl_send(tx, t)); //~ ERROR F0304
}
void z6(fl_sender(text) tx)
{
    fl_auto(tx);
    text t = text_of("a");
    if (fl_send_or(tx, &t) != FL_OK)
        fl_drop(t);
}
void z7(fl_sender(text) tx)
{
    fl_auto(tx);
    text t = text_of("a");
    if (fl_send_or(tx, &t) == FL_OK)
        text_print(&t); //~ ERROR E0382
    else
        fl_drop(t);
}
