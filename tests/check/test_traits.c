/* Send and Sync on types that are made by hand: what each kind of type answers, and the chain that explains it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/traits/traits.h"
#include "ir/build.h"

static const char *const no_notes[] = {NULL};

struct world {
    struct arena *arena;
    struct ir_unit unit;
    struct traits *traits;
    const struct ir_type *int_type, *char_type, *void_type;
};

static struct ir_type *new_type(struct world *w, enum ir_type_kind kind, const char *name)
{
    struct ir_type *type = ARENA_NEW(w->arena, struct ir_type);
    type->kind = kind;
    type->name = name;
    type->unqualified = type;
    return type;
}

static const struct ir_type *scalar(struct world *w, const char *name, unsigned bits)
{
    struct ir_type *type = new_type(w, IR_TYPE_INT, name);
    type->bits = bits;
    type->size = bits / 8;
    return type;
}

static const struct ir_type *pointer_to(struct world *w, const struct ir_type *target)
{
    struct ir_type *type = new_type(w, IR_TYPE_POINTER, "pointer");
    type->target = target;
    type->size = 8;
    return type;
}

static const struct ir_type *array_of(struct world *w, const struct ir_type *element, uint64_t count)
{
    struct ir_type *type = new_type(w, IR_TYPE_ARRAY, "array");
    type->target = element;
    type->count = count;
    return type;
}

static const struct ir_type *handle(struct world *w, enum ir_handle_kind kind, const char *name,
                                    const struct ir_type *element)
{
    struct ir_type *type = new_type(w, IR_TYPE_HANDLE, name);
    type->handle_kind = kind;
    type->handle_name = name;
    type->target = element;
    return type;
}

static struct ir_type *record(struct world *w, const char *name, size_t count)
{
    struct ir_type *type = new_type(w, IR_TYPE_RECORD, name);
    type->record = ARENA_NEW(w->arena, struct ir_record);
    type->record->tag = name;
    type->record->is_complete = true;
    type->record->fields = ARENA_ARRAY(w->arena, struct ir_field, count);
    type->record->field_count = count;
    return type;
}

static void field(struct ir_type *owner, size_t index, const char *name, const struct ir_type *type)
{
    owner->record->fields[index] = (struct ir_field){.name = name, .type = type, .bit_width = -1, .notes = no_notes};
}

static int set_up(void **state)
{
    struct world *w = test_calloc(1, sizeof *w);
    w->arena = arena_new();
    w->unit.arena = w->arena;
    w->traits = traits_new(&w->unit);
    w->int_type = scalar(w, "int", 32);
    w->char_type = scalar(w, "char", 8);
    w->void_type = new_type(w, IR_TYPE_VOID, "void");
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    traits_free(w->traits);
    arena_free(w->arena);
    test_free(w);
    return 0;
}

static enum trait_answer send_of(struct world *w, const struct ir_type *type)
{
    return traits_prove(w->traits, type, TRAIT_SEND)->answer;
}

static enum trait_answer sync_of(struct world *w, const struct ir_type *type)
{
    return traits_prove(w->traits, type, TRAIT_SYNC)->answer;
}

static void scalars_are_both(void **state)
{
    struct world *w = *state;
    assert_int_equal(send_of(w, w->int_type), TRAIT_YES);
    assert_int_equal(sync_of(w, w->int_type), TRAIT_YES);
    assert_int_equal(send_of(w, array_of(w, w->int_type, 4)), TRAIT_YES);
}

static void a_plain_pointer_depends_on_its_value(void **state)
{
    struct world *w = *state;
    assert_int_equal(send_of(w, pointer_to(w, w->int_type)), TRAIT_BY_VALUE);
    struct ir_type *job = record(w, "struct job", 2);
    field(job, 0, "id", w->int_type);
    field(job, 1, "name", pointer_to(w, w->char_type));
    const struct trait_proof *proof = traits_prove(w->traits, job, TRAIT_SEND);
    assert_int_equal(proof->answer, TRAIT_BY_VALUE);
    assert_int_equal(proof->step_count, 1);
    assert_string_equal(proof->steps[0].field->name, "name");
}

static void a_function_pointer_is_send(void **state)
{
    struct world *w = *state;
    struct ir_type *function = new_type(w, IR_TYPE_FUNCTION, "void (void)");
    function->target = w->void_type;
    assert_int_equal(send_of(w, pointer_to(w, function)), TRAIT_YES);
}

static void a_void_pointer_in_a_struct_is_not_send(void **state)
{
    struct world *w = *state;
    struct ir_type *box = record(w, "struct any", 1);
    field(box, 0, "data", pointer_to(w, w->void_type));
    assert_int_equal(send_of(w, box), TRAIT_NO);
    assert_int_equal(send_of(w, pointer_to(w, w->void_type)), TRAIT_BY_VALUE);
    box->record->traits = IR_TRAIT_SEND;
    struct traits *again = traits_new(&w->unit);
    assert_int_equal(traits_prove(again, box, TRAIT_SEND)->answer, TRAIT_YES);
    traits_free(again);
}

static void the_chain_leads_from_the_culprit_outwards(void **state)
{
    struct world *w = *state;
    const struct ir_type *rc = handle(w, IR_HANDLE_RC, "fl_rc", w->int_type);
    struct ir_type *inner = record(w, "struct inner", 1), *outer = record(w, "struct outer", 2);
    field(inner, 0, "count", rc);
    field(outer, 0, "id", w->int_type);
    field(outer, 1, "parts", array_of(w, inner, 3));
    const struct trait_proof *proof = traits_prove(w->traits, outer, TRAIT_SEND);
    assert_int_equal(proof->answer, TRAIT_NO);
    assert_ptr_equal(proof->culprit, rc);
    assert_int_equal(proof->step_count, 3);
    assert_ptr_equal(proof->steps[0].type, inner);
    assert_int_equal(proof->steps[1].kind, TRAIT_STEP_ARRAY);
    assert_ptr_equal(proof->steps[2].type, outer);
    assert_string_equal(traits_type_name(w->traits, rc), "fl_rc(int)");
}

static void handles_follow_their_element(void **state)
{
    struct world *w = *state;
    const struct ir_type *rc = handle(w, IR_HANDLE_RC, "fl_rc", w->int_type);
    struct ir_type *cell = record(w, "struct cell", 1);
    field(cell, 0, "value", w->int_type);
    cell->record->traits = IR_TRAIT_CELL;
    assert_int_equal(send_of(w, handle(w, IR_HANDLE_SENDER, "fl_sender", w->int_type)), TRAIT_YES);
    assert_int_equal(send_of(w, handle(w, IR_HANDLE_SENDER, "fl_sender", rc)), TRAIT_NO);
    assert_int_equal(send_of(w, handle(w, IR_HANDLE_RECEIVER, "fl_receiver", rc)), TRAIT_NO);
    assert_int_equal(sync_of(w, handle(w, IR_HANDLE_RECEIVER, "fl_receiver", w->int_type)), TRAIT_NO);
    assert_int_equal(send_of(w, handle(w, IR_HANDLE_BOX, "fl_box", cell)), TRAIT_YES);
    assert_int_equal(sync_of(w, handle(w, IR_HANDLE_BOX, "fl_box", cell)), TRAIT_NO);
    assert_int_equal(send_of(w, handle(w, IR_HANDLE_ARC, "fl_arc", w->int_type)), TRAIT_YES);
    const struct trait_proof *proof = traits_prove(w->traits, handle(w, IR_HANDLE_ARC, "fl_arc", cell), TRAIT_SEND);
    assert_int_equal(proof->answer, TRAIT_NO);
    assert_int_equal(proof->missing, TRAIT_SYNC); /* an arc hands out shared access */
}

