/*
 * Braced initialisers and strings, by C's rules for who gets which value (C11 6.7.9): braces may be left
 * out, designators may jump to any member, what is not named is zero.
 *
 * libclang shows the list as it was written, so the rules are worked out here. A list is walked twice with
 * the same code: first to see whether it leaves anything out, then for the assignments.
 */
#include <clang-c/Index.h>
#include <glib.h>
#include <string.h>

#include "front/body.h"
#include "front/files.h"

enum { MOST_ELEMENTS_OF_RANGE = 4096 };

/* An aggregate that is being filled: the list's own, or one whose braces were left out. */
struct level {
    struct ir_place place;
    uint64_t next; /* number of the member that comes next */
};

struct filling {
    struct body *body;
    unsigned flags;
    bool counts_only;
    uint64_t leaves;     /* scalars that got a value */
    bool may_repeat;     /* a designator went back: leaves may count some of them twice */
    struct level levels[32];
    unsigned depth;
};

static void fill_from_braces(struct filling *fill, struct ir_place place, struct node *braces);

/* ------------------------------------------------------------------------------------ what is in a type */

static bool is_aggregate(const struct ir_type *type)
{
    return type->kind == IR_TYPE_RECORD || type->kind == IR_TYPE_ARRAY;
}

static bool is_skipped(const struct ir_field *field)
{
    return !field->name && field->bit_width >= 0;
}

/* How many scalars `type` is made of, as far as an initialiser can give them: of a union one member's. */
static uint64_t leaf_count(const struct ir_type *type)
{
    uint64_t sum = 0;

    if (type->kind == IR_TYPE_ARRAY)
        return type->count == IR_COUNT_UNKNOWN ? 0 : type->count * leaf_count(type->target);
    if (type->kind != IR_TYPE_RECORD)
        return 1;
    for (size_t i = 0; i < type->record->field_count; i++) {
        const struct ir_field *field = &type->record->fields[i];
        if (is_skipped(field))
            continue;
        uint64_t count = leaf_count(field->type);
        if (type->record->is_union)
            return count; /* of the first; naming another one only costs a ZERO too many */
        sum += count;
    }
    return sum;
}

static uint64_t member_count(const struct ir_type *type)
{
    return type->kind == IR_TYPE_RECORD ? type->record->field_count : type->count;
}

static struct ir_place member_at(struct filling *fill, const struct level *level, uint64_t number)
{
    struct arena *arena = fill->body->arena;
    const struct ir_type *type = level->place.type;

    if (type->kind == IR_TYPE_RECORD)
        return ir_place_field(arena, &level->place, type->record, (uint32_t)number);
    return ir_place_const_index(arena, &level->place, number);
}

/* Members without a name that are bit-fields get no value; a union has room for one. */
static bool has_member(const struct level *level)
{
    const struct ir_type *type = level->place.type;

    return level->next < member_count(type);
}

static void skip_unnamed(struct level *level)
{
    const struct ir_type *type = level->place.type;

    while (type->kind == IR_TYPE_RECORD && level->next < type->record->field_count &&
           is_skipped(&type->record->fields[level->next]))
        level->next++;
}

static void advance(struct level *level)
{
    const struct ir_type *type = level->place.type;

    if (type->kind == IR_TYPE_RECORD && type->record->is_union)
        level->next = type->record->field_count;
    else
        level->next++;
}

/* --------------------------------------------------------------------------------------- scalars, strings */

static struct node *as_string(struct filling *fill, struct node *expr)
{
    struct node *inner = node_strip(fill->body, expr);

    return inner->kind == CXCursor_StringLiteral ? inner : NULL;
}

static bool is_string_array(const struct ir_type *type)
{
    return type->kind == IR_TYPE_ARRAY &&
           (type->target->kind == IR_TYPE_INT || type->target->kind == IR_TYPE_BOOL);
}

