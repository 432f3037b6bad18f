/*
 * Growing a function: locals, blocks, statements, arms. The front end's only way to make IR.
 *
 *     struct ir_builder *b = ir_builder_new(arena, fn);
 *     ... ir_build_local, ir_build_assign, ir_build_branch ...
 *     ir_builder_finish(b);       copies what grew into the function and frees the builder
 *
 * There is a *current block* that statements are appended to. A terminator ends it, then there is none
 * until ir_build_enter() names the next. What is emitted without a current block goes to a fresh block
 * that nobody jumps to (C's unreachable statements); ir_build_goto() alone emits nothing then.
 */
#ifndef FEARLESS_CHECK_IR_BUILD_H
#define FEARLESS_CHECK_IR_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "ir/ir.h"

struct ir_build_block; /* build.c: a block that still grows */

struct ir_builder {
    struct arena *arena;
    struct ir_function *fn;
    struct ir_build_block *blocks;
    uint32_t block_count, block_room;
    struct ir_local *locals;
    uint32_t local_count, local_room;
    struct ir_arm *arms;
    uint32_t arm_count, arm_room;
    uint32_t group_count;
    uint32_t current;   /* block, or IR_NO_BLOCK */
    uint32_t arm;       /* of what is emitted now */
    unsigned flags;     /* added to what is emitted now: IR_FLAG_UNSAFE */
    uint64_t emitted;   /* statements and terminators so far: has an operand emitted anything? */
};

struct ir_builder *ir_builder_new(struct arena *arena, struct ir_function *fn);
void ir_builder_finish(struct ir_builder *b);

/* ------------------------------------------------------------------------------------------- locals */

/* A new local's number; name, type_name may be NULL. Notes start empty; see ir_build_local_at. */
uint32_t ir_build_local(struct ir_builder *b, enum ir_local_kind kind, const char *name,
                        const struct ir_type *type, struct span span);
uint32_t ir_build_temp(struct ir_builder *b, const struct ir_type *type, struct span span);
/* To fill in the rest; valid until the next local is made. */
struct ir_local *ir_build_local_at(struct ir_builder *b, uint32_t local);

/* ------------------------------------------------------------------------------------------- blocks */

uint32_t ir_build_block(struct ir_builder *b);              /* a new, empty block, not entered */
void ir_build_enter(struct ir_builder *b, uint32_t block);  /* goes on in `block`; there must be no current one */
bool ir_build_is_open(const struct ir_builder *b);          /* is there a current block? */
/* The current block, made (unreachable) when there is none. */
uint32_t ir_build_here(struct ir_builder *b);

/* ------------------------------------------------------------------------------------------- places */

struct ir_place ir_place_local(const struct ir_builder *b, uint32_t local);
struct ir_place ir_place_base(enum ir_base_kind base, uint32_t index, const struct ir_type *type);
struct ir_place ir_place_project(struct arena *arena, const struct ir_place *place,
                                 struct ir_projection projection);
/* *place: place's type must be a pointer (its target becomes the type) or a block. */
struct ir_place ir_place_deref(struct arena *arena, const struct ir_place *place);
/* .field: place's type must be that record; the field takes over the place's qualifiers only in name. */
struct ir_place ir_place_field(struct arena *arena, const struct ir_place *place,
                               const struct ir_record *record, uint32_t index);
struct ir_place ir_place_index(struct arena *arena, const struct ir_place *place, uint32_t local);
struct ir_place ir_place_const_index(struct arena *arena, const struct ir_place *place, uint64_t index);
struct ir_place ir_place_some_index(struct arena *arena, const struct ir_place *place);
struct ir_place ir_place_part(struct arena *arena, const struct ir_place *place,
                              const struct ir_type *type);

/* ----------------------------------------------------------------------------- operands and rvalues */

struct ir_operand ir_operand_copy(struct ir_place place, struct span span);
struct ir_operand ir_operand_move(struct ir_place place, struct span span);
struct ir_operand ir_operand_int(int64_t value, const struct ir_type *type, struct span span);
struct ir_operand ir_operand_other(const struct ir_type *type, struct span span); /* IR_CONST_OTHER */

struct ir_rvalue ir_rvalue_use(struct arena *arena, struct ir_operand operand);
struct ir_rvalue ir_rvalue_address(struct ir_place place, const struct ir_type *pointer_type);
struct ir_rvalue ir_rvalue_unary(struct arena *arena, enum ir_unary_op op, struct ir_operand operand,
                                 const struct ir_type *type);
struct ir_rvalue ir_rvalue_binary(struct arena *arena, enum ir_binary_op op, struct ir_operand left,
                                  struct ir_operand right, const struct ir_type *type);
struct ir_rvalue ir_rvalue_cast(struct arena *arena, struct ir_operand operand,
                                const struct ir_type *type);
/* operands are copied into the arena */
struct ir_rvalue ir_rvalue_builtin(struct arena *arena, const char *name,
                                   const struct ir_operand *operands, size_t count,
                                   const struct ir_type *type);

/* --------------------------------------------------------------------------------------- statements */

/* Appends and returns the statement, to be filled in further; valid until the next one is appended. */
struct ir_statement *ir_build_statement(struct ir_builder *b, enum ir_statement_kind kind,
                                        struct span span, unsigned flags);
void ir_build_assign(struct ir_builder *b, struct ir_place place, struct ir_rvalue value,
                     struct span span, unsigned flags);
void ir_build_zero(struct ir_builder *b, struct ir_place place, struct span span, unsigned flags);
void ir_build_storage_live(struct ir_builder *b, uint32_t local, struct span span, unsigned flags);
void ir_build_storage_dead(struct ir_builder *b, uint32_t local, struct span span, unsigned flags);
void ir_build_drop(struct ir_builder *b, struct ir_place place, struct span span, unsigned flags);
void ir_build_forget(struct ir_builder *b, struct ir_place place, struct span span, unsigned flags);

/* -------------------------------------------------------------------------------------- terminators */

/* Ends the current block and returns its terminator, to be filled in; valid until the next block is made. */
struct ir_terminator *ir_build_terminator(struct ir_builder *b, enum ir_terminator_kind kind,
                                          struct span span, unsigned flags);
/* Of a block that ended, to be filled in later (a jump to a label that was not known yet). */
struct ir_terminator *ir_build_terminator_at(struct ir_builder *b, uint32_t block);
void ir_build_goto(struct ir_builder *b, uint32_t target, struct span span); /* nothing when no block is open */
void ir_build_branch(struct ir_builder *b, struct ir_operand condition, uint32_t target,
                     uint32_t otherwise, struct span span, unsigned flags);
/* A call that returns goes on in a new block, which becomes the current one. */
struct ir_call *ir_build_call(struct ir_builder *b, const struct ir_call *call, bool returns,
                              struct span span, unsigned flags);

/* --------------------------------------------------------------------------------------------- arms */

/*
 * Operands that C leaves unsequenced:
 *
 *     uint32_t group = ir_build_arm_group(b);
 *     for each operand:
 *         struct ir_arm_mark mark = ir_build_arm_begin(b, group);
 *         ... lower it ...
 *         ir_build_arm_end(b, mark);
 *
 * An arm in which nothing was emitted is taken back.
 */
struct ir_arm_mark {
    uint32_t outer;
    uint32_t arm_count;
    uint64_t emitted;
};
uint32_t ir_build_arm_group(struct ir_builder *b);
struct ir_arm_mark ir_build_arm_begin(struct ir_builder *b, uint32_t group);
void ir_build_arm_end(struct ir_builder *b, struct ir_arm_mark mark);

#endif
