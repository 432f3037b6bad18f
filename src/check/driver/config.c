#include "config.h"

#include <fnmatch.h>
#include <string.h>

#include "message.h"

enum level {
    LEVEL_DEFAULT, /* what the code itself is */
    LEVEL_ALLOW,
    LEVEL_WARN,
    LEVEL_DENY,
};

struct reader {
    struct config *config;
    GKeyFile *file;
    const char *path;
    const char *text;
};

/* ---- finding it ---- */

char *config_find(const char *folder)
{
    char *at = g_canonicalize_filename(folder, NULL), *found = NULL;

    for (;;) {
        char *path = g_build_filename(at, ".fearless", NULL);
        if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
            found = path;
        else
            g_free(path);
        char *above = g_path_get_dirname(at);
        bool at_top = strcmp(above, at) == 0;
        g_free(at);
        at = above;
        if (found || at_top)
            break;
    }
    g_free(at);
    return found;
}

char *config_find_for(const struct job *job)
{
    char *path = job_path_from_here(job), *folder = g_path_get_dirname(path), *found = config_find(folder);

    g_free(folder);
    g_free(path);
    return found;
}

/* ---- messages about it ---- */

/*
 * The line of a key (NULL: of the group's head), from 1; of the last one, which is the one that counts. GKeyFile does not
 * say where it found what.
 */
static unsigned line_of(const struct reader *r, const char *group, const char *key)
{
    char **lines = g_strsplit(r->text, "\n", -1);
    bool in_group = false;
    unsigned found = 0;

    for (unsigned i = 0; lines[i]; i++) {
        char *line = g_strstrip(lines[i]), *end = strpbrk(line, "=]");
        if (*line == '[' && end) {
            *end = '\0';
            in_group = strcmp(line + 1, group) == 0;
            if (in_group && !key)
                found = i + 1;
        } else if (in_group && key && *line != '#' && end) {
            *end = '\0';
            if (strcmp(g_strchomp(line), key) == 0)
                found = i + 1;
        }
    }
    g_strfreev(lines);
    return found;
}

static void wrong(const struct reader *r, const char *group, const char *key, const char *fmt, ...) G_GNUC_PRINTF(4, 5);

static void wrong(const struct reader *r, const char *group, const char *key, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    char *words = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    message_error("%s:%u: %s", r->path, line_of(r, group, key), words);
    g_free(words);
}

/* What GKeyFile says of a text that is no key file has the line's text in it, and no number. */
static void not_a_key_file(const struct reader *r, const GError *error)
{
    char **lines = g_strsplit(r->text, "\n", -1);
    unsigned at = 0;
    bool in_group = false;

    for (unsigned i = 0; lines[i] && !at; i++) {
        char *line = g_strstrip(lines[i]);
        if (*line == '[' && strchr(line, ']'))
            in_group = true;
        else if (*line && *line != '#' && (!in_group || !strchr(line, '=') || *line == '='))
            at = i + 1;
    }
    g_strfreev(lines);
    if (at)
        message_error("%s:%u: this is neither `[group]` nor `key = value` in a group", r->path, at);
    else
        message_error("%s: %s", r->path, error->message);
    message_help("it has groups `[check]` and `[codes]`, with a `key = value` on each line below them");
    message_end();
}

/* ---- values ---- */

static bool read_truth(const struct reader *r, const char *key, bool *ret_value)
{
    GError *error = NULL;

    *ret_value = g_key_file_get_boolean(r->file, "check", key, &error);
    if (!error)
        return true;
    g_error_free(error);
    wrong(r, "check", key, "`%s` is true or false", key);
    message_end();
    return false;
}

static bool read_number(const struct reader *r, const char *key, unsigned least, unsigned *ret_value)
{
    char *text = g_key_file_get_value(r->file, "check", key, NULL);
    guint64 number = 0;
    bool ok = g_ascii_string_to_unsigned(text, 10, least, G_MAXINT, &number, NULL);

    if (!ok) {
        wrong(r, "check", key, "`%s` is a number from %u on, not `%s`", key, least, text);
        message_end();
    }
    *ret_value = (unsigned)number;
    g_free(text);
    return ok;
}

