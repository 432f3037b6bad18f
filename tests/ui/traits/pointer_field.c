/* A struct that borrows: each pointer in the value is judged by where it leads, the others do not matter. */
#include <fearless.h>

#include <stdlib.h>

struct job {
    int id;
    const char *name;
    int *counter;
};

static int total;

FL_THREAD_FN(void, work, struct job, j)
{
    (void)j;
}

int main(void)
{
    struct job fine = { 1, "literal", &total };
    struct job none = { .id = 2 };
    struct job heap = { 3, "literal", malloc(sizeof(int)) };
    fl_detach(fl_spawn(work, fine));
    fl_detach(fl_spawn(work, none));
    fl_detach(fl_spawn(work, heap)); //~ ERROR E0277 within `struct job`
    return 0;
}
