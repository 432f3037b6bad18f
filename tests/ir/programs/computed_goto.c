/* Labels in tables and as values. */
//@ unprintable: a computed goto
#include <stdio.h>

static int log_value;

static void leave(int *p)
{
    log_value = log_value * 10 + *p;
}

#define LEAVES(name, value) __attribute__((cleanup(leave))) int name = (value)

static int computed(const char *program)
{
    static void *const table[] = { &&op_add, &&op_double, &&op_end, &&op_skip };
    int value = 1;

#define NEXT goto *table[*program++ - '0']
    NEXT;
op_add:
    value += 3;
    NEXT;
op_double:
    value *= 2;
    NEXT;
op_skip:
    {
        LEAVES(a, 6);
        program += a - 5;
    }
    {
        int b = 2;
        program += b - 2;
        NEXT;
    }
op_end:
    return value;
}

static int label_value(int n)
{
    void *to = n ? &&one : &&two;

    goto *to;
one:
    return 1;
two:
    return 2;
}

int main(void)
{
    printf("%d %d %d\n", computed("0112"), computed("3011302"), log_value);
    printf("%d %d\n", label_value(0), label_value(1));
    return 0;
}
