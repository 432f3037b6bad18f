/* Each rule of docs/design/ir.md broken once: ir_verify must see it and say which it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "unit_of_text.h"

static const char program[] =
    "struct pair { int x, y; };\n"
    "_Atomic int count;\n"
    "int other(int *p);\n"
    "int f(struct pair *p, int n, int *v)\n"
    "{\n"
    "    int a[4] = { 0 };\n"
    "    struct pair s = *p;\n"
    "    s.x = a[n] * 2 + n;\n"
    "    *v = __builtin_popcount(n);\n"
    "    count++;\n"
    "    if (other(v) + other(a))\n"
    "        goto out;\n"
    "    switch (n) { case 1 ... 3: a[0] = \"text\"[n]; }\n"
    "    __asm__(\"\" : \"+r\"(n));\n"
    "    __asm__ goto(\"\" : : : : out);\n"
    "    while (n) n--;\n"
    "out:\n"
    "    return n;\n"
    "}\n";

struct broken {
    struct ir_unit *unit;
    struct ir_function *fn;
    struct ir_statement *st;   /* the first assignment */
    const struct ir_type *int_type;
};

/* ------------------------------------------------------------------------------------- finding things */

static struct ir_statement *statement(struct broken *b, enum ir_statement_kind kind)
{
    for (uint32_t i = 0; i < b->fn->block_count; i++)
        for (uint32_t s = 0; s < b->fn->blocks[i].statement_count; s++)
            if (b->fn->blocks[i].statements[s].kind == kind)
                return &b->fn->blocks[i].statements[s];
    fail_msg("no statement of kind %d", kind);
    return NULL;
}

static struct ir_statement *assignment(struct broken *b, enum ir_rvalue_kind kind)
{
    for (uint32_t i = 0; i < b->fn->block_count; i++)
        for (uint32_t s = 0; s < b->fn->blocks[i].statement_count; s++) {
            struct ir_statement *st = &b->fn->blocks[i].statements[s];
            if (st->kind == IR_ST_ASSIGN && st->value.kind == kind)
                return st;
        }
    fail_msg("no assignment of kind %d", kind);
    return NULL;
}

static struct ir_terminator *terminator(struct broken *b, enum ir_terminator_kind kind)
{
    for (uint32_t i = 0; i < b->fn->block_count; i++)
        if (b->fn->blocks[i].terminator.kind == kind)
            return &b->fn->blocks[i].terminator;
    fail_msg("no terminator of kind %d", kind);
    return NULL;
}

static uint32_t local(struct broken *b, const char *name)
{
    for (uint32_t i = 0; i < b->fn->local_count; i++)
        if (b->fn->locals[i].name && strcmp(b->fn->locals[i].name, name) == 0)
            return i;
    fail_msg("no local %s", name);
    return 0;
}

static uint32_t temporary(struct broken *b)
{
    for (uint32_t i = 0; i < b->fn->local_count; i++)
        if (b->fn->locals[i].kind == IR_LOCAL_TEMP)
            return i;
    fail_msg("no temporary");
    return 0;
}

static struct ir_place whole(struct broken *b, uint32_t index)
{
    return (struct ir_place){ .base = IR_BASE_LOCAL, .base_index = index, .type = b->fn->locals[index].type };
}

/* The variable's place with one projection, as the first assignment's destination. */
static struct ir_projection *project(struct broken *b, const char *name, enum ir_projection_kind kind)
{
    static struct ir_projection projection;

    projection = (struct ir_projection){ .kind = kind, .type = b->int_type };
    b->st->place = whole(b, local(b, name));
    b->st->place.projections = &projection;
    b->st->place.projection_count = 1;
    b->st->place.type = b->int_type;
    return &projection;
}

/* ----------------------------------------------------------------------------------- one way to break each */

static void base(struct broken *b, enum ir_base_kind kind)
{
    b->st->place = (struct ir_place){ .base = kind, .base_index = 1000, .type = b->int_type };
}
static void no_such_local(struct broken *b) { base(b, IR_BASE_LOCAL); }
static void no_such_global(struct broken *b) { base(b, IR_BASE_GLOBAL); }
static void no_such_string(struct broken *b) { base(b, IR_BASE_STRING); }
static void no_such_function(struct broken *b) { base(b, IR_BASE_FUNCTION); }

