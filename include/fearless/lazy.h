/* FL_LAZY: a static value that is made when somebody first asks for it.
 *
 *     static struct table make_table(void) { ... }
 *     FL_LAZY(struct table, table, make_table);           // at file scope or in a function; it is static
 *
 *     printf("%d\n", fl_force(&table)->rows);             // the first one makes it, in any thread
 *
 * A value that is shared is const. What is to be changed lies behind a lock, and that in a box (or is the value itself,
 * though gcc's -Wextra does not like functions that return a cell):
 *
 *     typedef fl_mutex(struct names) names;
 *     typedef fl_box(names) names_box;
 *     static names_box make_names(void) { return fl_box_new(names, FL_MUTEX(read_names())); }
 *     FL_LAZY(names_box, all_names, make_names);
 *
 *     fl_guard(n, fl_get(*fl_force(&all_names)));
 *
 * When many threads come at once, one makes the value and the others sleep until it is there. Afterwards fl_force is one
 * load and one branch. The value is never dropped: it is there as long as the program is.
 *
 * If the function panics, the value is *poisoned*: every later fl_force panics, and so do those that were waiting. (If it
 * may fail and be tried again, take a fl_once_cell: <fearless/once.h>.) If it asks for its own value, that is a panic.
 *
 * fl_force blocks while another thread makes the value; it may not be called from a signal handler. For fork and for
 * pthread_exit see <fearless/once.h>. */
#ifndef FEARLESS_LAZY_H
#define FEARLESS_LAZY_H

#include <fearless/once.h>

#pragma GCC system_header /* see <fearless/base.h> */

#ifndef __cplusplus

/* Defines the static variable `name`. init is a function, `T init(void)`. Ends in `;`. */
#define FL_LAZY(T, name, init) static FL_LAZY_CELL_(T) name = {.fl_init = (init)}
#define FL_LAZY_CELL_(T)                                                                           \
    FL_MAYBE_CELL_(FL_NOTE_("shared_guarded_by:fl_raw"),                                           \
                   struct fl_once fl_raw;                                                          \
                   __typeof__(T) (*fl_init)(void), T)

/* The value, which is made now if it is not there yet. `const T *`, since it is shared; of a value that is itself a cell
 * (a mutex, ...), `T *`, to be locked. */
#define fl_force(lazy)                                                                             \
    (FL_REQUIRE_(FL_IS_ADDRESS_(lazy), "fl_force takes the address of the lazy: write &" #lazy),   \
     FL_FORCE_(FL_CELL_AT_(lazy)))
#ifdef __FEARLESS_CHECK__
FL_NOTE_("result.borrows") FL_NOTE_("blocks") FL_NOTE_("panics") void *fl_check_force_(const volatile void *lazy);
#define FL_FORCE_(lazy) ((FL_SHARED_PTR_(lazy))fl_check_force_(lazy))
#else
#define FL_FORCE_(lazy)                                                                            \
    __extension__({                                                                                \
        __typeof__(&*(lazy)) const fl_lazy_ = (lazy);                                              \
        FL_ONCE_INIT_NOW_(fl_lazy_, FL_ONCE_LAZY_, fl_lazy_->fl_init());                           \
        (FL_SHARED_PTR_(lazy))FL_CELL_DATA_(fl_lazy_);                                             \
    })
#endif

#endif /* !__cplusplus */

#endif
