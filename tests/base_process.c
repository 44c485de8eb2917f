/* base_process.c - child processes under what a careless parent leaves behind, and the
 * program's begin and end. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/exit_code.h"
#include "../base/process.h"

static int wrong;

static void expect(int is, int should_be, const char *what)
{
    if (is == should_be) return;
    printf("FAIL: %s: %d, not %d\n", what, is, should_be);
    wrong++;
}

/* the exit code of a child that runs this; what hangs is killed after ten seconds and
 * shows as 128 + SIGALRM */
static int in_child(int (*work)(void))
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (!child) {
        alarm(10);
        exit(work());
    }
    while (waitpid(child, &status, 0) < 0) continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run(const char *script)
{
    char error[ERROR_TEXT];
    const char *const argv[] = { "sh", "-c", script, NULL };
    return process_run(argv, -1, -1, -1, error);
}

/* ---- children ---- */

static int code_of_child(void)
{
    return run("exit 7");
}

static int signal_of_child(void)
{
    return run("kill -9 $$");
}

static int missing_program(void)
{
    char error[ERROR_TEXT] = "";
    const char *const argv[] = { "there-is-no-such-program", NULL };
    int code = process_run(argv, -1, -1, -1, error);
    return strstr(error, "there is no program there-is-no-such-program") ? code : 0;
}

/* a host program of ours may ignore SIGCHLD: then there is no answer, but there is an end */
static int ignored_sigchld(void)
{
    signal(SIGCHLD, SIG_IGN);
    pid_t child = fork();
    if (!child) _exit(7);
    return process_wait(child) == PROCESS_UNKNOWN ? 5 : 6;
}

/* SIGPIPE ignored here must not be ignored in gnuplot or curl: `yes | head` would never end */
static int signals_of_children(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    alarm(0); /* blocked, it could not end this anyway */
    signal(SIGPIPE, SIG_IGN);
    return run("kill -PIPE $$");
}

/* ---- begin ---- */

static int begin_sigchld(void)
{
    signal(SIGCHLD, SIG_IGN);
    process_begin();
    return run("exit 7");
}

static int begin_blocked(void)
{
    sigset_t all, now;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    process_begin();
    sigprocmask(SIG_SETMASK, NULL, &now);
    for (int s = 1; s < 32; s++)
        if (sigismember(&now, s)) return s;
    return 0;
}

/* SIGINT ignored is what nohup and `&` in a script mean: it stays */
static int begin_keeps_sigint(void)
{
    signal(SIGINT, SIG_IGN);
    process_begin();
    return signal(SIGINT, SIG_DFL) == SIG_IGN ? 5 : 6;
}

static int begin_closed(void)
{
    for (int fd = 0; fd <= 2; fd++) close(fd);
    process_begin();
    int fd = open("/dev/null", O_WRONLY);
    char byte;
    return fd > 2 && read(0, &byte, 1) < 0 && write(1, "x", 1) < 0 && write(2, "x", 1) < 0 ? 5 : 6;
}

/* ---- end ---- */

static int put_on(const char *path, int fd, int code)
{
    int out = open(path, O_WRONLY);
    if (out < 0) return 99;
    dup2(out, fd);
    fputs("some text\n", fd == 1 ? stdout : stderr);
    return process_end("test", code);
}

static int end_full_stdout(void)
{
    return put_on("/dev/full", 1, EXIT_OK);
}

static int end_full_stderr(void)
{
    return put_on("/dev/full", 2, EXIT_OK);
}

static int end_wrong_and_full(void)
{
    return put_on("/dev/full", 1, EXIT_WRONG);
}

static int end_fine(void)
{
    return put_on("/dev/null", 1, EXIT_OK);
}

static int end_closed_stdout(void)
{
    close(1);
    process_begin();
    fputs("some text\n", stdout);
    return process_end("test", EXIT_OK);
}

static int end_closed_but_unused(void)
{
    close(1);
    process_begin();
    return process_end("test", EXIT_OK);
}

static int end_closed_pipe(void)
{
    int ends[2];
    if (pipe(ends)) return 99;
    signal(SIGPIPE, SIG_IGN);
    close(ends[0]);
    dup2(ends[1], 1);
    fputs("some text\n", stdout);
    return process_end("test", EXIT_OK);
}

/* the flag of a stream is all that is left of what failed long before the end */
static int end_failed_before(void)
{
    int full = open("/dev/full", O_WRONLY), saved = dup(1);
    dup2(full, 1);
    fputs("lost\n", stdout);
    fflush(stdout);
    dup2(saved, 1);
    return process_end("test", EXIT_OK);
}

int main(void)
{
    expect(in_child(code_of_child), 7, "a child's exit code");
    expect(in_child(signal_of_child), 128 + SIGKILL, "a child's signal");
    expect(in_child(missing_program), 127, "a program that is not there");
    expect(in_child(ignored_sigchld), 5, "waiting where SIGCHLD is ignored");
    expect(in_child(signals_of_children), 128 + SIGPIPE, "the signals of a child");
    expect(in_child(begin_sigchld), 7, "SIGCHLD ignored at the start");
    expect(in_child(begin_blocked), 0, "signals blocked at the start");
    expect(in_child(begin_keeps_sigint), 5, "SIGINT ignored at the start");
    expect(in_child(begin_closed), 5, "closed streams");
    expect(in_child(end_full_stdout), EXIT_OUTPUT, "stdout on a full disk");
    expect(in_child(end_full_stderr), EXIT_OUTPUT, "stderr on a full disk");
    expect(in_child(end_wrong_and_full), EXIT_WRONG, "wrong, and stdout on a full disk");
    expect(in_child(end_fine), EXIT_OK, "all is well");
    expect(in_child(end_closed_stdout), EXIT_OUTPUT, "text for a closed stdout");
    expect(in_child(end_closed_but_unused), EXIT_OK, "a closed stdout without text");
    expect(in_child(end_closed_pipe), EXIT_OUTPUT, "a pipe that nobody reads");
    expect(in_child(end_failed_before), EXIT_OUTPUT, "text lost in the middle");
    printf("%d wrong\n", wrong);
    return wrong != 0;
}
