/* Arc: two counts before the value.
 *
 * Algorithm. Two counts, so that weak handles keep the memory and not the value: as in Boost's and C++'s shared_ptr
 * (Dimov), with Rust's idea of one weak count for all strong handles together, and of locking the weak count to look at
 * both.
 *
 * The state words
 *   fl_strong  handles that keep the value alive. Who takes it from 1 to 0 owns the value, and drops or moves it. Never
 *              leaves 0, except once in fl_arc_fill_ (and when fl_make_mut finds no memory). Legal to be 0 although
 *              the value is still being dropped.
 *   fl_weak    weak handles, and one more as long as fl_strong > 0, or the value is being dropped: that one keeps the
 *              memory. Who takes it from 1 to 0 frees.
 *   LOCKED     in fl_weak, while fl_get_mut looks. Legal only if it was 1, set by the only strong handle: nobody else
 *              can make a weak one meanwhile but from another strong one, which then does not exist, or is the reason
 *              for fl_get_mut to fail.
 *
 *   strong     weak        who                 to
 *   n > 0                  clone, upgrade      n + 1
 *   n > 1                  drop, into_inner    n - 1
 *   1                      drop, into_inner,   0: the value is the caller's, then weak - 1
 *                          try_unwrap, make_mut
 *   0                      upgrade             NULL
 *   0          n           fill (once)         strong 1, weak n + 1
 *              n           downgrade, clone    n + 1
 *              1           get_mut, make_mut   LOCKED, and 1 again
 *              LOCKED      downgrade           waits
 *
 * Who may call what: anybody who has a handle, with that handle; nobody needs another thread's.
 *
 * Linearisation points: the read-modify-write of the count; of fl_get_mut the load of fl_strong under the lock.
 *
 * Ordering
 *   [drop]   each decrement of strong releases what its thread did with the value; the last one acquires all of that
 *            by loading the word it has just written (a load, not a fence: ThreadSanitizer follows it). The
 *            decrements are read-modify-writes, so they all belong to one release sequence.
 *   [free]   the same for weak and the memory; fl_get_mut acquires it, too.
 *   [only]   acquire of strong == 1 pairs with the release of the drops that brought it there [drop].
 *   [fill]   the release of the store of strong in fl_arc_fill_ pairs with the acquire in fl_weak_upgrade_.
 *   [unlock] the release of fl_get_mut's lock pairs with the acquire in fl_arc_downgrade_: who makes a weak handle
 *            comes after what was written before.
 *   Increments are relaxed: who makes a handle has one already, and passes it on by something that orders.
 *
 * The fast halves of clone and drop are inline in <fearless/count.h>, which therefore names the same orders.
 *
 * Progress: clone and drop are wait-free but for the value's own drop, upgrade is lock-free; fl_arc_downgrade_ waits out
 * a fl_get_mut (a few instructions) and retries. ABA: counts have no identity, and strong does not come back from 0.
 * Reclamation: by fl_weak.
 *
 * Tests: tests/rt/unit/test_arc.c, tests/rt/stress/stress_arc.c. */
#include <fearless/arc.h>
#include <fearless/panic.h>

#include "atomic.h"
#include "panic_internal.h"
#include "value_block.h"

#include <string.h>

/* directly before the value, and as aligned as malloc's memory, so that nothing is lost */
_Static_assert(sizeof(struct fl_arc_head_) % _Alignof(max_align_t) == 0, "the head would be padded");

#define LOCKED SIZE_MAX
#define MOST FL_ARC_MOST_

static struct fl_arc_head_ *head_of(const volatile void *value)
{
    return (struct fl_arc_head_ *)(uintptr_t)value - 1;
}

static void release_weak(void *value)
{
    struct fl_arc_head_ *const head = head_of(value);
    if (fl_sub_release(&head->fl_weak, 1) != 1) /* [free] */
        return;
    (void)fl_load_acquire(&head->fl_weak); /* [free] */
    fl_value_block_free_(value, sizeof *head, head->fl_align);
}

