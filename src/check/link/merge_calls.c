/*
 * Between files nobody compares a call with the definition it reaches. Where the compiler of one file was told nothing
 * (`int f();`, no declaration) or something else, the call is not taken for one of that definition: analyses may rely on
 * arguments and parameters belonging together.
 */
#include "link/merge_parts.h"

enum sort { SORT_NUMBER, SORT_POINTER, SORT_OTHER };

static enum sort sort_of(const struct ir_type *type)
{
    if (ir_type_is_pointer_like(type) || type->kind == IR_TYPE_ARRAY || type->kind == IR_TYPE_FUNCTION)
        return SORT_POINTER;
    return ir_type_is_scalar(type) ? SORT_NUMBER : SORT_OTHER;
}

static bool fits(const struct ir_type *param, const struct ir_type *arg)
{
    enum sort sort = sort_of(param);

    return sort == sort_of(arg) && (sort != SORT_OTHER || param->unqualified == arg->unqualified);
}

static bool call_fits(const struct ir_call *call)
{
    const struct ir_type *type = call->callee->type;

    if (call->arg_count < type->param_count || (call->arg_count > type->param_count && !type->is_variadic))
        return false;
    for (size_t i = 0; i < type->param_count; i++)
        if (!fits(type->params[i], call->args[i].type))
            return false;
    return !call->has_dest || fits(type->target, call->dest.type);
}

/* A function of which only the name is known. */
static const struct ir_function *stranger(struct merge *merge, GHashTable *strangers, const struct ir_call *call)
{
    static const char *const no_notes[] = {NULL};
    struct ir_type key = {
        .kind = IR_TYPE_FUNCTION,
        .target = call->has_dest ? call->dest.type : call->callee->type->target,
        .is_variadic = true,
    };
    const struct ir_type *type = type_node(merge->nodes, &key);
    char *name = g_strdup_printf("%s %p", call->callee->name, (const void *)type);
    struct ir_function *fn = g_hash_table_lookup(strangers, name);

    if (fn) {
        g_free(name);
        return fn;
    }
    fn = ARENA_NEW(merge->arena, struct ir_function);
    fn->index = merge->function_list->len;
    fn->name = call->callee->name;
    fn->type = type;
    fn->notes = no_notes;
    fn->is_variadic = true;
    g_ptr_array_add(merge->function_list, fn);
    g_hash_table_insert(strangers, name, fn);
    return fn;
}

void merge_check_calls(struct merge *merge)
{
    GHashTable *strangers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint count = merge->function_list->len;

    for (guint f = 0; f < count; f++) {
        const struct ir_function *fn = merge->function_list->pdata[f];
        for (uint32_t b = 0; b < fn->block_count; b++) {
            struct ir_call *call = fn->blocks[b].terminator.call;
            if (call && call->callee && call->callee->has_body && call->mode == IR_CALL_PLAIN && !call_fits(call))
                call->callee = stranger(merge, strangers, call);
        }
    }
    g_hash_table_destroy(strangers);
}
