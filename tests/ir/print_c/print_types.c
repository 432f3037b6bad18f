#include <inttypes.h>
#include <string.h>

#include "print_c.h"

static const char *define(struct printer *p, const void *key, const char *name)
{
    g_hash_table_insert(p->type_names, (void *)key, (void *)name);
    return name;
}

static char *new_name(struct printer *p)
{
    return arena_printf(p->unit->arena, "ir_type_%u", g_hash_table_size(p->type_names));
}

static const char *print_record(struct printer *p, const struct ir_type *type)
{
    const struct ir_record *record = type->record;
    GString *fields = g_string_new(NULL);
    char *name = new_name(p);

    define(p, record, name);
    for (size_t i = 0; i < record->field_count; i++) {
        const struct ir_field *field = &record->fields[i];
        const char *field_type = print_type(p, field->type);
        bool is_named = field->name || field->bit_width < 0;
        g_string_append_printf(fields, "    %s", field_type);
        if (is_named)
            g_string_append_printf(fields, " f%zu", i);
        if (field->bit_width >= 0)
            g_string_append_printf(fields, " : %d", field->bit_width);
        g_string_append(fields, ";\n");
    }
    g_string_append_printf(p->types, "typedef %s {\n%s} %s;\n", record->is_union ? "union" : "struct",
                           fields->str, name);
    if (type->size)
        g_string_append_printf(p->types, "_Static_assert(sizeof(%s) == %" PRIu64 ", \"layout\");\n", name,
                               type->size);
    g_string_free(fields, TRUE);
    return name;
}

static const char *print_array(struct printer *p, const struct ir_type *type)
{
    const char *element = print_type(p, type->target);
    char *name = new_name(p);

    if (type->count == IR_COUNT_UNKNOWN)
        g_string_append_printf(p->types, "typedef %s %s[];\n", element, name);
    else
        g_string_append_printf(p->types, "typedef %s %s[%" PRIu64 "];\n", element, name, type->count);
    return define(p, type, name);
}

static const char *enum_type(const struct ir_type *type)
{
    if (type->bits == 64)
        return type->is_signed ? "long" : "unsigned long";
    if (type->bits == 16)
        return type->is_signed ? "short" : "unsigned short";
    if (type->bits == 8)
        return type->is_signed ? "signed char" : "unsigned char";
    return type->is_signed ? "int" : "unsigned int";
}

static const char *print_wrapped(struct printer *p, const struct ir_type *type)
{
    const char *element = print_type(p, type->target);
    char *name = new_name(p);

    if (type->kind == IR_TYPE_VECTOR)
        g_string_append_printf(p->types, "typedef %s %s __attribute__((vector_size(%" PRIu64 ")));\n",
                               element, name, type->size);
    else
        g_string_append_printf(p->types, "typedef _Atomic(%s) %s;\n", element, name);
    return define(p, type, name);
}

const char *print_type(struct printer *p, const struct ir_type *type)
{
    type = type->unqualified;
    const void *key = type->kind == IR_TYPE_RECORD ? (const void *)type->record : type;
    const char *known = g_hash_table_lookup(p->type_names, key);

    if (known)
        return known;
    switch (type->kind) {
    case IR_TYPE_VOID:
        return "void";
    case IR_TYPE_BOOL:
        return "_Bool";
    case IR_TYPE_INT:
    case IR_TYPE_FLOAT:
    case IR_TYPE_COMPLEX:
        return type->name;
    case IR_TYPE_ENUM:
        return enum_type(type);
    case IR_TYPE_POINTER:
    case IR_TYPE_HANDLE:
    case IR_TYPE_BLOCK:
    case IR_TYPE_FUNCTION:
        return "ir_pointer";
    case IR_TYPE_RECORD:
        return print_record(p, type);
    case IR_TYPE_ARRAY:
        return print_array(p, type);
    case IR_TYPE_VECTOR:
    case IR_TYPE_ATOMIC:
        return print_wrapped(p, type);
    case IR_TYPE_OTHER:
        if (strstr(type->name, "va_list"))
            return "ir_va_list_element";
        print_failed(p, type->name);
        return "char";
    }
    return "char";
}
