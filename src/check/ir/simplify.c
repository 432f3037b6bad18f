/*
 * Fewer blocks: a lowering that thinks of one construct at a time leaves many that only jump on. Jumps go
 * straight to where those lead, and a block with one way in joins the block it comes after.
 *
 * Code that nothing reaches stays when it has statements; numbers follow the order of the source.
 */
#include "ir/build_blocks.h"

#include <glib.h>
#include <string.h>

static void each_target(struct ir_terminator *term, void (*fn)(void *context, uint32_t *target),
                        void *context)
{
    if (term->target != IR_NO_BLOCK)
        fn(context, &term->target);
    if (term->otherwise != IR_NO_BLOCK)
        fn(context, &term->otherwise);
    for (uint32_t i = 0; i < term->case_count; i++)
        fn(context, &term->cases[i].target);
    for (uint32_t i = 0; i < term->target_count; i++)
        fn(context, &term->targets[i]);
}

/* The goto into a loop stays: it knows the loop's header. */
static bool only_jumps(const struct ir_build_block *block)
{
    return block->count == 0 && block->ended && block->terminator.kind == IR_TERM_GOTO &&
           !(block->terminator.flags & IR_FLAG_LOOP_ENTRY);
}

/* Where a jump to *target ends up; a ring of empty blocks (for (;;);) is left alone. */
static void follow(void *context, uint32_t *target)
{
    struct ir_builder *b = context;
    uint32_t slow = *target, fast = *target;

    while (only_jumps(&b->blocks[fast])) {
        fast = b->blocks[fast].terminator.target;
        if (!only_jumps(&b->blocks[fast]))
            break;
        fast = b->blocks[fast].terminator.target;
        slow = b->blocks[slow].terminator.target;
        if (slow == fast)
            return;
    }
    /* Every block on the way is told, so that a long chain is walked once. */
    for (uint32_t at = *target; at != fast;) {
        uint32_t next = b->blocks[at].terminator.target;

        b->blocks[at].terminator.target = fast;
        at = next;
    }
    *target = fast;
}

static void count_one(void *context, uint32_t *target)
{
    ((uint32_t *)context)[*target]++;
}

static void join(struct ir_build_block *block, struct ir_build_block *next)
{
    uint32_t count = block->count + next->count;

    if (next->count && block->room < count) {
        block->room = count > 2 * block->room ? count : 2 * block->room;
        block->statements = g_realloc_n(block->statements, block->room, sizeof *block->statements);
    }
    if (next->count)
        memcpy(block->statements + block->count, next->statements,
               next->count * sizeof *next->statements);
    block->count = count;
    block->terminator = next->terminator;
    g_free(next->statements);
    *next = (struct ir_build_block){ .is_gone = true };
}

static void renumber(void *context, uint32_t *target)
{
    *target = ((const uint32_t *)context)[*target];
}

static bool is_kept(const struct ir_build_block *block, uint32_t index, uint32_t ways_in)
{
    if (block->is_gone)
        return false;
    return index == 0 || ways_in > 0 || block->count > 0 ||
           (block->terminator.kind != IR_TERM_GOTO && block->terminator.kind != IR_TERM_UNREACHABLE);
}

/* The ways into a block, without those from blocks that go themselves. */
static uint32_t *count_ways_in(struct ir_builder *b)
{
    uint32_t *ways_in = g_new0(uint32_t, b->block_count);

    for (uint32_t i = 0; i < b->block_count; i++)
        each_target(&b->blocks[i].terminator, count_one, ways_in);
    /* an empty block that nothing enters is no way in; taking it away may free the next */
    for (uint32_t i = 1; i < b->block_count; i++)
        for (uint32_t at = i; at != 0 && ways_in[at] == 0 && only_jumps(&b->blocks[at]);) {
            uint32_t next = b->blocks[at].terminator.target;

            b->blocks[at].ended = false;
            b->blocks[at].is_gone = true;
            b->blocks[at].terminator.target = IR_NO_BLOCK;
            ways_in[next]--;
            at = next;
        }
    return ways_in;
}

void ir_build_simplify(struct ir_builder *b)
{
    uint32_t *ways_in, *numbers = g_new(uint32_t, b->block_count), kept = 0;

    for (uint32_t i = 0; i < b->block_count; i++)
        each_target(&b->blocks[i].terminator, follow, b);
    ways_in = count_ways_in(b);
    for (uint32_t i = 0; i < b->block_count; i++) {
        struct ir_build_block *block = &b->blocks[i];

        while (!block->is_gone && block->ended && block->terminator.kind == IR_TERM_GOTO &&
               block->terminator.target != i && block->terminator.target != 0 &&
               ways_in[block->terminator.target] == 1)
            join(block, &b->blocks[block->terminator.target]);
    }
    for (uint32_t i = 0; i < b->block_count; i++)
        numbers[i] = is_kept(&b->blocks[i], i, ways_in[i]) ? kept++ : IR_NO_BLOCK;
    for (uint32_t i = 0; i < b->block_count; i++) {
        if (numbers[i] == IR_NO_BLOCK) {
            g_free(b->blocks[i].statements);
            continue;
        }
        each_target(&b->blocks[i].terminator, renumber, numbers);
        b->blocks[numbers[i]] = b->blocks[i];
    }
    b->block_count = kept;
    g_free(numbers);
    g_free(ways_in);
}
