/*
 * What the rooms of the race analysis share; others include races.h.
 *
 *     races.c          the order of things: every function once, callees first
 *     race_threads.c   which threads a function and its callees start
 *     race_matters.c   which memory can matter at all
 *     race_live.c      where they may be running
 *     race_locks.c     the locks of an access, and when two sets have one in common
 *     race_order.c     semaphores, conditions, barriers, flags
 *     race_tokens.c    the words that these leave and find
 *     race_branches.c  what branches say of values that were read
 *     race_distinct.c  what makes the instances of one thread work on memory of their own
 *     race_when.c      what is done for one value of a parameter only
 *     race_accesses.c  what a function and its callees read and write
 *     race_takes.c     what is taken out of a container is the taker's
 *     race_pairs.c     two accesses that can happen at once
 *     race_report.c    F0201
 */
#ifndef FEARLESS_CHECK_RACES_RACE_PARTS_H
#define FEARLESS_CHECK_RACES_RACE_PARTS_H

#include <glib.h>

#include "analysis/effects/effects.h"
#include "analysis/locks/held_sets.h"
#include "analysis/origins/origin_parts.h"
#include "analysis/races/races.h"
#include "analysis/threads/thread_waits.h"

/* Sets of threads are sets of bits; what comes behind the last bit shares it. */
enum { MAX_THREADS = 64 };
typedef uint64_t thread_set;

/* A thread that a function starts, itself or in what it calls: the chain of calls down to the start. */
struct race_thread {
    const struct ir_function *in;      /* whose block it is */
    uint32_t block;
    const struct ir_function *entry;   /* what the thread runs; NULL: not known here, */
    uint32_t entry_param, sent_param;  /* but these parameters say it, and what it gets; UINT32_MAX: none does */
    thread_set beside;                 /* of `in`: may be running when it is started */
    const struct race_thread *inner;   /* the same thread in the callee; NULL: it is started right here */
    struct span span;                  /* the name of what starts it */
    const struct origin_set *handles;  /* the cells where its handle is kept; NULL: not known */
    bool has_element;                  /* an array of handles: this element */
    int64_t element;
};

struct race_lock {
    const struct origin_set *locks;   /* what it may be; empty: it has no name here */
    const struct ir_record *record;   /* the last field on the way to it: its class */
    uint32_t field;
    uint32_t beside;                  /* not 0: how one gets to it from the accessed object itself, or from its index */
    const struct value *index;        /* of an array: which element, if it was taken where the access stands */
    bool exact, shared;
    bool is_stray;                    /* each thread its own of an array, for memory that they share */
    bool has_element;                 /* of an array */
    int64_t element;
    const struct ir_function *fn;     /* in which it was taken, */
    const struct value *value;        /* under this name; NULL: none */
    uint32_t if_zero, if_nonzero;     /* held when one of these parameters is so; none: for sure */
};
enum { MAX_RACE_LOCKS = 8 };
struct race_locks {
    uint32_t count;       /* held for sure */
    uint32_t maybe_count; /* those behind them: it depends on how the function is called */
    struct race_lock items[];
};

/* race_tokens.c: what one thread leaves and another one finds */
enum token_is { TOKEN_ANY, TOKEN_IS, TOKEN_IS_NOT };
enum { PERMITS_UNKNOWN = -1 };
struct race_token {
    const struct origin *object;
    enum token_is is; /* the number in it is this one, or is not */
    int64_t number;
    int permits;      /* of a semaphore, at its beginning */
};
struct race_tokens { /* each set once in a program */
    uint32_t count;
    struct race_token items[];
};

/* What was waited for before an access, and what is posted behind it: race_order.c */
struct race_order {
    const struct race_tokens *after, *then;
    const struct race_tokens *then_once; /* of `then`: the access does not come again behind it */
};

/* `if (id == 0)`: it is done when a parameter, or the number it points to, is that number, or is not. */
struct race_when {
    enum { WHEN_ALWAYS, WHEN_EQUAL, WHEN_OTHER } kind;
    uint32_t param;
    bool is_pointee;
    int64_t number;
    thread_set only; /* threads of a loop, each of which is given another number: one instance does it */
};

