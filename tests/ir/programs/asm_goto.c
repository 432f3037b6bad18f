/* Where an asm goto leads: behind it and to each of its labels, with the ends and starts of scopes on the way. */
//@ unprintable: asm
#include <stdio.h>

#define JUMP_TO(label) __asm__ goto("" : : : : label)

static int forth_and_back(int a)
{
    int n = 0;

again:
    {
        int inner = a;

        n++;
        __asm__ __volatile__ goto("# : ) , \" %l[done]" : : "r"(inner > 1 ? inner : n) : "memory", "cc" : done, again);
        {
            int skipped;

        inside:
            skipped = n;
            n += skipped;
        }
        JUMP_TO(inside);
    }
done:
    return n;
}

/* Others before it, in a declaration, in an operand and in a `for` step: the text is found all the same. */
static int among_others(int a)
{
    extern int renamed __asm__("other_name");
    int r = 3;

    __asm__("" : "+r"(r));
    for (;; ({ JUMP_TO(stepped); }))
        __asm__("" : : "r"(({ __asm__ goto("" : : : : nested); a; })) : "memory");
stepped:
    r = a > 9 ? renamed : 1;
nested:
    return r;
}

/* One of two labels of the same name: both count, and it is known that this is not exact. */
static int local_names(int a)
{
    {
        __label__ out;

        JUMP_TO(out);
        a = 1;
    out:
        a++;
    }
    {
        __label__ out;

        JUMP_TO(out);
        a = 2;
    out:
        a--;
    }
    return a;
}

int other_name = 5;

int main(void)
{
    printf("%d %d %d\n", forth_and_back(1), among_others(2), local_names(3));
    return 0;
}
