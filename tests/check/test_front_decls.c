/* Types, fields, functions, globals and their annotations, as the front end reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "unit_of_text.h"

static const struct ir_type *type_of(const struct text_unit *u, const char *global)
{
    const struct ir_global *found = global_named(u, global);

    assert_non_null(found);
    return found->type;
}

static void types_are_unique(void **state)
{
    (void)state;
    struct text_unit u = unit_of_text(
        "typedef int number; int a; number b; const int c; long d; long long e; int *p; number *q;\n"
        "int f[3]; const number g[3]; struct s; struct s *h; struct s { int x; } i; typeof(i) j;\n"
        "int (*fn)(int, char *); int (*fn2)(number x, char y[]); _Atomic int at; _Bool bl; enum e { E } en;\n", NULL);
    assert_int_equal(u.status, FRONT_OK);
    assert_ptr_equal(type_of(&u, "a"), type_of(&u, "b"));
    assert_ptr_equal(type_of(&u, "c")->unqualified, type_of(&u, "a"));
    assert_int_equal(type_of(&u, "c")->quals, IR_QUAL_CONST);
    assert_ptr_not_equal(type_of(&u, "d"), type_of(&u, "e"));
    assert_ptr_equal(type_of(&u, "p"), type_of(&u, "q"));
    assert_ptr_equal(type_of(&u, "g")->target, type_of(&u, "c"));
    assert_ptr_equal(type_of(&u, "h")->target, type_of(&u, "i"));
    assert_ptr_equal(type_of(&u, "i"), type_of(&u, "j"));
    assert_ptr_equal(type_of(&u, "fn"), type_of(&u, "fn2"));
    assert_string_equal(type_of(&u, "fn")->name, "int (*)(int, char *)");
    assert_int_equal(type_of(&u, "at")->kind, IR_TYPE_ATOMIC);
    assert_int_equal(type_of(&u, "bl")->kind, IR_TYPE_BOOL);
    assert_int_equal(type_of(&u, "en")->kind, IR_TYPE_ENUM);
    assert_int_equal(type_of(&u, "f")->count, 3);
    text_unit_free(&u);
}

static void names_are_as_written(void **state)
{
    (void)state;
    struct text_unit u = unit_of_text("typedef struct { int n; } text; struct job { text t; }; text a; struct job b;\n"
                                      "typedef text *ref; ref c; text *d; const text e; struct { int z; } f; text g[2];\n",
                                      NULL);
    assert_string_equal(global_named(&u, "a")->type_name, "text");
    assert_string_equal(type_of(&u, "a")->name, "text");
    assert_null(type_of(&u, "a")->record->tag);
    assert_string_equal(type_of(&u, "b")->record->tag, "job");
    assert_string_equal(type_of(&u, "b")->name, "struct job");
    assert_string_equal(global_named(&u, "c")->type_name, "ref");
    assert_string_equal(global_named(&u, "d")->type_name, "text *");
    assert_string_equal(type_of(&u, "e")->name, "const text");
    assert_string_equal(type_of(&u, "f")->name, "struct (unnamed)");
    assert_string_equal(type_of(&u, "g")->name, "text[2]");
    text_unit_free(&u);
}

static void records_have_all_their_fields(void **state)
{
    (void)state;
    struct text_unit u = unit_of_text(
        "struct list { struct list *next; struct { int a; union { int b; float c; }; }; unsigned d : 3, : 2; char tail[]; };\n"
        "union u { int i; char c[4]; } un; struct opaque *op; struct list *l; int f(struct list *p) { return p->b; }\n", NULL);
    const struct ir_record *list = type_of(&u, "l")->target->record;
    assert_int_equal(list->field_count, 5);
    assert_string_equal(list->fields[0].name, "next");
    assert_ptr_equal(list->fields[0].type->target, type_of(&u, "l")->target);
    assert_null(list->fields[1].name);
    assert_int_equal(list->fields[1].bit_width, -1);
    assert_int_equal(list->fields[2].bit_width, 3);
    assert_null(list->fields[3].name);
    assert_int_equal(list->fields[3].bit_width, 2);
    assert_true(list->has_flexible_array);
    assert_true(type_of(&u, "un")->record->is_union);
    assert_false(type_of(&u, "op")->target->record->is_complete);
    /* p->b is (*p).<anonymous>.<anonymous>.b */
    const struct ir_function *f = function_named(&u, "f");
    const struct ir_statement *st = &f->blocks[0].statements[0];
    const struct ir_place *read = &st->value.operands[0].place;
    assert_int_equal(read->projection_count, 4);
    assert_string_equal(ir_place_describe(u.unit, f, read, u.unit->arena), "p->b");
    text_unit_free(&u);
}

#define NOTE "#define NOTE(t) __attribute__((annotate(\"fl.\" t)))\n"

