/* FL_OWNED: says that values of a type own something, and which function drops them.
 *
 *     typedef struct { char *s; } text;
 *     static void text_drop(text *t) { free(t->s); }
 *     #define FL_OWNED text, text_drop
 *     #include <fearless/owned.h>
 *
 * At file scope, after the type and before its first use with fl_drop, fl_auto, channels ...; any type that is no
 * pointer to something else's, at most 99 in a file. This header is included once for each (it has no guard, and undefines
 * FL_OWNED for the next). In a header that others include, the drop function is `static inline` or extern.
 *
 * The drop function gets the address of the value. It must accept the empty value, which is what fl_move and fl_drop
 * leave behind: all zero, or the third argument.
 *
 *     #define FL_OWNED fl_fd, fd_drop, ((fl_fd){ -1 })
 *     #include <fearless/owned.h>
 *
 * (A struct that has such a field needs one, too: ((struct log){ .file = { -1 } }).)
 *
 * A type with owned fields is owned: FL_DROP_FIELDS (<fearless/move.h>) writes its drop function. */
#include <fearless/ownership.h>

#ifndef FL_OWNED
#error "write `#define FL_OWNED type, drop_function` before #include <fearless/owned.h>"
#endif

/* The parts of FL_OWNED, and the names that carry this type's number. */
#define FL_OWNED_TYPE_ FL_1ST_(FL_OWNED)
#define FL_OWNED_DROP_FN_ FL_2ND_(FL_OWNED)
#define FL_OWNED_REST_(...) FL_OWNED_REST_OF_(__VA_ARGS__)
#define FL_OWNED_REST_OF_(type, drop, ...) __VA_ARGS__
#define FL_OWNED_NAME_(what)                                                                       \
    FL_CAT_(FL_CAT_(FL_CAT_(fl_owned_, FL_OWNED_TEN_AT_), FL_OWNED_ONE_AT_), what)

_Static_assert(!_Generic(*(FL_OWNED_TYPE_ *)0, FL_OWNED_EACH_(FL_OWNED_IS_) default: 0),
               "FL_OWNED: this type has a drop function already");
_Static_assert(!FL_IS_CELL_(*(FL_OWNED_TYPE_ *)0),
               "FL_OWNED: a cell is dropped with its value; make the type of the value owned");
_Static_assert(!FL_IS_HANDLE_(*(FL_OWNED_TYPE_ *)0), "FL_OWNED: handles are owned as they are");

/* An assertion, because gcc would say nothing of a wrong pointer in here when the headers are installed. */
#define FL_OWNED_DROP_IS_(T)                                                                       \
    _Generic((FL_OWNED_DROP_FN_), void (*)(T *): 1, void (*)(const T *): 1, void (*)(void *): 1, int (*)(T *): 1, \
             int (*)(void *): 1, default: 0)
_Static_assert(FL_OWNED_DROP_IS_(FL_OWNED_TYPE_) ? 1 : 0,
               "FL_OWNED: the drop function takes a pointer to the type: void drop(type *)");
#undef FL_OWNED_DROP_IS_

#pragma GCC system_header /* see <fearless/base.h>; the functions below are the library's, not the user's */

typedef FL_OWNED_TYPE_ FL_OWNED_NAME_(_t_);

/* With the type's own signature, for the checker and for -fsanitize=function. */
FL_UNUSED_ FL_NOTE_("owned") static inline void FL_OWNED_NAME_(_drop_typed_)(FL_OWNED_NAME_(_t_) *fl_value)
{
    FL_OWNED_DROP_FN_(fl_value);
}
FL_UNUSED_ static inline void FL_OWNED_NAME_(_drop_)(void *fl_value)
{
    FL_OWNED_NAME_(_drop_typed_)((FL_OWNED_NAME_(_t_) *)fl_value);
}

/* In a cell that may be empty (<fearless/handle.h>). */
FL_UNUSED_ static inline void FL_OWNED_NAME_(_drop_maybe_)(void *fl_value)
{
    if (fl_maybe_has_value_(fl_value, sizeof(FL_OWNED_NAME_(_t_))))
        FL_OWNED_NAME_(_drop_typed_)((FL_OWNED_NAME_(_t_) *)fl_value);
}

