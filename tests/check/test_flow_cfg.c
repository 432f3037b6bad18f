/* Order, edges, dominators, loops, and the call graph's components. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "flow/callgraph.h"
#include "flow/cfg.h"
#include "unit_of_text.h"

/* The block that calls a function of this name. */
static uint32_t block_calling(const struct ir_function *fn, const char *callee)
{
    for (uint32_t b = 0; b < fn->block_count; b++)
        if (fn->blocks[b].terminator.kind == IR_TERM_CALL && fn->blocks[b].terminator.call->callee &&
            strcmp(fn->blocks[b].terminator.call->callee->name, callee) == 0)
            return b;
    fail_msg("nobody calls %s", callee);
    return 0;
}

static void a_branch_is_two_edges(void **state)
{
    (void)state;
    struct text_unit made = unit_of_text("void a(void), b(void), c(void);\n"
                                         "void f(int x) { if (x) a(); else b(); c(); }\n",
                                         NULL);
    const struct ir_function *fn = function_named(&made, "f");
    struct cfg *cfg = cfg_new(made.unit, fn, NULL);
    uint32_t a = block_calling(fn, "a"), b = block_calling(fn, "b"), c = block_calling(fn, "c");

    assert_int_equal(cfg->order[0], 0);
    assert_true(cfg_dominates(cfg, 0, c));
    assert_false(cfg_dominates(cfg, a, c));
    assert_false(cfg_dominates(cfg, a, b));
    assert_true(cfg_can_reach(cfg, a, c));
    assert_false(cfg_can_reach(cfg, a, b));
    assert_false(cfg_can_reach(cfg, c, c));
    assert_true(cfg->position[a] < cfg->position[c] && cfg->position[b] < cfg->position[c]);
    unsigned sides[2] = { 0, 0 };
    for (uint32_t block = 0; block < fn->block_count; block++)
        for (uint32_t e = 0; e < cfg->successors[block].count; e++) {
            sides[0] += cfg->successors[block].items[e].kind == CFG_EDGE_TRUE;
            sides[1] += cfg->successors[block].items[e].kind == CFG_EDGE_FALSE;
        }
    assert_int_equal(sides[0], 1);
    assert_int_equal(sides[1], 1);
    assert_int_equal(cfg->loop_count, 0);
    cfg_free(cfg);
    text_unit_free(&made);
}

static void loops_nest(void **state)
{
    (void)state;
    struct text_unit made = unit_of_text("void a(void), b(void), c(void);\n"
                                         "void f(int n) {\n"
                                         "    for (int i = 0; i < n; i++) {\n"
                                         "        a();\n"
                                         "        while (n > 3) { b(); n--; }\n"
                                         "    }\n"
                                         "    c();\n"
                                         "}\n",
                                         NULL);
    const struct ir_function *fn = function_named(&made, "f");
    struct cfg *cfg = cfg_new(made.unit, fn, NULL);
    uint32_t a = block_calling(fn, "a"), b = block_calling(fn, "b"), c = block_calling(fn, "c");

    assert_int_equal(cfg->loop_count, 2);
    uint32_t inner = cfg->loop_of[b], outer = cfg->loop_of[a];
    assert_int_not_equal(inner, CFG_NONE);
    assert_int_not_equal(outer, CFG_NONE);
    assert_int_equal(cfg->loops[inner].parent, outer);
    assert_int_equal(cfg->loops[inner].depth, 2);
    assert_true(cfg_loop_contains(cfg, outer, b));
    assert_false(cfg_loop_contains(cfg, inner, a));
    assert_int_equal(cfg->loop_of[c], CFG_NONE);
    assert_true(cfg_dominates(cfg, cfg->loops[outer].head, b));
    cfg_free(cfg);
    text_unit_free(&made);
}

static void a_goto_makes_a_loop(void **state)
{
    (void)state;
    struct text_unit made = unit_of_text("int a(void); void f(void) { again: if (a()) goto again; }\n", NULL);
    const struct ir_function *fn = function_named(&made, "f");
    struct cfg *cfg = cfg_new(made.unit, fn, NULL);
    assert_int_equal(cfg->loop_count, 1);
    assert_int_not_equal(cfg->loop_of[block_calling(fn, "a")], CFG_NONE);
    cfg_free(cfg);
    text_unit_free(&made);
}

