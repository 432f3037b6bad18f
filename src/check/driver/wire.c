/*
 * Both ends are the same program, so the format needs no version: numbers are 4 or 8 bytes in the
 * machine's order, strings their length plus one and their bytes, 0 standing for NULL. A last
 * marker tells a complete report from one whose writer died.
 */
#include "wire.h"

#include <string.h>

enum { END_MARKER = 0x464C454E };

/* ---- writing ---- */

static void put_number(GByteArray *out, uint32_t n)
{
    g_byte_array_append(out, (const guint8 *)&n, sizeof(n));
}

static void put_long(GByteArray *out, uint64_t n)
{
    g_byte_array_append(out, (const guint8 *)&n, sizeof(n));
}

static void put_string(GByteArray *out, const char *text)
{
    if (!text) {
        put_number(out, 0);
        return;
    }
    size_t length = strlen(text);
    put_number(out, (uint32_t)length + 1);
    g_byte_array_append(out, (const guint8 *)text, (guint)length);
}

static void put_bytes(GByteArray *out, GBytes *bytes)
{
    gsize size = 0;
    const guint8 *data = bytes ? g_bytes_get_data(bytes, &size) : NULL;

    put_long(out, bytes ? size + 1 : 0);
    if (data)
        g_byte_array_append(out, data, (guint)size);
}

static void put_span(GByteArray *out, struct span span)
{
    put_number(out, span.file);
    put_number(out, span.begin);
    put_number(out, span.end);
}

static void put_labels(GByteArray *out, const GArray *labels)
{
    put_number(out, labels->len);
    for (unsigned i = 0; i < labels->len; i++) {
        const struct label *label = &g_array_index(labels, struct label, i);
        put_span(out, label->span);
        put_number(out, label->primary);
        put_number(out, label->step);
        put_string(out, label->text);
    }
}

static void put_sub(GByteArray *out, const struct sub *sub)
{
    put_number(out, sub->kind);
    put_string(out, sub->text);
    put_labels(out, sub->labels);
    put_number(out, sub->safe);
    put_number(out, sub->patches->len);
    for (unsigned i = 0; i < sub->patches->len; i++) {
        const struct patch *patch = &g_array_index(sub->patches, struct patch, i);
        put_span(out, patch->span);
        put_string(out, patch->replacement);
    }
}

static void put_finding(GByteArray *out, const struct finding *f)
{
    put_string(out, f->code);
    put_number(out, f->severity);
    put_string(out, f->message);
    put_labels(out, f->labels);
    put_number(out, f->subs->len);
    for (unsigned i = 0; i < f->subs->len; i++)
        put_sub(out, g_ptr_array_index(f->subs, i));
}

static void put_allow(GByteArray *out, const struct allow *allow)
{
    put_string(out, allow->code);
    put_span(out, allow->span);
    put_number(out, allow->is_used);
    put_number(out, allow->is_in_header);
}

static void put_sources(GByteArray *out, const struct source_table *sources)
{
    uint32_t n = source_count(sources);

    put_number(out, n);
    for (uint32_t file = 1; file <= n; file++)
        put_string(out, source_path(sources, file));
}

static void put_stats(GByteArray *out, const struct stats *stats)
{
    GHashTableIter iter;
    void *kind, *n;

    put_long(out, stats->functions);
    put_long(out, stats->statements);
    put_number(out, g_hash_table_size(stats->opaque));
    g_hash_table_iter_init(&iter, stats->opaque);
    while (g_hash_table_iter_next(&iter, &kind, &n)) {
        put_string(out, kind);
        put_number(out, GPOINTER_TO_UINT(n));
    }
}

GByteArray *wire_write(const struct report *report)
{
    GByteArray *out = g_byte_array_new();
    unsigned n = findings_count(report->findings), listed = findings_count(report->listed);

    put_number(out, report->outcome);
    put_string(out, report->messages);
    put_string(out, report->dump);
    put_bytes(out, report->ir);
    put_stats(out, &report->stats);
    put_number(out, n);
    put_number(out, listed);
    put_number(out, report->allows->len);
    if (n || listed || report->allows->len)
        put_sources(out, report->sources);
    for (unsigned i = 0; i < n; i++)
        put_finding(out, findings_at(report->findings, i));
    for (unsigned i = 0; i < listed; i++)
        put_finding(out, findings_at(report->listed, i));
    for (guint i = 0; i < report->allows->len; i++)
        put_allow(out, &g_array_index(report->allows, struct allow, i));
    put_number(out, END_MARKER);
    return out;
}

/* ---- reading ---- */

struct reader {
    const guint8 *at, *end;
    bool bad;
    GArray *files; /* of uint32_t: the writer's file number - 1 -> ours */
};

static void get_bytes(struct reader *in, void *bytes, size_t n)
{
    if (in->bad || (size_t)(in->end - in->at) < n) {
        in->bad = true;
        memset(bytes, 0, n);
        return;
    }
    memcpy(bytes, in->at, n);
    in->at += n;
}

static uint32_t get_number(struct reader *in)
{
    uint32_t n;

    get_bytes(in, &n, sizeof(n));
    return n;
}

static uint64_t get_long(struct reader *in)
{
    uint64_t n;

    get_bytes(in, &n, sizeof(n));
    return n;
}

/* To be freed; NULL for NULL. */
static char *get_string(struct reader *in)
{
    uint32_t n = get_number(in);

    if (n == 0 || in->bad || (size_t)(in->end - in->at) < n - 1) {
        in->bad = in->bad || n != 0;
        return NULL;
    }
    char *text = g_strndup((const char *)in->at, n - 1);
    in->at += n - 1;
    return text;
}

