/*
 * The renderer, shape by shape. Each expected text was compared with what rustc 1.95 prints for
 * labels at the same places. Spans are given by the words they cover: `mark(u, "v", 2)` is the
 * second v of the source.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "diag/render.h"

struct unit {
    struct source_table *sources;
    struct findings *sink;
    uint32_t file;
    const char *text;
};

static struct unit unit_with(const char *text)
{
    struct unit u = { source_table_new(), findings_new(), 0, text };

    u.file = source_file(u.sources, "src/main.c");
    source_set_text(u.sources, u.file, text, strlen(text));
    return u;
}

/* From the nth occurrence of what on, its length. */
static struct span mark(const struct unit *u, const char *what, unsigned n)
{
    const char *p = u->text;

    for (p = strstr(p, what); p && n > 1; n--)
        p = strstr(p + 1, what);
    assert_non_null(p);
    uint32_t begin = (uint32_t)(p - u->text);
    return (struct span){ u->file, begin, begin + (uint32_t)strlen(what) };
}

static void expect(struct unit *u, const struct finding *f, const char *expected)
{
    GString *out = g_string_new(NULL);

    render_finding(out, f, u->sources, (struct look){ false, 0 });
    assert_string_equal(out->str, expected);
    g_string_free(out, TRUE);
    findings_free(u->sink);
    source_table_free(u->sources);
}

static void labels_on_three_lines(void **state)
{
    struct unit u = unit_with(
        "int main(void)\n{\n    int_vec v = vec_of(1, 2, 3);\n    h = fl_spawn(run, fl_move(v));\n"
        "\n    fl_drop(v);\n}\n");
    struct finding *f = finding_new(u.sink, "E0382", "use of moved value: `v`");
    (void)state;

    finding_primary(f, mark(&u, "v", 7), "value used here after move");
    finding_label(f, mark(&u, "v", 3), "move occurs because `v` has type `int_vec`");
    finding_label(f, mark(&u, "v", 6), "value moved into thread here");
    finding_help(f, "clone it");
    expect(&u, f,
           "error[E0382]: use of moved value: `v`\n"
           " --> src/main.c:6:13\n"
           "  |\n"
           "3 |     int_vec v = vec_of(1, 2, 3);\n"
           "  |             - move occurs because `v` has type `int_vec`\n"
           "4 |     h = fl_spawn(run, fl_move(v));\n"
           "  |                               - value moved into thread here\n"
           "5 |\n"
           "6 |     fl_drop(v);\n"
           "  |             ^ value used here after move\n"
           "  |\n"
           "  = help: clone it\n\n");
}

static void stacked_labels_and_a_gap(void **state)
{
    struct unit u = unit_with("send(tx, val, size);\n\n\n\nuse(val);\n\n\n\n\n\nlast(val);\n");
    struct finding *f = finding_new(u.sink, "E0382", "use of moved value: `val`");
    (void)state;

    finding_label(f, mark(&u, "send", 1), "in this call");
    finding_label(f, mark(&u, "val", 1), "moved here");
    finding_label(f, mark(&u, "size", 1), "last");
    finding_primary(f, mark(&u, "val", 2), NULL);
    finding_label(f, mark(&u, "val", 3), "again");
    expect(&u, f,
           "error[E0382]: use of moved value: `val`\n"
           "  --> src/main.c:5:5\n"
           "   |\n"
           " 1 | send(tx, val, size);\n"
           "   | ----     ---  ---- last\n"
           "   | |        |\n"
           "   | |        moved here\n"
           "   | in this call\n"
           "...\n"
           " 5 | use(val);\n"
           "   |     ^^^\n"
           "...\n"
           "11 | last(val);\n"
           "   |      --- again\n\n");
}

static void overlapping_labels_merge(void **state)
{
    struct unit u = unit_with("two(f, &f.a);\n");
    struct finding *f = finding_new(u.sink, "E0382", "use of moved value: `f`");
    (void)state;

    finding_label(f, mark(&u, "two(f, &f.a)", 1), "in this call");
    finding_primary(f, mark(&u, "f.a", 1), "used here");
    finding_label(f, mark(&u, "f", 1), "moved here");
    expect(&u, f,
           "error[E0382]: use of moved value: `f`\n"
           " --> src/main.c:1:9\n"
           "  |\n"
           "1 | two(f, &f.a);\n"
           "  | --------^^^-\n"
           "  | |   |   |\n"
           "  | |   |   used here\n"
           "  | |   moved here\n"
           "  | in this call\n\n");
}

