/* field_layers.c - layers of networks as small C programs write them: flat parameter arrays with
 * macros for the parts, structs that hold what the forward leaves for the backward, nested loops. */
#include "stranger.h"

static double made(int k)
{
    return cos(1.3 * k + 0.11 * k * k);
}

/* ---- mlp: 4-5-2 with tanh, mean squared error over 3 samples; x = W1 (5,4), b1 (5), W2 (2,5), b2 (2)
 * ---- */

enum { IN = 4, HID = 5, OUT = 2, BATCH = 3 };
#define W1(p)     (p)
#define B1(p)     ((p) + HID * IN)
#define W2(p)     ((p) + HID * IN + HID)
#define B2(p)     ((p) + HID * IN + HID + OUT * HID)
#define MLP_TOTAL (HID * IN + HID + OUT * HID + OUT)

enum {
    third_tensor = 1,
    w1_transposed,
    b1_last_sample,
    tanh_of_z,
    w2_overwritten,
    delta_not_weighted,
    b2_forgotten
};

static double mlp_sample(const double *p, int s, double *h, double *err)
{
    double e = 0;
    for (int i = 0; i < HID; i++) {
        h[i] = B1(p)[i];
        for (int j = 0; j < IN; j++) h[i] += W1(p)[i * IN + j] * made(s * IN + j);
        h[i] = tanh(h[i]);
    }
    for (int o = 0; o < OUT; o++) {
        err[o] = B2(p)[o] - made(50 + s * OUT + o);
        for (int i = 0; i < HID; i++) err[o] += W2(p)[o * HID + i] * h[i];
        e += err[o] * err[o];
    }
    return e / (BATCH * OUT);
}

static double mlp_loss(const double *p, size_t n, void *ctx)
{
    double h[HID], err[OUT], e = 0;
    (void)n, (void)ctx;
    for (int s = 0; s < BATCH; s++) e += mlp_sample(p, s, h, err);
    return e;
}

static void mlp_grad(const double *p, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double h[HID], err[OUT];
    memset(g, 0, n * sizeof(double));
    for (int s = 0; s < BATCH; s++) {
        mlp_sample(p, s, h, err);
        for (int o = 0; o < OUT; o++) {
            double d = 2 * err[o] / (BATCH * OUT);
            if (bug != b2_forgotten) B2(g)[o] += d;
            for (int i = 0; i < HID; i++) {
                double a = bug == third_tensor ? 1 - h[i] * h[i] : h[i];
                if (bug == w2_overwritten)
                    W2(g)[o * HID + i] = d * a;
                else
                    W2(g)[o * HID + i] += d * a;
            }
        }
        if (bug == b1_last_sample) memset(B1(g), 0, HID * sizeof(double));
        for (int i = 0; i < HID; i++) {
            double d = 0;
            for (int o = 0; o < OUT; o++)
                d += 2 * err[o] / (BATCH * OUT) * (bug == delta_not_weighted ? 1 : W2(p)[o * HID + i]);
            d *= bug == tanh_of_z ? 1 - tanh(h[i]) * tanh(h[i]) : 1 - h[i] * h[i];
            B1(g)[i] += d;
            for (int j = 0; j < IN; j++)
                W1(g)[bug == w1_transposed ? j * HID + i : i * IN + j] += d * made(s * IN + j);
        }
    }
}

UNIT(mlp, MLP_TOTAL, -1, 1, 0)

/* ---- layernorm: x = input (6), gain (6), bias (6); loss = sum c y^2. A struct keeps what the forward
 * computed. ---- */

typedef struct {
    double mu, rstd, xhat[6], y[6];
} LayerNorm;

enum { statistics_constant = 20, mean_path_missing, rstd_cubed, gain_not_in_dx };

static void layernorm_fwd(LayerNorm *ln, const double *x)
{
    double var = 0;
    ln->mu = 0;
    for (int i = 0; i < 6; i++) ln->mu += x[i] / 6;
    for (int i = 0; i < 6; i++) var += (x[i] - ln->mu) * (x[i] - ln->mu) / 6;
    ln->rstd = 1 / sqrt(var + 1e-5);
    for (int i = 0; i < 6; i++) {
        ln->xhat[i] = (x[i] - ln->mu) * ln->rstd;
        ln->y[i] = x[6 + i] * ln->xhat[i] + x[12 + i];
    }
}

