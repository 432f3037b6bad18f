/* A refcell that is borrowed again while a borrow of it is held: it would panic. */
#include <fearless.h>

typedef fl_refcell(int) cell;
static cell total = FL_REFCELL(0);

void two_writers(cell *c)
{
    fl_borrow_mut(a, c);
    fl_borrow_mut(b, c); //~ ERROR E0499 cannot borrow `c` as mutable more than once at a time
    *a = *b;
}

void reader_then_writer(cell *c)
{
    fl_borrow(a, c);
    fl_borrow_mut(b, c); //~ ERROR E0502 cannot borrow `c` as mutable because it is also borrowed as immutable
    *b = *a;
}

void writer_then_reader(void)
{
    fl_borrow_mut(a, &total);
    *a = 1;
    {
        fl_borrow(b, &total); //~ ERROR E0502 cannot borrow `total` as immutable because it is also borrowed as mutable
        *a = *b;
    }
}

void by_another_name(void)
{
    cell c = FL_REFCELL(1), *p = &c;
    fl_borrow_mut(a, &c);
    fl_borrow_mut(b, p); //~ ERROR E0499
    *a = *b;
}

void the_same_element(cell *cells, int i)
{
    fl_borrow_mut(a, &cells[i]);
    fl_borrow(b, &cells[i]); //~ ERROR E0502
    *a = *b;
}

static void count(void)
{
    fl_borrow_mut(w, &total);
    *w += 1;
}

void in_a_helper(int n)
{
    fl_borrow(r, &total);
    if (n > *r)
        count(); //~ ERROR E0502 cannot borrow `total` as mutable
}

static void set(cell *c, int n)
{
    fl_borrow_mut(w, c);
    *w = n;
}

static void set_twice(cell *c)
{
    set(c, 1);
    set(c, 2);
}

void two_helpers_down(cell *c)
{
    fl_borrow_mut(w, c);
    set_twice(c); //~ ERROR E0499 cannot borrow `c` as mutable more than once at a time
    *w = 3;
}

int kept_past_its_borrow(cell *c)
{
    const int *p;
    {
        fl_borrow(r, c);
        p = r; //~ ERROR E0597 the borrow of `c` does not live long enough
    }
    return *p;
}

int *handed_out(cell *c)
{
    fl_borrow_mut(w, c);
    return w; //~ ERROR E0597 the borrow of `c` does not live long enough
}

int kept_past_unlock(cell *c)
{
    fl_borrow_mut(w, c);
    int *p = w; //~ ERROR E0597
    fl_unlock(w);
    return *p;
}
