/* Scoped threads borrow memory of the heap as they do variables: what malloc returned, a box's value, what a text owns. */
#include <fearless.h>

#include <stdio.h>
#include <stdlib.h>

typedef struct {
    char *s;
} text;

static void text_drop(text *t)
{
    free(t->s);
}
#define FL_OWNED text, text_drop
#include <fearless/owned.h>

text text_of(const char *s);
int ready(void);

FL_THREAD_FN(void, show, const int *, p)
{
    printf("%d\n", *p);
}

FL_THREAD_FN(void, set, int *, p)
{
    *p = 1;
}

FL_THREAD_FN(void, spell, const char *, s)
{
    puts(s);
}

FL_THREAD_FN(void, shorten, char *, s)
{
    *s = '\0';
}

static void release(int *p)
{
    free(p);
}

void freed_in_the_scope(void)
{
    int *p = calloc(1, sizeof *p);
    fl_scope (s) {
        fl_spawn_in(s, show, p);
        free(p); //~ ERROR E0505 cannot free `*p` because it is borrowed
    }
}

void freed_behind_it(void)
{
    int *p = calloc(1, sizeof *p);
    fl_scope (s) {
        fl_spawn_in(s, show, p);
    }
    free(p);
}

void freed_after_the_join(void)
{
    int *p = calloc(1, sizeof *p);
    fl_scope (s) {
        fl_join_handle(void) h = fl_spawn_in(s, show, p);
        fl_unwrap(fl_join(h));
        free(p);
    }
}

void freed_by_a_helper(int *p)
{
    fl_scope (s) {
        if (ready())
            fl_spawn_in(s, show, p);
        release(p); //~ ERROR E0505 cannot free `*p` because it is borrowed
    }
}

void two_writers(void)
{
    int *p = calloc(1, sizeof *p);
    fl_scope (s) {
        fl_spawn_in(s, set, p);
        fl_spawn_in(s, set, p); //~ ERROR E0499 cannot borrow `*p` as mutable more than once at a time
    }
    free(p);
}

void two_writers_two_pieces(void)
{
    int *p = calloc(1, sizeof *p), *q = calloc(1, sizeof *q);
    fl_scope (s) {
        fl_spawn_in(s, set, p);
        fl_spawn_in(s, set, q);
    }
    free(p);
    free(q);
}

void written_beside(void)
{
    int *p = calloc(1, sizeof *p);
    fl_scope (s) {
        fl_spawn_in(s, show, p);
        *p = 2; //~ ERROR E0506 cannot assign to `*p` because it is borrowed
    }
    free(p);
}

void the_same_in_each_pass(int n)
{
    int *p = calloc(10, sizeof *p);
    fl_scope (s) {
        for (int i = 0; i < n; i++)
            fl_spawn_in(s, set, p); //~ ERROR E0499 cannot borrow `*p` as mutable more than once at a time
    }
    free(p);
}

void one_for_each_pass(void)
{
    int *p = calloc(10, sizeof *p);
    fl_scope (s) {
        for (int i = 0; i < 10; i++)
            fl_spawn_in(s, set, &p[i]);
    }
    free(p);
}

void new_in_each_pass(int n)
{
    for (int i = 0; i < n; i++) {
        int *p = calloc(1, sizeof *p);
        fl_scope (s) {
            fl_spawn_in(s, set, p);
        }
        free(p);
    }
}

void a_box(void)
{
    fl_box(int) b = fl_box_new(int, 1);
    fl_auto(b);
    fl_scope (s) {
        fl_spawn_in(s, set, fl_get(b));
        fl_spawn_in(s, show, fl_get(b)); //~ ERROR E0502 cannot borrow `*b` as immutable because it is also borrowed as mutable
    }
}

void a_box_for_reading(void)
{
    fl_box(int) b = fl_box_new(int, 1);
    fl_auto(b);
    fl_scope (s) {
        fl_spawn_in(s, show, fl_get(b));
        fl_spawn_in(s, show, fl_get(b));
    }
}

void what_a_text_owns(void)
{
    text t = text_of("a");
    fl_auto(t);
    fl_scope (s) {
        fl_spawn_in(s, spell, t.s);
        fl_spawn_in(s, shorten, t.s); //~ ERROR E0502 cannot borrow `*t.s` as mutable because it is also borrowed as immutable
    }
}

void what_two_texts_own(void)
{
    text t = text_of("a"), u = text_of("b");
    fl_auto(t);
    fl_auto(u);
    fl_scope (s) {
        fl_spawn_in(s, spell, t.s);
        fl_spawn_in(s, shorten, u.s);
    }
}
