/* learn_namespaces.c - a stranger's file is compiled and run where there is nothing else; see
 * learn_namespaces.h.
 *
 * Three processes: the one that enters, the first one of the new namespace, whose end is the end of all that
 * are left there, and the one that works. The first one cannot work itself: some signals do nothing to it. */
#include "learn_namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int write_line(const char *path, const char *line)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : write(fd, line, strlen(line));
    if (fd >= 0) close(fd);
    return n == (ssize_t)strlen(line);
}

/* users there: this one alone, under its own number, so that its files stay its own */
static int keep_user(uid_t user, gid_t group)
{
    char line[100];
    int ok = write_line("/proc/self/setgroups", "deny");
    snprintf(line, sizeof line, "%u %u 1", (unsigned)user, (unsigned)user);
    ok &= write_line("/proc/self/uid_map", line);
    snprintf(line, sizeof line, "%u %u 1", (unsigned)group, (unsigned)group);
    return ok && write_line("/proc/self/gid_map", line);
}

/* 1 if this process is now in namespaces of its own, in which the folder is empty; the processes that it
 * starts are in a new one, too. Else 0, and errno says why. */
static int enter(const char *hidden)
{
    const uid_t user = getuid();
    const gid_t group = getgid();
    return !unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC) &&
           keep_user(user, group) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
           !mount("none", hidden, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, "size=4k");
}

/* Waits for that child, and ends as it did. */
static void end_like(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
    _exit(128 + WTERMSIG(status));
}

/* the work in a child of a child; returns in that one alone */
static void descend(void)
{
    for (int depth = 0; depth < 2; depth++) {
        pid_t child = fork();
        if (child < 0) _exit(126);
        if (child) end_like(child);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    }
}

int namespaces_there(const char *hidden, char *error)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        if (!enter(hidden)) _exit(errno ? errno : EPERM);
        descend();
        _exit(0);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (child < 0 || !WIFEXITED(status)) return error_set(error, "%s", strerror(child < 0 ? errno : EPERM));
    return !WEXITSTATUS(status) || error_set(error, "%s", strerror(WEXITSTATUS(status)));
}

void namespaces_enter(const char *hidden)
{
    if (!enter(hidden)) _exit(126);
    descend();
}
