/*
 * Plain C often sets a variable under one condition and reads it under another that implies it (a flag of a struct, what
 * a parser has checked), or calls a function that exits without saying so. No compiler can know, and a person who is
 * told of it learns nothing. What is left when such paths are taken out is what the eye sees, too.
 */
#include "analysis/moves/unset_certain.h"

#include <glib.h>

#include "analysis/moves/init_reads.h"

struct search {
    const struct cfg *cfg;
    uint32_t local;
    bool *writes;  /* by block: it stores in the local, or gives its address away */
    bool *may_set; /* by block: something may have been stored when it ends */
    bool *leads;   /* by block: from its start, all ways lead to the use */
    enum init_access last;
    bool written;
};

static void note_access(void *ctx, enum init_access access, uint32_t local, struct span span)
{
    struct search *s = ctx;

    (void)span;
    if (local != s->local)
        return;
    s->written |= access == INIT_WRITE || access == INIT_ADDRESS;
    if (access != INIT_READ)
        s->last = access;
}

/* What the block does to the local up to a statement: whether it stores, and the last thing that counts. */
static void see_block(struct search *s, uint32_t b, uint32_t end)
{
    const struct ir_block *block = &s->cfg->fn->blocks[b];

    s->written = false;
    s->last = INIT_READ;
    for (uint32_t i = 0; i < block->statement_count && i < end; i++)
        init_statement(&block->statements[i], note_access, s);
    if (end > block->statement_count)
        init_terminator(&block->terminator, note_access, s);
}

static void find_may_set(struct search *s)
{
    bool changed = true;

    while (changed) {
        changed = false;
        for (uint32_t i = 0; i < s->cfg->order_count; i++) {
            uint32_t b = s->cfg->order[i];
            struct cfg_edges before = s->cfg->predecessors[b];
            bool may = false;
            see_block(s, b, UINT32_MAX);
            for (uint32_t e = 0; e < before.count && s->last == INIT_READ; e++)
                may |= s->may_set[before.items[e].from];
            may |= s->last == INIT_WRITE || s->last == INIT_ADDRESS;
            changed |= may && !s->may_set[b];
            s->may_set[b] |= may;
        }
    }
}

/* A function of the program's own whose body is not in view: it may end the program, unless something becomes of its result. */
static bool may_not_return(const struct ir_terminator *term)
{
    if (term->kind != IR_TERM_CALL)
        return false;
    const struct ir_function *callee = term->call->callee;
    if (term->call->has_dest && !term->call->result_unused)
        return false;
    return !callee || (!callee->has_body && !callee->in_system_header);
}

static void find_leading(struct search *s, struct flow_point use)
{
    bool changed = true;

    s->leads[use.block] = true;
    see_block(s, use.block, use.statement);
    if (s->written)
        return;
    while (changed) {
        changed = false;
        for (uint32_t i = s->cfg->order_count; i-- > 0;) {
            uint32_t b = s->cfg->order[i];
            struct cfg_edges after = s->cfg->successors[b];
            bool all = after.count > 0 && !s->writes[b] && !may_not_return(&s->cfg->fn->blocks[b].terminator);
            for (uint32_t e = 0; e < after.count && all; e++)
                all = s->leads[after.items[e].to];
            changed |= all && !s->leads[b];
            s->leads[b] |= all;
        }
    }
}

/* When the block ends for the first time, nothing has been stored: what a loop's passes store comes later. */
static bool is_unset_first(struct search *s, uint32_t b)
{
    const struct cfg *cfg = s->cfg;
    uint32_t loop = cfg->loop_of[b];

    if (!s->may_set[b])
        return true;
    if (s->writes[b] || loop == CFG_NONE || cfg->loops[loop].head != b)
        return false;
    for (uint32_t e = 0; e < cfg->predecessors[b].count; e++) {
        uint32_t from = cfg->predecessors[b].items[e].from;
        if (!cfg_loop_contains(cfg, loop, from) && s->may_set[from])
            return false;
    }
    return true;
}

bool unset_is_certain(const struct cfg *cfg, uint32_t local, struct flow_point use)
{
    uint32_t n = cfg->fn->block_count;
    struct search s = { cfg, local, g_new0(bool, n), g_new0(bool, n), g_new0(bool, n), INIT_READ, false };
    bool certain = false;

    for (uint32_t i = 0; i < cfg->order_count; i++) {
        see_block(&s, cfg->order[i], UINT32_MAX);
        s.writes[cfg->order[i]] = s.written;
    }
    find_may_set(&s);
    find_leading(&s, use);
    for (uint32_t i = 0; i < cfg->order_count && !certain; i++) {
        uint32_t b = cfg->order[i];
        struct cfg_edges after = cfg->successors[b];
        if (may_not_return(&cfg->fn->blocks[b].terminator) || !is_unset_first(&s, b))
            continue;
        for (uint32_t e = 0; e < after.count && !certain; e++)
            certain = s.leads[after.items[e].to];
    }
    g_free(s.writes);
    g_free(s.may_set);
    g_free(s.leads);
    return certain;
}
