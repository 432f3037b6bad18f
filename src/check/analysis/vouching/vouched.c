#include "analysis/vouching/vouched.h"

#include <string.h>

/* What depends on where pointers lead and who else is there. The rest is seen in the function itself. */
static bool can_be_vouched_for(const char *code)
{
    static const char *const codes[] = {
        "E0133", "E0277", "E0373", "E0499", "E0502", "E0505", "E0506", "E0507", "E0515", "E0594",
        "E0597", "E0716", "F0101", "F0102", "F0103", "F0104", "F0105", "F0106", "F0107", "F0108",
        "F0109", "F0110", "F0201", "F0202", "F0203", "F0204", "F0205", "F0302", "F0304", "F0403",
        "F0404", "F0405", "F0406", "F0407", "F0502", "F0902",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
        if (strcmp(codes[i], code) == 0)
            return true;
    return false;
}

static bool is_within(struct span inner, struct span outer)
{
    return inner.file == outer.file && inner.begin >= outer.begin && inner.end <= outer.end;
}

/* ---------------------------------------------------------------------------- what is not needed */

/* Something stands there that an author may know more about than the checker: memory behind a pointer, globals. */
static bool place_matters(const struct ir_place *place)
{
    return place->base == IR_BASE_GLOBAL || ir_place_has_deref(place) ||
           (place->type && place->type->quals & IR_QUAL_VOLATILE);
}

static bool operand_matters(const struct ir_operand *operand)
{
    if (operand->kind == IR_OPERAND_CONST) /* an address that was written as a number */
        return operand->type->kind == IR_TYPE_POINTER && operand->const_kind == IR_CONST_INT && operand->value != 0;
    return place_matters(&operand->place);
}

static bool rvalue_matters(const struct ir_rvalue *value)
{
    if (value->kind == IR_RV_ADDRESS_OF)
        return place_matters(&value->place);
    if (value->kind == IR_RV_CAST && (ir_type_is_pointer_like(value->type) ||
                                      ir_type_is_pointer_like(value->operands[0].type)))
        return true;
    for (uint32_t i = 0; i < value->operand_count; i++)
        if (operand_matters(&value->operands[i]))
            return true;
    return false;
}

static bool statement_matters(const struct ir_statement *st)
{
    switch (st->kind) {
    case IR_ST_ASSIGN:
        return place_matters(&st->place) || rvalue_matters(&st->value);
    case IR_ST_ZERO:
    case IR_ST_DROP:
    case IR_ST_FORGET:
        return place_matters(&st->place);
    case IR_ST_ATOMIC:
    case IR_ST_ASM:
    case IR_ST_OPAQUE:
        return true;
    default:
        return false;
    }
}

/* A pointer or a handle goes to where it is not followed, or code runs in another thread. */
static bool terminator_matters(const struct ir_terminator *term)
{
    if (term->kind == IR_TERM_ASM_GOTO)
        return true;
    if (term->kind == IR_TERM_BRANCH || term->kind == IR_TERM_SWITCH)
        return operand_matters(&term->condition);
    if (term->kind != IR_TERM_CALL)
        return false;
    const struct ir_call *call = term->call;
    if (call->mode != IR_CALL_PLAIN || !call->callee)
        return true;
    if (call->has_dest && (place_matters(&call->dest) || ir_type_is_pointer_like(call->dest.type)))
        return true;
    for (uint32_t i = 0; i < call->arg_count; i++) {
        const struct ir_operand *arg = &call->args[i];
        if (operand_matters(arg) || (arg->kind != IR_OPERAND_CONST && !ir_type_is_scalar(arg->type)) ||
            (arg->kind != IR_OPERAND_CONST && ir_type_is_pointer_like(arg->type)))
            return true;
    }
    return false;
}

static bool is_needed(const struct ir_unsafe *here)
{
    const struct ir_function *fn = here->fn;

    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++) {
            const struct ir_statement *st = &block->statements[i];
            if (st->flags & IR_FLAG_UNSAFE && is_within(st->span, here->whole) && statement_matters(st))
                return true;
        }
        const struct ir_terminator *term = &block->terminator;
        if (term->flags & IR_FLAG_UNSAFE && is_within(term->span, here->whole) && terminator_matters(term))
            return true;
    }
    return false;
}

