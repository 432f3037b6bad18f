#include "selection.h"

#include "message.h"

static bool none(const struct finding *f, void *data)
{
    (void)f;
    (void)data;
    return false;
}

bool selection_apply(const struct selection *selection, struct findings *sink, struct source_table *sources,
                     struct selected *ret_selected)
{
    bool ok = true;

    *ret_selected = (struct selected){ 0 };
    if (selection->config)
        config_apply(selection->config, sink, sources);
    if (selection->new_baseline) {
        ret_selected->written = findings_count(sink);
        ok = baseline_write(selection->new_baseline, sink, sources);
        findings_keep(sink, none, NULL);
    }
    if (selection->baseline)
        ret_selected->known = baseline_apply(selection->baseline, sink, &ret_selected->gone);
    if (selection->changes)
        ret_selected->unchanged = changes_apply(selection->changes, sink, sources);
    return ok;
}

/* "1 finding", "2 findings"; to be freed. */
static char *counted(unsigned n, const char *what)
{
    return g_strdup_printf("%u %s%s", n, what, n == 1 ? "" : "s");
}

static void tell(unsigned n, const char *what, const char *rest)
{
    if (n) {
        char *words = counted(n, what);
        message_remark("%s %s", words, rest);
        g_free(words);
    }
}

void selection_tell(const struct selection *selection, const struct selected *selected, bool complete)
{
    if (selection->new_baseline && complete) {
        char *words = counted(selected->written, "finding");
        message_remark("the baseline `%s` has %s", selection->new_baseline, words);
        g_free(words);
    }
    tell(selected->known, "finding", "of the baseline not shown");
    if (selection->whole_project && complete)
        tell(selected->gone, "finding", "of the baseline not found any more: --write-baseline brings it up to date");
    tell(selected->unchanged, "finding", "on unchanged lines not shown");
}
