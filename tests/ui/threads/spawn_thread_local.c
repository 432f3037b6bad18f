/* Each thread has its own: the address leads to this thread's, which ends with it. */
#include <fearless.h>

static _Thread_local int mine;
static int ours;

FL_THREAD_FN(void, use, int *, p)
{
    (void)p;
}

int main(void)
{
    fl_detach(fl_spawn(use, &mine)); //~ ERROR E0373 may outlive borrowed value `mine`
    fl_detach(fl_spawn(use, &ours));
    return 0;
}
