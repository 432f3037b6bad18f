/* Nobody knows which member of a union is in use; without pointers that does not matter. */
#include <fearless.h>

union value {
    long number;
    char *text;
};
union bits {
    float f;
    unsigned u;
};
struct entry {
    int kind;
    union value value;
};

FL_THREAD_FN(void, use_entry, struct entry, e)
{
    (void)e;
}
FL_THREAD_FN(void, use_bits, union bits, b)
{
    (void)b;
}

int main(void)
{
    struct entry e = { 0, { .number = 5 } };
    union bits b = { .f = 1 };
    fl_detach(fl_spawn(use_entry, e)); //~ ERROR E0277 `union value` cannot be sent between threads safely
    fl_detach(fl_spawn(use_bits, b));
    return 0;
}
