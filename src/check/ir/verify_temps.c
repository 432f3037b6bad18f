/*
 * Every temporary is assigned before it is read, on every path.
 *
 * Nearly all of them live within one block; only those that a block reads and another assigned take part in
 * the data flow, so that the cost stays linear even in huge functions. Blocks that cannot be reached from
 * the entry are left out, as analyses do.
 */
#include <glib.h>
#include <inttypes.h>

#include "ir/verify.h"

enum { NOT_TRACKED = UINT32_MAX };

struct temps {
    struct verify *v;
    uint32_t *assigned_in;  /* local -> block + 1 that assigned it last, while a block is walked */
    uint32_t *track;        /* local -> bit, or NOT_TRACKED */
    GArray *tracked;        /* bit -> local */
    size_t words;           /* of a set of tracked temporaries */
    uint64_t *in;           /* block -> set assigned on every path to it */
    bool *is_reached;
    uint64_t *state;
    bool collects;          /* the first walk: finds out who is tracked */
};

static bool is_temp(const struct temps *t, uint32_t local)
{
    const struct ir_local *l = &t->v->fn->locals[local];

    return l->kind == IR_LOCAL_TEMP && !l->hidden && !l->name;
}

static void assign_place(struct temps *t, const struct ir_place *place)
{
    if (place->base != IR_BASE_LOCAL || ir_place_has_deref(place))
        return;
    uint32_t local = place->base_index;
    t->assigned_in[local] = t->v->block + 1;
    if (!t->collects && t->track[local] != NOT_TRACKED)
        t->state[t->track[local] / 64] |= UINT64_C(1) << (t->track[local] % 64);
}

static void read_local(struct temps *t, uint32_t local)
{
    if (!is_temp(t, local) || t->assigned_in[local] == t->v->block + 1)
        return;
    if (t->collects) {
        if (t->track[local] == NOT_TRACKED) {
            t->track[local] = t->tracked->len;
            g_array_append_val(t->tracked, local);
        }
        return;
    }
    uint32_t bit = t->track[local];
    if (!(t->state[bit / 64] & (UINT64_C(1) << (bit % 64))))
        verify_fail(t->v, "temporary %" PRIu32 " may be read before it has a value", local);
}

static void read_indices(struct temps *t, const struct ir_place *place)
{
    for (uint32_t i = 0; i < place->projection_count; i++)
        if (place->projections[i].kind == IR_PROJ_INDEX)
            read_local(t, place->projections[i].index);
}

static void read_place(struct temps *t, const struct ir_place *place)
{
    if (place->base == IR_BASE_LOCAL)
        read_local(t, place->base_index);
    read_indices(t, place);
}

/* A place that is written: what stands before a * in it is read. */
static void write_place(struct temps *t, const struct ir_place *place)
{
    if (ir_place_has_deref(place))
        read_place(t, place);
    else
        read_indices(t, place);
    assign_place(t, place);
}

static void read_operands(struct temps *t, const struct ir_operand *operands, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (operands[i].kind != IR_OPERAND_CONST)
            read_place(t, &operands[i].place);
}

static void walk_opaque(struct temps *t, const struct ir_opaque *opaque)
{
    read_operands(t, opaque->reads, opaque->read_count);
    for (uint32_t i = 0; i < opaque->write_count; i++)
        write_place(t, &opaque->writes[i]);
}

static void walk_statement(struct temps *t, const struct ir_statement *st)
{
    switch (st->kind) {
    case IR_ST_ASSIGN:
        if (st->value.kind == IR_RV_ADDRESS_OF)
            write_place(t, &st->value.place); /* whoever has the address may fill it */
        else
            read_operands(t, st->value.operands, st->value.operand_count);
        write_place(t, &st->place);
        break;
    case IR_ST_ZERO:
        write_place(t, &st->place);
        break;
    case IR_ST_DROP:
    case IR_ST_FORGET:
        read_place(t, &st->place);
        break;
    case IR_ST_ATOMIC:
        read_operands(t, st->atomic->operands, st->atomic->operand_count);
        if (st->atomic->op != IR_ATOMIC_FENCE)
            write_place(t, &st->place);
        if (st->atomic->has_expected)
            write_place(t, &st->atomic->expected);
        if (st->atomic->has_result)
            write_place(t, &st->atomic->result);
        break;
    case IR_ST_ASM:
    case IR_ST_OPAQUE:
        walk_opaque(t, st->opaque);
        break;
    case IR_ST_STORAGE_LIVE:
    case IR_ST_STORAGE_DEAD:
    case IR_ST_NOP:
        break;
    }
}

