/* Slices of one array, given to threads that write. */
#include <fearless.h>

typedef fl_slice(int) ints;

FL_THREAD_FN(void, fill, ints, part, int, value)
{
    for (size_t i = 0; i < part.len; i++)
        part.data[i] = value;
}

void the_same_half(int *a)
{
    ints all = fl_slice_of(a, 100), left, right;
    fl_split_at(all, 50, &left, &right);
    fl_scope (s) {
        fl_spawn_in(s, fill, left, 1);
        fl_spawn_in(s, fill, left, 2); //~ ERROR E0499
    }
}

void the_whole_and_a_half(void)
{
    int a[100] = {0};
    ints all = fl_slice_of(a, 100), left, right;
    fl_split_at(all, 50, &left, &right);
    fl_scope (s) {
        fl_spawn_in(s, fill, all, 1);
        fl_spawn_in(s, fill, right, 2); //~ ERROR E0499 cannot borrow `a` as mutable more than once at a time
    }
}

void a_half_and_the_whole(int *a)
{
    ints all = fl_slice_of(a, 100), left, right;
    fl_split_at(all, 50, &left, &right);
    fl_scope (s) {
        fl_spawn_in(s, fill, left, 1);
        fl_spawn_in(s, fill, all, 2); //~ ERROR E0499
    }
}

void both_halves(int *a)
{
    ints all = fl_slice_of(a, 100), left, right;
    fl_split_at(all, 50, &left, &right);
    fl_scope (s) {
        fl_spawn_in(s, fill, left, 1);
        fl_spawn_in(s, fill, right, 2);
    }
    fl_scope (s)
        fl_spawn_in(s, fill, all, 3);
}

void thirds(int *a)
{
    ints all = fl_slice_of(a, 100), left, middle, right;
    fl_split_at(all, 30, &left, &right);
    fl_split_at(right, 30, &middle, &right);
    fl_scope (s) {
        fl_spawn_in(s, fill, left, 1);
        fl_spawn_in(s, fill, middle, 2);
        fl_spawn_in(s, fill, right, 3);
    }
}

void from_the_front(int *a)
{
    ints rest = fl_slice_of(a, 100), part;
    fl_scope (s) {
        while (rest.len > 10) {
            fl_split_at(rest, 10, &part, &rest);
            fl_spawn_in(s, fill, part, 1);
        }
        fl_spawn_in(s, fill, rest, 2);
    }
}

void chunks(int *a)
{
    ints all = fl_slice_of(a, 100);
    fl_scope (s)
        for (ints chunk = {0}; fl_chunks(all, 64, &chunk);)
            fl_spawn_in(s, fill, chunk, 3);
}

void parts_by_number(int *a)
{
    ints all = fl_slice_of(a, 100);
    ints first = fl_subslice(all, 0, 50), second = fl_subslice(all, 50, 100);
    fl_scope (s) {
        fl_spawn_in(s, fill, first, 1);
        fl_spawn_in(s, fill, second, 2);
    }
}

void cut_again(int *a)
{
    ints all = fl_slice_of(a, 100), left, right;
    fl_split_at(all, 30, &left, &right);
    fl_scope (s) {
        fl_spawn_in(s, fill, left, 1);
        fl_split_at(right, 30, &left, &right);
        fl_spawn_in(s, fill, left, 1);
    }
}