static double layernorm_loss(const double *x, size_t n, void *ctx)
{
    LayerNorm ln;
    double s = 0;
    (void)n, (void)ctx;
    layernorm_fwd(&ln, x);
    for (int i = 0; i < 6; i++) s += made(i) * ln.y[i] * ln.y[i];
    return s;
}

static void layernorm_grad(const double *x, size_t n, double *g, void *ctx)
{
    LayerNorm ln;
    int bug = BUG(ctx);
    double dxhat[6], mean = 0, dot = 0;
    (void)n;
    layernorm_fwd(&ln, x);
    for (int i = 0; i < 6; i++) {
        double dy = 2 * made(i) * ln.y[i];
        g[6 + i] = dy * ln.xhat[i];
        g[12 + i] = dy;
        dxhat[i] = bug == gain_not_in_dx ? dy : dy * x[6 + i];
        mean += dxhat[i] / 6;
        dot += dxhat[i] * ln.xhat[i] / 6;
    }
    if (bug == statistics_constant) mean = dot = 0;
    if (bug == mean_path_missing) mean = 0;
    for (int i = 0; i < 6; i++)
        g[i] = ln.rstd * (dxhat[i] - mean - ln.xhat[i] * dot) * (bug == rstd_cubed ? ln.rstd * ln.rstd : 1);
}

UNIT(layernorm, 18, -2, 2, 0)

/* ---- batchnorm: input (5,3), statistics over the 5; loss = sum w log(1 + y^2) ---- */

enum { along_wrong_axis = 30, unbiased_in_backward };

static double bn_stats(const double *x, int c, double *rstd)
{
    double m = 0, v = 0;
    for (int b = 0; b < 5; b++) m += x[b * 3 + c];
    m /= 5;
    for (int b = 0; b < 5; b++) v += (x[b * 3 + c] - m) * (x[b * 3 + c] - m);
    *rstd = 1 / sqrt(v / 5 + 1e-3);
    return m;
}

static double batchnorm_loss(const double *x, size_t n, void *ctx)
{
    double s = 0, r;
    (void)n, (void)ctx;
    for (int c = 0; c < 3; c++) {
        double m = bn_stats(x, c, &r);
        for (int b = 0; b < 5; b++) {
            double y = (x[b * 3 + c] - m) * r;
            s += made(b + 5 * c) * log(1 + y * y) + 0.2 * made(9 * b + c) * y;
        }
    }
    return s;
}

static void batchnorm_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double dy[15], y[15], r;
    (void)n;
    for (int c = 0; c < 3; c++) {
        double m = bn_stats(x, c, &r);
        for (int b = 0; b < 5; b++) {
            int at = b * 3 + c;
            y[at] = (x[at] - m) * r;
            dy[at] = made(b + 5 * c) * 2 * y[at] / (1 + y[at] * y[at]) + 0.2 * made(9 * b + c);
        }
    }
    for (int c = 0; c < 3; c++) {
        bn_stats(x, c, &r);
        double m1 = 0, m2 = 0, count = bug == unbiased_in_backward ? 4 : 5;
        for (int b = 0; b < 5; b++) m1 += dy[b * 3 + c] / 5, m2 += dy[b * 3 + c] * y[b * 3 + c] / count;
        for (int b = 0; b < 5; b++) {
            double off = m1;
            if (bug == along_wrong_axis) off = (dy[b * 3] + dy[b * 3 + 1] + dy[b * 3 + 2]) / 3;
            g[b * 3 + c] = r * (dy[b * 3 + c] - off - y[b * 3 + c] * m2);
        }
    }
}

UNIT(batchnorm, 15, -2, 2, 0)

/* ---- attention: one causal head, T = 4, d = 3; x = q (4,3), k (4,3), v (4,3); loss = sum c o ---- */

