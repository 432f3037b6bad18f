/*
 * The intermediate representation: one function is locals and basic blocks, as in rustc's MIR.
 *
 *     place      a local or a global, then projections: .field  *deref  [index]
 *     operand    copy PLACE | move PLACE | constant
 *     statement  assign, zero, storage live/dead, drop, forget, atomic, asm, opaque
 *     terminator goto, branch, switch, indirect goto, call, return, unreachable
 *
 * docs/design/ir.md gives the lowering of every C construct. The front end builds a unit through
 * ir/build.h; after ir_verify() it is frozen: analyses hold const pointers. Everything lives in the
 * unit's arena and goes with it.
 */
#ifndef FEARLESS_CHECK_IR_IR_H
#define FEARLESS_CHECK_IR_IR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "ir/type.h"

/* ------------------------------------------------------------------------------------------- places */

enum ir_base_kind {
    IR_BASE_LOCAL,  /* index into ir_function.locals */
    IR_BASE_GLOBAL, /* index into ir_unit.globals: file scope, static locals, thread-locals */
    IR_BASE_STRING, /* a string literal's array: index into ir_unit.strings */
    IR_BASE_FUNCTION, /* a function's code; index into ir_unit.functions (declared ones are there, too) */
};

enum ir_projection_kind {
    IR_PROJ_DEREF,   /* * of a pointer or block; on a handle never: fl_get is a call */
    IR_PROJ_FIELD,   /* .field number `index` of `record` (anonymous members are stepped through one by one) */
    IR_PROJ_INDEX,   /* [local]: `index` is a local that holds the index */
    IR_PROJ_CONST_INDEX, /* [constant]: `index` */
    IR_PROJ_SOME_INDEX,  /* [unknown]: some element */
    IR_PROJ_PART,    /* __real__, __imag__, a vector lane: a part nobody tracks apart from the whole */
};

struct ir_projection {
    enum ir_projection_kind kind;
    uint32_t index;                 /* for IR_PROJ_DEREF: 1 when it was written `p[0]`; no other place for that */
    const struct ir_record *record; /* for IR_PROJ_FIELD */
    const struct ir_type *type;     /* of the place up to and including this projection */
};

struct ir_place {
    enum ir_base_kind base;
    uint32_t base_index;
    const struct ir_projection *projections;
    uint32_t projection_count;
    const struct ir_type *type; /* of the whole place */
};

/* ----------------------------------------------------------------------------------------- operands */

enum ir_operand_kind { IR_OPERAND_COPY, IR_OPERAND_MOVE, IR_OPERAND_CONST };

enum ir_const_kind {
    IR_CONST_INT,    /* also characters, enumerators, null pointers (value 0) */
    IR_CONST_FLOAT,
    IR_CONST_OTHER,  /* a constant whose value we do not track (sizeof of a VLA is no constant: it is code) */
};

struct ir_operand {
    enum ir_operand_kind kind;
    struct ir_place place;           /* copy, move */
    enum ir_const_kind const_kind;   /* const */
    int64_t value;                   /* IR_CONST_INT */
    const struct ir_type *type;
    struct span span;                /* the expression as the user wrote it; of a move: the place inside fl_move(...) */
};

/* ------------------------------------------------------------------------------------------ rvalues */

enum ir_rvalue_kind {
#define IR_RVALUE(name, text) IR_RV_##name,
#include "ir/opcodes.def"
#undef IR_RVALUE
};

enum ir_unary_op { IR_NEG, IR_NOT /* ! */, IR_COMPLEMENT /* ~ */, IR_PART /* __real, __imag */ };

enum ir_binary_op {
    IR_ADD, IR_SUB, IR_MUL, IR_DIV, IR_REM, IR_SHL, IR_SHR, IR_AND, IR_OR, IR_XOR,
    IR_EQ, IR_NE, IR_LT, IR_LE, IR_GT, IR_GE,
    IR_PTR_ADD /* pointer + integer, in elements */, IR_PTR_SUB /* pointer - integer */, IR_PTR_DIFF,
};

