/*
 * Atomic operations: plain operators on _Atomic objects, __atomic_*, __c11_atomic_* (what stdatomic.h
 * expands to) and __sync_*.
 *
 * libclang lists the operands of the first two families in the order of clang's own tree, which is not
 * that of the source: pointer, order, first value, order of failure, second value, weak.
 */
#include <string.h>

#include "front/body.h"

bool type_is_atomic(const struct ir_type *type)
{
    return type->kind == IR_TYPE_ATOMIC;
}

static struct ir_atomic *add_atomic(struct body *body, enum ir_atomic_op op, struct ir_place object,
                                    struct node *expr)
{
    struct ir_atomic *atomic = ARENA_NEW(body->arena, struct ir_atomic);
    struct ir_statement *statement =
        ir_build_statement(body->b, IR_ST_ATOMIC, node_span(body, expr), node_flags(body, expr));

    atomic->op = op;
    atomic->order = IR_SEQ_CST;
    atomic->failure_order = IR_SEQ_CST;
    statement->atomic = atomic;
    statement->place = object;
    return atomic;
}

static void set_operands(struct body *body, struct ir_atomic *atomic,
                         const struct ir_operand *operands, uint32_t count)
{
    atomic->operands = arena_copy(body->arena, operands, count * sizeof *operands);
    atomic->operand_count = count;
}

/* The result goes to a new temporary of that type. */
static struct ir_rvalue set_result(struct body *body, struct ir_atomic *atomic,
                                   const struct ir_type *type, struct node *expr)
{
    struct span span = node_span(body, expr);

    atomic->result = ir_place_local(body->b, ir_build_temp(body->b, type->unqualified, span));
    atomic->has_result = true;
    return ir_rvalue_use(body->arena, ir_operand_copy(atomic->result, span));
}

static const struct ir_type *value_type(const struct ir_type *object)
{
    return object->kind == IR_TYPE_ATOMIC ? object->target->unqualified : object->unqualified;
}

/* Steps of pointers count elements, but for the GNU builtins, which count bytes. */
static enum ir_binary_op step_op(const struct ir_type *object, enum ir_binary_op op)
{
    if (value_type(object)->kind != IR_TYPE_POINTER)
        return op;
    return op == IR_ADD ? IR_PTR_ADD : op == IR_SUB ? IR_PTR_SUB : op;
}

/* ---------------------------------------------------------------- plain operators on _Atomic objects */

struct ir_rvalue lower_atomic_load(struct body *body, struct ir_place place, struct node *expr)
{
    struct ir_atomic *atomic = add_atomic(body, IR_ATOMIC_LOAD, place, expr);

    return set_result(body, atomic, value_type(place.type), expr);
}

void lower_atomic_store(struct body *body, struct ir_place place, struct ir_operand value,
                        struct node *expr)
{
    set_operands(body, add_atomic(body, IR_ATOMIC_STORE, place, expr), &value, 1);
}

static bool expression_op(struct node *expr, enum ir_binary_op *ret_op)
{
    if (expr->kind == CXCursor_UnaryOperator) {
        enum CXUnaryOperatorKind kind = clang_getCursorUnaryOperatorKind(expr->cursor);

        *ret_op = kind == CXUnaryOperator_PreInc || kind == CXUnaryOperator_PostInc ? IR_ADD : IR_SUB;
        return true;
    }
    return binary_op(clang_getCursorBinaryOperatorKind(expr->cursor), ret_op);
}

struct ir_rvalue lower_atomic_rmw(struct body *body, struct ir_place place, struct ir_operand value,
                                  struct node *expr, bool wanted)
{
    struct ir_atomic *atomic = add_atomic(body, IR_ATOMIC_RMW, place, expr);

    set_operands(body, atomic, &value, 1);
    atomic->has_rmw = expression_op(expr, &atomic->rmw);
    atomic->rmw = step_op(place.type, atomic->rmw);
    if (!wanted)
        return value_none(body);
    return set_result(body, atomic, value_type(place.type), expr);
}

/* ------------------------------------------------------------------------------------ the builtins */

static const char *const families[] = { "__c11_atomic_", "__scoped_atomic_", "__atomic_", "__sync_" };

static const char *after_family(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++)
        if (g_str_has_prefix(name, families[i]))
            return name + strlen(families[i]);
    return NULL;
}

bool name_is_atomic_builtin(const char *name)
{
    const char *what = after_family(name);

    return what && !g_str_has_suffix(what, "lock_free");
}

static enum ir_order order_of(struct node *expr)
{
    int64_t value;

    if (!expr)
        return IR_SEQ_CST;
    if (!node_evaluate(expr, &value) || value < 0 || value > 5)
        return IR_ORDER_UNKNOWN;
    return (enum ir_order)(IR_RELAXED + value);
}

