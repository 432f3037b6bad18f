#include "ir/type.h"

bool ir_type_is_owned(const struct ir_type *type)
{
    return type->unqualified->is_owned || type->kind == IR_TYPE_HANDLE;
}

/* A type cannot contain itself but through a pointer, so this ends. */
bool ir_type_contains_owned(const struct ir_type *type)
{
    if (ir_type_is_owned(type))
        return true;
    switch (type->kind) {
    case IR_TYPE_ARRAY:
    case IR_TYPE_ATOMIC:
        return ir_type_contains_owned(type->target);
    case IR_TYPE_RECORD:
        for (size_t i = 0; i < type->record->field_count; i++)
            if (ir_type_contains_owned(type->record->fields[i].type))
                return true;
        return false;
    default:
        return false;
    }
}

bool ir_type_is_constant(const struct ir_type *type)
{
    while (type->kind == IR_TYPE_ARRAY && !(type->quals & IR_QUAL_CONST))
        type = type->target;
    return type->quals & IR_QUAL_CONST;
}

bool ir_type_is_pointer_like(const struct ir_type *type)
{
    return type->kind == IR_TYPE_POINTER || type->kind == IR_TYPE_BLOCK ||
           type->kind == IR_TYPE_HANDLE;
}

bool ir_type_is_scalar(const struct ir_type *type)
{
    switch (type->kind) {
    case IR_TYPE_BOOL:
    case IR_TYPE_INT:
    case IR_TYPE_FLOAT:
    case IR_TYPE_COMPLEX:
    case IR_TYPE_ENUM:
        return true;
    case IR_TYPE_ATOMIC:
        return ir_type_is_scalar(type->target);
    default:
        return ir_type_is_pointer_like(type);
    }
}
