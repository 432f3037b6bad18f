/*
 * CXType -> ir_type.
 *
 * Asked for a type, clang gives one object for each way of writing it (typedefs, typeof ...), so those are
 * remembered first; what is new is looked at in canonical form, where all spellings meet.
 */
#include "front/lower.h"
#include "ir/type_nodes.h"
#include "front/records.h"

#include <string.h>

static const struct ir_type *node(struct front *front, struct ir_type key, CXType type)
{
    long long size = clang_Type_getSizeOf(type);

    key.size = size > 0 ? (uint64_t)size : 0;
    return type_node(front->nodes, &key);
}

static const char *spelling(struct front *front, CXString string)
{
    const char *text = clang_getCString(string);
    const char *copy = arena_strdup(front->arena, text ? text : "");

    clang_disposeString(string);
    return copy;
}

/* Without qualifiers, as clang spells the canonical type. */
static const char *canonical_name(struct front *front, CXType type)
{
    return spelling(front, clang_getTypeSpelling(clang_getUnqualifiedType(type)));
}

static bool is_signed_int(enum CXTypeKind kind)
{
    return (kind >= CXType_Char_S && kind <= CXType_Int128);
}

static const struct ir_type *make_int(struct front *front, CXType type)
{
    struct ir_type key = {
        .kind = IR_TYPE_INT,
        .name = canonical_name(front, type),
        .is_signed = is_signed_int(type.kind),
        .bits = (unsigned)clang_Type_getSizeOf(type) * 8,
    };
    return node(front, key, type);
}

/* Types that libclang has no kind for: told by their name, which is all there is. */
static const struct ir_type *make_unexposed(struct front *front, CXType type)
{
    const char *name = canonical_name(front, type);
    const char *bit_int = strstr(name, "_BitInt(");
    struct ir_type key = {.kind = IR_TYPE_OTHER, .name = name};

    if (bit_int) {
        key.kind = IR_TYPE_INT;
        key.bits = (unsigned)g_ascii_strtoull(bit_int + strlen("_BitInt("), NULL, 10);
        key.is_signed = !g_str_has_prefix(name, "unsigned");
    }
    return node(front, key, type);
}

static const struct ir_type *make_named(struct front *front, enum ir_type_kind kind, CXType type)
{
    struct ir_type key = {.kind = kind, .name = canonical_name(front, type)};
    return node(front, key, type);
}

static const struct ir_type *make_array(struct front *front, CXType type)
{
    struct ir_type key = {
        .kind = IR_TYPE_ARRAY,
        .target = front_type(front, clang_getArrayElementType(type)),
        .count = type.kind == CXType_ConstantArray ? (uint64_t)clang_getArraySize(type)
                                                   : IR_COUNT_UNKNOWN,
    };
    return node(front, key, type);
}

static const struct ir_type *make_function(struct front *front, CXType type)
{
    struct ir_type key = {
        .kind = IR_TYPE_FUNCTION,
        .target = front_type(front, clang_getResultType(type)),
        .is_variadic = type.kind == CXType_FunctionNoProto || clang_isFunctionTypeVariadic(type),
    };
    int count = type.kind == CXType_FunctionNoProto ? 0 : clang_getNumArgTypes(type);
    const struct ir_type **params = g_newa(const struct ir_type *, count > 0 ? (size_t)count : 1);

    for (int i = 0; i < count; i++)
        params[i] = front_type(front, clang_getArgType(type, (unsigned)i));
    key.params = params;
    key.param_count = count > 0 ? (size_t)count : 0;
    return type_node(front->nodes, &key);
}

static enum ir_handle_kind handle_kind(const char *name)
{
    static const struct {
        const char *name;
        enum ir_handle_kind kind;
    } kinds[] = {
        {"sender", IR_HANDLE_SENDER},
        {"receiver", IR_HANDLE_RECEIVER},
        {"shared_receiver", IR_HANDLE_SHARED_RECEIVER},
        {"join_handle", IR_HANDLE_JOIN_HANDLE},
        {"arc", IR_HANDLE_ARC},
        {"weak", IR_HANDLE_WEAK},
        {"rc", IR_HANDLE_RC},
        {"rc_weak", IR_HANDLE_RC_WEAK},
        {"box", IR_HANDLE_BOX},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(name, kinds[i].name) == 0)
            return kinds[i].kind;
    return strcmp(name, "none") == 0 ? IR_HANDLE_NONE : IR_HANDLE_OTHER;
}

