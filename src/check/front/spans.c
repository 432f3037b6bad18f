/*
 * Where the user wrote it.
 *
 * The extent that libclang gives ends in the file where the last token's outermost macro ends, or in a
 * macro's argument; it begins where the first token is. What a macro had a part in is put right here:
 * in an argument it is that argument, in a macro's body the macro's use (ir.md, Spans).
 */
#include "front/files.h"
#include "front/lower.h"

#include <string.h>

static bool is_name_char(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '$' || (c & 0x80);
}

static size_t skip_name(const char *text, size_t at)
{
    while (is_name_char(text[at]))
        at++;
    return at;
}

/* Behind a string or character constant whose opening quote is at `at`. */
static size_t skip_quoted(const char *text, size_t at)
{
    char quote = text[at++];

    while (text[at] && text[at] != quote && text[at] != '\n')
        at += text[at] == '\\' && text[at + 1] ? 2 : 1;
    return text[at] == quote ? at + 1 : at;
}

static size_t skip_comment(const char *text, size_t at)
{
    if (text[at] == '/' && text[at + 1] == '*') {
        const char *end = strstr(text + at + 2, "*/");
        return end ? (size_t)(end - text) + 2 : at + strlen(text + at);
    }
    if (text[at] == '/' && text[at + 1] == '/')
        return at + strcspn(text + at, "\n");
    return at;
}

static size_t skip_space(const char *text, size_t at)
{
    for (;;) {
        size_t start = at;
        while (g_ascii_isspace(text[at]) || (text[at] == '\\' && text[at + 1] == '\n'))
            at++;
        at = skip_comment(text, at);
        if (at == start)
            return at;
    }
}

/*
 * Walks from `at` to `end`, then on until no parenthesis that was opened on the way is open. A comma that is in
 * none is reported. Gives the offset behind.
 */
static size_t balanced_end(const char *text, size_t at, size_t end, bool *ret_comma)
{
    int depth = 0;

    while (text[at] && (at < end || depth > 0)) {
        size_t comment = skip_comment(text, at);
        if (comment != at) {
            at = comment;
            continue;
        }
        if (text[at] == '"' || text[at] == '\'') {
            at = skip_quoted(text, at);
            continue;
        }
        depth += (text[at] == '(') - (text[at] == ')');
        if (text[at] == ',' && depth == 0)
            *ret_comma = true;
        at++;
    }
    return at;
}

/*
 * Everything that one use of a macro makes asks for that use's end, and each token of a definition for that
 * definition: answers that were found by scanning text are kept, by position, until another takes the room.
 */
enum { KEPT_ANSWERS = 1024 };
enum question { IS_FUNCTION_LIKE, END_OF_USE, END_OF_USE_WITH_ARGUMENTS };

struct answer {
    struct position at; /* file 0: none yet */
    uint32_t question, value;
};

struct macro_answers {
    struct answer all[KEPT_ANSWERS];
};

static struct answer *answer_at(struct front *front, struct position at, enum question question,
                                bool *ret_is_known)
{
    uint32_t hash = (at.offset * 4 + question + at.file * 7919) * 2654435761u;
    struct answer *answer;

    if (!front->macro_answers)
        front->macro_answers = ARENA_NEW(front->arena, struct macro_answers);
    answer = &front->macro_answers->all[hash >> 22];
    *ret_is_known = answer->at.file == at.file && answer->at.offset == at.offset &&
                    answer->question == question;
    answer->at = at;
    answer->question = question;
    return answer;
}

static bool definition_takes_arguments(struct front *front, struct position spelling)
{
    const char *text = file_text(front->files, spelling.file, NULL);
    size_t line = spelling.offset;

    if (!text)
        return true;
    /* to the start of the line that the definition's last line continues */
    while (line > 0 && !(text[line - 1] == '\n' && (line < 2 || text[line - 2] != '\\')))
        line--;
    size_t at = skip_space(text, line);
    if (text[at] != '#')
        return true;
    at = skip_space(text, at + 1);
    if (strncmp(text + at, "define", strlen("define")) != 0)
        return true;
    at = skip_name(text, skip_space(text, at + strlen("define")));
    return text[at] == '(';
}

/* Does the macro take arguments, in whose body `spelling` stands? Yes, when it is in no file. */
static bool is_function_like(struct front *front, struct position spelling)
{
    bool is_known;

    if (!spelling.file)
        return true;
    struct answer *answer = answer_at(front, spelling, IS_FUNCTION_LIKE, &is_known);
    if (!is_known)
        answer->value = definition_takes_arguments(front, spelling);
    return answer->value;
}

static uint32_t scan_use(struct front *front, struct position name, bool takes_arguments)
{
    const char *text = file_text(front->files, name.file, NULL);
    bool comma;

    if (!text)
        return name.offset;
    size_t end = skip_name(text, name.offset);
    size_t open = skip_space(text, end);
    if (takes_arguments && text[open] == '(')
        end = balanced_end(text, open, open + 1, &comma);
    return (uint32_t)end;
}

/* Behind the macro's use whose name is at `name`. */
static uint32_t macro_use_end(struct front *front, struct position name, bool takes_arguments)
{
    bool is_known;

    if (!name.file)
        return name.offset;
    struct answer *answer = answer_at(
        front, name, takes_arguments ? END_OF_USE_WITH_ARGUMENTS : END_OF_USE, &is_known);
    if (!is_known)
        answer->value = scan_use(front, name, takes_arguments);
    return answer->value;
}

