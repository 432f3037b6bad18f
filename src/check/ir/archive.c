#include "ir/archive.h"

#include <string.h>

#include "base/hash.h"

static const char *const no_notes[] = {NULL};

/* A new field must be described here (and STORE_VERSION raised), or whole programs do without it. */
#if defined(__x86_64__) && defined(__LP64__)
#define SIZE_IS(type, size) _Static_assert(sizeof(struct type) == (size), "say in ir/archive.c how " #type " is stored")
SIZE_IS(ir_projection, 24);
SIZE_IS(ir_place, 32);
SIZE_IS(ir_operand, 80);
SIZE_IS(ir_rvalue, 104);
SIZE_IS(ir_statement, 184);
SIZE_IS(ir_atomic, 120);
SIZE_IS(ir_opaque, 40);
SIZE_IS(ir_call, 256);
SIZE_IS(ir_case, 32);
SIZE_IS(ir_terminator, 168);
SIZE_IS(ir_block, 184);
SIZE_IS(ir_local, 96);
SIZE_IS(ir_arm, 8);
SIZE_IS(ir_function, 136);
SIZE_IS(ir_global, 88);
SIZE_IS(ir_string, 24);
SIZE_IS(ir_unsafe, 32);
SIZE_IS(ir_allow, 40);
SIZE_IS(ir_unit, 168);
SIZE_IS(ir_field, 64);
SIZE_IS(ir_record, 48);
SIZE_IS(ir_enumeration, 32);
SIZE_IS(ir_type, 128);
#endif

/* --------------------------------------------------------------------------------------------- numbers */

void archive_long(struct archive *a, uint64_t *n)
{
    if (a->mode == ARCHIVE_HASH) {
        a->hash = hash_mix(a->hash, *n);
        return;
    }
    if (a->mode == ARCHIVE_WRITE) {
        guint8 bytes[10];
        guint size = 0;
        uint64_t rest = *n;
        for (; rest >= 0x80; rest >>= 7)
            bytes[size++] = (guint8)(rest | 0x80);
        bytes[size++] = (guint8)rest;
        g_byte_array_append(a->out, bytes, size);
        return;
    }
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (a->at == a->end)
            break;
        uint8_t byte = *a->at++;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80)) {
            *n = a->bad ? 0 : value;
            return;
        }
    }
    a->bad = true;
    a->at = a->end;
    *n = 0;
}

void archive_number(struct archive *a, uint32_t *n)
{
    uint64_t wide = *n;

    archive_long(a, &wide);
    if (wide > UINT32_MAX)
        a->bad = true;
    *n = a->bad && a->mode == ARCHIVE_READ ? 0 : (uint32_t)wide;
}

/* Small ones of both signs are short: 0, -1, 1, -2 ... */
void archive_signed(struct archive *a, int64_t *n)
{
    uint64_t wide = ((uint64_t)*n << 1) ^ (*n < 0 ? UINT64_MAX : 0);

    archive_long(a, &wide);
    *n = (int64_t)(wide >> 1) ^ -(int64_t)(wide & 1);
}

void archive_count(struct archive *a, uint32_t *count)
{
    archive_number(a, count);
    if (a->mode == ARCHIVE_READ && *count > (size_t)(a->end - a->at)) {
        a->bad = true;
        *count = 0;
    }
}

/* A number of a table that has `count` entries. */
static uint32_t number_below(struct archive *a, uint32_t count)
{
    uint32_t n = 0;

    archive_number(a, &n);
    if (n < count)
        return n;
    a->bad = true;
    return 0;
}

static bool flag(struct archive *a, uint32_t *bits, unsigned bit, bool value)
{
    if (a->mode == ARCHIVE_READ)
        return *bits >> bit & 1;
    *bits |= (uint32_t)value << bit;
    return value;
}

/* ----------------------------------------------------------------------------------- what is referred to */

void archive_text(struct archive *a, const char **text)
{
    if (a->mode == ARCHIVE_HASH) {
        a->hash = hash_text(a->hash, *text);
    } else if (a->mode == ARCHIVE_WRITE) {
        uint32_t n = store_text(a->store, *text);
        archive_number(a, &n);
    } else {
        uint32_t n = number_below(a, a->maps->text_count);
        *text = n ? a->maps->texts[n] : NULL;
    }
}

