#include "base/hash.h"

#include <string.h>

/* Eight bytes at a time, in the order of a small-endian machine whatever this one is. */
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    hash = hash_mix(hash, size);
    for (; size >= 8; size -= 8, at += 8) {
        uint64_t word = 0;
        for (unsigned i = 0; i < 8; i++)
            word |= (uint64_t)at[i] << (8 * i);
        hash = hash_mix(hash, word);
    }
    uint64_t rest = 0;
    for (size_t i = 0; i < size; i++)
        rest |= (uint64_t)at[i] << (8 * i);
    return size ? hash_mix(hash, rest) : hash;
}

uint64_t hash_text(uint64_t hash, const char *text)
{
    return text ? hash_bytes(hash_mix(hash, 1), text, strlen(text)) : hash_mix(hash, 0);
}