/* A handle is `T *(*const volatile *)(struct TAG *)` whose TAG is annotated (check-mode.md). */
static bool is_handle(struct front *front, const struct ir_type *target, struct ir_type *ret_key)
{
    unsigned both = IR_QUAL_CONST | IR_QUAL_VOLATILE;

    if (target->kind != IR_TYPE_POINTER || (target->quals & both) != both)
        return false;
    const struct ir_type *fn = target->target;
    if (fn->kind != IR_TYPE_FUNCTION || fn->param_count != 1 ||
        fn->target->kind != IR_TYPE_POINTER || fn->params[0]->kind != IR_TYPE_POINTER)
        return false;
    const struct ir_type *tag = fn->params[0]->target;
    const char *name = tag->kind == IR_TYPE_RECORD ? front_handle_tag(front, tag->record) : NULL;
    if (!name || handle_kind(name) == IR_HANDLE_NONE)
        return false;
    *ret_key = (struct ir_type){
        .kind = IR_TYPE_HANDLE,
        .handle_kind = handle_kind(name),
        .handle_name = tag->record->tag,
        .target = fn->target->target,
    };
    return true;
}

static const struct ir_type *pointer_node(struct front *front, enum ir_type_kind kind,
                                          const struct ir_type *target)
{
    struct ir_type key = {.kind = kind, .target = target};

    if (kind == IR_TYPE_POINTER)
        is_handle(front, target, &key);
    key.size = front->pointer_size;
    return type_node(front->nodes, &key);
}

/* These stand before their content, because a struct may point to itself. */
static const struct ir_type *make_record(struct front *front, CXType type, void *cache_key)
{
    const char *name = canonical_name(front, type);

    if (strcmp(name, "struct __va_list_tag") == 0 || strcmp(name, "__va_list_tag") == 0 ||
        strcmp(name, "struct __va_list") == 0 || strcmp(name, "__va_list") == 0)
        return make_named(front, IR_TYPE_OTHER, type); /* clang's own, of no interest inside */

    struct ir_type *made = ARENA_NEW(front->arena, struct ir_type);
    made->kind = IR_TYPE_RECORD;
    made->unqualified = made;
    made->name = strstr(name, "(unnamed ") || strstr(name, "(anonymous ")
                     ? (type.kind == CXType_Record && g_str_has_prefix(name, "union") ? "union (unnamed)"
                                                                                      : "struct (unnamed)")
                     : name;
    long long size = clang_Type_getSizeOf(type);
    made->size = size > 0 ? (uint64_t)size : 0;
    g_hash_table_insert(front->types, cache_key, made);
    made->record = front_make_record(front, type, made);
    return made;
}

static const struct ir_type *make_enum(struct front *front, CXType type)
{
    CXCursor decl = clang_getCursorDefinition(clang_getTypeDeclaration(type));
    CXType integer = clang_getCanonicalType(clang_getEnumDeclIntegerType(decl));
    struct ir_type key = {
        .kind = IR_TYPE_ENUM,
        .name = canonical_name(front, type),
        .enumeration = front_make_enumeration(front, type),
        .is_signed = is_signed_int(integer.kind),
        .bits = (unsigned)(clang_Type_getSizeOf(integer) > 0 ? clang_Type_getSizeOf(integer) * 8 : 32),
    };
    if (strstr(key.name, "(unnamed ") || strstr(key.name, "(anonymous "))
        key.name = "enum (unnamed)";
    return node(front, key, type);
}

static const struct ir_type *make_wrapped(struct front *front, enum ir_type_kind kind, CXType type,
                                          CXType inner)
{
    struct ir_type key = {.kind = kind, .target = front_type(front, inner)};

    if (kind != IR_TYPE_ATOMIC)
        key.name = canonical_name(front, type);
    if (kind == IR_TYPE_VECTOR)
        key.count = (uint64_t)clang_getNumElements(type);
    return node(front, key, type);
}

/* type is canonical and without qualifiers. */
static const struct ir_type *make_type(struct front *front, CXType type, void *cache_key)
{
    switch (type.kind) {
    case CXType_Void: {
        struct ir_type key = {.kind = IR_TYPE_VOID};
        return type_node(front->nodes, &key);
    }
    case CXType_Bool: {
        struct ir_type key = {.kind = IR_TYPE_BOOL, .bits = 8};
        return node(front, key, type);
    }
    case CXType_Half:
    case CXType_Float16:
    case CXType_Float:
    case CXType_Double:
    case CXType_LongDouble:
    case CXType_Float128:
    case CXType_BFloat16:
    case CXType_Ibm128:
        return make_named(front, IR_TYPE_FLOAT, type);
    case CXType_Pointer:
        return pointer_node(front, IR_TYPE_POINTER, front_type(front, clang_getPointeeType(type)));
    case CXType_BlockPointer:
        return pointer_node(front, IR_TYPE_BLOCK, front_type(front, clang_getPointeeType(type)));
    case CXType_NullPtr:
        return front_pointer_to(front, front_void_type(front));
    case CXType_ConstantArray:
    case CXType_IncompleteArray:
    case CXType_VariableArray:
        return make_array(front, type);
    case CXType_FunctionProto:
    case CXType_FunctionNoProto:
        return make_function(front, type);
    case CXType_Record:
        return make_record(front, type, cache_key);
    case CXType_Enum:
        return make_enum(front, type);
    case CXType_Atomic:
        return make_wrapped(front, IR_TYPE_ATOMIC, type, clang_Type_getValueType(type));
    case CXType_Complex:
        return make_wrapped(front, IR_TYPE_COMPLEX, type, clang_getElementType(type));
    case CXType_Vector:
    case CXType_ExtVector:
        return make_wrapped(front, IR_TYPE_VECTOR, type, clang_getElementType(type));
    default:
        if (type.kind >= CXType_Char_U && type.kind <= CXType_Int128)
            return make_int(front, type);
        return make_unexposed(front, type);
    }
}

