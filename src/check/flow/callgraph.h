/*
 * Who calls whom within the unit, and its strongly connected components from the leaves up, so that a
 * function is summarised after everything it calls (but for recursion, where a component goes to a
 * fixed point together).
 */
#ifndef FEARLESS_CHECK_FLOW_CALLGRAPH_H
#define FEARLESS_CHECK_FLOW_CALLGRAPH_H

#include <stdbool.h>
#include <stdint.h>

#include "ir/ir.h"

struct call_site {
    const struct ir_function *caller;
    uint32_t block;              /* whose terminator is the call */
    const struct ir_call *call;
};

struct callgraph_component {
    const uint32_t *functions; /* indices into the unit's functions, all with bodies */
    uint32_t count;
    bool is_recursive;
};

/* Calls in the order of the blocks they end. */
struct call_sites {
    const struct call_site *items;
    uint32_t count;
};

struct callgraph {
    const struct ir_unit *unit;
    struct callgraph_component *components; /* callees before callers */
    uint32_t component_count;
    uint32_t *component_of;      /* by function; UINT32_MAX without a body */

    /* By function: the direct calls it makes and those made of it in this unit. */
    struct call_sites *calls, *callers;

    struct pointed *pointed;     /* pointed.h; NULL: no call goes through a pointer */
    bool *address_taken;         /* by function: it may be called from anywhere through a pointer */

    /* what the lists above point into */
    struct call_site *sites, *sites_by_callee;
    uint32_t site_count;
    uint32_t *members;
};

struct callgraph *callgraph_new(const struct ir_unit *unit);
void callgraph_free(struct callgraph *graph);

/* May this call in fn, which goes through a pointer, run the function of that index? By its type, and what is stored where. */
bool callgraph_may_call(const struct callgraph *graph, const struct ir_function *fn, const struct ir_call *call,
                        uint32_t function);

#endif
