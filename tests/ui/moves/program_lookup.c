/* A correct program: plain C in between: scalars set on some ways only, caches, early exits. */
#include "words.h"

#define CACHE 8

struct entry {
    const char *key;
    int value;
};

int slow_lookup(const char *key, int *ret_value);

static int lookup(struct entry *cache, size_t *len, const char *key, bool *ret_hit)
{
    size_t i;
    int value;
    for (i = 0; i < *len; i++)
        if (strcmp(cache[i].key, key) == 0)
            break;
    if (i < *len) {
        *ret_hit = true;
        return cache[i].value;
    }
    *ret_hit = false;
    if (slow_lookup(key, &value) < 0)
        return -1;
    if (*len < CACHE) {
        cache[*len].key = key;
        cache[*len].value = value;
        ++*len;
    }
    return value;
}

static long sum(const int *values, size_t n, int *ret_max)
{
    long total = 0;
    int max;
    if (n == 0)
        return 0;
    max = values[0];
    for (size_t i = 0; i < n; i++) {
        total += values[i];
        if (values[i] > max)
            max = values[i];
    }
    if (ret_max)
        *ret_max = max;
    return total;
}

static int choose(int argc, char **argv)
{
    const char *mode;
    int level, have_level = 0;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "-l", 2) == 0) {
            level = atoi(argv[i] + 2);
            have_level = 1;
        }
    }
    if (argc > 1)
        mode = argv[1];
    else
        mode = "none";
    if (have_level && level > 9)
        return -1;
    puts(mode);
    return have_level ? level : 6;
}

int main(int argc, char **argv)
{
    struct entry cache[CACHE];
    size_t len = 0;
    bool hit;
    int max = 0, values[3];
    for (int i = 0; i < 3; i++)
        values[i] = lookup(cache, &len, "key", &hit);
    printf("%ld %d %d\n", sum(values, 3, &max), max, choose(argc, argv));
    return hit ? 0 : 1;
}
