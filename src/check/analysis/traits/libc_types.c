#include "analysis/traits/libc_types.h"

#include <glib.h>
#include <string.h>

#include "analysis/traits/traits.h"

/*
 * Types of system headers cannot carry a note, so what POSIX and C promise about them stands here: their
 * functions may be called from every thread, whatever pointers their layout holds.
 */
static const char *const libc_shared[] = {
    "pthread_mutex_t", "pthread_cond_t", "pthread_rwlock_t", "pthread_spinlock_t", "pthread_barrier_t",
    "pthread_once_t", "pthread_t", "pthread_key_t", "pthread_attr_t", "sem_t", "mtx_t", "cnd_t", "thrd_t",
    "once_flag", "FILE", "struct _IO_FILE", "DIR", "struct __dirstream", "struct __locale_struct",
};

static const char *const libc_streams[] = {"FILE", "struct _IO_FILE", "DIR", "struct __dirstream",
                                           "struct __locale_struct"};

/* They say where the stack of one thread was. */
static const char *const libc_of_one_thread[] = {"struct __jmp_buf_tag", "ucontext_t", "struct ucontext_t"};

/* Typedefs of `void *` or of pointers, which name an object of libc and no memory. */
static const char *const libc_names[] = {"timer_t", "locale_t", "iconv_t", "nl_catd"};

static bool is_struct_of(const struct ir_type *type, const char *const *names, size_t count)
{
    const struct ir_type *plain = type->unqualified;
    if (plain->kind != IR_TYPE_RECORD || !plain->name)
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(plain->name, names[i]) == 0)
            return true;
    return false;
}

bool libc_names_object(const struct ir_field *field)
{
    for (size_t i = 0; field->type_name && i < G_N_ELEMENTS(libc_names); i++)
        if (strcmp(field->type_name, libc_names[i]) == 0)
            return true;
    return false;
}

bool traits_is_libc_shared(const struct ir_type *type)
{
    return is_struct_of(type, libc_shared, G_N_ELEMENTS(libc_shared));
}

static const char *const libc_locks[] = {"pthread_mutex_t", "pthread_rwlock_t", "mtx_t"};

bool traits_is_lock(const struct ir_type *type)
{
    return type->kind == IR_TYPE_RECORD && ((type->record->traits & IR_TRAIT_LOCK) ||
                                            is_struct_of(type, libc_locks, G_N_ELEMENTS(libc_locks)));
}

bool traits_contains_lock(const struct ir_type *type)
{
    while (type->kind == IR_TYPE_ARRAY)
        type = type->target;
    if (type->kind != IR_TYPE_RECORD || traits_is_lock(type))
        return type->kind == IR_TYPE_RECORD;
    for (size_t i = 0; i < type->record->field_count; i++)
        if (traits_contains_lock(type->record->fields[i].type))
            return true;
    return false;
}

bool traits_is_pointer_to_stream(const struct ir_type *type)
{
    return type->kind == IR_TYPE_POINTER && is_struct_of(type->target, libc_streams, G_N_ELEMENTS(libc_streams));
}

bool libc_binds_to_thread(const struct ir_type *type)
{
    return is_struct_of(type, libc_of_one_thread, G_N_ELEMENTS(libc_of_one_thread));
}
