/*
 * One walk over a function with the origins of every point: which guarded data it touches, which locks its
 * calls take and give back.
 */
#include <string.h>

#include "analysis/context.h"
#include "analysis/locks/guard_parts.h"

struct walk {
    struct guard_function *f;
    const struct origin_state *state;
    struct flow_point at;
    unsigned flags;
};

/* ------------------------------------------------------------------------------------------ accesses */

/* The guarded field or global that an origin is in: in it itself, or in what it owns. */
static const struct origin *guarded_part(const struct guard_function *f, const struct origin *origin, bool *ret_is_owned)
{
    for (const struct origin *at = origin; at; at = at->parent) {
        *ret_is_owned |= at->kind == ORIGIN_OWNED;
        if (at->kind == ORIGIN_DEREF)
            return NULL;
        if (at->kind == ORIGIN_FIELD && at->record->fields[at->index].guarded_by)
            return at;
        if (at->kind == ORIGIN_GLOBAL && ir_note(f->analysis->unit->globals[at->index]->notes, "guarded_by"))
            return at;
    }
    return NULL;
}

static const struct origin_set *locks_of(struct guard_function *f, const struct origin *part)
{
    if (part->kind == ORIGIN_FIELD)
        return lock_beside_field(f->origins, part);
    const struct ir_global *global = f->analysis->unit->globals[part->index];
    return lock_of_global(f->origins, part->index, ir_note(global->notes, "guarded_by"));
}

/* By which pointer variable a place is reached; UINT32_MAX when it is named directly. */
static uint32_t leading_pointer(const struct ir_place *place)
{
    if (place->base == IR_BASE_LOCAL && place->projection_count > 0 && place->projections[0].kind == IR_PROJ_DEREF)
        return place->base_index;
    return UINT32_MAX;
}

/* `address`: of the place, of what the pointer leads to. */
static void add_access(struct walk *w, const struct origin_set *targets, const struct value *address, struct guard_access access)
{
    struct guard_function *f = w->f;
    access.at = w->at;
    access.locks = f->origins->empty;
    for (uint32_t i = 0; i < targets->count; i++) {
        const struct origin *part = guarded_part(f, targets->items[i], &access.is_behind);
        if (!part && targets->items[i]->kind == ORIGIN_NULL)
            continue;
        if (!part)
            return; /* it may be something that no lock guards */
        access.data = part;
        access.field = part->kind == ORIGIN_FIELD ? &part->record->fields[part->index] : NULL;
        access.is_cell = access.field && g_str_has_prefix(access.field->guarded_by, "fl_");
        access.locks = origin_set_join(f->origins, access.locks, locks_of(f, part));
    }
    if (!access.data || access.locks->count == 0)
        return;
    const struct origin *lock = access.locks->items[0];
    if (access.field && lock->kind == ORIGIN_FIELD && lock->parent == access.data->parent)
        access.instance = lock_instance(address, access.data->record, access.data->index);
    g_array_append_val(f->accesses, access);
}

static bool mentions_guarded(const struct guard_function *f, const struct ir_place *place)
{
    if (place->base == IR_BASE_GLOBAL &&
        ir_note(f->analysis->unit->globals[place->base_index]->notes, "guarded_by"))
        return true;
    for (uint32_t i = 0; i < place->projection_count; i++) {
        if (place->projections[i].kind == IR_PROJ_DEREF)
            return true; /* where it leads is known only by its origins */
        if (place->projections[i].kind == IR_PROJ_FIELD &&
            place->projections[i].record->fields[place->projections[i].index].guarded_by)
            return true;
    }
    return false;
}

