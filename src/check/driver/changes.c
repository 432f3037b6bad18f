/*
 * git is asked three things: where the repository is, which commit REV stands for, and what changed. A hunk's header has
 * all that is needed; the text is not read. Where lines were only taken out, the lines beside the gap count as changed:
 * what a missing unlock does is told of the lines around it.
 */
#include "changes.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

struct range {
    uint32_t first, last;
};

struct changes {
    char *top;         /* the repository's folder, without symbolic links */
    GHashTable *files; /* real path -> GArray of struct range */
    GHashTable *known; /* file number -> GArray of struct range, or NULL: the path need not be resolved again */
};

static void ranges_free(void *ranges)
{
    g_array_free(ranges, TRUE);
}

/* ---- git ---- */

/* Runs git; true when it exits with 0. Its output, to be freed; its first line of complaint when ret_said is not NULL. */
static bool git(const char *folder, char **ret_out, char **ret_said, const char *first, ...) G_GNUC_NULL_TERMINATED;

static bool git(const char *folder, char **ret_out, char **ret_said, const char *first, ...)
{
    GPtrArray *argv = g_ptr_array_new();
    char *said = NULL;
    int status = -1;
    GError *error = NULL;
    va_list ap;

    g_ptr_array_add(argv, (void *)"git");
    va_start(ap, first);
    for (const char *arg = first; arg; arg = va_arg(ap, const char *))
        g_ptr_array_add(argv, (void *)arg);
    va_end(ap);
    g_ptr_array_add(argv, NULL);
    bool ok = g_spawn_sync(folder, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, ret_out, &said, &status,
                           &error);
    if (!ok) {
        said = g_strdup(error->message);
        g_error_free(error);
    }
    if (ret_said) {
        char *end = strchr(said, '\n');
        if (end)
            *end = '\0';
        *ret_said = g_steal_pointer(&said);
    }
    g_free(said);
    g_ptr_array_free(argv, TRUE);
    return ok && status == 0;
}

static char *find_repository(void)
{
    char *out = NULL, *said = NULL, *top = NULL;

    if (git(NULL, &out, &said, "rev-parse", "--show-toplevel", NULL)) {
        char *resolved = realpath(g_strchomp(out), NULL);
        top = g_strdup(resolved);
        free(resolved);
    }
    if (!top) {
        char *here = g_get_current_dir();
        message_error("--diff asks git what changed, and `%s` is in no repository of it", here);
        if (said && *said)
            message_note("%s", said);
        message_help("run it in the project's folder; for findings that are new without git, see --baseline");
        message_end();
        g_free(here);
    }
    g_free(out);
    g_free(said);
    return top;
}

/* The commit to compare with: where HEAD left REV's history, or REV itself where that is not known (a shallow clone). */
static char *find_commit(const char *top, const char *rev)
{
    char *name = g_strconcat(rev, "^{commit}", NULL), *out = NULL, *said = NULL, *commit = NULL;

    if (git(top, &out, &said, "rev-parse", "--verify", "--quiet", "--end-of-options", name, NULL)) {
        char *base = NULL;
        commit = g_strdup(g_strchomp(out));
        if (git(top, &base, NULL, "merge-base", commit, "HEAD", NULL) && *g_strchomp(base)) {
            g_free(commit);
            commit = g_steal_pointer(&base);
        }
        g_free(base);
    } else {
        message_error("--diff: git knows no commit `%s`", rev);
        if (said && *said)
            message_note("%s", said);
        message_help("give a branch, a tag or a commit, as in `--diff=main`; a clone of CI may have to fetch it first");
        message_end();
    }
    g_free(name);
    g_free(out);
    g_free(said);
    return commit;
}

/* ---- what it says ---- */

static GArray *ranges_of(struct changes *changes, const char *path)
{
    char *whole = g_build_filename(changes->top, path, NULL);
    GArray *ranges = g_hash_table_lookup(changes->files, whole);

    if (!ranges) {
        ranges = g_array_new(FALSE, FALSE, sizeof(struct range));
        g_hash_table_insert(changes->files, g_strdup(whole), ranges);
    }
    g_free(whole);
    return ranges;
}

/* A path as git prints it: in quotes, with C's escapes, when it has odd characters. To be freed. */
static char *plain_path(const char *printed)
{
    size_t length = strlen(printed);
    char *path;

    if (length < 2 || *printed != '"')
        return g_strdup(printed);
    char *inner = g_strndup(printed + 1, length - 2);
    path = g_strcompress(inner);
    g_free(inner);
    return path;
}

/* Of "b/src/x.c"; NULL for /dev/null. To be freed. */
static char *path_of_header(const char *text)
{
    char *printed = g_strndup(text, strcspn(text, "\t")); /* git ends a path with a tab when it has spaces */
    char *path = plain_path(printed);
    char *result = g_str_has_prefix(path, "b/") ? g_strdup(path + 2) : NULL;

    g_free(printed);
    g_free(path);
    return result;
}

