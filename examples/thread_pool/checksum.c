/* thread_pool/checksum: the checksums of many files, one job for each file.
 *
 *     checksum [-j WORKERS] FILE...
 *
 * prints what cksum(1) prints, in the order of the arguments. It shows a pool of threads (thread_pool.h), jobs that
 * carry a sender for their result, a channel that ends when the last job has ended, and a table that is made by
 * whichever thread needs it first (FL_LAZY).
 *
 *     checksum *.c            # as many workers as there are CPUs for us
 *     checksum -j 1 *.c       # the same, slower */
#include "thread_pool.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the checksum of POSIX: a CRC, most significant bit first ---- */

struct crc_table {
    uint32_t of[256];
};

static struct crc_table make_crc_table(void)
{
    struct crc_table table;

    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte << 24;
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 0x80000000 ? crc << 1 ^ 0x04c11db7 : crc << 1;
        table.of[byte] = crc;
    }
    return table;
}
FL_LAZY(struct crc_table, crc_table, make_crc_table);

static uint32_t crc_add(uint32_t crc, const unsigned char *bytes, size_t n)
{
    const struct crc_table *const table = fl_force(&crc_table);

    while (n-- > 0)
        crc = crc << 8 ^ table->of[(crc >> 24 ^ *bytes++) & 0xff];
    return crc;
}

/* ---- one file ---- */

typedef struct {
    char *s;
} path;
static void path_drop(path *it)
{
    free(it->s);
}
#define FL_OWNED path, path_drop
#include <fearless/owned.h>

typedef struct {
    FILE *f;
} file;
static void file_drop(file *it)
{
    if (it->f)
        fclose(it->f); /* only read from: nothing that could still fail */
}
#define FL_OWNED file, file_drop
#include <fearless/owned.h>

struct checksum {
    size_t index; /* of the file among the arguments */
    bool done;
    int error;    /* errno, or 0 */
    uint32_t crc;
    unsigned long long size;
};

static struct checksum checksum_of(const char *name)
{
    file in = { fopen(name, "rb") };
    fl_auto(in);
    if (!in.f)
        return (struct checksum){ .error = errno };

    struct checksum sum = { 0 };
    unsigned char buffer[64 * 1024];
    size_t n;
    while ((n = fread(buffer, 1, sizeof buffer, in.f)) > 0) {
        sum.crc = crc_add(sum.crc, buffer, n);
        sum.size += n;
    }
    if (ferror(in.f)) {
        sum.error = errno;
        return sum;
    }
    for (unsigned long long rest = sum.size; rest; rest >>= 8)
        sum.crc = crc_add(sum.crc, &(unsigned char){ rest & 0xff }, 1);
    sum.crc = ~sum.crc;
    return sum;
}

/* The job. It owns the name of its file: a borrowed one would have to outlive the pool. */
static FL_THREAD_FN(void, sum_up, size_t, index, path, name, fl_sender(struct checksum), results)
{
    fl_auto(name);
    fl_auto(results);
    struct checksum sum = checksum_of(name.s);

    sum.index = index;
    sum.done = true;
    fl_ignore(fl_send(results, sum)); /* closed: nobody wants it any more */
}

/* ---- the program ---- */

/* Prints what came in, in order. How many files it did not have a checksum of. */
static size_t print(const struct checksum *sums, char **names, size_t count)
{
    size_t failed = 0;

    for (size_t i = 0; i < count; i++) {
        if (sums[i].done && !sums[i].error) {
            printf("%" PRIu32 " %llu %s\n", sums[i].crc, sums[i].size, names[i]);
            continue;
        }
        failed++;
        fprintf(stderr, "checksum: %s: %s\n", names[i], sums[i].done ? strerror(sums[i].error) : "the job panicked");
    }
    return failed;
}

static size_t sum_up_all(size_t workers, char **names, size_t count, struct checksum *sums)
{
    fl_sender(struct checksum) tx;
    fl_receiver(struct checksum) results;
    fl_channel(&tx, &results);
    fl_auto(results);

    thread_pool pool;
    fl_expect(thread_pool_start(&pool, workers, 4 * workers), "starting the workers");
    fl_auto(pool);
    for (size_t i = 0; i < count; i++) {
        path name = { strdup(names[i]) };
        if (!name.s)
            fl_panic("out of memory");
        fl_unwrap(thread_pool_run(&pool, sum_up, i, fl_move(name), fl_clone(tx)));
    }
    fl_drop(tx); /* now only jobs have senders, and the loop ends with the last of them */

    fl_for_each (sum, results)
        sums[sum.index] = sum;
    return print(sums, names, count);
}

static int usage(void)
{
    fputs("usage: checksum [-j WORKERS] FILE...\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    size_t workers = fl_available_parallelism();

    for (int option; (option = getopt(argc, argv, "j:")) != -1;) {
        char *end;
        if (option != 'j')
            return usage();
        workers = strtoul(optarg, &end, 10);
        if (*end || workers < 1 || workers > 1024)
            return usage();
    }
    if (optind == argc)
        return usage();

    const size_t count = (size_t)(argc - optind);
    struct checksum *const sums = calloc(count, sizeof *sums);
    if (!sums) {
        perror("checksum");
        return 1;
    }
    const size_t failed = sum_up_all(workers, argv + optind, count, sums);
    free(sums);
    if (fflush(stdout)) {
        perror("checksum");
        return 1;
    }
    return failed > 0;
}
