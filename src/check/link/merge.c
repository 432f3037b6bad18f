#include "link/merge.h"

#include <string.h>

#include "base/hash.h"
#include "link/merge_parts.h"

struct merge *merge_new(struct source_table *sources)
{
    struct merge *merge = g_new0(struct merge, 1);

    merge->sources = sources;
    merge->arena = arena_new();
    merge->unit = ARENA_NEW(merge->arena, struct ir_unit);
    merge->unit->arena = merge->arena;
    merge->nodes = type_nodes_new(merge->arena);
    merge->units = g_ptr_array_new();
    merge->texts = g_hash_table_new(g_str_hash, g_str_equal);
    merge->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    merge->records = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    merge->tags = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    merge->incomplete = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    merge->enumerations = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    merge->functions = g_hash_table_new(g_str_hash, g_str_equal);
    merge->globals = g_hash_table_new(g_str_hash, g_str_equal);
    merge->header_functions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    merge->header_globals = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    merge->seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    merge->function_list = g_ptr_array_new();
    merge->global_list = g_ptr_array_new();
    merge->owned = g_ptr_array_new();
    merge->marked = g_ptr_array_new();
    merge->strings = g_array_new(FALSE, FALSE, sizeof(struct ir_string));
    merge->unsafe = g_array_new(FALSE, FALSE, sizeof(struct ir_unsafe));
    merge->allows = g_array_new(FALSE, FALSE, sizeof(struct ir_allow));
    return merge;
}

static void unit_in_free(struct unit_in *in)
{
    for (uint32_t i = 0; in->types && i < in->maps.type_count; i++)
        g_free(in->types[i].params);
    for (uint32_t i = 0; in->records && i < in->maps.record_count; i++)
        g_free(in->records[i].field_types);
    g_free(in->types);
    g_free(in->records);
    g_free(in->enumerations);
    g_free(in->has_body);
    g_free(in->takes_body);
    g_free(in->maps.texts);
    g_free(in->maps.types);
    g_free(in->maps.records);
    g_free(in->maps.functions);
    g_free(in->maps.globals);
    g_free(in->maps.files);
    g_free(in);
}