struct ir_rvalue {
    enum ir_rvalue_kind kind;
    enum ir_unary_op unary;
    enum ir_binary_op binary;
    struct ir_operand *operands; /* USE 1, UNARY 1, BINARY 2, CAST 1, BUILTIN any */
    uint32_t operand_count;
    struct ir_place place;       /* ADDRESS_OF */
    struct span span;            /* ADDRESS_OF: the place as the user wrote it; no place for a decay */
    struct span whole;           /* ADDRESS_OF: the whole expression, `&v`; of a decay the array */
    const struct ir_type *type;  /* of the value */
    const char *builtin;         /* BUILTIN: its name, for dumps and --stats ("va_arg", "vector shuffle") */
};

/* --------------------------------------------------------------------------------------- statements */

enum ir_statement_kind {
#define IR_STATEMENT(name, text) IR_ST_##name,
#include "ir/opcodes.def"
#undef IR_STATEMENT
};

enum ir_atomic_op {
    IR_ATOMIC_LOAD, IR_ATOMIC_STORE, IR_ATOMIC_EXCHANGE, IR_ATOMIC_COMPARE_EXCHANGE, IR_ATOMIC_RMW,
    IR_ATOMIC_FENCE, IR_ATOMIC_INIT,
};
enum ir_order { IR_RELAXED, IR_CONSUME, IR_ACQUIRE, IR_RELEASE, IR_ACQ_REL, IR_SEQ_CST, IR_ORDER_UNKNOWN };

enum {
    IR_FLAG_SCOPE_END = 1 << 0,  /* a drop or cleanup call that a scope's end runs, not a person */
    IR_FLAG_UNSAFE = 1 << 1,     /* inside fl_unsafe { } */
    IR_FLAG_MACRO_BODY = 1 << 2, /* written inside a macro's body, span is the use of the macro */
    IR_FLAG_SYNTHETIC = 1 << 3,  /* made by the lowering (the temporary of an argument, a loop's back jump) */
    IR_FLAG_INITIALIZER = 1 << 4, /* assignment is the declaration's initialiser: nothing was there before */
    IR_FLAG_LOOP_ENTRY = 1 << 5, /* a goto into a loop; its span is the loop's header, `for (...)` */
};

struct ir_statement {
    enum ir_statement_kind kind;
    unsigned flags;
    struct span span;         /* of the expression or declaration */
    uint32_t arm;             /* unsequenced operand it belongs to: index into ir_function.arms, 0 = none */
    struct ir_place place;    /* ASSIGN, ZERO, DROP, FORGET, ATOMIC's object: the destination or object */
    struct ir_rvalue value;   /* ASSIGN */
    uint32_t local;           /* STORAGE_LIVE, STORAGE_DEAD */
    struct ir_atomic *atomic; /* ATOMIC */
    struct ir_opaque *opaque; /* ASM, OPAQUE */
};

struct ir_atomic {
    enum ir_atomic_op op;
    enum ir_binary_op rmw;       /* RMW: object = object rmw value ... */
    bool has_rmw;                /* ... unless it is another operation (nand, min, max) */
    struct ir_place result;      /* where the old value or success goes; base local of type void: nowhere */
    bool has_result;
    struct ir_operand *operands; /* value, or expected and desired */
    uint32_t operand_count;
    struct ir_place expected;    /* compare exchange: written on failure */
    bool has_expected;
    enum ir_order order, failure_order;
};

/* Read and written places of what is not modelled further. */
struct ir_opaque {
    const char *what;            /* "asm", "omp parallel", ...: what --stats lists */
    struct ir_operand *reads;
    uint32_t read_count;
    struct ir_place *writes;
    uint32_t write_count;
    bool clobbers_memory;
};

/* -------------------------------------------------------------------------------------- terminators */

enum ir_terminator_kind {
#define IR_TERMINATOR(name, text) IR_TERM_##name,
#include "ir/opcodes.def"
#undef IR_TERMINATOR
};

enum ir_call_mode {
    IR_CALL_PLAIN,
    IR_CALL_SPAWN,        /* runs in a new thread that may outlive everything (fl_spawn) */
    IR_CALL_SPAWN_SCOPED, /* runs in a thread that scope `scope` joins */
    IR_CALL_BIND,         /* kept for later (fl_bind) */
};

struct ir_param_notes;

