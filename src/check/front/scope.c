/*
 * Scopes: what runs when control leaves them, and jumps.
 *
 * Everything an exit has to run is an entry of a chain that leads from the innermost to the outermost.
 * Entries stay when their scope is left, so the chain is a tree, and a position in the function is one
 * of its nodes: a jump from one position to another runs the ends of the entries up to where their
 * chains meet, then starts the storage of those it skips on the way down.
 */
#include "front/body.h"

enum scope_kind { SCOPE_LOCAL, SCOPE_DROP, SCOPE_CLEANUP };

struct scope_entry {
    struct scope_entry *outer;
    enum scope_kind kind;
    uint32_t depth;
    uint32_t local;                    /* LOCAL, CLEANUP: the variable */
    struct ir_place place;             /* DROP */
    const struct ir_function *cleanup; /* CLEANUP */
    const struct ir_function *handler; /* likewise: what the variable's first field holds; NULL: not known */
};

struct body_label {
    uint32_t block;
    struct scope_entry *scope;
    bool is_defined;
};

/* A jump whose labels were not lowered yet: the block `from` ends in a jump that waits for its targets. */
struct pending_jump {
    uint32_t from;
    struct scope_entry *scope;
    struct body_label *label;   /* of a goto */
    struct body_label **labels; /* of an asm goto; neither: every label whose address is taken */
    uint32_t label_count;
    struct span span;
};

GArray *pending_jumps_new(void)
{
    return g_array_new(FALSE, TRUE, sizeof(struct pending_jump));
}

static struct scope_entry *push(struct body *body, enum scope_kind kind)
{
    struct scope_entry *entry = ARENA_NEW(body->arena, struct scope_entry);

    entry->outer = body->scope;
    entry->kind = kind;
    entry->depth = body->scope ? body->scope->depth + 1 : 1;
    body->scope = entry;
    return entry;
}

struct scope_entry *scope_here(struct body *body)
{
    return body->scope;
}

void scope_add_local(struct body *body, uint32_t local)
{
    push(body, SCOPE_LOCAL)->local = local;
}

void scope_add_drop(struct body *body, struct ir_place place)
{
    push(body, SCOPE_DROP)->place = place;
}

void scope_add_cleanup(struct body *body, uint32_t local, const struct ir_function *cleanup,
                       const struct ir_function *handler)
{
    struct scope_entry *entry = push(body, SCOPE_CLEANUP);

    entry->local = local;
    entry->cleanup = cleanup;
    entry->handler = handler;
}

/*
 * fl.runs_handler: the function does with its variable what pthread_cleanup_pop() does, `if (x.third) x.first(x.second)`.
 * Said here, so that the rest sees which function runs on what.
 */
static void run_handler(struct body *body, const struct scope_entry *entry, struct span span)
{
    struct ir_place variable = ir_place_local(body->b, entry->local);
    const struct ir_record *record = variable.type->unqualified->record;
    struct ir_operand argument = ir_operand_copy(ir_place_field(body->arena, &variable, record, 1), span);
    struct ir_call call = { .callee = entry->handler, .arg_count = 1, .callee_span = span };
    uint32_t run = ir_build_block(body->b), after = ir_build_block(body->b);

    ir_build_branch(body->b, ir_operand_copy(ir_place_field(body->arena, &variable, record, 2), span), run, after, span,
                    IR_FLAG_SCOPE_END | IR_FLAG_SYNTHETIC);
    ir_build_enter(body->b, run);
    if (entry->handler && entry->handler->type->param_count == 1) {
        const struct ir_type *wanted = entry->handler->type->params[0];
        uint32_t temp = ir_build_temp(body->b, wanted, span);
        ir_build_assign(body->b, ir_place_local(body->b, temp), ir_rvalue_cast(body->arena, argument, wanted), span,
                        IR_FLAG_SCOPE_END | IR_FLAG_SYNTHETIC);
        argument = ir_operand_copy(ir_place_local(body->b, temp), span);
    } else {
        call.callee = NULL;
        call.pointer = ir_operand_copy(ir_place_field(body->arena, &variable, record, 0), span);
    }
    call.args = ARENA_NEW(body->arena, struct ir_operand);
    call.args[0] = argument;
    ir_build_call(body->b, &call, true, span, IR_FLAG_SCOPE_END);
    ir_build_goto(body->b, after, span);
    ir_build_enter(body->b, after);
}

