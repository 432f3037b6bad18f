/* How many threads can run at once: the CPUs that this process may use, or less where a control group (a container) allows
 * it less time than these have.
 *
 * A quota is "so many microseconds of CPU time in each period": 250000 in 100000 are two CPUs and a half, for which three
 * threads are worth having. Every group on the way up to the root of the hierarchy limits what is below it, so the
 * least of them counts. Version 2 has one hierarchy (line "0::/path" of /proc/self/cgroup, file cpu.max), version 1 one
 * per controller (line "7:cpu,cpuacct:/path", files cpu.cfs_quota_us and cpu.cfs_period_us); a machine may have both.
 *
 * Where a hierarchy is mounted is in /proc/self/mountinfo, and also *which part* of it: a container often has its own group
 * mounted as if it were the root, and still the whole path in /proc/self/cgroup.
 *
 * Nothing is remembered: quotas and masks change while a program runs, and nobody asks often. */
#include "parallelism.h"

#include <fearless/thread.h>

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the mask ---- */

size_t fl_parallelism_by_affinity_(int (*get)(pid_t pid, size_t size, cpu_set_t *set))
{
    enum { FIRST = 1024, MOST = 1 << 20 };
    for (int cpus = FIRST; cpus <= MOST; cpus *= 2) {
        const size_t size = CPU_ALLOC_SIZE(cpus);
        cpu_set_t *const set = CPU_ALLOC(cpus);
        if (!set)
            return 0;
        CPU_ZERO_S(size, set);
        const int failed = get(0, size, set);
        const int error = errno;
        const size_t count = failed ? 0 : (size_t)CPU_COUNT_S(size, set);
        CPU_FREE(set);
        if (!failed)
            return count;
        if (error != EINVAL)
            return 0;
    }
    return 0;
}

/* ---- the quota ---- */

/* A hierarchy of control groups, and where this process is in it. On the heap: a thread's stack may be small. */
struct hierarchy {
    const char *root; /* of the file system (a test's own) */
    bool is_v2;
    char mount[PATH_MAX]; /* where it can be seen */
    char path[PATH_MAX];  /* from there, "" or beginning with a slash */
    char mounted[PATH_MAX], file[3 * PATH_MAX]; /* room to work in */
};

/* The whole first line of a small file, without its end. */
static bool read_line(struct hierarchy *h, const char *file, char *ret_line, size_t size)
{
    const int n = snprintf(h->file, sizeof h->file, "%s%s%s/%s", h->root, h->mount, h->path, file);
    FILE *const f = (size_t)n < sizeof h->file ? fopen(h->file, "re") : NULL;
    if (!f)
        return false;
    const bool found = fgets(ret_line, (int)size, f) != NULL;
    fclose(f);
    return found;
}

static size_t cpus_of(int64_t quota, int64_t period)
{
    if (quota <= 0 || period <= 0)
        return SIZE_MAX; /* -1: no limit */
    return (size_t)(quota / period + (quota % period != 0));
}

/* The limit that the group at h->path itself has. */
static size_t limit_here(struct hierarchy *h)
{
    char line[128], second[128];
    int64_t quota, period;
    if (h->is_v2) {
        if (!read_line(h, "cpu.max", line, sizeof line) || sscanf(line, "%" SCNd64 " %" SCNd64, &quota, &period) != 2)
            return SIZE_MAX; /* the root has no such file, and "max 100000" is no limit */
    } else {
        if (!read_line(h, "cpu.cfs_quota_us", line, sizeof line) ||
            !read_line(h, "cpu.cfs_period_us", second, sizeof second) || sscanf(line, "%" SCNd64, &quota) != 1 ||
            sscanf(second, "%" SCNd64, &period) != 1)
            return SIZE_MAX;
    }
    return cpus_of(quota, period);
}

static size_t least_limit_up_to_the_root(struct hierarchy *h)
{
    size_t least = SIZE_MAX;
    for (;;) {
        const size_t limit = limit_here(h);
        if (limit < least)
            least = limit;
        char *const slash = strrchr(h->path, '/');
        if (!slash)
            return least;
        *slash = '\0';
    }
}

