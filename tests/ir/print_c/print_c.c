/*
 * print_c FILE [-- FLAGS]: the file with all its function bodies printed back from the IR, on stdout.
 * print_c --dump FILE [-- FLAGS]: the IR of its functions.
 *
 * Exit status 0; 2 when the file does not compile or the IR is broken; 77 when it uses something that the
 * IR does not model, which stderr names.
 */
#include "print_c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "front/front.h"

enum { CANNOT_PRINT = 77 };

static const char prologue[] =
    "typedef void *ir_pointer;\n"
    "typedef __typeof__(**(__builtin_va_list *)0) ir_va_list_element;\n"
    /* the compiler must not know what comes out */
    "static inline __attribute__((always_inline)) void *ir_hidden(void *p)\n"
    "{ __asm__(\"\" : \"+r\"(p)); return p; }\n"
    "#define ir_address(p) ((void *)(p))\n"
    "#define ir_va_arg(list, type) __builtin_va_arg(*(__builtin_va_list *)(list), type)\n";

void print_failed(struct printer *p, const char *what)
{
    if (!p->unprintable)
        p->unprintable = what;
}

const char *print_source(struct printer *p, struct span span)
{
    size_t length;
    const char *text = source_text(p->sources, span.file, &length);

    if (!text || span.end > length || span.begin >= span.end) {
        print_failed(p, "a constant without a place");
        return "0";
    }
    return arena_strndup(p->unit->arena, text + span.begin, span.end - span.begin);
}

static int by_position(const void *a, const void *b)
{
    const struct ir_function *const *f = a, *const *g = b;

    return ((*f)->span.begin > (*g)->span.begin) - ((*f)->span.begin < (*g)->span.begin);
}

/* The opening brace of the body: the first one behind the parameters. */
static size_t body_start(const char *text, const struct ir_function *fn)
{
    return fn->span.end + strcspn(text + fn->span.end, "{");
}

static GPtrArray *functions_of(const struct ir_unit *unit, uint32_t file)
{
    GPtrArray *found = g_ptr_array_new();

    for (uint32_t i = 0; i < unit->function_count; i++)
        if (unit->functions[i]->has_body && unit->functions[i]->span.file == file)
            g_ptr_array_add(found, unit->functions[i]);
    qsort(found->pdata, found->len, sizeof(void *), by_position);
    return found;
}

static void print_unit(struct printer *p, const char *path, GString *all)
{
    uint32_t file = source_file(p->sources, path);
    size_t length, at = 0;
    const char *text = source_text(p->sources, file, &length);
    GPtrArray *functions = functions_of(p->unit, file);

    for (guint i = 0; i < functions->len; i++) {
        const struct ir_function *fn = functions->pdata[i];
        size_t start = body_start(text, fn);
        g_string_append_len(all, text + at, (gssize)(start - at));
        p->fn = fn;
        g_string_truncate(p->out, 0);
        print_body(p);
        g_string_append(all, p->out->str);
        at = fn->body_end.end;
    }
    g_string_append_len(all, text + at, (gssize)(length - at));
    g_ptr_array_free(functions, TRUE);
}

static void dump_file(const struct ir_unit *unit, uint32_t file)
{
    GString *text = g_string_new(NULL);
    GPtrArray *functions = functions_of(unit, file);

    for (guint i = 0; i < functions->len; i++)
        ir_dump_function(unit, functions->pdata[i], text);
    fputs(text->str, stdout);
    g_ptr_array_free(functions, TRUE);
    g_string_free(text, TRUE);
}

static int print_file(const struct ir_unit *unit, struct source_table *sources, const char *path)
{
    struct printer p = {
        .unit = unit,
        .sources = sources,
        .types = g_string_new(NULL),
        .type_names = g_hash_table_new(NULL, NULL),
        .out = g_string_new(NULL),
    };
    GString *all = g_string_new(NULL);
    int status = 0;

    print_unit(&p, path, all);
    if (p.unprintable) {
        fprintf(stderr, "%s: cannot print %s\n", path, p.unprintable);
        status = CANNOT_PRINT;
    } else {
        /* Our types need nothing of the file's, so that they can stand in front of all its functions. */
        printf("%s%s%s", prologue, p.types->str, all->str);
    }
    g_string_free(all, TRUE);
    g_string_free(p.out, TRUE);
    g_string_free(p.types, TRUE);
    g_hash_table_destroy(p.type_names);
    return status;
}

int main(int argc, char **argv)
{
    bool dumps = argc > 1 && strcmp(argv[1], "--dump") == 0;
    argc -= dumps;
    argv += dumps;
    if (argc < 2)
        return 2;
    int first_flag = argc > 2 && strcmp(argv[2], "--") == 0 ? 3 : 2;
    struct front_options options = {
        .path = argv[1],
        .flags = (const char *const *)argv + MIN(first_flag, argc),
        .flag_count = (size_t)MAX(argc - first_flag, 0),
    };
    struct source_table *sources = source_table_new();
    struct ir_unit *unit = NULL;
    char *messages = NULL;
    int result = 2;
    enum front_status status = front_unit(&options, sources, &unit, &messages);

    if (messages)
        fputs(messages, stderr);
    if (status == FRONT_OK && ir_verify(unit)) {
        if (dumps) {
            dump_file(unit, source_file(sources, argv[1]));
            result = 0;
        } else {
            result = print_file(unit, sources, argv[1]);
        }
    }
    g_free(messages);
    if (unit)
        ir_unit_free(unit);
    source_table_free(sources);
    return result;
}
