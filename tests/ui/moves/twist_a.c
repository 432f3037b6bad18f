/* More ways to move and use: function pointers, conditional operators, commas, blocks left early, aliases. */
#include "words.h"

static void keep(text t)
{
    fl_auto(t);
    text_print(&t);
}

void by_function_pointer(void)
{
    void (*fn)(text) = keep;
    text t = text_of("a");
    fn(fl_move(t));
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}

void chosen(bool c)
{
    text a = text_of("a"), b = text_of("b");
    fl_auto(a);
    fl_auto(b);
    text x = c ? a : b; //~ ERROR F0304 owned value `a` is copied without being moved
    //~^ ERROR F0304 owned value `b` is copied without being moved
    fl_drop(x);
}

void comma(fl_sender(text) tx)
{
    text t = text_of("a");
    int n = (fl_ignore(fl_send(tx, fl_move(t))), (int)t.len); //~ ERROR E0382 use of moved value: `t`
    printf("%d\n", n);
}

void outer_loop(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_auto(t);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) {
            if (j == 1)
                break;
            fl_unwrap(fl_send(tx, fl_move(t))); //~ ERROR E0382 use of moved value: `t`
        }
}

void computed(fl_sender(text) tx, int i)
{
    static void *const labels[] = { &&send, &&show };
    text t = text_of("a");
    fl_auto(t);
    goto *labels[i & 1];
send:
    fl_unwrap(fl_send(tx, fl_move(t)));
show:
    text_print(&t); //~ ERROR E0382 borrow of moved value: `t`
}

void argument_of_argument(fl_sender(text) tx)
{
    text t = text_of("a");
    fl_unwrap(fl_send(tx, ({ text u = fl_move(t); text_print(&t); u; }))); //~ ERROR E0382 borrow of moved value: `t`
}

void nested_struct(fl_sender(text) tx)
{
    struct { struct { text name; } inner; int n; } s = { { text_of("a") }, 1 };
    fl_unwrap(fl_send(tx, fl_move(s.inner.name)));
    text_print(&s.inner.name); //~ ERROR E0382 borrow of moved value: `s.inner.name`
}

void assigned_away(void)
{
    text a = text_of("a");
    text b = fl_move(a);
    text c = fl_move(b);
    printf("%s\n", b.s); //~ ERROR E0382 use of moved value: `b`
    fl_drop(c);
}

void handle(fl_sender(text) tx)
{
    fl_sender(text) other = fl_clone(tx);
    fl_drop(other);
    fl_unwrap(fl_send(other, text_of("a"))); //~ ERROR E0382 borrow of moved value: `other`
}

void joined_twice(void)
{
    fl_join_handle(void) h = fl_spawn(print_text, text_of("a"));
    fl_unwrap(fl_join(h));
    fl_unwrap(fl_join(h)); //~ ERROR E0382 use of moved value: `h`
}
