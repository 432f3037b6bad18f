/*
 * E0381: where the variable was left without a value, and which condition decides.
 */
#include "analysis/moves/moves_report.h"
#include "analysis/moves/moves_words.h"

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
                  enum unset_degree degree, const struct init_site *sites, unsigned site_count)
{
    static const char *const degrees[] = {
        [UNSET_WHOLLY] = "isn't initialized",
        [UNSET_PARTLY] = "isn't fully initialized",
        [UNSET_POSSIBLY] = "is possibly-uninitialized",
    };
    const struct ir_local *declared = &cfg->fn->locals[local];
    bool possibly = degree == UNSET_POSSIBLY;
    struct finding *f = finding_new(analysis->sink, "E0381", "used binding `%s` %s", declared->name, degrees[degree]);
    finding_primary(f, use, "`%s` used here but it %s", used, degrees[possibly ? UNSET_POSSIBLY : UNSET_WHOLLY]);
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

void report_uninitialised(struct move_simulation *sim, const struct move_event *use, enum unset_degree degree,
                          const char *part, const GArray *sites)
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
                 part ? part : move_node_name(sim, use->ref.node), use->span, degree, (const struct init_site *)(const void *)inits->data, count);
    g_array_free(inits, TRUE);
}
