/* Which places end where, and which cells still lead there. */
#include "analysis/loans/loan_parts.h"

/* ------------------------------------------------------------------------------------ what may be wrong */

/* The field that owns it has been set to NULL: what it led to was handed on by hand. */
static bool is_given_up(struct loans *l, const struct origin_state *state, const struct origin *target)
{
    for (const struct origin *at = target; at; at = at->parent) {
        const struct ir_type *type = at->kind == ORIGIN_OWNED ? origin_type(l->origins, at->parent) : NULL;
        if (type && type->kind == IR_TYPE_POINTER &&
            origin_state_get(l->origins, state, at->parent, type) == l->origins->null_set)
            return true;
    }
    return false;
}

/* In the storage of `place`, or owned by what is there. */
static bool goes_with(const struct origin *target, const struct origin *place, bool only_storage)
{
    for (const struct origin *at = target; at; at = at->parent) {
        if (at == place)
            return true;
        if (at->kind == ORIGIN_DEREF || (only_storage && at->kind == ORIGIN_OWNED))
            return false;
    }
    return false;
}

static void add_cell(struct loans *l, const struct origin_state *state, const struct loan *end,
                     const struct origin *cell, const struct origin_set *set)
{
    if (loan_is_temporary(l, cell))
        return;
    bool is_inside = goes_with(cell, end->place, false);
    if (is_inside && end->kind != LOAN_END_MOVE)
        return; /* it ends, too */
    for (uint32_t i = 0; i < set->count; i++) {
        const struct origin *target = set->items[i];
        if (!goes_with(target, end->place, end->kind == LOAN_END_STORAGE || is_inside) || is_given_up(l, state, target))
            continue;
        if (end->leaves_empty && goes_with(target, end->place, true))
            continue;
        struct loan loan = *end;
        loan.cell = cell;
        loan.target = target;
        loan.is_only_target = set->count == 1;
        loan.is_element = loan_is_outside(cell) && origin_has_array(l->origins, cell);
        g_array_append_val(l->found, loan);
        return;
    }
}

/* Plain data that a callback looks at is C as usual. */
static bool concerns_callbacks(const struct loans *l, const struct loan *end)
{
    if (end->kind == LOAN_END_MOVE || end->kind == LOAN_END_DROP)
        return true;
    const struct ir_type *type = origin_type(l->origins, end->place);
    return type && ir_type_contains_owned(type);
}

static void add_kept(struct loans *l, const struct loan *end)
{
    if (l->kept->len == 0 || !concerns_callbacks(l, end))
        return;
    for (guint i = 0; i < l->kept->len; i++) {
        const struct loan_kept *kept = &g_array_index(l->kept, struct loan_kept, i);
        struct loan loan = *end;
        loan.kept = kept;
        loan.cell = kept->cell;
        loan.target = kept->target;
        if (!goes_with(kept->target, end->place, end->kind == LOAN_END_STORAGE) ||
            !cfg_can_reach(l->origins->cfg, kept->at.block, end->at.block) || !loan_is_left_behind(l, &loan, kept->at))
            continue;
        g_array_append_val(l->found, loan);
        return;
    }
}

static void add_end(struct loans *l, const struct origin_state *state, const struct loan *end)
{
    add_kept(l, end);
    const struct origin *cell;
    const struct origin_set *set;
    for (uint32_t id = 0;
         l->found->len < LOANS_MAX_CANDIDATES && origin_state_next(l->origins, state, &id, &cell, &set); id++)
        add_cell(l, state, end, cell, set);
}

static void add_ends_of_place(struct loans *l, const struct origin_state *state, const struct ir_place *place,
                              struct loan end)
{
    const struct origin_set *cells = origins_place(l->origins, state, place);
    if (cells->count != 1 || cells->items[0]->kind <= ORIGIN_FUNCTION)
        return; /* which of them is moved is not known */
    for (uint32_t i = 0; i < place->projection_count; i++)
        if (place->projections[i].kind != IR_PROJ_FIELD && place->projections[i].kind != IR_PROJ_DEREF)
            return; /* some element of an array */
    end.place = cells->items[0];
    end.leaves_empty = ir_place_has_deref(place);
    add_end(l, state, &end);
}

static void add_moves(struct loans *l, const struct origin_state *state, struct flow_point at,
                      const struct ir_operand *operands, uint32_t count, const struct ir_call *call)
{
    for (uint32_t i = 0; i < count; i++)
        if (operands[i].kind == IR_OPERAND_MOVE)
            add_ends_of_place(l, state, &operands[i].place,
                              (struct loan){.kind = LOAN_END_MOVE, .at = at, .span = operands[i].span, .call = call});
}

