/* Of all edges those that can be in a ring, and which of them wait for what others hold. */
#ifndef FEARLESS_CHECK_LOCKS_RING_EDGES_H
#define FEARLESS_CHECK_LOCKS_RING_EDGES_H

#include "analysis/locks/lock_order.h"

struct ring_edges;
struct ring_edges *ring_edges_new(const GPtrArray *in_order_of_text); /* struct order_edge, settled */
void ring_edges_free(struct ring_edges *edges);

/* Of struct order_edge, in the order that they were given in. The first is the caller's. */
GPtrArray *ring_edges_left(const struct ring_edges *edges);
const GPtrArray *ring_edges_following(struct ring_edges *edges, const struct order_edge *edge);

#endif
