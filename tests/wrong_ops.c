/* wrong_ops.c - max-pooling, dropout and Adam as they are done wrongly: outputs that are indexes and bits,
 * and arguments that are updated, must be rejected for every one. The last rows are right. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/error.h"
#include "../gradcheck/gc.h"
#include "../optimized/check.h"
#include "../reference/philox.h"
#include "../reference/reference.h"
#include "../reference/tensors.h"
#include "../reference/windows.h"
#include "wrong_rows.h"

/* ---- max-pooling ---- */

#define POOL(name)                                                                                 \
    static void name(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode, \
                     const float *x, float *y, int *index)
#define WINDOWS N, C, H, W, R, S, pad, stride, ceil_mode
#define POOLED  WINDOWS, x, y, index

static size_t results(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode)
{
    return (size_t)N * (size_t)C * (size_t)windows_along(H, R, pad, stride, ceil_mode) *
           (size_t)windows_along(W, S, pad, stride, ceil_mode);
}

POOL(index_of_the_window) /* within the window, not the plane */
{
    maxpool_forward_f32(POOLED);
    for (size_t k = 0, n = results(WINDOWS); k < n; k++) index[k] = index[k] / W % R * S + index[k] % S;
}

POOL(one_wrong_index)
{
    maxpool_forward_f32(POOLED);
    index[results(WINDOWS) - 1] ^= 1;
}

POOL(no_index)
{
    int *own = malloc(results(WINDOWS) * sizeof *own);
    maxpool_forward_f32(WINDOWS, x, y, own);
    free(own);
    (void)index;
}

/* the last of equal numbers, found by pooling the plane turned around */
POOL(last_of_equals)
{
    int in = H * W, P = windows_along(H, R, pad, stride, ceil_mode),
        Q = windows_along(W, S, pad, stride, ceil_mode);
    maxpool_forward_f32(POOLED);
    for (int plane = 0; plane < N * C; plane++)
        for (int k = 0; k < P * Q; k++) {
            int top = k / Q * stride - pad, left = k % Q * stride - pad, *best = &index[plane * P * Q + k];
            for (int h = top < 0 ? 0 : top; h < top + R && h < H; h++)
                for (int w = left < 0 ? 0 : left; w < left + S && w < W; w++)
                    if (x[plane * in + h * W + w] == x[plane * in + *best]) *best = h * W + w;
        }
}

POOL(zeros_beyond_the_edge) /* a window over the edge has a maximum of 0 or more */
{
    int P = windows_along(H, R, pad, stride, ceil_mode), Q = windows_along(W, S, pad, stride, ceil_mode);
    maxpool_forward_f32(POOLED);
    for (int k = 0; k < N * C * P * Q; k++) {
        int top = k / Q % P * stride - pad, left = k % Q * stride - pad;
        if (y[k] < 0 && (top < 0 || left < 0 || top + R > H || left + S > W)) y[k] = 0;
    }
}

POOL(nearly) /* a maximum is exact */
{
    maxpool_forward_f32(POOLED);
    y[0] = nextafterf(y[0], 9);
}

static void last_window_only(int N, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                             const int *index, const float *dy, float *dx)
{
    size_t in = (size_t)H * (size_t)W, planes = (size_t)N * (size_t)C;
    size_t out = results(WINDOWS) / planes;
    memset(dx, 0, planes * in * sizeof *dx);
    for (size_t k = 0; k < planes * out; k++) dx[k / out * in + (size_t)index[k]] = dy[k];
}

/* ---- dropout ---- */

#define DROPOUT(name) \
    static void name(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)

DROPOUT(one_bit_flipped)
{
    dropout_forward_f32(n, x, y, mask, p, seed);
    mask[(n - 1) / 32] ^= 1U << (n - 1) % 32;
}

DROPOUT(bits_behind_the_last)
{
    dropout_forward_f32(n, x, y, mask, p, seed);
    if (n % 32) mask[n / 32] |= 1U << 31;
}

DROPOUT(not_inverted)
{
    dropout_forward_f32(n, x, y, mask, p, seed);
    for (int k = 0; k < n; k++) y[k] *= (float)(1 - p);
}

DROPOUT(another_seed)
{
    dropout_forward_f32(n, x, y, mask, p, seed + 1);
}

DROPOUT(kept_and_dropped_exchanged)
{
    dropout_forward_f32(n, x, y, mask, 1 - p, seed);
}

