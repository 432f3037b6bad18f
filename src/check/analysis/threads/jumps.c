/*
 * F0407. longjmp (`fl.jumps`) takes a function away in the middle: cleanups do not run, so a lock that a guard holds stays
 * locked, an owned value is lost, and the threads of an open scope go on with what they borrow. pthread_exit
 * (`fl.exits_thread`) runs the cleanups, if the program was built with -fexceptions, and only values without one are lost,
 * and locks that are let go by hand.
 *
 * What is alive at a call is a must-analysis: told of is what every way to the call leaves alive. A function of the
 * program that may jump is known by its calls. A jump back to a setjmp of this very function passes only what was
 * begun behind the setjmp.
 */
#include "analysis/threads/jumps.h"

#include "analysis/loans/holds.h"
#include "analysis/locks/held_sets.h"
#include "analysis/summary.h"

enum { MAX_THINGS = 64 };

enum jump_kind { JUMP_NONE, JUMP_LONG, JUMP_EXIT };

struct jump {
    enum jump_kind kind;
    struct span span; /* of the call that jumps, maybe further down */
};

struct jumps {
    struct analysis *analysis;
    struct origin_program *program;
    struct jump *functions; /* by index: what a call of it may do */
    bool target_unlocks;    /* a function that a jump may lead to (setjmp) lets locks go: whose, nobody tracks */
};

/* Something that must not be left behind: a scope or an owned variable. Guards are the holds. */
struct thing {
    uint32_t local;
    bool is_scope;
    bool has_cleanup; /* fl_auto, a scope */
    struct flow_point begin; /* of its storage; block UINT32_MAX: a parameter */
};

struct function {
    struct jumps *all;
    const struct ir_function *fn;
    struct origins *origins;
    struct holds *holds;   /* NULL: it has no guards */
    struct thing *things;
    uint32_t count;
    uint32_t *thing_of;    /* by local: its index, UINT32_MAX */
    uint64_t *ended;       /* by block: what the call that ends it takes over or ends */
    struct dataflow *flow;
};

/* ----------------------------------------------------------------------------------------- who jumps */

static struct jump jump_of_call(const struct jumps *j, const struct ir_call *call, struct span span)
{
    if (call->mode != IR_CALL_PLAIN || !call->callee)
        return (struct jump){JUMP_NONE, NO_SPAN};
    if (ir_note(call->callee->notes, "jumps"))
        return (struct jump){JUMP_LONG, span};
    if (ir_note(call->callee->notes, "exits_thread"))
        return (struct jump){JUMP_EXIT, span};
    return j->functions[call->callee->index];
}

static bool sets_a_target(const struct ir_function *fn)
{
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_terminator *term = &fn->blocks[b].terminator;
        if (term->kind == IR_TERM_CALL && term->call->callee && term->call->callee->returns_twice)
            return true;
    }
    return false;
}

/* `if (setjmp(env)) { unlock(&m); ...`: it lets go what it has not taken. */
static bool unlocks_for_others(const struct analysis *analysis, const struct ir_function *fn)
{
    for (uint32_t b = 0; b < fn->block_count; b++)
        if (held_sets_at(analysis->held_sets, fn, b)->let_go)
            return true;
    return false;
}

static void summarise(struct jumps *j, const struct ir_function *fn)
{
    const struct cfg *cfg = analysis_cfg(j->analysis, fn);
    struct jump *known = &j->functions[fn->index];
    bool catches = sets_a_target(fn); /* maybe not this jump; then nothing is said */
    for (uint32_t i = 0; i < cfg->order_count && known->kind == JUMP_NONE; i++) {
        const struct ir_terminator *term = &fn->blocks[cfg->order[i]].terminator;
        if (term->kind != IR_TERM_CALL || (term->flags & IR_FLAG_UNSAFE))
            continue;
        struct jump jump = jump_of_call(j, term->call, term->span);
        if (jump.kind == JUMP_EXIT || (jump.kind == JUMP_LONG && !catches))
            *known = jump;
    }
}

/* ------------------------------------------------------------------------------------- what is alive */

