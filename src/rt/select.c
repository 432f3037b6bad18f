/* Waiting for one of many sends and receives.
 *
 * Algorithm. In rounds: try every case once, in a random order; if none can happen, register one wait entry for each with
 * its channel, which looks once more; look for a while whether it has been chosen or told to try (patience.c), and sleep;
 * take all entries out again; next round. What is known from Go and Rust's crossbeam-channel, with two differences: a
 * round tries with nothing registered, so that a channel has no special case for "the one who waits is the one who
 * tries"; and the timers of <fearless/select.h> are not awaited by anybody else, their earliest is the sleep's deadline.
 *
 * This file has no shared word of its own. What it relies on is promised by chan_wait.h and chan.h:
 *   - Registering comes before looking (fl_chan_watch_), so what happens in between is seen by one side or the other, and
 *     no wake-up is lost, whichever case it is for.
 *   - A rendezvous is done by the peer, who chooses one entry by a compare-and-set on the *context* that all entries of this
 *     select share: so at most one case is chosen. The context is shut (fl_wait_shut_) before anything else is tried: from
 *     then on either a case has been chosen, and it is what this select did, or none will be. So never two cases happen.
 *   - A peer never chooses an entry of its own context, and tries happen with no entry registered: a select that sends
 *     to and receives from the same rendezvous channel does not pair with itself.
 *
 * The wake-up that nobody needs. A value arrives in a channel that two selects (or a select and a plain receive) wait for;
 * one wake-up is given, to this select; but at the same time another case of it became ready, and it takes that one. Then
 * the other waiter would sleep beside a value that is there. So an entry knows whether it has used up a wake-up, and taking it
 * out gives that wake-up to the next who waits (fl_chan_unwatch_). It is given on *before* we try: if it then is this case that
 * we choose after all, the next waiter was woken in vain, and looks, and sleeps again. The same holds for a free slot of a
 * full ring, and for a select that gives up at its deadline.
 *
 * Two selects that both find the other one registered both shut their contexts, and then neither finds the other. Which is why
 * a round that was told to look, and found nothing, waits for a random moment before the next.
 *
 * Linearisation point: that of the chosen operation; of a timeout, the last unsuccessful try.
 * Progress: blocking; with fl_on_none, as each try operation.
 *
 * Tests: tests/rt/unit/test_select.c, tests/rt/stress/stress_select.c. */
#include <fearless/select.h>

#include "chan.h"
#include "park.h"

#include <stdlib.h>

const struct fl_case_kind_ fl_case_recv_ = { 'r' }, fl_case_send_ = { 's' }, fl_case_timeout_ = { 't' },
                           fl_case_deadline_ = { 'd' }, fl_case_none_ = { 'n' };

static _Thread_local fl_status selected;

fl_status fl_selected_(void)
{
    return selected;
}

/* ---- chance: xorshift64*, one state for each thread ---- */

static uint32_t random_below(uint32_t n)
{
    static _Thread_local uint64_t state;

    if (state == 0)
        state = (((uint64_t)(uintptr_t)&state * 0x9e3779b97f4a7c15u) ^ (uint64_t)fl_now().fl_ns) | 1;
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    /* the upper half of the product with n, which has no need of a division */
    return (uint32_t)((state * 2685821657736338717u >> 32) * n >> 32);
}

/* ---- a select ---- */

/* A case whose end is there, and its place in the channel's queue. */
struct candidate {
    const struct fl_case *what;
    struct fl_wait_entry entry;
};
enum { FEW = 16 };

struct selection {
    struct candidate *candidates; /* `few`, or on the heap */
    uint32_t count;
    int64_t deadline_ns; /* of the timeout that comes first */
    int64_t timeout_at;  /* the index of that case, -1: none */
    int64_t none_at;     /* the index of the fl_on_none() case, -1 */
    struct candidate few[FEW];
};

/* Also when a drop function of the user's panics. */
static void selection_end(struct selection *s)
{
    if (s->candidates != s->few)
        free(s->candidates);
}

static struct fl_chan *chan_of(const struct candidate *c)
{
    return (struct fl_chan *)(uintptr_t)c->what->fl_end;
}

static enum fl_side side_of(const struct candidate *c)
{
    return c->what->fl_kind == &fl_case_send_ ? FL_SIDE_SEND_ : FL_SIDE_RECV_;
}

static void take_case(struct selection *s, const struct fl_case *c, uint32_t index, const char *file, int line)
{
    if (c->fl_kind == &fl_case_recv_ || c->fl_kind == &fl_case_send_) {
        if (c->fl_end)
            s->candidates[s->count++] = (struct candidate){ c, { .value = c->fl_value, .index = index } };
    } else if (c->fl_kind == &fl_case_none_) {
        s->none_at = index;
    } else if (c->fl_kind == &fl_case_timeout_ || c->fl_kind == &fl_case_deadline_) {
        int64_t at_ns = c->fl_kind == &fl_case_deadline_ ? c->fl_ns : fl_deadline_in(fl_nanos(c->fl_ns)).fl_ns;

        if (s->timeout_at < 0 || at_ns < s->deadline_ns) {
            s->deadline_ns = at_ns;
            s->timeout_at = index;
        }
    } else {
        fl_panic_(file, line, "case %u of this select is not initialised: make it with fl_on_recv, fl_on_send, ...",
                  (unsigned)index);
    }
}