/* What an argument points to is moved by the call: `fl_send_or(tx, &v)`, a helper that empties its parameter. */
static void add_emptied(struct loans *l, const struct origin_state *state, struct flow_point at, const struct ir_call *call)
{
    for (uint32_t i = 0; i < call->arg_count; i++) {
        if (call->args[i].kind != IR_OPERAND_COPY || call->args[i].type->kind != IR_TYPE_POINTER)
            continue;
        struct effect moved = summary_argument(l->analysis, call, i).moved;
        if (moved.when != EFFECT_ALWAYS && moved.when != EFFECT_IF)
            continue;
        const struct origin_set *places = origins_value(l->origins, state, &call->args[i]);
        if (places->count != 1 || places->items[0]->kind <= ORIGIN_FUNCTION || origin_has_array(l->origins, places->items[0]))
            continue;
        struct loan end = {.kind = LOAN_END_MOVE, .at = at, .span = call->args[i].span, .call = call, .moved = moved};
        end.place = places->items[0];
        end.leaves_empty = true; /* a pointer to the place itself is a way to the empty value: E0382 if it is used */
        add_end(l, state, &end);
    }
}

static void see_statement(struct loans *l, const struct origin_state *state, struct flow_point at,
                          const struct ir_statement *st)
{
    switch (st->kind) {
    case IR_ST_ASSIGN:
        add_moves(l, state, at, st->value.operands, st->value.operand_count, NULL);
        break;
    case IR_ST_ATOMIC:
        add_moves(l, state, at, st->atomic->operands, st->atomic->operand_count, NULL);
        break;
    case IR_ST_DROP: {
        bool by_scope = st->flags & IR_FLAG_SCOPE_END;
        add_ends_of_place(l, state, &st->place,
                          (struct loan){.kind = by_scope ? LOAN_END_SCOPE_DROP : LOAN_END_DROP, .at = at, .span = st->span});
        break;
    }
    case IR_ST_STORAGE_DEAD:
        if (l->fn->locals[st->local].address_taken) {
            struct loan end = {.kind = LOAN_END_STORAGE, .at = at, .span = st->span};
            end.place = origin_base(l->origins, ORIGIN_LOCAL, st->local);
            add_end(l, state, &end);
        }
        break;
    default:
        break;
    }
}

/* A parameter's own storage ends with the function. */
static void see_return(struct loans *l, const struct origin_state *state, struct flow_point at, struct span span)
{
    for (uint32_t i = 1; i <= l->fn->param_count; i++) {
        if (!l->fn->locals[i].address_taken)
            continue;
        struct loan end = {.kind = LOAN_END_STORAGE, .at = at, .span = span};
        end.place = origin_base(l->origins, ORIGIN_LOCAL, i);
        add_end(l, state, &end);
    }
}

/* fl_clone(a): from here on `a` is not the only owner. */
static void add_shares(struct loans *l, const struct origin_state *state, struct flow_point at, const struct ir_call *call)
{
    if (!call->callee || !ir_note(call->callee->notes, "result.shares") || call->arg_count == 0 ||
        call->args[0].kind == IR_OPERAND_CONST)
        return;
    const struct origin_set *handle = origins_value(l->origins, state, &call->args[0]);
    if (handle->count != 1 || handle->items[0]->kind != ORIGIN_OWNED)
        return;
    struct loan end = {.kind = LOAN_END_SHARED, .at = at, .span = l->fn->blocks[at.block].terminator.span};
    end.place = handle->items[0]->parent;
    const struct origin *cell;
    const struct origin_set *set;
    for (uint32_t id = 0;
         l->found->len < LOANS_MAX_CANDIDATES && origin_state_next(l->origins, state, &id, &cell, &set); id++) {
        const struct ir_type *type = origin_type(l->origins, cell);
        if (!type || type->kind != IR_TYPE_POINTER || loan_is_temporary(l, cell) ||
            !origin_set_has(set, handle->items[0]))
            continue;
        end.cell = cell;
        end.target = handle->items[0];
        g_array_append_val(l->found, end);
    }
}

static void visit(void *ctx, const void *state_bytes, struct flow_point at, const struct ir_statement *st,
                  const struct ir_terminator *term)
{
    struct loans *l = ctx;
    const struct origin_state *state = state_bytes;
    if (!state->reached)
        return;
    if (st)
        see_statement(l, state, at, st);
    else if (term->kind == IR_TERM_CALL) {
        add_moves(l, state, at, term->call->args, term->call->arg_count, term->call);
        add_emptied(l, state, at, term->call);
        add_shares(l, state, at, term->call);
    }
    else if (term->kind == IR_TERM_RETURN)
        see_return(l, state, at, term->span);
}

/* --------------------------------------------------------------------------------------- a quick look */

static bool is_own_storage(const struct ir_place *place)
{
    return place->base == IR_BASE_LOCAL && !ir_place_has_deref(place);
}

