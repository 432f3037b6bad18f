// What a scoped thread is lent, and hands on to a function out of view, is used there: read when the parameter points to
// const, else in a way that may lock, but needs the value to be there.
#include <fearless.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    char *s;
    size_t len;
} text;
static inline void text_drop(text *t)
{
    free(t->s);
}
#define FL_OWNED text, text_drop
#include <fearless/owned.h>

text text_of(const char *s);
void text_print(const text *t);
void text_append(text *t, const char *more);
void keep(text t FL_MOVED);
struct log;
void log_add(struct log *log, const char *line);

FL_THREAD_FN(void, show, const text *, t)
{
    text_print(t);
}
FL_THREAD_FN(void, extend, text *, t)
{
    text_append(t, "b");
}
FL_THREAD_FN(void, own, text, t)
{
    fl_auto(t);
}
FL_THREAD_FN(void, add, struct log *, log)
{
    log_add(log, "thread");
}

void dropped_beside(void)
{
    text t = text_of("a");
    fl_scope (s) {
        fl_spawn_in(s, show, &t);
        fl_drop(t); //~ ERROR E0505 cannot drop `t` because it is borrowed
    }
}
void moved_beside(void)
{
    text t = text_of("a");
    fl_scope (s) {
        fl_spawn_in(s, extend, &t);
        keep(fl_move(t)); //~ ERROR E0505 cannot move out of `t` because it is borrowed
    }
}
void changed_beside(void)
{
    text t = text_of("a");
    fl_auto(t);
    fl_scope (s) {
        fl_spawn_in(s, show, &t);
        text_append(&t, "b"); //~ ERROR E0502 cannot borrow `t` as mutable because it is also borrowed as immutable
    }
}
void lent_after_the_move(void)
{
    text t = text_of("a");
    fl_scope (s) {
        fl_spawn_in(s, own, fl_move(t));
        fl_spawn_in(s, show, &t); //~ ERROR E0382 borrow of moved value: `t`
    }
}

void read_beside(void)
{
    text t = text_of("a");
    fl_scope (s) {
        fl_spawn_in(s, show, &t);
        fl_spawn_in(s, show, &t);
        text_print(&t);
    }
    fl_drop(t);
}
void joined_before(void)
{
    text t = text_of("a");
    fl_scope (s) {
        fl_join_handle(void) h = fl_spawn_in(s, extend, &t);
        fl_unwrap(fl_join(h));
        text_append(&t, "c");
        fl_drop(t);
    }
}
void locks_itself(struct log *log)
{
    fl_scope (s) {
        fl_spawn_in(s, add, log);
        fl_spawn_in(s, add, log);
        log_add(log, "main");
    }
}
