/* Building findings: see diag.h. */
#include <string.h>

#include "diag.h"
#include "findings.h"

static void label_clear(void *data)
{
    struct label *label = data;

    g_free(label->text);
}

static void patch_clear(void *data)
{
    struct patch *patch = data;

    g_free((char *)patch->replacement);
}

static GArray *labels_new(void)
{
    GArray *labels = g_array_new(FALSE, FALSE, sizeof(struct label));

    g_array_set_clear_func(labels, label_clear);
    return labels;
}

static void sub_free(void *data)
{
    struct sub *sub = data;

    g_free(sub->text);
    g_array_free(sub->labels, TRUE);
    g_array_free(sub->patches, TRUE);
    g_free(sub);
}

void finding_free(void *data)
{
    struct finding *f = data;

    g_free(f->message);
    g_free(f->function);
    g_free(f->fingerprint);
    g_array_free(f->labels, TRUE);
    g_ptr_array_free(f->subs, TRUE);
    g_free(f);
}

/* Names in a text may come from source in any encoding; from here on every text is UTF-8. */
static char *format(const char *fmt, va_list ap)
{
    char *text = g_strdup_vprintf(fmt, ap);

    if (!g_utf8_validate(text, -1, NULL)) {
        char *valid = g_utf8_make_valid(text, -1);
        g_free(text);
        text = valid;
    }
    return text;
}

/* The text that a variadic builder was given; NULL for NULL. */
#define FORMATTED(ret, fmt)                                                                        \
    do {                                                                                           \
        va_list ap_;                                                                               \
        va_start(ap_, fmt);                                                                        \
        (ret) = (fmt) ? format((fmt), ap_) : NULL;                                                 \
        va_end(ap_);                                                                               \
    } while (0)

struct finding *finding_new(struct findings *sink, const char *code, const char *fmt, ...)
{
    struct finding *f = g_new0(struct finding, 1);
    const struct code_info *known = code_lookup(code);

    if (!known)
        g_error("finding_new: %s is not in codes.def", code);
    f->code = g_intern_static_string(known->code);
    f->severity = SEVERITY_ERROR;
    FORMATTED(f->message, fmt);
    f->labels = labels_new();
    f->subs = g_ptr_array_new_with_free_func(sub_free);
    findings_add(sink, f);
    return f;
}

void finding_warning(struct finding *f)
{
    f->severity = SEVERITY_WARNING;
}

static void add_label(GArray *labels, struct span span, bool primary, char *text)
{
    if (text && !*text)
        g_clear_pointer(&text, g_free);
    struct label label = { .span = span, .primary = primary, .text = text };
    g_array_append_val(labels, label);
}

void finding_primary(struct finding *f, struct span span, const char *fmt, ...)
{
    char *text;

    FORMATTED(text, fmt);
    add_label(f->labels, span, true, text);
}

void finding_label(struct finding *f, struct span span, const char *fmt, ...)
{
    char *text;

    FORMATTED(text, fmt);
    add_label(f->labels, span, false, text);
}

void finding_step(struct finding *f, unsigned n)
{
    if (f->labels->len)
        g_array_index(f->labels, struct label, f->labels->len - 1).step = n;
}

/* Takes text. */
static struct sub *add_sub(struct finding *f, enum sub_kind kind, char *text)
{
    struct sub *sub = g_new0(struct sub, 1);

    sub->kind = kind;
    sub->text = text;
    sub->labels = labels_new();
    sub->patches = g_array_new(FALSE, FALSE, sizeof(struct patch));
    g_array_set_clear_func(sub->patches, patch_clear);
    g_ptr_array_add(f->subs, sub);
    return sub;
}

void finding_note(struct finding *f, const char *fmt, ...)
{
    char *text;

    FORMATTED(text, fmt);
    add_sub(f, SUB_NOTE, text);
}

void finding_help(struct finding *f, const char *fmt, ...)
{
    char *text;

    FORMATTED(text, fmt);
    add_sub(f, SUB_HELP, text);
}

/* A place that is not known leaves the words without a snippet. */
static struct sub *add_sub_at(struct finding *f, enum sub_kind kind, struct span span,
                              const char *label, char *text)
{
    struct sub *sub = add_sub(f, kind, text);

    if (!span_is_none(span))
        add_label(sub->labels, span, true, g_strdup(label));
    return sub;
}

struct sub *finding_note_at(struct finding *f, struct span span, const char *label, const char *fmt,
                            ...)
{
    char *text;

    FORMATTED(text, fmt);
    return add_sub_at(f, SUB_NOTE, span, label, text);
}

struct sub *finding_help_at(struct finding *f, struct span span, const char *label, const char *fmt,
                            ...)
{
    char *text;

    FORMATTED(text, fmt);
    return add_sub_at(f, SUB_HELP, span, label, text);
}

void sub_primary(struct sub *sub, struct span span, const char *fmt, ...)
{
    char *text;

    FORMATTED(text, fmt);
    add_label(sub->labels, span, true, text);
}

void sub_label(struct sub *sub, struct span span, const char *fmt, ...)
{
    char *text;

    FORMATTED(text, fmt);
    add_label(sub->labels, span, false, text);
}

static int patch_compare(const void *a, const void *b)
{
    const struct patch *pa = a, *pb = b;

    if (pa->span.begin != pb->span.begin)
        return pa->span.begin < pb->span.begin ? -1 : 1;
    return pa->span.end < pb->span.end ? -1 : pa->span.end > pb->span.end;
}

void sub_patch(struct sub *sub, struct span span, const char *replacement)
{
    struct patch patch = { span, g_utf8_make_valid(replacement, -1) };

    g_array_append_val(sub->patches, patch);
    g_array_sort(sub->patches, patch_compare);
}

struct sub *finding_suggest(struct finding *f, unsigned n, const struct patch *patches,
                            const char *fmt, ...)
{
    char *text;

    FORMATTED(text, fmt);
    struct sub *sub = add_sub(f, SUB_HELP, text);
    for (unsigned i = 0; i < n; i++)
        sub_patch(sub, patches[i].span, patches[i].replacement);
    return sub;
}

void sub_safe(struct sub *sub)
{
    sub->safe = true;
}

struct span finding_place(const struct finding *f)
{
    for (unsigned i = 0; i < f->labels->len; i++) {
        const struct label *label = &g_array_index(f->labels, struct label, i);
        if (label->primary)
            return label->span;
    }
    return NO_SPAN;
}
