/* From a value to the function that drops it: FL_DROP_OF_. Private; what programs use is in <fearless/move.h>.
 *
 * There is one list of associations for _Generic: the types of this file's FL_OWNED lines, numbered 00 to 99 in the
 * order they come, then the tags of the handles. <fearless/owned.h> only counts (two decimal digits, below) and
 * declares fl_owned_NN_t_, fl_owned_NN_drop_ and fl_owned_NN_empty_; the list is written out from the count when a
 * macro is used. So each use knows the types that stand above it. */
#ifndef FEARLESS_OWNERSHIP_H
#define FEARLESS_OWNERSHIP_H

#include <fearless/base.h>
#include <fearless/count.h>
#include <fearless/handle.h>

#pragma GCC system_header

FL_BEGIN_C_

/* Drops what `value` points to. Must do nothing to an empty value; may leave anything behind. */
typedef void fl_drop_fn_(void *value);
/* Writes the empty value. NULL in place of one: all zero is empty. */
typedef void fl_empty_fn_(void *value);

fl_drop_fn_ fl_sender_drop_, fl_receiver_drop_, fl_shared_receiver_drop_, fl_join_handle_drop_;
fl_drop_fn_ fl_arc_drop_, fl_weak_drop_, fl_rc_drop_, fl_rc_weak_drop_, fl_box_drop_, fl_thread_drop_;
fl_drop_fn_ fl_job_drop_;

FL_END_C_

#ifndef __cplusplus

/* What FL_DROP_OF_ gives for a type that owns nothing, where that is fine. */
#define FL_PLAIN_ ((fl_drop_fn_ *)0)

/* ---- the owned types of this file, as associations ---- */

#define FL_OWNED_TEN_AT_ 0
#define FL_OWNED_ONE_AT_ 0
/* M(00) M(01) ... for the owned types there are so far */
#define FL_OWNED_EACH_(M)                                                                          \
    FL_CAT_(FL_CAT_(FL_OWNED_TENS_, FL_OWNED_TEN_AT_), _)(M)                                       \
    FL_OWNED_LAST_TEN_(M, FL_OWNED_TEN_AT_, FL_OWNED_ONE_AT_)
#define FL_OWNED_LAST_TEN_(M, tens, ones) FL_OWNED_LAST_TEN_NOW_(M, tens, ones)
#define FL_OWNED_LAST_TEN_NOW_(M, tens, ones) FL_OWNED_ONES_##ones##_(M, tens)
#define FL_OWNED_ONES_0_(M, t)
#define FL_OWNED_ONES_1_(M, t) M(t##0)
#define FL_OWNED_ONES_2_(M, t) FL_OWNED_ONES_1_(M, t) M(t##1)
#define FL_OWNED_ONES_3_(M, t) FL_OWNED_ONES_2_(M, t) M(t##2)
#define FL_OWNED_ONES_4_(M, t) FL_OWNED_ONES_3_(M, t) M(t##3)
#define FL_OWNED_ONES_5_(M, t) FL_OWNED_ONES_4_(M, t) M(t##4)
#define FL_OWNED_ONES_6_(M, t) FL_OWNED_ONES_5_(M, t) M(t##5)
#define FL_OWNED_ONES_7_(M, t) FL_OWNED_ONES_6_(M, t) M(t##6)
#define FL_OWNED_ONES_8_(M, t) FL_OWNED_ONES_7_(M, t) M(t##7)
#define FL_OWNED_ONES_9_(M, t) FL_OWNED_ONES_8_(M, t) M(t##8)
#define FL_OWNED_ONES_10_(M, t) FL_OWNED_ONES_9_(M, t) M(t##9)
#define FL_OWNED_TENS_0_(M)
#define FL_OWNED_TENS_1_(M) FL_OWNED_ONES_10_(M, 0)
#define FL_OWNED_TENS_2_(M) FL_OWNED_TENS_1_(M) FL_OWNED_ONES_10_(M, 1)
#define FL_OWNED_TENS_3_(M) FL_OWNED_TENS_2_(M) FL_OWNED_ONES_10_(M, 2)
#define FL_OWNED_TENS_4_(M) FL_OWNED_TENS_3_(M) FL_OWNED_ONES_10_(M, 3)
#define FL_OWNED_TENS_5_(M) FL_OWNED_TENS_4_(M) FL_OWNED_ONES_10_(M, 4)
#define FL_OWNED_TENS_6_(M) FL_OWNED_TENS_5_(M) FL_OWNED_ONES_10_(M, 5)
#define FL_OWNED_TENS_7_(M) FL_OWNED_TENS_6_(M) FL_OWNED_ONES_10_(M, 6)
#define FL_OWNED_TENS_8_(M) FL_OWNED_TENS_7_(M) FL_OWNED_ONES_10_(M, 7)
#define FL_OWNED_TENS_9_(M) FL_OWNED_TENS_8_(M) FL_OWNED_ONES_10_(M, 8)

