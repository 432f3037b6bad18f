#include "fix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag/formats.h"
#include "message.h"

/* One suggestion that will be applied. */
struct repair {
    const struct finding *finding;
    const struct sub *sub;
    uint32_t file;
    bool failed;
};

struct edit {
    uint32_t begin, end;
    const char *replacement;
};

static const struct sub *safe_sub(const struct finding *f)
{
    for (unsigned i = 0; i < f->subs->len; i++) {
        const struct sub *sub = g_ptr_array_index(f->subs, i);
        if (sub->safe && sub->patches->len)
            return sub;
    }
    return NULL;
}

/* Two edits of one place: also two insertions at it, as their order would be anybody's guess. */
static bool edits_collide(const struct patch *a, const struct patch *b)
{
    if (a->span.file != b->span.file)
        return false;
    if (a->span.begin == b->span.begin)
        return true;
    return a->span.begin < b->span.end && b->span.begin < a->span.end;
}

static bool repairs_collide(const struct sub *a, const struct sub *b)
{
    for (unsigned i = 0; i < a->patches->len; i++)
        for (unsigned k = 0; k < b->patches->len; k++)
            if (edits_collide(&g_array_index(a->patches, struct patch, i), &g_array_index(b->patches, struct patch, k)))
                return true;
    return false;
}

static bool same_edits(const struct sub *a, const struct sub *b)
{
    bool same = a->patches->len == b->patches->len;

    for (unsigned i = 0; same && i < a->patches->len; i++) {
        const struct patch *pa = &g_array_index(a->patches, struct patch, i);
        const struct patch *pb = &g_array_index(b->patches, struct patch, i);
        same = span_equal(pa->span, pb->span) && strcmp(pa->replacement, pb->replacement) == 0;
    }
    return same;
}

static GArray *choose(const struct findings *sink)
{
    GArray *repairs = g_array_new(FALSE, FALSE, sizeof(struct repair));

    for (unsigned i = 0; i < findings_count(sink); i++) {
        const struct finding *f = findings_at(sink, i);
        const struct sub *sub = safe_sub(f);
        bool free_place = sub != NULL;
        for (guint k = 0; free_place && k < repairs->len; k++)
            free_place = !repairs_collide(sub, g_array_index(repairs, struct repair, k).sub);
        if (free_place) {
            struct repair repair = { f, sub, g_array_index(sub->patches, struct patch, 0).span.file, false };
            g_array_append_val(repairs, repair);
        }
    }
    return repairs;
}

static int by_place(const void *a, const void *b)
{
    const struct edit *ea = a, *eb = b;

    return ea->begin < eb->begin ? -1 : ea->begin > eb->begin;
}

static GString *edited(const char *text, size_t length, GArray *edits)
{
    GString *out = g_string_sized_new(length + 64);
    size_t at = 0;

    g_array_sort(edits, by_place);
    for (guint i = 0; i < edits->len; i++) {
        const struct edit *edit = &g_array_index(edits, struct edit, i);
        g_string_append_len(out, text + at, (gssize)(edit->begin - at));
        g_string_append(out, edit->replacement);
        at = edit->end;
    }
    g_string_append_len(out, text + at, (gssize)(length - at));
    return out;
}

/* Beside the file, then in its place; through a symbolic link, with the file's own permissions. */
static bool replace_file(const char *path, const GString *text)
{
    char *target = realpath(path, NULL);
    struct stat st;
    bool ok = false;

    if (target && stat(target, &st) == 0 && access(target, W_OK) == 0) {
        GError *error = NULL;
        ok = g_file_set_contents_full(target, text->str, (gssize)text->len, G_FILE_SET_CONTENTS_CONSISTENT,
                                      (int)(st.st_mode & 07777), &error);
        if (!ok) {
            message_error("couldn't write `%s`: %s", path, error->message);
            message_end();
            g_error_free(error);
        }
    } else {
        message_error("couldn't write `%s`: %s", path, g_strerror(errno));
        message_end();
    }
    free(target);
    return ok;
}

