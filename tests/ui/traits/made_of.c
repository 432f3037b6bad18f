// What a type is made of decides: each of these holds something that must stay on its thread.
#include <fearless.h>
#include <setjmp.h>
#include <stdlib.h>

struct with_array {
    fl_rc(int) all[3];
};
FL_THREAD_FN(void, take_array, struct with_array, v)
{
    for (int i = 0; i < 3; i++)
        fl_drop(v.all[i]);
}
void array_of_rc(void)
{
    struct with_array v = { { NULL } };
    fl_detach(fl_spawn(take_array, fl_move(v))); //~ ERROR E0277 `fl_rc(int)` cannot be sent
}

struct nameless_union {
    int tag;
    union {
        char *text;
        long number;
    };
};
FL_THREAD_FN(void, take_union, struct nameless_union, v)
{
    (void)v.tag;
}
void union_without_a_name(void)
{
    struct nameless_union v = { .tag = 1, .number = 3 };
    fl_detach(fl_spawn(take_union, v)); //~ ERROR E0277 required because it appears within the type `struct nameless_union`
}

struct saved {
    jmp_buf where;
};
FL_THREAD_FN(void, take_saved, struct saved, v)
{
    (void)v;
}
void saved_registers(void)
{
    struct saved v;
    if (setjmp(v.where) == 0)
        fl_detach(fl_spawn(take_saved, v)); //~ ERROR E0277 it leads back into the stack of the thread that filled it
}

struct engine;
FL_THREAD_FN(void, take_engine, fl_arc(struct engine), e)
{
    fl_auto(e);
}
void nobody_sees_what_is_in_it(fl_arc(struct engine) e)
{
    fl_detach(fl_spawn(take_engine, fl_clone(e))); //~ ERROR E0277 what is in `struct engine` is not seen in this file
}

void engine_free(struct engine **e);
typedef struct {
    struct engine *engine;
} car;
static void car_drop(car *c)
{
    engine_free(&c->engine);
}
#define FL_OWNED car, car_drop
#include <fearless/owned.h>
FL_THREAD_FN(void, take_car, car, c)
{
    fl_auto(c);
}
void owned_and_incomplete(car c)
{
    fl_detach(fl_spawn(take_car, fl_move(c))); //~ ERROR E0277 `struct engine` cannot be sent
}

struct slot {
    _Atomic(int *) at;
};
FL_THREAD_FN(void, take_slot, struct slot, s)
{
    (void)s;
}
void atomic_pointer(void)
{
    int *n = malloc(sizeof *n);
    struct slot s = { n };
    fl_detach(fl_spawn(take_slot, s)); //~ ERROR E0277
    free(n);
}

struct FL_NOT_SYNC parser {
    int depth;
};
FL_THREAD_FN(void, take_parser, fl_arc(struct parser), p)
{
    fl_auto(p);
}
void not_to_be_shared(void)
{
    fl_detach(fl_spawn(take_parser, fl_arc_new(struct parser, { 1 }))); //~ ERROR E0277 `struct parser` cannot be shared
}

FL_THREAD_FN(void, take_ends, fl_arc(fl_receiver(int)), rx)
{
    fl_auto(rx);
}
void one_receiver_for_many(fl_arc(fl_receiver(int)) rx)
{
    fl_detach(fl_spawn(take_ends, fl_clone(rx))); //~ ERROR E0277 `fl_receiver(int)` cannot be shared
}

typedef fl_rwlock(fl_cell(int)) cell_lock;
FL_THREAD_FN(void, take_lock, fl_arc(cell_lock), l)
{
    fl_auto(l);
}
void readers_share_a_cell(fl_arc(cell_lock) l)
{
    fl_detach(fl_spawn(take_lock, fl_clone(l))); //~ ERROR E0277
}

struct result {
    int n;
};
FL_THREAD_FN(struct result *, make_result, int, n)
{
    struct result *r = malloc(sizeof *r);
    if (r)
        r->n = n;
    return r;
}
void result_is_a_plain_pointer(void)
{
    fl_join_handle(struct result *) h = fl_spawn(make_result, 1); //~ ERROR E0277 the thread returns it here
    struct result *r = fl_joined(h);
    free(r);
}
