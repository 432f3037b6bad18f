/*
 * Writes a C file with a few small mistakes of typing or thinking: mutate SEED FILE
 *
 * Tokens and whole statements are left out, written twice, exchanged with others of the file. Half of the changes keep
 * the kind of token (a name for a name, an operator for an operator), so that what comes out is often still C: it must
 * come past the parser to test anything behind it. The other half does not care.
 */
#include "chance.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHANGES_MOST = 4, TOKENS_MOST = 100000 };

enum kind { NAME, NUMBER, TEXT, OPERATOR, BRACKET, END_OF_STATEMENT, SPACE };

struct token {
    const char *start;
    size_t length;
    enum kind kind;
};

static struct token tokens[TOKENS_MOST];
static unsigned count;

static size_t space_length(const char *at)
{
    const char *end = at;

    for (;;) {
        if (isspace((unsigned char)*end)) {
            end++;
        } else if (end[0] == '/' && end[1] == '/') {
            end += strcspn(end, "\n");
        } else if (end[0] == '/' && end[1] == '*' && strstr(end + 2, "*/")) {
            end = strstr(end + 2, "*/") + 2;
        } else if (*end == '#' && (end == at || end[-1] == '\n')) { /* directives stay as they are */
            while (*end && (*end != '\n' || end[-1] == '\\'))
                end++;
        } else {
            return (size_t)(end - at);
        }
    }
}

static size_t quoted_length(const char *at)
{
    const char *end = at + 1;

    while (*end && *end != *at && *end != '\n')
        end += *end == '\\' && end[1] ? 2 : 1;
    return (size_t)(end - at) + (*end == *at);
}

static struct token next_token(const char *at)
{
    static const char *const long_ones[] = { "...", "<<=", ">>=", "->", "++", "--", "<<", ">>", "<=", ">=", "==",
                                             "!=",  "&&",  "||",  "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=" };
    struct token token = { at, space_length(at), SPACE };

    if (token.length)
        return token;
    token.length = 1;
    if (isalpha((unsigned char)*at) || *at == '_') {
        token.kind = NAME;
        while (isalnum((unsigned char)at[token.length]) || at[token.length] == '_')
            token.length++;
    } else if (isdigit((unsigned char)*at)) {
        token.kind = NUMBER;
        while (isalnum((unsigned char)at[token.length]) || at[token.length] == '.')
            token.length++;
    } else if (*at == '"' || *at == '\'') {
        token.kind = TEXT;
        token.length = quoted_length(at);
    } else if (strchr("()[]{}", *at)) {
        token.kind = BRACKET;
    } else if (*at == ';') {
        token.kind = END_OF_STATEMENT;
    } else {
        token.kind = OPERATOR;
        for (unsigned i = 0; i < sizeof long_ones / sizeof *long_ones; i++)
            if (!strncmp(at, long_ones[i], strlen(long_ones[i]))) {
                token.length = strlen(long_ones[i]);
                break;
            }
    }
    return token;
}

static unsigned any_token(void)
{
    unsigned i;

    do
        i = below(count);
    while (tokens[i].kind == SPACE);
    return i;
}

/* Another token of the same kind, from not too far away, where it is more likely to make sense; itself if none is found. */
static unsigned akin(unsigned to)
{
    enum { REACH = 150, TRIES_MOST = 1000 };
    unsigned low = to > REACH ? to - REACH : 0, high = to + REACH < count ? to + REACH : count;

    for (unsigned tries = 0; tries < TRIES_MOST; tries++) {
        unsigned i = low + below(high - low);
        bool same = tokens[i].length == tokens[to].length && !memcmp(tokens[i].start, tokens[to].start, tokens[i].length);
        if (tokens[i].kind == tokens[to].kind && !same)
            return i;
    }
    return to;
}

