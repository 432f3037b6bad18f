/*
 * E0382: the use, the moves that emptied the place, and the loop between them.
 */
#include "analysis/moves/moves_report.h"
#include "analysis/moves/moves_words.h"

/* ---------------------------------------------------------------------------------------------- places */

static const char *site_words(const struct move_event *site)
{
    if (site->kind == MOVE_EVENT_DROP)
        return "value dropped here";
    if (site->kind == MOVE_EVENT_FORGET)
        return "value forgotten here";
    if (site->call && site->call->mode == IR_CALL_BIND)
        return "value moved into job here";
    if (site->call && site->call->mode != IR_CALL_PLAIN)
        return "value moved into thread here";
    return "value moved here";
}

/* Every way from the site to the use goes through a back edge. */
static bool needs_another_pass(const struct cfg *cfg, struct flow_point site, struct flow_point use)
{
    if (site.block == use.block && site.statement < use.statement)
        return false;
    if (site.block == use.block && site.statement == use.statement)
        return true;
    bool *seen = g_new0(bool, cfg->fn->block_count);
    GArray *work = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    bool found = false;
    g_array_append_val(work, site.block);
    while (work->len > 0 && !found) {
        uint32_t block = g_array_index(work, uint32_t, work->len - 1);
        g_array_set_size(work, work->len - 1);
        for (uint32_t e = 0; e < cfg->successors[block].count; e++) {
            uint32_t to = cfg->successors[block].items[e].to;
            if (seen[to] || cfg->position[to] <= cfg->position[block])
                continue; /* an edge backwards */
            seen[to] = true;
            found |= to == use.block;
            g_array_append_val(work, to);
        }
    }
    g_array_free(work, TRUE);
    g_free(seen);
    return !found;
}

/* The header of a loop that a keyword made. */
static struct span loop_header(const struct cfg *cfg, uint32_t loop)
{
    const struct cfg_edges *edges = &cfg->predecessors[cfg->loops[loop].head];
    for (uint32_t i = 0; i < edges->count; i++) {
        const struct ir_terminator *term = &cfg->fn->blocks[edges->items[i].from].terminator;
        if (term->flags & IR_FLAG_LOOP_ENTRY)
            return term->span;
    }
    return NO_SPAN;
}

/* The innermost loop around a point: its header, or its condition; NO_SPAN when it has none of them (a goto). */
static struct span loop_around(const struct cfg *cfg, struct flow_point at)
{
    for (uint32_t loop = cfg->loop_of[at.block]; loop != CFG_NONE; loop = cfg->loops[loop].parent) {
        struct span header = loop_header(cfg, loop);
        if (!span_is_none(header))
            return header;
        for (uint32_t b = cfg->loops[loop].head; cfg_loop_contains(cfg, loop, b);) {
            const struct ir_terminator *term = &cfg->fn->blocks[b].terminator;
            if (term->kind == IR_TERM_BRANCH) {
                if (!cfg_loop_contains(cfg, loop, term->target) || !cfg_loop_contains(cfg, loop, term->otherwise))
                    return term->condition.span;
                break;
            }
            if (cfg->successors[b].count != 1 || cfg->successors[b].items[0].to == cfg->loops[loop].head)
                break;
            b = cfg->successors[b].items[0].to;
        }
    }
    return NO_SPAN;
}

/* "this parameter takes ownership of the value" */
static void note_callee(struct finding *f, const struct move_event *site)
{
    const struct ir_call *call = site->call;
    if (!call || !call->callee || !call->callee->has_body || call->mode != IR_CALL_PLAIN ||
        call->callee->in_system_header || site->argument >= call->callee->param_count)
        return;
    const struct ir_function *callee = call->callee;
    if (site->kind == MOVE_EVENT_CONSUME) {
        if (span_is_none(site->effect.where))
            return;
        struct sub *sub = finding_note_at(f, site->effect.where, "the value is moved or dropped here",
                                          "`%s` empties what its argument points to", callee->name);
        sub_label(sub, callee->span, "in this function");
        return;
    }
    if (site->kind != MOVE_EVENT_MOVE)
        return;
    struct sub *sub = finding_note_at(f, callee->locals[site->argument + 1].span, "this parameter takes ownership of the value",
                                      "consider changing this parameter type in function `%s` to a pointer "
                                      "instead if owning the value isn't necessary",
                                      callee->name);
    sub_label(sub, callee->span, "in this function");
}

