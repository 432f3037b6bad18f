#include "source.h"

#include <glib.h>
#include <string.h>

enum load_state {
    NOT_LOADED,
    LOADED,
    UNREADABLE,
};

struct source {
    char *path;
    enum load_state state;
    char *text;
    size_t length;
    GArray *line_starts; /* of uint32_t, the first is 0; NULL until lines are asked for */
};

struct source_table {
    GPtrArray *files;    /* of struct source *; file n is at n - 1 */
    GHashTable *by_path; /* path -> file number */
};

static void source_free(void *data)
{
    struct source *s = data;

    g_free(s->path);
    g_free(s->text);
    if (s->line_starts)
        g_array_free(s->line_starts, TRUE);
    g_free(s);
}

struct source_table *source_table_new(void)
{
    struct source_table *table = g_new0(struct source_table, 1);

    table->files = g_ptr_array_new_with_free_func(source_free);
    table->by_path = g_hash_table_new(g_str_hash, g_str_equal);
    return table;
}

void source_table_free(struct source_table *table)
{
    if (!table)
        return;
    g_hash_table_destroy(table->by_path);
    g_ptr_array_free(table->files, TRUE);
    g_free(table);
}

static struct source *lookup(const struct source_table *table, uint32_t file)
{
    if (file == 0 || file > table->files->len)
        return NULL;
    return g_ptr_array_index(table->files, file - 1);
}

uint32_t source_file(struct source_table *table, const char *path)
{
    void *known = g_hash_table_lookup(table->by_path, path);
    if (known)
        return GPOINTER_TO_UINT(known);

    struct source *s = g_new0(struct source, 1);
    s->path = g_strdup(path);
    g_ptr_array_add(table->files, s);
    g_hash_table_insert(table->by_path, s->path, GUINT_TO_POINTER(table->files->len));
    return table->files->len;
}

const char *source_path(const struct source_table *table, uint32_t file)
{
    const struct source *s = lookup(table, file);

    return s ? s->path : "<unknown>";
}

uint32_t source_count(const struct source_table *table)
{
    return table->files->len;
}

void source_set_text(struct source_table *table, uint32_t file, const char *text, size_t length)
{
    struct source *s = lookup(table, file);

    g_return_if_fail(s && s->state == NOT_LOADED);
    s->text = g_malloc(length + 1);
    memcpy(s->text, text, length);
    s->text[length] = '\0';
    s->length = length;
    s->state = LOADED;
}

static struct source *loaded(struct source_table *table, uint32_t file)
{
    struct source *s = lookup(table, file);

    if (!s)
        return NULL;
    if (s->state == NOT_LOADED) {
        /* Offsets are 32 bits wide; clang refuses larger files, too. */
        if (g_file_get_contents(s->path, &s->text, &s->length, NULL) && s->length < UINT32_MAX) {
            s->state = LOADED;
        } else {
            g_clear_pointer(&s->text, g_free);
            s->state = UNREADABLE;
        }
    }
    return s->state == LOADED ? s : NULL;
}

const char *source_text(struct source_table *table, uint32_t file, size_t *ret_length)
{
    struct source *s = loaded(table, file);

    if (!s)
        return NULL;
    if (ret_length)
        *ret_length = s->length;
    return s->text;
}

static struct source *with_lines(struct source_table *table, uint32_t file)
{
    struct source *s = loaded(table, file);

    if (!s || s->line_starts)
        return s;

    uint32_t start = 0;
    s->line_starts = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(s->line_starts, start);
    for (const char *p = s->text; (p = memchr(p, '\n', s->length - (size_t)(p - s->text))); p++) {
        start = (uint32_t)(p - s->text) + 1;
        g_array_append_val(s->line_starts, start);
    }
    return s;
}

uint32_t source_line_count(struct source_table *table, uint32_t file)
{
    struct source *s = with_lines(table, file);

    return s ? s->line_starts->len : 0;
}

/* The last line that starts at or before offset, counted from 0. */
static uint32_t line_index_at(const struct source *s, uint32_t offset)
{
    uint32_t low = 0, high = s->line_starts->len;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (g_array_index(s->line_starts, uint32_t, middle) <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* A byte that continues a UTF-8 character does not start a column of its own. */
static bool starts_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

bool source_line_col(struct source_table *table, uint32_t file, uint32_t offset, uint32_t *ret_line,
                     uint32_t *ret_column)
{
    struct source *s = with_lines(table, file);

    if (!s)
        return false;
    if (offset > s->length)
        offset = (uint32_t)s->length;

    uint32_t index = line_index_at(s, offset);
    uint32_t column = 1;
    for (uint32_t i = g_array_index(s->line_starts, uint32_t, index); i < offset; i++)
        column += starts_character(s->text[i]);
    *ret_line = index + 1;
    *ret_column = column;
    return true;
}

const char *source_line(struct source_table *table, uint32_t file, uint32_t line,
                        size_t *ret_length, uint32_t *ret_offset)
{
    struct source *s = with_lines(table, file);

    if (!s || line == 0 || line > s->line_starts->len)
        return NULL;

    uint32_t start = g_array_index(s->line_starts, uint32_t, line - 1);
    size_t end =
        line < s->line_starts->len ? g_array_index(s->line_starts, uint32_t, line) - 1 : s->length;
    if (end > start && s->text[end - 1] == '\r')
        end--;
    *ret_length = end - start;
    if (ret_offset)
        *ret_offset = start;
    return s->text + start;
}

uint32_t source_offset(struct source_table *table, uint32_t file, uint32_t line,
                       uint32_t byte_column)
{
    size_t length;
    uint32_t start;

    if (!source_line(table, file, line, &length, &start))
        return 0;
    uint32_t back = byte_column ? byte_column - 1 : 0;
    return start + (back > length ? (uint32_t)length : back);
}
