#include "pack.h"

#include <string.h>

void pack_number(GByteArray *out, uint32_t n)
{
    g_byte_array_append(out, (const guint8 *)&n, sizeof(n));
}

void pack_long(GByteArray *out, uint64_t n)
{
    g_byte_array_append(out, (const guint8 *)&n, sizeof(n));
}

void pack_string(GByteArray *out, const char *text)
{
    if (!text) {
        pack_number(out, 0);
        return;
    }
    size_t length = strlen(text);
    pack_number(out, (uint32_t)length + 1);
    g_byte_array_append(out, (const guint8 *)text, (guint)length);
}

void pack_bytes(GByteArray *out, GBytes *bytes)
{
    gsize size = 0;
    const guint8 *data = bytes ? g_bytes_get_data(bytes, &size) : NULL;

    pack_long(out, bytes ? size + 1 : 0);
    if (data)
        g_byte_array_append(out, data, (guint)size);
}

static void get(struct unpack *in, void *bytes, size_t n)
{
    if (in->bad || (size_t)(in->end - in->at) < n) {
        in->bad = true;
        memset(bytes, 0, n);
        return;
    }
    memcpy(bytes, in->at, n);
    in->at += n;
}

uint32_t unpack_number(struct unpack *in)
{
    uint32_t n;

    get(in, &n, sizeof(n));
    return n;
}

uint64_t unpack_long(struct unpack *in)
{
    uint64_t n;

    get(in, &n, sizeof(n));
    return n;
}

char *unpack_string(struct unpack *in)
{
    uint32_t n = unpack_number(in);

    if (n == 0 || in->bad || (size_t)(in->end - in->at) < n - 1) {
        in->bad = in->bad || n != 0;
        return NULL;
    }
    char *text = g_strndup((const char *)in->at, n - 1);
    in->at += n - 1;
    return text;
}

GBytes *unpack_bytes(struct unpack *in)
{
    uint64_t n = unpack_long(in);

    if (n == 0 || in->bad || (uint64_t)(in->end - in->at) < n - 1) {
        in->bad = in->bad || n != 0;
        return NULL;
    }
    GBytes *bytes = g_bytes_new(in->at, n - 1);
    in->at += n - 1;
    return bytes;
}
