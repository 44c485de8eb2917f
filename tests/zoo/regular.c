/* regular.c - regularisation: dropout with a given mask, and a linear model with weight decay. */
#include <string.h>

#include "units.h"

/* ---- dropout: y = x mask / keep ---- */

enum { LENGTH = 29 };
enum { X = 1 };

static const double keep = 0.75;

enum {
    right,
    scale_missing,
    scale_twice,
    other_mask,
    mask_missing,
    mask_shifted,
    scaled_by_drop,
    scale_inverted,
    mask_from_y,
    last_skipped,
    one_part_in_1e9
};

static int dropout_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[0].data;
    const int32_t *mask = in[1].data;
    double *y = out[0].data;
    (void)ctx;
    for (int k = 0; k < LENGTH; k++) y[k] = mask[k] ? x[k] / keep : 0;
    return 0;
}

static int dropout_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                            gc_tensor *din)
{
    int m = zoo_mistake(ctx);
    const int32_t *mask = in[1].data;
    const double *y = out[0].data, *dy = dout[0].data;
    double *dx = din[0].data;
    double scale = m == scale_missing     ? 1
                   : m == scale_twice     ? 1 / (keep * keep)
                   : m == scaled_by_drop  ? 1 / (1 - keep)
                   : m == scale_inverted  ? keep
                   : m == one_part_in_1e9 ? (1 + 1e-9) / keep
                                          : 1 / keep;
    for (int k = 0; k < LENGTH; k++) {
        int on = mask[m == mask_shifted ? (k + 1) % LENGTH : k];
        if (m == other_mask) on = !on;
        if (m == mask_missing) on = 1;
        if (m == mask_from_y) on = y[k] > 0;
        dx[k] = on ? dy[k] * scale : 0;
    }
    if (m == last_skipped) dx[LENGTH - 2] = 0;
    return 0;
}

static int dropout_fill(void *ctx, int point, uint64_t seed, gc_tensor *in)
{
    double *x = in[0].data;
    int32_t *mask = in[1].data;
    (void)ctx;
    seed += 1000 * (uint64_t)point;
    for (int k = 0; k < LENGTH; k++) {
        x[k] = zoo_normal(seed, (uint64_t)k);
        mask[k] = zoo_unit(seed, (uint64_t)(LENGTH + k)) < keep;
    }
    mask[0] = 0; /* never all alike */
    mask[LENGTH - 2] = 1;
    return 0;
}

static void dropout_build(struct zoo_problem *z)
{
    zoo_input(z, "x", GC_GRAD | GC_LINEAR, ZOO_DIMS(LENGTH));
    zoo_input(z, "mask", 0, ZOO_DIMS(LENGTH))->dt = GC_I32;
    zoo_output(z, "y", ZOO_DIMS(LENGTH));
    z->p.fill = dropout_fill;
    z->p.forward = dropout_forward;
    z->p.backward = dropout_backward;
}

/* ---- decay: loss = sum (x w + b - t)^2 / (2 N) + lambda/2 sum w^2 ---- */

enum { N = 6, IN = 5 };
enum { W = 1, B = 2 };

static const double lambda = 0.1;

enum {
    decay_missing = 100,
    decay_doubled,
    decay_halved,
    decay_on_bias,
    decay_l1,
    decay_over_n,
    decay_sign,
    decay_first_only,
    decay_squared,
    data_over_n_missing,
    decay_only,
    decay_scaled_by_upstream_twice,
    decay_not_scaled_by_upstream
};

static double residual(const gc_tensor *in, int n)
{
    const double *w = in[0].data, *x = in[2].data, *t = in[3].data;
    double r = *(const double *)in[1].data - t[n];
    for (int i = 0; i < IN; i++) r += x[n * IN + i] * w[i];
    return r;
}

static int decay_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *w = in[0].data;
    double loss = 0;
    (void)ctx;
    for (int n = 0; n < N; n++) loss += residual(in, n) * residual(in, n) / (2 * N);
    for (int i = 0; i < IN; i++) loss += lambda / 2 * w[i] * w[i];
    *(double *)out[0].data = loss;
    return 0;
}

static double decay_derivative(int m, int i, double w)
{
    switch (m) {
    case decay_missing: return 0;
    case decay_doubled: return 2 * lambda * w;
    case decay_halved: return lambda / 2 * w;
    case decay_l1: return w > 0 ? lambda : -lambda;
    case decay_over_n: return lambda * w / N;
    case decay_sign: return -lambda * w;
    case decay_first_only: return i == 0 ? lambda * w : 0;
    case decay_squared: return lambda * w * w;
    default: return lambda * w;
    }
}