/* The address of a local goes where it can stay: not only into a call that sees nothing else. */
static bool keeps_address(const struct ir_function *fn, const struct ir_block *block)
{
    for (uint32_t i = 0; i < block->statement_count; i++) {
        const struct ir_statement *st = &block->statements[i];
        if (st->kind != IR_ST_ASSIGN)
            continue;
        bool dest_stays = st->place.base != IR_BASE_LOCAL || fn->locals[st->place.base_index].kind != IR_LOCAL_TEMP;
        if (st->value.kind == IR_RV_ADDRESS_OF && is_own_storage(&st->value.place) && dest_stays)
            return true;
        for (uint32_t k = 0; dest_stays && k < st->value.operand_count; k++) {
            const struct ir_operand *operand = &st->value.operands[k];
            if (operand->kind == IR_OPERAND_COPY && operand->place.base == IR_BASE_LOCAL &&
                operand->place.projection_count == 0 && operand->type->kind == IR_TYPE_POINTER &&
                fn->locals[operand->place.base_index].kind == IR_LOCAL_TEMP)
                return true;
        }
    }
    return false;
}

static bool call_keeps_address(const struct ir_call *call)
{
    if (!call->callee || !call->callee->has_body)
        return false;
    uint32_t pointers = call->has_dest && call->dest.type->kind == IR_TYPE_POINTER;
    for (uint32_t i = 0; i < call->arg_count; i++)
        pointers += call->args[i].kind != IR_OPERAND_CONST && origin_type_may_hold(call->args[i].place.type);
    return pointers > 1;
}

static bool has_moves(const struct ir_operand *operands, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (operands[i].kind == IR_OPERAND_MOVE)
            return true;
    return false;
}

static bool empties(const struct analysis *analysis, const struct ir_call *call)
{
    for (uint32_t i = 0; i < call->arg_count; i++)
        if (call->args[i].type && call->args[i].type->kind == IR_TYPE_POINTER &&
            summary_argument(analysis, call, i).moved.when != EFFECT_NEVER)
            return true;
    return false;
}

static bool is_interesting(const struct analysis *analysis, const struct ir_function *fn)
{
    bool has_storage = false, keeps = false;
    for (uint32_t i = 1; i < fn->local_count && !has_storage; i++)
        has_storage = fn->locals[i].address_taken && fn->locals[i].kind != IR_LOCAL_TEMP;
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++) {
            const struct ir_statement *st = &block->statements[i];
            if (st->kind == IR_ST_DROP ||
                (st->kind == IR_ST_ASSIGN && has_moves(st->value.operands, st->value.operand_count)))
                return true;
        }
        const struct ir_terminator *term = &block->terminator;
        if (term->kind == IR_TERM_CALL) {
            if (has_moves(term->call->args, term->call->arg_count) || empties(analysis, term->call) ||
                (term->call->callee && ir_note(term->call->callee->notes, "result.exclusive")))
                return true;
            keeps |= has_storage && (call_keeps_address(term->call) || loan_keeps_environment(term->call));
        }
        keeps |= (has_storage && !keeps && keeps_address(fn, block)) || loan_borrows_thread_local(analysis->unit, block);
    }
    return keeps;
}

/* ---------------------------------------------------------------------------------------------- check */

/* One finding for one borrow, and for one end of one variable. */
static bool is_new(struct loans *l, const struct loan *loan, struct span span)
{
    char *key = g_strdup_printf("%u.%u:%u:%u", origin_root(loan->place)->id, span.file, span.begin, span.end);
    return g_hash_table_add(l->reported, key);
}

/* Two elements of an array of locks have one origin: the name of the guard tells them apart. */
static bool is_of_another_guard(const struct loans *l, const struct loan *loan, uint32_t base)
{
    if (base == UINT32_MAX || !l->holds->named[base])
        return false;
    const struct hold *named = &g_array_index(l->holds->list, struct hold, l->holds->named[base] - 1);
    return named->guard != loan->hold->guard;
}

/* fl_get_mut. */
static bool is_exclusive(const struct loans *l, struct flow_point made_at)
{
    const struct ir_terminator *term = &l->fn->blocks[made_at.block].terminator;
    return flow_point_is_terminator(l->fn, made_at) && term->kind == IR_TERM_CALL && term->call->callee &&
           ir_note(term->call->callee->notes, "result.exclusive");
}

/* One cell for certain: no pointer is followed and no element chosen on the way. */
static bool is_certain(const struct ir_place *place)
{
    for (uint32_t i = 0; i < place->projection_count; i++)
        if (place->projections[i].kind != IR_PROJ_FIELD)
            return false;
    return true;
}

/* `name_of(&address, buffer)` returns a part of the address, or the buffer: which one, its arguments may decide. */
static bool may_return_another(const struct loans *l, struct flow_point at)
{
    const struct ir_call *call = l->fn->blocks[at.block].terminator.call;
    const struct origins *callee = call ? origins_in_view(l->origins, call) : NULL;
    unsigned others = 0;
    for (uint32_t i = 0; callee && i < callee->result->count; i++)
        others += callee->result->items[i]->kind != ORIGIN_NULL;
    return others > 1;
}