/* Values with `;` between them, without the space around each; NULL, with a message, when they cannot be read. */
static char **read_list(const struct reader *r, const char *key)
{
    char **items = g_key_file_get_string_list(r->file, "check", key, NULL, NULL);

    if (!items) {
        wrong(r, "check", key, "`%s` is a list with `;` between its items", key);
        message_end();
        return NULL;
    }
    for (char **item = items; *item; item++)
        g_strstrip(*item);
    return items;
}

static bool read_excludes(const struct reader *r)
{
    char **patterns = read_list(r, "exclude");

    for (char **pattern = patterns; pattern && *pattern; pattern++) {
        if (**pattern)
            g_ptr_array_add(r->config->excludes, g_strdup(*pattern));
    }
    g_strfreev(patterns);
    return patterns != NULL;
}

static bool read_models(const struct reader *r)
{
    char **paths = read_list(r, "models");
    GString *all = g_string_new(NULL);
    bool ok = paths != NULL;

    for (char **path = paths; ok && *path; path++) {
        char *whole = g_canonicalize_filename(*path, r->config->folder), *text = NULL;
        GError *error = NULL;
        if (g_file_get_contents(whole, &text, NULL, &error)) {
            g_string_append_printf(all, "#line 1 \"%s\"\n%s\n", whole, text);
        } else {
            wrong(r, "check", "models", "couldn't read the model `%s`", *path);
            message_note("%s", error->message);
            message_end();
            g_error_free(error);
            ok = false;
        }
        g_free(text);
        g_free(whole);
    }
    g_strfreev(paths);
    r->config->models = g_string_free(all, FALSE);
    return ok;
}

static bool read_baseline(const struct reader *r)
{
    char *path = g_key_file_get_string(r->file, "check", "baseline", NULL);

    if (path)
        r->config->baseline = g_canonicalize_filename(path, r->config->folder);
    g_free(path);
    return true;
}

/* ---- groups ---- */

static bool read_setting(const struct reader *r, const char *key)
{
    struct config *config = r->config;

    if (strcmp(key, "strict") == 0)
        return read_truth(r, key, &config->strict);
    if (strcmp(key, "jobs") == 0)
        return read_number(r, key, 1, &config->jobs);
    if (strcmp(key, "timeout") == 0) {
        config->has_timeout = true;
        return read_number(r, key, 0, &config->timeout);
    }
    if (strcmp(key, "baseline") == 0)
        return read_baseline(r);
    if (strcmp(key, "exclude") == 0)
        return read_excludes(r);
    if (strcmp(key, "models") == 0)
        return read_models(r);
    wrong(r, "check", key, "there is no key `%s` in [check]", key);
    message_help("its keys are baseline, exclude, jobs, models, strict and timeout");
    message_end();
    return false;
}

static bool read_level(const struct reader *r, const char *key)
{
    static const char *const names[] = { "default", "allow", "warn", "deny" };
    const struct code_info *code = code_lookup(key);
    char *value = g_key_file_get_string(r->file, "codes", key, NULL);
    unsigned level = 0;

    while (value && level < G_N_ELEMENTS(names) && strcmp(g_strstrip(value), names[level]) != 0)
        level++;
    bool ok = code && value && level < G_N_ELEMENTS(names);
    if (ok) {
        g_hash_table_insert(r->config->levels, (void *)g_intern_static_string(code->code), GUINT_TO_POINTER(level));
    } else if (!code) {
        wrong(r, "codes", key, "there is no code `%s`", key);
        message_help("the code of a finding stands in brackets, as in `error[F0101]`");
        message_end();
    } else {
        wrong(r, "codes", key, "a code is allow, warn, deny or default, not `%s`", value ? value : "");
        message_end();
    }
    g_free(value);
    return ok;
}

static bool read_group(const struct reader *r, const char *group)
{
    bool is_codes = strcmp(group, "codes") == 0, ok = is_codes || strcmp(group, "check") == 0;
    char **keys = ok ? g_key_file_get_keys(r->file, group, NULL, NULL) : NULL;

    if (!ok) {
        wrong(r, group, NULL, "there is no group [%s]", group);
        message_help("the groups are [check] and [codes]");
        message_end();
    }
    for (char **key = keys; ok && *key; key++)
        ok = is_codes ? read_level(r, *key) : read_setting(r, *key);
    g_strfreev(keys);
    return ok;
}

