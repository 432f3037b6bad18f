/*
 * What branches say of values that were read before: `while (!ready)`, `if (state == 2)`, `if (sem_trywait(&s) != 0)`. Each
 * value that a condition compares, with the blocks that are only reached when it is (not) some number.
 */
#include "analysis/races/race_parts.h"

struct race_branches {
    const struct cfg *cfg;
    GHashTable *sides; /* struct value -> GArray of struct race_side */
    GHashTable *calls; /* block -> the same, of what its call returned */
};

static void add_side(struct race_branches *branches, const struct value *leaf, uint32_t from, uint32_t block,
                     enum token_is is, int64_t number)
{
    if (branches->cfg->predecessors[block].count != 1 || !cfg_dominates(branches->cfg, from, block))
        return;
    GArray *list = g_hash_table_lookup(branches->sides, leaf);
    if (!list) {
        list = g_array_new(FALSE, FALSE, sizeof(struct race_side));
        g_hash_table_insert(branches->sides, (gpointer)leaf, list);
        if (leaf->kind == VALUE_CALL)
            g_hash_table_insert(branches->calls, GUINT_TO_POINTER(leaf->index), list);
    }
    g_array_append_val(list, ((struct race_side){.block = block, .is = is, .number = number}));
}

static bool is_leaf(const struct value *v)
{
    return v->kind == VALUE_LOAD || v->kind == VALUE_UNKNOWN || v->kind == VALUE_CALL;
}

/* Whatever is compared here: behind the branch one has looked at it. */
static void add_leaves(struct race_branches *branches, const struct value *v, uint32_t from, const struct ir_terminator *term,
                       unsigned depth)
{
    v = value_without_casts(v);
    if (is_leaf(v)) {
        add_side(branches, v, from, term->target, TOKEN_ANY, 0);
        add_side(branches, v, from, term->otherwise, TOKEN_ANY, 0);
    } else if ((v->kind == VALUE_BINARY || v->kind == VALUE_UNARY) && depth < 4) {
        add_leaves(branches, v->base, from, term, depth + 1);
        if (v->kind == VALUE_BINARY)
            add_leaves(branches, v->operand, from, term, depth + 1);
    }
}

static void add_branch(struct race_branches *branches, const struct value *condition, uint32_t from,
                       const struct ir_terminator *term)
{
    const struct value *v = value_without_casts(condition), *leaf = v;
    bool is_true = true; /* the branch is taken when the leaf is not `number` */
    int64_t number = 0;
    while (v->kind == VALUE_UNARY && v->op == IR_NOT) {
        v = value_without_casts(v->base);
        is_true = !is_true;
        leaf = v;
    }
    if (v->kind == VALUE_BINARY && (v->op == IR_EQ || v->op == IR_NE)) {
        const struct value *left = value_without_casts(v->base), *right = value_without_casts(v->operand);
        const struct value *constant = right->kind == VALUE_CONST ? right : left;
        leaf = constant == right ? left : right;
        number = constant->kind == VALUE_CONST ? constant->number : 0;
        is_true = (v->op == IR_NE) == is_true;
        if (constant->kind != VALUE_CONST)
            leaf = NULL;
    }
    if (!leaf || !is_leaf(leaf)) {
        add_leaves(branches, v, from, term, 0);
        return;
    }
    add_side(branches, leaf, from, term->target, is_true ? TOKEN_IS_NOT : TOKEN_IS, number);
    add_side(branches, leaf, from, term->otherwise, is_true ? TOKEN_IS : TOKEN_IS_NOT, number);
}

struct race_branches *race_branches_new(struct values *values, const struct cfg *cfg)
{
    struct race_branches *branches = g_new0(struct race_branches, 1);
    branches->cfg = cfg;
    branches->calls = g_hash_table_new(NULL, NULL);
    branches->sides = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    for (uint32_t k = 0; k < cfg->order_count; k++) {
        uint32_t b = cfg->order[k];
        const struct ir_terminator *term = &cfg->fn->blocks[b].terminator;
        if ((term->kind != IR_TERM_BRANCH && term->kind != IR_TERM_SWITCH) || term->condition.kind == IR_OPERAND_CONST)
            continue;
        struct flow_point at = {b, cfg->fn->blocks[b].statement_count};
        const struct value *condition = value_of_operand(values, at, &term->condition);
        if (term->kind == IR_TERM_BRANCH) {
            add_branch(branches, condition, b, term);
            continue;
        }
        const struct value *leaf = value_without_casts(condition);
        for (uint32_t i = 0; is_leaf(leaf) && i < term->case_count; i++)
            if (term->cases[i].low == term->cases[i].high)
                add_side(branches, leaf, b, term->cases[i].target, TOKEN_IS, term->cases[i].low);
    }
    return branches;
}

void race_branches_free(struct race_branches *branches)
{
    if (!branches)
        return;
    g_hash_table_destroy(branches->calls);
    g_hash_table_destroy(branches->sides);
    g_free(branches);
}

const GArray *race_branches_on(const struct race_branches *branches, const struct value *value)
{
    return branches ? g_hash_table_lookup(branches->sides, value_without_casts(value)) : NULL;
}

const GArray *race_branches_on_call(const struct race_branches *branches, uint32_t block)
{
    return branches ? g_hash_table_lookup(branches->calls, GUINT_TO_POINTER(block)) : NULL;
}