static void walk_call(struct temps *t, const struct ir_call *call)
{
    if (!call->callee)
        read_operands(t, &call->pointer, 1);
    read_operands(t, call->args, call->arg_count);
    if (call->mode == IR_CALL_SPAWN_SCOPED)
        read_operands(t, &call->scope, 1);
    if (call->has_dest)
        write_place(t, &call->dest);
}

static void walk_terminator(struct temps *t, const struct ir_terminator *term)
{
    switch (term->kind) {
    case IR_TERM_BRANCH:
    case IR_TERM_SWITCH:
    case IR_TERM_INDIRECT:
        read_operands(t, &term->condition, 1);
        break;
    case IR_TERM_CALL:
        walk_call(t, term->call);
        break;
    case IR_TERM_ASM_GOTO:
        walk_opaque(t, term->opaque);
        break;
    default:
        break;
    }
}

static void walk_block(struct temps *t, uint32_t block)
{
    const struct ir_block *b = &t->v->fn->blocks[block];

    t->v->block = block;
    for (t->v->statement = 0; t->v->statement < b->statement_count; t->v->statement++)
        walk_statement(t, &b->statements[t->v->statement]);
    walk_terminator(t, &b->terminator);
}

struct flow {
    struct temps *t;
    GQueue *work;
};

/* Meets the state at the end of a block with what is known at the start of `target`. */
static void flow_to(void *ctx, uint32_t target)
{
    struct flow *flow = ctx;
    struct temps *t = flow->t;
    uint64_t *in = t->in + target * t->words;
    bool changed = !t->is_reached[target];

    for (size_t i = 0; i < t->words; i++) {
        uint64_t met = t->is_reached[target] ? in[i] & t->state[i] : t->state[i];
        changed |= met != in[i];
        in[i] = met;
    }
    t->is_reached[target] = true;
    if (changed)
        g_queue_push_tail(flow->work, GUINT_TO_POINTER(target));
}

static void run_flow(struct temps *t)
{
    const struct ir_function *fn = t->v->fn;
    struct flow flow = {t, g_queue_new()};

    t->is_reached[0] = true;
    g_queue_push_tail(flow.work, GUINT_TO_POINTER(0));
    while (!g_queue_is_empty(flow.work) && !t->v->failed) {
        uint32_t block = GPOINTER_TO_UINT(g_queue_pop_head(flow.work));
        for (size_t i = 0; i < t->words; i++)
            t->state[i] = t->in[block * t->words + i];
        for (guint i = 0; i < t->tracked->len; i++) /* nothing is known from an earlier walk of it */
            t->assigned_in[g_array_index(t->tracked, uint32_t, i)] = 0;
        walk_block(t, block);
        ir_each_successor(&fn->blocks[block].terminator, flow_to, &flow);
    }
    g_queue_free(flow.work);
}

bool verify_temps(struct verify *v)
{
    const struct ir_function *fn = v->fn;
    struct temps t = {
        .v = v,
        .assigned_in = g_new0(uint32_t, fn->local_count),
        .track = g_new(uint32_t, fn->local_count),
        .tracked = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
        .collects = true,
    };

    for (uint32_t i = 0; i < fn->local_count; i++)
        t.track[i] = NOT_TRACKED;
    for (uint32_t block = 0; block < fn->block_count; block++)
        walk_block(&t, block);
    if (t.tracked->len) {
        t.collects = false;
        t.words = (t.tracked->len + 63) / 64;
        t.in = g_new0(uint64_t, t.words * fn->block_count);
        t.state = g_new0(uint64_t, t.words);
        t.is_reached = g_new0(bool, fn->block_count);
        run_flow(&t);
    }
    g_free(t.assigned_in);
    g_free(t.track);
    g_free(t.in);
    g_free(t.state);
    g_free(t.is_reached);
    g_array_free(t.tracked, TRUE);
    return !v->failed;
}