static void annotations_of_all_declarations_count(void **state)
{
    (void)state;
    struct text_unit u = unit_of_text(NOTE
        "NOTE(\"must_use\") int f(int *p, NOTE(\"moved\") int *q);\n"
        "int f(int *p NOTE(\"out\"), int *q) { return *p + *q; }\n"
        "NOTE(\"blocks\") int f(int *, int *);\n"
        "struct NOTE(\"send\") NOTE(\"not_sync\") s { int n NOTE(\"guarded_by:lock\"); int m NOTE(\"shared_guarded_by:rw\"); };\n"
        "struct s v; int g NOTE(\"guarded_by:big_lock\");\n", NULL);
    const struct ir_function *f = function_named(&u, "f");
    assert_non_null(ir_note(f->notes, "must_use"));
    assert_non_null(ir_note(f->notes, "blocks"));
    assert_null(ir_note(f->notes, "block"));
    assert_non_null(ir_note(f->params[0].notes, "out"));
    assert_non_null(ir_note(f->params[1].notes, "moved"));
    const struct ir_record *s = type_of(&u, "v")->record;
    assert_int_equal(s->traits, IR_TRAIT_SEND | IR_TRAIT_NOT_SYNC);
    assert_string_equal(s->fields[0].guarded_by, "lock");
    assert_false(s->fields[0].guarded_shared);
    assert_string_equal(s->fields[1].guarded_by, "rw");
    assert_true(s->fields[1].guarded_shared);
    assert_string_equal(ir_note(global_named(&u, "g")->notes, "guarded_by"), "big_lock");
    text_unit_free(&u);
}

static void owned_types_and_handles(void **state)
{
    (void)state;
    struct text_unit u = unit_of_text(
        "#include <fearless/move.h>\n#include <stdlib.h>\n"
        "typedef struct { char *s; } text; static void text_drop(text *t) { free(t->s); }\n"
        "#define FL_OWNED text, text_drop\n#include <fearless/owned.h>\n"
        "text a; text b[3]; struct job { int n; text t; } c; int d; const text e; fl_sender(text) tx; fl_arc(int) n;\n"
        "typedef fl_receiver(struct job) inbox; inbox in; struct w { fl_rc(int) r; } w; const volatile int *no;\n", NULL);
    assert_int_equal(u.status, FRONT_OK);
    assert_true(ir_type_is_owned(type_of(&u, "a")));
    assert_true(ir_type_is_owned(type_of(&u, "e")));
    assert_false(ir_type_is_owned(type_of(&u, "c")));
    assert_true(ir_type_contains_owned(type_of(&u, "b")));
    assert_true(ir_type_contains_owned(type_of(&u, "c")));
    assert_false(ir_type_contains_owned(type_of(&u, "d")));
    assert_true(ir_type_contains_owned(type_of(&u, "w")));
    assert_string_equal(type_of(&u, "a")->drop_name, "text_drop");
    assert_ptr_equal(type_of(&u, "a")->drop, function_named(&u, "text_drop"));
    assert_int_equal(u.unit->owned_type_count, 1);
    assert_int_equal(type_of(&u, "tx")->handle_kind, IR_HANDLE_SENDER);
    assert_ptr_equal(type_of(&u, "tx")->target, type_of(&u, "a"));
    assert_string_equal(global_named(&u, "tx")->type_name, "fl_sender(text)");
    assert_string_equal(type_of(&u, "n")->name, "fl_arc(int)");
    assert_string_equal(global_named(&u, "in")->type_name, "inbox");
    assert_string_equal(type_of(&u, "in")->name, "fl_receiver(struct job)");
    assert_int_equal(type_of(&u, "no")->kind, IR_TYPE_POINTER);
    text_unit_free(&u);
}

static void functions_know_what_they_are(void **state)
{
    (void)state;
    struct text_unit u = unit_of_text(
        "#include <stdlib.h>\n#include <pthread.h>\n#include <setjmp.h>\n"
        "_Noreturn void a(void); void b(void) __attribute__((noreturn)); [[noreturn]] void c(void); void d(void);\n"
        "static inline int e(int x) { return x; } jmp_buf jb;\n"
        "static void *run(void *p) { return p; }\n"
        "int main(int argc, char *argv[]) { pthread_t t; if (argc == 5) a(); if (argc == 6) b(); if (argc == 7) c(); d();\n"
        "if (argc > 7) exit(1); if (argc > 8) abort(); if (setjmp(jb)) return 1; free(argv); \n"
        "pthread_create(&t, NULL, run, argv); pthread_join(t, NULL); return e(1); }\n", "-std=gnu2x");
    assert_int_equal(u.status, FRONT_OK);
    static const char *const ends[] = {"a", "b", "c", "exit", "abort"};
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
        assert_true(function_named(&u, ends[i])->is_noreturn);
    assert_false(function_named(&u, "d")->is_noreturn);
    assert_true(function_named(&u, "e")->is_static && function_named(&u, "e")->is_inline);
    assert_string_equal(function_named(&u, "main")->type->params[1]->name, "char **");
    assert_true(function_named(&u, "_setjmp")->returns_twice);
    const struct ir_function *create = function_named(&u, "pthread_create");
    assert_non_null(ir_note(create->params[2].notes, "thread_entry"));
    assert_non_null(ir_note(create->params[3].notes, "sent"));
    assert_null(ir_note(create->params[1].notes, "sent"));
    assert_non_null(ir_note(function_named(&u, "free")->params[0].notes, "moved"));
    assert_true(create->in_system_header);
    assert_false(create->has_body);
    /* Nothing that the file does not use. */
    assert_null(function_named(&u, "pthread_cancel"));
    text_unit_free(&u);
}

