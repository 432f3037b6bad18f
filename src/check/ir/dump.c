/*
 * The IR as text: `fearless check --dump=ir`. One line for each local, statement and terminator.
 */
#include <glib.h>
#include <inttypes.h>

#include "ir/ir.h"

static const char *const statement_names[] = {
#define IR_STATEMENT(name, text) [IR_ST_##name] = text,
#include "ir/opcodes.def"
#undef IR_STATEMENT
};

static const char *const unary_names[] = {"-", "!", "~", "part "};
static const char *const binary_names[] = {"+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^", "==",
                                           "!=", "<", "<=", ">", ">=", "ptr+", "ptr-", "ptrdiff"};
static const char *const atomic_names[] = {"load", "store", "exchange", "compare_exchange", "rmw",
                                           "fence", "init"};
static const char *const order_names[] = {"relaxed", "consume", "acquire", "release", "acq_rel",
                                          "seq_cst", "order?"};

struct dump {
    const struct ir_unit *unit;
    const struct ir_function *fn;
    GString *out;
};

/* ----------------------------------------------------------------------------------------------- places */

static void dump_local(struct dump *d, uint32_t index)
{
    const struct ir_local *local = index < d->fn->local_count ? &d->fn->locals[index] : NULL;

    g_string_append_printf(d->out, "_%" PRIu32, index);
    if (local && local->name)
        g_string_append_printf(d->out, ":%s", local->name);
}

static void dump_escaped(GString *out, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length && i < 40; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c == '"' || c == '\\')
            g_string_append_printf(out, "\\%c", c);
        else if (c >= 0x20 && c < 0x7F)
            g_string_append_c(out, (char)c);
        else
            g_string_append_printf(out, "\\x%02x", c);
    }
    if (length > 40)
        g_string_append(out, "...");
}

static void dump_base(struct dump *d, const struct ir_place *place)
{
    switch (place->base) {
    case IR_BASE_LOCAL:
        dump_local(d, place->base_index);
        return;
    case IR_BASE_GLOBAL:
        if (place->base_index < d->unit->global_count)
            g_string_append_printf(d->out, "@%s", d->unit->globals[place->base_index]->name);
        return;
    case IR_BASE_FUNCTION:
        if (place->base_index < d->unit->function_count)
            g_string_append_printf(d->out, "@%s", d->unit->functions[place->base_index]->name);
        return;
    case IR_BASE_STRING:
        if (place->base_index < d->unit->string_count) {
            const struct ir_string *string = &d->unit->strings[place->base_index];
            g_string_append_c(d->out, '"');
            dump_escaped(d->out, string->bytes, string->length);
            g_string_append_c(d->out, '"');
        }
        return;
    }
}

static void dump_place(struct dump *d, const struct ir_place *place)
{
    gssize start = (gssize)d->out->len;

    dump_base(d, place);
    for (uint32_t i = 0; i < place->projection_count; i++) {
        const struct ir_projection *at = &place->projections[i];
        switch (at->kind) {
        case IR_PROJ_DEREF:
            g_string_insert(d->out, start, "(*");
            g_string_append_c(d->out, ')');
            break;
        case IR_PROJ_FIELD:
            if (at->record->fields[at->index].name)
                g_string_append_printf(d->out, ".%s", at->record->fields[at->index].name);
            else
                g_string_append_printf(d->out, ".%" PRIu32, at->index);
            break;
        case IR_PROJ_INDEX:
            g_string_append_c(d->out, '[');
            dump_local(d, at->index);
            g_string_append_c(d->out, ']');
            break;
        case IR_PROJ_CONST_INDEX:
            g_string_append_printf(d->out, "[%" PRIu32 "]", at->index);
            break;
        case IR_PROJ_SOME_INDEX:
            g_string_append(d->out, "[?]");
            break;
        case IR_PROJ_PART:
            g_string_append(d->out, ".part");
            break;
        }
    }
}

/* --------------------------------------------------------------------------------- operands and rvalues */

static void dump_operand(struct dump *d, const struct ir_operand *operand)
{
    if (operand->kind != IR_OPERAND_CONST) {
        g_string_append(d->out, operand->kind == IR_OPERAND_MOVE ? "move " : "copy ");
        dump_place(d, &operand->place);
    } else if (operand->const_kind == IR_CONST_INT) {
        g_string_append_printf(d->out, "%" PRId64 " as %s", operand->value, operand->type->name);
    } else {
        g_string_append_printf(d->out, "%s as %s",
                               operand->const_kind == IR_CONST_FLOAT ? "float" : "const",
                               operand->type->name);
    }
}

