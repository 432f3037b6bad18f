/* Variable arguments, old-style definitions. */
#include <stdarg.h>
#include <stdio.h>

struct pair { long a, b; };

static int sum(int count, ...)
{
    va_list list, copy;
    int total = 0;

    va_start(list, count);
    va_copy(copy, list);
    for (int i = 0; i < count; i++)
        total += va_arg(list, int);
    total *= 100;
    while (count--)
        total += va_arg(copy, int);
    va_end(copy);
    va_end(list);
    return total;
}

static double mixed(const char *kinds, ...)
{
    va_list list;
    double total = 0;

    va_start(list, kinds);
    for (; *kinds; kinds++) {
        switch (*kinds) {
        case 'i': total += va_arg(list, int); break;
        case 'd': total += va_arg(list, double); break;
        case 'l': total += va_arg(list, long); break;
        case 's': total += *va_arg(list, const char *); break;
        case 'p': total += va_arg(list, struct pair).b; break;
        }
    }
    va_end(list);
    return total;
}

static int with_list(const char *format, va_list list)
{
    return vprintf(format, list);
}

static int say(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    int n = with_list(format, list);
    va_end(list);
    return n;
}

static int old_style(a, b, c)
    int a;
    char b;
    float c;
{
    return a + b + (int)c;
}

int main(void)
{
    struct pair pair = { 1, 50 };

    printf("%d\n", sum(3, 1, 2, 3));
    printf("%g\n", mixed("idlsp", 1, 2.5, 3L, "A", pair));
    say("%d %s\n", 5, "x");
    printf("%d\n", old_style(1, 'a', 2.5f));
    return 0;
}
