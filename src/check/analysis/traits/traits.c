/*
 * The proof search. A question is (type, trait, who owns): inside an owned type, its drop function
 * decides which pointers own what they point to, also in the plain structs that it is made of.
 *
 * While a question is open, asking it again answers YES (coinduction). An answer that leans on a question
 * that is still open is not remembered unless it is NO, which no later answer can improve.
 */
#include "analysis/traits/traits.h"

#include <glib.h>

#include "analysis/moves/owning_fields.h"
#include "analysis/traits/libc_types.h"
#include "analysis/traits/type_spelling.h"

struct question {
    const struct ir_type *type;
    enum trait trait;
    const struct owning_fields *owner; /* NULL outside of owned types */
    /* for a pointer: the field it was found in, and through how many owned pointers */
    const struct ir_record *record;
    uint32_t field;
    uint32_t depth;
};

struct answer {
    struct trait_proof proof;
    GArray *steps;       /* of struct trait_step, innermost first */
    uint32_t leans_on;   /* the outermost open question that was assumed, UINT32_MAX: none */
};

struct traits {
    const struct ir_unit *unit;
    GHashTable *proofs; /* struct question -> struct trait_proof, both in the unit's arena */
    GHashTable *owners; /* owned type -> struct owning_fields */
    GArray *open;       /* of struct question */
};

static guint hash_question(gconstpointer key)
{
    const struct question *q = key;
    return g_direct_hash(q->type) * 31 + g_direct_hash(q->owner) * 17 + g_direct_hash(q->record) * 7 + q->field * 5 +
           q->depth * 3 + q->trait;
}

static gboolean same_question(gconstpointer a, gconstpointer b)
{
    const struct question *p = a, *q = b;
    return p->type == q->type && p->trait == q->trait && p->owner == q->owner && p->record == q->record &&
           p->field == q->field && p->depth == q->depth;
}

struct traits *traits_new(const struct ir_unit *unit)
{
    struct traits *t = g_new0(struct traits, 1);
    t->unit = unit;
    t->proofs = g_hash_table_new(hash_question, same_question);
    t->owners = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)owning_fields_free);
    t->open = g_array_new(FALSE, FALSE, sizeof(struct question));
    return t;
}

void traits_free(struct traits *traits)
{
    if (!traits)
        return;
    g_hash_table_destroy(traits->proofs);
    g_hash_table_destroy(traits->owners);
    g_array_free(traits->open, TRUE);
    g_free(traits);
}

const char *trait_name(enum trait trait)
{
    return trait == TRAIT_SEND ? "Send" : "Sync";
}

static const struct owning_fields *owner_of(struct traits *traits, const struct ir_type *owned)
{
    struct owning_fields *fields = g_hash_table_lookup(traits->owners, owned);
    if (!fields) {
        fields = owning_fields_of(owned);
        g_hash_table_insert(traits->owners, (gpointer)owned, fields);
    }
    return fields;
}

bool traits_field_is_owning(struct traits *traits, const struct ir_type *container,
                            const struct ir_record *record, uint32_t field)
{
    const struct ir_type *type = container->unqualified;
    return type->is_owned && owning_fields_has(owner_of(traits, type), record, field, 0);
}

/* --------------------------------------------------------------------------------- answers and steps */

static struct answer yes(void)
{
    return (struct answer){.proof = {.answer = TRAIT_YES}, .leans_on = UINT32_MAX};
}

static struct answer lacks(const struct question *q, enum trait_answer answer, enum trait_reason reason)
{
    return (struct answer){
        .proof = {.answer = answer, .reason = reason, .missing = q->trait, .culprit = q->type},
        .steps = g_array_new(FALSE, FALSE, sizeof(struct trait_step)),
        .leans_on = UINT32_MAX,
    };
}

static void drop_answer(struct answer *answer)
{
    if (answer->steps)
        g_array_free(answer->steps, TRUE);
    answer->steps = NULL;
}

/* Keeps the worse of both; the first that is met wins among equals, so a chain names the first field. */
static void take_worse(struct answer *into, struct answer from)
{
    uint32_t leans_on = MIN(into->leans_on, from.leans_on);
    if (from.proof.answer > into->proof.answer) {
        drop_answer(into);
        *into = from;
    } else {
        drop_answer(&from);
    }
    into->leans_on = leans_on;
}

static struct answer with_step(struct answer answer, struct trait_step step)
{
    if (answer.proof.answer != TRAIT_YES)
        g_array_append_val(answer.steps, step);
    return answer;
}

/* ------------------------------------------------------------------------------------- the questions */

static struct answer ask(struct traits *traits, struct question q);

/* The same question about a part that is no pointer's target. */
static struct question about(const struct question *q, const struct ir_type *type, enum trait trait)
{
    return (struct question){.type = type, .trait = trait, .owner = q->owner};
}

