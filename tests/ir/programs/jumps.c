/* goto: out of scopes, into scopes, backwards; cleanups on every way out. */
#include <stdio.h>

static int log_value;

static void leave(int *p)
{
    log_value = log_value * 10 + *p;
}

#define LEAVES(name, value) __attribute__((cleanup(leave))) int name = (value)

static int out_of_scopes(int n)
{
    LEAVES(a, 1);
    for (int i = 0; i < 3; i++) {
        LEAVES(b, 2);
        {
            LEAVES(c, 3);
            if (i == n)
                goto done;
            if (i == n - 1)
                continue;
            if (i == n - 2)
                break;
        }
        b = 4;
    }
done:
    return log_value;
}

static int backwards(int n)
{
    int rounds = 0;

again:;
    LEAVES(a, 5);
    if (++rounds < n)
        goto again;
    return rounds;
}

static int into(int n)
{
    int r = 0;

    if (n == 1)
        goto inside;
    while (n < 10) {
        r += 100;
        {
        inside:
            r += n;
        }
        n += 4;
    }
    return r;
}

static int state_machine(const char *s)
{
    int count = 0;

start:
    switch (*s++) {
    case 'a': goto a;
    case 'b': goto b;
    case 0: goto end;
    default: goto start;
    }
a:
    count += 1;
    goto start;
b:
    count += 10;
    if (*s == 'b') { s++; goto a; }
    goto start;
end:
    return count;
    count = -1;
unused:
    return count;
}

static int local_labels(int n)
{
#define FIND(array, count, wanted)                                                                 \
    ({                                                                                             \
        __label__ found;                                                                           \
        int at = -1;                                                                               \
        for (int i = 0; i < (count); i++)                                                          \
            if ((array)[i] == (wanted)) {                                                          \
                at = i;                                                                            \
                goto found;                                                                        \
            }                                                                                      \
    found:                                                                                         \
        at;                                                                                        \
    })
    int a[] = { 3, 1, 4, 1, 5 }, b[] = { 5, 9 };

    return FIND(a, 5, n) * 10 + FIND(b, 2, n);
}

static int early(int n)
{
    LEAVES(a, 7);
    if (n == 0)
        return a;
    LEAVES(b, 8);
    if (n == 1)
        return a + b;
    {
        LEAVES(c, 9);
        if (n == 2)
            return a + b + c;
    }
    return ({ LEAVES(d, 1); if (n == 3) return 5; d; });
}

int main(void)
{
    for (int n = 0; n < 5; n++) {
        log_value = 0;
        printf("%d ", out_of_scopes(n));
        printf("%d\n", log_value);
        log_value = 0;
        printf("%d ", backwards(n));
        printf("%d\n", log_value);
        printf("%d\n", into(n));
        log_value = 0;
        printf("%d ", early(n));
        printf("%d\n", log_value);
        printf("%d\n", local_labels(n));
    }
    printf("%d\n", state_machine("abxbbab"));
    return 0;
}
