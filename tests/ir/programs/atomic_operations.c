/* Atomic objects and builtins, in one thread: the values they give and leave. */
#include <stdatomic.h>
#include <stdio.h>

struct counted { _Atomic int n; _Atomic unsigned char c; };

static _Atomic long total;
static int plain = 5;

int main(void)
{
    struct counted s = { 3, 250 };
    _Atomic(int) a = 1;
    int x, y;

    x = a++;
    y = ++a;
    printf("%d %d %d\n", x, y, a);
    x = a--;
    y = --a;
    printf("%d %d %d\n", x, y, a);
    a += 5;
    x = a *= 3;
    a -= 1;
    a |= 8;
    y = a ^= 1;
    printf("%d %d %d\n", x, y, a);
    x = a = 7;
    printf("%d %d\n", x, a);
    s.c += 10;
    x = s.c++;
    s.n = s.n + s.c;
    printf("%d %d %d\n", x, s.c, s.n);
    total += 1L << 40;
    printf("%ld\n", (long)total);
    atomic_store(&a, 10);
    x = atomic_fetch_add(&a, 5);
    y = atomic_exchange(&a, 100);
    printf("%d %d %d\n", x, y, atomic_load(&a));
    x = 99;
    y = atomic_compare_exchange_strong(&a, &x, 1);
    printf("%d %d %d\n", x, y, a);
    y = atomic_compare_exchange_strong_explicit(&a, &x, 1, memory_order_acq_rel,
                                                memory_order_relaxed);
    printf("%d %d %d\n", x, y, a);
    atomic_fetch_or_explicit(&a, 6, memory_order_release);
    atomic_thread_fence(memory_order_seq_cst);
    printf("%d\n", atomic_load_explicit(&a, memory_order_acquire));
    x = __atomic_add_fetch(&plain, 2, __ATOMIC_SEQ_CST);
    y = __atomic_fetch_sub(&plain, 1, __ATOMIC_RELAXED);
    printf("%d %d %d\n", x, y, __atomic_load_n(&plain, __ATOMIC_ACQUIRE));
    int out, in = 77;
    __atomic_load(&plain, &out, __ATOMIC_SEQ_CST);
    __atomic_store(&plain, &in, __ATOMIC_SEQ_CST);
    printf("%d %d\n", out, plain);
    int expected = 77, wanted = 78;
    y = __atomic_compare_exchange(&plain, &expected, &wanted, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    printf("%d %d\n", y, plain);
    x = __sync_fetch_and_add(&plain, 2);
    y = __sync_add_and_fetch(&plain, 3);
    printf("%d %d %d\n", x, y, plain);
    x = __sync_val_compare_and_swap(&plain, 83, 90);
    y = __sync_bool_compare_and_swap(&plain, 91, 92);
    printf("%d %d %d\n", x, y, plain);
    __sync_synchronize();
    x = __sync_lock_test_and_set(&plain, 1);
    __sync_lock_release(&plain);
    printf("%d %d\n", x, plain);
    atomic_flag flag = ATOMIC_FLAG_INIT;
    x = atomic_flag_test_and_set(&flag);
    y = atomic_flag_test_and_set(&flag);
    atomic_flag_clear(&flag);
    printf("%d %d %d\n", x, y, atomic_flag_test_and_set(&flag));
    int *_Atomic p = (int[]){ 1, 2, 3 };
    p++;
    printf("%d %d\n", *p, p[1]);
    return 0;
}