static int decay_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                          gc_tensor *din)
{
    int m = zoo_mistake(ctx);
    const double *w = in[0].data, *x = in[2].data, up = *(const double *)dout[0].data;
    double *dw = din[0].data, *db = din[1].data, up_decay = up;
    (void)out;
    if (m == decay_scaled_by_upstream_twice) up_decay *= up;
    if (m == decay_not_scaled_by_upstream) up_decay = 1;
    for (int i = 0; i < IN; i++) dw[i] = up_decay * decay_derivative(m, i, w[i]);
    *db = m == decay_on_bias ? up * lambda * *(const double *)in[1].data : 0;
    for (int n = 0; n < N && m != decay_only; n++) {
        double r = up * residual(in, n) / (m == data_over_n_missing ? 1 : N);
        for (int i = 0; i < IN; i++) dw[i] += r * x[n * IN + i];
        *db += r;
    }
    return 0;
}

static void decay_build(struct zoo_problem *z)
{
    zoo_input(z, "w", GC_GRAD, ZOO_DIMS(IN));
    zoo_input(z, "b", GC_GRAD, 0, NULL);
    zoo_input(z, "x", 0, ZOO_DIMS(N, IN));
    zoo_input(z, "t", 0, ZOO_DIMS(N));
    zoo_output(z, "loss", 0, NULL);
    z->p.forward = decay_forward;
    z->p.backward = decay_backward;
}

#define DROPOUT(name, words)                                        \
    {                                                               \
        "dropout", #name, words, dropout_build, name, X, GC_FAIL, 0 \
    }
#define DECAY(name, tensors, words)                                   \
    {                                                                 \
        "decay", #name, words, decay_build, name, tensors, GC_FAIL, 0 \
    }
#define DECAY_BREACH(name, tensors, words)                                       \
    {                                                                            \
        "decay", #name, words, decay_build, name, tensors, GC_CONTRACT_BROKEN, 0 \
    }

static const struct zoo_case rows[] = {
    { "dropout", "right", "nothing", dropout_build, right, 0, GC_PASS, 0 },
    DROPOUT(scale_missing, "1/keep missing in the backward"),
    DROPOUT(scale_twice, "1/keep applied twice"),
    DROPOUT(other_mask, "the mask inverted"),
    DROPOUT(mask_missing, "no mask in the backward"),
    DROPOUT(mask_shifted, "the mask shifted by one"),
    DROPOUT(scaled_by_drop, "1/(1 - keep): the probability of the other outcome"),
    DROPOUT(scale_inverted, "keep for 1/keep"),
    DROPOUT(mask_from_y, "the mask taken from y > 0: negative inputs lose their gradient"),
    DROPOUT(last_skipped, "an element left at zero"),
    { "dropout", "one_part_in_1e9", "1/keep to nine digits", dropout_build, one_part_in_1e9, X, GC_FAIL,
      GC_ADJOINT },
    { "decay", "right", "nothing", decay_build, right, 0, GC_PASS, 0 },
    DECAY(decay_missing, W, "the decay is not in the gradient"),
    DECAY(decay_doubled, W, "2 lambda w: the half of the forward is forgotten"),
    DECAY(decay_halved, W, "lambda/2 w: the derivative of the square is forgotten"),
    DECAY(decay_on_bias, B, "the bias decays too"),
    DECAY(decay_l1, W, "lambda sign(w): the gradient of L1"),
    DECAY(decay_over_n, W, "the decay divided by the batch size"),
    DECAY(decay_sign, W, "weights grow instead of decaying"),
    DECAY(decay_first_only, W, "only the first weight decays"),
    DECAY(decay_squared, W, "lambda w^2"),
    DECAY(data_over_n_missing, W | B, "1/N missing in the data term"),
    DECAY(decay_only, W | B, "the data term missing"),
    DECAY_BREACH(decay_scaled_by_upstream_twice, W, "the decay multiplied by the upstream gradient twice"),
    DECAY_BREACH(decay_not_scaled_by_upstream, W, "the decay not multiplied by the upstream gradient"),
};

const struct zoo_table zoo_regular = ZOO_TABLE(rows);
