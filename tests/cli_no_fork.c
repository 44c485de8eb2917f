/* cli_no_fork.c - a library to preload: no process can be started, as where RLIMIT_NPROC is reached
 * (which root never does). */
#include <errno.h>
#include <spawn.h>
#include <unistd.h>

pid_t fork(void)
{
    errno = EAGAIN;
    return -1;
}

int posix_spawn(pid_t *restrict pid, const char *restrict path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *restrict attributes, char *const argv[restrict],
                char *const envp[restrict])
{
    (void)pid, (void)path, (void)actions, (void)attributes, (void)argv, (void)envp;
    return EAGAIN;
}

int posix_spawnp(pid_t *restrict pid, const char *restrict file, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *restrict attributes, char *const argv[restrict],
                 char *const envp[restrict])
{
    return posix_spawn(pid, file, actions, attributes, argv, envp);
}
