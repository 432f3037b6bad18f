/*
 * clang's text for an error, as the command line would have shown it: place, severity, message, the line,
 * a caret with its ranges, fix-its, and the notes that belong to it. libclang only gives the parts.
 */
#include "front/errors.h"

#include <string.h>

#include "front/files.h"
#include "front/models.h"

/* clang's own limits: errors, and a line that is still shown */
enum { MOST_SHOWN = 20, LONGEST_LINE = 4096 };

struct look {
    const char *place, *error, *warning, *note, *message, *caret, *insertion, *end;
};

static const struct look plain = {"", "", "", "", "", "", "", ""};
static const struct look colored = {
    .place = "\033[1m",
    .error = "\033[0;1;31m",
    .warning = "\033[0;1;35m",
    .note = "\033[0;1;36m",
    .message = "\033[0m\033[1m",
    .caret = "\033[0;1;32m",
    .insertion = "\033[0;32m",
    .end = "\033[0m",
};

/* ------------------------------------------------------------------------------------ line and caret */

struct line {
    const char *text;
    size_t length;
    uint32_t start; /* offset of its first byte */
};

static struct line line_at(const char *text, size_t size, uint32_t offset)
{
    size_t begin = MIN(offset, size), end = begin;

    while (begin > 0 && text[begin - 1] != '\n')
        begin--;
    while (end < size && text[end] != '\n')
        end++;
    if (end > begin && text[end - 1] == '\r')
        end--;
    return (struct line){text + begin, end - begin, (uint32_t)begin};
}

/* Columns on a terminal up to byte `at`; tabs go to the next multiple of 8, as clang prints them. */
static size_t column_of(const struct line *line, size_t at)
{
    size_t column = 0;

    for (size_t i = 0; i < at && i < line->length; i++) {
        if (line->text[i] == '\t')
            column += 8 - column % 8;
        else if (((unsigned char)line->text[i] & 0xC0) != 0x80)
            column++;
    }
    return at > line->length ? column + (at - line->length) : column;
}

static void put_line(GString *out, const struct line *line)
{
    size_t column = 0;

    for (size_t i = 0; i < line->length; i++) {
        unsigned char c = (unsigned char)line->text[i];
        if (c == '\t') {
            do
                g_string_append_c(out, ' ');
            while (++column % 8);
        } else if (c < 0x20 || c == 0x7F) {
            g_string_append_printf(out, "<%02X>", c);
            column += 4;
        } else {
            g_string_append_c(out, (char)c);
            column += (c & 0xC0) != 0x80;
        }
    }
    g_string_append_c(out, '\n');
}

static void set_mark(GString *marks, size_t column, char mark)
{
    while (marks->len <= column)
        g_string_append_c(marks, ' ');
    if (marks->str[column] != '^')
        marks->str[column] = mark;
}

static bool is_on_line(const struct span *span, const struct line *line, struct position at)
{
    return span->file == at.file && span->end >= line->start && span->end > span->begin &&
           span->begin <= line->start + line->length;
}

static bool says(CXDiagnostic diagnostic, const char *start)
{
    CXString text = clang_getDiagnosticSpelling(diagnostic);
    bool does = g_str_has_prefix(clang_getCString(text), start);

    clang_disposeString(text);
    return does;
}

/* Such a note comes without the range that clang shows for it. */
static bool is_about_macro(CXDiagnostic diagnostic)
{
    return says(diagnostic, "expanded from macro");
}

static bool is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

static void put_marks(GString *out, struct front *front, CXDiagnostic diagnostic, struct position at,
                      const struct line *line)
{
    GString *marks = g_string_new(NULL);

    for (unsigned i = 0; i < clang_getDiagnosticNumRanges(diagnostic); i++) {
        CXSourceRange range = clang_getDiagnosticRange(diagnostic, i);
        struct span span = front_range_span(front, range, NULL);
        if (!is_on_line(&span, line, at))
            continue;
        uint32_t begin = MAX(span.begin, line->start);
        uint32_t end = MIN(span.end, line->start + (uint32_t)line->length);
        for (uint32_t b = begin; b < end; b++)
            set_mark(marks, column_of(line, b - line->start), '~');
    }
    if (clang_getDiagnosticNumRanges(diagnostic) == 0 && is_about_macro(diagnostic))
        for (size_t i = at.offset - line->start; is_word(line->text[i]) && i < line->length; i++)
            set_mark(marks, column_of(line, i), '~');
    set_mark(marks, column_of(line, at.offset - line->start), '^');
    g_string_append(out, marks->str);
    g_string_free(marks, TRUE);
}