DROPOUT(p_of_its_own) /* right for the operation's own p alone */
{
    dropout_forward_f32(n, x, y, mask, 0.3, seed);
    (void)p;
}

static void mask_ignored(int n, const uint32_t *mask, const float *dy, float *dx, double p)
{
    (void)mask;
    for (int k = 0; k < n; k++) dx[k] = dy[k] / (float)(1 - p);
}

/* ---- Adam ---- */

#define ADAM(name)                                                                                  \
    static void name(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1, \
                     double beta2, double eps, uint64_t t)

ADAM(a_step_behind)
{
    adam_step_f32(n, dw, w, m, v, lr, beta1, beta2, eps, t - 1);
}

ADAM(never_corrected)
{
    (void)t;
    adam_step_f32(n, dw, w, m, v, lr, beta1, beta2, eps, 1000000);
}

ADAM(rounded_betas) /* 1 - 0.999f is wrong in the fifth digit */
{
    adam_step_f32(n, dw, w, m, v, lr, (double)(float)beta1, (double)(float)beta2, eps, t);
}

ADAM(v_forgotten)
{
    for (int k = 0; k < n; k++) {
        float own = v[k];
        adam_step_f32(1, dw + k, w + k, m + k, &own, lr, beta1, beta2, eps, t);
    }
}

ADAM(uphill)
{
    adam_step_f32(n, dw, w, m, v, -lr, beta1, beta2, eps, t);
}

/* ---- Adam on many tensors ---- */

#define ADAM_MANY(name)                                                                             \
    static void name(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1, \
                     double beta2, double eps, uint64_t t, uint64_t tensors)

ADAM_MANY(counts_tensors_as_steps)
{
    const struct tensors list = tensors_of(n, tensors);
    for (int k = 0; k < list.many; k++) {
        int from = tensor_begin(&list, k), many = tensor_begin(&list, k + 1) - from;
        adam_step_f32(many, dw + from, w + from, m + from, v + from, lr, beta1, beta2, eps, t + (uint64_t)k);
    }
}

ADAM_MANY(last_tensor_forgotten)
{
    const struct tensors list = tensors_of(n, tensors);
    adam_step_f32(tensor_begin(&list, list.many - 1), dw, w, m, v, lr, beta1, beta2, eps, t);
}

ADAM_MANY(tails_forgotten)
{
    const struct tensors list = tensors_of(n, tensors);
    for (int k = 0; k < list.many; k++) {
        int from = tensor_begin(&list, k), many = (tensor_begin(&list, k + 1) - from) / 8 * 8;
        adam_step_f32(many, dw + from, w + from, m + from, v + from, lr, beta1, beta2, eps, t);
    }
}

ADAM_MANY(boundary_twice) /* the first number of each tensor is the last one of the tensor before, too */
{
    const struct tensors list = tensors_of(n, tensors);
    for (int k = 0; k < list.many; k++) {
        int from = tensor_begin(&list, k), to = tensor_begin(&list, k + 1);
        int many = to - from + (to < n && to > from);
        adam_step_f32(many, dw + from, w + from, m + from, v + from, lr, beta1, beta2, eps, t);
    }
}

ADAM_MANY(biases_left_out)
{
    const struct tensors list = tensors_of(n, tensors);
    for (int k = 0; k < list.many; k += 2) {
        int from = tensor_begin(&list, k), many = tensor_begin(&list, k + 1) - from;
        adam_step_f32(many, dw + from, w + from, m + from, v + from, lr, beta1, beta2, eps, t);
    }
}

ADAM_MANY(all_at_once) /* right */
{
    (void)tensors;
    adam_step_f32(n, dw, w, m, v, lr, beta1, beta2, eps, t);
}