static struct flow_point begin_of(const struct ir_function *fn, uint32_t local)
{
    for (uint32_t b = 0; b < fn->block_count; b++)
        for (uint32_t i = 0; i < fn->blocks[b].statement_count; i++)
            if (fn->blocks[b].statements[i].kind == IR_ST_STORAGE_LIVE && fn->blocks[b].statements[i].local == local)
                return (struct flow_point){b, i};
    return (struct flow_point){UINT32_MAX, 0};
}

static void add_thing(struct function *f, uint32_t local, bool is_scope, bool has_cleanup)
{
    if (f->thing_of[local] != UINT32_MAX) {
        f->things[f->thing_of[local]].has_cleanup |= has_cleanup;
    } else if (f->count < MAX_THINGS) {
        f->thing_of[local] = f->count;
        f->things[f->count++] = (struct thing){local, is_scope, has_cleanup, begin_of(f->fn, local)};
    }
}

static bool is_owned_variable(const struct ir_function *fn, uint32_t local)
{
    const struct ir_local *l = &fn->locals[local];
    return l->kind == IR_LOCAL_VARIABLE && l->name && !l->hidden && ir_type_is_owned(l->type->unqualified);
}

static bool is_scope(const struct ir_type *type)
{
    type = type->unqualified;
    return type->kind == IR_TYPE_RECORD && (type->record->traits & IR_TRAIT_SCOPE);
}

static void find_things(struct function *f)
{
    for (uint32_t l = f->fn->param_count + 1; l < f->fn->local_count; l++) {
        if (is_scope(f->fn->locals[l].type) && f->fn->locals[l].kind == IR_LOCAL_VARIABLE)
            add_thing(f, l, true, true);
        else if (is_owned_variable(f->fn, l))
            add_thing(f, l, false, false);
    }
    for (uint32_t b = 0; b < f->fn->block_count; b++)
        for (uint32_t i = 0; i < f->fn->blocks[b].statement_count; i++) {
            const struct ir_statement *st = &f->fn->blocks[b].statements[i];
            bool by_scope = st->kind == IR_ST_DROP && (st->flags & IR_FLAG_SCOPE_END);
            if (by_scope && st->place.base == IR_BASE_LOCAL && st->place.projection_count == 0)
                add_thing(f, st->place.base_index, false, true);
        }
}

static void see_call(struct function *f, const struct origin_state *state, uint32_t block, const struct ir_call *call)
{
    bool ends_scope = call->callee && ir_note(call->callee->notes, "scope.end");
    for (uint32_t i = 0; i < call->arg_count; i++) {
        const struct ir_operand *arg = &call->args[i];
        if (arg->kind == IR_OPERAND_CONST || arg->type->kind != IR_TYPE_POINTER)
            continue;
        bool takes = ends_scope || summary_argument(f->all->analysis, call, i).moved.when != EFFECT_NEVER;
        const struct origin_set *targets = takes ? origins_value(f->origins, state, arg) : f->origins->empty;
        for (uint32_t k = 0; k < targets->count; k++) {
            const struct origin *target = targets->items[k];
            if (target->kind != ORIGIN_LOCAL)
                continue;
            if (f->thing_of[target->index] != UINT32_MAX)
                f->ended[block] |= 1ull << f->thing_of[target->index];
        }
    }
}

static void visit(void *ctx, const void *state, struct flow_point at, const struct ir_statement *st,
                  const struct ir_terminator *term)
{
    if (!st && term->kind == IR_TERM_CALL && ((const struct origin_state *)state)->reached)
        see_call(ctx, state, at.block, term->call);
}

/* Order: fewer that are alive are more; join is intersection. Height: the number of things. */
struct alive {
    bool reached;
    uint64_t bits;
};

static void enter(void *ctx, void *state)
{
    struct function *f = ctx;
    struct alive *alive = state;
    alive->reached = true;
    for (uint32_t i = 0; i < f->count; i++)
        if (f->fn->locals[f->things[i].local].kind == IR_LOCAL_PARAM)
            alive->bits |= 1ull << i; /* with a cleanup, so it is the function's own */
}

