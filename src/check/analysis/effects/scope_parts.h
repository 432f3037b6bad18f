/*
 * Which part of an array a pointer was made for: an element, by a constant or by a variable, or a slice. Two threads of a scope
 * may write the same array as long as their parts are not known to overlap.
 */
#ifndef FEARLESS_CHECK_EFFECTS_SCOPE_PARTS_H
#define FEARLESS_CHECK_EFFECTS_SCOPE_PARTS_H

#include "analysis/origins/origins.h"

enum part_kind { PART_WHOLE, PART_CONSTANT, PART_LOCAL, PART_SLICE, PART_RECORD, PART_SOME };
struct part {
    enum part_kind kind;
    int64_t index;  /* the constant; the local, also of a slice or of another struct with pointers */
    uint32_t field; /* of that other struct + 1; 0: all of it */
    uint32_t slice; /* an element of the slice in this local + 1: `r.data[i]` */
};

/* What a statement reads or writes: also `r.data[i]`, a pointer that was counted on just before. */
struct part part_of_access(const struct ir_function *fn, const struct ir_place *place);
struct part part_of_operand(const struct ir_function *fn, const struct ir_operand *operand);

/*
 * Certainly: a as it is when block `from` ends, and b when block `to` does, a way behind. `strides`: several elements from
 * there on.
 */
bool parts_overlap(struct origins *origins, uint32_t from, struct part a, bool a_strides, uint32_t to, struct part b,
                   bool b_strides);

#endif
