/* A last marker tells a complete report from one whose writer died. */
#include "wire.h"

#include <string.h>

#include "pack.h"

enum { END_MARKER = 0x464C454E };

/* ---- writing ---- */

static void put_span(GByteArray *out, struct span span)
{
    pack_number(out, span.file);
    pack_number(out, span.begin);
    pack_number(out, span.end);
}

static void put_labels(GByteArray *out, const GArray *labels)
{
    pack_number(out, labels->len);
    for (unsigned i = 0; i < labels->len; i++) {
        const struct label *label = &g_array_index(labels, struct label, i);
        put_span(out, label->span);
        pack_number(out, label->primary);
        pack_number(out, label->step);
        pack_string(out, label->text);
    }
}

static void put_sub(GByteArray *out, const struct sub *sub)
{
    pack_number(out, sub->kind);
    pack_string(out, sub->text);
    put_labels(out, sub->labels);
    pack_number(out, sub->safe);
    pack_number(out, sub->patches->len);
    for (unsigned i = 0; i < sub->patches->len; i++) {
        const struct patch *patch = &g_array_index(sub->patches, struct patch, i);
        put_span(out, patch->span);
        pack_string(out, patch->replacement);
    }
}

static void put_finding(GByteArray *out, const struct finding *f)
{
    pack_string(out, f->code);
    pack_number(out, f->severity);
    pack_string(out, f->message);
    put_labels(out, f->labels);
    pack_number(out, f->subs->len);
    for (unsigned i = 0; i < f->subs->len; i++)
        put_sub(out, g_ptr_array_index(f->subs, i));
}

static void put_allow(GByteArray *out, const struct allow *allow)
{
    pack_string(out, allow->code);
    put_span(out, allow->span);
    pack_number(out, allow->is_used);
    pack_number(out, allow->is_in_header);
}

static void put_sources(GByteArray *out, const struct source_table *sources)
{
    uint32_t n = source_count(sources);

    pack_number(out, n);
    for (uint32_t file = 1; file <= n; file++)
        pack_string(out, source_path(sources, file));
}

static void put_stats(GByteArray *out, const struct stats *stats)
{
    GHashTableIter iter;
    void *kind, *n;

    pack_long(out, stats->functions);
    pack_long(out, stats->statements);
    pack_number(out, g_hash_table_size(stats->opaque));
    g_hash_table_iter_init(&iter, stats->opaque);
    while (g_hash_table_iter_next(&iter, &kind, &n)) {
        pack_string(out, kind);
        pack_number(out, GPOINTER_TO_UINT(n));
    }
}

GByteArray *wire_write(const struct report *report)
{
    GByteArray *out = g_byte_array_new();
    unsigned n = findings_count(report->findings), listed = findings_count(report->listed);

    pack_number(out, report->outcome);
    pack_string(out, report->messages);
    pack_string(out, report->dump);
    pack_bytes(out, report->ir);
    put_stats(out, &report->stats);
    pack_number(out, n);
    pack_number(out, listed);
    pack_number(out, report->allows->len);
    if (n || listed || report->allows->len)
        put_sources(out, report->sources);
    for (unsigned i = 0; i < n; i++)
        put_finding(out, findings_at(report->findings, i));
    for (unsigned i = 0; i < listed; i++)
        put_finding(out, findings_at(report->listed, i));
    for (guint i = 0; i < report->allows->len; i++)
        put_allow(out, &g_array_index(report->allows, struct allow, i));
    pack_number(out, END_MARKER);
    return out;
}

/* ---- reading ---- */

struct reader {
    struct unpack bytes;
    GArray *files; /* of uint32_t: the writer's file number - 1 -> ours */
};

static struct span get_span(struct reader *in)
{
    struct span span;

    span.file = unpack_number(&in->bytes);
    span.begin = unpack_number(&in->bytes);
    span.end = unpack_number(&in->bytes);
    if (span.file > in->files->len)
        in->bytes.bad = true;
    else if (span.file)
        span.file = g_array_index(in->files, uint32_t, span.file - 1);
    return span;
}

