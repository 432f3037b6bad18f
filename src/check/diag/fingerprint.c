/*
 * What a finding is known by from one version of the code to the next: its code, the name of its file without the
 * folder, the function around it, the text of its line, and which of several such it is. Line numbers are no part of
 * it, so lines that move, and what is written around them, change nothing.
 */
#include "fingerprint.h"

#include <string.h>

#include "findings.h"

enum { DIGITS = 16 }; /* 64 bits: two of a million findings agree by chance once in 30 million projects */

/*
 * A walk through C text that knows which function it is in. It reads characters, not declarations: a finding may be of
 * another run's tree or of a linked program, and all that is left of either is the text.
 */
struct walk {
    const char *text;
    size_t length, at;
    unsigned depth;             /* of braces */
    GArray *conditionals;       /* of unsigned: the depth at each #if that is open, to which its #else goes back */
    size_t name, name_length;   /* of the function, or what could be one: before the first parenthesis of a declaration */
    bool named;
};

static void walk_start(struct walk *w, const char *text, size_t length)
{
    *w = (struct walk){ text, length, 0, 0, g_array_new(FALSE, FALSE, sizeof(unsigned)), 0, 0, false };
}

static char peek(const struct walk *w, size_t ahead)
{
    return w->at + ahead < w->length ? w->text[w->at + ahead] : '\0';
}

static void skip_block_comment(struct walk *w)
{
    w->at += 2;
    while (w->at < w->length && !(peek(w, 0) == '*' && peek(w, 1) == '/'))
        w->at++;
    w->at += 2;
}

static void skip_line(struct walk *w)
{
    while (w->at < w->length && peek(w, 0) != '\n') {
        if (peek(w, 0) == '/' && peek(w, 1) == '*')
            skip_block_comment(w);
        else
            w->at += peek(w, 0) == '\\' && w->at + 1 < w->length ? 2 : 1;
    }
}

static void skip_quoted(struct walk *w, char quote)
{
    for (w->at++; w->at < w->length && peek(w, 0) != quote && peek(w, 0) != '\n'; w->at++)
        w->at += peek(w, 0) == '\\';
    w->at++;
}

/* The branches of an #if open the same braces, each for itself. */
static void read_directive(struct walk *w)
{
    GArray *open = w->conditionals;

    for (w->at++; peek(w, 0) == ' ' || peek(w, 0) == '\t';)
        w->at++;
    const char *word = w->text + w->at;
    size_t left = w->length - w->at;
    if (left >= 2 && strncmp(word, "if", 2) == 0)
        g_array_append_val(open, w->depth);
    else if (left >= 2 && strncmp(word, "el", 2) == 0 && open->len)
        w->depth = g_array_index(open, unsigned, open->len - 1);
    else if (left >= 5 && strncmp(word, "endif", 5) == 0 && open->len)
        g_array_set_size(open, open->len - 1);
    skip_line(w);
}

static bool is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

static void read_word(struct walk *w)
{
    size_t begin = w->at, end;

    while (is_word(peek(w, 0)))
        w->at++;
    end = w->at;
    while (g_ascii_isspace(peek(w, 0)))
        w->at++;
    /* __attribute__ and its like are no names of functions. */
    bool reserved = w->text[begin] == '_' && w->text[begin + 1] == '_';
    if (w->depth == 0 && !w->named && peek(w, 0) == '(' && !reserved) {
        w->named = true;
        w->name = begin;
        w->name_length = end - begin;
    }
}

static void walk_on(struct walk *w)
{
    char c = peek(w, 0);
    bool at_line_start = false;

    if (c == '#') {
        size_t before = w->at;
        while (before > 0 && (w->text[before - 1] == ' ' || w->text[before - 1] == '\t'))
            before--;
        at_line_start = before == 0 || w->text[before - 1] == '\n';
    }
    if (at_line_start)
        read_directive(w);
    else if (c == '/' && peek(w, 1) == '*')
        skip_block_comment(w);
    else if (c == '/' && peek(w, 1) == '/')
        skip_line(w);
    else if (c == '"' || c == '\'')
        skip_quoted(w, c);
    else if (is_word(c))
        read_word(w);
    else {
        w->depth += c == '{';
        w->depth -= c == '}' && w->depth > 0;
        if (w->depth == 0 && (c == '}' || c == ';'))
            w->named = false;
        w->at++;
    }
}

/* The name of the function around offset; NULL outside any. Offsets are asked for in rising order. */
static char *function_around(struct walk *w, size_t offset)
{
    while (w->at <= offset && w->at < w->length)
        walk_on(w);
    return w->named ? g_strndup(w->text + w->name, w->name_length) : NULL;
}

/* A line's words with one space between them. */
static void add_line(GString *out, struct source_table *sources, struct span place)
{
    uint32_t line, column;
    size_t length;

    if (!source_line_col(sources, place.file, place.begin, &line, &column))
        return;
    const char *text = source_line(sources, place.file, line, &length, NULL);
    bool gap = false;
    for (size_t i = 0; text && i < length; i++) {
        if (g_ascii_isspace(text[i])) {
            gap = true;
            continue;
        }
        if (gap && out->len && out->str[out->len - 1] != '\n')
            g_string_append_c(out, ' ');
        gap = false;
        g_string_append_c(out, text[i]);
    }
}

static char *hash_of(const GString *words, unsigned occurrence)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    char *number = g_strdup_printf("\n%u", occurrence);

    g_checksum_update(sum, (const guchar *)words->str, (gssize)words->len);
    g_checksum_update(sum, (const guchar *)number, -1);
    char *hash = g_strndup(g_checksum_get_string(sum), DIGITS);
    g_free(number);
    g_checksum_free(sum);
    return hash;
}

void findings_identify(struct findings *sink, struct source_table *sources)
{
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct walk walk = { 0 };
    uint32_t walked = 0;

    for (unsigned i = 0; i < findings_count(sink); i++) {
        struct finding *f = findings_entry(sink, i);
        struct span place = finding_place(f);
        GString *words = g_string_new(f->code);
        size_t length = 0;

        if (place.file != walked) {
            if (walk.conditionals)
                g_array_free(walk.conditionals, TRUE);
            walked = place.file;
            const char *text = source_text(sources, walked, &length);
            walk_start(&walk, text ? text : "", text ? length : 0);
        }
        g_free(f->function);
        g_free(f->fingerprint);
        f->function = walk.conditionals ? function_around(&walk, place.begin) : NULL;
        char *name = g_path_get_basename(source_path(sources, place.file));
        g_string_append_printf(words, "\n%s\n%s\n", name, f->function ? f->function : "");
        if (span_is_none(place))
            g_string_append(words, f->message);
        else
            add_line(words, sources, place);
        unsigned before = GPOINTER_TO_UINT(g_hash_table_lookup(seen, words->str));
        f->fingerprint = hash_of(words, before);
        g_hash_table_replace(seen, g_strdup(words->str), GUINT_TO_POINTER(before + 1));
        g_free(name);
        g_string_free(words, TRUE);
    }
    if (walk.conditionals)
        g_array_free(walk.conditionals, TRUE);
    g_hash_table_destroy(seen);
}
