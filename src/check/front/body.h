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
 *     stmt.c loops.c switch.c asm.c    statements                   decl.c     local declarations
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
    bool has_span, in_macro_body;
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
    struct node *root;
    GHashTable *locals;              /* declaration -> local + 1 */
    GHashTable *labels;              /* label statement -> struct body_label */
    GPtrArray *taken_labels;         /* labels whose address is taken */
    GArray *pending;                 /* jumps whose label is not yet lowered (scope.c) */
    struct scope_entry *scope;       /* the innermost thing that an exit has to run */
    struct jump_context *jump;
    struct switch_context *switches;
    struct span block_end;           /* the closing brace of the block being lowered */
    char *printed;                   /* the function as clang prints it, when a `for` needed it */
    GArray *for_parts;               /* (loops.c) */
    uint32_t for_seen;
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

/* A value that is only known at run time as a new temporary. */
struct ir_operand lower_to_temp(struct body *body, struct ir_rvalue value, struct node *expr);

/* --------------------------------------------------------------------------------------- init.c */

/*
 * place = { ... } or array = "string": ZERO if anything is left out, then one ASSIGN for each leaf,
 * flags (IR_FLAG_INITIALIZER ...) on all of them. Leaves that are expressions: lower_into.
 */
void lower_braces(struct body *body, struct ir_place place, struct node *init, unsigned flags);

#endif
