/*
 * Listing 6: a channel of what? The compiler says it in one line.
 */
#include <fearless.h>

//~ first-line-has the element type is missing
int main(void)
{
    fl_sender() tx;
    fl_receiver(int) rx;

    fl_channel(&tx, &rx);
    return 0;
}
