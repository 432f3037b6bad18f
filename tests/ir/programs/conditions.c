/* && || ! ?: and comma: what is evaluated, how often, in which order. */
#include <stdio.h>

static int trace;

static int say(int mark, int value)
{
    trace = trace * 10 + mark;
    return value;
}

static void show(const char *what, int value)
{
    printf("%s: %d (%d)\n", what, value, trace);
    trace = 0;
}

static int nested(int a, int b, int c)
{
    if (say(1, a) && (say(2, b) || !say(3, c)))
        return 1;
    else if (!(say(4, a) || say(5, b)) && say(6, c))
        return 2;
    return 3;
}

int main(void)
{
    int x = 0, *p = &x;
    double d = 0.5;

    for (int i = 0; i < 8; i++)
        show("nested", nested(i & 1, i & 2, i & 4));
    show("and", say(1, 0) && say(2, 1));
    show("or", say(1, 3) || say(2, 0));
    show("not", !say(1, 5));
    show("twice", !!say(1, 5));
    show("choice", say(1, 1) ? say(2, 7) : say(3, 8));
    show("chain", say(1, 0) ? say(2, 7) : say(3, 0) ? say(4, 1) : say(5, 9));
    show("omitted", say(1, 4) ?: say(2, 5));
    show("omitted", say(1, 0) ?: say(2, 5));
    show("comma", (say(1, 1), say(2, 2), say(3, 3)));
    show("pointer", p ? 1 : 2);
    show("pointer", !p);
    show("double", d ? 1 : 2);
    show("double", !d || d < 0.25);
    show("choice in a condition", (say(1, 1) ? say(2, 0) : say(3, 1)) ? 4 : 5);
    say(1, 1) && say(2, 1) && say(3, 0) && say(4, 1);
    show("for effects", 0);
    say(1, 0) ? say(2, 1) : (void)say(3, 1);
    show("for effects", 0);
    if (__builtin_expect(!!(say(1, 1) && say(2, 0)), 1))
        show("likely", 1);
    else
        show("unlikely", 0);
    while (say(1, x < 3) && (x++, say(2, x)))
        ;
    show("while", x);
    x = (unsigned char)256 ? 1 : 2;
    show("folded", x);
    x = (1 ? 2 : 3) + (0 && say(1, 1)) + (1 || say(2, 1));
    show("constant", x);
    long wide = 1L << 40;
    int narrow = (int)wide;
    show("truth of a narrowed value", narrow ? 1 : 0);
    show("truth of a narrowed value", (int)wide ? 1 : 0);
    show("truth of a narrowed value", (_Bool)wide ? 1 : 0);
    return 0;
}