/* The statement around a token: from behind the last ; { } up to its own ;. */
static void statement_around(unsigned at, unsigned *ret_first, unsigned *ret_end)
{
    unsigned first = at, end = at;

    while (first > 0 && tokens[first - 1].kind != END_OF_STATEMENT && *tokens[first - 1].start != '{' &&
           *tokens[first - 1].start != '}')
        first--;
    while (end < count && tokens[end].kind != END_OF_STATEMENT && *tokens[end].start != '{' && *tokens[end].start != '}')
        end++;
    *ret_first = first;
    *ret_end = end < count && tokens[end].kind == END_OF_STATEMENT ? end + 1 : end;
}

/* Takes tokens [first, end) out and puts these in their place. */
static void splice(unsigned first, unsigned end, const struct token *with, unsigned many)
{
    if (count - (end - first) + many > TOKENS_MOST)
        return;
    memmove(&tokens[first + many], &tokens[end], (count - end) * sizeof *tokens);
    if (many)
        memcpy(&tokens[first], with, many * sizeof *tokens);
    count = count - (end - first) + many;
}

static void exchange(unsigned a, unsigned b)
{
    struct token kept = tokens[a];

    tokens[a] = tokens[b];
    tokens[b] = kept;
}

static void copy_statement(unsigned from, unsigned to)
{
    static struct token copied[TOKENS_MOST];
    unsigned first, end, into, unused;

    statement_around(from, &first, &end);
    statement_around(to, &into, &unused);
    memcpy(copied, &tokens[first], (end - first) * sizeof *tokens);
    splice(into, into, copied, end - first);
}

static void change(void)
{
    static const char *const numbers[] = { "0", "1", "-1", "0x7fffffff", "18446744073709551615u", "3.5" };
    unsigned at = any_token(), first, end;
    const char *number;

    switch (below(12)) {
    case 0: splice(at, at + 1, NULL, 0); break;
    case 1: splice(at, at, &(struct token){ tokens[at].start, tokens[at].length, tokens[at].kind }, 1); break;
    case 2: exchange(at, any_token()); break;
    case 3: exchange(at, akin(at)); break;
    case 4:
    case 5:
    case 6: tokens[at] = tokens[akin(at)]; break;
    case 7:
    case 8:
        statement_around(at, &first, &end);
        splice(first, end, NULL, 0);
        break;
    case 9:
    case 10: copy_statement(at, below(2) ? at : any_token()); break;
    case 11:
        number = numbers[below(sizeof numbers / sizeof *numbers)];
        if (tokens[at].kind == NUMBER || tokens[at].kind == NAME)
            tokens[at] = (struct token){ number, strlen(number), NUMBER };
        break;
    }
}

static void mutate(uint64_t seed, const char *text, FILE *out)
{
    chance = (seed + 1) * 0x9E3779B97F4A7C15u;
    for (unsigned i = 0; i < 8; i++)
        below(2);

    bool any = false;
    count = 0;
    for (const char *at = text; *at && count < TOKENS_MOST; at += tokens[count++].length) {
        tokens[count] = next_token(at);
        any |= tokens[count].kind != SPACE;
    }
    for (unsigned changes = any ? 1 + below(CHANGES_MOST) : 0; changes > 0 && count > 1; changes--)
        change();
    for (unsigned i = 0; i < count; i++) {
        /* Two that would grow together stay apart. */
        if (i > 0 && tokens[i].kind != SPACE && tokens[i - 1].kind != SPACE &&
            tokens[i].start != tokens[i - 1].start + tokens[i - 1].length)
            putc(' ', out);
        fwrite(tokens[i].start, 1, tokens[i].length, out);
    }
}

#ifndef MUTATE_IS_PART /* of a fuzzer that brings its own main */
int main(int argc, char **argv)
{
    static char text[1 << 22];
    FILE *file = argc == 3 ? fopen(argv[2], "r") : NULL;

    if (!file)
        return fprintf(stderr, "usage: mutate SEED FILE\n"), 2;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    mutate(strtoull(argv[1], NULL, 10), text, stdout);
    return 0;
}
#endif
