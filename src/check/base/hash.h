/*
 * Hashes of contents that are kept on disk: 64 bits, the same on every machine and in every run.
 * Good enough to tell files and functions apart, not to keep out who wants to deceive.
 */
#ifndef FEARLESS_CHECK_BASE_HASH_H
#define FEARLESS_CHECK_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START 0x9E3779B97F4A7C15u

/* One more number (MurmurHash3's finalizer). */
static inline uint64_t hash_mix(uint64_t hash, uint64_t n)
{
    hash ^= n + HASH_START + (hash << 6) + (hash >> 2);
    hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCDu;
    hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53u;
    return hash ^ (hash >> 33);
}

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size);
/* NULL is not "". */
uint64_t hash_text(uint64_t hash, const char *text);

#endif
