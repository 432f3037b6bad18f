/* A slice that a thread writes, and the array it is a part of, by its own name or by another slice. */
#include <fearless.h>

typedef fl_slice(int) ints;
struct two { int *p, *q; };

FL_THREAD_FN(void, scale, ints, part, int, by)
{
    for (size_t i = 0; i < part.len; i++)
        part.data[i] *= by;
}

FL_THREAD_FN(void, set, int *, p) { *p = 1; }

void an_element_beside_the_whole(void)
{
    int a[10] = { 0 };
    fl_scope (s) {
        ints all = fl_slice_of(a, 10);
        fl_spawn_in(s, scale, all, 2);
        a[2] = 1; //~ ERROR E0506 cannot assign to `a` because it is borrowed
    }
}

void an_element_behind_a_known_length(void)
{
    int a[10] = { 0 };
    fl_scope (s) {
        ints first = fl_slice_of(a, 5);
        fl_spawn_in(s, scale, first, 2);
        a[7] = 1;
    }
}

void afterwards(int n)
{
    int a[10] = { 0 };
    fl_scope (s) {
        ints all = fl_slice_of(a, 10);
        fl_spawn_in(s, scale, all, 2);
    }
    a[7] = n;
}

void a_read_beside_a_half(int *v, size_t n, int *sum)
{
    fl_scope (s) {
        ints all = fl_slice_of(v, n), left, right;
        fl_split_at(all, n / 2, &left, &right);
        fl_spawn_in(s, scale, left, 2);
        for (size_t i = 0; i < n; i++)
            *sum += v[i]; //~ ERROR E0502 cannot borrow `*v` as immutable
    }
}

void one_half_each(int *v, size_t n)
{
    fl_scope (s) {
        ints all = fl_slice_of(v, n), left, right;
        fl_split_at(all, n / 2, &left, &right);
        fl_spawn_in(s, scale, left, 2);
        for (size_t i = 0; i < right.len; i++)
            right.data[i] *= 3;
    }
}

void the_same_half(int *v, size_t n)
{
    fl_scope (s) {
        ints all = fl_slice_of(v, n), left, right;
        fl_split_at(all, n / 2, &left, &right);
        fl_spawn_in(s, scale, left, 2);
        for (size_t i = 0; i < left.len; i++)
            left.data[i] *= 3; //~ ERROR E0506 cannot assign
    }
}

void what_the_half_was_cut_from(int *v, size_t n)
{
    fl_scope (s) {
        ints all = fl_slice_of(v, n), left, right;
        fl_split_at(all, n / 2, &left, &right);
        fl_spawn_in(s, scale, left, 2);
        all.data[0] = 1; //~ ERROR E0506 cannot assign
    }
}

void beside_chunks(int *v, size_t n)
{
    fl_scope (s) {
        ints chunk = { 0 }, all = fl_slice_of(v, n);
        while (fl_chunks(all, 10, &chunk))
            fl_spawn_in(s, scale, chunk, 2);
        v[7] = 1; //~ ERROR E0506 cannot assign to `*v` because it is borrowed
    }
    v[8] = 1;
}

/* Structs of the program with pointers in them are no slices. */
void two_pointers(int *v)
{
    struct two t = { v, v + 1 };
    fl_scope (s) {
        fl_spawn_in(s, set, t.p);
        fl_spawn_in(s, set, t.q);
    }
}

void two_elements(int *v)
{
    struct two t = { v, v };
    fl_scope (s) {
        fl_spawn_in(s, set, &t.p[0]);
        t.p[1] = 2;
    }
}
