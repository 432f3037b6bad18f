/* switch: fall through, ranges, nested blocks, loops with cases in them, no default, no cases. */
#include <stdio.h>

enum color { RED, GREEN, BLUE = 7 };

static int plain(int x)
{
    int r = 0;

    switch (x) {
    case 1:
        r += 1;
    case 2:
        r += 2;
        break;
    case 3 ... 5:
        r += 30;
        /* fall through */
    default:
        r += 100;
        break;
    case -1:
        return -1;
    case 1000000:
    case 1000001:
        r = 9;
    }
    return r;
}

static int duff(const char *from, char *to, int count)
{
    int rounds = (count + 3) / 4;

    if (count <= 0)
        return 0;
    switch (count % 4) {
    case 0: do { *to++ = *from++;
    case 3:      *to++ = *from++;
    case 2:      *to++ = *from++;
    case 1:      *to++ = *from++;
            } while (--rounds > 0);
    }
    return count;
}

static int inside(int x)
{
    int r = 0;

    switch (x) {
        int unreached;
    case 0:
        unreached = 5;
        r = unreached;
        break;
        {
        case 1:;
            int y = 3;
            r = y;
            if (0) {
            case 2:
                r = 22;
            }
            break;
        }
        for (; r < 10; r++) {
        case 3:
            r += 4;
            continue;
        case 4:
            r += 40;
        }
    }
    return r;
}

static int nested(int a, int b)
{
    switch (a) {
    case 0:
        switch (b) {
        case 0:
            return 1;
        case 1:
            break;
        default:
            return 2;
        }
        return 3;
    case 1:
        for (int i = 0;; i++) {
            switch (i) {
            case 5:
                goto out;
            default:
                if (i < b)
                    continue;
            }
            break;
        }
        return 4;
    out:
        return 5;
    }
    return 6;
}

static const char *name(enum color color)
{
    switch (color) {
    case RED: return "red";
    case GREEN: return "green";
    case BLUE: return "blue";
    }
    return "none";
}

static int odd(unsigned char c, long long big, _Bool flag)
{
    int r = 0;

    switch (c)
    case 'a' ... 'z':
        r += 1;
    switch (c) { }
    switch (c) default: r += 2;
    switch (big) {
    case 1LL << 40: r += 10; break;
    case -(1LL << 40): r += 20; break;
    }
    switch (flag) { case 1: r += 100; }
    switch (c - 'a') { case 0: case 2: case 4: r += 1000; break; case 1: case 3: r += 2000; }
    return r;
}

int main(void)
{
    char text[32];

    for (int x = -2; x < 8; x++)
        printf("%d %d\n", plain(x), inside(x));
    printf("%d\n", plain(1000001));
    for (int n = 0; n < 12; n++) {
        for (int i = 0; i < 32; i++)
            text[i] = 0;
        printf("%d %s\n", duff("abcdefghijkl", text, n), text);
    }
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 7; b++)
            printf("%d ", nested(a, b));
    printf("\n%s %s %s %s\n", name(RED), name(GREEN), name(BLUE), name((enum color)3));
    printf("%d %d %d\n", odd('a', 1LL << 40, 1), odd('b', -(1LL << 40), 0), odd('A', 0, 1));
    return 0;
}
