/* F0404: what a signal handler calls and writes. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t stop;
static _Atomic int hits;
static int plain, only_here;
static char *buffer;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void sets_a_flag(int signal)
{
    (void)signal;
    stop = 1;
    atomic_fetch_add(&hits, 1);
    only_here++;
    if (write(2, "stop\n", 5) < 0)
        _exit(1);
}

static void prints(int signal)
{
    printf("signal %d\n", signal); //~ ERROR F0404 calls `printf`
}

static void allocates(int signal)
{
    (void)signal;
    free(buffer); //~ ERROR F0404 calls `free`
    //~v ERROR F0404 calls `malloc`
    buffer = malloc(10); //~ ERROR F0404 writes `buffer`
}

static void locks(int signal)
{
    (void)signal;
    pthread_mutex_lock(&lock); //~ ERROR F0404 calls `pthread_mutex_lock`
    pthread_mutex_unlock(&lock); //~ ERROR F0404 calls `pthread_mutex_unlock`
}

static void writes_plain(int signal)
{
    plain = signal; //~ ERROR F0404 writes `plain`
}

static void cleans_up(void) { fflush(stdout); } //~ WARNING F0404 calls `fflush`

static void by_helper(int signal)
{
    (void)signal;
    cleans_up();
    _exit(1);
}

static void ends(int signal) { exit(signal); } //~ WARNING F0404 calls `exit`

/* What was interrupted does not go on. */
static void gives_up(int signal)
{
    free(buffer);
    buffer = NULL;
    plain = signal;
    _exit(1);
}

static void not_a_handler(int number) { printf("%d\n", number); }

static void with_info(int signal, siginfo_t *info, void *context)
{
    (void)context;
    fprintf(stderr, "%d %p\n", signal, info->si_addr); //~ ERROR F0404 calls `fprintf`
}

//~v ERROR F0404 calls `puts`
static void dumps(int signal) { puts(strsignal(signal)); } //~ ERROR F0404 calls `strsignal`

void install(void)
{
    struct sigaction action, other = {.sa_handler = dumps};
    signal(SIGINT, sets_a_flag);
    signal(SIGHUP, prints);
    signal(SIGUSR1, allocates);
    signal(SIGUSR2, locks);
    signal(SIGALRM, writes_plain);
    signal(SIGTERM, by_helper);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGQUIT, ends);
    signal(SIGABRT, gives_up);
    memset(&action, 0, sizeof action);
    action.sa_sigaction = with_info;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGILL, &other, NULL);
}

int run(void)
{
    buffer = malloc(4);
    while (!stop && !plain)
        pause();
    not_a_handler(buffer != NULL);
    return atomic_load(&hits);
}
