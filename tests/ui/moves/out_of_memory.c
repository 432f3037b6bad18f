// E0507 names the place as it was written; a handle's contents by the handle.
#include "words.h"

void keep(text t FL_MOVED);
static text shared;

void first(text *a)
{
    text t = a[0]; //~ ERROR E0507 cannot move out of `a[0]` which is behind a pointer
    text_print(&t);
}
void by_star(text *a)
{
    text t = *a; //~ ERROR E0507 cannot move out of `*a` which is behind a pointer
    text_print(&t);
}
void field_of_element(struct job *jobs)
{
    keep(jobs[2].name); //~ ERROR E0507 cannot move out of `jobs[2].name` which is behind a pointer
    keep(jobs[0].body); //~ ERROR E0507 cannot move out of `jobs[0].body` which is behind a pointer
}
void through_two(text **rows, int i)
{
    text t = *rows[0]; //~ ERROR E0507 cannot move out of `*rows[0]` which is behind a pointer
    text u = rows[i][0]; //~ ERROR E0507 which is behind a pointer
    text_print(&t);
    text_print(&u);
}
text of_the_program(void)
{
    return shared; //~ ERROR E0507 cannot move out of static item `shared`
}
void given_away(struct job *j)
{
    keep(j->name); //~ ERROR E0507 cannot move out of `j->name` which is behind a pointer
}
void out_of_handles(fl_arc(text) a, fl_box(struct job) b)
{
    text t = *fl_get(a); //~ ERROR E0507 cannot move out of an `fl_arc`
    keep(fl_get(b)->name); //~ ERROR E0507 cannot move out of an `fl_box`
    text_print(&t);
}

// Taken, lent, or looked at where it is.
void taken(text *a, struct job *jobs, text **rows, fl_box(struct job) b)
{
    text t = fl_move(a[0]);
    keep(fl_move(jobs[2].name));
    keep(fl_move(*rows[0]));
    keep(fl_move(fl_get(b)->name));
    fl_drop(t);
}
text taken_from_the_program(void)
{
    return fl_move(shared);
}
size_t looked_at(const text *a, const struct job *jobs, fl_arc(text) arc)
{
    text_print(&a[0]);
    return a[0].len + jobs[2].name.len + fl_get(arc)->len + shared.len;
}

// A struct that ends in []: what is copied is its header, so even a move leaves the rest behind.
struct packet {
    text name;
    size_t count;
    char body[];
};
static inline void packet_drop(struct packet *p)
{
    fl_drop(p->name);
}
#define FL_OWNED struct packet, packet_drop
#include <fearless/owned.h>

void the_header(struct packet *p)
{
    struct packet q = *p; //~ ERROR F0304 `struct packet` is copied without the array at its end
    fl_drop(q);
}
struct packet returned(struct packet *p)
{
    return *p; //~ ERROR F0304 copied without the array
}
void assigned(struct packet *p, struct packet *q)
{
    *p = *q; //~ ERROR F0304 copied without the array
}
void its_parts(struct packet *p, struct packet *q)
{
    fl_swap(&p->name, &q->name);
    p->count = q->count;
    memcpy(p->body, q->body, q->count);
}
