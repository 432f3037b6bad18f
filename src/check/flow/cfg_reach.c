/*
 * Does a path lead from one block to another?
 *
 * Who asks mostly asks of many blocks in turn whether they can be reached from the same one, or reach the same one; often
 * both, the two questions by turns ("is it on the way from a to b"). A search for each would make that quadratic. So an end
 * that one of the last two questions had, too, gets the set of all blocks on its other side, and what comes next is looked
 * up there. An end that is new gets a search that stops as soon as it is answered.
 */
#include "flow/cfg_reach.h"

#include <glib.h>

#include "flow/cfg.h"

struct side {
    uint32_t last[2]; /* this end of the last two questions, the latest first */
    uint32_t block;   /* whose set this is; CFG_NONE: there is none yet */
    bool *set;        /* by block */
};

struct cfg_reach {
    struct side from, to;
    bool answer; /* to the last question that no set answered */
};

struct cfg_reach *cfg_reach_new(void)
{
    struct cfg_reach *reach = g_new0(struct cfg_reach, 1);
    reach->from = reach->to = (struct side){ { CFG_NONE, CFG_NONE }, CFG_NONE, NULL };
    return reach;
}

void cfg_reach_free(struct cfg_reach *reach)
{
    if (!reach)
        return;
    g_free(reach->from.set);
    g_free(reach->to.set);
    g_free(reach);
}

/* Marks what at least one edge leads to from `start`, or leads to `start` from, until `wanted` is marked. */
static void mark(const struct cfg *cfg, uint32_t start, bool backwards, uint32_t wanted, bool *seen)
{
    uint32_t *work = g_new(uint32_t, cfg->fn->block_count + 1);
    uint32_t depth = 0;
    work[depth++] = start; /* not yet seen: only an edge leads back to it */
    while (depth > 0 && (wanted == CFG_NONE || !seen[wanted])) {
        uint32_t block = work[--depth];
        struct cfg_edges edges = backwards ? cfg->predecessors[block] : cfg->successors[block];
        for (uint32_t i = 0; i < edges.count; i++) {
            uint32_t next = backwards ? edges.items[i].from : edges.items[i].to;
            if (!seen[next]) {
                seen[next] = true;
                work[depth++] = next;
            }
        }
    }
    g_free(work);
}

/* One of the last two questions had this end, too: whoever asks holds it fixed. */
static bool is_held(const struct side *side, uint32_t block)
{
    return block == side->last[0] || block == side->last[1];
}

static void note_question(struct side *side, uint32_t block)
{
    side->last[1] = side->last[0];
    side->last[0] = block;
}

static void learn(struct side *side, const struct cfg *cfg, uint32_t block, bool backwards)
{
    g_free(side->set);
    side->set = g_new0(bool, cfg->fn->block_count);
    side->block = block;
    mark(cfg, block, backwards, CFG_NONE, side->set);
}

static bool search(const struct cfg *cfg, uint32_t from, uint32_t to)
{
    bool *seen = g_new0(bool, cfg->fn->block_count);
    mark(cfg, from, false, to, seen);
    bool found = seen[to];
    g_free(seen);
    return found;
}

bool cfg_can_reach(const struct cfg *cfg, uint32_t from, uint32_t to)
{
    struct cfg_reach *reach = cfg->reach;
    if (reach->from.block == from)
        return reach->from.set[to];
    if (reach->to.block == to)
        return reach->to.set[from];
    if (reach->from.last[0] == from && reach->to.last[0] == to)
        return reach->answer; /* for the next statement of the same block */

    if (is_held(&reach->to, to)) {
        learn(&reach->to, cfg, to, true);
        reach->answer = reach->to.set[from];
    } else if (is_held(&reach->from, from)) {
        learn(&reach->from, cfg, from, false);
        reach->answer = reach->from.set[to];
    } else {
        reach->answer = search(cfg, from, to);
    }
    note_question(&reach->from, from);
    note_question(&reach->to, to);
    return reach->answer;
}
