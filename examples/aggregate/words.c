#include "words.h"

#include <stdlib.h>
#include <string.h>

void word_table_drop(word_table *table)
{
    for (size_t i = 0; i < table->size; i++)
        free(table->words[i].s);
    free(table->words);
}

static uint64_t hash_of(const char *word, size_t n) /* FNV-1a */
{
    uint64_t hash = 0xcbf29ce484222325;

    while (n-- > 0)
        hash = (hash ^ (unsigned char)*word++) * 0x100000001b3;
    return hash;
}

/* The place of this word, which is free if it is not in the table. */
static struct word *place_of(word_table *table, uint64_t hash, const char *word, size_t n)
{
    for (size_t i = hash;; i++) {
        struct word *const place = &table->words[i & (table->size - 1)];
        if (!place->s || (place->hash == hash && strncmp(place->s, word, n) == 0 && !place->s[n]))
            return place;
    }
}

static void make_room(word_table *table)
{
    if (2 * (table->used + 1) <= table->size)
        return;
    word_table larger = { .used = table->used, .size = table->size ? 2 * table->size : 1024 };
    larger.words = calloc(larger.size, sizeof *larger.words);
    if (!larger.words)
        fl_panic("no memory for a table of %zu words", larger.size);
    for (size_t i = 0; i < table->size; i++) {
        const struct word *const old = &table->words[i];
        if (old->s)
            *place_of(&larger, old->hash, old->s, strlen(old->s)) = *old;
    }
    free(table->words); /* the words have moved */
    *table = fl_move(larger);
}

void word_table_count(word_table *table, const char *word, size_t n)
{
    const uint64_t hash = hash_of(word, n);

    make_room(table);
    struct word *const place = place_of(table, hash, word, n);
    if (!place->s) {
        char *const copy = strndup(word, n);
        if (!copy)
            fl_panic("no memory for a word");
        *place = (struct word){ .s = copy, .hash = hash };
        table->used++;
    }
    place->count++;
}

void word_table_add(word_table *table, word_table from)
{
    fl_auto(from);

    if (table->used == 0) {
        fl_swap(table, &from);
        return;
    }
    for (size_t i = 0; i < from.size; i++) {
        struct word *const word = &from.words[i];
        if (!word->s)
            continue;
        make_room(table);
        struct word *const place = place_of(table, word->hash, word->s, strlen(word->s));
        if (place->s) {
            place->count += word->count;
        } else {
            *place = *word;
            word->s = NULL; /* it is the other table's now */
            table->used++;
        }
    }
}

static int compare(const void *left, const void *right)
{
    const struct word *const a = left, *const b = right;

    if (!a->s || !b->s)
        return !a->s - !b->s; /* free places last */
    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return strcmp(a->s, b->s);
}

void word_table_sort(word_table *table)
{
    if (table->size)
        qsort(table->words, table->size, sizeof *table->words, compare);
}