static void dump_operands(struct dump *d, const struct ir_operand *operands, uint32_t count)
{
    g_string_append_c(d->out, '(');
    for (uint32_t i = 0; i < count; i++) {
        g_string_append(d->out, i ? ", " : "");
        dump_operand(d, &operands[i]);
    }
    g_string_append_c(d->out, ')');
}

static void dump_rvalue(struct dump *d, const struct ir_rvalue *value)
{
    switch (value->kind) {
    case IR_RV_USE:
        dump_operand(d, &value->operands[0]);
        return;
    case IR_RV_ADDRESS_OF:
        g_string_append_c(d->out, '&');
        dump_place(d, &value->place);
        return;
    case IR_RV_UNARY:
        g_string_append(d->out, unary_names[value->unary]);
        dump_operand(d, &value->operands[0]);
        return;
    case IR_RV_BINARY:
        dump_operand(d, &value->operands[0]);
        g_string_append_printf(d->out, " %s ", binary_names[value->binary]);
        dump_operand(d, &value->operands[1]);
        return;
    case IR_RV_CAST:
        dump_operand(d, &value->operands[0]);
        g_string_append_printf(d->out, " as %s", value->type->name);
        return;
    case IR_RV_BUILTIN:
        g_string_append_printf(d->out, "builtin \"%s\"", value->builtin);
        dump_operands(d, value->operands, value->operand_count);
        return;
    }
}

/* -------------------------------------------------------------------------------------------- statements */