/*
 * Plain C leaves addresses of locals in places that it does not look at again, or sets back by another way (Csmith's
 * programs do so all the time). In code that says nothing of ownership that is told of only where it is certain.
 */
static bool is_plain_habit(const struct loans *l, const struct loan *loan, const struct loan_source *source,
                           const struct loan_use *use, bool is_result)
{
    if (loan->kind != LOAN_END_STORAGE || l->fn->is_annotated_code)
        return false;
    if (use->is_exit && !is_result)
        return true;
    if (loan->is_only_target)
        return false;
    /* What a callee left behind pointers (a job in a queue) may be done with by then: that is for who knows of threads. */
    if (flow_point_is_terminator(l->fn, source->at))
        return !origin_is_direct(loan->cell) || may_return_another(l, source->at);
    const struct ir_statement *st = &l->fn->blocks[source->at.block].statements[source->at.statement];
    bool is_copy = st->kind == IR_ST_ASSIGN && st->value.operand_count > 0 && st->value.operands[0].kind != IR_OPERAND_CONST;
    return !is_certain(&st->place) || (is_copy && !is_certain(&st->value.operands[0].place));
}

static void check_candidate(struct loans *l, const struct loan *loan)
{
    struct loan_use use;
    struct loan_source source;
    bool into_itself = !loan->hold && goes_with(loan->cell, loan->place, false);
    struct loan made = *loan; /* where to look for how it was made */
    if (loan->sent) {
        made.cell = loan->sent;
        made.at = loan->sent_at;
    }
    if (loan->kept)
        made.at = loan->kept->at;
    if (into_itself || loan->kept || loan->sent == loan->cell || loan->kind == LOAN_END_THREAD)
        use = (struct loan_use){.at = loan->at, .span = loan->span, .is_exit = loan->kind == LOAN_END_THREAD};
    else if (!loan_find_use(l, loan, &use))
        return;
    if (!loan_find_source(l, &made, &source))
        return; /* it came in by a way that nobody can be shown */
    if (loan->hold && is_of_another_guard(l, loan, source.base))
        return;
    if (loan->kind == LOAN_END_SHARED && (use.is_exit || !is_exclusive(l, source.made_at)))
        return; /* there may be many that only read */
    if (findings_mention(l->analysis->sink, "E0373", source.borrow) ||
        findings_mention(l->analysis->sink, "E0373", use.span))
        return; /* a thread has it, which is worse */
    if (loan->sent && findings_mention(l->analysis->sink, "E0597", source.borrow))
        return; /* channel_sends.c */
    bool is_result = origin_root(loan->cell)->kind == ORIGIN_LOCAL && origin_root(loan->cell)->index == 0;
    if (use.is_exit && !is_result && !loan_is_left_behind(l, loan, source.at))
        return;
    if (use.is_exit && !loan->is_only_target && loan->is_element && !loan_is_left_in_array(l, loan, source.at))
        return;
    if (is_plain_habit(l, loan, &source, &use, is_result))
        return;
    bool end_is_new = is_new(l, loan, loan->span), borrow_is_new = is_new(l, loan, source.borrow); /* both are noted */
    if (end_is_new && borrow_is_new)
        loan_report(l, loan, &source, &use);
}

void loans_begin(struct loans *loans, struct analysis *analysis, struct origins *origins)
{
    *loans = (struct loans){
        .analysis = analysis,
        .origins = origins,
        .fn = origins->fn,
        .found = g_array_new(FALSE, FALSE, sizeof(struct loan)),
        .kept = g_array_new(FALSE, FALSE, sizeof(struct loan_kept)),
        .reported = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
}

void loans_check_candidates(struct loans *loans)
{
    for (guint i = 0; i < loans->found->len; i++)
        check_candidate(loans, &g_array_index(loans->found, struct loan, i));
}

void loans_end(struct loans *loans)
{
    g_array_free(loans->found, TRUE);
    g_array_free(loans->kept, TRUE);
    g_hash_table_destroy(loans->reported);
}

void loans_check(struct analysis *analysis, struct origin_program *program, const struct ir_function *fn)
{
    if (fn->in_system_header || fn->is_broken || !is_interesting(analysis, fn))
        return;
    struct origins *origins = origins_of(program, fn);
    if (!origins)
        return;
    struct loans loans;
    loans_begin(&loans, analysis, origins);
    loans_find_kept(&loans);
    dataflow_visit(origins->flow, visit, &loans);
    loans_find_sends(&loans);
    loans_find_thread_locals(&loans);
    loans_check_candidates(&loans);
    loans_end(&loans);
}
