/*
 * Property simulation. The client of these tests follows one fact: on() sets it, off() clears it, and
 * probe() asks what it can be there. What matters is which ways the engine keeps apart.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "flow/dataflow.h"
#include "flow/paths.h"
#include "unit_of_text.h"

enum { OFF = 1, ON = 2 };

struct probe {
    uint32_t seen;    /* at probe(): union over all paths */
    bool on_widened;  /* ON and OFF came together on a path that mixes */
    unsigned visits;
};

static void entry(void *ctx, void *facts)
{
    (void)ctx;
    *(uint32_t *)facts = OFF;
}

static bool merge(void *ctx, void *into, const void *from)
{
    (void)ctx;
    uint32_t before = *(uint32_t *)into;
    *(uint32_t *)into |= *(const uint32_t *)from;
    return *(uint32_t *)into != before;
}

static void terminator(void *ctx, struct path *path, struct flow_point at, const struct ir_terminator *term)
{
    struct probe *probe = ctx;
    uint32_t *facts = path_facts(path);
    (void)at;
    if (term->kind != IR_TERM_CALL || !term->call->callee)
        return;
    const char *name = term->call->callee->name;
    if (strcmp(name, "on") == 0) {
        *facts = ON;
    } else if (strcmp(name, "off") == 0) {
        *facts = OFF;
    } else if (strcmp(name, "try_on") == 0) { /* on exactly when it returns 0 */
        struct path *without = path_fork(path);
        path_assume(without, &term->call->dest, IR_NE, 0);
        path_assume(path, &term->call->dest, IR_EQ, 0);
        *facts = ON;
    } else if (strcmp(name, "probe") == 0 && path_reporting(path)) {
        probe->seen |= *facts;
        probe->on_widened |= path_widened(path);
        probe->visits++;
    }
}

static struct probe run(const char *body)
{
    struct probe probe = { 0 };
    char *text = g_strdup_printf("void on(void), off(void), probe(void); int try_on(void), any(void);\n"
                                 "struct o { int verbose; };\n"
                                 "void f(int a, int b, struct o *o) { %s }\n",
                                 body);
    struct text_unit made = unit_of_text(text, NULL);
    const struct ir_function *fn = function_named(&made, "f");
    assert_non_null(fn);
    struct cfg *cfg = cfg_new(made.unit, fn, NULL);
    const struct path_problem problem = {
        .facts_size = sizeof(uint32_t),
        .stable_memory = strstr(body, "stable") != NULL,
        .entry = entry,
        .merge = merge,
        .terminator = terminator,
    };
    struct paths *paths = paths_run(cfg, &problem, &probe);
    paths_report(paths);
    for (uint32_t b = 0; b < fn->block_count; b++)
        assert_true(paths_count(paths, b) <= PATHS_MAX);
    paths_free(paths);
    cfg_free(cfg);
    text_unit_free(&made);
    g_free(text);
    return probe;
}

#define assert_seen(body, expected) assert_int_equal(run(body).seen, expected)

static void branches_join(void **state)
{
    (void)state;
    assert_seen("probe();", OFF);
    assert_seen("if (a) on(); probe();", ON | OFF);
    assert_seen("if (a) on(); else on(); probe();", ON);
    assert_seen("if (a) on(); off(); probe();", OFF);
}

static void the_same_condition_twice(void **state)
{
    (void)state;
    assert_seen("if (a) on(); if (a) probe();", ON);
    assert_seen("if (a) on(); if (!a) probe();", OFF);
    assert_seen("if (a > 3) on(); if (a > 3) probe();", ON);
    assert_seen("if (a > 3) on(); if (a > 4) probe();", ON);
    assert_seen("if (a > 3) on(); if (a < 2) probe();", OFF);
    assert_seen("if (a > 3) on(); if (b > 3) probe();", ON | OFF);
    assert_seen("if (a) on(); a = any(); if (a) probe();", ON | OFF);
    assert_seen("if (a && b) on(); if (!b) probe();", OFF);
    assert_seen("switch (a) { case 1: on(); break; case 2: on(); break; } if (a == 1) probe();", ON);
    assert_seen("switch (a) { case 1 ... 5: on(); } if (a == 9) probe();", OFF);
}

static void a_remembered_condition(void **state)
{
    (void)state;
    assert_seen("int done = 0; if (a) { on(); done = 1; } if (done) probe();", ON);
    assert_seen("int done = 0; if (a) { on(); done = 1; } if (!done) probe();", OFF);
    assert_seen("_Bool ok = a > 2; if (ok) on(); if (a > 2) probe();", ON);
    assert_seen("int *p = 0; if (a) { on(); p = &b; } if (p) probe();", ON);
    assert_seen("int rc = -1; if (a) goto out; on(); rc = 0; out: if (rc == 0) probe();", ON);
}