static void access_place(struct walk *w, const struct ir_place *place, struct span span, bool writes)
{
    if ((w->flags & IR_FLAG_UNSAFE) || !mentions_guarded(w->f, place))
        return;
    struct guard_access access = {.span = span, .writes = writes, .pointer = leading_pointer(place), .place = place};
    add_access(w, origins_place(w->f->origins, w->state, place), value_address(w->f->values, w->at, place), access);
    /* what the place's own pointers are read from */
    struct ir_place prefix = *place;
    for (uint32_t i = 1; i < place->projection_count; i++) {
        if (place->projections[i].kind != IR_PROJ_DEREF)
            continue;
        prefix.projection_count = i;
        prefix.type = place->projections[i - 1].type;
        access = (struct guard_access){.span = span, .pointer = leading_pointer(&prefix)};
        if (mentions_guarded(w->f, &prefix))
            add_access(w, origins_place(w->f->origins, w->state, &prefix), value_address(w->f->values, w->at, &prefix), access);
    }
}

static void access_operand(struct walk *w, const struct ir_operand *operand)
{
    if (operand->kind != IR_OPERAND_CONST)
        access_place(w, &operand->place, operand->span, operand->kind == IR_OPERAND_MOVE);
}

static void walk_statement(struct walk *w, const struct ir_statement *st)
{
    w->flags = st->flags;
    switch (st->kind) {
    case IR_ST_ASSIGN:
        for (uint32_t i = 0; i < st->value.operand_count; i++)
            access_operand(w, &st->value.operands[i]);
        if (!(st->flags & IR_FLAG_INITIALIZER))
            access_place(w, &st->place, st->span, true);
        break;
    case IR_ST_ZERO:
        if (!(st->flags & IR_FLAG_INITIALIZER))
            access_place(w, &st->place, st->span, true);
        break;
    case IR_ST_DROP:
    case IR_ST_FORGET:
        if (!(st->flags & IR_FLAG_SCOPE_END))
            access_place(w, &st->place, st->span, true);
        break;
    case IR_ST_ATOMIC:
        for (uint32_t i = 0; i < st->atomic->operand_count; i++)
            access_operand(w, &st->atomic->operands[i]);
        break;
    default:
        break;
    }
}

/* --------------------------------------------------------------------------------------------- calls */

static uint32_t only_local(const struct origin_set *set)
{
    return set->count == 1 && set->items[0]->kind == ORIGIN_LOCAL ? set->items[0]->index : UINT32_MAX;
}

static enum guard_condition condition_of(const char *text)
{
    if (strcmp(text, "0") == 0)
        return GUARD_IF_ZERO;
    return GUARD_IF_NONZERO; /* "!0", "nonnull" */
}

/* The lock a note speaks of: named in the note, else what the first argument points to. */
static const struct origin_set *noted_lock(struct walk *w, const struct ir_call *call, const char *text)
{
    if (*text)
        return lock_of_parameters(w->f->origins, w->state, call->callee, call, text);
    if (call->arg_count == 0)
        return w->f->origins->empty;
    return origins_value(w->f->origins, w->state, &call->args[0]);
}

static void add_call(struct walk *w, struct guard_call call)
{
    call.block = w->at.block;
    call.span = w->f->fn->blocks[w->at.block].terminator.span;
    g_array_append_val(w->f->calls, call);
}

static const struct value *argument_value(struct walk *w, const struct ir_call *call, uint32_t index)
{
    struct flow_point at = {w->at.block, w->f->fn->blocks[w->at.block].statement_count};
    return value_without_casts(value_of_operand(w->f->values, at, &call->args[index]));
}

/* As long as the function runs, this expression is the address of one object: no element of an array is chosen. */
bool guard_value_names_one(const struct cfg *cfg, const struct value *v)
{
    switch (v->kind) {
    case VALUE_GLOBAL:
    case VALUE_LOCAL:
    case VALUE_PARAM:
        return true;
    case VALUE_FIELD:
        return guard_value_names_one(cfg, v->base);
    case VALUE_LOAD:
        return v->index == 0 && guard_value_names_one(cfg, v->base);
    case VALUE_UNARY:
        return v->op < 0 && guard_value_names_one(cfg, v->base);
    case VALUE_CALL:
        return cfg->loop_of[v->index] == CFG_NONE;
    default:
        return false;
    }
}

static bool is_one_lock(const struct origin_set *locks)
{
    return locks->count == 1 && locks->items[0]->kind != ORIGIN_UNKNOWN && locks->items[0]->kind != ORIGIN_NULL;
}

