#define _GNU_SOURCE
/* fl_available_parallelism: the mask of CPUs, also of a large machine; quotas of control groups, read from a file system
 * that the test makes. */
#include "parallelism.h"
#include "tracked.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the mask ---- */

static int asked, cpus_of_machine, cpus_allowed;
static int large_machine(pid_t pid, size_t size, cpu_set_t *set)
{
    (void)pid;
    asked++;
    if (size * 8 < (size_t)cpus_of_machine) {
        errno = EINVAL;
        return -1;
    }
    for (int i = 0; i < cpus_allowed; i++)
        CPU_SET_S((size_t)(cpus_of_machine - 1 - i), size, set); /* the last ones */
    return 0;
}
static int refuses(pid_t pid, size_t size, cpu_set_t *set)
{
    (void)pid, (void)size, (void)set;
    asked++;
    errno = EPERM;
    return -1;
}

static void the_mask_counts(void **state)
{
    (void)state;
    cpus_of_machine = 64;
    cpus_allowed = 3;
    assert_int_equal(fl_parallelism_by_affinity_(large_machine), 3);
    cpus_of_machine = 5000;
    cpus_allowed = 4000;
    asked = 0;
    assert_int_equal(fl_parallelism_by_affinity_(large_machine), 4000);
    assert_int_equal(asked, 4); /* 1024, 2048, 4096, 8192 */
    cpus_of_machine = INT_MAX;
    assert_int_equal(fl_parallelism_by_affinity_(large_machine), 0); /* it ends */
    asked = 0;
    assert_int_equal(fl_parallelism_by_affinity_(refuses), 0);
    assert_int_equal(asked, 1);
}

