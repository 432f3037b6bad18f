#include "kept_reports.h"

#include "base/hash.h"
#include "ir/store.h"

struct kept_reports {
    struct cache *cache;
    const struct check_options *options;
    struct freshness *freshness;
    char *here;
};

struct kept_reports *kept_reports_new(struct cache *cache, const struct check_options *options)
{
    if (!cache || options->dump_ir)
        return NULL;
    struct kept_reports *kept = g_new0(struct kept_reports, 1);
    kept->cache = cache;
    kept->options = options;
    kept->freshness = freshness_new();
    kept->here = g_get_current_dir();
    return kept;
}

void kept_reports_free(struct kept_reports *kept)
{
    if (!kept)
        return;
    freshness_free(kept->freshness);
    g_free(kept->here);
    g_free(kept);
}

/* What an entry is named by: whose it is, seen from where, asked what. */
static void name_of(const struct kept_reports *kept, const char *kind, const struct job *job, GByteArray *name)
{
    pack_string(name, kind);
    pack_string(name, kept->here);
    pack_string(name, job->directory);
    pack_string(name, job->path);
    pack_number(name, job->flags->len);
    for (guint i = 0; i < job->flags->len; i++)
        pack_string(name, g_ptr_array_index(job->flags, i));
    pack_number(name, kept->options->store);
    pack_number(name, kept->options->strict);
    pack_number(name, kept->options->list_unsafe);
}

static void file_key(const struct kept_reports *kept, const struct job *job, struct cache_key *key)
{
    cache_key_init(key);
    name_of(kept, "file", job, key->name);
    pack_string(key->key, kept->options->models);
    pack_string(key->key, kept->options->include_dir);
}

/* The checksum of a stored unit names all that was stored of it; models and headers are in it. */
static void program_key(const struct kept_reports *kept, const struct job *job, GBytes *const *units, unsigned count,
                        struct cache_key *key)
{
    cache_key_init(key);
    name_of(kept, "program", job, key->name);
    pack_number(key->key, count);
    for (unsigned i = 0; i < count; i++) {
        gsize size;
        const guint8 *bytes = g_bytes_get_data(units[i], &size);
        pack_long(key->key, size);
        pack_long(key->key, stored_checksum_of(bytes, size));
    }
}

static GBytes *report_behind(const struct unpack *in, GBytes *content)
{
    gsize size;
    const guint8 *start = g_bytes_get_data(content, &size);

    return g_bytes_new_from_bytes(content, (gsize)(in->at - start), (gsize)(in->end - in->at));
}

GBytes *kept_file_report(struct kept_reports *kept, const struct job *job)
{
    struct cache_key key;
    GBytes *report = NULL;

    if (!kept)
        return NULL;
    file_key(kept, job, &key);
    GBytes *content = cache_get(kept->cache, &key);
    if (content) {
        gsize size;
        const guint8 *start = g_bytes_get_data(content, &size);
        struct unpack in = { start, start + size, false };
        if (freshness_unpack(kept->freshness, &in))
            report = report_behind(&in, content);
        g_bytes_unref(content);
    }
    cache_key_clear(&key);
    return report;
}

GBytes *kept_program_report(struct kept_reports *kept, const struct job *job, GBytes *const *units, unsigned count)
{
    struct cache_key key;

    if (!kept)
        return NULL;
    program_key(kept, job, units, count, &key);
    GBytes *report = cache_get(kept->cache, &key);
    cache_key_clear(&key);
    return report;
}

/* What could not be checked may go well the next time, and compilers' messages have colours and places of their own. */
static bool is_worth_keeping(const struct kept_reports *kept, const struct report *report)
{
    return kept && report->outcome == OUTCOME_CHECKED && !report->messages && !report->dump;
}

void keep_file_report(struct kept_reports *kept, const struct job *job, const struct report *report, GByteArray *bytes,
                      gint64 began)
{
    struct cache_key key;
    GByteArray *content;

    if (!is_worth_keeping(kept, report))
        return;
    content = g_byte_array_new();
    if (freshness_pack(content, report->inputs, report->sources, job, began)) {
        g_byte_array_append(content, bytes->data, bytes->len);
        file_key(kept, job, &key);
        cache_put(kept->cache, &key, content);
        cache_key_clear(&key);
    }
    g_byte_array_free(content, TRUE);
}

void keep_program_report(struct kept_reports *kept, const struct job *job, GBytes *const *units, unsigned count,
                         const struct report *report, GByteArray *bytes)
{
    struct cache_key key;

    if (!is_worth_keeping(kept, report))
        return;
    program_key(kept, job, units, count, &key);
    cache_put(kept->cache, &key, bytes);
    cache_key_clear(&key);
}