static void old_definitions_have_parameters(void **state)
{
    (void)state;
    struct text_unit u = unit_of_text("int old(x, y) int x; char *y; { return x; } int main() { return old(1, \"x\"); }\n", NULL);
    const struct ir_function *old = function_named(&u, "old");
    assert_int_equal(old->param_count, 2);
    assert_string_equal(old->param_names[1], "y");
    assert_string_equal(old->locals[2].type->name, "char *");
    text_unit_free(&u);
}

/* Who defines a function of a modelled name says itself what it does. */
static void models_are_for_unseen_functions(void **state)
{
    (void)state;
    struct text_unit u = unit_of_text("void free(void *p) { (void)p; } static int exit(int x) { return x; }\n"
                                      "int main(void) { free(0); return exit(3); }\n", "-fno-builtin");
    assert_int_equal(u.status, FRONT_OK);
    assert_null(ir_note(function_named(&u, "free")->params[0].notes, "moved"));
    assert_false(function_named(&u, "exit")->is_noreturn);
    text_unit_free(&u);
}

static void globals_lead_to_what_they_name(void **state)
{
    (void)state;
    struct text_unit u = unit_of_text(
        "static int f(void) { return 1; } static int g(void) { return 2; } extern int x; int y = 3; static int z;\n"
        "struct ops { int (*run)(void); int *n; const char *s; char in[4]; } table[] = { { f, &y, \"a\", \"b\" }, { .run = &g } };\n"
        "unsigned long n = sizeof(x); _Thread_local int tls; int h(void) { static int *p = &z; return *p + x; }\n"
        "struct ops *compound = &(struct ops){ .run = f };\n", NULL);
    const struct ir_global *table = global_named(&u, "table");
    assert_int_equal(table->pointee_count, 4); /* f, y, "a", g; "b" is content */
    assert_int_equal(table->pointees[0].base, IR_BASE_FUNCTION);
    assert_int_equal(table->pointees[1].base, IR_BASE_GLOBAL);
    assert_int_equal(table->pointees[2].base, IR_BASE_STRING);
    assert_int_equal(global_named(&u, "n")->pointee_count, 0);
    assert_true(global_named(&u, "tls")->is_thread_local);
    assert_true(global_named(&u, "x")->is_extern && !global_named(&u, "x")->is_defined);
    assert_true(global_named(&u, "y")->is_defined && !global_named(&u, "y")->is_static);
    assert_ptr_equal(global_named(&u, "p")->owner, function_named(&u, "h"));
    assert_int_equal(global_named(&u, "p")->pointee_count, 1);
    const struct ir_place *literal = &global_named(&u, "compound")->pointees[0];
    assert_int_equal(u.unit->globals[literal->base_index]->pointee_count, 1);
    text_unit_free(&u);
}

static void strings_have_their_bytes(void **state)
{
    (void)state;
    struct text_unit u = unit_of_text("const char *a = \"x\\0y\\\"\\n\" \"\\x41\" \"B\\377\"; const void *b = L\"w\\u00e9\";\n", NULL);
    const struct ir_string *a = &u.unit->strings[global_named(&u, "a")->pointees[0].base_index];
    assert_int_equal(a->length, 8);
    assert_memory_equal(a->bytes, "x\0y\"\nAB\377", 9);
    const struct ir_string *b = &u.unit->strings[global_named(&u, "b")->pointees[0].base_index];
    assert_int_equal(b->length, 8);
    assert_memory_equal(b->bytes, "w\0\0\0\xe9\0\0\0\0\0\0\0", 12);
    text_unit_free(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_unique),
        cmocka_unit_test(names_are_as_written),
        cmocka_unit_test(records_have_all_their_fields),
        cmocka_unit_test(annotations_of_all_declarations_count),
        cmocka_unit_test(owned_types_and_handles),
        cmocka_unit_test(functions_know_what_they_are),
        cmocka_unit_test(old_definitions_have_parameters),
        cmocka_unit_test(models_are_for_unseen_functions),
        cmocka_unit_test(globals_lead_to_what_they_name),
        cmocka_unit_test(strings_have_their_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
