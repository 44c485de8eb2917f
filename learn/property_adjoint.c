/* property_adjoint.c - a convolution is linear in its image and in its kernels, and its backward functions
 * are the transposed maps; see property.h.
 *
 * For any image x, kernels w and numbers y of the results' shape
 *
 *   <conv(x, w), y>  =  <x, dx(w, y)>  =  <w, dw(x, y)>
 *
 * and db(y) is the sum of y over images and places: no derivative is measured here. */
#include "property.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/error.h"
#include "../base/memory.h"
#include "../reference/philox.h"

enum { N, C, HEIGHT, WIDTH, K, ROWS, COLUMNS, STRIDE, DILATION, GROUPS, TOP, LEFT, BOTTOM, RIGHT };

/* extents all different, and groups, strides, dilations and paddings */
static const int shapes[][MAX_SIZES] = {
    { 2, 3, 5, 7, 4, 3, 2, 1, 1, 1, 0, 0, 0, 0 },  { 1, 2, 8, 6, 3, 2, 3, 2, 1, 1, 1, 0, 2, 1 },
    { 3, 4, 7, 9, 6, 3, 3, 1, 2, 2, 2, 2, 2, 2 },  { 2, 6, 6, 5, 3, 2, 2, 2, 2, 3, 1, 2, 0, 1 },
    { 1, 1, 1, 11, 1, 1, 4, 3, 1, 1, 0, 3, 0, 2 },
};

/* the arrays of one shape */
struct arrays {
    float *x, *w, *b, *y, *dx, *dw, *db;
    size_t nx, nw, ny;
};

static float *random_numbers(size_t n, uint64_t stream)
{
    float *at = memory_need(n, sizeof *at);
    for (size_t k = 0; k < n; k++) at[k] = (float)philox_word(0x61646a, stream, k) * 0x1p-31F - 1;
    return at;
}

/* what is written, with NaN in it */
static float *to_write(size_t n)
{
    float *at = memory_need(n, sizeof *at);
    for (size_t k = 0; k < n; k++) at[k] = NAN;
    return at;
}

static struct arrays arrays_make(const struct op *forward, const int *size)
{
    struct arrays a = { .nx = op_elements(forward, 0, size),
                        .nw = op_elements(forward, 1, size),
                        .ny = op_elements(forward, 3, size) };
    a.x = random_numbers(a.nx, 1), a.w = random_numbers(a.nw, 2), a.y = random_numbers(a.ny, 3);
    a.b = memory_need((size_t)size[K], sizeof *a.b);
    memset(a.b, 0, (size_t)size[K] * sizeof *a.b);
    a.dx = to_write(a.nx), a.dw = to_write(a.nw), a.db = to_write((size_t)size[K]);
    return a;
}

static void arrays_free(struct arrays *a)
{
    free(a->x), free(a->w), free(a->b), free(a->y), free(a->dx), free(a->dw), free(a->db);
}

static double dot(size_t n, const float *a, const float *b, double *size)
{
    double sum = 0;
    *size = 0;
    for (size_t k = 0; k < n; k++) {
        const double term = (double)a[k] * (double)b[k];
        sum += term, *size += fabs(term);
    }
    return sum;
}

static int is_same(double a, double b, double size)
{
    return fabs(a - b) <= 1e-5 * (1 + size);
}

/* db (K): the sums of y */
static int sums_up(const struct arrays *a, const int *size, char *error)
{
    const size_t planes = (size_t)size[N] * (size_t)size[K], places = a->ny / planes;
    for (int k = 0; k < size[K]; k++) {
        double sum = 0;
        for (size_t n = (size_t)k; n < planes; n += (size_t)size[K])
            for (size_t i = 0; i < places; i++) sum += (double)a->y[n * places + i];
        if (!is_same(sum, (double)a->db[k], (double)a->ny))
            return error_set(error, "db[%d] is %.6g, and the sum of its dy is %.6g", k, (double)a->db[k],
                             sum);
    }
    return 1;
}

static int is_adjoint(const struct op *op, call_fn *own, const int *size, char *error)
{
    const struct op *forward = op_find("conv2d_forward");
    const int of_image = !strcmp(op->name, "conv2d_backward_dx");
    struct arrays a = arrays_make(forward, size);
    float *conv = to_write(a.ny);
    char shape[SHAPE_TEXT];
    double scale, other_scale;
    op_call(forward, forward->cpu->run, size, (void *const[]){ a.x, a.w, a.b, conv });
    const double there = dot(a.ny, conv, a.y, &scale);
    if (of_image)
        own(op, size, (void *const[]){ a.w, a.y, a.dx });
    else
        own(op, size, (void *const[]){ a.x, a.y, a.dw, a.db });
    const double back = of_image ? dot(a.nx, a.x, a.dx, &other_scale) : dot(a.nw, a.w, a.dw, &other_scale);
    int ok = is_same(there, back, scale);
    if (!ok)
        error_set(error,
                  "<conv(x, w), y> is %.6g and <%s> is %.6g at %s: for any x, w and y they are the same",
                  there, of_image ? "x, dx(w, y)" : "w, dw(x, y)", back, op_shape_text(op, size, shape));
    if (ok && !of_image) ok = sums_up(&a, size, error);
    arrays_free(&a), free(conv);
    return ok;
}

int convolution_adjoint(const struct op *op, call_fn *own, char *error)
{
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++)
        if (!is_adjoint(op, own, shapes[k], error)) return 0;
    return 1;
}
