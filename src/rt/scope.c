/* Scopes: the books about which threads are in which scope, and who may still use their handles.
 *
 * A handle can be ignored, and C does not tell. So the scope owns its threads' records, and a handle is only a right to
 * look one up, as long as there is a scope. That is a number, not a pointer:
 *
 *     handle = [ generation ][ index ][ 1 ]        word of a member = [ generation ][ ENDED ]
 *
 * The index is that of a *member*: a place in a pool whose memory is never freed, only used again, with the next
 * generation. A handle from before finds another generation there and is worth nothing; that is all that can happen to it.
 *
 * One lock, `books`, guards everything here: members, the lists of all scopes, the pool. It is held for a few instructions,
 * four times in the life of a thread (a thread costs thousands of times as much), never while anything waits, and
 * nobody can be unwound or cancelled with it. The only word that is read without it is a member's, by fl_is_finished.
 *
 * A member, from the thread's side        and from the handle's (right)
 *
 *   entered                                 KEPT      nobody has joined or given up: the scope will drop the result
 *   ended     result or message is there    CLAIMED   somebody is joining, or dropping the result
 *   left      the thread only has to go     GIVEN_UP  the thread is to drop its result itself
 *                                           GONE      there is no result any more
 *
 *   event                    who             right               thread
 *   fl_scope_enter_          spawner         -> KEPT             -> entered     pending + 1
 *   fl_scope_claim_          joiner          KEPT -> CLAIMED     any            pending + 1
 *   fl_scope_give_up_        detacher        KEPT -> GIVEN_UP    entered
 *                                            KEPT -> CLAIMED     ended, left    pending + 1
 *   fl_scope_ended_          the thread      any                 -> ended
 *   fl_scope_gave_up_        who claimed     CLAIMED -> GONE     ended, left    pending - 1
 *                            the thread      GIVEN_UP -> GONE    ended
 *   fl_scope_left_           the thread      any                 -> left        pending - 1
 *   remove                   the scope       KEPT, GONE          left           the place is free, next generation
 *
 * `pending` counts what the scope has to wait for: threads that have not left, and joins under way in threads that may be
 * strangers to the scope. Who is counted may count others, so that 0 is final: then the scope is closed, under the lock, and
 * no handle finds its members any more. Who brings it to 0 wakes the closer, by the word's address alone: the scope may
 * be gone by then (the lock, which the closer takes once more after that, is not part of it).
 *
 * Members that have left and whose right is GONE go to a second list, from which each fl_spawn_in takes two away: a
 * scope that lives long does not grow as long as its handles are joined or given up.
 *
 * The system's thread is joined before the record is given back: by who joins the handle, else here. So destructors of
 * thread-specific data have run, too, when a scope is left.
 *
 * A panic that nobody joined is known by the message that is still in the record: who joins takes it out.
 *
 *   [word]  ENDED in a member's word is released by the thread and acquired by fl_is_finished.
 *
 * Tests: tests/rt/unit/test_scope.c, tests/rt/stress/stress_scope.c. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "scope.h"

#include <fearless/lock.h>
#include <fearless/panic.h>

#include "panic_internal.h"
#include "park.h"

#include <pthread.h>
#include <stdlib.h>

enum right { KEPT, CLAIMED, GIVEN_UP, GONE };

struct fl_scope_member_ {
    FL_ATOMIC(uint32_t) word; /* generation << 1 | ENDED */
    uint32_t index;
    enum right right;
    bool left;
    bool joined; /* the system's thread has been */
    struct fl_thread_record_ *record;
    struct fl_scope *scope;
    struct fl_scope_member_ *next, *previous; /* of a free one: next alone */
    uint64_t panic_order;
};
typedef struct fl_scope_member_ member;
enum { ENDED = 1 };

static struct fl_lock books = FL_LOCK;

static void open_books(void)
{
    fl_lock_acquire(&books);
}
static void close_books(void)
{
    fl_lock_release(&books);
}

/* ---- the pool ---- */

