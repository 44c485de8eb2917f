/* process.c - child processes, and the program's begin and end; see process.h. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exit_code.h"
#include "file.h"

extern char **environ;

/* ---- children ---- */

int process_wait(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return PROCESS_UNKNOWN;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* what the child starts with: its streams, and signals as in a shell. 0 or an error number */
static int prepare(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, const int stream[3])
{
    sigset_t none, ordinary;
    int error = 0;
    sigemptyset(&none);
    sigemptyset(&ordinary);
    sigaddset(&ordinary, SIGPIPE);
    sigaddset(&ordinary, SIGXFSZ);
    for (int k = 0; k < 3 && !error; k++)
        if (stream[k] >= 0) error = posix_spawn_file_actions_adddup2(actions, stream[k], k);
    if (!error) error = posix_spawnattr_setsigmask(attributes, &none);
    if (!error) error = posix_spawnattr_setsigdefault(attributes, &ordinary);
    if (!error) error = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return error;
}

int process_start(pid_t *child, const char *const *argv, int in, int out, int err, int *missing, char *error)
{
    const int stream[3] = { in, out, err };
    char *const *words;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (missing) *missing = 0;
    memcpy(&words, &argv, sizeof words); /* posix_spawn takes char *const *, and leaves the words alone */
    fflush(NULL);                        /* what was printed before comes before what the child prints */
    if (posix_spawn_file_actions_init(&actions)) return error_set(error, "out of memory for %s", argv[0]);
    if (posix_spawnattr_init(&attributes)) {
        posix_spawn_file_actions_destroy(&actions);
        return error_set(error, "out of memory for %s", argv[0]);
    }
    int failed = prepare(&actions, &attributes, stream);
    if (!failed) failed = posix_spawnp(child, argv[0], &actions, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (!failed) return 1;
    if (missing) *missing = failed == ENOENT;
    if (failed == ENOENT) return error_set(error, "there is no program %s", argv[0]);
    return error_set(error, "cannot start the program %s: %s", argv[0], strerror(failed));
}

int process_run(const char *const *argv, int in, int out, int err, char *error)
{
    pid_t child;
    int missing;
    if (process_start(&child, argv, in, out, err, &missing, error)) return process_wait(child);
    return missing ? 127 : 126;
}

/* ---- the program's own begin and end ---- */

/* A closed standard stream is opened the wrong way round, so that using it fails as it did. */
static void fill_closed_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) (void)open("/dev/null", fd ? O_RDONLY : O_WRONLY);
}

static void on_no_time(int number)
{
    static const char sentence[] = "rungs: out of time: the limit on CPU time (ulimit -t) is reached\n";
    ssize_t wrote = write(STDERR_FILENO, sentence, sizeof sentence - 1);
    (void)number, (void)wrote;
    _exit(EXIT_RESOURCES);
}

/* At the hard limit the system kills without a word; at the soft one, a second before, there
 * is time for a sentence. */
static void watch_cpu_time(void)
{
    struct rlimit limit;
    signal(SIGXCPU, on_no_time);
    if (getrlimit(RLIMIT_CPU, &limit) || limit.rlim_max == RLIM_INFINITY || limit.rlim_max < 2) return;
    if (limit.rlim_cur >= limit.rlim_max) limit.rlim_cur = limit.rlim_max - 1;
    setrlimit(RLIMIT_CPU, &limit);
}

void process_begin(void)
{
    sigset_t none;
    fill_closed_streams();
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGXFSZ, SIG_IGN);
    watch_cpu_time();
}

int process_end(const char *name, int exit_code)
{
    int out = file_failure(stdout), err = file_failure(stderr);
    if (out && !err) fprintf(stderr, "%s: cannot write to standard output: %s\n", name, strerror(out));
    return exit_code == EXIT_OK && (out || err) ? EXIT_OUTPUT : exit_code;
}
