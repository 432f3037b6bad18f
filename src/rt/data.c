#include "data.h"

#include <string.h>

void fl_take_data_(volatile void *cell, void *ret_data, size_t data_size, size_t cell_size, fl_empty_fn_ *make_empty)
{
    void *const at = (void *)(uintptr_t)cell; /* fl_data is its first member */

    memcpy(ret_data, at, data_size);
    memset(at, 0, cell_size);
    if (make_empty)
        make_empty(at);
}

/* A fl_cell is never in use. */
fl_status fl_cell_into_data_(volatile void *cell, void *ret_data, size_t data_size, size_t cell_size, size_t raw_at,
                             fl_empty_fn_ *make_empty, const char *file, int line)
{
    (void)raw_at, (void)file, (void)line;
    fl_take_data_(cell, ret_data, data_size, cell_size, make_empty);
    return FL_OK;
}
