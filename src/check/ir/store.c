#include "ir/store.h"

#include <string.h>

#include "base/hash.h"
#include "ir/symbols.h"

struct store {
    const struct ir_unit *unit;
    const struct source_table *sources;
    GHashTable *texts;   /* content -> number; kept in text_list, which owns nothing */
    GPtrArray *text_list;
    GHashTable *types;   /* ir_type -> number */
    GPtrArray *type_list;
    GHashTable *records;
    GPtrArray *record_list;
    GHashTable *enumerations;
    GPtrArray *enumeration_list;
    GHashTable *files;   /* number in the source table -> number here */
    GArray *file_list;   /* of uint32_t */
    GHashTable *file_hashes;
    struct mentions *mentions;
    uint32_t writing;    /* whose contents are being written: a node of mentions */
};

/* ----------------------------------------------------------------------------------------------- tables */

/* Number 0 is NULL. */
static uint32_t number_in(GHashTable *table, GPtrArray *list, const void *thing)
{
    if (!thing)
        return 0;
    void *known = g_hash_table_lookup(table, thing);
    if (known)
        return GPOINTER_TO_UINT(known);
    g_ptr_array_add(list, (void *)thing);
    g_hash_table_insert(table, (void *)thing, GUINT_TO_POINTER(list->len));
    return list->len;
}

uint32_t store_text(struct store *store, const char *text)
{
    return number_in(store->texts, store->text_list, text);
}

uint32_t store_type(struct store *store, const struct ir_type *type)
{
    return number_in(store->types, store->type_list, type);
}

uint32_t store_record(struct store *store, const struct ir_record *record)
{
    return number_in(store->records, store->record_list, record);
}

uint32_t store_file(struct store *store, uint32_t file)
{
    if (file == 0)
        return 0;
    void *known = g_hash_table_lookup(store->files, GUINT_TO_POINTER(file));
    if (known)
        return GPOINTER_TO_UINT(known);
    g_array_append_val(store->file_list, file);
    g_hash_table_insert(store->files, GUINT_TO_POINTER(file), GUINT_TO_POINTER(store->file_list->len));
    return store->file_list->len;
}

/* Of the file's name: its number is different in every run. */
uint64_t store_hash_file(struct store *store, uint32_t file)
{
    void *key = GUINT_TO_POINTER(file);
    uint64_t *known = g_hash_table_lookup(store->file_hashes, key);

    if (!known) {
        known = g_new(uint64_t, 1);
        *known = file ? hash_text(0, source_path(store->sources, file)) : 0;
        g_hash_table_insert(store->file_hashes, key, known);
    }
    return *known;
}

void store_mention(struct store *store, enum ir_base_kind base, uint32_t index)
{
    if (base == IR_BASE_FUNCTION)
        mentions_add(store->mentions, store->writing, mention_of_function(store->unit, index));
    else if (base == IR_BASE_GLOBAL)
        mentions_add(store->mentions, store->writing, mention_of_global(index));
}

static bool is_in_header(const struct store *store, struct span span)
{
    return span.file != 0 && span.file != store->unit->main_file;
}

void store_hash_base(struct archive *a, enum ir_base_kind base, uint32_t index)
{
    const struct ir_unit *unit = a->store->unit;

    if (base == IR_BASE_STRING) {
        a->hash = hash_bytes(a->hash, unit->strings[index].bytes, unit->strings[index].length);
    } else if (base == IR_BASE_FUNCTION) {
        const struct ir_function *fn = unit->functions[index];
        a->hash = hash_text(a->hash, fn->name);
        if (fn->is_static) {
            a->is_private |= !is_in_header(a->store, fn->span);
            g_array_append_val(a->callees, index);
        }
    } else {
        const struct ir_global *global = unit->globals[index];
        a->hash = hash_text(a->hash, global->name);
        if (global->is_static) {
            a->is_private |= !ir_type_is_constant(global->type) || !is_in_header(a->store, global->span);
            archive_span(a, &(struct span){global->span.file, global->span.begin, global->span.end});
        }
    }
}

/* ------------------------------------------------------------------------------------------ fingerprints */

struct print {
    uint64_t own, now, next;
    bool is_private;
    GArray *callees; /* NULL: it is no static function of a header */
};

