/*
 * Findings as data. An analysis builds them; only render.c knows how they look.
 *
 *     struct finding *f = finding_new(sink, "E0382", "use of moved value: `%s`", name);
 *     finding_primary(f, use, "value used here after move");
 *     finding_label(f, move, "value moved into thread here");
 *     finding_label(f, decl, "move occurs because `%s` has type `%s`", name, type);
 *     finding_suggest(f, 1, &(struct patch){ arg, "fl_clone(v)" }, "clone it before");
 *
 * Every text is copied. A finding belongs to its sink from the start, so nothing needs to be freed
 * or submitted. Labels may come in any order; notes and helps are shown in the order in which they
 * were added. A text is lower case, without a final full stop, names between `back quotes`. NULL as
 * the format of a label leaves the span underlined but without words.
 */
#ifndef FEARLESS_CHECK_DIAG_DIAG_H
#define FEARLESS_CHECK_DIAG_DIAG_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/source.h"
#include "base/span.h"

enum severity {
    SEVERITY_ERROR,
    SEVERITY_WARNING,
};

/* A span that is underlined, with ^^^ (primary: where it goes wrong) or --- (what led there). */
struct label {
    struct span span;
    bool primary;
    unsigned step; /* of what happens one after the other: 1, 2 ...; 0: it is no event */
    char *text;    /* NULL: underlined only */
};

/*
 * An edit: the bytes of span become replacement. An empty span inserts, an empty replacement
 * deletes.
 */
struct patch {
    struct span span;
    const char *replacement;
};

enum sub_kind {
    SUB_NOTE,
    SUB_HELP,
};

/* A note or help below the snippet: words alone, or with a snippet of its own, or with a patch. */
struct sub {
    enum sub_kind kind;
    char *text;
    GArray *labels;  /* of struct label; empty: shown as "= note: ..." */
    GArray *patches; /* of struct patch; when not empty the patch is shown as a diff */
    bool safe;       /* the patch is what was meant, and its result is accepted: --fix applies it */
};

struct finding {
    const char *code; /* interned, so it may be compared by address */
    enum severity severity;
    char *message;
    GArray *labels;  /* of struct label */
    GPtrArray *subs; /* of struct sub * */
    /* Of findings_identify() (fingerprint.h); NULL before. */
    char *function; /* the one around its place; NULL outside any */
    char *fingerprint;
};

/* ---- the sink ---- */

struct findings;

struct findings *findings_new(void);
void findings_free(struct findings *sink);

/*
 * Orders by place (file as its path, offset), then code, then message, and removes what was found
 * twice. The same list gives the same order whatever order it was found in.
 */
void findings_sort(struct findings *sink, struct source_table *sources);

/* Removes the findings for which keep says no. */
typedef bool finding_test(const struct finding *f, void *data);
void findings_keep(struct findings *sink, finding_test *keep, void *data);

/* Sets the severity of each to what severity_of says. */
typedef enum severity finding_severity(const struct finding *f, void *data);
void findings_weigh(struct findings *sink, finding_severity *severity_of, void *data);

unsigned findings_count(const struct findings *sink);
const struct finding *findings_at(const struct findings *sink, unsigned index);

/* A finding of this code underlines something in span: one mistake is told once. */
bool findings_mention(const struct findings *sink, const char *code, struct span span);

/* ---- building ---- */

/* The code must be one of codes.def. */
struct finding *finding_new(struct findings *sink, const char *code, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);
void finding_warning(struct finding *f);

void finding_primary(struct finding *f, struct span span, const char *fmt, ...) G_GNUC_PRINTF(3, 4);
void finding_label(struct finding *f, struct span span, const char *fmt, ...) G_GNUC_PRINTF(3, 4);

/*
 * The label that was added last is an event, step n of the way to the mistake (moved: 1, used: 2). Shown by the forms
 * for machines that know of time; labels of one step are alternatives.
 */
void finding_step(struct finding *f, unsigned n);

/* "= note: ..." and "= help: ..." */
void finding_note(struct finding *f, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
void finding_help(struct finding *f, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* A note or help with a snippet: span is its primary place, label the words at it (NULL: none). */
struct sub *finding_note_at(struct finding *f, struct span span, const char *label, const char *fmt,
                            ...) G_GNUC_PRINTF(4, 5);
struct sub *finding_help_at(struct finding *f, struct span span, const char *label, const char *fmt,
                            ...) G_GNUC_PRINTF(4, 5);

/* One more labelled place in the snippet of such a note or help. */
void sub_primary(struct sub *sub, struct span span, const char *fmt, ...) G_GNUC_PRINTF(3, 4);
void sub_label(struct sub *sub, struct span span, const char *fmt, ...) G_GNUC_PRINTF(3, 4);

/* One more edit of a note or help; see finding_suggest(). */
void sub_patch(struct sub *sub, struct span span, const char *replacement);

/*
 * A help with a patch of n edits that belong together; all in one file, none overlapping. Whoever can tell that the
 * patched program is accepted and does what was meant says so of it with sub_safe().
 */
struct sub *finding_suggest(struct finding *f, unsigned n, const struct patch *patches,
                            const char *fmt, ...) G_GNUC_PRINTF(4, 5);
void sub_safe(struct sub *sub);

/* The span of the first primary label; NO_SPAN when there is none. */
struct span finding_place(const struct finding *f);

/* ---- the catalogue ---- */

struct code_info {
    const char *code;
    const char *title; /* one line */
    bool emitted;      /* by this version: it then has a page in docs/errors/ */
};

/* NULL for what is no code; upper and lower case are the same. */
const struct code_info *code_lookup(const char *code);
const struct code_info *code_catalogue(unsigned *ret_count);

#endif
