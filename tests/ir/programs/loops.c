/* Every loop, with parts missing, break and continue, and nested. */
#include <stdio.h>

#define TIMES(n) for (int times_ = 0; times_ < (n); times_++)
#define FOREVER for (;;)
#define UNTIL(c) for (; !(c);)

static int missing_parts(int n)
{
    int sum = 0, i = 0;

    for (; i < n; i++)
        sum += i;
    for (i = 0; ; i++) {
        if (i == n)
            break;
        sum += 10;
    }
    for (i = 0; i < n;)
        sum += i++;
    for (i = n; ; ) {
        if (!i--)
            break;
    }
    for (;; sum++)
        if (sum % 7 == 0)
            break;
    for (; sum % 10;)
        sum++;
    for (;;)
        if (sum++ % 13 == 0)
            break;
    for (int a = 0, b = n; a < b; a++, b--)
        sum += a * b;
    for (const char *s = "a;b(c){d}"; *s; s++)
        if (*s == ';' || *s == '(')
            sum += *s;
    for (char c = ';'; c == ';'; c = '(')
        sum += c;
    return sum;
}

static int macros(int n)
{
    int sum = 0;

    TIMES(n) TIMES(2) sum++;
    FOREVER { if (sum > 50) break; sum += 3; }
    UNTIL(sum % 9 == 0) sum++;
    return sum;
}

static int jumps(int n)
{
    int sum = 0;

    for (int i = 0; i < n; i++) {
        if (i % 3 == 0)
            continue;
        for (int j = 0; ; j++) {
            if (j == i)
                break;
            if (j & 1)
                continue;
            sum += j;
        }
        if (i == 7)
            break;
        sum += 100;
    }
    int k = n;
    while (k) {
        k--;
        if (k == 4)
            continue;
        if (k == 2)
            break;
        sum += k;
    }
    do {
        if (k++ == 3)
            continue;
        sum += 1000;
        if (k > 6)
            break;
    } while (k < 20);
    do
        sum++;
    while (0);
    do {
        if (sum & 1)
            break;
        sum += 5;
    } while (0);
    return sum;
}

static int step_with_statements(int n)
{
    int sum = 0;

    for (int i = 0; i < n; ({ for (int j = 0; j < 2; j++) sum += j; i++; }))
        sum += i;
    return sum;
}

static int conditions_with_effects(int n)
{
    int calls = 0;

    while (calls++, n-- > 0 || calls < 3)
        ;
    do
        n += 2;
    while (n < 5 && ++calls);
    return calls * 100 + n;
}

int main(void)
{
    for (int n = 0; n < 12; n++)
        printf("%d: %d %d %d %d %d\n", n, missing_parts(n), macros(n), jumps(n),
               step_with_statements(n), conditions_with_effects(n));
    return 0;
}
