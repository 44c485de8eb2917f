/* examples.c - see examples.h. */
#include "examples.h"

#include <math.h>
#include <string.h>

#include "../base/memory.h"

static int are_bytes(const float *x, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (!(x[k] >= 0 && x[k] <= 255 && x[k] == floorf(x[k]))) return 0;
    return 1;
}

void examples_take(struct examples *e, int n, struct shape shape, const float *numbers)
{
    const int features = shape_features(shape);
    const size_t all = (size_t)n * (size_t)features;
    const int is_real = !are_bytes(numbers, all);
    e->shape = shape;
    e->split.n = n;
    if (is_real) {
        e->split.real = memory_need(all, sizeof *numbers);
        memcpy(e->split.real, numbers, all * sizeof *numbers);
        return;
    }
    e->split.image = memory_need(all, 1);
    for (size_t k = 0; k < all; k++) e->split.image[k] = (unsigned char)numbers[k];
}
