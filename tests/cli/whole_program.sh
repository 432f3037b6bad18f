#!/usr/bin/env bash
# What only shows when the files of a program are seen together; and what a linker keeps apart stays apart.
source "${SRC:?}/tests/cli/expect.bash" || exit 1

project() { mkdir "$work/$1" && cd "$work/$1" || exit 1; }

# Two locks in two orders, each in a file of its own.
project order
ring locks.h main.c
database '' main.c forwards.c backwards.c
run 1 "$FEARLESS" check -p .
says 'error[F0106]' 'forwards.c' 'backwards.c'
run 1 "$FEARLESS" check main.c forwards.c backwards.c
says 'error[F0106]'
run 0 "$FEARLESS" check forwards.c
sed 's/forwards/backwards/' forwards.c >backwards.c # the twin: one order
run 0 "$FEARLESS" check -p .
silent

# Taken in one file, let go in another.
project split
cat >take.c <<'E'
#include <pthread.h>
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
void take(void) { pthread_mutex_lock(&m); }
void give(void) { pthread_mutex_unlock(&m); }
E
cat >main.c <<'E'
void take(void);
void give(void);
int main(void)
{
    take();
    take();
    give();
    return 0;
}
E
database '' take.c main.c
run 1 "$FEARLESS" check -p .
says 'F0104' 'main.c'
sed -i '0,/    take();/{/    take();/d}' main.c
run 0 "$FEARLESS" check -p .
silent

# A thread with a pointer into the stack is started in one file and joined in another, or not.
project threads
cat >start.c <<'E'
#include <pthread.h>
static void *add(void *p) { ++*(int *)p; return 0; }
int start(pthread_t *t, int *n) { return pthread_create(t, NULL, add, n); }
void finish(pthread_t t) { pthread_join(t, NULL); }
void forget(pthread_t t) { pthread_detach(t); }
E
cat >main.c <<'E'
#include <pthread.h>
int start(pthread_t *t, int *n);
void finish(pthread_t t);
void forget(pthread_t t);
static void run(void)
{
    int n = 0;
    pthread_t t;
    if (start(&t, &n) == 0)
        forget(t);
}
int main(void)
{
    run();
    return 0;
}
E
database '' start.c main.c
run 1 "$FEARLESS" check -p .
says 'E0373' 'main.c'
sed -i 's/        forget(t);/        finish(t);/' main.c
run 0 "$FEARLESS" check -p .
silent

# Two programs of one database: their mains, their statics and their structs never meet.
project apart
mkdir d1 d2
for d in d1 d2; do
    cat >$d/util.c <<'E'
#include <pthread.h>
struct node { int value; pthread_mutex_t m; };
static struct node all = { 0, PTHREAD_MUTEX_INITIALIZER };
static void enter(void) { pthread_mutex_lock(&all.m); }
void work(void)
{
    enter();
    all.value++;
    pthread_mutex_unlock(&all.m);
}
E
    printf 'void work(void);\nint main(void)\n{\n    work();\n    return 0;\n}\n' >$d/main.c
done
sed -i 's/struct node { int value; pthread_mutex_t m; };/struct node { long value; int spare; pthread_mutex_t m; };/;
        s/{ 0, PTHREAD/{ 0, 0, PTHREAD/' d2/util.c
database '' d1/main.c d1/util.c d2/main.c d2/util.c
run 0 "$FEARLESS" check -p .
silent
sed -i 's/    all.value++;/    enter();/' d2/util.c
run 1 "$FEARLESS" check -p .
says 'F0104' 'd2/util.c'
says_not 'd1/util.c'

# Functions of headers are one, a static variable in a header is one for each file; what is wrong is told once.
project headers
cat >shared.h <<'E'
#include <pthread.h>
static pthread_mutex_t mine = PTHREAD_MUTEX_INITIALIZER;
static int calls;
static inline int twice(int n) { return 2 * n; }
static inline void count(void)
{
    pthread_mutex_lock(&mine);
    calls += twice(1);
    pthread_mutex_unlock(&mine);
}
static inline int uninitialised(int f)
{
    int n;
    if (f)
        n = 1;
    return n;
}
E
printf '#include "shared.h"\nvoid b(void) { count(); uninitialised(1); }\n' >b.c
printf '#include "shared.h"\nvoid b(void);\nint main(void) { count(); uninitialised(2); b(); return 0; }\n' >a.c
database '' a.c b.c
run 1 "$FEARLESS" check -p .
says 'E0381' 'aborting due to 1 previous error'

# A call that does not fit its definition is none of that; a file that does not compile says so, and the rest is linked.
project rough
printf 'int odd();\nint main(void) { return odd(1, 2, 3); }\n' >main.c
printf 'int odd(int *p) { return *p; }\n' >odd.c
printf 'int broken(void) { return nowhere; }\n' >broken.c
database '' main.c odd.c
run 0 "$FEARLESS" check -p .
silent
printf 'int odd(int *p) { int n; return n + *p; }\n' >odd.c
database '' main.c odd.c broken.c
run 2 "$FEARLESS" check -p .
says 'E0381' 'nowhere'

finish
