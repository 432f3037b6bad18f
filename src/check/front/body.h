/*
 * What the files that lower function bodies share: the function that grows, the tree of cursors below
 * it, and one entry for each way in which an expression can be wanted.
 *
 *     tree.c       one visit of a function gives its cursors as a tree; everything else walks that
 *     body.c       a function: parameters, labels, the end
 *     expr.c       the expression switch, operands and rvalues      lvalue.c   places
 *     operators.c  unary, binary, assignments, ++                   cond.c     branches, && || ?:
 *     cast.c       conversions, implicit and written                call.c     calls, arguments
 *     builtin.c    __builtin_*, sizeof, va_arg, _Generic            atomics.c  _Atomic, __atomic_*, __sync_*
 *     stmt.c loops.c switch.c asm.c    statements                   local.c    declarations
 *     blocks.c     block literals           printed.c    what only the printed text of a function shows
 *     scope.c      what runs when a scope is left, jumps            library.c  fl.op.*, fl.auto
 */
#ifndef FEARLESS_CHECK_FRONT_BODY_H
#define FEARLESS_CHECK_FRONT_BODY_H

#include "front/lower.h"

/* --------------------------------------------------------------------------------------- tree.c */

/* A cursor and its children. libclang's visitor is asked once per function, which is what makes
 * looking at a child twice cheap; types and spans are asked for when first needed. */
struct node {
    CXCursor cursor;
    enum CXCursorKind kind;
    uint32_t child_count;
    struct node *first, *next;   /* children are a list */
    const struct ir_type *type;  /* see node_type */
    struct span span;            /* see node_span */
    uint32_t for_index;          /* of a `for`: how many came before; of the root, how many there are */
    uint32_t asm_index;          /* likewise of an asm */
    bool has_span, in_macro_body;
    bool in_block;               /* in a block literal's body: no part of the printed text */
    unsigned char conversion;    /* enum conversion of cast.c, 0: not asked yet */
};

struct tree;
struct tree *tree_new(void);
void tree_free(struct tree *tree);
/* The tree below root. Valid until the next tree_read or tree_free. */
struct node *tree_read(struct tree *tree, CXCursor root);

struct node *node_child(const struct node *node, uint32_t index); /* NULL behind the last */
struct node *node_last(const struct node *node);

/* --------------------------------------------------------------------------------------- body.c */

struct scope_entry;
struct body_label;
struct printed;
struct switch_context;

/* Where break and continue lead, and which scope they leave to. */
struct jump_context {
    struct jump_context *outer;
    uint32_t break_block, continue_block; /* IR_NO_BLOCK: goes on to the outer one */
    struct scope_entry *break_scope, *continue_scope;
};

struct body {
    struct front *front;
    struct arena *arena;             /* the unit's */
    struct ir_builder *b;
    struct ir_function *fn;
    struct body *outer;              /* of a block literal: the function around it */
    GPtrArray *captures;             /* likewise: what it uses of that one's variables (blocks.c) */
    unsigned block_count;            /* block literals so far */
    struct node *root;
    GHashTable *locals;              /* declaration -> local + 1 */
    GHashTable *labels;              /* label statement -> struct body_label */
    GPtrArray *taken_labels;         /* labels whose address is taken */
    GPtrArray *label_statements;     /* all, when an asm goto needed to know (asm.c) */
    GArray *pending;                 /* jumps whose label is not yet lowered (scope.c) */
    struct scope_entry *scope;       /* the innermost thing that an exit has to run */
    struct jump_context *jump;
    struct switch_context *switches;
    struct span block_end;           /* the closing brace of the block being lowered */
    struct node *declaration;        /* the declaration being lowered, if it stands in a block of its own right */
    struct printed *printed;         /* when somebody needed it (printed.c) */
    const struct ir_type *int_type, *void_type;
};

/* --------------------------------------------------------------- expressions, whichever way wanted */

const struct ir_type *node_type(struct body *body, struct node *node);
struct span node_span(struct body *body, struct node *node);
/* IR_FLAG_MACRO_BODY when the node was written inside a macro's body. */
unsigned node_flags(struct body *body, struct node *node);

