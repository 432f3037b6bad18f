/*
 * One file, from its name to its frozen unit: parse, diagnostics, models, the walk over the top level,
 * and then whatever bodies were asked for.
 */
#include "front/front.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "front/errors.h"
#include "front/files.h"
#include "front/flags.h"
#include "front/lower.h"
#include "front/models.h"
#include "ir/type_nodes.h"
#include "front/owned.h"

/* ------------------------------------------------------------------------------------- the file itself */

static enum front_status unreadable(const char *path, const char *why, char **ret_messages)
{
    *ret_messages = g_strdup_printf("cannot read `%s`: %s", path, why);
    return FRONT_NO_FILE;
}

static enum front_status look_at_file(const struct front_options *options, char **ret_messages)
{
    GStatBuf info;
    char *full = options->directory && !g_path_is_absolute(options->path)
                     ? g_build_filename(options->directory, options->path, NULL)
                     : g_strdup(options->path);
    enum front_status status = FRONT_OK;

    if (g_stat(full, &info) != 0 || g_access(full, R_OK) != 0)
        status = unreadable(options->path, g_strerror(errno), ret_messages);
    else if (S_ISDIR(info.st_mode))
        status = unreadable(options->path, "it is a directory", ret_messages);
    g_free(full);
    return status;
}

/* ---------------------------------------------------------------------------------------------- parse */

static char *users_flags(const struct front_options *options)
{
    GString *out = g_string_new(NULL);

    for (size_t i = 0; i < options->flag_count; i++)
        g_string_append_printf(out, "%s%s", i ? " " : "", options->flags[i]);
    return g_string_free(out, FALSE);
}

static enum front_status parse(struct front *front, const struct front_options *options,
                               char **ret_messages)
{
    GPtrArray *flags = front_flags(options);
    char *models = models_text(options->models);
    struct CXUnsavedFile unsaved = {models_path, models, strlen(models)};

    /* On a thread of its own libclang would have 8 MB of stack, however much this process gave itself. */
    g_setenv("LIBCLANG_NOTHREADS", "1", FALSE);
    front->index = clang_createIndex(0, 0);
    enum CXErrorCode error;
    do {
        error = clang_parseTranslationUnit2(front->index, options->path, (const char *const *)flags->pdata, (int)flags->len,
                                            &unsaved, 1, CXTranslationUnit_None, &front->tu);
    } while (error == CXError_Failure && front_flags_without_machine(flags));
    g_ptr_array_free(flags, TRUE);
    g_free(models);
    if (error == CXError_Success)
        return FRONT_OK;
    if (error == CXError_Crashed) {
        *ret_messages = g_strdup_printf("clang could not read `%s`: it crashed", options->path);
    } else {
        char *users = users_flags(options);
        *ret_messages = g_strdup_printf("clang does not take the flags that it is compiled with: %s", users);
        g_free(users);
    }
    return FRONT_FAILED;
}

/* ------------------------------------------------------------------------------------------ the top level */

struct top_visit {
    struct front *front;
    GArray *definitions; /* of CXCursor: the user's functions */
    GArray *variables;   /* the user's */
    bool in_models;
};

static void see_redeclaration(struct front *front, CXCursor cursor)
{
    CXCursor canonical = clang_getCanonicalCursor(cursor);

    if (canonical.data[0] != cursor.data[0])
        g_hash_table_insert(front->latest, (void *)canonical.data[0],
                            arena_copy(front->arena, &cursor, sizeof cursor));
}

static enum CXChildVisitResult visit_top(CXCursor cursor, CXCursor parent, CXClientData data)
{
    struct top_visit *visit = data;
    enum CXCursorKind kind = clang_getCursorKind(cursor);

    (void)parent;
    if (visit->in_models && (visit->in_models = front_add_model(visit->front, cursor)))
        return CXChildVisit_Continue;
    if (kind != CXCursor_FunctionDecl && kind != CXCursor_VarDecl)
        return CXChildVisit_Continue;
    see_redeclaration(visit->front, cursor);
    bool is_system = clang_Location_isInSystemHeader(clang_getCursorLocation(cursor));
    if (kind == CXCursor_VarDecl) {
        if (!is_system)
            g_array_append_val(visit->variables, cursor);
    } else if (clang_isCursorDefinition(cursor)) {
        if (!is_system)
            g_array_append_val(visit->definitions, cursor);
        front_see_owned(visit->front, cursor);
    }
    return CXChildVisit_Continue;
}

