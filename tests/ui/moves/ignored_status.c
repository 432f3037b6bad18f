/* F0601: what says whether it worked is thrown away. */
#include "words.h"

void sends(fl_sender(text) tx)
{
    fl_send(tx, text_of("a")); //~ ERROR F0601
}

void joins(fl_join_handle(void) h)
{
    fl_join(h); //~ ERROR F0601
}

void receives(fl_receiver(int) rx)
{
    int n = 0;
    fl_recv(rx, &n); //~ ERROR F0601
    printf("%d\n", n);
}