/* ------------------------------------------------------------------------------- what is silent */

struct filter {
    const struct ir_unit *unit;
    bool *needed; /* by block */
};

/* The mistake stands in the block; of a borrow, any of the places on its way does. */
static bool stands_in(const struct finding *f, struct span whole)
{
    bool is_borrow = f->code[0] == 'E' && f->code[1] == '0' && (f->code[2] == '5' || f->code[2] == '7');

    if (is_within(finding_place(f), whole))
        return true;
    for (guint i = 0; is_borrow && i < f->labels->len; i++) {
        const struct label *label = &g_array_index(f->labels, struct label, i);
        if (label->step && is_within(label->span, whole))
            return true;
    }
    return false;
}

static bool is_told(const struct finding *f, void *data)
{
    struct filter *filter = data;
    bool told = true;

    for (uint32_t i = 0; i < filter->unit->unsafe_count; i++) {
        if (can_be_vouched_for(f->code) && stands_in(f, filter->unit->unsafe_blocks[i].whole)) {
            filter->needed[i] = true;
            told = false;
        }
    }
    return told;
}

static void report_unneeded(const struct ir_unsafe *here, struct findings *sink)
{
    struct finding *f = finding_new(sink, "F0901", "unnecessary `fl_unsafe` block");

    finding_warning(f);
    finding_primary(f, here->keyword, "unnecessary `fl_unsafe` block");
    finding_note(f, "nothing in it is beyond what is checked everywhere");
}

void vouched_apply(const struct ir_unit *unit, struct findings *sink)
{
    struct filter filter = { unit, g_new0(bool, unit->unsafe_count + 1) };

    if (unit->unsafe_count)
        findings_keep(sink, is_told, &filter);
    for (uint32_t i = 0; i < unit->unsafe_count; i++) {
        const struct ir_unsafe *here = &unit->unsafe_blocks[i];
        if (!filter.needed[i] && !here->fn->in_system_header && !is_needed(here))
            report_unneeded(here, sink);
    }
    g_free(filter.needed);
}

/* ------------------------------------------------------------------------------------- the list */

enum { DEEPEST = 8 };

static bool has_guarded(const struct ir_record *record)
{
    for (size_t i = 0; i < record->field_count; i++)
        if (record->fields[i].guarded_by)
            return true;
    return false;
}

static bool is_tracked(const struct ir_type *type, unsigned depth)
{
    if (!type || depth > DEEPEST)
        return false;
    type = type->unqualified;
    if (ir_type_contains_owned(type))
        return true;
    switch (type->kind) {
    case IR_TYPE_POINTER:
    case IR_TYPE_ARRAY:
        return is_tracked(type->target, depth + 1);
    case IR_TYPE_RECORD:
        return has_guarded(type->record);
    default:
        return false;
    }
}

bool vouched_is_tracked(const struct ir_type *type)
{
    return is_tracked(type, 0);
}

/* Neither its body nor a contract says what it does with what it is given. */
static bool is_unseen(const struct ir_function *fn)
{
    if (!fn || fn->has_body || (fn->notes && fn->notes[0]))
        return false;
    for (size_t i = 0; fn->params && i < fn->type->param_count; i++)
        if (fn->params[i].notes && fn->params[i].notes[0])
            return false;
    return true;
}

/* The first argument of a call with which a function is trusted; NULL: it is not, or was told of already. */
static const struct ir_operand *trusted_with(const struct ir_terminator *term, GHashTable *told)
{
    const struct ir_function *callee = term->kind == IR_TERM_CALL ? term->call->callee : NULL;

    if (term->flags & IR_FLAG_MACRO_BODY || !is_unseen(callee) || g_hash_table_contains(told, callee))
        return NULL;
    for (uint32_t i = 0; i < term->call->arg_count; i++) {
        const struct ir_operand *arg = &term->call->args[i];
        if (arg->kind != IR_OPERAND_CONST && is_tracked(arg->type, 0))
            return arg;
    }
    return NULL;
}

