/* The same rules for C11's threads. */
#include <threads.h>

static int work(void *p)
{
    return ++*(int *)p;
}

static int good(void)
{
    thrd_t t;
    int n = 1, result = 0;
    if (thrd_create(&t, work, &n) != thrd_success)
        return -1;
    thrd_join(t, &result);
    return result;
}
static void bad(void)
{
    thrd_t t;
    int n = 1;
    if (thrd_create(&t, work, &n) == thrd_success) //~ ERROR E0373 may outlive borrowed value `n`
        thrd_detach(t);
}

int main(void)
{
    bad();
    return good();
}