static const struct wrong_row rows[] = {
    ROW(maxpool_forward, index_of_the_window, "of index are wrong"),
    ROW(maxpool_forward, one_wrong_index, "1 of"),
    ROW(maxpool_forward, no_index, "(not written)"),
    ROW(maxpool_forward, last_of_equals, "of index are wrong"),
    ROW(maxpool_forward, zeros_beyond_the_edge, "of y are wrong"),
    ROW(maxpool_forward, nearly, "1 of"),
    ROW(maxpool_backward, last_window_only, "of dx are wrong"),
    ROW(dropout_forward, one_bit_flipped, "1 of 1 elements of mask"),
    ROW(dropout_forward, bits_behind_the_last, "behind the last element"),
    ROW(dropout_forward, not_inverted, "of y are wrong"),
    ROW(dropout_forward, another_seed, "are wrong"),
    ROW(dropout_forward, kept_and_dropped_exchanged, "are wrong"),
    ROW(dropout_backward, mask_ignored, "of dx are wrong"),
    ROW(adam_step, a_step_behind, "of w are wrong"),
    ROW(adam_step, never_corrected, "of w are wrong"),
    ROW(adam_step, rounded_betas, "of v are wrong"),
    ROW(adam_step, v_forgotten, "of v are wrong"),
    ROW(adam_step, uphill, "of w are wrong"),
    ROW(maxpool_forward, maxpool_forward_f32, NULL),
    ROW(dropout_backward, dropout_backward_f32, NULL),
    ROW(adam_step, adam_step_f32, NULL),
    ROW(adam_step_many, counts_tensors_as_steps, "of w are wrong"),
    ROW_WITH(adam_step_many, "tensors=7", counts_tensors_as_steps, "of w are wrong"),
    ROW(adam_step_many, last_tensor_forgotten, "are wrong"),
    ROW(adam_step_many, tails_forgotten, "are wrong"),
    ROW_WITH(adam_step_many, "tensors=1", tails_forgotten, "are wrong"),
    ROW(adam_step_many, boundary_twice, "are wrong"),
    ROW_WITH(adam_step_many, "tensors=7", biases_left_out, "are wrong"),
    ROW(adam_step_many, all_at_once, NULL),
};

/* ---- oracles that are wrong themselves: gradients and trajectories ---- */

static void to_the_element_before(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    int in = s[2] * s[3];
    maxpool_backward_f64(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], p[0], p[1], p[2]);
    double *dx = p[2];
    for (int plane = 0; plane < s[0] * s[1]; plane++)
        for (int k = plane * in; k + 1 < (plane + 1) * in; k++) dx[k] = dx[k + 1];
}

static void dropout_not_scaled(const int *s, void *const *p, const struct scalar *v)
{
    dropout_backward_f64(s[0], p[0], p[1], p[2], 0);
    (void)v;
}

static void adam_of(const int *s, void *const *p, const struct scalar *v, double eps, uint64_t t)
{
    adam_step_f64(s[0], p[0], p[1], p[2], p[3], v[0].real, v[1].real, v[2].real, eps, t);
}

static void adam_counting_from_0(const int *s, void *const *p, const struct scalar *v)
{
    adam_of(s, p, v, v[3].real, v[4].count + 1);
}

static void adam_with_large_eps(const int *s, void *const *p, const struct scalar *v)
{
    adam_of(s, p, v, 1.001 * v[3].real, v[4].count);
}

static const struct wrong_oracle oracles[] = {
    { "maxpool_backward", "an element beside", to_the_element_before, 0 },
    { "dropout_backward", "not scaled", dropout_not_scaled, 0 },
    { "adam_step", "bias corrections of the next step", adam_counting_from_0, 0 },
    { "adam_step", "eps larger by a thousandth", adam_with_large_eps, 0 },
};

/* ---- a rule with momentum and weight decay, which no operation has: the checker gets
 * every scalar of a step ---- */

static void momentum_f64(const int *s, void *const *p, const struct scalar *v)
{
    double *dw = p[0], *w = p[1], *m = p[2];
    for (int k = 0; k < s[0]; k++) {
        m[k] = v[1].real * m[k] + dw[k] + v[2].real * w[k];
        w[k] -= v[0].real * m[k];
    }
}

static int check_momentum(void)
{
    struct op momentum = *op_find("sgd_step");
    int failed = 0;
    momentum.rule = GC_MOMENTUM;
    momentum.f64 = momentum_f64;
    momentum.arg[momentum.narg++] = (struct arg){ "v", DT_F32, ARG_INOUT, DOMAIN_ANY, 0, 1, { 0 } };
    momentum.nscalar = 3;
    momentum.scalar[1] = (struct scalar){ .name = "mu", .type = "float", .real = 0.9 };
    momentum.scalar[2] = (struct scalar){ .name = "wd", .type = "float", .real = 0.01 };
    for (int lost = 0; lost < 3; lost++) { /* the rule must get both: without either it is another one */
        if (lost) momentum.scalar[lost].name = "lost";
        enum verdict wanted = lost ? CHECK_FAIL : CHECK_PASS;
        struct check c = check_gradient(&momentum, 1);
        printf("%s  momentum%s: %s\n", c.verdict == wanted ? "ok    " : "NOT OK",
               lost ? " without a scalar" : "", c.reason);
        failed += c.verdict != wanted;
        if (lost) momentum.scalar[lost].name = lost == 1 ? "mu" : "wd";
    }
    return failed;
}