/* Whatever was asked before: what cfg_can_reach keeps of it must not change an answer. */
static void what_is_reached_does_not_depend_on_what_was_asked(void **state)
{
    (void)state;
    struct text_unit made = unit_of_text("void a(void), b(void), c(void);\n"
                                         "int f(int x) { if (x) { a(); again: b(); } while (x--) { c(); if (x == 3) goto again; }\n"
                                         "switch (x) { case 1: a(); case 2: b(); break; default: return 2; } return 1; }\n",
                                         NULL);
    const struct ir_function *fn = function_named(&made, "f");
    struct cfg *cfg = cfg_new(made.unit, fn, NULL);
    uint32_t count = fn->block_count;
    for (uint32_t x = 0; x < count; x++)
        for (uint32_t y = 0; y < count; y++) {
            struct cfg *fresh = cfg_new(made.unit, fn, NULL);
            bool right = cfg_can_reach(fresh, x, y);
            cfg_free(fresh);
            assert_int_equal(cfg_can_reach(cfg, x, y), right); /* the same `from` each time */
            assert_int_equal(cfg_can_reach(cfg, y, x), cfg_can_reach(cfg, y, x));
            assert_int_equal(cfg_can_reach(cfg, x, y), right);
        }
    for (uint32_t y = 0; y < count; y++)
        for (uint32_t x = 0; x < count; x++) {
            struct cfg *fresh = cfg_new(made.unit, fn, NULL);
            assert_int_equal(cfg_can_reach(cfg, x, y), cfg_can_reach(fresh, x, y)); /* the same `to` */
            cfg_free(fresh);
        }
    cfg_free(cfg);
    text_unit_free(&made);
}

static void what_no_path_reaches_has_no_place(void **state)
{
    (void)state;
    struct text_unit made = unit_of_text("void a(void), b(void);\n"
                                         "void f(void) { return; a(); }\n"
                                         "void die(void) { for (;;) b(); }\n"
                                         "void g(void) { die(); a(); }\n",
                                         NULL);
    const struct ir_function *f = function_named(&made, "f"), *g = function_named(&made, "g");
    struct cfg *cfg = cfg_new(made.unit, f, NULL);
    assert_false(cfg_reachable(cfg, block_calling(f, "a")));
    cfg_free(cfg);

    bool *no_return = g_new0(bool, made.unit->function_count);
    cfg = cfg_new(made.unit, g, no_return);
    assert_true(cfg_reachable(cfg, block_calling(g, "a")));
    cfg_free(cfg);
    no_return[function_named(&made, "die")->index] = true;
    cfg = cfg_new(made.unit, g, no_return);
    assert_false(cfg_reachable(cfg, block_calling(g, "a")));
    cfg_free(cfg);
    g_free(no_return);
    text_unit_free(&made);
}

static void a_long_function_is_no_deep_recursion(void **state)
{
    (void)state;
    GString *text = g_string_new("void a(void);\nvoid f(int x) {\n");
    for (unsigned i = 0; i < 20000; i++)
        g_string_append(text, "if (x) a();\n");
    g_string_append(text, "}\n");
    struct text_unit made = unit_of_text(text->str, NULL);
    const struct ir_function *fn = function_named(&made, "f");
    struct cfg *cfg = cfg_new(made.unit, fn, NULL);
    assert_true(cfg->order_count > 40000);
    assert_true(cfg_dominates(cfg, 0, cfg->order[cfg->order_count - 1]));
    cfg_free(cfg);
    text_unit_free(&made);
    g_string_free(text, TRUE);
}

static uint32_t component_named(const struct text_unit *made, const struct callgraph *graph, const char *name)
{
    return graph->component_of[function_named(made, name)->index];
}

static void callees_come_first(void **state)
{
    (void)state;
    struct text_unit made = unit_of_text("static void leaf(void) {}\n"
                                         "static int odd(int n);\n"
                                         "static int even(int n) { leaf(); return n == 0 || odd(n - 1); }\n"
                                         "static int odd(int n) { return n != 0 && even(n - 1); }\n"
                                         "int top(int n) { return even(n) + odd(n); }\n"
                                         "int self(int n) { return n ? self(n - 1) : 0; }\n"
                                         "static void handler(void) {}\n"
                                         "void (*table[])(void) = { handler };\n",
                                         NULL);
    struct callgraph *graph = callgraph_new(made.unit);
    assert_int_equal(component_named(&made, graph, "even"), component_named(&made, graph, "odd"));
    assert_true(component_named(&made, graph, "leaf") < component_named(&made, graph, "even"));
    assert_true(component_named(&made, graph, "even") < component_named(&made, graph, "top"));
    assert_true(graph->components[component_named(&made, graph, "even")].is_recursive);
    assert_int_equal(graph->components[component_named(&made, graph, "even")].count, 2);
    assert_true(graph->components[component_named(&made, graph, "self")].is_recursive);
    assert_false(graph->components[component_named(&made, graph, "top")].is_recursive);
    assert_int_equal(graph->callers[function_named(&made, "even")->index].count, 2);
    assert_true(graph->address_taken[function_named(&made, "handler")->index]);
    assert_false(graph->address_taken[function_named(&made, "leaf")->index]);
    callgraph_free(graph);
    text_unit_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_branch_is_two_edges),
        cmocka_unit_test(loops_nest),
        cmocka_unit_test(a_goto_makes_a_loop),
        cmocka_unit_test(what_is_reached_does_not_depend_on_what_was_asked),
        cmocka_unit_test(what_no_path_reaches_has_no_place),
        cmocka_unit_test(a_long_function_is_no_deep_recursion),
        cmocka_unit_test(callees_come_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
