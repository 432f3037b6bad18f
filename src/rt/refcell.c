/* The cold half of fl_refcell: what a borrow says that cannot be. */
#include <fearless/panic.h>
#include <fearless/refcell.h>

#include "data.h"

#include <stdio.h>

/* " at file:line", if the place of the borrow in the way is known. */
enum { PLACE_SIZE = 256 };

static const char *place(const struct fl_borrows_ *of, char *text)
{
    if (!of->fl_file)
        return "";
    snprintf(text, PLACE_SIZE, " at %s:%d", of->fl_file, of->fl_line);
    return text;
}

void fl_borrow_failed_(const struct fl_borrows_ *of, bool is_for_writing, const char *file, int line)
{
    char where[PLACE_SIZE];
    const char *const at = place(of, where);

    if (of->fl_count < 0)
        fl_panic_(file, line,
                  "this cell is borrowed for writing%s, so nobody else may %s it: end that borrow first (its scope, or "
                  "fl_unlock(name)), or ask with fl_try_borrow%s",
                  at, is_for_writing ? "change" : "read", is_for_writing ? "_mut" : "");
    if (is_for_writing)
        fl_panic_(file, line,
                  "this cell is borrowed%s, so it must not change: end that borrow first (its scope, or "
                  "fl_unlock(name)), or ask with fl_try_borrow_mut",
                  at);
    fl_panic_(file, line, "this cell has as many readers as can be counted, the first%s: end some", at);
}

void fl_borrow_no_end_(const char *file, int line)
{
    fl_panic_(file, line,
              "this name borrows nothing: its borrow was ended before, or there was none; test the name of a "
              "fl_try_borrow before fl_unlock");
}

fl_status fl_refcell_into_data_(volatile void *cell, void *ret_data, size_t data_size, size_t cell_size, size_t raw_at,
                                fl_empty_fn_ *make_empty, const char *file, int line)
{
    const struct fl_borrows_ *const of = (const struct fl_borrows_ *)((uintptr_t)cell + raw_at);
    char where[PLACE_SIZE];

    if (of->fl_count != 0)
        fl_panic_(file, line, "fl_into_data of a cell that is borrowed%s: end that borrow first", place(of, where));
    fl_take_data_(cell, ret_data, data_size, cell_size, make_empty);
    return FL_OK;
}
