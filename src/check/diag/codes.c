#include "diag.h"

static const struct code_info catalogue[] = {
#define CODE(name, emitted, title) { #name, title, emitted },
#include "codes.def"
#undef CODE
};

const struct code_info *code_catalogue(unsigned *ret_count)
{
    *ret_count = G_N_ELEMENTS(catalogue);
    return catalogue;
}

const struct code_info *code_lookup(const char *code)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(catalogue); i++) {
        if (g_ascii_strcasecmp(catalogue[i].code, code) == 0)
            return &catalogue[i];
    }
    return NULL;
}
