/* The end of main ends the process, and with it all threads; pthread_exit there does not. */
#include <pthread.h>
#include <unistd.h>

static void *work(void *arg) { return arg; }

int main(int argc, char **argv)
{
    pthread_t t, u, v;
    (void)argv;
    pthread_create(&t, NULL, work, NULL);
    if (argc > 3)
        return 0;
    pthread_detach(t);
    pthread_create(&u, NULL, work, NULL); //~ WARNING F0401 neither
    if (argc > 2)
        pthread_exit(NULL);
    for (;;) {
        sleep(1);
        pthread_create(&v, NULL, work, NULL); //~ ERROR F0401
    }
}
