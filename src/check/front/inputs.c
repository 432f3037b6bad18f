#define _GNU_SOURCE /* memmem, dladdr */
#include "front/inputs.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "front/files.h"
#include "front/front.h"
#include "front/models.h"

struct front_inputs *front_inputs_new(void)
{
    struct front_inputs *inputs = g_new0(struct front_inputs, 1);

    inputs->files = g_array_new(FALSE, FALSE, sizeof(struct front_input));
    inputs->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return inputs;
}

void front_inputs_free(struct front_inputs *inputs)
{
    if (!inputs)
        return;
    g_array_free(inputs->files, TRUE);
    g_hash_table_destroy(inputs->names);
    g_free(inputs);
}

/* ------------------------------------------------------------------------------------- names in the text */

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    return at;
}

/* The name behind `include`, `include_next`, `__has_include(`, `import`; NULL when none stands there. */
static char *name_at(const char *at, const char *end)
{
    enum { LONGEST = 512 };

    if ((size_t)(end - at) > strlen("_next") && strncmp(at, "_next", strlen("_next")) == 0)
        at += strlen("_next");
    at = skip_blanks(at, end);
    if (at < end && *at == '(')
        at = skip_blanks(at + 1, end);
    if (at >= end || (*at != '"' && *at != '<'))
        return NULL;
    char close = *at == '"' ? '"' : '>';
    const char *start = ++at;
    while (at < end && *at != close && *at != '\n' && at - start < LONGEST)
        at++;
    return at < end && *at == close && at > start ? g_strndup(start, (gsize)(at - start)) : NULL;
}

/* Also those in comments and in branches that are not taken: a name too many costs a look, one too few is a mistake. */
static void read_names(GHashTable *names, const char *text, size_t size, const char *word)
{
    const char *at = text, *end = text + size;
    size_t length = strlen(word);

    while ((at = memmem(at, (size_t)(end - at), word, length))) {
        at += length;
        char *name = name_at(at, end);
        if (name)
            g_hash_table_add(names, name);
    }
}

/* `#embed`, whose file is not among the inclusions. */
static bool embeds(const char *text, size_t size)
{
    static const char word[] = "embed";
    const char *at = text, *end = text + size;

    while ((at = memmem(at, (size_t)(end - at), word, sizeof word - 1))) {
        const char *before = at++;
        while (before > text && (before[-1] == ' ' || before[-1] == '\t'))
            before--;
        if (before > text && before[-1] == '#')
            return true;
    }
    return false;
}

/* ------------------------------------------------------------------------------------------ files and flags */

struct reading {
    struct front *front;
    struct front_inputs *inputs;
    GHashTable *seen;
};

static void see_file(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data)
{
    struct reading *r = data;
    struct front_input input = {.file = file_number(r->front->files, file)};
    size_t size = 0;

    (void)stack;
    (void)depth;
    if (!g_hash_table_add(r->seen, GUINT_TO_POINTER(input.file)) ||
        strcmp(source_path(r->front->sources, input.file), models_path) == 0)
        return;
    const char *text = file_text(r->front->files, input.file, &size);
    if (!text) {
        r->inputs->is_partial = true;
        return;
    }
    input.hash = hash_bytes(HASH_START, text, size);
    input.is_system = clang_Location_isInSystemHeader(clang_getLocationForOffset(r->front->tu, file, 0));
    g_array_append_val(r->inputs->files, input);
    read_names(r->inputs->names, text, size, "include");
    read_names(r->inputs->names, text, size, "import");
    r->inputs->is_partial |= embeds(text, size);
}

/* Files of clang's own making are read without being included. */
static bool reads_unseen(const char *flag)
{
    return g_str_has_prefix(flag, "-include-pch") || g_str_has_prefix(flag, "-fmodule") ||
           g_str_has_prefix(flag, "-ivfsoverlay") || strcmp(flag, "-Xclang") == 0;
}

void front_read_inputs(struct front *front, const struct front_options *options)
{
    struct reading r = {front, options->inputs, g_hash_table_new(NULL, NULL)};

    clang_getInclusions(front->tu, see_file, &r);
    g_hash_table_destroy(r.seen);
    for (size_t i = 0; i < options->flag_count; i++) {
        const char *flag = options->flags[i];
        r.inputs->is_partial |= reads_unseen(flag);
        if ((strcmp(flag, "-include") == 0 || strcmp(flag, "-imacros") == 0) && i + 1 < options->flag_count)
            g_hash_table_add(r.inputs->names, g_strdup(options->flags[i + 1]));
    }
}

char *front_identity(void)
{
    static const char *const variables[] = {"CPATH", "C_INCLUDE_PATH", "SDKROOT", "SOURCE_DATE_EPOCH",
                                            "CCC_OVERRIDE_OPTIONS"};
    GString *out = g_string_new(front_clang_version());
    struct stat st;
    Dl_info library;

    /* A distribution's update may keep the version. */
    if (dladdr((const void *)(uintptr_t)clang_getClangVersion, &library) && library.dli_fname &&
        stat(library.dli_fname, &st) == 0)
        g_string_append_printf(out, "\n%s %lld %lld", library.dli_fname, (long long)st.st_size, (long long)st.st_mtime);
    for (size_t i = 0; i < G_N_ELEMENTS(variables); i++) {
        const char *value = g_getenv(variables[i]);
        if (value)
            g_string_append_printf(out, "\n%s=%s", variables[i], value);
    }
    return g_string_free(out, FALSE);
}