static void see_body(struct store *store, const struct ir_function *fn, struct print *print)
{
    struct archive a = {.mode = ARCHIVE_HASH, .hash = HASH_START, .store = store};

    a.callees = print->callees = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    archive_text(&a, (const char **)&fn->name);
    archive_type(&a, (const struct ir_type **)&fn->type);
    archive_span(&a, (struct span *)&fn->span);
    archive_notes(&a, (const char *const **)&fn->notes);
    archive_body(&a, (struct ir_function *)fn);
    print->own = print->now = a.hash;
    print->is_private = a.is_private;
}

/* One more step along the calls: what a function does includes what its static callees do. */
static bool see_callees(struct print *prints, uint32_t count)
{
    bool changed = false;

    for (uint32_t f = 0; f < count; f++) {
        struct print *print = &prints[f];
        if (!print->callees)
            continue;
        print->next = print->own;
        for (guint i = 0; i < print->callees->len; i++) {
            const struct print *callee = &prints[g_array_index(print->callees, uint32_t, i)];
            print->next = hash_mix(print->next, callee->now);
            changed |= callee->is_private && !print->is_private;
            print->is_private |= callee->is_private;
        }
    }
    for (uint32_t f = 0; f < count; f++)
        prints[f].now = prints[f].next;
    return changed;
}

/* By function; 0 for all but the static functions of headers that are the same wherever their text is. */
static uint64_t *fingerprints(struct store *store)
{
    enum { ROUNDS = 4 };
    const struct ir_unit *unit = store->unit;
    struct print *prints = g_new0(struct print, unit->function_count + 1);
    uint64_t *result = g_new0(uint64_t, unit->function_count + 1);

    for (uint32_t f = 0; f < unit->function_count; f++) {
        const struct ir_function *fn = unit->functions[f];
        if (fn->is_static && fn->has_body && is_in_header(store, fn->span))
            see_body(store, fn, &prints[f]);
    }
    bool changed = true;
    for (unsigned round = 0; changed || round < ROUNDS; round++)
        changed = see_callees(prints, unit->function_count);
    for (uint32_t f = 0; f < unit->function_count; f++) {
        if (!prints[f].callees)
            continue;
        result[f] = prints[f].is_private ? 0 : prints[f].now;
        g_array_free(prints[f].callees, TRUE);
    }
    g_free(prints);
    return result;
}

/* ----------------------------------------------------------------------------------- both directions */

static uint32_t bit(bool value, unsigned n)
{
    return (uint32_t)value << n;
}

void archive_function_head(struct archive *a, struct stored_function *head)
{
    struct ir_function *fn = &head->fn;
    uint32_t flags = bit(fn->is_static, 0) | bit(fn->is_inline, 1) | bit(fn->is_noreturn, 2) | bit(fn->is_variadic, 3) |
                     bit(fn->in_system_header, 4) | bit(fn->returns_twice, 5) | bit(fn->has_body, 6) |
                     bit(fn->is_broken, 7) | bit(fn->is_modelled, 8) | bit(fn->unwinds, 9) |
                     bit(fn->is_annotated_code, 10);

    archive_text(a, &fn->name);
    archive_type(a, &fn->type);
    archive_notes(a, &fn->notes);
    archive_number(a, &flags);
    fn->is_static = flags & 1;
    fn->is_inline = flags >> 1 & 1;
    fn->is_noreturn = flags >> 2 & 1;
    fn->is_variadic = flags >> 3 & 1;
    fn->in_system_header = flags >> 4 & 1;
    fn->returns_twice = flags >> 5 & 1;
    fn->has_body = flags >> 6 & 1;
    fn->is_broken = flags >> 7 & 1;
    fn->is_modelled = flags >> 8 & 1;
    fn->unwinds = flags >> 9 & 1;
    fn->is_annotated_code = flags >> 10 & 1;
    archive_span(a, &fn->span);
    archive_span(a, &fn->body_end);
    archive_long(a, &head->fingerprint);

    uint32_t count = fn->type ? (uint32_t)fn->type->param_count : 0;
    archive_count(a, &count);
    a->bad |= !fn->name || !fn->type || fn->type->kind != IR_TYPE_FUNCTION || count != fn->type->param_count;
    if (a->mode == ARCHIVE_READ && !a->bad) {
        fn->params = ARENA_ARRAY(a->arena, struct ir_param_notes, count);
        fn->param_names = ARENA_ARRAY(a->arena, const char *, count);
    }
    for (uint32_t i = 0; i < count && !a->bad; i++) {
        archive_notes(a, (const char *const **)&fn->params[i].notes);
        archive_text(a, (const char **)&fn->param_names[i]);
    }
}