static void fill_from_string(struct filling *fill, struct ir_place place, struct node *literal)
{
    struct body *body = fill->body;
    const struct ir_type *type = node_type(body, literal);
    struct span span = node_span(body, literal);

    fill->leaves += leaf_count(place.type);
    if (fill->counts_only)
        return;
    if (type->count < place.type->count)
        ir_build_zero(body->b, place, span, fill->flags | node_flags(body, literal));
    uint32_t index = front_string(body->front, literal->cursor);
    struct ir_place bytes = ir_place_base(IR_BASE_STRING, index, type);
    body_assign(body, place, ir_rvalue_use(body->arena, ir_operand_copy(bytes, span)), span,
                fill->flags | node_flags(body, literal));
}

/* Inside a designator clang shows a value as it was written, without the conversion to the member's type. */
static void fill_from_value(struct filling *fill, struct ir_place place, struct node *expr)
{
    struct body *body = fill->body;
    struct node *inner = node_strip(body, expr);
    const struct ir_type *from = node_type(body, inner), *to = place.type;
    struct span span = node_span(body, expr);
    unsigned flags = fill->flags | node_flags(body, inner);
    struct ir_rvalue value;

    fill->leaves += leaf_count(to);
    if (fill->counts_only)
        return;
    if (to->kind == IR_TYPE_ATOMIC)
        to = to->target;
    if (ir_type_is_pointer_like(to) &&
        (from->kind == IR_TYPE_ARRAY || from->kind == IR_TYPE_FUNCTION)) {
        value = lower_decay(body, inner, front_pointer_to(body->front, from->kind == IR_TYPE_ARRAY
                                                                           ? from->target : from));
    } else if (type_is_atomic(from)) {
        value = lower_atomic_load(body, lower_place(body, inner), expr);
    } else if (from->kind == IR_TYPE_ARRAY) {
        struct ir_place source = lower_place(body, inner); /* GNU C: an array from a compound literal */
        value = ir_rvalue_use(body->arena, ir_operand_copy(source, span));
    } else if (from->unqualified == to->unqualified || is_aggregate(to)) {
        lower_into(body, place, expr, fill->flags);
        return;
    } else {
        value = lower_rvalue(body, expr);
    }
    if (!is_aggregate(to))
        value = lower_cast_to(body, value, to, expr);
    body_assign(body, place, value, span, flags);
}

/* The lanes of a vector, or both parts of a complex number. */
static void fill_parts(struct filling *fill, struct ir_place place, struct node *braces)
{
    struct body *body = fill->body;
    struct ir_operand *operands;

    fill->leaves++;
    if (fill->counts_only)
        return;
    operands = ARENA_ARRAY(body->arena, struct ir_operand, braces->child_count);
    lower_arms(body, braces->first, operands, braces->child_count);
    const char *what = place.type->kind == IR_TYPE_VECTOR ? "vector of" : "complex of";
    body_assign(body, place,
                ir_rvalue_builtin(body->arena, what, operands, braces->child_count, place.type),
                node_span(body, braces), fill->flags | node_flags(body, braces));
}

/* ----------------------------------------------------------------------------------------- one initialiser */

/* Can `expr` be the whole of an object of that type, or does it begin its first member? */
static bool is_whole(struct filling *fill, const struct ir_type *type, struct node *expr)
{
    struct node *inner = node_strip(fill->body, expr);

    if (!is_aggregate(type) || inner->kind == CXCursor_InitListExpr)
        return true;
    if (is_string_array(type) && inner->kind == CXCursor_StringLiteral)
        return true;
    const struct ir_type *from = node_type(fill->body, inner);
    if (type->kind == IR_TYPE_RECORD)
        return from->unqualified == type->unqualified;
    return from->kind == IR_TYPE_ARRAY && from->target->unqualified == type->target->unqualified &&
           inner->kind == CXCursor_CompoundLiteralExpr;
}

static void fill_object(struct filling *fill, struct ir_place place, struct node *expr)
{
    struct node *inner = node_strip(fill->body, expr), *string;

    if (inner->kind == CXCursor_InitListExpr)
        fill_from_braces(fill, place, inner);
    else if (is_string_array(place.type) && (string = as_string(fill, expr)))
        fill_from_string(fill, place, string);
    else
        fill_from_value(fill, place, expr);
}

