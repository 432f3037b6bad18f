/* `=` writes, `+` reads and writes, an input is read. */
int read_by_input(void)
{
    int out, in;
    __asm__("" : "=r"(out) : "r"(in)); //~ ERROR E0381
    return out;
}

int read_in_memory(void)
{
    int out, in;
    __asm__("" : "=r"(out) : "m"(in)); //~ ERROR E0381
    return out;
}

int read_and_written(void)
{
    int both;
    __asm__("" : "+r"(both)); //~ ERROR E0381
    return both;
}

int not_written(int a)
{
    int x;
    __asm__("# =r x" : "=r"(a) : : "memory", "cc");
    return x + a; //~ ERROR E0381
}

int on_one_way_only(int a)
{
    int x;
    if (a)
        __asm__("" : [x] "=r"(x) : "0"(a));
    return x; //~ ERROR E0381
}

int jumps_before_it(int a)
{
    int x;
    __asm__ goto("" : : "r"(a) : : out);
    x = 1;
out:
    return x; //~ ERROR E0381
}
