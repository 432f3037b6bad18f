/* Loops with every subset of their parts missing, switches, jumps into and out of scopes. */
#include <stdio.h>
#include <stdlib.h>

static int trace_count;
static int t(int x) { trace_count++; printf("%d ", x); return x; }
#define TWICE(x) ((x) + (x))
#define LOOP(n) for (int k = 0; k < (n); k++)
#define FOREVER for (;;)

static void loops(void)
{
    int i = 0;
    for (;;) { if (i++ > 2) break; }
    for (i = 0;;) { if (t(i++) == 2) break; }
    for (; i < 6;) i++;
    for (;; i++) { if (i == 9) break; if (i == 7) continue; t(i); }
    for (i = 0; i < 3;) t(i++);
    for (i = 0;; i++) { if (i > 2) break; }
    for (; i < 8; i++) t(i);
    for (int a = 0, b = 10; a < b; a++, b--) { if (a == 2) continue; t(a * b); }
    LOOP(3) t(k);
    FOREVER { if (i-- < 3) break; t(i); }
    for (struct { int x, y; } s = { 1, 2 }; s.x < 4; s.x++) t(s.x + s.y);
    do t(i++); while (i < 4);
    do { if (i == 6) break; if (i == 5) { i++; continue; } i++; } while (t(i) < 10);
    while (i-- > 0) { while (1) { if (i > 1) break; goto next; } next: t(i); }
    for (;;) for (;;) { if (t(i++) > 1) goto out; break; }
out:
    puts("");
}

static int sw(int x, int y)
{
    int r = 0;
    switch (x) {
        r = 99; /* never */
        int hidden;
    case 0:
        hidden = 3;
        r += hidden;
        break;
    case 1:
        r++;
        /* fall through */
    case 2: case 3:
        r += 10;
        switch (y) { case 1: break; default: r += 100; }
        break;
    case -5 ... -2:
        r = -1;
        if (y) {
        case 7:
            r += 1000;
        } else {
        case 8:
            r += 2000;
        }
        break;
    default:
        while (y-- > 0) {
    case 20:
            r += 5;
            if (r > 20) break;
            else continue;
        }
        break;
    }
    switch (y) case 4: r += 7;
    switch (y) { }
    switch ((char)x) { case 'a': r += 3; break; case (char)200: r += 4; }
    return r;
}

/* Duff's device */
static void copy(char *to, const char *from, int count)
{
    int n = (count + 3) / 4;
    switch (count % 4) {
    case 0: do { *to++ = *from++;
    case 3:      *to++ = *from++;
    case 2:      *to++ = *from++;
    case 1:      *to++ = *from++;
            } while (--n > 0);
    }
}

static int jumps(int n)
{
    int count = 0;
again:
    {
        int inner = n;
        if (n > 3) { n--; count += inner; goto again; }
        if (count > 100) goto inside;
        goto after;
    }
    {
        int skipped;
    inside:
        skipped = 5;
        count += skipped;
    }
after:
    if (0) { unreachable: count = 1000000; }
    if (count == -1) goto unreachable;
    return count;
}

static int cond(int a, int b, int c)
{
    int r = 0;
    if (a && b || c) r |= 1;
    if (!(a || b) && !c) r |= 2;
    if (a ? b : c) r |= 4;
    if (!a == !b) r |= 8;
    r |= (a && b) << 4 | (a || c) << 5 | !b << 6;
    r += a ? b ? 100 : 200 : c ? 300 : 400;
    r += (a ?: b ?: c) * 1000;
    if ((r, a)) r++;
    if (a) if (b) r += 2; else r += 3;
    if (!(a && (b || !c))) r += 7; else if (a) { r += 9; } else ;
    int x = (t(a), t(b)) + (a ? t(c) : 0);
    return r + x;
}

static int early(int n) { while (n > 0) { if (n == 3) return n * 10; for (;;) { if (n == 5) return 50; break; } n--; } return -1; }
static int nothing(int x) { (void)x; x + 1; (void)(x ? 1 : 2); ; return TWICE(x); }

int main(void)
{
    loops();
    for (int x = -6; x < 22; x++) for (int y = 0; y < 5; y++) printf("%d ", sw(x, y));
    printf("%d %d\n", sw('a', 4), sw(200, 4));
    char buf[16] = { 0 };
    for (int n = 1; n < 12; n++) { copy(buf, "abcdefghijklmno", n); puts(buf); }
    printf("%d %d\n", jumps(3), jumps(40));
    for (int i = 0; i < 8; i++) printf("%d\n", cond(i & 1, i & 2, i & 4));
    printf("%d %d %d %d\n", early(4), early(10), early(2), nothing(4));
    printf("%d\n", trace_count);
    return 0;
}