struct race_access {
    const struct origin *origin;      /* in the origins of the function in whose list it is */
    bool writes, is_atomic, is_guess;
    bool has_element;                 /* which element of the array it is in */
    int64_t element;
    const struct value *index;        /* the same in the words of `fn`; NULL: none, or several */
    uint64_t by;                      /* parameters that choose the object: other values, other memory */
    uint64_t seed;                    /* the value that chose it when its thread was started; 0: none */
    uint32_t base_param;              /* the parameter that points to the accessed object; UINT32_MAX: none */
    thread_set runs_in;               /* the threads that do it; none: the function's own */
    thread_set beside;                /* threads that may be running at the same time */
    thread_set split;                 /* threads each instance of which has its own */
    const struct origin_set *joined;  /* threads that the function has waited for before */
    const struct race_locks *locks;
    struct race_when when;
    struct race_order order;
    const struct ir_function *in;     /* in whose list it is */
    struct flow_point at;             /* in there: the access, or the call that leads to it */
    const struct race_access *inner;  /* the same access in the callee; NULL: it stands here */
    /* the access itself */
    const struct ir_function *fn;
    const struct ir_place *place;
    const struct ir_function *by_call; /* it is done by this function out of view */
    struct span span;
};

struct race_function {
    bool is_open, is_done;
    GPtrArray *threads;      /* struct race_thread */
    thread_set *live;        /* by block: may be running in it */
    thread_set *fresh;       /* by block: started in this pass of the loop */
    thread_set at_exit;      /* may be running when the function returns */
    GPtrArray *accesses;     /* struct race_access: all that callers can see, and all others when it starts threads */
    GHashTable *known;       /* the accesses, each once */
    GPtrArray *taken;        /* cells (struct origin): who runs this has alone what was taken out of them */
    uint64_t *depends;       /* by local: race_distinct.c */
    struct race_when *when;  /* by block; NULL: always */
    struct race_ops *ops;
    const struct origin_set **joined; /* by block: threads that were waited for before it, on every way */
};

struct race_program {
    struct analysis *analysis;
    struct origin_program *origins;
    struct thread_waits *waits;
    struct effect_program *own;
    struct race_function *functions; /* by function index */
    struct arena *arena;
    struct findings *sink;
    struct race_matters *matters;
    struct origins *open;            /* of the function that race_matters.c looks at */
    GHashTable *told;                /* places and variables that were told of */
    GHashTable *tokens;              /* struct race_tokens */
    GHashTable *token_sums;          /* what race_tokens_join() has made */
    GHashTable *order_of_calls;      /* race_order.c */
    GHashTable *permits;             /* variables and fields: race_tokens.c */
    GHashTable *predicates;          /* variables and fields that branches look at under a lock: race_order.c */
};

/* races.c: NULL while it is being made, or without a body */
struct race_function *race_function_of(struct race_program *program, const struct ir_function *fn);

/* race_matters.c: can a thread touch memory like this? */
struct race_matters *race_matters_new(struct race_program *program);
void race_matters_free(struct race_matters *matters);
bool race_memory_matters(const struct race_matters *matters, const struct origins *o, const struct origin *origin);

/* race_live.c; starts: by block, what its call leaves running */
void race_live_find(struct race_program *program, const struct ir_function *fn, struct race_function *f,
                    const thread_set *starts);
/* `join` is in a loop that makes fewer passes than the one which starts them. */
thread_set race_threads_left_over(struct race_program *program, const struct ir_function *fn,
                                  const struct race_function *f, uint32_t join);

/* race_threads.c */
void race_threads_find(struct race_program *program, const struct ir_function *fn, struct race_function *f);
/*
 * What the call that ends a block runs, here or in a thread that it starts: up to `max` calls as the callee sees them.
 * Starts are calls of mode SPAWN; `thread` is which, when f is complete.
 */
struct race_run {
    const struct ir_function *callee;
    struct ir_call call;
    thread_set thread, beside;
};
enum { MAX_RUNS = 24 };
uint32_t race_runs_of_call(struct race_program *program, const struct ir_function *fn, const struct race_function *f,
                           uint32_t block, struct race_run *ret_runs);
/* The threads of a callee as the caller's: bit by bit. */
thread_set race_threads_translate(const struct race_function *f, const struct race_function *callee, uint32_t block,
                                  thread_set threads);
/* The threads that are started in the blocks which these handles name. */
thread_set race_threads_named(struct race_program *program, const struct race_function *f,
                              const struct origin_set *handles);

/* race_locks.c */
/* An origin of another function that is rooted in a global, as this one's: by its name alone. */
const struct origin *race_named_alike(struct origins *o, const struct origin *other);
const struct race_locks *race_locks_here(struct race_program *program, const struct ir_function *fn,
                                         struct flow_point at, const struct ir_place *place);
/* A callee's access: its own locks in the caller's words, and what the caller holds if the callee runs in its thread. */
const struct race_locks *race_locks_of_call(struct race_program *program, const struct ir_function *fn, uint32_t block,
                                            const struct ir_call *call, const struct ir_function *callee,
                                            const struct race_access *inner);
/* They say the same of an access. */
bool race_locks_equal(const struct race_locks *a, const struct race_locks *b);
bool race_locks_in_common(const struct race_access *a, const struct race_access *b);