static void get_labels(struct reader *in, struct finding *f, struct sub *sub)
{
    uint32_t n = unpack_number(&in->bytes);

    for (uint32_t i = 0; i < n && !in->bytes.bad; i++) {
        struct span span = get_span(in);
        bool primary = unpack_number(&in->bytes);
        unsigned step = unpack_number(&in->bytes);
        char *text = unpack_string(&in->bytes);
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
    enum sub_kind kind = unpack_number(&in->bytes);
    char *text = unpack_string(&in->bytes);
    struct sub *sub = kind == SUB_NOTE ? finding_note_at(f, NO_SPAN, NULL, "%s", text ? text : "")
                                       : finding_help_at(f, NO_SPAN, NULL, "%s", text ? text : "");

    g_free(text);
    get_labels(in, f, sub);
    if (unpack_number(&in->bytes))
        sub_safe(sub);
    uint32_t n = unpack_number(&in->bytes);
    for (uint32_t i = 0; i < n && !in->bytes.bad; i++) {
        struct span span = get_span(in);
        char *replacement = unpack_string(&in->bytes);
        sub_patch(sub, span, replacement ? replacement : "");
        g_free(replacement);
    }
}

static void get_finding(struct reader *in, struct findings *sink)
{
    char *code = unpack_string(&in->bytes);
    enum severity severity = unpack_number(&in->bytes);
    char *message = unpack_string(&in->bytes);

    if (in->bytes.bad || !code || !code_lookup(code)) {
        in->bytes.bad = true;
    } else {
        struct finding *f = finding_new(sink, code, "%s", message ? message : "");
        if (severity == SEVERITY_WARNING)
            finding_warning(f);
        get_labels(in, f, NULL);
        uint32_t n = unpack_number(&in->bytes);
        for (uint32_t i = 0; i < n && !in->bytes.bad; i++)
            get_sub(in, f);
    }
    g_free(message);
    g_free(code);
}

static void get_allow(struct reader *in, GArray *allows)
{
    struct allow allow = { .span = NO_SPAN };
    char *code = unpack_string(&in->bytes);
    const struct code_info *known = code ? code_lookup(code) : NULL;

    allow.span = get_span(in);
    allow.is_used = unpack_number(&in->bytes);
    allow.is_in_header = unpack_number(&in->bytes);
    if (known && !in->bytes.bad) {
        allow.code = known->code;
        allow_merge(allows, &allow);
    } else {
        in->bytes.bad = true;
    }
    g_free(code);
}

static void get_sources(struct reader *in, struct source_table *sources)
{
    uint32_t n = unpack_number(&in->bytes);

    for (uint32_t i = 0; i < n && !in->bytes.bad; i++) {
        char *path = unpack_string(&in->bytes);
        uint32_t file = source_file(sources, path ? path : "");
        g_array_append_val(in->files, file);
        g_free(path);
    }
}

static void get_stats(struct reader *in, struct stats *stats)
{
    stats->functions += unpack_long(&in->bytes);
    stats->statements += unpack_long(&in->bytes);
    uint32_t n = unpack_number(&in->bytes);
    for (uint32_t i = 0; i < n && !in->bytes.bad; i++) {
        char *kind = unpack_string(&in->bytes);
        uint32_t more = unpack_number(&in->bytes);
        if (!kind)
            continue;
        void *before = g_hash_table_lookup(stats->opaque, kind);
        g_hash_table_insert(stats->opaque, kind, GUINT_TO_POINTER(GPOINTER_TO_UINT(before) + more));
    }
}

bool wire_read(const guint8 *bytes, size_t length, struct report *report)
{
    struct reader in = { { bytes, bytes + length, false }, NULL };
    uint32_t marker = 0;

    /* The writer may have died at any byte; then nothing of what it said is taken. */
    if (length < sizeof(marker))
        return false;
    memcpy(&marker, bytes + length - sizeof(marker), sizeof(marker));
    if (marker != END_MARKER)
        return false;

    in.files = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    report->outcome = unpack_number(&in.bytes);
    g_free(report->messages);
    report->messages = unpack_string(&in.bytes);
    g_free(report->dump);
    report->dump = unpack_string(&in.bytes);
    g_clear_pointer(&report->ir, g_bytes_unref);
    report->ir = unpack_bytes(&in.bytes);
    get_stats(&in, &report->stats);
    uint32_t n = unpack_number(&in.bytes), listed = unpack_number(&in.bytes), allows = unpack_number(&in.bytes);
    if (n || listed || allows)
        get_sources(&in, report->sources);
    for (uint32_t i = 0; i < n && !in.bytes.bad; i++)
        get_finding(&in, report->findings);
    for (uint32_t i = 0; i < listed && !in.bytes.bad; i++)
        get_finding(&in, report->listed);
    for (uint32_t i = 0; i < allows && !in.bytes.bad; i++)
        get_allow(&in, report->allows);
    g_array_free(in.files, TRUE);
    return !in.bytes.bad;
}
