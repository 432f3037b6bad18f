/*
 * What the files of the verifier share; see ir.h for ir_verify().
 */
#ifndef FEARLESS_CHECK_IR_VERIFY_H
#define FEARLESS_CHECK_IR_VERIFY_H

#include "ir/ir.h"

struct verify {
    const struct ir_unit *unit;
    const struct ir_function *fn;
    uint32_t block, statement; /* where we are, for the message */
    bool failed;
};

/* Reports the first broken rule; false, always. */
bool verify_fail(struct verify *v, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* On every path a temporary gets its value before it is read. */
bool verify_temps(struct verify *v);

#endif