/* f(&x), as the compiler calls it */
static void run_cleanup(struct body *body, const struct scope_entry *entry, struct span span)
{
    struct ir_place variable = ir_place_local(body->b, entry->local);
    const struct ir_type *pointer = front_pointer_to(body->front, variable.type);
    uint32_t temp = ir_build_temp(body->b, pointer, span);
    struct ir_call call = { .callee = entry->cleanup, .arg_count = 1, .callee_span = span };

    ir_build_assign(body->b, ir_place_local(body->b, temp), ir_rvalue_address(variable, pointer),
                    span, IR_FLAG_SCOPE_END | IR_FLAG_SYNTHETIC);
    call.args = ARENA_NEW(body->arena, struct ir_operand);
    call.args[0] = ir_operand_copy(ir_place_local(body->b, temp), span);
    ir_build_call(body->b, &call, true, span, IR_FLAG_SCOPE_END);
}

static void run_end(struct body *body, const struct scope_entry *entry, struct span span)
{
    switch (entry->kind) {
    case SCOPE_LOCAL:
        ir_build_storage_dead(body->b, entry->local, span, IR_FLAG_SCOPE_END);
        break;
    case SCOPE_DROP:
        ir_build_drop(body->b, entry->place, span, IR_FLAG_SCOPE_END);
        break;
    case SCOPE_CLEANUP:
        if (ir_note(entry->cleanup->notes, "runs_handler"))
            run_handler(body, entry, span);
        else
            run_cleanup(body, entry, span);
        break;
    }
}

static void run_ends(struct body *body, const struct scope_entry *from,
                     const struct scope_entry *until, struct span span)
{
    if (!ir_build_is_open(body->b))
        return;
    for (; from && from != until; from = from->outer)
        run_end(body, from, span);
}

void scope_run_ends(struct body *body, struct scope_entry *until, struct span span)
{
    run_ends(body, body->scope, until, span);
}

void scope_leave(struct body *body, struct scope_entry *until, struct span span)
{
    run_ends(body, body->scope, until, span);
    body->scope = until;
}

/* -------------------------------------------------------------------------------------------- jumps */

static struct scope_entry *meet(struct scope_entry *a, struct scope_entry *b)
{
    while (a != b) {
        if (!b || (a && a->depth >= b->depth))
            a = a->outer;
        else
            b = b->outer;
    }
    return a;
}

static void start_skipped(struct body *body, struct scope_entry *entry, struct scope_entry *until,
                          struct span span)
{
    GPtrArray *skipped = g_ptr_array_new();

    for (; entry != until; entry = entry->outer)
        if (entry->kind == SCOPE_LOCAL)
            g_ptr_array_add(skipped, entry);
    for (guint i = skipped->len; i > 0; i--)
        ir_build_storage_live(body->b, ((struct scope_entry *)skipped->pdata[i - 1])->local, span,
                              IR_FLAG_SYNTHETIC);
    g_ptr_array_free(skipped, TRUE);
}

/* The current block goes from one position to another. */
static void go(struct body *body, struct scope_entry *from, uint32_t target, struct scope_entry *to,
               struct span span)
{
    struct scope_entry *common = meet(from, to);

    run_ends(body, from, common, span);
    start_skipped(body, to, common, span);
    ir_build_goto(body->b, target, span);
}

void scope_jump(struct body *body, uint32_t target, struct scope_entry *scope, struct span span)
{
    if (ir_build_is_open(body->b))
        go(body, body->scope, target, scope, span);
}

uint32_t scope_way(struct body *body, struct scope_entry *from, uint32_t target,
                   struct scope_entry *to, struct span span)
{
    uint32_t way;