void archive_notes(struct archive *a, const char *const **notes)
{
    uint32_t count = 0;

    if (a->mode != ARCHIVE_READ)
        while ((*notes)[count])
            count++;
    archive_count(a, &count);
    if (a->mode != ARCHIVE_READ) {
        for (uint32_t i = 0; i < count; i++)
            archive_text(a, (const char **)&(*notes)[i]);
        return;
    }
    *notes = no_notes;
    if (count == 0)
        return;
    const char **made = ARENA_ARRAY(a->arena, const char *, count + 1);
    for (uint32_t i = 0; i < count; i++)
        archive_text(a, &made[i]);
    if (!a->bad)
        *notes = made;
}

void archive_type(struct archive *a, const struct ir_type **type)
{
    if (a->mode == ARCHIVE_HASH) {
        a->hash = hash_text(a->hash, *type ? (*type)->name : NULL);
        a->hash = hash_mix(a->hash, *type ? (*type)->size : 0);
    } else if (a->mode == ARCHIVE_WRITE) {
        uint32_t n = store_type(a->store, *type);
        archive_number(a, &n);
    } else {
        uint32_t n = number_below(a, a->maps->type_count);
        *type = n ? a->maps->types[n] : NULL;
    }
}

static void record_ref(struct archive *a, const struct ir_record **record)
{
    if (a->mode == ARCHIVE_HASH) {
        a->hash = hash_text(a->hash, (*record)->tag);
    } else if (a->mode == ARCHIVE_WRITE) {
        uint32_t n = store_record(a->store, *record);
        archive_number(a, &n);
    } else {
        uint32_t n = number_below(a, a->maps->record_count);
        *record = n ? a->maps->records[n] : NULL;
        a->bad |= n == 0;
    }
}

void archive_function_ref(struct archive *a, const struct ir_function **fn)
{
    if (a->mode == ARCHIVE_HASH && *fn) {
        store_hash_base(a, IR_BASE_FUNCTION, (*fn)->index);
        return;
    }
    uint32_t n = a->mode == ARCHIVE_WRITE && *fn ? (*fn)->index + 1 : 0;
    archive_number(a, &n);
    if (n && a->mode == ARCHIVE_WRITE)
        store_mention(a->store, IR_BASE_FUNCTION, n - 1);
    if (a->mode != ARCHIVE_READ)
        return;
    a->bad |= n >= a->maps->function_count;
    *fn = n && !a->bad ? a->maps->functions[n] : NULL;
}

/* begin as the way from the last span's, the length, and the file only when it changes. */
void archive_span(struct archive *a, struct span *span)
{
    if (a->mode == ARCHIVE_HASH) {
        a->hash = hash_mix(a->hash, store_hash_file(a->store, span->file));
        a->hash = hash_mix(a->hash, (uint64_t)span->begin << 32 | span->end);
        return;
    }
    bool writes = a->mode == ARCHIVE_WRITE, is_other = false;
    uint64_t head = 0;
    if (writes) {
        int64_t way = (int64_t)span->begin - a->last.begin;
        is_other = span->file != a->last.file;
        head = (((uint64_t)way << 1) ^ (way < 0 ? UINT64_MAX : 0)) << 1 | is_other;
    }
    archive_long(a, &head);
    int64_t length = writes ? (int64_t)span->end - span->begin : 0;
    archive_signed(a, &length);
    uint32_t file = a->last.file;
    if (head & 1) {
        file = writes ? store_file(a->store, span->file) : 0;
        archive_number(a, &file);
        if (writes)
            file = span->file;
        else if (file >= a->maps->file_count)
            a->bad = true;
        else
            file = a->maps->files[file];
    }
    if (!writes) {
        int64_t way = (int64_t)(head >> 2) ^ -(int64_t)(head >> 1 & 1);
        span->begin = (uint32_t)(a->last.begin + way);
        span->end = (uint32_t)(span->begin + length);
        span->file = file;
        if (a->bad)
            *span = NO_SPAN;
    }
    a->last = (struct span){file, span->begin, span->end};
}

/* ------------------------------------------------------------------------------------- places, operands */

static void base_index(struct archive *a, struct ir_place *place)
{
    if (a->mode == ARCHIVE_HASH && place->base != IR_BASE_LOCAL) {
        store_hash_base(a, place->base, place->base_index);
        return;
    }
    archive_number(a, &place->base_index);
    if (a->mode == ARCHIVE_WRITE)
        store_mention(a->store, place->base, place->base_index);
    if (a->mode != ARCHIVE_READ)
        return;
    const struct archive_maps *maps = a->maps;
    uint32_t n = place->base_index;
    switch (place->base) {
    case IR_BASE_LOCAL:
        return;
    case IR_BASE_GLOBAL:
        a->bad |= n >= maps->global_count;
        place->base_index = a->bad ? 0 : maps->globals[n];
        return;
    case IR_BASE_STRING:
        a->bad |= n >= maps->string_count;
        place->base_index = maps->first_string + n;
        return;
    case IR_BASE_FUNCTION:
        a->bad |= n + 1 >= maps->function_count;
        place->base_index = a->bad ? 0 : maps->functions[n + 1]->index;
        return;
    }
}