/* True: that was the last strong handle, and the value is the caller's. */
static bool release_strong(void *value)
{
    struct fl_arc_head_ *const head = head_of(value);
    if (fl_sub_release(&head->fl_strong, 1) != 1) /* [drop] */
        return false;
    (void)fl_load_acquire(&head->fl_strong); /* [drop] */
    return true;
}

/* ---- making ---- */

static void *new_block(size_t size, size_t align, fl_drop_fn_ *drop, size_t strong)
{
    void *const value = fl_value_block_new_(sizeof(struct fl_arc_head_), size, align);
    if (value) {
        struct fl_arc_head_ *const head = head_of(value);
        fl_atomic_init(&head->fl_strong, strong);
        fl_atomic_init(&head->fl_weak, 1);
        head->fl_drop = drop;
        head->fl_align = align;
    }
    return value;
}

void *fl_arc_new_(size_t size, size_t align, fl_drop_fn_ *drop, const volatile void *value, const char *file, int line)
{
    void *const v = new_block(size, align, drop, 1);
    if (!v) {
        if (drop)
            drop(fl_value_of_(value)); /* whatever fails to take a value drops it */
        fl_panic_(file, line, "fl_arc_new: out of memory");
    }
    memcpy(v, fl_value_of_(value), size);
    return v;
}

void *fl_arc_new_empty_(size_t size, size_t align, fl_drop_fn_ *drop, const char *file, int line)
{
    void *const v = new_block(size, align, drop, 0);
    if (!v)
        fl_panic_(file, line, "fl_arc_new_cyclic: out of memory");
    return v;
}

void *fl_arc_fill_(const volatile void *weak, const volatile void *value, size_t size)
{
    void *const v = fl_value_of_(weak);
    struct fl_arc_head_ *const head = head_of(v);
    memcpy(v, fl_value_of_(value), size);
    /* the strong handles' one; the caller's is dropped by the caller. relaxed: the caller has one */
    fl_add_relaxed(&head->fl_weak, 1);
    fl_store_release(&head->fl_strong, 1); /* [fill] pairs with the acquire in fl_weak_upgrade_ */
    return v;
}

/* ---- handles ---- */

void fl_arc_too_many_(void)
{
    fl_abort_("too many handles of one Arc");
}

void *fl_arc_clone_(const volatile void *handle)
{
    /* relaxed: who makes a handle has one already */
    if (handle && fl_add_relaxed(&head_of(handle)->fl_strong, 1) > MOST)
        fl_arc_too_many_();
    return fl_value_of_(handle);
}

void fl_arc_last_(void *value)
{
    (void)fl_load_acquire(&head_of(value)->fl_strong); /* [drop] */
    fl_value_drop_(value, head_of(value)->fl_drop, release_weak);
}

void fl_arc_drop_(void *handle)
{
    void **const place = handle;
    void *const v = *place;
    *place = NULL;
    if (v && release_strong(v))
        fl_value_drop_(v, head_of(v)->fl_drop, release_weak);
}

void *fl_weak_clone_(const volatile void *handle)
{
    /* not LOCKED: who locks it knows that there is no weak handle. relaxed: who makes one has one already */
    if (handle && fl_add_relaxed(&head_of(handle)->fl_weak, 1) > MOST)
        fl_abort_("too many weak handles of one Arc");
    return fl_value_of_(handle);
}

void fl_weak_drop_(void *handle)
{
    void **const place = handle;
    void *const v = *place;
    *place = NULL;
    if (v)
        release_weak(v);
}

void *fl_arc_downgrade_(const volatile void *handle)
{
    if (!handle)
        return NULL;
    struct fl_arc_head_ *const head = head_of(handle);
    size_t weak = fl_load_relaxed(&head->fl_weak); /* relaxed: the compare-and-set decides */
    for (;;) {
        if (weak == LOCKED) {
            fl_cpu_relax_();
            weak = fl_load_relaxed(&head->fl_weak); /* relaxed: as above */
        } else if (weak > MOST) {
            fl_abort_("too many weak handles of one Arc");
        } else if (fl_cas_weak_acquire(&head->fl_weak, &weak, weak + 1)) { /* [unlock] */
            return fl_value_of_(handle);
        }
    }
}

