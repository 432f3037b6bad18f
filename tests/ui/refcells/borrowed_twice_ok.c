/* Borrows of a refcell that do not meet, or that ask first. */
#include <fearless.h>

typedef fl_refcell(int) cell;
static cell total = FL_REFCELL(0);

int two_readers(cell *c)
{
    fl_borrow(a, c);
    fl_borrow(b, c);
    return *a + *b;
}

int one_after_the_other(cell *c)
{
    {
        fl_borrow_mut(a, c);
        *a = 1;
    }
    fl_borrow(b, c);
    return *b;
}

int ended_by_hand(cell *c)
{
    fl_borrow_mut(a, c);
    *a = 1;
    fl_unlock(a);
    fl_borrow(b, c);
    return *b;
}

void asks_first(cell *c)
{
    fl_borrow_mut(a, c);
    *a = 1;
    fl_try_borrow_mut(b, c);
    if (b)
        *b = 2;
}

void two_cells(cell *c, cell *d)
{
    fl_borrow_mut(a, c);
    fl_borrow_mut(b, d);
    *a = *b;
}

void two_elements(cell *cells, int i, int k)
{
    fl_borrow_mut(a, &cells[i]);
    fl_borrow_mut(b, &cells[k]);
    *a = *b;
}

void in_each_pass(cell *c)
{
    for (int i = 0; i < 3; i++) {
        fl_borrow_mut(a, c);
        *a += 1;
    }
}

void on_either_side(cell *c, int n)
{
    if (n) {
        fl_borrow_mut(a, c);
        *a = 1;
    } else {
        fl_borrow_mut(b, c);
        *b = 2;
    }
}

static int get(cell *c)
{
    fl_borrow(r, c);
    return *r;
}

static void set(cell *c, int n)
{
    fl_borrow_mut(w, c);
    *w = n;
}

int helper_reads_too(cell *c)
{
    fl_borrow(r, c);
    return *r + get(c);
}

void helper_before_and_behind(cell *c)
{
    set(c, 1);
    {
        fl_borrow(r, c);
        if (*r > 2)
            return;
    }
    set(c, 2);
}

void helper_of_another_cell(cell *c)
{
    fl_borrow_mut(w, &total);
    set(c, *w);
}

static void set_if(cell *c, int really)
{
    if (really)
        set(c, 1);
}

void helper_that_need_not(cell *c)
{
    fl_borrow(r, c);
    set_if(c, *r > 100 && *r < 50);
}

int copied_out(cell *c)
{
    int value;
    {
        fl_borrow(r, c);
        value = *r;
    }
    return value;
}
