/*
 * Which locals a statement reads, writes (a part of, or all) and gives the address of: all that
 * initialisation needs to know. In the order of evaluation: reads, then addresses, then writes.
 */
#ifndef FEARLESS_CHECK_MOVES_INIT_READS_H
#define FEARLESS_CHECK_MOVES_INIT_READS_H

#include "flow/cfg.h"
#include "ir/ir.h"

enum init_access { INIT_READ, INIT_ADDRESS, INIT_WRITE, INIT_LIVE, INIT_DEAD };

typedef void init_visitor(void *ctx, enum init_access access, uint32_t local, struct span span);

void init_statement(const struct ir_statement *statement, init_visitor *visit, void *ctx);
void init_terminator(const struct ir_terminator *terminator, init_visitor *visit, void *ctx);

#endif
