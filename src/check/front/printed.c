/*
 * What a function's tree does not show and its printed text does: which parts a `for` has, and all of an
 * asm but its operands.
 *
 * Clang prints a function from its tree, so the k-th `for (` of the text is the k-th `for` of the tree, and
 * likewise with `asm (`. (A declaration's `asm("name")` is printed without the space, and
 * a block literal without its body.)
 */
#include <string.h>

#include "front/body.h"

struct printed {
    CXString text;
    GArray *fors;    /* unsigned: FOR_INIT ... */
    GPtrArray *asms; /* the text behind the opening parenthesis */
};

const char *printed_skip_quoted(const char *at)
{
    char quote = *at++;

    while (*at && *at != quote)
        at += *at == '\\' && at[1] ? 2 : 1;
    return *at ? at + 1 : at;
}

/* To the last character of the comment that starts here. */
static const char *skip_comment(const char *at)
{
    const char *end = at[1] == '*' ? strstr(at + 2, "*/") : strchr(at, '\n');

    if (!end)
        return at + strlen(at) - 1;
    return at[1] == '*' ? end + 1 : end;
}

unsigned printed_parts(const char *at)
{
    unsigned parts = 0, part = FOR_INIT;
    int depth = 0;

    for (; *at; at++) {
        if (at[0] == '/' && (at[1] == '*' || at[1] == '/')) /* when a person wrote the text */
            at = skip_comment(at);
        else if (*at == '"' || *at == '\'') {
            parts |= part;
            at = printed_skip_quoted(at) - 1;
        } else if (*at == '(' || *at == '{' || *at == '[') {
            parts |= part;
            depth++;
        } else if ((*at == ')' || *at == '}' || *at == ']') && depth-- == 0) {
            break;
        } else if (*at == ';' && depth == 0) {
            part <<= 1;
        } else if (!g_ascii_isspace(*at) && *at != ';') {
            parts |= part;
        }
    }
    return parts;
}

static bool is_word_char(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '$' || (c & 0x80);
}

/* Behind ` volatile goto (`, at the text behind the word `asm`; NULL when it is no statement. */
static const char *asm_open(const char *at)
{
    static const char *const words[] = { " volatile", " inline", " goto" };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_has_prefix(at, words[i]))
            at += strlen(words[i]);
    return g_str_has_prefix(at, " (") ? at + 2 : NULL;
}

static void read_word(struct printed *printed, const char *word, size_t length)
{
    if (length == 3 && strncmp(word, "for (", 5) == 0) {
        unsigned parts = printed_parts(word + 5);

        g_array_append_val(printed->fors, parts);
    } else if (length == 3 && strncmp(word, "asm", 3) == 0) {
        const char *open = asm_open(word + length);

        if (open)
            g_ptr_array_add(printed->asms, (gpointer)open);
    }
}

static struct printed *read_printed(CXCursor root)
{
    struct printed *printed = g_new0(struct printed, 1);
    const char *at;

    printed->text = clang_getCursorPrettyPrinted(root, NULL);
    printed->fors = g_array_new(FALSE, FALSE, sizeof(unsigned));
    printed->asms = g_ptr_array_new();
    at = clang_getCString(printed->text);
    while (at && *at) {
        if (*at == '"' || *at == '\'') {
            at = printed_skip_quoted(at);
        } else if (is_word_char(*at)) {
            const char *word = at;

            while (is_word_char(*at))
                at++;
            read_word(printed, word, (size_t)(at - word));
        } else {
            at++;
        }
    }
    return printed;
}

static struct printed *printed_of(struct body *body)
{
    if (!body->printed)
        body->printed = read_printed(body->root->cursor);
    return body->printed;
}

void printed_free(struct printed *printed)
{
    if (!printed)
        return;
    clang_disposeString(printed->text);
    g_array_free(printed->fors, TRUE);
    g_ptr_array_free(printed->asms, TRUE);
    g_free(printed);
}

bool printed_for(struct body *body, struct node *stmt, unsigned *ret_parts)
{
    GArray *fors;

    if (stmt->in_block)
        return false;
    fors = printed_of(body)->fors;
    if (fors->len != body->root->for_index)
        return false;
    *ret_parts = g_array_index(fors, unsigned, stmt->for_index);
    return true;
}

const char *printed_asm(struct body *body, struct node *stmt)
{
    GPtrArray *asms;

    if (stmt->in_block)
        return NULL;
    asms = printed_of(body)->asms;
    if (asms->len != body->root->asm_index)
        return NULL;
    return asms->pdata[stmt->asm_index];
}