/* The queue grows while it is worked off: what a body uses is lowered, too. */
static void work_off(struct front *front, const struct compile_errors *errors)
{
    CXCursor *cursor;

    while ((cursor = g_queue_pop_head(&front->bodies))) {
        if (clang_getCursorKind(*cursor) == CXCursor_VarDecl) {
            front_read_initializer(front, *cursor);
            continue;
        }
        struct ir_function *fn = front_function(front, *cursor);
        if (fn->has_body || fn->is_broken)
            continue;
        struct span extent = front_span(front, *cursor, NULL);
        fn->body_end = (struct span){extent.file, extent.end ? extent.end - 1 : 0, extent.end};
        if (errors && compile_errors_within(errors, extent)) {
            fn->is_broken = true;
            continue;
        }
        fn->has_body = true;
        front->is_system = fn->in_system_header;
        front_lower_body(front, fn, *cursor);
        front->is_system = false;
    }
}

static void lower_all(struct front *front, const struct compile_errors *errors)
{
    struct top_visit visit = {
        .front = front,
        .definitions = g_array_new(FALSE, FALSE, sizeof(CXCursor)),
        .variables = g_array_new(FALSE, FALSE, sizeof(CXCursor)),
        .in_models = true,
    };

    clang_visitChildren(clang_getTranslationUnitCursor(front->tu), visit_top, &visit);
    front_finish_owned(front);
    for (guint i = 0; i < visit.variables->len; i++)
        front_global(front, g_array_index(visit.variables, CXCursor, i));
    for (guint i = 0; i < visit.definitions->len; i++) {
        CXCursor *definition = &g_array_index(visit.definitions, CXCursor, i);
        front_function(front, *definition);
        g_queue_push_tail(&front->bodies, definition);
    }
    work_off(front, errors);
    front_finish_marks(front);
    g_array_free(visit.variables, TRUE);
    g_array_free(visit.definitions, TRUE);
}

/* ------------------------------------------------------------------------------------------------ the unit */

static void copy_opaque_counts(struct front *front, struct ir_unit *unit)
{
    GHashTableIter iter;
    void *kind, *count;
    guint size = g_hash_table_size(front->opaque);
    const char **kinds = ARENA_ARRAY(front->arena, const char *, size);
    uint32_t *counts = ARENA_ARRAY(front->arena, uint32_t, size);
    guint i = 0;

    g_hash_table_iter_init(&iter, front->opaque);
    for (; g_hash_table_iter_next(&iter, &kind, &count); i++) {
        kinds[i] = arena_strdup(front->arena, kind);
        counts[i] = GPOINTER_TO_UINT(count);
    }
    unit->opaque_kinds = kinds;
    unit->opaque_counts = counts;
    unit->opaque_kind_count = size;
}

static void fill_unit(struct front *front, const char *path)
{
    struct ir_unit *unit = front->unit;

    unit->path = arena_strdup(front->arena, path);
    unit->function_count = front->function_list->len;
    unit->functions = arena_copy(front->arena, front->function_list->pdata,
                                 front->function_list->len * sizeof(void *));
    unit->global_count = front->global_list->len;
    unit->globals = arena_copy(front->arena, front->global_list->pdata,
                               front->global_list->len * sizeof(void *));
    unit->string_count = front->string_list->len;
    unit->strings = arena_copy(front->arena, front->string_list->data,
                               front->string_list->len * sizeof(struct ir_string));
    unit->unsafe_count = front->unsafe_list->len;
    unit->unsafe_blocks = arena_copy(front->arena, front->unsafe_list->data,
                                     front->unsafe_list->len * sizeof(struct ir_unsafe));
    unit->allow_count = front->allow_list->len;
    unit->allows = arena_copy(front->arena, front->allow_list->data,
                              front->allow_list->len * sizeof(struct ir_allow));
    copy_opaque_counts(front, unit);
}

/* What holds for the whole file each function says itself: a linked unit has functions of several. */
static void tell_functions(struct ir_unit *unit)
{
    for (uint32_t f = 0; f < unit->function_count; f++) {
        unit->functions[f]->unwinds = unit->unwinds;
        unit->functions[f]->is_annotated_code = unit->is_annotated;
    }
}

