/* Structs as values: returned, passed, chosen, in arrays, in compound literals and statement expressions. */
#include <stdio.h>

struct pair { int a, b; };
struct big { struct pair p[3]; char name[8]; double d; };
union number { int i; float f; unsigned char bytes[4]; };
struct empty { };

static int calls;

static struct pair pair(int a, int b)
{
    calls++;
    return (struct pair){ a, b };
}

static struct big big(int n)
{
    struct big r = { .p[1] = { n, n + 1 }, .name = "big", .d = n / 2.0 };

    r.p[2] = pair(n, n);
    return r;
}

static int total(struct pair p, struct big b)
{
    p.a += b.p[1].a;
    b.p[1].b = 100;
    return p.a + p.b + b.p[1].b + b.p[2].a;
}

static int area(const struct pair *p)
{
    return p->a * p->b;
}

int main(void)
{
    struct pair p = pair(1, 2), q = p, r;
    struct big x = big(4), all[2] = { big(1), { .d = 3 } };
    union number n = { .f = 1.0f };
    struct empty e = { }, f = e;

    q.a = 10;
    r = q;
    r = p = pair(7, 8);
    printf("%d %d %d %d\n", p.a, q.a, r.b, calls);
    printf("%d %d %s %g\n", big(3).p[1].b, pair(5, 6).b, big(2).name, x.d);
    printf("%d\n", total(pair(1, 2), x));
    printf("%d %d\n", x.p[1].b, x.p[2].a);
    printf("%d\n", area(&(struct pair){ 6, 7 }));
    struct pair *lit = &(struct pair){ .b = 9 };
    lit->a = 3;
    printf("%d\n", area(lit));
    printf("%d\n", (calls > 5 ? p : q).a + (calls > 50 ? p : q).b);
    all[1] = all[0];
    all[1].p[0] = (struct pair){ 1, 1 };
    printf("%d %d %g\n", all[1].p[1].a, all[0].p[0].a, all[1].d);
    printf("%d\n", ({ struct pair t = p; t.a++; t; }).a);
    printf("%x\n", n.i);
    n = (union number)5;
    printf("%d %d\n", n.i, n.bytes[0]);
    int *arr = (int[]){ 1, 2, calls };
    printf("%d\n", arr[2] - arr[0]);
    for (int i = 0; i < 3; i++) {
        struct pair *s = &(struct pair){ i };
        s->b += i;
        printf("%d%d ", s->a, s->b);
    }
    printf("%zu\n", sizeof f);
    struct { int n; struct pair list[2]; } anon = { 1, { { 2, 3 }, { 4, 5 } } };
    printf("%d\n", anon.list[anon.n].b);
    struct pair copy[2];
    copy[0] = copy[1] = anon.list[0];
    printf("%d %d\n", copy[0].a, copy[1].b);
    (void)p, (void)pair(0, 0);
    printf("%d\n", calls);
    return 0;
}
