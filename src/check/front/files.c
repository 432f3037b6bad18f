#include "front/files.h"

#include <string.h>

/* One inclusion of a file: the locations first up to, not including, end. */
struct inclusion {
    uint32_t first, end;
    uint32_t file;
};

struct file_map {
    CXTranslationUnit tu;
    struct source_table *sources;
    char *directory;
    char *prefix;           /* what file names lose to be relative to where this process runs */
    GArray *inclusions;     /* sorted by first */
    guint last;             /* index of the one that was asked for last */
    GHashTable *numbers;    /* CXFile -> file number */
    GArray *contents;       /* file number -> struct file_content */
};

/* What clang read; asking it again each time searches all inclusions. */
struct file_content {
    CXFile file;
    const char *text;
    size_t size;
    bool is_read;
};

/* Set in a location's number when a macro wrote it (clang's SourceLocation). */
#define MACRO_BIT 0x80000000u

struct file_map *file_map_new(CXTranslationUnit tu, struct source_table *sources, const char *directory)
{
    struct file_map *map = g_new0(struct file_map, 1);

    map->tu = tu;
    map->sources = sources;
    map->directory = g_strdup(directory);
    if (directory) {
        char *here = g_get_current_dir();
        map->prefix = g_strconcat(here, G_DIR_SEPARATOR_S, NULL);
        g_free(here);
    }
    map->inclusions = g_array_new(FALSE, FALSE, sizeof(struct inclusion));
    map->numbers = g_hash_table_new(NULL, NULL);
    map->contents = g_array_new(FALSE, TRUE, sizeof(struct file_content));
    return map;
}

void file_map_free(struct file_map *map)
{
    if (!map)
        return;
    g_free(map->directory);
    g_free(map->prefix);
    g_array_free(map->inclusions, TRUE);
    g_hash_table_destroy(map->numbers);
    g_array_free(map->contents, TRUE);
    g_free(map);
}

static uint32_t number_of_name(struct file_map *map, const char *name)
{
    if (!map->directory)
        return source_file(map->sources, name);

    char *full = g_path_is_absolute(name) ? g_strdup(name)
                                          : g_build_filename(map->directory, name, NULL);
    uint32_t number = source_file(map->sources, g_str_has_prefix(full, map->prefix)
                                                    ? full + strlen(map->prefix) : full);
    g_free(full);
    return number;
}

uint32_t file_number(struct file_map *map, CXFile file)
{
    if (!file)
        return 0;
    void *known = g_hash_table_lookup(map->numbers, file);
    if (known)
        return GPOINTER_TO_UINT(known);

    CXString name = clang_getFileName(file);
    uint32_t number = number_of_name(map, clang_getCString(name));
    clang_disposeString(name);
    g_hash_table_insert(map->numbers, file, GUINT_TO_POINTER(number));
    if (map->contents->len <= number)
        g_array_set_size(map->contents, number + 1);
    g_array_index(map->contents, struct file_content, number).file = file;
    return number;
}

const char *file_text(struct file_map *map, uint32_t file, size_t *ret_size)
{
    struct file_content *content = NULL;

    if (file < map->contents->len)
        content = &g_array_index(map->contents, struct file_content, file);
    if (content && content->file && !content->is_read) {
        content->text = clang_getFileContents(map->tu, content->file, &content->size);
        content->is_read = true;
    }
    if (ret_size)
        *ret_size = content ? content->size : 0;
    return content ? content->text : NULL;
}

bool location_is_macro(CXSourceLocation location)
{
    return location.int_data & MACRO_BIT;
}

/* The inclusion that holds location, or NULL; the search ends at the last one that starts before it. */
static const struct inclusion *find_inclusion(struct file_map *map, uint32_t location)
{
    const struct inclusion *all = (const struct inclusion *)(void *)map->inclusions->data;
    guint low = 0, high = map->inclusions->len;

    if (map->last < high && all[map->last].first <= location && location < all[map->last].end)
        return &all[map->last];
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (all[middle].end <= location)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == map->inclusions->len || all[low].first > location)
        return NULL;
    map->last = low;
    return &all[low];
}

static void add_inclusion(struct file_map *map, uint32_t location, struct position at)
{
    size_t size;
    struct inclusion made = {.first = location - at.offset, .file = at.file};
    guint place = 0;

    if (!file_text(map, at.file, &size))
        return;
    made.end = made.first + (uint32_t)size + 1; /* the end of the file is a location, too */
    while (place < map->inclusions->len &&
           g_array_index(map->inclusions, struct inclusion, place).first < made.first)
        place++;
    g_array_insert_val(map->inclusions, place, made);
}

struct position file_position(struct file_map *map, CXSourceLocation location)
{
    CXFile file;
    struct position at = {0, 0};

    if (location.int_data == 0)
        return at;
    if (!location_is_macro(location)) {
        const struct inclusion *in = find_inclusion(map, location.int_data);
        if (in)
            return (struct position){in->file, location.int_data - in->first};
    }
    clang_getFileLocation(location, &file, NULL, NULL, &at.offset);
    at.file = file_number(map, file);
    if (at.file && !location_is_macro(location))
        add_inclusion(map, location.int_data, at);
    return at;
}

typedef void location_question(CXSourceLocation, CXFile *, unsigned *, unsigned *, unsigned *);

/* Inside a macro the answers differ; elsewhere there is one. */
static struct position ask(struct file_map *map, CXSourceLocation location, location_question *question)
{
    CXFile file;
    struct position at;

    if (!location_is_macro(location))
        return file_position(map, location);
    question(location, &file, NULL, NULL, &at.offset);
    at.file = file_number(map, file);
    return at;
}

struct position spelling_position(struct file_map *map, CXSourceLocation location)
{
    return ask(map, location, clang_getSpellingLocation);
}

struct position expansion_position(struct file_map *map, CXSourceLocation location)
{
    return ask(map, location, clang_getExpansionLocation);
}
