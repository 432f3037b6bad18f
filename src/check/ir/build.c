#include "ir/build_blocks.h"

#include <glib.h>
#include <string.h>

/* The next free element of a growing array. */
#define GROW(array, count, room)                                                                   \
    do {                                                                                           \
        if ((count) == (room)) {                                                                   \
            (room) = (room) ? 2 * (room) : 8;                                                      \
            (array) = g_realloc_n((array), (room), sizeof *(array));                               \
        }                                                                                          \
        memset(&(array)[(count)], 0, sizeof *(array));                                             \
        (count)++;                                                                                 \
    } while (0)

static const char *const no_notes[] = { NULL };

struct ir_builder *ir_builder_new(struct arena *arena, struct ir_function *fn)
{
    struct ir_builder *b = g_new0(struct ir_builder, 1);

    b->arena = arena;
    b->fn = fn;
    b->current = IR_NO_BLOCK;
    GROW(b->arms, b->arm_count, b->arm_room); /* arm 0: none */
    ir_build_enter(b, ir_build_block(b));
    return b;
}

void ir_builder_finish(struct ir_builder *b)
{
    struct ir_function *fn = b->fn;

    if (ir_build_is_open(b))
        ir_build_terminator(b, IR_TERM_UNREACHABLE, NO_SPAN, IR_FLAG_SYNTHETIC);
    for (uint32_t i = 0; i < b->block_count; i++)
        if (!b->blocks[i].ended) /* made and never entered: cannot be reached */
            b->blocks[i].terminator =
                (struct ir_terminator){ .kind = IR_TERM_UNREACHABLE,
                                        .flags = IR_FLAG_SYNTHETIC,
                                        .target = IR_NO_BLOCK,
                                        .otherwise = IR_NO_BLOCK };
    ir_build_simplify(b);
    fn->blocks = ARENA_ARRAY(b->arena, struct ir_block, b->block_count);
    fn->block_count = b->block_count;
    for (uint32_t i = 0; i < b->block_count; i++) {
        struct ir_build_block *grown = &b->blocks[i];
        struct ir_block *block = &fn->blocks[i];

        block->statement_count = grown->count;
        if (grown->count)
            block->statements =
                arena_copy(b->arena, grown->statements, grown->count * sizeof *grown->statements);
        block->terminator = grown->terminator;
        g_free(grown->statements);
    }
    fn->locals = arena_copy(b->arena, b->locals, b->local_count * sizeof *b->locals);
    fn->local_count = b->local_count;
    fn->arms = arena_copy(b->arena, b->arms, b->arm_count * sizeof *b->arms);
    fn->arm_count = b->arm_count;
    g_free(b->blocks);
    g_free(b->locals);
    g_free(b->arms);
    g_free(b);
}

/* ------------------------------------------------------------------------------------------- locals */

uint32_t ir_build_local(struct ir_builder *b, enum ir_local_kind kind, const char *name,
                        const struct ir_type *type, struct span span)
{
    struct ir_local *local;

    GROW(b->locals, b->local_count, b->local_room);
    local = &b->locals[b->local_count - 1];
    local->kind = kind;
    local->name = name;
    local->type = type;
    local->span = span;
    local->notes = no_notes;
    return b->local_count - 1;
}

uint32_t ir_build_temp(struct ir_builder *b, const struct ir_type *type, struct span span)
{
    return ir_build_local(b, IR_LOCAL_TEMP, NULL, type, span);
}

struct ir_local *ir_build_local_at(struct ir_builder *b, uint32_t local)
{
    return &b->locals[local];
}

/* ------------------------------------------------------------------------------------------- blocks */

uint32_t ir_build_block(struct ir_builder *b)
{
    GROW(b->blocks, b->block_count, b->block_room);
    return b->block_count - 1;
}

void ir_build_enter(struct ir_builder *b, uint32_t block)
{
    g_assert(b->current == IR_NO_BLOCK);
    g_assert(!b->blocks[block].ended);
    b->current = block;
}

bool ir_build_is_open(const struct ir_builder *b)
{
    return b->current != IR_NO_BLOCK;
}

uint32_t ir_build_here(struct ir_builder *b)
{
    if (b->current == IR_NO_BLOCK)
        b->current = ir_build_block(b);
    return b->current;
}

/* ------------------------------------------------------------------------------------------- places */

struct ir_place ir_place_local(const struct ir_builder *b, uint32_t local)
{
    return ir_place_base(IR_BASE_LOCAL, local, b->locals[local].type);
}

struct ir_place ir_place_base(enum ir_base_kind base, uint32_t index, const struct ir_type *type)
{
    return (struct ir_place){ .base = base, .base_index = index, .type = type };
}

struct ir_place ir_place_project(struct arena *arena, const struct ir_place *place,
                                 struct ir_projection projection)
{
    struct ir_place longer = *place;
    struct ir_projection *projections =
        ARENA_ARRAY(arena, struct ir_projection, place->projection_count + 1);