/* The third argument if there is one, else all zero. */
FL_UNUSED_ FL_NOTE_("owned.empty") static inline FL_OWNED_NAME_(_t_) FL_OWNED_NAME_(_empty_value_)(void)
{
    static const FL_OWNED_NAME_(_t_) fl_zero;
    FL_OWNED_NAME_(_t_) fl_values[2] = {FL_OWNED_REST_(FL_OWNED, fl_zero)};
    return fl_values[0];
}
FL_UNUSED_ static inline void FL_OWNED_NAME_(_empty_)(void *fl_value)
{
    *(FL_OWNED_NAME_(_t_) *)fl_value = FL_OWNED_NAME_(_empty_value_)();
}

#undef FL_OWNED_TYPE_
#undef FL_OWNED_DROP_FN_
#undef FL_OWNED_REST_
#undef FL_OWNED_REST_OF_
#undef FL_OWNED_NAME_
#undef FL_OWNED

/* Count: one type more. */
#if FL_OWNED_ONE_AT_ == 0
#undef FL_OWNED_ONE_AT_
#define FL_OWNED_ONE_AT_ 1
#elif FL_OWNED_ONE_AT_ == 1
#undef FL_OWNED_ONE_AT_
#define FL_OWNED_ONE_AT_ 2
#elif FL_OWNED_ONE_AT_ == 2
#undef FL_OWNED_ONE_AT_
#define FL_OWNED_ONE_AT_ 3
#elif FL_OWNED_ONE_AT_ == 3
#undef FL_OWNED_ONE_AT_
#define FL_OWNED_ONE_AT_ 4
#elif FL_OWNED_ONE_AT_ == 4
#undef FL_OWNED_ONE_AT_
#define FL_OWNED_ONE_AT_ 5
#elif FL_OWNED_ONE_AT_ == 5
#undef FL_OWNED_ONE_AT_
#define FL_OWNED_ONE_AT_ 6
#elif FL_OWNED_ONE_AT_ == 6
#undef FL_OWNED_ONE_AT_
#define FL_OWNED_ONE_AT_ 7
#elif FL_OWNED_ONE_AT_ == 7
#undef FL_OWNED_ONE_AT_
#define FL_OWNED_ONE_AT_ 8
#elif FL_OWNED_ONE_AT_ == 8
#undef FL_OWNED_ONE_AT_
#define FL_OWNED_ONE_AT_ 9
#else
#undef FL_OWNED_ONE_AT_
#define FL_OWNED_ONE_AT_ 0
#    if FL_OWNED_TEN_AT_ == 0
#    undef FL_OWNED_TEN_AT_
#    define FL_OWNED_TEN_AT_ 1
#    elif FL_OWNED_TEN_AT_ == 1
#    undef FL_OWNED_TEN_AT_
#    define FL_OWNED_TEN_AT_ 2
#    elif FL_OWNED_TEN_AT_ == 2
#    undef FL_OWNED_TEN_AT_
#    define FL_OWNED_TEN_AT_ 3
#    elif FL_OWNED_TEN_AT_ == 3
#    undef FL_OWNED_TEN_AT_
#    define FL_OWNED_TEN_AT_ 4
#    elif FL_OWNED_TEN_AT_ == 4
#    undef FL_OWNED_TEN_AT_
#    define FL_OWNED_TEN_AT_ 5
#    elif FL_OWNED_TEN_AT_ == 5
#    undef FL_OWNED_TEN_AT_
#    define FL_OWNED_TEN_AT_ 6
#    elif FL_OWNED_TEN_AT_ == 6
#    undef FL_OWNED_TEN_AT_
#    define FL_OWNED_TEN_AT_ 7
#    elif FL_OWNED_TEN_AT_ == 7
#    undef FL_OWNED_TEN_AT_
#    define FL_OWNED_TEN_AT_ 8
#    elif FL_OWNED_TEN_AT_ == 8
#    undef FL_OWNED_TEN_AT_
#    define FL_OWNED_TEN_AT_ 9
#    else
#    error "more than 99 owned types in one file"
#    endif
#endif
