/* pthread_create knows no types, but what its argument leads to has one. */
#include <fearless.h>

#include <pthread.h>

struct job {
    fl_rc(int) shared;
};

static void *work(void *p)
{
    struct job *j = p;
    fl_rc(int) mine = fl_clone(j->shared);
    fl_auto(mine);
    return NULL;
}

int main(void)
{
    pthread_t t;
    struct job j = { fl_rc_new(int, 1) };
    if (pthread_create(&t, NULL, work, &j) == 0) //~ ERROR E0277 `fl_rc(int)` cannot be sent between threads safely
        pthread_join(t, NULL);
    fl_drop(j.shared);
    return 0;
}