bool config_load(struct config *config, const char *path)
{
    struct reader r = { config, g_key_file_new(), path, NULL };
    char *text = NULL, *whole = g_canonicalize_filename(path, NULL);
    size_t length;
    GError *error = NULL;
    bool ok = false;

    *config = (struct config){ .path = g_strdup(path), .folder = g_path_get_dirname(whole) };
    config->excludes = g_ptr_array_new_with_free_func(g_free);
    config->levels = g_hash_table_new(NULL, NULL);
    if (!g_file_get_contents(path, &text, &length, &error)) {
        message_error("couldn't read the configuration `%s`", path);
        message_note("%s", error->message);
        message_end();
    } else {
        r.text = text;
        if (!g_key_file_load_from_data(r.file, text, length, G_KEY_FILE_NONE, &error)) {
            not_a_key_file(&r, error);
        } else {
            char **groups = g_key_file_get_groups(r.file, NULL);
            ok = true;
            for (char **group = groups; ok && *group; group++)
                ok = read_group(&r, *group);
            g_strfreev(groups);
        }
    }
    g_clear_error(&error);
    g_key_file_free(r.file);
    g_free(text);
    g_free(whole);
    return ok;
}

bool config_add_model(struct config *config, const char *path)
{
    char *whole = g_canonicalize_filename(path, NULL), *text = NULL;
    GError *error = NULL;
    bool ok = g_file_get_contents(whole, &text, NULL, &error);

    if (ok) {
        char *all = g_strdup_printf("%s#line 1 \"%s\"\n%s\n", config->models ? config->models : "", whole, text);
        g_free(config->models);
        config->models = all;
    } else {
        message_error("couldn't read the model `%s`", path);
        message_note("%s", error->message);
        message_end();
        g_error_free(error);
    }
    g_free(text);
    g_free(whole);
    return ok;
}

void config_clear(struct config *config)
{
    g_clear_pointer(&config->models, g_free);
    if (!config->path)
        return;
    g_free(config->path);
    g_free(config->folder);
    g_free(config->baseline);
    g_ptr_array_free(config->excludes, TRUE);
    g_hash_table_destroy(config->levels);
}

/* ---- applying it ---- */

bool config_excludes(const struct config *config, const char *path)
{
    bool excluded = false;

    if (!config->path || config->excludes->len == 0)
        return false;
    char *whole = g_canonicalize_filename(path, NULL);
    size_t n = strlen(config->folder);
    bool below = strncmp(whole, config->folder, n) == 0 && whole[n] == '/';
    const char *name = below ? whole + n + 1 : whole;
    for (guint i = 0; i < config->excludes->len && !excluded; i++)
        excluded = fnmatch(g_ptr_array_index(config->excludes, i), name, 0) == 0;
    g_free(whole);
    return excluded;
}

void config_mark_excluded(const struct config *config, const GPtrArray *jobs)
{
    for (guint i = 0; i < jobs->len; i++) {
        struct job *job = g_ptr_array_index(jobs, i);
        char *path = job_path_from_here(job);
        job->is_excluded = config_excludes(config, path);
        g_free(path);
    }
}

struct filter {
    const struct config *config;
    const struct source_table *sources;
};

static enum level level_of(const struct config *config, const struct finding *f)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(config->levels, f->code));
}

static bool is_wanted(const struct finding *f, void *data)
{
    const struct filter *filter = data;

    return level_of(filter->config, f) != LEVEL_ALLOW &&
           !config_excludes(filter->config, source_path(filter->sources, finding_place(f).file));
}

static enum severity severity_of(const struct finding *f, void *data)
{
    const struct filter *filter = data;

    switch (level_of(filter->config, f)) {
    case LEVEL_WARN:
        return SEVERITY_WARNING;
    case LEVEL_DENY:
        return SEVERITY_ERROR;
    default:
        return f->severity;
    }
}

void config_apply(const struct config *config, struct findings *sink, const struct source_table *sources)
{
    struct filter filter = { config, sources };

    if (!config->path)
        return;
    findings_keep(sink, is_wanted, &filter);
    findings_weigh(sink, severity_of, &filter);
}
