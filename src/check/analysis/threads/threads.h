/*
 * What threads are given, and whether they may have it.
 *
 *     fl_spawn, fl_bind       every argument must be Send (E0277) and outlive everything (E0373, E0716)
 *     fl_spawn_in             every argument must be Send
 *     pthread_create, thrd_create ("fl.sent")
 *                             what the argument leads to must live until the thread is joined: on every way
 *                             to the end of a local's storage (E0373), and a loop's variable must not
 *                             change under it (F0406)
 *
 * Functions are visited from the leaves of the call graph up. What a function hands to a thread of its own
 * parameters is remembered and judged where a caller passes one of its locals.
 */
#ifndef FEARLESS_CHECK_THREADS_THREADS_H
#define FEARLESS_CHECK_THREADS_THREADS_H

#include "analysis/origins/origins.h"
#include "analysis/traits/traits.h"
#include "diag/diag.h"
#include "flow/callgraph.h"
#include "ir/ir.h"

void threads_check(struct analysis *context, struct traits *traits, struct origin_program *origins);

#endif
