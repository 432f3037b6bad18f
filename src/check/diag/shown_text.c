/*
 * How source text is shown: what a terminal would interpret is made visible, and every column
 * counts.
 */
#include <string.h>

#include "snippet.h"

enum { TAB_WIDTH = 4 };

/*
 * The character at p, which advances; a byte that is no UTF-8 is shown as the replacement
 * character.
 */
static gunichar next_character(const char **p, const char *end)
{
    gunichar ch = g_utf8_get_char_validated(*p, end - *p);

    if (ch == (gunichar)-1 || ch == (gunichar)-2) {
        (*p)++;
        return 0xFFFD;
    }
    *p = ch ? g_utf8_next_char(*p) : *p + 1;
    return ch;
}

/* Characters that reorder what follows them could make the shown code lie. */
static bool reorders_text(gunichar ch)
{
    return (ch >= 0x202A && ch <= 0x202E) || (ch >= 0x2066 && ch <= 0x2069);
}

static unsigned character_width(gunichar ch)
{
    if (ch == '\t')
        return TAB_WIDTH;
    if (ch < 0x20 || ch == 0x7F || reorders_text(ch))
        return 1;
    if (g_unichar_iszerowidth(ch))
        return 0;
    return g_unichar_iswide(ch) ? 2 : 1;
}

char *shown_text(const char *line, size_t length)
{
    const char *end = line + length;
    GString *out = g_string_sized_new(length + 16);

    while (line < end) {
        gunichar ch = next_character(&line, end);
        if (ch == '\t')
            g_string_append(out, "    ");
        else if (ch < 0x20)
            g_string_append_unichar(out, 0x2400 + ch);
        else if (ch == 0x7F)
            g_string_append_unichar(out, 0x2421);
        else if (reorders_text(ch))
            g_string_append_unichar(out, 0xFFFD);
        else if (ch != 0x200D)
            g_string_append_unichar(out, ch);
    }
    return g_string_free(out, FALSE);
}

uint32_t shown_column(const char *line, size_t length, size_t byte)
{
    const char *end = line + length;
    const char *stop = line + MIN(byte, length);
    uint32_t column = 0;

    while (line < stop)
        column += character_width(next_character(&line, end));
    return column;
}

size_t shown_byte(const char *line, size_t length, uint32_t column)
{
    const char *end = line + length, *at = line;
    uint32_t passed = 0;

    while (at < end && passed < column)
        passed += character_width(next_character(&at, end));
    return (size_t)(at - line);
}
