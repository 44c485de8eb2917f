/* exercises.c - the exercises of all lessons as one list, in the order of the course; see learn.h. */
#include "lessons.h"

#include <string.h>

#include "../base/error.h"

const char *const gate_names[GATES] = {
    [GATE_COMPILE] = "compile", [GATE_GRADIENT] = "gradient", [GATE_VALUES] = "values",
    [GATE_EDGES] = "edges",     [GATE_RACE] = "race",         [GATE_NUMBERS] = "numbers"
};

const struct exercise *exercises(void)
{
    static const struct exercise *const lessons[] = { lesson_1, lesson_2, lesson_3, lesson_4,
                                                      lesson_5, lesson_6, lesson_7 };
    static struct exercise all[MOST_EXERCISES + 1];
    int n = 0;
    if (all->number) return all;
    for (size_t l = 0; l < sizeof lessons / sizeof *lessons; l++)
        for (const struct exercise *e = lessons[l]; e->number && n < MOST_EXERCISES; e++) all[n++] = *e;
    return all;
}

const struct exercise *exercise_find(const char *name)
{
    for (const struct exercise *e = exercises(); e->number; e++) {
        size_t n = strlen(e->number);
        if (!strcmp(name, e->number) || !strcmp(name, e->name)) return e;
        if (!strncmp(name, e->number, n) && name[n] == '_' && !strcmp(name + n + 1, e->name)) return e;
    }
    return NULL;
}

const struct op *exercise_op(const struct exercise *e, const struct op *op, int k)
{
    char error[ERROR_TEXT];
    if (k == 0) return op;
    return k <= MOST_SETS && e->set[k - 1] ? op_with(op, e->set[k - 1], error) : NULL;
}