/* fetch_add, add_fetch, fetch_and_add, add_and_fetch: the operation's name in the middle */
static bool rmw_op(const char *what, enum ir_binary_op *ret_op, bool *ret_known, bool *ret_new_value)
{
    static const struct {
        const char *name;
        enum ir_binary_op op;
        bool known;
    } ops[] = { { "add", IR_ADD, true }, { "sub", IR_SUB, true },   { "and", IR_AND, true },
                { "or", IR_OR, true },   { "xor", IR_XOR, true },   { "nand", IR_AND, false },
                { "max", IR_GT, false }, { "min", IR_LT, false },   { "umax", IR_GT, false },
                { "umin", IR_LT, false }, { "uinc", IR_ADD, false }, { "udec", IR_SUB, false } };
    char name[32] = "";
    const char *from = what;
    size_t length;

    if (g_str_has_prefix(what, "fetch_and_"))
        from = what + strlen("fetch_and_");
    else if (g_str_has_prefix(what, "fetch_"))
        from = what + strlen("fetch_");
    else if (!strstr(what, "_fetch") && !strstr(what, "_and_fetch"))
        return false;
    *ret_new_value = from == what;
    length = strcspn(from, "_");
    if (length >= sizeof name)
        return false;
    memcpy(name, from, length);
    for (size_t i = 0; i < G_N_ELEMENTS(ops); i++)
        if (strcmp(ops[i].name, name) == 0) {
            *ret_op = ops[i].op;
            *ret_known = ops[i].known;
            return true;
        }
    return false;
}

struct builtin_operands {
    struct node *object, *order, *value, *failure_order, *second;
};

/* Which child is what. */
static struct builtin_operands sort_operands(struct node *expr, struct node *first, const char *what)
{
    struct builtin_operands operands = { .object = first };
    bool is_call = expr->kind == CXCursor_CallExpr;
    struct node *next = first ? first->next : NULL;

    if (is_call) { /* __sync_*, fences, clear, test_and_set: as written */
        operands.value = next;
        operands.second = next ? next->next : NULL;
        if (g_str_has_prefix(what, "test_and_set") || g_str_has_prefix(what, "clear"))
            operands.order = next;
        return operands;
    }
    if (strcmp(what, "init") == 0) {
        operands.value = next;
        return operands;
    }
    operands.order = next;
    operands.value = next ? next->next : NULL;
    next = operands.value ? operands.value->next : NULL;
    if (g_str_has_prefix(what, "compare_exchange")) {
        operands.failure_order = next;
        operands.second = next ? next->next : NULL;
    } else {
        operands.second = next;
    }
    return operands;
}

/* The generic forms (__atomic_store, not __atomic_store_n) take and give values through pointers. */
static struct ir_operand value_operand(struct body *body, struct node *expr, bool through_pointer)
{
    if (!through_pointer)
        return lower_operand(body, expr);
    return ir_operand_copy(lower_pointed_argument(body, expr), node_span(body, expr));
}

static struct ir_rvalue compare_exchange(struct body *body, struct node *expr, const char *name,
                                         const char *what, struct ir_place object,
                                         const struct builtin_operands *operands)
{
    bool is_sync = g_str_has_prefix(name, "__sync_");
    bool wants_old = g_str_has_prefix(what, "val_"); /* __sync_val_compare_and_swap */
    bool generic = strcmp(name, "__atomic_compare_exchange") == 0 ||
                   strcmp(name, "__scoped_atomic_compare_exchange") == 0;
    struct ir_operand values[2];
    struct ir_place expected = { 0 };
    struct ir_atomic *atomic;
    const struct ir_type *type = node_type(body, expr);

    if (is_sync) {
        values[0] = lower_operand(body, operands->value);
        if (wants_old) { /* what was there is left where the expected value stood */
            struct ir_rvalue value = ir_rvalue_use(body->arena, values[0]);
            expected = lower_to_temp(body, value, operands->value).place;
            values[0] = ir_operand_copy(expected, node_span(body, operands->value));
        }
    } else {
        expected = lower_pointed_argument(body, operands->value);
        values[0] = ir_operand_copy(expected, node_span(body, operands->value));
    }
    values[1] = value_operand(body, operands->second, generic);
    atomic = add_atomic(body, IR_ATOMIC_COMPARE_EXCHANGE, object, expr);
    set_operands(body, atomic, values, 2);
    atomic->expected = expected;
    atomic->has_expected = !is_sync || wants_old;
    atomic->order = order_of(operands->order);
    atomic->failure_order = is_sync ? IR_SEQ_CST : order_of(operands->failure_order);
    if (wants_old)
        return ir_rvalue_use(body->arena, ir_operand_copy(expected, node_span(body, expr)));
    return set_result(body, atomic, type, expr);
}

static struct ir_rvalue update(struct body *body, struct node *expr, struct ir_place object,
                               const struct builtin_operands *operands, enum ir_binary_op op,
                               bool known, bool wants_new, bool counts_bytes)
{
    const struct ir_type *type = node_type(body, expr);
    struct ir_operand value = lower_operand(body, operands->value);
    struct ir_atomic *atomic = add_atomic(body, IR_ATOMIC_RMW, object, expr);
    struct ir_rvalue old;

    set_operands(body, atomic, &value, 1);
    op = counts_bytes ? op : step_op(object.type, op);
    atomic->rmw = op;
    atomic->has_rmw = known;
    atomic->order = order_of(operands->order);
    old = set_result(body, atomic, type, expr);
    if (!wants_new)
        return old;
    if (!known)
        return ir_rvalue_builtin(body->arena, "atomic update",
                                 (struct ir_operand[]){ old.operands[0], value }, 2, type);
    return ir_rvalue_binary(body->arena, op, old.operands[0], value, type);
}

