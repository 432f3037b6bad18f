/* The sink: buffers findings, puts them into one order, and removes what was found twice. */
#include "findings.h"

#include <string.h>

struct findings {
    GPtrArray *list; /* of struct finding * */
};

struct findings *findings_new(void)
{
    struct findings *sink = g_new0(struct findings, 1);

    sink->list = g_ptr_array_new_with_free_func(finding_free);
    return sink;
}

void findings_free(struct findings *sink)
{
    if (!sink)
        return;
    g_ptr_array_free(sink->list, TRUE);
    g_free(sink);
}

void findings_add(struct findings *sink, struct finding *f)
{
    g_ptr_array_add(sink->list, f);
}

unsigned findings_count(const struct findings *sink)
{
    return sink->list->len;
}

const struct finding *findings_at(const struct findings *sink, unsigned index)
{
    return g_ptr_array_index(sink->list, index);
}

struct finding *findings_entry(struct findings *sink, unsigned index)
{
    return g_ptr_array_index(sink->list, index);
}

/* Paths, not file numbers: numbers depend on which file happened to be checked first. */
static int place_compare(struct span a, struct span b, const struct source_table *sources)
{
    if (a.file != b.file) {
        int by_path = strcmp(source_path(sources, a.file), source_path(sources, b.file));
        if (by_path)
            return by_path;
    }
    if (a.begin != b.begin)
        return a.begin < b.begin ? -1 : 1;
    return a.end < b.end ? -1 : a.end > b.end;
}

static int finding_compare(const void *a, const void *b, void *data)
{
    const struct finding *fa = *(struct finding *const *)a;
    const struct finding *fb = *(struct finding *const *)b;
    int order = place_compare(finding_place(fa), finding_place(fb), data);

    if (order == 0)
        order = strcmp(fa->code, fb->code);
    if (order == 0)
        order = strcmp(fa->message, fb->message);
    /* The same thing told twice: the fuller telling comes first and survives. */
    if (order == 0)
        order = fa->labels->len > fb->labels->len ? -1 : fa->labels->len < fb->labels->len;
    if (order == 0)
        order = fa->subs->len > fb->subs->len ? -1 : fa->subs->len < fb->subs->len;
    for (unsigned i = 0; order == 0 && i < fa->labels->len; i++) {
        const struct label *la = &g_array_index(fa->labels, struct label, i);
        const struct label *lb = &g_array_index(fb->labels, struct label, i);
        order = place_compare(la->span, lb->span, data);
        if (order == 0)
            order = g_strcmp0(la->text, lb->text);
    }
    return order;
}

static bool same_finding(const struct finding *a, const struct finding *b)
{
    return a->code == b->code && span_equal(finding_place(a), finding_place(b)) &&
           strcmp(a->message, b->message) == 0;
}

void findings_sort(struct findings *sink, struct source_table *sources)
{
    GPtrArray *list = sink->list;

    g_ptr_array_sort_with_data(list, finding_compare, sources);
    for (unsigned i = 1; i < list->len;) {
        if (same_finding(g_ptr_array_index(list, i - 1), g_ptr_array_index(list, i)))
            g_ptr_array_remove_index(list, i);
        else
            i++;
    }
}

void findings_keep(struct findings *sink, finding_test *keep, void *data)
{
    GPtrArray *list = sink->list;

    for (unsigned i = 0; i < list->len;) {
        if (keep(g_ptr_array_index(list, i), data))
            i++;
        else
            g_ptr_array_remove_index(list, i);
    }
}

void findings_weigh(struct findings *sink, finding_severity *severity_of, void *data)
{
    for (unsigned i = 0; i < findings_count(sink); i++) {
        struct finding *f = findings_entry(sink, i);
        f->severity = severity_of(f, data);
    }
}

bool findings_mention(const struct findings *sink, const char *code, struct span span)
{
    for (unsigned i = 0; i < findings_count(sink); i++) {
        const struct finding *finding = findings_at(sink, i);
        if (strcmp(finding->code, code) != 0)
            continue;
        for (guint k = 0; k < finding->labels->len; k++)
            if (span_overlaps(g_array_index(finding->labels, struct label, k).span, span))
                return true;
    }
    return false;
}
