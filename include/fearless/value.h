/* FL_ONE_VALUE_: how a macro's variadic value becomes one value of exactly one type. Private. */
#ifndef FEARLESS_VALUE_H
#define FEARLESS_VALUE_H

#include <fearless/base.h>

#pragma GCC system_header

/* Address of a temporary T that is initialised with the value, for the call that it is an argument of. Variadic so that
 * `{ 1, 2 }` may be written. The array alone would accept more than a declaration does: in `(struct pt[1]){ 1, 2 }` C
 * leaves out braces for us, and a string would become the first field of a struct. The declaration inside sizeof,
 * which never runs, accepts what `T v = value;` does. */
#define FL_ONE_VALUE_(T, ...)                                                                      \
    (__extension__(__typeof__(T)[1]){__VA_ARGS__} + 0 * sizeof(__extension__({                     \
                                                        __typeof__(T) fl_value_ = __VA_ARGS__;     \
                                                        (void)fl_value_;                           \
                                                        0;                                         \
                                                    })))

#endif
