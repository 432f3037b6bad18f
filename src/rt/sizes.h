/* Sizes and alignments of blocks that hold more than one thing. */
#ifndef FL_RT_SIZES_H
#define FL_RT_SIZES_H

#include <stddef.h>

/* n or the next multiple of `to`, a power of two. */
static inline size_t fl_round_up_(size_t n, size_t to)
{
    return (n + to - 1) & ~(to - 1);
}

static inline size_t fl_larger_(size_t a, size_t b)
{
    return a > b ? a : b;
}

#endif
