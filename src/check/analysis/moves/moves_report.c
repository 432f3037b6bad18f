#include "analysis/moves/moves_report.h"

#include "analysis/moves/moves_repair.h"

#include <string.h>

/* ------------------------------------------------------------------------------------------- naming */

static const char *name_of(const struct move_simulation *sim, uint32_t node)
{
    const char *name = move_node(sim->paths, sim->root, node)->name;
    return name ? name : "value";
}

static const struct ir_local *local_of(const struct move_simulation *sim)
{
    return &sim->paths->fn->locals[move_root(sim->paths, sim->root)->local];
}

static bool is_cloneable(const struct ir_type *type)
{
    if (!type || type->unqualified->kind != IR_TYPE_HANDLE)
        return false;
    switch (type->unqualified->handle_kind) {
    case IR_HANDLE_SENDER:
    case IR_HANDLE_SHARED_RECEIVER:
    case IR_HANDLE_ARC:
    case IR_HANDLE_WEAK:
    case IR_HANDLE_RC:
    case IR_HANDLE_RC_WEAK:
        return true;
    default:
        return false;
    }
}

static bool is_join_handle(const struct ir_type *type)
{
    return type && type->unqualified->kind == IR_TYPE_HANDLE &&
           type->unqualified->handle_kind == IR_HANDLE_JOIN_HANDLE;
}

/* A handle as the user would write it, also where a macro wrote the declaration. */
static const char *type_name(struct arena *arena, const struct ir_type *type, const char *written)
{
    if (type && type->unqualified->kind == IR_TYPE_HANDLE && type->unqualified->handle_name &&
        (!written || strchr(written, '*'))) {
        const struct ir_type *handle = type->unqualified;
        return arena_printf(arena, "%s(%s)", handle->handle_name,
                            handle->target ? type_name(arena, handle->target, NULL) : "void");
    }
    if (written)
        return written;
    return type && type->name ? type->name : "an owned type";
}

static const char *node_type_name(const struct move_simulation *sim, const struct move_node *node)
{
    return type_name(sim->paths->analysis->unit->arena, node->type, node->type_name);
}

/* Why moving matters for a type: what stands in the place of rustc's "does not implement the `Copy` trait". */
static const char *why(const struct ir_type *type)
{
    if (type && type->unqualified->kind == IR_TYPE_HANDLE)
        return "which owns what it refers to";
    if (type && ir_type_contains_owned(type))
        return "which owns its contents";
    return "which `fl_move` leaves empty";
}

static struct sub *suggest_wrap(struct finding *f, struct span span, const char *before, const char *after,
                                const char *help)
{
    struct patch patches[2] = { { span_before(span), before }, { span_after(span), after } };
    return finding_suggest(f, 2, patches, "%s", help);
}

/* -------------------------------------------------------------------------------------- E0382: places */

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
    if (node == 0 && !local_of(sim)->hidden)
        finding_label(f, local_of(sim)->span, "%s occurs because `%s` has type `%s`, %s", words, name_of(sim, node),
                      node_type_name(sim, moved), why(moved->type));
    else
        finding_note(f, "%s occurs because `%s` has type `%s`, %s", words, name_of(sim, node), node_type_name(sim, moved),
                     why(moved->type));
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
                                    name_of(sim, use->is_partial ? event->ref.node : moved_node(sim, use)));
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
    if (is_cloneable(moved->type))
        finding_help(f, "clone the handle to increment its reference count: `fl_clone(%s)`", name_of(sim, node));
}

/* --------------------------------------------------------------------------------------------- E0381 */

static bool can_be_initialised_in_place(const struct ir_type *type)
{
    switch (type->unqualified->kind) {
    case IR_TYPE_ARRAY:
    case IR_TYPE_FUNCTION:
    case IR_TYPE_BLOCK:
    case IR_TYPE_OTHER:
        return false;
    case IR_TYPE_POINTER:
        return !(type->unqualified->target && (type->unqualified->target->kind == IR_TYPE_FUNCTION ||
                                               type->unqualified->target->kind == IR_TYPE_ARRAY));
    default:
        return true;
    }
}

