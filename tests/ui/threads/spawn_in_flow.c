/* In one branch, in a loop, in a switch, after a goto: where the pointer leads at the spawn counts. */
#include <fearless.h>

FL_THREAD_FN(void, use, int *, p)
{
    (void)p;
}
static int lasting;

static void branch(int c)
{
    int n = 0;
    int *p = &lasting;
    if (c)
        p = &n;
    fl_detach(fl_spawn(use, p)); //~ ERROR E0373 borrows `n`
}
static void loop(void)
{
    int n = 0;
    int *p = &lasting;
    for (int i = 0; i < 3; i++) {
        fl_detach(fl_spawn(use, p)); //~ ERROR E0373 borrows `n`
        p = &n;
    }
}
static void choice(int c)
{
    int n = 0;
    int *p = &n;
    switch (c) {
    case 1:
        p = &lasting;
        break;
    case 2:
    case 3:
        p = NULL;
        break;
    default:
        return;
    }
    fl_detach(fl_spawn(use, p));
}
static void jump(int c)
{
    int n = 0;
    int *p = &lasting;
again:
    fl_detach(fl_spawn(use, p)); //~ ERROR E0373 borrows `n`
    if (c-- > 0) {
        p = &n;
        goto again;
    }
}

int main(void)
{
    branch(1);
    loop();
    choice(1);
    jump(1);
    return 0;
}