static void put_fixits(GString *out, const struct look *look, const char *indent, struct front *front,
                       CXDiagnostic diagnostic, struct position at, const struct line *line)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < clang_getDiagnosticNumFixIts(diagnostic); i++) {
        CXSourceRange range;
        CXString replacement = clang_getDiagnosticFixIt(diagnostic, i, &range);
        struct span span = front_range_span(front, range, NULL);
        const char *words = clang_getCString(replacement);
        if (span.file == at.file && span.begin >= line->start &&
            span.begin <= line->start + line->length && words && !strchr(words, '\n')) {
            size_t column = column_of(line, span.begin - line->start);
            while (text->len < column)
                g_string_append_c(text, ' ');
            g_string_append(text, words);
        }
        clang_disposeString(replacement);
    }
    if (text->len)
        g_string_append_printf(out, "%s%s%s%s\n", indent, look->insertion, text->str, look->end);
    g_string_free(text, TRUE);
}

static unsigned digits(unsigned number)
{
    unsigned count = 1;

    while (number >= 10) {
        number /= 10;
        count++;
    }
    return count;
}

static void put_snippet(GString *out, const struct look *look, struct front *front,
                        CXDiagnostic diagnostic, struct position at, unsigned line_number)
{
    size_t size;
    const char *text = file_text(front->files, at.file, &size);

    if (!text || line_number == 0)
        return;
    struct line line = line_at(text, size, at.offset);
    if (line.length > LONGEST_LINE)
        return;
    unsigned width = MAX(digits(line_number), 4) + 1;
    g_string_append_printf(out, "%*u | ", (int)width, line_number);
    put_line(out, &line);
    char *indent = g_strdup_printf("%*s | ", (int)width, "");
    g_string_append_printf(out, "%s%s", indent, look->caret);
    put_marks(out, front, diagnostic, at, &line);
    g_string_append_printf(out, "%s\n", look->end);
    put_fixits(out, look, indent, front, diagnostic, at, &line);
    g_free(indent);
}

/* ------------------------------------------------------------------------------------- one diagnostic */

static void put_header(GString *out, const struct look *look, enum CXDiagnosticSeverity severity,
                       CXDiagnostic diagnostic)
{
    static const char *const words[] = {"", "note", "warning", "error", "fatal error"};
    const char *color = severity >= CXDiagnostic_Error     ? look->error
                        : severity == CXDiagnostic_Warning ? look->warning
                                                           : look->note;
    CXString message = clang_getDiagnosticSpelling(diagnostic);

    g_string_append_printf(out, "%s%s: %s%s%s\n", color, words[severity], look->message,
                           clang_getCString(message), look->end);
    clang_disposeString(message);
}

struct inclusion_search {
    struct front *front;
    uint32_t file;
    GString *out;
};

static void see_inclusion(CXFile included, CXSourceLocation *stack, unsigned depth, CXClientData data)
{
    struct inclusion_search *search = data;

    if (depth == 0 || file_number(search->front->files, included) != search->file)
        return;
    for (unsigned i = depth; i-- > 0;) {
        CXFile file;
        unsigned line;
        clang_getFileLocation(stack[i], &file, &line, NULL, NULL);
        if (!file) /* the command line */
            continue;
        const char *path = source_path(search->front->sources, file_number(search->front->files, file));
        g_string_append_printf(search->out, "In file included from %s:%u:\n", path, line);
    }
    search->file = 0; /* a file that is included twice is shown once */
}

/* Outermost first; said once for a run of errors in one file. */
static void put_includes(GString *out, struct front *front, uint32_t file, uint32_t *last_file)
{
    struct inclusion_search search = {front, file, out};

    if (file != *last_file)
        clang_getInclusions(front->tu, see_inclusion, &search);
    *last_file = file;
}

/* libclang says so in notes what the command line says in front. */
static bool is_about_inclusion(CXDiagnostic note)
{
    return says(note, "in file included from");
}

