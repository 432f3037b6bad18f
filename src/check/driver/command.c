#include "command.h"

#include <string.h>

enum { DEEPEST_RESPONSE_FILE = 20 };

/*
 * Options whose value is the next argument (for those with a joined form, too: only when nothing is
 * joined).
 */
static const char *const with_value[] = {
    "-I",
    "-D",
    "-U",
    "-include",
    "-imacros",
    "-isystem",
    "-iquote",
    "-idirafter",
    "-isysroot",
    "-iprefix",
    "-iwithprefix",
    "-iwithprefixbefore",
    "-imultilib",
    "-x",
    "-target",
    "--target",
    "-arch",
    "-Xclang",
    "-Xpreprocessor",
    "--param",
    "--sysroot",
    "-mllvm",
    "-B",
    "-aux-info",
    "-dumpbase",
    "-dumpdir",
    "-wrapper",
    "-Xarch_host",
    "-gcc-toolchain",
    "-fplugin",
};

/*
 * The same, but about files that are written or about linking: they and their value say nothing
 * about the code.
 */
static const char *const dropped_with_value[] = {
    "-o", "-MF", "-MT", "-MQ",      "-MJ",         "-L", "-l", "-T",
    "-u", "-z",  "-e",  "-Xlinker", "-Xassembler", "-R", "-h", "-A",
};

static const char *const dropped[] = {
    "-c",
    "-S",
    "-MD",
    "-MMD",
    "-MP",
    "-MG",
    "-pipe",
    "-v",
    "-save-temps",
    "-shared",
    "-static",
    "-rdynamic",
    "-pie",
    "-no-pie",
    "-s",
    "-fsyntax-only",
    "-nostdlib",
    "-nodefaultlibs",
    "-nostartfiles",
};

/* With one of these nothing is compiled. */
static const char *const not_compiling[] = {
    "-E",
    "-M",
    "-MM",
    "-###",
    "--version",
    "--help",
    "-dumpversion",
    "-dumpmachine",
    "-dumpfullversion",
    "-dumpspecs",
    "-print-search-dirs",
    "-print-libgcc-file-name",
    "--print-prog-name",
    "-cc1",
    "-cc1as",
};

static bool is_one_of(const char *arg, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(arg, list[i]) == 0)
            return true;
    }
    return false;
}

#define IS_ONE_OF(arg, list) is_one_of((arg), (list), G_N_ELEMENTS(list))

static bool ends_with_any(const char *path, const char *const *endings, size_t n)
{
    const char *dot = strrchr(path, '.');

    return dot && is_one_of(dot, endings, n);
}

bool is_c_source(const char *path)
{
    static const char *const endings[] = { ".c", ".i" };

    return ends_with_any(path, endings, G_N_ELEMENTS(endings));
}

bool is_cxx_source(const char *path)
{
    static const char *const endings[] = { ".cc",  ".cp",  ".cxx", ".cpp", ".CPP", ".c++",
                                           ".C",   ".ii",  ".m",   ".mm",  ".M",   ".hh",
                                           ".hpp", ".hxx", ".cu",  ".rs" };

    return ends_with_any(path, endings, G_N_ELEMENTS(endings));
}

bool compiler_is_cxx(const char *compiler)
{
    char *name = g_path_get_basename(compiler);
    /* g++, x86_64-linux-gnu-g++-12, clang++-19, c++ */
    bool is_cxx = strstr(name, "++") != NULL;

    g_free(name);
    return is_cxx;
}

struct reader {
    struct command *command;
    const char *language; /* what -x says; NULL: files are what their names say */
    bool is_cxx;
    bool only_files; /* behind "--" */
    const char *directory; /* where the compiler runs; NULL: here */
    GPtrArray *kept; /* strings that outlive the arguments (from response files) */
};

static void add_input(struct reader *r, const char *path)
{
    bool is_c = r->language
                    ? strcmp(r->language, "c") == 0 || strcmp(r->language, "cpp-output") == 0
                    : is_c_source(path) && !r->is_cxx;

    if (is_c && strcmp(path, "-") != 0)
        g_ptr_array_add(r->command->sources, g_strdup(path));
}