static bool join(void *ctx, void *into_bytes, const void *from_bytes)
{
    (void)ctx;
    struct alive *into = into_bytes;
    const struct alive *from = from_bytes;
    if (!from->reached)
        return false;
    struct alive before = *into;
    into->bits = into->reached ? into->bits & from->bits : from->bits;
    into->reached = true;
    return before.reached != into->reached || before.bits != into->bits;
}

static void set_alive(const struct function *f, struct alive *alive, const struct ir_place *place, bool is_alive)
{
    uint32_t thing = place->base == IR_BASE_LOCAL ? f->thing_of[place->base_index] : UINT32_MAX;
    if (thing == UINT32_MAX || ir_place_has_deref(place))
        return;
    if (!is_alive)
        alive->bits &= ~(1ull << thing);
    else if (place->projection_count == 0)
        alive->bits |= 1ull << thing;
}

static void see_operands(const struct function *f, struct alive *alive, const struct ir_operand *operands, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (operands[i].kind == IR_OPERAND_MOVE)
            set_alive(f, alive, &operands[i].place, false);
}

static void see_statement(void *ctx, void *state, struct flow_point at, const struct ir_statement *st)
{
    const struct function *f = ctx;
    struct alive *alive = state;
    (void)at;
    switch (st->kind) {
    case IR_ST_ASSIGN:
        see_operands(f, alive, st->value.operands, st->value.operand_count);
        if (st->place.base == IR_BASE_LOCAL && f->thing_of[st->place.base_index] != UINT32_MAX) {
            bool is_scope = f->things[f->thing_of[st->place.base_index]].is_scope;
            bool has_value = st->value.operand_count > 0 && st->value.operands[0].kind != IR_OPERAND_CONST;
            if (is_scope || has_value)
                set_alive(f, alive, &st->place, true);
        }
        break;
    case IR_ST_ZERO:
    case IR_ST_DROP:
    case IR_ST_FORGET: {
        uint32_t thing = st->place.base == IR_BASE_LOCAL ? f->thing_of[st->place.base_index] : UINT32_MAX;
        bool begins_scope = st->kind == IR_ST_ZERO && thing != UINT32_MAX && f->things[thing].is_scope;
        set_alive(f, alive, &st->place, begins_scope);
        break;
    }
    case IR_ST_STORAGE_LIVE:
    case IR_ST_STORAGE_DEAD: {
        uint32_t thing = f->thing_of[st->local];
        bool begins_scope = st->kind == IR_ST_STORAGE_LIVE && thing != UINT32_MAX && f->things[thing].is_scope;
        set_alive(f, alive, &(struct ir_place){.base = IR_BASE_LOCAL, .base_index = st->local}, begins_scope);
        break;
    }
    default:
        break;
    }
}

static void see_terminator(void *ctx, void *state, struct flow_point at, const struct ir_terminator *term)
{
    const struct function *f = ctx;
    struct alive *alive = state;
    if (term->kind != IR_TERM_CALL)
        return;
    see_operands(f, alive, term->call->args, term->call->arg_count);
    alive->bits &= ~f->ended[at.block];
    if (term->call->has_dest)
        set_alive(f, alive, &term->call->dest, true);
}

/* ------------------------------------------------------------------------------------------- words */

/* A setjmp of this function that stands behind the beginning of what the jump would pass. */
static bool stays_inside(const struct function *f, struct flow_point begin)
{
    bool is_param = begin.block == UINT32_MAX;
    for (uint32_t i = 0; i < f->origins->cfg->order_count; i++) {
        uint32_t block = f->origins->cfg->order[i];
        const struct ir_terminator *term = &f->fn->blocks[block].terminator;
        struct flow_point at = {block, f->fn->blocks[block].statement_count};
        if (term->kind == IR_TERM_CALL && term->call->callee && term->call->callee->returns_twice &&
            (is_param || cfg_point_dominates(f->origins->cfg, begin, at)))
            return true;
    }
    return false;
}

