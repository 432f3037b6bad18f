/* The source table: interning, lines, and columns in characters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/source.h"

static uint32_t file_with(struct source_table *table, const char *path, const char *text,
                          size_t length)
{
    uint32_t file = source_file(table, path);

    source_set_text(table, file, text, length);
    return file;
}

static void paths_are_interned(void **state)
{
    struct source_table *table = source_table_new();
    (void)state;

    uint32_t a = source_file(table, "a.c");
    uint32_t b = source_file(table, "b.c");
    assert_int_not_equal(a, 0);
    assert_int_not_equal(a, b);
    assert_int_equal(source_file(table, "a.c"), a);
    assert_string_equal(source_path(table, b), "b.c");
    assert_string_equal(source_path(table, 0), "<unknown>");
    assert_int_equal(source_count(table), 2);
    source_table_free(table);
}

static void assert_place(struct source_table *table, uint32_t file, uint32_t offset, uint32_t line,
                         uint32_t column)
{
    uint32_t got_line, got_column;

    assert_true(source_line_col(table, file, offset, &got_line, &got_column));
    assert_int_equal(got_line, line);
    assert_int_equal(got_column, column);
}

static void columns_count_characters(void **state)
{
    struct source_table *table = source_table_new();
    (void)state;

    /*
     * bytes: 0 'i', 1 e-acute (2 bytes), 3 'x', 4 newline, 5 tab, 6 'y', 7 CR, 8 newline; 9 is the
     * last, empty line
     */
    uint32_t file = file_with(table, "u.c", "i\xC3\xA9x\n\ty\r\n", 9);
    assert_place(table, file, 0, 1, 1);
    assert_place(table, file, 3, 1, 3);
    assert_place(table, file, 4, 1, 4);
    assert_place(table, file, 5, 2, 1);
    assert_place(table, file, 6, 2, 2);
    assert_place(table, file, 9, 3, 1);
    assert_place(table, file, 1000, 3, 1);
    assert_int_equal(source_line_count(table, file), 3);
    source_table_free(table);
}

static void lines_come_without_their_ends(void **state)
{
    struct source_table *table = source_table_new();
    size_t length;
    uint32_t offset;
    (void)state;

    uint32_t file = file_with(table, "l.c", "ab\r\n\ncd", 7);
    assert_memory_equal(source_line(table, file, 1, &length, &offset), "ab", 2);
    assert_int_equal(length, 2);
    assert_int_equal(offset, 0);
    assert_non_null(source_line(table, file, 2, &length, &offset));
    assert_int_equal(length, 0);
    assert_memory_equal(source_line(table, file, 3, &length, &offset), "cd", 2);
    assert_int_equal(length, 2);
    assert_int_equal(offset, 5);
    assert_null(source_line(table, file, 4, &length, &offset));
    assert_int_equal(source_offset(table, file, 3, 2), 6);
    assert_int_equal(source_offset(table, file, 1, 99), 2);
    source_table_free(table);
}

static void an_unreadable_file_is_no_crash(void **state)
{
    struct source_table *table = source_table_new();
    uint32_t line, column, file = source_file(table, "/nonexistent/x.c");
    size_t length;
    (void)state;

    assert_false(source_line_col(table, file, 0, &line, &column));
    assert_null(source_text(table, file, &length));
    assert_int_equal(source_line_count(table, file), 0);
    assert_null(source_line(table, file, 1, &length, NULL));
    source_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_interned),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(lines_come_without_their_ends),
        cmocka_unit_test(an_unreadable_file_is_no_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