#define FL_OWNED_IS_(n) fl_owned_##n##_t_: 1,
#define FL_OWNED_DROP_(n) fl_owned_##n##_t_: fl_owned_##n##_drop_,
#define FL_OWNED_DROP_MAYBE_(n) fl_owned_##n##_t_: fl_owned_##n##_drop_maybe_,
#define FL_OWNED_EMPTY_(n) fl_owned_##n##_t_: fl_owned_##n##_empty_,

/* ---- what kind of thing x is ---- */

#define FL_CLASS_POINTER_ 5
#define FL_CLASS_RECORD_ 12
#define FL_PTR_OR_(x, other)                                                                       \
    __builtin_choose_expr(__builtin_classify_type(x) == FL_CLASS_POINTER_, (x), (other))
#define FL_IS_HANDLE_(x)                                                                           \
    FL_QUIET_("clang diagnostic ignored \"-Wpointer-type-mismatch\"", __extension__ _Generic(      \
        __extension__(1 ? FL_PTR_OR_(x, (void *)1) : (void *)1), const volatile void *: 1, default: 0))
#define FL_AS_HANDLE_(x)                                                                           \
    __builtin_choose_expr(FL_IS_HANDLE_(x), (x), (FL_HANDLE_GIVEN(fl_no_handle_, char))0)

/* A cell (see <fearless/handle.h>), whose value is what is to be dropped. */
struct fl_no_cell_ {
    int fl_data;
    struct fl_full_ *fl_kind[1];
};
#define FL_IS_CELL_(x)                                                                             \
    (__builtin_classify_type(x) == FL_CLASS_RECORD_ &&                                             \
     _Generic((1 ? &(x) : (void *)1), volatile void *: 1, default: 0))
#define FL_AS_CELL_(x) __builtin_choose_expr(FL_IS_CELL_(x), (x), *(struct fl_no_cell_ *)0)
/* The value inside, as a type. It is `const` if the cell may be empty: that tells FL_DROP_BY_STEPS_. */
#define FL_INSIDE_(x)                                                                              \
    __builtin_choose_expr(FL_IS_CELL_(x), *FL_INSIDE_CELL_(FL_AS_CELL_(x)), (x))
#define FL_INSIDE_CELL_(cell)                                                                      \
    _Generic(*(cell).fl_kind, struct fl_maybe_ *: (const __typeof__((cell).fl_data) *)0, default: &(cell).fl_data)
#define FL_IS_MAYBE_(inside)                                                                       \
    _Generic((1 ? (inside *)1 : (void *)1), const volatile void *: 1, default: 0)

/* Whether a cell that may be empty has a value, by the struct fl_once (4 bytes) behind its value. */
#define FL_HAS_VALUE_AT_(size) (((size) + 3) / 4 * 4)
static inline _Bool fl_maybe_has_value_(const volatile void *cell, size_t size)
{
    const char *word = (const char *)(uintptr_t)cell + FL_HAS_VALUE_AT_(size);
    return __atomic_load_n((const uint32_t *)(const void *)word, __ATOMIC_ACQUIRE) == FL_ONCE_DONE_; /* [once] */
}

/* The first element, if x is an array (of which every element is dropped), otherwise x. */
#define FL_IS_ARRAY_(x)                                                                            \
    (__builtin_classify_type(x) == FL_CLASS_POINTER_ &&                                            \
     !__builtin_types_compatible_p(__typeof__(x), __typeof__((void)0, (x))))
#define FL_FIRST_(x)                                                                               \
    __builtin_choose_expr(FL_IS_ARRAY_(x), FL_PTR_OR_(x, (void *)1), &(x))

/* Is the text of a macro's argument something else than a name? (Of constant expressions with strings, this is one that all compilers can
 * compute: the first such character after the text, or in it.) */
#define FL_IS_NO_NAME_(text)                                                                       \
    (FL_HAS_(text, '>', ">") || FL_HAS_(text, '.', ".") || FL_HAS_(text, '[', "[") ||              \
     FL_HAS_(text, '*', "*") || FL_HAS_(text, '(', "("))
#define FL_HAS_(text, c, c_as_text) (__builtin_strlen(__builtin_strchr(text c_as_text, c)) != 1)

/* The steps from x to a drop function, as types: each is used many times in the next, and the name of a type is
 * short where x may be long. Declarations, for the top of a block. */
#define FL_STEPS_(x, item, inside, handle)                                                         \
    FL_UNUSED_ typedef __typeof__(*FL_FIRST_(x)) item;                                             \
    FL_UNUSED_ typedef __typeof__(FL_INSIDE_(*(item *)0)) inside;                                  \
    FL_UNUSED_ typedef __typeof__(FL_AS_HANDLE_(*(inside *)0)) handle

