/* A global may name its lock, too. */
#include <fearless.h>

static struct fl_lock table_lock = FL_LOCK;
static int table[8] FL_GUARDED_BY(table_lock);
static int used FL_GUARDED_BY(table_lock);

static void good(int n)
{
    fl_lock_guard(held, &table_lock);
    if (used < 8)
        table[used++] = n;
}
static int bad(void)
{
    return table[0]; //~ ERROR F0101 `table` is read without its lock `table_lock`
}
static void bad_loop(void)
{
    for (int i = 0; i < 8; i++) {
        fl_lock_acquire(&table_lock);
        table[i] = 0;
        fl_lock_release(&table_lock);
        used = i; //~ ERROR F0101 `used` is written without its lock
    }
}

int main(void)
{
    good(1);
    bad_loop();
    return bad();
}