static void a_span_over_lines(void **state)
{
    struct unit u = unit_with(
        "    h = fl_spawn(run,\n        one,\n        two);\n    for (;;) {\n        a();\n"
        "        b();\n        c();\n        d();\n        e();\n    }\n");
    struct finding *f = finding_new(u.sink, "E0373", "thread may outlive `one`");
    (void)state;

    finding_primary(f, span_to(mark(&u, "fl_spawn", 1), mark(&u, "two)", 1)), "this thread");
    finding_label(f, mark(&u, "one", 1), "`one` is borrowed here");
    finding_label(f, span_to(mark(&u, "for", 1), mark(&u, "}", 1)), "inside of this loop");
    expect(&u, f,
           "error[E0373]: thread may outlive `one`\n"
           "  --> src/main.c:1:9\n"
           "   |\n"
           " 1 |       h = fl_spawn(run,\n"
           "   |  _________^\n"
           " 2 | |         one,\n"
           "   | |         --- `one` is borrowed here\n"
           " 3 | |         two);\n"
           "   | |____________^ this thread\n"
           " 4 | /     for (;;) {\n"
           " 5 | |         a();\n"
           " 6 | |         b();\n"
           " 7 | |         c();\n"
           " 8 | |         d();\n"
           " 9 | |         e();\n"
           "10 | |     }\n"
           "   | |_____- inside of this loop\n\n");
}

static void notes_with_places_and_other_files(void **state)
{
    struct unit u = unit_with("spawn(v);\n");
    uint32_t header = source_file(u.sources, "inc/a.h");
    const char *text = "\nstruct part {\n    fl_rc(int) p;\n};\n";
    struct finding *f = finding_new(u.sink, "E0277", "`v` cannot be sent between threads safely");
    (void)state;

    source_set_text(u.sources, header, text, strlen(text));
    finding_primary(f, mark(&u, "v", 1), "cannot be sent");
    finding_label(f, (struct span){ header, 1, 12 }, "declared here");
    struct sub *note = finding_note_at(f, (struct span){ header, 30, 31 }, NULL,
                                       "required because it appears within the type `struct part`");
    sub_label(note, (struct span){ header, 1, 12 }, "in this");
    finding_note(f, "required by a bound in `spawn`");
    expect(&u, f,
           "error[E0277]: `v` cannot be sent between threads safely\n"
           " --> src/main.c:1:7\n"
           "  |\n"
           "1 | spawn(v);\n"
           "  |       ^ cannot be sent\n"
           "  |\n"
           " ::: inc/a.h:2:1\n"
           "  |\n"
           "2 | struct part {\n"
           "  | ----------- declared here\n"
           "  |\n"
           "note: required because it appears within the type `struct part`\n"
           " --> inc/a.h:3:16\n"
           "  |\n"
           "2 | struct part {\n"
           "  | ----------- in this\n"
           "3 |     fl_rc(int) p;\n"
           "  |                ^\n"
           "  = note: required by a bound in `spawn`\n\n");
}

static void patches(void **state)
{
    struct unit u = unit_with("    spawn(run, v);\n    free(v);\n");
    struct finding *f = finding_new(u.sink, "E0382", "x");
    struct span v = mark(&u, "v", 1);
    (void)state;

    finding_primary(f, v, NULL);
    finding_suggest(f, 2,
                    (struct patch[]){ { span_after(v), ")" }, { span_before(v), "fl_move(" } },
                    "move it");
    finding_suggest(f, 1, &(struct patch){ v, "fl_clone(w)" }, "replace it");
    finding_suggest(f, 1, &(struct patch){ mark(&u, "    free(v);\n", 1), "" }, "take it away");
    finding_suggest(f, 1, &(struct patch){ { u.file, 0, 0 }, "    fl_auto(v);\n" }, "add a line");
    finding_suggest(f, 1, &(struct patch){ v, "v_and_more" }, "make it longer");
    expect(&u, f,
           "error[E0382]: x\n"
           " --> src/main.c:1:16\n"
           "  |\n"
           "1 |     spawn(run, v);\n"
           "  |                ^\n"
           "  |\n"
           "help: move it\n"
           "  |\n"
           "1 |     spawn(run, fl_move(v));\n"
           "  |                ++++++++ +\n"
           "help: replace it\n"
           "  |\n"
           "1 -     spawn(run, v);\n"
           "1 +     spawn(run, fl_clone(w));\n"
           "  |\n"
           "help: take it away\n"
           "  |\n"
           "2 -     free(v);\n"
           "  |\n"
           "help: add a line\n"
           "  |\n"
           "1 +     fl_auto(v);\n"
           "  |\n"
           "help: make it longer\n"
           "  |\n"
           "1 |     spawn(run, v_and_more);\n"
           "  |                 +++++++++\n\n");
}

static void tabs_and_wide_characters_align(void **state)
{
    struct unit u = unit_with("\tputs(\"\xE6\x97\xA5\xE6\x9C\xAC \xC3\xA9\");\tdrop(v);\x1B\n");
    struct finding *f = finding_new(u.sink, "E0382", "x");
    (void)state;

    finding_primary(f, mark(&u, "v", 1), "here");
    expect(&u, f,
           "error[E0382]: x\n"
           " --> src/main.c:1:21\n"
           "  |\n"
           "1 |     puts(\"\xE6\x97\xA5\xE6\x9C\xAC \xC3\xA9\");    drop(v);\xE2\x90\x9B\n"
           "  |                             ^ here\n\n");
}