enum writer {
    IN_FILE,     /* no macro */
    IN_ARGUMENT, /* the user, in a macro's argument */
    IN_BODY,     /* whoever defined the macro */
};

struct place_of_token {
    enum writer writer;
    struct position at, spelling;
};

static struct place_of_token look_up(struct front *front, CXSourceLocation location)
{
    struct place_of_token found = {IN_FILE, file_position(front->files, location), {0, 0}};

    if (!location_is_macro(location))
        return found;
    found.spelling = spelling_position(front->files, location);
    bool same = found.spelling.file == found.at.file && found.spelling.offset == found.at.offset;
    found.writer = same ? IN_ARGUMENT : IN_BODY;
    return found;
}

static struct span macro_use(struct front *front, struct position name, bool takes_arguments)
{
    return (struct span){name.file, name.offset, macro_use_end(front, name, takes_arguments)};
}

/* Starts in an argument. */
static struct span span_from_argument(struct front *front, CXSourceRange range,
                                      struct place_of_token first, struct place_of_token last,
                                      bool *ret_in_macro_body)
{
    struct span span = {first.at.file, first.at.offset, last.at.offset};
    CXSourceLocation begin = clang_getRangeStart(range);
    struct position outermost = expansion_position(front->files, begin);

    if (last.writer == IN_FILE) {
        /* INC(x) as `x++` is the whole use; in ID(x) + 1 the use is a part. */
        struct span use = macro_use(front, outermost, true);
        *ret_in_macro_body = last.at.offset <= use.end;
        span.begin = use.begin;
        return span;
    }
    if (last.writer == IN_BODY) {
        struct span use = macro_use(front, last.at, is_function_like(front, last.spelling));
        if (last.at.offset <= first.at.offset) {
            *ret_in_macro_body = true; /* ID(INC(x)) */
            return use;
        }
        span.end = use.end; /* ID(x + MAX) */
        return span;
    }
    if (range.end_int_data - range.begin_int_data == span.end - span.begin)
        return span; /* all in one argument */
    const char *text = file_text(front->files, span.file, NULL);
    bool comma = false;
    size_t end = text && span.end >= span.begin ? balanced_end(text, span.begin, span.end, &comma) : 0;
    if (comma || end == 0) { /* ADD(a, b) */
        *ret_in_macro_body = true;
        return macro_use(front, outermost, true);
    }
    span.end = (uint32_t)end; /* ID(x + ID(y)) */
    return span;
}

struct span front_range_span(struct front *front, CXSourceRange range, bool *ret_in_macro_body)
{
    CXSourceLocation begin = {{range.ptr_data[0], range.ptr_data[1]}, range.begin_int_data};
    CXSourceLocation end = {{range.ptr_data[0], range.ptr_data[1]}, range.end_int_data};
    bool ignored;

    if (!ret_in_macro_body)
        ret_in_macro_body = &ignored;
    *ret_in_macro_body = false;
    struct place_of_token first = look_up(front, begin), last = look_up(front, end);
    struct span span = {first.at.file, first.at.offset, last.at.offset};
    if (first.at.file == 0)
        return NO_SPAN;

    if (first.writer == IN_FILE && last.writer != IN_FILE) {
        /* x + ID(y): up to where the use ends */
        struct position use = expansion_position(front->files, end);
        span.end = MAX(macro_use_end(front, use, true), last.at.offset);
    } else if (first.writer == IN_ARGUMENT) {
        span = span_from_argument(front, range, first, last, ret_in_macro_body);
    } else if (first.writer == IN_BODY) {
        bool takes_arguments = is_function_like(front, first.spelling);
        struct span use = macro_use(front, first.at, takes_arguments);
        if (last.at.file != span.file || last.writer != IN_FILE || last.at.offset <= use.end) {
            *ret_in_macro_body = true;
            return use;
        }
    }
    if (last.at.file != span.file || span.end < span.begin)
        span.end = span.begin;
    return span;
}

struct span front_span(struct front *front, CXCursor cursor, bool *ret_in_macro_body)
{
    return front_range_span(front, clang_getCursorExtent(cursor), ret_in_macro_body);
}

struct span front_name_span(struct front *front, CXCursor decl)
{
    CXSourceLocation location = clang_getCursorLocation(decl);
    struct position at = file_position(front->files, location);
    const char *text = file_text(front->files, at.file, NULL);

    if (!text)
        return NO_SPAN;
    return (struct span){at.file, at.offset, (uint32_t)skip_name(text, at.offset)};
}

struct span front_end_brace(struct front *front, CXCursor compound)
{
    struct span span = front_span(front, compound, NULL);

    if (span.end > span.begin)
        span.begin = span.end - 1;
    return span;
}

const char *front_first_token(struct front *front, CXCursor cursor)
{
    CXSourceLocation location = clang_getCursorLocation(cursor);
    struct position at = spelling_position(front->files, location);
    const char *text = file_text(front->files, at.file, NULL);

    if (!text || !text[at.offset])
        return "";
    size_t end = skip_name(text, at.offset);
    if (end == at.offset)
        end++;
    return arena_strndup(front->arena, text + at.offset, end - at.offset);
}
