/* Thread-locals: who drops them, and when.
 *
 * Each variable is thread-local for the compiler, too: state, value and link lie in the thread's own storage, and nothing
 * is allocated. The state, of this thread's variable alone:
 *
 *   from     to       who
 *   UNUSED   MAKING   fl_local
 *   MAKING   READY    fl_local, when init has returned; the variable is now the last of this thread's list, if its
 *                     value has a drop
 *   MAKING   UNUSED   its cleanup, when init panics or leaves by pthread_exit
 *   READY    GONE     fl_locals_end_, before it drops the value; stays so
 *
 * The list is emptied, from its end, by whichever comes first:
 *   - thread.c, when a thread of ours has run its function;
 *   - the destructor of a pthread key, for threads that others started, and for what is made after the first one was
 *     here: by the destructors of other keys, or by the drop of a detached thread's result. If such destructors go on
 *     making new ones, the system gives up after PTHREAD_DESTRUCTOR_ITERATIONS rounds; within one, a variable is
 *     dropped only once, so that ends by itself;
 *   - a function of atexit, for the thread that calls exit.
 *
 * All of this is one thread's: there are no atomics, and nothing blocks. Tests: tests/rt/unit/test_local.c. */
#include <fearless/local.h>
#include <fearless/panic.h>

#include "local.h"
#include "panic_internal.h"

#include <pthread.h>
#include <stdlib.h>

static FL_THREAD_VAR_ struct fl_local_ *last;
static FL_THREAD_VAR_ bool is_armed; /* the key's destructor will come */
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void drop_value(void *local)
{
    struct fl_local_ *const l = local;
    l->fl_drop(l->fl_value);
}

void fl_locals_end_(void)
{
    struct fl_local_ *l;
    while ((l = last)) {
        last = l->fl_before;
        l->fl_state = FL_LOCAL_GONE_;
        if (!fl_panic_run_(drop_value, l))
            fl_panic_free_message_(fl_panic_take_message_());
    }
}

static void end_of_thread(void *unused)
{
    (void)unused;
    /* The frames of a panic that ended this thread are gone, so one in a drop is not the second at once. */
    fl_panics_ = 0;
    fl_locals_end_();
    is_armed = false;
}

static void prepare(void)
{
    if (pthread_key_create(&key, end_of_thread) != 0)
        fl_abort_("no thread-specific key is left for thread-locals");
    if (atexit(fl_locals_end_) != 0)
        fl_abort_("out of memory: atexit for thread-locals");
}

/* Before a value is made, because after that nothing may fail. */
static void arm(const char *file, int line)
{
    if (is_armed)
        return;
    pthread_once(&once, prepare);
    if (pthread_setspecific(key, &is_armed) != 0)
        fl_panic_(file, line, "fl_local: out of memory");
    is_armed = true;
}

bool fl_local_begin_(struct fl_local_ *local, fl_drop_fn_ *drop, const char *file, int line)
{
    switch ((enum fl_local_state_)local->fl_state) {
    case FL_LOCAL_GONE_:
        return false;
    case FL_LOCAL_MAKING_:
        fl_panic_(file, line,
                  "fl_local: the function that makes this thread-local asks for it: it would call itself for ever");
    default:
        if (drop)
            arm(file, line);
        local->fl_drop = drop;
        local->fl_state = FL_LOCAL_MAKING_;
        return true;
    }
}

void fl_local_made_(struct fl_local_ *local, const volatile void *value)
{
    local->fl_state = value ? FL_LOCAL_READY_ : FL_LOCAL_UNUSED_;
    if (!value || !local->fl_drop)
        return;
    local->fl_value = (void *)(uintptr_t)value;
    local->fl_before = last;
    last = local;
}