struct ir_call {
    enum ir_call_mode mode;
    const struct ir_function *callee; /* NULL: through `pointer` */
    struct ir_operand pointer;        /* the function pointer's value, when callee is NULL */
    const struct ir_param_notes *pointer_params; /* what its declaration, or a typedef, says of the parameters; or NULL */
    struct ir_operand *args;          /* after C's conversions; a move is an operand of kind MOVE of a temporary, see ir.md */
    uint32_t arg_count;
    struct ir_place dest;             /* where the result goes */
    bool has_dest;
    bool result_unused;               /* the expression's value is discarded, not even cast to void */
    struct ir_operand scope;          /* SPAWN_SCOPED */
    struct span callee_span;          /* the function's name */
};

struct ir_case {
    int64_t low, high; /* case low ... high */
    uint32_t target;
    struct span span;
};

struct ir_terminator {
    enum ir_terminator_kind kind;
    unsigned flags;
    struct span span;
    uint32_t arm;
    struct ir_operand condition;  /* BRANCH, SWITCH */
    uint32_t target;              /* GOTO; BRANCH when true; CALL's return block (IR_NO_BLOCK: never returns) */
    uint32_t otherwise;           /* BRANCH when false; SWITCH's default */
    bool exhaustive;              /* SWITCH: all enumerators have a case, so `otherwise` needs a foreign value */
    struct ir_case *cases;
    uint32_t case_count;
    uint32_t *targets;            /* INDIRECT: labels whose address is taken, ASM_GOTO's labels */
    uint32_t target_count;
    struct ir_call *call;         /* CALL */
    struct ir_opaque *opaque;     /* ASM_GOTO */
};

#define IR_NO_BLOCK UINT32_MAX

struct ir_block {
    struct ir_statement *statements;
    uint32_t statement_count;
    struct ir_terminator terminator;
};

/* ---------------------------------------------------------------------------------------- functions */

enum ir_local_kind { IR_LOCAL_RESULT, IR_LOCAL_PARAM, IR_LOCAL_VARIABLE, IR_LOCAL_TEMP };

struct ir_local {
    enum ir_local_kind kind;
    const char *name;            /* NULL for temporaries and the result */
    const struct ir_type *type;
    const char *type_name;       /* as written, for messages */
    struct span span;            /* the name in its declaration; of a temporary: the expression */
    struct span scope_end;       /* the closing brace of its scope: where leaks are reported */
    struct span declaration;     /* of an owned variable: its declaration with the `;`, if more could stand behind it */
    const char *line_break;      /* ... and what leads from there to a line below it, indented as it is */
    bool address_taken;          /* & or array decay; a drop, move or auto note does not count */
    bool hidden;                 /* declared inside a macro's body: messages avoid its name */
    bool in_macro;               /* declared inside a macro's body, maybe one of the user's: its span is the macro's use */
    const char *const *notes;    /* fl. annotations, NULL-terminated; never NULL */
};

struct ir_param_notes {
    const char *const *notes;    /* fl. annotations of the parameter; never NULL */
};

/* An operand whose evaluation is not sequenced against its siblings: f(A, B), A + B, A = B. */
struct ir_arm {
    uint32_t parent; /* the arm the whole expression belongs to, 0 = none */
    uint32_t group;  /* siblings share it */
};

struct ir_function {
    uint32_t index;
    const char *name;
    const struct ir_type *type;
    const char *const *notes;            /* fl. annotations, also those of models and earlier declarations */
    const struct ir_param_notes *params; /* one for each parameter of the type */
    const char *const *param_names;      /* NULL where there is none */
    struct span span;                    /* the name */
    struct span body_end;                /* the closing brace */
    bool is_static, is_inline, is_noreturn, is_variadic, in_system_header;
    bool returns_twice;                  /* setjmp and relatives */
    bool has_body;                       /* the rest is empty without */
    bool is_broken;                      /* its extent holds a compile error: not analysed */
    bool is_modelled;                    /* notes of models/ are among its own */
    bool unwinds;                        /* compiled with -fexceptions: the end of a thread runs cleanups */
    bool is_annotated_code;              /* its file uses declarations that say who owns what: the library's, or its own */

