/* A slice of ints made of an array of longs. */
//~ max-lines 12
//~ first-line-has long
#include <fearless.h>

typedef fl_slice(int) ints;
static long numbers[3];

int main(void)
{
    ints all = fl_slice_of(numbers, 3); //~ here
    return (int)all.len;
}