static bool has_pointers(const struct ir_type *type, unsigned depth)
{
    switch (type->kind) {
    case IR_TYPE_POINTER:
        return type->target->kind != IR_TYPE_FUNCTION;
    case IR_TYPE_BLOCK:
    case IR_TYPE_HANDLE:
        return true;
    case IR_TYPE_ARRAY:
    case IR_TYPE_ATOMIC:
        return type->count != 0 && has_pointers(type->target, depth);
    case IR_TYPE_RECORD:
        for (size_t i = 0; depth < 16 && i < type->record->field_count; i++)
            if (has_pointers(type->record->fields[i].type, depth + 1))
                return true;
        return false;
    default:
        return false;
    }
}

/* A cell of the library, or a struct whose fields name their locks: sharing it hands the data around. */
static enum trait needed_of_field(const struct ir_field *field, enum trait trait)
{
    if (trait == TRAIT_SYNC && field->guarded_by && !field->guarded_shared)
        return TRAIT_SEND;
    return trait;
}

static struct answer ask_fields(struct traits *traits, const struct question *q)
{
    const struct ir_record *record = q->type->record;
    struct answer worst = yes();
    for (uint32_t i = 0; i < record->field_count && worst.proof.answer != TRAIT_NO; i++) {
        const struct ir_field *field = &record->fields[i];
        if (field->type->kind == IR_TYPE_ARRAY && field->type->count == 0)
            continue; /* takes no room: a type kept for macros, or a C90 flexible array */
        if (libc_names_object(field))
            continue;
        struct question sub = about(q, field->type, needed_of_field(field, q->trait));
        sub.record = record;
        sub.field = i;
        struct trait_step step = {TRAIT_STEP_FIELD, q->trait, q->type, field};
        take_worse(&worst, with_step(ask(traits, sub), step));
        /* data that readers share must also be Send: a writer moves values in and out */
        if (q->trait == TRAIT_SYNC && field->guarded_by && field->guarded_shared) {
            sub.trait = TRAIT_SEND;
            take_worse(&worst, with_step(ask(traits, sub), step));
        }
    }
    return worst;
}

static struct answer ask_record(struct traits *traits, const struct question *q)
{
    unsigned marks = q->type->record->traits;
    if (marks & (q->trait == TRAIT_SEND ? IR_TRAIT_NOT_SEND : IR_TRAIT_NOT_SYNC))
        return lacks(q, TRAIT_NO, TRAIT_REASON_MARKED);
    if (marks & (q->trait == TRAIT_SEND ? IR_TRAIT_SEND : IR_TRAIT_SYNC))
        return yes();
    if (q->trait == TRAIT_SYNC && (marks & IR_TRAIT_CELL))
        return lacks(q, TRAIT_NO, TRAIT_REASON_CELL);
    if (traits_is_libc_shared(q->type))
        return yes();
    if (libc_binds_to_thread(q->type))
        return lacks(q, TRAIT_NO, TRAIT_REASON_THREAD);
    if (!q->type->record->is_complete)
        return lacks(q, TRAIT_NO, TRAIT_REASON_INCOMPLETE);
    if (q->type->record->is_union && has_pointers(q->type, 0))
        return lacks(q, TRAIT_NO, TRAIT_REASON_UNION);
    struct question sub = *q;
    if (q->type->is_owned)
        sub.owner = owner_of(traits, q->type);
    return ask_fields(traits, &sub);
}

static struct answer ask_handle(struct traits *traits, const struct question *q)
{
    struct question element = {.type = q->type->target, .trait = TRAIT_SEND};
    struct trait_step step = {TRAIT_STEP_HANDLE, q->trait, q->type, NULL};
    switch (q->type->handle_kind) {
    case IR_HANDLE_ARC:
    case IR_HANDLE_WEAK: {
        /* the last one out drops the value, on whatever thread: both are needed for either */
        struct answer answer = with_step(ask(traits, element), step);
        element.trait = TRAIT_SYNC;
        take_worse(&answer, with_step(ask(traits, element), step));
        return answer;
    }
    case IR_HANDLE_RC:
    case IR_HANDLE_RC_WEAK:
        return lacks(q, TRAIT_NO, TRAIT_REASON_HANDLE);
    case IR_HANDLE_RECEIVER:
        if (q->trait == TRAIT_SYNC)
            return lacks(q, TRAIT_NO, TRAIT_REASON_HANDLE);
        return with_step(ask(traits, element), step);
    case IR_HANDLE_BOX:
        element.trait = q->trait;
        return with_step(ask(traits, element), step);
    default:
        return with_step(ask(traits, element), step);
    }
}

