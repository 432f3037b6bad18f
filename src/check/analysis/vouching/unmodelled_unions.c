/*
 * A union with a handle or an owned member is read as something else than what was stored. From each read a search
 * goes backward to the stores; one way on which the member itself (or the whole) was stored makes it fine, for a tag
 * may say which way it was.
 */
#include "analysis/vouching/unmodelled.h"

struct read {
    const struct ir_place *place;
    uint32_t member; /* number of the projection that names the member */
    struct span span;
};

struct search {
    const struct cfg *cfg;
    const struct read *read;
    bool *seen;          /* by block: searched from its end */
    bool is_fine;
    const struct ir_statement *other; /* a store of another member */
};

/* The projection that names a member of a union with something owned; UINT32_MAX: none, or not in the variable. */
static uint32_t union_member(const struct ir_function *fn, const struct ir_place *place)
{
    if (place->base != IR_BASE_LOCAL || fn->locals[place->base_index].address_taken)
        return UINT32_MAX;
    for (uint32_t i = 0; i < place->projection_count; i++) {
        const struct ir_projection *proj = &place->projections[i];
        if (proj->kind != IR_PROJ_FIELD)
            return UINT32_MAX;
        if (!proj->record->is_union)
            continue;
        for (size_t k = 0; k < proj->record->field_count; k++)
            if (ir_type_contains_owned(proj->record->fields[k].type->unqualified))
                return i;
    }
    return UINT32_MAX;
}

enum store { NO_STORE, SAME_STORE, OTHER_STORE };

static enum store stores(const struct read *read, const struct ir_place *to)
{
    const struct ir_place *from = read->place;
    if (to->base != IR_BASE_LOCAL || to->base_index != from->base_index)
        return NO_STORE;
    for (uint32_t i = 0; i < read->member; i++) {
        if (i >= to->projection_count)
            return SAME_STORE; /* all of it */
        if (to->projections[i].index != from->projections[i].index)
            return NO_STORE;
    }
    if (to->projection_count <= read->member)
        return SAME_STORE;
    return to->projections[read->member].index == from->projections[read->member].index ? SAME_STORE : OTHER_STORE;
}

static void search_block(struct search *s, uint32_t block, uint32_t before)
{
    const struct ir_function *fn = s->cfg->fn;
    for (uint32_t i = before; i > 0; i--) {
        const struct ir_statement *st = &fn->blocks[block].statements[i - 1];
        if (st->kind == IR_ST_STORAGE_LIVE && st->local == s->read->place->base_index) {
            s->is_fine = true; /* never stored on this way: that is E0381's */
            return;
        }
        if (st->kind != IR_ST_ASSIGN && st->kind != IR_ST_ZERO && st->kind != IR_ST_DROP && st->kind != IR_ST_FORGET)
            continue;
        enum store store = stores(s->read, &st->place);
        if (store == OTHER_STORE && st->kind == IR_ST_ASSIGN && !(st->flags & IR_FLAG_UNSAFE))
            s->other = st;
        else if (store != NO_STORE)
            s->is_fine = true;
        if (store != NO_STORE)
            return;
    }
    if (block == 0)
        s->is_fine = true;
    for (uint32_t i = 0; i < s->cfg->predecessors[block].count && !s->is_fine; i++) {
        uint32_t from = s->cfg->predecessors[block].items[i].from;
        const struct ir_terminator *term = &fn->blocks[from].terminator;
        if (s->seen[from])
            continue;
        s->seen[from] = true;
        if (term->kind == IR_TERM_CALL && term->call->has_dest && stores(s->read, &term->call->dest) != NO_STORE) {
            s->is_fine = true;
            return;
        }
        search_block(s, from, fn->blocks[from].statement_count);
    }
}

static void check_read(struct unmodelled *u, const struct cfg *cfg, struct flow_point at, const struct ir_operand *operand)
{
    if (operand->kind == IR_OPERAND_CONST)
        return;
    struct read read = {&operand->place, union_member(u->fn, &operand->place), operand->span};
    if (read.member == UINT32_MAX)
        return;
    struct search s = {.cfg = cfg, .read = &read, .seen = g_new0(bool, u->fn->block_count)};
    search_block(&s, at.block, at.statement);
    g_free(s.seen);
    if (s.is_fine || !s.other)
        return;
    const struct ir_unit *unit = u->analysis->unit;
    const char *name = ir_place_describe(unit, u->fn, &operand->place, unit->arena);
    const char *stored = ir_place_describe(unit, u->fn, &s.other->place, unit->arena);
    struct finding *f = finding_new(u->analysis->sink, "F0902", "what `%s` is read from was stored as `%s`",
                                    name ? name : "a member", stored ? stored : "another member");
    finding_primary(f, read.span, "this member reinterprets what owns, or makes an owner from something else");
    finding_label(f, s.other->span, "stored here");
    finding_note(f, "a value that owns is tracked by its type, which a union takes away");
    unmodelled_help(f);
}

static bool has_unions(const struct ir_function *fn)
{
    for (uint32_t i = 0; i < fn->local_count; i++) {
        const struct ir_type *type = fn->locals[i].type->unqualified;
        if (type->kind != IR_TYPE_RECORD || fn->locals[i].address_taken)
            continue;
        if (type->record->is_union)
            return true;
        for (size_t k = 0; k < type->record->field_count; k++) {
            const struct ir_type *part = type->record->fields[k].type->unqualified;
            if (part->kind == IR_TYPE_RECORD && part->record->is_union)
                return true;
        }
    }
    return false;
}

void unmodelled_unions(struct unmodelled *u)
{
    if (!has_unions(u->fn))
        return;
    const struct cfg *cfg = analysis_cfg(u->analysis, u->fn);
    for (uint32_t i = 0; i < cfg->order_count; i++) {
        uint32_t b = cfg->order[i];
        const struct ir_block *block = &u->fn->blocks[b];
        for (uint32_t s = 0; s < block->statement_count; s++)
            for (uint32_t k = 0; block->statements[s].kind == IR_ST_ASSIGN && k < block->statements[s].value.operand_count; k++)
                check_read(u, cfg, (struct flow_point){b, s}, &block->statements[s].value.operands[k]);
        const struct ir_terminator *term = &block->terminator;
        for (uint32_t k = 0; term->kind == IR_TERM_CALL && k < term->call->arg_count; k++)
            check_read(u, cfg, (struct flow_point){b, block->statement_count}, &term->call->args[k]);
    }
}