/* To be given back; NULL for NULL. */
static GBytes *get_blob(struct reader *in)
{
    uint64_t n = get_long(in);

    if (n == 0 || in->bad || (uint64_t)(in->end - in->at) < n - 1) {
        in->bad = in->bad || n != 0;
        return NULL;
    }
    GBytes *bytes = g_bytes_new(in->at, n - 1);
    in->at += n - 1;
    return bytes;
}

static struct span get_span(struct reader *in)
{
    struct span span;

    span.file = get_number(in);
    span.begin = get_number(in);
    span.end = get_number(in);
    if (span.file > in->files->len)
        in->bad = true;
    else if (span.file)
        span.file = g_array_index(in->files, uint32_t, span.file - 1);
    return span;
}

static void get_labels(struct reader *in, struct finding *f, struct sub *sub)
{
    uint32_t n = get_number(in);

    for (uint32_t i = 0; i < n && !in->bad; i++) {
        struct span span = get_span(in);
        bool primary = get_number(in);
        unsigned step = get_number(in);
        char *text = get_string(in);
        const char *fmt = text ? "%s" : NULL;
        if (sub && primary)
            sub_primary(sub, span, fmt, text);
        else if (sub)
            sub_label(sub, span, fmt, text);
        else if (primary)
            finding_primary(f, span, fmt, text);
        else
            finding_label(f, span, fmt, text);
        if (!sub)
            finding_step(f, step);
        g_free(text);
    }
}

static void get_sub(struct reader *in, struct finding *f)
{
    enum sub_kind kind = get_number(in);
    char *text = get_string(in);
    struct sub *sub = kind == SUB_NOTE ? finding_note_at(f, NO_SPAN, NULL, "%s", text ? text : "")
                                       : finding_help_at(f, NO_SPAN, NULL, "%s", text ? text : "");

    g_free(text);
    get_labels(in, f, sub);
    if (get_number(in))
        sub_safe(sub);
    uint32_t n = get_number(in);
    for (uint32_t i = 0; i < n && !in->bad; i++) {
        struct span span = get_span(in);
        char *replacement = get_string(in);
        sub_patch(sub, span, replacement ? replacement : "");
        g_free(replacement);
    }
}

static void get_finding(struct reader *in, struct findings *sink)
{
    char *code = get_string(in);
    enum severity severity = get_number(in);
    char *message = get_string(in);

    if (in->bad || !code || !code_lookup(code)) {
        in->bad = true;
    } else {
        struct finding *f = finding_new(sink, code, "%s", message ? message : "");
        if (severity == SEVERITY_WARNING)
            finding_warning(f);
        get_labels(in, f, NULL);
        uint32_t n = get_number(in);
        for (uint32_t i = 0; i < n && !in->bad; i++)
            get_sub(in, f);
    }
    g_free(message);
    g_free(code);
}

static void get_allow(struct reader *in, GArray *allows)
{
    struct allow allow = { .span = NO_SPAN };
    char *code = get_string(in);
    const struct code_info *known = code ? code_lookup(code) : NULL;

    allow.span = get_span(in);
    allow.is_used = get_number(in);
    allow.is_in_header = get_number(in);
    if (known && !in->bad) {
        allow.code = known->code;
        allow_merge(allows, &allow);
    } else {
        in->bad = true;
    }
    g_free(code);
}

static void get_sources(struct reader *in, struct source_table *sources)
{
    uint32_t n = get_number(in);

    for (uint32_t i = 0; i < n && !in->bad; i++) {
        char *path = get_string(in);
        uint32_t file = source_file(sources, path ? path : "");
        g_array_append_val(in->files, file);
        g_free(path);
    }
}

static void get_stats(struct reader *in, struct stats *stats)
{
    stats->functions += get_long(in);
    stats->statements += get_long(in);
    uint32_t n = get_number(in);
    for (uint32_t i = 0; i < n && !in->bad; i++) {
        char *kind = get_string(in);
        uint32_t more = get_number(in);
        if (!kind)
            continue;
        void *before = g_hash_table_lookup(stats->opaque, kind);
        g_hash_table_insert(stats->opaque, kind, GUINT_TO_POINTER(GPOINTER_TO_UINT(before) + more));
    }
}

bool wire_read(const guint8 *bytes, size_t length, struct report *report)
{
    struct reader in = { bytes, bytes + length, false, NULL };
    uint32_t marker = 0;

    /* The writer may have died at any byte; then nothing of what it said is taken. */
    if (length < sizeof(marker))
        return false;
    memcpy(&marker, bytes + length - sizeof(marker), sizeof(marker));
    if (marker != END_MARKER)
        return false;

    in.files = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    report->outcome = get_number(&in);
    g_free(report->messages);
    report->messages = get_string(&in);
    g_free(report->dump);
    report->dump = get_string(&in);
    g_clear_pointer(&report->ir, g_bytes_unref);
    report->ir = get_blob(&in);
    get_stats(&in, &report->stats);
    uint32_t n = get_number(&in), listed = get_number(&in), allows = get_number(&in);
    if (n || listed || allows)
        get_sources(&in, report->sources);
    for (uint32_t i = 0; i < n && !in.bad; i++)
        get_finding(&in, report->findings);
    for (uint32_t i = 0; i < listed && !in.bad; i++)
        get_finding(&in, report->listed);
    for (uint32_t i = 0; i < allows && !in.bad; i++)
        get_allow(&in, report->allows);
    g_array_free(in.files, TRUE);
    return !in.bad;
}