static struct finding *begin_finding(const struct function *f, const char *what, const char *name, struct jump jump,
                                     const struct ir_terminator *term, const char *consequence)
{
    const char *jumps = jump.kind == JUMP_EXIT ? "the end of the thread" : "a jump";
    struct finding *finding = name ? finding_new(f->all->analysis->sink, "F0407", "%s leaves %s `%s` behind", jumps, what, name)
                                   : finding_new(f->all->analysis->sink, "F0407", "%s leaves %s behind", jumps, what);
    finding_primary(finding, term->span, "%s", consequence);
    finding_step(finding, 2);
    if (!span_equal(jump.span, term->span))
        finding_note_at(finding, jump.span, NULL, "`%s` %s here", term->call->callee->name,
                        jump.kind == JUMP_EXIT ? "ends the thread" : "jumps");
    return finding;
}

static void finish(struct finding *finding, struct jump jump, const char *what)
{
    if (jump.kind == JUMP_EXIT)
        finding_help(finding, "%s before, or return from the thread's function", what);
    else
        finding_help(finding, "%s before the jump, or return a status in its place", what);
}

static bool report_hold(const struct function *f, struct jump jump, const struct ir_terminator *term, uint32_t block)
{
    uint64_t held = f->holds ? holds_before(f->holds, block) : 0;
    for (guint i = 0; held && i < f->holds->list->len && i < HOLDS_TRACKED; i++) {
        const struct hold *hold = &g_array_index(f->holds->list, struct hold, i);
        if (!(held >> i & 1) || hold->is_try || stays_inside(f, hold->at))
            continue;
        const struct origin *lock = hold->locks->count > 0 ? hold->locks->items[0] : NULL;
        if (lock && lock->kind == ORIGIN_FIELD && lock->record->fields[lock->index].name &&
            g_str_has_prefix(lock->record->fields[lock->index].name, "fl_"))
            lock = lock->parent; /* the parts of a cell are private */
        if (lock && (lock->kind == ORIGIN_DEREF || lock->kind == ORIGIN_OWNED))
            lock = lock->parent;
        const char *name = lock ? origin_describe(f->origins, lock) : NULL;
        struct finding *finding = begin_finding(f, hold->is_borrow ? "a borrow of" : "a guard of", name ? name : "a lock",
                                                jump, term, hold->is_borrow ? "it stays borrowed" : "it stays locked");
        finding_label(finding, hold->span, hold->is_borrow ? "borrowed here" : "locked here");
        finding_step(finding, 1);
        finish(finding, jump, "end it with `fl_unlock`");
        return true;
    }
    return false;
}

/* What pthread_cleanup_push has pushed runs at the end of the thread, and may unlock. */
static bool runs_cleanups(const struct ir_function *fn)
{
    for (uint32_t b = 0; b < fn->block_count; b++)
        if (fn->blocks[b].terminator.kind == IR_TERM_CALL && (fn->blocks[b].terminator.flags & IR_FLAG_SCOPE_END))
            return true;
    return false;
}

/* A lock that is let go by hand. */
static bool report_lock(const struct function *f, struct jump jump, const struct ir_terminator *term, uint32_t block)
{
    const struct block_locks *here = held_sets_at(f->all->analysis->held_sets, f->fn, block);
    if (jump.kind == JUMP_EXIT ? runs_cleanups(f->fn) : f->all->target_unlocks || sets_a_target(f->fn))
        return false;
    for (uint32_t i = 0; i < here->count; i++) {
        const struct block_lock *lock = &here->held[i];
        if (span_is_none(lock->start))
            continue;
        const char *name = origin_describe(f->origins, lock->locks->items[0]);
        struct finding *finding = begin_finding(f, "a lock of", name ? name : "an object", jump, term, "it stays locked");
        finding_label(finding, lock->start, "locked here");
        finding_step(finding, 1);
        finish(finding, jump, "unlock it");
        return true;
    }
    return false;
}

