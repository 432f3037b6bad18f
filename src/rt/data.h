/* What the fl_into_data of all cells have in common. */
#ifndef FL_RT_DATA_H
#define FL_RT_DATA_H

#include <fearless/data.h>

/* Moves the value out of a cell that nobody uses, and leaves it all zero, with the empty value. */
void fl_take_data_(volatile void *cell, void *ret_data, size_t data_size, size_t cell_size, fl_empty_fn_ *make_empty);

#endif
