/*
 * Comments that allow a finding:
 *
 *     n = count;     // fearless: allow(F0101) only the main thread runs by now
 *
 * Behind code such a comment is about its own line; alone on its line (or several of them, one below the other) about
 * the next line. Files are read as clang read them, comment by comment: a string that contains the words is none.
 */
#include <string.h>

#include "front/files.h"
#include "front/lower.h"

static const char words[] = "fearless:";

struct reading {
    struct front *front;
    const char *text;
    size_t size;
    uint32_t file;
    bool is_in_header;
};

/* Behind a literal; one that is not closed ends with its line (an apostrophe in #error or in text that #if 0 hides). */
static size_t literal_end(const char *text, size_t at, size_t size)
{
    char quote = text[at++];

    while (at < size && text[at] != quote && text[at] != '\n')
        at += text[at] == '\\' && at + 1 < size ? 2 : 1;
    return at < size && text[at] == quote ? at + 1 : MIN(at, size);
}

/* Behind a comment: a line's goes on behind a backslash. */
static size_t comment_end(const char *text, size_t at, size_t size)
{
    if (text[at + 1] == '*') {
        for (at += 2; at < size; at++)
            if (text[at] == '*' && text[at + 1] == '/')
                return at + 2;
        return size;
    }
    while (at < size && text[at] != '\n')
        at += text[at] == '\\' && at + 1 < size ? 2 : 1;
    return MIN(at, size);
}

static size_t line_start(const char *text, size_t at)
{
    while (at > 0 && text[at - 1] != '\n')
        at--;
    return at;
}

/* The newline, or the end of the text. */
static size_t line_end(const char *text, size_t at)
{
    return at + strcspn(text + at, "\n");
}

static size_t skip_blanks(const char *text, size_t at)
{
    return at + strspn(text + at, " \t\r");
}

static bool is_comment(const char *text, size_t at)
{
    return text[at] == '/' && (text[at + 1] == '/' || text[at + 1] == '*');
}

/* Which bytes' findings a comment is about. */
static struct span covered(const struct reading *r, size_t begin, size_t end)
{
    size_t line = line_start(r->text, begin), stop = line_end(r->text, end);
    bool is_alone = skip_blanks(r->text, line) == begin && skip_blanks(r->text, end) == stop;

    while (is_alone && r->text[stop]) {
        size_t next = skip_blanks(r->text, stop + 1);
        stop = line_end(r->text, next);
        if (!is_comment(r->text, next))
            break;
    }
    return (struct span){ r->file, (uint32_t)line, (uint32_t)stop };
}

/* Is there a word between at and the end of the comment? */
static bool has_reason(const char *text, size_t at, size_t end)
{
    for (; at < end; at++)
        if (g_ascii_isalnum(text[at]) || (unsigned char)text[at] >= 0x80)
            return true;
    return false;
}

static void read_comment(const struct reading *r, size_t begin, size_t end)
{
    const char *text = r->text;
    size_t at = skip_blanks(text, begin + 2), close;

    if (strncmp(text + at, words, strlen(words)) != 0)
        return;
    at = skip_blanks(text, at + strlen(words));
    if (strncmp(text + at, "allow(", strlen("allow(")) != 0)
        return;
    at += strlen("allow(");
    close = at + strcspn(text + at, ")\n");
    if (close >= end || text[close] != ')')
        return;
    struct span covers = covered(r, begin, end);
    bool reason = has_reason(text, close + 1, end);
    while (at < close) {
        at = skip_blanks(text, at);
        size_t stop = at + strcspn(text + at, ", \t)");
        if (stop > at && stop <= close) {
            struct ir_allow allow = {
                .code = arena_strndup(r->front->arena, text + at, stop - at),
                .span = { r->file, (uint32_t)at, (uint32_t)stop },
                .covers = covers,
                .has_reason = reason,
                .is_in_header = r->is_in_header,
            };
            g_array_append_val(r->front->allow_list, allow);
        }
        at = stop + 1;
    }
}

static void read_text(const struct reading *r)
{
    const char *text = r->text;
    size_t at = 0;

    while (at < r->size) {
        if (is_comment(text, at)) {
            size_t end = comment_end(text, at, r->size);
            read_comment(r, at, end);
            at = end;
        } else if (text[at] == '"' || text[at] == '\'') {
            at = literal_end(text, at, r->size);
        } else if (g_ascii_isdigit(text[at])) {
            while (g_ascii_isalnum(text[at]) || text[at] == '\'') /* 1'000 */
                at++;
        } else if (g_ascii_isalpha(text[at]) || text[at] == '_') {
            while (g_ascii_isalnum(text[at]) || text[at] == '_')
                at++;
        } else {
            at++;
        }
    }
}

static void see_file(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data)
{
    struct front *front = data;
    CXSourceLocation start = clang_getLocationForOffset(front->tu, file, 0);
    struct reading r = { .front = front, .is_in_header = depth > 0 };

    (void)stack;
    if (clang_Location_isInSystemHeader(start))
        return;
    r.file = file_number(front->files, file);
    r.text = file_text(front->files, r.file, &r.size);
    for (guint i = 0; i < front->allow_list->len; i++)
        if (g_array_index(front->allow_list, struct ir_allow, i).span.file == r.file)
            return; /* included before */
    if (r.text && strstr(r.text, words))
        read_text(&r);
}

void front_read_allows(struct front *front)
{
    clang_getInclusions(front->tu, see_file, front);
}
