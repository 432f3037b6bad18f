#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "cache_trim.h"
#include "message.h"

#define MAGIC "FLCA"

struct cache {
    char *folder;
    char *identity;
};

struct head {
    char magic[4];
    uint32_t key;      /* how many bytes it takes */
    uint64_t checksum; /* of all that follows */
};

struct cache *cache_open(const char *build, const char *identity)
{
    struct cache *cache = g_new0(struct cache, 1);

    if (!build) {
        cache->folder = g_build_filename(g_get_user_cache_dir(), "fearless", NULL);
    } else {
        char *folder = g_file_test(build, G_FILE_TEST_IS_DIR) ? g_strdup(build) : g_path_get_dirname(build);
        cache->folder = g_build_filename(folder, ".fearless-cache", NULL);
        g_free(folder);
    }
    cache->identity = g_strdup(identity);
    return cache;
}

void cache_close(struct cache *cache)
{
    if (!cache)
        return;
    cache_trim(cache->folder);
    g_free(cache->folder);
    g_free(cache->identity);
    g_free(cache);
}

void cache_key_init(struct cache_key *key)
{
    key->name = g_byte_array_new();
    key->key = g_byte_array_new();
}

void cache_key_clear(struct cache_key *key)
{
    g_byte_array_free(key->name, TRUE);
    g_byte_array_free(key->key, TRUE);
}

static char *path_of(const struct cache *cache, const struct cache_key *key)
{
    char name[24];

    snprintf(name, sizeof name, "%016llx", (unsigned long long)hash_bytes(HASH_START, key->name->data, key->name->len));
    return g_build_filename(cache->folder, name, NULL);
}

/* All that must be equal, the name's parts included: its hash may be another's, too. */
static GByteArray *whole_key(const struct cache *cache, const struct cache_key *key)
{
    GByteArray *whole = g_byte_array_new();

    g_byte_array_append(whole, (const guint8 *)cache->identity, (guint)strlen(cache->identity) + 1);
    g_byte_array_append(whole, key->name->data, key->name->len);
    g_byte_array_append(whole, key->key->data, key->key->len);
    return whole;
}

/* ------------------------------------------------------------------------------------------------- reading */

static bool read_all(int fd, guint8 *bytes, size_t length)
{
    while (length) {
        ssize_t n = read(fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        length -= (size_t)n;
    }
    return true;
}

/* Entries that are used stay; that they are is noted once a day, as a note is a write. */
static void mark_used(int fd, const struct stat *st)
{
    if (g_get_real_time() / G_USEC_PER_SEC - st->st_mtime > CACHE_DAY)
        futimens(fd, NULL);
}

/* The file's bytes; NULL when there is none. */
static guint8 *read_entry(const char *path, size_t *ret_length)
{
    struct stat st;
    guint8 *bytes = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return NULL;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > (off_t)sizeof(struct head) &&
        (bytes = g_try_malloc((gsize)st.st_size))) {
        *ret_length = (size_t)st.st_size;
        if (read_all(fd, bytes, *ret_length))
            mark_used(fd, &st);
        else
            g_clear_pointer(&bytes, g_free);
    }
    close(fd);
    return bytes;
}

static bool is_whole(const guint8 *bytes, size_t length, const struct head *head)
{
    return memcmp(head->magic, MAGIC, sizeof head->magic) == 0 && head->key <= length - sizeof *head &&
           head->checksum == hash_bytes(head->key, bytes + sizeof *head, length - sizeof *head);
}

GBytes *cache_get(struct cache *cache, const struct cache_key *key)
{
    char *path = path_of(cache, key);
    GByteArray *wanted = whole_key(cache, key);
    GBytes *content = NULL;
    struct head head;
    size_t length = 0;
    guint8 *bytes = read_entry(path, &length);

    if (bytes) {
        memcpy(&head, bytes, sizeof head);
        /* The key first: that of another build is no news, and reading it through would be a waste. */
        if (head.key == wanted->len && length - sizeof head >= wanted->len &&
            memcmp(bytes + sizeof head, wanted->data, wanted->len) == 0 && is_whole(bytes, length, &head)) {
            GBytes *all = g_bytes_new_take(g_steal_pointer(&bytes), length);
            content = g_bytes_new_from_bytes(all, sizeof head + wanted->len, length - sizeof head - wanted->len);
            g_bytes_unref(all);
        }
    }
    g_free(bytes);
    g_byte_array_free(wanted, TRUE);
    g_free(path);
    return content;
}

/* ------------------------------------------------------------------------------------------------- writing */

static void write_file(const char *folder, const char *name, const char *text)
{
    char *path = g_build_filename(folder, name, NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    if (fd >= 0) {
        write_out(fd, text, strlen(text));
        close(fd);
    }
    g_free(path);
}

/* A folder that git and backups leave alone. */
static bool make_folder(const char *folder)
{
    char *above = g_path_get_dirname(folder);
    bool made = g_mkdir_with_parents(above, 0700) == 0 && mkdir(folder, 0777) == 0;

    g_free(above);
    if (!made)
        return errno == EEXIST;
    write_file(folder, ".gitignore", "*\n");
    write_file(folder, "CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n# Made by `fearless check`; may be deleted.\n");
    return true;
}

/* An open file of a name that nobody else has; -1 when there can be none. */
static int open_temporary(const char *path, char **ret_name)
{
    for (unsigned attempt = 0; attempt < 2; attempt++) {
        *ret_name = g_strconcat(path, CACHE_TEMPORARY, "XXXXXX", NULL);
        int fd = g_mkstemp_full(*ret_name, O_WRONLY | O_CLOEXEC, 0666);
        if (fd >= 0)
            return fd;
        g_free(*ret_name);
        if (errno != ENOENT)
            break;
        char *folder = g_path_get_dirname(path);
        bool made = make_folder(folder);
        g_free(folder);
        if (!made)
            break;
    }
    return -1;
}

void cache_put(struct cache *cache, const struct cache_key *key, const GByteArray *content)
{
    char *path = path_of(cache, key), *temporary = NULL;
    int fd = open_temporary(path, &temporary);

    if (fd >= 0) {
        GByteArray *all = whole_key(cache, key);
        struct head head = { .key = all->len };
        memcpy(head.magic, MAGIC, sizeof head.magic);
        g_byte_array_append(all, content->data, content->len);
        head.checksum = hash_bytes(head.key, all->data, all->len);
        bool ok = write_out(fd, (const char *)&head, sizeof head) && write_out(fd, (const char *)all->data, all->len);
        ok &= close(fd) == 0;
        if (!ok || rename(temporary, path) != 0)
            unlink(temporary);
        g_byte_array_free(all, TRUE);
        g_free(temporary);
    }
    g_free(path);
}
