/* wrong_pool.c - pooling by mean and windows of ceil mode as they are done wrongly (by maximum: wrong_ops.c):
 * each must be rejected. The last rows are right. */
#include <stdlib.h>
#include <string.h>

#include "../reference/reference.h"
#include "../reference/windows.h"
#include "wrong_rows.h"

#define WINDOWS int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode
#define PASSED  N, C, H, W, R, S, pad, stride, ceil_mode

static size_t results(WINDOWS)
{
    return (size_t)N * (size_t)C * (size_t)windows_along(H, R, pad, stride, ceil_mode) *
           (size_t)windows_along(W, S, pad, stride, ceil_mode);
}

/* ---- forward ---- */

static void a_sum(WINDOWS, const float *x, float *y, uint64_t count_include_pad)
{
    avgpool_forward_f32(PASSED, x, y, count_include_pad);
    for (size_t k = 0; k < results(PASSED); k++) y[k] *= (float)(R * S);
}

static void padding_always_counts(WINDOWS, const float *x, float *y, uint64_t count_include_pad)
{
    (void)count_include_pad;
    avgpool_forward_f32(PASSED, x, y, 1);
}

static void padding_never_counts(WINDOWS, const float *x, float *y, uint64_t count_include_pad)
{
    (void)count_include_pad;
    avgpool_forward_f32(PASSED, x, y, 0);
}

/* every mean over R S, also of windows that hang over by more than the padding */
static void beyond_the_padding_counts(WINDOWS, const float *x, float *y, uint64_t count_include_pad)
{
    const int P = windows_along(H, R, pad, stride, ceil_mode),
              Q = windows_along(W, S, pad, stride, ceil_mode);
    avgpool_forward_f32(PASSED, x, y, count_include_pad);
    for (int k = 0; k < N * C * P * Q; k++)
        y[k] *= (float)(window_holds(k / Q % P, H, R, pad, stride).padded *
                        window_holds(k % Q, W, S, pad, stride).padded) /
                (float)(R * S);
}

/* a last row and column as if ceil mode were none: what is beyond floor mode's windows is not written */
static void largest_without_ceil(WINDOWS, const float *x, float *y, int *index)
{
    const int P = windows_along(H, R, pad, stride, 0), Q = windows_along(W, S, pad, stride, 0),
              most_P = windows_along(H, R, pad, stride, ceil_mode),
              most_Q = windows_along(W, S, pad, stride, ceil_mode);
    maxpool_forward_f32(PASSED, x, y, index);
    for (int k = 0; k < N * C * most_P * most_Q; k++)
        if (k / most_Q % most_P >= P || k % most_Q >= Q) y[k] = 0;
}

static void without_the_last(int N, int C, int HW, const float *x, float *y)
{
    global_avgpool_forward_f32(N, C, HW, x, y);
    for (int k = 0; k < N * C; k++) y[k] -= x[(size_t)k * (size_t)HW + (size_t)HW - 1] / (float)HW;
}

/* ---- backward ---- */

static void back_undivided(WINDOWS, const float *dy, float *dx, uint64_t count_include_pad)
{
    avgpool_backward_f32(PASSED, dy, dx, count_include_pad);
    for (size_t k = 0; k < (size_t)N * (size_t)C * (size_t)H * (size_t)W; k++) dx[k] *= (float)(R * S);
}

static void back_padding_always_counts(WINDOWS, const float *dy, float *dx, uint64_t count_include_pad)
{
    (void)count_include_pad;
    avgpool_backward_f32(PASSED, dy, dx, 1);
}

static void to_the_first_alone(int N, int C, int HW, const float *dy, float *dx)
{
    global_avgpool_backward_f32(N, C, HW, dy, dx);
    for (int k = 0; k < N * C * HW; k++) dx[k] = k % HW ? 0 : dy[k / HW];
}

static const struct wrong_row rows[] = {
    ROW(avgpool_forward, a_sum, "of y are wrong"),
    ROW_WITH(avgpool_forward, "count_include_pad=0", padding_always_counts, "of y are wrong"),
    ROW(avgpool_forward, padding_never_counts, "of y are wrong"),
    ROW(avgpool_forward, beyond_the_padding_counts, "ceil1"),
    ROW(maxpool_forward, largest_without_ceil, "ceil1"),
    ROW(global_avgpool_forward, without_the_last, "of y are wrong"),
    ROW(avgpool_backward, back_undivided, "of dx are wrong"),
    ROW_WITH(avgpool_backward, "count_include_pad=0", back_padding_always_counts, "of dx are wrong"),
    ROW(global_avgpool_backward, to_the_first_alone, "of dx are wrong"),
    ROW(avgpool_forward, avgpool_forward_f32, NULL),
    ROW(avgpool_backward, avgpool_backward_f32, NULL),
    ROW(global_avgpool_forward, global_avgpool_forward_f32, NULL),
};

/* ---- oracles: gradients of another forward ---- */

#define SIZES_OF(s) s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8]

static void oracle(const int *s, void *const *p, const struct scalar *v)
{
    avgpool_backward_f64(SIZES_OF(s), p[0], p[1], v[0].count);
}

static void oracle_of_another_count(const int *s, void *const *p, const struct scalar *v)
{
    avgpool_backward_f64(SIZES_OF(s), p[0], p[1], !v[0].count);
}

static void oracle_without_ceil(const int *s, void *const *p, const struct scalar *v)
{
    const int P = windows_along(s[2], s[4], s[6], s[7], 0), Q = windows_along(s[3], s[5], s[6], s[7], 0),
              most_P = windows_along(s[2], s[4], s[6], s[7], s[8]),
              most_Q = windows_along(s[3], s[5], s[6], s[7], s[8]);
    double *dy = p[0];
    for (int k = 0; k < s[0] * s[1] * most_P * most_Q; k++)
        if (k / most_Q % most_P >= P || k % most_Q >= Q) dy[k] = 0;
    avgpool_backward_f64(SIZES_OF(s), dy, p[1], v[0].count);
}

static void oracle_per_row(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    double *dx = p[1];
    global_avgpool_backward_f64(s[0], s[1], s[2], p[0], dx);
    for (int k = 0; k < s[0] * s[1] * s[2]; k++) dx[k] *= s[2];
}

static const struct wrong_oracle oracles[] = {
    { "avgpool_backward", "the reference once more", oracle, 1 },
    { "avgpool_backward", "the other count", oracle_of_another_count, 0 },
    { "avgpool_backward count_include_pad=0", "the other count", oracle_of_another_count, 0 },
    { "avgpool_backward", "the last windows of ceil mode left out", oracle_without_ceil, 0 },
    { "global_avgpool_backward", "not divided", oracle_per_row, 0 },
};

int main(void)
{
    int failed = wrong_rows(rows, LENGTH(rows)) + wrong_oracles(oracles, LENGTH(oracles));
    printf("%d failed\n", failed);
    return failed ? 1 : 0;
}
