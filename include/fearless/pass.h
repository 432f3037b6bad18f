/* FL_ONE_PASS_: a declaration for one statement, which is what fl_with and fl_for_each are made of. Private. */
#ifndef FEARLESS_PASS_H
#define FEARLESS_PASS_H

#include <fearless/base.h>

#pragma GCC system_header /* see <fearless/base.h> */

/* FL_ONE_PASS_(declaration) statement: the statement runs once, in the scope of the declaration. break and continue in
 * it leave it. There is no flag and no condition, so that compilers (and the checker) see one path, not "once or
 * never": no -Wmaybe-uninitialized after it. There is no `if`, so that `if (x) FL_ONE_PASS_(d) a; else b;` is not
 * ambiguous, and no label, so that two on one line are no clash.
 *
 * It is a loop whose step breaks. Where that break goes the compilers disagree: clang means this loop, gcc (as its
 * manual says of statement expressions in a loop's step) the statement around it, which therefore must be one that
 * can be left: a switch that has nothing but its default. A case label of a switch further out, in the statement,
 * would be a jump into the scope: it is -Wswitch for gcc, and an error for clang. */
enum fl_pass_ { FL_PASS_ };
#ifdef __clang__
#define FL_LEAVE_                                                                                  \
    FL_QUIET_("clang diagnostic ignored \"-Wgcc-compat\"", __extension__({ break; }))
#define FL_ONE_PASS_(...) for (__VA_ARGS__;; FL_LEAVE_)
#else
#define FL_LEAVE_ __extension__({ break; })
#define FL_ONE_PASS_(...)                                                                          \
    switch (FL_PASS_)                                                                              \
    default:                                                                                       \
        for (__VA_ARGS__;; FL_LEAVE_)
#endif

#endif