/* `extern int a[];` here may be `int a[3]` where it is defined: the place is of what there is. */
static void take_base_type(struct archive *a, struct ir_place *place)
{
    const struct ir_type *type = NULL;

    if (a->bad || place->projection_count)
        return;
    if (place->base == IR_BASE_GLOBAL)
        type = a->maps->all_globals[place->base_index]->type;
    else if (place->base == IR_BASE_FUNCTION)
        type = a->maps->all_functions[place->base_index]->type;
    if (type && place->type && type->unqualified != place->type->unqualified)
        place->type = type;
}

static void projection(struct archive *a, struct ir_projection *at)
{
    ARCHIVE_ENUM(a, at->kind);
    archive_number(a, &at->index);
    if (at->kind == IR_PROJ_FIELD)
        record_ref(a, &at->record);
    archive_type(a, &at->type);
}

void archive_place(struct archive *a, struct ir_place *place)
{
    uint32_t head = (uint32_t)place->base | place->projection_count << 2;

    archive_number(a, &head);
    place->base = head & 3;
    place->projection_count = head >> 2;
    base_index(a, place);
    archive_type(a, &place->type);
    if (a->mode == ARCHIVE_READ) {
        if (place->projection_count > (size_t)(a->end - a->at)) {
            a->bad = true;
            place->projection_count = 0;
        }
        take_base_type(a, place);
        place->projections = place->projection_count
                                 ? ARENA_ARRAY(a->arena, struct ir_projection, place->projection_count) : NULL;
    }
    for (uint32_t i = 0; i < place->projection_count; i++)
        projection(a, (struct ir_projection *)&place->projections[i]);
}

static bool is_some_place(const struct ir_place *place)
{
    return place->type || place->base || place->base_index || place->projection_count;
}

static void operand(struct archive *a, struct ir_operand *operand)
{
    uint32_t head = (uint32_t)operand->kind | (uint32_t)operand->const_kind << 2;
    bool has_place = flag(a, &head, 4, is_some_place(&operand->place));
    bool has_value = flag(a, &head, 5, operand->value != 0);

    archive_number(a, &head);
    if (a->mode == ARCHIVE_READ) {
        has_place = head >> 4 & 1;
        has_value = head >> 5 & 1;
        operand->kind = head & 3;
        operand->const_kind = head >> 2 & 3;
    }
    if (has_place)
        archive_place(a, &operand->place);
    if (has_value)
        archive_signed(a, &operand->value);
    archive_type(a, &operand->type);
    archive_span(a, &operand->span);
}

static void operands(struct archive *a, struct ir_operand **list, uint32_t *count)
{
    archive_count(a, count);
    if (a->mode == ARCHIVE_READ)
        *list = *count ? ARENA_ARRAY(a->arena, struct ir_operand, *count) : NULL;
    for (uint32_t i = 0; i < *count; i++)
        operand(a, &(*list)[i]);
}

static void optional_place(struct archive *a, struct ir_place *place)
{
    uint32_t has = is_some_place(place);

    archive_number(a, &has);
    if (has)
        archive_place(a, place);
}

static bool is_some_operand(const struct ir_operand *o)
{
    return o->type || is_some_place(&o->place) || o->kind || o->value || !span_is_none(o->span);
}

static void optional_operand(struct archive *a, struct ir_operand *o)
{
    uint32_t has = is_some_operand(o);

    archive_number(a, &has);
    if (has)
        operand(a, o);
}

/* ------------------------------------------------------------------------------------------- statements */

static void rvalue(struct archive *a, struct ir_rvalue *value)
{
    ARCHIVE_ENUM(a, value->kind);
    ARCHIVE_ENUM(a, value->unary);
    ARCHIVE_ENUM(a, value->binary);
    operands(a, &value->operands, &value->operand_count);
    optional_place(a, &value->place);
    archive_span(a, &value->span);
    archive_span(a, &value->whole);
    archive_type(a, &value->type);
    archive_text(a, &value->builtin);
}

