/* A lock that its owner may take again, by its model. */
typedef struct _GRecMutex { void *p; unsigned i[2]; } GRecMutex;
void g_rec_mutex_lock(GRecMutex *mutex);
void g_rec_mutex_unlock(GRecMutex *mutex);
static GRecMutex lock;

void again(void)
{
    g_rec_mutex_lock(&lock);
    g_rec_mutex_lock(&lock);
    g_rec_mutex_unlock(&lock);
    g_rec_mutex_unlock(&lock);
}
