/* Builtins that only compute. */
#include <stdio.h>

int main(int argc, char **argv)
{
    unsigned x = 0x01020304u + (unsigned)argc;

    printf("%d %d\n", __builtin_popcount(x), __builtin_parity(x));
    printf("%d\n", __builtin_clz(x) + __builtin_ctz(x & ~7u) + __builtin_ffs(4));
    printf("%x %llx\n", __builtin_bswap32(x), (unsigned long long)__builtin_bswap64(x));
    printf("%d\n", __builtin_abs(-argc));
    (void)argv;
    return 0;
}
