/* The sink: one order, nothing twice; and the catalogue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "diag/diag.h"

static struct span at(uint32_t file, uint32_t begin)
{
    return (struct span){ file, begin, begin + 1 };
}

static void they_are_sorted_by_place_then_code(void **state)
{
    struct source_table *sources = source_table_new();
    struct findings *sink = findings_new();
    uint32_t b = source_file(sources, "b.c"); /* numbered first, sorted second */
    uint32_t a = source_file(sources, "a.c");
    (void)state;

    finding_primary(finding_new(sink, "E0382", "third"), at(b, 0), NULL);
    finding_primary(finding_new(sink, "F0301", "second"), at(a, 9), NULL);
    finding_primary(finding_new(sink, "E0381", "first"), at(a, 9), NULL);
    findings_sort(sink, sources);
    assert_string_equal(findings_at(sink, 0)->message, "first");
    assert_string_equal(findings_at(sink, 1)->message, "second");
    assert_string_equal(findings_at(sink, 2)->message, "third");
    findings_free(sink);
    source_table_free(sources);
}

static void what_was_found_twice_is_told_once(void **state)
{
    struct source_table *sources = source_table_new();
    struct findings *sink = findings_new();
    uint32_t a = source_file(sources, "a.c");
    (void)state;

    finding_primary(finding_new(sink, "E0382", "use of moved value: `v`"), at(a, 5), NULL);
    struct finding *fuller = finding_new(sink, "E0382", "use of moved value: `v`");
    finding_primary(fuller, at(a, 5), NULL);
    finding_label(fuller, at(a, 1), "value moved here");
    /* Other code, other place, other words: all of them are findings of their own. */
    finding_primary(finding_new(sink, "E0381", "use of moved value: `v`"), at(a, 5), NULL);
    finding_primary(finding_new(sink, "E0382", "use of moved value: `v`"), at(a, 6), NULL);
    finding_primary(finding_new(sink, "E0382", "use of moved value: `w`"), at(a, 5), NULL);
    findings_sort(sink, sources);
    assert_int_equal(findings_count(sink), 4);
    assert_string_equal(findings_at(sink, 1)->code, "E0382");
    assert_int_equal(findings_at(sink, 1)->labels->len, 2);
    findings_free(sink);
    source_table_free(sources);
}

static void codes_are_found_in_either_case(void **state)
{
    unsigned count;
    const struct code_info *catalogue = code_catalogue(&count);
    (void)state;

    assert_string_equal(code_lookup("e0382")->code, "E0382");
    assert_null(code_lookup("E9999"));
    assert_null(code_lookup(""));
    for (unsigned i = 1; i < count; i++)
        assert_true(g_strcmp0(catalogue[i - 1].code, catalogue[i].code) < 0);
}

static void the_place_is_the_first_primary_label(void **state)
{
    struct findings *sink = findings_new();
    struct finding *f = finding_new(sink, "E0382", "x");
    (void)state;

    assert_true(span_is_none(finding_place(f)));
    finding_label(f, at(1, 3), "no");
    finding_primary(f, at(1, 7), "yes");
    finding_primary(f, at(1, 1), "no");
    assert_int_equal(finding_place(f).begin, 7);
    findings_free(sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_sorted_by_place_then_code),
        cmocka_unit_test(what_was_found_twice_is_told_once),
        cmocka_unit_test(codes_are_found_in_either_case),
        cmocka_unit_test(the_place_is_the_first_primary_label),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
