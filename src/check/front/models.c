#include "front/models.h"

#include <string.h>

#include "embedded_models.h"
#include "front/files.h"

const char models_path[] = "/fearless/models.h";

static const char prefix[] = "fl_model_";

/*
 * gcc's <stdatomic.h> comes down to builtins on objects that are _Atomic, which clang takes on plain ones only. Files that
 * were preprocessed with it still go through the preprocessor: `(void)0, *p` has the type without _Atomic.
 */
static void add_builtins_of_gcc(GString *text)
{
    static const char *const names[] = {"load", "store", "exchange", "compare_exchange", "compare_exchange_n", "load_n",
                                        "store_n", "exchange_n", "fetch_add", "fetch_sub", "fetch_or", "fetch_xor",
                                        "fetch_and"};

    g_string_append(text, "#ifdef __FEARLESS_PREPROCESSED__\n");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_string_append_printf(text, "#define __atomic_%s(p, ...) __atomic_%s((__typeof__((void)0, *(p)) *)(p), __VA_ARGS__)\n",
                               names[i], names[i]);
    g_string_append(text, "#endif\n");
}

char *models_text(const char *users)
{
    GString *text = g_string_new("#pragma GCC system_header\n"
                                 "#define MODEL(name) fl_model_##name\n"
                                 "#define NOTE(text) __attribute__((annotate(\"fl.\" text)))\n");

    add_builtins_of_gcc(text);
    for (size_t i = 0; i < embedded_model_count; i++) {
        g_string_append_printf(text, "#line 1 \"%s\"\n", embedded_models[i].name);
        g_string_append_len(text, embedded_models[i].text, (gssize)embedded_models[i].size);
    }
    if (users)
        g_string_append(text, users);
    g_string_append(text, "#undef MODEL\n#undef NOTE\n");
    return g_string_free(text, FALSE);
}

bool front_add_model(struct front *front, CXCursor decl)
{
    struct position at = file_position(front->files, clang_getCursorLocation(decl));

    if (at.file == 0)
        return true; /* what clang declares before anything else */
    if (strcmp(source_path(front->sources, at.file), models_path) != 0)
        return false;

    CXString spelling = clang_getCursorSpelling(decl);
    const char *name = clang_getCString(spelling);
    if (name && g_str_has_prefix(name, prefix))
        g_hash_table_insert(front->models, arena_strdup(front->arena, name + strlen(prefix)),
                            arena_copy(front->arena, &decl, sizeof decl));
    clang_disposeString(spelling);
    return true;
}

/* `__builtin_memcpy` and `__builtin___memcpy_chk` are memcpy. */
static const CXCursor *builtin_model(struct front *front, const char *name)
{
    name += strlen("__builtin_");
    if (!g_str_has_prefix(name, "__") || !g_str_has_suffix(name, "_chk"))
        return g_hash_table_lookup(front->models, name);
    char *plain = g_strndup(name + 2, strlen(name) - strlen("__") - strlen("_chk"));
    const CXCursor *model = g_hash_table_lookup(front->models, plain);
    g_free(plain);
    return model;
}

const CXCursor *front_model(struct front *front, const char *name)
{
    if (!name)
        return NULL;
    if (g_str_has_prefix(name, "__builtin_"))
        return builtin_model(front, name);
    return g_hash_table_lookup(front->models, name);
}
