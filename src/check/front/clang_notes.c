#include "front/clang_notes.h"

#include <string.h>

static const char prefix[] = "clang.";

struct attribute {
    const char *name; /* in clang */
    const char *note; /* ours */
    bool tries;       /* the first argument is the result that means success */
};

static const struct attribute attributes[] = {
    {"guarded_by", "guarded_by", false},
    {"requires_capability", "requires", false},
    {"requires_shared_capability", "requires", false},
    {"exclusive_locks_required", "requires", false},
    {"shared_locks_required", "requires", false},
    {"acquire_capability", "acquires", false},
    {"acquire_shared_capability", "acquires.shared", false},
    {"exclusive_lock_function", "acquires", false},
    {"shared_lock_function", "acquires.shared", false},
    {"release_capability", "releases", false},
    {"release_shared_capability", "releases", false},
    {"release_generic_capability", "releases", false},
    {"unlock_function", "releases", false},
    {"try_acquire_capability", "acquires_if", true},
    {"try_acquire_shared_capability", "acquires_if.shared", true},
    {"exclusive_trylock_function", "acquires_if", true},
    {"shared_trylock_function", "acquires_if.shared", true},
    {"locks_excluded", "excludes", false},
};

void clang_notes_flags(GPtrArray *out)
{
    for (size_t i = 0; i < G_N_ELEMENTS(attributes); i++)
        g_ptr_array_add(out, g_strdup_printf("-D%s(...)=annotate(\"fl.%s%s:\" #__VA_ARGS__)", attributes[i].name, prefix,
                                             attributes[i].name));
}

/* `*m`, `&a->mu`, `(mu)`: the lock itself. */
static char *plain(const char *text)
{
    char *copy = g_strstrip(g_strdup(text));
    size_t length = strlen(copy);
    char *start = copy;
    while (*start == '*' || *start == '&' || *start == ' ')
        start++;
    if (*start == '(' && length > 0 && copy[length - 1] == ')') {
        copy[length - 1] = '\0';
        start++;
    }
    char *result = g_strstrip(g_strdup(start));
    g_free(copy);
    return result;
}

/* What the function is given first is what a note without an argument is about. */
static bool is_first_parameter(CXCursor decl, const char *name)
{
    CXCursor param = clang_Cursor_getNumArguments(decl) > 0 ? clang_Cursor_getArgument(decl, 0) : clang_getNullCursor();
    if (clang_Cursor_isNull(param))
        return false;
    CXString spelling = clang_getCursorSpelling(param);
    const char *text = clang_getCString(spelling);
    bool same = text && strcmp(text, name) == 0;
    clang_disposeString(spelling);
    return same;
}

static bool is_false(const char *text)
{
    return strcmp(text, "0") == 0 || strcmp(text, "false") == 0;
}

static void add_tries(GPtrArray *notes, CXCursor decl, const struct attribute *attribute, char **arguments)
{
    if (!arguments[0])
        return;
    char *lock = arguments[1] ? plain(arguments[1]) : g_strdup("");
    char *success = plain(arguments[0]);
    /* only what the first argument points to can be taken on a condition */
    if (!*lock || is_first_parameter(decl, lock))
        g_ptr_array_add(notes, g_strdup_printf("%s:%s", attribute->note, is_false(success) ? "0" : "!0"));
    g_free(success);
    g_free(lock);
}

static void add_locks(GPtrArray *notes, CXCursor decl, const struct attribute *attribute, char **arguments)
{
    bool is_change = g_str_has_prefix(attribute->note, "acquires") || strcmp(attribute->note, "releases") == 0;
    if (!arguments[0])
        g_ptr_array_add(notes, g_strdup(attribute->note));
    for (char **argument = arguments; *argument; argument++) {
        char *lock = plain(*argument);
        if (*lock == '!') /* `requires(!mu)`: the caller must not hold it */
            g_ptr_array_add(notes, g_strdup_printf("excludes:%s", lock + 1));
        else if (is_change && is_first_parameter(decl, lock))
            g_ptr_array_add(notes, g_strdup(attribute->note));
        else
            g_ptr_array_add(notes, g_strdup_printf("%s:%s", attribute->note, lock));
        g_free(lock);
    }
}

bool clang_notes_add(GPtrArray *notes, CXCursor decl, const char *text)
{
    if (!g_str_has_prefix(text, prefix))
        return false;
    const char *name = text + strlen(prefix), *colon = strchr(name, ':');
    for (size_t i = 0; colon && i < G_N_ELEMENTS(attributes); i++) {
        const struct attribute *attribute = &attributes[i];
        if (strlen(attribute->name) != (size_t)(colon - name) || strncmp(attribute->name, name, (size_t)(colon - name)) != 0)
            continue;
        char **arguments = colon[1] ? g_strsplit(colon + 1, ",", -1) : g_new0(char *, 1);
        if (attribute->tries)
            add_tries(notes, decl, attribute, arguments);
        else
            add_locks(notes, decl, attribute, arguments);
        g_strfreev(arguments);
    }
    return true;
}
