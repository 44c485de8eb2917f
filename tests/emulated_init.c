/* emulated_init.c - the first and only process of the machine that emulate_avx512.sh emulates: runs the
 * programs that the kernel's command line names after `--`, one after the other, and switches the machine
 * off. What they print goes to the first serial port. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int run(char *program)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        execl(program, program, (char *)NULL);
        perror(program);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    if (getpid() != 1) {
        fprintf(stderr, "%s: only the emulated machine of tests/emulate_avx512.sh runs this program\n",
                argv[0]);
        return 64;
    }
    mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
    int serial = open("/dev/ttyS0", O_RDWR);
    for (int fd = 0; fd < 3 && serial >= 0; fd++) dup2(serial, fd);
    for (int i = 1; i < argc; i++) {
        int code = run(argv[i]);
        printf("EXIT %d %s\n", code, argv[i]);
        fflush(stdout);
    }
    tcdrain(1);
    reboot(RB_POWER_OFF);
    return 1;
}
