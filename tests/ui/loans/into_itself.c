/* A value that holds a pointer to itself cannot be moved: the copy would point back. */
#include "words.h"

struct buffer {
    char small[16];
    char *at;     /* small, or heap */
    char *heap;
};
static void buffer_drop(struct buffer *b)
{
    free(b->heap);
}
#define FL_OWNED struct buffer, buffer_drop
#include <fearless/owned.h>

void send_buffer(struct buffer b);

void self_pointer(void)
{
    struct buffer b = { .heap = NULL };
    b.at = b.small;
    send_buffer(fl_move(b)); //~ ERROR E0505 cannot move out of `b` because it is borrowed
}

void heap_pointer(void)
{
    struct buffer b = { .heap = malloc(100) };
    b.at = b.heap;
    send_buffer(fl_move(b));
}

void set_back(void)
{
    struct buffer b = { .heap = NULL };
    b.at = b.small;
    b.at[0] = 'x';
    b.at = NULL;
    send_buffer(fl_move(b));
}
