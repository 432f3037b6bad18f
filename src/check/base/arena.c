#include "base/arena.h"

#include <glib.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK_SIZE = 64 * 1024 };

struct chunk {
    struct chunk *next;
    _Alignas(max_align_t) char bytes[];
};

struct arena {
    struct chunk *chunks;
    char *at, *end;
    size_t used;
};

struct arena *arena_new(void)
{
    return g_new0(struct arena, 1);
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    for (struct chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        g_free(chunk);
    }
    g_free(arena);
}

/* A large object gets a chunk of its own, and the current chunk goes on being filled. */
static void *alloc_in_new_chunk(struct arena *arena, size_t size)
{
    size_t room = size > CHUNK_SIZE / 4 ? size : CHUNK_SIZE;
    struct chunk *chunk = g_malloc0(sizeof *chunk + room);

    chunk->next = arena->chunks;
    arena->chunks = chunk;
    if (room == CHUNK_SIZE) {
        arena->at = chunk->bytes + size;
        arena->end = chunk->bytes + room;
    }
    return chunk->bytes;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t align = _Alignof(max_align_t);

    size = (size + align - 1) & ~(align - 1);
    arena->used += size;
    if (size > (size_t)(arena->end - arena->at))
        return alloc_in_new_chunk(arena, size);
    void *result = arena->at;
    arena->at += size;
    return result;
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    void *copy = arena_alloc(arena, size);

    if (size)
        memcpy(copy, bytes, size);
    return copy;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);

    memcpy(copy, text, length);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = arena_alloc(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}
