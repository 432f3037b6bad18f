/* What a move or a drop left behind is the empty value, which may be looked at, stand in a select and be filled again. */
#include <assert.h>

#include "words.h"

typedef struct {
    fl_arc(int) count;
    text name;
} adds;
FL_DROP_FIELDS(adds, adds_drop, count, name)
#define FL_OWNED adds, adds_drop
#include <fearless/owned.h>

static FL_THREAD_FN(void, count_one, adds, a)
{
    fl_auto(a);
    text_print(&a.name);
}

static void keep(adds a)
{
    fl_auto(a);
    text_print(&a.name);
}

/* a compound literal is a new value: given away as it is */
static void literals(fl_arc(int) count)
{
    text name = text_of("a");
    keep((adds){ fl_clone(count), fl_move(name) });
    fl_detach(fl_spawn(count_one, (adds){ fl_clone(count), text_of("b") }));
    name = text_of("c");
    fl_job job = fl_bind(count_one, (adds){ .name = fl_move(name) });
    fl_drop(job);
}

static void looked_at(void)
{
    fl_sender(int) tx;
    fl_receiver(int) rx;
    fl_channel(&tx, &rx);
    fl_auto(rx);
    fl_sender(int) kept = fl_move(tx);
    fl_auto(kept);
    assert(tx == NULL);
    if (tx != NULL || tx || !!tx)
        return;
    int n = tx ? 1 : 0;
    bool gone = NULL == tx;
    printf("%d %d\n", n, gone);
    fl_drop(kept);
    if (!kept)
        puts("gone");
}

static void looked_at_pointer(char *p)
{
    char *q = fl_move(p);
    assert(!p && q != NULL);
    free(q);
}

static int dropped_when_closed(void)
{
    fl_sender(int) ta, tb;
    fl_receiver(int) ra, rb;
    fl_channel(&ta, &ra);
    fl_channel(&tb, &rb);
    fl_auto(ta);
    fl_auto(tb);
    fl_auto(ra);
    fl_auto(rb);
    int sum = 0, value;
    while (ra || rb) {
        int which = fl_select(fl_on_recv(ra, &value), fl_on_recv(rb, &value), fl_on_timeout(fl_millis(1)));
        if (which == 2)
            break;
        if (fl_selected() == FL_OK)
            sum += value;
        else if (which == 0)
            fl_drop(ra);
        else
            fl_drop(rb);
    }
    return sum;
}

static void sender_given_away(fl_sender(int) out)
{
    fl_auto(out);
    int n = 1;
    for (int i = 0; i < 3; i++) {
        if (fl_select(fl_on_send(out, &n), fl_on_timeout(fl_millis(1))) == 0 && fl_selected() != FL_OK)
            fl_drop(out);
    }
}

bool next_text(text *out);
void take_text(text t FL_MOVED);
void make_text(text *out);

/* declared outside of the loop, filled by a function out of view */
static void served(void)
{
    text t;
    while (next_text(&t))
        take_text(fl_move(t));
}

static void made_again(bool (*next)(text *))
{
    text t = text_of("x");
    fl_auto(t);
    take_text(fl_move(t));
    make_text(&t);
    text_print(&t);
    fl_drop(t);
    if (next(&t))
        text_print(&t);
}

typedef fl_cell(int) cell;

static int cells(void)
{
    cell c = FL_CELL(1);
    return fl_cell_get(&c) + fl_cell_take(&c) + fl_cell_replace(&c, 4) + fl_cell_get(&c);
}

int main(void)
{
    fl_arc(int) count = fl_arc_new(int, 1);
    fl_auto(count);
    literals(count);
    looked_at();
    looked_at_pointer(strdup("p"));
    served();
    made_again(next_text);
    sender_given_away(NULL);
    return cells() + dropped_when_closed();
}