static void label_moved_place(struct finding *f, struct move_simulation *sim, uint32_t node, bool partial)
{
    const struct move_node *moved = move_node(sim->paths, sim->root, node);
    const char *words = partial ? "partial move" : "move";
    if (node == 0 && !move_local(sim)->hidden)
        finding_label(f, move_local(sim)->span, "%s occurs because `%s` has type `%s`, %s", words, move_node_name(sim, node),
                      move_node_type_name(sim, moved), why_moves_matter(moved->type));
    else
        finding_note(f, "%s occurs because `%s` has type `%s`, %s", words, move_node_name(sim, node), move_node_type_name(sim, moved),
                     why_moves_matter(moved->type));
}

/* --------------------------------------------------------------------------------------------- E0382 */

static bool is_borrow(const struct move_event *event)
{
    return event->kind == MOVE_EVENT_BORROW || event->kind == MOVE_EVENT_LEND;
}

/* What was moved, seen from the use: `j` when `j.id` is read after fl_move(j). */
static uint32_t moved_node(const struct move_simulation *sim, const struct move_use *use)
{
    uint32_t moved = move_event(sim->events, g_array_index(use->sites, uint32_t, 0))->ref.node;
    for (uint32_t node = use->event->ref.node; node != MOVE_NODE_NONE; node = move_node(sim->paths, sim->root, node)->parent)
        if (node == moved)
            return moved;
    return use->event->ref.node;
}

/* fl_unsafe vouches for where pointers lead, so for what is behind one; a variable's own moves are plain to see. */
static bool is_vouched_for(const struct move_simulation *sim, struct flow_point at)
{
    const struct ir_block *block = &sim->paths->fn->blocks[at.block];
    unsigned flags = at.statement < block->statement_count ? block->statements[at.statement].flags
                                                           : block->terminator.flags;
    return flags & IR_FLAG_UNSAFE && move_root(sim->paths, sim->root)->is_pointee;
}

void report_moved_use(struct move_simulation *sim, const struct move_use *use)
{
    const struct cfg *cfg = sim->paths->cfg;
    const struct move_event *event = use->event;
    if (is_vouched_for(sim, event->at))
        return;
    bool self = false, another_pass = false;
    for (guint i = 0; i < use->sites->len; i++) {
        uint32_t site = g_array_index(use->sites, uint32_t, i);
        self |= site == use->index;
        another_pass |= !use->is_unsequenced && needs_another_pass(cfg, move_event(sim->events, site)->at, event->at);
    }
    struct finding *f = finding_new(sim->paths->analysis->sink, "E0382", "%s of %smoved value: `%s`",
                                    is_borrow(event) ? "borrow" : "use", use->is_partial ? "partially " : "",
                                    move_node_name(sim, use->is_partial ? event->ref.node : moved_node(sim, use)));
    const char *after = use->is_partial ? "partial move" : "move";
    if (self)
        finding_primary(f, event->span, "%s, in previous iteration of loop", site_words(event));
    else if (use->is_unsequenced)
        finding_primary(f, event->span, "value %s here, perhaps after the move", is_borrow(event) ? "borrowed" : "used");
    else
        finding_primary(f, event->span, "value %s here after %s", is_borrow(event) ? "borrowed" : "used", after);
    finding_step(f, 2);

    uint32_t node = event->ref.node;
    struct span loop = NO_SPAN;
    for (guint i = 0; i < use->sites->len; i++) {
        uint32_t index = g_array_index(use->sites, uint32_t, i);
        const struct move_event *site = move_event(sim->events, index);
        if (use->is_partial || i == 0)
            node = site->ref.node;
        bool passes = !use->is_unsequenced && needs_another_pass(cfg, site->at, event->at);
        if (passes && span_is_none(loop))
            loop = loop_around(cfg, site->at);
        if (index == use->index)
            continue;
        const char *words = site_words(site);
        finding_label(f, site->span, "%s%s%s", use->is_partial ? "value partially " : "",
                      use->is_partial ? words + sizeof "value " - 1 : words,
                      passes ? ", in previous iteration of loop" : "");
        finding_step(f, 1);
    }
    if (another_pass && !span_is_none(loop))
        finding_label(f, loop, "inside of this loop");
    if (!use->is_partial)
        node = moved_node(sim, use);
    label_moved_place(f, sim, node, use->is_partial);
    if (use->is_unsequenced)
        finding_note(f, "the order in which these operands are evaluated is unspecified in C");
    for (guint i = 0; i < use->sites->len; i++)
        note_callee(f, move_event(sim->events, g_array_index(use->sites, uint32_t, i)));
    const struct move_node *moved = move_node(sim->paths, sim->root, node);
    if (type_is_cloneable(moved->type))
        finding_help(f, "clone the handle to increment its reference count: `fl_clone(%s)`", move_node_name(sim, node));
}