    if (place->projection_count)
        memcpy(projections, place->projections, place->projection_count * sizeof *projections);
    projections[place->projection_count] = projection;
    longer.projections = projections;
    longer.projection_count++;
    longer.type = projection.type;
    return longer;
}

struct ir_place ir_place_deref(struct arena *arena, const struct ir_place *place)
{
    return ir_place_project(
        arena, place,
        (struct ir_projection){ .kind = IR_PROJ_DEREF, .type = place->type->target });
}

struct ir_place ir_place_field(struct arena *arena, const struct ir_place *place,
                               const struct ir_record *record, uint32_t index)
{
    return ir_place_project(arena, place,
                            (struct ir_projection){ .kind = IR_PROJ_FIELD,
                                                    .index = index,
                                                    .record = record,
                                                    .type = record->fields[index].type });
}

struct ir_place ir_place_index(struct arena *arena, const struct ir_place *place, uint32_t local)
{
    return ir_place_project(arena, place,
                            (struct ir_projection){ .kind = IR_PROJ_INDEX,
                                                    .index = local,
                                                    .type = place->type->target });
}

struct ir_place ir_place_const_index(struct arena *arena, const struct ir_place *place,
                                     uint64_t index)
{
    /* A projection's index has 32 bits; an array that needs more is no array anybody tracks. */
    if (index > UINT32_MAX)
        return ir_place_some_index(arena, place);
    return ir_place_project(arena, place,
                            (struct ir_projection){ .kind = IR_PROJ_CONST_INDEX,
                                                    .index = (uint32_t)index,
                                                    .type = place->type->target });
}

struct ir_place ir_place_some_index(struct arena *arena, const struct ir_place *place)
{
    return ir_place_project(
        arena, place,
        (struct ir_projection){ .kind = IR_PROJ_SOME_INDEX, .type = place->type->target });
}

struct ir_place ir_place_part(struct arena *arena, const struct ir_place *place,
                              const struct ir_type *type)
{
    return ir_place_project(arena, place,
                            (struct ir_projection){ .kind = IR_PROJ_PART, .type = type });
}

/* ----------------------------------------------------------------------------- operands and rvalues */

struct ir_operand ir_operand_copy(struct ir_place place, struct span span)
{
    return (struct ir_operand){
        .kind = IR_OPERAND_COPY, .place = place, .type = place.type, .span = span
    };
}

struct ir_operand ir_operand_move(struct ir_place place, struct span span)
{
    return (struct ir_operand){
        .kind = IR_OPERAND_MOVE, .place = place, .type = place.type, .span = span
    };
}

struct ir_operand ir_operand_int(int64_t value, const struct ir_type *type, struct span span)
{
    return (struct ir_operand){ .kind = IR_OPERAND_CONST,
                                .const_kind = IR_CONST_INT,
                                .value = value,
                                .type = type,
                                .span = span };
}

struct ir_operand ir_operand_other(const struct ir_type *type, struct span span)
{
    return (struct ir_operand){
        .kind = IR_OPERAND_CONST, .const_kind = IR_CONST_OTHER, .type = type, .span = span
    };
}

static struct ir_rvalue rvalue_of(struct arena *arena, enum ir_rvalue_kind kind,
                                  const struct ir_operand *operands, size_t count,
                                  const struct ir_type *type)
{
    return (struct ir_rvalue){
        .kind = kind,
        .operands = count ? arena_copy(arena, operands, count * sizeof *operands) : NULL,
        .operand_count = (uint32_t)count,
        .type = type
    };
}

struct ir_rvalue ir_rvalue_use(struct arena *arena, struct ir_operand operand)
{
    return rvalue_of(arena, IR_RV_USE, &operand, 1, operand.type);
}

struct ir_rvalue ir_rvalue_address(struct ir_place place, const struct ir_type *pointer_type)
{
    return (struct ir_rvalue){ .kind = IR_RV_ADDRESS_OF, .place = place, .type = pointer_type };
}

struct ir_rvalue ir_rvalue_unary(struct arena *arena, enum ir_unary_op op, struct ir_operand operand,
                                 const struct ir_type *type)
{
    struct ir_rvalue value = rvalue_of(arena, IR_RV_UNARY, &operand, 1, type);

    value.unary = op;
    return value;
}

struct ir_rvalue ir_rvalue_binary(struct arena *arena, enum ir_binary_op op, struct ir_operand left,
                                  struct ir_operand right, const struct ir_type *type)
{
    struct ir_operand operands[] = { left, right };
    struct ir_rvalue value = rvalue_of(arena, IR_RV_BINARY, operands, 2, type);

    value.binary = op;
    return value;
}

struct ir_rvalue ir_rvalue_cast(struct arena *arena, struct ir_operand operand,
                                const struct ir_type *type)
{
    return rvalue_of(arena, IR_RV_CAST, &operand, 1, type);
}