void archive_global_head(struct archive *a, struct ir_global *global)
{
    uint32_t flags = bit(global->is_static, 0) | bit(global->is_extern, 1) | bit(global->is_thread_local, 2) |
                     bit(global->is_defined, 3);

    archive_text(a, &global->name);
    archive_type(a, &global->type);
    archive_text(a, &global->type_name);
    archive_span(a, &global->span);
    archive_number(a, &flags);
    global->is_static = flags & 1;
    global->is_extern = flags >> 1 & 1;
    global->is_thread_local = flags >> 2 & 1;
    global->is_defined = flags >> 3 & 1;
    archive_function_ref(a, &global->owner);
    archive_notes(a, &global->notes);
    archive_long(a, (uint64_t *)&global->initial_enumerators);
    a->bad |= !global->name || !global->type || !global->type_name;
}

void archive_pointees(struct archive *a, struct ir_global *global)
{
    archive_count(a, &global->pointee_count);
    if (a->mode == ARCHIVE_READ)
        global->pointees = ARENA_ARRAY(a->arena, struct ir_place, global->pointee_count);
    for (uint32_t i = 0; i < global->pointee_count; i++)
        archive_place(a, (struct ir_place *)&global->pointees[i]);
}

void archive_allow(struct archive *a, struct ir_allow *allow)
{
    uint32_t flags = bit(allow->has_reason, 0) | bit(allow->is_in_header, 1);

    archive_text(a, &allow->code);
    archive_span(a, &allow->span);
    archive_span(a, &allow->covers);
    archive_number(a, &flags);
    allow->has_reason = flags & 1;
    allow->is_in_header = flags >> 1 & 1;
}

/* ------------------------------------------------------------------------------------ types and records */

static void put(struct archive *a, uint64_t n)
{
    archive_long(a, &n);
}

static void put_text(struct archive *a, const char *text)
{
    archive_text(a, &text);
}

static void put_type(struct archive *a, const struct ir_type *type)
{
    archive_type(a, &type);
}

static void put_span(struct archive *a, struct span span)
{
    archive_span(a, &span);
}

static void write_type(struct archive *a, const struct ir_type *type)
{
    struct store *store = a->store;

    put(a, (uint64_t)type->kind | (uint64_t)type->quals << 8);
    if (type->quals) {
        put_type(a, type->unqualified);
        return;
    }
    put_text(a, type->name);
    put(a, type->size);
    put(a, type->bits);
    put(a, bit(type->is_signed, 0) | bit(type->is_variadic, 1) | bit(type->is_owned, 2));
    put(a, type->handle_kind);
    put_text(a, type->handle_name);
    put_type(a, type->target);
    put(a, type->count + 1);
    put(a, type->param_count);
    for (size_t i = 0; i < type->param_count; i++)
        put_type(a, type->params[i]);
    put(a, store_record(store, type->record));
    put(a, number_in(store->enumerations, store->enumeration_list, type->enumeration));
    if (type->is_owned) {
        put_text(a, type->drop_name);
        archive_function_ref(a, (const struct ir_function **)&type->drop);
    }
}

static void write_record(struct archive *a, const struct ir_record *record)
{
    put_text(a, record->tag);
    put(a, bit(record->is_union, 0) | bit(record->is_complete, 1) | bit(record->has_flexible_array, 2));
    put(a, record->traits);
    put_span(a, record->span);
    put(a, record->field_count);
    for (size_t i = 0; i < record->field_count; i++) {
        const struct ir_field *field = &record->fields[i];
        put_text(a, field->name);
        put_type(a, field->type);
        put_text(a, field->type_name);
        put_span(a, field->span);
        put(a, (uint64_t)(field->bit_width + 1));
        put_text(a, field->guarded_by);
        put(a, field->guarded_shared);
        archive_notes(a, (const char *const **)&field->notes);
    }
}

static void write_enumeration(struct archive *a, const struct ir_enumeration *e)
{
    put_text(a, e->tag);
    put(a, e->value_count);
    for (size_t i = 0; i < e->value_count; i++) {
        archive_signed(a, &e->values[i]);
        put_text(a, e->names[i]);
    }
}

/* Types lead to records, whose fields lead to types: in turns until nothing new was met. */
static void write_types(struct store *store, struct archive *types, struct archive *records)
{
    guint type = 0, record = 0;

    while (type < store->type_list->len || record < store->record_list->len) {
        while (type < store->type_list->len)
            write_type(types, store->type_list->pdata[type++]);
        while (record < store->record_list->len)
            write_record(records, store->record_list->pdata[record++]);
    }
}

