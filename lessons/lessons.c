/* lessons.c - the one list of lessons; see lesson.h. */
#include "lesson.h"

#include <stdlib.h>
#include <string.h>

/* ---- 01_mlp_backprop ---- */

int lesson_01_main(void), lesson_01_steps(void), lesson_01_lies(void), lesson_01_rate(void),
    lesson_01_errata(void);
extern const struct formula lesson_01_formulas[];
void lesson_01_draw(uint64_t seed);

static const struct lesson_program lesson_01_programs[] = {
    { "main", lesson_01_main, "the network of the section By hand, every number of it" },
    { "steps", lesson_01_steps, "CSV: the error of numerical gradients against the step h" },
    { "lies", lesson_01_lies, "three gradient checks that say the wrong thing, and their cures" },
    { "rate", lesson_01_rate, "CSV: the experiment, final loss against learning rate" },
    { "errata", lesson_01_errata, "what the articles print about backpropagation, against the truth" },
    { 0 },
};

/* ---- the list ---- */

const struct lesson lessons[] = {
    { "01", "01_mlp_backprop", "Backpropagation through a multi-layer perceptron", lesson_01_programs,
      lesson_01_draw, lesson_01_formulas },
    { 0 },
};

const struct lesson *lesson_find(const char *number)
{
    char *end;
    long wanted = strtol(number, &end, 10);
    if (end == number || *end) return NULL;
    for (const struct lesson *l = lessons; l->number; l++)
        if (strtol(l->number, NULL, 10) == wanted) return l;
    return NULL;
}
