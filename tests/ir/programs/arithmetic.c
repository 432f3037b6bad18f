/* Operators on every type: promotions, compound assignments, ++ and --, bit-fields, shifts, conversions. */
#include <limits.h>
#include <stdio.h>

struct bits {
    unsigned a : 3;
    int b : 4;
    unsigned long long c : 40;
    _Bool d : 1;
    unsigned : 0;
    unsigned char e : 2;
};

static void integers(int x, unsigned u, long l, unsigned char c, short s)
{
    printf("%d %d %d %d %d\n", x + c, x - s, x * c, x / (c | 1), x % (s | 1));
    printf("%d %u %ld %d\n", x << 3, u >> 3, l >> 2, x >> 1);
    printf("%d %u %ld\n", ~x, ~u, ~l);
    printf("%d %u %ld %d\n", -x, -u, -l, -c);
    printf("%d %d %d\n", x < u, l < x, c < s);
    printf("%u %lu\n", x + u, x + (unsigned long)l);
    c += 300;
    s -= 40000;
    x *= 3;
    u /= 7;
    l %= 1000;
    x <<= 2;
    u >>= 1;
    x &= 0xffff;
    l |= 0x10000;
    u ^= 0xff;
    printf("%d %d %d %u %ld\n", c, s, x, u, l);
    c /= -3;
    s %= 7u;
    x += 2.75;
    u -= 0.5;
    printf("%d %d %d %u\n", c, s, x, u);
    int y = x++ + 1, z = ++x - 1, w = c-- + 1, v = --s;
    printf("%d %d %d %d %d %d %d\n", y, z, w, v, x, c, s);
    c = UCHAR_MAX;
    c++;
    s = SHRT_MAX;
    s++;
    printf("%d %d\n", c, s);
    _Bool b = 1;
    b++;
    printf("%d ", b);
    b--;
    printf("%d ", b);
    b--;
    printf("%d ", b);
    b += 5;
    printf("%d\n", b);
}

static void bit_fields(struct bits *p)
{
    p->a = 9;
    p->b = -3;
    p->c = 1ULL << 39;
    p->d = 4;
    p->e = 3;
    printf("%d %d %llu %d %d\n", p->a, p->b, (unsigned long long)p->c, p->d, p->e);
    int old = p->a++, now = ++p->e;
    p->b -= 2;
    p->c |= 5;
    p->c <<= 1;
    printf("%d %d %d %d %llu\n", old, now, p->a, p->b, (unsigned long long)p->c);
    int chained = p->a = 12;
    printf("%d %d\n", chained, p->a);
    printf("%d\n", p->a - 5 < 0);
}

static void floats(double d, float f, int i)
{
    d += i;
    f *= 1.5;
    i *= 2.5;
    i /= 0.75f;
    d -= f;
    f++;
    --d;
    printf("%g %g %d %g %g\n", d, f, i, d / f, -d);
    printf("%d %d %d\n", d > f, d == d, (int)d);
    printf("%d %u %d\n", (signed char)200, (unsigned char)-1, (short)70000);
    printf("%g %d\n", (float)16777217, (_Bool)0.5);
    long double e = d;
    e *= 2;
    printf("%d\n", (int)e);
}

static void constants(void)
{
    printf("%d %u %ld %lu\n", INT_MIN, UINT_MAX, LONG_MIN, ULONG_MAX);
    printf("%d %d %d\n", -1 < 0u, -1 / 2, -7 % 3);
    printf("%d %ld %d\n", 'a', 'b' + 1L, '\377');
    printf("%zu %zu %zu\n", sizeof(int), sizeof "abc", sizeof(struct bits));
    printf("%zu\n", _Alignof(double));
    printf("%d\n", (unsigned char)~0 == 255);
    printf("%u %d\n", 1u << 31, 1 << 4 | 3);
    printf("%lld\n", 1LL << 40);
}

int main(void)
{
    struct bits bits = { 0 };

    integers(1000, 4000000000u, -123456789L, 200, -300);
    integers(-7, 3u, 99L, 1, 12345);
    bit_fields(&bits);
    floats(2.5, 1.25f, 7);
    constants();
    return 0;
}