/* Goes into members until there is one that `expr` is the whole of. The innermost level stands on it. */
static void fill_member(struct filling *fill, struct node *expr)
{
    struct level *level = &fill->levels[fill->depth - 1];
    struct ir_place member = member_at(fill, level, level->next);

    while (!is_whole(fill, member.type, expr) && fill->depth < G_N_ELEMENTS(fill->levels)) {
        struct level inner = {.place = member, .next = 0};
        skip_unnamed(&inner);
        if (!has_member(&inner))
            break;
        fill->levels[fill->depth++] = inner;
        member = member_at(fill, &fill->levels[fill->depth - 1], inner.next);
    }
    fill_object(fill, member, expr);
    advance(&fill->levels[fill->depth - 1]);
}

/* -------------------------------------------------------------------------------------------- designators */

/* A designated initialiser is an expression of type void that names members, then the value. */
static bool is_designated(struct filling *fill, struct node *item)
{
    return item->kind == CXCursor_UnexposedExpr && item->child_count >= 2 &&
           node_type(fill->body, item)->kind == IR_TYPE_VOID;
}

/* `[a ... b]` and `[a][b]` have the same children; the text between them tells. */
static bool is_range(struct filling *fill, struct node *low, struct node *high)
{
    struct span a = node_span(fill->body, low), b = node_span(fill->body, high);
    const char *text = file_text(fill->body->front->files, a.file, NULL);

    if (!text || a.file != b.file || b.begin < a.end)
        return false;
    return g_strstr_len(text + a.end, (gssize)(b.begin - a.end), "...") != NULL;
}

static bool is_array_designator(struct filling *fill, struct node *at)
{
    return at->next && at->kind != CXCursor_MemberRef &&
           fill->levels[fill->depth - 1].place.type->kind == IR_TYPE_ARRAY;
}

/* Stands on that member of the innermost level; goes into it when more designators follow. */
static void select_member(struct filling *fill, uint64_t number)
{
    struct level *level = &fill->levels[fill->depth - 1];

    if (number < level->next)
        fill->may_repeat = true;
    level->next = number;
}

static bool enter_member(struct filling *fill)
{
    struct level *level = &fill->levels[fill->depth - 1];

    if (fill->depth == G_N_ELEMENTS(fill->levels) || !has_member(level))
        return false;
    struct ir_place member = member_at(fill, level, level->next);
    if (!is_aggregate(member.type))
        return false;
    /* A second designator for the same member would count what the first one gave as left out. */
    fill->may_repeat = true;
    fill->levels[fill->depth++] = (struct level){.place = member, .next = 0};
    return true;
}

static bool select_field(struct filling *fill, struct node *member)
{
    const struct ir_record *records[16];
    uint32_t indices[16];
    CXCursor field = clang_getCursorReferenced(member->cursor);
    size_t count = front_field_path(fill->body->front, field, records, indices, G_N_ELEMENTS(indices));
    const struct ir_type *type = fill->levels[fill->depth - 1].place.type;

    for (size_t i = 0; i < count; i++) {
        if (type->kind != IR_TYPE_RECORD || records[i] != type->record)
            continue;
        /* From the record we are in to the field, through members without a name. */
        for (; i < count; i++) {
            select_member(fill, indices[i]);
            if (i + 1 < count && !enter_member(fill))
                return false;
        }
        return true;
    }
    return false;
}

/* Gives the value's node; *ret_last_of_range is the last index when the last designator is a range. */
static struct node *follow_designators(struct filling *fill, struct node *item,
                                       uint64_t *ret_last_of_range)
{
    struct node *at = item->first;
    int64_t low, high;

    fill->depth = 1;
    for (bool first = true; at->next; first = false) {
        if (!first && !enter_member(fill))
            return NULL;
        if (at->kind == CXCursor_MemberRef) {
            if (!select_field(fill, at))
                return NULL;
        } else if (is_array_designator(fill, at) && node_evaluate(at, &low)) {
            select_member(fill, (uint64_t)low);
            if (at->next->next && is_range(fill, at, at->next) && node_evaluate(at->next, &high)) {
                at = at->next;
                *ret_last_of_range = (uint64_t)high;
            }
        } else {
            return NULL;
        }
        at = at->next;
    }
    return at;
}