/* The lock that the first argument points to: by which expression. */
static void identify(struct walk *w, const struct ir_call *call, struct guard_call *found)
{
    if (call->arg_count == 0)
        return;
    const struct value *value = argument_value(w, call, 0);
    if (value->kind != VALUE_CONST)
        found->value = value;
    found->exact = is_one_lock(found->locks) && guard_value_names_one(w->f->origins->cfg, value);
}

/* The same for a lock that is seen through the callee's eyes. */
static bool is_exact_from_here(struct walk *w, const struct ir_call *call, const struct origin *lock,
                               const struct origin_set *here)
{
    const struct origin *root = origin_root(lock);
    if (!is_one_lock(here))
        return false;
    if (root->kind != ORIGIN_LOCAL)
        return true;
    uint32_t argument = root->index - 1;
    return argument < call->arg_count && guard_value_names_one(w->f->origins->cfg, argument_value(w, call, argument));
}

/* Waiting on a condition variable lets a lock go, which must be held. */
static void walk_wait(struct walk *w, const struct ir_call *call)
{
    const char *timed = ir_note(call->callee->notes, "waits_holding.timed");
    const char *text = timed ? timed : ir_note(call->callee->notes, "waits_holding");
    uint32_t holder = text ? (uint32_t)g_ascii_strtoull(text, NULL, 10) : 0;
    if (!text || holder >= call->arg_count)
        return;
    struct guard_call found = {.waits = true, .is_timed = timed != NULL};
    found.condvar = origins_value(w->f->origins, w->state, &call->args[0]);
    found.locks = origins_value(w->f->origins, w->state, &call->args[holder]);
    found.value = argument_value(w, call, holder);
    found.guard = only_local(found.locks); /* if it is no guard, the lock itself is that local */
    add_call(w, found);
}

/* A lock begins or ends; or memory does, which may have locks in it. */
static void walk_life(struct walk *w, const struct ir_call *call)
{
    const struct ir_function *callee = call->callee;
    bool makes = ir_note(callee->notes, "initialises_lock"), destroys = ir_note(callee->notes, "destroys_lock");
    for (uint32_t i = 0; i < call->arg_count && i < callee->type->param_count; i++) {
        bool frees = ir_note(callee->params[i].notes, "free");
        if (!frees && (i > 0 || (!makes && !destroys)))
            continue;
        struct guard_call found = {.makes = makes, .destroys = destroys, .frees = frees, .guard = UINT32_MAX};
        found.locks = origins_value(w->f->origins, w->state, &call->args[i]);
        found.value = argument_value(w, call, i);
        found.exact = is_one_lock(found.locks) && guard_value_names_one(w->f->origins->cfg, found.value);
        add_call(w, found);
    }
}

/* `a->lock` in a note, where a is a parameter: the argument for it. */
static const struct value *noted_instance(struct walk *w, const struct ir_call *call, const char *text)
{
    const struct ir_function *callee = call->callee;
    for (uint32_t i = 0; i < callee->type->param_count && i < call->arg_count; i++) {
        const char *name = callee->param_names ? callee->param_names[i] : NULL;
        size_t length = name ? strlen(name) : 0;
        const char *at = text + strspn(text, " &(");
        if (length > 0 && strncmp(at, name, length) == 0 && g_str_has_prefix(at + length, "->") &&
            !strpbrk(at + length + 2, ".-"))
            return argument_value(w, call, i);
    }
    return NULL;
}