enum { T = 4, D = 3 };
enum { scale_missing_in_dk = 40, softmax_diagonal, looks_ahead, dk_of_row };

static void attend(const double *x, double w[T][T], double o[T][D])
{
    const double *q = x, *k = x + T * D, *v = x + 2 * T * D;
    for (int t = 0; t < T; t++) {
        double z = 0;
        for (int u = 0; u <= t; u++) {
            w[t][u] = 0;
            for (int d = 0; d < D; d++) w[t][u] += q[t * D + d] * k[u * D + d];
            z += w[t][u] = exp(w[t][u] / sqrt((double)D));
        }
        for (int u = 0; u < T; u++) w[t][u] = u <= t ? w[t][u] / z : 0;
        for (int d = 0; d < D; d++) {
            o[t][d] = 0;
            for (int u = 0; u <= t; u++) o[t][d] += w[t][u] * v[u * D + d];
        }
    }
}

static double attention_loss(const double *x, size_t n, void *ctx)
{
    double w[T][T], o[T][D], s = 0;
    (void)n, (void)ctx;
    attend(x, w, o);
    for (int t = 0; t < T; t++)
        for (int d = 0; d < D; d++) s += made(t * D + d) * o[t][d];
    return s;
}

static void attention_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double w[T][T], o[T][D], scale = 1 / sqrt((double)D);
    const double *q = x, *k = x + T * D, *v = x + 2 * T * D;
    double *dq = g, *dk = g + T * D, *dv = g + 2 * T * D;
    attend(x, w, o);
    memset(g, 0, n * sizeof *g);
    for (int t = 0; t < T; t++) {
        double dw[T], dot = 0;
        for (int u = 0; u < T; u++) {
            dw[u] = 0;
            for (int d = 0; d < D; d++) dw[u] += made(t * D + d) * v[u * D + d];
            dot += dw[u] * w[t][u];
        }
        for (int u = 0; u < T; u++) {
            double ds = w[t][u] * (dw[u] - dot);
            if (bug == softmax_diagonal) ds = w[t][u] * (1 - w[t][u]) * dw[u];
            if (bug == looks_ahead && u > t) ds = 0.25 * (dw[u] - dot);
            for (int d = 0; d < D; d++) {
                dv[u * D + d] += w[t][u] * made(t * D + d);
                dq[t * D + d] += ds * scale * k[u * D + d];
                dk[(bug == dk_of_row ? t : u) * D + d] +=
                    ds * (bug == scale_missing_in_dk ? 1 : scale) * q[t * D + d];
            }
        }
    }
}

UNIT(attention, 3 * T * D, -1.5, 1.5, 0)

/* ---- embed: table (6,3), a sentence that repeats a word, id 0 is padding; loss = sum over positions
 * tanh(sum_d c e) ---- */

enum { repeated_word = 50, padding_trained, row_stride };

static const int ids[7] = { 3, 5, 3, 1, 0, 5, 3 };

static double embed_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)n, (void)ctx;
    for (int p = 0; p < 7; p++) {
        double a = 0;
        for (int d = 0; d < 3 && ids[p]; d++) a += made(p * 3 + d) * x[ids[p] * 3 + d];
        s += tanh(a);
    }
    return s;
}

static void embed_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    for (size_t i = 0; i < n; i++) g[i] = 0;
    for (int p = 0; p < 7; p++) {
        double a = 0;
        int id = ids[p];
        for (int d = 0; d < 3; d++) a += made(p * 3 + d) * x[id * 3 + d];
        if (!id && bug != padding_trained) continue;
        for (int d = 0; d < 3; d++) {
            double v = (1 - tanh(a) * tanh(a)) * made(p * 3 + d);
            if (bug == repeated_word)
                g[id * 3 + d] = v;
            else
                g[bug == row_stride ? id * 2 + d : id * 3 + d] += v;
        }
    }
}

UNIT(embed, 18, -1, 1, 0)

/* ---- weightnorm: y = (v / |v|) . a, loss = (y - 1)^2 + sin y; x = v ---- */

