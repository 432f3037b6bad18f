#!/usr/bin/env bash
# --model FILE: what functions out of view do, in the user's own words.
source "${SRC:?}/tests/cli/expect.bash" || exit 1
cat >ours.h <<'END'
/* What our_lock.so does, for users_model.c. */
NOTE("acquires") void MODEL(our_lock)(NOTE("lent") void *lock);
NOTE("releases") void MODEL(our_unlock)(NOTE("lent") void *lock);
int MODEL(our_start)(NOTE("out") NOTE("thread_out") void *thread, NOTE("thread_entry") void *(*run)(void *), NOTE("sent") void *arg);
NOTE("blocks") NOTE("awaits:thread") int MODEL(our_wait)(NOTE("joined") unsigned long thread);
END
cat >wrong.c <<'END'
struct our_lock { int word; };
void our_lock(struct our_lock *lock);
void our_unlock(struct our_lock *lock);
int our_start(unsigned long *thread, void *(*run)(void *), void *arg);
int our_wait(unsigned long thread);

static void *work(void *arg) { return arg; }
static struct our_lock lock;

int kept(int n)
{
    our_lock(&lock);
    if (n < 0)
        return -1;
    our_unlock(&lock);
    return 0;
}

void waits(void)
{
    unsigned long t;
    int n = 0;
    if (our_start(&t, work, &n) == 0)
        our_wait(t);
}

void does_not_wait(void)
{
    unsigned long t;
    int n = 0;
    our_start(&t, work, &n);
}
END
run 0 "$FEARLESS" check wrong.c
silent
run 1 "$FEARLESS" check --model ours.h wrong.c
says 'error[F0103]' 'error[E0373]' 'aborting due to 2 previous errors'
run 1 "$FEARLESS" check --model=ours.h --model /dev/null wrong.c

printf 'int MODEL(broken)(no_such_type x);\n' >broken.h
run 2 "$FEARLESS" check --model broken.h wrong.c
says 'broken.h:1:19: error: unknown type name'
run 2 "$FEARLESS" check --model none.h wrong.c
says "couldn't read the model \`none.h\`"
finish