/* Each chunk is twice as large as the one before: room for a thousand million threads, or 32,704 of a small machine. */
enum { FIRST_CHUNK = 64, CHUNKS = sizeof(void *) > 4 ? 24 : 9, INDEX_BITS = sizeof(void *) > 4 ? 32 : 15 };
#define INDEX_MASK (((uintptr_t)1 << INDEX_BITS) - 1)
#define GENERATION_MASK ((uint32_t)(UINTPTR_MAX >> (INDEX_BITS + 1)))

static member *chunks[CHUNKS];
static unsigned chunk_count;
static member *free_members;

static uint32_t chunk_size(unsigned chunk)
{
    return (uint32_t)FIRST_CHUNK << chunk;
}

/* The first index of a chunk is FIRST_CHUNK * (2^chunk - 1). */
static uint32_t chunk_start(unsigned chunk)
{
    return chunk_size(chunk) - FIRST_CHUNK;
}

static member *member_at(uint32_t index)
{
    const unsigned chunk = 31 - (unsigned)__builtin_clz(index / FIRST_CHUNK + 1);
    return &chunks[chunk][index - chunk_start(chunk)];
}

static uint32_t next_generation(uint32_t word)
{
    const uint32_t generation = ((word >> 1) + 1) & GENERATION_MASK;
    return (generation ? generation : 1) << 1; /* not 0: a handle is larger than every fl_status (fl_try_start_) */
}

static void put_back(member *m)
{
    /* relaxed: a handle that finds the next generation finds nothing to read */
    fl_store_relaxed(&m->word, next_generation(fl_atomic_own(&m->word)));
    m->record = NULL;
    m->scope = NULL;
    m->next = free_members;
    free_members = m;
}

/* Books open. */
static void add_chunk(member *chunk)
{
    const unsigned k = chunk_count++;
    chunks[k] = chunk;
    for (uint32_t i = chunk_size(k); i-- > 0;) {
        chunk[i].index = chunk_start(k) + i;
        put_back(&chunk[i]);
    }
}

/* Opens the books and makes sure that there is a free member; false, and the books closed: no memory. */
static bool open_books_for_one_more(void)
{
    open_books();
    while (!free_members) {
        const unsigned k = chunk_count;
        close_books();
        member *const chunk = k < CHUNKS ? calloc(chunk_size(k), sizeof(member)) : NULL;
        if (!chunk)
            return false;
        open_books();
        if (k == chunk_count) {
            add_chunk(chunk);
        } else { /* another thread was faster */
            close_books();
            free(chunk);
            open_books();
        }
    }
    return true;
}

/* ---- the lists, and what is pending; books open ---- */

static void link_last(member *m)
{
    struct fl_scope *const s = m->scope;
    m->next = NULL;
    m->previous = s->fl_last;
    *(s->fl_last ? &s->fl_last->next : &s->fl_first) = m;
    s->fl_last = m;
}

static void take_out(member *m)
{
    struct fl_scope *const s = m->scope;
    *(m->previous ? &m->previous->next : &s->fl_first) = m->next;
    *(m->next ? &m->next->previous : &s->fl_last) = m->previous;
}

static void move_to_done(member *m)
{
    take_out(m);
    m->next = m->scope->fl_done;
    m->scope->fl_done = m;
}

static void one_more_pending(struct fl_scope *s)
{
    fl_add_relaxed(&s->fl_pending, 1); /* relaxed: under the lock; what sleeps on it only compares */
}

/* Closes the books, too: afterwards nothing of the scope may be touched. */
static void one_less_pending(struct fl_scope *s)
{
    const uint32_t *const pending = &s->fl_pending.fl_word;
    const uint32_t before = fl_sub_relaxed(&s->fl_pending, 1); /* relaxed: under the lock, as above */
    const bool wake = before == 1 && s->fl_waits;
    close_books();
    if (wake)
        fl_word_wake_(pending, 1);
}

/* ---- members that are done with ---- */

static void cancel_as_before(int *state)
{
    pthread_setcancelstate(*state, NULL);
}

/* Keeps the one that panicked first. */
static void offer_panic(struct fl_scope *s, char *message, uint64_t order)
{
    open_books();
    char *const unwanted = s->fl_panic_message && s->fl_panic_order < order ? message : s->fl_panic_message;
    if (unwanted != message) {
        s->fl_panic_message = message;
        s->fl_panic_order = order;
    }
    close_books();
    if (unwanted)
        fl_panic_free_message_(unwanted);
}

