#include "front/models.h"

#include <string.h>

#include "embedded_models.h"
#include "front/files.h"

const char models_path[] = "/fearless/models.h";

static const char prefix[] = "fl_model_";

char *models_text(const char *users)
{
    GString *text = g_string_new("#pragma GCC system_header\n"
                                 "#define MODEL(name) fl_model_##name\n"
                                 "#define NOTE(text) __attribute__((annotate(\"fl.\" text)))\n");

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