static void dump_flags(GString *out, unsigned flags)
{
    static const char *const names[] = {"scope_end", "unsafe", "macro", "synthetic", "init"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (flags & (1u << i))
            g_string_append_printf(out, " #%s", names[i]);
}

static void dump_end(struct dump *d, unsigned flags, uint32_t arm, struct span span)
{
    dump_flags(d->out, flags);
    if (arm)
        g_string_append_printf(d->out, " arm %" PRIu32, arm);
    g_string_append_printf(d->out, " @%" PRIu32 "..%" PRIu32 "\n", span.begin, span.end);
}

static void dump_atomic(struct dump *d, const struct ir_statement *st)
{
    const struct ir_atomic *atomic = st->atomic;

    if (atomic->has_result) {
        dump_place(d, &atomic->result);
        g_string_append(d->out, " = ");
    }
    g_string_append_printf(d->out, "atomic %s %s", atomic_names[atomic->op], order_names[atomic->order]);
    if (atomic->op == IR_ATOMIC_RMW)
        g_string_append_printf(d->out, " %s", atomic->has_rmw ? binary_names[atomic->rmw] : "other");
    if (atomic->op == IR_ATOMIC_COMPARE_EXCHANGE)
        g_string_append_printf(d->out, "/%s", order_names[atomic->failure_order]);
    if (atomic->op != IR_ATOMIC_FENCE) {
        g_string_append_c(d->out, ' ');
        dump_place(d, &st->place);
    }
    dump_operands(d, atomic->operands, atomic->operand_count);
    if (atomic->has_expected) {
        g_string_append(d->out, " else ");
        dump_place(d, &atomic->expected);
    }
}

static void dump_opaque(struct dump *d, const struct ir_opaque *opaque)
{
    g_string_append_printf(d->out, "\"%s\" reads ", opaque->what);
    dump_operands(d, opaque->reads, opaque->read_count);
    g_string_append(d->out, " writes (");
    for (uint32_t i = 0; i < opaque->write_count; i++) {
        g_string_append(d->out, i ? ", " : "");
        dump_place(d, &opaque->writes[i]);
    }
    g_string_append(d->out, opaque->clobbers_memory ? ") memory" : ")");
}

static void dump_statement(struct dump *d, const struct ir_statement *st)
{
    g_string_append(d->out, "        ");
    switch (st->kind) {
    case IR_ST_ASSIGN:
        dump_place(d, &st->place);
        g_string_append(d->out, " = ");
        dump_rvalue(d, &st->value);
        break;
    case IR_ST_STORAGE_LIVE:
    case IR_ST_STORAGE_DEAD:
        g_string_append_printf(d->out, "%s ", statement_names[st->kind]);
        dump_local(d, st->local);
        break;
    case IR_ST_ZERO:
    case IR_ST_DROP:
    case IR_ST_FORGET:
        g_string_append_printf(d->out, "%s ", statement_names[st->kind]);
        dump_place(d, &st->place);
        break;
    case IR_ST_ATOMIC:
        dump_atomic(d, st);
        break;
    case IR_ST_ASM:
    case IR_ST_OPAQUE:
        g_string_append_printf(d->out, "%s ", statement_names[st->kind]);
        dump_opaque(d, st->opaque);
        break;
    case IR_ST_NOP:
        g_string_append(d->out, statement_names[st->kind]);
        break;
    }
    dump_end(d, st->flags, st->arm, st->span);
}

/* -------------------------------------------------------------------------------------------- terminators */

static void dump_block_name(GString *out, uint32_t block)
{
    if (block == IR_NO_BLOCK)
        g_string_append(out, "never");
    else
        g_string_append_printf(out, "bb%" PRIu32, block);
}

static void dump_call(struct dump *d, const struct ir_call *call)
{
    static const char *const modes[] = {"", "spawn ", "spawn_scoped ", "bind "};

    if (call->has_dest) {
        dump_place(d, &call->dest);
        g_string_append(d->out, " = ");
    }
    g_string_append(d->out, modes[call->mode]);
    if (call->mode == IR_CALL_SPAWN_SCOPED) {
        g_string_append(d->out, "in ");
        dump_operand(d, &call->scope);
        g_string_append_c(d->out, ' ');
    }
    if (call->callee) {
        g_string_append(d->out, call->callee->name);
    } else {
        g_string_append(d->out, "call ");
        dump_operand(d, &call->pointer);
    }
    dump_operands(d, call->args, call->arg_count);
    if (call->result_unused)
        g_string_append(d->out, " unused");
}

static void dump_targets(struct dump *d, const struct ir_terminator *term)
{
    g_string_append(d->out, " [");
    for (uint32_t i = 0; i < term->target_count; i++) {
        g_string_append(d->out, i ? ", " : "");
        dump_block_name(d->out, term->targets[i]);
    }
    g_string_append_c(d->out, ']');
}

static void dump_switch(struct dump *d, const struct ir_terminator *term)
{
    g_string_append(d->out, "switch ");
    dump_operand(d, &term->condition);
    g_string_append(d->out, " [");
    for (uint32_t i = 0; i < term->case_count; i++) {
        const struct ir_case *c = &term->cases[i];
        g_string_append_printf(d->out, "%" PRId64, c->low);
        if (c->high != c->low)
            g_string_append_printf(d->out, "...%" PRId64, c->high);
        g_string_append(d->out, ": ");
        dump_block_name(d->out, c->target);
        g_string_append(d->out, ", ");
    }
    g_string_append(d->out, term->exhaustive ? "foreign: " : "default: ");
    dump_block_name(d->out, term->otherwise);
    g_string_append_c(d->out, ']');
}

static void dump_terminator(struct dump *d, const struct ir_terminator *term)
{
    g_string_append(d->out, "        ");
    switch (term->kind) {
    case IR_TERM_GOTO:
        g_string_append(d->out, "goto ");
        dump_block_name(d->out, term->target);
        break;
    case IR_TERM_BRANCH:
        g_string_append(d->out, "branch ");
        dump_operand(d, &term->condition);
        g_string_append(d->out, " ? ");
        dump_block_name(d->out, term->target);
        g_string_append(d->out, " : ");
        dump_block_name(d->out, term->otherwise);
        break;
    case IR_TERM_SWITCH:
        dump_switch(d, term);
        break;
    case IR_TERM_INDIRECT:
        g_string_append(d->out, "goto *");
        dump_operand(d, &term->condition);
        dump_targets(d, term);
        break;
    case IR_TERM_CALL:
        dump_call(d, term->call);
        g_string_append(d->out, " -> ");
        dump_block_name(d->out, term->target);
        break;
    case IR_TERM_ASM_GOTO:
        g_string_append(d->out, "asm goto");
        dump_targets(d, term);
        g_string_append(d->out, " -> ");
        dump_block_name(d->out, term->target);
        break;
    case IR_TERM_RETURN:
        g_string_append(d->out, "return");
        break;
    case IR_TERM_UNREACHABLE:
        g_string_append(d->out, "unreachable");
        break;
    }
    dump_end(d, term->flags, term->arm, term->span);
}

/* ---------------------------------------------------------------------------------------------- functions */

static void dump_notes(GString *out, const char *const *notes)
{
    for (; *notes; notes++)
        g_string_append_printf(out, " [%s]", *notes);
}

static void dump_signature(struct dump *d)
{
    const struct ir_function *fn = d->fn;

    g_string_append_printf(d->out, "%s%s(", fn->is_static ? "static " : "", fn->name);
    for (size_t i = 0; i < fn->type->param_count; i++) {
        g_string_append_printf(d->out, "%s%s%s%s", i ? ", " : "", fn->type->params[i]->name,
                               fn->param_names[i] ? " " : "", fn->param_names[i] ? fn->param_names[i] : "");
        dump_notes(d->out, fn->params[i].notes);
    }
    g_string_append_printf(d->out, "%s) -> %s", fn->is_variadic ? ", ..." : "", fn->type->target->name);
    dump_notes(d->out, fn->notes);
    g_string_append(d->out, fn->is_noreturn ? " noreturn" : "");
    g_string_append(d->out, fn->is_broken ? " broken" : "");
}

static void dump_locals(struct dump *d)
{
    static const char *const kinds[] = {"result", "param", "var", "temp"};

    for (uint32_t i = 0; i < d->fn->local_count; i++) {
        const struct ir_local *local = &d->fn->locals[i];
        g_string_append(d->out, "    ");
        dump_local(d, i);
        g_string_append_printf(d->out, ": %s %s%s%s", kinds[local->kind],
                               local->type_name ? local->type_name : local->type->name,
                               local->address_taken ? " &" : "", local->hidden ? " hidden" : "");
        dump_notes(d->out, local->notes);
        g_string_append_c(d->out, '\n');
    }
}

static void dump_arms(struct dump *d)
{
    for (uint32_t i = 1; i < d->fn->arm_count; i++)
        g_string_append_printf(d->out, "    arm %" PRIu32 ": group %" PRIu32 " in %" PRIu32 "\n", i,
                               d->fn->arms[i].group, d->fn->arms[i].parent);
}

void ir_dump_function(const struct ir_unit *unit, const struct ir_function *fn, struct _GString *out)
{
    struct dump d = {unit, fn, out};

    g_string_append(out, "fn ");
    dump_signature(&d);
    if (!fn->has_body) {
        g_string_append_c(out, '\n');
        return;
    }
    g_string_append(out, " {\n");
    dump_locals(&d);
    dump_arms(&d);
    for (uint32_t i = 0; i < fn->block_count; i++) {
        const struct ir_block *block = &fn->blocks[i];
        g_string_append_printf(out, "    bb%" PRIu32 ":\n", i);
        for (uint32_t j = 0; j < block->statement_count; j++)
            dump_statement(&d, &block->statements[j]);
        dump_terminator(&d, &block->terminator);
    }
    g_string_append(out, "}\n");
}

static void dump_global(const struct ir_unit *unit, const struct ir_global *global, GString *out)
{
    struct dump d = {unit, NULL, out};

    g_string_append_printf(out, "global %s%s%s%s: %s", global->is_extern ? "extern " : "",
                           global->is_static ? "static " : "",
                           global->is_thread_local ? "thread_local " : "", global->name,
                           global->type_name);
    if (global->owner)
        g_string_append_printf(out, " in %s", global->owner->name);
    dump_notes(out, global->notes);
    for (uint32_t i = 0; i < global->pointee_count; i++) {
        g_string_append(out, i ? ", " : " -> ");
        dump_base(&d, &global->pointees[i]);
    }
    g_string_append_c(out, '\n');
}

void ir_dump_unit(const struct ir_unit *unit, struct _GString *out)
{
    for (uint32_t i = 0; i < unit->owned_type_count; i++)
        g_string_append_printf(out, "owned %s by %s\n", unit->owned_types[i]->name,
                               unit->owned_types[i]->drop_name);
    for (uint32_t i = 0; i < unit->global_count; i++)
        dump_global(unit, unit->globals[i], out);
    for (uint32_t i = 0; i < unit->function_count; i++)
        ir_dump_function(unit, unit->functions[i], out);
}