static void walk_notes(struct walk *w, const struct ir_call *call)
{
    const char *const *notes = call->callee->notes;
    static const char *const names[] = {"acquires", "acquires.shared", "acquires_if", "acquires_if.shared"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *text = ir_note(notes, names[i]);
        if (!text)
            continue;
        struct guard_call found = {.acquires = true, .shared = i & 1, .is_try = i >= 2, .guard = UINT32_MAX};
        if (i >= 2)
            found.condition = condition_of(text);
        found.locks = noted_lock(w, call, i < 2 ? text : "");
        if (i >= 2 || !*text)
            identify(w, call, &found);
        if (call->has_dest && call->dest.type->kind == IR_TYPE_RECORD && call->dest.base == IR_BASE_LOCAL)
            found.guard = call->dest.base_index;
        found.may_fail = i < 2 && call->has_dest && !call->result_unused && call->dest.type->kind == IR_TYPE_INT;
        for (uint32_t k = 0; k < call->arg_count && k < call->callee->type->param_count; k++)
            if (ir_note(call->callee->params[k].notes, "guard_set"))
                found.guard = only_local(origins_value(w->f->origins, w->state, &call->args[k]));
        add_call(w, found);
    }
    if (ir_note(notes, "moves_hold") && call->arg_count > 0 && call->has_dest && call->dest.base == IR_BASE_LOCAL) {
        struct guard_call found = {.moves = true, .locks = noted_lock(w, call, ""), .guard = call->dest.base_index};
        found.from = only_local(found.locks);
        add_call(w, found);
    }
    walk_wait(w, call);
    walk_life(w, call);
    if (ir_note(notes, "downgrades") && call->arg_count > 0) {
        struct guard_call found = {.downgrades = true, .locks = noted_lock(w, call, "")};
        identify(w, call, &found);
        found.guard = only_local(found.locks);
        add_call(w, found);
    }
    const char *text = ir_note(notes, "releases");
    if (text) {
        struct guard_call found = {.releases = true, .locks = noted_lock(w, call, text), .guard = UINT32_MAX};
        if (!*text) {
            identify(w, call, &found);
            found.guard = only_local(found.locks);
        }
        add_call(w, found);
    }
    for (; *notes; notes++) {
        bool needs = g_str_has_prefix(*notes, "requires:");
        if (!needs && !g_str_has_prefix(*notes, "excludes:"))
            continue;
        struct guard_call found = {.needs = needs, .takes = !needs, .excludes = !needs, .callee = call->callee};
        found.guard = UINT32_MAX;
        found.locks = lock_of_parameters(w->f->origins, w->state, call->callee, call, strchr(*notes, ':') + 1);
        found.exact = is_one_lock(found.locks);
        found.instance = noted_instance(w, call, strchr(*notes, ':') + 1);
        for (uint32_t i = 0; i < call->arg_count; i++)
            found.exact &= call->args[i].type->kind != IR_TYPE_POINTER || guard_value_names_one(w->f->origins->cfg, argument_value(w, call, i));
        add_call(w, found);
    }
}

static const struct origin_set *seen_from_here(struct walk *w, const struct ir_call *call, const struct origins *callee,
                                               const struct origin_set *locks)
{
    const struct origin_set *set = w->f->origins->empty;
    for (uint32_t i = 0; i < locks->count; i++)
        set = origin_set_join(w->f->origins, set,
                              origins_of_callee(w->f->origins, w->state, call, w->at.block, callee, locks->items[i]));
    return set;
}

/* `p->lock` of the callee: the object is the argument for p. */
static const struct value *instance_in_argument(struct walk *w, const struct ir_call *call, const struct origin *lock)
{
    const struct origin *object = lock->kind == ORIGIN_FIELD ? lock->parent : NULL;
    bool is_argument = object && object->kind == ORIGIN_DEREF && object->parent->kind == ORIGIN_LOCAL;
    uint32_t argument = is_argument ? object->parent->index - 1 : UINT32_MAX;
    return argument < call->arg_count ? argument_value(w, call, argument) : NULL;
}