static const char *first_value(const struct ir_type *type)
{
    switch (type->unqualified->kind) {
    case IR_TYPE_POINTER:
    case IR_TYPE_HANDLE:
        return " = NULL";
    case IR_TYPE_RECORD:
        return " = { 0 }";
    case IR_TYPE_BOOL:
        return " = false";
    case IR_TYPE_FLOAT:
        return " = 0.0";
    default:
        return " = 0";
    }
}

/* The nearest branch whose one side leads to the initialisation and nowhere else. */
static bool deciding_branch(const struct cfg *cfg, uint32_t declared, struct flow_point site, struct flow_point use,
                            uint32_t *ret_block, bool *ret_true)
{
    uint32_t block = site.block;
    while (block != cfg->idom[block] && block != declared) {
        uint32_t up = cfg->idom[block];
        const struct ir_terminator *term = &cfg->fn->blocks[up].terminator;
        if (term->kind == IR_TERM_BRANCH && term->target != term->otherwise) {
            bool on_true = cfg_dominates(cfg, term->target, site.block);
            bool on_false = cfg_dominates(cfg, term->otherwise, site.block);
            uint32_t other = on_true ? term->otherwise : term->target;
            if (on_true != on_false && (other == use.block || cfg_can_reach(cfg, other, use.block))) {
                *ret_block = up;
                *ret_true = on_true;
                return true;
            }
        }
        block = up;
    }
    return false;
}

/* Where the variable's storage begins: what was decided before says nothing about it. */
static uint32_t declaring_block(const struct cfg *cfg, uint32_t local)
{
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        const struct ir_block *block = &cfg->fn->blocks[cfg->order[i]];
        for (uint32_t s = 0; s < block->statement_count; s++)
            if (block->statements[s].kind == IR_ST_STORAGE_LIVE && block->statements[s].local == local)
                return cfg->order[i];
    }
    return CFG_NONE;
}

void report_unset(struct analysis *analysis, const struct cfg *cfg, uint32_t local, const char *used, struct span use,
                 bool possibly, const struct init_site *sites, unsigned site_count)
{
    const struct ir_local *declared = &cfg->fn->locals[local];
    struct finding *f = finding_new(analysis->sink, "E0381",
                                    possibly ? "used binding `%s` is possibly-uninitialized" : "used binding `%s` isn't initialized",
                                    declared->name);
    finding_primary(f, use, possibly ? "`%s` used here but it is possibly-uninitialized" : "`%s` used here but it isn't initialized",
                    used);
    finding_label(f, declared->span, "binding declared here but left uninitialized");
    uint32_t start = declaring_block(cfg, local);
    for (unsigned i = 0; i < site_count; i++) {
        uint32_t block;
        bool on_true;
        struct flow_point use_at = sites[site_count].at; /* the list ends with the use */
        if (sites[i].is_conditional || !deciding_branch(cfg, start, sites[i].at, use_at, &block, &on_true)) {
            finding_label(f, sites[i].span, "binding initialized here in some conditions");
            continue;
        }
        const struct ir_terminator *term = &cfg->fn->blocks[block].terminator;
        uint32_t loop = cfg->loop_of[block];
        bool leaves = loop != CFG_NONE && on_true && cfg_loop_contains(cfg, loop, term->target) &&
                      !cfg_loop_contains(cfg, loop, term->otherwise);
        if (leaves)
            finding_label(f, term->condition.span, "if the loop runs 0 times, `%s` is not initialized", declared->name);
        else
            finding_label(f, term->condition.span, "if this condition is `%s`, `%s` is not initialized",
                          on_true ? "false" : "true", declared->name);
    }
    if (!possibly && !declared->in_macro && can_be_initialised_in_place(declared->type)) {
        struct patch patch = { span_after(declared->span), first_value(declared->type) };
        finding_suggest(f, 1, &patch, "consider assigning a value");
    }
}

