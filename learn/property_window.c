/* property_window.c - what is true of right convolutions and poolings; see property.h. */
#include "property.h"

#include <math.h>
#include <string.h>

#include "../base/error.h"

/* ---- a kernel with a single 1 ---- */

/* an image of 1 x 1 x 5 x 7, a kernel of 3 x 2, all extents different; y of 5 x 4 */
enum { H = 5, W = 7, R = 3, S = 2, STRIDE = 2, DILATION = 3, TOP = 4, LEFT = 0, BOTTOM = 6, RIGHT = 3 };
enum { P = (H + TOP + BOTTOM - DILATION * (R - 1) - 1) / STRIDE + 1 };
enum { Q = (W + LEFT + RIGHT - DILATION * (S - 1) - 1) / STRIDE + 1 };

/* y (P,Q) of the kernel with a 1 at (r,s): x where it is in the image, else 0 */
static int moves(const struct op *op, call_fn *own, int r, int s, char *error)
{
    static const int size[MAX_SIZES] = { 1, 1, H, W, 1, R, S, STRIDE, DILATION, 1, TOP, LEFT, BOTTOM, RIGHT };
    float x[H * W], w[R * S] = { 0 }, b[1] = { 0 }, y[P * Q];
    void *const buf[] = { x, w, b, y };
    for (int i = 0; i < H * W; i++) x[i] = (float)(i + 1);
    memset(y, 0xff, sizeof y);
    w[r * S + s] = 1;
    own(op, size, buf);
    for (int i = 0; i < P * Q; i++) {
        int h = i / Q * STRIDE + r * DILATION - TOP, v = i % Q * STRIDE + s * DILATION - LEFT;
        float expected = h >= 0 && h < H && v >= 0 && v < W ? x[h * W + v] : 0;
        if (y[i] == expected) continue;
        return error_set(
            error,
            "for an image of %d x %d and a kernel of %d x %d with a single 1, at [%d][%d], stride %d, "
            "dilation %d, top %d, left %d: y[%d][%d] reads x[%d][%d], which is %s%g; yours is %g",
            H, W, R, S, r, s, STRIDE, DILATION, TOP, LEFT, i / Q, i % Q, h, v,
            expected == 0 ? "outside: " : "", (double)expected, (double)y[i]);
    }
    return 1;
}

int delta_kernel(const struct op *op, call_fn *own, char *error)
{
    for (int i = 0; i < R * S; i++)
        if (!moves(op, own, i / S, i % S, error)) return 0;
    return 1;
}

/* ---- the first of the largest ---- */

/* an image of one row, and the windows of 3 over it, `pad` beyond its ends */
struct row {
    const char *about;
    int pad;
    float x[5];
    int best[5]; /* of each window; 3 of them, with pad 1 five */
};

static const struct row rows[] = {
    { "two are equal", 0, { 1, 3, 3, 2, 3 }, { 1, 1, 2 } },
    { "all are 0", 0, { 0, 0, 0, 0, 0 }, { 0, 1, 2 } },
    { "all are below 0", 1, { -4, -2, -3, -1, -5 }, { 1, 1, 3, 3, 3 } },
    { "one is NaN", 0, { 1, NAN, 5, 7, 6 }, { 1, 1, 3 } },
    { "two are NaN", 0, { NAN, 9, NAN, 1, 2 }, { 0, 2, 2 } },
    { "all are -infinity", 0, { -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY }, { 0, 1, 2 } },
};

static int is_equal(float a, float b)
{
    return a == b || (isnan(a) && isnan(b));
}

static int finds_first(const struct op *op, call_fn *own, const struct row *row, char *error)
{
    const int n = row->pad ? 5 : 3, size[MAX_SIZES] = { 1, 1, 1, 5, row->pad ? 3 : 1, 3, row->pad, 1, 0 };
    float x[5], y[5];
    int index[5];
    void *const buf[] = { x, y, index };
    memcpy(x, row->x, sizeof x);
    memset(y, 0xff, sizeof y), memset(index, 0xff, sizeof index);
    own(op, size, buf);
    for (int k = 0; k < n; k++)
        if (index[k] != row->best[k] || !is_equal(y[k], x[row->best[k]]))
            return error_set(
                error,
                "where %s, in the row %g %g %g %g %g with padding %d: window %d of 3 numbers has "
                "its maximum at %d, and it is %g; yours is at %d, %g",
                row->about, (double)x[0], (double)x[1], (double)x[2], (double)x[3], (double)x[4], row->pad, k,
                row->best[k], (double)row->x[row->best[k]], index[k], (double)y[k]);
    return 1;
}

int first_largest(const struct op *op, call_fn *own, char *error)
{
    if (strcmp(op->name, "maxpool_forward") != 0) return 1;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        if (!finds_first(op, own, &rows[k], error)) return 0;
    return 1;
}
