/*
 * Nodes of types, each of which exists once: asked for the same content twice, the same pointer is given.
 * The front end asks for what it reads from clang, the linker for what it joins.
 */
#ifndef FEARLESS_CHECK_IR_TYPE_NODES_H
#define FEARLESS_CHECK_IR_TYPE_NODES_H

#include <glib.h>

#include "base/arena.h"
#include "ir/type.h"

struct type_nodes;

struct type_nodes *type_nodes_new(struct arena *arena);
void type_nodes_free(struct type_nodes *nodes);

/*
 * The node with the content of *key, of which kind, bits, is_signed, is_variadic, target, count, params,
 * record, enumeration, handle_kind, handle_name and (for what has no structure) name count. key->quals is
 * ignored: see type_node_qualified. `size` comes from the first who asks.
 */
struct ir_type *type_node(struct type_nodes *nodes, const struct ir_type *key);

/* `type` with `quals` added to its own; those of an array are its elements'. */
const struct ir_type *type_node_qualified(struct type_nodes *nodes, const struct ir_type *type,
                                          unsigned quals);

#endif
