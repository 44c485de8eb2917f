/* conv_wrong.c - wrong versions of a convolution: x (N,C,H,W), w (K,C/groups,R,S), b (K), y (N,K,P,Q); see
 * mistakes.h.
 *
 * Each is the seven loops, once for all, and a word about what is wrong in them. */
#include "../reference/real.h"
#include "wrong.h"

enum wrong {
    FLIPPED,       /* the kernel is read from its end                      */
    NO_PADDING,    /* top and left count as 0                              */
    TOP_FOR_LEFT,  /* the columns are shifted by top                       */
    EDGE_REPEATED, /* beyond the edge is the number at the edge, and not 0 */
    EXCHANGED,     /* stride and dilation in each other's place            */
    NO_DILATION,   /* dilation counts as 1                                 */
    NO_STRIDE,     /* stride counts as 1                                   */
    FIRST_GROUP,   /* every kernel sees the planes of the first group      */
    FIRST_PLANE,   /* a kernel sees the first plane of its group alone     */
    FIRST_IMAGE,   /* of dw and db: the other images send nothing back     */
    LAST,          /* what is sent back is set and not added               */
    NOT_CLEARED,   /* what is sent back is added to what was there before  */
    NO_UPSTREAM,   /* dy counts as 1                                       */
    OVER_IMAGES    /* dw and db are divided by N                           */
};

#define SIZES                                                                                       \
    int N, int C, int H, int W, int K, int R, int S, int stride, int dilation, int groups, int top, \
        int left, int bottom, int right
#define THESE N, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right

static int results(int extent, int before, int behind, int window, int stride, int dilation)
{
    return (extent + before + behind - dilation * (window - 1) - 1) / stride + 1;
}

/* element (i,j,k,l) of an array (.,J,K,L) */
static size_t at(int i, int j, int k, int l, int J, int K, int L)
{
    return (((size_t)i * (size_t)J + (size_t)j) * (size_t)K + (size_t)k) * (size_t)L + (size_t)l;
}

static int clamped(int i, int extent)
{
    return i < 0 ? 0 : i >= extent ? extent - 1 : i;
}

/* Where result p meets number r of a kernel of `window`, along an axis of `extent`; -1: outside */
static int meets(int p, int r, int window, int extent, int stride, int dilation, int before, enum wrong wrong)
{
    if (wrong == NO_PADDING) before = 0;
    if (wrong == NO_DILATION) dilation = 1;
    if (wrong == NO_STRIDE) stride = 1;
    if (wrong == FLIPPED) r = window - 1 - r;
    int i = wrong == EXCHANGED ? p * dilation + r * stride - before : p * stride + r * dilation - before;
    if (wrong == EDGE_REPEATED) return clamped(i, extent);
    return i >= 0 && i < extent ? i : -1;
}

/* calls visit with every product of the loops: of element i of x, j of w, k of y */
#define EACH_PRODUCT(...)                                                                                \
    const int P = results(H, top, bottom, R, stride, dilation),                                          \
              Q = results(W, left, right, S, stride, dilation), per = C / groups;                        \
    for (int n = 0; n < (wrong == FIRST_IMAGE ? 1 : N); n++)                                             \
        for (int k = 0; k < K; k++)                                                                      \
            for (int p = 0; p < P; p++)                                                                  \
                for (int q = 0; q < Q; q++)                                                              \
                    for (int c = 0; c < (wrong == FIRST_PLANE ? 1 : per); c++)                           \
                        for (int r = 0; r < R; r++)                                                      \
                            for (int s = 0; s < S; s++) {                                                \
                                int first = wrong == FIRST_GROUP ? 0 : k / (K / groups) * per;           \
                                int h = meets(p, r, R, H, stride, dilation, top, wrong);                 \
                                int v = meets(q, s, S, W, stride, dilation,                              \
                                              wrong == TOP_FOR_LEFT ? top : left, wrong);                \
                                if (h < 0 || v < 0) continue;                                            \
                                size_t of_x = at(n, first + c, h, v, C, H, W),                           \
                                       of_w = at(k, c, r, s, per, R, S), of_y = at(n, k, p, q, K, P, Q); \
                                __VA_ARGS__                                                              \
                            }

