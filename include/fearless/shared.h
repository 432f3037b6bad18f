/* What Arcs and Rcs have in common: weak handles, counts, and getting the value back.
 *
 *     fl_weak(struct node) parent = fl_downgrade(node);   // does not keep the node alive
 *     fl_arc(struct node) p = fl_upgrade(parent);         // NULL when it is gone
 *
 *     struct node n;
 *     if (fl_try_unwrap(&p, &n)) ...                      // p was the only one: the value is in n, p is empty
 *
 * Each works on fl_arc and fl_rc alike (fl_weak and fl_rc_weak for fl_upgrade). The kind is in the handle's type. Nothing
 * here blocks. Counts of an Arc are of the moment: another thread may change them before you look. */
#ifndef FEARLESS_SHARED_H
#define FEARLESS_SHARED_H

#include <fearless/base.h>
#include <fearless/get.h>
#include <fearless/handle.h>
#include <fearless/move.h>
#include <fearless/value.h>

#ifndef __cplusplus

/* A weak handle to the same value (fl_weak of an fl_arc, fl_rc_weak of an fl_rc). h stays. */
#define fl_downgrade(h) ((FL_WEAK_TYPE_(h))FL_SHARED_CALL_(downgrade, h)(h))

/* A strong handle if the value is still there, else NULL. w stays. */
#define fl_upgrade(w) ((FL_STRONG_TYPE_(w))FL_WEAK_CALL_(upgrade, w)(w))

/* How many strong handles there are, and how many weak ones; h may be a weak handle, too. Both are 0 when the value is
 * gone, and of an empty handle. */
#define fl_strong_count(h) FL_COUNT_CALL_(strong_count, h)(h)
#define fl_weak_count(h) FL_COUNT_CALL_(weak_count, h)(h)

/* Do the two handles share one value? */
#define fl_ptr_eq(a, b)                                                                            \
    ((void)sizeof(1 ? (a) : (b)), (const volatile void *)(a) == (const volatile void *)(b))

/* T *, to be written through, if h is the only handle, strong or weak, and NULL otherwise. */
#define fl_get_mut(h) ((FL_TARGET_PTR_(h))FL_SHARED_CALL_(get_mut, h)(h))

/* fl_make_mut(&h, clone): T *, to be written through: the value itself if h is the only strong handle, otherwise a copy
 * made by `T clone(const T *)`, which h owns from then on. */
#define fl_make_mut(h, clone)                                                                      \
    __extension__({                                                                                \
        __typeof__(&*(h)) fl_make_mut_h_ = (h);                                                    \
        if (!FL_SHARED_CALL_(is_only, *fl_make_mut_h_)(fl_make_mut_h_,                             \
                                                       sizeof(fl_target(*fl_make_mut_h_)), __FILE__, __LINE__)) { \
            __typeof__(*fl_make_mut_h_) fl_make_mut_new_ = FL_SHARED_LIKE_(                        \
                *fl_make_mut_h_, (clone)(fl_get(*fl_make_mut_h_)));                                \
            fl_swap(fl_make_mut_h_, &fl_make_mut_new_); /* first: the drop may panic */            \
            fl_drop(fl_make_mut_new_);                                                             \
        }                                                                                          \
        FL_MADE_MUT_(*fl_make_mut_h_);                                                             \
    })

/* fl_try_unwrap(&h, &out): if h is the only strong handle, moves the value to out, empties h and gives true; otherwise
 * h stays as it is. */
#define fl_try_unwrap(h, out)                                                                      \
    FL_SHARED_CALL_(try_unwrap, *(h))((h), (FL_TARGET_PTR_(*(h))){out}, sizeof(*(FL_TARGET_PTR_(*(h)))(out)))

/* fl_into_inner(&h, &out): drops h; true if it was the last strong handle, and then the value is in out, not dropped.
 * Of all handles that are given back in this way, in any number of threads, exactly one gets the value. */
#define fl_into_inner(h, out)                                                                      \
    FL_SHARED_CALL_(into_inner, *(h))((h), (FL_TARGET_PTR_(*(h))){out}, sizeof(*(FL_TARGET_PTR_(*(h)))(out)))