static struct ir_rvalue fence(struct body *body, struct node *expr, struct node *order)
{
    struct ir_place nowhere =
        ir_place_local(body->b, ir_build_temp(body->b, body->void_type, node_span(body, expr)));

    add_atomic(body, IR_ATOMIC_FENCE, nowhere, expr)->order = order_of(order);
    return value_none(body);
}

struct ir_rvalue lower_atomic_builtin(struct body *body, struct node *expr, const char *name,
                                      struct node *first_argument, bool wanted)
{
    const char *what = after_family(name);
    struct builtin_operands operands = sort_operands(expr, first_argument, what);
    const struct ir_type *type = node_type(body, expr);
    bool generic = g_str_has_prefix(name, "__atomic_") || g_str_has_prefix(name, "__scoped_atomic_");
    bool known = false, wants_new = false;
    struct ir_place object;
    struct ir_atomic *atomic;
    struct ir_operand value;
    enum ir_binary_op op;

    (void)wanted;
    if (strcmp(what, "thread_fence") == 0 || strcmp(what, "signal_fence") == 0 ||
        strcmp(what, "synchronize") == 0)
        return fence(body, expr, first_argument);
    if (!first_argument)
        return lower_unknown(body, expr, "atomic operation");
    object = lower_pointed_argument(body, operands.object);
    if (strcmp(what, "load") == 0 || strcmp(what, "load_n") == 0) {
        if (operands.value) { /* __atomic_load(p, &result, order) */
            struct ir_place result = lower_pointed_argument(body, operands.value);

            atomic = add_atomic(body, IR_ATOMIC_LOAD, object, expr);
            atomic->result = result;
            atomic->has_result = true;
            atomic->order = order_of(operands.order);
            return value_none(body);
        }
        atomic = add_atomic(body, IR_ATOMIC_LOAD, object, expr);
        atomic->order = order_of(operands.order);
        return set_result(body, atomic, type, expr);
    }
    if (strcmp(what, "store") == 0 || strcmp(what, "store_n") == 0 || strcmp(what, "init") == 0) {
        value = value_operand(body, operands.value, generic && strcmp(what, "store") == 0);
        atomic = add_atomic(body, strcmp(what, "init") == 0 ? IR_ATOMIC_INIT : IR_ATOMIC_STORE,
                            object, expr);
        atomic->order = order_of(operands.order);
        set_operands(body, atomic, &value, 1);
        return value_none(body);
    }
    if (g_str_has_prefix(what, "clear") || g_str_has_prefix(what, "lock_release")) {
        value = ir_operand_int(0, value_type(object.type), node_span(body, expr));
        atomic = add_atomic(body, IR_ATOMIC_STORE, object, expr);
        atomic->order = g_str_has_prefix(what, "clear") ? order_of(operands.order) : IR_RELEASE;
        set_operands(body, atomic, &value, 1);
        return value_none(body);
    }
    if (g_str_has_prefix(what, "test_and_set")) {
        value = ir_operand_int(1, value_type(object.type), node_span(body, expr));
        atomic = add_atomic(body, IR_ATOMIC_EXCHANGE, object, expr);
        atomic->order = order_of(operands.order);
        set_operands(body, atomic, &value, 1);
        return set_result(body, atomic, type, expr);
    }
    if (strcmp(what, "exchange") == 0 || strcmp(what, "exchange_n") == 0 ||
        g_str_has_prefix(what, "lock_test_and_set") || g_str_has_prefix(what, "swap")) {
        bool through_pointer = generic && strcmp(what, "exchange") == 0;
        struct ir_place result = { 0 };

        value = value_operand(body, operands.value, through_pointer);
        if (through_pointer)
            result = lower_pointed_argument(body, operands.second);
        atomic = add_atomic(body, IR_ATOMIC_EXCHANGE, object, expr);
        atomic->order = g_str_has_prefix(what, "lock") ? IR_ACQUIRE : order_of(operands.order);
        set_operands(body, atomic, &value, 1);
        if (!through_pointer)
            return set_result(body, atomic, type, expr);
        atomic->result = result;
        atomic->has_result = true;
        return value_none(body);
    }
    if (g_str_has_prefix(what, "compare_exchange") || strstr(what, "compare_and_swap"))
        return compare_exchange(body, expr, name, what, object, &operands);
    if (rmw_op(what, &op, &known, &wants_new))
        return update(body, expr, object, &operands, op, known, wants_new,
                      !g_str_has_prefix(name, "__c11_"));
    return lower_unknown(body, expr, arena_strdup(body->arena, name));
}
