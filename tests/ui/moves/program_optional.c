/* A correct program: a value that may or may not be there, told by a flag, a pointer or the value. */
#include "words.h"

static bool find(const struct job *jobs, size_t n, int id, text *ret_name)
{
    for (size_t i = 0; i < n; i++) {
        if (jobs[i].id == id) {
            *ret_name = text_of(jobs[i].name.s);
            return true;
        }
    }
    return false;
}

static void by_flag(const struct job *jobs, size_t n)
{
    text name;
    bool found = find(jobs, n, 3, &name);
    puts(found ? "found" : "not found");
    if (found) {
        text_print(&name);
        fl_drop(name);
    }
}

static void by_goto(const struct job *jobs, size_t n)
{
    text name;
    if (!find(jobs, n, 3, &name))
        goto missing;
    text_print(&name);
    fl_drop(name);
    return;
missing:
    puts("missing");
}

static void by_value(const struct job *jobs, size_t n)
{
    text name = { 0 };
    fl_auto(name);
    for (int id = 0; id < 3 && !name.s; id++)
        if (find(jobs, n, id, &name))
            break;
    if (name.s)
        text_print(&name);
}

static void best(fl_receiver(text) rx)
{
    text best = { 0 };
    fl_auto(best);
    fl_for_each (t, rx) {
        if (t.len > best.len) {
            fl_drop(best);
            best = fl_move(t);
        }
    }
    text_print(&best);
}

static void longest_by_swap(fl_receiver(text) rx)
{
    text best = { 0 };
    fl_auto(best);
    fl_for_each (t, rx)
        if (t.len > best.len)
            fl_swap(&t, &best);
    text_print(&best);
}

int main(void)
{
    struct job jobs[2] = { { 1, text_of("a"), text_of("b") }, { 3, text_of("c"), text_of("d") } };
    fl_auto(jobs);
    by_flag(jobs, 2);
    by_goto(jobs, 2);
    by_value(jobs, 2);
    fl_sender(text) tx;
    fl_receiver(text) rx;
    fl_channel(&tx, &rx);
    fl_drop(tx);
    best(rx);
    longest_by_swap(rx);
    fl_drop(rx);
    return 0;
}
