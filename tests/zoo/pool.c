/* pool.c - max-pooling (3x3, stride 2: windows overlap; ties at rounded points) and average
 * pooling (2x2, padding 1). */
#include <string.h>

#include "units.h"

enum { PLANES = 2, H = 5, W = 7 };
enum { X = 1 };

enum {
    right,
    last_maximum,   /* right as well: another convention at ties */
    shared_by_ties, /* and this */
    all_ties,
    first_of_window,
    overwritten,
    next_window,
    minimum,
    last_column,
    divided,
    wrong_plane,
    upstream_ignored,
    large_only,
    everywhere,
    not_divided,
    divided_by_inside,
    first_element,
    stride_of_one,
    padding_forgotten,
    area_twice,
    corner_only
};

/* ---- max ---- */

enum { R = 3, STRIDE = 2, P = (H - R) / STRIDE + 1, Q = (W - R) / STRIDE + 1 };

static int max_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[0].data;
    double *y = out[0].data;
    (void)ctx;
    for (int k = 0; k < PLANES * P * Q; k++) {
        const double *corner = x + k / (P * Q) * H * W + k / Q % P * STRIDE * W + k % Q * STRIDE;
        y[k] = corner[0];
        for (int rs = 1; rs < R * R; rs++) {
            double v = corner[rs / R * W + rs % R];
            if (v > y[k]) y[k] = v;
        }
    }
    return 0;
}

/* where the gradient of one window goes: its maximum, the first in reading order */
static int target(int m, const double *corner)
{
    int best = 0;
    if (m == first_of_window) return 0;
    for (int rs = 1; rs < R * R; rs++) {
        double v = corner[rs / R * W + rs % R], top = corner[best / R * W + best % R];
        if (m == minimum ? v < top : v > top || (m == last_maximum && !(v < top))) best = rs;
    }
    return best;
}

static void to_all(int m, const double *corner, double y, double dy, double *to)
{
    int ties = 0;
    for (int rs = 0; rs < R * R; rs++) ties += !(corner[rs / R * W + rs % R] < y);
    for (int rs = 0; rs < R * R; rs++)
        if (m == everywhere || !(corner[rs / R * W + rs % R] < y))
            to[rs / R * W + rs % R] += m == shared_by_ties ? dy / ties : dy;
}

static int max_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                        gc_tensor *din)
{
    int m = zoo_mistake(ctx);
    const double *x = in[0].data, *y = out[0].data, *dy = dout[0].data;
    double *dx = din[0].data;
    memset(dx, 0, PLANES * H * W * sizeof *dx);
    for (int k = 0; k < PLANES * P * Q; k++) {
        int plane = k / (P * Q), at = plane * H * W + k / Q % P * STRIDE * W + k % Q * STRIDE;
        double up = m == upstream_ignored ? 1 : m == divided ? dy[k] / (R * R) : dy[k];
        if (m == next_window) up = dy[(k + 1) % (PLANES * P * Q)];
        if (m == last_column && k % Q == Q - 1) continue;
        if (m == large_only && y[k] <= 1) continue;
        if (m == all_ties || m == shared_by_ties || m == everywhere) {
            to_all(m, x + at, y[k], up, dx + at);
            continue;
        }
        int rs = target(m, x + at);
        int to = at + rs / R * W + rs % R;
        if (m == wrong_plane) to = (to + H * W) % (PLANES * H * W);
        dx[to] = m == overwritten ? up : dx[to] + up;
    }
    return 0;
}

static void max_build(struct zoo_problem *z)
{
    zoo_input(z, "x", GC_GRAD, ZOO_DIMS(PLANES, H, W));
    zoo_output(z, "y", ZOO_DIMS(PLANES, P, Q));
    z->p.forward = max_forward;
    z->p.backward = max_backward;
}

/* ---- average: the padding counts as zeros, so the divisor is always A * A ---- */

enum { A = 2, PAD = 1, AP = (H + 2 * PAD - A) / A + 1, AQ = (W + 2 * PAD - A) / A + 1 };

static int inside(int h, int w)
{
    return h >= 0 && h < H && w >= 0 && w < W;
}

static int avg_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[0].data;
    double *y = out[0].data;
    (void)ctx;
    for (int k = 0; k < PLANES * AP * AQ; k++) {
        double sum = 0;
        for (int rs = 0; rs < A * A; rs++) {
            int h = k / AQ % AP * A - PAD + rs / A, w = k % AQ * A - PAD + rs % A;
            if (inside(h, w)) sum += x[k / (AP * AQ) * H * W + h * W + w];
        }
        y[k] = sum / (A * A);
    }
    return 0;
}