static void a_result_tells(void **state)
{
    (void)state;
    assert_seen("if (try_on() == 0) probe();", ON);
    assert_seen("if (try_on() != 0) probe();", OFF);
    assert_seen("if (!try_on()) probe();", ON);
    assert_seen("int rc; if ((rc = try_on())) return; probe();", ON);
    assert_seen("int rc = try_on(); any(); if (rc < 0) probe();", OFF);
    assert_seen("int rc = try_on(); _Bool ok = rc == 0; if (ok) probe();", ON);
    assert_seen("while (try_on() == 0) { probe(); off(); }", ON);
    assert_seen("while (try_on() == 0) off(); probe();", OFF);
}

static void loops(void **state)
{
    (void)state;
    assert_seen("for (int i = 0; i < 3; i++) on(); probe();", ON);
    assert_seen("for (int i = 0; i < a; i++) on(); probe();", ON | OFF);
    assert_seen("int i = 0; do on(); while (i++ < a); probe();", ON);
    assert_seen("for (;;) { on(); if (any()) break; } probe();", ON);
    assert_seen("again: on(); if (any()) goto again; probe();", ON);
    assert_seen("int found = 0; while (any()) if (a) { on(); found = 1; break; } if (found) probe();", ON);
}

static void memory_changes_under_calls(void **state)
{
    (void)state;
    assert_seen("if (o->verbose) on(); if (!o->verbose) probe();", ON | OFF);
    assert_seen("(void)\"stable\"; if (o->verbose) on(); any(); if (o->verbose) probe();", ON);
    assert_seen("(void)\"stable\"; if (o->verbose) on(); o->verbose = any(); if (o->verbose) probe();", ON | OFF);
    assert_seen("int x = 0; int *p = &x; if (a) { on(); x = 1; } *p = any(); if (x) probe();", ON | OFF);
}

/* Ten independent conditions make a thousand ways; the engine keeps eight and stays sound. */
static void many_ways_are_bounded(void **state)
{
    (void)state;
    GString *body = g_string_new("int r = 0;");
    for (int i = 0; i < 10; i++)
        g_string_append_printf(body, "int c%d = any(); if (c%d) on(); else off();", i, i);
    for (int i = 0; i < 9; i++)
        g_string_append_printf(body, "r += c%d;", i);
    g_string_append(body, "probe(); if (r) any();");
    struct probe probe = run(body->str);
    assert_int_equal(probe.seen, ON | OFF);
    assert_true(probe.visits <= PATHS_MAX);
    g_string_free(body, TRUE);
}

/* ---- the engine for what needs no paths: which locals may have been given a value ---- */

static bool join_bits(void *ctx, void *into, const void *from)
{
    return merge(ctx, into, from);
}

static void set_bits(void *ctx, void *facts, struct flow_point at, const struct ir_terminator *term)
{
    (void)ctx;
    (void)at;
    if (term->kind == IR_TERM_CALL && term->call->callee && strcmp(term->call->callee->name, "on") == 0)
        *(uint32_t *)facts |= ON;
}

static void see_probe(void *ctx, const void *facts, struct flow_point at, const struct ir_statement *statement,
                      const struct ir_terminator *term)
{
    (void)at;
    (void)statement;
    if (term && term->kind == IR_TERM_CALL && term->call->callee && strcmp(term->call->callee->name, "probe") == 0)
        *(uint32_t *)ctx = *(const uint32_t *)facts;
}

static uint32_t flow(const char *body, enum dataflow_direction direction)
{
    char *text = g_strdup_printf("void on(void), probe(void); int any(void); void f(int a) { %s }\n", body);
    struct text_unit made = unit_of_text(text, NULL);
    struct cfg *cfg = cfg_new(made.unit, function_named(&made, "f"), NULL);
    const struct dataflow_problem problem = {
        .direction = direction,
        .state_size = sizeof(uint32_t),
        .join = join_bits,
        .terminator = set_bits,
    };
    uint32_t seen = 0;
    struct dataflow *solved = dataflow_run(cfg, &problem, NULL);
    dataflow_visit(solved, see_probe, &seen);
    dataflow_free(solved);
    cfg_free(cfg);
    text_unit_free(&made);
    g_free(text);
    return seen;
}

static void both_directions(void **state)
{
    (void)state;
    assert_int_equal(flow("on(); probe();", DATAFLOW_FORWARD), ON);
    assert_int_equal(flow("probe(); on();", DATAFLOW_FORWARD), 0);
    assert_int_equal(flow("probe(); on();", DATAFLOW_BACKWARD), ON);
    assert_int_equal(flow("on(); probe();", DATAFLOW_BACKWARD), 0);
    assert_int_equal(flow("while (any()) { probe(); on(); }", DATAFLOW_FORWARD), ON);
    assert_int_equal(flow("for (;;) { on(); probe(); }", DATAFLOW_BACKWARD), ON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(branches_join),
        cmocka_unit_test(the_same_condition_twice),
        cmocka_unit_test(a_remembered_condition),
        cmocka_unit_test(a_result_tells),
        cmocka_unit_test(loops),
        cmocka_unit_test(memory_changes_under_calls),
        cmocka_unit_test(many_ways_are_bounded),
        cmocka_unit_test(both_directions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