static void a_lock_makes_sync_of_send(void **state)
{
    struct world *w = *state;
    struct ir_type *cell = record(w, "struct cell", 1);
    field(cell, 0, "value", w->int_type);
    cell->record->traits = IR_TRAIT_CELL;
    struct ir_type *mutex = record(w, "struct m", 2), *rwlock = record(w, "struct rw", 2);
    field(mutex, 0, "fl_data", cell);
    field(mutex, 1, "fl_raw", w->int_type);
    mutex->record->fields[0].guarded_by = "fl_raw";
    field(rwlock, 0, "fl_data", cell);
    field(rwlock, 1, "fl_raw", w->int_type);
    rwlock->record->fields[0].guarded_by = "fl_raw";
    rwlock->record->fields[0].guarded_shared = true;
    assert_int_equal(sync_of(w, cell), TRAIT_NO);
    assert_int_equal(sync_of(w, mutex), TRAIT_YES);
    assert_int_equal(sync_of(w, rwlock), TRAIT_NO); /* readers share it */
    struct ir_type *rc_mutex = record(w, "struct n", 2);
    field(rc_mutex, 0, "fl_data", handle(w, IR_HANDLE_RC, "fl_rc", w->int_type));
    field(rc_mutex, 1, "fl_raw", w->int_type);
    rc_mutex->record->fields[0].guarded_by = "fl_raw";
    assert_int_equal(sync_of(w, rc_mutex), TRAIT_NO);
}