static double avg_divisor(int m, int top, int left)
{
    int count = 0;
    for (int rs = 0; rs < A * A; rs++) count += inside(top + rs / A, left + rs % A);
    if (m == divided_by_inside) return count;
    return m == not_divided ? 1 : m == area_twice ? A * A * A * A : A * A;
}

static int avg_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                        gc_tensor *din)
{
    int m = zoo_mistake(ctx), stride = m == stride_of_one ? 1 : A, pad = m == padding_forgotten ? 0 : PAD;
    const double *dy = dout[0].data;
    double *dx = din[0].data;
    (void)in, (void)out;
    memset(dx, 0, PLANES * H * W * sizeof *dx);
    for (int k = 0; k < PLANES * AP * AQ; k++) {
        int top = k / AQ % AP * stride - pad, left = k % AQ * stride - pad;
        double share = dy[k] / avg_divisor(m, top, left);
        for (int rs = 0; rs < (m == first_element ? 1 : A * A); rs++) {
            int h = top + rs / A, w = left + rs % A;
            if (!inside(h, w)) continue;
            if (m == corner_only && (h > 0 || w > 0)) continue;
            dx[k / (AP * AQ) * H * W + h * W + w] += m == upstream_ignored ? 1.0 / (A * A) : share;
        }
    }
    return 0;
}

static void avg_build(struct zoo_problem *z)
{
    zoo_input(z, "x", GC_GRAD | GC_LINEAR, ZOO_DIMS(PLANES, H, W));
    zoo_output(z, "y", ZOO_DIMS(PLANES, AP, AQ));
    z->p.forward = avg_forward;
    z->p.backward = avg_backward;
}

#define MAX(name, words)                                         \
    {                                                            \
        "max_pool", #name, words, max_build, name, X, GC_FAIL, 0 \
    }
#define MAX_BREACH(name, words)                                             \
    {                                                                       \
        "max_pool", #name, words, max_build, name, X, GC_CONTRACT_BROKEN, 0 \
    }
#define AVG(name, words)                                         \
    {                                                            \
        "avg_pool", #name, words, avg_build, name, X, GC_FAIL, 0 \
    }
#define AVG_BREACH(name, words)                                             \
    {                                                                       \
        "avg_pool", #name, words, avg_build, name, X, GC_CONTRACT_BROKEN, 0 \
    }

static const struct zoo_case rows[] = {
    { "max_pool", "right", "the first maximum of a tie gets the gradient", max_build, right, 0, GC_PASS, 0 },
    { "max_pool", "last_maximum", "the last maximum of a tie gets it", max_build, last_maximum, 0, GC_PASS,
      0 },
    { "max_pool", "shared_by_ties", "ties share it equally", max_build, shared_by_ties, 0, GC_PASS, 0 },
    { "max_pool", "all_ties", "every maximum of a tie gets the whole gradient", max_build, all_ties, X,
      GC_FAIL, GC_KINKS },
    MAX(first_of_window, "the first element of each window gets the gradient"),
    MAX(overwritten, "= instead of += where windows overlap"),
    MAX(next_window, "each window takes the next one's gradient"),
    MAX(minimum, "the minimum gets the gradient"),
    MAX(last_column, "the last column of windows skipped"),
    MAX(divided, "divided by the window's area, as average pooling does"),
    MAX(wrong_plane, "the gradient lands in the other plane"),
    MAX_BREACH(upstream_ignored, "dy taken as 1"),
    MAX(large_only, "windows with a maximum below 1 get nothing"),
    MAX(everywhere, "the whole window gets the gradient"),
    { "avg_pool", "right", "nothing", avg_build, right, 0, GC_PASS, 0 },
    AVG(not_divided, "the division by the area is missing"),
    AVG(divided_by_inside, "divided by the elements inside, the forward by all: count_include_pad"),
    AVG(first_element, "only the first element of each window"),
    AVG(stride_of_one, "the stride is forgotten"),
    AVG(padding_forgotten, "the padding is forgotten"),
    AVG(area_twice, "divided by the area twice"),
    AVG(corner_only, "only the corner of the image"),
    AVG_BREACH(upstream_ignored, "dy taken as 1"),
};

const struct zoo_table zoo_pool = ZOO_TABLE(rows);