/* As a simple operand (ir.md): computed into a temporary first when it is none. */
struct ir_operand lower_operand(struct body *body, struct node *expr);
/* As what may stand on the right of an assignment. */
struct ir_rvalue lower_rvalue(struct body *body, struct node *expr);
/* place = expr, with the place handed down (a call's result goes straight into it). Braces, too. */
void lower_into(struct body *body, struct ir_place place, struct node *expr, unsigned flags);
/* The place of an lvalue; a struct rvalue (f().x) gets a temporary. */
struct ir_place lower_place(struct body *body, struct node *expr);
/* For its effects. */
void lower_discard(struct body *body, struct node *expr);
/* Goes to one of two blocks; there is no current block afterwards. */
void lower_condition(struct body *body, struct node *expr, uint32_t if_true, uint32_t if_false);

void lower_statement(struct body *body, struct node *stmt);

/* Parentheses off, and implicit conversions that change nothing (lvalue to rvalue, qualifiers). */
struct node *node_strip(struct body *body, struct node *expr);

/* A value in a new temporary. */
struct ir_operand lower_to_temp(struct body *body, struct ir_rvalue value, struct node *expr);
/* ... a place whose value may change before it is used (the old value of x++) */
struct ir_operand lower_saved(struct body *body, struct ir_place place, struct node *expr);
/* ASSIGN, with what goes with it: whose address is stored is no longer private. */
void body_assign(struct body *body, struct ir_place place, struct ir_rvalue value, struct span span,
                 unsigned flags);
/* lower_into with a span of its own: of `x = e` the whole expression. */
void lower_store(struct body *body, struct ir_place place, struct node *expr, struct span span,
                 unsigned flags);
/* An operand made of an rvalue: as it is when it is simple, else through a temporary. */
struct ir_operand lower_simple(struct body *body, struct ir_rvalue value, struct node *expr);
/* *e without reading it: the pointer's place dereferenced, or x of &x. */
struct ir_place lower_pointee(struct body *body, struct node *pointer);
bool place_ends_in_deref(const struct ir_place *place);
/* Takes the last projection off. */
void place_take_last(struct body *body, struct ir_place *place);
struct ir_place place_of_pointer(struct body *body, struct ir_rvalue pointer, struct node *expr);
/* pointer + index, folded to &a[index] when the pointer is a decayed array; sign -1: minus */
struct ir_rvalue lower_pointer_step(struct body *body, struct ir_rvalue pointer,
                                    struct ir_operand index, int sign, struct node *expr);
struct ir_rvalue value_none(struct body *body); /* of a void expression */
struct ir_rvalue value_int(struct body *body, int64_t value, const struct ir_type *type,
                           struct node *expr);
bool value_as_int(const struct ir_rvalue *value, int64_t *ret_value);
/* A value whose effects and reads are kept and whose computation is not modelled. */
struct ir_rvalue lower_unknown(struct body *body, struct node *expr, const char *what);
/* clang's constant folder; never on braces, where it crashes. */
bool node_evaluate(struct node *expr, int64_t *ret_value);

/* cast.c */
enum conversion {
    CONVERSION_UNASKED,
    CONVERSION_NONE,    /* the child's value as it is */
    CONVERSION_DECAY,   /* array or function to pointer */
    CONVERSION_CAST,
    CONVERSION_LOAD,    /* of an _Atomic object */
    CONVERSION_PART,    /* a vector's lane */
    CONVERSION_SPECIAL, /* no conversion: one of the expressions that libclang does not name */
};
enum conversion node_conversion(struct body *body, struct node *node);
struct ir_rvalue lower_conversion(struct body *body, struct node *expr);
struct ir_rvalue lower_written_cast(struct body *body, struct node *expr);
struct ir_rvalue lower_cast_to(struct body *body, struct ir_rvalue value, const struct ir_type *type,
                               struct node *expr);
/* Do two types differ only in what ir.md calls nothing: qualifiers, names of the same integer? */
bool types_convert_silently(const struct ir_type *from, const struct ir_type *to);
struct ir_rvalue lower_decay(struct body *body, struct node *lvalue, const struct ir_type *pointer);

