/* Threads: how one starts and ends, and who gets its result. The record, its memory and its count: thread_record.h.
 *
 * The arguments are dead when the function has got them as parameters, so the result takes their place.
 *
 * The state word (one bit each, all start as 0):
 *
 *   ENDED     set by the thread, last: result or message are there, it will not touch the record any more. Legal only
 *             once.
 *   DETACHED  set by who gave up the handle. Legal only once, and only in place of joining.
 *   WAITED    set by the joiner before it sleeps; tells the thread to wake. Legal to find it set with nobody asleep.
 *
 *   Who sets the second one of ENDED and DETACHED drops the result and gives back the count that stands for it. A
 *   joiner, who is the only owner of the handle, does so after it has seen ENDED.
 *
 *   [ended]  release in end() pairs with acquire in fl_join_, fl_is_finished_ and give_up_handle(): the result, the
 *            message and everything the thread wrote are visible to who sees ENDED.
 *   [gone]   release of DETACHED pairs with the acquire in end(): what the last user of the handle did is before the
 *            drop of the result and the free.
 *
 * The waiting is park.c's; the system's thread is joined after ENDED, when it has nothing left to do but to go, so
 * that no thread of ours outlives its join. Tests: tests/rt/unit/test_thread.c, tests/rt/stress/stress_thread.c. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <fearless/panic.h>
#include <fearless/thread.h>

#include "atomic.h"
#include "local.h"
#include "panic_internal.h"
#include "park.h"
#include "scope.h"
#include "sizes.h"
#include "thread_record.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ENDED = 1, DETACHED = 2, WAITED = 4 };

/* ---- the record ---- */

static struct fl_thread_record_ *new_record(const struct fl_thread_fn_ *fn, const char *name)
{
    const size_t values_align = fl_larger_(fn->args_align, fn->result_align);
    const size_t align = fl_larger_(values_align, _Alignof(max_align_t));
    const size_t values_at = fl_round_up_(sizeof(struct fl_thread_record_), values_align);
    const size_t name_at = values_at + fl_larger_(fn->args_size, fn->result_size);
    const size_t name_size = name ? strlen(name) + 1 : 0;
    const size_t size = fl_round_up_(name_at + name_size, align);
    char *const memory = align > _Alignof(max_align_t) ? aligned_alloc(align, size) : malloc(size);
    if (!memory)
        return NULL;

    struct fl_thread_record_ *const r = (struct fl_thread_record_ *)memory;
    fl_thread_record_init_(r, 2); /* the thread's and its result's */
    r->fn = fn;
    r->values = memory + values_at;
    if (name)
        r->name = memcpy(memory + name_at, name, name_size);
    return r;
}

static void give_up_count(struct fl_thread_record_ **r)
{
    if ((*r)->member) {
        /* the count, and a message that nobody has taken, are the scope's */
        fl_scope_gave_up_(*r);
        return;
    }
    if ((*r)->message)
        fl_panic_free_message_((*r)->message);
    (*r)->message = NULL;
    fl_thread_record_release_(*r);
}

/* By who is the last that could want the result. The count is given back even if the drop of the result panics. */
static void give_up_result(struct fl_thread_record_ *record)
{
    __attribute__((cleanup(give_up_count))) struct fl_thread_record_ *r = record;
    if (r->has_result)
        r->fn->drop_result(r->values);
}

/* ---- in the thread ---- */

static void run_function(void *record)
{
    struct fl_thread_record_ *const r = record;
    r->fn->run(r->values, r->values);
    r->has_result = true;
}

void fl_thread_drop_result_(void *record)
{
    struct fl_thread_record_ *const r = record;
    r->has_result = false;
    r->fn->drop_result(r->values);
}

/* Nobody wants the result: dropped here, in the thread, which must survive a panic of that. */
static void drop_unwanted_result(struct fl_thread_record_ *r)
{
    if (r->has_result && !fl_panic_run_(fl_thread_drop_result_, r))
        fl_panic_free_message_(fl_panic_take_message_());
}