/* False: it was not written. */
static bool fix_file(uint32_t file, const GArray *repairs, struct source_table *sources)
{
    size_t length, length_now;
    const char *text = source_text(sources, file, &length);
    char *now = NULL;
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(struct edit));
    bool ok = false;

    for (guint i = 0; i < repairs->len; i++) {
        const struct repair *repair = &g_array_index(repairs, struct repair, i);
        for (guint k = 0; repair->file == file && k < repair->sub->patches->len; k++) {
            const struct patch *patch = &g_array_index(repair->sub->patches, struct patch, k);
            struct edit edit = { patch->span.begin, patch->span.end, patch->replacement };
            g_array_append_val(edits, edit);
        }
    }
    /* Offsets are of the text that was checked; whoever has changed the file since has other ones. */
    if (text && g_file_get_contents(source_path(sources, file), &now, &length_now, NULL) && length_now == length &&
        memcmp(now, text, length) == 0) {
        GString *out = edited(text, length, edits);
        ok = replace_file(source_path(sources, file), out);
        g_string_free(out, TRUE);
    } else {
        message_error("`%s` has changed since it was read: it is left as it is", source_path(sources, file));
        message_end();
    }
    g_free(now);
    g_array_free(edits, TRUE);
    return ok;
}

/* Several findings may ask for the same edits: two paths on which one variable is leaked. */
static bool is_repaired(const struct finding *f, const GArray *repairs)
{
    const struct sub *sub = safe_sub(f);

    for (guint i = 0; sub && i < repairs->len; i++) {
        const struct repair *repair = &g_array_index(repairs, struct repair, i);
        if (!repair->failed && same_edits(sub, repair->sub))
            return true;
    }
    return false;
}

static bool is_left(const struct finding *f, void *repaired)
{
    return !g_hash_table_contains(repaired, f);
}

static void tell(const GArray *repairs, struct source_table *sources)
{
    for (guint i = 0; i < repairs->len; i++) {
        const struct repair *repair = &g_array_index(repairs, struct repair, i);
        if (repair->failed)
            continue;
        const struct patch *patch = &g_array_index(repair->sub->patches, struct patch, 0);
        struct region region = region_of(sources, patch->span);
        char *path = shown_path(sources, patch->span.file);
        char *line = g_strdup_printf("fixed: %s:%u:%u: %s: %s [%s]\n", path, region.line, region.column,
                                     repair->finding->message, repair->sub->text, repair->finding->code);
        write_out(STDERR_FILENO, line, strlen(line));
        g_free(line);
        g_free(path);
    }
}

unsigned fix_apply(struct findings *sink, struct source_table *sources)
{
    findings_sort(sink, sources);
    GArray *repairs = choose(sink);
    unsigned failures = 0;

    for (uint32_t file = 1; file <= source_count(sources); file++) {
        bool any = false;
        for (guint i = 0; i < repairs->len && !any; i++)
            any = g_array_index(repairs, struct repair, i).file == file;
        if (!any || fix_file(file, repairs, sources))
            continue;
        failures++;
        for (guint i = 0; i < repairs->len; i++) {
            struct repair *repair = &g_array_index(repairs, struct repair, i);
            repair->failed |= repair->file == file;
        }
    }
    tell(repairs, sources);
    GHashTable *repaired = g_hash_table_new(NULL, NULL); /* first all, as the repairs' texts go with their findings */
    for (unsigned i = 0; i < findings_count(sink); i++)
        if (is_repaired(findings_at(sink, i), repairs))
            g_hash_table_add(repaired, (void *)findings_at(sink, i));
    findings_keep(sink, is_left, repaired);
    g_hash_table_destroy(repaired);
    g_array_free(repairs, TRUE);
    return failures;
}