/* --------------------------------------------------------------------------------------------- the unit */

static uint64_t stored_checksum(const struct stored_head *head, const uint8_t *bytes, size_t length)
{
    return hash_bytes(hash_mix(HASH_START, head->symbols), bytes + sizeof *head, length - sizeof *head);
}

static bool is_stored(const uint8_t *bytes, size_t length, struct stored_head *ret_head)
{
    if (length < sizeof *ret_head)
        return false;
    memcpy(ret_head, bytes, sizeof *ret_head);
    return memcmp(ret_head->magic, STORE_MAGIC, sizeof ret_head->magic) == 0 && ret_head->version == STORE_VERSION &&
           ret_head->symbols <= length - sizeof *ret_head &&
           ret_head->checksum == stored_checksum(ret_head, bytes, length);
}

bool stored_open(const uint8_t *bytes, size_t length, struct archive *ret_archive)
{
    struct stored_head head;

    if (!is_stored(bytes, length, &head))
        return false;
    *ret_archive = (struct archive){.mode = ARCHIVE_READ, .at = bytes + sizeof head + head.symbols, .end = bytes + length};
    return true;
}

bool stored_symbols(const uint8_t *bytes, size_t length, struct symbols *ret_symbols)
{
    struct stored_head head;

    return is_stored(bytes, length, &head) &&
           symbols_read(bytes + sizeof head, head.symbols, head.checksum, ret_symbols);
}

uint64_t stored_checksum_of(const uint8_t *bytes, size_t length)
{
    struct stored_head head;

    if (length < sizeof head)
        return 0;
    memcpy(&head, bytes, sizeof head);
    return head.checksum;
}

static struct archive writer(struct store *store)
{
    return (struct archive){.mode = ARCHIVE_WRITE, .out = g_byte_array_new(), .store = store};
}

static void append(GByteArray *out, struct archive *part)
{
    g_byte_array_append(out, part->out->data, part->out->len);
    g_byte_array_free(part->out, TRUE);
}

static void write_heads(struct archive *a, const struct ir_unit *unit, const uint64_t *prints)
{
    put(a, unit->function_count);
    for (uint32_t f = 0; f < unit->function_count; f++) {
        struct stored_function head = {*unit->functions[f], prints[f]};
        archive_function_head(a, &head);
    }
    put(a, unit->global_count);
    for (uint32_t g = 0; g < unit->global_count; g++)
        archive_global_head(a, unit->globals[g]);
}

/* Each with its size in front, as what is known already is not read again. */
static void write_bodies(struct archive *a, const struct ir_unit *unit)
{
    GByteArray *out = a->out;

    for (uint32_t f = 0; f < unit->function_count; f++) {
        struct ir_function *fn = unit->functions[f];
        if (!fn->has_body)
            continue;
        a->out = g_byte_array_new();
        a->last = NO_SPAN;
        a->store->writing = mention_of_function(unit, f);
        archive_body(a, fn);
        GByteArray *body = a->out;
        a->out = out;
        put(a, body->len);
        g_byte_array_append(out, body->data, body->len);
        g_byte_array_free(body, TRUE);
    }
    a->last = NO_SPAN;
    a->store->writing = MENTION_NOBODY;
}

static void write_content(struct archive *a, const struct ir_unit *unit)
{
    put(a, unit->string_count);
    for (uint32_t i = 0; i < unit->string_count; i++) {
        put(a, unit->strings[i].length);
        g_byte_array_append(a->out, (const guint8 *)unit->strings[i].bytes, unit->strings[i].length);
        put_type(a, unit->strings[i].type);
    }
    for (uint32_t g = 0; g < unit->global_count; g++) {
        a->store->writing = mention_of_global(g);
        archive_pointees(a, unit->globals[g]);
    }
    write_bodies(a, unit);
    put(a, unit->owned_type_count);
    for (uint32_t i = 0; i < unit->owned_type_count; i++)
        put_type(a, unit->owned_types[i]);
    put(a, unit->marked_type_count);
    for (uint32_t i = 0; i < unit->marked_type_count; i++)
        put_type(a, unit->marked_types[i]);
    put(a, unit->unsafe_count);
    for (uint32_t i = 0; i < unit->unsafe_count; i++) {
        archive_function_ref(a, &unit->unsafe_blocks[i].fn);
        put_span(a, unit->unsafe_blocks[i].keyword);
        put_span(a, unit->unsafe_blocks[i].whole);
    }
    put(a, unit->allow_count);
    for (uint32_t i = 0; i < unit->allow_count; i++)
        archive_allow(a, &unit->allows[i]);
    put(a, unit->opaque_kind_count);
    for (uint32_t i = 0; i < unit->opaque_kind_count; i++) {
        put_text(a, unit->opaque_kinds[i]);
        put(a, unit->opaque_counts[i]);
    }
    put(a, unit->statement_count);
}

