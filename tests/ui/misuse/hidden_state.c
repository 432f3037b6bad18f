/* F0403: several threads in a function that keeps its state in one place for the whole process. */
#include <dirent.h>
#include <netdb.h>
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- one function, many threads ---- */

static void *splits(void *text)
{
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) //~ ERROR F0403 `strtok` is not reentrant
        puts(word);
    return NULL;
}

static void *splits_by_itself(void *text)
{
    char *rest;
    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        puts(word);
    return NULL;
}

void many(char **texts, char **others, int n)
{
    pthread_t t[16], u[16];
    for (int i = 0; i < n; i++) {
        pthread_create(&t[i], NULL, splits, texts[i]);
        pthread_create(&u[i], NULL, splits_by_itself, others[i]);
    }
    for (int i = 0; i < n; i++) {
        pthread_join(t[i], NULL);
        pthread_join(u[i], NULL);
    }
}

/* ---- one thread, and what runs beside it ---- */

static void *logs(void *arg)
{
    time_t now = time(NULL);
    printf("%d\n", localtime(&now)->tm_hour); //~ ERROR F0403 `localtime`
    return arg;
}

void beside(void)
{
    pthread_t t;
    time_t now = time(NULL);
    pthread_create(&t, NULL, logs, NULL);
    puts(ctime(&now));
    pthread_join(t, NULL);
}

static void *looks_up(void *name) { return getpwnam(name) ? name : NULL; }

void before_and_behind(char *name)
{
    pthread_t t;
    printf("%d\n", getpwnam(name) != NULL);
    pthread_create(&t, NULL, looks_up, name);
    pthread_join(t, NULL);
    printf("%d\n", getpwnam(name) != NULL);
}

/* ---- two kinds of threads; helpers ---- */

static void resolve(const char *name)
{
    if (!gethostbyname(name)) //~ ERROR F0403 `gethostbyname`
        puts("unknown");
}
static void *first(void *arg) { resolve("a"); return arg; }
static void *second(void *arg) { resolve("b"); return arg; }

void two_kinds(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, first, NULL);
    pthread_create(&b, NULL, second, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}

static void *third(void *arg) { printf("%d\n", getservbyport(80, NULL) != NULL); return arg; }
static void *fourth(void *arg) { printf("%d\n", getservbyport(90, NULL) != NULL); return arg; }

void one_after_the_other(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, third, NULL);
    pthread_join(a, NULL);
    pthread_create(&b, NULL, fourth, NULL);
    pthread_join(b, NULL);
}

/* ---- one lock around all of them ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static double next_number(void)
{
    pthread_mutex_lock(&lock);
    double d = drand48();
    pthread_mutex_unlock(&lock);
    return d;
}
static void *draws(void *arg) { printf("%f\n", next_number()); return arg; }

void locked(void)
{
    pthread_t t[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, draws, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
}

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER, other = PTHREAD_MUTEX_INITIALIZER;
static void *under_one(void *arg)
{
    pthread_mutex_lock(&one);
    printf("%ld\n", lrand48()); //~ ERROR F0403 `lrand48`
    pthread_mutex_unlock(&one);
    return arg;
}

void under_another(void)
{
    pthread_t t;
    pthread_create(&t, NULL, under_one, NULL);
    pthread_mutex_lock(&other);
    printf("%ld\n", lrand48());
    pthread_mutex_unlock(&other);
    pthread_join(t, NULL);
}

/* ---- readers and writers ---- */

static void *reads_environment(void *arg) { return getenv("HOME") ? arg : NULL; }

void all_read(void)
{
    pthread_t t[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, reads_environment, NULL);
    puts(getenv("PATH"));
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
}

void one_writes(void)
{
    pthread_t t;
    setenv("EARLY", "1", 1);
    pthread_create(&t, NULL, reads_environment, NULL);
    setenv("HOME", "/", 1); //~ ERROR F0403 `setenv`
    pthread_join(t, NULL);
}

/* ---- what libc guards, although nobody promises it ---- */

static void *complains(void *arg)
{
    puts(strerror(1)); //~ WARNING F0403 `strerror`
    puts(strerror(2));
    return arg;
}

void wrapped_start(pthread_t *t, void *(*f)(void *)) { pthread_create(t, NULL, f, NULL); }

void several_complain(void)
{
    pthread_t t[4];
    for (int i = 0; i < 4; i++)
        wrapped_start(&t[i], complains);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
}

/* ---- state in an object ---- */

static DIR *shared;
static void *lists(void *arg)
{
    struct dirent *e;
    while ((e = readdir(shared))) //~ ERROR F0403 `readdir`
        puts(e->d_name);
    return arg;
}
static void *lists_its_own(void *path)
{
    DIR *own = opendir(path);
    struct dirent *e;
    while (own && (e = readdir(own)))
        puts(e->d_name);
    return NULL;
}

void directories(char *path)
{
    pthread_t t[2], u[2];
    shared = opendir(path);
    for (int i = 0; i < 2; i++) {
        pthread_create(&t[i], NULL, lists, NULL);
        pthread_create(&u[i], NULL, lists_its_own, path);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(t[i], NULL);
        pthread_join(u[i], NULL);
    }
}

/* ---- left running by a helper ---- */

static void *ticks(void *arg)
{
    time_t now = time(NULL);
    struct tm *parts = gmtime(&now); //~ ERROR F0403 `gmtime`
    puts(asctime(parts)); //~ ERROR F0403 `asctime`
    return arg;
}
static pthread_t start_clock(void)
{
    pthread_t t;
    pthread_create(&t, NULL, ticks, NULL);
    return t;
}
static void print_time(time_t at) { puts(asctime(gmtime(&at))); }

void with_a_clock(void)
{
    pthread_t t = start_clock();
    print_time(0);
    pthread_join(t, NULL);
    print_time(1);
}
