/* What tests/ui/moves/words.h declares and the checker does not see: linked to the programs that ./dev sound runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The header also defines a thread function, and that once is enough. */
typedef struct {
    char *s;
    size_t len;
} text;

text text_of(const char *s)
{
    text t = { strdup(s), strlen(s) };
    return t;
}

void text_print(const text *t)
{
    printf("%s\n", t->s ? t->s : "");
}

void text_append(text *t, const char *more)
{
    size_t length = strlen(more);
    char *grown = realloc(t->s, t->len + length + 1);

    if (!grown)
        abort();
    memcpy(grown + t->len, more, length + 1);
    t->s = grown;
    t->len += length;
}

/* Every third time. */
int ready(void)
{
    static _Atomic int asked;
    return ++asked % 3 == 0;
}

/* The same for what single programs ask for. */
struct job;

int save(const struct job *j)
{
    (void)j;
    return ready() ? 1 : 0;
}

int slow_lookup(const char *key, int *ret_value)
{
    if (!*key)
        return -1;
    *ret_value = (int)strlen(key);
    return 0;
}
