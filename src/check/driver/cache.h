/* What a run keeps for the next: entries by name, which hold as long as their key is equal (docs/design/cache.md). */
#ifndef FEARLESS_CHECK_DRIVER_CACHE_H
#define FEARLESS_CHECK_DRIVER_CACHE_H

#include <glib.h>
#include <stdbool.h>

struct cache;

/*
 * build: the folder of the compilation database, or its path; NULL: the user's own cache. identity: who makes and believes the
 * entries. Nothing is opened or made before there is something to read or keep; a folder that cannot be used is an empty one.
 */
struct cache *cache_open(const char *build, const char *identity);
/* NULL, too. Once a day it takes out what nobody uses. */
void cache_close(struct cache *cache);

/* name: what stays when code changes, and so is replaced; key: what must be equal besides. */
struct cache_key {
    GByteArray *name, *key;
};

void cache_key_init(struct cache_key *key);
void cache_key_clear(struct cache_key *key);

/* What was kept under it; NULL: nothing. To be given back. */
GBytes *cache_get(struct cache *cache, const struct cache_key *key);

/* Keeps it, or does not, without a word. Also in a child's process. */
void cache_put(struct cache *cache, const struct cache_key *key, const GByteArray *content);

#endif
