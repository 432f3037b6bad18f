/* GLib's threads and locks, by their models. */
typedef struct _GThread GThread;
typedef union _GMutex { void *p; unsigned i[2]; } GMutex;
typedef struct _GRecMutex { void *p; unsigned i[2]; } GRecMutex;
typedef struct _GCond { void *p; unsigned i[2]; } GCond;
GThread *g_thread_new(const char *name, void *(*function)(void *), void *data);
void *g_thread_join(GThread *thread);
void g_thread_unref(GThread *thread);
void g_mutex_lock(GMutex *mutex);
int g_mutex_trylock(GMutex *mutex);
void g_mutex_unlock(GMutex *mutex);
void g_rec_mutex_lock(GRecMutex *mutex);
void g_rec_mutex_unlock(GRecMutex *mutex);
void g_cond_wait(GCond *cond, GMutex *mutex);

static void *work(void *arg) { return arg; }
static GMutex lock;
static GCond changed;
static int ready;

void joined(void)
{
    int n = 0;
    GThread *t = g_thread_new("t", work, &n);
    g_thread_join(t);
}

void forgotten(void)
{
    GThread *t = g_thread_new("t", work, 0); //~ ERROR F0401
    (void)t;
}

void outlives(void)
{
    int n = 0;
    GThread *t = g_thread_new("t", work, &n); //~ ERROR E0373
    g_thread_unref(t);
}

void twice(void)
{
    GThread *t = g_thread_new("t", work, 0);
    g_thread_join(t);
    g_thread_unref(t); //~ ERROR F0402
}

void locked_twice(void)
{
    g_mutex_lock(&lock);
    g_mutex_lock(&lock); //~ ERROR F0104
    g_mutex_unlock(&lock);
}

int kept(int n)
{
    g_mutex_lock(&lock);
    if (n < 0)
        return -1; //~ ERROR F0103
    g_mutex_unlock(&lock);
    return 0;
}

void tried(void)
{
    if (g_mutex_trylock(&lock))
        g_mutex_unlock(&lock);
}

void waits(void)
{
    g_mutex_lock(&lock);
    while (!ready)
        g_cond_wait(&changed, &lock);
    g_mutex_unlock(&lock);
}

void waits_once(void)
{
    g_mutex_lock(&lock);
    if (!ready)
        g_cond_wait(&changed, &lock); //~ ERROR F0501
    g_mutex_unlock(&lock);
}