static void one_cpu_is_one(void **state)
{
    (void)state;
    cpu_set_t all, one;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    int first = 0;
    while (!CPU_ISSET(first, &all))
        first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    assert_true(fl_available_parallelism() >= 1);
    assert_true(fl_available_parallelism() <= (size_t)CPU_COUNT(&all));
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(fl_available_parallelism(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
}

/* ---- quotas ---- */

static char root[64];

static void put(const char *path, const char *text)
{
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s%s", root, path);
    for (char *slash = strchr(name + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(name, 0700) != 0)
            assert_int_equal(errno, EEXIST);
        *slash = '/';
    }
    FILE *const f = fopen(name, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}
static int delete_one(const char *path, const struct stat *s, int kind, struct FTW *where)
{
    (void)s, (void)kind, (void)where;
    return remove(path);
}
static int begin(void **state)
{
    (void)state;
    strcpy(root, "/tmp/fl_parallelism_XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}
static int finish(void **state)
{
    (void)state;
    return nftw(root, delete_one, 16, FTW_DEPTH | FTW_PHYS);
}
static size_t quota(void)
{
    return fl_parallelism_by_quota_(root);
}

#define OTHER_MOUNTS                                                                               \
    "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"                                      \
    "22 21 0:20 / /proc rw - proc proc rw\n"
#define V2_MOUNT OTHER_MOUNTS "30 21 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"

static void version_2(void **state)
{
    (void)state;
    put("/proc/self/mountinfo", V2_MOUNT);
    put("/proc/self/cgroup", "0::/user.slice/session.scope\n");
    assert_int_equal(quota(), SIZE_MAX); /* no file at all */
    put("/sys/fs/cgroup/user.slice/session.scope/cpu.max", "max 100000\n");
    assert_int_equal(quota(), SIZE_MAX);
    put("/sys/fs/cgroup/user.slice/session.scope/cpu.max", "400000 100000\n");
    assert_int_equal(quota(), 4);
    put("/sys/fs/cgroup/user.slice/session.scope/cpu.max", "250000 100000\n");
    assert_int_equal(quota(), 3); /* two and a half */
    put("/sys/fs/cgroup/user.slice/session.scope/cpu.max", "1000 100000\n");
    assert_int_equal(quota(), 1);
    put("/sys/fs/cgroup/user.slice/session.scope/cpu.max", "nonsense\n");
    assert_int_equal(quota(), SIZE_MAX);
    put("/sys/fs/cgroup/user.slice/session.scope/cpu.max", "100000 0\n");
    assert_int_equal(quota(), SIZE_MAX);
}

static void a_group_above_may_allow_less(void **state)
{
    (void)state;
    put("/proc/self/mountinfo", V2_MOUNT);
    put("/proc/self/cgroup", "0::/a/b/c\n");
    put("/sys/fs/cgroup/a/b/c/cpu.max", "800000 100000\n");
    put("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
    put("/sys/fs/cgroup/a/cpu.max", "300000 100000\n");
    assert_int_equal(quota(), 3);
    put("/sys/fs/cgroup/cpu.max", "200000 100000\n"); /* a container's root is some group's */
    assert_int_equal(quota(), 2);
    put("/sys/fs/cgroup/a/b/c/cpu.max", "100000 100000\n");
    assert_int_equal(quota(), 1);
}

static void version_1(void **state)
{
    (void)state;
    put("/proc/self/mountinfo", OTHER_MOUNTS
        "31 21 0:27 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
        "32 21 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n");
    put("/proc/self/cgroup", "12:cpuset:/elsewhere\n4:cpu,cpuacct:/jobs/one\n1:name=systemd:/x\n0::/\n");
    put("/sys/fs/cgroup/cpuset/elsewhere/cpu.cfs_quota_us", "1\n"); /* of another controller */
    put("/sys/fs/cgroup/cpuset/elsewhere/cpu.cfs_period_us", "1\n");
    put("/sys/fs/cgroup/cpu,cpuacct/jobs/one/cpu.cfs_quota_us", "-1\n");
    assert_int_equal(quota(), SIZE_MAX);
    put("/sys/fs/cgroup/cpu,cpuacct/jobs/one/cpu.cfs_period_us", "100000\n");
    assert_int_equal(quota(), SIZE_MAX);
    put("/sys/fs/cgroup/cpu,cpuacct/jobs/one/cpu.cfs_quota_us", "650000\n");
    assert_int_equal(quota(), 7);
    put("/sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_quota_us", "100000\n");
    put("/sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_period_us", "50000\n");
    assert_int_equal(quota(), 2);
}

static void both_versions_at_once(void **state)
{
    (void)state;
    put("/proc/self/mountinfo", V2_MOUNT "32 21 0:28 / /cg1 rw - cgroup cgroup rw,cpuacct,cpu\n");
    put("/proc/self/cgroup", "4:cpuacct,cpu:/old\n0::/new\n");
    put("/cg1/old/cpu.cfs_quota_us", "500000\n");
    put("/cg1/old/cpu.cfs_period_us", "100000\n");
    put("/sys/fs/cgroup/new/cpu.max", "600000 100000\n");
    assert_int_equal(quota(), 5);
    put("/sys/fs/cgroup/new/cpu.max", "200000 100000\n");
    assert_int_equal(quota(), 2);
}

/* A container sees a part of the hierarchy, and maybe the whole of its path. */
static void a_part_is_mounted(void **state)
{
    (void)state;
    put("/proc/self/mountinfo", OTHER_MOUNTS
        "32 21 0:28 /docker/4f /sys/fs/cgroup/cpu ro master:3 - cgroup cgroup rw,cpu\n");
    put("/proc/self/cgroup", "4:cpu:/docker/4f/inner\n");
    put("/sys/fs/cgroup/cpu/inner/cpu.cfs_quota_us", "300000\n");
    put("/sys/fs/cgroup/cpu/inner/cpu.cfs_period_us", "100000\n");
    assert_int_equal(quota(), 3);
    put("/proc/self/cgroup", "4:cpu:/docker/4f\n");
    assert_int_equal(quota(), SIZE_MAX);
    put("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "200000\n");
    put("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    assert_int_equal(quota(), 2);
    put("/proc/self/cgroup", "4:cpu:/docker/4fff/inner\n"); /* not below /docker/4f */
    assert_int_equal(quota(), 2);
    put("/proc/self/cgroup", "4:cpu:/../../inner\n"); /* of another name space */
    assert_int_equal(quota(), 2);
}

static void a_mount_with_a_blank(void **state)
{
    (void)state;
    put("/proc/self/mountinfo", "30 21 0:26 / /my\\040groups rw - cgroup2 none rw\n");
    put("/proc/self/cgroup", "0::/a\n");
    put("/my groups/a/cpu.max", "100000 100000\n");
    assert_int_equal(quota(), 1);
}

static void broken_files(void **state)
{
    (void)state;
    assert_int_equal(quota(), SIZE_MAX);
    put("/proc/self/cgroup", "0::/a\nnonsense\n:\n\n7:cpu\n");
    assert_int_equal(quota(), SIZE_MAX);
    put("/proc/self/mountinfo", "\nnonsense - cgroup2\n1 - cgroup2 x y\nx - - -\n");
    assert_int_equal(quota(), SIZE_MAX);
    put("/proc/self/mountinfo", "nothing that ends in a line");
    assert_int_equal(quota(), SIZE_MAX);
    put("/proc/self/cgroup", "");
    assert_int_equal(quota(), SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mask_counts),
        cmocka_unit_test(one_cpu_is_one),
        cmocka_unit_test_setup_teardown(version_2, begin, finish),
        cmocka_unit_test_setup_teardown(a_group_above_may_allow_less, begin, finish),
        cmocka_unit_test_setup_teardown(version_1, begin, finish),
        cmocka_unit_test_setup_teardown(both_versions_at_once, begin, finish),
        cmocka_unit_test_setup_teardown(a_part_is_mounted, begin, finish),
        cmocka_unit_test_setup_teardown(a_mount_with_a_blank, begin, finish),
        cmocka_unit_test_setup_teardown(broken_files, begin, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
