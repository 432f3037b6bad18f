#include "freshness.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"

/* Size, times and inode: a file of which they are equal was not written in between. All 0: they say nothing. */
struct stamp {
    uint64_t size, modified, changed, inode;
};

struct seen {
    bool exists;
    bool is_hashed;
    struct stamp stamp;
    uint64_t hash;
};

struct freshness {
    GHashTable *texts; /* a set of char *: one pointer for each text */
    GHashTable *files; /* path, of texts -> struct seen */
    GHashTable *found; /* struct lookup -> whether there is such a file, + 1 */
};

/* A name in a folder; both of texts. */
struct lookup {
    const char *folder, *name;
};

static guint lookup_hash(const void *data)
{
    const struct lookup *lookup = data;

    return (guint)hash_mix((uintptr_t)lookup->folder, (uintptr_t)lookup->name);
}

static gboolean lookup_equal(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct lookup)) == 0;
}

struct freshness *freshness_new(void)
{
    struct freshness *freshness = g_new0(struct freshness, 1);

    freshness->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    freshness->files = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    freshness->found = g_hash_table_new_full(lookup_hash, lookup_equal, g_free, NULL);
    return freshness;
}

void freshness_free(struct freshness *freshness)
{
    g_hash_table_destroy(freshness->found);
    g_hash_table_destroy(freshness->files);
    g_hash_table_destroy(freshness->texts);
    g_free(freshness);
}

/* Takes the text. */
static const char *one_of(struct freshness *freshness, char *text)
{
    char *known = g_hash_table_lookup(freshness->texts, text);

    if (known) {
        g_free(text);
        return known;
    }
    g_hash_table_add(freshness->texts, text);
    return text;
}

/* ------------------------------------------------------------------------------------------------ one file */

