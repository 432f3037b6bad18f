#include "flow/range.h"

#include <string.h>

bool type_is_wide_unsigned(const struct ir_type *type)
{
    return type && type->kind == IR_TYPE_INT && !type->is_signed && type->bits >= 64;
}

struct range range_of(int64_t value)
{
    return (struct range){ .low = value, .high = value, .count = 1, .set = { value } };
}

struct range range_between(int64_t low, int64_t high)
{
    return (struct range){ .low = low, .high = high };
}

struct range range_of_type(const struct ir_type *type)
{
    struct range all = range_between(INT64_MIN, INT64_MAX);
    if (!type)
        return all;
    if (type->kind == IR_TYPE_BOOL)
        return range_between(0, 1);
    if (type->kind == IR_TYPE_INT && type->bits > 0 && type->bits < 64) {
        if (!type->is_signed)
            return range_between(0, ((int64_t)1 << type->bits) - 1);
        return range_between(-((int64_t)1 << (type->bits - 1)), ((int64_t)1 << (type->bits - 1)) - 1);
    }
    return all;
}

/* One way to write each set: no hole outside or at an end; the bounds of a set of constants are its ends. */
static bool normalise(struct range *r)
{
    if (r->count > 0) {
        uint8_t kept = 0;
        for (uint8_t i = 0; i < r->count; i++)
            if (r->set[i] >= r->low && r->set[i] <= r->high && !(r->has_hole && r->set[i] == r->hole))
                r->set[kept++] = r->set[i];
        for (uint8_t i = kept; i < RANGE_SET_MAX; i++)
            r->set[i] = 0;
        r->count = kept;
        r->has_hole = false;
        r->hole = 0;
        if (kept == 0)
            return false;
        r->low = r->set[0];
        r->high = r->set[kept - 1];
        return true;
    }
    if (r->has_hole && r->low == r->hole && r->low <= r->high) {
        if (r->low == INT64_MAX)
            return false;
        r->low++;
        r->has_hole = false;
    }
    if (r->has_hole && r->high == r->hole && r->low <= r->high) {
        if (r->high == INT64_MIN)
            return false;
        r->high--;
        r->has_hole = false;
    }
    if (r->has_hole && (r->hole < r->low || r->hole > r->high))
        r->has_hole = false;
    if (!r->has_hole)
        r->hole = 0;
    return r->low <= r->high;
}

static bool contains(const struct range *r, int64_t value)
{
    for (uint8_t i = 0; i < r->count; i++)
        if (r->set[i] == value)
            return true;
    if (r->count > 0)
        return false;
    return value >= r->low && value <= r->high && !(r->has_hole && r->hole == value);
}

bool range_equal(const struct range *a, const struct range *b)
{
    if (a->count != b->count || memcmp(a->set, b->set, sizeof a->set) != 0)
        return false;
    return a->low == b->low && a->high == b->high && a->has_hole == b->has_hole && a->hole == b->hole;
}

bool range_contains_range(const struct range *a, const struct range *b)
{
    if (b->count > 0) {
        for (uint8_t i = 0; i < b->count; i++)
            if (!contains(a, b->set[i]))
                return false;
        return true;
    }
    if (a->count > 0)
        return range_is_const(b) && contains(a, b->low);
    return a->low <= b->low && a->high >= b->high && (!a->has_hole || !contains(b, a->hole));
}

enum ir_binary_op comparison_negate(enum ir_binary_op op)
{
    switch (op) {
    case IR_EQ: return IR_NE;
    case IR_NE: return IR_EQ;
    case IR_LT: return IR_GE;
    case IR_LE: return IR_GT;
    case IR_GT: return IR_LE;
    case IR_GE: return IR_LT;
    default: return op;
    }
}

enum ir_binary_op comparison_swap(enum ir_binary_op op)
{
    switch (op) {
    case IR_LT: return IR_GT;
    case IR_LE: return IR_GE;
    case IR_GT: return IR_LT;
    case IR_GE: return IR_LE;
    default: return op;
    }
}

/* An unsigned order is the signed one where no value and no bound is negative. */
static bool order_is_known(const struct range *r, int64_t value, bool wide_unsigned)
{
    return !wide_unsigned || (r->low >= 0 && value >= 0);
}