static void selection_begin(struct selection *s, const struct fl_case *cases, size_t n, const char *file, int line)
{
    s->candidates = s->few;
    s->count = 0;
    s->deadline_ns = FL_NEVER_NS_;
    s->timeout_at = s->none_at = -1;
    if (n > INT32_MAX)
        fl_panic_(file, line, "a select of %zu cases: is the number negative?", n);
    if (n > FEW) {
        s->candidates = malloc(n * sizeof *s->candidates);
        if (!s->candidates) {
            s->candidates = s->few;
            fl_panic_(file, line, "out of memory for a select of %zu cases", n);
        }
    }
    for (size_t i = 0; i < n; i++)
        take_case(s, &cases[i], (uint32_t)i, file, line);
    if (s->count == 0 && s->timeout_at < 0 && s->none_at < 0)
        fl_panic_(file, line,
                  "this select would wait for ever: all its handles are empty (moved or dropped), and it has no timeout");
}

static int chose(const struct candidate *c, fl_status status)
{
    int index = (int)c->entry.index;

    if (status == FL_OK && c->what->fl_kind == &fl_case_send_ && c->what->fl_value)
        fl_make_empty_(c->what->fl_value, chan_of(c)->element.size, c->what->fl_make_empty);
    selected = status;
    return index;
}

/* One operation, without waiting. A receive that drops its value may panic. */
static fl_status try_one(const struct candidate *c)
{
    if (side_of(c) == FL_SIDE_SEND_)
        return fl_chan_try_send_(chan_of(c), c->what->fl_value);
    return fl_chan_try_recv_(chan_of(c), c->what->fl_value);
}

/* Each once, in an order that is as likely as any other: so, of those that are ready, each is as likely to be the first.
 * (To begin at a random one and go round would favour the one that stands behind those that are not ready.) */
static int try_all(struct selection *s)
{
    for (uint32_t i = 0; i < s->count; i++) {
        uint32_t j = i + random_below(s->count - i);
        struct candidate now = s->candidates[j];
        fl_status status;

        s->candidates[j] = s->candidates[i];
        s->candidates[i] = now;
        status = try_one(&now);
        if (status != FL_EMPTY && status != FL_FULL)
            return chose(&now, status);
    }
    return -1;
}

static int64_t earliest_due_ns(const struct selection *s)
{
    int64_t earliest = s->deadline_ns;

    for (uint32_t i = 0; i < s->count; i++) {
        int64_t due = fl_chan_due_ns_(chan_of(&s->candidates[i]));

        if (due < earliest)
            earliest = due;
    }
    return earliest;
}

/* Registers all, sleeps, takes all back. The index of the case that a peer has done for us, or -1: try again. *ret_told
 * says whether a try had a reason to succeed. */
static int wait_for_one(struct selection *s, bool *ret_told)
{
    static _Thread_local struct fl_patience patience;
    struct fl_wait_context context;
    uint32_t watched = 0;
    bool ready = false;
    int64_t chosen;

    fl_wait_open_(&context);
    while (watched < s->count && !ready) {
        struct candidate *c = &s->candidates[watched++];

        c->entry.context = &context;
        ready = fl_chan_watch_(chan_of(c), side_of(c), &c->entry);
    }
    /* registered first, so that one looks at one's own words only, whatever the channels are */
    if (!ready && !fl_wait_look_(&context, &patience))
        (void)fl_wait_sleep_(&context, earliest_due_ns(s));
    chosen = fl_wait_shut_(&context);
    for (uint32_t i = 0; i < watched; i++)
        fl_chan_unwatch_(chan_of(&s->candidates[i]), side_of(&s->candidates[i]), &s->candidates[i].entry);
    *ret_told = ready;
    if (chosen < 0)
        return -1;
    for (uint32_t i = 0; i < watched; i++)
        if (s->candidates[i].entry.index == chosen)
            return chose(&s->candidates[i], FL_OK);
    __builtin_unreachable();
}

/* After `rounds` in which we were told to look and found nothing, one after the other. */
static void let_others_go_on(uint32_t rounds)
{
    if (fl_spin_may_help_())
        for (uint32_t spins = random_below(rounds < 8 ? 16u << rounds : 4096u); spins > 0; spins--)
            fl_cpu_relax_();
    if (rounds > 4)
        fl_yield_now_();
}

int fl_select_list_(const struct fl_case *cases, size_t n, const char *file, int line)
{
    __attribute__((cleanup(selection_end))) struct selection s;
    uint32_t rounds_in_vain = 0;
    bool told;

    selection_begin(&s, cases, n, file, line);
    for (;;) {
        int index = try_all(&s);

        if (index >= 0)
            return index;
        if (s.none_at >= 0) {
            selected = FL_WOULD_BLOCK;
            return (int)s.none_at;
        }
        if (s.timeout_at >= 0 && fl_now().fl_ns >= s.deadline_ns) {
            selected = FL_TIMEOUT;
            return (int)s.timeout_at;
        }
        if (rounds_in_vain > 0)
            let_others_go_on(rounds_in_vain);
        index = wait_for_one(&s, &told);
        if (index >= 0)
            return index;
        rounds_in_vain = told ? rounds_in_vain + 1 : 0;
    }
}

int fl_select_(const struct fl_case *cases, const char *file, int line)
{
    size_t n = 0;

    while (cases[n].fl_kind)
        n++;
    return fl_select_list_(cases, n, file, line);
}
