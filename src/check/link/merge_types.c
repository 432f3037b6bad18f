/*
 * Types of several units as one set: records first, by what declares them, then everything that is made of them, by
 * structure (ir/type_nodes.h).
 */
#include "link/merge_parts.h"

#include <string.h>

#include "base/hash.h"

struct known_record several_records;

static uint64_t get(struct unit_in *in)
{
    uint64_t n = 0;

    archive_long(&in->a, &n);
    return n;
}

static uint32_t get_number(struct unit_in *in)
{
    uint32_t n = 0;

    archive_number(&in->a, &n);
    return n;
}

static uint32_t get_count(struct unit_in *in)
{
    uint32_t n = 0;

    archive_count(&in->a, &n);
    return n;
}

static uint32_t get_below(struct unit_in *in, uint32_t count)
{
    uint32_t n = get_number(in);

    in->a.bad |= n >= count;
    return in->a.bad ? 0 : n;
}

static const char *get_text(struct unit_in *in)
{
    const char *text = NULL;

    archive_text(&in->a, &text);
    return text;
}

/* --------------------------------------------------------------------------------------------- reading */

static struct ir_enumeration *read_enumeration(struct unit_in *in)
{
    struct ir_enumeration *e = ARENA_NEW(in->a.arena, struct ir_enumeration);

    e->tag = get_text(in);
    e->value_count = get_count(in);
    e->values = ARENA_ARRAY(in->a.arena, int64_t, e->value_count);
    e->names = ARENA_ARRAY(in->a.arena, const char *, e->value_count);
    for (size_t i = 0; i < e->value_count; i++) {
        archive_signed(&in->a, &e->values[i]);
        e->names[i] = get_text(in);
    }
    return e;
}

static void read_record(struct unit_in *in, struct raw_record *raw)
{
    struct ir_record *record = ARENA_NEW(in->a.arena, struct ir_record);

    raw->record = record;
    record->tag = get_text(in);
    unsigned flags = get_number(in);
    record->is_union = flags & 1;
    record->is_complete = flags >> 1 & 1;
    record->has_flexible_array = flags >> 2 & 1;
    record->traits = get_number(in);
    archive_span(&in->a, &record->span);
    uint32_t count = get_count(in);
    record->field_count = count;
    record->fields = ARENA_ARRAY(in->a.arena, struct ir_field, count);
    raw->field_types = g_new0(uint32_t, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        struct ir_field *field = &record->fields[i];
        field->name = get_text(in);
        raw->field_types[i] = get_below(in, in->maps.type_count);
        field->type_name = get_text(in);
        archive_span(&in->a, &field->span);
        field->bit_width = (int)get_number(in) - 1;
        field->guarded_by = get_text(in);
        field->guarded_shared = get_number(in);
        archive_notes(&in->a, &field->notes);
        in->a.bad |= raw->field_types[i] == 0;
    }
}

static void read_type(struct unit_in *in, struct raw_type *raw)
{
    uint32_t head = get_number(in), count = in->maps.type_count;
    struct ir_type *type = &raw->type;

    type->kind = head & 0xFF;
    type->quals = head >> 8;
    if (type->quals) {
        raw->unqualified = get_below(in, count);
        in->a.bad |= raw->unqualified == 0;
        return;
    }
    type->name = get_text(in);
    type->size = get(in);
    type->bits = get_number(in);
    unsigned flags = get_number(in);
    type->is_signed = flags & 1;
    type->is_variadic = flags >> 1 & 1;
    type->is_owned = flags >> 2 & 1;
    type->handle_kind = get_number(in);
    type->handle_name = get_text(in);
    raw->target = get_below(in, count);
    type->count = get(in) - 1;
    type->param_count = get_count(in);
    raw->params = g_new0(uint32_t, type->param_count + 1);
    for (size_t i = 0; i < type->param_count; i++) {
        raw->params[i] = get_below(in, count);
        in->a.bad |= raw->params[i] == 0;
    }
    raw->record = get_below(in, in->maps.record_count);
    raw->enumeration = get_below(in, in->enumeration_count);
    if (type->is_owned) {
        type->drop_name = get_text(in);
        raw->drop = get_number(in);
    }
    in->a.bad |= (type->kind == IR_TYPE_RECORD) != (raw->record != 0) || !type->name;
}

