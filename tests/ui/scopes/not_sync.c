/* What threads of a scope are lent must be Sync where they share it, and Send where one has it to itself. */
#include <fearless.h>

typedef fl_refcell(int) refcell;
typedef fl_cell(int) cell;
typedef fl_mutex(int) counter;
typedef fl_mutex(cell) locked_cell;
typedef fl_rwlock(cell) read_cell;

FL_THREAD_FN(void, receive, const fl_receiver(int) *, rx)
{
    int n;
    fl_ignore(fl_recv(*rx, &n));
}
void receivers(fl_receiver(int) rx)
{
    fl_auto(rx);
    fl_scope (s) {
        fl_detach(fl_spawn_in(s, receive, &rx)); //~ ERROR E0277 `fl_receiver(int)` cannot be shared between threads safely
        int n;
        fl_ignore(fl_recv(rx, &n));
    }
}

FL_THREAD_FN(void, count, const fl_rc(int) *, r)
{
    fl_rc(int) own = fl_clone(*r);
    fl_drop(own);
}
void counted(void)
{
    fl_rc(int) r = fl_rc_new(int, 1);
    fl_auto(r);
    fl_scope (s) {
        fl_detach(fl_spawn_in(s, count, &r)); //~ ERROR E0277 `fl_rc(int)` cannot be shared between threads safely
    }
}

FL_THREAD_FN(void, borrow, refcell *, r)
{
    fl_borrow_mut(n, r);
    *n = 1;
}
FL_THREAD_FN(void, set, cell *, c)
{
    fl_cell_set(c, 1);
}
void cells(void)
{
    refcell r = FL_REFCELL(1);
    cell c = FL_CELL(1);
    fl_scope (s) {
        for (int i = 0; i < 2; i++)
            fl_detach(fl_spawn_in(s, borrow, &r)); //~ ERROR E0277 `refcell` cannot be shared between threads safely
        fl_detach(fl_spawn_in(s, set, &c)); //~ ERROR E0277 `cell` cannot be shared between threads safely
    }
}

FL_THREAD_FN(void, read_both, read_cell *, c)
{
    fl_read_guard(n, c);
    (void)n;
}
void behind_a_read_lock(void)
{
    read_cell c = FL_RWLOCK(FL_CELL(1));
    fl_scope (s) {
        fl_detach(fl_spawn_in(s, read_both, &c)); //~ ERROR E0277 `cell` cannot be shared between threads safely
    }
}

/* In a struct. */
struct part {
    cell seen;
    int n;
};
FL_THREAD_FN(void, look, const struct part *, p)
{
    (void)p->n;
}
void shared_struct(void)
{
    struct part p = { FL_CELL(1), 2 };
    fl_scope (s) {
        fl_detach(fl_spawn_in(s, look, &p)); //~ ERROR E0277 `cell` cannot be shared between threads safely
    }
}
struct with_rc {
    fl_rc(int) r;
    int n;
};
FL_DROP_FIELDS(struct with_rc, with_rc_drop, r)
#define FL_OWNED struct with_rc, with_rc_drop
#include <fearless/owned.h>
FL_THREAD_FN(void, change, struct with_rc *, p)
{
    p->n = 1;
}
void exclusive_struct(struct with_rc p)
{
    fl_auto(p);
    fl_scope (s) {
        fl_detach(fl_spawn_in(s, change, &p)); //~ ERROR E0277 `fl_rc(int)` cannot be sent between threads safely
    }
}

/* ---- their twins ---- */

struct worker {
    fl_receiver(int) in;
    cell seen;
    int *into;
};
FL_DROP_FIELDS(struct worker, worker_drop, in)
#define FL_OWNED struct worker, worker_drop
#include <fearless/owned.h>
FL_THREAD_FN(void, work, struct worker *, w)
{
    fl_for_each (n, w->in)
        *w->into += n;
    fl_cell_set(&w->seen, 1);
}
void one_has_it(struct worker first, struct worker second)
{
    fl_auto(first);
    fl_auto(second);
    fl_scope (s) {
        fl_detach(fl_spawn_in(s, work, &first));
        fl_detach(fl_spawn_in(s, work, &second));
    }
}
FL_THREAD_FN(void, own_receiver, fl_receiver(int), rx)
{
    fl_auto(rx);
    fl_for_each (n, rx)
        (void)n;
}
FL_THREAD_FN(void, from_shared, const fl_shared_receiver(int) *, rx)
{
    int n;
    fl_ignore(fl_recv(*rx, &n));
}
FL_THREAD_FN(void, send, const fl_sender(int) *, tx)
{
    fl_ignore(fl_send(*tx, 1));
}
void channels(fl_receiver(int) rx, fl_shared_receiver(int) shared, fl_sender(int) tx)
{
    fl_auto(shared);
    fl_auto(tx);
    fl_scope (s) {
        fl_detach(fl_spawn_in(s, own_receiver, fl_move(rx)));
        fl_detach(fl_spawn_in(s, from_shared, &shared));
        fl_detach(fl_spawn_in(s, from_shared, &shared));
        fl_detach(fl_spawn_in(s, send, &tx));
        fl_detach(fl_spawn_in(s, send, &tx));
    }
}
FL_THREAD_FN(void, under_lock, counter *, m, locked_cell *, c)
{
    fl_with (n, m)
        *n += 1;
    fl_with (in, c)
        fl_cell_set(in, 1);
}
void locks(void)
{
    counter m = FL_MUTEX(0);
    locked_cell c = FL_MUTEX(FL_CELL(1));
    fl_scope (s) {
        fl_detach(fl_spawn_in(s, under_lock, &m, &c));
        fl_detach(fl_spawn_in(s, under_lock, &m, &c));
    }
}