/* m has left, is on no list, and nobody can find it or wants it. pthread_join would be a place to be cancelled at: the
 * caller has switched that off. */
static void remove_member(member *m)
{
    struct fl_scope *const s = m->scope;
    struct fl_thread_record_ *const r = m->record;
    if (!m->joined)
        pthread_join(r->thread, NULL);
    if (m->right == KEPT && r->has_result && !fl_panic_run_(fl_thread_drop_result_, r)) {
        r->message = fl_panic_take_message_();
        open_books();
        m->panic_order = ++s->fl_panics;
        close_books();
    }
    if (r->message)
        offer_panic(s, r->message, m->panic_order);
    r->message = NULL;
    fl_thread_record_release_(r);
    open_books();
    put_back(m);
    close_books();
}

/* ---- starting ---- */

void *fl_start_in_(const struct fl_start_ *how, const struct fl_thread_fn_ *fn, const void *args)
{
    const char *const wrong = !how->scope            ? "fl_spawn_in: the scope is NULL"
                              : how->scope->fl_closed ? "fl_spawn_in: all threads of the scope have ended, and it with them"
                                                      : NULL;
    if (!wrong)
        return fl_start_(how, fn, args);
    fn->drop_args((void *)(uintptr_t)args);
    fl_panic_(how->file, how->line, "%s", wrong);
}

bool fl_scope_enter_(struct fl_scope *scope, struct fl_thread_record_ *r)
{
    if (!open_books_for_one_more())
        return false;
    member *const m = free_members;
    free_members = m->next;
    m->right = KEPT;
    m->left = m->joined = false;
    m->record = r;
    m->scope = scope;
    m->panic_order = 0;
    r->member = m;
    link_last(m);
    one_more_pending(scope);

    /* two, so that there are fewer afterwards than before */
    member *done[2] = {NULL, NULL};
    for (int i = 0; i < 2 && scope->fl_done; i++) {
        done[i] = scope->fl_done;
        scope->fl_done = done[i]->next;
    }
    close_books();
    if (done[0]) {
        __attribute__((cleanup(cancel_as_before))) int cancel;
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
        for (int i = 0; i < 2 && done[i]; i++)
            remove_member(done[i]);
    }
    return true;
}

void fl_scope_withdraw_(struct fl_thread_record_ *r)
{
    open_books();
    member *const m = r->member;
    struct fl_scope *const s = m->scope;
    take_out(m);
    put_back(m);
    one_less_pending(s);
}

void *fl_scope_handle_(const struct fl_thread_record_ *r)
{
    /* The generation stays: the scope is not closed before the caller is done.
     * relaxed: ENDED may come in between, and is not wanted. */
    const uintptr_t generation = fl_load_relaxed(&r->member->word) >> 1;
    return (void *)(generation << (INDEX_BITS + 1) | (uintptr_t)r->member->index << 1 | 1);
}

/* ---- ending ---- */

bool fl_scope_ended_(struct fl_thread_record_ *r)
{
    member *const m = r->member;
    open_books();
    if (r->message)
        m->panic_order = ++m->scope->fl_panics;
    fl_or_acq_rel(&m->word, ENDED); /* [word] */
    const bool is_given_up = m->right == GIVEN_UP;
    close_books();
    return is_given_up;
}

void fl_scope_left_(struct fl_thread_record_ *r)
{
    member *const m = r->member;
    open_books();
    m->left = true;
    if (m->right == GONE) {
        if (r->message && m->panic_order == 0)
            m->panic_order = ++m->scope->fl_panics; /* the drop of a result that was given up */
        move_to_done(m);
    }
    one_less_pending(m->scope);
}

/* ---- the handle ---- */

static uint32_t index_of(const volatile void *handle)
{
    return (uint32_t)((uintptr_t)handle >> 1 & INDEX_MASK);
}

/* What the word of the member is while the thread runs. */
static uint32_t word_of(const volatile void *handle)
{
    return (uint32_t)((uintptr_t)handle >> (INDEX_BITS + 1)) << 1;
}

