/* struct fl_semaphore: a number of permits, which threads take and give back.
 *
 *     static struct fl_semaphore connections = FL_SEMAPHORE(8);
 *
 *     fl_acquire(&connections);                           // waits while all eight are taken
 *     ...
 *     fl_release(&connections);
 *
 * Nobody owns a permit: one thread may take it and another one give it back, and who gives more than were taken adds to
 * them. So it is no lock (for one value use <fearless/mutex.h>: there nothing is reached without holding it), and a
 * panic gives nothing back. All zero is a semaphore without permits: for one thread to tell another that something has
 * happened.
 *
 * What was done before a fl_release is visible after the fl_acquire that its permit lets through.
 *
 * A semaphore that no thread is in may be freed as soon as a fl_acquire has returned: the one who released does not touch
 * it any more, even if his fl_release has not returned yet. (Of sem_post this is asked, and was long not so.)
 *
 * Acquiring blocks, is not fair (who comes may overtake those who wait), uses no CPU, and is no cancellation point.
 * fl_try_acquire and fl_release are lock-free, leave errno alone and may be called from a signal handler. In a child of
 * fork, those who waited are not there, and the permits are as they were. */
#ifndef FEARLESS_SEMAPHORE_H
#define FEARLESS_SEMAPHORE_H

#include <fearless/base.h>
#include <fearless/status.h>
#include <fearless/time.h>

FL_BEGIN_C_

struct FL_NOTE_("sync") fl_semaphore {
    struct {
        uint64_t fl_word __attribute__((aligned(8))); /* who waits, and the permits: see src/rt/semaphore.c */
    } fl_state;
};

/* With n permits, at most FL_SEMAPHORE_MOST. */
#define FL_SEMAPHORE_MOST 0x7fffffffu
#ifdef __cplusplus
#define FL_SEMAPHORE(n) {{(uint32_t)(n)}}
#else
#define FL_SEMAPHORE(n) {.fl_state = {(uint32_t)(n)}}
#endif

/* Takes a permit; blocks until there is one. */
FL_NOTE_("blocks") FL_NOTE_("waits") FL_NOTE_("awaits:permit") void fl_acquire(struct fl_semaphore *semaphore);

/* Takes a permit if there is one: true. Does not block. */
FL_MUST_USE_ bool fl_try_acquire(struct fl_semaphore *semaphore);

/* Takes a permit, and waits at most so long for one. FL_OK; FL_TIMEOUT: nothing was taken. (One that is there is taken
 * also when the time is over already.) */
FL_MUST_USE_ FL_NOTE_("blocks")
fl_status fl_acquire_timeout(struct fl_semaphore *semaphore, struct fl_duration timeout);
FL_MUST_USE_ FL_NOTE_("blocks")
fl_status fl_acquire_deadline(struct fl_semaphore *semaphore, struct fl_instant deadline);

#pragma GCC system_header /* see <fearless/base.h> */

/* fl_release(&s) gives one permit, fl_release(&s, n) gives n at once, and wakes as many who wait. Does not block. Panics
 * if that would be more than FL_SEMAPHORE_MOST permits: somebody gives back what he did not take. */
#define fl_release(semaphore, ...)                                                                 \
    FL_OMITTABLE_(~, ##__VA_ARGS__)                                                                \
    fl_release_((semaphore), FL_1ST_(__VA_OPT__(__VA_ARGS__,) 1), __FILE__, __LINE__)

FL_NOTE_("wakes:permit") FL_NOTE_("panics") void fl_release_(struct fl_semaphore *semaphore, uint32_t n, const char *file, int line);

FL_END_C_

#endif