static struct answer ask_pointer(struct traits *traits, const struct question *q)
{
    const struct ir_type *target = q->type->target->unqualified;
    if (target->kind == IR_TYPE_FUNCTION || traits_is_libc_shared(target))
        return yes();
    if (target->kind == IR_TYPE_VOID)
        return lacks(q, q->record ? TRAIT_NO : TRAIT_BY_VALUE,
                     q->record ? TRAIT_REASON_VOID_POINTER : TRAIT_REASON_POINTER);
    if (!q->record || !q->owner || !owning_fields_has(q->owner, q->record, q->field, q->depth))
        return lacks(q, TRAIT_BY_VALUE, TRAIT_REASON_POINTER);
    struct question sub = *q;
    sub.type = q->type->target;
    sub.depth++;
    return with_step(ask(traits, sub), (struct trait_step){TRAIT_STEP_POINTER, q->trait, q->type, NULL});
}

static struct answer decide(struct traits *traits, const struct question *q)
{
    const struct ir_type *type = q->type;
    if (type->kind != IR_TYPE_RECORD && type->is_owned) {
        /* an owned scalar or pointer: a descriptor, a foreign object that its drop function closes */
        if (type->kind == IR_TYPE_POINTER && type->target->unqualified->kind != IR_TYPE_VOID)
            return ask(traits, (struct question){.type = type->target, .trait = q->trait, .owner = q->owner});
        return yes();
    }
    switch (type->kind) {
    case IR_TYPE_POINTER:
        return ask_pointer(traits, q);
    case IR_TYPE_BLOCK:
        return lacks(q, TRAIT_BY_VALUE, TRAIT_REASON_POINTER);
    case IR_TYPE_ARRAY: {
        if (type->count == 0)
            return yes();
        struct question sub = *q;
        sub.type = type->target;
        return with_step(ask(traits, sub), (struct trait_step){TRAIT_STEP_ARRAY, q->trait, type, NULL});
    }
    case IR_TYPE_ATOMIC: {
        /* an atomic pointer is as good as what it may point to; an atomic number is fine */
        struct question sub = *q;
        sub.type = type->target;
        return ask(traits, sub);
    }
    case IR_TYPE_RECORD:
        return ask_record(traits, q);
    case IR_TYPE_HANDLE:
        return ask_handle(traits, q);
    default:
        return yes();
    }
}

static uint32_t find_open(const struct traits *traits, const struct question *q)
{
    for (guint i = 0; i < traits->open->len; i++)
        if (same_question(&g_array_index(traits->open, struct question, i), q))
            return i;
    return UINT32_MAX;
}

static struct answer from_proof(const struct trait_proof *proof)
{
    struct answer answer = {.proof = *proof, .leans_on = UINT32_MAX};
    if (proof->answer != TRAIT_YES) {
        answer.steps = g_array_new(FALSE, FALSE, sizeof(struct trait_step));
        if (proof->step_count > 0)
            g_array_append_vals(answer.steps, proof->steps, proof->step_count);
    }
    return answer;
}

static const struct trait_proof *remember(struct traits *traits, const struct question *q, const struct answer *answer)
{
    struct arena *arena = traits->unit->arena;
    struct trait_proof *proof = ARENA_NEW(arena, struct trait_proof);
    *proof = answer->proof;
    if (answer->steps && answer->steps->len > 0) {
        proof->steps = arena_copy(arena, answer->steps->data, answer->steps->len * sizeof(struct trait_step));
        proof->step_count = answer->steps->len;
    }
    g_hash_table_insert(traits->proofs, arena_copy(arena, q, sizeof *q), proof);
    return proof;
}

static struct answer ask(struct traits *traits, struct question q)
{
    q.type = q.type->unqualified;
    /* only pointers (and what leads to them) care where they were found, and only under an owner */
    bool may_be_pointer = q.type->kind == IR_TYPE_POINTER || q.type->kind == IR_TYPE_ARRAY || q.type->kind == IR_TYPE_ATOMIC;
    if (!may_be_pointer) {
        q.record = NULL;
        q.field = 0;
        q.depth = 0;
    }
    const struct trait_proof *known = g_hash_table_lookup(traits->proofs, &q);
    if (known)
        return from_proof(known);
    uint32_t open = find_open(traits, &q);
    if (open != UINT32_MAX) {
        struct answer assumed = yes();
        assumed.leans_on = open;
        return assumed;
    }
    uint32_t mine = traits->open->len;
    g_array_append_val(traits->open, q);
    struct answer answer = decide(traits, &q);
    g_array_set_size(traits->open, mine);
    if (answer.leans_on >= mine)
        answer.leans_on = UINT32_MAX;
    if (answer.leans_on == UINT32_MAX || answer.proof.answer == TRAIT_NO)
        remember(traits, &q, &answer);
    return answer;
}

const struct trait_proof *traits_prove(struct traits *traits, const struct ir_type *type, enum trait trait)
{
    struct question q = {.type = type->unqualified, .trait = trait};
    struct answer answer = ask(traits, q);
    drop_answer(&answer);
    const struct trait_proof *proof = g_hash_table_lookup(traits->proofs, &q);
    g_assert(proof); /* an outermost question leans on nothing */
    return proof;
}

const char *traits_type_name(struct traits *traits, const struct ir_type *type)
{
    return type_spelling(traits->unit, type);
}
