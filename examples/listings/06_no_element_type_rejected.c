//~ max-lines 12
//~ first-line-has the element type is missing
/*
 * Listing 6: a channel of what? The compiler says it in one line.
 */
#include <fearless.h>

int main(void)
{
    fl_sender() tx; //~ here
    fl_receiver(int) rx;

    fl_channel(&tx, &rx);
    return 0;
}
