/* fl_unsafe is a block like any other: what leaves a block leaves it, and what is around it. */
#include <fearless.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static int left_by_return(int n)
{
    fl_unsafe {
        if (n > 0)
            return n;
    }
    return -1;
}

static void is_a_plain_block(void **state)
{
    int passes = 0, after = 0;
    (void)state;
    for (int i = 0; i < 5; i++) {
        fl_unsafe {
            if (i == 1)
                continue;
            if (i == 3)
                break;
            passes++;
        }
        after++;
    }
    assert_int_equal(passes, 2);
    assert_int_equal(after, 2);
    assert_int_equal(left_by_return(3), 3);
    assert_int_equal(left_by_return(0), -1);
    if (passes == 0)
        fl_unsafe { after = 100; }
    else
        after++;
    assert_int_equal(after, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_a_plain_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