struct ir_rvalue ir_rvalue_builtin(struct arena *arena, const char *name,
                                   const struct ir_operand *operands, size_t count,
                                   const struct ir_type *type)
{
    struct ir_rvalue value = rvalue_of(arena, IR_RV_BUILTIN, operands, count, type);

    value.builtin = name;
    return value;
}

/* --------------------------------------------------------------------------------------- statements */

struct ir_statement *ir_build_statement(struct ir_builder *b, enum ir_statement_kind kind,
                                        struct span span, unsigned flags)
{
    uint32_t here = ir_build_here(b); /* may move the blocks */
    struct ir_build_block *block = &b->blocks[here];
    struct ir_statement *statement;

    GROW(block->statements, block->count, block->room);
    statement = &block->statements[block->count - 1];
    statement->kind = kind;
    statement->span = span;
    statement->flags = flags | b->flags;
    statement->arm = b->arm;
    b->emitted++;
    return statement;
}

void ir_build_assign(struct ir_builder *b, struct ir_place place, struct ir_rvalue value,
                     struct span span, unsigned flags)
{
    struct ir_statement *statement = ir_build_statement(b, IR_ST_ASSIGN, span, flags);

    statement->place = place;
    statement->value = value;
}

void ir_build_zero(struct ir_builder *b, struct ir_place place, struct span span, unsigned flags)
{
    ir_build_statement(b, IR_ST_ZERO, span, flags)->place = place;
}

void ir_build_storage_live(struct ir_builder *b, uint32_t local, struct span span, unsigned flags)
{
    ir_build_statement(b, IR_ST_STORAGE_LIVE, span, flags)->local = local;
}

void ir_build_storage_dead(struct ir_builder *b, uint32_t local, struct span span, unsigned flags)
{
    ir_build_statement(b, IR_ST_STORAGE_DEAD, span, flags)->local = local;
}

void ir_build_drop(struct ir_builder *b, struct ir_place place, struct span span, unsigned flags)
{
    ir_build_statement(b, IR_ST_DROP, span, flags)->place = place;
}

void ir_build_forget(struct ir_builder *b, struct ir_place place, struct span span, unsigned flags)
{
    ir_build_statement(b, IR_ST_FORGET, span, flags)->place = place;
}

/* -------------------------------------------------------------------------------------- terminators */

struct ir_terminator *ir_build_terminator(struct ir_builder *b, enum ir_terminator_kind kind,
                                          struct span span, unsigned flags)
{
    uint32_t here = ir_build_here(b); /* may move the blocks */
    struct ir_build_block *block = &b->blocks[here];

    block->terminator = (struct ir_terminator){ .kind = kind,
                                                .flags = flags | b->flags,
                                                .span = span,
                                                .arm = b->arm,
                                                .target = IR_NO_BLOCK,
                                                .otherwise = IR_NO_BLOCK };
    block->ended = true;
    b->current = IR_NO_BLOCK;
    b->emitted++;
    return &block->terminator;
}

struct ir_terminator *ir_build_terminator_at(struct ir_builder *b, uint32_t block)
{
    return &b->blocks[block].terminator;
}

void ir_build_goto(struct ir_builder *b, uint32_t target, struct span span)
{
    if (ir_build_is_open(b))
        ir_build_terminator(b, IR_TERM_GOTO, span, 0)->target = target;
}

void ir_build_branch(struct ir_builder *b, struct ir_operand condition, uint32_t target,
                     uint32_t otherwise, struct span span, unsigned flags)
{
    struct ir_terminator *term = ir_build_terminator(b, IR_TERM_BRANCH, span, flags);

    term->condition = condition;
    term->target = target;
    term->otherwise = otherwise;
}

struct ir_call *ir_build_call(struct ir_builder *b, const struct ir_call *call, bool returns,
                              struct span span, unsigned flags)
{
    struct ir_call *copy = arena_copy(b->arena, call, sizeof *call);
    uint32_t after = returns ? ir_build_block(b) : IR_NO_BLOCK;
    struct ir_terminator *term = ir_build_terminator(b, IR_TERM_CALL, span, flags);

    term->call = copy;
    term->target = after;
    if (returns)
        ir_build_enter(b, after);
    return copy;
}

/* --------------------------------------------------------------------------------------------- arms */

uint32_t ir_build_arm_group(struct ir_builder *b)
{
    return ++b->group_count;
}

struct ir_arm_mark ir_build_arm_begin(struct ir_builder *b, uint32_t group)
{
    struct ir_arm_mark mark = { b->arm, b->arm_count, b->emitted };

    GROW(b->arms, b->arm_count, b->arm_room);
    b->arms[b->arm_count - 1] = (struct ir_arm){ .parent = b->arm, .group = group };
    b->arm = b->arm_count - 1;
    return mark;
}

void ir_build_arm_end(struct ir_builder *b, struct ir_arm_mark mark)
{
    b->arm = mark.outer;
    if (b->emitted == mark.emitted)
        b->arm_count = mark.arm_count;
}
