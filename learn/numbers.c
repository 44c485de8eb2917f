/* numbers.c - whether a number that was written is right; see learn.h. */
#include "learn.h"

#include <math.h>

static int is_within(double value, double of, double factor)
{
    return value * of > 0 && fabs(value) <= fabs(of) * factor && fabs(value) * factor >= fabs(of);
}

int answer_accepts(const struct answer *a, double value)
{
    if (a->factor > 1) return is_within(value, a->value, a->factor);
    return fabs(value - a->value) <= a->tolerance;
}

const struct slip *answer_slip(const struct answer *a, double value)
{
    for (const struct slip *s = a->slip; s->about; s++)
        if (fabs(value - s->value) <= 0.02 * fabs(s->value) || value == s->value) return s;
    return NULL;
}