static void add_flag(struct reader *r, const char *flag)
{
    g_ptr_array_add(r->command->flags, g_strdup(flag));
}

/* One argument at least is used; the number that were is returned. */
static size_t read_argument(struct reader *r, const char *const *args, size_t count)
{
    const char *arg = args[0];

    if (r->only_files || arg[0] != '-' || strcmp(arg, "-") == 0) {
        add_input(r, arg);
        return 1;
    }
    if (strcmp(arg, "--") == 0) {
        r->only_files = true;
        return 1;
    }
    if (strncmp(arg, "-x", 2) == 0) {
        const char *language = arg[2] ? arg + 2 : count > 1 ? args[1] : NULL;
        r->language = language && strcmp(language, "none") != 0 ? language : NULL;
        return arg[2] || count < 2 ? 1 : 2;
    }
    if (IS_ONE_OF(arg, not_compiling) || strncmp(arg, "-print-", 7) == 0) {
        r->command->compiles = false;
        return 1;
    }
    if (IS_ONE_OF(arg, dropped) || strncmp(arg, "-Wl,", 4) == 0 || strncmp(arg, "-Wa,", 4) == 0 ||
        strncmp(arg, "-Wp,-M", 6) == 0 || strncmp(arg, "-save-temps=", 12) == 0)
        return 1;
    if (IS_ONE_OF(arg, dropped_with_value))
        return MIN(count, 2);
    if (strncmp(arg, "-o", 2) == 0 || strncmp(arg, "-l", 2) == 0 || strncmp(arg, "-L", 2) == 0 ||
        strncmp(arg, "-MF", 3) == 0 || strncmp(arg, "-MT", 3) == 0 || strncmp(arg, "-MQ", 3) == 0)
        return 1;

    add_flag(r, arg);
    if (IS_ONE_OF(arg, with_value) && count > 1) {
        add_flag(r, args[1]);
        return 2;
    }
    return 1;
}

static void read_arguments(struct reader *r, const char *const *args, size_t count, unsigned depth);

char **response_file_words(const char *path, const char *directory, GError **error)
{
    char *full = directory && !g_path_is_absolute(path) ? g_build_filename(directory, path, NULL) : g_strdup(path);
    char *text = NULL, **words = NULL;

    if (g_file_get_contents(full, &text, NULL, error) && !g_shell_parse_argv(text, NULL, &words, error) &&
        g_error_matches(*error, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING)) {
        g_clear_error(error);
        words = g_new0(char *, 1);
    }
    g_free(text);
    g_free(full);
    return words;
}

/*
 * "@file": its content, split as a shell would, stands in its place; what cannot be read stays as
 * it is.
 */
static bool read_response_file(struct reader *r, const char *path, unsigned depth)
{
    GError *error = NULL;
    char **words = depth < DEEPEST_RESPONSE_FILE ? response_file_words(path, r->directory, &error) : NULL;

    g_clear_error(&error);
    if (!words)
        return false;
    size_t count = g_strv_length(words);
    for (size_t i = 0; i < count; i++)
        g_ptr_array_add(r->kept, words[i]);
    read_arguments(r, (const char *const *)words, count, depth + 1);
    g_free(words);
    return true;
}

static void read_arguments(struct reader *r, const char *const *args, size_t count, unsigned depth)
{
    for (size_t i = 0; i < count;) {
        if (args[i][0] == '@' && read_response_file(r, args[i] + 1, depth))
            i++;
        else
            i += read_argument(r, args + i, count - i);
    }
}

void command_parse(struct command *command, const char *const *args, size_t count, bool is_cxx,
                   const char *directory)
{
    struct reader r = { command, NULL, is_cxx, false, directory, g_ptr_array_new_with_free_func(g_free) };

    command->sources = g_ptr_array_new_with_free_func(g_free);
    command->flags = g_ptr_array_new_with_free_func(g_free);
    command->compiles = true;
    read_arguments(&r, args, count, 0);
    g_ptr_array_free(r.kept, TRUE);
}

void command_clear(struct command *command)
{
    g_ptr_array_free(command->sources, TRUE);
    g_ptr_array_free(command->flags, TRUE);
}
