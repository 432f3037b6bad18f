/*
 * Functions, globals and strings: made when first asked for, whichever declaration is asked with.
 *
 * clang copies a declaration's attributes to the next declaration of the same thing, so the last one has
 * those of all (front->latest, filled by unit.c).
 */
#include "front/clang_notes.h"
#include "front/lower.h"
#include "front/models.h"
#include "ir/type_nodes.h"

#include <string.h>

static const char *const no_notes[] = {NULL};

static enum CXChildVisitResult visit_attribute(CXCursor cursor, CXCursor parent, CXClientData data)
{
    enum CXCursorKind kind = clang_getCursorKind(cursor);

    if (!clang_isAttribute(kind))
        return CXChildVisit_Break; /* attributes come first */
    if (kind == CXCursor_AnnotateAttr) {
        CXString text = clang_getCursorSpelling(cursor);
        const char *note = clang_getCString(text);
        if (note && g_str_has_prefix(note, "fl.") && !clang_notes_add(data, parent, note + strlen("fl.")))
            g_ptr_array_add(data, g_strdup(note + strlen("fl.")));
        clang_disposeString(text);
    }
    return CXChildVisit_Continue;
}

static void add_note(GPtrArray *notes, const char *note)
{
    for (guint i = 0; i < notes->len; i++)
        if (strcmp(notes->pdata[i], note) == 0)
            return;
    g_ptr_array_add(notes, (void *)note);
}

static const char *const *freeze_notes(struct front *front, GPtrArray *notes)
{
    if (notes->len == 0)
        return no_notes;
    g_ptr_array_add(notes, NULL);
    return arena_copy(front->arena, notes->pdata, notes->len * sizeof(char *));
}

const char *const *front_notes(struct front *front, CXCursor decl)
{
    if (!clang_Cursor_hasAttrs(decl))
        return no_notes;

    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    GPtrArray *notes = g_ptr_array_new();
    clang_visitChildren(decl, visit_attribute, found);
    for (guint i = 0; i < found->len; i++)
        add_note(notes, arena_strdup(front->arena, found->pdata[i]));
    const char *const *result = freeze_notes(front, notes);
    g_ptr_array_free(notes, TRUE);
    g_ptr_array_free(found, TRUE);
    return result;
}

/* Both lists as one, without doubles. */
static const char *const *join_notes(struct front *front, const char *const *a, const char *const *b)
{
    if (!*b)
        return a;
    if (!*a)
        return b;

    GPtrArray *all = g_ptr_array_new();
    for (; *a; a++)
        add_note(all, *a);
    for (; *b; b++)
        add_note(all, *b);
    const char *const *result = freeze_notes(front, all);
    g_ptr_array_free(all, TRUE);
    return result;
}

const char *front_take_text(struct front *front, CXString string)
{
    const char *text = clang_getCString(string);
    const char *copy = text && *text ? arena_strdup(front->arena, text) : NULL;

    clang_disposeString(string);
    return copy;
}

CXCursor front_latest(struct front *front, CXCursor decl)
{
    CXCursor canonical = clang_getCanonicalCursor(decl);
    const CXCursor *latest = g_hash_table_lookup(front->latest, canonical.data[0]);

    return latest ? *latest : decl;
}

/* ---------------------------------------------------------------------------------------- functions */

static enum CXChildVisitResult visit_noreturn(CXCursor cursor, CXCursor parent, CXClientData data)
{
    void **context = data;
    enum CXCursorKind kind = clang_getCursorKind(cursor);

    (void)parent;
    if (!clang_isAttribute(kind))
        return CXChildVisit_Break;
    if (kind == CXCursor_UnexposedAttr) {
        const char *word = front_first_token(context[0], cursor);
        if (strcmp(word, "_Noreturn") == 0 || strcmp(word, "noreturn") == 0 ||
            strcmp(word, "__noreturn__") == 0 || strcmp(word, "analyzer_noreturn") == 0) {
            *(bool *)context[1] = true;
            return CXChildVisit_Break;
        }
    }
    return CXChildVisit_Continue;
}

