/* What an asm writes has a value afterwards. */
int written(int a)
{
    int x, y, parts[2];
    char zero;
    __asm__("" : "=&r"(x), [y] "=m"(y), "=r"(zero) : "r"(a));
    __asm__("" : "=m"(parts));
    return x + y + zero + parts[0];
}

int through_a_pointer(void)
{
    int x, *p = &x;
    __asm__("" : "=m"(*p));
    return x;
}

int by_address(void)
{
    int x;
    __asm__("" : : "r"(&x) : "memory");
    return x;
}

#define READ_COUNTER(x) __asm__ volatile("" : "=r"(x) : : "memory")

long from_a_macro(void)
{
    long x;
    READ_COUNTER(x);
    return x;
}

int both_ways(int a)
{
    int x;
    if (a)
        __asm__("" : "=r"(x));
    else
        x = 0;
    __asm__("" : "+r"(x));
    return x;
}
