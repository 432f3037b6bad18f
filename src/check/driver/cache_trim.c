#include "cache_trim.h"

#include <fcntl.h>
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long an entry is kept that nobody uses, how long a writer may take, and how much all may take. */
enum { UNUSED_LIMIT = 30 * CACHE_DAY, WRITER_LIMIT = 60 * 60 };
#define SIZE_LIMIT ((uint64_t)1 << 30)

static const char stamp_name[] = ".trimmed";

struct entry {
    char *path;
    int64_t used;
    uint64_t size;
};

/* Once a day, by whoever comes first: its stamp is what the others see. */
static bool is_due(const char *folder, int64_t now)
{
    char *path = g_build_filename(folder, stamp_name, NULL);
    struct stat st;
    bool exists = stat(path, &st) == 0, due = exists && now - st.st_mtime > CACHE_DAY;

    if (!exists || due) {
        int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
        due &= fd >= 0 && futimens(fd, NULL) == 0;
        if (fd >= 0)
            close(fd);
    }
    g_free(path);
    return due;
}

static int least_recent_first(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    return x->used < y->used ? -1 : x->used > y->used;
}

/* Is it ours? Sixteen hexadecimal digits, and what a writer puts behind them. */
static bool is_entry(const char *name, bool *ret_is_temporary)
{
    enum { DIGITS = 16 };

    *ret_is_temporary = strlen(name) > DIGITS && g_str_has_prefix(name + DIGITS, CACHE_TEMPORARY);
    return strspn(name, "0123456789abcdef") == DIGITS && (name[DIGITS] == '\0' || *ret_is_temporary);
}

static GArray *list_entries(const char *folder, int64_t now)
{
    GArray *entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    bool is_temporary;
    struct stat st;

    while (dir && (name = g_dir_read_name(dir))) {
        if (!is_entry(name, &is_temporary))
            continue;
        char *path = g_build_filename(folder, name, NULL);
        if (lstat(path, &st) != 0) {
            g_free(path);
        } else if (now - st.st_mtime > (is_temporary ? WRITER_LIMIT : UNUSED_LIMIT)) {
            unlink(path);
            g_free(path);
        } else if (is_temporary) {
            g_free(path);
        } else {
            struct entry entry = { path, st.st_mtime, (uint64_t)st.st_size };
            g_array_append_val(entries, entry);
        }
    }
    if (dir)
        g_dir_close(dir);
    return entries;
}

void cache_trim(const char *folder)
{
    int64_t now = g_get_real_time() / G_USEC_PER_SEC;
    uint64_t size = 0;

    if (access(folder, W_OK) != 0 || !is_due(folder, now))
        return;
    GArray *entries = list_entries(folder, now);
    for (guint i = 0; i < entries->len; i++)
        size += g_array_index(entries, struct entry, i).size;
    g_array_sort(entries, least_recent_first);
    for (guint i = 0; i < entries->len; i++) {
        struct entry *entry = &g_array_index(entries, struct entry, i);
        if (size > SIZE_LIMIT && unlink(entry->path) == 0)
            size -= entry->size;
        g_free(entry->path);
    }
    g_array_free(entries, TRUE);
}