/* Said as a part of the type (GNU attribute) or by an attribute of the declaration (_Noreturn, [[noreturn]]). */
static bool is_noreturn(struct front *front, CXCursor decl, CXType type)
{
    bool found = false;
    void *context[] = {front, &found};
    CXString text = clang_getTypeSpelling(clang_getCanonicalType(type));

    found = strstr(clang_getCString(text), "noreturn") != NULL;
    clang_disposeString(text);
    if (!found && clang_Cursor_hasAttrs(decl))
        clang_visitChildren(decl, visit_noreturn, context);
    return found;
}

/* The parameters of `int f(a, b) int a, b; { }` are declared, but no part of its type. */
static const struct ir_type *old_style_type(struct front *front, const struct ir_type *type,
                                            CXCursor definition)
{
    int count = clang_Cursor_getNumArguments(definition);
    struct ir_type key = {.kind = IR_TYPE_FUNCTION, .target = type->target};
    const struct ir_type **params;

    if (count <= 0)
        return type;
    params = g_newa(const struct ir_type *, (size_t)count);
    for (int i = 0; i < count; i++)
        params[i] = front_variable_type(front, clang_Cursor_getArgument(definition, (unsigned)i));
    key.params = params;
    key.param_count = (size_t)count;
    return type_node(front->nodes, &key);
}

static void read_params(struct front *front, struct ir_function *fn, CXCursor noted, CXCursor named)
{
    size_t count = fn->type->param_count;
    struct ir_param_notes *notes = ARENA_ARRAY(front->arena, struct ir_param_notes, count);
    const char **names = ARENA_ARRAY(front->arena, const char *, count);
    int known = clang_Cursor_getNumArguments(noted);

    for (size_t i = 0; i < count; i++) {
        notes[i].notes = no_notes;
        if ((int)i >= known)
            continue;
        notes[i].notes = front_notes(front, clang_Cursor_getArgument(noted, (unsigned)i));
        CXCursor param = clang_Cursor_getArgument(named, (unsigned)i);
        if (!clang_Cursor_isNull(param))
            names[i] = front_take_text(front, clang_getCursorSpelling(param));
    }
    fn->params = notes;
    fn->param_names = names;
}

/* What models/ say about a function that is declared here and defined elsewhere. */
static void apply_model(struct front *front, struct ir_function *fn)
{
    const CXCursor *model = front_model(front, fn->name);
    int count;

    if (!model)
        return;
    fn->is_modelled = true;
    struct ir_param_notes *notes = (struct ir_param_notes *)fn->params; /* made by read_params */
    fn->notes = join_notes(front, fn->notes, front_notes(front, *model));
    count = clang_Cursor_getNumArguments(*model);
    for (size_t i = 0; i < fn->type->param_count && (int)i < count; i++)
        notes[i].notes =
            join_notes(front, notes[i].notes,
                       front_notes(front, clang_Cursor_getArgument(*model, (unsigned)i)));
}

static void queue(struct front *front, CXCursor cursor)
{
    g_queue_push_tail(&front->bodies, arena_copy(front->arena, &cursor, sizeof cursor));
}

/* Code for clang's thread safety analysis says which locks it needs, and nothing of who owns what. */
static bool says_more_than_locks(const char *const *notes)
{
    static const char *const of_locks[] = {"requires", "acquires", "acquires.shared", "acquires_if", "acquires_if.shared",
                                           "releases", "excludes"};
    for (; *notes; notes++) {
        bool known = false;
        for (size_t i = 0; i < G_N_ELEMENTS(of_locks); i++) {
            size_t length = strlen(of_locks[i]);
            known |= strncmp(*notes, of_locks[i], length) == 0 && ((*notes)[length] == '\0' || (*notes)[length] == ':');
        }
        if (!known)
            return true;
    }
    return false;
}

static struct ir_function *make_function(struct front *front, CXCursor decl)
{
    struct ir_function *fn = ARENA_NEW(front->arena, struct ir_function);
    CXCursor latest = front_latest(front, decl);
    CXCursor definition = clang_getCursorDefinition(decl);
    bool is_defined = !clang_Cursor_isNull(definition);
    CXCursor shown = is_defined ? definition : decl;
    CXType type = clang_getCursorType(is_defined ? definition : latest);