static void forward(SIZES, const real *x, const real *w, const real *b, real *y, enum wrong wrong)
{
    const int plane =
        results(H, top, bottom, R, stride, dilation) * results(W, left, right, S, stride, dilation);
    for (size_t i = 0; i < at(N, 0, 0, 0, K, plane, 1); i++) y[i] = b[i / (size_t)plane % (size_t)K];
    EACH_PRODUCT(y[of_y] += x[of_x] * w[of_w];)
}

#define FORWARD(name, wrong)                                                    \
    void REF(name)(SIZES, const real *x, const real *w, const real *b, real *y) \
    {                                                                           \
        forward(THESE, x, w, b, y, wrong);                                      \
    }
FORWARD(conv_flipped, FLIPPED)
FORWARD(conv_no_padding, NO_PADDING)
FORWARD(conv_top_for_left, TOP_FOR_LEFT)
FORWARD(conv_edge_repeated, EDGE_REPEATED)
FORWARD(conv_exchanged, EXCHANGED)
FORWARD(conv_no_dilation, NO_DILATION)
FORWARD(conv_no_stride, NO_STRIDE)
FORWARD(conv_first_group, FIRST_GROUP)
FORWARD(conv_first_plane, FIRST_PLANE)

static void backward_dx(SIZES, const real *w, const real *dy, real *dx, enum wrong wrong)
{
    if (wrong != NOT_CLEARED)
        for (size_t i = 0; i < at(N, 0, 0, 0, C, H, W); i++) dx[i] = 0;
    EACH_PRODUCT(real back = (wrong == NO_UPSTREAM ? 1 : dy[of_y]) * w[of_w];
                 if (wrong == LAST) dx[of_x] = back; else dx[of_x] += back;)
}

#define BACKWARD_DX(name, wrong)                                   \
    void REF(name)(SIZES, const real *w, const real *dy, real *dx) \
    {                                                              \
        backward_dx(THESE, w, dy, dx, wrong);                      \
    }
BACKWARD_DX(conv_dx_flipped, FLIPPED)
BACKWARD_DX(conv_dx_no_padding, NO_PADDING)
BACKWARD_DX(conv_dx_no_stride, NO_STRIDE)
BACKWARD_DX(conv_dx_first_group, FIRST_GROUP)
BACKWARD_DX(conv_dx_last, LAST)
BACKWARD_DX(conv_dx_not_cleared, NOT_CLEARED)
BACKWARD_DX(conv_dx_no_upstream, NO_UPSTREAM)

static void backward_dw(SIZES, const real *x, const real *dy, real *dw, real *db, enum wrong wrong)
{
    const int plane =
        results(H, top, bottom, R, stride, dilation) * results(W, left, right, S, stride, dilation);
    const real share = wrong == OVER_IMAGES ? (real)1 / N : 1;
    for (size_t i = 0; i < at(K, 0, 0, 0, C / groups, R, S); i++)
        if (wrong != NOT_CLEARED) dw[i] = 0;
    for (int k = 0; k < K; k++) {
        db[k] = 0;
        for (int n = 0; n < (wrong == FIRST_IMAGE ? 1 : N); n++)
            for (int i = 0; i < plane; i++)
                db[k] += share * (wrong == NO_UPSTREAM ? 1 : dy[at(n, k, 0, i, K, 1, plane)]);
    }
    EACH_PRODUCT(dw[of_w] += share * (wrong == NO_UPSTREAM ? 1 : dy[of_y]) * x[of_x];)
}

#define BACKWARD_DW(name, wrong)                                             \
    void REF(name)(SIZES, const real *x, const real *dy, real *dw, real *db) \
    {                                                                        \
        backward_dw(THESE, x, dy, dw, db, wrong);                            \
    }
BACKWARD_DW(conv_dw_flipped, FLIPPED)
BACKWARD_DW(conv_dw_edge_repeated, EDGE_REPEATED)
BACKWARD_DW(conv_dw_first_group, FIRST_GROUP)
BACKWARD_DW(conv_dw_first_image, FIRST_IMAGE)
BACKWARD_DW(conv_dw_over_images, OVER_IMAGES)
BACKWARD_DW(conv_dw_not_cleared, NOT_CLEARED)
BACKWARD_DW(conv_dw_no_upstream, NO_UPSTREAM)
