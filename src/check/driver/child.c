#define _GNU_SOURCE /* pipe2 */
#include "child.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

pid_t child_begin(int *ret_fd)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
#ifdef __linux__
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
#endif
        close(ends[0]);
        *ret_fd = ends[1];
        return 0;
    }
    close(ends[1]);
    if (pid < 0)
        close(ends[0]);
    *ret_fd = ends[0];
    return pid;
}