/* ---- private ---- */

/* fl_get of what is now the only one's */
#ifdef __FEARLESS_CHECK__
#define FL_MADE_MUT_(h) fl_get_mut(h)
#else
#define FL_MADE_MUT_(h) fl_get(h)
#endif
#ifdef __FEARLESS_CHECK__
#define FL_SHARED_CALL_(what, h) fl_check_##what##_
#define FL_WEAK_CALL_(what, w) fl_check_##what##_
#define FL_COUNT_CALL_(what, h) fl_check_##what##_
#else
#define FL_SHARED_CALL_(what, h)                                                                   \
    _Generic((h), fl_arc(fl_target(h)): fl_arc_##what##_, fl_rc(fl_target(h)): fl_rc_##what##_)
#define FL_WEAK_CALL_(what, w)                                                                     \
    _Generic((w), fl_weak(fl_target(w)): fl_weak_##what##_,                                        \
        fl_rc_weak(fl_target(w)): fl_rc_weak_##what##_)
#define FL_COUNT_CALL_(what, h)                                                                    \
    _Generic((h), fl_arc(fl_target(h)): fl_arc_##what##_, fl_weak(fl_target(h)): fl_arc_##what##_, \
        fl_rc(fl_target(h)): fl_rc_##what##_, fl_rc_weak(fl_target(h)): fl_rc_##what##_)
#endif
#define FL_WEAK_TYPE_(h)                                                                           \
    __typeof__(_Generic((h), fl_arc(fl_target(h)): (fl_weak(fl_target(h)))0,                       \
                        fl_rc(fl_target(h)): (fl_rc_weak(fl_target(h)))0))
#define FL_STRONG_TYPE_(w)                                                                         \
    __typeof__(_Generic((w), fl_weak(fl_target(w)): (fl_arc(fl_target(w)))0,                       \
                        fl_rc_weak(fl_target(w)): (fl_rc(fl_target(w)))0))
#define FL_SHARED_LIKE_(h, value)                                                                  \
    ((__typeof__(h))FL_SHARED_CALL_(new, h)(                                                       \
        sizeof(fl_target(h)), _Alignof(fl_target(h)), FL_DROP_OF_(*(FL_TARGET_PTR_(h))0),          \
        (fl_target(h)[1]){value}, __FILE__, __LINE__))

#endif /* !__cplusplus */

FL_BEGIN_C_

#define FL_SHARED_DECLARE_(arc, weak)                                                              \
    void *fl_##arc##_new_(size_t size, size_t align, fl_drop_fn_ *drop,                            \
                          const volatile void *value FL_NOTE_("moved"), const char *file, int line)  \
        FL_NOTE_("panics");                                                                        \
    void *fl_##arc##_downgrade_(const volatile void *h);                                           \
    FL_MUST_USE_ void *fl_##weak##_upgrade_(const volatile void *w);                               \
    size_t fl_##arc##_strong_count_(const volatile void *h);                                       \
    size_t fl_##arc##_weak_count_(const volatile void *h);                                         \
    FL_NOTE_("result.borrows") FL_NOTE_("result.exclusive") void *fl_##arc##_get_mut_(const volatile void *h);                  \
    bool fl_##arc##_is_only_(const volatile void *h_place, size_t size, const char *file, int line) \
        FL_NOTE_("panics");                                                                        \
    FL_MUST_USE_ bool fl_##arc##_try_unwrap_(const volatile void *h_place FL_NOTE_("moved_if:1"),  \
                                             void *ret_value FL_NOTE_("out_if:1"), size_t size);   \
    FL_MUST_USE_ bool fl_##arc##_into_inner_(const volatile void *h_place FL_NOTE_("moved"),       \
                                             void *ret_value FL_NOTE_("out_if:1"), size_t size);

FL_SHARED_DECLARE_(arc, weak)
FL_SHARED_DECLARE_(rc, rc_weak)
#ifdef __FEARLESS_CHECK__
FL_SHARED_DECLARE_(check, check)
#endif

FL_END_C_

#endif
