/* Branches, loops, switch, goto, macro: the lock must be held on every way to the access. */
#include <fearless.h>

typedef fl_mutex(int) counter;
static counter hits = FL_MUTEX(0);
static struct fl_lock lock = FL_LOCK;
static int value FL_GUARDED_BY(lock);

#define BUMP() (hits.fl_data++)
#define LOCKED(...)                                                                                \
    do {                                                                                           \
        fl_lock_guard(held, &lock);                                                                \
        __VA_ARGS__;                                                                               \
    } while (0)

static void branch(int c)
{
    if (c)
        fl_lock_acquire(&lock);
    value = 1; //~ ERROR F0101 `value` is written without its lock
    if (c)
        fl_lock_release(&lock);
}
static void correlated(int c)
{
    if (c)
        fl_lock_acquire(&lock);
    if (c) {
        value = 1;
        fl_lock_release(&lock);
    }
}
static void loop(void)
{
    fl_lock_acquire(&lock);
    for (int i = 0; i < 3; i++) {
        value = i; //~ ERROR F0101 `value` is written without its lock
        fl_lock_release(&lock);  //~ ERROR F0105 `lock` is released while it is not held
    }
}
static void jump(int c)
{
    fl_lock_acquire(&lock);
again:
    value = c; //~ ERROR F0101 `value` is written without its lock
    fl_lock_release(&lock);  //~ ERROR F0105 `lock` is released while it is not held
    if (c-- > 0)
        goto again;
}
static void choice(int c)
{
    switch (c) {
    case 0:
        fl_lock_acquire(&lock);
        value = 1;
        fl_lock_release(&lock);
        break;
    case 1:
        value = 2; //~ ERROR F0101 `value` is written without its lock
        break;
    }
}
static void macro(void)
{
    BUMP(); //~ ERROR F0101 the value of `hits` is written without its lock
    LOCKED(value = 1);
    LOCKED(value++);
    fl_with (n, &hits)
        *n += 1;
}

int main(void)
{
    branch(1);
    correlated(1);
    loop();
    jump(1);
    choice(1);
    macro();
    return 0;
}