static void walk_summary(struct walk *w, const struct ir_call *call)
{
    const struct guard_summary *summary = w->f->analysis->summaries[call->callee->index];
    if (!summary)
        return;
    struct origins *callee = origins_of(w->f->analysis->program, call->callee);
    for (guint i = 0; i < summary->needs->len; i++) {
        const struct guard_requirement *wanted = &g_array_index(summary->needs, struct guard_requirement, i);
        struct guard_call found = {.needs = true, .callee = call->callee, .need = wanted->need, .guard = UINT32_MAX};
        found.locks = seen_from_here(w, call, callee, wanted->locks);
        if (wanted->locks->count == 1)
            found.instance = instance_in_argument(w, call, wanted->locks->items[0]);
        add_call(w, found);
    }
    for (guint i = 0; i < summary->waits->len; i++) {
        const struct guard_wait *wait = &g_array_index(summary->waits, struct guard_wait, i);
        struct guard_call found = {.waits = true, .is_timed = wait->is_timed, .callee = call->callee,
                                   .inside = wait->where, .guard = UINT32_MAX};
        found.locks = seen_from_here(w, call, callee, wait->locks);
        found.condvar = seen_from_here(w, call, callee, wait->condition);
        add_call(w, found);
    }
    for (guint i = 0; i < summary->writes->len; i++) {
        const struct guard_write *write = &g_array_index(summary->writes, struct guard_write, i);
        struct guard_call found = {.writes = true, .callee = call->callee, .inside = write->where, .guard = UINT32_MAX};
        found.locks = seen_from_here(w, call, callee, write->locks);
        add_call(w, found);
    }
    for (guint i = 0; i < summary->effects->len; i++) {
        const struct guard_effect *effect = &g_array_index(summary->effects, struct guard_effect, i);
        struct guard_call found = {
            .acquires = effect->acquires,
            .releases = effect->releases,
            .takes = effect->takes,
            .leaves = effect->kept != NULL,
            .shared = effect->shared,
            .is_try = effect->is_try,
            .unsure = effect->unsure,
            .condition = effect->condition,
            .callee = call->callee,
            .inside = effect->where,
            .kept = effect->kept,
            .guard = UINT32_MAX,
        };
        found.locks = origins_of_callee(w->f->origins, w->state, call, w->at.block, callee, effect->lock);
        found.exact = is_exact_from_here(w, call, effect->lock, found.locks);
        if (found.locks->count > 0)
            add_call(w, found);
    }
}

/* A pointer to guarded data that is given to a function is used there. */
static void walk_arguments(struct walk *w, const struct ir_call *call)
{
    for (uint32_t i = 0; i < call->arg_count; i++) {
        const struct ir_operand *arg = &call->args[i];
        access_operand(w, arg);
        if (arg->kind == IR_OPERAND_CONST || arg->place.type->kind != IR_TYPE_POINTER || (w->flags & IR_FLAG_UNSAFE))
            continue;
        uint32_t pointer = arg->place.base == IR_BASE_LOCAL && arg->place.projection_count == 0
                               ? arg->place.base_index : UINT32_MAX;
        if (pointer != UINT32_MAX && w->f->fn->locals[pointer].kind == IR_LOCAL_TEMP)
            pointer = UINT32_MAX;
        struct guard_access access = {.span = arg->span, .pointer = pointer, .call = call, .argument = i};
        add_access(w, origins_value(w->f->origins, w->state, arg), argument_value(w, call, i), access);
    }
}

static void walk_call(struct walk *w, const struct ir_call *call, unsigned flags)
{
    w->flags = flags;
    const struct ir_function *callee = call->callee;
    bool is_about_locks = callee && (ir_note(callee->notes, "acquires") || ir_note(callee->notes, "releases") ||
                                     ir_note(callee->notes, "acquires_if") || ir_note(callee->notes, "result.borrows"));
    if (!is_about_locks)
        walk_arguments(w, call);
    if (call->mode != IR_CALL_PLAIN || !callee)
        return;
    walk_notes(w, call);
    walk_summary(w, call);
}

static void visit(void *ctx, const void *state, struct flow_point at, const struct ir_statement *st,
                  const struct ir_terminator *term)
{
    struct walk w = {.f = ctx, .state = state, .at = at};
    if (!w.state->reached)
        return;
    if (st)
        walk_statement(&w, st);
    else if (term->kind == IR_TERM_CALL)
        walk_call(&w, term->call, term->flags);
    else if (term->kind == IR_TERM_BRANCH || term->kind == IR_TERM_SWITCH) {
        w.flags = term->flags;
        access_operand(&w, &term->condition);
    }
}

