/* fl_thread: a counted handle on a thread's record (thread_record.h), and the token that each thread parks for.
 *
 * A thread of ours brings its record along (thread.c). Any other, main too, gets one when it first asks who it is.
 * Either way the thread owns one count of it, which a pthread destructor gives back: late, so that the destructors of other
 * libraries still find the same thread, but before the last round, in which ThreadSanitizer leaves the thread. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <fearless/panic.h>
#include <fearless/park.h>

#include "panic_internal.h"
#include "scope.h"
#include "thread_record.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LAST_ROUND = PTHREAD_DESTRUCTOR_ITERATIONS - 1 };

static FL_ATOMIC(uint64_t) last_id;

static FL_THREAD_VAR_ struct fl_thread_record_ *self;
static FL_THREAD_VAR_ int destructor_rounds;
static FL_THREAD_VAR_ uint64_t late_id; /* not 0: the destructor has given the record back; this was its id */

/* ---- the count ---- */

void fl_thread_record_init_(struct fl_thread_record_ *r, size_t count)
{
    *r = (struct fl_thread_record_){
        .parker = FL_PARKER_INIT_,
        .id = fl_add_relaxed(&last_id, 1) + 1, /* relaxed: being different is all that is asked */
    };
    fl_atomic_init(&r->count, count);
}

void fl_thread_record_keep_(struct fl_thread_record_ *r)
{
    /* relaxed: [count] */
    if (fl_add_relaxed(&r->count, 1) > SIZE_MAX / 2)
        fl_abort_("more handles of one thread than can be counted: some are never dropped");
}

void fl_thread_record_release_(struct fl_thread_record_ *r)
{
    if (fl_sub_release(&r->count, 1) != 1) /* [count] */
        return;
    (void)fl_load_acquire(&r->count); /* [count] */
    free(r);
}

/* ---- the thread's own ---- */

static pthread_key_t self_key;
static pthread_once_t self_key_once = PTHREAD_ONCE_INIT;

static void give_back(void *record)
{
    struct fl_thread_record_ *const r = record;
    if (++destructor_rounds < LAST_ROUND && pthread_setspecific(self_key, r) == 0)
        return;
    late_id = r->id;
    self = NULL;
    fl_thread_record_release_(r);
}

static void make_self_key(void)
{
    if (pthread_key_create(&self_key, give_back) != 0)
        fl_abort_("no thread-specific key is left (pthread_key_create)");
}

bool fl_thread_record_adopt_(struct fl_thread_record_ *r)
{
    pthread_once(&self_key_once, make_self_key);
    if (pthread_setspecific(self_key, r) != 0)
        return false;
    self = r;
    return true;
}

struct fl_thread_record_ *fl_thread_record_self_(void)
{
    return self;
}

static bool is_main(void)
{
    return getpid() == (pid_t)syscall(SYS_gettid);
}

const char *fl_thread_own_name_(void)
{
    if (self)
        return self->name;
    return is_main() ? "main" : NULL;
}

/* Main's is static: its thread has no last destructor (only when main leaves by pthread_exit), so nobody could free it. */
static struct fl_thread_record_ main_record;
static FL_ATOMIC(uint32_t) main_record_is_taken; /* a second main: fork() in a thread makes one */

static FL_NORETURN_ void refuse_foreign_record(void)
{
    fl_panic("fl_current: out of memory for the record of a thread that fl_spawn did not start");
}

static struct fl_thread_record_ *new_foreign_record(void)
{
    /* relaxed: there is one main thread at a time */
    if (is_main() && fl_swap_relaxed(&main_record_is_taken, 1) == 0) {
        fl_thread_record_init_(&main_record, 2); /* one is never given back */
        main_record.name = "main";
        return &main_record;
    }
    struct fl_thread_record_ *const r = malloc(sizeof *r);
    if (!r)
        refuse_foreign_record();
    fl_thread_record_init_(r, 1);
    if (is_main())
        r->name = "main";
    return r;
}

static __attribute__((noinline, cold)) struct fl_thread_record_ *own_foreign_record(void)
{
    struct fl_thread_record_ *const r = new_foreign_record();
    if (fl_thread_record_adopt_(r))
        return self;
    if (r == &main_record)
        fl_store_relaxed(&main_record_is_taken, 0); /* relaxed: as in new_foreign_record */
    else
        fl_thread_record_release_(r);
    refuse_foreign_record();
}

/* The caller's record; NULL if it is too late for that. */
static struct fl_thread_record_ *own_record(void)
{
    return self ? self : late_id ? NULL : own_foreign_record();
}

/* ---- fl_thread ---- */

static fl_thread handle_on(struct fl_thread_record_ *r)
{
    fl_thread_record_keep_(r);
    return (fl_thread)(void *)r;
}

static struct fl_thread_record_ *record_of(fl_thread t, const char *what, const char *file, int line)
{
    if (!t)
        fl_panic_(file, line, "%s: the fl_thread is empty: it was moved or dropped before", what);
    return (struct fl_thread_record_ *)(uintptr_t)t;
}

fl_thread fl_current(void)
{
    struct fl_thread_record_ *const r = own_record();
    if (r)
        return handle_on(r);
    /* in a destructor that comes even later: the caller's alone, with the right id */
    struct fl_thread_record_ *const late = new_foreign_record();
    late->id = late_id;
    return (fl_thread)(void *)late;
}

void *fl_thread_of_(const volatile void *join_handle, const char *file, int line)
{
    if (!join_handle)
        fl_panic_(file, line, "fl_thread_of: the handle is empty: it was joined, moved or dropped before");
    if (fl_is_scoped_(join_handle)) {
        struct fl_thread_record_ *const kept = fl_scope_record_(join_handle);
        if (!kept)
            fl_panic_(file, line, "fl_thread_of: the thread's scope has ended, and the thread before it");
        return kept;
    }
    return (void *)(uintptr_t)handle_on((struct fl_thread_record_ *)(uintptr_t)join_handle);
}

void *fl_thread_clone_(const volatile void *t)
{
    return t ? (void *)(uintptr_t)handle_on((struct fl_thread_record_ *)(uintptr_t)t) : NULL;
}

void fl_thread_drop_(void *place)
{
    struct fl_thread_record_ **const p = place;
    struct fl_thread_record_ *const r = *p;
    *p = NULL;
    if (r)
        fl_thread_record_release_(r);
}

uint64_t fl_thread_id_(fl_thread t, const char *file, int line)
{
    return record_of(t, "fl_thread_id", file, line)->id;
}

const char *fl_thread_name_(fl_thread t, const char *file, int line)
{
    return record_of(t, "fl_thread_name", file, line)->name;
}

/* ---- parking ---- */

void fl_unpark_(fl_thread t, const char *file, int line)
{
    fl_parker_wake_(&record_of(t, "fl_unpark", file, line)->parker);
}

static bool park_until(int64_t deadline_ns)
{
    struct fl_thread_record_ *const r = own_record();
    if (!r)
        return true; /* nobody has a handle on what is left of this thread: it would sleep for ever */
    return fl_parker_be_patient_(&r->parker, &r->patience) || fl_parker_wait_(&r->parker, deadline_ns);
}

void fl_park(void)
{
    (void)park_until(FL_NEVER_NS_);
}

fl_status fl_park_deadline(struct fl_instant deadline)
{
    return park_until(deadline.fl_ns) ? FL_OK : FL_TIMEOUT;
}

fl_status fl_park_timeout(struct fl_duration timeout)
{
    return fl_park_deadline(fl_deadline_in(timeout));
}