static bool report_thing(const struct function *f, struct jump jump, const struct ir_terminator *term, uint32_t block)
{
    const struct alive *alive = dataflow_block_state(f->flow, block);
    struct alive here = alive ? *alive : (struct alive){0};
    for (uint32_t i = 0; i < f->fn->blocks[block].statement_count; i++)
        see_statement((void *)f, &here, (struct flow_point){block, i}, &f->fn->blocks[block].statements[i]);
    see_operands(f, &here, term->call->args, term->call->arg_count);
    for (uint32_t i = 0; i < f->count; i++) {
        const struct thing *thing = &f->things[i];
        const struct ir_local *local = &f->fn->locals[thing->local];
        bool unwinds = jump.kind == JUMP_EXIT && f->fn->unwinds;
        if (!(here.bits >> i & 1) || (unwinds && thing->has_cleanup) || (!thing->is_scope && !local->name) ||
            stays_inside(f, thing->begin))
            continue;
        struct finding *finding;
        if (thing->is_scope) {
            finding = begin_finding(f, "an open scope", NULL, jump, term, "the scope is left here, and its threads may go on");
            finding_label(finding, local->span, "threads started in this scope may use what they borrow until it ends");
            finding_step(finding, 1);
            finish(finding, jump, "leave the scope");
        } else {
            finding = begin_finding(f, "the owned value", local->name, jump, term, "it is never dropped");
            finding_label(finding, local->span, "binding `%s` declared here", local->name);
            finish(finding, jump, "drop it");
        }
        return true;
    }
    return false;
}

/* ------------------------------------------------------------------------------------------- checks */

static bool may_jump(const struct jumps *j, const struct ir_function *fn)
{
    for (uint32_t b = 0; b < fn->block_count; b++) {
        const struct ir_terminator *term = &fn->blocks[b].terminator;
        if (term->kind == IR_TERM_CALL && jump_of_call(j, term->call, term->span).kind != JUMP_NONE)
            return true;
    }
    return false;
}

static void check_calls(const struct function *f)
{
    for (uint32_t i = 0; i < f->origins->cfg->order_count; i++) {
        uint32_t block = f->origins->cfg->order[i];
        const struct ir_terminator *term = &f->fn->blocks[block].terminator;
        if (term->kind != IR_TERM_CALL || (term->flags & IR_FLAG_UNSAFE))
            continue;
        struct jump jump = jump_of_call(f->all, term->call, term->span);
        if (jump.kind == JUMP_NONE)
            continue;
        bool unwinds = jump.kind == JUMP_EXIT && f->fn->unwinds;
        if ((unwinds || !report_hold(f, jump, term, block)) && !report_thing(f, jump, term, block))
            report_lock(f, jump, term, block);
    }
}

static void check_function(struct jumps *j, const struct ir_function *fn)
{
    if (fn->in_system_header || !may_jump(j, fn))
        return;
    struct function f = {.all = j, .fn = fn, .origins = origins_of(j->program, fn)};
    if (!f.origins)
        return;
    f.holds = holds_any(fn) ? holds_new(f.origins) : NULL;
    f.things = g_new0(struct thing, MAX_THINGS);
    f.ended = g_new0(uint64_t, fn->block_count);
    f.thing_of = g_new(uint32_t, fn->local_count);
    for (uint32_t l = 0; l < fn->local_count; l++)
        f.thing_of[l] = UINT32_MAX;
    find_things(&f);
    dataflow_visit(f.origins->flow, visit, &f);
    struct dataflow_problem problem = {
        .direction = DATAFLOW_FORWARD,
        .state_size = sizeof(struct alive),
        .entry = enter,
        .join = join,
        .statement = see_statement,
        .terminator = see_terminator,
    };
    f.flow = dataflow_run(f.origins->cfg, &problem, &f);
    check_calls(&f);
    dataflow_free(f.flow);
    if (f.holds)
        holds_free(f.holds);
    g_free(f.things);
    g_free(f.ended);
    g_free(f.thing_of);
}

void jumps_check(struct analysis *analysis, struct origin_program *program)
{
    const struct ir_unit *unit = analysis->unit;
    const struct callgraph *graph = analysis->callgraph;
    struct jumps j = {analysis, program, g_new0(struct jump, unit->function_count + 1), false};
    for (uint32_t f = 0; f < unit->function_count; f++)
        j.target_unlocks |= sets_a_target(unit->functions[f]) && unlocks_for_others(analysis, unit->functions[f]);
    for (uint32_t c = 0; c < graph->component_count; c++)
        for (uint32_t i = 0; i < graph->components[c].count; i++) {
            const struct ir_function *fn = unit->functions[graph->components[c].functions[i]];
            if (fn->is_broken || fn->block_count == 0)
                continue;
            check_function(&j, fn);
            summarise(&j, fn);
        }
    g_free(j.functions);
}
