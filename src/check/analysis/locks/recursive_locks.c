/*
 * Locks that are made so that their owner may take them again: no F0104 for those.
 *
 * `fl.recursive_if:N` says which argument makes a lock, or an attribute, recursive; `fl.checking_if:N` that taking it
 * twice fails. A lock that is initialised with an
 * attribute is as the attribute is; which lock that is, the object says: a global, a local, a field of a struct (of every
 * object of that type). What cannot be followed, an attribute or a lock behind a parameter, makes all locks possibly so.
 */
#include "analysis/context.h"
#include "analysis/locks/guard_parts.h"

enum { RECURSIVE = 1, CHECKING = 2 }; /* CHECKING: the second try of its owner fails, and says so */

struct kinds {
    GHashTable *of;      /* what they are of (key_of) -> RECURSIVE, CHECKING */
    unsigned of_unknown; /* of one that is not known, so of any */
};
struct recursive_locks {
    struct kinds attributes, locks;
};

/* What an origin is a variable or a field of; NULL: it is reached by a pointer alone. */
static gconstpointer key_of(const struct origins *o, const struct origin *origin)
{
    switch (origin->kind) {
    case ORIGIN_FIELD:
        return &origin->record->fields[origin->index];
    case ORIGIN_GLOBAL:
        return o->unit->globals[origin->index];
    case ORIGIN_LOCAL:
        return &o->fn->locals[origin->index];
    default:
        return NULL;
    }
}

static void add_key(struct kinds *kinds, gconstpointer key, unsigned bits)
{
    if (!key)
        kinds->of_unknown |= bits;
    else
        g_hash_table_insert(kinds->of, (gpointer)key,
                            GUINT_TO_POINTER(bits | GPOINTER_TO_UINT(g_hash_table_lookup(kinds->of, key))));
}

static void add_all(struct kinds *kinds, const struct origins *o, const struct origin_set *set, unsigned bits)
{
    for (uint32_t i = 0; bits && i < set->count; i++)
        add_key(kinds, key_of(o, set->items[i]), bits);
}

static unsigned all_kinds(const struct kinds *kinds)
{
    unsigned bits = kinds->of_unknown;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, kinds->of);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        bits |= GPOINTER_TO_UINT(value);
    return bits;
}

static unsigned kinds_of(const struct kinds *kinds, const struct origins *o, const struct origin_set *set)
{
    unsigned bits = 0;
    for (uint32_t i = 0; i < set->count; i++) {
        if (set->items[i]->kind == ORIGIN_NULL)
            continue;
        gconstpointer key = key_of(o, set->items[i]);
        bits |= key ? kinds->of_unknown | GPOINTER_TO_UINT(g_hash_table_lookup(kinds->of, key)) : all_kinds(kinds);
    }
    return bits;
}

static bool has_bit(const char *note, const struct ir_operand *arg)
{
    return note && (arg->kind != IR_OPERAND_CONST || (arg->value & g_ascii_strtoll(note, NULL, 0)));
}

/* What this call says of a lock, or of an attribute. */
static unsigned asked_for(const struct call_site *site)
{
    const struct ir_function *callee = site->call->callee;
    unsigned bits = 0;
    for (uint32_t i = 0; callee && i < site->call->arg_count && i < callee->type->param_count; i++) {
        const struct ir_operand *arg = &site->call->args[i];
        bits |= has_bit(ir_note(callee->params[i].notes, "recursive_if"), arg) ? RECURSIVE : 0;
        bits |= has_bit(ir_note(callee->params[i].notes, "checking_if"), arg) ? CHECKING : 0;
    }
    return bits;
}

static const struct origin_set *argument(struct origin_program *program, const struct call_site *site, uint32_t index,
                                         struct origins **ret_origins)
{
    struct origins *o = origins_of(program, site->caller);
    *ret_origins = o;
    if (!o || index >= site->call->arg_count)
        return NULL;
    struct flow_point at = {site->block, site->caller->blocks[site->block].statement_count};
    return origins_value(o, origins_state(o, at), &site->call->args[index]);
}

/* PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP has the same number among its parts. */
static void add_initialised(struct recursive_locks *r, const struct ir_unit *unit)
{
    for (uint32_t i = 0; i < unit->global_count; i++)
        if (unit->globals[i]->initial_enumerators != 0 && traits_is_lock(unit->globals[i]->type))
            add_key(&r->locks, unit->globals[i], unit->globals[i]->initial_enumerators & (RECURSIVE | CHECKING));
}

struct recursive_locks *recursive_locks_new(const struct analysis *analysis, struct origin_program *program)
{
    const struct callgraph *graph = analysis->callgraph;
    struct recursive_locks *r = g_new0(struct recursive_locks, 1);
    r->attributes.of = g_hash_table_new(NULL, NULL);
    r->locks.of = g_hash_table_new(NULL, NULL);
    add_initialised(r, analysis->unit);
    struct origins *o;
    for (uint32_t i = 0; i < graph->site_count; i++) {
        const struct call_site *site = &graph->sites[i];
        unsigned bits = asked_for(site);
        const struct origin_set *set = bits ? argument(program, site, 0, &o) : NULL;
        if (set)
            add_all(ir_note(site->call->callee->notes, "initialises_lock") ? &r->locks : &r->attributes, o, set, bits);
    }
    for (uint32_t i = 0; all_kinds(&r->attributes) && i < graph->site_count; i++) {
        const struct call_site *site = &graph->sites[i];
        if (!site->call->callee || !ir_note(site->call->callee->notes, "initialises_lock"))
            continue;
        const struct origin_set *attribute = argument(program, site, 1, &o);
        unsigned bits = attribute ? kinds_of(&r->attributes, o, attribute) : 0;
        if (bits)
            add_all(&r->locks, o, argument(program, site, 0, &o), bits);
    }
    return r;
}

void recursive_locks_free(struct recursive_locks *r)
{
    g_hash_table_destroy(r->attributes.of);
    g_hash_table_destroy(r->locks.of);
    g_free(r);
}

bool lock_may_be_taken_again(const struct guard_function *f, const struct guard_call *call)
{
    const struct recursive_locks *r = f->analysis->recursive;
    const struct ir_function *callee = f->fn->blocks[call->block].terminator.call->callee;
    if (callee && ir_note(callee->notes, "recursive"))
        return true; /* g_rec_mutex_lock: all of that type are */
    unsigned bits = kinds_of(&r->locks, f->origins, call->locks);
    return (bits & RECURSIVE) || ((bits & CHECKING) && call->may_fail);
}
