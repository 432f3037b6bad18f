#include <string.h>

#include "ir/ir.h"

const char *ir_note(const char *const *notes, const char *name)
{
    size_t length = strlen(name);

    for (; *notes; notes++) {
        if (strncmp(*notes, name, length) != 0)
            continue;
        if ((*notes)[length] == '\0')
            return "";
        if ((*notes)[length] == ':')
            return *notes + length + 1;
    }
    return NULL;
}

uint32_t ir_noted_argument(const struct ir_call *call, const char *note)
{
    for (uint32_t i = 0; call->callee && i < call->arg_count && i < call->callee->type->param_count; i++)
        if (ir_note(call->callee->params[i].notes, note))
            return i;
    return UINT32_MAX;
}

static bool is_among(const uint32_t *targets, uint32_t count, uint32_t target)
{
    for (uint32_t i = 0; i < count; i++)
        if (targets[i] == target)
            return true;
    return false;
}

static bool is_among_cases(const struct ir_terminator *term, uint32_t count, uint32_t target)
{
    for (uint32_t i = 0; i < count; i++)
        if (term->cases[i].target == target)
            return true;
    return false;
}

void ir_each_successor(const struct ir_terminator *term, void (*fn)(void *ctx, uint32_t target), void *ctx)
{
    switch (term->kind) {
    case IR_TERM_GOTO:
        fn(ctx, term->target);
        break;
    case IR_TERM_BRANCH:
        fn(ctx, term->target);
        if (term->otherwise != term->target)
            fn(ctx, term->otherwise);
        break;
    case IR_TERM_SWITCH:
        for (uint32_t i = 0; i < term->case_count; i++)
            if (!is_among_cases(term, i, term->cases[i].target))
                fn(ctx, term->cases[i].target);
        if (!is_among_cases(term, term->case_count, term->otherwise))
            fn(ctx, term->otherwise);
        break;
    case IR_TERM_CALL:
        if (term->target != IR_NO_BLOCK)
            fn(ctx, term->target);
        break;
    case IR_TERM_ASM_GOTO:
    case IR_TERM_INDIRECT:
        for (uint32_t i = 0; i < term->target_count; i++)
            if (!is_among(term->targets, i, term->targets[i]))
                fn(ctx, term->targets[i]);
        /* asm goto may also fall through */
        if (term->kind == IR_TERM_ASM_GOTO && term->target != IR_NO_BLOCK &&
            !is_among(term->targets, term->target_count, term->target))
            fn(ctx, term->target);
        break;
    case IR_TERM_RETURN:
    case IR_TERM_UNREACHABLE:
        break;
    }
}
