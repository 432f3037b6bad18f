/*
 * String literals: libclang gives them as one C literal, concatenated and with escapes; here are the bytes.
 */
#include "front/lower.h"

#include <string.h>


static uint32_t read_number(const char **at, unsigned base, int most)
{
    uint32_t value = 0;
    int digit;

    while (most-- > 0 && (digit = g_ascii_xdigit_value(**at)) >= 0 && digit < (int)base) {
        value = value * base + (uint32_t)digit;
        ++*at;
    }
    return value;
}

/* *at is behind a backslash. *ret_is_code: the value is a code point, to be encoded; else one unit. */
static uint32_t read_escape(const char **at, bool *ret_is_code)
{
    static const char names[] = "abfnrtve", values[] = "\a\b\f\n\r\t\v\033";
    char c = **at;
    const char *name = c ? strchr(names, c) : NULL;

    *ret_is_code = false;
    if (c >= '0' && c <= '7')
        return read_number(at, 8, 3);
    ++*at;
    if (c == 'x')
        return read_number(at, 16, 8);
    if (c == 'u' || c == 'U') {
        *ret_is_code = true;
        return read_number(at, 16, c == 'u' ? 4 : 8);
    }
    return name ? (unsigned char)values[name - names] : (unsigned char)c;
}

static void put_unit(GByteArray *out, uint32_t unit, uint64_t unit_size)
{
    for (uint64_t i = 0; i < unit_size; i++) {
        guint8 byte = (guint8)(unit >> (8 * i));
        g_byte_array_append(out, &byte, 1);
    }
}

static void put_code(GByteArray *out, uint32_t code, uint64_t unit_size)
{
    if (unit_size == 1) {
        char utf8[6];
        g_byte_array_append(out, (guint8 *)utf8, (guint)g_unichar_to_utf8(code, utf8));
    } else if (unit_size == 2 && code > 0xFFFF) {
        put_unit(out, 0xD800 + ((code - 0x10000) >> 10), 2);
        put_unit(out, 0xDC00 + ((code - 0x10000) & 0x3FF), 2);
    } else {
        put_unit(out, code, unit_size);
    }
}

static void decode(const char *text, uint64_t unit_size, GByteArray *out)
{
    const char *at = strchr(text, '"');

    if (!at)
        return;
    at++;
    while (*at) {
        if (*at == '"') {
            /* the end, or "" to end an escape that the next digit would belong to */
            if (at[1] != '"')
                break;
            at += 2;
        } else if (*at == '\\') {
            bool is_code;
            at++;
            uint32_t value = read_escape(&at, &is_code);
            if (is_code)
                put_code(out, value, unit_size);
            else
                put_unit(out, value, unit_size);
        } else if (unit_size == 1) {
            g_byte_array_append(out, (const guint8 *)at++, 1);
        } else {
            gunichar code = g_utf8_get_char_validated(at, -1);
            bool is_valid = code < 0x110000;
            put_code(out, is_valid ? code : (unsigned char)*at, unit_size);
            at += is_valid ? g_utf8_skip[*(const guchar *)at] : 1;
        }
    }
}

uint32_t front_string(struct front *front, CXCursor literal)
{
    CXString spelling = clang_getCursorSpelling(literal);
    const char *text = clang_getCString(spelling);
    GByteArray *bytes = g_byte_array_new();
    struct ir_string string = {.type = front_type(front, clang_getCursorType(literal))};
    uint64_t unit_size = string.type->kind == IR_TYPE_ARRAY ? string.type->target->size : 1;

    decode(text ? text : "", unit_size ? unit_size : 1, bytes);
    put_unit(bytes, 0, unit_size);
    string.length = bytes->len - (guint)unit_size;
    string.bytes = arena_copy(front->arena, bytes->data, bytes->len);
    g_byte_array_free(bytes, TRUE);
    clang_disposeString(spelling);
    g_array_append_val(front->string_list, string);
    return front->string_list->len - 1;
}