bool range_refine(struct range *r, enum ir_binary_op op, int64_t value, bool wide_unsigned)
{
    if (op != IR_EQ && op != IR_NE && !order_is_known(r, value, wide_unsigned)) {
        if (value < 0)
            return true;
        if (op == IR_LT || op == IR_LE) { /* below a small bound: not one of the large values */
            if (r->low < 0)
                r->low = 0;
        } else if ((op == IR_GT && value == 0) || (op == IR_GE && value == 1)) {
            op = IR_NE;
            value = 0;
        } else {
            return true;
        }
    }
    switch (op) {
    case IR_EQ:
        if (!contains(r, value))
            return false;
        *r = range_of(value);
        return true;
    case IR_NE:
        if (!contains(r, value))
            return true;
        if (r->count > 0) {
            r->has_hole = true;
            r->hole = value;
            break;
        }
        /* a hole at an end moves the end; a second hole inside is forgotten, 0 being the one to keep */
        if (value == r->low || value == r->high || !r->has_hole || value == 0) {
            struct range cut = *r;
            if (value == r->low || value == r->high) {
                if (r->low == r->high)
                    return false;
                if (value == r->low)
                    cut.low++;
                else
                    cut.high--;
            } else {
                cut.has_hole = true;
                cut.hole = value;
            }
            *r = cut;
        }
        break;
    case IR_LT:
        if (value == INT64_MIN)
            return false;
        if (r->high > value - 1)
            r->high = value - 1;
        break;
    case IR_LE:
        if (r->high > value)
            r->high = value;
        break;
    case IR_GT:
        if (value == INT64_MAX)
            return false;
        if (r->low < value + 1)
            r->low = value + 1;
        break;
    case IR_GE:
        if (r->low < value)
            r->low = value;
        break;
    default:
        return true;
    }
    return normalise(r);
}

int range_test(const struct range *r, enum ir_binary_op op, int64_t value, bool wide_unsigned)
{
    struct range yes = *r, no = *r;
    if (!range_refine(&yes, op, value, wide_unsigned))
        return 0;
    if (!range_refine(&no, comparison_negate(op), value, wide_unsigned))
        return 1;
    return -1;
}

bool range_intersect(struct range *r, const struct range *with)
{
    if (r->low < with->low)
        r->low = with->low;
    if (r->high > with->high)
        r->high = with->high;
    if (with->count > 0 && r->count == 0) {
        struct range swap = *r;
        *r = *with;
        return range_intersect(r, &swap);
    }
    if (with->count > 0) {
        uint8_t kept = 0;
        for (uint8_t i = 0; i < r->count; i++)
            if (contains(with, r->set[i]))
                r->set[kept++] = r->set[i];
        r->count = kept;
        if (kept == 0)
            return false;
    }
    if (with->has_hole && !r->has_hole) {
        r->has_hole = true;
        r->hole = with->hole;
    }
    return normalise(r);
}

static int64_t widen_low(int64_t value, int64_t top)
{
    static const int64_t bounds[] = { 1, 0, -1 };
    for (unsigned i = 0; i < 3; i++)
        if (bounds[i] <= value && bounds[i] >= top)
            return bounds[i];
    return top;
}

static int64_t widen_high(int64_t value, int64_t top)
{
    static const int64_t bounds[] = { -1, 0, 1 };
    for (unsigned i = 0; i < 3; i++)
        if (bounds[i] >= value && bounds[i] <= top)
            return bounds[i];
    return top;
}

/* Constants stay constants while there are few. */
static bool unite_sets(struct range *into, const struct range *with)
{
    if (into->count == 0 || with->count == 0)
        return false;
    int64_t all[2 * RANGE_SET_MAX];
    uint8_t count = 0, i = 0, j = 0;
    while (i < into->count || j < with->count) {
        bool left = j == with->count || (i < into->count && into->set[i] <= with->set[j]);
        int64_t value = left ? into->set[i] : with->set[j];
        if (i < into->count && into->set[i] == value)
            i++;
        if (j < with->count && with->set[j] == value)
            j++;
        all[count++] = value;
    }
    if (count > RANGE_SET_MAX)
        return false;
    memcpy(into->set, all, count * sizeof *all);
    into->count = count;
    into->low = all[0];
    into->high = all[count - 1];
    return true;
}

bool range_widen(struct range *into, const struct range *with, const struct range *top)
{
    if (range_contains_range(into, with))
        return false;
    struct range r = *into;
    if (unite_sets(&r, with)) {
        *into = r;
        return true;
    }
    r.count = 0;
    memset(r.set, 0, sizeof r.set);
    if (with->low < r.low)
        r.low = widen_low(with->low, top->low);
    if (with->high > r.high)
        r.high = widen_high(with->high, top->high);
    /* 0 is the hole worth keeping: "not 0 here" and "not 0 there" stays "not 0" */
    if (!contains(into, 0) && !contains(with, 0)) {
        r.has_hole = true;
        r.hole = 0;
    } else if (r.has_hole && contains(with, r.hole)) {
        r.has_hole = false;
    }
    normalise(&r);
    *into = r;
    return true;
}
