/* Moved, dropped or freed while a thread of the scope borrows it. */
#include "../moves/words.h"

FL_THREAD_FN(void, show, const text *, t)
{
    puts(t->s);
}
void taken(text t)
{
    fl_auto(t);
    puts(t.s);
}

void moved(void)
{
    text t = text_of("a");
    fl_scope (s) {
        fl_detach(fl_spawn_in(s, show, &t));
        taken(fl_move(t)); //~ ERROR E0505 cannot move out of `t` because it is borrowed
    }
}
void dropped(void)
{
    text t = text_of("a");
    fl_scope (s) {
        fl_detach(fl_spawn_in(s, show, &t));
        fl_drop(t); //~ ERROR E0505 cannot drop `t` because it is borrowed
    }
}
void field(struct job j)
{
    fl_auto(j);
    fl_scope (s) {
        fl_detach(fl_spawn_in(s, show, &j.name));
        fl_drop(j.name); //~ ERROR E0505 cannot drop `j.name` because it is borrowed
    }
}
void in_a_branch(text t, bool early)
{
    fl_scope (s) {
        fl_detach(fl_spawn_in(s, show, &t));
        if (early)
            taken(fl_move(t)); //~ ERROR E0505 cannot move out of `t` because it is borrowed
    }
    fl_drop(t);
}

/* ---- their twins ---- */

void after_the_scope(void)
{
    text t = text_of("a");
    fl_scope (s)
        fl_detach(fl_spawn_in(s, show, &t));
    taken(fl_move(t));
}
void after_the_join(void)
{
    text t = text_of("a");
    fl_scope (s) {
        fl_join_handle(void) h = fl_spawn_in(s, show, &t);
        fl_unwrap(fl_join(h));
        taken(fl_move(t));
    }
}
void another_field(struct job j)
{
    fl_auto(j);
    fl_scope (s) {
        fl_detach(fl_spawn_in(s, show, &j.name));
        fl_drop(j.body);
    }
}