void *fl_weak_upgrade_(const volatile void *handle)
{
    if (!handle)
        return NULL;
    struct fl_arc_head_ *const head = head_of(handle);
    size_t strong = fl_load_relaxed(&head->fl_strong); /* relaxed: the compare-and-set decides */
    while (strong != 0) {
        if (strong > MOST)
            fl_arc_too_many_();
        if (fl_cas_weak_acquire(&head->fl_strong, &strong, strong + 1)) /* [fill] */
            return fl_value_of_(handle);
    }
    return NULL;
}

size_t fl_arc_strong_count_(const volatile void *handle)
{
    /* relaxed: a number of the moment */
    return handle ? fl_load_relaxed(&head_of(handle)->fl_strong) : 0;
}

size_t fl_arc_weak_count_(const volatile void *handle)
{
    if (!handle)
        return 0;
    /* relaxed: numbers of the moment */
    const size_t weak = fl_load_relaxed(&head_of(handle)->fl_weak);
    if (weak == LOCKED || fl_load_relaxed(&head_of(handle)->fl_strong) == 0) /* relaxed: as above */
        return 0;
    return weak - 1;
}

/* ---- the value ---- */

void *fl_arc_get_mut_(const volatile void *handle)
{
    if (!handle)
        return NULL;
    /* A count of 1 is not enough: another thread could make a weak handle from a strong one, and drop the strong one,
     * between two looks. So weak is locked first: no weak handle, and none can be made. */
    struct fl_arc_head_ *const head = head_of(handle);
    size_t one = 1;
    if (!fl_cas_acquire(&head->fl_weak, &one, LOCKED)) /* [free] what former weak handles did is over */
        return NULL;
    const bool only = fl_load_acquire(&head->fl_strong) == 1; /* [only] */
    fl_store_release(&head->fl_weak, 1);                      /* [unlock] */
    return only ? fl_value_of_(handle) : NULL;
}

/* For fl_make_mut: true if h may be written through; weak handles are cut off then. */
bool fl_arc_is_only_(const volatile void *handle_place, size_t size, const char *file, int line)
{
    void **const place = (void **)(uintptr_t)handle_place;
    void *const v = *place;
    if (!v)
        fl_panic_(file, line, "fl_make_mut: the handle is empty");
    if (fl_arc_get_mut_(v))
        return true;
    struct fl_arc_head_ *const head = head_of(v);
    size_t one = 1;
    if (!fl_cas_acquire(&head->fl_strong, &one, 0)) /* [only] */
        return false;
    /* The last strong handle, but weak ones keep the memory: the value moves to memory of its own, they find it gone. */
    void *const moved = new_block(size, head->fl_align, head->fl_drop, 1);
    if (!moved) {
        fl_store_release(&head->fl_strong, 1); /* [fill] */
        fl_panic_(file, line, "fl_make_mut: out of memory");
    }
    memcpy(moved, v, size);
    *place = moved;
    release_weak(v);
    return true;
}

bool fl_arc_try_unwrap_(const volatile void *handle_place, void *ret_value, size_t size)
{
    void **const place = (void **)(uintptr_t)handle_place;
    void *const v = *place;
    size_t one = 1;
    if (!v || !fl_cas_acquire(&head_of(v)->fl_strong, &one, 0)) /* [only] */
        return false;
    memcpy(ret_value, v, size);
    *place = NULL;
    release_weak(v);
    return true;
}

bool fl_arc_into_inner_(const volatile void *handle_place, void *ret_value, size_t size)
{
    void **const place = (void **)(uintptr_t)handle_place;
    void *const v = *place;
    *place = NULL;
    if (!v || !release_strong(v))
        return false;
    memcpy(ret_value, v, size);
    release_weak(v);
    return true;
}
