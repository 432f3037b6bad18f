#include "ir/symbols.h"

#include <string.h>

struct mentions {
    const struct ir_unit *unit;
    uint32_t count;
    GArray **lists; /* of uint32_t, by who mentions; NULL: nobody */
    bool *is_reached;
};

struct mentions *mentions_new(const struct ir_unit *unit)
{
    struct mentions *mentions = g_new0(struct mentions, 1);

    mentions->unit = unit;
    mentions->count = unit->global_count + unit->function_count;
    mentions->lists = g_new0(GArray *, mentions->count + 1);
    mentions->is_reached = g_new0(bool, mentions->count + 1);
    return mentions;
}

void mentions_free(struct mentions *mentions)
{
    for (uint32_t i = 0; i < mentions->count; i++)
        if (mentions->lists[i])
            g_array_free(mentions->lists[i], TRUE);
    g_free(mentions->lists);
    g_free(mentions->is_reached);
    g_free(mentions);
}

void mentions_add(struct mentions *mentions, uint32_t from, uint32_t to)
{
    if (from == MENTION_NOBODY)
        return;
    if (!mentions->lists[from])
        mentions->lists[from] = g_array_new(FALSE, FALSE, sizeof to);
    g_array_append_val(mentions->lists[from], to);
}

/* A static function of the file itself may be called by ways that are not seen (constructors, tables); a header's is
 * made only where it is used. */
static bool is_root(const struct ir_unit *unit, uint32_t node)
{
    if (node < unit->global_count)
        return unit->globals[node]->is_defined && unit->globals[node]->span.file == unit->main_file;
    const struct ir_function *fn = unit->functions[node - unit->global_count];
    return fn->has_body && fn->span.file == unit->main_file;
}

static void reach(struct mentions *mentions)
{
    GArray *queue = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (uint32_t i = 0; i < mentions->count; i++) {
        if (is_root(mentions->unit, i)) {
            mentions->is_reached[i] = true;
            g_array_append_val(queue, i);
        }
    }
    while (queue->len) {
        GArray *list = mentions->lists[g_array_index(queue, uint32_t, queue->len - 1)];
        g_array_set_size(queue, queue->len - 1);
        for (guint k = 0; list && k < list->len; k++) {
            uint32_t to = g_array_index(list, uint32_t, k);
            if (!mentions->is_reached[to]) {
                mentions->is_reached[to] = true;
                g_array_append_val(queue, to);
            }
        }
    }
    g_array_free(queue, TRUE);
}

/* C99's `inline` alone defines nothing for others, and GNU's is in a header, too. */
static unsigned flags_of_function(const struct ir_unit *unit, const struct ir_function *fn, bool is_reached)
{
    if (fn->has_body)
        return SYMBOL_FUNCTION | SYMBOL_DEFINED | (fn->is_inline || fn->span.file != unit->main_file ? SYMBOL_SHARED : 0u);
    return is_reached ? SYMBOL_FUNCTION | SYMBOL_WANTED : 0;
}

static unsigned flags_of_global(const struct ir_unit *unit, const struct ir_global *global, bool is_reached)
{
    if (global->is_defined)
        return SYMBOL_DEFINED | (global->span.file != unit->main_file ? SYMBOL_SHARED : 0u);
    return is_reached ? SYMBOL_WANTED : 0;
}

static void write_symbol(GByteArray *out, const char *name, unsigned flags)
{
    guint8 byte = (guint8)flags;

    if (!flags)
        return;
    g_byte_array_append(out, &byte, 1);
    g_byte_array_append(out, (const guint8 *)name, (guint)strlen(name) + 1);
}

GByteArray *symbols_write(struct mentions *mentions)
{
    const struct ir_unit *unit = mentions->unit;
    GByteArray *out = g_byte_array_new();

    reach(mentions);
    for (uint32_t i = 0; i < unit->global_count; i++) {
        const struct ir_global *global = unit->globals[i];
        if (!global->is_static)
            write_symbol(out, global->name, flags_of_global(unit, global, mentions->is_reached[i]));
    }
    for (uint32_t i = 0; i < unit->function_count; i++) {
        const struct ir_function *fn = unit->functions[i];
        if (!fn->is_static)
            write_symbol(out, fn->name, flags_of_function(unit, fn, mentions->is_reached[unit->global_count + i]));
    }
    return out;
}

bool symbols_read(const uint8_t *bytes, size_t length, uint64_t checksum, struct symbols *ret_symbols)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct symbol));
    char *names = length ? g_memdup2(bytes, length) : g_strdup("");
    size_t at = 0;

    while (at < length) {
        const char *end = memchr(names + at, '\0', length - at);
        if (!end)
            break;

        struct symbol symbol = {names + at + 1, (unsigned char)names[at]};
        g_array_append_val(list, symbol);
        at = (size_t)(end - names) + 1;
    }
    ret_symbols->count = list->len;
    ret_symbols->list = (struct symbol *)(void *)g_array_free(list, FALSE);
    ret_symbols->checksum = checksum;
    ret_symbols->names = names;
    return at == length;
}

void symbols_clear(struct symbols *symbols)
{
    g_free(symbols->list);
    g_free(symbols->names);
}
