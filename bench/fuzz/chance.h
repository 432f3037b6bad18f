/* Chance that repeats: the same seed makes the same programs on every machine. xorshift64. */
#ifndef FEARLESS_FUZZ_CHANCE_H
#define FEARLESS_FUZZ_CHANCE_H

#include <stdint.h>

static uint64_t chance; /* the seed; never 0 */

static unsigned below(unsigned n)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return (unsigned)(chance >> 33) % n;
}

#endif
