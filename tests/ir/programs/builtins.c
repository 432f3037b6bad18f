/* What looks like a call and is none; _Generic; __builtin_choose_expr; typeof. */
#include <stdio.h>

#define KIND(x) _Generic((x), int: 1, unsigned: 2, char *: 3, const char *: 4, double: 5, default: 6)
#define ABS(x) _Generic((x), int: abs_int, double: abs_double)(x)
#define MAX(a, b)                                                                                  \
    ({                                                                                             \
        __typeof__(a) a_ = (a);                                                                    \
        __typeof__(b) b_ = (b);                                                                    \
        a_ > b_ ? a_ : b_;                                                                         \
    })

static int abs_int(int x)
{
    return x < 0 ? -x : x;
}

static double abs_double(double x)
{
    return x < 0 ? -x : x;
}

static int never(int x)
{
    if (x > 5)
        return x;
    if (x < 0)
        __builtin_trap();
    switch (x) {
    case 0: return 10;
    case 1: case 2: case 3: case 4: case 5: return 11;
    }
    __builtin_unreachable();
}

int main(void)
{
    int i = 3;
    char *s = (char[]){ "abc" };
    double d = -2.5;

    printf("%d %d %d %d %d %d\n", KIND(i), KIND(2u), KIND(s), KIND("x"), KIND(d), KIND(1L));
    printf("%d %g\n", ABS(-4), ABS(d));
    printf("%d\n", MAX(i++, 2) + i);
    printf("%d\n", MAX(MAX(1, i), MAX(7, 2)));
    printf("%d %d\n", __builtin_choose_expr(1, i, s), __builtin_types_compatible_p(int, __typeof__(i)));
    printf("%d\n", __builtin_constant_p(3));
    printf("%d %d\n", never(9), never(0));
    printf("%d\n", (int)__builtin_strlen("hello"));
    char buffer[16];
    __builtin_memset(buffer, 'x', 3);
    buffer[3] = 0;
    printf("%s\n", (char *)__builtin_memcpy(buffer + 4, buffer, 4));
    printf("%d\n", __builtin_expect(i, 4) == 4);
    return 0;
}
