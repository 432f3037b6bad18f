/* Pins: what a file that is compiled without -fexceptions owes to a panic. Private.
 *
 * A panic unwinds, and unwinding runs the cleanups (guards, fl_auto, scopes) of the frames it leaves; but those of a
 * file without -fexceptions are not in the unwind tables. A lock that stays locked for ever is worse than a program
 * that stops, so such files count what they hold, and a panic that finds the count of its thread above zero aborts
 * with a message that says what to do. With -fexceptions (the packages pass it) all of this is nothing. */
#ifndef FEARLESS_PIN_H
#define FEARLESS_PIN_H

#include <fearless/base.h>

FL_BEGIN_C_
extern __attribute__((tls_model("initial-exec"))) FL_THREAD_VAR_ unsigned fl_pins_;
FL_END_C_

/* FL_PIN_(v) is v, and one thing more is held; FL_UNPIN_() one less. */
#if defined __EXCEPTIONS || defined __FEARLESS_CHECK__
#define FL_PIN_(v) (v)
#define FL_UNPIN_() ((void)0)
#else
#define FL_PIN_(v) (fl_pins_++, (v))
#define FL_UNPIN_() ((void)fl_pins_--)
#endif

#endif