void report_uninitialised(struct move_simulation *sim, const struct move_event *use, bool possibly, const GArray *sites)
{
    GArray *inits = g_array_new(FALSE, TRUE, sizeof(struct init_site));
    for (guint i = 0; i < sites->len; i++) {
        const struct move_event *site = move_event(sim->events, g_array_index(sites, uint32_t, i));
        struct init_site init = {
            .at = site->at,
            .span = site->span,
            .is_conditional = site->kind == MOVE_EVENT_INIT && site->effect.when != EFFECT_ALWAYS,
        };
        if (site->kind == MOVE_EVENT_ASSIGN || site->kind == MOVE_EVENT_INIT || site->kind == MOVE_EVENT_ZERO)
            g_array_append_val(inits, init);
    }
    unsigned count = inits->len;
    struct init_site end = { .at = use->at, .span = use->span };
    g_array_append_val(inits, end);
    report_unset(sim->paths->analysis, sim->paths->cfg, move_root(sim->paths, sim->root)->local,
                name_of(sim, use->ref.node), use->span, possibly, (const struct init_site *)(const void *)inits->data, count);
    g_array_free(inits, TRUE);
}

/* ------------------------------------------------------------------------------------- F0301 and F0303 */

static void label_sources(struct finding *f, struct move_simulation *sim, const GArray *sites, struct span primary)
{
    for (guint i = 0; i < sites->len; i++) {
        const struct move_event *site = move_event(sim->events, g_array_index(sites, uint32_t, i));
        if (site->kind != MOVE_EVENT_ASSIGN && site->kind != MOVE_EVENT_INIT)
            continue;
        if (!span_equal(site->span, primary)) {
            finding_label(f, site->span, "the value is stored here");
            finding_step(f, 1);
        }
    }
}

/* The same words as where it is only a help. */
static void suggest_auto(struct finding *f, const struct ir_local *local)
{
    char *added = g_strdup_printf("%sfl_auto(%s);", local->line_break, local->name);
    sub_safe(finding_suggest(f, 1, &(struct patch){ span_after(local->declaration), added },
                             "write `fl_auto(%s);` after the declaration to have it dropped at the end of the scope, or "
                             "`fl_drop(%s)` here",
                             local->name, local->name));
    g_free(added);
}

void report_leak(struct move_simulation *sim, const struct move_event *end, uint32_t node, const GArray *sites)
{
    const struct move_node *leaked = move_node(sim->paths, sim->root, node);
    const struct ir_local *local = local_of(sim);
    const char *name = name_of(sim, node);
    if (!leaked->name)
        return;
    struct finding *f = finding_new(sim->paths->analysis->sink, "F0301", "owned value `%s` is never dropped", name);
    struct span exit = span_is_none(end->span) ? local->scope_end : end->span;
    finding_primary(f, exit, "`%s` still owns its value here, where its scope ends", name);
    finding_step(f, 2);
    label_sources(f, sim, sites, exit);
    if (local->kind == IR_LOCAL_PARAM)
        finding_label(f, local->span, "`%s` is given to this function, which owns it", local->name);
    else
        finding_label(f, local->span, "`%s` has type `%s`, %s", name, node_type_name(sim, leaked), why(leaked->type));
    if (is_join_handle(leaked->type))
        finding_help(f, "wait for the thread with `fl_join(%s)`, let it run on with `fl_detach(fl_move(%s))`, or write "
                        "`fl_auto(%s);` after the declaration",
                     name, name, name);
    else if (node == 0 && auto_is_safe(sim))
        suggest_auto(f, local);
    else if (node == 0)
        finding_help(f, "write `fl_auto(%s);` %s to have it dropped at the end of the scope, or `fl_drop(%s)` here", name,
                     local->kind == IR_LOCAL_PARAM ? "first in the function" : "after the declaration", name);
    else
        finding_help(f, "drop it with `fl_drop(%s)`, or give `%s` a drop function of its own", name,
                     local->type_name ? local->type_name : local->name);
}