/* race_tokens.c */
GHashTable *race_tokens_table(void);
GHashTable *race_token_sums_table(void);
const struct race_tokens *race_tokens_none(void);
const struct race_tokens *race_tokens_add(struct race_program *program, const struct race_tokens *set,
                                          struct race_token token);
const struct race_tokens *race_tokens_join(struct race_program *program, const struct race_tokens *a,
                                           const struct race_tokens *b);
/* The same word of each object. */
const struct race_tokens *race_tokens_of(struct race_program *program, const struct race_tokens *set,
                                         const struct origin_set *objects, struct race_token word);
/* Something that was left is what was found (certain: it does not only happen to be), on an object with few permits. */
bool race_tokens_meet(const struct race_tokens *left, const struct race_tokens *found, const struct origin *accessed,
                      int max_permits, bool certain);
void race_permits_find(struct race_program *program);
int race_permits_of(const struct race_program *program, const struct origin *origin);

/* race_branches.c */
struct race_side {
    uint32_t block; /* on every way through it */
    enum token_is is;
    int64_t number;
};
struct race_branches;
struct race_branches *race_branches_new(struct values *values, const struct cfg *cfg);
void race_branches_free(struct race_branches *branches);
/* What the branches on a value say of it: struct race_side; NULL: there are none. */
const GArray *race_branches_on(const struct race_branches *branches, const struct value *value);
const GArray *race_branches_on_call(const struct race_branches *branches, uint32_t block);

/* race_order.c */
struct race_call {
    struct origins *caller, *callee;
    struct flow_point at;
    const struct ir_call *call;
};
/* Before all others: which memory is looked at under a lock to decide something. */
void race_predicates_find(struct race_program *program);
struct race_ops *race_ops_new(struct race_program *program, const struct ir_function *fn);
void race_ops_free(struct race_ops *ops);
GHashTable *race_order_table(void);
struct race_order race_order_at(struct race_program *program, const struct ir_function *fn, const struct race_ops *ops,
                                struct flow_point at, const struct origin *accessed);
struct race_order race_order_of_call(struct race_program *program, const struct race_ops *ops, const struct race_call *call,
                                     const struct race_order *inner);
bool race_is_ordered(const struct origins *o, const struct race_access *a, const struct race_access *b);

/* race_distinct.c */
enum { MAX_PARAM_BITS = 62 };
#define DEPENDS_ON_CHANGE (UINT64_C(1) << 63) /* on a local that changes: another one in each pass of a loop here */
#define DEPENDS_ON_FRESH (UINT64_C(1) << 62)  /* on something made anew: another one in each call, too */
uint64_t *race_depends_new(struct race_program *program, const struct ir_function *fn);
uint64_t race_operand_depends(const struct race_function *f, const struct ir_operand *operand);
uint64_t race_index_depends(const struct race_function *f, const struct ir_place *place);
/* The one index on the way to an address; NULL: there is none, or an array of arrays. */
const struct value *race_index_of_address(const struct value *address);
/* What an index is when all that it is computed from, one value, is this number; ret_leaf: that value. */
bool race_index_at(const struct value *index, int64_t number, const struct value **ret_leaf, int64_t *ret);
bool race_constant_element(struct values *values, struct flow_point at, const struct ir_place *place, int64_t *ret_element);
bool race_address_element(const struct value *address, int64_t *ret_element);

/* race_when.c */
struct race_when *race_when_new(struct race_program *program, const struct ir_function *fn);
/* The condition in the caller's words; loop: the threads that this start, in a loop, stands for. False: it is never done. */
bool race_when_of_call(struct values *values, struct flow_point at, const struct ir_call *call, thread_set loop,
                       struct race_when *when);
bool race_when_equal(const struct race_when *a, const struct race_when *b);

/* race_takes.c */
void race_takes_find(struct race_program *program, const struct ir_function *fn, struct race_function *f);
/* Without a lock, in what the function or its callees have taken out of a container. */
bool race_is_taken(const struct race_function *f, const struct race_access *access);

/* race_accesses.c */
/* Without its fields: the object that the memory is in. */
const struct origin *race_object_of(const struct origin *origin);
bool race_call_is_reached(struct origins *o, uint32_t block);
void race_accesses_find(struct race_program *program, const struct ir_function *fn, struct race_function *f);

/* race_pairs.c: of one function; is_root: nobody in view calls it */
void race_pairs_check(struct race_program *program, const struct ir_function *fn, bool is_root);

/* race_report.c */
void race_report(struct race_program *program, const struct ir_function *fn, const struct race_access *a,
                 const struct race_access *b, bool same_thread);

#endif
