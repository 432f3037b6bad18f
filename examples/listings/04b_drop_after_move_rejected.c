/*
 * Listing 4b: the same with `fl_move(v)`. Now `v` belongs to the thread, and main's drop is the mistake.
 */
#include "values.h"

FL_THREAD_FN(void, print_vector, int_vec, v)
{
    fl_auto(v);
    int_vec_print("Here's a vector", &v);
}

int main(void)
{
    int_vec v = int_vec_of(3, (int[]){ 1, 2, 3 });

    fl_join_handle(void) handle = fl_spawn(print_vector, fl_move(v));
    fl_drop(v); //~ ERROR E0382 use of moved value: `v`
    fl_unwrap(fl_join(handle));
    return 0;
}