static void merge_free(struct merge *merge)
{
    GHashTable *tables[] = {merge->texts, merge->files, merge->records, merge->tags, merge->incomplete,
                            merge->enumerations, merge->functions, merge->globals, merge->header_functions,
                            merge->header_globals, merge->seen};
    GPtrArray *lists[] = {merge->function_list, merge->global_list, merge->owned, merge->marked};

    for (guint i = 0; i < merge->units->len; i++)
        unit_in_free(merge->units->pdata[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        g_hash_table_destroy(tables[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        g_ptr_array_free(lists[i], TRUE);
    g_ptr_array_free(merge->units, TRUE);
    g_array_free(merge->strings, TRUE);
    g_array_free(merge->unsafe, TRUE);
    g_array_free(merge->allows, TRUE);
    type_nodes_free(merge->nodes);
    g_free(merge);
}

/* -------------------------------------------------------------------------------- pass 1: files and types */

static const char *take_bytes(struct archive *a, uint32_t *ret_length)
{
    const char *bytes = (const char *)a->at;

    archive_count(a, ret_length);
    bytes = (const char *)a->at;
    a->at += *ret_length;
    return bytes;
}

static const char *intern(struct merge *merge, const char *bytes, uint32_t length)
{
    char *copy = g_strndup(bytes, length);
    const char *known = g_hash_table_lookup(merge->texts, copy);

    if (!known) {
        known = arena_strndup(merge->arena, copy, strlen(copy));
        g_hash_table_add(merge->texts, (void *)known);
    }
    g_free(copy);
    return known;
}

/* One file has one number, by whatever way a unit came to it; the first way is shown. */
static uint32_t file_number(struct merge *merge, const char *path, bool is_shortened, const char *here)
{
    char *canonical = g_canonicalize_filename(path, "/");
    uint32_t number = GPOINTER_TO_UINT(g_hash_table_lookup(merge->files, canonical));

    if (number) {
        g_free(canonical);
        return number;
    }
    bool is_below = is_shortened && g_str_has_prefix(path, here) && path[strlen(here)] == '/';
    number = source_file(merge->sources, is_below ? path + strlen(here) + 1 : path);
    g_hash_table_insert(merge->files, canonical, GUINT_TO_POINTER(number));
    return number;
}

static void read_files(struct merge *merge, struct unit_in *in)
{
    char *here = g_get_current_dir();
    uint32_t count = 0;

    archive_count(&in->a, &count);
    in->maps.files = g_new0(uint32_t, count + 1);
    in->maps.file_count = count + 1;
    for (uint32_t i = 1; i <= count; i++) {
        uint32_t is_shortened = 0, length = 0;
        archive_number(&in->a, &is_shortened);
        const char *bytes = take_bytes(&in->a, &length);
        char *path = g_strndup(bytes, length);
        in->maps.files[i] = file_number(merge, path, is_shortened, here);
        g_free(path);
    }
    g_free(here);
}

static void read_texts(struct merge *merge, struct unit_in *in)
{
    uint32_t count = 0;

    archive_count(&in->a, &count);
    in->maps.texts = g_new0(const char *, count + 1);
    in->maps.text_count = count + 1;
    for (uint32_t i = 1; i <= count && !in->a.bad; i++) {
        uint32_t length = 0;
        const char *bytes = take_bytes(&in->a, &length);
        in->maps.texts[i] = intern(merge, bytes, length);
    }
}

/* The number of things in a table that comes later; nothing bounds it but the bytes that are left. */
static uint32_t table_size(struct archive *a)
{
    uint32_t count = 0;

    archive_count(a, &count);
    return count + 1;
}

bool merge_add(struct merge *merge, const uint8_t *bytes, size_t length)
{
    struct unit_in *in = g_new0(struct unit_in, 1);
    uint32_t main_file = 0, flags = 0;

    g_ptr_array_add(merge->units, in);
    if (!stored_open(bytes, length, &in->a)) {
        in->a.bad = true;
        return false;
    }
    in->a.arena = merge->arena;
    in->a.maps = &in->maps;
    read_files(merge, in);
    read_texts(merge, in);
    archive_text(&in->a, &in->path);
    archive_number(&in->a, &main_file);
    in->main_file = main_file < in->maps.file_count ? in->maps.files[main_file] : 0;
    archive_number(&in->a, &flags);
    in->unwinds = flags & 1;
    in->is_annotated = flags >> 1 & 1;
    in->enumeration_count = table_size(&in->a);
    in->maps.record_count = table_size(&in->a);
    in->maps.type_count = table_size(&in->a);
    in->enumerations = g_new0(struct ir_enumeration *, in->enumeration_count);
    in->records = g_new0(struct raw_record, in->maps.record_count);
    in->maps.records = g_new0(const struct ir_record *, in->maps.record_count);
    in->types = g_new0(struct raw_type, in->maps.type_count);
    in->maps.types = g_new0(const struct ir_type *, in->maps.type_count);
    return !in->a.bad && merge_read_types(merge, in);
}

/* ---------------------------------------------------------------------------------------- pass 3: contents */

static void read_strings(struct merge *merge, struct unit_in *in)
{
    uint32_t count = 0;

    in->a.last = NO_SPAN;
    archive_count(&in->a, &count);
    in->maps.first_string = merge->strings->len;
    in->maps.string_count = count;
    for (uint32_t i = 0; i < count && !in->a.bad; i++) {
        struct ir_string string = {0};
        const char *bytes = take_bytes(&in->a, &string.length);
        string.bytes = arena_strndup(merge->arena, bytes, string.length);
        archive_type(&in->a, &string.type);
        g_array_append_val(merge->strings, string);
    }
}

static void read_pointees(struct merge *merge, struct unit_in *in)
{
    for (uint32_t g = 0; g < in->maps.global_count && !in->a.bad; g++) {
        struct ir_global read = {0}, *global = merge->global_list->pdata[in->maps.globals[g]];
        archive_pointees(&in->a, &read);
        if (read.pointee_count && !global->pointee_count) {
            global->pointees = read.pointees;
            global->pointee_count = read.pointee_count;
        }
    }
}

static void read_bodies(struct unit_in *in)
{
    for (uint32_t f = 0; f + 1 < in->maps.function_count && !in->a.bad; f++) {
        uint32_t size = 0;
        if (!in->has_body[f])
            continue;
        archive_count(&in->a, &size);
        struct archive body = in->a;
        body.end = body.at + size;
        body.last = NO_SPAN;
        in->a.at += size;
        if (in->takes_body[f]) {
            archive_body(&body, in->maps.functions[f + 1]);
            in->a.bad |= body.bad;
        }
    }
    in->a.last = NO_SPAN;
}

static void read_type_list(struct unit_in *in, GPtrArray *list)
{
    uint32_t count = 0;

    archive_count(&in->a, &count);
    for (uint32_t i = 0; i < count && !in->a.bad; i++) {
        const struct ir_type *type = NULL;
        archive_type(&in->a, &type);
        if (type && !g_ptr_array_find(list, type, NULL))
            g_ptr_array_add(list, (void *)type);
    }
}

/* A header's is read with each unit that includes it. */
static bool is_new(struct merge *merge, struct span span, const char *text)
{
    gint64 *hash = g_new(gint64, 1);

    *hash = (gint64)hash_text(hash_mix(hash_mix(HASH_START, span.file), (uint64_t)span.begin << 32 | span.end), text);
    return g_hash_table_add(merge->seen, hash);
}

static void read_comments(struct merge *merge, struct unit_in *in)
{
    uint32_t count = 0;

    archive_count(&in->a, &count);
    for (uint32_t i = 0; i < count && !in->a.bad; i++) {
        struct ir_unsafe unsafe = {0};
        archive_function_ref(&in->a, &unsafe.fn);
        archive_span(&in->a, &unsafe.keyword);
        archive_span(&in->a, &unsafe.whole);
        if (is_new(merge, unsafe.whole, ""))
            g_array_append_val(merge->unsafe, unsafe);
    }
    count = 0;
    archive_count(&in->a, &count);
    for (uint32_t i = 0; i < count && !in->a.bad; i++) {
        struct ir_allow allow = {0};
        archive_allow(&in->a, &allow);
        if (allow.code && is_new(merge, allow.span, allow.code))
            g_array_append_val(merge->allows, allow);
    }
}

/* What --stats counts was counted when the file was read; only a unit alone keeps it. */
static void read_counts(struct merge *merge, struct unit_in *in)
{
    struct ir_unit *unit = merge->unit;
    uint32_t count = 0;

    archive_count(&in->a, &count);
    const char **kinds = ARENA_ARRAY(merge->arena, const char *, count);
    uint32_t *counts = ARENA_ARRAY(merge->arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        archive_text(&in->a, &kinds[i]);
        archive_number(&in->a, &counts[i]);
    }
    if (merge->units->len == 1) {
        unit->opaque_kinds = kinds;
        unit->opaque_counts = counts;
        unit->opaque_kind_count = count;
        archive_long(&in->a, &unit->statement_count);
    }
}

static void read_content(struct merge *merge, struct unit_in *in)
{
    read_strings(merge, in);
    read_pointees(merge, in);
    read_bodies(in);
    read_type_list(in, merge->owned);
    read_type_list(in, merge->marked);
    read_comments(merge, in);
    read_counts(merge, in);
}

/* ------------------------------------------------------------------------------------------------ the whole */

static void fill_unit(struct merge *merge)
{
    struct ir_unit *unit = merge->unit;
    const struct unit_in *first = merge->units->pdata[0];

    unit->path = first->path;
    unit->main_file = first->main_file;
    unit->unwinds = first->unwinds;
    for (guint i = 0; i < merge->units->len; i++)
        unit->is_annotated |= ((const struct unit_in *)merge->units->pdata[i])->is_annotated;
    unit->function_count = merge->function_list->len;
    unit->functions = arena_copy(merge->arena, merge->function_list->pdata, unit->function_count * sizeof(void *));
    unit->global_count = merge->global_list->len;
    unit->globals = arena_copy(merge->arena, merge->global_list->pdata, unit->global_count * sizeof(void *));
    unit->string_count = merge->strings->len;
    unit->strings = arena_copy(merge->arena, merge->strings->data, unit->string_count * sizeof(struct ir_string));
    unit->owned_type_count = merge->owned->len;
    unit->owned_types = arena_copy(merge->arena, merge->owned->pdata, unit->owned_type_count * sizeof(void *));
    unit->marked_type_count = merge->marked->len;
    unit->marked_types = arena_copy(merge->arena, merge->marked->pdata, unit->marked_type_count * sizeof(void *));
    unit->unsafe_count = merge->unsafe->len;
    unit->unsafe_blocks = arena_copy(merge->arena, merge->unsafe->data, unit->unsafe_count * sizeof(struct ir_unsafe));
    unit->allow_count = merge->allows->len;
    unit->allows = arena_copy(merge->arena, merge->allows->data, unit->allow_count * sizeof(struct ir_allow));
}

struct ir_unit *merge_finish(struct merge *merge)
{
    GPtrArray *units = merge->units;
    bool ok = units->len > 0;

    for (guint i = 0; i < units->len; i++)
        ok = ok && !((struct unit_in *)units->pdata[i])->a.bad;
    for (guint i = 0; i < units->len && ok; i++) {
        struct unit_in *in = units->pdata[i];
        merge_resolve_types(merge, in);
        merge_read_heads(merge, in);
        if (!in->a.bad)
            merge_resolve_owned(in);
        ok = !in->a.bad;
    }
    for (guint i = 0; i < units->len && ok; i++) {
        struct unit_in *in = units->pdata[i];
        in->maps.all_functions = (struct ir_function *const *)merge->function_list->pdata;
        in->maps.all_globals = (struct ir_global *const *)merge->global_list->pdata;
        read_content(merge, in);
        ok = !in->a.bad;
    }
    struct ir_unit *unit = merge->unit;
    if (ok) {
        if (units->len > 1)
            merge_check_calls(merge);
        fill_unit(merge);
    } else {
        arena_free(merge->arena);
        unit = NULL;
    }
    merge_free(merge);
    return unit;
}
