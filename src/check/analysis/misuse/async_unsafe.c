#include "analysis/misuse/async_unsafe.h"

#include <glib.h>

bool is_async_unsafe(const struct ir_function *fn)
{
    static const char *const notes[] = {"signal_unsafe", "fresh",    "hidden", "hidden.safe", "acquires", "acquires.shared",
                                        "acquires_if",   "releases", "waits",  "wakes:notice"};
    if (fn->has_body || ir_note(fn->notes, "signal_safe"))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(notes); i++)
        if (ir_note(fn->notes, notes[i]))
            return true;
    for (size_t i = 0; i < fn->type->param_count; i++)
        if (ir_note(fn->params[i].notes, "free"))
            return true;
    return false;
}

static bool looks_into(const struct ir_function *fn)
{
    return fn && fn->has_body && !fn->is_broken && !fn->in_system_header;
}

/* The calls of one function; functions that are still to be looked into go to todo. */
static bool search(const struct analysis *analysis, const struct ir_function *fn, GPtrArray *todo, struct unsafe_call *ret)
{
    const struct call_sites *calls = &analysis->callgraph->calls[fn->index];
    for (uint32_t i = 0; i < calls->count; i++) {
        const struct ir_call *call = calls->items[i].call;
        if (!call->callee || call->mode != IR_CALL_PLAIN || (fn->blocks[calls->items[i].block].terminator.flags & IR_FLAG_UNSAFE))
            continue;
        if (is_async_unsafe(call->callee)) {
            *ret = (struct unsafe_call){fn, calls->items[i].block, call->callee};
            return true;
        }
        if (looks_into(call->callee))
            g_ptr_array_add(todo, (gpointer)call->callee);
    }
    return false;
}

struct unsafe_call async_unsafe_call_of(const struct analysis *analysis, const struct ir_function *fn)
{
    struct unsafe_call found = {0};
    bool *seen = g_new0(bool, analysis->unit->function_count + 1);
    GPtrArray *todo = g_ptr_array_new();
    g_ptr_array_add(todo, (gpointer)fn);
    for (guint i = 0; i < todo->len && !found.callee; i++) {
        const struct ir_function *at = g_ptr_array_index(todo, i);
        if (!seen[at->index])
            search(analysis, at, todo, &found);
        seen[at->index] = true;
    }
    g_ptr_array_free(todo, TRUE);
    g_free(seen);
    return found;
}
