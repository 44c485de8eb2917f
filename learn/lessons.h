/* lessons.h - the exercises of each lesson, which exercises.c joins, and what their rows are written with. */
#ifndef RUNGS_LEARN_LESSONS_H
#define RUNGS_LEARN_LESSONS_H

#include "learn.h"
#include "property.h"

/* each ends with number == NULL */
extern const struct exercise lesson_1[], lesson_2[], lesson_3[], lesson_4[], lesson_5[], lesson_6[],
    lesson_7[];

/* kernels.c */
extern const struct kernel_task first_kernel, shared_tile, no_branches, warp_row, many_tensors,
    same_everywhere, halo;

/* the values of GATE_EDGES */
#define EDGE(...) \
    .edge = (const float[]){ __VA_ARGS__ }, .edges = sizeof((const float[]){ __VA_ARGS__ }) / sizeof(float)

#endif
