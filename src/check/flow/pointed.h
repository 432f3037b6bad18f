/*
 * Which functions a function pointer may hold: by where functions' addresses are stored in this unit, in no order of
 * statements. A place is known by the last field it goes through (of all objects of that type), else by its variable.
 */
#ifndef FEARLESS_CHECK_FLOW_POINTED_H
#define FEARLESS_CHECK_FLOW_POINTED_H

#include "flow/callgraph.h"

struct pointed;

struct pointed *pointed_new(const struct callgraph *graph);
void pointed_free(struct pointed *pointed);

/*
 * May a call through this pointer in fn run the function of that index? Yes for whatever comes from out of view (a
 * parameter without a caller, memory behind a bare pointer); no for a field in which nothing in view stores it.
 */
bool pointed_may_hold(const struct pointed *pointed, const struct ir_function *fn, const struct ir_operand *pointer,
                      uint32_t function);

#endif
