/* A mutex that is made recursive may be taken again. */
#include <pthread.h>
#include <threads.h>

static mtx_t m;

static int inner(void)
{
    mtx_lock(&m);
    mtx_unlock(&m);
    return 1;
}
int main(void)
{
    mtx_init(&m, mtx_plain | mtx_recursive);
    mtx_lock(&m);
    inner();
    mtx_unlock(&m);
    return 0;
}
