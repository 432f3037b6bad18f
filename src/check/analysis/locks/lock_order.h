/*
 * In which order locks are taken, over all functions of a unit: F0106. docs/design/lock_order.md
 *
 *     lock_order.c    what each function takes while what is held, callees first
 *     lock_nodes.c    which lock that is: an instance or a class
 *     lock_ranks.c    two locks of one class: what says which comes first
 *     lock_threads.c  which of two acquisitions can happen at once
 *     lock_rings.c    rings of edges
 *     ring_report.c   F0106
 */
#ifndef FEARLESS_CHECK_LOCKS_LOCK_ORDER_H
#define FEARLESS_CHECK_LOCKS_LOCK_ORDER_H

#include "analysis/locks/guard_parts.h"
#include "analysis/threads/thread_waits.h"

/* A lock for the whole unit: interned, equal exactly when the pointers are. */
struct lock_node {
    const char *path;  /* its root and the fields and pointers from there on */
    const char *class; /* what is left of that behind the last pointer, or behind the root: struct and field ... */
    bool is_instance;  /* one object, or one array of them; else any of its class */
    bool is_several;   /* an element of an array, which one is not known; or what a loop made */
    const char *name;  /* as the function that takes it calls it */
};

/* A lock in the eyes of one function. */
struct order_lock {
    const struct origin *origin;   /* NULL: none of the function's own, or it is settled */
    const struct lock_node *node;  /* NULL: not settled yet */
    int64_t element;               /* of an array */
    bool has_element;
    bool shared;
    struct span span;              /* where it was taken */
    const char *name;              /* as it is called there */
    const char *outer;             /* as the function that was last gone through calls it; NULL: it has no name there */
};

/* On the way down to an acquisition. Shared by all that go the same way. */
struct order_step {
    const struct ir_function *fn;
    uint32_t block;
    struct span span;              /* the call */
    bool starts;                   /* a thread */
    const struct order_step *inner; /* NULL: the acquisition itself */
};

/*
 * What says which of two locks of one class comes first. The same rank everywhere: no ring of them. A link leads from
 * one object to the next, a chosen order agrees with any.
 */
enum order_rank { RANK_NONE, RANK_ASCENDING, RANK_DESCENDING, RANK_CHOSEN };

enum { MAX_GATES = 6 };

enum { MAX_LET_GO = 2 };
struct order_taken {
    struct order_lock lock;
    struct order_lock let_go[MAX_LET_GO]; /* before, by the function itself: its caller holds them no more */
    uint32_t let_go_count;
    const struct order_step *steps; /* of the function whose summary it is in */
};

struct order_edge {
    struct order_lock held, taken;
    enum order_rank rank;
    struct order_lock gates[MAX_GATES];
    uint32_t gate_count;
    const struct order_step *steps;
    const struct ir_function *holder; /* in which it is held when the way to `taken` is gone down */
    bool many;                        /* threads do this: nobody who calls the root is seen */
};

/*
 * A call that waits for what another thread does, or runs what nobody sees; with the locks that it lets go meanwhile, and
 * those that the threads it waits for take.
 */
enum { MAX_NEEDS = 8 };
struct order_wait {
    const char *kind;              /* what is written behind `fl.awaits:`; "job": it runs one */
    struct span span;
    const struct ir_function *fn;  /* in which it stands */
    const struct order_step *steps;
    struct order_lock needs[MAX_NEEDS];
    uint32_t need_count;
    struct order_lock let_go[MAX_LET_GO];
    uint32_t let_go_count;
    struct order_lock object;      /* what it waits on: a condition, a semaphore, a barrier; origin and node NULL: not known */
    const struct ir_type *type;    /* of the object, or of what the channel carries */
    bool is_guarded_itself;        /* the receiver is what the lock guards */
};

struct order_function {
    GPtrArray *waits;   /* struct order_wait, for callers: while nothing is held in the function itself */
    GPtrArray *taken;   /* struct order_taken, for callers */
    GPtrArray *edges;   /* struct order_edge */
    GHashTable *known;  /* the keys of both */
    bool is_started;    /* as a thread */
    bool starts;        /* it starts threads itself */
};

struct lock_order {
    struct guard_analysis *guards;
    struct arena *arena;
    struct thread_waits *waits;             /* which call waits for which thread */
    struct order_function *functions;       /* by function index */
    GHashTable *nodes;                      /* path -> struct lock_node */
    GHashTable *steps;                      /* struct order_step -> itself */
    GPtrArray *settled;                     /* struct order_edge whose ends are nodes, of all roots */
    GPtrArray *held_waits;                  /* struct held_wait */
    GPtrArray *wakes;                       /* struct held_wait: the other side of it */
};

/* The whole of it, when all functions have been simulated. */
void lock_order_check(struct guard_analysis *guards);

/* lock_nodes.c */
/* Handles that were cloned lead to what the first one leads to. */
const struct origin *lock_normalised(struct lock_order *order, struct origins *o, struct flow_point at,
                                     const struct origin *lock);
/* Seen by the caller; `origin` and `node` NULL when it has no one place there. */
struct order_lock lock_from_callee(struct lock_order *order, struct origins *caller, uint32_t block,
                                   const struct ir_call *call, struct origins *callee, struct order_lock lock);
/* NULL: nothing is known of it. */
const struct lock_node *lock_settled(struct lock_order *order, const struct origins *o, const struct order_lock *lock);
bool lock_element_of(const struct value *address, int64_t *ret_element);
bool lock_nodes_match(const struct order_lock *a, const struct order_lock *b);

/* lock_ranks.c */
enum order_rank lock_rank(struct guard_function *f, uint32_t block, const struct value *held, const struct value *taken);

/* lock_threads.c */
bool edges_can_meet(struct lock_order *order, const struct order_edge *a, const struct order_edge *b);

/* lock_waits.c */
/* A lock is held while a call waits. */
struct held_wait {
    struct order_wait wait;
    struct order_lock held;
    struct guard_function *f;
    uint32_t block;
};
/* The waits of one call: it itself, then `down` into a callee that has been looked at. */
void lock_waits_of_call(struct lock_order *order, struct guard_function *f, struct origins *o, uint32_t block);
void lock_waits_of_callee(struct lock_order *order, struct guard_function *f, struct origins *o, uint32_t block,
                          const struct ir_call *call, const struct ir_function *callee);
void lock_waits_report(struct lock_order *order);

/* lock_order.c */
bool order_lock_of_held(struct lock_order *order, struct guard_function *f, uint32_t block, const struct held_lock *held,
                        struct order_lock *ret);
const struct order_step *order_step_to(struct lock_order *order, const struct ir_function *fn, uint32_t block, bool starts,
                                       const struct order_step *inner);

/* wait_report.c */
/* need: what the thread that is waited for takes; other: where another thread would have to go on; NULL: not known */
void report_held_wait(struct lock_order *order, const struct held_wait *wait, const struct order_lock *need,
                      const struct held_wait *other);

/* lock_rings.c */
void lock_rings_report(struct lock_order *order);

/* ring_report.c */
void report_ring(struct lock_order *order, const struct order_edge *const *ring, uint32_t count);

#endif
