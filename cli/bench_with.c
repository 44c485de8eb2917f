/* bench_with.c - a kernel from outside among the rungs; see bench_with.h. */
#include "bench_with.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/terminal.h"
#include "../bench/standing.h"
#include "../optimized/guard.h"
#include "args.h"
#include "with.h"

static struct with mine;
static int is_given;
static char racing[SHAPE_TEXT + 100]; /* the operation and shape, for the sentence about a crash */

int bench_with_read(const char *text, const struct op *op, int limit)
{
    int code = with_read(&mine, "bench", text, op);
    is_given = code < 0;
    check_shape_seconds = limit ? (unsigned)limit : WITH_SECONDS;
    return code;
}

/* What passed its checks and crashes all the same takes the race with it: nothing is known
 * of the process any more. */
static void on_fault(const char *sentence)
{
    static char text[600];
    int n = snprintf(text, sizeof text, "\nrungs bench: in the race of %s a call %s; nothing is saved\n",
                     racing, sentence);
    ssize_t wrote = n > 0 ? write(STDERR_FILENO, text, (size_t)n) : 0;
    (void)wrote;
}

/* the same for a call of exit() */
static void on_exit_of(int code, void *process)
{
    if (!*racing || code == EXIT_RESOURCES || getpid() != *(pid_t *)process) return;
    char sentence[64];
    snprintf(sentence, sizeof sentence, "ended the program with exit code %d", code);
    on_fault(sentence);
    _exit(EXIT_WRONG);
}

int bench_with_prepare(const struct op *op)
{
    char error[ERROR_TEXT];
    const char *lacks = rung_lacks(mine.ladder->needs);
    if (!is_given) return -1;
    if (lacks)
        return args_fail(EXIT_SKIPPED, "bench", "%s cannot run here: this machine has no %s", mine.function,
                         lacks);
    int code = with_prepare(&mine);
    if (code >= 0) return code;
    struct check check = (mine.is_cuda ? with_check_cuda : with_check)(op, mine.ladder, NULL, 1);
    int shapes = check.shapes;
    if (check.verdict == CHECK_PASS && !mine.is_cuda)
        check = with_check(op, mine.ladder, race_probe_shape(op), 1);
    if (check.verdict == CHECK_FAIL)
        return args_fail(EXIT_WRONG, "bench", "%s is wrong and is not raced: %s", mine.function,
                         check.reason);
    if (check.verdict != CHECK_PASS) return args_fail(EXIT_RESOURCES, "bench", "%s", check.reason);
    printf("%s of %s passed its check at %d shapes\n", mine.function, mine.path, shapes);
    if (!with_load(&mine, error)) return args_fail(EXIT_INPUT, "bench", "%s", error);
    if (mine.is_cuda) return -1; /* what goes wrong on the device is the device's to tell */
    static pid_t process;
    process = getpid();
    on_exit(on_exit_of, &process);
    guard_watch(on_fault);
    return -1;
}

void bench_with_check(const struct check_case *problem, struct contestant *c, int n)
{
    static struct check check;
    if (!is_given) return;
    snprintf(racing, sizeof racing, "%.60s %s", problem->op->name, problem->shape);
    check = with_check_on(problem, mine.ladder);
    for (int i = 0; i < n; i++)
        if (c[i].is_outside) c[i].refused = check.verdict == CHECK_PASS ? NULL : check.reason;
}

int bench_with_is_cuda(void)
{
    return is_given && mine.is_cuda;
}

void bench_with_ended(void)
{
    *racing = '\0';
}

struct contestant bench_with_contestant(int threads)
{
    struct contestant c = { .threads = threads };
    if (!is_given) return c;
    c.name = mine.function;
    c.rung = mine.ladder;
    c.is_outside = 1;
    c.set_threads = mine.set_threads;
    return c;
}

void bench_with_report(const struct row *row, int n)
{
    char text[STANDING_TEXT];
    for (const struct row *x = row; x < row + n; x++)
        if (x->kind == ROW_OUTSIDE && x->seconds > 0)
            terminal_print(stdout, 6, "  %s\n", standing_text(row, n, x, text));
}