/* ------------------------------------------------------------------------------------- records as one */

/* Two that agree in this are one: who declares it, and how it is laid out. */
static char *record_key(const struct unit_in *in, const struct raw_record *raw)
{
    const struct ir_record *record = raw->record;
    const struct ir_type *node = &in->types[raw->node].type;
    uint64_t layout = hash_mix(HASH_START, node->size);

    for (size_t i = 0; i < record->field_count; i++) {
        const struct ir_type *type = &in->types[raw->field_types[i]].type;
        layout = hash_text(layout, record->fields[i].name);
        layout = hash_text(layout, record->fields[i].type_name);
        layout = hash_mix(layout, (uint64_t)record->fields[i].bit_width);
        layout = hash_mix(layout, (uint64_t)type->kind << 32 ^ type->size);
    }
    return g_strdup_printf("%d %s %s %u:%u %" G_GINT64_MODIFIER "x", record->is_union, record->tag ? record->tag : "",
                           node->name, record->span.file, record->span.begin, layout);
}

static char *tag_key(const struct ir_record *record)
{
    return g_strdup_printf("%s %s", record->is_union ? "union" : "struct", record->tag);
}

static struct known_record *make_known(struct merge *merge, const struct unit_in *in, const struct raw_record *raw)
{
    struct known_record *known = ARENA_NEW(merge->arena, struct known_record);

    known->record = raw->record;
    known->node = arena_copy(merge->arena, &in->types[raw->node].type, sizeof(struct ir_type));
    known->node->unqualified = known->node;
    known->node->record = raw->record;
    known->node->is_owned = false;
    return known;
}

static void know_complete(struct merge *merge, const struct unit_in *in, struct raw_record *raw)
{
    char *key = record_key(in, raw);
    struct known_record *first = raw->record->span.file ? g_hash_table_lookup(merge->records, key) : NULL, *last = NULL;

    /* Within one unit the compiler has said which are one: this one is none of those that the unit has named before. */
    for (raw->known = first; raw->known && raw->known->unit == in; raw->known = raw->known->twin)
        last = raw->known;
    if (raw->known) {
        raw->known->unit = in;
        raw->known->record->traits |= raw->record->traits;
        g_free(key);
        return;
    }
    raw->known = make_known(merge, in, raw);
    raw->known->unit = in;
    if (last) {
        last->twin = raw->known;
        g_free(key);
    } else {
        g_hash_table_replace(merge->records, key, raw->known);
    }
    if (raw->record->tag) {
        char *tag = tag_key(raw->record);
        bool is_first = !g_hash_table_contains(merge->tags, tag);
        g_hash_table_insert(merge->tags, tag, is_first ? raw->known : &several_records);
    }
}

static void know_incomplete(struct merge *merge, const struct unit_in *in, struct raw_record *raw)
{
    char *tag = raw->record->tag ? tag_key(raw->record) : g_strdup_printf("%p", (void *)raw->record);
    /* Within one unit the compiler has said which are one. */
    struct known_record *known = merge->units->len > 1 ? g_hash_table_lookup(merge->tags, tag) : NULL;

    if (!known || known == &several_records)
        known = g_hash_table_lookup(merge->incomplete, tag);
    if (!known) {
        known = make_known(merge, in, raw);
        g_hash_table_insert(merge->incomplete, tag, known);
        tag = NULL;
    }
    raw->known = known;
    g_free(tag);
}

