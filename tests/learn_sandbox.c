/* learn_sandbox.c - what a process may still do once it is confined: each question is asked in a child of
 * its own. `learn_sandbox FOLDER`; 77 where the system has no such rules. */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../cli/learn_sandbox.h"

static int failed;
static char own[4096], other[4096], file[4200], other_file[4200];

/* the exit code of that work in a child; 1000 and its signal if one ended it */
static int ask(int (*work)(void))
{
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) _exit(work());
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void expect(int (*work)(void), const char *what)
{
    const int code = ask(work);
    if (code) printf("FAIL: %s (%d)\n", what, code), failed = 1;
}

static int confine(void)
{
    char error[ERROR_TEXT];
    const char *read[MOST_PATHS];
    const char *const write[] = { own, "/dev/null", NULL };
    sandbox_system_paths(read);
    return sandbox_files(read, write, error);
}

static int may_write_own(void)
{
    if (!confine()) return 2;
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    return fd < 0 || write(fd, "x", 1) != 1;
}

static int may_read_system(void)
{
    return !confine() ? 2 : open("/usr/include/stdio.h", O_RDONLY) < 0 && open("/usr/bin/env", O_RDONLY) < 0;
}

static int may_not_read_other(void)
{
    if (open(other_file, O_RDONLY) < 0) return 3; /* before, it may */
    return !confine() ? 2 : open(other_file, O_RDONLY) >= 0 || errno != EACCES;
}

static int may_not_write_other(void)
{
    char to[4300];
    snprintf(to, sizeof to, "%s/new", other);
    if (!confine()) return 2;
    return open(to, O_WRONLY | O_CREAT, 0600) >= 0 || open(other_file, O_WRONLY) >= 0 ||
           !truncate(other_file, 0) || !unlink(other_file) || !mkdir(to, 0700);
}

static int enter(int (*make)(struct sandbox_filter *f))
{
    static struct sandbox_filter f;
    return make(&f) && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
           !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &f.program);
}

static int under_valgrind(void)
{
    if (!enter(sandbox_valgrind_filter)) return 2;
    if (fork() >= 0 || errno != EPERM) return 3;
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM) return 4;
    return open("/dev/null", O_RDONLY) < 0;
}

static int kernels(struct sandbox_filter *f)
{
    return sandbox_kernel_filter(f, 0);
}

static int kernels_with_files(struct sandbox_filter *f)
{
    return sandbox_kernel_filter(f, 1);
}

static int kernel_opens(void)
{
    return !enter(kernels) ? 2 : open("/dev/null", O_RDONLY) >= 0;
}

static int kernel_forks(void)
{
    return !enter(kernels_with_files) ? 2 : fork() >= 0;
}

static int kernel_writes_report(void)
{
    return !confine() || !enter(kernels_with_files) ? 2 : open(file, O_WRONLY | O_CREAT, 0600) < 0;
}

static void expect_signal(int (*work)(void), const char *what)
{
    const int code = ask(work);
    if (code != 1000 + SIGSYS) printf("FAIL: %s (%d)\n", what, code), failed = 1;
}

int main(int argc, char **argv)
{
    char error[ERROR_TEXT];
    if (argc != 2 || snprintf(own, sizeof own, "%.3000s/own", argv[1]) < 0) return 2;
    snprintf(other, sizeof other, "%.3000s/other", argv[1]);
    snprintf(file, sizeof file, "%s/file", own), snprintf(other_file, sizeof other_file, "%s/file", other);
    mkdir(argv[1], 0700), mkdir(own, 0700), mkdir(other, 0700);
    FILE *f = fopen(other_file, "w");
    if (!f || fputs("theirs", f) < 0 || fclose(f)) return 2;
    if (!sandbox_has_files(error)) return printf("skipped: %s\n", error), 77;
    expect(may_write_own, "its own folder can be written");
    expect(may_read_system, "the system's files can be read");
    expect(may_not_read_other, "another folder cannot be read");
    expect(may_not_write_other, "another folder cannot be changed");
    expect(under_valgrind, "under valgrind there are no processes and no network");
    expect(kernel_writes_report, "the emulator's report can be written");
    expect_signal(kernel_opens, "kernels open no files");
    expect_signal(kernel_forks, "kernels start no processes");
    return failed;
}
