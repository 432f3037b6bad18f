/* A number that travels as a pointer is a number. An address that travels as a number is an address. */
#include <fearless.h>

#include <stdint.h>

FL_THREAD_FN(void, work, void *, number)
{
    (void)number;
}
FL_THREAD_FN(void, work_on_number, uintptr_t, number)
{
    (void)number;
}

int main(void)
{
    int local = 0;
    for (long i = 0; i < 3; i++)
        fl_detach(fl_spawn(work, (void *)(intptr_t)i));
    fl_detach(fl_spawn(work_on_number, (uintptr_t)17));
    fl_detach(fl_spawn(work_on_number, (uintptr_t)&local)); //~ ERROR E0373 may outlive borrowed value `local`
    return local;
}