    struct ir_local *locals;             /* 0 is the result, then the parameters in order */
    uint32_t local_count;
    uint32_t param_count;
    struct ir_block *blocks;             /* 0 is the entry */
    uint32_t block_count;
    struct ir_arm *arms;                 /* 0 is unused */
    uint32_t arm_count;
};

struct ir_global {
    uint32_t index;
    const char *name;
    const struct ir_type *type;
    const char *type_name;
    struct span span;
    bool is_static, is_extern, is_thread_local, is_defined;
    const struct ir_function *owner;     /* the function of a static local, or NULL */
    const char *const *notes;
    /* where pointers in its initialiser lead: functions and globals whose addresses it holds */
    const struct ir_place *pointees;
    uint32_t pointee_count;
    int64_t initial_enumerators;    /* the bits of the enumerators that its initialiser names */
};

struct ir_string {
    const char *bytes;
    uint32_t length;
    const struct ir_type *type;
};

/* fl_unsafe { ... }: what a person vouches for. */
struct ir_unsafe {
    const struct ir_function *fn;
    struct span keyword, whole;
};

/* One code of a comment `fearless: allow(CODE, ...) reason`. */
struct ir_allow {
    const char *code;            /* as written */
    struct span span;            /* of the code in the comment */
    struct span covers;          /* findings that begin in here */
    bool has_reason;
    bool is_in_header;
};

struct ir_unit {
    struct arena *arena;
    const char *path;
    uint32_t main_file;             /* the file it was made from */
    bool unwinds;                   /* as its functions; a linked unit's are those of several files */
    bool is_annotated;
    struct ir_function **functions; /* every function that is declared and used or defined */
    uint32_t function_count;
    struct ir_global **globals;
    uint32_t global_count;
    struct ir_string *strings;
    uint32_t string_count;
    const struct ir_type **owned_types; /* every FL_OWNED type of the unit */
    uint32_t owned_type_count;
    const struct ir_type **marked_types; /* records with FL_SEND and the like, written by hand */
    uint32_t marked_type_count;
    struct ir_unsafe *unsafe_blocks;    /* in no order */
    uint32_t unsafe_count;
    struct ir_allow *allows;
    uint32_t allow_count;
    const char *const *opaque_kinds;    /* the kinds that --stats lists ... */
    const uint32_t *opaque_counts;      /* ... and how often */
    uint32_t opaque_kind_count;
    uint64_t statement_count;           /* C statements lowered, for --stats */
};

/* --------------------------------------------------------------------------------------- operations */

/* False when the unit breaks a rule of docs/design/ir.md; the first broken rule is printed to stderr. */
bool ir_verify(const struct ir_unit *unit);

struct _GString;
void ir_dump_unit(const struct ir_unit *unit, struct _GString *out);
void ir_dump_function(const struct ir_unit *unit, const struct ir_function *fn, struct _GString *out);

bool ir_place_equal(const struct ir_place *a, const struct ir_place *b);
/* a is b or a contains b (a's projections are a prefix of b's). */
bool ir_place_is_prefix(const struct ir_place *a, const struct ir_place *b);
bool ir_place_has_deref(const struct ir_place *place);

/* As the user would write it: `v`, `v.len`, `p->name`, `*p`, `a[_]`; temporaries and hidden locals give NULL. */
const char *ir_place_describe(const struct ir_unit *unit, const struct ir_function *fn,
                              const struct ir_place *place, struct arena *arena);

/*
 * What code calls a pointer by which it reaches something. Nobody writes `arg->lock` of a void *: when a parameter is
 * unpacked into one variable, `struct job *j = arg;`, this is `j`. NULL: no name of the user's.
 */
const char *ir_pointer_name(const struct ir_function *fn, uint32_t local);

/* The annotation `name` among notes: the text after `name` and its colon ("" without one), or NULL when absent. */
const char *ir_note(const char *const *notes, const char *name);
/* The first argument whose parameter carries this note; UINT32_MAX when there is none. */
uint32_t ir_noted_argument(const struct ir_call *call, const char *note);

/* The blocks a terminator can go to, each once: calls fn(ctx, target). */
void ir_each_successor(const struct ir_terminator *term, void (*fn)(void *ctx, uint32_t target), void *ctx);

#endif
