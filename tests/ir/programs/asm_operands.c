/* What the constraints of an asm say of its operands; text that looks like operands inside of others. */
//@ unprintable: asm
struct pair {
    int x, y;
};

#define EXCHANGE(p, old) __asm__ volatile("xchg %0, %1" : "+r"(old), "+m"(*(p)) : : "memory")

int operands(int a, int *p, struct pair s, int array[4], int i)
{
    int out, both = 1, parts[2] = { 1, 2 };
    char zero;

    __asm__("nop");
    __asm__("" : : : "cc");
    __asm__("" : : : "cc", "memory");
    __asm__("# \"memory\" : %0, \":\" %1" : "=r"(out) : "r"(a + 1));
    __asm__("" : [result] "=&r"(out), "+m"(*p), "=m"((s.y)) : [from] "r"(s.x), "i"(sizeof(int)), "0"(a) : "cc");
    __asm__("" : "=&r"(zero), "+rm"(both) : "m"(parts), "m"(array[i]), "g"(a ? both : i));
    __asm__("" : "=r"(array[({ int n = 1; __asm__("" : "+r"(n) : : "memory"); n; })]) : "r"(")\":"[a]) : "cc");
    EXCHANGE(p, out);
    return out + zero;
}
