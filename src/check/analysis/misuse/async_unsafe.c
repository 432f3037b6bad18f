#include "analysis/misuse/async_unsafe.h"

#include <glib.h>

enum { MAX_DEPTH = 6 };

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

static bool search(const struct analysis *analysis, const struct ir_function *fn, unsigned depth, struct unsafe_call *ret)
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
        if (call->callee->has_body && !call->callee->is_broken && !call->callee->in_system_header && depth < MAX_DEPTH &&
            call->callee != fn && search(analysis, call->callee, depth + 1, ret))
            return true;
    }
    return false;
}

struct unsafe_call async_unsafe_call_of(const struct analysis *analysis, const struct ir_function *fn)
{
    struct unsafe_call found = {0};
    search(analysis, fn, 0, &found);
    return found;
}
