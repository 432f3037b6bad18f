/*
 * What the rooms of the join rules share: threads that pthread_create, thrd_create and their wrappers start.
 *
 *     joins.c         the simulation: who is live, who is owed a join, on each path
 *     join_sites.c    the calls that start a thread, here or in a callee
 *     join_effects.c  what calls do to threads: join, detach, take over, wait
 *     join_loops.c    loops that join what loops have started
 *     unjoined.c      F0401: where a thread's last handle is gone
 */
#ifndef FEARLESS_CHECK_THREADS_JOIN_PARTS_H
#define FEARLESS_CHECK_THREADS_JOIN_PARTS_H

#include "analysis/origins/origin_parts.h"
#include "analysis/threads/thread_parts.h"
#include "flow/cfg.h"
#include "flow/paths.h"

enum { MAX_SITES = 64 };

/*
 * By site, one bit each. Order: subset. Merge: union. Height: 4 x 64.
 *
 * live     it may use what it was lent
 * owed     somebody has to join or detach it
 * settled  somebody has, or has taken it over
 * lost     a later thread's handle took the place of its own
 */
struct facts {
    uint64_t live, owed, settled, lost;
};

/* How the handle of a thread that is owed a join was lost. */
enum handle_loss { HANDLE_KEPT, HANDLE_OVERWRITTEN, HANDLE_OUT_OF_SCOPE, HANDLE_RETURNED_WITHOUT, HANDLE_THREAD_EXIT };

/* A call that starts a thread, itself or in its callee. */
struct site {
    uint32_t block;
    const struct ir_terminator *term;
    struct thread_start start;
    GPtrArray *borrowed;          /* struct origin: the locals that the thread can reach */
    GArray *of_params;            /* struct thread_sent, for the summary */
    const struct origin_set *cells; /* where its handle is put; empty: nowhere that has a name */
    bool single_handle;           /* a second start overwrites the handle of the first */
    bool live_when_zero, live_when_nonzero; /* by the call's result */
    uint32_t status;              /* local with the result, UINT32_MAX: none */
    uint32_t entry_param;         /* what it runs is this parameter of ours: callers know; UINT32_MAX: none */
    bool must_join;               /* nobody but who holds the handle can join or detach it, and it ends some day */
    bool detached;
    /* what the paths found */
    const struct origin *outlived;
    struct span end, change;
    bool lost;
    enum handle_loss loss;
    struct span loss_at;
    bool handle_at_zero, handle_at_nonzero; /* callers get the handle with such a result */
};

struct call_effects {
    uint64_t joins;
    uint64_t detaches;
    uint64_t takes;  /* somebody out of view gets the handle */
    uint64_t waits;  /* needs no handle, so a lost one does not matter */
    uint64_t starts; /* at most one bit */
};

struct joins {
    struct thread_function *f;
    struct cfg *cfg;
    GArray *sites;
    struct call_effects *blocks;
    uint64_t *loop_joins, *loop_detaches; /* by loop: threads started outside of it and joined, detached in it */
    uint64_t partly_joined;       /* joined one by one, not all of them */
    uint64_t *owed_at, *settled_at; /* by the block of a return: on some path that gets there */
};

static inline struct site *site_at(const struct joins *j, guint i)
{
    return &g_array_index(j->sites, struct site, i);
}

/* join_sites.c */
void join_sites_find(struct joins *j);
void join_sites_clear(struct joins *j);
/* The function that an operand is by name, or the parameter of ours that it is (ret_param may be NULL). */
const struct ir_function *join_entry(const struct joins *j, uint32_t block, const struct ir_operand *operand,
                                     uint32_t *ret_param);
/* What runs in a thread that gets to see the handles of others joins or detaches some. */
bool thread_settles_others(const struct joins *j, const struct ir_function *entry);

/* join_effects.c */
void join_effects_find(struct joins *j, uint32_t block);

/* join_loops.c: which loops join what was started before them; which sites are joined only in part */
void join_loops_find(struct joins *j);

/* unjoined.c */
/* The thread's handle is in no other place than those inside `local`; CFG_NONE: than locals of this function. */
bool handle_is_only_in(const struct joins *j, struct flow_point at, guint site, uint32_t local);
/* The result of the function, or memory of its callers, has the handle at this return. */
bool handle_goes_to_caller(const struct joins *j, struct flow_point at, guint site);
void unjoined_note_starts(struct joins *j);
void unjoined_report(struct joins *j);

#endif
