/*
 * Listing 4: why the borrow is rejected: main may drop `v` while the thread still prints it.
 */
#include "values.h"

FL_THREAD_FN(void, print_vector, const int_vec *, v)
{
    int_vec_print("Here's a vector", v);
}

int main(void)
{
    int_vec v = int_vec_of(3, (int[]){ 1, 2, 3 });

    fl_join_handle(void) handle = fl_spawn(print_vector, &v); //~ ERROR E0373 may outlive
    fl_drop(v);
    fl_unwrap(fl_join(handle));
    return 0;
}