/* ---- NaN and infinities, which no check draws ---- */

static int check_special(void)
{
    const float inf = INFINITY, x[] = { -inf, -inf, 1, NAN, NAN, -inf, inf, NAN };
    float y[4], dropped[8];
    int index[4], failed = 0;
    uint32_t mask;
    for (const struct rung *r = op_find("maxpool_forward")->cpu; r->name; r++) {
        if (rung_lacks(r->needs)) continue;
        const struct op *op = op_find("maxpool_forward");
        const int size[MAX_SIZES] = { 1, 1, 1, 8, 1, 2, 0, 2 };
        op_call(op, r->run, size, (void *const[]){ (void *)(uintptr_t)x, y, index });
        int ok = index[0] == 0 && y[0] == -inf && index[1] == 3 && isnan(y[1]) && index[2] == 4 &&
                 isnan(y[2]) && index[3] == 7 && isnan(y[3]);
        if (!ok) printf("NOT OK  %s with NaN and infinities\n", r->name);
        failed += !ok;
    }
    for (const struct rung *r = op_find("dropout_forward")->cpu; r->name; r++) {
        if (rung_lacks(r->needs)) continue;
        ((dropout_forward_fn *)r->run)(8, x, dropped, &mask, 1, 1);
        int ok = mask == 0;
        for (int k = 0; k < 8; k++) ok &= dropped[k] == 0;
        ((dropout_forward_fn *)r->run)(8, x, dropped, &mask, 0, 1);
        ok &= mask == 0xff && dropped[0] == -inf && isnan(dropped[3]);
        if (!ok) printf("NOT OK  %s with p = 1 and p = 0\n", r->name);
        failed += !ok;
    }
    return failed;
}

/* ---- other scalars: every call must get them, a backward's forward too, and a name find them again ---- */

static int is_set(const char *op, const char *set, const char *name)
{
    char error[ERROR_TEXT] = "";
    const struct op *with = op_with(op_find(op), set, error);
    int ok =
        with && !strcmp(with->name, name) && op_find_with(name) == with && op_with(with, "", error) == with;
    if (!ok)
        printf("NOT OK  %s with '%s' is %s, not %s; %s\n", op, set, with ? with->name : "refused", name,
               error);
    return ok;
}

static int check_sets(void)
{
    static const struct rung own = { "own", RUN(dropout_forward, p_of_its_own), NEED_NONE, "" };
    const struct op *half = op_find_with("dropout_forward p=0.5");
    int ok = check_rung(op_find("dropout_forward"), &own, NULL, 1).verdict == CHECK_PASS &&
             check_rung(half, &own, NULL, 1).verdict == CHECK_FAIL;
    if (!ok) printf("NOT OK  a rung that ignores p\n");
    ok &= is_set("dropout_forward", "seed=7 p=0.50", "dropout_forward p=0.5 seed=7") &&
          is_set("dropout_forward", "p=0.3,seed=1", "dropout_forward") &&
          is_set("adam_step", "beta2=0.9999", "adam_step beta2=0.9999") &&
          is_set("sgd_step", "lr=0.1", "sgd_step lr=0.1") && !op_find_with("dropout_forward p=2") &&
          !op_find_with("dropout_forward x=2") && !op_find_with("relu_forward p=0.5");
    ok &= op_forward(op_find_with("dropout_backward p=0.5")) == half;
    struct op unscaled =
        *op_find_with("dropout_backward p=0.5"); /* as if its forward had the 0.3 of the base */
    unscaled.base = NULL;
    if (check_gradient(&unscaled, 1).verdict != CHECK_FAIL) ok = 0, printf("NOT OK  another forward's p\n");
    return !ok;
}

int main(void)
{
    int failed = check_special() + check_sets() + check_momentum();
    failed += wrong_rows(rows, LENGTH(rows)) + wrong_oracles(oracles, LENGTH(oracles));
    printf("%d failed\n", failed);
    return failed ? 1 : 0;
}