#define FL_BY_TAG_(h, other)                                                                       \
    _Generic((h),                                                                                  \
        fl_sender(fl_target(h)): fl_sender_drop_,                                                  \
        fl_receiver(fl_target(h)): fl_receiver_drop_,                                              \
        fl_shared_receiver(fl_target(h)): fl_shared_receiver_drop_,                                \
        fl_join_handle(fl_target(h)): fl_join_handle_drop_,                                        \
        fl_arc(fl_target(h)): fl_arc_drop_now_,                                                    \
        fl_weak(fl_target(h)): fl_weak_drop_,                                                      \
        fl_rc(fl_target(h)): fl_rc_drop_,                                                          \
        fl_rc_weak(fl_target(h)): fl_rc_weak_drop_,                                                \
        fl_box(fl_target(h)): fl_box_drop_,                                                        \
        fl_thread: fl_thread_drop_,                                                                \
        fl_job: fl_job_drop_,                                                                      \
        default: other)
/* (A handle in an empty cell is an empty handle. An owned value there is no value at all: its empty one need not be
 * all zero.) */
#define FL_DROP_BY_STEPS_(inside, handle)                                                          \
    __builtin_choose_expr(                                                                         \
        FL_IS_MAYBE_(inside),                                                                      \
        _Generic(*(inside *)0, FL_OWNED_EACH_(FL_OWNED_DROP_MAYBE_)                                \
                 default: FL_BY_TAG_((handle)0, FL_PLAIN_)),                                       \
        _Generic(*(inside *)0, FL_OWNED_EACH_(FL_OWNED_DROP_)                                      \
                 default: FL_BY_TAG_((handle)0, FL_PLAIN_)))
#define FL_EMPTY_BY_STEPS_(inside)                                                                 \
    _Generic(*(inside *)0, FL_OWNED_EACH_(FL_OWNED_EMPTY_) default: (fl_empty_fn_ *)0)
/* May it not be dropped? A constant. A cell may, whatever is in it. */
#define FL_OWNS_NOT_(item, inside)                                                                 \
    !(_Generic(*(inside *)0, FL_OWNED_EACH_(FL_OWNED_IS_) default: 0) ||                           \
      FL_IS_HANDLE_(*(inside *)0) || FL_IS_CELL_(*(item *)0))

/* The drop function of a value of x's type, FL_PLAIN_ (NULL) if it owns nothing. Inside functions only; x is not
 * evaluated: FL_DROP_OF_(*(T *)0) is the way to ask for a type's. */
#ifdef __FEARLESS_CHECK__ /* the checker knows types by itself */
#define FL_DROP_OF_(x) FL_PLAIN_
#define FL_EMPTY_OF_(x) ((fl_empty_fn_ *)0)
#else
#define FL_DROP_OF_(x)                                                                             \
    __extension__({                                                                                \
        FL_STEPS_(x, fl_of_item_, fl_of_inside_, fl_of_handle_);                                   \
        FL_DROP_BY_STEPS_(fl_of_inside_, fl_of_handle_);                                           \
    })
/* The function that writes the empty value, NULL if that is all zero. */
#define FL_EMPTY_OF_(x)                                                                            \
    __extension__({                                                                                \
        FL_STEPS_(x, fl_of_item_, fl_of_inside_, fl_of_handle_);                                   \
        FL_EMPTY_BY_STEPS_(fl_of_inside_);                                                         \
    })
#endif

/* ---- and what is done with the answers ---- */

static inline void fl_make_empty_(const volatile void *at, size_t size, fl_empty_fn_ *empty)
{
    void *p = (void *)(uintptr_t)at;
    __builtin_memset(p, 0, size);
    if (empty)
        empty(p);
}
struct fl_dropping_ {
    void *at;
    size_t size;
    fl_empty_fn_ *empty;
};
static inline void fl_dropping_end_(struct fl_dropping_ *d)
{
    fl_make_empty_(d->at, d->size, d->empty);
}
/* One value, or an array of them: `size` bytes of values of `item` bytes each, left empty. Also when a drop panics:
 * otherwise a fl_auto of the same variable, which that panic ends, would drop it again. */
static inline void fl_drop_now_(const volatile void *at, size_t size, size_t item, fl_drop_fn_ *drop,
                                fl_empty_fn_ *empty)
{
    char *p = (char *)(uintptr_t)at;
    for (char *end = p + size; p != end; p += item) {
        __attribute__((unused, cleanup(fl_dropping_end_))) struct fl_dropping_ dropping = {p, item, empty};
        if (drop)
            drop(p);
    }
}

#endif /* !__cplusplus */

#endif
