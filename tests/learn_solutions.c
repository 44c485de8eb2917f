/* learn_solutions.c - writes the solution of every exercise into a folder: what a student who passes them
 * all has written. `learn_solutions FOLDER`; it says how many there are. A wrong version that no exercise
 * has to reject is an error. */
#include <stdio.h>
#include <stdlib.h>

#include "../learn/learn.h"

static int is_of_an_exercise(const struct mistake *m)
{
    for (const struct exercise *e = exercises(); e->number; e++)
        if (exercise_has_mistake(e, m)) return 1;
    return 0;
}

int main(int argc, char **argv)
{
    int n = 0;
    if (argc != 2) return 2;
    for (const struct exercise *e = exercises(); e->number; e++, n++) {
        char path[4096], *text = exercise_solution(e);
        snprintf(path, sizeof path, "%s/%s", argv[1], e->file);
        FILE *f = fopen(path, "w");
        if (!text || !f || fputs(text, f) < 0 || fclose(f)) {
            printf("FAIL: cannot write %s\n", path);
            return 1;
        }
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
