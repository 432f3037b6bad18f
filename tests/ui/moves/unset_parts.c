/* E0381 of a struct that is filled field by field: it is whole when everything in it that owns has a value. */
#include "words.h"

struct mail {
    int number;
    struct job job;
    text note;
};
FL_DROP_FIELDS(struct mail, mail_drop, job, note)
#define FL_OWNED struct mail, mail_drop
#include <fearless/owned.h>

struct job job_of(int id);
void job_print(const struct job *j);
void job_keep(struct job j);
void job_fill(struct job *j);

void only_the_number(void)
{
    struct job j;
    j.id = 1;
    fl_drop(j); //~ ERROR E0381 used binding `j` isn't fully initialized
}

void one_of_two(void)
{
    struct job j;
    j.name = text_of("a");
    fl_drop(j); //~ ERROR E0381 used binding `j` isn't fully initialized
}

void all_of_them(void)
{
    struct job j;
    j.name = text_of("a");
    j.body = text_of("b");
    fl_drop(j);
}

void moved_in_part(void)
{
    struct job j;
    j.id = 1;
    j.name = text_of("a");
    job_keep(fl_move(j)); //~ ERROR E0381 used binding `j` isn't fully initialized
}

void lent_in_part(void)
{
    struct job j;
    j.body = text_of("a");
    job_print(&j); //~ ERROR E0381 used binding `j` isn't fully initialized
    fl_drop(j.body);
}

void filled_by_another(void)
{
    struct job j;
    j.id = 1;
    job_fill(&j);
    fl_drop(j);
}

int dropped_by_scope(void)
{
    struct job j;
    fl_auto(j);
    j.name = text_of("a");
    if (!ready())
        return 1; //~ ERROR E0381 used binding `j` isn't fully initialized
    j.body = text_of("b");
    return 0;
}

int empty_first(void)
{
    struct job j = { 0 };
    fl_auto(j);
    j.name = text_of("a");
    if (!ready())
        return 1;
    j.body = text_of("b");
    return 0;
}

void in_one_branch(int named)
{
    struct job j;
    j.body = text_of("b");
    if (named)
        j.name = text_of("a");
    fl_drop(j); //~ ERROR E0381 used binding `j` is possibly-uninitialized
}

void in_both_branches(int named)
{
    struct job j;
    j.body = text_of("b");
    if (named)
        j.name = text_of("a");
    else
        j.name = text_of("nobody");
    fl_drop(j);
}

void further_down(void)
{
    struct mail m;
    m.note = text_of("n");
    m.job.name = text_of("a");
    fl_drop(m); //~ ERROR E0381 used binding `m` isn't fully initialized
}

void all_further_down(void)
{
    struct mail m;
    m.note = text_of("n");
    m.job.name = text_of("a");
    m.job.body = text_of("b");
    fl_drop(m);
}

void inner_one_as_a_whole(void)
{
    struct mail m;
    m.job = job_of(1);
    m.note = text_of("n");
    fl_drop(m);
}

void by_a_switch(int kind)
{
    struct job j;
    j.name = text_of("a");
    switch (kind) {
    case 0:
        j.body = text_of("x"); /* fallthrough */
    case 1:
        j.id = 1;
        break;
    default:
        j.body = text_of("y");
    }
    job_keep(fl_move(j)); //~ ERROR E0381 used binding `j` is possibly-uninitialized
}

void a_part_is_enough(void)
{
    struct job j;
    j.name = text_of("a");
    text_print(&j.name);
    fl_drop(j.name);
}