/* The same as in end(), for a thread in a scope, which keeps the record until it has joined it. */
static void end_in_scope(struct fl_thread_record_ *r)
{
    const bool is_unwanted = fl_scope_ended_(r);
    if (fl_or_acq_rel(&r->state, ENDED) & WAITED) /* [ended] */
        fl_word_wake_(&r->state.fl_word, FL_WAKE_ALL_);
    if (is_unwanted) {
        if (r->has_result && !fl_panic_run_(fl_thread_drop_result_, r))
            r->message = fl_panic_take_message_();
        fl_scope_gave_up_(r);
    }
    fl_scope_left_(r);
}

/* The last thing that a thread does, also one that leaves by pthread_exit (then there is no result). */
static void end(struct fl_thread_record_ **root)
{
    struct fl_thread_record_ *const r = *root;
    /* from here on nothing may stop it: a drop may be a place to be cancelled at */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    fl_locals_end_(); /* those of a thread that left by pthread_exit */
    if (!r->has_result && !r->message)
        r->message = fl_panic_new_message_("it left by pthread_exit or was cancelled");
    if (r->member) {
        end_in_scope(r);
        return;
    }
    const uint32_t before = fl_or_acq_rel(&r->state, ENDED); /* [ended] [gone] */
    if (before & DETACHED) {
        drop_unwanted_result(r);
        give_up_result(r);
    } else if (before & WAITED) {
        /* the record stays: this thread has a count of it for some time yet */
        fl_word_wake_(&r->state.fl_word, FL_WAKE_ALL_);
    }
}

/* For the system's own lists (top, gdb): as much of the name as fits, no half character of UTF-8 at its end. */
static void show_name(const char *name)
{
    char shown[16]; /* the kernel's limit */
    size_t n = strnlen(name, sizeof shown);
    if (n == sizeof shown) {
        const size_t most = sizeof shown - 1, longest_character = 4;
        for (n = most; n > most - longest_character && (name[n] & 0xC0) == 0x80;)
            n--; /* name[n] continues a character that begins before it */
        if ((name[n] & 0xC0) == 0x80)
            n = most; /* not UTF-8 */
    }
    memcpy(shown, name, n);
    shown[n] = '\0';
    pthread_setname_np(pthread_self(), shown);
}

static void *thread_main(void *record)
{
    __attribute__((cleanup(end))) struct fl_thread_record_ *r = record;
    if (!fl_thread_record_adopt_(r))
        fl_abort_("out of memory for a thread that begins"); /* fl_spawn has long said that it runs */
    if (r->name)
        show_name(r->name);
    if (!fl_panic_run_(run_function, r))
        r->message = fl_panic_take_message_();
    fl_locals_end_(); /* not only in end(): one of the drops may itself leave by pthread_exit */
    return NULL;
}

/* ---- starting ---- */

/* Is there no room for that many bytes? pthread_create says EAGAIN of a stack that is too large (and of a thread too many). */
static bool is_too_large(size_t size)
{
    void *const room = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED)
        return true;
    munmap(room, size);
    return false;
}

/* Gives 0 or an error number. Of a stack of our own choice we know the least size only roughly: the system puts the
 * program's _Thread_local variables there, too, so what is refused as too small is tried again with twice as much. */
static int create_with_stack(struct fl_thread_record_ *r, size_t stack_size)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), least = (size_t)sysconf(_SC_THREAD_STACK_MIN);
    const size_t grow_most = (size_t)64 << 20;
    if (stack_size > SIZE_MAX - page)
        return ENOMEM;
    size_t size = fl_round_up_(fl_larger_(stack_size, least), page);
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error)
        return error;
    for (;; size *= 2) {
        error = pthread_attr_setstacksize(&attributes, size);
        if (!error)
            error = pthread_create(&r->thread, &attributes, thread_main, r);
        if (error != EINVAL || size > grow_most)
            break;
    }
    pthread_attr_destroy(&attributes);
    return error && is_too_large(size) ? ENOMEM : error;
}