static void atomic(struct archive *a, struct ir_atomic *atomic)
{
    uint32_t flags = (uint32_t)atomic->has_rmw | (uint32_t)atomic->has_result << 1 | (uint32_t)atomic->has_expected << 2;

    archive_number(a, &flags);
    atomic->has_rmw = flags & 1;
    atomic->has_result = flags >> 1 & 1;
    atomic->has_expected = flags >> 2 & 1;
    ARCHIVE_ENUM(a, atomic->op);
    ARCHIVE_ENUM(a, atomic->rmw);
    ARCHIVE_ENUM(a, atomic->order);
    ARCHIVE_ENUM(a, atomic->failure_order);
    optional_place(a, &atomic->result);
    operands(a, &atomic->operands, &atomic->operand_count);
    optional_place(a, &atomic->expected);
}

static void opaque(struct archive *a, struct ir_opaque *opaque)
{
    uint32_t clobbers = opaque->clobbers_memory;

    archive_text(a, &opaque->what);
    archive_number(a, &clobbers);
    opaque->clobbers_memory = clobbers;
    operands(a, &opaque->reads, &opaque->read_count);
    archive_count(a, &opaque->write_count);
    if (a->mode == ARCHIVE_READ)
        opaque->writes = ARENA_ARRAY(a->arena, struct ir_place, opaque->write_count);
    for (uint32_t i = 0; i < opaque->write_count; i++)
        archive_place(a, &opaque->writes[i]);
}

static void statement(struct archive *a, struct ir_statement *st)
{
    uint32_t head = (uint32_t)st->kind;

    if (a->mode != ARCHIVE_READ)
        head |= (uint32_t)is_some_place(&st->place) << 5 | (uint32_t)(st->value.type != NULL) << 6 |
                (uint32_t)(st->local != 0) << 7 | (uint32_t)(st->atomic != NULL) << 8 |
                (uint32_t)(st->opaque != NULL) << 9 | (uint32_t)(st->flags != 0) << 10 | (uint32_t)(st->arm != 0) << 11;
    archive_number(a, &head);
    st->kind = head & 31;
    if (head >> 10 & 1)
        ARCHIVE_ENUM(a, st->flags);
    archive_span(a, &st->span);
    if (head >> 11 & 1)
        archive_number(a, &st->arm);
    if (head >> 5 & 1)
        archive_place(a, &st->place);
    if (head >> 6 & 1)
        rvalue(a, &st->value);
    if (head >> 7 & 1)
        archive_number(a, &st->local);
    if (head >> 8 & 1) {
        if (a->mode == ARCHIVE_READ)
            st->atomic = ARENA_NEW(a->arena, struct ir_atomic);
        atomic(a, st->atomic);
    }
    if (head >> 9 & 1) {
        if (a->mode == ARCHIVE_READ)
            st->opaque = ARENA_NEW(a->arena, struct ir_opaque);
        opaque(a, st->opaque);
    }
}

/* ------------------------------------------------------------------------------------------ terminators */

/* One for each argument. */
static void pointer_params(struct archive *a, struct ir_call *call)
{
    uint32_t count = call->pointer_params ? call->arg_count : 0;

    archive_number(a, &count);
    if (count == 0)
        return;
    a->bad |= count != call->arg_count;
    if (a->mode == ARCHIVE_READ)
        call->pointer_params = ARENA_ARRAY(a->arena, struct ir_param_notes, call->arg_count);
    for (uint32_t i = 0; i < call->arg_count; i++)
        archive_notes(a, (const char *const **)&call->pointer_params[i].notes);
}

static void call(struct archive *a, struct ir_call *call)
{
    uint32_t flags = (uint32_t)call->mode | (uint32_t)call->has_dest << 2 | (uint32_t)call->result_unused << 3;

    archive_number(a, &flags);
    call->mode = flags & 3;
    call->has_dest = flags >> 2 & 1;
    call->result_unused = flags >> 3 & 1;
    archive_function_ref(a, &call->callee);
    optional_operand(a, &call->pointer);
    operands(a, &call->args, &call->arg_count);
    optional_place(a, &call->dest);
    optional_operand(a, &call->scope);
    archive_span(a, &call->callee_span);
    pointer_params(a, call);
}

/* IR_NO_BLOCK is the commonest of what is large. */
static void block_number(struct archive *a, uint32_t *block)
{
    uint32_t next = *block + 1;

    archive_number(a, &next);
    *block = next - 1;
}