static void deref_of_int(struct broken *b) { project(b, "n", IR_PROJ_DEREF); }
static void index_of_int(struct broken *b) { project(b, "n", IR_PROJ_CONST_INDEX); }
static void some_index_of_struct(struct broken *b) { project(b, "s", IR_PROJ_SOME_INDEX); }
static void index_no_local(struct broken *b) { project(b, "a", IR_PROJ_INDEX)->index = 1000; }
static void projection_without_type(struct broken *b) { project(b, "v", IR_PROJ_DEREF)->type = NULL; }

static void field_of_another(struct broken *b)
{
    static struct ir_record another;

    project(b, "s", IR_PROJ_FIELD)->record = &another;
}

static void field_out_of_range(struct broken *b)
{
    struct ir_projection *field = project(b, "s", IR_PROJ_FIELD);

    field->record = b->fn->locals[local(b, "s")].type->record;
    field->index = 2;
}

static void place_of_another_type(struct broken *b)
{
    b->st->place = whole(b, local(b, "s"));
    b->st->place.type = b->int_type;
}

static void assigned_otherwise(struct broken *b)
{
    assignment(b, IR_RV_BINARY)->place = whole(b, local(b, "s"));
}

static void void_assigned(struct broken *b)
{
    static const struct ir_type nothing = { .kind = IR_TYPE_VOID, .unqualified = &nothing, .name = "void" };

    assignment(b, IR_RV_BINARY)->value.type = &nothing;
}

static void one_operand(struct broken *b) { assignment(b, IR_RV_BINARY)->value.operand_count = 1; }
static void nameless_builtin(struct broken *b) { assignment(b, IR_RV_BUILTIN)->value.builtin = NULL; }
static void rvalue_without_type(struct broken *b) { b->st->value.type = NULL; }
static void operand_without_type(struct broken *b) { assignment(b, IR_RV_BINARY)->value.operands[0].type = NULL; }

static void temporary_moved(struct broken *b)
{
    struct ir_operand *operand = &assignment(b, IR_RV_BINARY)->value.operands[0];

    operand->kind = IR_OPERAND_MOVE;
    operand->place = whole(b, temporary(b));
    operand->type = operand->place.type;
}

static void storage_out_of_range(struct broken *b) { statement(b, IR_ST_STORAGE_DEAD)->local = 1000; }
static void storage_of_result(struct broken *b) { statement(b, IR_ST_STORAGE_DEAD)->local = 0; }
static void storage_of_parameter(struct broken *b) { statement(b, IR_ST_STORAGE_LIVE)->local = local(b, "n"); }
static void storage_of_temporary(struct broken *b) { statement(b, IR_ST_STORAGE_DEAD)->local = temporary(b); }

static void statement_in_no_arm(struct broken *b) { b->st->arm = 1000; }
static void call_in_no_arm(struct broken *b) { terminator(b, IR_TERM_CALL)->arm = 1000; }
static void arm_in_itself(struct broken *b) { b->fn->arms[1].parent = 1; }

static void nameless_asm(struct broken *b) { statement(b, IR_ST_ASM)->opaque->what = NULL; }
static void empty_asm(struct broken *b) { statement(b, IR_ST_ASM)->opaque = NULL; }
static void asm_writes_nowhere(struct broken *b) { statement(b, IR_ST_ASM)->opaque->writes[0].base_index = 1000; }
static void empty_atomic(struct broken *b) { statement(b, IR_ST_ATOMIC)->atomic = NULL; }
static void unknown_statement(struct broken *b) { b->st->kind = 1000; }

static void goto_nowhere(struct broken *b) { terminator(b, IR_TERM_GOTO)->target = 1000; }
static void branch_nowhere(struct broken *b) { terminator(b, IR_TERM_BRANCH)->otherwise = 1000; }
static void case_nowhere(struct broken *b) { terminator(b, IR_TERM_SWITCH)->cases[0].target = 1000; }
static void default_nowhere(struct broken *b) { terminator(b, IR_TERM_SWITCH)->otherwise = IR_NO_BLOCK; }
static void empty_case(struct broken *b) { terminator(b, IR_TERM_SWITCH)->cases[0].high = 0; }
static void call_nowhere(struct broken *b) { terminator(b, IR_TERM_CALL)->target = 1000; }
static void empty_call(struct broken *b) { terminator(b, IR_TERM_CALL)->call = NULL; }
static void no_fall_through(struct broken *b) { terminator(b, IR_TERM_ASM_GOTO)->target = IR_NO_BLOCK; }
static void no_label(struct broken *b) { terminator(b, IR_TERM_ASM_GOTO)->target_count = 0; }
static void label_nowhere(struct broken *b) { terminator(b, IR_TERM_ASM_GOTO)->targets[0] = 1000; }
static void nameless_asm_goto(struct broken *b) { terminator(b, IR_TERM_ASM_GOTO)->opaque = NULL; }
static void unknown_terminator(struct broken *b) { terminator(b, IR_TERM_GOTO)->kind = 1000; }

