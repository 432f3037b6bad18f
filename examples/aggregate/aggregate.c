/* aggregate: the most frequent words of a text, counted by many threads.
 *
 *     aggregate [-j THREADS] [-n WORDS] [FILE...]      # as many threads as CPUs, 10 words, standard input
 *     man pthreads | aggregate -n 3
 *
 * Each thread counts the words of its part of the text, and gives its table to one that adds them all up. What is worth
 * looking at:
 *
 *   - the text is cut into slices that have nothing in common, so each thread may write into its own (it makes the
 *     letters small there) without a lock;
 *   - the threads borrow the text: the scope they run in is left only when all of them have ended;
 *   - a table is owned: sending moves it, and nobody frees what another still uses;
 *   - the sum is done when the last thread that could send has dropped its sender. Nobody counts to THREADS;
 *   - a thread that panics (there is no memory) does not leave a sum that is too small: the scope panics as well. */
#include "words.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef fl_slice(char) chars;

/* Everything but ASCII's letters, and what is no ASCII, is between words. */
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static FL_THREAD_FN(void, count_part, chars, part, fl_sender(word_table), sum)
{
    fl_auto(sum);
    word_table table = { 0 };
    fl_auto(table);

    for (size_t i = 0; i < part.len;) {
        const size_t start = i;
        for (; i < part.len && is_letter(part.data[i]); i++)
            if (part.data[i] >= 'A' && part.data[i] <= 'Z')
                part.data[i] += 'a' - 'A';
        if (i > start)
            word_table_count(&table, &part.data[start], i - start);
        else
            i++;
    }
    fl_unwrap(fl_send(sum, fl_move(table)));
}

static FL_THREAD_FN(word_table, add_up, fl_receiver(word_table), parts)
{
    fl_auto(parts);
    word_table total = { 0 };
    fl_auto(total);

    fl_for_each (part, parts)
        word_table_add(&total, fl_move(part));
    word_table_sort(&total);
    return fl_move(total);
}

/* Takes about n bytes from the front of *rest: no word is cut. */
static chars take(chars *rest, size_t n)
{
    chars part;

    while (n < rest->len && is_letter(rest->data[n]))
        n++;
    fl_split_at(*rest, n < rest->len ? n : rest->len, &part, rest);
    return part;
}

static word_table count_words(chars text, size_t threads)
{
    const size_t each = text.len / threads + 1;
    word_table total = { 0 };

    fl_scope (s) {
        fl_sender(word_table) tx;
        fl_receiver(word_table) rx;
        fl_channel(&tx, &rx);
        fl_join_handle(word_table) sum = fl_spawn_in(s, add_up, fl_move(rx));
        while (text.len > 0)
            fl_spawn_in(s, count_part, take(&text, each), fl_clone(tx));
        fl_drop(tx); /* what is left are the clones of the threads */
        total = fl_joined(sum);
    }
    return total;
}

/* ---- the text ---- */

typedef struct {
    char *s;
    size_t length, size;
} text;
static void text_drop(text *t)
{
    free(t->s);
}
#define FL_OWNED text, text_drop
#include <fearless/owned.h>

/* Appends all of a file, and a line end, so that no word goes from one file into the next. 0 or errno. */
static int append(text *t, FILE *from)
{
    do {
        if (t->size - t->length < 2) {
            const size_t size = t->size ? 2 * t->size : 64 * 1024;
            char *const larger = realloc(t->s, size);
            if (!larger)
                return ENOMEM;
            t->s = larger;
            t->size = size;
        }
        t->length += fread(t->s + t->length, 1, t->size - t->length - 1, from);
        if (ferror(from))
            return errno;
    } while (!feof(from));
    t->s[t->length++] = '\n';
    return 0;
}

static bool append_file(text *t, const char *name)
{
    FILE *const f = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
    int failed = f ? append(t, f) : errno;

    if (f && f != stdin)
        fclose(f);
    if (failed)
        fprintf(stderr, "aggregate: %s: %s\n", name, strerror(failed));
    return !failed;
}

static bool number(const char *s, unsigned long least, unsigned long most, unsigned long *ret)
{
    char *end;

    *ret = strtoul(s, &end, 10);
    return *s >= '0' && *s <= '9' && !*end && *ret >= least && *ret <= most;
}

int main(int argc, char **argv)
{
    unsigned long threads = fl_available_parallelism(), most = 10;
    bool right = true;

    for (int option; (option = getopt(argc, argv, "j:n:")) != -1;) {
        if (option == 'j')
            right &= number(optarg, 1, 1024, &threads);
        else
            right &= option == 'n' && number(optarg, 0, 1000000000, &most);
    }
    if (!right) {
        fputs("usage: aggregate [-j THREADS] [-n WORDS] [FILE...]\n", stderr);
        return 2;
    }

    text all = { 0 };
    fl_auto(all);
    bool read = optind < argc || append_file(&all, "-");
    for (int i = optind; i < argc; i++)
        read &= append_file(&all, argv[i]);

    word_table total = count_words((chars)fl_slice_of(all.s, all.length), threads);
    fl_auto(total);
    for (size_t i = 0; i < total.used && i < most; i++)
        printf("%lu %s\n", total.words[i].count, total.words[i].s);
    if (fflush(stdout)) {
        perror("aggregate");
        return 1;
    }
    return !read;
}
