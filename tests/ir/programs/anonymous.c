/* Members of members without a name, through pointers, designators, and two levels down. */
#include <stdio.h>

struct shape {
    int kind;
    union {
        struct { int x, y; };
        struct { long area; union { char c[4]; unsigned bits; }; };
        double d;
    };
    struct { int named; } inner;
    struct { struct { struct { int deep; }; }; int shallow; };
};

static int sum(const struct shape *s)
{
    return s->x + s->y + s->inner.named + s->deep * 10 + s->shallow * 100;
}

int main(void)
{
    struct shape a = { 1, { { 2, 3 } }, { 4 }, { { { 5 } }, 6 } };
    struct shape b = { .kind = 7, .bits = 0x01020304, .deep = 8, 9, .inner.named = 10 };
    struct shape *p = &b;

    printf("%d\n", sum(&a));
    printf("%d %d %u %d %d %d %d\n", p->kind, p->c[0], b.bits, p->c[3], b.deep, p->shallow, p->inner.named);
    p->deep++;
    (&a)->y = p->deep;
    a.c[1] = 'x';
    printf("%d %d %c %x\n", a.y, b.deep, a.c[1], a.bits & 0xff00u);
    int *deep = &p->deep;
    *deep += 5;
    printf("%d %d\n", b.deep, ((struct shape){ .y = 4, .deep = 1 }).y);
    return 0;
}
