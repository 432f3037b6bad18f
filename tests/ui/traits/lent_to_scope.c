// What a thread of a scope is lent for anything but writing is shared with it: it must be Sync.
#include <fearless.h>
#include <stdio.h>

typedef fl_cell(int) number;
FL_THREAD_FN(void, set, number *, c)
{
    fl_cell_set(c, 1);
}
void cell(void)
{
    number c = FL_CELL(0);
    fl_scope (s)
        fl_spawn_in(s, set, &c); //~ ERROR E0277 `number` cannot be shared between threads safely
}

FL_THREAD_FN(void, cloned, fl_rc(int) *, r)
{
    fl_rc(int) mine = fl_clone(*r);
    fl_drop(mine);
}
void rc(void)
{
    fl_rc(int) r = fl_rc_new(int, 1);
    fl_auto(r);
    fl_scope (s)
        fl_spawn_in(s, cloned, &r); //~ ERROR E0277 required for `fl_rc(int) *` to implement `Send`
}

FL_THREAD_FN(void, dropped, fl_rc(int) *, r)
{
    fl_drop(*r);
}
void rc_for_writing(void)
{
    fl_rc(int) r = fl_rc_new(int, 1);
    fl_auto(r);
    fl_scope (s)
        fl_spawn_in(s, dropped, &r); //~ ERROR E0277 `fl_rc(int)` cannot be sent between threads safely
}

FL_THREAD_FN(void, receive, fl_receiver(int) *, rx)
{
    int n;
    fl_ignore(fl_recv(*rx, &n));
}
void receiver(fl_receiver(int) rx)
{
    fl_auto(rx);
    fl_scope (s)
        fl_spawn_in(s, receive, &rx); //~ ERROR E0277 `fl_receiver(int)` cannot be shared
}

struct FL_NOT_SYNC parser {
    int depth;
};
struct job {
    struct parser parser;
    int n;
};
FL_THREAD_FN(void, look, const struct job *, j)
{
    printf("%d\n", j->n);
}
void in_a_struct(void)
{
    struct job j = { { 0 }, 1 };
    fl_scope (s)
        fl_spawn_in(s, look, &j); //~ ERROR E0277 required because it appears within the type `struct job`
}

// ---- the same, as it may be done

FL_THREAD_FN(void, write, struct job *, j)
{
    j->parser.depth++;
}
FL_THREAD_FN(void, take_receiver, fl_receiver(int), rx)
{
    fl_auto(rx);
}
FL_THREAD_FN(void, from_shared, fl_shared_receiver(int) *, rx)
{
    int n;
    fl_ignore(fl_recv(*rx, &n));
}
FL_THREAD_FN(void, send, fl_sender(int) *, tx)
{
    fl_ignore(fl_send(*tx, 1));
}
FL_THREAD_FN(void, with_arc, fl_arc(int) *, a)
{
    printf("%d\n", *fl_get(*a));
}
FL_THREAD_FN(void, count, int *, n)
{
    ++*n;
}
void fine(fl_receiver(int) rx, fl_shared_receiver(int) many, fl_sender(int) tx, fl_arc(int) a)
{
    fl_auto(many);
    fl_auto(tx);
    fl_auto(a);
    struct job j = { { 0 }, 1 };
    int n = 0;
    fl_scope (s) {
        fl_spawn_in(s, write, &j);
        fl_spawn_in(s, take_receiver, fl_move(rx));
        fl_spawn_in(s, from_shared, &many);
        fl_spawn_in(s, send, &tx);
        fl_spawn_in(s, with_arc, &a);
        fl_spawn_in(s, count, &n);
    }
}
