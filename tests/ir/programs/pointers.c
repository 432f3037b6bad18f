/* Pointers, arrays, strings, functions as values. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct node {
    int value;
    struct node *next;
    int data[4];
    struct { int x, y; } point;
    union { int i; char c[4]; };
};

static int table[4][3] = { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 }, { 10, 11, 12 } };

static int sum(const int *p, int n)
{
    int total = 0;

    while (n-- > 0)
        total += *p++;
    return total;
}

static int sum_array(int a[4], int n)
{
    int total = a[0];

    a++;
    for (int i = 0; i < n - 1; i++)
        total += a[i];
    return total + *--a;
}

static int by_index(int i, int j)
{
    int (*row)[3] = table + i;

    return table[i][j] * 10000 + (*row)[j] * 100 + *(*(table + i) + j) + row[0][j] + 2[table[i]];
}

static int add(int a, int b)
{
    return a + b;
}

static int sub(int a, int b)
{
    return a - b;
}

static int apply(int (*f)(int, int), int a, int b)
{
    return f(a, b) + (*f)(a, b) + (***f)(a, b);
}

static int (*pick(int which))(int, int)
{
    return which ? add : &sub;
}

static void lists(void)
{
    struct node c = { 3, NULL }, b = { 2, &c }, a = { 1, &b };
    int total = 0;

    for (struct node *p = &a; p; p = p->next)
        total += p->value;
    a.next->next->data[2] = 42;
    (&a)->point.y = 5;
    (*a.next).i = 0x01020304;
    a.next->data[a.value] += 7;
    printf("%d %d %d %d %d\n", total, c.data[2], a.point.y, b.c[0], b.data[1]);
    struct node **link = &a.next;
    *link = (*link)->next;
    printf("%d\n", a.next->value);
    int *q = &c.data[2];
    ptrdiff_t distance = q - c.data;
    q -= 2;
    printf("%d %d %d\n", (int)distance, q == c.data, &c.data[3] > q);
    printf("%d\n", (int)((char *)&c.point - (char *)&c));
    q = c.data;
    *q++ = 1;
    *q++ = 2;
    *++q = 4;
    printf("%d\n", sum(c.data, 4));
    int x = *q-- + *q;
    printf("%d\n", x);
    printf("%zu\n", offsetof(struct node, point.y));
}

static void strings(void)
{
    char buffer[8] = "abc", big[] = "hello", *p = buffer;
    const char *s = "world";

    while (*p)
        p++;
    *p++ = 'd';
    *p = '\0';
    printf("%s %s %c %zu %c\n", buffer, big, s[1], sizeof big, "xyz"[2]);
    printf("%s\n", &s[2]);
    printf("%d\n", strcmp(s + 1, "orld"));
    printf("%s\n", __func__);
    const char *names[] = { "one", "two", [3] = "four" };
    printf("%s %d\n", names[3], names[2] == NULL);
    void *v = big;
    *((char *)v + 1) = 'E';
    ((char *)v)[2] = 'L';
    printf("%s %s\n", big, (const char *)(v + 1));
    p = NULL;
    printf("%d %d\n", p == 0, !p);
}

int main(void)
{
    int (*ops[])(int, int) = { add, sub, pick(0) };

    printf("%d\n", sum(table[1], 3));
    printf("%d\n", sum(&table[0][0], 12));
    int local[4] = { 5, 6, 7, 8 };
    printf("%d\n", sum_array(local, 4));
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 3; j++)
            printf("%d ", by_index(i, j));
    printf("\n%d %d %d\n", apply(add, 5, 3), apply(ops[1], 5, 3), ops[2](9, 4));
    printf("%d\n", pick(1)(2, 3) + (pick(0))(2, 3));
    lists();
    strings();
    return 0;
}