/* Models are one text that is on no disk: a place in them is where its part came from. */
static void put_place(GString *out, struct front *front, CXSourceLocation location, struct position at, unsigned line,
                      unsigned column)
{
    const char *path = source_path(front->sources, at.file);

    if (strcmp(path, models_path) != 0) {
        g_string_append_printf(out, "%s:%u:%u: ", path, line, column);
        return;
    }
    CXString name;
    clang_getPresumedLocation(location, &name, &line, &column);
    g_string_append_printf(out, "%s:%u:%u: ", clang_getCString(name), line, column);
    clang_disposeString(name);
}

static void put_diagnostic(GString *out, const struct look *look, struct front *front,
                           CXDiagnostic diagnostic, uint32_t *last_file)
{
    enum CXDiagnosticSeverity severity = clang_getDiagnosticSeverity(diagnostic);
    CXSourceLocation location = clang_getDiagnosticLocation(diagnostic);
    struct position at = file_position(front->files, location);
    CXFile file;
    unsigned line = 0, column = 0;

    clang_getFileLocation(location, &file, &line, &column, NULL);
    if (at.file) {
        if (severity > CXDiagnostic_Note)
            put_includes(out, front, at.file, last_file);
        g_string_append(out, look->place);
        put_place(out, front, location, at, line, column);
    }
    put_header(out, look, severity, diagnostic);
    if (at.file)
        put_snippet(out, look, front, diagnostic, at, line);

    CXDiagnosticSet notes = clang_getChildDiagnostics(diagnostic);
    for (unsigned i = 0; i < clang_getNumDiagnosticsInSet(notes); i++) {
        CXDiagnostic note = clang_getDiagnosticInSet(notes, i);
        if (!is_about_inclusion(note) && !says(note, "expanded from here"))
            put_diagnostic(out, look, front, note, last_file);
        clang_disposeDiagnostic(note);
    }
    clang_disposeDiagnosticSet(notes);
}

/*
 * Flags that only gcc knows are complained about, but the code was read all the same. Such complaints have
 * no place in a file.
 */
static bool is_about_a_flag(struct front *front, CXDiagnostic diagnostic)
{
    struct position at = file_position(front->files, clang_getDiagnosticLocation(diagnostic));
    CXString text = clang_getDiagnosticSpelling(diagnostic);
    const char *message = clang_getCString(text);
    bool is_flag = at.file == 0 && (strstr(message, "argument") || strstr(message, "option") ||
                                    strstr(message, "unsupported") || strstr(message, "'-"));

    clang_disposeString(text);
    return is_flag && clang_getDiagnosticSeverity(diagnostic) != CXDiagnostic_Fatal;
}

/* ------------------------------------------------------------------------------------------ all of them */

static void add_error(struct compile_errors *errors, struct front *front, CXDiagnostic diagnostic,
                      bool color)
{
    struct position at = file_position(front->files, clang_getDiagnosticLocation(diagnostic));
    struct span place = {at.file, at.offset, at.offset};

    errors->count++;
    g_array_append_val(errors->places, place);
    if (errors->count <= MOST_SHOWN)
        put_diagnostic(errors->text, color ? &colored : &plain, front, diagnostic,
                       &errors->last_file);
}

struct compile_errors *compile_errors_read(struct front *front, bool color)
{
    struct compile_errors *errors = NULL;

    for (unsigned i = 0; i < clang_getNumDiagnostics(front->tu); i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(front->tu, i);
        if (clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error &&
            !is_about_a_flag(front, diagnostic)) {
            if (!errors) {
                errors = g_new0(struct compile_errors, 1);
                errors->places = g_array_new(FALSE, FALSE, sizeof(struct span));
                errors->text = g_string_new(NULL);
            }
            add_error(errors, front, diagnostic, color);
        }
        clang_disposeDiagnostic(diagnostic);
    }
    if (errors)
        g_string_append_printf(errors->text, "%u error%s generated.\n", errors->count,
                               errors->count == 1 ? "" : "s");
    return errors;
}

void compile_errors_free(struct compile_errors *errors)
{
    if (!errors)
        return;
    g_array_free(errors->places, TRUE);
    if (errors->text)
        g_string_free(errors->text, TRUE);
    g_free(errors);
}

bool compile_errors_within(const struct compile_errors *errors, struct span span)
{
    for (guint i = 0; i < errors->places->len; i++) {
        struct span at = g_array_index(errors->places, struct span, i);
        if (at.file == span.file && at.begin >= span.begin && at.begin <= span.end)
            return true;
    }
    return false;
}