typedef void trusted_call(const struct ir_terminator *term, const struct ir_operand *arg, struct findings *sink);

/* Each function once, at the first call that counts. */
static void each_trusted(const struct ir_unit *unit, bool (*counts)(const struct ir_unit *, struct span),
                         trusted_call *tell, struct findings *sink)
{
    GHashTable *told = g_hash_table_new(NULL, NULL);

    for (uint32_t f = 0; f < unit->function_count; f++) {
        const struct ir_function *fn = unit->functions[f];
        if (!fn->has_body || fn->in_system_header)
            continue;
        for (uint32_t b = 0; b < fn->block_count; b++) {
            const struct ir_terminator *term = &fn->blocks[b].terminator;
            const struct ir_operand *arg = trusted_with(term, told);
            if (!arg || (counts && !counts(unit, term->span)))
                continue;
            tell(term, arg, sink);
            g_hash_table_add(told, (void *)term->call->callee);
        }
    }
    g_hash_table_destroy(told);
}

static struct finding *new_trust(const struct ir_terminator *term, const struct ir_operand *arg, struct findings *sink)
{
    return finding_new(sink, "F0902", "`%s` is trusted with a `%s`: its body is not seen here",
                       term->call->callee->name, arg->type->name ? arg->type->name : "value");
}

static void list_call(const struct ir_terminator *term, const struct ir_operand *arg, struct findings *list)
{
    finding_primary(new_trust(term, arg, list), term->span, NULL);
}

static void report_call(const struct ir_terminator *term, const struct ir_operand *arg, struct findings *sink)
{
    struct finding *f = new_trust(term, arg, sink);

    finding_primary(f, term->span, "what this call does cannot be proven right");
    finding_label(f, arg->span, "it is given this");
    finding_help(f, "say what it does in a model, or vouch for it with `fl_unsafe { ... }`");
    finding_note(f, "`--strict` reports what is taken on trust without it");
}

static bool nobody_vouches(const struct ir_unit *unit, struct span span)
{
    for (uint32_t i = 0; i < unit->unsafe_count; i++)
        if (is_within(span, unit->unsafe_blocks[i].whole))
            return false;
    return true;
}

void vouched_report_trusted(const struct ir_unit *unit, struct findings *sink)
{
    each_trusted(unit, nobody_vouches, report_call, sink);
}

/* `struct FL_SEND job`: a person says so, and nothing looks whether it is true. */
static void list_marks(const struct ir_unit *unit, struct findings *list)
{
    static const struct {
        unsigned trait;
        const char *mark;
    } marks[] = {{IR_TRAIT_SEND, "FL_SEND"}, {IR_TRAIT_SYNC, "FL_SYNC"}, {IR_TRAIT_NOT_SEND, "FL_NOT_SEND"},
                 {IR_TRAIT_NOT_SYNC, "FL_NOT_SYNC"}};

    for (uint32_t i = 0; i < unit->marked_type_count; i++) {
        const struct ir_type *type = unit->marked_types[i];
        for (size_t k = 0; k < G_N_ELEMENTS(marks); k++)
            if (type->record->traits & marks[k].trait) {
                struct finding *f = finding_new(list, "E0277", "`%s` is marked `%s` by hand",
                                                type->name ? type->name : "a struct", marks[k].mark);
                finding_primary(f, type->record->span, NULL);
            }
    }
}

void vouched_list(const struct ir_unit *unit, struct findings *list)
{
    for (uint32_t i = 0; i < unit->unsafe_count; i++) {
        const struct ir_unsafe *here = &unit->unsafe_blocks[i];
        struct finding *f = finding_new(list, "F0901", "`fl_unsafe` in `%s`", here->fn->name);
        finding_primary(f, here->keyword, NULL);
    }
    list_marks(unit, list);
    each_trusted(unit, NULL, list_call, list);
}