static void cases(struct archive *a, struct ir_terminator *term)
{
    archive_count(a, &term->case_count);
    if (a->mode == ARCHIVE_READ)
        term->cases = term->case_count ? ARENA_ARRAY(a->arena, struct ir_case, term->case_count) : NULL;
    for (uint32_t i = 0; i < term->case_count; i++) {
        archive_signed(a, &term->cases[i].low);
        archive_signed(a, &term->cases[i].high);
        block_number(a, &term->cases[i].target);
        archive_span(a, &term->cases[i].span);
    }
    archive_count(a, &term->target_count);
    if (a->mode == ARCHIVE_READ)
        term->targets = term->target_count ? ARENA_ARRAY(a->arena, uint32_t, term->target_count) : NULL;
    for (uint32_t i = 0; i < term->target_count; i++)
        block_number(a, &term->targets[i]);
}

static void terminator(struct archive *a, struct ir_terminator *term)
{
    uint32_t head = (uint32_t)term->kind;

    if (a->mode != ARCHIVE_READ)
        head |= (uint32_t)term->exhaustive << 5 | (uint32_t)is_some_operand(&term->condition) << 6 |
                (uint32_t)(term->case_count || term->target_count) << 7 | (uint32_t)(term->call != NULL) << 8 |
                (uint32_t)(term->opaque != NULL) << 9 | (uint32_t)(term->flags != 0) << 10 | (uint32_t)(term->arm != 0) << 11;
    archive_number(a, &head);
    term->kind = head & 31;
    term->exhaustive = head >> 5 & 1;
    if (head >> 10 & 1)
        ARCHIVE_ENUM(a, term->flags);
    archive_span(a, &term->span);
    if (head >> 11 & 1)
        archive_number(a, &term->arm);
    block_number(a, &term->target);
    block_number(a, &term->otherwise);
    if (head >> 6 & 1)
        operand(a, &term->condition);
    if (head >> 7 & 1)
        cases(a, term);
    if (head >> 8 & 1) {
        if (a->mode == ARCHIVE_READ)
            term->call = ARENA_NEW(a->arena, struct ir_call);
        call(a, term->call);
    }
    if (head >> 9 & 1) {
        if (a->mode == ARCHIVE_READ)
            term->opaque = ARENA_NEW(a->arena, struct ir_opaque);
        opaque(a, term->opaque);
    }
}

/* --------------------------------------------------------------------------------------------- functions */

static void local(struct archive *a, struct ir_local *local)
{
    uint32_t head = (uint32_t)local->kind | (uint32_t)local->address_taken << 3 | (uint32_t)local->hidden << 4 |
                    (uint32_t)local->in_macro << 5;

    archive_number(a, &head);
    local->kind = head & 7;
    local->address_taken = head >> 3 & 1;
    local->hidden = head >> 4 & 1;
    local->in_macro = head >> 5 & 1;
    archive_text(a, &local->name);
    archive_type(a, &local->type);
    archive_text(a, &local->type_name);
    archive_span(a, &local->span);
    archive_span(a, &local->scope_end);
    archive_span(a, &local->declaration);
    archive_text(a, &local->line_break);
    archive_notes(a, &local->notes);
}

static void block(struct archive *a, struct ir_block *block)
{
    archive_count(a, &block->statement_count);
    if (a->mode == ARCHIVE_READ)
        block->statements = ARENA_ARRAY(a->arena, struct ir_statement, block->statement_count);
    for (uint32_t i = 0; i < block->statement_count && !a->bad; i++)
        statement(a, &block->statements[i]);
    terminator(a, &block->terminator);
}

void archive_body(struct archive *a, struct ir_function *fn)
{
    archive_number(a, &fn->param_count);
    archive_count(a, &fn->local_count);
    archive_count(a, &fn->arm_count);
    archive_count(a, &fn->block_count);
    if (a->mode == ARCHIVE_READ) {
        fn->locals = ARENA_ARRAY(a->arena, struct ir_local, fn->local_count);
        fn->arms = ARENA_ARRAY(a->arena, struct ir_arm, fn->arm_count);
        fn->blocks = ARENA_ARRAY(a->arena, struct ir_block, fn->block_count);
    }
    for (uint32_t i = 0; i < fn->local_count && !a->bad; i++)
        local(a, &fn->locals[i]);
    for (uint32_t i = 0; i < fn->arm_count; i++) {
        archive_number(a, &fn->arms[i].parent);
        archive_number(a, &fn->arms[i].group);
    }
    for (uint32_t i = 0; i < fn->block_count && !a->bad; i++)
        block(a, &fn->blocks[i]);
}
