/* F0405: the child of a process with several threads calls what another thread may be in the middle of. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void *work(void *arg) { return arg; }

void prints(void)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    pid_t child = fork(); //~ ERROR F0405 the child calls `printf`
    if (child == 0) {
        printf("child\n");
        _exit(0);
    }
    printf("parent\n");
    waitpid(child, NULL, 0);
    pthread_join(t, NULL);
}

void execs(char **arguments)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    pid_t child = fork();
    if (child == 0) {
        close(0);
        execvp(arguments[0], arguments);
        perror(arguments[0]);
        _exit(127);
    }
    pthread_join(t, NULL);
}

void before_the_thread(void)
{
    pthread_t t;
    if (fork() == 0) {
        puts("child");
        exit(0);
    }
    pthread_create(&t, NULL, work, NULL);
    pthread_join(t, NULL);
}

void behind_the_join(void)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    pthread_join(t, NULL);
    if (fork() == 0) {
        puts("child");
        exit(0);
    }
}

static void prepare(void) { free(malloc(1)); }

static int spawn(char **arguments)
{
    pid_t child = fork(); //~ ERROR F0405 the child calls `malloc`
    switch (child) {
    case -1:
        return -1;
    case 0:
        prepare();
        execv(arguments[0], arguments);
        _exit(127);
    default:
        return child;
    }
}

void by_a_helper(char **arguments)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    spawn(arguments);
    pthread_join(t, NULL);
}

static void *forks(void *arg)
{
    if (fork() == 0) { //~ ERROR F0405 the child calls `puts`
        puts(arg);
        _exit(0);
    }
    return NULL;
}

void in_a_thread(void)
{
    pthread_t t;
    pthread_create(&t, NULL, forks, "child");
    pthread_join(t, NULL);
}