/* operators.c */
struct ir_rvalue lower_unary(struct body *body, struct node *expr);
struct ir_rvalue lower_binary(struct body *body, struct node *expr);
/* x = y: the effect; *ret_place is x, *ret_value what the expression is worth (both may be NULL) */
void lower_assignment(struct body *body, struct node *expr, struct ir_place *ret_place,
                      struct ir_operand *ret_value);
struct ir_rvalue lower_compound(struct body *body, struct node *expr, bool wanted);
struct ir_rvalue lower_step(struct body *body, struct node *expr, bool wanted);
bool binary_op(enum CXBinaryOperatorKind kind, enum ir_binary_op *ret_op);

/* cond.c */
struct ir_rvalue lower_truth(struct body *body, struct node *expr);  /* !x, a && b as 0 or 1 */
/* c ? a : b, into dest or, when that is NULL, into a temporary that is returned; nothing when unwanted */
struct ir_rvalue lower_choice(struct body *body, struct node *expr, const struct ir_place *dest,
                              struct span span, unsigned flags, bool wanted);
bool node_is_choice(struct body *body, struct node *expr); /* with ?: and its omitted middle */

/* call.c */
struct ir_rvalue lower_call(struct body *body, struct node *expr, const struct ir_place *dest,
                            bool unused, unsigned flags);
const struct ir_function *node_callee(struct body *body, struct node *call); /* NULL: a pointer */
const char *node_callee_name(struct body *body, struct node *call);          /* "" likewise */
/* Callee and arguments. */
void call_fill(struct body *body, struct node *expr, struct ir_call *call);
/* The operands of unsequenced expressions first, first->next ...; count of them */
void lower_arms(struct body *body, struct node *first, struct ir_operand *operands, uint32_t count);

/* builtin.c */
bool lower_builtin_call(struct body *body, struct node *expr, const char *name,
                        struct ir_rvalue *ret_value);
struct ir_rvalue lower_special(struct body *body, struct node *expr); /* CONVERSION_SPECIAL */
struct node *node_chosen(struct body *body, struct node *expr);      /* of _Generic, choose_expr */
struct ir_rvalue lower_sizeof(struct body *body, struct node *expr);
bool node_is_choose_expr(struct body *body, struct node *expr);

/* atomics.c */
bool type_is_atomic(const struct ir_type *type);
struct ir_rvalue lower_atomic_load(struct body *body, struct ir_place place, struct node *expr);
void lower_atomic_store(struct body *body, struct ir_place place, struct ir_operand value,
                        struct node *expr);
/* place = place op value in one step; the old value when wanted */
struct ir_rvalue lower_atomic_rmw(struct body *body, struct ir_place place, struct ir_operand value,
                                  struct node *expr, bool wanted);
bool name_is_atomic_builtin(const char *name);
struct ir_rvalue lower_atomic_builtin(struct body *body, struct node *expr, const char *name,
                                      struct node *first_argument, bool wanted);

/* library.c */
const char *const *node_call_notes(struct body *body, struct node *expr); /* never NULL */
bool node_is_move(struct body *body, struct node *deref, struct node **ret_argument);
/* A call with a meaning of its own (fl.op.drop ...); false: an ordinary one. */
bool lower_library_call(struct body *body, struct node *expr, struct ir_rvalue *ret_value);
/* (handle)f((call, 0)) behind casts: the call op.spawn is said of, or NULL */
struct node *node_spawn(struct body *body, struct node *expr);
struct ir_rvalue lower_spawn(struct body *body, struct node *spawn, const struct ir_type *type,
                             const struct ir_place *dest, unsigned flags, struct node *expr);
/* The span of x in an argument &x. */
struct span lower_argument_span(struct body *body, struct node *argument);
/* x of an argument &x, for what takes its operand's address without that being a use of it */
struct ir_place lower_pointed_argument(struct body *body, struct node *argument);

