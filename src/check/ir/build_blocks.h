/*
 * Blocks that still grow: what build.c and simplify.c share.
 */
#ifndef FEARLESS_CHECK_IR_BUILD_BLOCKS_H
#define FEARLESS_CHECK_IR_BUILD_BLOCKS_H

#include "ir/build.h"

/* What grows lives outside the arena, doubles, and is copied into it at its final size. */
struct ir_build_block {
    struct ir_statement *statements;
    uint32_t count, room;
    struct ir_terminator terminator;
    bool ended;
    bool is_gone; /* joined to another, or never needed */
};

void ir_build_simplify(struct ir_builder *b);

#endif
