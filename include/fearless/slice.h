/* fl_slice: a pointer and a length, for parts of an array that are given away separately.
 *
 *     typedef fl_slice(int) ints;                         // { int *data; size_t len; }
 *     FL_THREAD_FN(void, fill, ints, part, int, with) { ... }
 *
 *     ints all = fl_slice_of(numbers, 1000), left, right;
 *     fl_split_at(all, 500, &left, &right);
 *     fl_scope (s) {
 *         fl_spawn_in(s, fill, left, 1);                  // both write, and neither can reach the other's half
 *         fl_spawn_in(s, fill, right, 2);
 *     }
 *     fl_scope (s)
 *         for (ints chunk = { 0 }; fl_chunks(all, 64, &chunk);)
 *             fl_spawn_in(s, fill, chunk, 3);
 *
 * A slice borrows: it owns nothing, copying one copies the pointer. Each use of fl_slice is a type of its own, so a
 * typedef names it. Slices are built and cut here; their elements are reached as C always does, part.data[i].
 *
 * Nothing here blocks or allocates. Every argument is evaluated once. Whatever does not lie in the slice panics, with
 * the caller's file and line. */
#ifndef FEARLESS_SLICE_H
#define FEARLESS_SLICE_H

#include <fearless/base.h>
#include <fearless/panic.h>

#pragma GCC system_header /* see <fearless/base.h> */

/* The type: fl_slice(int), fl_slice(const char), fl_slice(struct job). */
#define fl_slice(...)                                                                              \
    struct FL_NOTE_("slice") {                                                                     \
        __typeof__(__VA_ARGS__) *data;                                                             \
        size_t len;                                                                                \
    }

/* n elements from ptr on: the initialiser of a slice, and with the type's name in front of it an expression:
 *
 *     ints all = fl_slice_of(numbers, 1000);              // also of a static one
 *     all = (ints)fl_slice_of(numbers + 10, 20);
 *     fl_spawn_in(s, fill, (ints)fl_slice_of(numbers, 8), 1);
 *
 * (C converts nothing to a struct type that is not that very type, so an expression has to be told which one.) */
#define fl_slice_of(ptr, n) { (ptr), (n) }

#ifndef __cplusplus

/* fl_subslice(s, from, n): the slice of s's type that has the n elements from s.data[from] on. Panics if s has not as
 * many. */
#define fl_subslice(s, from, n)                                                                    \
    __extension__({                                                                                \
        const __typeof__(s) fl_sub_of_ = (s);                                                      \
        const size_t fl_sub_from_ = (from), fl_sub_n_ = (n);                                       \
        fl_slice_check_(fl_sub_from_, fl_sub_n_, fl_sub_of_.len, __FILE__, __LINE__);              \
        (__typeof__(s)){FL_SLICE_AT_(fl_sub_of_.data, fl_sub_from_), fl_sub_n_};                   \
    })

/* fl_split_at(s, n, &left, &right): the first n elements, and all others. Panics if s has less than n. s itself may be
 * one of the two: fl_split_at(rest, 10, &part, &rest) takes ten from the front. */
#define fl_split_at(s, n, left, right)                                                             \
    __extension__({                                                                                \
        const __typeof__(s) fl_split_of_ = (s);                                                    \
        const size_t fl_split_n_ = (n);                                                            \
        __typeof__(&*(left)) const fl_split_left_ = (left);                                        \
        __typeof__(&*(right)) const fl_split_right_ = (right);                                     \
        fl_split_check_(fl_split_n_, fl_split_of_.len, __FILE__, __LINE__);                        \
        *fl_split_left_ = (__typeof__(*fl_split_left_)){fl_split_of_.data, fl_split_n_};           \
        *fl_split_right_ =                                                                         \
            (__typeof__(*fl_split_right_)){FL_SLICE_AT_(fl_split_of_.data, fl_split_n_),           \
                                           fl_split_of_.len - fl_split_n_};                        \
        (void)0;                                                                                   \
    })

/* fl_chunks(s, n, &chunk): true while there is one more chunk of s, and then it is in chunk: n elements, the last one as
 * many as are left. chunk is { 0 } before the first call, and says itself how far it has come; after the last chunk it
 * is empty, and the answer stays false. Panics if n is 0, and if chunk is not of s. */
#define fl_chunks(s, n, chunk)                                                                     \
    __extension__({                                                                                \
        const __typeof__(s) fl_chunk_of_ = (s);                                                    \
        __typeof__(&*(chunk)) const fl_chunk_ = (chunk);                                           \
        const size_t fl_chunk_n_ = (n);                                                            \
        const size_t fl_chunk_done_ =                                                              \
            fl_chunk_->data ? (size_t)(fl_chunk_->data - fl_chunk_of_.data) + fl_chunk_->len : 0;  \
        fl_chunk_check_(fl_chunk_n_, fl_chunk_done_, fl_chunk_of_.len, __FILE__, __LINE__);        \
        const size_t fl_chunk_rest_ = fl_chunk_of_.len - fl_chunk_done_;                           \
        *fl_chunk_ = (__typeof__(*fl_chunk_)){FL_SLICE_AT_(fl_chunk_of_.data, fl_chunk_done_),     \
                                              fl_chunk_rest_ < fl_chunk_n_ ? fl_chunk_rest_ : fl_chunk_n_}; \
        (bool)(fl_chunk_->len > 0);                                                                \
    })

/* ---- private ---- */

/* An empty slice may have NULL for its data, to which C allows nothing to be added, not even 0. */
#define FL_SLICE_AT_(data, n) ((n) > 0 ? (data) + (n) : (data))

static inline void fl_slice_check_(size_t from, size_t n, size_t len, const char *file, int line)
{
    if (__builtin_expect(from > len || n > len - from, 0))
        fl_panic_(file, line, "fl_subslice: %zu elements from %zu on, of a slice of %zu", n, from, len);
}
static inline void fl_split_check_(size_t n, size_t len, const char *file, int line)
{
    if (__builtin_expect(n > len, 0))
        fl_panic_(file, line, "fl_split_at: at %zu, of a slice of %zu", n, len);
}
static inline void fl_chunk_check_(size_t n, size_t done, size_t len, const char *file, int line)
{
    if (__builtin_expect(n == 0, 0))
        fl_panic_(file, line, "fl_chunks: chunks of 0 elements would never end");
    if (__builtin_expect(done > len, 0))
        fl_panic_(file, line, "fl_chunks: the chunk is not of this slice: it must be { 0 } before the first call");
}

#endif /* !__cplusplus */

#endif
