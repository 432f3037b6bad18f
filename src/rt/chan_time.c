/* after, tick and never: receivers that nobody sends to. The receiver looks at the clock.
 *
 * Algorithm. One word, `at`, is when the timer is due next, which is also the value that it then holds; nothing else is
 * stored, no thread or list of timers stands behind it. To receive is to move `at` on, if it is over. A receiver that
 * waits sleeps until then; nobody has to wake it. In a select the earliest of all timers is the end of its sleep.
 *
 * The word
 *   at    when the oldest tick that nobody has received is due, or will be. FL_NEVER_NS_: never (a fl_after that has been
 *         received, fl_never).
 *         t -> FL_NEVER_NS_         fl_after: received. Legal only if t <= now.
 *         t -> the first t + k * period > now    fl_tick: received. The ticks between are lost, so they do not
 *                                   accumulate; being multiples from the beginning, they do not drift.
 *
 * Who may call what: any receiver, also many at once of one that is shared.
 * Linearisation points: the compare-and-set on `at`; of an empty receive, its load.
 * Ordering: none is needed. The word is the value; no other memory goes with it. (A timer's handle travels by means that
 * order its making before its use.)
 * Progress: trying is lock-free, and wait-free for a receiver that is not shared. ABA: a time does not come back.
 *
 * Tests: tests/rt/unit/test_timer.c, tests/rt/stress/stress_select.c. */
#include <fearless/select.h>

#include "chan.h"
#include "park.h"

static const struct fl_element_ instant_element = { sizeof(struct fl_instant), _Alignof(struct fl_instant), NULL };

static struct fl_chan *timer_new(enum fl_chan_kind kind, struct fl_duration d, const char *file, int line)
{
    struct fl_chan *chan = fl_chan_alloc_(kind, instant_element);

    if (!chan)
        fl_panic_(file, line, "out of memory for a timer");
    fl_atomic_init(&chan->sides, 1); /* nobody sends: the receiver's side is the last to be closed */
    chan->time.period_ns = d.fl_ns;
    fl_atomic_init(&chan->time.at_ns, kind == FL_CHAN_NEVER_ ? FL_NEVER_NS_ : fl_deadline_in(d).fl_ns);
    return chan;
}

void *fl_after_(struct fl_duration d, const char *file, int line)
{
    return timer_new(FL_CHAN_AFTER_, d, file, line);
}

void *fl_tick_(struct fl_duration d, const char *file, int line)
{
    if (d.fl_ns <= 0)
        fl_panic_(file, line, "fl_tick needs a duration of more than nothing between two ticks");
    return timer_new(FL_CHAN_TICK_, d, file, line);
}

void *fl_never_(const char *file, int line)
{
    return timer_new(FL_CHAN_NEVER_, fl_nanos(0), file, line);
}

/* The first tick after `now`, of those at `due`, `due` + period ...: `due` is not after now. */
static int64_t next_after(int64_t due_ns, int64_t period_ns, int64_t now_ns)
{
    int64_t next;

    if (__builtin_add_overflow(now_ns - (now_ns - due_ns) % period_ns, period_ns, &next))
        return FL_NEVER_NS_;
    return next;
}

int64_t fl_time_due_ns_(const struct fl_chan *chan)
{
    return fl_load_relaxed(&chan->time.at_ns); /* relaxed: the word is all there is */
}

bool fl_time_is_due_(const struct fl_chan *chan)
{
    int64_t due_ns = fl_time_due_ns_(chan);

    return due_ns != FL_NEVER_NS_ && due_ns <= fl_now().fl_ns;
}

static fl_status try_recv(struct fl_chan *chan, void *ret_instant)
{
    int64_t now_ns = fl_now().fl_ns, due_ns = fl_time_due_ns_(chan), next_ns;

    do {
        if (due_ns == FL_NEVER_NS_ || due_ns > now_ns)
            return FL_EMPTY;
        next_ns = chan->kind == FL_CHAN_TICK_ ? next_after(due_ns, chan->time.period_ns, now_ns) : FL_NEVER_NS_;
        /* relaxed: the word is all there is */
    } while (!fl_cas_relaxed(&chan->time.at_ns, &due_ns, next_ns));
    if (ret_instant)
        fl_copy_value_(ret_instant, &(struct fl_instant){ due_ns }, sizeof(struct fl_instant));
    return FL_OK;
}

fl_status fl_time_recv_(struct fl_chan *chan, void *ret_instant, int64_t deadline_ns)
{
    uint32_t nobody = 0; /* a word that nobody changes: blocking goes through the seam */

    for (;;) {
        int64_t due_ns;

        if (try_recv(chan, ret_instant) == FL_OK)
            return FL_OK;
        if (deadline_ns == FL_DO_NOT_WAIT_NS_ || (deadline_ns != FL_NEVER_NS_ && fl_now().fl_ns >= deadline_ns))
            return FL_EMPTY;
        due_ns = fl_time_due_ns_(chan);
        (void)fl_word_wait_(&nobody, 0, due_ns < deadline_ns ? due_ns : deadline_ns);
    }
}

size_t fl_time_capacity_(const struct fl_chan *chan)
{
    return chan->kind != FL_CHAN_NEVER_;
}
