#include "front/flags.h"

#include <stdio.h>
#include <string.h>

#include "front/clang_notes.h"
#include "front/models.h"

/* Flags that would make reading differ from what the user means, or that write files. */
static bool is_unwanted(const char *flag)
{
    static const char *const exact[] = {"-c", "-S", "-E", "-M", "-MM", "-MD", "-MMD", "-MG", "-MP",
                                        "-Werror", "-pedantic-errors", "-save-temps",
                                        "-fsyntax-only", "-fno-exceptions", "-pipe", "-s"};
    static const char *const prefixes[] = {"-Werror=", "-D_FORTIFY_SOURCE", "-U_FORTIFY_SOURCE",
                                           "-save-temps=", "-fsanitize", "-fno-sanitize",
                                           "-fplugin", "-flto", "-Wp,", "-Wl,", "-Wa,"};

    for (size_t i = 0; i < G_N_ELEMENTS(exact); i++)
        if (strcmp(flag, exact[i]) == 0)
            return true;
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(flag, prefixes[i]))
            return true;
    return false;
}

/* Those whose next argument goes with them. */
static bool takes_file(const char *flag)
{
    static const char *const flags[] = {"-MF", "-MT", "-MQ", "-o"};

    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
        if (strcmp(flag, flags[i]) == 0)
            return true;
    return false;
}

/* `-Wp,-D_FORTIFY_SOURCE=2,-DX`: parts of it may matter. */
static void add_preprocessor_flags(GPtrArray *out, const char *list)
{
    char **parts = g_strsplit(list, ",", -1);

    for (char **part = parts; *part; part++) {
        if (g_str_has_prefix(*part, "-M")) {
            if (part[1] && part[1][0] != '-')
                part++;
        } else if (**part && !is_unwanted(*part)) {
            g_ptr_array_add(out, g_strdup(*part));
        }
    }
    g_strfreev(parts);
}

static void add(GPtrArray *out, const char *flag)
{
    g_ptr_array_add(out, g_strdup(flag));
}

static void add_users(GPtrArray *out, const struct front_options *options, bool *ret_names_language,
                      bool *ret_names_resources)
{
    for (size_t i = 0; i < options->flag_count; i++) {
        const char *flag = options->flags[i];
        if (takes_file(flag)) {
            i++;
        } else if (g_str_has_prefix(flag, "-Wp,")) {
            add_preprocessor_flags(out, flag + strlen("-Wp,"));
        } else if (!is_unwanted(flag)) {
            *ret_names_language |= g_str_has_prefix(flag, "-x");
            *ret_names_resources |= g_str_has_prefix(flag, "-resource-dir") ||
                                    strcmp(flag, "-nobuiltininc") == 0;
            add(out, flag);
        }
    }
}

/* What a preprocessor has written: it begins with a line marker. gcc's own headers are expanded in it (models.c). */
static bool is_preprocessed(const char *path)
{
    char head[8] = "";
    FILE *file = fopen(path, "r");
    size_t length = file ? fread(head, 1, sizeof head - 1, file) : 0;

    if (file)
        fclose(file);
    return length > 4 && head[0] == '#' && head[1] == ' ' && g_ascii_isdigit(head[2]);
}

/* Does clang know by the file's name that it is C? As .i it would not look at our notes. */
static bool has_language_suffix(const char *path)
{
    static const char *const suffixes[] = {".c", ".h"};

    for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++)
        if (g_str_has_suffix(path, suffixes[i]))
            return true;
    return false;
}

GPtrArray *front_flags(const struct front_options *options)
{
    GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
    bool names_language = false, names_resources = false;

    add(out, "-include");
    add(out, models_path);
    add_users(out, options, &names_language, &names_resources);
    if (!names_language && !has_language_suffix(options->path)) {
        add(out, "-x");
        add(out, "c");
    }
    if (is_preprocessed(options->path))
        add(out, "-D__FEARLESS_PREPROCESSED__=1");
    if (options->directory)
        g_ptr_array_add(out, g_strconcat("-working-directory=", options->directory, NULL));
    if (!names_resources && g_file_test(FEARLESS_CLANG_RESOURCE_DIR, G_FILE_TEST_IS_DIR)) {
        add(out, "-resource-dir");
        add(out, FEARLESS_CLANG_RESOURCE_DIR);
    }
    if (options->include_dir) {
        add(out, "-idirafter");
        add(out, options->include_dir);
    }
    add(out, "-D__FEARLESS_CHECK__=1");
    clang_notes_flags(out);
    /* With it pthread_cleanup_push is a cleanup attribute, which we understand. */
    add(out, "-fexceptions");
    /* Generated code nests deeper than clang's default lets it; the stack is large enough (driver/workers.c). */
    add(out, "-fbracket-depth=1000000");
    add(out, "-Wno-everything");
    /* Mistakes that newer clangs refuse and older compilers let pass. */
    add(out, "-Wno-error=implicit-function-declaration");
    add(out, "-Wno-error=implicit-int");
    add(out, "-Wno-error=int-conversion");
    add(out, "-Wno-error=incompatible-pointer-types");
    add(out, "-Wno-error=incompatible-function-pointer-types");
    add(out, "-Wno-error=return-type");
    return out;
}

bool front_flags_without_machine(GPtrArray *flags)
{
    guint before = flags->len;

    for (guint i = flags->len; i-- > 0;) {
        const char *flag = g_ptr_array_index(flags, i);
        bool is_value = i > 0 && g_str_has_prefix(g_ptr_array_index(flags, i - 1), "-include"); /* a file of that name */
        if (g_str_has_prefix(flag, "-m") && strcmp(flag, "-mllvm") != 0 && !is_value)
            g_ptr_array_remove_index(flags, i);
    }
    return flags->len < before;
}

bool front_flags_unwind(const struct front_options *options)
{
    bool unwinds = false;

    for (size_t i = 0; i < options->flag_count; i++) {
        if (strcmp(options->flags[i], "-fexceptions") == 0)
            unwinds = true;
        else if (strcmp(options->flags[i], "-fno-exceptions") == 0)
            unwinds = false;
    }
    return unwinds;
}
