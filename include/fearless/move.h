/* Moving, dropping, and dropping at the end of a scope.
 *
 *     text t = text_of("hi");
 *     fl_auto(t);                             // dropped when this scope ends, however it ends
 *     send_away(fl_move(t));                  // its value goes, t is empty, and the fl_auto has nothing to do
 *
 * They work on handles, owned values (<fearless/owned.h>), cells, and arrays of these. What is moved out of or
 * dropped is left empty. Nothing here blocks by itself; a drop function may (dropping the last handle of something
 * drops what is in it). Each argument is evaluated once. */
#ifndef FEARLESS_MOVE_H
#define FEARLESS_MOVE_H

#include <fearless/base.h>
#include <fearless/ownership.h>
#include <fearless/pin.h>

#pragma GCC system_header

#ifndef __cplusplus

#define FL_OWNS_NOTHING_                                                                           \
    "this type owns nothing that could be dropped; if it should, give it a drop: "                 \
    "see FL_OWNED in <fearless/owned.h>"

#ifdef __FEARLESS_CHECK__
FL_NOTE_("op.move") void *fl_check_move_(const volatile void *place);
FL_NOTE_("op.drop") void fl_check_drop_(const volatile void *place);
FL_NOTE_("op.forget") void fl_check_forget_(const volatile void *place);
#endif

/* The value of x, which is left empty. Gives ownership away: as an argument, a result, an initialiser. Any type. */
#ifdef __FEARLESS_CHECK__
#define fl_move(x) ((void)0, *(__typeof__(x) *)fl_check_move_(&(x)))
#else
#define fl_move(x)                                                                                 \
    __extension__({                                                                                \
        __typeof__(x) *const fl_move_from_ = &(x), fl_move_value_ = *fl_move_from_;                \
        fl_make_empty_(fl_move_from_, sizeof *fl_move_from_, FL_EMPTY_OF_(*fl_move_from_));        \
        fl_move_value_;                                                                            \
    })
#endif

/* Destroys what x owns, now; x is left empty. Of something empty: does nothing. */
#ifdef __FEARLESS_CHECK__
#define fl_drop(x)                                                                                 \
    __extension__({                                                                                \
        FL_STEPS_(x, fl_item_, fl_inside_, fl_handle_);                                            \
        _Static_assert(!FL_OWNS_NOT_(fl_item_, fl_inside_), FL_OWNS_NOTHING_);                     \
        fl_check_drop_(&(x));                                                                      \
    })
#else
#define fl_drop(x)                                                                                 \
    __extension__({                                                                                \
        FL_STEPS_(x, fl_item_, fl_inside_, fl_handle_);                                            \
        _Static_assert(!FL_OWNS_NOT_(fl_item_, fl_inside_), FL_OWNS_NOTHING_);                     \
        fl_drop_now_(&(x), sizeof(x), sizeof(fl_item_), FL_DROP_BY_STEPS_(fl_inside_, fl_handle_), \
                     FL_EMPTY_BY_STEPS_(fl_inside_));                                              \
    })
#endif

/* A statement, after the declaration of the local (or first in the function of the parameter) x: drops x when the
 * scope ends, by whatever way: its end, return, break, goto, a panic. x is a name. */
#define fl_auto(x)                                                                                 \
    _Static_assert(!FL_IS_NO_NAME_(#x), "fl_auto takes a name, of a local or a parameter");        \
    FL_COUNTER_ON_                                                                                 \
    FL_AUTO_(x, FL_CAT_(fl_auto_, __COUNTER__), FL_CAT_(fl_item_, __COUNTER__),                    \
             FL_CAT_(fl_inside_, __COUNTER__), FL_CAT_(fl_handle_, __COUNTER__))                   \
    FL_COUNTER_OFF_

struct fl_auto_ {
    const volatile void *at;
    size_t size, item;
    fl_drop_fn_ *drop;
};
static inline void fl_auto_end_(struct fl_auto_ *a)
{
    char *p = (char *)(uintptr_t)a->at;
    FL_UNPIN_();
    if (a->drop) /* NULL: a cell of something plain */
        for (char *end = p + a->size; p != end; p += a->item)
            a->drop(p);
}
/* The names come from a counter and not from x, so that fl_auto(p->field) gives one message, not syntax errors. */
#ifdef __FEARLESS_CHECK__
#define FL_AUTO_(x, name, item, inside, handle)                                                    \
    FL_STEPS_(x, item, inside, handle);                                                            \
    _Static_assert(!FL_OWNS_NOT_(item, inside), FL_OWNS_NOTHING_);                                 \
    FL_UNUSED_ FL_NOTE_("auto") __typeof__(x) *const name = &(x)
#else
#define FL_AUTO_(x, name, item, inside, handle)                                                    \
    FL_STEPS_(x, item, inside, handle);                                                            \
    _Static_assert(!FL_OWNS_NOT_(item, inside), FL_OWNS_NOTHING_);                                 \
    __attribute__((unused, cleanup(fl_auto_end_))) struct fl_auto_ name = {                        \
        &(x), FL_PIN_(sizeof(x)), sizeof(item), FL_DROP_BY_STEPS_(inside, handle)}
#endif

/* Puts a value in place of *p and gives what was there. */
#define fl_replace(p, ...)                                                                         \
    __extension__({                                                                                \
        __typeof__(&*(p)) fl_replace_at_ = (p);                                                    \
        __typeof__(*fl_replace_at_) fl_replace_new_ = __VA_ARGS__;                                 \
        __typeof__(*fl_replace_at_) fl_replace_old_ = fl_move(*fl_replace_at_);                    \
        *fl_replace_at_ = fl_move(fl_replace_new_);                                                \
        fl_move(fl_replace_old_);                                                                  \
    })

/* Exchanges *p and *q, which have the same type. */
#define fl_swap(p, q)                                                                              \
    __extension__({                                                                                \
        __typeof__(&*(p)) fl_swap_p_ = (p), fl_swap_q_ = (q);                                      \
        __typeof__(*fl_swap_p_) fl_swap_value_ = fl_move(*fl_swap_p_);                             \
        *fl_swap_p_ = fl_move(*fl_swap_q_);                                                        \
        *fl_swap_q_ = fl_move(fl_swap_value_);                                                     \
    })

/* Leaves x empty without dropping it: what it owned is owned by nobody, or by something that has a copy. */
#ifdef __FEARLESS_CHECK__
#define fl_forget(x) fl_check_forget_(&(x))
#else
#define fl_forget(x)                                                                               \
    __extension__({                                                                                \
        __typeof__(x) *const fl_forget_at_ = &(x);                                                 \
        fl_make_empty_(fl_forget_at_, sizeof *fl_forget_at_, FL_EMPTY_OF_(*fl_forget_at_));        \
    })
#endif

/* Defines the drop function `name` of a struct: drops the named fields (at most 16), in this order.
 *
 *     struct event { text what; fl_sender(text) outbox; int count; };
 *     FL_DROP_FIELDS(struct event, event_drop, what, outbox)
 *     #define FL_OWNED struct event, event_drop
 *     #include <fearless/owned.h> */
#define FL_DROP_FIELDS(type, name, ...)                                                            \
    FL_UNUSED_ static inline void name(__typeof__(type) *fl_value)                                 \
    {                                                                                              \
        FL_EACH_(FL_DROP_FIELD_, __VA_ARGS__)                                                      \
    }
#define FL_DROP_FIELD_(field) fl_drop(fl_value->field);

#endif /* !__cplusplus */

#endif