bool merge_read_types(struct merge *merge, struct unit_in *in)
{
    for (uint32_t i = 1; i < in->enumeration_count; i++)
        in->enumerations[i] = read_enumeration(in);
    in->a.last = NO_SPAN;
    for (uint32_t i = 1; i < in->maps.record_count; i++)
        read_record(in, &in->records[i]);
    for (uint32_t i = 1; i < in->maps.type_count; i++) {
        read_type(in, &in->types[i]);
        if (in->types[i].record && !in->types[i].type.quals)
            in->records[in->types[i].record].node = i;
    }
    for (uint32_t i = 1; i < in->maps.record_count && !in->a.bad; i++) {
        struct raw_record *raw = &in->records[i];
        in->a.bad |= raw->node == 0;
        if (raw->node && raw->record->is_complete)
            know_complete(merge, in, raw);
    }
    return !in->a.bad;
}

/* ------------------------------------------------------------------------------------- types as one */

static struct ir_enumeration *resolve_enumeration(struct merge *merge, struct ir_enumeration *e)
{
    GString *key = g_string_new(e->tag);

    for (size_t i = 0; i < e->value_count; i++)
        g_string_append_printf(key, " %s=%" G_GINT64_FORMAT, e->names[i], (gint64)e->values[i]);
    struct ir_enumeration *known = g_hash_table_lookup(merge->enumerations, key->str);
    if (known) {
        g_string_free(key, TRUE);
        return known;
    }
    g_hash_table_insert(merge->enumerations, g_string_free(key, FALSE), e);
    return e;
}

/* Only a record leads back to itself, and those are there already; `depth` guards against bytes that lie. */
static const struct ir_type *resolve(struct merge *merge, struct unit_in *in, uint32_t n, unsigned depth)
{
    struct raw_type *raw = &in->types[n];
    const struct ir_type **type = &in->maps.types[n];

    if (n == 0 || *type)
        return *type;
    if (depth > 100000) {
        in->a.bad = true;
        return merge->nodes ? type_node(merge->nodes, &(struct ir_type){.kind = IR_TYPE_VOID}) : NULL;
    }
    if (raw->type.quals) {
        *type = type_node_qualified(merge->nodes, resolve(merge, in, raw->unqualified, depth + 1), raw->type.quals);
        return *type;
    }
    if (raw->record) {
        *type = in->records[raw->record].known->node;
        return *type;
    }
    struct ir_type key = raw->type;
    const struct ir_type **params = g_new0(const struct ir_type *, key.param_count + 1);
    key.is_owned = false;
    key.drop_name = NULL;
    key.target = resolve(merge, in, raw->target, depth + 1);
    for (size_t i = 0; i < key.param_count; i++)
        params[i] = resolve(merge, in, raw->params[i], depth + 1);
    key.params = params;
    if (raw->enumeration)
        key.enumeration = resolve_enumeration(merge, in->enumerations[raw->enumeration]);
    *type = type_node(merge->nodes, &key);
    g_free(params);
    return *type;
}

void merge_resolve_types(struct merge *merge, struct unit_in *in)
{
    for (uint32_t i = 1; i < in->maps.record_count; i++) {
        struct raw_record *raw = &in->records[i];
        if (!raw->known)
            know_incomplete(merge, in, raw);
        in->maps.records[i] = raw->known->record;
    }
    for (uint32_t i = 1; i < in->maps.type_count; i++)
        resolve(merge, in, i, 0);
    for (uint32_t i = 1; i < in->maps.record_count; i++) {
        struct raw_record *raw = &in->records[i];
        if (raw->known->record != raw->record)
            continue;
        for (size_t k = 0; k < raw->record->field_count; k++)
            raw->record->fields[k].type = in->maps.types[raw->field_types[k]];
    }
}

void merge_resolve_owned(struct unit_in *in)
{
    for (uint32_t i = 1; i < in->maps.type_count; i++) {
        const struct raw_type *raw = &in->types[i];
        struct ir_type *type = (struct ir_type *)in->maps.types[i];
        if (!raw->type.is_owned || type->is_owned)
            continue;
        in->a.bad |= raw->drop >= in->maps.function_count;
        type->is_owned = true;
        type->drop_name = raw->type.drop_name;
        type->drop = raw->drop && !in->a.bad ? in->maps.functions[raw->drop] : NULL;
    }
}
