/* Slices: made, cut in two, cut in chunks; what does not lie in them is refused. */
#include "panics.h"
#include "tracked.h"

typedef fl_slice(int) ints;
typedef fl_slice(int) more_ints; /* the same, and another type to C */
typedef fl_slice(const int) const_ints;

static int numbers[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
static ints whole = fl_slice_of(numbers, 10);

static int sum(ints s)
{
    int total = 0;
    for (size_t i = 0; i < s.len; i++)
        total += s.data[i];
    return total;
}

static void panics(void (*fn)(void *), const char *because)
{
    assert_int_equal(fl_catch(fn, NULL), FL_PANICKED);
    assert_non_null(strstr(fl_panic_message(), because));
}

static void is_made_by_an_initialiser_and_by_an_expression(void **state)
{
    (void)state;
    ints a = fl_slice_of(numbers + 2, 3);
    assert_ptr_equal(a.data, numbers + 2);
    assert_int_equal(a.len, 3);
    a = (ints)fl_slice_of(numbers, 2);
    assert_int_equal(sum(a), 1);
    assert_int_equal(sum((ints)fl_slice_of(numbers, 10)), 45);
    const_ints c = fl_slice_of(numbers, 10);
    assert_int_equal(c.data[9], 9);
    const more_ints m = fl_slice_of(numbers, 1);
    assert_int_equal(m.len, 1);
    assert_int_equal(sum(whole), 45);
}

static void a_part_is_from_there_so_many(void **state)
{
    (void)state;
    ints part = fl_subslice(whole, 3, 4);
    assert_ptr_equal(part.data, numbers + 3);
    assert_int_equal(part.len, 4);
    assert_int_equal(sum(fl_subslice(part, 1, 2)), 4 + 5);
    assert_int_equal(sum(fl_subslice(fl_subslice(whole, 1, 8), 7, 1)), 8);
    assert_int_equal(fl_subslice(whole, 10, 0).len, 0);
    assert_int_equal(fl_subslice(whole, 0, 10).len, 10);
    const ints fixed = fl_slice_of(numbers, 5);
    assert_int_equal(sum(fl_subslice(fixed, 4, 1)), 4);
    ints none = {0};
    assert_null(fl_subslice(none, 0, 0).data);
}

static void part_beyond_the_end(void *env)
{
    (void)env;
    (void)fl_subslice(whole, 7, 4);
}
static void part_from_beyond_the_end(void *env)
{
    (void)env;
    (void)fl_subslice(whole, 11, 0);
}
static void part_that_overflows(void *env)
{
    (void)env;
    (void)fl_subslice(whole, 2, SIZE_MAX);
}
static void no_part_goes_beyond_the_end(void **state)
{
    (void)state;
    panics(part_beyond_the_end, "fl_subslice: 4 elements from 7 on, of a slice of 10");
    panics(part_from_beyond_the_end, "fl_subslice");
    panics(part_that_overflows, "fl_subslice");
}

static void a_split_gives_two_disjoint_parts(void **state)
{
    (void)state;
    ints left, right;
    for (size_t n = 0; n <= whole.len; n++) {
        fl_split_at(whole, n, &left, &right);
        assert_ptr_equal(left.data, whole.data);
        assert_int_equal(left.len, n);
        assert_ptr_equal(right.data, whole.data + n);
        assert_int_equal(right.len, whole.len - n);
    }
    more_ints other;
    const_ints fixed;
    fl_split_at(whole, 4, &other, &fixed); /* any slices of such elements */
    assert_int_equal(other.len, 4);
    assert_int_equal(fixed.data[0], 4);
    ints none = {0};
    fl_split_at(none, 0, &left, &right);
    assert_int_equal(left.len + right.len, 0);
}

static void a_split_may_cut_the_slice_itself(void **state)
{
    (void)state;
    ints rest = whole, part;
    int total = 0, parts = 0;
    while (rest.len > 0) {
        fl_split_at(rest, rest.len < 3 ? rest.len : 3, &part, &rest);
        total += sum(part);
        parts++;
    }
    assert_int_equal(total, 45);
    assert_int_equal(parts, 4);
    rest = whole;
    fl_split_at(rest, 2, &rest, &part);
    assert_int_equal(rest.len, 2);
    assert_int_equal(part.len, 8);
}

static void split_beyond_the_end(void *env)
{
    ints left, right;
    (void)env;
    fl_split_at(whole, 11, &left, &right);
}
static void no_split_beyond_the_end(void **state)
{
    (void)state;
    panics(split_beyond_the_end, "fl_split_at: at 11, of a slice of 10");
}

static void chunks_cover_the_slice_in_order(void **state)
{
    _Static_assert(_Generic(fl_chunks((ints){0}, (size_t)1, (ints *)0), bool: 1, default: 0), "true or false");
    (void)state;
    for (size_t len = 0; len <= 10; len++)
        for (size_t n = 1; n <= 12; n++) {
            ints s = fl_slice_of(numbers, len), chunk = {0};
            size_t seen = 0, chunks = 0;
            while (fl_chunks(s, n, &chunk)) {
                assert_ptr_equal(chunk.data, numbers + seen);
                seen += chunk.len;
                chunks++;
                assert_int_equal(chunk.len, seen < len || len % n == 0 ? n : len % n);
            }
            assert_int_equal(seen, len);
            assert_int_equal(chunks, (len + n - 1) / n);
            assert_int_equal(chunk.len, 0);
            assert_false(fl_chunks(s, n, &chunk)); /* it stays so */
        }
    ints none = {0}, chunk = {0};
    assert_false(fl_chunks(none, 3, &chunk));
    assert_false(fl_chunks(none, 3, &chunk));
}

static void chunks_may_change_their_size(void **state)
{
    (void)state;
    ints chunk = {0};
    size_t n = 1, seen = 0;
    while (fl_chunks(whole, n++, &chunk))
        seen += chunk.len;
    assert_int_equal(seen, 10);
    assert_int_equal(n, 6); /* 1, 2, 3, 4, and no fifth: each call evaluates its arguments once */
}

static void chunk_of_nothing(void *env)
{
    ints chunk = {0};
    (void)env;
    (void)fl_chunks(whole, 0, &chunk);
}
static void chunk_of_something_else(void *env)
{
    int other[3];
    ints chunk = fl_slice_of(other, 3);
    (void)env;
    (void)fl_chunks(whole, 2, &chunk);
}
static void odd_chunks_panic(void **state)
{
    (void)state;
    panics(chunk_of_nothing, "fl_chunks: chunks of 0");
    panics(chunk_of_something_else, "must be { 0 }");
}

static int calls;
static ints counted(void)
{
    calls++;
    return whole;
}
static void arguments_are_evaluated_once(void **state)
{
    (void)state;
    ints a[4], *p = a, chunk = {0};
    size_t n = 1;
    assert_int_equal(fl_subslice(counted(), n++, 2).len, 2);
    fl_split_at(counted(), n++, p++, (n++, a + 3));
    assert_true(fl_chunks(counted(), n++, (p++, &chunk)));
    assert_int_equal(calls, 3);
    assert_int_equal(n, 5);
    assert_ptr_equal(p, a + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_made_by_an_initialiser_and_by_an_expression),
        cmocka_unit_test(a_part_is_from_there_so_many),
        cmocka_unit_test(no_part_goes_beyond_the_end),
        cmocka_unit_test(a_split_gives_two_disjoint_parts),
        cmocka_unit_test(a_split_may_cut_the_slice_itself),
        cmocka_unit_test(no_split_beyond_the_end),
        cmocka_unit_test(chunks_cover_the_slice_in_order),
        cmocka_unit_test(chunks_may_change_their_size),
        cmocka_unit_test(odd_chunks_panic),
        cmocka_unit_test(arguments_are_evaluated_once),
    };
    fl_set_panic_hook(quiet);
    return cmocka_run_group_tests_name("slice", tests, NULL, NULL);
}