static void long_lines_are_seen_through_a_window(void **state)
{
    GString *text = g_string_new("int f(int x) { ");
    (void)state;

    for (unsigned i = 0; i < 100; i++)
        g_string_append_printf(text, "a%u(); ", i);
    g_string_append(text, "drop(v); use(v); ");
    for (unsigned i = 0; i < 100; i++)
        g_string_append_printf(text, "b%u(); ", i);
    struct unit u = unit_with(text->str);
    struct finding *f = finding_new(u.sink, "E0382", "x");
    finding_primary(f, mark(&u, "v", 2), "used");
    finding_label(f, mark(&u, "v", 1), "moved");
    expect(
        &u, f,
        "error[E0382]: x\n"
        " --> src/main.c:1:719\n"
        "  |\n"
        "1 | ...(); a93(); a94(); a95(); a96(); a97(); a98(); a99(); drop(v); use(v); b0(); b1(); "
        "b2(); b3(); b4(); b5(); b6(); b7(); b8(); b9(); ...\n"
        "  |                                                              - moved ^ used\n\n");
    g_string_free(text, TRUE);
}

static void deep_indentation_is_cut(void **state)
{
    struct unit u = unit_with("\t\t\t\t\t\t\t\tdrop(v);\n");
    struct finding *f = finding_new(u.sink, "E0382", "x");
    (void)state;

    finding_primary(f, mark(&u, "v", 1), "here");
    expect(&u, f,
           "error[E0382]: x\n"
           " --> src/main.c:1:14\n"
           "  |\n"
           "1 | ...                   drop(v);\n"
           "  |                            ^ here\n\n");
}

static void places_that_are_not_there(void **state)
{
    struct unit u = unit_with("x");
    uint32_t gone = source_file(u.sources, "gone.c");
    struct finding *f = finding_new(u.sink, "F0106", "x");
    (void)state;

    finding_primary(f, (struct span){ gone, 5, 6 }, "a");
    finding_label(f, NO_SPAN, "b");
    finding_label(f, (struct span){ u.file, 1, 1 }, "the end");
    finding_label(f, (struct span){ u.file, 100, 200 }, "behind the end");
    expect(&u, f,
           "error[F0106]: x\n"
           " --> gone.c\n"
           "  |\n"
           " ::: src/main.c:1:2\n"
           "  |\n"
           "1 | x\n"
           "  |  -\n"
           "  |  |\n"
           "  |  the end\n"
           "  |  behind the end\n\n");
}

static void colours_are_for_terminals(void **state)
{
    struct unit u = unit_with("f(v);\n");
    struct finding *f = finding_new(u.sink, "E0382", "m");
    GString *out = g_string_new(NULL);
    (void)state;

    finding_primary(f, mark(&u, "v", 1), "p");
    finding_label(f, mark(&u, "f", 1), NULL);
    render_finding(out, f, u.sources, (struct look){ true, 0 });
    assert_string_equal(out->str,
                        "\033[1m\033[91merror[E0382]\033[0m\033[1m: m\033[0m\n"
                        " \033[1m\033[94m--> \033[0msrc/main.c:1:3\n"
                        "  \033[1m\033[94m|\033[0m\n"
                        "\033[1m\033[94m1\033[0m \033[1m\033[94m|\033[0m f(v);\n"
                        "  \033[1m\033[94m|\033[0m \033[1m\033[94m-\033[0m \033[1m\033[91m^\033[0m "
                        "\033[1m\033[91mp\033[0m\n\n");
    g_string_free(out, TRUE);
    findings_free(u.sink);
    source_table_free(u.sources);
}

static void summary_of(const char *const *codes, bool warning, const char *expected)
{
    struct findings *sink = findings_new();
    GString *out = g_string_new(NULL);

    for (; *codes; codes++) {
        struct finding *f = finding_new(sink, *codes, "m");
        if (warning)
            finding_warning(f);
    }
    render_summary(out, sink, false);
    assert_string_equal(out->str, expected);
    g_string_free(out, TRUE);
    findings_free(sink);
}

static void the_closing_lines(void **state)
{
    (void)state;

    summary_of((const char *[]){ NULL }, false, "");
    summary_of((const char *[]){ "E0382", NULL }, false,
               "error: aborting due to 1 previous error\n\n"
               "For more information about this error, try `fearless --explain E0382`.\n");
    summary_of((const char *[]){ "E0382", "E0373", "E0382", NULL }, false,
               "error: aborting due to 3 previous errors\n\n"
               "Some errors have detailed explanations: E0373, E0382.\n"
               "For more information about an error, try `fearless --explain E0373`.\n");
    summary_of((const char *[]){ "F0601", NULL }, true,
               "warning: 1 warning emitted\n\n"
               "For more information about this error, try `fearless --explain F0601`.\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_on_three_lines),
        cmocka_unit_test(stacked_labels_and_a_gap),
        cmocka_unit_test(overlapping_labels_merge),
        cmocka_unit_test(a_span_over_lines),
        cmocka_unit_test(notes_with_places_and_other_files),
        cmocka_unit_test(patches),
        cmocka_unit_test(tabs_and_wide_characters_align),
        cmocka_unit_test(long_lines_are_seen_through_a_window),
        cmocka_unit_test(deep_indentation_is_cut),
        cmocka_unit_test(places_that_are_not_there),
        cmocka_unit_test(colours_are_for_terminals),
        cmocka_unit_test(the_closing_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
