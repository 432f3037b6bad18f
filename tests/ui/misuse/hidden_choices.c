/* The same, and the threads set options and take the local time as well. */
#include <pthread.h>
#include <pwd.h>
#include <stdlib.h>
#include <time.h>

enum command { OPTION_SET, OPTION_PRINT, OPTION_FREE };

struct option {
    char *text;
    int user, day;
};

static int option_do(enum command command, struct option *option, const char *text)
{
    switch (command) {
    case OPTION_SET: {
        struct passwd *user = getpwnam(text); //~ ERROR F0403 `getpwnam` is not reentrant
        option->user = user ? (int)user->pw_uid : -1;
        return 0;
    }
    case OPTION_PRINT:
        return option->user;
    case OPTION_FREE:
        free(option->text);
        option->text = NULL;
        return 0;
    }
    return 1;
}

static void stamp(struct option *option, int local)
{
    time_t now = time(NULL);
    struct tm parts;
    if (local)
        option->day = localtime(&now)->tm_mday; //~ ERROR F0403 `localtime` is not reentrant
    else
        option->day = gmtime_r(&now, &parts)->tm_mday;
}

static void *serve(void *arg)
{
    stamp(arg, 1);
    option_do(OPTION_SET, arg, "nobody");
    option_do(OPTION_FREE, arg, NULL);
    return NULL;
}

int main(void)
{
    static struct option options[4];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        option_do(OPTION_SET, &options[i], "root");
        stamp(&options[i], 1);
    }
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, serve, &options[i]);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