static void foreign_callee(struct broken *b)
{
    static struct ir_function foreign;

    foreign = *terminator(b, IR_TERM_CALL)->call->callee;
    terminator(b, IR_TERM_CALL)->call->callee = &foreign;
}

static void unset_temporary(struct broken *b)
{
    struct ir_call *call = terminator(b, IR_TERM_CALL)->call;

    assert_true(call->has_dest && b->fn->locals[call->dest.base_index].kind == IR_LOCAL_TEMP);
    call->has_dest = false;
}

/* Set on the way that falls through, and not on the way from a label. */
static void unset_on_one_way(struct broken *b)
{
    uint32_t unset = b->fn->local_count++;
    struct ir_terminator *jump = terminator(b, IR_TERM_ASM_GOTO);
    struct ir_block *behind = &b->fn->blocks[jump->target], *label = &b->fn->blocks[jump->targets[0]];
    struct ir_statement *statements = ARENA_ARRAY(b->unit->arena, struct ir_statement, 2);

    b->fn->locals = memcpy(ARENA_ARRAY(b->unit->arena, struct ir_local, b->fn->local_count), b->fn->locals,
                           unset * sizeof *b->fn->locals);
    b->fn->locals[unset] = b->fn->locals[temporary(b)];
    b->fn->locals[unset].type = b->int_type;
    statements[0] = (struct ir_statement){ .kind = IR_ST_ZERO, .place = whole(b, unset) };
    behind->statements = &statements[0];
    behind->statement_count = 1;
    statements[1] = (struct ir_statement){ .kind = IR_ST_DROP, .place = whole(b, unset) };
    label->statements = &statements[1];
    label->statement_count = 1;
}

static void no_result(struct broken *b) { b->fn->locals[0].kind = IR_LOCAL_TEMP; }
static void local_without_type(struct broken *b) { b->fn->locals[local(b, "a")].type = NULL; }
static void second_parameter(struct broken *b) { b->fn->locals[local(b, "a")].kind = IR_LOCAL_PARAM; }
static void no_block(struct broken *b) { b->fn->block_count = 0; }
static void nameless_function(struct broken *b) { b->fn->notes = NULL; }
static void parameter_without_notes(struct broken *b)
{
    ((struct ir_param_notes *)b->fn->params)[1].notes = NULL;
}
static void function_number(struct broken *b) { b->fn->index++; }
static void global_number(struct broken *b) { b->unit->globals[0]->index = 7; }
static void nameless_global(struct broken *b) { b->unit->globals[0]->name = NULL; }

static void pointee_nowhere(struct broken *b)
{
    static const struct ir_place nowhere = { .base = IR_BASE_FUNCTION, .base_index = 1000 };

    b->unit->globals[0]->pointees = &nowhere;
    b->unit->globals[0]->pointee_count = 1;
}

/* --------------------------------------------------------------------------------------------- the tests */

#define BREAK(how, message) { #how, how, message }