    g_assert(!ir_build_is_open(body->b));
    if (from == to)
        return target;
    way = ir_build_block(body->b);
    ir_build_enter(body->b, way);
    go(body, from, target, to, span);
    return way;
}

/* ------------------------------------------------------------------------------------------- labels */

static struct body_label *label_of(struct body *body, const void *key)
{
    struct body_label *label = g_hash_table_lookup(body->labels, key);

    if (!label) {
        label = g_new0(struct body_label, 1);
        label->block = ir_build_block(body->b);
        g_hash_table_insert(body->labels, (gpointer)key, label);
    }
    return label;
}

void label_define(struct body *body, const void *key, struct span span)
{
    struct body_label *label = label_of(body, key);

    if (label->is_defined) /* the same statement twice: cannot be, but never loop */
        return;
    label->is_defined = true;
    label->scope = body->scope;
    ir_build_goto(body->b, label->block, span);
    ir_build_enter(body->b, label->block);
}

void label_jump(struct body *body, const void *key, struct span span)
{
    struct body_label *label = label_of(body, key);

    ir_build_here(body->b);
    if (label->is_defined) {
        scope_jump(body, label->block, label->scope, span);
    } else {
        struct pending_jump jump = { .from = body->b->current, .scope = body->scope, .label = label, .span = span };

        ir_build_goto(body->b, label->block, span);
        g_array_append_val(body->pending, jump);
    }
}

void label_take_address(struct body *body, const void *key)
{
    struct body_label *label = label_of(body, key);

    for (guint i = 0; i < body->taken_labels->len; i++)
        if (body->taken_labels->pdata[i] == label)
            return;
    g_ptr_array_add(body->taken_labels, label);
}

void label_jump_indirect(struct body *body, struct ir_operand address, struct span span)
{
    struct pending_jump jump = { .from = ir_build_here(body->b), .scope = body->scope, .span = span };

    ir_build_terminator(body->b, IR_TERM_INDIRECT, span, 0)->condition = address;
    g_array_append_val(body->pending, jump);
}

void label_jump_asm(struct body *body, const void *const *keys, uint32_t count, struct span span,
                    unsigned flags)
{
    struct pending_jump jump = { .scope = body->scope, .label_count = count, .span = span };
    struct ir_terminator *term;
    uint32_t after;

    jump.labels = ARENA_ARRAY(body->arena, struct body_label *, count ? count : 1);
    for (uint32_t i = 0; i < count; i++)
        jump.labels[i] = label_of(body, keys[i]);
    jump.from = ir_build_here(body->b);
    after = ir_build_block(body->b);
    term = ir_build_terminator(body->b, IR_TERM_ASM_GOTO, span, flags);
    term->target = after;
    term->opaque = ARENA_NEW(body->arena, struct ir_opaque);
    term->opaque->what = "asm goto";
    g_array_append_val(body->pending, jump);
    ir_build_enter(body->b, after);
}

static void resolve_to_many(struct body *body, const struct pending_jump *jump,
                            struct body_label **labels, uint32_t count)
{
    uint32_t *targets = count ? ARENA_ARRAY(body->arena, uint32_t, count) : NULL;
    struct ir_terminator *term;

    for (uint32_t i = 0; i < count; i++)
        targets[i] = scope_way(body, jump->scope, labels[i]->block, labels[i]->scope, jump->span);
    term = ir_build_terminator_at(body->b, jump->from);
    term->targets = targets;
    term->target_count = count;
}

void label_resolve_all(struct body *body)
{
    for (guint i = 0; i < body->pending->len; i++) {
        struct pending_jump jump = g_array_index(body->pending, struct pending_jump, i);
        uint32_t target;

        if (jump.labels) {
            resolve_to_many(body, &jump, jump.labels, jump.label_count);
            continue;
        }
        if (!jump.label) {
            resolve_to_many(body, &jump, (struct body_label **)body->taken_labels->pdata,
                            body->taken_labels->len);
            continue;
        }
        target = scope_way(body, jump.scope, jump.label->block, jump.label->scope, jump.span);
        ir_build_terminator_at(body->b, jump.from)->target = target;
    }
    g_array_set_size(body->pending, 0);
}