static void front_start(struct front *front, struct source_table *sources)
{
    front->sources = sources;
    front->arena = arena_new();
    front->unit = ARENA_NEW(front->arena, struct ir_unit);
    front->unit->arena = front->arena;
    front->nodes = type_nodes_new(front->arena);
    front->types = g_hash_table_new(NULL, NULL);
    front->type_names = g_hash_table_new(NULL, NULL);
    front->records = g_hash_table_new(NULL, NULL);
    front->fields = g_hash_table_new(NULL, NULL);
    front->functions = g_hash_table_new(NULL, NULL);
    front->globals = g_hash_table_new(NULL, NULL);
    front->latest = g_hash_table_new(NULL, NULL);
    front->models = g_hash_table_new(g_str_hash, g_str_equal);
    front->opaque = g_hash_table_new(g_str_hash, g_str_equal);
    front->owned_list = g_ptr_array_new();
    front->function_list = g_ptr_array_new();
    front->global_list = g_ptr_array_new();
    front->unsafe_list = g_array_new(FALSE, FALSE, sizeof(struct ir_unsafe));
    front->allow_list = g_array_new(FALSE, FALSE, sizeof(struct ir_allow));
    front->string_list = g_array_new(FALSE, FALSE, sizeof(struct ir_string));
    g_queue_init(&front->bodies);
}

/* All but the unit itself. */
static void front_end(struct front *front)
{
    GHashTable *tables[] = {front->types, front->type_names, front->records, front->fields,
                            front->functions, front->globals, front->latest, front->models,
                            front->opaque};

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        g_hash_table_destroy(tables[i]);
    type_nodes_free(front->nodes);
    g_ptr_array_free(front->function_list, TRUE);
    g_ptr_array_free(front->global_list, TRUE);
    g_ptr_array_free(front->owned_list, TRUE);
    g_array_free(front->string_list, TRUE);
    g_array_free(front->unsafe_list, TRUE);
    g_array_free(front->allow_list, TRUE);
    g_queue_clear(&front->bodies);
    file_map_free(front->files);
    if (front->tu)
        clang_disposeTranslationUnit(front->tu);
    if (front->index)
        clang_disposeIndex(front->index);
}

enum front_status front_unit(const struct front_options *options, struct source_table *sources,
                             struct ir_unit **ret_unit, char **ret_messages)
{
    struct front front = {0};

    *ret_unit = NULL;
    *ret_messages = NULL;
    enum front_status status = look_at_file(options, ret_messages);
    if (status != FRONT_OK)
        return status;
    front_start(&front, sources);
    status = parse(&front, options, ret_messages);
    if (status == FRONT_OK) {
        front.files = file_map_new(front.tu, sources, options->directory);
        CXTargetInfo target = clang_getTranslationUnitTargetInfo(front.tu);
        front.pointer_size = (uint64_t)clang_TargetInfo_getPointerWidth(target) / 8;
        clang_TargetInfo_dispose(target);

        struct compile_errors *errors = compile_errors_read(&front, options->color);
        lower_all(&front, errors);
        front_read_allows(&front);
        fill_unit(&front, options->path);
        front.unit->main_file = file_number(front.files, clang_getFile(front.tu, options->path));
        front.unit->unwinds = front_flags_unwind(options);
        tell_functions(front.unit);
        if (options->inputs)
            front_read_inputs(&front, options);
        *ret_unit = front.unit;
        if (errors) {
            status = FRONT_BROKEN;
            *ret_messages = g_string_free(errors->text, FALSE);
            errors->text = NULL;
        }
        compile_errors_free(errors);
    } else {
        arena_free(front.arena);
    }
    front_end(&front);
    return status;
}

void ir_unit_free(struct ir_unit *unit)
{
    if (unit)
        arena_free(unit->arena);
}

const char *front_clang_version(void)
{
    static char version[32];

    if (!version[0]) {
        CXString full = clang_getClangVersion();
        const char *number = strstr(clang_getCString(full), "version ");
        if (number)
            g_strlcpy(version, number + strlen("version "), sizeof version);
        version[strspn(version, "0123456789.")] = '\0';
        clang_disposeString(full);
    }
    return version;
}
