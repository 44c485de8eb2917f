/* learn_points.c - what the speed of a right rung is worth: its share of what the machine can do at best; see
 * learn.h.
 *
 * The roof is measured where and when the race is, and it is that of the instructions that the rung to reach
 * uses: a student's file is compiled for the same ones. So the points of a program are about the same on a
 * slow machine and on a fast one, and nobody needs the seconds of another machine. */
#include "learn.h"

#include <math.h>
#include <stdio.h>

#include "../bench/machine.h"

const char points_formula[] =
    "points: 100 x (least time that the measured roof allows) / (time), rounded down, 100 at most";

double points_share(double roof_seconds, double seconds)
{
    return roof_seconds > 0 && seconds > 0 ? roof_seconds / seconds : (double)NAN;
}

int points_of(double share)
{
    if (!(share > 0)) return 0;
    return share < 1 ? (int)(100 * share) : 100;
}

int points_measure(struct roofs *r)
{
    const struct machine m = machine_facts();
    return roof_measure(r, &m, 1);
}

struct bound points_roof(const struct roofs *r, const struct op *op, const int *size,
                         const struct rung *reach)
{
    const unsigned needs = reach->needs;
    const int isa = needs & NEED_AVX512 ? ROOF_AVX512 : needs & NEED_AVX2 ? ROOF_AVX2 : ROOF_BASE;
    return roof_bound(r, op, size, op->flops(size), isa, 0);
}
