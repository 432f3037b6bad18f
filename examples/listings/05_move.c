/*
 * Listing 5: `fl_move(v)` gives the vector to the thread, which prints and frees it.
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
    fl_unwrap(fl_join(handle));
    return 0;
}