void report_overwritten(struct move_simulation *sim, const struct move_event *event, const GArray *sites)
{
    const char *name = name_of(sim, event->ref.node);
    const struct move_node *node = move_node(sim->paths, sim->root, event->ref.node);
    struct finding *f = finding_new(sim->paths->analysis->sink, "F0303", "`%s` is overwritten while it owns a value", name);
    finding_primary(f, event->span, "the value that `%s` held is lost here", name);
    finding_step(f, 2);
    bool self = false;
    for (guint i = 0; i < sites->len; i++)
        self |= span_equal(move_event(sim->events, g_array_index(sites, uint32_t, i))->span, event->span);
    label_sources(f, sim, sites, event->span);
    if (!span_equal(local_of(sim)->span, event->span))
        finding_label(f, local_of(sim)->span, "`%s` has type `%s`, %s", name, node_type_name(sim, node), why(node->type));
    if (self)
        finding_note(f, "it is stored here in one iteration of the loop and overwritten in the next");
    finding_help(f, "drop it first with `fl_drop(%s)`, or put the new value in its place with `fl_replace(&%s, ...)`", name,
                 name);
}

/* --------------------------------------------------------------------------------------------- F0304 */

static void note_taking_parameter(struct finding *f, const struct ir_call *call, uint32_t argument)
{
    const struct ir_function *callee = call ? call->callee : NULL;
    if (!callee || !callee->has_body || argument >= callee->param_count)
        return;
    struct sub *sub = finding_note_at(f, callee->locals[argument + 1].span, "this parameter takes ownership of the value",
                                      "`%s` takes its argument over", callee->name);
    sub_label(sub, callee->span, "in this function");
}

void report_copy(struct move_simulation *sim, const struct move_event *event)
{
    const char *name = name_of(sim, event->ref.node);
    const struct move_node *node = move_node(sim->paths, sim->root, event->ref.node);
    struct finding *f;
    if (event->copy == MOVE_COPY_RETURN) {
        f = finding_new(sim->paths->analysis->sink, "F0304", "owned value `%s` is returned without being moved", name);
        finding_primary(f, event->span, "read here, and then dropped by its `fl_auto`: the caller gets a dropped value");
    } else if (event->copy == MOVE_COPY_ARGUMENT) {
        f = finding_new(sim->paths->analysis->sink, "F0304", "owned value `%s` is given away without being moved", name);
        finding_primary(f, event->span, "only lent here, but %s takes it over",
                        event->call && event->call->mode != IR_CALL_PLAIN ? "the thread" : "the function");
    } else {
        f = finding_new(sim->paths->analysis->sink, "F0304", "owned value `%s` is copied without being moved", name);
        finding_primary(f, event->span, "copied here: two places would own the same value");
    }
    if (!local_of(sim)->hidden)
        finding_label(f, local_of(sim)->span, "`%s` has type `%s`, %s", event->ref.node == 0 ? name : local_of(sim)->name,
                      event->ref.node == 0 ? node_type_name(sim, node)
                                           : type_name(sim->paths->analysis->unit->arena, local_of(sim)->type,
                                                       local_of(sim)->type_name), why(node->type));
    if (event->copy == MOVE_COPY_ARGUMENT && event->call && event->call->mode == IR_CALL_PLAIN)
        note_taking_parameter(f, event->call, event->argument);
    if (event->copy == MOVE_COPY_BYTES) {
        finding_help(f, "write `... = fl_move(%s)`, which leaves the source empty", name);
        return;
    }
    struct sub *move = suggest_wrap(f, event->span, "fl_move(", ")", "move it, which leaves the source empty");
    if (move_is_safe(sim, event))
        sub_safe(move);
    if (is_cloneable(node->type) && event->copy != MOVE_COPY_RETURN) {
        struct sub *clone =
            suggest_wrap(f, event->span, "fl_clone(", ")", "or clone the handle to increment its reference count");
        if (clone_is_safe(sim, event))
            sub_safe(clone);
    }
}

/* --------------------------------------------------------------------------------------------- F0302 */

