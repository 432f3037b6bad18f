#include "link/programs.h"

#include <string.h>

struct linker {
    const struct link_unit *units;
    uint32_t count;
    GHashTable *definers; /* name -> GArray of uint32_t */
    GHashTable *wanters;  /* likewise; for libraries */
    bool *has_main;
    bool *is_placed;      /* in some program */
    /* of the program that is being put together */
    struct program *program;
    GHashTable *defined;  /* a set of names that one unit defines for all */
    bool *is_in;
};

struct program *program_new(uint32_t unit)
{
    struct program *program = g_new0(struct program, 1);

    program->units = g_array_new(FALSE, FALSE, sizeof unit);
    g_array_append_val(program->units, unit);
    return program;
}

void program_free(void *data)
{
    struct program *program = data;

    g_array_free(program->units, TRUE);
    g_free(program);
}

static void add_to(GHashTable *table, const char *name, uint32_t unit)
{
    GArray *list = g_hash_table_lookup(table, name);

    if (!list) {
        list = g_array_new(FALSE, FALSE, sizeof unit);
        g_hash_table_insert(table, (void *)name, list);
    }
    g_array_append_val(list, unit);
}

static bool is_only_definition(const struct symbol *symbol)
{
    return (symbol->flags & SYMBOL_DEFINED) && !(symbol->flags & SYMBOL_SHARED);
}

static void index_symbols(struct linker *l)
{
    for (uint32_t u = 0; u < l->count; u++) {
        const struct symbols *symbols = &l->units[u].symbols;
        for (uint32_t i = 0; i < symbols->count; i++) {
            const struct symbol *symbol = &symbols->list[i];
            if (symbol->flags & SYMBOL_WANTED)
                add_to(l->wanters, symbol->name, u);
            else if (is_only_definition(symbol))
                add_to(l->definers, symbol->name, u);
            l->has_main[u] |= (symbol->flags & SYMBOL_FUNCTION) && is_only_definition(symbol) &&
                              strcmp(symbol->name, "main") == 0;
        }
    }
}

/* ------------------------------------------------------------------------------------------- one program */

static void mark(struct linker *l, uint32_t unit)
{
    const struct symbols *symbols = &l->units[unit].symbols;

    l->is_in[unit] = l->is_placed[unit] = true;
    for (uint32_t i = 0; i < symbols->count; i++)
        if (is_only_definition(&symbols->list[i]))
            g_hash_table_add(l->defined, (void *)symbols->list[i].name);
}

static void take(struct linker *l, uint32_t unit)
{
    g_array_append_val(l->program->units, unit);
    mark(l, unit);
}

/* One program has one definition of a name; two variants of a file, or two mains, are never in one. */
static bool may_be_in(const struct linker *l, uint32_t unit)
{
    const struct symbols *symbols = &l->units[unit].symbols;

    if (l->has_main[unit])
        return false;
    for (uint32_t i = 0; i < symbols->count; i++)
        if (is_only_definition(&symbols->list[i]) && g_hash_table_contains(l->defined, symbols->list[i].name))
            return false;
    return true;
}

static size_t common_folders(const char *a, const char *b)
{
    size_t folders = 0;

    for (; *a && *a == *b; a++, b++)
        folders += *a == '/';
    return folders;
}

/* Of several that define what `from` wants, the nearest: built in the same folder, then lying closest. */
static bool find_definer(const struct linker *l, uint32_t from, const char *name, uint32_t *ret_unit)
{
    const GArray *list = g_hash_table_lookup(l->definers, name);
    size_t best = 0;
    bool found = false;

    for (guint i = 0; list && i < list->len; i++) {
        uint32_t unit = g_array_index(list, uint32_t, i);
        if (!may_be_in(l, unit))
            continue;
        bool is_same_build = g_strcmp0(l->units[unit].directory, l->units[from].directory) == 0;
        size_t score = 1 + common_folders(l->units[unit].path, l->units[from].path) + (is_same_build ? 1000u : 0u);
        if (score > best) {
            best = score;
            *ret_unit = unit;
            found = true;
        }
    }
    return found;
}

static void take_needed(struct linker *l, uint32_t unit)
{
    const struct symbols *symbols = &l->units[unit].symbols;
    uint32_t definer;

    for (uint32_t i = 0; i < symbols->count; i++) {
        const struct symbol *symbol = &symbols->list[i];
        if ((symbol->flags & SYMBOL_WANTED) && !g_hash_table_contains(l->defined, symbol->name) &&
            find_definer(l, unit, symbol->name, &definer))
            take(l, definer);
    }
}

/* Who uses a library's unit and is in no program belongs to it. */
static void take_users(struct linker *l, uint32_t unit)
{
    const struct symbols *symbols = &l->units[unit].symbols;

    for (uint32_t i = 0; i < symbols->count; i++) {
        const GArray *list = is_only_definition(&symbols->list[i])
                                 ? g_hash_table_lookup(l->wanters, symbols->list[i].name) : NULL;
        for (guint k = 0; list && k < list->len; k++) {
            uint32_t user = g_array_index(list, uint32_t, k);
            if (!l->is_placed[user] && !l->is_in[user] && may_be_in(l, user))
                take(l, user);
        }
    }
}

static struct program *make_program(struct linker *l, uint32_t first)
{
    struct program *program = program_new(first);

    program->has_main = l->has_main[first];
    l->program = program;
    l->defined = g_hash_table_new(g_str_hash, g_str_equal);
    memset(l->is_in, 0, l->count * sizeof *l->is_in);
    mark(l, first);
    /* The list grows while it is gone through. */
    for (guint i = 0; i < program->units->len; i++) {
        uint32_t unit = g_array_index(program->units, uint32_t, i);
        take_needed(l, unit);
        if (!program->has_main)
            take_users(l, unit);
    }
    g_hash_table_destroy(l->defined);
    return program;
}

static void free_list(void *list)
{
    g_array_free(list, TRUE);
}

GPtrArray *link_programs(const struct link_unit *units, uint32_t count, bool is_project)
{
    GPtrArray *programs = g_ptr_array_new_with_free_func(program_free);
    struct linker l = {
        .units = units,
        .count = count,
        .definers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_list),
        .wanters = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_list),
        .has_main = g_new0(bool, count + 1),
        .is_placed = g_new0(bool, count + 1),
        .is_in = g_new0(bool, count + 1),
    };

    index_symbols(&l);
    uint32_t mains = 0;
    for (uint32_t u = 0; u < count; u++)
        mains += l.has_main[u];
    for (uint32_t u = 0; u < count && (is_project || mains == 1); u++)
        if (l.has_main[u])
            g_ptr_array_add(programs, make_program(&l, u));
    for (uint32_t u = 0; u < count; u++)
        if (!l.is_placed[u])
            g_ptr_array_add(programs, is_project ? make_program(&l, u) : program_new(u));
    g_hash_table_destroy(l.definers);
    g_hash_table_destroy(l.wanters);
    g_free(l.has_main);
    g_free(l.is_placed);
    g_free(l.is_in);
    return programs;
}
