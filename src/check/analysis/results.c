/*
 * F0601: the result of a function that says it must be used is thrown away. `(void)f()` and fl_ignore
 * count as a use: both are written on purpose.
 */
#include <string.h>

#include "analysis/context.h"

void results_check(struct analysis *analysis, const struct ir_function *fn)
{
    struct cfg *cfg = analysis_cfg(analysis, fn);
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        const struct ir_terminator *term = &fn->blocks[cfg->order[i]].terminator;
        if (term->kind != IR_TERM_CALL || !term->call->result_unused || !term->call->callee)
            continue;
        const struct ir_function *callee = term->call->callee;
        if (!ir_note(callee->notes, "must_use") || findings_mention(analysis->sink, "F0111", term->span))
            continue;
        const struct ir_type *type = callee->type->target;
        bool status = type && (type->kind == IR_TYPE_ENUM || type->kind == IR_TYPE_INT);
        /* the library's functions end in `_`, the macros that call them do not */
        size_t length = strlen(callee->name);
        if (length > 1 && callee->name[length - 1] == '_')
            length--;
        struct finding *f = finding_new(analysis->sink, "F0601", "unused result of `%.*s` that must be used", (int)length,
                                        callee->name);
        finding_primary(f, term->span, status ? "the status is ignored here" : "the result is ignored here");
        if (status)
            finding_note(f, "it says whether the operation succeeded, which should be handled");
        finding_help(f, "use `fl_unwrap(...)` to panic when it failed, or `fl_ignore(...)` to ignore it on purpose");
    }
}
