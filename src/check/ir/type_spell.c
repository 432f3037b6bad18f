/*
 * Types as C writes them. Declarators are inside out: `int (*f[3])(void)` is an array (outermost type)
 * whose name stands in the middle, so the text grows around what has been spelled so far.
 */
#include <glib.h>
#include <inttypes.h>

#include "base/arena.h"
#include "ir/type.h"

static const char *quals_text(unsigned quals)
{
    static const char *const texts[] = {
        "", "const", "volatile", "const volatile", "restrict", "const restrict", "volatile restrict",
        "const volatile restrict",
    };
    return texts[quals & 7];
}

/* Puts `before` (and a space where words would touch) in front of what is spelled. */
static void prepend(GString *text, const char *before)
{
    if (text->len && !strchr("[(", text->str[0]))
        g_string_prepend_c(text, ' ');
    else if (text->len && text->str[0] == '(' && text->str[1] == '*')
        g_string_prepend_c(text, ' ');
    g_string_prepend(text, before);
}

static void spell_pointer(GString *text, char star, const struct ir_type *type)
{
    const char *quals = quals_text(type->quals);
    bool binds_tighter = type->target->kind == IR_TYPE_ARRAY || type->target->kind == IR_TYPE_FUNCTION;

    if (*quals && text->len)
        g_string_prepend_c(text, ' ');
    g_string_prepend(text, quals);
    g_string_prepend_c(text, star);
    if (binds_tighter) {
        g_string_prepend_c(text, '(');
        g_string_append_c(text, ')');
    }
}

static void spell_params(GString *text, struct arena *arena, const struct ir_type *type)
{
    g_string_append_c(text, '(');
    for (size_t i = 0; i < type->param_count; i++) {
        g_string_append(text, i ? ", " : "");
        g_string_append(text, ir_type_spell(arena, type->params[i], ""));
    }
    if (type->is_variadic)
        g_string_append(text, type->param_count ? ", ..." : "");
    else if (type->param_count == 0)
        g_string_append(text, "void");
    g_string_append_c(text, ')');
}

static const char *base_name(const struct ir_type *type)
{
    switch (type->kind) {
    case IR_TYPE_VOID:
        return "void";
    case IR_TYPE_BOOL:
        return "_Bool";
    default:
        return type->unqualified->name ? type->unqualified->name : "?";
    }
}

char *ir_type_spell(struct arena *arena, const struct ir_type *type, const char *name)
{
    GString *text = g_string_new(name);

    for (;; type = type->target) {
        switch (type->kind) {
        case IR_TYPE_POINTER:
            spell_pointer(text, '*', type);
            continue;
        case IR_TYPE_BLOCK:
            spell_pointer(text, '^', type);
            continue;
        case IR_TYPE_ARRAY:
            if (type->count == IR_COUNT_UNKNOWN)
                g_string_append(text, "[]");
            else
                g_string_append_printf(text, "[%" PRIu64 "]", type->count);
            continue;
        case IR_TYPE_FUNCTION:
            spell_params(text, arena, type);
            continue;
        default:
            break;
        }
        break;
    }

    const char *base = base_name(type);
    if (type->kind == IR_TYPE_ATOMIC)
        base = arena_printf(arena, "_Atomic(%s)", type->target->name);
    else if (type->kind == IR_TYPE_HANDLE)
        base = arena_printf(arena, "%s(%s)", type->handle_name, type->target->name);
    prepend(text, base);
    if (type->quals) {
        g_string_prepend_c(text, ' ');
        g_string_prepend(text, quals_text(type->quals));
    }
    char *result = arena_strndup(arena, text->str, text->len);
    g_string_free(text, TRUE);
    return result;
}
