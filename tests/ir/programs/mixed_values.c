/* Conversions, bit-fields, increments, compound assignments, comparisons across types. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum small { A, B = 7, C };
enum negative { N = -3, M };
struct bits { unsigned a : 3; int b : 5; unsigned long long c : 40; bool d : 1; enum small e : 4; unsigned : 0; int f; };
union u { float f; uint32_t i; unsigned char c[4]; struct { short lo, hi; }; };

static void ints(void)
{
    unsigned char uc = 250; signed char sc = -100; short s = 32767; unsigned short us = 65535; int i = -5; unsigned u = 5;
    long l = -1; unsigned long ul = 1UL << 63; long long ll = INT64_MIN; bool b = 5;
    uc += 10; sc -= 100; s++; us++; ++uc; sc--; b += 3; b--;
    printf("%d %d %d %d %d\n", uc, sc, s, us, b);
    printf("%d %d %d\n", i < (int)u, (unsigned)i < u, l < u);
    printf("%d %u %ld %lu\n", i >> 1, (unsigned)i >> 1, l >> 3, ul >> 60);
    printf("%d %d %d %d\n", -7 / 2, -7 % 2, 7 / -2, 7 % -2);
    uc = 255; printf("%d\n", uc++); 
    uc <<= 3; sc >>= 1; i *= 2.5; u /= 2; i %= 4; u |= 0x100; u ^= uc; u &= ~3u;
    printf("%d %d %d %u\n", uc, sc, i, u);
    printf("%lld %d %d\n", ll + 1, (char)300, (signed char)200);
    printf("%d %d %d\n", !i, !!u, ~i);
    float f = 3.9f; double d = -2.5; i = f; u = (unsigned)d; i += d; f += 1; d *= f;
    printf("%d %f %f %d\n", i, f, d, (int)d);
    printf("%d %d\n", f > d, f == 4.9f);
    i = 'a' + 1L; l = i; ul = -1; printf("%d %ld %lu %c\n", i, l, ul, i);
    enum small e = C; e = (enum small)(e + 1); enum negative n = N; n++; printf("%d %d %d\n", e, n, n < 0);
    printf("%zu %zu %zu\n", sizeof(i++), sizeof(struct bits), _Alignof(double));
    __int128 big = (__int128)1 << 100; big += 3; printf("%llx %llx\n", (unsigned long long)(big >> 64), (unsigned long long)big);
    int a = 1, c = 2; a = c = 5; a += c += 2; printf("%d %d\n", a, c);
    int x = 3; x = x++ * 2 + x * 0; int *p = &x; (*p)++; ++*p; *p += *p; printf("%d\n", *p > 0);
}

static void bits(void)
{
    struct bits v = { 7, -1, 0xFFFFFFFFFFULL, 1, B, 9 };
    v.a++; v.b--; v.c += 2; v.d = 0; v.e = C; v.f = v.a + v.b;
    printf("%u %d %llu %d %d %d\n", v.a, v.b, (unsigned long long)v.c, v.d, v.e, v.f);
    int r = v.a = 12; printf("%d %d\n", r, v.b = 17);
    struct bits w = v, *p = &w; p->a ^= 5; p->b <<= 1; printf("%d %d %d\n", p->a, p->b, v.a == w.a);
    v.c--; --v.c; printf("%llu\n", (unsigned long long)v.c--);
}

static void unions(void)
{
    union u v = { 1.0f }; printf("%x %d %d\n", v.i, v.c[3], v.hi);
    union u w = { .i = 0x40490fdb }; printf("%f\n", w.f);
    union u z = { .c = { 1, 2, 3 } }, y = { .lo = 5, .hi = 6 }; printf("%x %x\n", z.i, y.i);
    v = w; v.c[0]++; printf("%d\n", memcmp(&v, &w, sizeof v) > 0);
}

static void pointers(void)
{
    int a[5] = { 1, 2, 3, 4, 5 }, *p = a, *q = a + 5, m[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };
    int (*row)[3] = m; char *c = (char *)a;
    printf("%td %d %d %d\n", q - p, *(q - 1), p[2], 3[a]);
    p += 2; p -= 1; printf("%d ", *p++); printf("%d ", *++p); printf("%d ", (*p)--); printf("%d %d\n", *p, p - a == 2);
    row++; printf("%d %d %d\n", (*row)[1], row[-1][2], *(*(m + 1) + 2)); c += sizeof(int); printf("%d\n", *(int *)c);
    printf("%d %d %d\n", p < q, p != a, !p); uintptr_t bits = (uintptr_t)p; p = (int *)bits; printf("%d\n", *p);
    void *v = a; p = v; printf("%d %zu\n", p[4], (size_t)((char *)&a[3] - (char *)v));
    const char *s = "text"; printf("%c %c %s\n", s[1], *(s + 2), s + 1); printf("%c%c\n", "abc"[1], *"z");
    char const *const names[] = { "one", "two" }; const char *const *np = names; printf("%s %c\n", *++np, 0);
    struct pt { int x, y; } pts[3] = { { 1, 2 }, { 3, 4 } }, *pp = pts; pp++->x = 7; (pp++)->y += 3; printf("%d %d %td\n", pts[0].x, pts[1].y, pp - pts);
    int i = 2; i[a] = 9; a[i] += i; a[--i]++; printf("%d %d %d\n", a[2], a[1], i);
    long off = offsetof(struct pt, y); printf("%ld\n", off);
    int **h = &p; **h = 42; printf("%d %d\n", a[0], *h == a); struct pt *null = 0; printf("%d\n", null == NULL);
}

int main(void) { ints(); bits(); unions(); pointers(); return 0; }