static int create(struct fl_thread_record_ *r, size_t stack_size)
{
    return stack_size > 0 ? create_with_stack(r, stack_size) : pthread_create(&r->thread, NULL, thread_main, r);
}

/* The arguments are ours again then, and dropped before anything is told. */
static void *not_started(const struct fl_start_ *how, const struct fl_thread_fn_ *fn, const void *args, int error)
{
    const fl_status status = error == ENOMEM ? FL_NO_MEMORY : FL_SYSTEM;
    char reason[128];
    fn->drop_args((void *)(uintptr_t)args);
    if (!how->is_try)
        fl_panic_(how->file, how->line, "%s: no thread could be started: %s (%s)", how->scope ? "fl_spawn_in" : "fl_spawn",
                  fl_status_text(status), strerror_r(error, reason, sizeof reason));
    return FL_FAILED_START_(status);
}

void *fl_start_(const struct fl_start_ *how, const struct fl_thread_fn_ *fn, const void *args)
{
    const struct fl_thread_options none = {0};
    const struct fl_thread_options *const options = how->options ? how->options : &none;
    struct fl_thread_record_ *const r = new_record(fn, options->name);
    if (!r)
        return not_started(how, fn, args, ENOMEM);
    memcpy(r->values, args, fn->args_size);
    if (how->scope && !fl_scope_enter_(how->scope, r)) {
        free(r);
        return not_started(how, fn, args, ENOMEM);
    }
    const int error = create(r, options->stack_size);
    if (error) {
        if (r->member)
            fl_scope_withdraw_(r);
        free(r);
        return not_started(how, fn, args, error);
    }
    return r->member ? fl_scope_handle_(r) : r;
}

fl_status fl_try_start_(void *ret_handle, const volatile void *started)
{
    const uintptr_t record_or_status = (uintptr_t)started;
    if (record_or_status <= FL_SYSTEM)
        return (fl_status)record_or_status;
    *(void **)ret_handle = (void *)record_or_status;
    return FL_OK;
}

/* ---- the handle ---- */

static struct fl_thread_record_ *record_of(const volatile void *handle)
{
    return (struct fl_thread_record_ *)(uintptr_t)handle;
}

/* A joiner that sleeps costs two system calls, one of them the thread's, and a wake-up, which together is as much as a short
 * thread. So it first gives its CPU away for a while: if the thread is waiting for this very CPU, which is usual (it was
 * started here), that is what it needs, and spinning would only keep it from running; if it runs on another one, this looks
 * for its end often enough. How long it is worth it is learned per joiner. */
enum { YIELDS_LEAST = 2, YIELDS_MOST = 100 };
static FL_THREAD_VAR_ int yields = YIELDS_MOST;

static bool ends_soon(struct fl_thread_record_ *r)
{
    for (int i = 0; i < yields; i++) {
        fl_yield_now_();
        if (fl_load_relaxed(&r->state) & ENDED) { /* relaxed: a hint, who takes the result looks again */
            yields = yields < YIELDS_MOST / 2 ? 2 * yields : YIELDS_MOST;
            return true;
        }
    }
    if (yields > YIELDS_LEAST)
        yields /= 2;
    return false;
}

/* After ENDED the system's thread has a few microseconds to go. */
static void join_system_thread(pthread_t thread)
{
    for (int i = 0; i < YIELDS_MOST; i++) {
        if (pthread_tryjoin_np(thread, NULL) == 0)
            return;
        fl_yield_now_();
    }
    pthread_join(thread, NULL);
}

static void wait_for_end(struct fl_thread_record_ *r)
{
    uint32_t state = fl_load_acquire(&r->state); /* [ended] */
    if (!(state & ENDED) && ends_soon(r))
        state = fl_load_acquire(&r->state); /* [ended] */
    while (!(state & ENDED)) {
        /* A failed exchange has found ENDED: nobody else sets anything while there is a joiner.
         * relaxed: only tells the thread to wake. */
        if ((state & WAITED) || fl_cas_relaxed(&r->state, &state, state | WAITED))
            fl_word_wait_(&r->state.fl_word, WAITED, FL_NEVER_NS_);
        state = fl_load_acquire(&r->state); /* [ended] */
    }
}