/* `[3 ... 7] = v`: v is computed once. */
static void fill_range(struct filling *fill, struct node *expr, uint64_t last)
{
    struct level *level = &fill->levels[fill->depth - 1];
    struct ir_place first = member_at(fill, level, level->next);
    struct body *body = fill->body;

    fill_member(fill, expr);
    fill->may_repeat |= last - (uint64_t)level->next >= MOST_ELEMENTS_OF_RANGE;
    for (; level->next <= last; level->next++) {
        fill->leaves += leaf_count(first.type);
        if (fill->counts_only)
            continue;
        struct ir_place element = member_at(fill, level, level->next);
        if (last - level->next >= MOST_ELEMENTS_OF_RANGE) {
            element = ir_place_some_index(body->arena, &level->place);
            level->next = last;
        }
        struct span span = node_span(body, expr);
        body_assign(body, element, ir_rvalue_use(body->arena, ir_operand_copy(first, span)), span,
                    fill->flags | IR_FLAG_SYNTHETIC);
    }
}

static void fill_designated(struct filling *fill, struct node *item)
{
    uint64_t last_of_range = 0;
    struct node *value = follow_designators(fill, item, &last_of_range);

    if (!value) {
        fill->may_repeat = true;
        if (!fill->counts_only)
            lower_unknown(fill->body, item, "designator");
    } else if (last_of_range > 0) {
        fill_range(fill, value, last_of_range);
    } else {
        fill_member(fill, value);
    }
}

/* --------------------------------------------------------------------------------------------------- lists */

static void fill_list(struct filling *outer, struct ir_place place, struct node *braces)
{
    struct filling fill = {
        .body = outer->body,
        .flags = outer->flags,
        .counts_only = outer->counts_only,
        .levels = {{.place = place}},
        .depth = 1,
    };
    struct node *first_item = braces->first;

    for (struct node *item = first_item; item; item = item->next) {
        if (is_designated(&fill, item)) {
            fill_designated(&fill, item);
            continue;
        }
        for (;;) {
            struct level *level = &fill.levels[fill.depth - 1];
            skip_unnamed(level);
            if (has_member(level) || fill.depth == 1)
                break;
            fill.depth--;
            advance(&fill.levels[fill.depth - 1]);
        }
        if (!has_member(&fill.levels[fill.depth - 1]))
            break; /* too many: clang has warned */
        fill_member(&fill, item);
    }
    outer->leaves += fill.leaves;
    outer->may_repeat |= fill.may_repeat;
}

static void fill_from_braces(struct filling *fill, struct ir_place place, struct node *braces)
{
    const struct ir_type *type = place.type;
    struct node *string;

    if (is_aggregate(type)) {
        if (braces->child_count == 1 && is_string_array(type) &&
            (string = as_string(fill, braces->first)))
            fill_from_string(fill, place, string); /* char a[] = { "text" }; */
        else
            fill_list(fill, place, braces);
    } else if (type->kind == IR_TYPE_VECTOR ||
               (type->kind == IR_TYPE_COMPLEX && braces->child_count == 2)) {
        fill_parts(fill, place, braces);
    } else if (braces->first) {
        fill_object(fill, place, braces->first); /* int x = { 1 }; */
    } else if (!fill->counts_only) {
        ir_build_zero(fill->body->b, place, node_span(fill->body, braces), fill->flags);
    }
}

static bool leaves_out(struct body *body, const struct ir_place *place, struct node *braces)
{
    struct filling fill = {.body = body, .counts_only = true};

    if (!is_aggregate(place->type))
        return false;
    fill_from_braces(&fill, *place, braces);
    return fill.may_repeat || fill.leaves != leaf_count(place->type) ||
           (place->type->kind == IR_TYPE_RECORD && place->type->record->is_union);
}

void lower_braces(struct body *body, struct ir_place place, struct node *init, unsigned flags)
{
    struct filling fill = {.body = body, .flags = flags};

    if (init->kind == CXCursor_StringLiteral) {
        fill_from_string(&fill, place, init);
        return;
    }
    if (leaves_out(body, &place, init))
        ir_build_zero(body->b, place, node_span(body, init), flags | node_flags(body, init));
    fill_from_braces(&fill, place, init);
}
