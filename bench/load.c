/* load.c - processes that do nothing but keep a processor busy; see load.h. */
#include "load.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
#if defined __linux__
#include <sys/prctl.h>
#endif

#include "../base/error.h"
#include "../base/process.h"
#include "pinning.h"

static pid_t busy[LOAD_MOST], owner;
static int count;

/* The kernel ends it with the thread that started it, the main one. Where there is no such service, and for
 * the moment before it is asked for, the process itself looks whether it has a parent. */
static void keep_busy(pid_t parent)
{
    enum { A_WHILE = 1 << 24 };
    sigset_t none;
#if defined __linux__
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    sigemptyset(&none);
    for (int s = 1; s < NSIG; s++) (void)signal(s, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        close(fd); /* who reads our output waits for no other writer */
    pinning_unpin_self();
    for (volatile unsigned long k = 0; getppid() == parent;)
        for (int i = 0; i < A_WHILE; i++) k = k + 1;
    _exit(0);
}

void load_stop(void)
{
    if (owner != getpid()) return; /* a child that inherited the list */
    for (int i = 0; i < count; i++) (void)kill(busy[i], SIGKILL);
    for (int i = 0; i < count; i++) (void)process_wait(busy[i]);
    count = 0;
}

int load_start(int n, char *error)
{
    static int registered;
    pinning_cores(); /* known before this program is copied */
    owner = getpid();
    if (!registered) registered = !atexit(load_stop);
    while (count < n && count < LOAD_MOST) {
        pid_t child = fork();
        if (child == 0) keep_busy(owner);
        if (child < 0) {
            int reason = errno;
            load_stop();
            return error_set(error, "cannot start %d busy processes: %s", n, strerror(reason));
        }
        busy[count++] = child;
    }
    return 1;
}
