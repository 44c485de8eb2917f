/* pool_wrong.c - wrong versions of pooling by maximum: x (N,C,H,W), windows of R x S, y and index (N,C,P,Q);
 * see mistakes.h. */
#include "../reference/real.h"
#include "../reference/windows.h"
#include "wrong.h"

enum wrong {
    LAST_LARGEST, /* of equal numbers the last                              */
    COLUMNS,      /* of equal numbers the first column by column            */
    FROM_ZERO,    /* the search begins with a 0 that is in no image         */
    ZEROS_BEYOND, /* beyond the edges are zeros                             */
    NAN_LOSES,    /* a NaN is never larger, and stays only if it is first   */
    IN_WINDOW,    /* index counts in the window, and not in the plane       */
    IN_ARRAY      /* index counts in all planes                             */
};

struct best {
    real value;
    int at;
};

static int wins(real a, real b, enum wrong wrong)
{
    if (wrong == NAN_LOSES) return a > b;
    if (wrong == LAST_LARGEST) return a >= b || a != a;
    return a > b || (a != a && b == b);
}

static struct best look(struct window_span rows, struct window_span cols, int W, const real *x,
                        enum wrong wrong)
{
    int many = (rows.end - rows.first) * (cols.end - cols.first), high = rows.end - rows.first,
        wide_ = cols.end - cols.first;
    struct best best = { x[rows.first * W + cols.first], rows.first * W + cols.first };
    if (wrong == FROM_ZERO) best.value = 0;
    for (int k = 0; k < many; k++) {
        int h = rows.first + (wrong == COLUMNS ? k % high : k / wide_);
        int w = cols.first + (wrong == COLUMNS ? k / high : k % wide_);
        if (wins(x[h * W + w], best.value, wrong)) best = (struct best){ x[h * W + w], h * W + w };
    }
    return best;
}

static void forward(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                    const real *x, real *y, int *index, enum wrong wrong)
{
    int P = windows_along(H, R, pad, stride, ceil_mode), Q = windows_along(W, S, pad, stride, ceil_mode);
    for (int plane = 0; plane < N * C; plane++, x += (size_t)H * (size_t)W)
        for (int k = 0; k < P * Q; k++, y++, index++) {
            struct window_span rows = window_holds(k / Q, H, R, pad, stride),
                               cols = window_holds(k % Q, W, S, pad, stride);
            struct best best = look(rows, cols, W, x, wrong);
            int hangs = (rows.end - rows.first) * (cols.end - cols.first) < R * S;
            *y = wrong == ZEROS_BEYOND && hangs && best.value < 0 ? 0 : best.value;
            *index = best.at;
            if (wrong == IN_WINDOW) *index = (best.at / W - rows.first) * S + best.at % W - cols.first;
            if (wrong == IN_ARRAY) *index = plane * H * W + best.at;
        }
}

#define FORWARD(name, wrong)                                                                     \
    void REF(name)(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode, \
                   const real *x, real *y, int *index)                                           \
    {                                                                                            \
        forward(N, C, H, W, R, S, pad, stride, ceil_mode, x, y, index, wrong);                   \
    }
FORWARD(pool_last_largest, LAST_LARGEST)
FORWARD(pool_columns, COLUMNS)
FORWARD(pool_from_zero, FROM_ZERO)
FORWARD(pool_zeros_beyond, ZEROS_BEYOND)
FORWARD(pool_nan_loses, NAN_LOSES)
FORWARD(pool_in_window, IN_WINDOW)
FORWARD(pool_in_array, IN_ARRAY)

/* ---- dx (N,C,H,W) = the sum of dy over the windows whose maximum it was ---- */

enum wrong_way { OVERWRITES, NOT_CLEARED, NO_UPSTREAM, FIRST_PLANE, FIRST_OF_WINDOW, SHARED };

static void backward(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                     const int *index, const real *dy, real *dx, enum wrong_way wrong)
{
    int P = windows_along(H, R, pad, stride, ceil_mode), Q = windows_along(W, S, pad, stride, ceil_mode);
    for (size_t k = 0; k < (size_t)N * C * H * W && wrong != NOT_CLEARED; k++) dx[k] = 0;
    for (int k = 0; k < N * C * P * Q; k++) {
        struct window_span rows = window_holds(k / Q % P, H, R, pad, stride),
                           cols = window_holds(k % Q, W, S, pad, stride);
        int many = (rows.end - rows.first) * (cols.end - cols.first);
        real *to = dx + (wrong == FIRST_PLANE ? 0 : k / (P * Q) * H * W) + index[k];
        if (wrong == FIRST_OF_WINDOW) to += rows.first * W + cols.first - index[k];
        if (wrong == OVERWRITES)
            *to = dy[k];
        else
            *to += (wrong == NO_UPSTREAM ? 1 : dy[k]) / (wrong == SHARED ? many : 1);
    }
}

#define BACKWARD(name, wrong)                                                                    \
    void REF(name)(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode, \
                   const int *index, const real *dy, real *dx)                                   \
    {                                                                                            \
        backward(N, C, H, W, R, S, pad, stride, ceil_mode, index, dy, dx, wrong);                \
    }
BACKWARD(unpool_overwrites, OVERWRITES)
BACKWARD(unpool_not_cleared, NOT_CLEARED)
BACKWARD(unpool_no_upstream, NO_UPSTREAM)
BACKWARD(unpool_first_plane, FIRST_PLANE)
BACKWARD(unpool_first_of_window, FIRST_OF_WINDOW)
BACKWARD(unpool_shared, SHARED)