static void write_raw_text(GByteArray *out, struct archive *a, const char *text)
{
    size_t length = strlen(text);

    put(a, length);
    g_byte_array_append(out, (const guint8 *)text, (guint)length);
}

/* Texts and files come last into being and first in the bytes. */
static void write_tables(struct store *store, struct archive *a, bool follows_directory)
{
    char *here = g_get_current_dir();

    put(a, store->file_list->len);
    for (guint i = 0; i < store->file_list->len; i++) {
        const char *path = source_path(store->sources, g_array_index(store->file_list, uint32_t, i));
        bool is_relative = !g_path_is_absolute(path);
        char *full = is_relative ? g_build_filename(here, path, NULL) : g_strdup(path);
        put(a, is_relative || follows_directory);
        write_raw_text(a->out, a, full);
        g_free(full);
    }
    put(a, store->text_list->len);
    for (guint i = 0; i < store->text_list->len; i++)
        write_raw_text(a->out, a, store->text_list->pdata[i]);
    g_free(here);
}

static void store_start(struct store *store)
{
    store->texts = g_hash_table_new(g_str_hash, g_str_equal);
    store->text_list = g_ptr_array_new();
    store->types = g_hash_table_new(NULL, NULL);
    store->type_list = g_ptr_array_new();
    store->records = g_hash_table_new(NULL, NULL);
    store->record_list = g_ptr_array_new();
    store->enumerations = g_hash_table_new(NULL, NULL);
    store->enumeration_list = g_ptr_array_new();
    store->files = g_hash_table_new(NULL, NULL);
    store->file_list = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    store->file_hashes = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    store->mentions = mentions_new(store->unit);
    store->writing = MENTION_NOBODY;
}

static void store_end(struct store *store)
{
    GHashTable *tables[] = {store->texts, store->types, store->records, store->enumerations, store->files,
                            store->file_hashes};
    GPtrArray *lists[] = {store->text_list, store->type_list, store->record_list, store->enumeration_list};

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        g_hash_table_destroy(tables[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        g_ptr_array_free(lists[i], TRUE);
    g_array_free(store->file_list, TRUE);
    mentions_free(store->mentions);
}

GByteArray *ir_store(const struct ir_unit *unit, const struct source_table *sources, bool follows_directory)
{
    struct store store = {.unit = unit, .sources = sources};

    store_start(&store);
    uint64_t *prints = fingerprints(&store);
    struct archive heads = writer(&store), content = writer(&store), types = writer(&store), records = writer(&store),
                   enumerations = writer(&store), tables = writer(&store), front = writer(&store);

    put_text(&front, unit->path);
    uint32_t main_file = store_file(&store, unit->main_file);
    put(&front, main_file);
    put(&front, bit(unit->unwinds, 0) | bit(unit->is_annotated, 1));
    write_heads(&heads, unit, prints);
    write_content(&content, unit);
    write_types(&store, &types, &records);
    for (guint i = 0; i < store.enumeration_list->len; i++)
        write_enumeration(&enumerations, store.enumeration_list->pdata[i]);
    put(&front, store.enumeration_list->len);
    put(&front, store.record_list->len);
    put(&front, store.type_list->len);
    write_tables(&store, &tables, follows_directory);

    GByteArray *symbols = symbols_write(store.mentions);
    struct stored_head head = {.version = STORE_VERSION, .symbols = symbols->len};
    memcpy(head.magic, STORE_MAGIC, sizeof head.magic);
    GByteArray *out = g_byte_array_new();
    g_byte_array_append(out, (const guint8 *)&head, sizeof head);
    g_byte_array_append(out, symbols->data, symbols->len);
    g_byte_array_free(symbols, TRUE);
    append(out, &tables);
    append(out, &front);
    append(out, &enumerations);
    append(out, &records);
    append(out, &types);
    append(out, &heads);
    append(out, &content);
    head.checksum = stored_checksum(&head, out->data, out->len);
    memcpy(out->data, &head, sizeof head);
    g_free(prints);
    store_end(&store);
    return out;
}