static const struct {
    const char *name;
    void (*how)(struct broken *b);
    const char *message;
} rules[] = {
    BREAK(no_such_local, "a place's base 1000 does not exist"),
    BREAK(no_such_global, "a place's base 1000 does not exist"),
    BREAK(no_such_string, "a place's base 1000 does not exist"),
    BREAK(no_such_function, "a place's base 1000 does not exist"),
    BREAK(deref_of_int, "deref of `int`"),
    BREAK(index_of_int, "index of `int`"),
    BREAK(some_index_of_struct, "index of `struct pair`"),
    BREAK(index_no_local, "an index is no local"),
    BREAK(projection_without_type, "a projection has no type"),
    BREAK(field_of_another, "field of `struct pair`, which is not its record"),
    BREAK(field_out_of_range, "field 2 of `struct pair`"),
    BREAK(place_of_another_type, "a place of type `struct pair` says it is `int`"),
    BREAK(assigned_otherwise, "`int` is assigned to `struct pair`"),
    BREAK(void_assigned, "a void value is assigned"),
    BREAK(one_operand, "an rvalue has 1 operands in place of 2"),
    BREAK(nameless_builtin, "a builtin has no name"),
    BREAK(rvalue_without_type, "an rvalue has no type"),
    BREAK(operand_without_type, "an operand has no type"),
    BREAK(temporary_moved, "a temporary is moved"),
    BREAK(storage_out_of_range, "storage of a local that does not exist"),
    BREAK(storage_of_result, "storage of what is no variable"),
    BREAK(storage_of_parameter, "storage of what is no variable"),
    BREAK(storage_of_temporary, "storage of what is no variable"),
    BREAK(statement_in_no_arm, "arm 1000 does not exist"),
    BREAK(call_in_no_arm, "arm 1000 does not exist"),
    BREAK(arm_in_itself, "arm 1 is in arm 1"),
    BREAK(nameless_asm, "an opaque operation does not say what it is"),
    BREAK(empty_asm, "an opaque operation does not say what it is"),
    BREAK(asm_writes_nowhere, "a place's base 1000 does not exist"),
    BREAK(empty_atomic, "an atomic operation is empty"),
    BREAK(unknown_statement, "unknown statement"),
    BREAK(goto_nowhere, "the target 1000 is no block"),
    BREAK(branch_nowhere, "the target 1000 is no block"),
    BREAK(case_nowhere, "the target 1000 is no block"),
    BREAK(default_nowhere, "is no block"),
    BREAK(empty_case, "a case range is empty"),
    BREAK(call_nowhere, "the target 1000 is no block"),
    BREAK(empty_call, "a call is empty"),
    BREAK(foreign_callee, "the callee `other` is not of this unit"),
    BREAK(no_fall_through, "an asm goto does not fall through"),
    BREAK(no_label, "an asm goto has no label"),
    BREAK(label_nowhere, "the target 1000 is no block"),
    BREAK(nameless_asm_goto, "an opaque operation does not say what it is"),
    BREAK(unknown_terminator, "unknown terminator"),
    BREAK(unset_temporary, "may be read before it has a value"),
    BREAK(unset_on_one_way, "may be read before it has a value"),
    BREAK(no_result, "local 0 is not the result"),
    BREAK(local_without_type, "is incomplete"),
    BREAK(second_parameter, "stands where a parameter does or does not"),
    BREAK(no_block, "there is no block"),
    BREAK(nameless_function, "the function is incomplete"),
    BREAK(parameter_without_notes, "parameter 1 has no notes"),
    BREAK(function_number, "has another number"),
    BREAK(global_number, "global 0 has another number"),
    BREAK(nameless_global, "a global is incomplete"),
    BREAK(pointee_nowhere, "a place's base 1000 does not exist"),
};

/* What ir_verify prints goes to a file for the time being; the text is to be freed. */
static char *verify(const struct ir_unit *unit, bool *ret_is_right)
{
    FILE *file = tmpfile();
    int before = dup(STDERR_FILENO);
    char *text = g_malloc0(4096);

    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    *ret_is_right = ir_verify(unit);
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(file);
    text[fread(text, 1, 4095, file)] = '\0';
    fclose(file);
    return text;
}

static void a_broken_rule_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        struct text_unit made = unit_of_text(program, NULL);
        struct broken b = { .unit = made.unit, .fn = (struct ir_function *)function_named(&made, "f") };
        bool is_right;
        char *text;

        assert_int_equal(made.status, FRONT_OK);
        b.st = assignment(&b, IR_RV_USE);
        b.int_type = b.fn->locals[local(&b, "n")].type;
        text = verify(made.unit, &is_right);
        if (!is_right || *text)
            fail_msg("before %s: %s", rules[i].name, text);
        g_free(text);
        rules[i].how(&b);
        text = verify(made.unit, &is_right);
        if (is_right || !strstr(text, rules[i].message))
            fail_msg("%s: `%s` is not in: %s", rules[i].name, rules[i].message, *text ? text : "(nothing)");
        g_free(text);
        text_unit_free(&made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_broken_rule_is_named) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