/* "@@ -3,2 +3,4 @@": lines 3 to 6 are new. */
static void add_hunk(GArray *ranges, const char *header)
{
    const char *plus = strchr(header, '+');
    char *end;

    if (!plus)
        return;
    uint32_t first = (uint32_t)strtoul(plus + 1, &end, 10), count = 1;
    if (*end == ',')
        count = (uint32_t)strtoul(end + 1, NULL, 10);
    struct range range = count ? (struct range){ first, first + count - 1 } : (struct range){ first, first + 1 };
    g_array_append_val(ranges, range);
}

static void read_diff(struct changes *changes, char *text)
{
    GArray *ranges = NULL;
    uint32_t left = 0; /* lines of the hunk that are still to come: one of them may look like a header */

    for (char *line = text, *next; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (left && (*line == '+' || *line == '-')) {
            left--;
        } else if (g_str_has_prefix(line, "+++ ")) {
            char *path = path_of_header(line + 4);
            ranges = path ? ranges_of(changes, path) : NULL;
            g_free(path);
        } else if (g_str_has_prefix(line, "@@ ")) {
            const char *numbers[] = { strchr(line, '-'), strchr(line, '+') };
            left = 0;
            for (unsigned i = 0; i < 2 && numbers[i]; i++) {
                char *end;
                strtoul(numbers[i] + 1, &end, 10);
                left += *end == ',' ? (uint32_t)strtoul(end + 1, NULL, 10) : 1;
            }
            if (ranges)
                add_hunk(ranges, line);
        }
    }
}

/* Files that git does not know yet are new as a whole. */
static void read_untracked(struct changes *changes, const char *text)
{
    char **lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line; line++) {
        struct range all = { 1, UINT32_MAX };
        char *path = plain_path(*line);
        if (*path)
            g_array_append_val(ranges_of(changes, path), all);
        g_free(path);
    }
    g_strfreev(lines);
}

struct changes *changes_since(const char *rev)
{
    char *top = find_repository();
    char *commit = top ? find_commit(top, rev) : NULL;

    if (!commit) {
        g_free(top);
        return NULL;
    }

    struct changes *changes = g_new0(struct changes, 1);
    char *diff = NULL, *said = NULL, *untracked = NULL;
    changes->top = top;
    changes->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, ranges_free);
    changes->known = g_hash_table_new(NULL, NULL);
    bool ok = git(top, &diff, &said, "-c", "core.quotePath=off", "diff", "-U0", "-M", "--no-color", "--no-ext-diff",
                  "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/", "--inter-hunk-context=0", commit, "--", NULL);
    if (ok) {
        read_diff(changes, diff);
        g_clear_pointer(&said, g_free);
        ok = git(top, &untracked, &said, "-c", "core.quotePath=off", "ls-files", "--others", "--exclude-standard", NULL);
    }
    if (ok) {
        read_untracked(changes, untracked);
    } else {
        message_error("--diff: git could not tell what changed since `%s`", rev);
        message_note("%s", said);
        message_end();
        g_clear_pointer(&changes, changes_free);
    }
    g_free(diff);
    g_free(said);
    g_free(untracked);
    g_free(commit);
    return changes;
}

void changes_free(struct changes *changes)
{
    if (!changes)
        return;
    g_hash_table_destroy(changes->files);
    g_hash_table_destroy(changes->known);
    g_free(changes->top);
    g_free(changes);
}

/* ---- findings ---- */

static const GArray *ranges_of_file(struct changes *changes, struct source_table *sources, uint32_t file)
{
    void *known;

    if (g_hash_table_lookup_extended(changes->known, GUINT_TO_POINTER(file), NULL, &known))
        return known;
    char *path = realpath(source_path(sources, file), NULL);
    GArray *ranges = path ? g_hash_table_lookup(changes->files, path) : NULL;
    free(path);
    g_hash_table_insert(changes->known, GUINT_TO_POINTER(file), ranges);
    return ranges;
}

struct filter {
    struct changes *changes;
    struct source_table *sources;
    unsigned unchanged;
};

static bool touches(const struct filter *filter, struct span span)
{
    uint32_t first, last, column;
    const GArray *ranges = span_is_none(span) ? NULL : ranges_of_file(filter->changes, filter->sources, span.file);

    if (!ranges || !source_line_col(filter->sources, span.file, span.begin, &first, &column) ||
        !source_line_col(filter->sources, span.file, MAX(span.end, span.begin + 1) - 1, &last, &column))
        return false;
    for (guint i = 0; i < ranges->len; i++) {
        struct range range = g_array_index(ranges, struct range, i);
        if (range.first <= last && first <= range.last)
            return true;
    }
    return false;
}

static bool any_touches(const struct filter *filter, const GArray *labels)
{
    bool any = false;

    for (guint i = 0; i < labels->len && !any; i++)
        any = touches(filter, g_array_index(labels, struct label, i).span);
    return any;
}

static bool is_about_a_change(const struct finding *f, void *data)
{
    struct filter *filter = data;
    bool any = any_touches(filter, f->labels);

    for (guint i = 0; i < f->subs->len && !any; i++)
        any = any_touches(filter, ((const struct sub *)g_ptr_array_index(f->subs, i))->labels);
    filter->unchanged += !any;
    return any;
}

unsigned changes_apply(struct changes *changes, struct findings *sink, struct source_table *sources)
{
    struct filter filter = { changes, sources, 0 };

    findings_keep(sink, is_about_a_change, &filter);
    return filter.unchanged;
}
