/*
 * E0594: fl_get of an Arc or Rc gives a T *, which C lets one write through. What is shared is to be read only, but for
 * atomics, locks, cells and what a lock guards. fl_get_mut and fl_make_mut give pointers that are nobody else's.
 */
#include "analysis/effects/effect_words.h"
#include "analysis/effects/effects.h"
#include "analysis/origins/origin_parts.h"

enum { ROUNDS = 3 };

struct shared_writes {
    struct effect_program *program;
    const struct ir_function *fn;
    struct origins *origins;
    bool *exclusive; /* by local: derives from a result that may be written through */
};

/* The handle whose value an origin is in; NULL: nothing that is shared. */
static const struct origin *sharing_handle(const struct origins *o, const struct origin *origin)
{
    for (const struct origin *at = origin; at; at = at->parent) {
        if (at->kind != ORIGIN_OWNED)
            continue;
        const struct ir_type *type = origin_type(o, at->parent);
        while (type && type->kind == IR_TYPE_ARRAY)
            type = type->target;
        if (type && type->kind == IR_TYPE_HANDLE &&
            (type->handle_kind == IR_HANDLE_ARC || type->handle_kind == IR_HANDLE_RC))
            return at->parent;
    }
    return NULL;
}

static bool is_exclusive(const struct shared_writes *s, const struct ir_place *place)
{
    return place->base == IR_BASE_LOCAL && s->exclusive[place->base_index];
}

static bool value_is_exclusive(const struct shared_writes *s, const struct ir_rvalue *value)
{
    if (value->kind == IR_RV_ADDRESS_OF)
        return is_exclusive(s, &value->place);
    for (uint32_t i = 0; i < value->operand_count; i++)
        if (value->operands[i].kind != IR_OPERAND_CONST && is_exclusive(s, &value->operands[i].place))
            return true;
    return false;
}

static void find_exclusive(struct shared_writes *s)
{
    for (int round = 0; round < ROUNDS; round++)
        for (uint32_t b = 0; b < s->fn->block_count; b++) {
            const struct ir_block *block = &s->fn->blocks[b];
            for (uint32_t i = 0; i < block->statement_count; i++) {
                const struct ir_statement *st = &block->statements[i];
                if (st->kind == IR_ST_ASSIGN && st->place.base == IR_BASE_LOCAL && value_is_exclusive(s, &st->value))
                    s->exclusive[st->place.base_index] = true;
            }
            const struct ir_terminator *term = &block->terminator;
            if (term->kind == IR_TERM_CALL && term->call->callee && term->call->has_dest &&
                term->call->dest.base == IR_BASE_LOCAL && ir_note(term->call->callee->notes, "result.exclusive"))
                s->exclusive[term->call->dest.base_index] = true;
        }
}

static bool call_is_exclusive(const struct shared_writes *s, const struct ir_call *call)
{
    for (uint32_t i = 0; i < call->arg_count; i++)
        if (call->args[i].kind != IR_OPERAND_CONST && is_exclusive(s, &call->args[i].place))
            return true;
    return false;
}

/* What an unseen function of the program does is its own affair; libc says by its types what it writes. */
static bool is_certain(const struct memory_effect *effect)
{
    const struct memory_effect *access = effect_access(effect);
    return !access->is_guess || (access->by && access->by->in_system_header);
}

static void report(struct shared_writes *s, const struct memory_effect *effect, const struct origin *handle)
{
    struct findings *sink = effect_analysis(s->program)->sink;
    if (findings_mention(sink, "E0594", effect->span))
        return;
    const char *type = origin_type(s->origins, handle)->handle_name;
    struct finding *finding = finding_new(sink, "E0594", "cannot assign to data in an `%s`", type ? type : "fl_arc");
    finding_primary(finding, effect->span, effect->call ? "`%s` writes through this pointer" : "cannot assign",
                    effect->by ? effect->by->name : "the function");
    const struct origin *root = origin_root(handle);
    if (root->kind == ORIGIN_LOCAL && s->fn->locals[root->index].name && !s->fn->locals[root->index].hidden)
        finding_label(finding, s->fn->locals[root->index].span, "`%s` shares its value with every other handle",
                      effect_name(s->origins, handle));
    effect_notes_on_the_way(finding, effect, true);
    finding_note(finding, "what `fl_get` of an `%s` leads to is to be read only, except for locks, cells and atomics",
                 type ? type : "fl_arc");
    finding_help(finding, "share an `fl_mutex` of it, make the field `_Atomic`, or write through `fl_get_mut` while there "
                          "is no other handle");
}

static void visit(void *ctx, const struct memory_effect *effect)
{
    struct shared_writes *s = ctx;
    if (!effect->writes || effect->in_thread)
        return;
    const struct origin *handle = sharing_handle(s->origins, effect->origin);
    if (!handle || effect_is_synchronised(s->origins, effect) || !is_certain(effect))
        return;
    if (effect->inner && sharing_handle(effect_origins(s->program, effect->by), effect->inner->origin))
        return; /* told of there */
    if (effect->call ? call_is_exclusive(s, effect->call) : is_exclusive(s, effect->place))
        return;
    report(s, effect, handle);
}

static bool uses_borrowed_results(struct analysis *analysis, const struct ir_function *fn)
{
    const struct call_sites *calls = &analysis->callgraph->calls[fn->index];
    for (uint32_t i = 0; i < calls->count; i++)
        if (calls->items[i].call->callee && (ir_note(calls->items[i].call->callee->notes, "result.borrows") ||
                                             calls->items[i].call->callee->has_body))
            return true;
    return false;
}

void shared_writes_check(struct effect_program *program, const struct ir_function *fn)
{
    if (fn->in_system_header || !effects_of(program, fn) || !uses_borrowed_results(effect_analysis(program), fn))
        return;
    struct shared_writes s = {program, fn, effect_origins(program, fn), g_new0(bool, fn->local_count + 1)};
    find_exclusive(&s);
    effects_walk(program, fn, visit, &s);
    g_free(s.exclusive);
}
