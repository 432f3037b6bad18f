/* Value expressions: two uses of `use(p)` mean the same exactly when the pointers are equal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "flow/values.h"
#include "unit_of_text.h"

struct uses {
    struct text_unit made;
    struct cfg *cfg;
    struct values *values;
    const struct value *items[8];
    unsigned count;
};

/* The arguments of all calls of use(), in the order of their blocks. */
static struct uses uses_in(const char *body)
{
    struct uses uses = { .count = 0 };
    char *text = g_strdup_printf("struct m { int lock, data; }; struct j { struct m m; struct m *next; };\n"
                                 "void use(void *); int any(void); struct j *make(void); extern struct j all[4];\n"
                                 "void f(struct j *a, struct j *b, int k) { %s }\n",
                                 body);
    uses.made = unit_of_text(text, NULL);
    const struct ir_function *fn = function_named(&uses.made, "f");
    assert_non_null(fn);
    uses.cfg = cfg_new(uses.made.unit, fn, NULL);
    uses.values = values_new(uses.cfg);
    for (uint32_t i = 0; i < uses.cfg->order_count; i++) {
        uint32_t b = uses.cfg->order[i];
        const struct ir_terminator *term = &fn->blocks[b].terminator;
        if (term->kind == IR_TERM_CALL && term->call->callee && strcmp(term->call->callee->name, "use") == 0)
            uses.items[uses.count++] = value_of_operand(
                uses.values, (struct flow_point){ b, fn->blocks[b].statement_count }, &term->call->args[0]);
    }
    g_free(text);
    return uses;
}

static void uses_free(struct uses *uses)
{
    values_free(uses->values);
    cfg_free(uses->cfg);
    text_unit_free(&uses->made);
}

static bool same(const char *body)
{
    struct uses uses = uses_in(body);
    assert_int_equal(uses.count, 2);
    bool equal = uses.items[0] == uses.items[1];
    uses_free(&uses);
    return equal;
}

static void travels_through_locals(void **state)
{
    (void)state;
    assert_true(same("use(&a->m.lock); use(&a->m.lock);"));
    assert_true(same("struct m *p = &a->m; use(&p->lock); use(&a->m.lock);"));
    assert_true(same("struct m *p = &a->m; struct m *const q = p; use(q); use(&a->m);"));
    assert_true(same("void *v = a; use(((struct j *)v)->next); use(a->next);"));
    assert_false(same("use(&a->m.lock); use(&b->m.lock);"));
    assert_false(same("use(&a->m.lock); use(&a->m.data);"));
}

static void elements(void **state)
{
    (void)state;
    assert_true(same("struct j *p = &all[k]; use(&p->m); use(&all[k].m);"));
    assert_true(same("struct j *p = all + k; use(&p->m); use(&all[k].m);"));
    assert_false(same("struct j *p = &all[k]; use(&p->m); k++; use(&all[k].m);"));
    assert_false(same("use(&all[1]); use(&all[2]);"));
    assert_true(same("use(&all[2]); use(&all[2]);"));
}

static void assignments_in_between(void **state)
{
    (void)state;
    assert_false(same("use(a); a = b; use(a);"));
    assert_true(same("use(b); a = b; use(a);"));
    assert_true(same("struct j *p; if (k) p = a; else p = a; use(p); use(a);"));
    assert_false(same("struct j *p; if (k) p = a; else p = b; use(p); use(a);"));
    assert_true(same("struct j *p = a; while (any()) use(p); use(a);"));
    assert_false(same("use(make()); use(make());"));
    /* what the function stores to is not the same memory twice */
    assert_false(same("use(a->next); a->next = 0; use(a->next);"));
    assert_false(same("struct j *p = a; while (any()) { use(p); p = b; } use(a);"));
}

static void a_place_behind_a_known_pointer(void **state)
{
    (void)state;
    struct uses uses = uses_in("struct j local; struct j *p = &local; use(&p->m.data);");
    assert_int_equal(uses.items[0]->kind, VALUE_FIELD);
    assert_int_equal(value_root(uses.items[0])->kind, VALUE_LOCAL);
    assert_string_equal(value_describe_target(uses.values, uses.items[0]), "local.m.data");
    uses_free(&uses);

    uses = uses_in("use(&a->m.data); use(&all[k].m); use(a->next);");
    assert_string_equal(value_describe_target(uses.values, uses.items[0]), "a->m.data");
    assert_string_equal(value_describe_target(uses.values, uses.items[1]), "all[k].m");
    assert_string_equal(value_describe(uses.values, uses.items[2]), "a->next");
    uses_free(&uses);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(travels_through_locals),
        cmocka_unit_test(elements),
        cmocka_unit_test(assignments_in_between),
        cmocka_unit_test(a_place_behind_a_known_pointer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
