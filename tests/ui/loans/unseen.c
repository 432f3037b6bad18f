/* What a function out of view returns may point into what its argument owns. */
#include "words.h"

const char *text_str(const text *t);
char *text_data(text *t);
char *text_copy(const text *t);
const text *pair_first(const struct pair *p);

static void moved_away(void)
{
    text v = text_of("a");
    const char *s = text_str(&v);
    keep(fl_move(v)); //~ ERROR E0505 cannot move out of `v` because it is borrowed
    puts(s);
}

static void dropped(void)
{
    text v = text_of("a");
    char *s = text_data(&v);
    fl_drop(v); //~ ERROR E0505 cannot drop `v` because it is borrowed
    s[0] = 'b';
}

static void through_a_helper(struct pair p)
{
    const text *first = pair_first(&p);
    const char *s = text_str(first);
    puts(s);
    fl_drop(p); //~ ERROR E0505 cannot drop `p` because it is borrowed
    text_str(first);
}

static void on_one_side(int n)
{
    text v = text_of("a");
    const char *s = n ? text_str(&v) : "none";
    keep(fl_move(v)); //~ ERROR E0505 cannot move out of `v` because it is borrowed
    puts(s);
}

int main(void)
{
    moved_away();
    dropped();
    through_a_helper((struct pair){ 0 });
    on_one_side(1);
    return 0;
}
