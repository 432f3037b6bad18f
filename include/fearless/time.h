/* Durations, instants, sleeping.
 *
 *     struct fl_instant start = fl_now();
 *     fl_sleep(fl_millis(20));
 *     printf("%lld us\n", (long long)fl_as_micros(fl_elapsed(start)));
 *
 *     struct fl_instant t = fl_deadline_in(fl_secs(1));           // every _timeout has a _deadline form
 *     while (fl_recv_deadline(rx, &v, t) == FL_OK) ...            // one second for all of them
 *
 * Both are 64-bit counts of nanoseconds, which is 292 years either way. Nothing overflows: what is longer is the
 * longest, and a deadline of the longest is never. The clock is monotonic: it does not jump when somebody sets the
 * time. All but fl_sleep are wait-free, may be called from any thread and in signal handlers, and never block. */
#ifndef FEARLESS_TIME_H
#define FEARLESS_TIME_H

#include <fearless/base.h>

FL_BEGIN_C_

/* Negative: in the past (fl_until of a time that is over). */
struct fl_duration {
    int64_t fl_ns;
};

/* A point in time. All zero is long ago: as a deadline, it has passed. */
struct fl_instant {
    int64_t fl_ns;
};

/* count * unit nanoseconds, the longest (or most negative) duration where that is too many. */
static inline struct fl_duration fl_duration_of_(int64_t count, int64_t unit)
{
    struct fl_duration d;

    if (__builtin_mul_overflow(count, unit, &d.fl_ns))
        d.fl_ns = count < 0 ? INT64_MIN : INT64_MAX;
    return d;
}
static inline struct fl_duration fl_secs(int64_t n)
{
    return fl_duration_of_(n, 1000000000);
}
static inline struct fl_duration fl_millis(int64_t n)
{
    return fl_duration_of_(n, 1000000);
}
static inline struct fl_duration fl_micros(int64_t n)
{
    return fl_duration_of_(n, 1000);
}
static inline struct fl_duration fl_nanos(int64_t n)
{
    return fl_duration_of_(n, 1);
}

/* Whole units, rounded towards zero. */
static inline int64_t fl_as_millis(struct fl_duration d)
{
    return d.fl_ns / 1000000;
}
static inline int64_t fl_as_micros(struct fl_duration d)
{
    return d.fl_ns / 1000;
}
static inline int64_t fl_as_nanos(struct fl_duration d)
{
    return d.fl_ns;
}

/* < 0, 0, > 0: a is shorter than, as long as, longer than b. */
static inline int fl_duration_cmp(struct fl_duration a, struct fl_duration b)
{
    return (a.fl_ns > b.fl_ns) - (a.fl_ns < b.fl_ns);
}

/* The present. */
struct fl_instant fl_now(void);

static inline struct fl_instant fl_instant_add(struct fl_instant t, struct fl_duration d)
{
    struct fl_instant later;

    if (__builtin_add_overflow(t.fl_ns, d.fl_ns, &later.fl_ns))
        later.fl_ns = d.fl_ns < 0 ? INT64_MIN : INT64_MAX;
    return later;
}
static inline struct fl_duration fl_between_(struct fl_instant from, struct fl_instant to)
{
    struct fl_duration d;

    if (__builtin_sub_overflow(to.fl_ns, from.fl_ns, &d.fl_ns))
        d.fl_ns = to.fl_ns < from.fl_ns ? INT64_MIN : INT64_MAX;
    return d;
}

/* From `since` to now, and from now to `t` (negative when t is over). */
static inline struct fl_duration fl_elapsed(struct fl_instant since)
{
    return fl_between_(since, fl_now());
}
static inline struct fl_duration fl_until(struct fl_instant t)
{
    return fl_between_(fl_now(), t);
}

/* Now and d. */
static inline struct fl_instant fl_deadline_in(struct fl_duration d)
{
    return fl_instant_add(fl_now(), d);
}

/* Blocks this thread for at least d (signals do not shorten it); not at all if d is not positive. */
void fl_sleep(struct fl_duration d) FL_NOTE_("blocks");

FL_END_C_

#endif
