/* The twins: used before, made anew for the caller, or of a type that the value has not in it. */
#include "words.h"

struct entry {
    int id;
};
const char *text_str(const text *t);
char *text_copy(const text *t);
struct entry *entry_for(const text *t);

static void used_before(void)
{
    text v = text_of("a");
    const char *s = text_str(&v);
    puts(s);
    keep(fl_move(v));
}

static void a_copy(void)
{
    text v = text_of("a");
    char *s = text_copy(&v);
    fl_drop(v);
    puts(s);
    free(s);
}

static void another_type(void)
{
    text v = text_of("a");
    struct entry *e = entry_for(&v);
    fl_drop(v);
    printf("%d\n", e->id);
}

static void set_again(void)
{
    text v = text_of("a"), w = text_of("b");
    const char *s = text_str(&v);
    keep(fl_move(v));
    s = text_str(&w);
    puts(s);
    fl_drop(w);
}

static void every_time(int n)
{
    for (int i = 0; i < n; i++) {
        text v = text_of("a");
        const char *s = text_str(&v);
        puts(s);
        fl_drop(v);
    }
}

int main(void)
{
    used_before();
    a_copy();
    another_type();
    set_again();
    every_time(2);
    return 0;
}
