/* Where the jump leads to, the lock is let go. */
#include <pthread.h>
#include <setjmp.h>

static jmp_buf failed;
static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static long rows;

static void add(long n)
{
    pthread_mutex_lock(&table);
    if (n < 0)
        longjmp(failed, 1);
    rows += n;
    pthread_mutex_unlock(&table);
}

int try_to_add(long n)
{
    if (setjmp(failed) != 0) {
        pthread_mutex_unlock(&table);
        return -1;
    }
    add(n);
    return 0;
}
