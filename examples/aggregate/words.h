/* How often each word occurs: a table that owns its words. All zero is an empty one. */
#ifndef EXAMPLES_AGGREGATE_WORDS_H
#define EXAMPLES_AGGREGATE_WORDS_H

#include <fearless.h>

#include <stddef.h>
#include <stdint.h>

struct word {
    char *s; /* NULL: a free place */
    uint64_t hash;
    unsigned long count;
};

typedef struct {
    struct word *words;
    size_t used, size; /* size: 0 or a power of two, and at most half of it is used */
} word_table;

void word_table_drop(word_table *table);
#define FL_OWNED word_table, word_table_drop
#include <fearless/owned.h>

/* One more of a word of n bytes. Panics when there is no memory, and so does the next. */
void word_table_count(word_table *table, const char *word, size_t n);

/* Adds what is in `from`, which is consumed. */
void word_table_add(word_table *table, word_table from);

/* Puts the words into order, the most frequent first, words of the same count by their bytes. They are at words[0] to
 * words[used - 1] then, and nothing more can be counted. */
void word_table_sort(word_table *table);

#endif
