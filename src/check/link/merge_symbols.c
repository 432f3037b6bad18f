/* Functions and globals: which of the units' are one, and whose definition it has. */
#include "link/merge_parts.h"

#include <string.h>

/* --------------------------------------------------------------------------------------------- notes */

static bool has_note(const char *const *notes, const char *note)
{
    for (; *notes; notes++)
        if (strcmp(*notes, note) == 0)
            return true;
    return false;
}

/* Both lists as one, without doubles. */
static const char *const *join_notes(struct merge *merge, const char *const *a, const char *const *b)
{
    GPtrArray *all = g_ptr_array_new();

    for (const char *const *note = a; *note; note++)
        g_ptr_array_add(all, (void *)*note);
    guint before = all->len;
    for (; *b; b++)
        if (!has_note(a, *b))
            g_ptr_array_add(all, (void *)*b);
    if (all->len > before) {
        g_ptr_array_add(all, NULL);
        a = arena_copy(merge->arena, all->pdata, all->len * sizeof(char *));
    }
    g_ptr_array_free(all, TRUE);
    return a;
}

static void add_notes(struct merge *merge, struct ir_function *fn, const struct ir_function *more)
{
    fn->notes = join_notes(merge, fn->notes, more->notes);
    fn->is_noreturn |= more->is_noreturn;
    fn->returns_twice |= more->returns_twice;
    if (fn->type->param_count != more->type->param_count)
        return;
    for (size_t i = 0; i < fn->type->param_count; i++) {
        struct ir_param_notes *param = (struct ir_param_notes *)&fn->params[i];
        param->notes = join_notes(merge, param->notes, more->params[i].notes);
    }
}

/* ----------------------------------------------------------------------------------------- functions */

static struct ir_function *new_function(struct merge *merge, const struct ir_function *like)
{
    struct ir_function *fn = arena_copy(merge->arena, like, sizeof *like);

    fn->index = merge->function_list->len;
    g_ptr_array_add(merge->function_list, fn);
    return fn;
}

static bool is_without_prototype(const struct ir_function *fn)
{
    return fn->type->param_count == 0 && fn->type->is_variadic;
}

static void replace(struct ir_function *fn, const struct ir_function *by)
{
    uint32_t index = fn->index;

    *fn = *by;
    fn->index = index;
}

/* Known by the same name; true when the body that is still to be read is the function's. */
static bool join_function(struct merge *merge, struct ir_function *known, struct ir_function *head)
{
    struct ir_function before = *known;

    if (known->has_body || !head->has_body) {
        /* What is defined by the program is no libc function, whatever models say of the name. */
        if (known->has_body && head->is_modelled)
            return false;
        if (!known->has_body && is_without_prototype(known) && !is_without_prototype(head)) {
            replace(known, head);
            add_notes(merge, known, &before);
        } else {
            add_notes(merge, known, head);
        }
        return false;
    }
    replace(known, head);
    if (!before.is_modelled)
        add_notes(merge, known, &before);
    return true;
}

static void read_function(struct merge *merge, struct unit_in *in, uint32_t number)
{
    struct stored_function head = {{0}, 0};
    struct ir_function *known = NULL;
    char *key = NULL;

    archive_function_head(&in->a, &head);
    if (in->a.bad)
        return;
    in->has_body[number] = in->takes_body[number] = head.fn.has_body;
    if (head.fingerprint) {
        key = g_strdup_printf("%u:%u %" G_GINT64_MODIFIER "x %s", head.fn.span.file, head.fn.span.begin,
                              head.fingerprint, head.fn.name);
        known = g_hash_table_lookup(merge->header_functions, key);
        if (known) {
            in->takes_body[number] = false;
            g_free(key);
        } else {
            known = new_function(merge, &head.fn);
            g_hash_table_insert(merge->header_functions, key, known);
        }
    } else if (!head.fn.is_static && (known = g_hash_table_lookup(merge->functions, head.fn.name))) {
        in->takes_body[number] = join_function(merge, known, &head.fn);
    } else {
        known = new_function(merge, &head.fn);
        if (!head.fn.is_static)
            g_hash_table_insert(merge->functions, (void *)known->name, known);
    }
    in->maps.functions[number + 1] = known;
}

/* ------------------------------------------------------------------------------------------- globals */

static struct ir_global *new_global(struct merge *merge, const struct ir_global *like)
{
    struct ir_global *global = arena_copy(merge->arena, like, sizeof *like);

    global->index = merge->global_list->len;
    g_ptr_array_add(merge->global_list, global);
    return global;
}

/* May uses of the one be uses of the other? `extern int a[];` of `int a[3]`. */
static bool fits(const struct ir_type *a, const struct ir_type *b)
{
    if (a->unqualified == b->unqualified)
        return true;
    if (a->kind == IR_TYPE_ARRAY && b->kind == IR_TYPE_ARRAY)
        return fits(a->target, b->target);
    return ir_type_is_scalar(a) && ir_type_is_scalar(b) && a->kind != IR_TYPE_ATOMIC && b->kind != IR_TYPE_ATOMIC &&
           ir_type_is_pointer_like(a) == ir_type_is_pointer_like(b) && a->size == b->size;
}

static void join_global(struct merge *merge, struct ir_global *known, const struct ir_global *head)
{
    const char *const *notes = join_notes(merge, known->notes, head->notes);

    if (head->is_defined && !known->is_defined) {
        uint32_t index = known->index;
        *known = *head;
        known->index = index;
    }
    known->is_thread_local |= head->is_thread_local;
    known->notes = notes;
}

static void read_global(struct merge *merge, struct unit_in *in, uint32_t number)
{
    struct ir_global head = {0}, *known = NULL;

    archive_global_head(&in->a, &head);
    if (in->a.bad)
        return;
    if (!head.is_static) {
        known = g_hash_table_lookup(merge->globals, head.name);
        if (known && fits(known->type, head.type)) {
            join_global(merge, known, &head);
        } else {
            bool is_new = !known;
            known = new_global(merge, &head);
            if (is_new)
                g_hash_table_insert(merge->globals, (void *)known->name, known);
        }
    } else if (ir_type_is_constant(head.type) && head.span.file && head.span.file != in->main_file) {
        char *key = g_strdup_printf("%u:%u %s", head.span.file, head.span.begin, head.name);
        known = g_hash_table_lookup(merge->header_globals, key);
        if (known && known->type == head.type) {
            g_free(key);
        } else {
            known = new_global(merge, &head);
            g_hash_table_replace(merge->header_globals, key, known);
        }
    } else {
        known = new_global(merge, &head);
    }
    in->maps.globals[number] = known->index;
}

void merge_read_heads(struct merge *merge, struct unit_in *in)
{
    struct archive *a = &in->a;
    uint32_t count = 0;

    a->last = NO_SPAN;
    archive_count(a, &count);
    in->maps.functions = g_new0(struct ir_function *, count + 2);
    in->maps.function_count = count + 1;
    in->has_body = g_new0(bool, count + 1);
    in->takes_body = g_new0(bool, count + 1);
    for (uint32_t i = 0; i < count && !a->bad; i++)
        read_function(merge, in, i);
    count = 0;
    archive_count(a, &count);
    in->maps.globals = g_new0(uint32_t, count + 1);
    in->maps.global_count = count;
    for (uint32_t i = 0; i < count && !a->bad; i++)
        read_global(merge, in, i);
}