static struct fl_thread_record_ *claimed(const volatile void *handle, const char *file, int line)
{
    struct fl_thread_record_ *r = fl_is_scoped_(handle) ? NULL : record_of(handle);
    const enum fl_scope_claim_ claim = r ? FL_CLAIMED_ : fl_scope_claim_(handle, &r);
    if (claim == FL_CLAIM_LATE_)
        fl_panic_(file, line, "fl_join: the thread's scope has ended, and the thread before it: "
                              "a thread of a scope is joined inside of the scope");
    if (claim == FL_CLAIM_AGAIN_)
        fl_panic_(file, line, "fl_join: a copy of this handle was joined, detached or dropped before");
    if (claim == FL_CLAIM_OWN_ || r == fl_thread_record_self_())
        fl_panic_(file, line, "fl_join: a thread cannot join itself: it would wait for ever");
    return r;
}

static void cancel_as_before(int *state)
{
    pthread_setcancelstate(*state, NULL);
}

/* Takes the record out of the handle when the thread has ended and is gone. No place to be cancelled at, as little as
 * any other wait of the library: who has claimed a result must get to the end. */
static struct fl_thread_record_ *joined_record(const volatile void *handle_place, const char *file, int line)
{
    void **const place = (void **)(uintptr_t)handle_place;
    if (!*place)
        fl_panic_(file, line, "fl_join: the handle is empty: it was joined, moved or dropped before");
    struct fl_thread_record_ *const r = claimed(*place, file, line);
    __attribute__((cleanup(cancel_as_before))) int cancel;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    wait_for_end(r);
    *place = NULL;
    join_system_thread(r->thread);
    if (r->member)
        fl_scope_joined_(r);
    return r;
}

/* The result goes to ret_result if it is wanted and there is one; everything else is freed. */
static fl_status finish_join(struct fl_thread_record_ *r, void *ret_result)
{
    const fl_status status = r->message ? FL_PANICKED : FL_OK;
    if (status == FL_PANICKED) {
        fl_panic_keep_message_(r->message);
        r->message = NULL;
    } else if (ret_result) {
        memcpy(ret_result, r->values, r->fn->result_size);
        r->has_result = false;
    }
    give_up_result(r);
    return status;
}

fl_status fl_join_(const volatile void *handle_place, void *ret_result, const char *file, int line)
{
    return finish_join(joined_record(handle_place, file, line), ret_result);
}

void fl_joined_(const volatile void *handle_place, void *ret_result, const char *file, int line)
{
    if (finish_join(joined_record(handle_place, file, line), ret_result) != FL_OK)
        fl_panic_(file, line, "fl_joined: the thread panicked: %s", fl_panic_message());
}

void fl_detach_(const volatile void *handle)
{
    if (fl_is_scoped_(handle)) {
        struct fl_thread_record_ *ended;
        if (fl_scope_give_up_(handle, &ended) == FL_CLAIMED_)
            give_up_result(ended);
        return;
    }
    struct fl_thread_record_ *const r = record_of(handle);
    if (!r)
        return;
    /* before the exchange: after it the thread may free the record */
    const pthread_t thread = r->thread;
    const uint32_t before = fl_or_acq_rel(&r->state, DETACHED); /* [gone] [ended] */
    pthread_detach(thread);
    if (before & ENDED)
        give_up_result(r);
}

void fl_join_handle_drop_(void *handle)
{
    void **const place = handle;
    void *const r = *place;
    *place = NULL;
    fl_detach_(r);
}

bool fl_is_finished_(const volatile void *handle)
{
    if (fl_is_scoped_(handle))
        return fl_scope_is_finished_(handle);
    struct fl_thread_record_ *const r = record_of(handle);
    return !r || (fl_load_acquire(&r->state) & ENDED); /* [ended] */
}

void fl_yield(void)
{
    fl_yield_now_();
}
