/* learn_solutions.c - writes the solution of every exercise into a folder: what a student who passes them
 * all has written. `learn_solutions FOLDER`; it says how many there are. A wrong version that no exercise
 * has to reject is an error.
 *
 * `learn_solutions FOLDER NUMBER K` writes the K-th wrong version of an exercise on kernels there, from 0 on,
 * and says its name; 1: there are not so many. */
#include <stdio.h>
#include <stdlib.h>

#include "../learn/learn.h"

static int is_of_an_exercise(const struct mistake *m)
{
    for (const struct exercise *e = exercises(); e->number; e++)
        if (exercise_has_mistake(e, m)) return 1;
    return 0;
}

static int write_file(const char *folder, const struct exercise *e, const char *text)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, e->file);
    FILE *f = text ? fopen(path, "w") : NULL;
    if (f && fputs(text, f) >= 0 && !fclose(f)) return 1;
    printf("FAIL: cannot write %s\n", path);
    return 0;
}

static int write_wrong(const char *folder, const char *number, int k)
{
    const struct exercise *e = exercise_find(number);
    const struct kernel_wrong *w = e && e->kernel ? e->kernel->wrong : NULL;
    while (w && w->name && k--) w++;
    if (!w || !w->name) return 1;
    char *text = kernel_changed(e, w);
    int ok = write_file(folder, e, text);
    free(text);
    if (ok) puts(w->name);
    return !ok;
}

int main(int argc, char **argv)
{
    int n = 0;
    if (argc == 4) return write_wrong(argv[1], argv[2], atoi(argv[3]));
    if (argc != 2) return 2;
    for (const struct exercise *e = exercises(); e->number; e++, n++) {
        char *text = exercise_solution(e);
        if (!write_file(argv[1], e, text)) return 1;
        free(text);
    }
    for (const struct mistake *m = mistakes; m->op; m++)
        if (!is_of_an_exercise(m)) {
            printf("FAIL: no exercise rejects %s \"%s\"\n", m->op, m->name);
            return 1;
        }
    printf("%d\n", n);
    return 0;
}
