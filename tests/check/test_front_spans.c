/* Spans are where the user wrote it, also inside macros; what does not compile is shown as clang shows it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "unit_of_text.h"

#define MACROS                                                                                       \
    "#define BODY(x) take((x) + other)\n#define ID(x) x\n#define OBJ (1 + 2)\n#define NAME take\n"   \
    "#define INC(x) x++\n#define PASTE(a, b) a##b\n#define CALL(f, ...) f(__VA_ARGS__)\n"            \
    "#define LONG(x) \\\n    take( \\\n        x)\n#define NOTHING\n"                                \
    "int other, foobar; int take(int); int two(int, int);\nint f(int v, int w) {\n"

struct expectation {
    const char *source;   /* one statement: a call, or an assignment */
    const char *span;     /* of the first call, else of the first assignment */
    bool in_macro_body;
};

static struct span first_span(const struct ir_function *f, bool *ret_in_macro_body)
{
    const struct ir_block *entry = &f->blocks[0];

    for (uint32_t b = 0; b < f->block_count; b++) {
        const struct ir_terminator *term = &f->blocks[b].terminator;
        if (term->kind != IR_TERM_CALL)
            continue;
        *ret_in_macro_body = term->flags & IR_FLAG_MACRO_BODY;
        return term->span;
    }
    *ret_in_macro_body = entry->statements[0].flags & IR_FLAG_MACRO_BODY;
    return entry->statements[0].span;
}

static void macros_are_where_they_are_used(void **state)
{
    static const struct expectation all[] = {
        {"take(v);", "take(v)", false},
        {"BODY(w);", "BODY(w)", true},
        {"ID(take(w + 1));", "take(w + 1)", false},
        {"ID(BODY(w));", "BODY(w)", true},
        {"ID(ID(take(v)));", "take(v)", false},
        {"ID(ID(BODY(v)));", "BODY(v)", true},
        {"NAME(v);", "NAME(v)", false},
        {"NAME (OBJ);", "NAME (OBJ)", false},
        {"CALL(take, v);", "CALL(take, v)", true},
        {"CALL(two, v, take(w));", "take(w)", false},
        {"PASTE(ta, ke)(v);", "PASTE(ta, ke)(v)", false},
        {"take(PASTE(foo, bar));", "take(PASTE(foo, bar))", false},
        {"LONG(v);", "LONG(v)", true},
        {"take(NOTHING v NOTHING);", "take(NOTHING v NOTHING)", false},
        {"take(ID(v));", "take(ID(v))", false},
        {"take(/* ) */ v); /* x */", "take(/* ) */ v)", false},
        {"BODY(\")\"[0]);", "BODY(\")\"[0])", true},
        {"v = OBJ + w;", "v = OBJ + w", false},
        {"v = w + ID(v);", "v = w + ID(v)", false},
        {"INC(v);", "INC(v)", true},
        {"INC( v );", "INC( v )", true},
        {"v = ID(w + ID(v));", "v = ID(w + ID(v))", false},
        {"v =\n   w;", "v =\n   w", false},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        char *text = g_strconcat(MACROS, all[i].source, " return v; }\n", NULL);
        struct text_unit u = unit_of_text(text, NULL);
        bool in_macro_body;
        assert_int_equal(u.status, FRONT_OK);
        char *found = text_at(&u, first_span(function_named(&u, "f"), &in_macro_body));
        assert_string_equal(found, all[i].span);
        if (in_macro_body != all[i].in_macro_body)
            fail_msg("%s: in a macro's body: %d", all[i].source, in_macro_body);
        g_free(found);
        g_free(text);
        text_unit_free(&u);
    }
}

static void locations_agree_in_included_files(void **state)
{
    (void)state;
    /* System headers in between, and a declaration far behind them: offsets must not shift. */
    struct text_unit u = unit_of_text("#include <stdio.h>\n#include <stdlib.h>\nstatic int here;\n"
                                      "#include <string.h>\nint there(void) { return here; }\n", NULL);
    char *here = text_at(&u, global_named(&u, "here")->span);
    char *there = text_at(&u, function_named(&u, "there")->span);
    char *end = text_at(&u, function_named(&u, "there")->body_end);
    assert_string_equal(here, "here");
    assert_string_equal(there, "there");
    assert_string_equal(end, "}");
    g_free(here);
    g_free(there);
    g_free(end);
    text_unit_free(&u);
}

/* ------------------------------------------------------------------------------------- compile errors */

static void errors_are_shown_as_clang_does(void **state)
{
    (void)state;
    struct text_unit u = unit_of_text("#define BAD(x) (x).nope + (x)\nint good(void) { return 1; }\n"
                                      "int bad(int x) {\n\tx = x\n\treturn BAD(x);\n}\nint last(void) { return 2; }\n", NULL);
    char *expected = g_strdup_printf(
        "%s:4:7: error: expected ';' after expression\n"
        "    4 |         x = x\n"
        "      |              ^\n"
        "      |              ;\n"
        "%s:5:9: error: member reference base type 'int' is not a structure or union\n"
        "    5 |         return BAD(x);\n"
        "      |                ^~~~~~\n"
        "%s:1:19: note: expanded from macro 'BAD'\n"
        "    1 | #define BAD(x) (x).nope + (x)\n"
        "      |                   ^\n"
        "2 errors generated.\n", u.path, u.path, u.path);
    assert_int_equal(u.status, FRONT_BROKEN);
    assert_string_equal(u.messages, expected);
    assert_true(function_named(&u, "bad")->is_broken);
    assert_false(function_named(&u, "good")->is_broken);
    assert_true(function_named(&u, "good")->has_body && function_named(&u, "last")->has_body);
    assert_true(ir_verify(u.unit));
    g_free(expected);
    text_unit_free(&u);
}

static void what_gcc_accepts_is_read(void **state)
{
    (void)state;
    struct text_unit u = unit_of_text("int f(int x) { int *p = x; char *q = p; return g(q) + h(); }\nmain() { return f(1); }\n",
                                      "-fno-such-flag-in-clang");
    assert_int_equal(u.status, FRONT_OK);
    assert_null(u.messages);
    text_unit_free(&u);
    u = unit_of_text("#include <stdio.h>\nint main(void) { int unused; printf(\"%d\\n\", 1L); }\n", "-Werror");
    assert_int_equal(u.status, FRONT_OK);
    text_unit_free(&u);
    u = unit_of_text("int printf(const char *, ...); static int f(int x) { if (x) return 1; }\nint main(void) { return f(1); }\n",
                     "-D_FORTIFY_SOURCE=2");
    assert_int_equal(u.status, FRONT_OK);
    text_unit_free(&u);
}

static void what_cannot_be_read_is_said(void **state)
{
    struct source_table *sources = source_table_new();
    struct ir_unit *unit;
    char *messages;
    struct front_options options = {.path = "/nowhere/at all.c"};

    (void)state;
    assert_int_equal(front_unit(&options, sources, &unit, &messages), FRONT_NO_FILE);
    assert_null(unit);
    assert_non_null(strstr(messages, "/nowhere/at all.c"));
    g_free(messages);
    options.path = "/";
    assert_int_equal(front_unit(&options, sources, &unit, &messages), FRONT_NO_FILE);
    assert_non_null(strstr(messages, "directory"));
    g_free(messages);
    source_table_free(sources);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(macros_are_where_they_are_used),
        cmocka_unit_test(locations_agree_in_included_files),
        cmocka_unit_test(errors_are_shown_as_clang_does),
        cmocka_unit_test(what_gcc_accepts_is_read),
        cmocka_unit_test(what_cannot_be_read_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
