/* The orders that C promises: sequence points, full expressions, compound assignment on complicated places. */
#include <stdio.h>

static int trace, array[10], at;

static int mark(int m)
{
    trace = trace * 10 + m;
    return m;
}

static int *place(int m)
{
    mark(m);
    return &array[m];
}

static int next(void)
{
    return at++;
}

int main(void)
{
    *place(1) = 5;
    *place(2) += 3;
    (*place(3))++;
    --*place(4);
    printf("%d: %d %d %d %d\n", trace, array[1], array[2], array[3], array[4]);
    array[next()] = 70;
    array[next()] += 7;
    array[next()]++;
    array[next()] <<= 2;
    printf("%d: %d %d %d %d\n", at, array[0], array[1], array[2], array[3]);
    int i = 3;
    int x = i++, y = i++, z = (i++, i++, i);
    printf("%d %d %d %d\n", x, y, z, i);
    i = i++ && i++ ? i : -i;
    printf("%d\n", i);
    int v = 1;
    v = v++ ? v + 10 : v;
    printf("%d\n", v);
    int a, b, c;
    a = b = c = 9;
    a += b -= c *= 2;
    printf("%d %d %d\n", a, b, c);
    int *p = array;
    *p++ = *(p + 4) + 1 > 0 ? 1 : 2;
    int old = array[5];
    array[5] = (old = 8, old + 1);
    printf("%d %d\n", old, array[5]);
    i = 2;
    int t = ({ int s = i; i = 50; s; }) * 2;
    printf("%d %d\n", t, i);
    t = i;
    t = ({ i = 1; t + i; });
    printf("%d\n", t);
    unsigned char uc = 250;
    int w = uc += 10;
    printf("%d %d\n", w, uc);
    for (i = 0, t = 10; i < t; i++, t--)
        ;
    printf("%d %d\n", i, t);
    return 0;
}