/* scope.c */
struct scope_entry *scope_here(struct body *body);
void scope_add_local(struct body *body, uint32_t local);
void scope_add_drop(struct body *body, struct ir_place place);
/* handler: the function that the variable's first field was given, NULL when it is not known (fl.runs_handler). */
void scope_add_cleanup(struct body *body, uint32_t local, const struct ir_function *cleanup,
                       const struct ir_function *handler);
/* Runs the ends of everything newer than `until` (in the current block, if there is one). */
void scope_run_ends(struct body *body, struct scope_entry *until, struct span span);
/* ... and forgets them: the end of a block */
void scope_leave(struct body *body, struct scope_entry *until, struct span span);
/* From the current position to `target`, whose position is `scope`: ends, then storage of what is skipped. */
void scope_jump(struct body *body, uint32_t target, struct scope_entry *scope, struct span span);
/* The block to jump to from `from` so that target is reached at `scope`: target, or one on the way. */
uint32_t scope_way(struct body *body, struct scope_entry *from, uint32_t target,
                   struct scope_entry *scope, struct span span);
/* The label's statement begins. */
void label_define(struct body *body, const void *label, struct span span);
void label_jump(struct body *body, const void *label, struct span span);
void label_take_address(struct body *body, const void *label);
void label_jump_indirect(struct body *body, struct ir_operand address, struct span span);
/* Goes on behind it or at one of `labels`. */
void label_jump_asm(struct body *body, const void *const *labels, uint32_t count, struct span span,
                    unsigned flags);
GArray *pending_jumps_new(void);
void label_resolve_all(struct body *body);                        /* at the end of the function */

/* blocks.c */
struct ir_rvalue lower_block(struct body *body, struct node *expr);
/* The variable around a block as the block's function sees it. */
bool body_find_capture(struct body *body, CXCursor decl, struct ir_place *ret_place);
/* body.c */
void lower_body_of_block(struct body *outer, struct ir_function *fn, struct node *root,
                         GPtrArray *captures);

/* local.c */
void lower_declaration(struct body *body, struct node *stmt);
struct ir_place body_hidden_local(struct body *body, const struct ir_type *type, struct node *expr);
bool body_find_local(struct body *body, CXCursor decl, uint32_t *ret_local);

/* stmt.c, loops.c, switch.c, asm.c */
void lower_compound_statement(struct body *body, struct node *stmt);
/* ({ ... }): its last value to dest or to a temporary that is returned */
struct ir_rvalue lower_statement_expression(struct body *body, struct node *expr, bool wanted);
void lower_while(struct body *body, struct node *stmt);
void lower_do(struct body *body, struct node *stmt);
void lower_for(struct body *body, struct node *stmt);
void lower_switch(struct body *body, struct node *stmt);
void lower_case(struct body *body, struct node *stmt); /* and default */
void lower_asm(struct body *body, struct node *stmt);
void lower_opaque_statement(struct body *body, struct node *stmt, const char *what);
/* One more operation of that kind that could not be lowered. */
void body_count_opaque(struct body *body, const char *what);

/* library.c: `fl_unsafe { ... }`; false: an ordinary `if` */
bool lower_unsafe_block(struct body *body, struct node *stmt);

/* printed.c: false, NULL when the text does not fit the tree */
enum { FOR_INIT = 1, FOR_CONDITION = 2, FOR_STEP = 4 };
/* Which parts are there, at the text behind `for (`. */
unsigned printed_parts(const char *at);
bool printed_for(struct body *body, struct node *stmt, unsigned *ret_parts);
/* The text behind the opening parenthesis: `"..." : outputs : inputs : clobbers : labels)...` */
const char *printed_asm(struct body *body, struct node *stmt);
const char *printed_skip_quoted(const char *at); /* behind the constant that starts here */
void printed_free(struct printed *printed);

/* --------------------------------------------------------------------------------------- init.c */

/*
 * place = { ... } or array = "string": ZERO if anything is left out, then one ASSIGN for each leaf,
 * flags (IR_FLAG_INITIALIZER ...) on all of them. Leaves that are expressions: lower_into.
 */
void lower_braces(struct body *body, struct ir_place place, struct node *init, unsigned flags);

#endif
