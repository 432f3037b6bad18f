/*
 * The simulation of one root: what each of its nodes may hold at a point, and the events that made it so.
 *
 *     bit       the place ...
 *     UNINIT    was never given a value
 *     OWNS      holds a value that must be dropped
 *     EMPTY     holds the empty value (null, all zero)
 *     MOVED     was emptied by a move
 *     DROPPED   was emptied by a drop
 *     UNKNOWN   is initialised; whether it owns is not known
 *     ENTRY     is as the caller left it (pointees, lent parameters)
 *     PARTLY    owned, and parts of it were taken out; with UNKNOWN
 *
 * Behind the nodes' facts stands one more, the *miss*: the call that last could have moved or filled the root, and on
 * this path did not. `switch (fl_select(fl_on_recv(rx, &t), fl_on_recv(quit, NULL)))` is three paths, two of which leave
 * t as it was: what each says of the status is only true apart. (0: none; MOVE_MISS_MANY: paths were mixed.) Its `sites`
 * are 1 when some thread's join said that the thread had panicked.
 *
 * Order: subset of bits, and of sites; merge is union, so a node grows at most eight times in bits and
 * once for each event of the root in sites. Transfer sets bits from bits alone: monotone. Two states are
 * the same path when the bits agree; sites are witnesses and are united.
 */
#ifndef FEARLESS_CHECK_MOVES_MOVES_STATE_H
#define FEARLESS_CHECK_MOVES_MOVES_STATE_H

#include "analysis/moves/moves_events.h"
#include "flow/paths.h"
#include "flow/range.h"

enum {
    MOVE_UNINIT = 1 << 0,
    MOVE_OWNS = 1 << 1,
    MOVE_EMPTY = 1 << 2,
    MOVE_MOVED = 1 << 3,
    MOVE_DROPPED = 1 << 4,
    MOVE_UNKNOWN = 1 << 5,
    MOVE_ENTRY = 1 << 6,
    MOVE_PARTLY = 1 << 7,
};

struct move_fact {
    uint32_t bits;
    uint32_t sites; /* a set of events: where the place got what it has */
};

#define MOVE_MISS_MANY UINT32_MAX

struct move_simulation;

/* Called in the reporting pass for each event of the root, with the facts before it. */
typedef void move_visitor(void *ctx, const struct move_simulation *simulation, struct path *path, uint32_t event,
                          const struct move_fact *facts);

struct move_simulation {
    struct move_paths *paths;
    const struct move_events *events;
    uint32_t root;
    uint32_t node_count;
    uint32_t entry_bits;
    GPtrArray *site_sets; /* of GArray of uint32_t, each sorted; 0 is the empty set */
    GHashTable *site_ids;
    move_visitor *visit;
    void *visit_ctx;
    struct paths *run;
};

/* Runs the root to its fixed point; then move_simulation_visit() may be called any number of times. */
struct move_simulation *move_simulation_new(struct move_paths *paths, const struct move_events *events, uint32_t root);
void move_simulation_free(struct move_simulation *simulation);
void move_simulation_visit(struct move_simulation *simulation, move_visitor *visit, void *ctx);

const GArray *move_sites(const struct move_simulation *simulation, uint32_t set);
uint32_t move_sites_union(struct move_simulation *simulation, uint32_t a, uint32_t b);

/* On this path a join said that its thread had panicked. Only known for roots that are join handles. */
bool move_facts_panicked(const struct move_simulation *simulation, const struct move_fact *facts);

/* Bits and sites of everything below a node, the node itself not included. */
struct move_fact move_facts_below(struct move_simulation *simulation, const struct move_fact *facts, uint32_t node);

/*
 * The first field of an owned record that owns something and has no value yet (NULL: none), and its node (MOVE_NODE_NONE:
 * nobody ever gives it one).
 */
const struct ir_field *move_unset_part(const struct move_simulation *simulation, const struct move_fact *facts, uint32_t node,
                                       uint32_t *ret_child);

#endif