/* Books open. NULL: its scope has ended. */
static member *find(const volatile void *handle)
{
    member *const m = member_at(index_of(handle));
    const bool is_the_same = (fl_atomic_own(&m->word) & ~(uint32_t)ENDED) == word_of(handle);
    return is_the_same && m->scope && !m->scope->fl_closed ? m : NULL;
}

static void claim(member *m, struct fl_thread_record_ **ret_record)
{
    m->right = CLAIMED;
    one_more_pending(m->scope);
    *ret_record = m->record;
}

enum fl_scope_claim_ fl_scope_claim_(const volatile void *handle, struct fl_thread_record_ **ret_record)
{
    enum fl_scope_claim_ answer = FL_CLAIMED_;
    open_books();
    member *const m = find(handle);
    if (!m)
        answer = FL_CLAIM_LATE_;
    else if (m->record == fl_thread_record_self_())
        answer = FL_CLAIM_OWN_;
    else if (m->right != KEPT)
        answer = FL_CLAIM_AGAIN_;
    else
        claim(m, ret_record);
    close_books();
    return answer;
}

enum fl_scope_claim_ fl_scope_give_up_(const volatile void *handle, struct fl_thread_record_ **ret_record)
{
    enum fl_scope_claim_ answer = FL_CLAIMED_;
    open_books();
    member *const m = find(handle);
    if (!m) {
        answer = FL_CLAIM_LATE_;
    } else if (m->right != KEPT) {
        answer = FL_CLAIM_AGAIN_;
    } else if (fl_atomic_own(&m->word) & ENDED) {
        claim(m, ret_record);
    } else {
        m->right = GIVEN_UP;
        answer = FL_CLAIM_RUNNING_;
    }
    close_books();
    return answer;
}

void fl_scope_joined_(struct fl_thread_record_ *r)
{
    r->member->joined = true; /* the caller's alone until fl_scope_gave_up_ */
}

void fl_scope_gave_up_(struct fl_thread_record_ *r)
{
    member *const m = r->member;
    open_books();
    const bool was_claimed = m->right == CLAIMED;
    m->right = GONE;
    if (m->left)
        move_to_done(m);
    if (was_claimed)
        one_less_pending(m->scope);
    else
        close_books();
}

bool fl_scope_is_finished_(const volatile void *handle)
{
    return fl_load_acquire(&member_at(index_of(handle))->word) != word_of(handle); /* [word] */
}

struct fl_thread_record_ *fl_scope_record_(const volatile void *handle)
{
    struct fl_thread_record_ *r = NULL;
    open_books();
    member *const m = find(handle);
    if (m) {
        r = m->record;
        fl_thread_record_keep_(r);
    }
    close_books();
    return r;
}

/* ---- the end of the scope ---- */

/* Waits until nothing is pending, and takes all members. */
static void shut(struct fl_scope *s, member **ret_members, member **ret_done)
{
    uint32_t pending;
    open_books();
    s->fl_waits = true;
    /* relaxed: under the lock */
    while ((pending = fl_load_relaxed(&s->fl_pending)) > 0) {
        close_books();
        fl_word_wait_(&s->fl_pending.fl_word, pending, FL_NEVER_NS_);
        open_books();
    }
    s->fl_closed = true;
    *ret_members = s->fl_first;
    *ret_done = s->fl_done;
    close_books();
}

static void remove_all(member *m)
{
    while (m) {
        member *const next = m->next;
        remove_member(m);
        m = next;
    }
}

static void free_message_at(char **message)
{
    fl_panic_free_message_(*message);
}

void fl_scope_close_(struct fl_scope *s)
{
    member *members, *done;
    {
        __attribute__((cleanup(cancel_as_before))) int cancel;
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
        shut(s, &members, &done);
        remove_all(members);
        remove_all(done);
    }
    if (!s->fl_panic_message)
        return;
    __attribute__((cleanup(free_message_at))) char *message = s->fl_panic_message;
    if (!fl_panicking())
        fl_panic_(s->fl_file, s->fl_line, "fl_scope: a thread of the scope panicked: %s", message);
}