static uint64_t nanoseconds(struct timespec time)
{
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static struct stamp stamp_of(const struct stat *st)
{
    return (struct stamp){ (uint64_t)st->st_size, nanoseconds(st->st_mtim), nanoseconds(st->st_ctim), st->st_ino };
}

static bool stamp_equal(const struct stamp *a, const struct stamp *b)
{
    return a->size == b->size && a->modified == b->modified && a->changed == b->changed && a->inode == b->inode;
}

/*
 * What was written just before it was read, or after, may be written once more without its times showing it: the clock of a
 * file system has a grain.
 */
static bool is_settled(const struct stamp *stamp, gint64 began)
{
    enum { GRAIN = 2 * G_USEC_PER_SEC };
    uint64_t limit = began > GRAIN ? (uint64_t)(began - GRAIN) * 1000u : 0;

    return stamp->modified < limit && stamp->changed < limit;
}

static struct seen *look_at(struct freshness *freshness, const char *path)
{
    struct seen *seen = g_hash_table_lookup(freshness->files, path);
    struct stat st;

    if (seen)
        return seen;
    seen = g_new0(struct seen, 1);
    if (stat(path, &st) == 0) {
        seen->exists = true;
        seen->stamp = stamp_of(&st);
    }
    g_hash_table_insert(freshness->files, (void *)path, seen);
    return seen;
}

static bool has_content(const char *path, struct seen *seen, uint64_t hash)
{
    char *text = NULL;
    size_t size;

    if (!seen->is_hashed) {
        if (!g_file_get_contents(path, &text, &size, NULL)) {
            seen->exists = false;
            return false;
        }
        seen->hash = hash_bytes(HASH_START, text, size);
        seen->is_hashed = true;
        g_free(text);
    }
    return seen->hash == hash;
}

static bool is_as_before(struct freshness *freshness, const char *path, const struct stamp *stamp, uint64_t hash)
{
    struct seen *seen = look_at(freshness, path);

    if (!seen->exists)
        return false;
    return stamp_equal(&seen->stamp, stamp) || has_content(path, seen, hash);
}

/* --------------------------------------------------------------------------------------- which names are where */

static bool is_there(struct freshness *freshness, struct lookup lookup)
{
    void *known = g_hash_table_lookup(freshness->found, &lookup);

    if (known)
        return GPOINTER_TO_UINT(known) == 2;
    char *path = g_path_is_absolute(lookup.name) ? g_strdup(lookup.name)
                                                 : g_build_filename(lookup.folder, lookup.name, NULL);
    bool there = access(path, F_OK) == 0;
    g_free(path);
    g_hash_table_insert(freshness->found, g_memdup2(&lookup, sizeof lookup), GUINT_TO_POINTER(there ? 2 : 1));
    return there;
}

/* Both of texts. */
static uint64_t lookups(struct freshness *freshness, const GPtrArray *folders, const GPtrArray *names)
{
    uint64_t hash = HASH_START;

    for (guint f = 0; f < folders->len; f++) {
        uint64_t bits = 0;
        for (guint n = 0; n < names->len; n++) {
            struct lookup lookup = { g_ptr_array_index(folders, f), g_ptr_array_index(names, n) };
            bits = bits << 1 | is_there(freshness, lookup);
            if (n % 64 == 63)
                hash = hash_mix(hash, bits);
        }
        hash = hash_mix(hash, bits);
    }
    return hash;
}

static void add_folder(GPtrArray *folders, struct freshness *texts, const char *folder, const char *directory)
{
    const char *text = one_of(texts, g_canonicalize_filename(folder, directory));

    if (!g_ptr_array_find(folders, text, NULL))
        g_ptr_array_add(folders, (void *)text);
}

/* The value of `flag` at argument i, joined to it or the next; NULL when it is another. */
static const char *value_of(const char *flag, const GPtrArray *flags, guint i)
{
    const char *argument = g_ptr_array_index(flags, i);

    if (!argument || !g_str_has_prefix(argument, flag))
        return NULL;
    return argument[strlen(flag)] ? argument + strlen(flag) : i + 1 < flags->len ? g_ptr_array_index(flags, i + 1) : NULL;
}

/* Where a header could appear in front of the one that was found: what the flags name, beside the user's own files, and where
 * systems keep headers. */
static void add_folders(GPtrArray *folders, struct freshness *texts, const struct front_inputs *inputs,
                        const struct source_table *sources, const struct job *job)
{
    static const char *const flags[] = { "-I", "-iquote", "-isystem", "-idirafter" };

    for (guint i = 0; i < job->flags->len; i++) {
        for (guint k = 0; k < G_N_ELEMENTS(flags); k++) {
            const char *folder = value_of(flags[k], job->flags, i);
            if (folder)
                add_folder(folders, texts, folder, job->directory);
        }
    }
    for (guint i = 0; i < inputs->files->len; i++) {
        const struct front_input *input = &g_array_index(inputs->files, struct front_input, i);
        if (input->is_system)
            continue;
        char *folder = g_path_get_dirname(source_path(sources, input->file));
        add_folder(folders, texts, folder, NULL);
        g_free(folder);
    }
    add_folder(folders, texts, job->directory ? job->directory : ".", NULL);
    add_folder(folders, texts, "/usr/local/include", NULL);
    add_folder(folders, texts, "/usr/include", NULL);
}

/* ------------------------------------------------------------------------------------------- written and read */

static void pack_texts(GByteArray *out, const GPtrArray *texts)
{
    pack_number(out, texts->len);
    for (guint i = 0; i < texts->len; i++)
        pack_string(out, g_ptr_array_index(texts, i));
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void pack_lookups(GByteArray *out, const struct front_inputs *inputs, const struct source_table *sources,
                         const struct job *job)
{
    struct freshness *texts = freshness_new();
    GPtrArray *folders = g_ptr_array_new(), *names = g_ptr_array_new();
    GHashTableIter iter;
    void *name;

    g_hash_table_iter_init(&iter, inputs->names);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_ptr_array_add(names, (void *)one_of(texts, g_strdup(name)));
    g_ptr_array_sort(names, by_text);
    add_folders(folders, texts, inputs, sources, job);
    pack_texts(out, folders);
    pack_texts(out, names);
    pack_long(out, lookups(texts, folders, names));
    g_ptr_array_free(folders, TRUE);
    g_ptr_array_free(names, TRUE);
    freshness_free(texts);
}

static bool pack_file(GByteArray *out, const struct front_input *input, const char *path, gint64 began)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return false;
    struct stamp stamp = stamp_of(&st);
    if (!is_settled(&stamp, began))
        stamp = (struct stamp){ 0 };
    pack_string(out, path);
    pack_long(out, stamp.size);
    pack_long(out, stamp.modified);
    pack_long(out, stamp.changed);
    pack_long(out, stamp.inode);
    pack_long(out, input->hash);
    return true;
}

bool freshness_pack(GByteArray *out, const struct front_inputs *inputs, const struct source_table *sources,
                    const struct job *job, gint64 began)
{
    if (inputs->is_partial || inputs->files->len == 0)
        return false;
    pack_number(out, inputs->files->len);
    for (guint i = 0; i < inputs->files->len; i++) {
        const struct front_input *input = &g_array_index(inputs->files, struct front_input, i);
        if (!pack_file(out, input, source_path(sources, input->file), began))
            return false;
    }
    pack_lookups(out, inputs, sources, job);
    return true;
}

static bool unpack_file(struct freshness *freshness, struct unpack *in)
{
    char *path = unpack_string(in);
    struct stamp stamp = { .size = unpack_long(in) };

    stamp.modified = unpack_long(in);
    stamp.changed = unpack_long(in);
    stamp.inode = unpack_long(in);
    uint64_t hash = unpack_long(in);
    return path && !in->bad && is_as_before(freshness, one_of(freshness, path), &stamp, hash);
}

static GPtrArray *unpack_texts(struct freshness *freshness, struct unpack *in)
{
    GPtrArray *texts = g_ptr_array_new();
    uint32_t count = unpack_number(in);

    for (uint32_t i = 0; i < count && !in->bad; i++) {
        char *text = unpack_string(in);
        g_ptr_array_add(texts, (void *)one_of(freshness, text ? text : g_strdup("")));
    }
    return texts;
}

bool freshness_unpack(struct freshness *freshness, struct unpack *in)
{
    uint32_t count = unpack_number(in);

    for (uint32_t i = 0; i < count; i++)
        if (!unpack_file(freshness, in))
            return false;
    GPtrArray *folders = unpack_texts(freshness, in), *names = unpack_texts(freshness, in);
    uint64_t before = unpack_long(in);
    bool same = !in->bad && lookups(freshness, folders, names) == before;
    g_ptr_array_free(folders, TRUE);
    g_ptr_array_free(names, TRUE);
    return same;
}