void report_dropped_twice(struct move_simulation *sim, const struct move_event *second, const struct move_event *first)
{
    const char *name = name_of(sim, second->ref.node);
    const struct move_node *node = move_node(sim->paths, sim->root, second->ref.node);
    struct finding *f = finding_new(sim->paths->analysis->sink, "F0302", "`%s` is dropped twice", name);
    bool at_end = second->flags & IR_FLAG_SCOPE_END;
    if (second == first)
        finding_primary(f, second->span, "dropped here, in previous iteration of loop");
    else
        finding_primary(f, second->span, at_end ? "dropped again here, where its scope ends" : "dropped again here");
    finding_step(f, 2);
    if (second != first) {
        finding_label(f, first->span, "first dropped here: `%s` does not leave it empty", first->call->callee->name);
        finding_step(f, 1);
    }
    if (!local_of(sim)->hidden)
        finding_label(f, local_of(sim)->span, "`%s` has type `%s`, %s", name, node_type_name(sim, node), why(node->type));
    finding_help(f, "write `fl_drop(%s)`, which drops it and leaves it empty", name);
}

/* ------------------------------------------------------------------------------------------- orphans */

static const char *callee_name(const struct ir_call *call)
{
    return call && call->callee ? call->callee->name : "the function";
}

static void report_moved_out(struct move_paths *paths, const struct move_orphan *orphan)
{
    struct analysis *analysis = paths->analysis;
    const char *place = ir_place_describe(analysis->unit, paths->fn, &orphan->place, analysis->unit->arena);
    if (!place)
        place = value_describe_target(paths->values, value_address(paths->values, orphan->at, &orphan->place));
    if (!place)
        place = "a value";
    bool global = orphan->kind == MOVE_ORPHAN_FROM_GLOBAL;
    struct finding *f = finding_new(analysis->sink, "E0507", "cannot move out of %s`%s`%s", global ? "static item " : "", place,
                                    global ? "" : " which is behind a pointer");
    finding_primary(f, orphan->span, "move occurs because `%s` has type `%s`, %s", place, type_name(paths->analysis->unit->arena, orphan->type, NULL),
                    why(orphan->type));
    suggest_wrap(f, orphan->span, "fl_move(", ")", "take the value, which leaves an empty one behind");
    if (orphan->is_kept)
        finding_help(f, "or borrow it: make this a pointer to `%s`", place);
    if (is_cloneable(orphan->type))
        suggest_wrap(f, orphan->span, "fl_clone(", ")", "or clone the handle to increment its reference count");
}

void report_orphan(struct move_paths *paths, const struct move_orphan *orphan)
{
    struct findings *sink = paths->analysis->sink;
    struct finding *f;
    switch (orphan->kind) {
    case MOVE_ORPHAN_FROM_POINTER:
    case MOVE_ORPHAN_FROM_GLOBAL:
        report_moved_out(paths, orphan);
        return;
    case MOVE_ORPHAN_UNUSED:
        f = finding_new(sink, "F0301", "owned value is never dropped");
        if (is_join_handle(orphan->type)) {
            finding_primary(f, orphan->span, "the thread's join handle is discarded here");
            finding_help(f, "wait for the thread with `fl_join`, or let it run on with `fl_detach(...)`");
        } else {
            if (orphan->call)
                finding_primary(f, orphan->span, "the result of `%s` is discarded here, and nobody drops it",
                                callee_name(orphan->call));
            else
                finding_primary(f, orphan->span, "this value is discarded here, and nobody drops it");
            finding_note(f, "it has type `%s`, %s", type_name(paths->analysis->unit->arena, orphan->type, NULL), why(orphan->type));
            finding_help(f, "store it in a variable and write `fl_auto(...)` after it");
        }
        return;
    case MOVE_ORPHAN_LENT:
        f = finding_new(sink, "F0301", "owned value is never dropped");
        finding_primary(f, orphan->span, "made here and only lent to `%s`, which does not drop it",
                        callee_name(orphan->call));
        finding_note(f, "it has type `%s`, %s", type_name(paths->analysis->unit->arena, orphan->type, NULL), why(orphan->type));
        finding_help(f, "store it in a variable and write `fl_auto(...)` after it");
        return;
    }
}