    fn->index = front->function_list->len;
    g_ptr_array_add(front->function_list, fn);
    fn->name = front_take_text(front, clang_getCursorSpelling(decl));
    fn->type = front_type(front, type);
    if (type.kind == CXType_FunctionNoProto && is_defined)
        fn->type = old_style_type(front, fn->type, definition);
    fn->notes = front_notes(front, latest);
    front->unit->is_annotated |= says_more_than_locks(fn->notes);
    read_params(front, fn, latest, shown);
    fn->span = front_name_span(front, shown);
    fn->is_static = clang_Cursor_getStorageClass(shown) == CX_SC_Static;
    fn->is_inline = clang_Cursor_isFunctionInlined(shown);
    fn->is_variadic = fn->type->is_variadic;
    fn->in_system_header = clang_Location_isInSystemHeader(clang_getCursorLocation(shown));
    bool is_users = is_defined && !fn->in_system_header;
    if (!is_users && !fn->is_static)
        apply_model(front, fn);
    fn->is_noreturn = ir_note(fn->notes, "noreturn") || is_noreturn(front, latest, type);
    fn->returns_twice = ir_note(fn->notes, "returns_twice") != NULL;
    /* The user's own are lowered whether they are used or not; unit.c asks for those. */
    if (is_defined && fn->in_system_header && !front_model(front, fn->name))
        queue(front, definition);
    return fn;
}

struct ir_function *front_function(struct front *front, CXCursor decl)
{
    struct ir_function *fn = g_hash_table_lookup(front->functions, decl.data[0]);

    if (fn)
        return fn;
    CXCursor canonical = clang_getCanonicalCursor(decl);
    fn = g_hash_table_lookup(front->functions, canonical.data[0]);
    if (!fn) {
        fn = make_function(front, decl);
        g_hash_table_insert(front->functions, (void *)canonical.data[0], fn);
    }
    g_hash_table_insert(front->functions, (void *)decl.data[0], fn);
    return fn;
}

/* ------------------------------------------------------------------------------------------ globals */

static struct ir_function *owner_of(struct front *front, CXCursor decl)
{
    CXCursor parent = clang_getCursorSemanticParent(decl);

    if (clang_getCursorKind(parent) != CXCursor_FunctionDecl)
        return NULL;
    return front_function(front, parent);
}

static struct ir_global *make_global(struct front *front, CXCursor decl)
{
    struct ir_global *global = ARENA_NEW(front->arena, struct ir_global);
    CXCursor latest = front_latest(front, decl);
    CXCursor definition = clang_getCursorDefinition(decl);
    CXCursor shown = clang_Cursor_isNull(definition) ? latest : definition;
    enum CX_StorageClass storage = clang_Cursor_getStorageClass(shown);
    CXType type = clang_getCursorType(shown);

    global->index = front->global_list->len;
    g_ptr_array_add(front->global_list, global);
    global->name = front_take_text(front, clang_getCursorSpelling(decl));
    if (!global->name)
        global->name = "";
    global->type = front_type(front, type);
    global->type_name = front_type_name(front, type);
    global->span = front_name_span(front, shown);
    global->is_static = storage == CX_SC_Static;
    global->is_defined = storage != CX_SC_Extern || !clang_Cursor_isNull(definition);
    global->is_extern = storage == CX_SC_Extern && !global->is_defined;
    global->is_thread_local = clang_getCursorTLSKind(shown) != CXTLS_None;
    global->owner = storage == CX_SC_Static ? owner_of(front, decl) : NULL;
    global->notes = front_notes(front, latest);
    if (!clang_Cursor_isNull(clang_Cursor_getVarDeclInitializer(shown)))
        queue(front, shown);
    return global;
}

uint32_t front_global(struct front *front, CXCursor decl)
{
    void *known = g_hash_table_lookup(front->globals, decl.data[0]);

    if (known)
        return GPOINTER_TO_UINT(known) - 1;
    CXCursor canonical = clang_getCanonicalCursor(decl);
    known = g_hash_table_lookup(front->globals, canonical.data[0]);
    if (!known) {
        known = GUINT_TO_POINTER(make_global(front, decl)->index + 1);
        g_hash_table_insert(front->globals, (void *)canonical.data[0], known);
    }
    g_hash_table_insert(front->globals, (void *)decl.data[0], known);
    return GPOINTER_TO_UINT(known) - 1;
}