/* Is `word` one of those in the list? */
static bool has_word(const char *list, const char *word)
{
    const size_t n = strlen(word);
    for (const char *p = list; (p = strstr(p, word)); p += n) {
        if ((p == list || p[-1] == ',') && (p[n] == '\0' || p[n] == ','))
            return true;
    }
    return false;
}

/* Undoes what mountinfo does to blanks and backslashes: \040. */
static void unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from; to++) {
        if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] && from[3]) {
            *to = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

/* What of the process's path lies below the part that is mounted: all of it if the whole hierarchy is. A path outside of
 * that part cannot be seen; then the mounted group is the nearest to go by. */
static void path_below(const char *path, const char *mounted, char *ret_path)
{
    const size_t n = strcmp(mounted, "/") == 0 ? 0 : strlen(mounted);
    const bool is_below = strncmp(path, mounted, n) == 0 && (path[n] == '/' || path[n] == '\0');
    snprintf(ret_path, PATH_MAX, "%s", is_below && strncmp(path, "/..", 3) != 0 ? path + n : "");
    if (strcmp(ret_path, "/") == 0)
        *ret_path = '\0';
}

/* A line of mountinfo: "36 35 98:0 /part /mnt rw,noatime master:1 - cgroup2 cgroup rw,nsdelegate". If it is where h's
 * hierarchy is mounted, completes h. */
static bool is_mounted_at(char *line, const char *path, struct hierarchy *h)
{
    char *const rest = strstr(line, " - ");
    char type[32], options[512];
    if (!rest || sscanf(rest + 3, "%31s %*s %511s", type, options) != 2)
        return false;
    if (h->is_v2 ? strcmp(type, "cgroup2") != 0 : strcmp(type, "cgroup") != 0 || !has_word(options, "cpu"))
        return false;
    *rest = '\0';
    _Static_assert(PATH_MAX == 4096, "the widths below are PATH_MAX - 1");
    if (sscanf(line, "%*s %*s %*s %4095s %4095s", h->mounted, h->mount) != 2)
        return false;
    unescape(h->mounted);
    unescape(h->mount);
    path_below(path, h->mounted, h->path);
    return true;
}

/* A file of /proc. */
static FILE *open_below(const char *root, const char *file)
{
    char name[512];
    const int n = snprintf(name, sizeof name, "%s%s", root, file);
    return (size_t)n < sizeof name ? fopen(name, "re") : NULL;
}

/* The limit by the hierarchy in which this process has `path`. */
static size_t limit_in(struct hierarchy *h, const char *path)
{
    FILE *const mounts = open_below(h->root, "/proc/self/mountinfo");
    char *line = NULL;
    size_t size = 0, limit = SIZE_MAX;
    if (!mounts)
        return SIZE_MAX;
    while (getline(&line, &size, mounts) > 0) {
        if (is_mounted_at(line, path, h)) {
            limit = least_limit_up_to_the_root(h);
            break;
        }
    }
    free(line);
    fclose(mounts);
    return limit;
}

size_t fl_parallelism_by_quota_(const char *root)
{
    FILE *const groups = open_below(root, "/proc/self/cgroup");
    struct hierarchy *const h = malloc(sizeof *h);
    char *line = NULL;
    size_t size = 0, least = SIZE_MAX;
    while (groups && h && getline(&line, &size, groups) > 0) { /* "0::/path" or "7:cpu,cpuacct:/path" */
        char *const controllers = strchr(line, ':');
        char *const path = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!path)
            continue;
        *path = '\0';
        path[1 + strcspn(path + 1, "\n")] = '\0';
        h->root = root;
        h->is_v2 = strcmp(line, "0:") == 0;
        if (!h->is_v2 && !has_word(controllers + 1, "cpu"))
            continue;
        const size_t limit = limit_in(h, path + 1);
        if (limit < least)
            least = limit;
    }
    free(line);
    free(h);
    if (groups)
        fclose(groups);
    return least;
}

size_t fl_available_parallelism(void)
{
    size_t n = fl_parallelism_by_affinity_(sched_getaffinity);
    if (n == 0) {
        const long online = sysconf(_SC_NPROCESSORS_ONLN);
        n = online > 0 ? (size_t)online : 1;
    }
    const size_t limit = fl_parallelism_by_quota_("");
    return limit < n ? limit : n;
}
