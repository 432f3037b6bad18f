#include "allow.h"

struct filter {
    const struct ir_unit *unit;
    bool *is_used; /* by the unit's allow */
};

static bool allows(const struct ir_allow *allow, const struct finding *f)
{
    struct span place = finding_place(f);

    return allow->has_reason && place.file == allow->covers.file && place.begin >= allow->covers.begin &&
           place.begin <= allow->covers.end && g_ascii_strcasecmp(allow->code, f->code) == 0;
}

static bool is_told(const struct finding *f, void *data)
{
    struct filter *filter = data;
    bool told = true;

    for (uint32_t i = 0; i < filter->unit->allow_count; i++) {
        if (allows(&filter->unit->allows[i], f)) {
            filter->is_used[i] = true;
            told = false;
        }
    }
    return told;
}

static void report_unknown(const struct ir_allow *allow, struct findings *sink)
{
    struct finding *f = finding_new(sink, "F0903", "`%s` is not a code that could be allowed", allow->code);

    finding_warning(f);
    finding_primary(f, allow->span, "no such code");
    finding_help(f, "write the code of the finding, as in `// fearless: allow(F0101) why it is right here`");
}

static void report_no_reason(const struct ir_allow *allow, struct findings *sink)
{
    struct finding *f = finding_new(sink, "F0903", "`%s` is allowed without a reason", allow->code);

    finding_warning(f);
    finding_primary(f, allow->span, "this comment does not say why, so it allows nothing");
    finding_help(f, "write the reason behind it: `fearless: allow(%s) why it is right here`", allow->code);
}

void allow_apply(const struct ir_unit *unit, struct findings *sink, GArray *list)
{
    struct filter filter = { unit, g_new0(bool, unit->allow_count + 1) };

    if (unit->allow_count)
        findings_keep(sink, is_told, &filter);
    for (uint32_t i = 0; i < unit->allow_count; i++) {
        const struct ir_allow *allow = &unit->allows[i];
        const struct code_info *known = code_lookup(allow->code);
        if (!known) {
            report_unknown(allow, sink);
        } else if (!allow->has_reason) {
            report_no_reason(allow, sink);
        } else {
            struct allow result = { allow->span, known->code, filter.is_used[i], allow->is_in_header };
            g_array_append_val(list, result);
        }
    }
    g_free(filter.is_used);
}

void allow_merge(GArray *list, const struct allow *more)
{
    for (guint i = 0; i < list->len; i++) {
        struct allow *known = &g_array_index(list, struct allow, i);
        if (span_equal(known->span, more->span)) {
            known->is_used |= more->is_used;
            return;
        }
    }
    g_array_append_vals(list, more, 1);
}

void allow_report_unused(const GArray *list, bool judge_headers, struct findings *sink)
{
    for (guint i = 0; i < list->len; i++) {
        const struct allow *allow = &g_array_index(list, struct allow, i);
        if (allow->is_used || (allow->is_in_header && !judge_headers))
            continue;
        struct finding *f = finding_new(sink, "F0903", "`%s` is allowed, and there is none", allow->code);
        finding_warning(f);
        finding_primary(f, allow->span, "no such finding on this line or, if the comment stands alone, the next");
        finding_help(f, "take the comment out");
    }
}