static void a_list_is_decided_by_what_its_nodes_hold(void **state)
{
    struct world *w = *state;
    /* owned, its drop not in view: every pointer owns */
    struct ir_type *node = record(w, "struct node", 2), *list = record(w, "struct list", 1);
    field(node, 0, "next", pointer_to(w, node));
    field(node, 1, "value", w->int_type);
    field(list, 0, "head", pointer_to(w, node));
    list->is_owned = true;
    assert_int_equal(send_of(w, list), TRAIT_YES);
    assert_int_equal(send_of(w, node), TRAIT_BY_VALUE); /* on its own nobody says who owns `next` */

    struct ir_type *bad = record(w, "struct bad_node", 2), *bad_list = record(w, "struct bad_list", 1);
    field(bad, 0, "next", pointer_to(w, bad));
    field(bad, 1, "value", handle(w, IR_HANDLE_RC, "fl_rc", w->int_type));
    field(bad_list, 0, "head", pointer_to(w, bad));
    bad_list->is_owned = true;
    assert_int_equal(send_of(w, bad_list), TRAIT_NO);
}

static void two_types_that_lead_to_each_other(void **state)
{
    struct world *w = *state;
    struct ir_type *a = record(w, "struct a", 1), *b = record(w, "struct b", 2), *top = record(w, "struct top", 2);
    field(a, 0, "b", pointer_to(w, b));
    field(b, 0, "a", pointer_to(w, a));
    field(b, 1, "rc", handle(w, IR_HANDLE_RC, "fl_rc", w->int_type));
    field(top, 0, "a", pointer_to(w, a));
    field(top, 1, "b", pointer_to(w, b));
    top->is_owned = true;
    assert_int_equal(send_of(w, top), TRAIT_NO); /* the answer for `a`, found while `b` was open, is not kept */
    assert_int_equal(send_of(w, top), TRAIT_NO);
}

static void a_union_hides_its_pointers(void **state)
{
    struct world *w = *state;
    struct ir_type *u = record(w, "union u", 2), *plain = record(w, "union v", 2);
    field(u, 0, "n", w->int_type);
    field(u, 1, "p", pointer_to(w, w->int_type));
    u->record->is_union = true;
    field(plain, 0, "n", w->int_type);
    field(plain, 1, "c", w->char_type);
    plain->record->is_union = true;
    assert_int_equal(send_of(w, u), TRAIT_NO);
    assert_int_equal(send_of(w, plain), TRAIT_YES);
}

static void marks_by_hand_win(void **state)
{
    struct world *w = *state;
    struct ir_type *job = record(w, "struct job", 1);
    field(job, 0, "n", w->int_type);
    job->record->traits = IR_TRAIT_NOT_SEND;
    const struct trait_proof *proof = traits_prove(w->traits, job, TRAIT_SEND);
    assert_int_equal(proof->answer, TRAIT_NO);
    assert_int_equal(proof->reason, TRAIT_REASON_MARKED);
    assert_int_equal(sync_of(w, job), TRAIT_YES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(scalars_are_both, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_plain_pointer_depends_on_its_value, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_function_pointer_is_send, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_void_pointer_in_a_struct_is_not_send, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_chain_leads_from_the_culprit_outwards, set_up, tear_down),
        cmocka_unit_test_setup_teardown(handles_follow_their_element, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lock_makes_sync_of_send, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_list_is_decided_by_what_its_nodes_hold, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_types_that_lead_to_each_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_union_hides_its_pointers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(marks_by_hand_win, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
