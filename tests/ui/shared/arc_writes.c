/* What an Arc or Rc shares is to be read only. */
#include <fearless.h>

#include <stdio.h>
#include <string.h>

struct conf {
    int port;
    char name[16];
    struct {
        int depth;
    } in;
    int *out;
};
typedef fl_arc(struct conf) shared_conf;

static void plain(shared_conf c)
{
    fl_get(c)->port = 80; //~ ERROR E0594 cannot assign to data in an `fl_arc`
    fl_get(c)->in.depth++; //~ ERROR E0594
    fl_get(c)->name[0] = 'x'; //~ ERROR E0594
    *fl_get(c) = (struct conf){ 0 }; //~ ERROR E0594
}
static void by_name(shared_conf c)
{
    struct conf *p = fl_get(c);
    if (p->port == 0)
        p->port = 1; //~ ERROR E0594
    int *port = &p->port;
    *port += 1; //~ ERROR E0594
    for (int i = 0; i < 3; i++)
        p->name[i] = 'a'; //~ ERROR E0594
}
static void set_port(struct conf *c, int port)
{
    c->port = port;
}
static void rename_it(struct conf *c)
{
    strcpy(c->name, "new");
}
static void deeper(struct conf *c)
{
    if (c->port)
        set_port(c, 2);
}
static void by_helpers(shared_conf c)
{
    set_port(fl_get(c), 1); //~ ERROR E0594
    deeper(fl_get(c)); //~ ERROR E0594
    rename_it(fl_get(c)); //~ ERROR E0594
    memset(fl_get(c), 0, sizeof(struct conf)); //~ ERROR E0594
}
static void from_elsewhere(void)
{
    fl_arc(int) n = fl_arc_new(int, 1);
    fl_arc(int) m = fl_clone(n);
    fl_auto(n);
    fl_auto(m);
    *fl_get(m) += 1; //~ ERROR E0594
    ++*fl_get(n); //~ ERROR E0594
}
static void counted_by_one_thread(fl_rc(int) r)
{
    *fl_get(r) = 2; //~ ERROR E0594 cannot assign to data in an `fl_rc`
}
struct holder {
    shared_conf conf;
};
static void in_a_struct(struct holder *h)
{
    fl_get(h->conf)->port--; //~ ERROR E0594
}
FL_THREAD_FN(void, works, shared_conf, c)
{
    fl_auto(c);
    fl_get(c)->port++; //~ ERROR E0594
}

int main(void)
{
    shared_conf c = fl_arc_new(struct conf, { 0 });
    fl_auto(c);
    fl_rc(int) r = fl_rc_new(int, 1);
    fl_auto(r);
    struct holder h = { fl_clone(c) };
    plain(c);
    by_name(c);
    by_helpers(c);
    from_elsewhere();
    counted_by_one_thread(r);
    in_a_struct(&h);
    fl_drop(h.conf);
    fl_join_handle(void) t = fl_spawn(works, fl_clone(c));
    fl_joined(t);
    return 0;
}
