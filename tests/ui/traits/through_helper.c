/* A helper that passes its parameter on: judged where a caller gives it something. */
#include <fearless.h>

#include <stdlib.h>

FL_THREAD_FN(void, work, const int *, p)
{
    (void)p;
}
static const int constant = 4;

static void start(const int *p)
{
    fl_detach(fl_spawn(work, p));
}
static void start_later(const int *p)
{
    start(p);
}

int main(void)
{
    const int *heap = malloc(sizeof *heap);
    start(&constant);
    start_later(&constant);
    start(NULL);
    start_later(heap); //~ ERROR E0277 `const int *` cannot be sent between threads safely
    return 0;
}
