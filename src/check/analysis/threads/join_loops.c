/*
 * Loops that join what loops have started.
 *
 *     for (i = 0; i < n; i++) pthread_create(&t[i], ...);
 *     for (i = 0; i < n; i++) pthread_join(t[i], ...);
 *
 * Leaving the second loop at its head has joined what it joins, also on the path on which it made no pass: how often it
 * runs is tied to how often the other one did. When it can be seen that it runs less often, some are left.
 */
#include "analysis/threads/join_parts.h"
#include "flow/counted_loops.h"

static bool joins_fewer(const struct joins *j, uint32_t join_loop, const struct site *site)
{
    uint32_t start_loop = j->cfg->loop_of[site->block];
    struct counted_loop starts, joins;
    int64_t difference;
    if (start_loop == CFG_NONE || !counted_loop(j->cfg, start_loop, &starts) || !counted_loop(j->cfg, join_loop, &joins) ||
        !counted_loop_difference(&starts, &joins, &difference) || starts.has_first != joins.has_first)
        return false;
    int64_t later = starts.has_first ? joins.first - starts.first : 0;
    return difference >= 0 && later >= 0 && difference + later > 0;
}

/*
 * t[0] and t[1] are joined one by one, of the four that a loop has started. Only constant elements that are told apart
 * count, and nothing else that might join some.
 */
static bool is_joined_in_part(const struct joins *j, guint index)
{
    const struct site *site = site_at(j, index);
    uint32_t start_loop = j->cfg->loop_of[site->block];
    if (start_loop == CFG_NONE || j->cfg->loops[start_loop].parent != CFG_NONE)
        return false;
    struct counted_loop loop;
    int64_t started = counted_loop(j->cfg, start_loop, &loop) ? counted_loop_passes(&loop) : 0, joined = 0;
    for (uint32_t block = 0; block < j->f->fn->block_count; block++) {
        const struct call_effects *effects = &j->blocks[block];
        if (!((effects->joins | effects->detaches) >> index & 1))
            continue;
        const struct ir_call *call = j->f->fn->blocks[block].terminator.call;
        uint32_t argument = ir_noted_argument(call, effects->joins >> index & 1 ? "joined" : "detached");
        if (argument == UINT32_MAX || j->cfg->loop_of[block] != CFG_NONE)
            return false;
        const struct ir_place *place = &call->args[argument].place;
        if (call->args[argument].kind == IR_OPERAND_CONST || place->base != IR_BASE_LOCAL || place->projection_count == 0 ||
            place->projections[place->projection_count - 1].kind != IR_PROJ_CONST_INDEX)
            return false;
        joined++;
    }
    return joined > 0 && started > joined;
}

static void find_loop_joins_of(struct joins *j, uint32_t block)
{
    uint64_t mask = j->blocks[block].joins | j->blocks[block].detaches;
    for (uint32_t loop = j->cfg->loop_of[block]; loop != CFG_NONE; loop = j->cfg->loops[loop].parent)
        for (guint i = 0; i < j->sites->len; i++) {
            const struct site *site = site_at(j, i);
            if (!(mask >> i & 1) || cfg_loop_contains(j->cfg, loop, site->block))
                continue;
            if (joins_fewer(j, loop, site)) {
                j->partly_joined |= UINT64_C(1) << i;
                j->blocks[block].joins &= ~(UINT64_C(1) << i);
                j->blocks[block].detaches &= ~(UINT64_C(1) << i);
            } else if (j->blocks[block].joins >> i & 1) {
                j->loop_joins[loop] |= UINT64_C(1) << i;
            } else {
                j->loop_detaches[loop] |= UINT64_C(1) << i;
            }
        }
}

void join_loops_find(struct joins *j)
{
    for (guint i = 0; i < j->sites->len; i++)
        if (is_joined_in_part(j, i))
            j->partly_joined |= UINT64_C(1) << i;
    for (uint32_t block = 0; block < j->f->fn->block_count; block++) {
        j->blocks[block].joins &= ~j->partly_joined;
        j->blocks[block].detaches &= ~j->partly_joined;
    }
    for (uint32_t block = 0; block < j->f->fn->block_count; block++)
        if ((j->blocks[block].joins | j->blocks[block].detaches) && cfg_reachable(j->cfg, block))
            find_loop_joins_of(j, block);
}