/* A wait is given a guard or a mutex; either may be a local. Only a call that takes a lock makes a guard of one. */
static void tell_guards_from_mutexes(struct guard_function *f)
{
    for (guint i = 0; i < f->calls->len; i++) {
        struct guard_call *wait = &g_array_index(f->calls, struct guard_call, i);
        bool is_guard = !wait->waits;
        for (guint k = 0; k < f->calls->len && !is_guard; k++) {
            const struct guard_call *other = &g_array_index(f->calls, struct guard_call, k);
            is_guard = (other->acquires || other->moves) && other->guard == wait->guard;
        }
        if (!is_guard)
            wait->guard = UINT32_MAX;
    }
}

void guard_sites_find(struct guard_function *f)
{
    dataflow_visit(f->origins->flow, visit, f);
    tell_guards_from_mutexes(f);
    for (const char *const *note = f->fn->notes; *note; note++) {
        if (!g_str_has_prefix(*note, "requires:") && !g_str_has_prefix(*note, "releases:"))
            continue;
        struct origin_state entry = {.reached = true};
        const struct origin_set *locks =
            lock_of_parameters(f->origins, &entry, f->fn, NULL, strchr(*note, ':') + 1);
        if (locks->count > 0)
            g_ptr_array_add(f->required, (gpointer)locks);
    }
}

/* -------------------------------------------------------------------------------------- a quick look */

static bool place_is_guarded(const struct ir_unit *unit, const struct ir_place *place)
{
    if (place->base == IR_BASE_GLOBAL && ir_note(unit->globals[place->base_index]->notes, "guarded_by"))
        return true;
    for (uint32_t i = 0; i < place->projection_count; i++)
        if (place->projections[i].kind == IR_PROJ_FIELD &&
            place->projections[i].record->fields[place->projections[i].index].guarded_by)
            return true;
    return false;
}

static bool operand_is_guarded(const struct ir_unit *unit, const struct ir_operand *operand)
{
    return operand->kind != IR_OPERAND_CONST && place_is_guarded(unit, &operand->place);
}

bool guard_function_names_guarded(const struct ir_unit *unit, const struct ir_function *fn)
{
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_block *block = &fn->blocks[b];
        for (uint32_t i = 0; i < block->statement_count; i++) {
            const struct ir_statement *st = &block->statements[i];
            if (place_is_guarded(unit, &st->place))
                return true;
            if (st->kind != IR_ST_ASSIGN)
                continue;
            if (st->value.kind == IR_RV_ADDRESS_OF && place_is_guarded(unit, &st->value.place))
                return true;
            for (uint32_t k = 0; k < st->value.operand_count; k++)
                if (operand_is_guarded(unit, &st->value.operands[k]))
                    return true;
        }
        const struct ir_terminator *term = &block->terminator;
        if ((term->kind == IR_TERM_BRANCH || term->kind == IR_TERM_SWITCH) && operand_is_guarded(unit, &term->condition))
            return true;
        for (uint32_t i = 0; term->kind == IR_TERM_CALL && i < term->call->arg_count; i++)
            if (operand_is_guarded(unit, &term->call->args[i]))
                return true;
    }
    return false;
}

bool guard_function_is_interesting(const struct guard_analysis *analysis, const struct ir_function *fn)
{
    static const char *const notes[] = {"requires",    "acquires",           "acquires.shared",
                                        "acquires_if", "acquires_if.shared", "releases", "excludes",
                                        "moves_hold",  "downgrades",         "waits_holding",
                                        "waits_holding.timed", "initialises_lock", "destroys_lock"};
    const struct call_sites *calls = &analysis->graph->calls[fn->index];
    for (uint32_t i = 0; i < calls->count; i++) {
        const struct ir_function *callee = calls->items[i].call->callee;
        if (!callee)
            continue;
        const struct guard_summary *summary = analysis->summaries[callee->index];
        if (summary && (summary->needs->len > 0 || summary->effects->len > 0 || summary->waits->len > 0))
            return true;
        for (size_t k = 0; k < G_N_ELEMENTS(notes); k++)
            if (ir_note(callee->notes, notes[k]))
                return true;
    }
    return guard_function_names_guarded(analysis->unit, fn);
}
