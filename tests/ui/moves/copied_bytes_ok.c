/* Nobody looks at the source again: a move by other means. */
#include "words.h"

void handed_over(text *to)
{
    text a = text_of("a");
    memcpy(to, &a, sizeof a);
}

void plain(void)
{
    struct { int a, b; } x = { 1, 2 }, y;
    memcpy(&y, &x, sizeof y);
    printf("%d %d\n", x.a, y.b);
}

void bytes_of_it(text *t)
{
    char buffer[8];
    memcpy(buffer, t->s, 8);
    puts(buffer);
}