const struct ir_type *front_type(struct front *front, CXType type)
{
    const struct ir_type *known = g_hash_table_lookup(front->types, type.data[0]);

    if (known)
        return known;
    if (type.kind == CXType_Invalid)
        return front_void_type(front);

    CXType canonical = clang_getCanonicalType(type);
    unsigned quals = (clang_isConstQualifiedType(canonical) ? IR_QUAL_CONST : 0u) |
                     (clang_isVolatileQualifiedType(canonical) ? IR_QUAL_VOLATILE : 0u) |
                     (clang_isRestrictQualifiedType(canonical) ? IR_QUAL_RESTRICT : 0u);
    CXType plain = quals ? clang_getUnqualifiedType(canonical) : canonical;

    known = g_hash_table_lookup(front->types, plain.data[0]);
    if (!known) {
        known = make_type(front, plain, plain.data[0]);
        g_hash_table_insert(front->types, plain.data[0], (void *)known);
    }
    known = type_node_qualified(front->nodes, known, quals);
    g_hash_table_insert(front->types, type.data[0], (void *)known);
    return known;
}

const struct ir_type *front_value_type(struct front *front, CXType type)
{
    const struct ir_type *plain = front_type(front, type);

    if (plain->kind == IR_TYPE_ARRAY)
        return front_pointer_to(front, plain->target);
    if (plain->kind == IR_TYPE_FUNCTION)
        return front_pointer_to(front, plain);
    return plain;
}

const struct ir_type *front_variable_type(struct front *front, CXCursor variable)
{
    CXType type = clang_getCursorType(variable);

    if (clang_getCursorKind(variable) == CXCursor_ParmDecl)
        return front_value_type(front, type);
    return front_type(front, type);
}

const struct ir_type *front_qualified(struct front *front, const struct ir_type *type, unsigned quals)
{
    return type_node_qualified(front->nodes, type, quals);
}

const struct ir_type *front_pointer_to(struct front *front, const struct ir_type *target)
{
    return pointer_node(front, IR_TYPE_POINTER, target);
}

const struct ir_type *front_int_type(struct front *front)
{
    struct ir_type key = {.kind = IR_TYPE_INT, .name = "int", .bits = 32, .is_signed = true, .size = 4};

    return type_node(front->nodes, &key);
}

const struct ir_type *front_void_type(struct front *front)
{
    struct ir_type key = {.kind = IR_TYPE_VOID};

    return type_node(front->nodes, &key);
}

/*
 * `fl_sender(text)` is spelled `typeof(typeof(text) *(*const volatile *)(struct fl_sender *))` once the macro
 * is gone. The element is in the innermost typeof, as the user wrote it.
 */
static const char *handle_spelling(struct front *front, const struct ir_type *type, const char *text)
{
    const char *element = type->target->name;
    const char *open = strstr(text, "typeof(typeof(");

    if (open) {
        const char *start = open + strlen("typeof(typeof("), *end = start;
        for (int depth = 1; *end; end++) {
            depth += (*end == '(') - (*end == ')');
            if (depth == 0)
                break;
        }
        element = arena_strndup(front->arena, start, (size_t)(end - start));
    } else if (!strstr(text, "volatile")) {
        return text; /* a typedef's name */
    }
    const char *handle = arena_printf(front->arena, "%s(%s)", type->handle_name, element);
    if (!type->quals)
        return handle;
    return arena_printf(front->arena, "%s%s%s", type->quals & IR_QUAL_CONST ? "const " : "",
                        type->quals & IR_QUAL_VOLATILE ? "volatile " : "", handle);
}

const char *front_type_name(struct front *front, CXType type)
{
    if (type.kind <= CXType_LastBuiltin && type.kind >= CXType_FirstBuiltin)
        return front_type(front, type)->name;

    const char *known = g_hash_table_lookup(front->type_names, type.data[0]);
    if (known)
        return known;
    const struct ir_type *made = front_type(front, type);
    known = spelling(front, clang_getTypeSpelling(type));
    if (made->kind == IR_TYPE_HANDLE)
        known = handle_spelling(front, made, known);
    else if (strstr(known, "typeof(") || strstr(known, "(unnamed ") || strstr(known, "(anonymous "))
        known = made->name;
    g_hash_table_insert(front->type_names, type.data[0], (void *)known);
    return known;
}
