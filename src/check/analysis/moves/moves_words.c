#include "analysis/moves/moves_words.h"

#include <string.h>

const char *move_node_name(const struct move_simulation *sim, uint32_t node)
{
    const char *name = move_node(sim->paths, sim->root, node)->name;
    return name ? name : "value";
}

const struct ir_local *move_local(const struct move_simulation *sim)
{
    return &sim->paths->fn->locals[move_root(sim->paths, sim->root)->local];
}

bool type_is_cloneable(const struct ir_type *type)
{
    if (!type || type->unqualified->kind != IR_TYPE_HANDLE)
        return false;
    switch (type->unqualified->handle_kind) {
    case IR_HANDLE_SENDER:
    case IR_HANDLE_SHARED_RECEIVER:
    case IR_HANDLE_ARC:
    case IR_HANDLE_WEAK:
    case IR_HANDLE_RC:
    case IR_HANDLE_RC_WEAK:
        return true;
    default:
        return false;
    }
}

bool type_is_join_handle(const struct ir_type *type)
{
    return type && type->unqualified->kind == IR_TYPE_HANDLE &&
           type->unqualified->handle_kind == IR_HANDLE_JOIN_HANDLE;
}

/* A handle as the user would write it, also where a macro wrote the declaration. */
const char *owned_type_name(struct arena *arena, const struct ir_type *type, const char *written)
{
    if (type && type->unqualified->kind == IR_TYPE_HANDLE && type->unqualified->handle_name &&
        (!written || strchr(written, '*'))) {
        const struct ir_type *handle = type->unqualified;
        return arena_printf(arena, "%s(%s)", handle->handle_name,
                            handle->target ? owned_type_name(arena, handle->target, NULL) : "void");
    }
    if (written)
        return written;
    return type && type->name ? type->name : "an owned type";
}

const char *move_node_type_name(const struct move_simulation *sim, const struct move_node *node)
{
    return owned_type_name(sim->paths->analysis->unit->arena, node->type, node->type_name);
}

/* Why moving matters for a type: what stands in the place of rustc's "does not implement the `Copy` trait". */
const char *why_moves_matter(const struct ir_type *type)
{
    if (type && type->unqualified->kind == IR_TYPE_HANDLE)
        return "which owns what it refers to";
    if (type && ir_type_contains_owned(type))
        return "which owns its contents";
    return "which `fl_move` leaves empty";
}

struct sub *suggest_wrap(struct finding *f, struct span span, const char *before, const char *after,
                                const char *help)
{
    struct patch patches[2] = { { span_before(span), before }, { span_after(span), after } };
    return finding_suggest(f, 2, patches, "%s", help);
}
