/* child.c - running one's own verbs; see child.h. */
#include "child.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "args.h"

enum { MOST_WORDS = 32 };

static int cannot(const char *what, const char *verb)
{
    fflush(stdout);
    fprintf(stderr, "rungs: %s for `rungs %s`: %s\n", what, verb, strerror(errno));
    return EXIT_WRONG;
}

/* in the child: becomes `rungs argv...`, writing to `out` if that is not -1 */
static void become(const char *const *argv, int out)
{
    char *word[MOST_WORDS + 2] = { "rungs" };
    int n = 1;
    for (; argv[n - 1] && n <= MOST_WORDS; n++) word[n] = strdup(argv[n - 1]);
    if (out >= 0) dup2(out, STDOUT_FILENO);
    execv("/proc/self/exe", word);
    _exit(cannot("this program cannot be started again", argv[0]));
}

static void read_lines(int from, child_line_fn *line, void *context)
{
    FILE *in = fdopen(from, "r");
    char *text = NULL;
    size_t room = 0;
    ssize_t n;
    if (!in) {
        close(from);
        return;
    }
    while ((n = getline(&text, &room, in)) > 0) {
        if (text[n - 1] == '\n') text[n - 1] = '\0';
        line(text, context);
    }
    free(text);
    fclose(in);
}

int child_run(const char *const *argv, child_line_fn *line, void *context)
{
    int end[2] = { -1, -1 }, status;
    fflush(NULL); /* or the child would write this program's lines again */
    if (line && pipe(end)) return cannot("no pipe", argv[0]);
    pid_t pid = fork();
    if (pid < 0) {
        if (line) close(end[0]), close(end[1]);
        return cannot("no process", argv[0]);
    }
    if (!pid) {
        if (line) close(end[0]);
        become(argv, end[1]);
    }
    if (line) {
        close(end[1]);
        read_lines(end[0], line, context);
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return cannot("no news", argv[0]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