enum { projection_missing = 60, norm_squared };

static double weightnorm_loss(const double *v, size_t n, void *ctx)
{
    double y = 0, q = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) y += v[i] * made((int)i), q += v[i] * v[i];
    y /= sqrt(q);
    return (y - 1) * (y - 1) + sin(y);
}

static void weightnorm_grad(const double *v, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double y = 0, q = 0;
    for (size_t i = 0; i < n; i++) y += v[i] * made((int)i), q += v[i] * v[i];
    y /= sqrt(q);
    double dy = 2 * (y - 1) + cos(y);
    for (size_t i = 0; i < n; i++) {
        double along = bug == projection_missing ? 0 : y * v[i] / sqrt(q);
        g[i] = dy * (made((int)i) - along) / (bug == norm_squared ? q : sqrt(q));
    }
}

UNIT(weightnorm, 7, -2, 2, 0)

ROWS = {
    RIGHT(OPEN, mlp, "four tensors in one array"),
    WRONG(OPEN, mlp, third_tensor, FORMULA,
          "dW2 from the derivative of tanh instead of the activation: one tensor of four"),
    WRONG(KEPT, mlp, w1_transposed, INDEX, "dW1 is written as (4,5)"),
    WRONG(OPEN, mlp, b1_last_sample, SUM, "db1 is cleared for every sample"),
    WRONG(OPEN, mlp, tanh_of_z, CHAIN, "1 - tanh(h)^2, though h is a tanh already"),
    WRONG(KEPT, mlp, w2_overwritten, SUM, "dW2 = where += belongs: the last sample only"),
    WRONG(OPEN, mlp, delta_not_weighted, FORMULA, "the error reaches the hidden layer without W2"),
    WRONG(OPEN, mlp, b2_forgotten, RANGE, "db2 stays zero"),
    RIGHT(KEPT, layernorm, "input, gain and bias in one array"),
    WRONG(OPEN, layernorm, statistics_constant, TERM, "mean and variance are taken as constants"),
    WRONG(OPEN, layernorm, mean_path_missing, TERM, "the path through the mean is missing"),
    WRONG(KEPT, layernorm, rstd_cubed, CHAIN, "rstd to the third power"),
    WRONG(OPEN, layernorm, gain_not_in_dx, CHAIN, "dx without the gain"),
    RIGHT(OPEN, batchnorm, "a loss that the batch's mean does not move"),
    /* INDEX as well: that dx of one channel depends on x of another leads to the axis of the sum */
    WRONG(KEPT, batchnorm, along_wrong_axis, FORMULA | INDEX,
          "the mean of dy over channels instead of samples"),
    WRONG(OPEN, batchnorm, unbiased_in_backward, FORMULA, "4 for 5 in the variance's path"),
    RIGHT(OPEN, attention, "causal: six weights are 0, and v of the future has no part"),
    WRONG(KEPT, attention, scale_missing_in_dk, FACTOR, "dk without 1/sqrt(3): one tensor of three"),
    WRONG(OPEN, attention, softmax_diagonal, TERM, "only the diagonal of the softmax's Jacobian"),
    WRONG(OPEN, attention, looks_ahead, MASK, "the causal mask is forgotten on the way back"),
    WRONG(KEPT, attention, dk_of_row, INDEX, "dk goes to the query's position"),
    RIGHT(OPEN, embed, "rows that no word uses, a padding row"),
    WRONG(OPEN, embed, repeated_word, SUM, "a repeated word keeps its last gradient: = where += belongs"),
    WRONG(KEPT, embed, padding_trained, MASK, "the padding row gets a gradient"),
    WRONG(OPEN, embed, row_stride, INDEX, "rows of 2 where they are of 3"),
    RIGHT(OPEN, weightnorm, "the gradient is orthogonal to v"),
    WRONG(KEPT, weightnorm, projection_missing, TERM, "the part along v is not taken away"),
    WRONG(OPEN, weightnorm, norm_squared, CHAIN, "divided by |v|^2"),
};

FIELD(layers)
