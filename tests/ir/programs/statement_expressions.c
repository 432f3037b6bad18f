/* ({ }) in every place an expression can be. */
#include <stdio.h>

static int ended;

static void end(int *p)
{
    ended += *p;
}

static int twice(int x)
{
    return 2 * x;
}

static int early(int n)
{
    int r = twice(({ if (n == 1) return -1; n; })) + ({ int k = 0; while (k < n) { if (k == 4) break; k++; } k; });

    return r;
}

int main(void)
{
    int a = ({ 1; }) + ({ int b = 2; b * 3; });
    int b = twice(({ __attribute__((cleanup(end))) int c = 5; c + 1; }));

    printf("%d %d %d\n", a, b, ended);
    for (int n = 0; n < 7; n++)
        printf("%d ", early(n));
    if (({ a++; a > 7; }))
        printf("yes\n");
    while (({ int t = a--; t > 3; }))
        ;
    printf("%d\n", a);
    ({ a = 9; });
    ({ ; });
    (void)({ a++; });
    int array[] = { ({ a; }), [3] = ({ a + 1; }) };
    printf("%d %d\n", array[0], array[3]);
    array[({ 1; })] = ({ struct { int x; } s = { 4 }; s; }).x;
    printf("%d\n", array[1]);
    int *p = &*({ array; });
    printf("%d\n", p[({ 3; })]);
    printf("%d\n", ({ int x = 1; ({ int y = x + 1; ({ y + 1; }) + x; }); }));
    switch (({ a % 3; })) { case 0: printf("0\n"); break; case 1: printf("1\n"); break; default: printf("2\n"); }
    printf("%d\n", a ? ({ a = 1; a; }) : ({ a = 2; a; }));
    return 0;
}
